//! Who gets in, and until when.

use http::StatusCode;
use paylink_server::Right;

use super::{Office, Visitor};

#[tokio::test]
async fn a_key_without_the_right_does_not_get_in() {
    let office = Office::open().await;
    let (_, without) = office
        .key(&[Right::Read, Right::Refund, Right::TakePayments])
        .await;
    let wrong = format!("{without}x");
    for (key, says) in [
        (without.as_str(), "has not the right operate"),
        (wrong.as_str(), "does not count"),
        ("", "does not count"),
    ] {
        let mut visitor = Visitor::of(&office);
        let answer = visitor.log_in(key).await;
        assert_eq!(answer.status, StatusCode::UNAUTHORIZED);
        assert!(answer.body.contains(says), "{}", answer.body);
        assert!(key.is_empty() || !answer.body.contains(key));
        assert!(!visitor.is_logged_in().await);
    }
    assert_eq!(
        office
            .count("SELECT count(*) FROM paylink_server_sessions")
            .await,
        0
    );
    office.close().await;
}

#[tokio::test]
async fn nobody_else_is_shown_anything() {
    let office = Office::open().await;
    office.sell("1000", "zipay", 250_000).await;
    let stranger = Visitor::of(&office);
    for path in [
        "",
        "/orders",
        "/orders/1000",
        "/orders/1000/refund",
        "/alarms",
        "/alarms/alarm_0",
        "/events",
        "/reconcile",
        "/audit",
        "/nothing",
    ] {
        let answer = stranger.get(&format!("/operator{path}")).await;
        assert_eq!(answer.status, StatusCode::SEE_OTHER, "{path}");
        assert_eq!(answer.leads_to(), "/operator/login?ended", "{path}");
        assert_eq!(answer.body, "");
    }
    office.close().await;
}

#[tokio::test]
async fn a_stolen_cookie_is_worth_nothing_after_logout_and_revocation() {
    let office = Office::open().await;
    let visitor = office.visitor(&[Right::Operate]).await;
    let stolen = visitor.cookie.clone();
    assert!(visitor.is_logged_in().await);
    let out = visitor.send("/operator/logout", &[]).await;
    assert_eq!(out.leads_to(), "/operator/login");
    let forgets = out.headers["set-cookie"].to_str().unwrap();
    assert!(forgets.contains("Max-Age=0"), "{forgets}");
    let mut thief = Visitor::of(&office);
    thief.cookie = stolen;
    assert!(!thief.is_logged_in().await);

    let visitor = office.visitor(&[Right::Operate]).await;
    assert!(visitor.is_logged_in().await);
    assert!(office.premises.revoke_key(&visitor.key).await.unwrap());
    assert!(!visitor.is_logged_in().await);
    office.close().await;
}

#[tokio::test]
async fn a_login_begins_a_session_of_its_own() {
    let office = Office::open().await;
    let (_, key) = office.key(&[Right::Operate]).await;
    let mut visitor = Visitor::of(&office);
    // One that somebody else has put into the browser.
    visitor.cookie = format!("paylink-operator={}", "A".repeat(43));
    let planted = visitor.cookie.clone();
    let answer = visitor.log_in(&key).await;
    let cookie = answer.headers["set-cookie"].to_str().unwrap();
    for said in ["HttpOnly", "SameSite=Strict", "Path=/operator"] {
        assert!(cookie.contains(said), "{cookie}");
    }
    assert_ne!(visitor.cookie, planted);
    let first = visitor.cookie.clone();
    visitor.log_in(&key).await;
    assert_ne!(visitor.cookie, first);
    assert!(visitor.is_logged_in().await);
    for old in [first, planted] {
        let mut other = Visitor::of(&office);
        other.cookie = old;
        assert!(!other.is_logged_in().await);
    }
    let lines = office.premises.audit_log(10).await.unwrap();
    let logins = lines.iter().filter(|line| line.what == "log-in");
    assert_eq!(logins.count(), 2);
    office.close().await;
}

#[tokio::test]
async fn whoever_guesses_keys_is_not_listened_to() {
    let office = Office::open().await;
    let mut visitor = Visitor::of(&office);
    let mut refused = 0;
    let answer = loop {
        let answer = visitor.log_in("paylink_000000000000_x").await;
        if answer.status != StatusCode::UNAUTHORIZED || refused > 400 {
            break answer;
        }
        refused += 1;
    };
    assert_eq!(answer.status, StatusCode::TOO_MANY_REQUESTS);
    assert!(answer.headers.contains_key("retry-after"));
    assert!(answer.body.contains("<h1>Too many requests</h1>"));
    office.close().await;
}

#[tokio::test]
async fn every_answer_has_its_headers() {
    let office = Office::open().await;
    let visitor = office.visitor(&[Right::Operate]).await;
    for path in ["", "/login", "/orders", "/nothing", "/orders/nothing"] {
        let answer = visitor.get(&format!("/operator{path}")).await;
        let said = |name: &str| answer.headers[name].to_str().unwrap();
        let policy = said("content-security-policy");
        for part in [
            "default-src 'none'",
            "form-action 'self'",
            "frame-ancestors 'none'",
        ] {
            assert!(policy.contains(part), "{policy}");
        }
        assert!(!policy.contains("unsafe"), "{policy}");
        assert_eq!(said("cache-control"), "no-store");
        assert_eq!(said("x-content-type-options"), "nosniff");
        assert_eq!(said("referrer-policy"), "same-origin");
        assert!(said("content-type").starts_with("text/html"));
    }
    office.close().await;
}

#[tokio::test]
async fn the_language_is_persian_until_another_is_chosen() {
    let office = Office::open().await;
    let mut visitor = office.visitor(&[Right::Operate]).await;
    visitor.language = "";
    let persian = visitor.page("/operator").await;
    assert!(persian.contains("<html lang=\"fa\" dir=\"rtl\">") && persian.contains("نمای کلی"));
    let chosen = visitor.get("/operator/events?state=dead&lang=en").await;
    assert!(chosen.body.contains("<html lang=\"en\" dir=\"ltr\">"));
    let switch = "href=\"/operator/events?state=dead&#38;lang=fa\"";
    assert!(chosen.body.contains(switch), "{}", chosen.body);
    let cookie = chosen.headers["set-cookie"].to_str().unwrap();
    assert!(cookie.starts_with("paylink-language=en;"), "{cookie}");
    let odd = visitor.get("/operator?lang=%3Cscript%3E").await;
    assert!(odd.body.contains("<html lang=\"fa\"") && !odd.headers.contains_key("set-cookie"));
    office.close().await;
}
