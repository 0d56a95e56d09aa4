//! How often somebody may try to log in: for each name and for each client, in memory.
//!
//! A stranger who fails at a name makes its owner wait as well, but never longer than the time to the next attempt; who is logged
//! in, or has a token, notices nothing.

use std::borrow::Borrow;
use std::collections::HashMap;
use std::hash::Hash;
use std::net::IpAddr;
use std::sync::{Mutex, MutexGuard, PoisonError};

/// Remembered at least before those who have waited long enough are forgotten.
const REMEMBERED: usize = 65_536;

/// Attempts at once, and the seconds until there is another.
#[derive(Clone, Copy)]
struct Allowance {
    at_once: i64,
    every: i64,
}

const NAME: Allowance = Allowance {
    at_once: 10,
    every: 60,
};
const CLIENT: Allowance = Allowance {
    at_once: 30,
    every: 20,
};

/// When all attempts will be there again, and how many in a row were refused.
#[derive(Clone, Copy, Default)]
struct Tried {
    full_at: i64,
    refused: u32,
}

/// What is remembered of attempts.
#[derive(Default)]
pub(crate) struct Attempts(Mutex<Remembered>);

#[derive(Default)]
struct Remembered {
    names: Table<String>,
    clients: Table<IpAddr>,
}

impl Attempts {
    /// Takes an attempt at a name.
    ///
    /// # Errors
    /// There is none left; says in how many seconds there is.
    pub(super) fn take(&self, name: &str, client: Option<IpAddr>, now: i64) -> Result<(), u64> {
        let mut remembered = self.lock();
        let Remembered { names, clients } = &mut *remembered;
        if let Some(client) = client {
            clients.take(client, CLIENT, now)?;
        }
        names.take(name.to_owned(), NAME, now)
    }

    /// Nobody looked at the password: the attempt was none.
    pub(super) fn give_back(&self, name: &str, client: Option<IpAddr>) {
        let mut remembered = self.lock();
        if let Some(client) = client {
            remembered.clients.give_back(&client, CLIENT);
        }
        remembered.names.give_back(name, NAME);
    }

    /// It was the right password: the attempt did not count. How many before it were refused.
    pub(super) fn succeeded(&self, name: &str, client: Option<IpAddr>) -> u32 {
        let mut remembered = self.lock();
        if let Some(client) = client {
            remembered.clients.give_back(&client, CLIENT);
        }
        let tried = remembered.names.tried.remove(name);
        tried.map_or(0, |tried| tried.refused.saturating_sub(1))
    }

    fn lock(&self) -> MutexGuard<'_, Remembered> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Attempts by name or by client.
struct Table<K> {
    tried: HashMap<K, Tried>,
    /// With how many it is tidied next. Twice what was left, so that each attempt pays for a few others and not for all of them.
    tidied_at: usize,
}

impl<K> Default for Table<K> {
    fn default() -> Self {
        Self {
            tried: HashMap::new(),
            tidied_at: REMEMBERED,
        }
    }
}

impl<K: Hash + Eq> Table<K> {
    fn take(&mut self, key: K, allowance: Allowance, now: i64) -> Result<(), u64> {
        if self.tried.len() >= self.tidied_at {
            self.tried.retain(|_, tried| tried.full_at > now);
            self.tidied_at = REMEMBERED.max(2 * self.tried.len());
        }
        let tried = self.tried.entry(key).or_default();
        let full_at = tried.full_at.max(now);
        let wait = full_at + allowance.every - now - allowance.every * allowance.at_once;
        if wait > 0 {
            return Err(wait.unsigned_abs());
        }
        tried.full_at = full_at + allowance.every;
        tried.refused = tried.refused.saturating_add(1);
        Ok(())
    }

    fn give_back<Q: Hash + Eq + ?Sized>(&mut self, key: &Q, allowance: Allowance)
    where
        K: Borrow<Q>,
    {
        if let Some(tried) = self.tried.get_mut(key) {
            tried.full_at -= allowance.every;
            tried.refused = tried.refused.saturating_sub(1);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ten_attempts_at_a_name_then_one_a_minute() {
        let attempts = Attempts::default();
        for _ in 0..10 {
            assert_eq!(attempts.take("kim", None, 1000), Ok(()));
        }
        assert_eq!(attempts.take("kim", None, 1000), Err(60));
        assert_eq!(
            attempts.take("lee", None, 1000),
            Ok(()),
            "another name is not held up"
        );
        assert_eq!(attempts.take("kim", None, 1060), Ok(()));
        assert_eq!(attempts.take("kim", None, 1060), Err(60));
    }

    #[test]
    fn a_client_that_tries_many_names_is_stopped_too() {
        let attempts = Attempts::default();
        let client = Some("192.0.2.1".parse().unwrap());
        let tried = (0..40)
            .filter(|n| attempts.take(&n.to_string(), client, 0).is_ok())
            .count();
        assert_eq!(tried, 30);
        let other = Some("192.0.2.2".parse().unwrap());
        assert_eq!(attempts.take("kim", other, 0), Ok(()));
    }

    #[test]
    fn who_gets_in_has_all_attempts_again_and_hears_of_those_refused() {
        let attempts = Attempts::default();
        for _ in 0..4 {
            attempts.take("kim", None, 0).unwrap();
        }
        assert_eq!(attempts.succeeded("kim", None), 3);
        for _ in 0..10 {
            assert_eq!(attempts.take("kim", None, 0), Ok(()));
        }
    }

    #[test]
    fn an_attempt_that_is_given_back_was_none() {
        let attempts = Attempts::default();
        let client = Some("192.0.2.1".parse().unwrap());
        for _ in 0..100 {
            assert_eq!(attempts.take("kim", client, 0), Ok(()));
            attempts.give_back("kim", client);
        }
        attempts.take("kim", client, 0).unwrap();
        assert_eq!(attempts.succeeded("kim", client), 0);
    }

    #[test]
    fn a_full_table_is_tidied_when_it_has_doubled_and_not_at_each_attempt() {
        let mut table = Table::default();
        let mut tidied = 0;
        for n in 0..4 * REMEMBERED {
            let before = table.tidied_at;
            table.take(n, NAME, 0).unwrap();
            tidied += usize::from(table.tidied_at != before);
        }
        assert_eq!(tidied, 2, "with 65,536 and with 131,072");
        table.take(usize::MAX, NAME, NAME.every).unwrap();
        assert_eq!(
            (table.tried.len(), table.tidied_at),
            (1, REMEMBERED),
            "all others have their attempts back and are forgotten"
        );
    }
}
