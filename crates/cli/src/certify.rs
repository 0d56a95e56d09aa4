//! `carnet certify …`: certificates for traction batteries, step by step.

use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::str::FromStr;

use certificate::application::{Application, Chemistry, is_invisible};
use certificate::basis::Basis;
use certificate::credential::Subject;
use certificate::evaluation::Evaluation;
use certificate::passport;
use certificate::people::{Activity, Mandate};
use certificate::scheme::{Record, State, Step};
use clap::{Args as ClapArgs, Subcommand};
use desk::Desk;
use desk::access::Actor;
use desk::assessing::Description;
use desk::certify::expiry::Expired;
use desk::certify::sheet::Language;
use desk::certify::surveil::{Surveillance, SuspendedByRule};
use desk::certify::{CaseView, assessment};
use desk::recomputing::Given;
use jiff::Timestamp;
use jiff::civil::Date;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use store::CertificationBody;

use crate::args::{Global, Reading, SecondMeter};
use crate::battery_assess;
use crate::battery_recompute;
use crate::failure::Failure;
use crate::{clock, output};

/// The steps of the scheme, in the order in which a case takes them.
#[derive(Debug, Subcommand)]
pub enum CertifyCommand {
    /// Set up the body that certifies with this log.
    #[command(after_help = "\
Its issuer must have a key here and be enrolled with the role certification_body.

Example:
  carnet issuer new certifier
  carnet issuer enrol certifier --name 'Battery Certification Incheon' --role certification_body
  carnet certify setup --did did:web:certs.example.org --name 'Battery Certification Incheon' \\
      --issuer certifier --address https://certs.example.org")]
    Setup(Setup),
    /// Give a person a mandate.
    #[command(after_help = "\
Activities: review_application, evaluate, review, decide, surveil, resolve_disputes. On one case evaluator, reviewer and
decider are three people, whatever their mandates.

Example:
  carnet certify person kim --name 'Kim Ara' --may evaluate --competence 'high-voltage technician 3, no. 2025-114' \\
      --chemistry NMC --chemistry LFP --from 2026-01-01 --until 2026-12-31")]
    Person(PersonArgs),
    /// End a mandate early.
    EndMandate(EndMandate),
    /// List people and their mandates.
    People,
    /// Let an account of the service act as a person, for ever; without --person list those that do.
    #[command(after_help = "\
The account belongs to the organisation of the body's issuer and has the role issuer or operator. It never acts as anybody else:
as a second person it would be a second pair of eyes in the same head. Its password, sessions and tokens end, because whoever
made the account chose the password; the third line of the example lets the person choose another.

Example:
  carnet account add kim@lab.example --role issuer --organisation lab --organisation-name 'The lab' --organisation-issuer certifier
  carnet certify account kim@lab.example --person kim
  carnet account password kim@lab.example")]
    Account(AccountArgs),
    /// Open a case for an application (ISO/IEC 17065, 7.2).
    #[command(after_help = "Example:\n  carnet certify apply application.json")]
    Apply(Apply),
    /// Take the review that is due: of the application (7.3), or of the evaluation (7.5).
    #[command(
        after_help = "Example:\n  carnet certify review C-000001 --by lee --agree --remarks 'recomputed, same bytes'"
    )]
    Review(Review),
    /// Record an evaluation (7.4): from the charging logs themselves, or from an assessment made of them before.
    #[command(after_help = "\
Where the method refused, or a check failed, the case can end in nothing but a refusal, with these reasons.
The certificate says whether its figures were computed from the logs. An assessment is, where --made-from gives its logs:
it is computed again then, and refused where it differs.
With --telemetry the battery is that of the application; facts that no log shows come from a description as for `battery assess`.

Examples:
  carnet certify evaluate C-000001 --by kim --telemetry charge1.csv --telemetry charge2.csv
  carnet certify evaluate C-000001 --by kim --telemetry obd.csv --meter charger.csv --battery car.toml --out assessment.json
  carnet battery assess charges.csv --out assessment.json
  carnet certify evaluate C-000001 --by kim --assessment assessment.json --made-from charges.csv")]
    Evaluate(Box<Evaluate>),
    /// Decide on certification (7.6).
    #[command(
        after_help = "Example:\n  carnet certify decide C-000001 --by park --grant --reasons 'all limits kept'"
    )]
    Decide(Decide),
    /// Issue the certificate of a granted case (7.7): credential, twin without vehicle id, statement in the log.
    #[command(after_help = "\
The PDF carries the credential, and its pages are made from the credential alone; `carnet verify` checks both.

Example:
  carnet certify issue C-000001 --by park --out car-certificate.json --pdf car-certificate.pdf --language ko")]
    Issue(Issue),
    /// Record surveillance of a certificate (7.9).
    Note(Reasoned),
    /// Record a change that affects a certificate (7.10).
    Change(Reasoned),
    /// Suspend a certificate (7.11).
    #[command(
        after_help = "Example:\n  carnet certify suspend CN-2026-000001 --by park --reason 'complaint under review'"
    )]
    Suspend(Reasoned),
    /// Lift a suspension (7.11).
    Reinstate(Reasoned),
    /// Withdraw a certificate for good (7.11). Cannot be undone; --dry-run says what it would do.
    Withdraw(Reasoned),
    /// Suspend what the history gives cause to suspend; `carnet seal` does this too.
    Surveil(Surveil),
    /// Record a complaint (7.13).
    Complain(Complain),
    /// Record an appeal against a decision (7.13).
    Appeal(Appeal),
    /// Decide a complaint or appeal (7.13); by somebody who did not work on the case.
    Resolve(Resolve),
    /// Show a case or certificate with all its audit records (7.12).
    Status(Status),
    /// The directory of certificates (7.8), or all cases.
    List(List),
    /// Write a certificate's credential, its pages, its twin without vehicle id, or the partial battery passport.
    #[command(after_help = "\
Examples:
  carnet certify export CN-2026-000001 --out car-certificate.json
  carnet certify export CN-2026-000001 --pdf car-certificate.pdf --language ar
  carnet certify export CN-2026-000001 --redacted
  carnet certify export CN-2026-000001 --passport")]
    Export(Export),
    /// Write what is public: DID document, status lists good for a week, directory, twins.
    #[command(
        after_help = "Example:\n  carnet certify publish --out /srv/www        to be served at the body's address"
    )]
    Publish(Publish),
}

#[derive(Debug, ClapArgs)]
pub struct Setup {
    /// Its DID.
    #[arg(long)]
    pub did: String,
    /// Its name, as certificates print it.
    #[arg(long)]
    pub name: String,
    /// The issuer id whose key signs.
    #[arg(long)]
    pub issuer: String,
    /// Where directory and status lists are served.
    #[arg(long, value_name = "URL")]
    pub address: String,
}

#[derive(Debug, ClapArgs)]
pub struct PersonArgs {
    /// A short id, which audit records carry.
    pub id: String,
    /// The name on certificates; needed the first time.
    #[arg(long)]
    pub name: Option<String>,
    /// What the person may do.
    #[arg(long, value_name = "ACTIVITY")]
    pub may: Activity,
    /// The competence it rests on.
    #[arg(long, value_name = "TEXT")]
    pub competence: String,
    /// Chemistries it covers, NMC or LFP; repeat for both.
    #[arg(long = "chemistry", required = true)]
    pub chemistries: Vec<Chemistry>,
    /// First day.
    #[arg(long, value_name = "DATE")]
    pub from: Date,
    /// Last day.
    #[arg(long, value_name = "DATE")]
    pub until: Date,
}

#[derive(Debug, ClapArgs)]
pub struct EndMandate {
    /// Its number, from `carnet certify people`.
    #[arg(value_parser = number::<i64>)]
    pub mandate: i64,
    /// The first day on which it no longer holds.
    #[arg(long, value_name = "DATE")]
    pub from: Date,
}

#[derive(Debug, ClapArgs)]
pub struct AccountArgs {
    /// The account, as it is typed at login.
    #[arg(requires = "person")]
    pub account: Option<String>,
    /// The id of the person.
    #[arg(long, requires = "account")]
    pub person: Option<String>,
}

#[derive(Debug, ClapArgs)]
pub struct Apply {
    /// The application, JSON.
    pub file: PathBuf,
}

#[derive(Debug, ClapArgs)]
#[group(id = "verdict", required = true, args = ["agree", "disagree"])]
pub struct Review {
    /// The case.
    pub case: String,
    /// Who reviews.
    #[arg(long, value_name = "PERSON")]
    pub by: String,
    /// Accept the application, or take the evaluation as it is.
    #[arg(long)]
    pub agree: bool,
    /// Decline the application, or have the car evaluated again.
    #[arg(long)]
    pub disagree: bool,
    /// What was looked at.
    #[arg(long, value_name = "TEXT")]
    pub remarks: String,
}

#[derive(Debug, ClapArgs)]
#[group(id = "found", required = true, args = ["assessment", "evaluation", "telemetry"])]
pub struct Evaluate {
    /// The case.
    pub case: String,
    /// Who evaluated.
    #[arg(long, value_name = "PERSON")]
    pub by: String,
    /// An assessment.
    #[arg(long, value_name = "FILE")]
    pub assessment: Option<PathBuf>,
    /// With --assessment: the charging logs it was made from; it is computed again, and must be the same. Repeat for several.
    /// Without them the record and the certificate say that the figures were not computed again.
    #[arg(long, value_name = "FILE", requires = "assessment")]
    pub made_from: Vec<PathBuf>,
    /// An evaluation, by a method of another house; the record and the certificate say so.
    #[arg(long, value_name = "FILE")]
    pub evaluation: Option<PathBuf>,
    /// Charging logs of the car, CSV or Parquet; repeat for several.
    #[arg(long, value_name = "FILE")]
    pub telemetry: Vec<PathBuf>,
    /// What the odometer showed; otherwise what the telemetry says.
    #[arg(long, value_name = "KM")]
    pub odometer: Option<u32>,
    /// With --telemetry: a description of the battery with facts; otherwise the one beside the first log, if there is one.
    #[arg(long, value_name = "FILE", requires = "telemetry")]
    pub battery: Option<PathBuf>,
    /// With --telemetry: three or more charges of ordinary use, or charges under supervision.
    #[arg(long, default_value = "field", value_parser = ["field", "guided"])]
    pub class: String,
    /// With --telemetry: write the assessment to this file, for the reviewer.
    #[arg(long, value_name = "FILE", requires = "telemetry")]
    pub out: Option<PathBuf>,
    #[command(flatten)]
    pub meter: SecondMeter,
    #[command(flatten)]
    pub reading: Reading,
}

#[derive(Debug, ClapArgs)]
#[group(id = "decision", required = true, args = ["grant", "refuse"])]
pub struct Decide {
    /// The case.
    pub case: String,
    /// Who decides.
    #[arg(long, value_name = "PERSON")]
    pub by: String,
    /// In favour.
    #[arg(long)]
    pub grant: bool,
    /// Against.
    #[arg(long)]
    pub refuse: bool,
    /// Why.
    #[arg(long, value_name = "TEXT")]
    pub reasons: String,
}

#[derive(Debug, ClapArgs)]
pub struct Issue {
    /// The case.
    pub case: String,
    /// Who issues.
    #[arg(long, value_name = "PERSON")]
    pub by: String,
    /// Write the credential to this file.
    #[arg(long, value_name = "FILE")]
    pub out: Option<PathBuf>,
    /// Write the certificate's pages, with the credential inside, to this file.
    #[arg(long, value_name = "FILE")]
    pub pdf: Option<PathBuf>,
    /// The language of the pages: ko, en, ru, ar, es or fr.
    #[arg(long, value_name = "TAG", requires = "pdf", value_parser = language, default_value = "en")]
    pub language: Language,
    /// Check everything, issue nothing.
    #[arg(long)]
    pub dry_run: bool,
}

#[derive(Debug, ClapArgs)]
pub struct Reasoned {
    /// The certificate or its case.
    pub certificate: String,
    /// Who takes the step.
    #[arg(long, value_name = "PERSON")]
    pub by: String,
    /// Why; public where the step is a statement in the log.
    #[arg(long, value_name = "TEXT")]
    pub reason: String,
    /// Say what would happen, do nothing.
    #[arg(long)]
    pub dry_run: bool,
}

#[derive(Debug, ClapArgs)]
pub struct Surveil {
    /// Say what would be suspended, do nothing.
    #[arg(long)]
    pub dry_run: bool,
}

#[derive(Debug, ClapArgs)]
pub struct Complain {
    /// The case or certificate.
    pub case: String,
    /// Who complains.
    #[arg(long, value_name = "NAME")]
    pub from: String,
    /// What about.
    #[arg(long)]
    pub text: String,
}

#[derive(Debug, ClapArgs)]
pub struct Appeal {
    /// The case or certificate.
    pub case: String,
    /// Who appeals.
    #[arg(long, value_name = "NAME")]
    pub from: String,
    /// The number of the record that is appealed against.
    #[arg(long, value_name = "RECORD", value_parser = number::<u32>)]
    pub against: u32,
    /// Why.
    #[arg(long)]
    pub text: String,
}

#[derive(Debug, ClapArgs)]
#[group(id = "outcome", required = true, args = ["uphold", "dismiss"])]
pub struct Resolve {
    /// The case or certificate.
    pub case: String,
    /// Who decides.
    #[arg(long, value_name = "PERSON")]
    pub by: String,
    /// The number of the complaint's or appeal's record.
    #[arg(long, value_name = "RECORD", value_parser = number::<u32>)]
    pub dispute: u32,
    /// It was right.
    #[arg(long)]
    pub uphold: bool,
    /// It was not.
    #[arg(long)]
    pub dismiss: bool,
    /// Why, and what follows.
    #[arg(long)]
    pub text: String,
}

#[derive(Debug, ClapArgs)]
pub struct Status {
    /// The case or certificate.
    pub case: String,
}

#[derive(Debug, ClapArgs)]
pub struct List {
    /// All cases, with or without a certificate.
    #[arg(long)]
    pub cases: bool,
}

#[derive(Debug, ClapArgs)]
pub struct Export {
    /// The certificate or its case.
    pub certificate: String,
    /// The twin without vehicle id.
    #[arg(long, conflicts_with = "passport")]
    pub redacted: bool,
    /// What of a battery passport the test can fill, with what it leaves out.
    #[arg(long)]
    pub passport: bool,
    /// The file to write; otherwise printed.
    #[arg(long, value_name = "FILE")]
    pub out: Option<PathBuf>,
    /// Write the pages, with the credential or its twin inside, to this file instead.
    #[arg(long, value_name = "FILE", conflicts_with_all = ["passport", "out"])]
    pub pdf: Option<PathBuf>,
    /// The language of the pages: ko, en, ru, ar, es or fr.
    #[arg(long, value_name = "TAG", requires = "pdf", value_parser = language, default_value = "en")]
    pub language: Language,
}

#[derive(Debug, ClapArgs)]
pub struct Publish {
    /// The folder; otherwise `certificates` in the data directory, where `carnet verify` looks.
    #[arg(long, value_name = "DIR")]
    pub out: Option<PathBuf>,
}

fn language(tag: &str) -> Result<Language, String> {
    Language::from_tag(tag).ok_or_else(|| {
        let known: Vec<&str> = Language::ALL.into_iter().map(Language::tag).collect();
        format!("certificates are printed in {}", known.join(", "))
    })
}

/// Reads a JSON file into what it should be; `how` says how one is written.
fn read<T: DeserializeOwned>(file: &Path, how: &str) -> Result<T, Failure> {
    let text = desk::data_dir::read(file)?;
    serde_json::from_slice(&text).map_err(|e| Failure::Value(format!("{}: {e}; {how}", file.display())))
}

/// How an application is written.
const APPLICATION: &str = "an application is a JSON object with client, vehicle and battery, as samples/certificate/application.json has them";

/// How an evaluation is written.
const EVALUATION: &str = "an evaluation is a JSON object with soh, refused, checks, transport, evidence and odometerKm; one of charging logs is \
                          made with --telemetry";

/// The number of a record, or of a mandate.
fn number<N: FromStr>(text: &str) -> Result<N, String> {
    text.parse()
        .map_err(|_| "write a number, as `carnet certify status` shows those of records and `carnet certify people` those of mandates".to_owned())
}

/// Who takes a step, and why.
struct Taken {
    case: String,
    by: String,
    step: Step,
    dry_run: bool,
}

impl Reasoned {
    fn taken(self, step: impl FnOnce(String) -> Step) -> Taken {
        Taken {
            case: self.certificate,
            by: self.by,
            step: step(self.reason),
            dry_run: self.dry_run,
        }
    }
}

pub async fn run(global: &Global, command: CertifyCommand) -> Result<ExitCode, Failure> {
    let now = Timestamp::now();
    let desk = output::open(global).await?;
    let done = carry_out(global, &desk, command, now).await;
    desk.close().await?;
    done.map(|()| ExitCode::SUCCESS)
}

async fn carry_out(
    global: &Global,
    desk: &Desk,
    command: CertifyCommand,
    now: Timestamp,
) -> Result<(), Failure> {
    match command {
        CertifyCommand::Setup(options) => setup(global, desk, options, now).await,
        CertifyCommand::Person(options) => mandate(global, desk, options, now).await,
        CertifyCommand::EndMandate(options) => {
            desk.end_mandate(options.mandate, options.from, now.as_second())
                .await?;
            told(
                global,
                &json!({"mandate": options.mandate, "ends_before": options.from}),
                || format!("Mandate {} ends before {}", options.mandate, options.from),
            )
        }
        CertifyCommand::People => people(global, desk).await,
        CertifyCommand::Account(AccountArgs {
            account: Some(account),
            person: Some(person),
        }) => {
            desk.give_person(&Actor::Machine, &account, &person, now.as_second())
                .await?;
            told(global, &json!({"account": account, "person": person}), || {
                format!(
                    "{account} acts as {person}; its password, sessions and tokens have ended: `carnet account password {account}` gives it another"
                )
            })
        }
        CertifyCommand::Account(_) => accounts(global, desk).await,
        CertifyCommand::Apply(options) => {
            let application: Application = read(&options.file, APPLICATION)?;
            case(global, &desk.certify_apply(&application, now).await?)
        }
        CertifyCommand::Review(options) => {
            let view = desk.certify_review(&options.case, &options.by, options.agree, &options.remarks, now);
            case(global, &view.await?)
        }
        CertifyCommand::Evaluate(options) => evaluate(global, desk, *options, now).await,
        CertifyCommand::Decide(options) => {
            let reasons = options.reasons;
            let step = if options.grant {
                Step::Granted { reasons }
            } else {
                Step::Refused { reasons }
            };
            case(
                global,
                &desk
                    .certify_step(&options.case, &options.by, step, now, false)
                    .await?,
            )
        }
        CertifyCommand::Issue(options) => issue(global, desk, options, now).await,
        CertifyCommand::Note(options) => {
            step(
                global,
                desk,
                options.taken(|remarks| Step::Surveilled { remarks }),
                now,
            )
            .await
        }
        CertifyCommand::Change(options) => {
            step(global, desk, options.taken(|what| Step::Changed { what }), now).await
        }
        CertifyCommand::Suspend(options) => {
            let taken = options.taken(|reason| Step::Suspended {
                reason,
                cause: None,
                statement: None,
            });
            step(global, desk, taken, now).await
        }
        CertifyCommand::Reinstate(options) => {
            step(
                global,
                desk,
                options.taken(|reason| Step::Reinstated { reason }),
                now,
            )
            .await
        }
        CertifyCommand::Withdraw(options) => {
            step(
                global,
                desk,
                options.taken(|reason| Step::Withdrawn { reason }),
                now,
            )
            .await
        }
        CertifyCommand::Surveil(options) => surveil(global, desk, &options, now).await,
        CertifyCommand::Complain(options) => {
            let step = Step::Complained { text: options.text };
            case(
                global,
                &desk
                    .certify_dispute(&options.case, &options.from, step, now)
                    .await?,
            )
        }
        CertifyCommand::Appeal(options) => {
            let step = Step::Appealed {
                against: options.against,
                text: options.text,
            };
            case(
                global,
                &desk
                    .certify_dispute(&options.case, &options.from, step, now)
                    .await?,
            )
        }
        CertifyCommand::Resolve(options) => {
            let step = Step::Resolved {
                dispute: options.dispute,
                upheld: options.uphold,
                text: options.text,
            };
            case(
                global,
                &desk
                    .certify_step(&options.case, &options.by, step, now, false)
                    .await?,
            )
        }
        CertifyCommand::Status(options) => {
            let view = desk.certify_case(&options.case, now).await?;
            if global.json {
                return output::json(&serde_json::to_value(&view)?);
            }
            summary(&view)?;
            records(&view)
        }
        CertifyCommand::List(options) => list(global, desk, &options, now).await,
        CertifyCommand::Export(options) => export(desk, &options, now).await,
        CertifyCommand::Publish(options) => {
            let folder = options.out.unwrap_or_else(|| desk.dir().certificates());
            let files = desk.publish_certificates(&folder, now).await?;
            told(global, &json!({"files": files}), || {
                format!(
                    "Wrote {} to {}; status lists are good for a week, so run this at least daily",
                    output::count(files.len() as u64, "file"),
                    folder.display()
                )
            })
        }
    }
}

fn told(global: &Global, value: &Value, text: impl FnOnce() -> String) -> Result<(), Failure> {
    if global.json {
        output::json(value)
    } else {
        output::say(text())
    }
}

/// Where something was done, and what tells the public of it could not be.
pub const NOT_PUBLISHED: &str =
    "what is public of certificates could not be written anew, which `carnet certify publish` does";

/// What `carnet verify` on this machine looks at is as new as the last step.
async fn publish_here(desk: &Desk, now: Timestamp) -> Result<(), Failure> {
    desk.publish_certificates(&desk.dir().certificates(), now).await?;
    Ok(())
}

async fn setup(global: &Global, desk: &Desk, options: Setup, now: Timestamp) -> Result<(), Failure> {
    let did = options.did.clone();
    let document = desk
        .certify_setup(
            CertificationBody {
                did: options.did,
                name: options.name,
                issuer: options.issuer,
                base_url: options.address,
            },
            now.as_second(),
        )
        .await?;
    publish_here(desk, now).await?;
    told(global, &document, || {
        let at = certificate::credential::did::web_url(&did).map(|url| format!(" at {url}"));
        format!(
            "{did} certifies with this log. Serve its DID document{}: {}",
            at.unwrap_or_default(),
            desk.dir().certificates().join("did.json").display()
        )
    })
}

async fn mandate(global: &Global, desk: &Desk, options: PersonArgs, now: Timestamp) -> Result<(), Failure> {
    let mandate = Mandate {
        activity: options.may,
        competence: options.competence,
        chemistries: options.chemistries.into_iter().collect(),
        from: options.from,
        until: options.until,
    };
    let number = desk
        .give_mandate(&options.id, options.name.as_deref(), &mandate, now.as_second())
        .await?;
    told(
        global,
        &json!({"mandate": number, "person": options.id, "activity": mandate.activity}),
        || {
            format!(
                "{} may {} from {} to {} (mandate {number})",
                options.id, mandate.activity, mandate.from, mandate.until
            )
        },
    )
}

async fn people(global: &Global, desk: &Desk) -> Result<(), Failure> {
    let mandates = desk.mandates().await?;
    if global.json {
        return output::json(&serde_json::to_value(&mandates)?);
    }
    let mut table = output::table(&[
        "mandate",
        "person",
        "name",
        "may",
        "chemistries",
        "from",
        "until",
        "competence",
    ]);
    for view in mandates {
        let chemistries: Vec<String> = view.mandate.chemistries.iter().map(ToString::to_string).collect();
        table.add_row([
            view.id.to_string(),
            view.person,
            view.name,
            view.mandate.activity.to_string(),
            chemistries.join(", "),
            view.mandate.from.to_string(),
            view.mandate.until.to_string(),
            view.mandate.competence,
        ]);
    }
    output::show(table)
}

async fn accounts(global: &Global, desk: &Desk) -> Result<(), Failure> {
    let people = desk.certifiers(&Actor::Machine).await?;
    let rows = people.iter().flat_map(|view| {
        let of = |account| (account, &view.person);
        view.accounts.iter().map(of)
    });
    if global.json {
        let rows: Vec<Value> = rows
            .map(|(account, person)| json!({"account": account, "person": person}))
            .collect();
        return output::json(&json!(rows));
    }
    let mut table = output::table(&["account", "acts as"]);
    for (account, person) in rows {
        table.add_row([account, person]);
    }
    output::show(table)
}

async fn evaluate(global: &Global, desk: &Desk, options: Evaluate, now: Timestamp) -> Result<(), Failure> {
    let view = desk.certify_case(&options.case, now).await?;
    let today = clock::day(now.as_second())?;
    let from = |found: &battery::Assessment, file: &Path| {
        assessment::evaluation(found, &view.application, options.odometer, today)
            .map_err(|problem| Failure::Value(format!("{}: {problem}", file.display())))
    };
    let (evaluation, basis): (Evaluation, Basis) = match (
        &options.assessment,
        &options.evaluation,
        options.telemetry.first(),
    ) {
        (Some(file), _, _) => {
            let text = desk::data_dir::read(file)?;
            let found = assessment::read(&text)
                .map_err(|problem| Failure::Value(format!("{}: {problem}", file.display())))?;
            let basis = if options.made_from.is_empty() {
                Basis::Assessment
            } else {
                computed_again(&options, file, found.clone())?;
                Basis::Telemetry
            };
            (from(&found, file)?, basis)
        }
        (None, Some(file), _) => {
            let mut evaluation: Evaluation = read(file, EVALUATION)?;
            if let Some(km) = options.odometer {
                evaluation.odometer_km = km;
            }
            (evaluation, Basis::OtherMethod)
        }
        (None, None, Some(first)) => {
            let description = described(&options, &view)?;
            let class = battery_assess::class(&options.class);
            let (files, reading) = (&options.telemetry, &options.reading);
            let found = battery_assess::assess(files, reading, &options.meter, &description, class)?;
            if let Some(file) = &options.out {
                desk::data_dir::write(file, &serde_json::to_vec(&found)?, 0o644)?;
            }
            (from(&found, first)?, Basis::Telemetry)
        }
        (None, None, None) => {
            return Err(Failure::Value(
                "give --telemetry, --assessment or --evaluation".to_owned(),
            ));
        }
    };
    case(
        global,
        &desk
            .certify_evaluate(&options.case, &options.by, &evaluation, basis, now)
            .await?,
    )
}

/// Computes an assessment again from its logs, and refuses one that differs.
fn computed_again(options: &Evaluate, file: &Path, found: battery::Assessment) -> Result<(), Failure> {
    /// Differences told; the first ones show where to look.
    const TOLD: usize = 3;
    let given = Given::Assessment(Box::new(found));
    let (Some(reading), Some(description)) = (given.kept_reading()?, given.described()) else {
        return Err(Failure::Value(format!("{}: is no assessment", file.display())));
    };
    let done = battery_recompute::again(&given, &options.made_from, &options.meter, &reading, &description)?;
    if done.equal {
        return Ok(());
    }
    let told: Vec<&str> = done.differences.iter().take(TOLD).map(String::as_str).collect();
    Err(Failure::Value(format!(
        "{}: is not what its logs give: {}; `carnet battery recompute` tells all, and `--telemetry` assesses the logs themselves",
        file.display(),
        told.join("; ")
    )))
}

/// The battery that is evaluated: the application's, with the facts of a description where there is one.
fn described(options: &Evaluate, view: &CaseView) -> Result<Description, Failure> {
    let beside = options
        .telemetry
        .first()
        .map(|first| first.with_extension("battery.toml"))
        .filter(|file| file.is_file());
    if let Some(file) = options.battery.as_ref().or(beside.as_ref()) {
        return battery_assess::described(file);
    }
    Ok(Description::of(&view.application))
}

async fn issue(global: &Global, desk: &Desk, options: Issue, now: Timestamp) -> Result<(), Failure> {
    let language = options.pdf.as_ref().map(|_| options.language);
    let issued = desk
        .certify_issue(&options.case, &options.by, language, now, options.dry_run)
        .await?;
    let mut written = Vec::new();
    if !options.dry_run {
        publish_here(desk, now).await?;
        if let Some(file) = &options.out {
            write(file, &issued.credential)?;
            written.push(format!("\n  credential in {}", file.display()));
        }
        if let (Some(file), Some(pdf)) = (&options.pdf, &issued.pdf) {
            desk::data_dir::write(file, pdf, 0o644)?;
            written.push(format!(
                "\n  pages in {}, with the credential inside",
                file.display()
            ));
        }
    }
    told(global, &serde_json::to_value(&issued)?, || {
        let how = if issued.dry_run {
            "Dry run: would issue"
        } else {
            "Issued"
        };
        format!(
            "{how} {} to case {}\n  SHA-256 {}{}\n  {}",
            issued.certificate,
            issued.case,
            issued.credential_sha256,
            written.concat(),
            if issued.owed {
                OWED
            } else {
                "its statement waits for `carnet seal`"
            }
        )
    })
}

fn write(file: &std::path::Path, value: &Value) -> Result<(), Failure> {
    let mut text = serde_json::to_vec_pretty(value)?;
    text.push(b'\n');
    Ok(desk::data_dir::write(file, &text, 0o644)?)
}

async fn step(global: &Global, desk: &Desk, taken: Taken, now: Timestamp) -> Result<(), Failure> {
    let Taken {
        case: id,
        by,
        step,
        dry_run,
    } = taken;
    let view = desk.certify_step(&id, &by, step, now, dry_run).await?;
    if !dry_run {
        publish_here(desk, now).await?;
    }
    case(global, &view)
}

/// A case after a step: the step and where the case stands now.
fn case(global: &Global, view: &CaseView) -> Result<(), Failure> {
    if global.json {
        return output::json(&serde_json::to_value(view)?);
    }
    summary(view)?;
    let last = view.records.last().map(|record| &record.record.step);
    if let Some(Step::Evaluated {
        basis: Some(basis), ..
    }) = last
    {
        output::say(format_args!("  {basis}"))?;
    }
    if matches!(view.state, State::Evaluated | State::Refused) {
        for obstacle in &view.obstacles {
            output::say(format_args!("  stands in the way: {obstacle}"))?;
        }
    }
    Ok(())
}

/// What is said of a step that is done, whose statement the log has not taken.
const OWED: &str = "the step is done, and its statement is still owed to the log: `carnet seal` or `carnet certify surveil` hands it in, or \
                    says why it cannot";

fn summary(view: &CaseView) -> Result<(), Failure> {
    let certificate = view.certificate.as_ref().map(|c| format!(", certificate {c}"));
    let dry = if view.dry_run { "Dry run: would be " } else { "" };
    let vehicle = &view.application.vehicle;
    output::say(format_args!(
        "Case {}{}: {dry}{}; {} {} ({}) for {}",
        view.case,
        certificate.unwrap_or_default(),
        view.expired.map_or_else(
            || view.state.to_string(),
            |expired| expired.standing().replace('_', " ")
        ),
        vehicle.make,
        vehicle.model,
        vehicle.vid,
        view.client
    ))?;
    if let Some(expired) = &view.expired {
        output::say(format_args!("  {expired}"))?;
    }
    for dispute in &view.open_disputes {
        output::say(format_args!("  record {dispute} waits for its resolution"))?;
    }
    if view.owed {
        output::say(format_args!("  {OWED}"))?;
    } else if view.awaits_log && !view.dry_run {
        output::say("  its statement waits for `carnet seal`; no dossier shows it before")?;
    }
    Ok(())
}

fn records(view: &CaseView) -> Result<(), Failure> {
    let mut table = output::table(&["record", "clause", "step", "when", "who", "hash"]);
    for record in &view.records {
        table.add_row([
            record.record.number.to_string(),
            record.clause.to_owned(),
            record.record.step.kind().replace('_', " "),
            record.record.at.to_string(),
            record.record.actor.to_string(),
            record.hash.chars().take(12).collect(),
        ]);
    }
    output::show(table)?;
    for Record { number, step, .. } in view.records.iter().map(|record| &record.record) {
        let said = match step {
            // The first line of the summary has it.
            Step::Applied { .. } => continue,
            Step::Evaluated { obstacles, .. } => obstacles.join("; "),
            step => step.text().unwrap_or_default().to_owned(),
        };
        if !said.is_empty() {
            // Anybody may complain, in any characters.
            let said: String = said
                .chars()
                .map(|c| if is_invisible(c) { ' ' } else { c })
                .collect();
            let kind = step.kind().replace('_', " ");
            output::say(format_args!("  {number:>2} {kind}: {said}"))?;
        }
    }
    Ok(())
}

async fn surveil(global: &Global, desk: &Desk, options: &Surveil, now: Timestamp) -> Result<(), Failure> {
    let done = desk
        .run_surveillance(&Actor::Machine, now, options.dry_run)
        .await?;
    if !options.dry_run {
        publish_here(desk, now).await?;
    }
    if global.json {
        let mut value = undone(&done);
        value["suspended"] = json!(done.suspended);
        value["expired"] = json!(done.expired);
        value["not_known"] = json!(done.not_known);
        value["dry_run"] = options.dry_run.into();
        all_reported(&done, &value)?;
        return output::json(&value);
    } else if done.suspended.is_empty()
        && done.expired.is_empty()
        && done.not_known.is_empty()
        && done.is_complete()
    {
        output::say("No certificate in force is touched by what the log holds")?;
    } else {
        print_suspended(&done.suspended, options.dry_run)?;
        for one in &done.expired {
            let expired = Expired::Kilometres(one.overrun);
            output::say(format_args!("Certificate {} has {expired}", one.certificate))?;
        }
        for one in &done.not_known {
            let not_known = Expired::NotKnown { why: one.why };
            output::say(format_args!("Certificate {} is {not_known}", one.certificate))?;
        }
    }
    all_done(&done)
}

/// What surveillance suspended; `carnet seal` prints it too.
pub fn print_suspended(suspended: &[SuspendedByRule], dry_run: bool) -> Result<(), Failure> {
    let how = if dry_run {
        "Dry run: would suspend"
    } else {
        "Suspended"
    };
    for one in suspended {
        output::say(format_args!(
            "{how} certificate {}: {} ({})",
            one.certificate, one.cause, one.said
        ))?;
    }
    Ok(())
}

/// What surveillance could not do, as JSON.
pub fn undone(done: &Surveillance) -> Value {
    let failed = done
        .failed
        .iter()
        .map(|one| json!({"certificate": one.certificate, "problem": desk::legible(&one.error.to_string())}));
    json!({
        "failed": failed.collect::<Vec<_>>(),
        "owed": done.owed.as_ref().map(|error| desk::legible(&error.to_string())),
    })
}

/// As [`all_done`], with what is to be printed for programs.
fn all_reported(done: &Surveillance, report: &Value) -> Result<(), Failure> {
    all_done(done).map_err(|failure| Failure::Incomplete {
        message: failure.to_string(),
        report: report.clone(),
    })
}

/// Fails where surveillance could not do everything, and names what.
fn all_done(done: &Surveillance) -> Result<(), Failure> {
    not_done(done).map_or(Ok(()), |problem| Err(Failure::Value(problem)))
}

/// What surveillance could not do.
pub fn not_done(done: &Surveillance) -> Option<String> {
    let mut problems: Vec<String> = done
        .failed
        .iter()
        .map(|one| {
            format!(
                "certificate {} could not be looked at and stays as it was: {}",
                one.certificate, one.error
            )
        })
        .collect();
    problems.extend(done.owed.as_ref().map(|error| {
        format!("the log does not take a statement that a step owes it, which is handed in again: {error}")
    }));
    if problems.is_empty() {
        return None;
    }
    problems.push("all others are done; run `carnet certify surveil` again when this is mended".to_owned());
    Some(problems.join("\n        "))
}

async fn list(global: &Global, desk: &Desk, options: &List, now: Timestamp) -> Result<(), Failure> {
    if options.cases {
        let cases = desk.certify_cases(now).await?;
        if global.json {
            let rows: Vec<Value> = cases
                .iter()
                .map(|(id, state, expired)| json!({"case": id, "state": state, "expired": expired}))
                .collect();
            return output::json(&json!(rows));
        }
        let mut table = output::table(&["case", "state"]);
        for (id, state, expired) in cases {
            let standing = expired.map_or(state.as_str(), |expired| expired.standing());
            table.add_row([id, standing.replace('_', " ")]);
        }
        return output::show(table);
    }
    let directory = desk.directory_of_body(now).await?;
    if global.json {
        return output::json(&serde_json::to_value(&directory)?);
    }
    let mut table = output::table(&[
        "certificate",
        "standing",
        "car",
        "grade",
        "valid until",
        "up to km",
    ]);
    let expired: Vec<String> = directory
        .iter()
        .filter_map(|entry| Some(format!("{}: {}", entry.certificate, entry.expired?)))
        .collect();
    for entry in directory {
        table.add_row([
            entry.certificate,
            format!(
                "{}{}",
                entry.standing.replace('_', " "),
                if entry.awaits_log {
                    ", not in the log yet"
                } else {
                    ""
                }
            ),
            format!("{} {}", entry.make, entry.model),
            entry.grade,
            entry.valid_until.to_string(),
            entry.odometer_limit_km.to_string(),
        ]);
    }
    output::show(table)?;
    expired.iter().try_for_each(output::say)
}

async fn export(desk: &Desk, options: &Export, now: Timestamp) -> Result<(), Failure> {
    if let Some(file) = &options.pdf {
        let (certificate, language) = (&options.certificate, options.language);
        let pages = desk.certificate_pages(certificate, options.redacted, language, now);
        desk::data_dir::write(file, &pages.await?, 0o644)?;
        return output::say(format_args!("Wrote {}", file.display()));
    }
    let mut document = desk.credential(&options.certificate, options.redacted).await?;
    if options.passport {
        let subject = document.get("credentialSubject").cloned().unwrap_or_default();
        let subject: Subject = serde_json::from_value(subject)?;
        document = passport::partial(&subject, None);
        passport::check(&document)
            .map_err(|faults| Failure::Value(format!("{}: {}", options.certificate, faults.join("; "))))?;
    }
    match &options.out {
        Some(file) => {
            write(file, &document)?;
            output::say(format_args!("Wrote {}", file.display()))
        }
        None => output::json(&document),
    }
}

#[cfg(test)]
mod tests {
    use desk::DeskError;
    use desk::certify::surveil::NotLookedAt;

    use super::*;

    #[test]
    fn surveillance_that_could_not_look_at_a_certificate_fails_and_names_it() {
        all_done(&Surveillance::default()).unwrap();
        let failed = Surveillance {
            failed: vec![NotLookedAt {
                certificate: "CN-2026-000007".to_owned(),
                error: DeskError::CaseUnreadable {
                    case: "C-000009".to_owned(),
                    problem: "a document is missing".to_owned(),
                },
            }],
            ..Surveillance::default()
        };
        let said = all_done(&failed).unwrap_err().to_string();
        assert!(
            said.contains("certificate CN-2026-000007 could not be looked at"),
            "{said}"
        );
        assert!(said.contains("a document is missing"), "{said}");
        assert!(said.contains("run `carnet certify surveil` again"), "{said}");
        let report = undone(&failed);
        assert_eq!(report["failed"][0]["certificate"], "CN-2026-000007");
        // What was done and why it was not all are one document.
        let document = all_reported(&failed, &report).unwrap_err().to_json();
        assert_eq!(document["failed"], report["failed"]);
        assert_eq!(document["error"]["message"], said);
    }

    #[test]
    fn a_statement_that_the_log_does_not_take_is_told() {
        let owed = Surveillance {
            owed: Some(DeskError::NoSigningKey("certifier".to_owned())),
            ..Surveillance::default()
        };
        let said = all_done(&owed).unwrap_err().to_string();
        assert!(said.contains("handed in again"), "{said}");
    }
}
