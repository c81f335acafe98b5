//! The page where an invoice is paid, and what the payer does there.

use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use paylink_sandbox::Sandbox;
use paylink_sandbox::zipay::{PayerError, Status, VERIFY_WITHIN};
use sha2::{Digest, Sha256};

use crate::client::{ATTACK, Reply, english, fail, get, post_form, send};
use crate::zipay::{Shop, open, snapshot};

async fn pay_page(sandbox: &Sandbox, trackid: &str) -> Reply {
    get(sandbox, &format!("/zipay/invoice_v1/{trackid}")).await
}

async fn click(sandbox: &Sandbox, trackid: &str, act: &str, body: &str) -> Reply {
    post_form(sandbox, &format!("/zipay/invoice_v1/{trackid}/{act}"), body).await
}

/// What a person sees, without what differs in each run.
fn content(page: &Reply, trackid: &str) -> String {
    page.content().replace(trackid, "TRACKID")
}

#[tokio::test]
async fn the_page_shows_merchant_amount_and_number() {
    let (sandbox, shop) = open().await;
    let trackid = shop.create_with("1000", &[("amount", "1234567.89")]).await;
    let page = pay_page(&sandbox, &trackid).await;
    insta::assert_snapshot!(content(&page, &trackid));
}

#[tokio::test]
async fn the_page_asks_for_the_national_id_if_one_was_named() {
    let (sandbox, shop) = open().await;
    let named = [
        ("national_id", "0013542419"),
        ("currency", "IRT"),
        ("amount", "250000"),
    ];
    let trackid = shop.create_with("1000", &named).await;
    let page = pay_page(&sandbox, &trackid).await;
    page.hides("0013542419");
    insta::assert_snapshot!(content(&page, &trackid));
}

#[tokio::test]
async fn the_page_shows_what_has_become_of_the_invoice() {
    let (sandbox, shop) = open().await;
    let (paid, declined) = (shop.create("1").await, shop.create("2").await);
    sandbox.zipay().pay(&paid).unwrap();
    sandbox.zipay().decline(&declined).unwrap();
    let shows = async |trackid: &str, text: &str| {
        let page = pay_page(&sandbox, trackid).await;
        page.shows(text);
        page.hides("/pay\"");
        page.shows("بازگشت به فروشگاه");
    };
    shows(&declined, "پرداخت لغو شد").await;
    shows(&paid, "پرداخت انجام شد").await;
    shop.verify(&paid).await;
    shows(&paid, "پرداخت کامل شد").await;
    shop.refund(&paid).await;
    shows(&paid, "مبلغ بازگردانده شد").await;

    let late = shop.create("3").await;
    sandbox.zipay().pay(&late).unwrap();
    sandbox.clock().advance(VERIFY_WITHIN);
    shows(&late, "مبلغ به حساب شما برگشت").await;
}

#[tokio::test]
async fn markup_in_an_invoice_number_is_text() {
    let (sandbox, shop) = open().await;
    let trackid = shop.create(ATTACK).await;
    let unpaid = pay_page(&sandbox, &trackid).await;
    let index = get(&sandbox, "/").await;
    sandbox.zipay().pay(&trackid).unwrap();
    let paid = pay_page(&sandbox, &trackid).await;
    index.fetches_nothing();
    let refused = click(&sandbox, &trackid, "fail", "failure=pay-again").await;
    assert_eq!(refused.status, 422);
    for page in [unpaid, paid, refused] {
        page.is_inert();
        page.shows("&#60;script&#62;alert(1)");
    }
    let address = "/zipay/invoice_v1/nothing?a=%22%3E%3Cscript%3E&lang=%22%3E";
    get(&sandbox, address).await.is_inert();
}

#[tokio::test]
async fn the_policy_allows_the_style_the_forms_and_nothing_else() {
    let (sandbox, shop) = open().await;
    let trackid = shop.create("1").await;
    let page = pay_page(&sandbox, &trackid).await;
    let policy = page.header("content-security-policy").unwrap();
    let hash = |tag: &str| {
        let (_, text) = page.body.split_once(&format!("<{tag}>")).unwrap();
        let (text, _) = text.split_once(&format!("</{tag}>")).unwrap();
        STANDARD.encode(Sha256::digest(text))
    };
    let (style, script) = (hash("style"), hash("script"));
    let expected = format!(
        "default-src 'none'; style-src 'sha256-{style}'; script-src 'sha256-{script}'; form-action 'self' http://127.0.0.1:9; \
         base-uri 'none'; frame-ancestors 'none'"
    );
    assert_eq!(policy, expected);
    assert_eq!(page.header("referrer-policy"), Some("same-origin"));
    assert_eq!(page.header("cache-control"), Some("no-store"));
    assert_eq!(page.header("x-content-type-options"), Some("nosniff"));
}

#[tokio::test]
async fn no_page_fetches_anything() {
    let (sandbox, shop) = open().await;
    let trackid = shop.create("1").await;
    for page in [
        pay_page(&sandbox, &trackid).await,
        get(&sandbox, "/").await,
        get(&sandbox, "/nowhere").await,
        pay_page(&sandbox, "nothing").await,
    ] {
        page.fetches_nothing();
    }
}

#[tokio::test]
async fn the_dashboard_lists_what_has_happened() {
    let (sandbox, shop) = open().await;
    let hook = [("webhook", "http://shop.example/hook")];
    let trackid = shop.create_with("1000", &hook).await;
    sandbox.zipay().pay(&trackid).unwrap();
    let page = get(&sandbox, "/").await;
    assert_eq!(page.status, 200);
    page.shows(&format!("/zipay/invoice_v1/{trackid}"));
    page.shows("۱۰۰٫۹۹ دلار");
    let messages = get(&sandbox, "/messages").await;
    messages.shows("http://shop.example/hook");
    for secret in [&shop.api_key, &shop.secret_key] {
        page.hides(secret);
    }
}

#[tokio::test]
async fn paying_leads_back_with_the_query_that_was_there() {
    let allowed = Sandbox::builder().allow_target("example.org");
    let sandbox = allowed.allow_target("shop.example").start().await.unwrap();
    let shop = Shop::of(&sandbox);
    for (number, callback, expected) in [
        (
            "1",
            "http://example.org/back",
            "http://example.org/back?trackid=ID&invoice_number=1",
        ),
        (
            "2",
            "http://127.0.0.1:9/b?a=1&b=x%20y",
            "http://127.0.0.1:9/b?a=1&b=x%20y&trackid=ID&invoice_number=2",
        ),
        (
            "ش &=#",
            "https://shop.example/#top",
            "https://shop.example/?trackid=ID&invoice_number=%D8%B4+%26%3D%23#top",
        ),
    ] {
        let trackid = shop.create_with(number, &[("callback", callback)]).await;
        let reply = click(&sandbox, &trackid, "pay", "").await;
        assert_eq!(reply.location(), expected.replace("ID", &trackid));
        assert_eq!(snapshot(&sandbox, &trackid).status, Status::Pending);
    }
}

#[tokio::test]
async fn declining_leads_back_unpaid() {
    let (sandbox, shop) = open().await;
    let trackid = shop.create("1").await;
    let reply = click(&sandbox, &trackid, "decline", "").await;
    let back = format!("http://127.0.0.1:9/back?order=7&trackid={trackid}&invoice_number=1");
    assert_eq!(reply.location(), back);
    assert_eq!(snapshot(&sandbox, &trackid).status, Status::Rejected);
}

#[tokio::test]
async fn a_second_click_changes_nothing_and_says_so() {
    let (sandbox, shop) = open().await;
    let trackid = shop.create("1").await;
    click(&sandbox, &trackid, "pay", "").await;
    for act in ["pay", "decline"] {
        let reply = click(&sandbox, &trackid, act, "").await;
        assert_eq!(reply.status, 422);
        reply.shows("قبلاً پرداخت شده است");
        // The other language is that of the page, which the form's own address does not show.
        reply.shows(&format!("href=\"/zipay/invoice_v1/{trackid}?lang=en\""));
    }
    assert_eq!(snapshot(&sandbox, &trackid).history.len(), 2);
}

#[tokio::test]
async fn only_the_person_named_can_pay() {
    let (sandbox, shop) = open().await;
    let named = [("national_id", "0013542419")];
    let trackid = shop.create_with("1", &named).await;
    let others = [
        "national_id=",
        "national_id=0499370899",
        "national_id=00135424190",
    ];
    for body in others.into_iter().chain([""]) {
        let reply = click(&sandbox, &trackid, "pay", body).await;
        assert_eq!(reply.status, 422, "{body}");
        reply.shows("مبلغی کسر نشد");
        assert_eq!(
            snapshot(&sandbox, &trackid).status,
            Status::Waiting,
            "{body}"
        );
    }
    let refused = sandbox.zipay().pay_as(&trackid, "0499370899");
    assert_eq!(refused.unwrap_err(), PayerError::AnotherPerson);
}

#[tokio::test]
async fn the_national_id_can_be_typed_on_any_keyboard() {
    let (sandbox, shop) = open().await;
    let persian = "national_id=%DB%B0%DB%B0%DB%B1%DB%B3%DB%B5%DB%B4%DB%B2%DB%B4%DB%B1%DB%B9+";
    for (number, body) in [("1", "national_id=0013542419"), ("2", persian)] {
        let named = [("national_id", "0013542419")];
        let trackid = shop.create_with(number, &named).await;
        assert_eq!(click(&sandbox, &trackid, "pay", body).await.status, 303);
        assert_eq!(shop.invoice(&trackid).await["national_id"], "0013542419");
    }
}

#[tokio::test]
async fn a_payer_with_an_unknown_link_is_told_so() {
    let sandbox = Sandbox::start().await.unwrap();
    for act in ["pay", "decline"] {
        let reply = click(&sandbox, "nothing", act, "").await;
        assert_eq!(reply.status, 404);
        reply.shows("فاکتور پیدا نشد");
    }
    let zipay = sandbox.zipay();
    for refused in [zipay.pay("nothing"), zipay.decline("nothing")] {
        assert_eq!(refused.unwrap_err(), PayerError::UnknownInvoice);
    }
}

#[tokio::test]
async fn the_page_is_read_in_english() {
    let (sandbox, shop) = open().await;
    let toman = [("currency", "IRT"), ("amount", "120000.5")];
    let trackid = shop.create_with("A-1", &toman).await;
    let path = format!("/zipay/invoice_v1/{trackid}");
    let page = english(&sandbox, &path).await;
    for shown in [
        "120,000.5",
        "one hundred and twenty thousand toman and five rial",
        "Invoice number",
        "A-1",
        "waiting for payment",
        "Test environment.",
        r#"href="?lang=fa""#,
    ] {
        page.shows(shown);
    }
    for secret in [&shop.api_key, &shop.secret_key] {
        page.hides(secret);
    }
    let persian = get(&sandbox, &path).await;
    persian.shows("صد و بیست هزار تومان و پنج ریال");
    persian.shows(r#"href="?lang=en""#);
}

#[tokio::test]
async fn what_the_bank_refuses_changes_nothing() {
    let (sandbox, shop) = open().await;
    let hook = [("webhook", "http://shop.example/hook")];
    let trackid = shop.create_with("1", &hook).await;
    let path = format!("/zipay/invoice_v1/{trackid}");
    for (failure, says) in [
        ("not-enough-money", "has not enough money"),
        ("wrong-password", "second password is wrong"),
        ("wrong-card", "does not know this card"),
    ] {
        let refused = fail(
            &sandbox,
            &format!("{path}/fail"),
            &format!("failure={failure}"),
        )
        .await;
        assert_eq!(refused.status, 422, "{failure}");
        refused.shows(says);
        refused.shows(&format!("action=\"{path}/pay\""));
    }
    // What is not offered while it is unpaid is not done either.
    for body in ["failure=pay-again", "failure=", ""] {
        assert_eq!(
            fail(&sandbox, &format!("{path}/fail"), body).await.status,
            200
        );
    }
    let closed = english(&sandbox, &format!("{path}/closed")).await;
    closed.shows("You can close this window");
    closed.shows(&format!("href=\"{path}\""));
    assert_eq!(snapshot(&sandbox, &trackid).status, Status::Waiting);
    assert!(sandbox.webhooks().is_empty());
    // And it can still be paid.
    assert_eq!(click(&sandbox, &trackid, "pay", "").await.status, 303);
}

#[tokio::test]
async fn a_second_payment_is_refused_and_shown() {
    let (sandbox, shop) = open().await;
    let trackid = shop.create("1").await;
    sandbox.zipay().pay(&trackid).unwrap();
    let path = format!("/zipay/invoice_v1/{trackid}");
    let page = english(&sandbox, &path).await;
    page.shows("Pay a second time");
    let refused = fail(&sandbox, &format!("{path}/fail"), "failure=pay-again").await;
    assert_eq!(refused.status, 422);
    refused.shows("was paid before");
    refused.shows("Back to the shop");
    assert_eq!(snapshot(&sandbox, &trackid).history.len(), 2);
}

#[tokio::test]
async fn the_time_to_verify_runs_on_the_sandbox_clock() {
    let (sandbox, shop) = open().await;
    let trackid = shop.create("1").await;
    let path = format!("/zipay/invoice_v1/{trackid}");
    pay_page(&sandbox, &trackid).await.hides("data-left=");
    sandbox.zipay().pay(&trackid).unwrap();
    sandbox.clock().advance(Duration::from_secs(29 * 60));
    let page = english(&sandbox, &path).await;
    page.shows("Left for the shop to confirm");
    let left = page.body.split_once("data-left=\"").unwrap().1;
    let left: u64 = left.split_once('"').unwrap().0.parse().unwrap();
    assert!((1..=60).contains(&left), "{left}");
    shop.verify(&trackid).await;
    english(&sandbox, &path).await.hides("data-left=");
}

#[tokio::test]
async fn a_language_is_kept_in_its_cookie() {
    let (sandbox, shop) = open().await;
    let trackid = shop.create("1").await;
    let path = format!("/zipay/invoice_v1/{trackid}");
    let cookies = [("cookie", "other=1; paylink_sandbox_lang=en")];
    let page = send(sandbox.url(), "GET", &path, &cookies, b"").await;
    page.shows("Amount to pay");
    assert_eq!(page.header("set-cookie"), None);
    let lost = send(sandbox.url(), "GET", "/zipay/invoice_v1/0", &cookies, b"").await;
    lost.shows("No such invoice");
    let nowhere = send(sandbox.url(), "GET", "/nowhere", &cookies, b"").await;
    nowhere.shows("Page not found");
    nowhere.shows("<footer");
}
