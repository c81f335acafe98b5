use std::sync::Arc;

use paylink::PaymentState;
use paylink::desk::Opened;

use super::*;
use crate::counter::tests::of_sandbox;

const DO_NOT_PAY_AGAIN: &str = "<p>لطفاً دوباره پرداخت نکنید";

/// A counter with one order through this account.
async fn with_order(account: &str) -> (Counter, Order) {
    let sandbox = Arc::new(Sandbox::start().await.unwrap());
    let counter = of_sandbox(&sandbox).await;
    let mobile = Some("09122272730".parse().unwrap());
    let number = counter.place(account, mobile, "a buyer").await.unwrap();
    let order = counter.books.order(&number).await.unwrap().unwrap();
    (counter, order)
}

fn page(counter: &Counter, order: &Order, standing: Standing) -> String {
    let page = OrderPage {
        counter,
        order,
        seen: Seen {
            standing,
            again_in: None,
        },
        is_buyer: true,
    };
    page.render().unwrap()
}

/// Money may be there already: who is shown a button pays twice.
#[tokio::test]
async fn only_what_is_not_paid_can_be_paid() {
    let (counter, order) = with_order("zipay").await;
    for (state, can_pay) in [
        (PaymentState::Unpaid, true),
        (PaymentState::Paying, true),
        (PaymentState::Unconfirmed, false),
        (PaymentState::Promised, false),
        (PaymentState::Paid, false),
        (PaymentState::Unclear("odd".into()), false),
    ] {
        let standing = Standing::seen(&counter, &order.number, &state).await;
        let html = page(&counter, &order, standing);
        assert_eq!(html.contains("class=\"button\""), can_pay, "{state:?}");
        assert_eq!(html.contains(DO_NOT_PAY_AGAIN), !can_pay, "{state:?}");
    }
}

#[tokio::test]
async fn another_payment_is_offered_to_the_buyer_alone() {
    for standing in [
        || Standing::Over("پرداخت انجام نشد"),
        || Standing::GivenBack,
        || Standing::Lost,
    ] {
        let (counter, order) = with_order("cardpay").await;
        for is_buyer in [true, false] {
            let page = OrderPage {
                counter: &counter,
                order: &order,
                seen: Seen {
                    standing: standing(),
                    again_in: None,
                },
                is_buyer,
            };
            let html = page.render().unwrap();
            assert_eq!(html.contains("/again"), is_buyer, "{html}");
        }
    }
}

#[tokio::test]
async fn who_may_have_paid_is_told_not_to_pay_again_and_is_offered_nothing_to_pay() {
    let (counter, order) = with_order("sizpay").await;
    for standing in [
        Standing::Checking,
        Standing::Unsure,
        Standing::Alarm,
        // The link may have come by SMS.
        Standing::Lost,
    ] {
        let html = page(&counter, &order, standing);
        assert!(html.contains(DO_NOT_PAY_AGAIN), "{html}");
        assert!(
            !html.contains("<form") && !html.contains("class=\"button\""),
            "{html}"
        );
    }
    // Nobody has shown a lost card-to-card payment to anybody.
    let (counter, order) = with_order("cardpay").await;
    let html = page(&counter, &order, Standing::Lost);
    assert!(html.contains("ایجاد پرداخت جدید"), "{html}");
}

#[tokio::test]
async fn money_that_was_given_back_is_said_to_be_and_not_asked_after() {
    let (counter, order) = with_order("zipay").await;
    let html = page(&counter, &order, Standing::GivenBack);
    assert!(html.contains("مبلغ این سفارش بازگردانده شد"), "{html}");
    assert!(!html.contains("کسر شده"), "{html}");
    let html = page(&counter, &order, Standing::Over("پرداخت انجام نشد"));
    assert!(html.contains("کسر شده"), "{html}");
}

/// One amount to the last rial, and the same in toman without a fraction: no price beside it that could be taken for it.
#[tokio::test]
async fn a_transfer_shows_one_amount() {
    let (counter, order) = with_order("cardpay").await;
    let Ok(Opened::Ready(created)) = counter.desk.open(&order.number).await else {
        panic!("no payment");
    };
    let exactly = *created.transfer().unwrap().amount();
    let html = page(&counter, &order, Standing::ToPay(created));
    let price = order.stored.payment().price();
    let price = format!("{} {}", persian::amount(price), persian::unit(price));
    assert!(!html.contains(&price), "{html}");
    assert!(html.contains(&persian::amount(exactly)), "{html}");
    let toman = persian::in_toman(exactly).unwrap();
    assert!(html.contains(&toman) && !toman.contains('٫'), "{html}");

    let (counter, order) = with_order("zipay").await;
    let Ok(Opened::Ready(created)) = counter.desk.open(&order.number).await else {
        panic!("no payment");
    };
    let html = page(&counter, &order, Standing::ToPay(created));
    assert!(
        html.contains(&persian::amount(order.stored.payment().price())),
        "{html}"
    );
}
