//! Every page, as it looks and as a program checks it: in both languages, narrow and wide, by day and by night.

use std::fs;
use std::path::PathBuf;

use paylink_sandbox::{Fault, FaultRule, Preset, Sandbox};
use paylink_tests::browser::{Browser, Viewport};
use paylink_tests::{cardpay_shop, impatience, pod_shop, shop, sizpay_shop};
use pod_invoice_client::{SendPaymentSms, UserId};
use serde_json::{Value, json};
use sizpay_client::Via;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_page_fits_and_has_no_serious_fault() {
    let (empty, sandbox) = (Sandbox::start().await.unwrap(), lively().await);
    let browser = Browser::open(Viewport::Desktop).await.unwrap();
    let newest = sandbox.zipay().invoices().last().unwrap().trackid.clone();
    let mut pages = vec![("empty", format!("{}/", empty.url()))];
    for (name, path) in [
        ("payments", "/".to_owned()),
        ("payment", format!("/payments/zipay/{newest}")),
        ("requests", "/requests".to_owned()),
        ("request", "/requests/1".to_owned()),
        ("messages", "/messages".to_owned()),
        ("faults", "/faults".to_owned()),
        ("accounts", "/accounts".to_owned()),
        ("api", "/_sandbox".to_owned()),
    ] {
        pages.push((name, format!("{}{path}", sandbox.url())));
    }
    let mut faults = Vec::new();
    for (name, address) in &pages {
        for language in ["fa", "en"] {
            let page = format!("{address}?lang={language}");
            browser.page.goto(&page).await.unwrap();
            let open = "for (const it of document.querySelectorAll('details')) it.open = true";
            browser.page.execute(open, vec![]).await.unwrap();
            for (width, height) in [(390, 844), (1280, 800)] {
                browser.resize(width, height).await.unwrap();
                for scheme in ["light", "dark"] {
                    browser.prefer(scheme).await.unwrap();
                    let what = format!("dashboard-{name}-{language}-{width}-{scheme}");
                    keep(&what, &browser.whole_page().await.unwrap());
                    faults.extend(check(&browser, language).await.map(|fault| (what, fault)));
                }
            }
        }
    }
    assert!(faults.is_empty(), "{faults:#?}");
    browser.close().await.unwrap();
    sandbox.shutdown().await;
}

/// A sandbox in which all kinds of things have happened.
async fn lively() -> Sandbox {
    let sandbox = sizpay_shop::open().await.unwrap();
    let cardpay = cardpay_shop::cardpay(&sandbox, impatience::clock()).unwrap();
    let order = cardpay_shop::order(1000).unwrap();
    let created = cardpay.create(order).await.unwrap();
    sandbox.cardpay().pay(created.pay_id.get()).unwrap();
    let order = cardpay_shop::order(1001).unwrap();
    cardpay.create(order).await.unwrap();
    let sizpay = sizpay_shop::sizpay(&sandbox, Via::Rest, sizpay_shop::clock_of(&sandbox)).unwrap();
    sizpay
        .send_link(sizpay_shop::link("2000").unwrap())
        .await
        .unwrap();
    let pod = pod_shop::pod(&sandbox, impatience::clock()).unwrap();
    let user = UserId::new(sandbox.pod().user().user_id()).unwrap();
    let order = pod_shop::order("3000").unwrap().with_user(user);
    let issued = pod.issue_invoice(order).await.unwrap().value;
    pod.send_payment_sms(SendPaymentSms::new(issued.id))
        .await
        .unwrap();

    let zipay = shop::zipay(&sandbox, impatience::clock()).unwrap();
    let faults = sandbox.faults();
    faults
        .next("zipay", "verify", Fault::StatusAfter(502))
        .unwrap();
    let order = shop::order("سفارش ۴۰۰۰").unwrap();
    let order = order
        .with_webhook(&format!("{}/hook", sandbox.url()))
        .unwrap();
    let created = zipay.create_invoice(order).await.unwrap();
    sandbox.zipay().pay(created.track_id.as_str()).unwrap();
    zipay.verify_invoice(&created.track_id).await.unwrap_err();
    faults.turn_on(Preset::LostAnswer, Some("zipay")).unwrap();
    faults
        .set(FaultRule::new(Fault::Html).of("pod").times(3))
        .unwrap();
    sandbox
}

/// What is wrong with a page.
async fn check(browser: &Browser, language: &str) -> Option<Value> {
    let facts = "const root = document.documentElement; \
         return [root.lang, root.scrollWidth <= window.innerWidth, document.querySelectorAll('h1').length]";
    let facts: Value = browser.page.execute(facts, vec![]).await.unwrap();
    if facts != json!([language, true, 1]) {
        return Some(facts);
    }
    let faults = browser.serious_faults().await.unwrap();
    (faults != json!([])).then_some(faults)
}

/// Keeps a picture to look at.
fn keep(name: &str, picture: &[u8]) {
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("pages");
    fs::create_dir_all(&folder).unwrap();
    fs::write(folder.join(format!("{name}.png")), picture).unwrap();
}
