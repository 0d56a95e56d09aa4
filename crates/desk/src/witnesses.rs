//! The cosigners run by others that this log asks, and renewing their cosignatures.
//!
//! Two files speak of them. `policy.txt` says whom *verifiers* count, and is given to everybody. `witnesses.txt` says whom *this log*
//! asks and where: lines `witness <name> <vkey> <url>`, as in [c2sp.org/tlog-policy](https://c2sp.org/tlog-policy). A witness of the
//! policy whose line there has a URL is asked too, without being listed twice.

use std::time::Duration;

use store::{CosignerState, Deed, Refreshed, RemoteWitness};
use tlog::note::Vkey;
use tlog::policy::{Policy, Witness};

use crate::Desk;
use crate::access::Actor;
use crate::data_dir::{self, DataDir};
use crate::error::DeskError;

/// How long a witness may take. An auditor that needs longer says so, and is asked again with the next batch.
const DEADLINE: Duration = Duration::from_secs(5);

/// What to do about a line of the list that cannot be used.
const MEND: &str = "mend the line, or take it off with `carnet log witness remove NAME`";

const LIST_HEAD: &str = "\
# The witnesses and auditors this log asks: `witness <name> <vkey> <url>` (c2sp.org/tlog-policy).
# Whether their cosignatures are needed is said in policy.txt. `carnet log witness add` and `remove` write here.
";

/// A witness with what is known of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Listed {
    /// What the lists call it.
    pub name: String,
    /// Its key.
    pub vkey: Vkey,
    /// Where it is asked; `None` for those that live beside the log, and for those nobody asks.
    pub url: Option<String>,
    /// Whether verifiers count its cosignature.
    pub in_policy: bool,
    /// When it cosigned the published checkpoint, in POSIX seconds.
    pub cosigned: Option<u64>,
}

/// The witnesses of the list; none where there is no list.
pub(crate) fn listed(dir: &DataDir) -> Result<Vec<Witness>, DeskError> {
    let path = dir.witnesses();
    if !path.exists() {
        return Ok(Vec::new());
    }
    parse(&path, data_dir::read(&path)?).map_err(|e| match e {
        DeskError::Malformed { path, problem } => DeskError::malformed(&path, format!("{problem}; {MEND}")),
        e => e,
    })
}

fn parse(path: &std::path::Path, mut text: Vec<u8>) -> Result<Vec<Witness>, DeskError> {
    // The list is a policy without logs and rules.
    text.extend_from_slice(b"\nquorum none\n");
    let policy = Policy::parse(text).map_err(|e| DeskError::malformed(path, e))?;
    if let Some(lost) = policy.witnesses().iter().find(|witness| witness.url.is_none()) {
        let problem = format!("the line of {} has no URL; add where it is asked", lost.name);
        return Err(DeskError::malformed(path, problem));
    }
    Ok(policy.witnesses().to_vec())
}

/// Everybody to ask over HTTP: the list's, and the policy's with a URL. Not those whose keys are `here`, who are asked directly.
pub(crate) fn remote(
    dir: &DataDir,
    policy: &Policy,
    here: [&Vkey; 2],
) -> Result<Vec<RemoteWitness>, DeskError> {
    let mut all = listed(dir)?;
    for witness in policy.witnesses().iter().filter(|w| w.url.is_some()) {
        if !all.iter().any(|known| same_key(&known.vkey, &witness.vkey)) {
            all.push(witness.clone());
        }
    }
    all.into_iter()
        .filter(|witness| !here.iter().any(|key| same_key(key, &witness.vkey)))
        .map(|witness| {
            let url = witness.url.unwrap_or_default();
            RemoteWitness::new(witness.vkey, &url, DEADLINE).map_err(|e| {
                DeskError::malformed(&dir.witnesses(), format!("witness {}: {e}; {MEND}", witness.name))
            })
        })
        .collect()
}

impl Desk {
    /// As [`add`], at the machine itself, with a record in the trail.
    ///
    /// # Errors
    /// As [`add`], or the database failed.
    pub async fn add_witness(
        &self,
        url: &str,
        vkey: &str,
        name: Option<&str>,
        now: i64,
    ) -> Result<Witness, DeskError> {
        let deed = Actor::Machine.deed("ask witness", format!("{vkey} {url}"), None, now);
        self.listed_with_record(deed, || add(&self.dir, url, vkey, name))
            .await
    }

    /// As [`remove`], at the machine itself, with a record in the trail.
    ///
    /// # Errors
    /// As [`remove`], or the database failed.
    pub async fn remove_witness(&self, name: &str, now: i64) -> Result<(), DeskError> {
        let deed = Actor::Machine.deed("ask witness no more", name, None, now);
        self.listed_with_record(deed, || remove(&self.dir, name)).await
    }

    /// Records an act before it is done, and again where it fails.
    async fn listed_with_record<T>(
        &self,
        mut deed: Deed,
        doing: impl FnOnce() -> Result<T, DeskError>,
    ) -> Result<T, DeskError> {
        self.store.record_deed(&deed).await?;
        let done = doing();
        if done.is_err() {
            deed.done = false;
            self.store.record_deed(&deed).await?;
        }
        done
    }
}

/// Adds a witness to the list, and says what it is called there. It is asked from the next command on, and by a running service
/// from its next start.
///
/// # Errors
/// Not a cosigner's key, not a usable URL, or listed already.
pub fn add(dir: &DataDir, url: &str, vkey: &str, name: Option<&str>) -> Result<Witness, DeskError> {
    let key = Vkey::parse(vkey).map_err(|e| {
        DeskError::value(
            "witness key",
            vkey,
            format!(
                "{e}; it is the vkey that the witness's operator publishes, such as name+1a2b3c4d+base64"
            ),
        )
    })?;
    RemoteWitness::new(key.clone(), url, DEADLINE).map_err(|e| DeskError::value("URL", url, e))?;
    let path = dir.witnesses();
    let mut text = if path.exists() {
        String::from_utf8_lossy(&data_dir::read(&path)?).into_owned()
    } else {
        LIST_HEAD.to_owned()
    };
    if !text.ends_with('\n') {
        text.push('\n');
    }
    let name = name.unwrap_or(key.name().as_str());
    text.push_str(&format!("witness {name} {vkey} {url}\n"));
    let witnesses = parse(&path, text.clone().into_bytes()).map_err(|e| match e {
        DeskError::Malformed { problem, .. } => DeskError::value("witness", name, problem),
        e => e,
    })?;
    data_dir::write(&path, text.as_bytes(), 0o644)?;
    witnesses
        .last()
        .cloned()
        .ok_or_else(|| DeskError::value("witness", name, "was not understood"))
}

/// Takes a witness off the list.
///
/// # Errors
/// There is none of that name.
pub fn remove(dir: &DataDir, name: &str) -> Result<(), DeskError> {
    let path = dir.witnesses();
    let text = match path.exists() {
        true => String::from_utf8_lossy(&data_dir::read(&path)?).into_owned(),
        false => String::new(),
    };
    let is_it = |line: &&str| {
        let mut words = line.split_ascii_whitespace();
        words.next() == Some("witness") && words.next() == Some(name)
    };
    if !text.lines().any(|line| is_it(&line)) {
        let fix = format!(
            "there is none of that name in {}; `carnet log witness list` shows all",
            path.display()
        );
        return Err(DeskError::value("witness", name, fix));
    }
    let kept: String = text
        .lines()
        .filter(|line| !is_it(line))
        .map(|line| format!("{line}\n"))
        .collect();
    data_dir::write(&path, kept.as_bytes(), 0o644)
}

impl Desk {
    /// Has the newest checkpoint cosigned anew without a new entry; see [`store::Store::refresh`].
    ///
    /// # Errors
    /// Another process is sealing, or a step failed.
    pub async fn refresh(&self) -> Result<Refreshed, DeskError> {
        Ok(self.store.refresh().await?)
    }

    /// How each cosigner did when this process asked it last.
    pub fn cosigners(&self) -> Vec<CosignerState> {
        self.store.cosigners()
    }

    /// Everybody whom the policy counts or the log asks, with when they cosigned the published checkpoint.
    ///
    /// # Errors
    /// The list or the checkpoint cannot be read.
    pub async fn witnesses(&self) -> Result<Vec<Listed>, DeskError> {
        let note = self.store.published_note().await?;
        let policy = self.trust(u64::MAX).policy;
        let asked = listed(&self.dir)?;
        let mut all: Vec<Listed> = policy
            .witnesses()
            .iter()
            .map(|witness| Listed {
                name: witness.name.to_string(),
                vkey: witness.vkey.clone(),
                url: witness.url.clone(),
                in_policy: true,
                cosigned: None,
            })
            .collect();
        for witness in asked {
            match all.iter_mut().find(|known| same_key(&known.vkey, &witness.vkey)) {
                Some(known) => known.url = witness.url,
                None => all.push(Listed {
                    name: witness.name.to_string(),
                    vkey: witness.vkey,
                    url: witness.url,
                    in_policy: false,
                    cosigned: None,
                }),
            }
        }
        for listed in &mut all {
            let times = note
                .signatures
                .iter()
                .filter_map(|line| tlog::cosignature::verify(&note.text, line, &listed.vkey).ok());
            listed.cosigned = times.max();
        }
        Ok(all)
    }
}

pub(crate) fn same_key(a: &Vkey, b: &Vkey) -> bool {
    a.public_key() == b.public_key()
}
