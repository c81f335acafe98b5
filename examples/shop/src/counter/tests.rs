use std::time::Duration;

use paylink::desk::Stage;

use super::*;
use crate::premises;

/// A counter with one order that was paid, and that nobody has looked at since.
async fn with_paid_order() -> (Counter, String) {
    let sandbox = Arc::new(Sandbox::start().await.unwrap());
    let providers = premises::of_sandbox(&sandbox).unwrap();
    let counter = Counter {
        desk: Arc::new(Desk::new(Books::in_memory(), providers)),
        routes: Routes::new("https://shop.example/pay").unwrap(),
        is_https: true,
        sandbox: Some(Arc::clone(&sandbox)),
    };
    let number = counter.place("zipay", None, "somebody").unwrap();
    let _ = counter.desk.open(&number).await.unwrap();
    let invoice = sandbox.zipay().invoices().pop().unwrap();
    sandbox.zipay().pay(&invoice.trackid).unwrap();
    (counter, number)
}

fn order(counter: &Counter, number: &str) -> Order {
    counter.books().order(number).unwrap()
}

#[tokio::test]
async fn a_code_that_was_given_stays() {
    let (counter, number) = with_paid_order().await;
    let given = |code: &str| counter.books().hand_out(&number, code.to_owned()).unwrap();
    assert_eq!(given("A"), None, "nothing is due yet");
    let _ = counter.desk.look(&number).await.unwrap();
    for fresh in ["A", "B", "C"] {
        assert_eq!(given(fresh).as_deref(), Some("A"));
    }
    counter.hand_out(&number).await.unwrap();
    assert_eq!(order(&counter, &number).code(), Some("A"));
}

/// A process that dies between the desk's word and the code has lost nothing: the outbox says that the code is due.
#[tokio::test]
async fn what_is_due_is_handed_out_by_whoever_looks_next() {
    let (counter, number) = with_paid_order().await;
    let told = counter.desk.look(&number).await.unwrap();
    assert!(matches!(told, Outcome::DeliverNow(_)));
    assert_eq!(order(&counter, &number).code(), None);
    assert_eq!(counter.books().unfinished(SystemTime::now()), [&*number]);

    let _ = counter.look(&number).await.unwrap();
    let order = order(&counter, &number);
    assert!(order.code().is_some());
    assert_eq!(order.ledger.stage(), Stage::Delivered);
    assert_eq!(order.deliveries().len(), 1);
    assert!(counter.books().unfinished(SystemTime::now()).is_empty());
}

/// The sweep gives up on a payment when it is old, not when its order is: the payer may be paying the second one now.
#[tokio::test]
async fn a_fresh_payment_of_an_old_order_is_looked_at() {
    let (counter, number) = with_paid_order().await;
    let day = Duration::from_secs(24 * 60 * 60);
    let now = SystemTime::now();
    let mut old = order(&counter, &number);
    old.placed_at = now.checked_sub(day * 2).unwrap();
    counter.books().place(old).unwrap();
    assert_eq!(counter.books().unfinished(now), [&*number]);
    let late = now.checked_add(day * 2).unwrap();
    assert!(counter.books().unfinished(late).is_empty());
}

#[tokio::test]
async fn an_input_that_a_provider_has_no_place_for_is_left_out() {
    let sandbox = Sandbox::start().await.unwrap();
    for provider in &premises::of_sandbox(&sandbox).unwrap() {
        let counter = Counter {
            desk: Arc::new(Desk::new(
                Books::in_memory(),
                Providers::new([provider.clone()]).unwrap(),
            )),
            routes: Routes::new("https://shop.example/pay").unwrap(),
            is_https: true,
            sandbox: None,
        };
        let mobile = Some("09122272730");
        let number = counter.place(provider.name(), mobile, "somebody").unwrap();
        let order = order(&counter, &number);
        for (input, given) in [
            (Input::Mobile, order.mobile.is_some()),
            (Input::ReturnUrl, order.return_url.is_some()),
            (Input::NotifyUrl, order.notify_url.is_some()),
        ] {
            let demand = provider.capabilities().demand(input);
            let refused = matches!(demand, Demand::Refused(_));
            assert_eq!(given, !refused, "{} {input}", provider.name());
        }
    }
}
