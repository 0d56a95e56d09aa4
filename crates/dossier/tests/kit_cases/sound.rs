//! Files that are right, though some look odd.

use dossier::assemble;
use statement::Claims;
use statement::vocabulary::{Role, StatementType};
use tlog::checkpoint::Checkpoint;
use tlog::note::Note;

use super::*;
use crate::small_log::{
    Author, CORRECTED, DAY, ERASED, TIMES, UNKNOWN, correction, cosigned, first_registration, reading,
    service,
};

pub(super) fn cases(world: &mut Honest, cases: &mut Vec<Case>) {
    let Honest { log, erasure, .. } = world;
    let subject = log.dossier(&id(SUBJECT));
    let checkpoint = log.checkpoint();
    let mut parts = |vehicle: &str| log.parts(&id(vehicle), vec![erasure.clone()]);

    cases.push(verified(
        "ok_three_statements",
        "Three statements, everything disclosed. The second is by a key that was revoked later.",
        SUBJECT,
        &subject,
    ));
    let no_price = assemble(parts(SUBJECT), |_, path| path != "price").unwrap();
    cases.push(verified(
        "ok_hidden_price",
        "The holder withholds the price.",
        SUBJECT,
        &no_price,
    ));
    let nothing = assemble(parts(SUBJECT), |_, _| false).unwrap();
    cases.push(verified(
        "ok_nothing_disclosed",
        "No personal field is disclosed.",
        SUBJECT,
        &nothing,
    ));
    let corrected = assemble(parts(CORRECTED), |_, _| true).unwrap();
    cases.push(verified(
        "ok_corrected",
        "The second statement supersedes the first. Both stay.",
        CORRECTED,
        &corrected,
    ));
    let erased = assemble(parts(ERASED), |_, _| true).unwrap();
    cases.push(verified(
        "ok_erased",
        "The contents of the first two statements are erased, with the log's notice; the third came after it.",
        ERASED,
        &erased,
    ));
    let absent = assemble(parts(UNKNOWN), |_, _| true).unwrap();
    let mut case = verified(
        "ok_absent",
        "The log knows nothing of this vehicle.",
        UNKNOWN,
        &absent,
    );
    case.expected = Expected::Absent { as_of: String::new() };
    cases.push(case);
    let mut case = verified(
        "ok_not_asked",
        "The verifier asks for no vehicle.",
        SUBJECT,
        &subject,
    );
    case.asked = None;
    cases.push(case);

    signature_lines(&subject, &checkpoint, cases);
    times(&subject, &checkpoint, cases);
    spellings(&subject, cases);
    keys(cases);
    corrections(cases);
}

fn signature_lines(subject: &Dossier, checkpoint: &Checkpoint, cases: &mut Vec<Case>) {
    let mut note = cosigned(checkpoint, &TIMES.map(Some));
    let unknown = |name: &str, length: usize| {
        SignatureLine::parse(&format!("— {name} {}", base64(&vec![0xa5; length]))).unwrap()
    };
    note.signatures.insert(0, unknown("grease.example", 5));
    note.signatures.insert(3, unknown("alpha.example", 76));
    note.signatures.push(unknown(ORIGIN, 68));
    note.signatures.push(unknown("post-quantum.example", 2432));
    cases.push(verified(
        "ok_unknown_signature_lines",
        "Lines by unknown keys, two of them under known names.",
        SUBJECT,
        &with_note(subject, &note),
    ));
    let mut note = cosigned(checkpoint, &TIMES.map(Some));
    let later = cosigners()[0].cosign(&note, NOW - 60).unwrap();
    note.signatures.push(later);
    cases.push(verified(
        "ok_cosigned_again",
        "A witness has cosigned twice; its newer time counts.",
        SUBJECT,
        &with_note(subject, &note),
    ));
    let extended = Checkpoint {
        extensions: vec!["an extension line".to_owned()],
        ..checkpoint.clone()
    };
    cases.push(verified(
        "ok_extension_line",
        "The checkpoint has an extension line, which is signed and means nothing.",
        SUBJECT,
        &with_note(subject, &cosigned(&extended, &TIMES.map(Some))),
    ));
    cases.push(verified(
        "ok_two_of_three_witnesses",
        "One witness has not cosigned, and the policy asks for two.",
        SUBJECT,
        &with_note(
            subject,
            &cosigned(checkpoint, &[None, Some(NOW), Some(NOW), Some(NOW)]),
        ),
    ));
}

fn times(subject: &Dossier, checkpoint: &Checkpoint, cases: &mut Vec<Case>) {
    let old = NOW - 30 * DAY;
    let dated = |times: [u64; 4]| -> Note { cosigned(checkpoint, &times.map(Some)) };
    cases.push(verified(
        "ok_one_witness_old",
        "One witness looked a month ago; the two that the policy asks for looked lately.",
        SUBJECT,
        &with_note(subject, &dated([old, NOW - 60, NOW - 120, NOW - 60])),
    ));
    cases.push(verified(
        "ok_one_witness_far_ahead",
        "One witness is a year ahead; T is the time by which two and the auditor have cosigned.",
        SUBJECT,
        &with_note(subject, &dated([NOW + 365 * DAY, NOW - 60, NOW - 120, NOW - 90])),
    ));
    cases.push(verified(
        "ok_exactly_max_age",
        "T is exactly as long ago as is allowed.",
        SUBJECT,
        &with_note(subject, &dated([NOW - MAX_AGE; 4])),
    ));
    cases.push(verified(
        "ok_clock_slightly_ahead",
        "T is 300 seconds ahead of now, the most that is allowed.",
        SUBJECT,
        &with_note(subject, &dated([NOW + 300; 4])),
    ));
}

fn spellings(subject: &Dossier, cases: &mut Vec<Case>) {
    let compact = serde_json::to_string(subject).unwrap();
    cases.push(verified(
        "ok_without_white_space",
        "JSON on one line.",
        SUBJECT,
        compact.clone(),
    ));
    let escaped = compact.replace("\"vin:", "\"\\u0076in:").replace('/', "\\/");
    cases.push(verified(
        "ok_escaped",
        "JSON strings with escapes.",
        SUBJECT,
        escaped,
    ));
    let carnet = "\"carnet\":\"dossier/v1\",";
    let last = format!(
        "{},{}}}",
        compact.replace(carnet, "").trim_end_matches('}'),
        carnet.trim_end_matches(',')
    );
    cases.push(verified(
        "ok_fields_in_other_order",
        "The field `carnet` stands last.",
        SUBJECT,
        last,
    ));
}

fn keys(cases: &mut Vec<Case>) {
    let mut log = dishonest(|log, cast| {
        let subject = id(SUBJECT);
        log.record(
            &cast
                .workshop
                .states(&subject, StatementType::ServicePerformed, 1, service(10)),
        );
        log.push(&cast.workshop.revoked("replaced by a new key"));
        let renewed = Author::new(
            31,
            &cast.workshop.issuer,
            &cast.workshop.name,
            &cast.workshop.roles,
        );
        log.push(&renewed.enrolled());
        log.record(&renewed.states(&subject, StatementType::OdometerRead, 2, reading(20)));
    });
    assert_eq!(log.audited(), Ok(()));
    cases.push(verified(
        "ok_issuer_with_two_keys",
        "One issuer signed with an old key and, after that was revoked, with a new one.",
        SUBJECT,
        &log.dossier(&id(SUBJECT)),
    ));
    let mut log = dishonest(|log, cast| {
        let body = first_registration();
        log.record(
            &cast
                .register
                .states(&id(SUBJECT), StatementType::RegistrationFirst, 1, body),
        );
    });
    assert_eq!(log.audited(), Ok(()));
    cases.push(verified(
        "ok_only_vehicle_in_the_log",
        "The smallest history: one statement.",
        SUBJECT,
        &log.dossier(&id(SUBJECT)),
    ));
}

/// A reading by the workshop that somebody says is superseded.
fn corrections(cases: &mut Vec<Case>) {
    let corrected_by = |corrector: &Author, enrol: bool| {
        let mut log = dishonest(|log, cast| {
            let first = cast
                .workshop
                .states(&id(SUBJECT), StatementType::OdometerRead, 1, reading(152_000));
            log.record(&first);
            if enrol {
                log.push(&corrector.enrolled());
            }
            let claims = corrector.claims(
                &id(SUBJECT),
                StatementType::RecordCorrected,
                2,
                correction(52_000),
            );
            log.record(&corrector.signs(&Claims {
                supersedes: Some(first.digest()),
                ..claims
            }));
        });
        assert_eq!(log.audited(), Ok(()));
        log.dossier(&id(SUBJECT))
    };
    let panel = Author::new(
        51,
        "https://panel.example",
        "Dispute panel",
        &[Role::DisputePanel],
    );
    cases.push(verified(
        "ok_corrected_by_panel",
        "A dispute panel corrects what a workshop stated.",
        SUBJECT,
        &corrected_by(&panel, true),
    ));
    cases.push(verified(
        "ok_contested_by_dealer",
        "A dealer says that it supersedes what a workshop stated, which is not for a dealer to say: it stands.",
        SUBJECT,
        &corrected_by(&cast().dealer, false),
    ));
}

fn base64(bytes: &[u8]) -> String {
    use ::base64::Engine as _;
    ::base64::engine::general_purpose::STANDARD.encode(bytes)
}
