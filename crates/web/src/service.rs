//! The service from start to end.
//!
//! Stopping goes from the outside in: no new connections; what clients have begun is answered; what came through the door is
//! recorded and the keys that were to be changed are; what is recorded is sealed; the log is closed. Whatever does not fit into the time for it is lost to the client
//! only as an answer: a statement that was accepted is in the database, and the next process seals it.

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;

use desk::{Desk, DeskError};
use tokio::net::TcpListener;
use tokio::sync::{Notify, Semaphore};

use crate::gate::Gate;
use crate::herald::Herald;
use crate::intake::Intake;
use crate::key_changes::KeyChanges;
use crate::metrics::Metrics;
use crate::options::Options;
use crate::published::SignedLists;
use crate::rate::Rates;
use crate::rulebook::Rules;
use crate::sealer::{Sealer, SealerError};
use crate::standing::Standing;
use crate::state::{App, Shared};
use crate::static_log::Kept;
use crate::test_add::TestIssuer;
use crate::upload::Uploads;
use crate::vc_api::TestSigner;
use crate::{router, server, surveillance};

/// Why a service ended.
#[derive(Debug, thiserror::Error)]
pub enum ServeError {
    /// The address cannot be listened on.
    #[error("cannot listen on {address}: {source}; name another address with --listen")]
    Listen {
        /// Which address.
        address: SocketAddr,
        /// What the system said.
        source: io::Error,
    },
    /// The listening socket failed.
    #[error("the listening socket failed: {0}")]
    Socket(#[from] io::Error),
    /// The log failed.
    #[error(transparent)]
    Desk(#[from] DeskError),
    /// The sealer stopped.
    #[error(transparent)]
    Sealer(#[from] SealerError),
    /// The description of the interface cannot be written.
    #[error("the description of the interface cannot be written: {0}")]
    Description(#[from] serde_json::Error),
    /// A task of the service came to a bad end.
    #[error("a task of the service failed: {0}")]
    Task(#[from] tokio::task::JoinError),
}

/// A service that listens and does not serve yet.
pub struct Service {
    listener: TcpListener,
    desk: Arc<Desk>,
    rules: Arc<Rules>,
    options: Options,
}

impl Service {
    /// Listens on an address, once the rules and rates to quote with are read.
    ///
    /// # Errors
    /// The address is taken or not one of this machine; or rules or rates cannot be used.
    pub async fn bind(desk: Desk, address: SocketAddr, options: Options) -> Result<Self, ServeError> {
        let rules = Arc::new(Rules::open(options.rules.clone(), options.rates.clone())?);
        let listener = TcpListener::bind(address)
            .await
            .map_err(|source| ServeError::Listen { address, source })?;
        Ok(Self {
            listener,
            desk: Arc::new(desk),
            rules,
            options,
        })
    }

    /// Where it listens; tells the port where any was asked for.
    ///
    /// # Errors
    /// The system does not say.
    pub fn address(&self) -> io::Result<SocketAddr> {
        self.listener.local_addr()
    }

    /// The log that is served.
    pub fn desk(&self) -> &Desk {
        &self.desk
    }

    /// Serves until `stop` is done, then ends in order.
    ///
    /// # Errors
    /// The log can no longer be sealed, or the listening socket failed; everything accepted is in the database all the same.
    pub async fn run(self, stop: impl Future<Output = ()>) -> Result<(), ServeError> {
        let Self {
            listener,
            desk,
            rules,
            options,
        } = self;
        let test_vc_signer = match options.test_vc_api {
            true => {
                let mut seed = [0; 32];
                getrandom::fill(&mut seed).map_err(|e| DeskError::Random(e.to_string()))?;
                let signer = TestSigner::new(&seed);
                tracing::warn!(issuer = signer.did(), "the VC API of test suites is served");
                Some(signer)
            }
            false => None,
        };
        let test_issuer = match options.test_add {
            true => Some(TestIssuer::of(&desk).await?),
            false => None,
        };
        let waiting = desk.store().status().await.map_err(DeskError::from)?.waiting;
        let policy = desk::data_dir::read(&desk.dir().policy())?;
        let limits = options.limits.clone();
        let wake = Arc::new(Notify::new());
        let (intake, recorder) = Intake::new(limits.queue, limits.waiting, waiting, wake.clone());
        let (intake, metrics) = (Arc::new(intake), Arc::new(Metrics::default()));
        let standing = Arc::new(Standing::default());
        standing.read_head(&desk, &metrics).await;
        // Loaded before anything is sealed here: from this state readers are answered where a batch of ours then waits for a quorum.
        if let Err(error) = desk.head().await {
            tracing::warn!(error = %error, "what is published cannot be answered from yet");
        }

        let herald = Herald {
            desk: desk.clone(),
            intake: intake.clone(),
            standing: standing.clone(),
            metrics: metrics.clone(),
        };
        let (key_changes, key_changer) = KeyChanges::new(herald.clone(), wake.clone());
        let (no_more_jobs, no_more_batches) = (Arc::new(Notify::new()), Arc::new(Notify::new()));
        let no_more_keys = Arc::new(Notify::new());
        let changing_keys = tokio::spawn(key_changer.run(no_more_keys.clone()));
        let recording = tokio::spawn(recorder.run(desk.clone(), metrics.clone(), no_more_jobs.clone()));
        let sealer = Sealer {
            herald,
            wake,
            window: options.window,
            renew: options.renew,
        };
        let mut sealing = tokio::spawn(sealer.run(no_more_batches.clone()));

        let following = tokio::spawn(rules.clone().follow(options.rules_every));
        let watching = tokio::spawn(surveillance::follow(
            desk.clone(),
            standing.clone(),
            options.surveil_every,
        ));

        let drain = options.drain;
        let doors = options.clone();
        let app = App::new(Shared {
            desk: desk.clone(),
            intake: intake.clone(),
            key_changes,
            standing: standing.clone(),
            metrics: metrics.clone(),
            rules: rules.clone(),
            rates: Rates::new(limits.rate, limits.burst),
            tile_rates: Rates::new(limits.tile_rate, limits.tile_burst),
            tiles: Kept::default(),
            status_lists: SignedLists::default(),
            answers: Arc::new(Semaphore::new(limits.answers.div_ceil(1024))),
            bodies: Arc::new(Semaphore::new(limits.bodies.div_ceil(1024))),
            reads: Gate::new(limits.reads, limits.reads_waiting),
            uploads: Uploads::new(limits.uploads, limits.assessments),
            policy: String::from_utf8_lossy(&policy).into_owned(),
            options,
            test_issuer,
            test_vc_signer,
        });
        let router = router::router(app)?;

        // The sealer's end is the service's: what is accepted could not be sealed any more.
        let mut sealer_ended = None;
        let stopping = async {
            tokio::select! {
                () = stop => {}
                ended = &mut sealing => sealer_ended = Some(ended),
            }
            standing.stop();
            tracing::info!("stopping");
        };
        let served = server::serve(listener, router, &doors, metrics.clone(), stopping, drain).await;
        following.abort();
        watching.abort();
        intake.waiters().give_up();
        no_more_jobs.notify_one();
        recording.await?;
        no_more_keys.notify_one();
        changing_keys.await?;
        no_more_batches.notify_one();
        let sealed = match sealer_ended {
            Some(ended) => ended,
            None => sealing.await,
        };
        drop(intake);
        served?;
        sealed??;
        // A connection that was cut may still hold the log; then the lease runs out by itself.
        if let Some(desk) = Arc::into_inner(desk) {
            desk.close().await?;
        }
        tracing::info!("stopped");
        Ok(())
    }
}
