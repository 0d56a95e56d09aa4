//! Cosigners for other people's logs: a witness as a service, and an auditor that also mirrors and replays.
//!
//! | module | what it owns |
//! |---|---|
//! | [`dir`] | what lies where: the key, the logs it knows, what it remembers of each |
//! | [`cosign`] | one request, from its bytes to the answer: check, replay, remember, sign |
//! | [`http`] | the same over HTTP ([c2sp.org/tlog-witness](https://c2sp.org/tlog-witness)) |
//! | [`source`] | where an auditor gets a log's files from |
//! | [`replay`] | mirroring, replaying, resuming from a snapshot |
//! | [`evidence`] | what is kept when a log is caught, and how it is explained |
//!
//! What it is not: it holds none of a log's secrets and decides nothing about statements. The step that decides is pure and lies in
//! `tlog::witness`; what a replay finds wrong is decided in `history::audit`.
#![cfg_attr(test, allow(clippy::unwrap_used, clippy::expect_used, clippy::panic))]

pub mod cosign;
pub mod dir;
pub mod evidence;
pub mod http;
pub mod replay;
pub mod source;

/// An error of a cosigner.
#[derive(Debug, thiserror::Error)]
pub enum WitnessError {
    /// A file, key or value of its directory.
    #[error(transparent)]
    Desk(#[from] desk::DeskError),
    /// Its memory.
    #[error(transparent)]
    Store(#[from] store::StoreError),
    /// Its clock went back since it cosigned last.
    #[error(transparent)]
    Clock(#[from] store::ClockBehind),
    /// A place on the network.
    #[error(transparent)]
    Http(#[from] store::http::HttpError),
    /// A log's files.
    #[error(transparent)]
    Source(#[from] source::SourceError),
    /// A key that cannot cosign.
    #[error(transparent)]
    Key(#[from] tlog::note::NoteError),
    /// The address cannot be listened on.
    #[error("cannot listen on {address}: {source}")]
    Listen {
        /// Which address.
        address: String,
        /// What the system said.
        source: std::io::Error,
    },
    /// The log was caught: it is not cosigned any more.
    #[error("{}; the evidence is in {}, begin with README.txt there", .0.summary, .0.folder.display())]
    Caught(evidence::Evidence),
    /// It was caught earlier, and nobody has taken the evidence away.
    #[error(
        "this auditor has stopped: there is evidence against a log in {}. Read README.txt in its folder and tell those who rely on \
         the log; move the folder elsewhere to go on", .0.display()
    )]
    Stopped(std::path::PathBuf),
}
