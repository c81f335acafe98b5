//! What is sent, and when: never later than the stored handle says, and never twice.

use std::time::Duration;

use paylink::desk::{DeskError, Opened, Stage};
use paylink::{Effect, ErrorKind};

use crate::shop::{Shop, order};
use crate::till::{Blow, SETTLING};

/// The handle in the store says by when the create had left.
#[tokio::test]
async fn a_create_whose_handle_took_too_long_to_write_is_taken_back() {
    let shop = Shop::new();
    shop.till.preparing_takes(Duration::from_secs(31));
    let error = shop.desk.open("1000").await.unwrap_err();
    let DeskError::Payment(error) = error else {
        panic!("{error}");
    };
    assert_eq!(error.kind(), ErrorKind::Invalid);
    assert_eq!(error.effect(), Effect::NotExecuted);
    assert!(shop.till.calls().is_empty());
    assert_eq!(shop.ledger().await.stage(), Stage::New);
    let _ = shop.open().await;
    assert_eq!(shop.till.calls(), ["create"]);
}

#[tokio::test]
async fn a_create_whose_handle_was_written_in_time_is_sent() {
    let shop = Shop::new();
    shop.till.preparing_takes(Duration::from_secs(30));
    let _ = shop.open().await;
    assert_eq!(shop.till.calls(), ["create"]);
}

/// A create that is in doubt stays so if what was to be sent in its place was not.
#[tokio::test]
async fn what_is_taken_back_leaves_the_create_before_it_in_doubt() {
    let shop = Shop::new();
    shop.till.on_create(Blow::LostBefore);
    let _ = shop.desk.open("1000").await.unwrap();
    shop.clock.advance(SETTLING);
    shop.till.forget_calls();
    shop.till.preparing_takes(Duration::from_secs(31));
    assert!(shop.desk.open("1000").await.is_err());
    assert_eq!(shop.till.calls(), ["resolve"]);
    assert_eq!(shop.ledger().await.stage(), Stage::Asked);
}

/// Asked ten seconds before the settling time is over, answered two seconds after: the create came in in between.
#[tokio::test]
async fn an_answer_that_took_long_sends_no_second_create() {
    let shop = Shop::new();
    shop.till.on_create(Blow::LostBefore);
    let _ = shop.desk.open("1000").await.unwrap();
    let ten = Duration::from_secs(10);
    shop.clock.advance(SETTLING.checked_sub(ten).unwrap());
    shop.till.answers_take(Duration::from_secs(12));
    let opened = shop.desk.open("1000").await.unwrap();
    assert!(
        matches!(opened, Opened::NotYetKnown { look_again_after } if look_again_after == ten),
        "{opened:?}"
    );
    let payment = order("1000", "main").payment().clone();
    shop.till.comes_late(&payment);
    let _ = shop.open().await;
    let creates = shop.till.calls();
    let creates = creates.iter().filter(|call| **call == "create");
    assert_eq!(creates.count(), 1);
    assert_eq!(shop.till.entries().len(), 1);
}
