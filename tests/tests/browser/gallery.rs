//! Every pay page, as it looks and as a program checks it: in both languages, narrow and wide, by day and by night.

use paylink_sandbox::Sandbox;
use paylink_sandbox::cardpay::TIME_ALLOWED;
use paylink_tests::browser::{Browser, Viewport};
use paylink_tests::{cardpay_shop, impatience, pod_shop, sizpay_shop};
use pod_invoice_client::{LinkOptions, UserId};
use serde_json::{Value, json};
use sizpay_client::Via;
use zipay_client::{NationalId, NewInvoice};

use super::{click, keep};

/// A page, and what is clicked there before it is looked at.
type Scene = (&'static str, String, &'static [&'static str]);

const BACK: &str = "http://127.0.0.1:9/back";

/// Opens what can be tried, and tries it.
macro_rules! trying {
    ($failure:literal) => {
        &[
            "summary",
            concat!("button[value=", $failure, "]"),
            ".problem",
        ]
    };
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_pay_page_fits_and_has_no_serious_fault() {
    let sandbox = sizpay_shop::open().await.unwrap();
    let browser = Browser::open(Viewport::Desktop).await.unwrap();
    let mut scenes = expired_cardpay(&sandbox).await;
    scenes.extend(zipay(&sandbox).await);
    scenes.extend(sizpay(&sandbox).await);
    scenes.extend(cardpay(&sandbox).await);
    scenes.extend(pod(&sandbox, &browser).await);
    let nowhere = format!("{}/nowhere", sandbox.url());
    scenes.push(("nowhere", nowhere, &[]));

    let mut faults = Vec::new();
    for (name, address, clicks) in &scenes {
        for language in ["fa", "en"] {
            let mark = if address.contains('?') { '&' } else { '?' };
            let page = format!("{address}{mark}lang={language}");
            browser.page.goto(&page).await.unwrap();
            for selector in *clicks {
                click(&browser, selector).await;
            }
            for (width, height) in [(390, 844), (1280, 800)] {
                browser.resize(width, height).await.unwrap();
                for scheme in ["light", "dark"] {
                    browser.prefer(scheme).await.unwrap();
                    let what = format!("{name}-{language}-{width}-{scheme}");
                    keep(&what, &browser.whole_page().await.unwrap());
                    // By night nothing changes but colours, which are the same in both languages.
                    if scheme == "light" || language == "fa" {
                        let found = check(&browser, language).await;
                        faults.extend(found.map(|fault| (what, fault)));
                    }
                }
            }
        }
    }
    assert!(faults.is_empty(), "{faults:#?}");
    browser.close().await.unwrap();
    sandbox.shutdown().await;
}

/// What is wrong with a page.
async fn check(browser: &Browser, language: &str) -> Option<Value> {
    let facts = "const root = document.documentElement; return [root.lang, \
         root.scrollWidth <= window.innerWidth, \
         [...document.querySelectorAll('button, .button, summary, .notice a')]\
         .filter(it => it.checkVisibility() && it.offsetHeight < 44).map(it => it.outerHTML), \
         document.querySelectorAll('h1').length]";
    let facts: Value = browser.page.execute(facts, vec![]).await.unwrap();
    if facts != json!([language, true, [], 1]) {
        return Some(facts);
    }
    let faults = browser.serious_faults().await.unwrap();
    (faults != json!([])).then_some(faults)
}

async fn zipay(sandbox: &Sandbox) -> Vec<Scene> {
    let shop = paylink_tests::shop::zipay(sandbox, impatience::clock()).unwrap();
    let make = async |number: &str, amount: &str, currency| {
        let price = paylink_core::Money::new(amount, currency).unwrap();
        let invoice = NewInvoice::new(number, price, BACK).unwrap();
        let invoice = match number {
            "only" => invoice.with_national_id(NationalId::parse("0013542419").unwrap()),
            _ => invoice,
        };
        let created = shop.create_invoice(invoice).await.unwrap();
        (created.track_id, created.redirect.as_str().to_owned())
    };
    use paylink_core::Currency::{Irt, Usd};
    let (_, open) = make("سفارش ۱۰۰۰", "1250000", Irt).await;
    let (_, only) = make("only", "100.99", Usd).await;
    let (paid, paid_page) = make("A-2000", "120000", Irt).await;
    sandbox.zipay().pay(paid.as_str()).unwrap();
    let (declined, declined_page) = make("A-3000", "120000", Irt).await;
    sandbox.zipay().decline(declined.as_str()).unwrap();
    vec![
        ("zipay-open", open.clone(), &["summary"]),
        ("zipay-refused", open.clone(), trying!("not-enough-money")),
        ("zipay-only", only, &[]),
        ("zipay-paid", paid_page.clone(), &[]),
        ("zipay-paid-again", paid_page, trying!("pay-again")),
        ("zipay-declined", declined_page, &[]),
        ("zipay-closed", format!("{open}/closed"), &[]),
        ("zipay-lost", format!("{open}0"), &[]),
    ]
}

async fn sizpay(sandbox: &Sandbox) -> Vec<Scene> {
    let clock = sizpay_shop::clock_of(sandbox);
    let shop = sizpay_shop::sizpay(sandbox, Via::Rest, clock).unwrap();
    let mut pages = Vec::new();
    for number in ["99112101", "99112102"] {
        let link = sizpay_shop::link(number).unwrap();
        let link = link
            .with_description("دو بلیت قطار شب تهران به مشهد")
            .and_then(|link| link.with_customer_name("خانم رضایی"))
            .unwrap();
        let send_id = shop.send_link(link).await.unwrap().send_id.get();
        pages.push((send_id, sandbox.sizpay().link(send_id).unwrap().url));
    }
    let [(_, open), (paid, paid_page)] = <[_; 2]>::try_from(pages).unwrap();
    sandbox.sizpay().pay(paid).unwrap();
    vec![
        ("sizpay-open", open.clone(), &["summary"]),
        ("sizpay-refused", open, trying!("wrong-password")),
        ("sizpay-paid", paid_page, &[]),
        (
            "sizpay-service",
            sandbox.sizpay().asmx_url().to_owned(),
            &[],
        ),
    ]
}

/// Before the others begin: the clock is moved.
async fn expired_cardpay(sandbox: &Sandbox) -> Vec<Scene> {
    let shop = cardpay_shop::cardpay(sandbox, impatience::clock()).unwrap();
    let order = cardpay_shop::order(1).unwrap().with_callback(BACK).unwrap();
    let created = shop.create(order).await.unwrap();
    sandbox.clock().advance(TIME_ALLOWED);
    let page = created.link.unwrap().as_str().to_owned();
    vec![("cardpay-expired", page, &["summary"])]
}

async fn cardpay(sandbox: &Sandbox) -> Vec<Scene> {
    let there = sandbox.cardpay();
    let shop = cardpay_shop::cardpay(sandbox, impatience::clock()).unwrap();
    let make = async |number: u64, has_card: bool| {
        let order = cardpay_shop::order(number).unwrap();
        let mut order = order.with_callback(BACK).unwrap();
        if has_card {
            let card = cardpay_client::CardNumber::parse(there.payer_card()).unwrap();
            order = order.with_payer_card(card);
        }
        let created = shop.create(order).await.unwrap();
        let page = created.link.as_ref().unwrap().as_str().to_owned();
        (there.payments().last().unwrap().pay_id, page)
    };
    let (_, open) = make(1000, false).await;
    let (recorded, recorded_page) = make(1001, true).await;
    there.transfer(recorded, 11_000, None).unwrap();
    let (paid, paid_page) = make(1002, false).await;
    there.pay(paid).unwrap();
    there.pay(paid).unwrap();
    vec![
        ("cardpay-open", open.clone(), &["summary"]),
        ("cardpay-refused", open, trying!("wrong-card")),
        ("cardpay-recorded", recorded_page, &[]),
        ("cardpay-paid", paid_page, &[]),
    ]
}

async fn pod(sandbox: &Sandbox, browser: &Browser) -> Vec<Scene> {
    let there = sandbox.pod();
    let shop = pod_shop::pod(sandbox, impatience::clock()).unwrap();
    let user = UserId::new(there.user().user_id()).unwrap();
    let make = async |number: &str| {
        let invoice = pod_shop::order(number).unwrap().with_verification();
        let invoice = invoice.with_user(user);
        let issued = shop.issue_invoice(invoice).await.unwrap().value;
        let number = issued.unique_number.unwrap().parse().unwrap();
        let link = shop.link_by_unique_number(&number, &LinkOptions::new());
        (issued.id, link.unwrap().as_str().to_owned())
    };
    let (open, open_page) = make("سفارش ۱۰۰۰").await;
    let own = shop.link_by_invoice(open, &LinkOptions::new()).unwrap();
    let dispatched = shop.payment_link(open, LinkOptions::new()).await;
    let dispatched = dispatched.unwrap().value.url.as_str().to_owned();
    let (paid, paid_page) = make("2000").await;
    there.pay_by_card(paid.get()).unwrap();
    let (_, at_gateway) = make("3000").await;
    browser
        .page
        .goto(&format!("{at_gateway}&gateway=PEP"))
        .await
        .unwrap();
    let gateway = browser.page.current_url().await.unwrap();
    vec![
        ("pod-open", open_page.clone(), &["summary"]),
        ("pod-refused", open_page, trying!("empty-wallet")),
        ("pod-own", own.as_str().to_owned(), &[]),
        ("pod-dispatched", dispatched, &[]),
        ("pod-paid", paid_page, &[]),
        ("pod-at-gateway", at_gateway, &[]),
        ("pod-gateway", gateway.to_string(), &["summary"]),
        (
            "pod-gateway-refused",
            gateway.to_string(),
            trying!("wrong-card"),
        ),
    ]
}
