#![doc = include_str!("cardpay_create.md")]

use cardpay_client::{CardPay, NewPayment, Rial};
use paylink_core::{Error, Idempotency, Transport};
use paylink_testkit::Answer;

use paylink_tests::page;

use super::play;

fn good() -> Answer {
    Answer::json(
        r#"{"status":true,"code":200,"expire":1735237765,"pay_id":19,"amount":11385,"link":null,"cart":[]}"#,
    )
}

async fn create(transport: Transport, url: String) -> Result<(), Error> {
    let cardpay = CardPay::builder(url, "token-of-the-shop")
        .transport(transport)
        .build()?;
    let payment = NewPayment::new(1000, Rial::new(11_000))?;
    let created = cardpay.create(payment).await?;
    assert_eq!(created.pay_id.get(), 19);
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_fault_creates_twice_and_every_error_says_what_it_proves() {
    let played = play::every_fault(&good(), create).await;
    play::hold(&played, Idempotency::NonIdempotent);
    for handle in played.iter().filter_map(|one| one.error.as_ref()?.handle()) {
        assert_eq!(handle.reference(), Some("1000"));
        assert!(handle.amount().is_some() && handle.merchant().is_some());
    }
    page::hold(
        "tests/tests/faults/cardpay_create.md",
        "outcomes",
        &play::tabled(&played, Idempotency::NonIdempotent),
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_proved_unsent_is_sent_when_the_server_recovers() {
    play::recovery(&good(), create).await;
}
