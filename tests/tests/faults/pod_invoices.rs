#![doc = include_str!("pod_invoices.md")]

use paylink_core::{Error, Idempotency, Transport};
use paylink_testkit::Answer;
use pod_invoice_client::{BusinessToken, InvoiceId, ListInvoices, Pod};

use paylink_tests::page;

use super::play;

fn good() -> Answer {
    Answer::json(
        r#"{"hasError":false,"referenceNumber":"234910992","errorCode":0,"count":1,"result":[{"id":32157,"payableAmount":16.35,"billNumber":"1000","payed":false,"waiting":false,"canceled":false,"closed":false,"verificationNeeded":true}]}"#,
    )
}

async fn list(transport: Transport, url: String) -> Result<(), Error> {
    let pod = Pod::builder(BusinessToken::new("token-of-the-shop"))
        .key("key-of-the-shop")
        .base_url(url)
        .transport(transport)
        .build()?;
    let list = ListInvoices::one(InvoiceId::new(32157)?);
    let answered = pod.list_invoices(list).await?;
    assert_eq!(answered.value.invoices.len(), 1);
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_fault_is_asked_again_within_bounds_and_proves_that_nothing_changed() {
    let played = play::every_fault(&good(), list).await;
    play::hold(&played, Idempotency::ReadOnly);
    page::hold(
        "tests/tests/faults/pod_invoices.md",
        "outcomes",
        &play::tabled(&played, Idempotency::ReadOnly),
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_proved_unsent_is_sent_when_the_server_recovers() {
    play::recovery(&good(), list).await;
}
