//! `carnet audit …`.

use std::net::SocketAddr;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::{Duration, Instant};

use ::witness::cosign::{Audited, Witness};
use ::witness::dir::{CosignerDir, Role};
use ::witness::evidence::{self, Evidence};
use ::witness::replay::{Progress, Replay};
use ::witness::source::Source;
use ::witness::{WitnessError, http};
use clap::{Args as ClapArgs, Subcommand};
use indicatif::{ProgressBar, ProgressStyle};
use serde_json::json;

use crate::args::Global;
use crate::failure::Failure;
use crate::serve::stopped;
use crate::witness::{Named, announce, init, log_to_stderr};
use crate::{clock, output};

pub const EXAMPLES: &str = "\
An auditor is a witness that also fetches every entry, recomputes the tree and the index by vehicle, and cosigns only if all
roots agree. Only an auditor sees that a statement was left out of the index. Run it beside a witness, under a name of its own.

  carnet --data /srv/auditor audit init --name audit.example.org/a1 --log 'log.example.org/carnet+7b0f2a9c+AUx…'
  carnet --data /srv/auditor audit https://log.example.org/log --once
  carnet --data /srv/auditor audit https://log.example.org/log --listen 127.0.0.1:7881
  carnet --data /srv/auditor audit /srv/carnet                                      a log on this machine

With --listen the log asks for cosignatures as it asks a witness, and is answered when replay has come that far. Where a log is
caught, the evidence is kept in evidence/, the command ends with exit code 4, and does not start again before the folder is taken
away.";

/// How often the log is looked at where nobody asks.
const POLL: Duration = Duration::from_secs(10);

const CAUGHT: u8 = 4;

#[derive(Debug, ClapArgs)]
pub struct AuditArgs {
    /// Where the log's files are: the URL of its static files, or a folder.
    #[arg(required = true, value_name = "URL|DIR")]
    pub source: Option<String>,
    /// Look once and end; this is also what happens without --follow and --listen.
    #[arg(long, conflicts_with_all = ["follow", "listen"])]
    pub once: bool,
    /// Go on looking for newer checkpoints.
    #[arg(long)]
    pub follow: bool,
    /// Also answer the log's requests to cosign (c2sp.org/tlog-witness) here.
    #[arg(long, value_name = "ADDRESS")]
    pub listen: Option<SocketAddr>,
    #[command(subcommand)]
    pub command: Option<AuditCommand>,
}

#[derive(Debug, Subcommand)]
pub enum AuditCommand {
    /// Set up an auditor in the data directory: its key, and the log it audits.
    Init(AuditInit),
    /// Show the auditor's key and what it cosigned last.
    List,
}

#[derive(Debug, ClapArgs)]
pub struct AuditInit {
    #[command(flatten)]
    pub named: Named,
    /// The log's verifier key: the word after `log` in its policy.txt.
    #[arg(long, value_name = "VKEY")]
    pub log: String,
}

pub async fn run(global: &Global, options: &AuditArgs) -> Result<ExitCode, Failure> {
    let dir = CosignerDir::new(&global.data);
    match &options.command {
        Some(AuditCommand::Init(options)) => {
            let vkey = init(global, &dir, Role::Auditor, &options.named)?;
            let log = dir.add_log(&options.log)?;
            let origin = log.vkey.name().as_str();
            if global.json {
                output::json(&json!({"auditor": vkey, "log": origin, "data": dir.root()}))?;
            } else {
                output::say(format_args!(
                    "Set up an auditor of {origin} in {}\n  key for others:  {vkey}\n  keep secret:     {}/keys",
                    dir.root().display(),
                    dir.root().display()
                ))?;
                output::say("Next: carnet audit URL --once, carnet audit URL --listen ADDRESS")?;
            }
            Ok(ExitCode::SUCCESS)
        }
        Some(AuditCommand::List) => crate::witness::list(global, &dir, Role::Auditor).await,
        None => {
            let place = options.source.as_deref().unwrap_or_default();
            audit(global, options, dir, place).await
        }
    }
}

async fn audit(
    global: &Global,
    options: &AuditArgs,
    dir: CosignerDir,
    place: &str,
) -> Result<ExitCode, Failure> {
    log_to_stderr(global);
    let key = dir.read_key(Role::Auditor, &output::passphrase(global)?)?;
    if evidence::count(&dir.evidence())? > 0 {
        return Err(WitnessError::Stopped(dir.evidence()).into());
    }
    let source = Source::new(place).map_err(WitnessError::Source)?;
    let bar = ProgressBar::new(0);
    bar.set_style(
        ProgressStyle::with_template("{bar:30} {human_pos} of {human_len} entries, {per_sec}, {eta} left")
            .unwrap_or_else(|_| ProgressStyle::default_bar()),
    );
    let progress: Progress = {
        let bar = bar.clone();
        Arc::new(move |done, of| {
            bar.set_length(of);
            bar.set_position(done);
        })
    };
    let since = Instant::now();
    let replay = Arc::new(Replay::open(dir.clone(), source, progress));
    let auditor = Arc::new(Witness::auditor(key, dir, replay.clone()));
    if !options.follow && options.listen.is_none() {
        let begin = replay.size().await;
        let audited = auditor.audit(&replay).await;
        bar.finish_and_clear();
        return match audited {
            Ok(audited) => {
                replay.save().await?;
                let entries = replay.size().await - begin.min(replay.size().await);
                said(global, &audited, entries, since)
            }
            Err(WitnessError::Caught(evidence)) => caught(global, &evidence),
            Err(error) => Err(error.into()),
        };
    }
    follow(global, options, auditor, replay, &bar).await
}

/// Answers requests and looks for newer checkpoints until somebody ends it or the log is caught.
async fn follow(
    global: &Global,
    options: &AuditArgs,
    auditor: Arc<Witness>,
    replay: Arc<Replay>,
    bar: &ProgressBar,
) -> Result<ExitCode, Failure> {
    let ended = stopped()?;
    let (stop, mut stopping) = tokio::sync::watch::channel(false);
    let server = match options.listen {
        Some(address) => {
            let (listener, bound) = http::listen(address).await?;
            announce(global, auditor.vkey(), bound, auditor.dir().logs()?.len())?;
            let served = http::serve(listener, auditor.clone(), async move {
                // An error means that nobody can say stop any more.
                let _ = stopping.wait_for(|stop| *stop).await;
            });
            Some(tokio::spawn(served))
        }
        None => None,
    };
    let polls = async {
        let mut told = None;
        loop {
            let since = Instant::now();
            let begin = replay.size().await;
            match auditor.audit(&replay).await {
                Ok(Audited::Cosigned { size, .. }) if told == Some(size) => {}
                Ok(audited) => {
                    bar.suspend(|| said(global, &audited, replay_grown(begin, &audited), since))?;
                    if let Audited::Cosigned { size, .. } = audited {
                        told = Some(size);
                    }
                }
                Err(WitnessError::Caught(evidence)) => return Ok::<Evidence, Failure>(evidence),
                Err(error @ (WitnessError::Source(_) | WitnessError::Key(_) | WitnessError::Clock(_))) => {
                    bar.suspend(|| eprintln!("carnet: {error}; looking again in {} s", POLL.as_secs()));
                }
                Err(error) => return Err(error.into()),
            }
            tokio::time::sleep(POLL).await;
        }
    };
    let ended = tokio::select! {
        () = ended => None,
        evidence = auditor.caught() => Some(evidence),
        evidence = polls => Some(evidence?),
    };
    bar.finish_and_clear();
    // Whoever asked gets an answer, then the doors close.
    stop.send_replace(true);
    if let Some(server) = server
        && let Ok(Ok(Err(error))) = tokio::time::timeout(Duration::from_secs(5), server).await
    {
        return Err(error.into());
    }
    match ended {
        Some(evidence) => caught(global, &evidence),
        None => {
            replay.save().await?;
            Ok(ExitCode::SUCCESS)
        }
    }
}

fn replay_grown(begin: u64, audited: &Audited) -> u64 {
    match audited {
        Audited::Cosigned { size, .. } => size.saturating_sub(begin),
        Audited::Older { .. } => 0,
    }
}

fn said(global: &Global, audited: &Audited, entries: u64, since: Instant) -> Result<ExitCode, Failure> {
    match audited {
        Audited::Cosigned { size, line } => {
            if global.json {
                output::say(
                    json!({"agrees": true, "size": size, "replayed": entries, "cosignature": line.to_string()}),
                )?;
            } else {
                output::say(format_args!(
                    "All roots agree over {size} entries ({entries} replayed, {}). Cosigned:\n  {line}",
                    clock::took(since)
                ))?;
            }
            Ok(ExitCode::SUCCESS)
        }
        Audited::Older { shown, cosigned } => {
            if global.json {
                output::say(json!({"agrees": false, "size": shown, "cosigned_before": cosigned}))?;
            } else {
                output::say(format_args!(
                    "The log shows {shown} entries, and {cosigned} were cosigned before. A cache may be the reason; if it stays so, \
                     the log was put back, and its operator must answer for it"
                ))?;
            }
            Ok(ExitCode::from(1))
        }
    }
}

fn caught(global: &Global, evidence: &Evidence) -> Result<ExitCode, Failure> {
    if global.json {
        output::say(json!({"agrees": false, "caught": evidence.summary, "evidence": evidence.folder}))?;
    }
    eprintln!(
        "carnet: THE LOG WAS CAUGHT: {}.\ncarnet: It is not cosigned any more. The evidence is in {}; begin with README.txt there",
        evidence.summary,
        evidence.folder.display()
    );
    Ok(ExitCode::from(CAUGHT))
}
