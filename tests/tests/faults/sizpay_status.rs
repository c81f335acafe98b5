#![doc = include_str!("sizpay_status.md")]

use paylink_core::{Error, Idempotency, JalaliDate, Transport};
use paylink_testkit::Answer;
use sizpay_client::{PayState, PayStatus, SendId, SizPay};

use paylink_tests::page;

use super::play;

fn good() -> Answer {
    Answer::json(
        r#"{"ResCod":1,"Message":"","PayLinkListStatus":[{"PayLinkSendID":26040,"Status":1,"RefNo":"880012345678"}]}"#,
    )
}

async fn status(transport: Transport, url: String) -> Result<(), Error> {
    let sizpay = SizPay::builder("key-1-of-the-shop", "key-2-of-the-shop", "hosseini")
        .base_url(url)
        .transport(transport)
        .build()?;
    let sent_on = JalaliDate::new(1399, 11, 21)?;
    let asked = PayStatus::of_send_ids(sent_on, [SendId::new(26040)?])?;
    let payments = sizpay.pay_status(asked).await?;
    assert!(matches!(payments.as_slice(), [one] if one.state == PayState::Paid));
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_fault_is_asked_again_within_bounds_and_changes_nothing() {
    let played = play::every_fault(&good(), status).await;
    play::hold(&played, Idempotency::ReadOnly);
    page::hold(
        "tests/tests/faults/sizpay_status.md",
        "outcomes",
        &play::tabled(&played, Idempotency::ReadOnly),
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_proved_unsent_is_sent_when_the_server_recovers() {
    play::recovery(&good(), status).await;
}
