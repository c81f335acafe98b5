use std::time::Duration;

use paylink_sandbox::Sandbox;
use paylink_tests::browser::Viewport;

use super::customer::{Cookies, Customer, PAY};

const NEVER: Duration = Duration::from_secs(24 * 60 * 60);

/// The browser is closed at the pay page, before anything leads back to the shop.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_buyer_who_closed_the_browser_after_paying_gets_the_goods_later() {
    for viewport in Viewport::ALL {
        let mut customer = Customer::enter(viewport, NEVER).await;
        let order = customer.order("sizpay").await;
        customer.click(".sms a").await;
        customer.click(PAY).await;
        customer.reads("پرداخت انجام شد").await;
        customer.changes_browser(Cookies::Kept).await;
        let before = customer.shop.books().order(&order.number).unwrap();
        assert!(before.deliveries().is_empty(), "nobody has looked yet");
        customer.open(&customer.page_of(&order)).await;
        let code = customer.has_bought(&order).await;
        customer.look("late").await;
        customer.refresh().await;
        assert_eq!(customer.has_bought(&order).await, code);
        customer.leave().await;
    }
}

/// The phone that paid lost its way back: the order's page is opened elsewhere, and later. ZiPay's notification may have
/// come before, and the buyer's look is then the second.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_buyer_who_paid_and_never_came_back_gets_the_goods_later() {
    for account in ["zipay", "pod", "cardpay"] {
        let mut customer = Customer::enter(Viewport::Phone, NEVER).await;
        let order = customer.order(account).await;
        pays_elsewhere(&customer.sandbox, account);
        customer.changes_browser(Cookies::Kept).await;
        customer.open(&customer.page_of(&order)).await;
        let code = customer.has_bought(&order).await;
        customer.refresh().await;
        assert_eq!(customer.has_bought(&order).await, code, "{account}");
        customer.leave().await;
    }
}

/// ZiPay gives back what nobody confirmed within half an hour: the goods stay in the shop.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_buyer_who_comes_back_after_the_money_went_back_gets_nothing() {
    let customer = Customer::enter(Viewport::Phone, NEVER).await;
    let order = customer.order("zipay").await;
    pays_elsewhere(&customer.sandbox, "zipay");
    let half_an_hour = Duration::from_secs(30 * 60 + 1);
    customer.sandbox.clock().advance(half_an_hour);
    customer.open(&customer.page_of(&order)).await;
    customer.reads("پرداخت انجام نشد").await;
    customer.look("too-late").await;
    let order = customer.shop.books().order(&order.number).unwrap();
    assert!(order.deliveries().is_empty());
    customer.leave().await;
}

/// Whoever guesses an order's number sees that it is paid, and not what was bought.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_stranger_is_not_shown_the_code() {
    let mut customer = Customer::enter(Viewport::Phone, NEVER).await;
    let order = customer.order("sizpay").await;
    customer.click(".sms a").await;
    customer.click(PAY).await;
    customer.reads("پرداخت انجام شد").await;
    customer.changes_browser(Cookies::Forgotten).await;
    customer.open(&customer.page_of(&order)).await;
    customer.reads("در مرورگری نشان داده می‌شود").await;
    customer.look("stranger").await;
    let order = customer.shop.books().order(&order.number).unwrap();
    assert_eq!(order.deliveries().len(), 1);
    let text = customer.text().await.unwrap();
    assert!(!text.contains(order.code().unwrap()), "{text}");
    customer.leave().await;
}

/// Money that came while nobody was in the shop is confirmed before its provider gives it back.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_order_that_nobody_looks_at_is_handed_out_by_the_sweep() {
    let mut customer = Customer::enter(Viewport::Desktop, Duration::from_millis(100)).await;
    let order = customer.order("sizpay").await;
    customer.click(".sms a").await;
    customer.click(PAY).await;
    customer.reads("پرداخت انجام شد").await;
    customer.changes_browser(Cookies::Kept).await;
    let handed_out = async {
        loop {
            let order = customer.shop.books().order(&order.number).unwrap();
            if let Some(code) = order.code() {
                break code.to_owned();
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    let code = tokio::time::timeout(Duration::from_secs(20), handed_out).await;
    customer.open(&customer.page_of(&order)).await;
    assert_eq!(
        customer.has_bought(&order).await,
        code.expect("no sweep came by")
    );
    customer.leave().await;
}

/// Pays the only payment there is, without a browser that would lead back to the shop.
fn pays_elsewhere(sandbox: &Sandbox, account: &str) {
    match account {
        "zipay" => {
            let invoices = sandbox.zipay().invoices();
            sandbox.zipay().pay(&invoices[0].trackid).unwrap();
        }
        "pod" => {
            let invoices = sandbox.pod().invoices();
            sandbox.pod().pay_by_card(invoices[0].id).unwrap();
        }
        "cardpay" => {
            let payments = sandbox.cardpay().payments();
            sandbox.cardpay().pay(payments[0].pay_id).unwrap();
        }
        other => panic!("{other} has no other way"),
    }
}
