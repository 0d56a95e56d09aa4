//! The arguments, and the help that teaches them.

use std::path::PathBuf;

use clap::{Args as ClapArgs, Parser, Subcommand};
use desk::data_dir::{DataDir, Places};

use crate::certify::CertifyCommand;

/// A vehicle history anyone can check without trusting the seller.
///
/// Accredited parties sign statements about a car; a public log seals them; out comes a dossier, a file that proves to a
/// stranger, offline, that the car's history is complete and unaltered.
#[derive(Debug, Parser)]
#[command(
    name = "carnet",
    version,
    after_long_help = "\
Start here:
  carnet demo                                    see all of it on a sample yard
  carnet init --origin log.example.org/carnet    set up a log of your own

Exit codes:
  0  done; for `verify`: the dossier is complete and unaltered, or the log holds the receipt's statement
  1  failed, or some lines were refused (the report names each)
  2  the command line is not right
  3  verify: proven that the log knows nothing of this car
  4  verify: refused, do not believe this file; audit: the log was caught, there is evidence
  5  verify: everything holds but it is too old, or the certificate's status is not known; ask for a newer one
  6  verify: a certificate that is genuine and not in force: withdrawn, suspended, expired or not yet valid"
)]
pub struct Args {
    #[command(flatten)]
    pub global: Global,
    #[command(subcommand)]
    pub command: Command,
}

#[derive(Debug, ClapArgs)]
pub struct Global {
    /// The data directory.
    #[arg(
        long,
        global = true,
        env = "CARNET_DATA",
        default_value = "./carnet-data",
        value_name = "DIR"
    )]
    pub data: PathBuf,
    /// The database, where it is not in the data directory: postgres://USER:PASSWORD@HOST/DATABASE.
    #[arg(
        long,
        global = true,
        env = "CARNET_DATABASE_URL",
        hide_env_values = true,
        value_name = "URL"
    )]
    pub database: Option<String>,
    /// The public files, where they are not in the data directory: s3://BUCKET/PREFIX?endpoint=URL&region=NAME.
    #[arg(
        long,
        global = true,
        env = "CARNET_OBJECTS_URL",
        hide_env_values = true,
        value_name = "URL"
    )]
    pub objects: Option<String>,
    /// Print JSON instead of tables.
    #[arg(long, global = true)]
    pub json: bool,
    /// Read the passphrase of sealed keys from the first line of this file (otherwise CARNET_PASSPHRASE).
    #[arg(long, global = true, value_name = "FILE")]
    pub passphrase_file: Option<PathBuf>,
}

#[derive(Debug, Subcommand)]
pub enum Command {
    /// Set up a log in the data directory.
    #[command(
        after_help = "Example:\n  carnet --data /srv/carnet init --origin log.example.org/carnet --protect-keys"
    )]
    Init(Init),
    /// Issuers: those who sign statements.
    Issuer {
        #[command(subcommand)]
        command: IssuerCommand,
    },
    /// Record statements from a file or a folder.
    #[command(after_help = "\
What can be recorded:
  .jsonl   a draft (signed here if the issuer's key is) or a signed statement on each line
  .json    one draft, or an array of drafts
  .csv     rows; the mapping beside it (invoices.csv: invoices.mapping.toml) says which column is which field
  .sdjwt   a signed statement on each line
A folder stands for the files in it, except .json; whatever else lies in it is listed with the way to record it.
Nothing is lost: refused lines are reported with file, line, value and fix, and --refused writes them to a file.

Examples:
  carnet record samples/yard --dry-run
  carnet record statements.jsonl --refused mend-these.jsonl
  carnet record invoices.csv --mapping invoices.mapping.toml
  carnet record samples/yard/form82-k3.json --form82 --vehicle KNAFK411BGA000020 \\
      --issuer inspector-incheon --event-time 2026-11-20T10:00:00+09:00 --place KRINC")]
    Record(Record),
    /// Seal what waits into the log; with nothing waiting, renew the checkpoint's cosignatures.
    #[command(after_help = "Examples:\n  carnet seal\n  carnet --data /srv/carnet --json seal")]
    Seal,
    /// Write the receipt of a sealed statement: the log's proof that it holds it, under the right car.
    #[command(after_help = "\
A receipt is a C2SP tlog-proof. A statement that was recorded twice has one place in the log, and so one receipt.
Whoever checks it needs the signed statement too; an issuer that signs elsewhere has it, and --signed writes it.

Examples:
  carnet history KNAPH81ABHK000003 --digests                  each statement with its digest
  carnet receipt DIGEST --out statement.tlog-proof --signed statement.sdjwt
  carnet verify statement.tlog-proof --statement statement.sdjwt")]
    Receipt(Receipt),
    /// Show a car's history and what its statements say together.
    #[command(after_help = "\
Examples:
  carnet history KNAPH81ABHK000003
  carnet history vin:1HGCM82633A004353     as stamped, although the check digit is wrong
  carnet history ZVW30-1234567             a Japanese frame number")]
    History(History),
    /// Write a dossier: one file that proves the car's history offline.
    #[command(after_help = "\
Examples:
  carnet dossier KNAPH81ABHK000003 --out car.carnet
  carnet dossier KNAPH81ABHK000003 --show plate --show price        only these personal fields
  carnet dossier KNAPH81ABHK000003 --hide-personal                  none of them")]
    Dossier(Dossier),
    /// Verify a dossier, a receipt, or a certificate as credential or PDF, offline.
    #[command(after_help = "\
Examples:
  carnet verify car.carnet                                        against the log in --data
  carnet verify car.carnet --policy carnet-data/policy.txt --vrf-key carnet-data/vrf.txt   anywhere
  carnet verify car.carnet --vehicle KNAPH81ABHK000003 --max-age 7d
  carnet verify statement.tlog-proof --statement statement.sdjwt  the log holds this statement
  carnet verify certificate.json --issuer did.json --status-list status/ --odometer 48210
  carnet verify certificate.pdf                                   the credential inside, and whether the pages agree")]
    Verify(Verify),
    /// May it enter, and what will it cost: one car or a whole yard, in one market or all.
    #[command(after_help = crate::quote::EXAMPLES)]
    Quote(Box<crate::quote::Quote>),
    /// The rules behind quotes: check, show, compare, explain.
    Rules {
        #[command(subcommand)]
        command: crate::rules::RulesCommand,
    },
    /// Certificates for traction batteries, step by step (ISO/IEC 17065).
    Certify {
        #[command(subcommand)]
        command: CertifyCommand,
    },
    /// The log itself.
    Log {
        #[command(subcommand)]
        command: LogCommand,
    },
    /// Run a witness: cosign other people's logs, and so make sure that they never fork (c2sp.org/tlog-witness).
    #[command(args_conflicts_with_subcommands = true, after_help = crate::witness::EXAMPLES)]
    Witness(crate::witness::WitnessArgs),
    /// Audit a log: mirror it, replay every entry and the index, and cosign only if all roots agree.
    #[command(
        args_conflicts_with_subcommands = true,
        subcommand_negates_reqs = true,
        after_help = crate::audit::EXAMPLES
    )]
    Audit(crate::audit::AuditArgs),
    /// Batteries of electric cars: what their charging logs say.
    Battery {
        #[command(subcommand)]
        command: BatteryCommand,
    },
    /// Destroy the contents of all statements about a car. Cannot be undone.
    #[command(after_help = "\
The log keeps that statements existed and who made them; what they said is gone from this database. Copies in backups can
be read until the backups are rotated out.

Example:
  carnet erase KNAPH81ABHK000003 --asked-by 'the keeper' --reason 'erasure request' --dry-run")]
    Erase(Erase),
    /// Carry the log to another database and object store, and back. Keys and policy stay in the data directory.
    #[command(after_help = "\
Stop everything that writes first. The copy is verified before the source is marked as left; a source that is marked refuses to
go on, so that the log cannot fork. Interrupted, the same command again goes on.

Access to an S3 store comes from AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY. A password in a URL on the command line can be seen
by others on this machine; let PostgreSQL take it from ~/.pgpass or PGPASSWORD.

Examples:
  carnet move --from /srv/carnet --to-database postgres://carnet@db.example/carnet \\
      --to-objects 's3://log/carnet?endpoint=https://s3.example.org&region=garage' --dry-run
  carnet move --from /srv/carnet --from-database postgres://carnet@db.example/carnet \\
      --from-objects 's3://log/carnet?endpoint=https://s3.example.org&region=garage'      back into the directory")]
    Move(Move),
    /// Run the log as a service over HTTP.
    #[command(after_help = crate::serve::AFTER_HELP)]
    Serve(crate::serve::Serve),
    /// Accounts of the service: who may log in, and as what.
    Account {
        #[command(subcommand)]
        command: crate::account::AccountCommand,
    },
    /// API tokens: for programs that act as an account.
    Token {
        #[command(subcommand)]
        command: crate::token::TokenCommand,
    },
    /// Yards: which organisation has which car.
    Yard {
        #[command(subcommand)]
        command: crate::yard::YardCommand,
    },
    /// Links that open one dossier, with chosen personal fields, until they end or are withdrawn.
    Share {
        #[command(subcommand)]
        command: crate::share::ShareCommand,
    },
    /// What was done with privilege: by whom, when, to what. Cannot be changed.
    #[command(after_help = crate::trail::EXAMPLES)]
    Trail(crate::trail::Trail),
    /// See all of it on a sample yard: record, seal, dossier, verify, tamper, certify.
    #[command(after_help = "\
It works in a folder of its own, DIR/demo, which it makes anew each time and leaves to be looked at. It tells a story and has no JSON.

Examples:
  carnet demo
  carnet --data carnet-data/demo/data history KNAPH81ABHK000003    look at what it made")]
    Demo,
}

impl Global {
    /// The data directory, and where its log lies.
    pub fn data_dir(&self) -> DataDir {
        DataDir::new(&self.data).with(Places {
            database: self.database.clone(),
            objects: self.objects.clone(),
        })
    }
}

#[derive(Debug, ClapArgs)]
pub struct Move {
    /// The data directory of the log; otherwise --data.
    #[arg(long, value_name = "DIR")]
    pub from: Option<PathBuf>,
    /// The database it is in; otherwise the one in the directory.
    #[arg(long, value_name = "URL")]
    pub from_database: Option<String>,
    /// Its public files; otherwise those in the directory.
    #[arg(long, value_name = "URL")]
    pub from_objects: Option<String>,
    /// The database it shall be in: postgres://…; otherwise the one in the directory.
    #[arg(long, value_name = "URL")]
    pub to_database: Option<String>,
    /// Where its public files shall be: s3://… or file://…; otherwise in the directory.
    #[arg(long, value_name = "URL")]
    pub to_objects: Option<String>,
    /// Look whether all could be done, and count; change nothing.
    #[arg(long)]
    pub dry_run: bool,
}

#[derive(Debug, ClapArgs)]
pub struct Init {
    /// The log's name for ever: a host and path you control.
    #[arg(long, value_name = "NAME")]
    pub origin: String,
    /// Seal the key files under a passphrase: CARNET_PASSPHRASE, --passphrase-file, or asked for.
    #[arg(long)]
    pub protect_keys: bool,
}

#[derive(Debug, Subcommand)]
pub enum IssuerCommand {
    /// Make a signing key for an issuer that signs on this machine.
    #[command(after_help = "Example:\n  carnet issuer new workshop-incheon")]
    New(IssuerNew),
    /// Enrol issuers: one by its options, or several from a JSON file.
    #[command(after_help = "\
Without --public-key the key made by `issuer new` is enrolled; from a file, keys are made where there are none.
Who of a file is enrolled already is passed over, so that a list may grow.

Examples:
  carnet issuer enrol workshop-incheon --name 'Workshop Incheon' --role workshop
  carnet issuer enrol insurer-x --name 'Insurer X' --role insurer \\
      --public-key d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a
  carnet issuer enrol --file samples/yard/issuers.json")]
    Enrol(IssuerEnrol),
    /// Revoke an issuer's key. Statements sealed before stay valid.
    #[command(after_help = "Example:\n  carnet issuer revoke workshop-incheon --reason 'key lost'")]
    Revoke(IssuerRevoke),
    /// List all keys ever enrolled.
    #[command(after_help = "Examples:\n  carnet issuer list\n  carnet --json issuer list")]
    List,
}

#[derive(Debug, ClapArgs)]
pub struct IssuerNew {
    /// The issuer's id, which statements carry as `iss`.
    pub id: String,
}

#[derive(Debug, ClapArgs)]
pub struct IssuerEnrol {
    /// The issuer's id.
    #[arg(required_unless_present = "file", conflicts_with = "file")]
    pub id: Option<String>,
    /// The name a person reads.
    #[arg(long, requires = "id")]
    pub name: Option<String>,
    /// What the issuer may state; repeat for several.
    #[arg(long = "role", requires = "id", value_name = "ROLE")]
    pub roles: Vec<String>,
    /// The issuer's Ed25519 public key, 64 hex digits.
    #[arg(long, requires = "id", value_name = "HEX")]
    pub public_key: Option<String>,
    /// A JSON array of {"id", "name", "roles"}.
    #[arg(long, value_name = "FILE")]
    pub file: Option<PathBuf>,
}

#[derive(Debug, ClapArgs)]
pub struct IssuerRevoke {
    /// The issuer's id, or a key id.
    pub issuer: String,
    /// Why; public.
    #[arg(long)]
    pub reason: String,
}

#[derive(Debug, ClapArgs)]
pub struct Record {
    /// A file or a folder.
    pub path: PathBuf,
    /// The mapping for CSV files.
    #[arg(long, value_name = "FILE")]
    pub mapping: Option<PathBuf>,
    /// Check everything, submit nothing.
    #[arg(long)]
    pub dry_run: bool,
    /// Write the refused lines to this .jsonl file (.csv where a CSV file is recorded), to be mended and recorded again.
    #[arg(long, value_name = "FILE", conflicts_with = "form82")]
    pub refused: Option<PathBuf>,
    /// Record what was erased from this log again. Otherwise a line whose content was erased is refused.
    #[arg(long)]
    pub again_after_erasure: bool,
    /// The file is a Korean performance-and-condition record (Form 82), JSON or CSV.
    #[arg(long, requires_all = ["issuer", "vehicle", "event_time"])]
    pub form82: bool,
    /// With --form82: who inspected; the issuer's key must be here.
    #[arg(long, value_name = "ID", requires = "form82")]
    pub issuer: Option<String>,
    /// With --form82: the car.
    #[arg(long, value_name = "VIN", requires = "form82")]
    pub vehicle: Option<String>,
    /// With --form82: when, with offset.
    #[arg(long, value_name = "TIME", requires = "form82")]
    pub event_time: Option<String>,
    /// With --form82: where, as UN/LOCODE.
    #[arg(long, value_name = "LOCODE", requires = "form82")]
    pub place: Option<String>,
    /// With --form82: the VIN written on the form is known to be another than --vehicle; record it all the same.
    #[arg(long, requires = "form82")]
    pub vin_differs: bool,
}

#[derive(Debug, ClapArgs)]
pub struct Receipt {
    /// The statement's digest, 64 hex digits; `carnet record` and `carnet history --digests` tell it.
    pub statement: String,
    /// The file to write; otherwise printed.
    #[arg(long, value_name = "FILE")]
    pub out: Option<PathBuf>,
    /// Also write the signed statement with all its fields, personal ones too.
    #[arg(long, value_name = "FILE")]
    pub signed: Option<PathBuf>,
}

#[derive(Debug, ClapArgs)]
pub struct History {
    /// A VIN or frame number.
    pub vehicle: String,
    /// List also the digest of each statement, by which `carnet receipt` finds it.
    #[arg(long)]
    pub digests: bool,
}

#[derive(Debug, ClapArgs)]
pub struct Dossier {
    /// A VIN or frame number.
    pub vehicle: String,
    /// The file to write; otherwise named after the car.
    #[arg(long, value_name = "FILE")]
    pub out: Option<PathBuf>,
    /// Show only these personal fields; repeat for several.
    #[arg(long, value_name = "FIELD", conflicts_with = "hide_personal")]
    pub show: Vec<String>,
    /// Show no personal field.
    #[arg(long)]
    pub hide_personal: bool,
}

#[derive(Debug, ClapArgs)]
pub struct Verify {
    /// The dossier, the receipt, the credential, or the PDF that carries one.
    pub file: PathBuf,
    /// With a receipt: the signed statement that it is about.
    #[arg(long, value_name = "FILE")]
    pub statement: Option<PathBuf>,
    /// Whom to trust; otherwise policy.txt of --data.
    #[arg(long, value_name = "FILE", requires = "vrf_key")]
    pub policy: Option<PathBuf>,
    /// The log's VRF key, a file or the key itself; otherwise vrf.txt of --data.
    #[arg(long, value_name = "KEY", requires = "policy")]
    pub vrf_key: Option<String>,
    /// The car in question; otherwise the answer is about the car the file names.
    #[arg(long, value_name = "VIN")]
    pub vehicle: Option<String>,
    /// How old the proof may be: 12h, 7d, 4w.
    #[arg(long, value_name = "AGE", default_value = "30d")]
    pub max_age: String,
    /// For a credential: whom to trust, a DID document or a did:key; repeat for several. Otherwise the body of --data.
    #[arg(long, value_name = "FILE")]
    pub issuer: Vec<String>,
    /// For a credential: the issuer's status lists, files or folders. Otherwise those in --data.
    #[arg(long, value_name = "PATH")]
    pub status_list: Vec<PathBuf>,
    /// For a credential: the issuer's directory.json, which knows the odometer readings that were recorded. Otherwise that in --data.
    #[arg(long, value_name = "FILE")]
    pub directory: Option<PathBuf>,
    /// For a credential: what the car's odometer shows.
    #[arg(long, value_name = "KM")]
    pub odometer: Option<u32>,
    /// Verify as if it were this time (RFC 3339).
    #[arg(long, value_name = "TIME")]
    pub now: Option<String>,
}

#[derive(Debug, Subcommand)]
pub enum LogCommand {
    /// Where the log stands.
    #[command(after_help = "Examples:\n  carnet log status\n  carnet --data /srv/carnet --json log status")]
    Status,
    /// Recompute everything from the public files and compare.
    #[command(after_help = "\
Exit code 1 where something is damaged; each finding names the file or row, and what to do.
Warnings are of a policy that needs no witness, or counts one that nobody asks.

Examples:
  carnet log fsck
  carnet --data /srv/carnet --json log fsck")]
    Fsck,
    /// Have the newest checkpoint cosigned anew, without a new entry: dossiers made from then on are complete as of now.
    #[command(after_help = "\
What waits goes on waiting. `carnet serve` does this by itself; without it, run it on a schedule.

Examples:
  carnet log refresh
  17 * * * *  carnet --data /srv/carnet log refresh

Exit code 1 where the quorum did not answer: then dossiers are as old as before.")]
    Refresh,
    /// Witnesses and auditors run by others, which this log asks to cosign.
    Witness {
        #[command(subcommand)]
        command: LogWitnessCommand,
    },
}

#[derive(Debug, Subcommand)]
pub enum LogWitnessCommand {
    /// Ask a witness from now on.
    #[command(after_help = "\
Adding a witness makes the log ask it. Whether its cosignature is needed is a rule for verifiers: it is in policy.txt, which you
edit and hand out again (docs/witnesses.md). Its operator must know this log too: give them the word after `log` in policy.txt.

Example:
  carnet log witness add https://witness.example.org witness.example.org/w1+3c5b1a2f+BPz…")]
    Add(LogWitnessAdd),
    /// Do not ask it any more.
    Remove {
        /// Its name on the list.
        name: String,
    },
    /// Show all, with when they cosigned the published checkpoint.
    List,
}

#[derive(Debug, ClapArgs)]
pub struct LogWitnessAdd {
    /// Where it takes checkpoints: the URL before `/add-checkpoint`.
    pub url: String,
    /// Its verifier key, as its operator publishes it.
    pub vkey: String,
    /// What to call it; otherwise by the name of its key.
    #[arg(long)]
    pub name: Option<String>,
}

#[derive(Debug, ClapArgs)]
pub struct Erase {
    /// A VIN or frame number.
    pub vehicle: String,
    /// Who asked for it; becomes part of the public notice.
    #[arg(long, value_name = "TEXT")]
    pub asked_by: String,
    /// Why; becomes part of the public notice.
    #[arg(long, value_name = "TEXT")]
    pub reason: String,
    /// Say what would go, erase nothing.
    #[arg(long)]
    pub dry_run: bool,
    /// Do not ask.
    #[arg(long)]
    pub yes: bool,
}

#[derive(Debug, Subcommand)]
pub enum BatteryCommand {
    /// Show what was understood of charging logs: columns, units, clock, sessions, gaps, and what is missing.
    #[command(after_help = "\
CSV (also .gz) and Parquet of any logger for which there is a mapping; the columns say which. What neither the file nor its
mapping nor the values show is asked for, with the option that answers it. Nothing is assumed.

Examples:
  carnet battery inspect samples/battery/ioniq5-2021.csv
  carnet battery inspect log1.csv log2.csv --utc-offset +09:00 --picture log.svg
  carnet battery inspect my-logger.csv --mapping my-logger.toml --json")]
    Inspect(BatteryInspect),
    /// Assess a battery: capacity with its interval, checks, transport; or a refusal that says why.
    #[command(after_help = "\
The battery is described in a TOML file beside the first log (car.csv: car.battery.toml) or named with --battery:
  [battery]
  chemistry = \"NMC\"            # or LFP
  n_series = 96                 # cells in series
  rated_ah = 154.6              # of the exact variant
  rated_source = \"type approval\"
  [facts]                       # optional: what was found outside the logs
  dtcs = []                     # open trouble codes; leave out what nobody read
  isolation_kohm = 5800

Exit code 1 where no number is issued.

Examples:
  carnet battery assess samples/battery/ioniq5-2021.csv
  carnet battery assess charge.csv --battery car.toml --class guided --out assessment.json
  carnet battery assess obd.csv --meter charger.csv        # checks the gain of the car's current sensor")]
    Assess(Box<BatteryAssess>),
    /// Hold the method to account: estimates against vehicles whose capacity is known.
    #[command(after_help = "\
TRUTH is a CSV with vehicle_id, chem (NMC or LFP), n_series, rated_ah and true_ah; TELEMETRY names the vehicle in each row. The
table shows every vehicle, the end how often the truth lay inside the 50, 80 and 95 % intervals.

Example:
  carnet battery validate packs.parquet packs_truth.csv --picture reliability.svg")]
    Validate(BatteryValidate),
    /// Compute an assessment again from its files and compare byte by byte.
    #[command(after_help = "\
CERT is an assessment (assess --out), or a certificate as credential or PDF, which names the hash of one; with a certificate the
battery is described as for `assess`, and options of reading are given as they were.

Examples:
  carnet battery recompute assessment.json log1.csv log2.csv
  carnet battery recompute certificate.pdf charge.csv --battery car.toml")]
    Recompute(Box<BatteryRecompute>),
}

#[derive(Debug, ClapArgs)]
pub struct BatteryAssess {
    /// CSV or Parquet files of one vehicle.
    #[arg(required = true, value_name = "FILE")]
    pub files: Vec<PathBuf>,
    /// The description of the battery; otherwise the one beside the first file.
    #[arg(long, value_name = "FILE")]
    pub battery: Option<PathBuf>,
    /// How the battery came to the test: three or more charges of ordinary use, or charges under supervision.
    #[arg(long, default_value = "field", value_parser = ["field", "guided"])]
    pub class: String,
    /// Write the assessment as JSON to this file, in the bytes that certificates commit to.
    #[arg(long, value_name = "FILE")]
    pub out: Option<PathBuf>,
    #[command(flatten)]
    pub meter: SecondMeter,
    #[command(flatten)]
    pub reading: Reading,
}

#[derive(Debug, ClapArgs)]
pub struct BatteryValidate {
    /// CSV or Parquet with the rows of all vehicles.
    pub telemetry: PathBuf,
    /// CSV with what is known of each.
    pub truth: PathBuf,
    /// Write the reliability picture to this SVG file.
    #[arg(long, value_name = "FILE")]
    pub picture: Option<PathBuf>,
    #[command(flatten)]
    pub reading: Reading,
}

#[derive(Debug, ClapArgs)]
pub struct BatteryRecompute {
    /// An assessment or a credential, JSON; or a certificate's PDF.
    #[arg(value_name = "CERT")]
    pub certificate: PathBuf,
    /// The files it was computed from.
    #[arg(required = true, value_name = "DATA")]
    pub files: Vec<PathBuf>,
    /// The description of the battery, for a credential.
    #[arg(long, value_name = "FILE")]
    pub battery: Option<PathBuf>,
    #[command(flatten)]
    pub meter: SecondMeter,
    #[command(flatten)]
    pub reading: Reading,
}

#[derive(Debug, ClapArgs)]
pub struct BatteryInspect {
    /// CSV or Parquet files of one test.
    #[arg(required = true, value_name = "FILE")]
    pub files: Vec<PathBuf>,
    /// The description of the battery; otherwise the one beside the first file, or what the log lets suppose.
    #[arg(long, value_name = "FILE")]
    pub battery: Option<PathBuf>,
    #[command(flatten)]
    pub reading: Reading,
    /// Write a picture of voltage, current and state of charge to this SVG file.
    #[arg(long, value_name = "FILE")]
    pub picture: Option<PathBuf>,
}

/// The log of a second meter of direct current, against which the gain of the vehicle's sensor is checked.
#[derive(Debug, Default, ClapArgs)]
pub struct SecondMeter {
    /// The charger's log of the same charges, or another second meter's; both logs need dates.
    #[arg(long, value_name = "FILE")]
    pub meter: Option<PathBuf>,
    /// Its mapping; otherwise recognised from the columns.
    #[arg(long, value_name = "NAME|FILE", requires = "meter")]
    pub meter_mapping: Option<String>,
    /// How far its clock was ahead of UTC, as +09:00.
    #[arg(long, value_name = "OFFSET", allow_hyphen_values = true, requires = "meter")]
    pub meter_utc_offset: Option<String>,
}

/// How charging logs are to be read, where they do not say it themselves.
#[derive(Clone, Debug, Default, ClapArgs)]
pub struct Reading {
    /// A mapping by its name, or a mapping file; otherwise recognised from the columns.
    #[arg(long, value_name = "NAME|FILE")]
    pub mapping: Option<String>,
    /// Which current is positive in the files.
    #[arg(long, value_name = "SIGN", value_parser = ["charge-positive", "discharge-positive"])]
    pub current_sign: Option<String>,
    /// Which state of charge the files have: the battery management system's or the displayed one.
    #[arg(long, value_name = "WHICH", value_parser = ["bms", "display"])]
    pub soc: Option<String>,
    /// The unit of the state of charge.
    #[arg(long, value_name = "UNIT", value_parser = ["%", "fraction"])]
    pub soc_unit: Option<String>,
    /// How far the logger's clock was ahead of UTC, as +09:00.
    #[arg(long, value_name = "OFFSET", allow_hyphen_values = true)]
    pub utc_offset: Option<String>,
    /// The unit of the current.
    #[arg(long, value_name = "UNIT", value_parser = ["A", "mA"])]
    pub current_unit: Option<String>,
    /// The unit of cell voltages.
    #[arg(long, value_name = "UNIT", value_parser = ["V", "mV"])]
    pub cell_unit: Option<String>,
    /// The unit of temperatures.
    #[arg(long, value_name = "UNIT", value_parser = ["C", "F", "K"])]
    pub temp_unit: Option<String>,
    /// Whether dates have the day or the month first.
    #[arg(long, value_name = "ORDER", value_parser = ["day-first", "month-first"])]
    pub date_order: Option<String>,
    /// The decimal sign of numbers.
    #[arg(long, value_name = "SIGN", value_parser = ["point", "comma"])]
    pub decimal: Option<String>,
    /// Read the rows of this vehicle only.
    #[arg(long, value_name = "VIN")]
    pub vehicle: Option<String>,
}
