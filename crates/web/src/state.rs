//! What every handler can reach.

use std::ops::Deref;
use std::sync::Arc;

use desk::Desk;
use tokio::sync::Semaphore;

use crate::gate::Gate;
use crate::intake::Intake;
use crate::key_changes::KeyChanges;
use crate::metrics::Metrics;
use crate::options::Options;
use crate::published::SignedLists;
use crate::rate::Rates;
use crate::rulebook::Rules;
use crate::standing::Standing;
use crate::static_log::Kept;
use crate::test_add::TestIssuer;
use crate::upload::Uploads;
use crate::vc_api::TestSigner;

/// The state of the service, shared by all requests.
#[derive(Clone)]
pub struct App(Arc<Shared>);

/// What is shared.
pub struct Shared {
    /// The log.
    pub desk: Arc<Desk>,
    /// The way in.
    pub intake: Arc<Intake>,
    /// The way to enrol and revoke keys.
    pub key_changes: KeyChanges,
    /// How the service stands.
    pub standing: Arc<Standing>,
    /// What is counted.
    pub metrics: Arc<Metrics>,
    /// The policy file, as those who verify get it.
    pub policy: String,
    /// How it is run.
    pub options: Options,
    /// How often clients may ask.
    pub rates: Rates,
    /// How often clients may ask for tiles.
    pub tile_rates: Rates,
    /// Tiles asked for before.
    pub tiles: Kept,
    /// The certification body's status lists, as signed last.
    pub status_lists: SignedLists,
    /// Room for dossiers and histories that are being sent, in KiB.
    pub answers: Arc<Semaphore>,
    /// Room for the bodies that are being worked on, in KiB.
    pub bodies: Arc<Semaphore>,
    /// The import rules in force.
    pub rules: Arc<Rules>,
    /// The way to what costs much to read or to work out.
    pub reads: Gate,
    /// The way in for telemetry.
    pub uploads: Uploads,
    /// Who signs what `POST /add` takes, where there is that.
    pub test_issuer: Option<TestIssuer>,
    /// Who signs what the VC API of test suites is given, where there is that.
    pub test_vc_signer: Option<TestSigner>,
}

impl App {
    /// Shares this.
    pub fn new(shared: Shared) -> Self {
        Self(Arc::new(shared))
    }
}

impl Deref for App {
    type Target = Shared;

    fn deref(&self) -> &Shared {
        &self.0
    }
}
