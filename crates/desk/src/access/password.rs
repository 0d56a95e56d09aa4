//! Passwords: which are taken, and Argon2id (RFC 9106) over them, a few at a time.
//!
//! Each hash takes 64 MiB. Strangers can make the service compute them, so the number at a time and the number that wait are
//! bounded here, whoever asks.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use argon2::password_hash::phc::PasswordHash;
use argon2::password_hash::{PasswordHasher as _, PasswordVerifier as _};
use argon2::{Algorithm, Argon2, Params, Version};
use tokio::sync::Semaphore;
use zeroize::Zeroizing;

use super::error::AccessError;
use crate::error::DeskError;

/// KiB of memory, passes and lanes: the second recommended option of RFC 9106, section 4, with one lane because several
/// people log in at a time. Key files cost the same.
const COST: (u32, u32, u32) = (64 * 1024, 3, 1);

/// A hash of no password, of the same cost: what an unknown name is checked against.
const NOBODY: &str =
    "$argon2id$v=19$m=65536,t=3,p=1$bm9ib2R5bm9ib2R5bm9ibw$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";

/// Hashes computed at a time: 128 MiB.
const AT_A_TIME: usize = 2;

/// Who waits for a turn; at a tenth to half a second each, the last one waits some seconds.
const WAITING: usize = 16;

/// Characters of a password, at least: what NIST SP 800-63B calls for where a password is all there is is 15; with attempts
/// limited as they are here, 12 random characters hold.
const SHORTEST: usize = 12;

/// Bytes of a password, at most.
const LONGEST: usize = 512;

/// The turns.
pub(crate) struct Passwords {
    turns: Arc<Semaphore>,
    waiting: AtomicUsize,
}

impl Default for Passwords {
    fn default() -> Self {
        Self {
            turns: Arc::new(Semaphore::new(AT_A_TIME)),
            waiting: AtomicUsize::new(0),
        }
    }
}

#[cfg(test)]
impl Passwords {
    /// Lets as many wait as may, until what is returned is dropped.
    pub(super) fn take_all_turns(&self) -> impl Sized {
        let one = || {
            self.waiting.fetch_add(1, Ordering::Relaxed);
            Waiting(self)
        };
        std::iter::repeat_with(one).take(WAITING).collect::<Vec<_>>()
    }
}

/// Somebody who waits.
struct Waiting<'p>(&'p Passwords);

impl Drop for Waiting<'_> {
    fn drop(&mut self) {
        self.0.waiting.fetch_sub(1, Ordering::Relaxed);
    }
}

/// Whether a new password is one that is taken. Length is what counts; what everybody tries first is refused.
pub(super) fn check(password: &str, account: &str) -> Result<(), DeskError> {
    let problem = if password.chars().count() < SHORTEST {
        "has fewer than 12 characters; four or more random words are a good one"
    } else if password.len() > LONGEST {
        "is longer than 512 bytes"
    } else if password.chars().any(char::is_control) {
        "has a control character, which cannot be typed"
    } else if is_guessable(password, account) {
        "is one of the first that are tried: a repeated or counted pattern, or the account's own name; choose another"
    } else {
        return Ok(());
    };
    // The password itself is never shown.
    Err(DeskError::value("password", "…", problem))
}

fn is_guessable(password: &str, account: &str) -> bool {
    let lower = password.to_lowercase();
    let mut letters: Vec<char> = lower.chars().collect();
    let counted = letters
        .windows(2)
        .filter(|pair| matches!(pair, [a, b] if (*b as u32).abs_diff(*a as u32) <= 1))
        .count();
    let rest = lower
        .replace(account, "")
        .replace("password", "")
        .replace("carnet", "");
    let length = letters.len();
    letters.sort_unstable();
    letters.dedup();
    letters.len() < 5 || counted * 4 >= length * 3 || rest.chars().count() < 6
}

impl Passwords {
    /// The PHC string of a password.
    pub(super) async fn hash(&self, password: &str) -> Result<String, DeskError> {
        let password = Zeroizing::new(password.to_owned());
        self.aside(move || {
            let params = Params::new(COST.0, COST.1, COST.2, None).ok()?;
            let argon2 = Argon2::new(Algorithm::Argon2id, Version::V0x13, params);
            let hash = argon2.hash_password(password.as_bytes()).ok()?;
            Some(hash.to_string())
        })
        .await
    }

    /// Whether it is this password; of nobody, it never is, and takes as long.
    pub(super) async fn verify(&self, password: &str, phc: Option<&str>) -> Result<bool, DeskError> {
        let password = Zeroizing::new(password.to_owned());
        let phc = phc
            .filter(|phc| *phc != store::NO_PASSWORD)
            .unwrap_or(NOBODY)
            .to_owned();
        self.aside(move || {
            let phc = PasswordHash::new(&phc).ok()?;
            Some(
                Argon2::default()
                    .verify_password(password.as_bytes(), &phc)
                    .is_ok(),
            )
        })
        .await
    }

    /// Computes on a thread where it holds up nobody.
    async fn aside<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> Option<T> + Send + 'static,
    ) -> Result<T, DeskError> {
        let before = self.waiting.fetch_add(1, Ordering::Relaxed);
        let waiting = Waiting(self);
        if before >= WAITING {
            return Err(AccessError::Busy.into());
        }
        let turn = self.turns.clone().acquire_owned().await;
        drop(waiting);
        let turn = turn.map_err(|_| AccessError::Hashing)?;
        // A client that goes away ends the future and not the thread, which keeps its turn to the end.
        let done = tokio::task::spawn_blocking(move || {
            let done = work();
            drop(turn);
            done
        });
        done.await
            .ok()
            .flatten()
            .ok_or_else(|| AccessError::Hashing.into())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_password_is_known_again_and_another_is_not() {
        let passwords = Passwords::default();
        let phc = passwords.hash("blue-heron-ferry-41").await.unwrap();
        assert!(phc.starts_with("$argon2id$v=19$m=65536,t=3,p=1$"), "{phc}");
        assert!(passwords.verify("blue-heron-ferry-41", Some(&phc)).await.unwrap());
        assert!(!passwords.verify("blue-heron-ferry-42", Some(&phc)).await.unwrap());
    }

    #[tokio::test]
    async fn nobody_s_password_is_checked_at_the_same_cost_and_is_never_right() {
        let passwords = Passwords::default();
        assert!(!passwords.verify("", None).await.unwrap());
        let nobody = PasswordHash::new(NOBODY).unwrap();
        let real = passwords.hash("blue-heron-ferry-41").await.unwrap();
        assert_eq!(nobody.params, PasswordHash::new(&real).unwrap().params);
    }

    #[test]
    fn what_everybody_tries_first_is_refused() {
        for password in [
            "short",
            "aaaaaaaaaaaaaaaa",
            "123456789012345",
            "passwordpassword",
            "kim.incheon-kim.incheon",
            "abcdefghijklmnop",
        ] {
            assert!(check(password, "kim.incheon").is_err(), "{password}");
        }
        for password in [
            "blue-heron-ferry-41",
            "오늘도 인천항에 비가 온다",
            "tr0ub4dor&3xyz",
        ] {
            assert!(check(password, "kim.incheon").is_ok(), "{password}");
        }
    }

    #[tokio::test]
    async fn who_comes_when_too_many_wait_is_sent_away() {
        let passwords = Passwords::default();
        let _turns = passwords.take_all_turns();
        let refused = passwords.hash("blue-heron-ferry-41").await;
        assert!(
            matches!(refused, Err(DeskError::Access(AccessError::Busy))),
            "{refused:?}"
        );
    }
}
