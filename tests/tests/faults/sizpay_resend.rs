#![doc = include_str!("sizpay_resend.md")]

use paylink_core::{Error, Idempotency, JalaliDate, Transport};
use paylink_testkit::Answer;
use sizpay_client::{ResendSms, SendId, SizPay};

use paylink_tests::page;

use super::play;

fn good() -> Answer {
    Answer::json(r#"{"ResCod":1,"Message":""}"#)
}

async fn resend(transport: Transport, url: String) -> Result<(), Error> {
    let sizpay = SizPay::builder("key-1-of-the-shop", "key-2-of-the-shop", "hosseini")
        .base_url(url)
        .transport(transport)
        .build()?;
    let sent_on = JalaliDate::new(1399, 11, 21)?;
    let resend = ResendSms::by_send_id(SendId::new(26040)?, sent_on);
    sizpay.resend_sms(resend).await.map(drop)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_fault_sends_two_sms_and_every_error_says_what_it_proves() {
    let played = play::every_fault(&good(), resend).await;
    play::hold(&played, Idempotency::NonIdempotent);
    for handle in played.iter().filter_map(|one| one.error.as_ref()?.handle()) {
        assert_eq!(handle.id("PayLinkSendID"), Some("26040"));
        assert_eq!(handle.id("PayLinkFactorDate"), Some("1399/11/21"));
    }
    page::hold(
        "tests/tests/faults/sizpay_resend.md",
        "outcomes",
        &play::tabled(&played, Idempotency::NonIdempotent),
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_proved_unsent_is_sent_when_the_server_recovers() {
    play::recovery(&good(), resend).await;
}
