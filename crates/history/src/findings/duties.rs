//! Things opened and not closed: recalls, thefts, liens; and thefts that ended, which stay part of the car's story.

use statement::vocabulary::StatementType as T;

use super::event::{Event, Timeline};
use super::finding::{Blind, Code, Finding, Level, Message, Settles};

pub(super) fn findings(timeline: &Timeline<'_>) -> Vec<Finding> {
    let mut findings = Vec::new();
    findings.extend(
        timeline
            .of(T::RecallOpened)
            .filter_map(|recall| open_recall(timeline, recall)),
    );
    findings.extend(
        timeline
            .of(T::TheftReported)
            .filter_map(|theft| open_theft(timeline, theft)),
    );
    findings.extend(ended_thefts(timeline));
    findings.extend(open_liens(timeline));
    findings
}

/// A theft that ended asks for nothing where the car came back whole. Where it did not, parts and numbers may have changed
/// while nobody looked.
fn ended_thefts(timeline: &Timeline<'_>) -> Vec<Finding> {
    let ended = timeline.of(T::TheftRecovered).map(|found| {
        let day = found.date_or_day("recovered_on");
        let theft = timeline
            .of(T::TheftReported)
            .filter(|theft| theft.date_or_day("reported_on") <= day)
            .last();
        let condition = found.text("condition");
        let harmed = matches!(condition, Some("damaged" | "stripped" | "burnt"));
        let args = [
            ("issuer", found.issuer.clone()),
            ("day", day.to_string()),
            ("condition", condition.unwrap_or("condition not stated").to_owned()),
            (
                "reported",
                theft.map_or(String::new(), |theft| theft.date_or_day("reported_on").to_string()),
            ),
        ];
        let explanation = match theft {
            Some(_) => Message::new(
                "theft-recovered",
                "reported stolen on {reported}; {issuer} reports it found on {day} ({condition})",
                args,
            ),
            None => Message::new(
                "theft-recovered-without-report",
                "{issuer} reports the car found on {day} ({condition}); the report of its theft is not on record",
                args,
            ),
        };
        let rests_on = theft.into_iter().chain([found]).map(|event| event.reference);
        let level = if harmed { Level::Ask } else { Level::Note };
        let noticed = Finding::new(Code::TheftRecovered, level, explanation, rests_on);
        let settleable = if harmed {
            noticed.settled_by([
                Settles::PoliceRelease,
                Settles::MarkInspection,
                Settles::RepairInvoices,
            ])
        } else {
            noticed.settled_by([Settles::PoliceRelease])
        };
        settleable.not_covering([Blind::UnreportedThefts, Blind::OtherCountries])
    });
    ended.collect()
}

fn open_recall(timeline: &Timeline<'_>, recall: &Event) -> Option<Finding> {
    let campaign = recall.text("campaign_number")?;
    if timeline
        .of(T::RecallClosed)
        .any(|closed| closed.text("campaign_number") == Some(campaign))
    {
        return None;
    }
    let park_outside = recall.flag("park_outside") == Some(true);
    let explanation = Message::new(
        "recall-open",
        "recall {campaign} ({component}) was opened on {day}; no remedy is on record",
        [
            ("campaign", campaign.to_owned()),
            ("component", recall.text("component").unwrap_or("?").to_owned()),
            ("day", recall.date_or_day("opened_on").to_string()),
        ],
    );
    let level = if park_outside { Level::Stop } else { Level::Ask };
    Some(
        Finding::new(Code::RecallOpen, level, explanation, [recall.reference])
            .settled_by([Settles::RecallRemedy])
            .not_covering([Blind::OtherCountries]),
    )
}

fn open_theft(timeline: &Timeline<'_>, theft: &Event) -> Option<Finding> {
    let reported = theft.date_or_day("reported_on");
    let recovered = timeline
        .of(T::TheftRecovered)
        .any(|found| found.date_or_day("recovered_on") >= reported);
    if recovered {
        return None;
    }
    let explanation = Message::new(
        "theft-not-recovered",
        "{issuer} reported the car stolen on {day}; no recovery is on record",
        [("issuer", theft.issuer.clone()), ("day", reported.to_string())],
    );
    Some(
        Finding::new(
            Code::TheftNotRecovered,
            Level::Stop,
            explanation,
            [theft.reference],
        )
        .settled_by([Settles::PoliceRelease])
        .not_covering([Blind::OtherCountries]),
    )
}

/// Liens pair off by kind, rank and, where both state it, reference; a release without a match closes nothing.
fn open_liens(timeline: &Timeline<'_>) -> Vec<Finding> {
    let mut releases: Vec<&Event> = timeline.of(T::LienReleased).collect();
    let mut findings = Vec::new();
    for lien in timeline.of(T::LienRecorded) {
        let same = |release: &&Event| {
            let field = |name: &str| match (lien.body.get(name), release.body.get(name)) {
                (Some(a), Some(b)) => a == b,
                _ => true,
            };
            lien.text("kind") == release.text("kind")
                && field("rank")
                && field("reference")
                && release.date_or_day("date") >= lien.date_or_day("date")
        };
        if let Some(at) = releases.iter().position(same) {
            releases.remove(at);
            continue;
        }
        let leaving = timeline.live.iter().find(|event| {
            matches!(event.typ, T::ExportCleared | T::ExportLoaded | T::ExportArrived)
                || (event.typ == T::RegistrationDeregistered && event.text("reason") == Some("export"))
        });
        let args = [
            ("kind", lien.text("kind").unwrap_or("?").to_owned()),
            ("day", lien.date_or_day("date").to_string()),
        ];
        let (level, explanation) = match leaving {
            Some(step) => {
                let mut args = args.to_vec();
                args.push(("step", step.typ.as_str().to_owned()));
                args.push(("step_day", step.day().to_string()));
                let message = Message::new(
                    "lien-not-released-before-export",
                    "a lien ({kind}) of {day} has no release on record, yet the car is on its way abroad ({step} on \
                     {step_day})",
                    args,
                );
                (Level::Stop, message)
            }
            None => (
                Level::Ask,
                Message::new(
                    "lien-not-released",
                    "a lien ({kind}) of {day} has no release on record",
                    args,
                ),
            ),
        };
        findings.push(
            Finding::new(
                Code::LienNotReleased,
                level,
                explanation,
                [Some(lien), leaving.copied()]
                    .into_iter()
                    .flatten()
                    .map(|event| event.reference),
            )
            .settled_by([Settles::LienRelease, Settles::RegisterExtract])
            .not_covering([Blind::UnregisteredClaims]),
        );
    }
    findings
}
