use std::time::{Duration, SystemTime};

use paylink::desk::Stage;
use paylink_books::Orders;
use paylink_sandbox::Sandbox;

use super::*;
use crate::counter::tests::of_sandbox;

/// A counter with one order of the buyer `somebody`.
async fn with_order() -> (Arc<Counter>, String) {
    let sandbox = Arc::new(Sandbox::start().await.unwrap());
    let counter = of_sandbox(&sandbox).await;
    let number = counter.place("zipay", None, "a buyer").await.unwrap();
    (Arc::new(counter), number)
}

fn of(buyer: &str) -> HeaderMap {
    HeaderMap::from_iter([(header::COOKIE, format!("buyer={buyer}").parse().unwrap())])
}

#[tokio::test]
async fn another_payment_is_for_the_buyer_alone() {
    let (counter, number) = with_order().await;
    let used = async || {
        let number = counter.books.fresh_number().await.unwrap();
        number.parse::<u64>().unwrap()
    };
    // How many numbers it uses up: one for a reference, or none.
    let again = async |headers| {
        let before = used().await;
        let answer = again(State(Arc::clone(&counter)), Path(number.clone()), headers).await;
        assert_eq!(answer.status(), StatusCode::SEE_OTHER);
        used().await - before - 1
    };
    for stranger in [HeaderMap::new(), of("another")] {
        assert_eq!(again(stranger).await, 0);
    }
    assert_eq!(again(of("a buyer")).await, 1);
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
    let is_done = async || {
        let all = Orders::all();
        let orders = counter.books.of_desk().orders(&all).await.unwrap();
        let order = orders.first().unwrap();
        order.claimed_until == SystemTime::UNIX_EPOCH && order.stage == Stage::Open.as_str()
    };
    let done = async {
        while !is_done().await {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    };
    let waited = tokio::time::timeout(Duration::from_secs(20), done).await;
    assert!(waited.is_ok(), "the work was dropped with its visitor");
}
