//! Step 3: the label is that of the vehicle asked for.

use super::*;
use crate::small_log::{NEIGHBOUR, UNKNOWN};

const STEP: u8 = 3;

pub(super) fn cases(world: &mut Honest, cases: &mut Vec<Case>) {
    let subject = world.log.dossier(&id(SUBJECT));
    let neighbour = world.log.dossier(&id(NEIGHBOUR));
    let unknown = world.log.dossier(&id(UNKNOWN));
    let case = |name: &str, comment: &str, dossier: &Dossier, reason: &str| {
        refused(name, comment, dossier, (STEP, reason, ""))
    };

    let asked = |mut case: Case, vehicle: &str| {
        case.asked = Some(vehicle.to_owned());
        case
    };
    cases.push(case(
        "dossier_of_other_vehicle",
        "A sound dossier, of another car than the one asked for.",
        &neighbour,
        "other_vehicle",
    ));
    cases.push(asked(
        case(
            "absence_of_other_vehicle",
            "The log knows nothing of some other car.",
            &unknown,
            "other_vehicle",
        ),
        NEIGHBOUR,
    ));
    let renamed = changed(&neighbour, |d| d.vehicle = id(SUBJECT));
    cases.push(case(
        "renamed_vehicle",
        "Another car's dossier under the name of the one asked for.",
        &renamed,
        "vrf_proof",
    ));
    let clean = changed(&unknown, |d| d.vehicle = id(SUBJECT));
    cases.push(case(
        "renamed_absence",
        "The absence of some other car under the name of the one asked for.",
        &clean,
        "vrf_proof",
    ));

    let with_trust = |mut case: Case, trust: &str| {
        case.trust = trust.to_owned();
        case
    };
    cases.push(with_trust(
        case(
            "wrong_vrf_key",
            "The verifier has pinned another VRF key for this log.",
            &subject,
            "vrf_key",
        ),
        OTHER_VRF_KEY,
    ));
    cases.push(with_trust(
        case(
            "vrf_key_of_other_log",
            "The verifier has pinned the VRF key of another log.",
            &subject,
            "vrf_key_of_other_log",
        ),
        OTHER_LOGS_VRF_KEY,
    ));

    let mut with_proof = |name: &str, comment: &str, change: &dyn Fn(&mut Vec<u8>)| {
        cases.push(case(
            name,
            comment,
            &changed(&subject, |d| change(&mut d.vrf_proof)),
            "vrf_proof",
        ));
    };
    with_proof(
        "vrf_proof_of_other_vehicle",
        "The VRF proof of another car.",
        &|p| p.clone_from(&neighbour.vrf_proof),
    );
    with_proof("vrf_proof_short", "The VRF proof lacks its last byte.", &|p| {
        p.pop();
    });
    with_proof("vrf_proof_long", "The VRF proof has a byte too many.", &|p| {
        p.push(0)
    });
    with_proof(
        "vrf_proof_gamma_changed",
        "The first part is no group element.",
        &|p| p[..32].fill(0xff),
    );
    with_proof(
        "vrf_proof_gamma_identity",
        "The first part is the identity element.",
        &|p| p[..32].fill(0),
    );
    with_proof(
        "vrf_proof_challenge_changed",
        "A bit of the second part is flipped.",
        &|p| p[40] ^= 1,
    );
    with_proof(
        "vrf_proof_response_changed",
        "A bit of the third part is flipped.",
        &|p| p[50] ^= 1,
    );
    with_proof(
        "vrf_proof_response_not_reduced",
        "The group's order is added to the third part.",
        &|p| add_order(&mut p[48..]),
    );
}
