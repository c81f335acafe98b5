#![doc = include_str!("sizpay_send.md")]

use paylink_core::{Error, Idempotency, Rial, Transport};
use paylink_testkit::Answer;
use sizpay_client::{NewLink, SizPay};

use paylink_tests::page;

use super::play;

fn good() -> Answer {
    Answer::json(
        r#"{"PayLinkSendID":26041,"PayLinkURL":"https://me.sizpay.ir/hosseini/0200260411","ResCod":1,"Message":""}"#,
    )
}

async fn send(transport: Transport, url: String) -> Result<(), Error> {
    let sizpay = SizPay::builder("key-1-of-the-shop", "key-2-of-the-shop", "hosseini")
        .base_url(url)
        .transport(transport)
        .build()?;
    let link = NewLink::new("99112101", Rial::new(10_000), "09122272730")?;
    let sent = sizpay.send_link(link).await?;
    assert_eq!(sent.send_id.get(), 26041);
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_fault_sends_two_sms_and_every_error_says_what_it_proves() {
    let played = play::every_fault(&good(), send).await;
    play::hold(&played, Idempotency::NonIdempotent);
    for handle in played.iter().filter_map(|one| one.error.as_ref()?.handle()) {
        assert_eq!(handle.reference(), Some("99112101"));
        assert_eq!(handle.merchant(), Some("hosseini"));
    }
    page::hold(
        "tests/tests/faults/sizpay_send.md",
        "outcomes",
        &play::tabled(&played, Idempotency::NonIdempotent),
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_proved_unsent_is_sent_when_the_server_recovers() {
    play::recovery(&good(), send).await;
}
