#![doc = include_str!("create_invoice.md")]

use paylink_core::{Error, Idempotency, Transport};
use paylink_testkit::Answer;
use zipay_client::{Currency, Money, NewInvoice, ZiPay};

use paylink_tests::page;

use super::play;

fn good() -> Answer {
    Answer::json(
        r#"{"result":{"trackid":"de7d44ae-9df9-487f-a175-ade1ecfab28b","redirect":"http://api.zipay.io/invoice_v1/de7d44ae-9df9-487f-a175-ade1ecfab28b","message":null},"success":true,"status":200}"#,
    )
}

async fn create(transport: Transport, url: String) -> Result<(), Error> {
    let zipay = ZiPay::builder("key-of-the-shop", "secret-of-the-shop")
        .terminal(1003)
        .base_url(url)
        .transport(transport)
        .build()?;
    let price = Money::new("100.99", Currency::Usd)?;
    let invoice = NewInvoice::new("1000", price, "https://shop.example/back")?;
    zipay.create_invoice(invoice).await.map(|created| {
        assert_eq!(
            created.track_id.as_str(),
            "de7d44ae-9df9-487f-a175-ade1ecfab28b"
        );
    })
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_fault_creates_twice_and_every_error_says_what_it_proves() {
    let played = play::every_fault(&good(), create).await;
    play::hold(&played, Idempotency::NonIdempotent);
    for handle in played.iter().filter_map(|one| one.error.as_ref()?.handle()) {
        assert_eq!(handle.reference(), Some("1000"));
        assert_eq!(handle.merchant(), Some("1003"));
    }
    page::hold(
        "tests/tests/faults/create_invoice.md",
        "outcomes",
        &play::tabled(&played, Idempotency::NonIdempotent),
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_proved_unsent_is_sent_when_the_server_recovers() {
    play::recovery(&good(), create).await;
}
