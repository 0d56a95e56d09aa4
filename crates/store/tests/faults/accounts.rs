//! Accounts, sessions, tokens, yards and the trail: what the database itself keeps to, on either kind.

use index::Label;
use store::{
    AccountChange, Deed, SetUp, Store, StoreError, StoredAccount, StoredOrganisation, StoredShare,
    StoredToken, StoredYardCar,
};

use crate::test_log::{TestLog, car, dialect, record, statements};

const NOW: i64 = 1_790_000_000;

fn deed(act: &'static str, subject: &str) -> Deed {
    Deed {
        at: NOW,
        account: Some("ann".to_owned()),
        token: None,
        organisation: Some("yard-a".to_owned()),
        act,
        subject: subject.to_owned(),
        done: true,
    }
}

fn organisation(id: &str) -> StoredOrganisation {
    StoredOrganisation {
        id: id.to_owned(),
        name: format!("The {id}"),
        issuer: None,
        created: NOW,
    }
}

fn account(name: &str) -> StoredAccount {
    StoredAccount {
        name: name.to_owned(),
        display_name: name.to_uppercase(),
        organisation: "yard-a".to_owned(),
        role: "exporter".to_owned(),
        password: "$argon2id$v=19$none".to_owned(),
        created: NOW,
        disabled: None,
    }
}

fn yard_car(label: Label, note: &str) -> StoredYardCar {
    StoredYardCar {
        organisation: "yard-a".to_owned(),
        label,
        vehicle: "vin:KMHXX00XXXX000001".to_owned(),
        lot: "lot 7".to_owned(),
        note: note.to_owned(),
        added: NOW,
        confirmed: None,
    }
}

async fn with_ann() -> (TestLog, Store) {
    let (log, store) = TestLog::create().await;
    store
        .add_organisation(&organisation("yard-a"), &deed("make organisation", ""))
        .await
        .unwrap();
    store
        .add_account(&account("ann"), &deed("make account", "ann"))
        .await
        .unwrap();
    (log, store)
}

#[tokio::test]
async fn nobody_changes_or_deletes_a_record_of_the_trail() {
    let (log, store) = with_ann().await;
    let around = dialect(
        "INSERT OR REPLACE INTO trail SELECT id, at, 'somebody else', token, organisation, act, subject, outcome FROM trail",
        "TRUNCATE trail",
    );
    for sql in [
        "UPDATE trail SET account = 'somebody else'",
        "DELETE FROM trail",
        around,
    ] {
        let refused = log.try_sql_all(&[sql]).await.unwrap_err().to_string();
        assert!(refused.contains("the trail is never"), "{refused}");
    }
    let trail = store.trail(None, None, 10).await.unwrap();
    assert_eq!(trail.len(), 2);
    assert_eq!(
        (trail[0].act.as_str(), trail[0].subject.as_str()),
        ("make account", "ann")
    );
}

/// The password was checked, which takes its time, and is changed before the session begins.
#[tokio::test]
async fn no_session_begins_with_a_password_that_was_changed_meanwhile() {
    let (_log, store) = with_ann().await;
    let as_read = account("ann");
    store
        .set_password("ann", "$argon2id$another", None, &deed("change password", "ann"))
        .await
        .unwrap();
    let begun = store
        .begin_session(&[7; 32], &as_read, NOW + 3600, &deed("log in", ""))
        .await;
    assert!(!begun.unwrap());
    assert!(store.session(&[7; 32], NOW, 3600).await.unwrap().is_none());
}

#[tokio::test]
async fn a_change_that_did_not_happen_is_not_in_the_trail() {
    let (_log, store) = with_ann().await;
    let taken = store
        .add_account(&account("ann"), &deed("make account", "ann again"))
        .await;
    assert!(!taken.unwrap());
    let nowhere = StoredAccount {
        organisation: "nowhere".to_owned(),
        ..account("bob")
    };
    assert!(
        store
            .add_account(&nowhere, &deed("make account", "bob"))
            .await
            .is_err()
    );
    assert!(
        !store
            .revoke_token("none", None, &deed("revoke token", "none"))
            .await
            .unwrap()
    );
    assert_eq!(store.trail(None, None, 10).await.unwrap().len(), 2);
}

#[tokio::test]
async fn a_trail_is_read_page_by_page_and_by_organisation() {
    let (_log, store) = with_ann().await;
    for n in 0..5 {
        let mut other = deed("log in", &n.to_string());
        other.organisation = Some("yard-b".to_owned());
        store.record_deed(&other).await.unwrap();
    }
    let first = store.trail(Some("yard-b"), None, 3).await.unwrap();
    let subjects: Vec<&str> = first.iter().map(|d| d.subject.as_str()).collect();
    assert_eq!(subjects, ["4", "3", "2"]);
    let rest = store.trail(Some("yard-b"), Some(first[2].id), 3).await.unwrap();
    assert_eq!(rest.len(), 2);
    assert_eq!(store.trail(Some("yard-a"), None, 10).await.unwrap().len(), 2);
}

#[tokio::test]
async fn a_session_ends_by_age_by_rest_and_with_its_account() {
    let (_log, store) = with_ann().await;
    let (hash, hour) = ([1; 32], 3600);
    store
        .begin_session(&hash, &account("ann"), NOW + 10 * hour, &deed("log in", ""))
        .await
        .unwrap();
    let there = async |now| store.session(&hash, now, 2 * hour).await.unwrap().is_some();
    assert!(there(NOW + hour).await);
    assert!(
        there(NOW + 3 * hour - 1).await,
        "used an hour in, it goes on for two more"
    );
    assert!(!there(NOW + 6 * hour).await, "not used for more than two hours");
    store
        .begin_session(&[2; 32], &account("ann"), NOW + hour, &deed("log in", ""))
        .await
        .unwrap();
    assert!(
        store
            .session(&[2; 32], NOW + hour, 9 * hour)
            .await
            .unwrap()
            .is_none()
    );
    assert!(store.session(&[3; 32], NOW, hour).await.unwrap().is_none());
    let disabled = AccountChange {
        disabled: Some(Some(NOW)),
        ..AccountChange::default()
    };
    store
        .begin_session(&[4; 32], &account("ann"), NOW + hour, &deed("log in", ""))
        .await
        .unwrap();
    store
        .change_account("ann", &disabled, "operator", &deed("change account", "ann"))
        .await
        .unwrap();
    assert!(store.session(&[4; 32], NOW, hour).await.unwrap().is_none());
    let enabled = AccountChange {
        disabled: Some(None),
        ..AccountChange::default()
    };
    store
        .change_account("ann", &enabled, "operator", &deed("change account", "ann"))
        .await
        .unwrap();
    assert!(
        store.session(&[4; 32], NOW, hour).await.unwrap().is_none(),
        "it does not come back"
    );
}

/// Two processes over one log, as behind a load balancer.
#[tokio::test(flavor = "multi_thread")]
async fn of_operators_who_disable_each_other_at_once_one_stays() {
    let (log, store) = with_ann().await;
    for name in ["olga", "max"] {
        let operator = StoredAccount {
            role: "operator".to_owned(),
            ..account(name)
        };
        store
            .add_account(&operator, &deed("make account", name))
            .await
            .unwrap();
    }
    let other = log.open().await;
    let disabled = AccountChange {
        disabled: Some(Some(NOW)),
        ..AccountChange::default()
    };
    let demoted = AccountChange {
        role: Some("viewer".to_owned()),
        ..AccountChange::default()
    };
    let (first, second) = (deed("change account", "olga"), deed("change account", "max"));

    let (olga, max) = tokio::join!(
        store.change_account("olga", &disabled, "operator", &first),
        other.change_account("max", &demoted, "operator", &second)
    );

    assert!(olga.unwrap() != max.unwrap(), "one of them was changed");
    let accounts = store.accounts().await.unwrap();
    let usable = accounts
        .iter()
        .filter(|a| a.role == "operator" && a.disabled.is_none());
    assert_eq!(usable.count(), 1);
    let changes = store.trail(None, None, 10).await.unwrap();
    let changes = changes.iter().filter(|deed| deed.act == "change account");
    assert_eq!(changes.count(), 1, "what did not happen is not in the trail");
}

#[tokio::test]
async fn of_many_who_use_a_setup_token_at_once_one_gets_an_account() {
    let (_log, store) = with_ann().await;
    store
        .set_setup_token(&[7; 32], NOW + 10, false, &deed("make setup token", ""))
        .await
        .unwrap();
    let attempts = (0..8).map(|n| {
        let store = &store;
        async move {
            let account = account(&format!("olga{n}"));
            store
                .use_setup_token(&[7; 32], &organisation("yard-a"), &account, &deed("set up", ""))
                .await
                .unwrap()
        }
    });
    let outcomes = futures_util::future::join_all(attempts).await;
    let done = outcomes.iter().filter(|outcome| **outcome == SetUp::Done).count();
    assert_eq!(done, 1, "{outcomes:?}");
    assert_eq!(store.accounts().await.unwrap().len(), 2);
}

#[tokio::test]
async fn a_name_that_is_taken_does_not_use_the_setup_token_up_and_time_does() {
    let (_log, store) = with_ann().await;
    store
        .set_setup_token(&[7; 32], NOW + 10, false, &deed("make setup token", ""))
        .await
        .unwrap();
    let taken = store
        .use_setup_token(
            &[7; 32],
            &organisation("yard-a"),
            &account("ann"),
            &deed("set up", ""),
        )
        .await;
    assert_eq!(taken.unwrap(), SetUp::NameTaken);
    assert!(store.is_setup_token(&[7; 32], NOW + 9).await.unwrap());
    let mut late = deed("set up", "");
    late.at = NOW + 10;
    let late = store
        .use_setup_token(&[7; 32], &organisation("yard-a"), &account("olga"), &late)
        .await;
    assert_eq!(late.unwrap(), SetUp::NoSuchToken);
}

#[tokio::test]
async fn which_cars_are_in_a_yard_cannot_be_read_from_the_database_alone() {
    let (log, store) = with_ann().await;
    store
        .put_yard_car(
            &yard_car(Label([5; 32]), "note 7"),
            &deed("put into yard", "KMHXX00XXXX000001"),
        )
        .await
        .unwrap();
    let there = store.yard("yard-a").await.unwrap();
    assert_eq!(there, [yard_car(Label([5; 32]), "note 7")]);
    // A row that was moved to another organisation does not open.
    store
        .add_organisation(&organisation("yard-b"), &deed("make organisation", ""))
        .await
        .unwrap();
    log.sql("UPDATE yard SET organisation = 'yard-b'").await;
    assert!(matches!(
        store.yard("yard-b").await,
        Err(StoreError::ContentKey("yard"))
    ));
    store.close().await.unwrap();
    if !crate::test_log::past_one_machine() {
        let bytes = std::fs::read(log.database()).unwrap();
        for text in ["KMHXX00XXXX000001", "lot 7", "note 7"] {
            let found = bytes.windows(text.len()).any(|window| window == text.as_bytes());
            assert!(!found, "{text} is in the database");
        }
    }
}

#[tokio::test]
async fn once_confirmed_a_car_stays_so_whatever_its_exporter_writes_beside_it() {
    let (_log, store) = with_ann().await;
    let mut car = yard_car(Label([5; 32]), "");
    car.confirmed = Some(NOW);
    store
        .put_yard_car(&car, &deed("confirm in yard", ""))
        .await
        .unwrap();
    store
        .put_yard_car(&yard_car(Label([5; 32]), "other"), &deed("put into yard", ""))
        .await
        .unwrap();
    let there = store.yard_car("yard-a", &Label([5; 32])).await.unwrap().unwrap();
    assert_eq!((there.confirmed, there.note.as_str()), (Some(NOW), "other"));
}

/// Whoever confirms has no part in what the exporter writes, and what was erased while he did must not come back.
#[tokio::test]
async fn confirming_a_car_leaves_what_is_written_beside_it_alone() {
    let (_log, store) = with_ann().await;
    let confirm = async |label, at| {
        let mut deed = deed("confirm in yard", "KMHXX00XXXX000001");
        deed.at = at;
        store
            .confirm_yard_car("yard-a", &label, "vin:KMHXX00XXXX000001", &deed)
            .await
            .unwrap();
        store.yard_car("yard-a", &label).await.unwrap().unwrap()
    };
    store
        .put_yard_car(
            &yard_car(Label([5; 32]), "was Mr Hong's"),
            &deed("put into yard", ""),
        )
        .await
        .unwrap();

    let there = confirm(Label([5; 32]), NOW + 1).await;
    assert_eq!(
        (there.lot.as_str(), there.note.as_str()),
        ("lot 7", "was Mr Hong's")
    );
    assert_eq!((there.added, there.confirmed), (NOW, Some(NOW + 1)));

    let again = confirm(Label([5; 32]), NOW + 2).await;
    assert_eq!(again.confirmed, Some(NOW + 1), "it has been since then");

    let new = confirm(Label([6; 32]), NOW + 3).await;
    assert_eq!((new.lot.as_str(), new.note.as_str()), ("", ""));
    assert_eq!((new.added, new.confirmed), (NOW + 3, Some(NOW + 3)));
}

#[tokio::test]
async fn erasing_a_car_clears_the_note_beside_it_and_leaves_it_in_the_yard() {
    let (_log, store) = with_ann().await;
    record(&store, &statements(0..20)).await;
    store
        .put_yard_car(&yard_car(car(3), "was Mr Hong's"), &deed("put into yard", ""))
        .await
        .unwrap();
    let size = store.status().await.unwrap().size;
    let last = store.statements(&car(3), size).await.unwrap();
    let through = last[last.len() - 1].log_index;
    store.erase(&car(3), through, b"notice", &[]).await.unwrap();
    let there = store.yard("yard-a").await.unwrap();
    assert_eq!((there[0].note.as_str(), there[0].lot.as_str()), ("", "lot 7"));
}

#[tokio::test]
async fn a_link_is_withdrawn_once_and_by_its_organisation_only() {
    let (_log, store) = with_ann().await;
    let share = StoredShare {
        id: "a1".to_owned(),
        organisation: "yard-a".to_owned(),
        label: Label([5; 32]),
        vehicle: "vin:KMHXX00XXXX000001".to_owned(),
        fields: "plate".to_owned(),
        created_by: "ann".to_owned(),
        created: NOW,
        expires: NOW + 100,
        withdrawn: None,
    };
    store
        .add_share(&share, &[8; 32], &deed("make link", ""))
        .await
        .unwrap();
    assert_eq!(store.share(&[8; 32]).await.unwrap(), Some(share.clone()));
    assert_eq!(store.share(&[9; 32]).await.unwrap(), None);
    let withdraw = async |organisation| {
        store
            .withdraw_share("a1", organisation, &deed("withdraw link", "a1"))
            .await
            .unwrap()
    };
    assert!(!withdraw("yard-b").await);
    assert!(withdraw("yard-a").await);
    assert!(!withdraw("yard-a").await);
    let withdrawn = store.share(&[8; 32]).await.unwrap().unwrap();
    assert_eq!(withdrawn.withdrawn, Some(NOW));
}

#[tokio::test]
async fn a_token_is_found_until_it_expires_or_is_revoked() {
    let (_log, store) = with_ann().await;
    let token = StoredToken {
        id: "t1".to_owned(),
        name: "stock".to_owned(),
        account: "ann".to_owned(),
        scopes: "yard:read".to_owned(),
        created: NOW,
        expires: NOW + 1000,
        revoked: None,
        last_used: None,
    };
    store
        .add_token(&token, &[6; 32], &deed("make token", "t1"))
        .await
        .unwrap();
    let (found, account) = store.token(&[6; 32], NOW + 999).await.unwrap().unwrap();
    assert_eq!((found.id.as_str(), account.name.as_str()), ("t1", "ann"));
    assert!(store.token(&[6; 32], NOW + 1000).await.unwrap().is_none());
    assert_eq!(
        store.tokens(Some("ann")).await.unwrap()[0].last_used,
        Some(NOW + 999)
    );
    assert!(
        !store
            .revoke_token("t1", Some("bob"), &deed("revoke token", "t1"))
            .await
            .unwrap()
    );
    assert!(
        store
            .revoke_token("t1", None, &deed("revoke token", "t1"))
            .await
            .unwrap()
    );
    assert!(store.token(&[6; 32], NOW).await.unwrap().is_none());
}

#[tokio::test]
async fn accounts_yards_and_the_trail_move_with_the_log_and_the_trail_goes_on_there() {
    let (log, store) = with_ann().await;
    store
        .put_yard_car(&yard_car(Label([5; 32]), "note"), &deed("put into yard", ""))
        .await
        .unwrap();
    store.seal().await.unwrap();
    store.close().await.unwrap();
    let place = TestLog::empty();
    let target = || store::Options {
        database: place.database_url(),
        objects: place.files(),
        ..log.options()
    };
    let source = Store::inspect(log.options()).await.unwrap();
    source
        .move_to(target(), &log.database_url(), false, false, |_| {})
        .await
        .unwrap();
    source.close().await.unwrap();
    let store = Store::open(target()).await.unwrap();
    assert_eq!(store.accounts().await.unwrap(), [account("ann")]);
    assert_eq!(store.yard("yard-a").await.unwrap()[0].note, "note");
    store.record_deed(&deed("log in", "there")).await.unwrap();
    let trail = store.trail(None, None, 10).await.unwrap();
    assert_eq!((trail.len(), trail[0].subject.as_str()), (4, "there"));
}

#[tokio::test]
async fn an_operator_made_in_any_way_voids_a_setup_token() {
    let hash = [7; 32];
    let (_log, store) = with_ann().await;
    let print = async || {
        let deed = deed("make setup token", "");
        assert!(
            store
                .set_setup_token(&hash, NOW + 10, false, &deed)
                .await
                .unwrap()
        );
    };
    let mut olga = account("olga");
    olga.role = "operator".to_owned();

    print().await;
    store
        .add_account(&account("eve"), &deed("make account", ""))
        .await
        .unwrap();
    assert!(
        store.is_setup_token(&hash, NOW).await.unwrap(),
        "an exporter runs no log"
    );
    store.add_account(&olga, &deed("make account", "")).await.unwrap();
    assert!(!store.is_setup_token(&hash, NOW).await.unwrap(), "added");

    print().await;
    let change = AccountChange {
        role: Some("operator".to_owned()),
        ..AccountChange::default()
    };
    store
        .change_account("ann", &change, "operator", &deed("change account", ""))
        .await
        .unwrap();
    assert!(!store.is_setup_token(&hash, NOW).await.unwrap(), "promoted");
}

#[tokio::test]
async fn a_setup_token_for_the_first_run_is_not_made_where_there_is_an_account() {
    let (_log, store) = with_ann().await;
    let deed = deed("make setup token", "");
    assert!(
        !store
            .set_setup_token(&[7; 32], NOW + 10, true, &deed)
            .await
            .unwrap()
    );
    assert!(!store.is_setup_token(&[7; 32], NOW).await.unwrap());
}

#[tokio::test]
async fn two_organisations_do_not_sign_as_the_same_issuer() {
    let (_log, store) = with_ann().await;
    let signing = |id: &str| StoredOrganisation {
        issuer: Some("workshop".to_owned()),
        ..organisation(id)
    };
    let deed = deed("make organisation", "");
    assert!(store.add_organisation(&signing("shop-a"), &deed).await.unwrap());
    assert!(!store.add_organisation(&signing("shop-b"), &deed).await.unwrap());
    assert!(store.organisation("shop-b").await.unwrap().is_none());
}
