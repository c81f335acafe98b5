use paylink_core::{Settlement, WebUrl};
use paylink_sandbox::Sandbox;
use paylink_tests::browser::Viewport;
use paylink_tests::impatience;
use paylink_tests::shop;
use zipay_client::{NewInvoice, Return, Status, ZiPay};

use super::Visit;

const ORDER: &str = "سفارش ۱۰۰۰";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_invoice_is_paid_by_a_click() {
    for viewport in Viewport::ALL {
        let (visit, zipay, _) = begin(viewport).await;
        visit.look("before").await;
        visit.click("form[action$='/pay'] button").await;
        let back = returned(&visit).await;
        let expected = shop::expected(back.track_id(), ORDER).unwrap();
        let settlement = zipay.settle(&expected).await.unwrap();
        assert!(
            matches!(settlement, Settlement::Settled(_)),
            "{viewport:?}: {settlement:?}"
        );
        visit.end().await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_invoice_is_declined_by_a_click() {
    for viewport in Viewport::ALL {
        let (visit, zipay, redirect) = begin(viewport).await;
        visit.click("form[action$='/decline'] button").await;
        let back = returned(&visit).await;
        let invoice = zipay.invoice_status(back.track_id()).await.unwrap();
        assert_eq!(invoice.status, Status::Rejected, "{viewport:?}");
        visit.open(redirect.as_str()).await;
        visit.look("declined").await;
        visit.end().await;
    }
}

/// A payer at the pay page of a fresh invoice, which shows merchant, amount with unit, and order.
async fn begin(viewport: Viewport) -> (Visit, ZiPay, WebUrl) {
    let sandbox = Sandbox::start().await.unwrap();
    let zipay = shop::zipay(&sandbox, impatience::clock()).unwrap();
    let callback = format!("{}/?from=shop", sandbox.url());
    let invoice = NewInvoice::new(ORDER, shop::price().unwrap(), &callback).unwrap();
    let redirect = zipay.create_invoice(invoice).await.unwrap().redirect;
    let shown = ["فروشگاه نمونه", "۱۰۰٫۹۹", "دلار", ORDER];
    let visit = Visit::begin(sandbox, viewport, "zipay", redirect.as_str(), &shown).await;
    (visit, zipay, redirect)
}

async fn returned(visit: &Visit) -> Return {
    let url = visit.returned().await;
    Return::from_query(url.query().unwrap_or_default()).unwrap()
}
