use std::time::Duration;

use paylink::desk::{OrderStore, Outbox, Stage};

use super::*;
use crate::premises;
use crate::returns::HandsOut;

/// A counter with one order that was paid, and that nobody has looked at since.
async fn with_paid_order() -> (Counter, String) {
    let sandbox = Arc::new(Sandbox::start().await.unwrap());
    let accounts = premises::of_sandbox(&sandbox).unwrap();
    let counter = Counter {
        desk: Arc::new(Desk::new(Books::in_memory(), accounts)),
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
    let _ = counter.desk.check(&number).await.unwrap();
    for fresh in ["A", "B", "C"] {
        assert_eq!(given(fresh).as_deref(), Some("A"));
    }
    counter.hand_out(&number).unwrap();
    assert_eq!(order(&counter, &number).code(), Some("A"));
}

/// A process that dies between the desk's word and the code has lost nothing: the outbox says that the code is due.
#[tokio::test]
async fn what_is_due_is_handed_out_by_the_next_worker() {
    let (counter, number) = with_paid_order().await;
    let told = counter.desk.check(&number).await.unwrap();
    assert!(matches!(told, Outcome::DeliverNow(_)));
    assert_eq!(order(&counter, &number).code(), None);

    let counter = Arc::new(counter);
    let worker = || {
        let hands_out = HandsOut(Arc::clone(&counter));
        Outbox::new(Arc::clone(&counter.desk), hands_out)
    };
    worker().run_once().await.unwrap();
    let given = order(&counter, &number);
    assert!(given.code().is_some());
    assert_eq!(given.ledger.stage(), Stage::Delivered);
    assert_eq!(given.deliveries().len(), 1);
    worker().run_once().await.unwrap();
    assert_eq!(order(&counter, &number).code(), given.code());
}

/// A buyer who paid and never came back is found, and nobody is asked about an order that is done.
#[tokio::test]
async fn a_late_order_is_found_by_the_sweep() {
    let (counter, number) = with_paid_order().await;
    let in_a_while = SystemTime::now() + Duration::from_secs(5 * 60);
    let due = counter.books().due(in_a_while, 9).await.unwrap();
    assert_eq!(due, [&*number]);
    let _ = counter.desk.check(&number).await.unwrap();
    let due = counter.books().due(in_a_while, 9).await.unwrap();
    assert!(due.is_empty(), "{due:?}");
}

#[tokio::test]
async fn an_input_that_a_provider_has_no_place_for_is_left_out() {
    let sandbox = Sandbox::start().await.unwrap();
    for provider in &premises::of_sandbox(&sandbox).unwrap() {
        let counter = Counter {
            desk: Arc::new(Desk::new(
                Books::in_memory(),
                Accounts::new([provider.clone()]).unwrap(),
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
            let demand = provider.capabilities().input(input);
            let refused = matches!(demand, InputRule::Unsupported(_));
            assert_eq!(given, !refused, "{} {input}", provider.name());
        }
    }
}
