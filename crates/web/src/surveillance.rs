//! Surveillance of certificates while the service runs: when something was sealed, the histories of certified cars are looked at, as
//! `carnet seal` does on the command line. At most so often: a busy log seals many times a second.
//!
//! A certificate that cannot be looked at is tried again less and less often, and costs the others nothing; so is publishing.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use desk::Desk;
use desk::certify::surveil::Surveillance;
use jiff::Timestamp;
use tokio::time::Instant;

use crate::clock;
use crate::standing::Standing;

/// The longest that what failed waits for the next attempt.
const LONGEST: Duration = Duration::from_secs(3600);

/// Status lists are good for a week, also where nothing happens: so often they are written anew.
const PUBLISH_AGAIN: Duration = Duration::from_secs(12 * 3600);

/// Looks whenever the log has grown, at most every `every`, until it is aborted.
pub async fn follow(desk: Arc<Desk>, standing: Arc<Standing>, every: Duration) {
    // What was sealed while no service ran is looked at first.
    let mut seen = 0;
    let mut failing = Failing::default();
    let (mut expired, mut not_known) = (Vec::new(), Vec::new());
    let mut published: Option<Instant> = None;
    let mut unpublished: Option<Attempt> = None;
    loop {
        tokio::time::sleep(every).await;
        let begin = Instant::now();
        // The first time also because a program of another version may have written them.
        let due = match &unpublished {
            Some(attempt) => attempt.due <= begin,
            None => published.is_none_or(|at| begin.duration_since(at) >= PUBLISH_AGAIN),
        };
        if due && desk.has_published_here() {
            published = Some(begin);
            unpublished = publish(&desk, unpublished, begin, every).await;
        }
        let size = standing.head().size;
        let grown = size != seen;
        // What a step owes the log is handed in also where nothing else is sealed.
        let owes = desk.owes_statements().await.unwrap_or(true);
        if !grown && !owes && !failing.any_due(begin) {
            continue;
        }
        let now = clock::moment();
        let looked_at = |number: &str| failing.is_looked_at(number, grown, begin);
        let done = match desk.surveil_those(now, false, looked_at).await {
            Ok(done) => done,
            Err(error) => {
                tracing::warn!(
                    kind = crate::problem::kind_of(&error),
                    "surveillance failed; it is tried again"
                );
                seen = 0;
                continue;
            }
        };
        seen = size;
        failing.tried(&done, begin, every);
        for failed in &done.failed {
            tracing::warn!(
                certificate = failed.certificate,
                kind = crate::problem::kind_of(&failed.error),
                again_in_seconds = failing.wait(&failed.certificate).as_secs(),
                "a certificate could not be looked at; it is tried again"
            );
        }
        if let Some(error) = &done.owed {
            tracing::warn!(
                kind = crate::problem::kind_of(error),
                "the log does not take a statement of a certification step; it is handed in again"
            );
        }
        let changed = !done.suspended.is_empty() || done.expired != expired || done.not_known != not_known;
        if changed {
            expired.clone_from(&done.expired);
            not_known.clone_from(&done.not_known);
            tracing::info!(
                suspended = done.suspended.len(),
                expired_by_kilometres = done.expired.len(),
                kilometres_not_known = done.not_known.len(),
                "certificates suspended by rule or run past their distance"
            );
        }
        // The log may also just have got the statement of a step, which was said to be missing there.
        if changed || is_outdated(&desk, now).await {
            unpublished = publish(&desk, unpublished, begin, every).await;
        }
    }
}

/// Whether the directory on this machine says what is no longer so. Where that cannot be told, it is written.
async fn is_outdated(desk: &Desk, now: Timestamp) -> bool {
    desk.has_published_here() && !desk.published_here_is_current(now).await.unwrap_or(false)
}

/// Writes status lists and directory, or says that it could not and when that is tried again: also where nothing happens, for
/// what is published may say what is no longer so.
async fn publish(desk: &Desk, before: Option<Attempt>, now: Instant, every: Duration) -> Option<Attempt> {
    let error = desk.publish_here(clock::moment()).await.err()?;
    let next = Attempt::after(before, now, every);
    tracing::warn!(
        kind = crate::problem::kind_of(&error),
        again_in_seconds = next.wait.as_secs(),
        "status lists could not be written; it is tried again"
    );
    Some(next)
}

/// The certificates that could not be looked at, by number.
#[derive(Default)]
struct Failing(BTreeMap<String, Attempt>);

/// When what failed is tried again.
struct Attempt {
    due: Instant,
    wait: Duration,
}

impl Attempt {
    /// The next one after one that failed: each waits twice as long as the one before.
    fn after(before: Option<Self>, now: Instant, every: Duration) -> Self {
        let wait = before.map_or(every, |attempt| attempt.wait.saturating_mul(2).min(LONGEST));
        Self {
            due: now + wait,
            wait,
        }
    }
}

impl Failing {
    /// Whether one of them is to be tried again.
    fn any_due(&self, now: Instant) -> bool {
        self.0.values().any(|attempt| attempt.due <= now)
    }

    /// Whether a certificate is looked at: one that fails when its time has come, any other when the log has grown.
    fn is_looked_at(&self, number: &str, grown: bool, now: Instant) -> bool {
        self.0.get(number).map_or(grown, |attempt| attempt.due <= now)
    }

    /// Remembers what came of it: who fails again waits twice as long, who does not is one of the others.
    fn tried(&mut self, done: &Surveillance, now: Instant, every: Duration) {
        let mut before = std::mem::take(&mut self.0);
        for failed in &done.failed {
            let next = Attempt::after(before.remove(&failed.certificate), now, every);
            self.0.insert(failed.certificate.clone(), next);
        }
        // Those whose time had not come.
        before.retain(|_, attempt| attempt.due > now);
        self.0.append(&mut before);
    }

    /// How long a certificate waits.
    fn wait(&self, number: &str) -> Duration {
        self.0.get(number).map_or(Duration::ZERO, |attempt| attempt.wait)
    }
}

#[cfg(test)]
mod tests {
    use desk::DeskError;
    use desk::certify::surveil::NotLookedAt;

    use super::*;

    const EVERY: Duration = Duration::from_secs(30);

    fn failed(numbers: &[&str]) -> Surveillance {
        let failed = numbers.iter().map(|number| NotLookedAt {
            certificate: (*number).to_owned(),
            error: DeskError::Random("not now".to_owned()),
        });
        Surveillance {
            failed: failed.collect(),
            ..Surveillance::default()
        }
    }

    /// Passes until `end`, in which C-1 fails whenever it is looked at; the seconds at which it was.
    fn attempts(end: Duration, grows: bool) -> Vec<u64> {
        let (begin, mut failing, mut at) = (Instant::now(), Failing::default(), Vec::new());
        let mut since = Duration::ZERO;
        while since < end {
            let (now, grown) = (begin + since, grows || since.is_zero());
            let looked_at = failing.is_looked_at("C-1", grown, now);
            if looked_at {
                at.push(since.as_secs());
            }
            assert_eq!(
                failing.is_looked_at("C-2", grown, now),
                grown,
                "others are looked at as ever"
            );
            if grown || failing.any_due(now) {
                let done = failed(if looked_at { &["C-1"] } else { &[] });
                failing.tried(&done, now, EVERY);
            }
            since += EVERY;
        }
        at
    }

    #[test]
    fn a_certificate_that_fails_is_tried_less_and_less_often_and_at_least_once_an_hour() {
        let expected = [0, 30, 90, 210, 450, 930, 1890, 3810, 7410, 11010];
        for grows in [false, true] {
            assert_eq!(
                attempts(Duration::from_secs(4 * 3600), grows),
                expected,
                "grows: {grows}"
            );
        }
    }

    #[test]
    fn a_certificate_that_could_be_looked_at_again_is_one_of_the_others() {
        let (begin, mut failing) = (Instant::now(), Failing::default());
        failing.tried(&failed(&["C-1", "C-2"]), begin, EVERY);
        assert!(!failing.any_due(begin));
        failing.tried(&failed(&["C-2"]), begin + EVERY, EVERY);
        let later = begin + 2 * EVERY;
        assert!(failing.is_looked_at("C-1", true, later) && !failing.is_looked_at("C-1", false, later));
        assert!(!failing.is_looked_at("C-2", true, later), "it waits a minute now");
        assert_eq!(failing.wait("C-2"), 2 * EVERY);
    }
}
