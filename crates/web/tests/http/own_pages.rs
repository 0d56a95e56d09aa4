//! Accounts, the trail and one's own account in a browser: forms only, no script.

use crate::client::{Answer, request};
use crate::pages::assert_nothing_inline;
use crate::people::{PASSWORD, Person, log_in, service, with_token};
use crate::running::{CAR, Running};

const HTML: &str = "accept: text/html,*/*;q=0.8";
const ANOTHER: &str = "green-otter-quay-77";

async fn look(service: &Running, person: &Person, path: &str) -> Answer {
    let cookie = format!("cookie: {}", person.cookie);
    request(service.address, "GET", path, &[HTML, &cookie], b"").await
}

fn led_to(answer: &Answer) -> (u16, Option<&str>) {
    (answer.status, answer.header("location"))
}

#[tokio::test(flavor = "multi_thread")]
async fn every_page_of_an_account_speaks_every_language_and_has_nothing_inline() {
    let service = service().await;
    let olga = Person::logged_in(&service, "olga").await;
    for path in ["/accounts", "/accounts/ann", "/me", "/trail", "/yard", "/issuers"] {
        for (tag, label) in [
            ("en", "Your pages"),
            ("ko", "내 페이지"),
            ("ru", "Ваши страницы"),
            ("ar", "صفحاتك"),
            ("es", "Sus páginas"),
            ("fr", "Vos pages"),
        ] {
            let page = look(&service, &olga, &format!("{path}?lang={tag}")).await;
            assert_eq!(page.status, 200, "{path} in {tag}");
            assert!(page.text().contains(label), "{path} in {tag}");
            assert!(page.text().contains(&format!("/trail?lang={tag}")), "{path}");
            assert_nothing_inline(path, &page);
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_operator_adds_an_organisation_and_an_account_that_can_log_in() {
    let service = service().await;
    let olga = Person::logged_in(&service, "olga").await;
    let organisation = [("organisation", "yard-c"), ("organisation_name", "Yard+%3CC%3E")];
    let added = olga.send_form("/organisations", &organisation).await;
    assert_eq!(led_to(&added), (303, Some("/accounts?done=organisation")));
    let account = [
        ("of", "yard-c"),
        ("name", "kim%40yard.example"),
        ("display_name", "Kim"),
        ("role", "exporter"),
        ("password", ANOTHER),
    ];
    let made = olga.send_form("/accounts", &account).await;
    assert_eq!(
        led_to(&made),
        (303, Some("/accounts/kim%40yard.example?done=account"))
    );
    let page = look(&service, &olga, "/accounts").await;
    assert!(page.text().contains("Yard &lt;C&gt;") && page.text().contains("kim@yard.example"));
    let one = look(&service, &olga, made.header("location").unwrap()).await;
    assert!(one.text().contains("The account was made"), "{}", one.text());
    assert_eq!(log_in(&service, "kim@yard.example", ANOTHER).await.status, 200);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_mistake_is_told_beside_its_field_and_what_was_typed_comes_back_but_no_password() {
    let service = service().await;
    let olga = Person::logged_in(&service, "olga").await;
    let account = |name, password| {
        [
            ("of", "yard-a"),
            ("name", name),
            ("display_name", "Kim+%22Q%22"),
            ("role", "exporter"),
            ("password", password),
        ]
    };
    for (fields, field, says) in [
        (account("ann", ANOTHER), "account-name", "This name is taken"),
        (account("no+spaces", ANOTHER), "account-name", "Use 1 to 64 of"),
        (account("kim", "short"), "account-password", "easy to guess"),
    ] {
        let page = olga.send_form("/accounts", &fields).await;
        assert_eq!(page.status, 422);
        let text = page.text();
        let beside = format!("id=\"{field}-wrong\" role=\"alert\">{says}");
        assert!(
            text.replace("Too short, too long or ", "").contains(&beside),
            "{field}"
        );
        assert!(
            text.contains(&format!("aria-describedby=\"{field}-wrong")),
            "{field}"
        );
        assert!(text.contains("value=\"Kim &quot;Q&quot;\""));
        assert!(text.contains("value=\"exporter\" selected"));
        assert!(!text.contains(ANOTHER) && !text.contains("\"short\""));
        assert_nothing_inline("/accounts", &page);
    }
    let unknown = [
        ("organisation", "lab-2"),
        ("organisation_name", "Lab"),
        ("issuer", "nobody"),
    ];
    let page = olga.send_form("/organisations", &unknown).await;
    assert!(
        page.text().contains("id=\"organisation-issuer-wrong\""),
        "{}",
        page.text()
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn an_account_gets_another_role_and_password_and_is_disabled_and_its_sessions_end() {
    let service = service().await;
    let olga = Person::logged_in(&service, "olga").await;
    for (path, fields, done) in [
        ("role", ("role", "viewer"), "role"),
        ("password", ("password", ANOTHER), "reset"),
        ("standing", ("disabled", "true"), "standing"),
    ] {
        let password = if done == "standing" { ANOTHER } else { PASSWORD };
        let session = log_in(&service, "bob", password).await;
        assert_eq!(session.status, 200, "{path}");
        let cookie = format!("cookie: {}", crate::people::cookie_of(&session));
        let sent = olga.send_form(&format!("/accounts/bob/{path}"), &[fields]).await;
        let to = format!("/accounts/bob?done={done}");
        assert_eq!(led_to(&sent), (303, Some(to.as_str())), "{path}");
        let after = request(service.address, "GET", "/api/me", &[&cookie], b"").await;
        assert_eq!(after.status, 401, "{path}: his session goes on");
    }
    assert_eq!(log_in(&service, "bob", ANOTHER).await.status, 401);
    let page = look(&service, &olga, "/accounts/bob").await;
    assert!(page.text().contains("Let it be used again") && page.text().contains("Viewer"));
    let enabled = olga
        .send_form("/accounts/bob/standing", &[("disabled", "false")])
        .await;
    assert_eq!(enabled.status, 303);
    assert_eq!(log_in(&service, "bob", ANOTHER).await.status, 200);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_operator_does_not_set_its_own_password_without_the_old_one_and_the_last_one_stays() {
    let service = service().await;
    let olga = Person::logged_in(&service, "olga").await;
    let own = olga
        .send_form("/accounts/olga/password", &[("password", ANOTHER)])
        .await;
    assert_eq!(own.status, 422, "{own:?}");
    assert_eq!(log_in(&service, "olga", ANOTHER).await.status, 401);
    let json = serde_json::json!({"password": ANOTHER});
    let own = olga.ask("PUT", "/api/accounts/olga/password", Some(&json)).await;
    assert_eq!((own.status, own.problem().as_str()), (409, "conflict"));
    let other = olga.ask("PUT", "/api/accounts/max/password", Some(&json)).await;
    assert_eq!(other.status, 204, "{other:?}");

    let disabled = olga
        .send_form("/accounts/max/standing", &[("disabled", "true")])
        .await;
    assert_eq!(disabled.status, 303);
    for (form, field) in [("role", ("role", "viewer")), ("standing", ("disabled", "true"))] {
        let refused = olga.send_form(&format!("/accounts/olga/{form}"), &[field]).await;
        assert_eq!(refused.status, 422, "{form}");
        assert!(refused.text().contains("last operator"), "{form}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_operator_confirms_that_an_organisation_holds_a_car() {
    let service = service().await;
    let olga = Person::logged_in(&service, "olga").await;
    let wrong = olga
        .send_form(
            "/organisations/confirm",
            &[("of", "yard-a"), ("vehicle", "nonsense%21")],
        )
        .await;
    assert_eq!(wrong.status, 422);
    assert!(wrong.text().contains("id=\"confirm-vehicle-wrong\""));
    let typed = CAR.to_lowercase();
    let right = [("of", "yard-a"), ("vehicle", typed.as_str())];
    let confirmed = olga.send_form("/organisations/confirm", &right).await;
    assert_eq!(led_to(&confirmed), (303, Some("/accounts?done=confirmed")));
    let ann = Person::logged_in(&service, "ann").await;
    assert!(look(&service, &ann, "/yard").await.text().contains("Confirmed"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_password_is_changed_with_the_old_one() {
    let service = service().await;
    let ann = Person::logged_in(&service, "ann").await;
    let wrong = ann
        .send_form("/me/password", &[("old", "not-the-password-1"), ("new", ANOTHER)])
        .await;
    assert_eq!(wrong.status, 422);
    assert!(wrong.text().contains("id=\"password-old-wrong\""));
    let weak = ann
        .send_form("/me/password", &[("old", PASSWORD), ("new", "123456789012")])
        .await;
    assert!(weak.text().contains("id=\"password-new-wrong\""));
    let right = ann
        .send_form("/me/password", &[("old", PASSWORD), ("new", ANOTHER)])
        .await;
    assert_eq!(led_to(&right), (303, Some("/me?done=password")));
    assert_eq!(
        look(&service, &ann, "/me").await.status,
        200,
        "this session stays"
    );
    assert_eq!(log_in(&service, "ann", ANOTHER).await.status, 200);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_is_made_for_what_the_role_may_shown_once_and_revoked() {
    let service = service().await;
    let vic = Person::logged_in(&service, "vic").await;
    let me = look(&service, &vic, "/me").await;
    for (scope, offered) in [
        ("yard:read", true),
        ("trail", true),
        ("yard:write", false),
        ("accounts", false),
    ] {
        let there = me.text().contains(&format!("name=\"scope\" value=\"{scope}\""));
        assert_eq!(there, offered, "{scope}");
    }
    let wrong = [("name", ""), ("scope", "yard%3Aread"), ("days", "9")];
    let wrong = vic.send_form("/me/tokens", &wrong).await;
    assert_eq!(wrong.status, 422);
    assert!(wrong.text().contains("id=\"token-name-wrong\""));
    assert!(wrong.text().contains("value=\"yard:read\" checked"));

    let nothing = vic
        .send_form("/me/tokens", &[("name", "stock"), ("days", "9")])
        .await;
    assert!(nothing.text().contains("id=\"token-scope-wrong\""));

    let asked = [
        ("name", "stock"),
        ("scope", "yard%3Aread"),
        ("scope", "trail"),
        ("days", "9"),
    ];
    let made = vic.send_form("/me/tokens", &asked).await;
    assert_eq!(made.status, 200);
    assert_nothing_inline("/me", &made);
    let at = made.text().find("cnt_").unwrap();
    let secret: String = made.text()[at..].chars().take_while(|c| *c != '<').collect();
    for path in ["/api/yard", "/api/trail"] {
        assert_eq!(
            with_token(&service, &secret, "GET", path, None).await.status,
            200,
            "{path}"
        );
    }
    let later = look(&service, &vic, "/me").await;
    assert!(!later.text().contains("cnt_"), "it is not shown again");
    let id = later.text().split("name=\"token\" value=\"").nth(1).unwrap();
    let id = id.split('"').next().unwrap();
    let revoked = vic.send_form("/me/tokens/revoke", &[("token", id)]).await;
    assert_eq!(led_to(&revoked), (303, Some("/me?done=revoked")));
    assert_eq!(
        with_token(&service, &secret, "GET", "/api/yard", None)
            .await
            .status,
        401
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn the_trail_shows_an_organisation_its_own_matters_and_an_operator_all_page_by_page() {
    let service = service().await;
    let olga = Person::logged_in(&service, "olga").await;
    let ann = Person::logged_in(&service, "ann").await;
    let bob = Person::logged_in(&service, "bob").await;
    ann.send_form("/yard", &[("vehicle", CAR)]).await;
    let own = look(&service, &ann, "/trail").await;
    assert!(own.text().contains("Put into the yard") && own.text().contains(CAR));
    assert!(!look(&service, &bob, "/trail").await.text().contains(CAR));
    let all = look(&service, &olga, "/trail").await;
    assert!(all.text().contains(CAR) && all.text().contains("at the log’s machine"));
    assert_nothing_inline("/trail", &all);

    for _ in 0..101 {
        bob.send_form("/yard", &[("vehicle", CAR)]).await;
    }
    let newest = look(&service, &bob, "/trail").await;
    assert_eq!(newest.text().matches("scope=\"row\"").count(), 100);
    let older = newest.text().split("href=\"/trail?before=").nth(1).unwrap();
    let older = format!("/trail?before={}", older.split('"').next().unwrap());
    let page = look(&service, &bob, &older).await;
    assert!(page.text().contains("Logged in") && page.text().contains("href=\"/trail\""));
    assert_eq!(look(&service, &bob, "/trail?before=x").await.status, 400);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_is_revoked_by_its_own_organisation_and_everybody_sees_it() {
    let service = service().await;
    let ivy = Person::logged_in(&service, "ivy").await;
    let list = look(&service, &ivy, "/issuers").await;
    let keys: Vec<&str> = list.text().split("name=\"key\" value=\"").skip(1).collect();
    assert_eq!(keys.len(), 1, "only that of the lab");
    let key = keys[0].split('"').next().unwrap();
    let without = ivy
        .send_form("/issuers/revoke", &[("key", key), ("reason", "")])
        .await;
    assert_eq!(without.status, 422);
    assert!(
        without
            .text()
            .contains(&format!("id=\"revoke-{key}-reason-wrong\""))
    );
    let revoked = ivy
        .send_form("/issuers/revoke", &[("key", key), ("reason", "lost+%3Cb%3E")])
        .await;
    assert_eq!(led_to(&revoked), (303, Some("/issuers?done=issuer")));
    let public = request(service.address, "GET", "/issuers", &[HTML], b"").await;
    assert!(public.text().contains("lost &lt;b&gt;") && !public.text().contains("<form"));
    let ann = Person::logged_in(&service, "ann").await;
    assert!(
        !look(&service, &ann, "/issuers")
            .await
            .text()
            .contains("name=\"key\"")
    );
}
