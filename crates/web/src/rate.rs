//! How often one client may ask: a token bucket for each address.

use std::net::{IpAddr, Ipv6Addr};
use std::num::NonZeroU32;
use std::time::Duration;

use governor::clock::{Clock as _, DefaultClock};
use governor::state::keyed::DefaultKeyedStateStore;
use governor::{Quota, RateLimiter};

/// Addresses remembered before those that have been quiet are forgotten.
const REMEMBERED: usize = 65_536;

/// The buckets of all clients.
pub struct Rates {
    limiter: RateLimiter<IpAddr, DefaultKeyedStateStore<IpAddr>, DefaultClock>,
}

impl Rates {
    /// Buckets that hold `burst` and get `rate` a second, all full.
    pub fn new(rate: NonZeroU32, burst: NonZeroU32) -> Self {
        let quota = Quota::per_second(rate).allow_burst(burst);
        Self {
            limiter: RateLimiter::keyed(quota),
        }
    }

    /// Takes a token from the client's bucket.
    ///
    /// # Errors
    /// It is empty; says when there is one again.
    pub fn take(&self, client: IpAddr) -> Result<(), Duration> {
        if self.limiter.len() > REMEMBERED {
            self.limiter.retain_recent();
        }
        self.limiter
            .check_key(&network(client))
            .map_err(|not_until| not_until.wait_time_from(DefaultClock::default().now()))
    }
}

/// Whom an address stands for: with IPv6 a client has a whole /64 at its disposal.
pub fn network(client: IpAddr) -> IpAddr {
    match client.to_canonical() {
        IpAddr::V6(v6) => {
            let bits = v6.to_bits() >> 64 << 64;
            IpAddr::V6(Ipv6Addr::from_bits(bits))
        }
        v4 => v4,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn two_at_once() -> Rates {
        Rates::new(NonZeroU32::MIN, NonZeroU32::new(2).unwrap())
    }

    #[test]
    fn a_client_that_has_used_its_burst_is_told_when_to_come_again() {
        let rates = two_at_once();
        let client = "192.0.2.1".parse().unwrap();
        assert_eq!((rates.take(client), rates.take(client)), (Ok(()), Ok(())));
        let wait = rates.take(client).unwrap_err();
        assert!(
            wait > Duration::ZERO && wait <= Duration::from_secs(1),
            "{wait:?}"
        );
    }

    #[test]
    fn one_client_does_not_use_up_another_s() {
        let rates = two_at_once();
        let client = "192.0.2.1".parse().unwrap();
        while rates.take(client).is_ok() {}
        assert_eq!(rates.take("192.0.2.2".parse().unwrap()), Ok(()));
    }

    #[test]
    fn addresses_of_one_ipv6_network_share_a_bucket() {
        let rates = two_at_once();
        let addresses = ["2001:db8::1", "2001:db8::2", "2001:db8::3"].map(|a| a.parse().unwrap());
        let taken = addresses.map(|a| rates.take(a).is_ok());
        assert_eq!(taken, [true, true, false]);
    }

    #[test]
    fn an_ipv4_address_is_the_same_client_over_ipv6() {
        assert_eq!(
            network("::ffff:192.0.2.1".parse().unwrap()),
            network("192.0.2.1".parse().unwrap())
        );
    }
}
