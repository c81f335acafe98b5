#![doc = include_str!("cardpay_check.md")]

use cardpay_client::{CardPay, PayId, PaymentState};
use paylink_core::{Error, Idempotency, Transport};
use paylink_testkit::Answer;

use paylink_tests::page;

use super::play;

fn good() -> Answer {
    Answer::json(r#"{"status":true,"code":200,"msg":"Payment is complete."}"#)
}

async fn check(transport: Transport, url: String) -> Result<(), Error> {
    let cardpay = CardPay::builder(url, "token-of-the-shop")
        .transport(transport)
        .build()?;
    let checked = cardpay.check(PayId::new(19)?).await?;
    assert_eq!(checked.state, PaymentState::VerifiedBefore);
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_fault_is_asked_again_within_bounds_and_says_what_it_proves() {
    let played = play::every_fault(&good(), check).await;
    play::hold(&played, Idempotency::Idempotent);
    for handle in played.iter().filter_map(|one| one.error.as_ref()?.handle()) {
        assert_eq!(handle.id("pay_id"), Some("19"));
    }
    page::hold(
        "tests/tests/faults/cardpay_check.md",
        "outcomes",
        &play::tabled(&played, Idempotency::Idempotent),
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_proved_unsent_is_sent_when_the_server_recovers() {
    play::recovery(&good(), check).await;
}
