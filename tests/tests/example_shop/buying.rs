use std::time::Duration;

use paylink_example_shop::Order;
use paylink_tests::browser::Viewport;

use super::customer::{BUTTON, CARD, Customer, DECLINE, PAY, TRANSFER};

/// Longer than any test: what is settled here is settled by a buyer who came back.
const NEVER: Duration = Duration::from_secs(24 * 60 * 60);

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_order_is_paid_with_zipay_and_handed_out_once() {
    for viewport in Viewport::ALL {
        let customer = Customer::enter(viewport, NEVER).await;
        let order = customer.order("zipay").await;
        customer.click(BUTTON).await;
        customer.click(PAY).await;
        bought_once(customer, &order).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_order_is_paid_with_pod_and_handed_out_once() {
    for viewport in Viewport::ALL {
        let customer = Customer::enter(viewport, NEVER).await;
        let order = customer.order("pod").await;
        to_the_gateway(&customer).await;
        customer.click(PAY).await;
        bought_once(customer, &order).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_order_is_paid_from_card_to_card_and_handed_out_once() {
    for viewport in Viewport::ALL {
        let customer = Customer::enter(viewport, NEVER).await;
        let order = customer.order("cardpay").await;
        let text = customer.text().await.unwrap();
        for shown in [
            "دقیقاً این مبلغ",
            "زمان باقی‌مانده: ۱۴:",
            "6037 9900 0000 0030",
        ] {
            assert!(text.contains(shown), "{viewport:?}: {shown} in {text}");
        }
        customer.click(BUTTON).await;
        customer.click(TRANSFER).await;
        bought_once(customer, &order).await;
    }
}

/// SizPay brings nobody back: the SMS is followed in its own right, and the order's page is opened again.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_order_is_paid_with_the_link_of_an_sms_and_handed_out_once() {
    for viewport in Viewport::ALL {
        let customer = Customer::enter(viewport, NEVER).await;
        let order = customer.order("sizpay").await;
        customer.reads("پیامکی با لینک پرداخت به ۰۹۱۲۲۲۷۲۷۳۰").await;
        customer.click(".sms a").await;
        customer.click(PAY).await;
        customer.reads("پرداخت انجام شد").await;
        customer.open(&customer.page_of(&order)).await;
        bought_once(customer, &order).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_payment_that_was_declined_can_be_tried_again() {
    for viewport in Viewport::ALL {
        let customer = Customer::enter(viewport, NEVER).await;
        let order = customer.order("zipay").await;
        customer.click(BUTTON).await;
        customer.click(DECLINE).await;
        customer.reads("پرداخت انجام نشد").await;
        customer.look("declined").await;
        customer.refresh().await;
        customer.reads("پرداخت انجام نشد").await;
        customer.click("form[action$='/again'] button").await;
        customer.reads("سفارش می‌ماند").await;
        let nothing = customer.shop.books().order(&order.number).unwrap();
        assert!(nothing.deliveries().is_empty(), "{viewport:?}");
        customer.click(BUTTON).await;
        customer.click(PAY).await;
        bought_once(customer, &order).await;
    }
}

/// POD's invoice can still be paid: the order goes on with the same link.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_payer_who_gives_up_at_the_gateway_can_go_back_there() {
    for viewport in Viewport::ALL {
        let customer = Customer::enter(viewport, NEVER).await;
        let order = customer.order("pod").await;
        to_the_gateway(&customer).await;
        customer.click(DECLINE).await;
        customer.reads("سفارش می‌ماند").await;
        to_the_gateway(&customer).await;
        customer.click(PAY).await;
        bought_once(customer, &order).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_sms_needs_a_number_to_go_to() {
    for viewport in Viewport::ALL {
        let customer = Customer::enter(viewport, NEVER).await;
        for (typed, problem) in [("", "لازم است"), ("12345", "یک شمارهٔ همراه نیست")]
        {
            customer.open(customer.shop.url()).await;
            customer.click("input[value=sizpay]").await;
            customer.fill("#mobile", typed).await;
            customer.click(BUTTON).await;
            customer.reads(problem).await;
        }
        customer.look("no-number").await;
        assert!(customer.shop.books().orders().is_empty(), "{viewport:?}");
        customer.leave().await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_order_that_is_not_there_says_so() {
    let customer = Customer::enter(Viewport::Phone, NEVER).await;
    customer
        .open(&format!("{}/orders/404", customer.shop.url()))
        .await;
    customer.reads("سفارشی با این شماره پیدا نشد").await;
    assert!(customer.shop.books().orders().is_empty());
    customer.leave().await;
}

/// From the order's page over POD's to the bank's.
async fn to_the_gateway(customer: &Customer) {
    customer.click(BUTTON).await;
    customer.click(CARD).await;
    customer.reads("درگاه پرداخت بانک").await;
}

/// The code stays the same however often and by whichever address its page is asked for.
async fn bought_once(customer: Customer, order: &Order) {
    let code = customer.has_bought(order).await;
    customer.look("paid").await;
    for _ in 0..2 {
        customer.refresh().await;
        assert_eq!(customer.has_bought(order).await, code);
    }
    // The address to which a provider leads, asked for once more, as it is and with what anybody may write.
    for forged in [
        "",
        "?trackid=x&invoice_number=1",
        "?invoiceId=1&paid=true",
        "?a=%ff&a=1",
    ] {
        let back = format!(
            "{}/pay/return/{}{forged}",
            customer.shop.url(),
            order.number
        );
        customer.open(&back).await;
        assert_eq!(customer.has_bought(order).await, code, "{forged}");
    }
    customer.leave().await;
}
