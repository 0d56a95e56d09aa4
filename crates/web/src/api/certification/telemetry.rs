//! Charging logs handed in for an application, and what the method says of them.

use axum::Extension;
use axum::Json as Answered;
use axum::extract::State;
use axum::extract::multipart::{Multipart, MultipartRejection};
use axum::http::header::{CONTENT_LENGTH, CONTENT_TYPE};
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::response::{IntoResponse as _, Response};
use battery::Assessment;
use desk::access::Actor;
use desk::certify::applications::HandedIn;
use desk::inspecting::trace::Words;
use desk::inspecting::{Inspection, Vehicle};
use desk::recomputing::{Methods, Recomputed};
use serde::{Deserialize, Serialize};
use telemetry::FileReport;
use utoipa::ToSchema;

use super::{Case, Refusals};
use crate::access::{May, act};
use crate::clock;
use crate::extract::{Path, unencoded};
use crate::outgoing;
use crate::problem::{Kind, Problem};
use crate::state::App;
use crate::upload::{Place, Purpose, Received, Tally, discard, too_large};

/// Telemetry as a form. Every field but the files may be left out; what the files do not say must be answered.
#[derive(Deserialize, ToSchema)]
#[expect(dead_code, reason = "describes the form; it is read as it comes")]
pub struct Form {
    /// Charging logs of the car, CSV or Parquet, gzip allowed: 1 to 20 files.
    #[schema(value_type = Vec<String>, format = Binary)]
    telemetry: Vec<String>,
    /// The name of a mapping of the program; otherwise it is recognised from the columns.
    mapping: Option<String>,
    /// A mapping file (docs/telemetry.md) in place of a name.
    mapping_file: Option<String>,
    /// A description of the battery with facts that no log shows, TOML; otherwise the battery is that of the application.
    battery: Option<String>,
    /// Open diagnostic codes, such as `P0DE6, P0AA6`, or `none` where they were read and there are none.
    dtcs: Option<String>,
    /// Open recalls of the high-voltage battery with commas between them, or `none` where somebody asked.
    recalls: Option<String>,
    /// Isolation resistance measured by hand, kΩ.
    isolation_kohm: Option<String>,
    /// State of health that the vehicle reports, percent.
    reported_soh: Option<String>,
    /// State of charge now, percent, for transport.
    soc_now: Option<String>,
    /// The day on which that was read, as `2026-11-26`; without it a certificate says that the day is not stated.
    soc_now_on: Option<String>,
    /// `yes` or `no`: whether battery or vehicle is damaged.
    damaged: Option<String>,
    /// `field` or `guided`.
    class: Option<String>,
    /// `charge-positive` or `discharge-positive`.
    current_sign: Option<String>,
    /// `bms` or `display`.
    soc: Option<String>,
    /// `%` or `fraction`.
    soc_unit: Option<String>,
    /// As `+09:00`.
    utc_offset: Option<String>,
    /// `A` or `mA`.
    current_unit: Option<String>,
    /// `V` or `mV`.
    cell_unit: Option<String>,
    /// `C`, `F` or `K`.
    temp_unit: Option<String>,
    /// `day-first` or `month-first`.
    date_order: Option<String>,
    /// `point` or `comma`.
    decimal: Option<String>,
    /// Read the rows of this vehicle only.
    vehicle: Option<String>,
    /// The log of a second meter of direct current.
    #[schema(value_type = Option<String>, format = Binary)]
    meter: Option<String>,
    /// Its mapping.
    meter_mapping: Option<String>,
    /// How far its clock was ahead of UTC.
    meter_utc_offset: Option<String>,
    /// `true`: assess, keep nothing.
    dry_run: Option<String>,
}

/// What was handed in, and what the method says of it.
#[derive(Serialize, ToSchema)]
pub struct Assessed {
    /// SHA-256 of the assessment's bytes: name it to evaluate. The same one from another account is a computation repeated.
    pub sha256: String,
    /// Whether nothing was kept on purpose.
    pub dry_run: bool,
    /// As `carnet battery assess --json`.
    #[schema(value_type = Object)]
    pub assessment: Assessment,
}

/// Hands in charging logs of the car. They are streamed to disk, assessed and deleted; the assessment is kept with the
/// application, with the SHA-256 of each file.
#[utoipa::path(post, path = "/api/certification/applications/{case}/telemetry", tag = "certification", params(Case),
    security(("session" = []), ("token" = [])),
    request_body(content = Form, content_type = "multipart/form-data"),
    responses(
        (status = 201, description = "Assessed and kept", body = Assessed),
        (status = 200, description = "Assessed in a dry run", body = Assessed),
        Refusals
    )
)]
pub async fn hand_in(
    State(app): State<App>,
    May(actor, _): May<act::Apply>,
    Path(case): Path<String>,
    headers: HeaderMap,
    Extension(tally): Extension<Tally>,
    form: Result<Multipart, MultipartRejection>,
) -> Result<(StatusCode, Answered<Assessed>), Problem> {
    let (kept, assessment, dry_run) =
        taken_in(&app, &actor, &case, &headers, (form, &tally), |_| Ok(())).await?;
    let status = if dry_run {
        StatusCode::OK
    } else {
        StatusCode::CREATED
    };
    let assessed = Assessed {
        sha256: kept.sha256,
        dry_run,
        assessment,
    };
    Ok((status, Answered(assessed)))
}

/// What was handed in: as it was kept, as it was assessed, and whether that was a dry run.
pub type Taken = (HandedIn, Assessment, bool);

/// A form as it comes, and how much of it was taken.
pub type Coming<'t> = (Result<Multipart, MultipartRejection>, &'t Tally);

/// Takes a form in, assesses it, and keeps the assessment.
pub async fn taken_in(
    app: &App,
    actor: &Actor,
    case: &str,
    headers: &HeaderMap,
    (form, tally): Coming<'_>,
    enough: impl Fn(&Received) -> Result<(), Problem>,
) -> Result<Taken, Problem> {
    let mut form = declared(form)?;
    let taken = worked_on(app, actor, case, headers, (&mut form, tally), enough).await;
    if taken.is_err() {
        discard(form, tally, app.options.limits.upload).await;
    }
    taken
}

async fn worked_on(
    app: &App,
    actor: &Actor,
    case: &str,
    headers: &HeaderMap,
    form: (&mut Multipart, &Tally),
    enough: impl Fn(&Received) -> Result<(), Problem>,
) -> Result<Taken, Problem> {
    // Asked before a byte is taken.
    let battery = app.desk.awaits_telemetry(actor, case).await?;
    let (received, place) = received(app, actor, headers, form, Purpose::HandIn, enough).await?;
    let dry_run = received.dry_run;
    let assessment = received.assessed(app, battery, place).await?;
    let kept = app
        .desk
        .hand_in(actor, case, &assessment, clock::moment(), dry_run)
        .await?;
    Ok((kept, assessment, dry_run))
}

/// Takes a form in, and says what is understood of its logs, and whether a picture is wanted.
pub async fn inspected(
    app: &App,
    actor: &Actor,
    headers: &HeaderMap,
    (form, tally): Coming<'_>,
    enough: impl Fn(&Received) -> Result<(), Problem>,
) -> Result<(Inspection, bool), Problem> {
    let mut form = declared(form)?;
    let purpose = Purpose::Inspect;
    let found = match received(app, actor, headers, (&mut form, tally), purpose, enough).await {
        Ok((received, place)) => {
            let picture = received.picture;
            let found = received.inspected(app, place).await;
            found.map(|found| (found, picture))
        }
        Err(problem) => Err(problem),
    };
    if found.is_err() {
        discard(form, tally, app.options.limits.upload).await;
    }
    found
}

/// Takes a form in, and computes its certificate again from its logs.
pub async fn recomputed(
    app: &App,
    actor: &Actor,
    headers: &HeaderMap,
    (form, tally): Coming<'_>,
    enough: impl Fn(&Received) -> Result<(), Problem>,
) -> Result<Recomputed, Problem> {
    let mut form = declared(form)?;
    let purpose = Purpose::Recompute;
    let done = match received(app, actor, headers, (&mut form, tally), purpose, enough).await {
        Ok((received, place)) => received.recomputed(app, place).await,
        Err(problem) => Err(problem),
    };
    if done.is_err() {
        discard(form, tally, app.options.limits.upload).await;
    }
    done
}

fn declared(form: Result<Multipart, MultipartRejection>) -> Result<Multipart, Problem> {
    form.map_err(|_| {
        Problem::new(
            Kind::UnsupportedMediaType,
            "the body is not declared as a form with files",
            "send it as multipart/form-data, with the files in fields named telemetry",
        )
    })
}

/// Takes a form in where there is room for it.
async fn received(
    app: &App,
    actor: &Actor,
    headers: &HeaderMap,
    form: (&mut Multipart, &Tally),
    purpose: Purpose,
    enough: impl Fn(&Received) -> Result<(), Problem>,
) -> Result<(Received, Place), Problem> {
    unencoded(headers)?;
    let most = app.options.limits.upload;
    let said = headers.get(CONTENT_LENGTH).and_then(|value| value.to_str().ok());
    let said: Option<u64> = said.and_then(|said| said.parse().ok());
    // Around the files stand some names and boundaries.
    if said.is_some_and(|said| said > most.saturating_add(1 << 20)) {
        return Err(too_large(most));
    }
    let organisation = actor.known().map_or("", |known| known.organisation.as_str());
    let place = app.uploads.enter(organisation)?;
    Ok((Received::of(app, form, purpose, enough).await?, place))
}

/// Charging logs to look at. Every field but the files may be left out.
#[derive(Deserialize, ToSchema)]
#[expect(dead_code, reason = "describes the form; it is read as it comes")]
pub struct InspectionForm {
    /// Charging logs, CSV or Parquet, gzip allowed: 1 to 20 files.
    #[schema(value_type = Vec<String>, format = Binary)]
    telemetry: Vec<String>,
    /// The name of a mapping of the program; otherwise it is recognised from the columns.
    mapping: Option<String>,
    /// A mapping file (docs/telemetry.md) in place of a name.
    mapping_file: Option<String>,
    /// A description of the battery, TOML; otherwise it is supposed from what the logs show, and said so.
    battery: Option<String>,
    /// `true`: with a picture of each vehicle's voltage, current and state of charge.
    picture: Option<String>,
    /// `charge-positive` or `discharge-positive`; this and the other answers as for handing telemetry in.
    current_sign: Option<String>,
    /// `bms` or `display`.
    soc: Option<String>,
    /// As `+09:00`.
    utc_offset: Option<String>,
    /// Read the rows of this vehicle only.
    vehicle: Option<String>,
}

/// What was understood of charging logs.
#[derive(Serialize, ToSchema)]
pub struct Inspected {
    /// Whether something must be answered before anything is read: see `questions` of each file.
    pub asks: bool,
    /// Of each file, before it was read: as `carnet battery inspect --json`.
    #[schema(value_type = Vec<Object>)]
    pub files: Vec<FileReport>,
    /// Of each vehicle, likewise.
    #[schema(value_type = Vec<Object>)]
    pub vehicles: Vec<Vehicle>,
    /// A picture of each of the first ten vehicles, in their order, as SVG; empty unless asked for.
    pub pictures: Vec<String>,
}

/// Vehicles of which pictures are drawn.
pub const PICTURES: usize = 10;

/// Looks at charging logs and says what is understood of them; nothing is kept.
#[utoipa::path(post, path = "/api/certification/inspection", tag = "certification",
    security(("session" = []), ("token" = [])),
    request_body(content = InspectionForm, content_type = "multipart/form-data"),
    responses((status = 200, body = Inspected), Refusals)
)]
pub async fn inspect(
    State(app): State<App>,
    May(actor, _): May<act::Apply>,
    headers: HeaderMap,
    Extension(tally): Extension<Tally>,
    form: Result<Multipart, MultipartRejection>,
) -> Result<Response, Problem> {
    let (found, picture) = inspected(&app, &actor, &headers, (form, &tally), |_| Ok(())).await?;
    let words = Words::default();
    let pictures = match picture {
        true => found
            .vehicles
            .iter()
            .take(PICTURES)
            .map(|v| v.trace.svg(&v.title(), &words))
            .collect(),
        false => Vec::new(),
    };
    let answer = Inspected {
        asks: found.asks(),
        files: found.files,
        vehicles: found.vehicles,
        pictures,
    };
    let bytes = serde_json::to_vec(&answer).map_err(|_| Problem::internal())?;
    let media_type = HeaderValue::from_static("application/json");
    Ok(([(CONTENT_TYPE, media_type)], outgoing::held(bytes, &app.answers)?).into_response())
}

/// A certificate and the logs behind it. Every field but these may be left out.
#[derive(Deserialize, ToSchema)]
#[expect(dead_code, reason = "describes the form; it is read as it comes")]
pub struct RecomputationForm {
    /// The credential, the PDF with it inside, or the assessment itself.
    #[schema(value_type = String, format = Binary)]
    certificate: String,
    /// The charging logs, CSV or Parquet, gzip allowed: 1 to 20 files, named as they were.
    #[schema(value_type = Vec<String>, format = Binary)]
    telemetry: Vec<String>,
    /// The description that was handed in with them, TOML; otherwise the battery is that of the certificate. An assessment says
    /// its own, and how its files were read.
    battery: Option<String>,
    /// The mapping file that was handed in with them.
    mapping_file: Option<String>,
    /// `charge-positive` or `discharge-positive`; this and the other fields as they were handed in.
    current_sign: Option<String>,
    /// `bms` or `display`.
    soc: Option<String>,
    /// The log of the second meter that was handed in with them.
    #[schema(value_type = Option<String>, format = Binary)]
    meter: Option<String>,
}

/// What came of computing a certificate again.
#[derive(Serialize, ToSchema)]
pub struct Recomputation {
    /// Whether the same bytes came out.
    pub equal: bool,
    /// SHA-256 of the assessment as it is now, hex.
    pub assessment_sha256: String,
    /// `then` and `now`: method and version.
    #[schema(value_type = Object)]
    pub method: Methods,
    /// Every place at which the two differ.
    pub differences: Vec<String>,
}

/// Computes a certificate or an assessment again from its logs: the same bytes, or where they differ. Nothing is kept.
#[utoipa::path(post, path = "/api/certification/recomputation", tag = "certification",
    security(("session" = []), ("token" = [])),
    request_body(content = RecomputationForm, content_type = "multipart/form-data"),
    responses((status = 200, body = Recomputation), Refusals)
)]
pub async fn recompute(
    State(app): State<App>,
    May(actor, _): May<act::Apply>,
    headers: HeaderMap,
    Extension(tally): Extension<Tally>,
    form: Result<Multipart, MultipartRejection>,
) -> Result<Response, Problem> {
    let done = recomputed(&app, &actor, &headers, (form, &tally), |_| Ok(())).await?;
    let answer = Recomputation {
        equal: done.equal,
        assessment_sha256: done.assessment_sha256,
        method: done.method,
        differences: done.differences,
    };
    let bytes = serde_json::to_vec(&answer).map_err(|_| Problem::internal())?;
    let media_type = HeaderValue::from_static("application/json");
    Ok(([(CONTENT_TYPE, media_type)], outgoing::held(bytes, &app.answers)?).into_response())
}

/// An assessment that was handed in, byte for byte as its SHA-256 says.
#[utoipa::path(get, path = "/api/certification/applications/{case}/assessments/{sha256}", tag = "certification",
    params(
        ("case" = String, Path, description = "The case of the application, or the number of its certificate"),
        ("sha256" = String, Path, description = "SHA-256 of the assessment, hex"),
    ),
    security(("session" = []), ("token" = [])),
    responses((status = 200, description = "As `carnet battery assess --json`", body = serde_json::Value), Refusals)
)]
pub async fn assessment(
    State(app): State<App>,
    May(actor, _): May<act::SeeApplications>,
    Path((case, sha256)): Path<(String, String)>,
) -> Result<Answered<Assessment>, Problem> {
    Ok(Answered(app.desk.handed_in(&actor, &case, &sha256).await?))
}
