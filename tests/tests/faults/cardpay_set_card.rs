#![doc = include_str!("cardpay_set_card.md")]

use cardpay_client::{CardPay, PayId};
use paylink_core::{Error, Idempotency, Transport};
use paylink_testkit::Answer;

use paylink_tests::page;

use super::play;

fn good() -> Answer {
    Answer::json(r#"{"status":true,"code":200}"#)
}

async fn set_card(transport: Transport, url: String) -> Result<(), Error> {
    let cardpay = CardPay::builder(url, "token-of-the-shop")
        .transport(transport)
        .build()?;
    let card = "6037701689095443".parse()?;
    cardpay.set_card(PayId::new(19)?, card).await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_fault_sets_a_card_twice_and_every_error_says_what_it_proves() {
    let played = play::every_fault(&good(), set_card).await;
    play::hold(&played, Idempotency::NonIdempotent);
    for handle in played.iter().filter_map(|one| one.error.as_ref()?.handle()) {
        assert_eq!(handle.id("pay_id"), Some("19"));
    }
    page::hold(
        "tests/tests/faults/cardpay_set_card.md",
        "outcomes",
        &play::tabled(&played, Idempotency::NonIdempotent),
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_proved_unsent_is_sent_when_the_server_recovers() {
    play::recovery(&good(), set_card).await;
}
