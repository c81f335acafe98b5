#![doc = include_str!("pod_issue_invoice.md")]

use paylink_core::{Error, Idempotency, Transport};
use paylink_testkit::Answer;
use pod_invoice_client::{BusinessToken, NewInvoice, NewItem, Pod, Rial};

use paylink_tests::page;

use super::play;

fn good() -> Answer {
    Answer::json(
        r#"{"hasError":false,"messageId":0,"referenceNumber":"234910992","errorCode":0,"count":0,"ott":"c1c25f4661687649","result":{"id":32157,"totalAmount":1000000,"payableAmount":1090000,"billNumber":"1000","uniqueNumber":"6a8419e0de989b8f","payed":false}}"#,
    )
}

async fn issue(transport: Transport, url: String) -> Result<(), Error> {
    let pod = Pod::builder(BusinessToken::new("token-of-the-shop"))
        .key("key-of-the-shop")
        .base_url(url)
        .transport(transport)
        .build()?;
    let item = NewItem::new("a pair of shoes", Rial::new(1_000_000))?;
    let issued = pod
        .issue_invoice(NewInvoice::new("1000", "CLOTHING_GUILD", item)?)
        .await?;
    assert_eq!(issued.value.id.get(), 32157);
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_fault_issues_twice_and_every_error_says_what_it_proves() {
    let played = play::every_fault(&good(), issue).await;
    play::hold(&played, Idempotency::NonIdempotent);
    for handle in played.iter().filter_map(|one| one.error.as_ref()?.handle()) {
        assert_eq!(handle.reference(), Some("1000"));
        assert!(handle.amount().is_some());
    }
    page::hold(
        "tests/tests/faults/pod_issue_invoice.md",
        "outcomes",
        &play::tabled(&played, Idempotency::NonIdempotent),
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_proved_unsent_is_sent_when_the_server_recovers() {
    play::recovery(&good(), issue).await;
}
