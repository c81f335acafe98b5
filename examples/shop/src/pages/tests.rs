use std::time::Duration;

use paylink::desk::{Desk, Stage};
use paylink::web::Routes;
use paylink_sandbox::Sandbox;

use super::*;
use crate::books::Books;
use crate::premises;

/// A counter with one order of the buyer `somebody`.
async fn with_order() -> (Arc<Counter>, String) {
    let sandbox = Arc::new(Sandbox::start().await.unwrap());
    let counter = Counter {
        desk: Arc::new(Desk::new(
            Books::in_memory(),
            premises::of_sandbox(&sandbox).unwrap(),
        )),
        routes: Routes::new("https://shop.example/pay").unwrap(),
        is_https: true,
        sandbox: Some(sandbox),
    };
    let number = counter.place("zipay", None, "somebody").unwrap();
    (Arc::new(counter), number)
}

fn of(buyer: &str) -> HeaderMap {
    HeaderMap::from_iter([(header::COOKIE, format!("buyer={buyer}").parse().unwrap())])
}

#[tokio::test]
async fn another_payment_is_for_the_buyer_alone() {
    let (counter, number) = with_order().await;
    let placed = counter.books().order(&number).unwrap().last_reference;
    let again = async |headers| {
        let answer = again(State(Arc::clone(&counter)), Path(number.clone()), headers).await;
        assert_eq!(answer.status(), StatusCode::SEE_OTHER);
        counter.books().order(&number).unwrap().last_reference
    };
    for stranger in [HeaderMap::new(), of("another")] {
        assert_eq!(again(stranger).await, placed);
    }
    assert!(again(of("somebody")).await > placed);
}

/// hyper drops a handler whose client has gone.
#[tokio::test]
async fn a_visitor_who_hangs_up_leaves_no_claim() {
    let (counter, number) = with_order().await;
    let visit = show(
        State(Arc::clone(&counter)),
        Path(number.clone()),
        HeaderMap::new(),
    );
    assert!(tokio::time::timeout(Duration::ZERO, visit).await.is_err());
    let is_done = || {
        let order = counter.books().order(&number).unwrap();
        order.claimed_until.is_none() && order.ledger.stage() == Stage::Open
    };
    let done = async {
        while !is_done() {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    };
    let waited = tokio::time::timeout(Duration::from_secs(20), done).await;
    assert!(waited.is_ok(), "the work was dropped with its visitor");
}
