//! How large an answer may be: 256 KiB, and 4 MiB for a list.

use zipay_client::{Currency, Effect, ErrorKind, ListInvoices, Money, NewInvoice};

use crate::provider::{Answer, Provider};
use crate::samples::{create_invoice, expected, invoice_in, invoice_list, track_id};

const KIB: usize = 1024;

/// The answer with blanks up to this many bytes.
fn filled(answer: &serde_json::Value, bytes: usize) -> Answer {
    let mut text = answer.to_string().into_bytes();
    assert!(text.len() <= bytes);
    text.resize(bytes, b' ');
    Answer::of(text)
}

#[tokio::test]
async fn an_answer_up_to_the_cap_is_read() {
    let provider = Provider::start().await;
    let zipay = provider.client();
    provider.answer("invoice-status", filled(&invoice_in("pending"), 256 * KIB));
    zipay.invoice_status(&track_id()).await.unwrap();
    provider.answer("invoice-list", filled(&invoice_list(), 4 * KIB * KIB));
    zipay.list_invoices(ListInvoices::new()).await.unwrap();
}

#[tokio::test]
async fn a_byte_more_is_too_large() {
    let provider = Provider::start().await;
    let zipay = provider.client();
    let more = filled(&invoice_in("completed"), 256 * KIB + 1);
    provider.answer("invoice-status", more);
    let error = zipay.invoice_status(&track_id()).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::TooLarge);
    assert_eq!(error.effect(), Effect::NotExecuted, "it was only read");
    let error = zipay.settle(&expected()).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::TooLarge);

    let more = filled(&invoice_list(), 4 * KIB * KIB + 1);
    provider.answer("invoice-list", more);
    let list = ListInvoices::new();
    let error = zipay.list_invoices(list.clone()).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::TooLarge);
    let error = zipay.all_invoices(list).next().await.unwrap().unwrap_err();
    assert_eq!(error.kind(), ErrorKind::TooLarge);
}

#[tokio::test]
async fn a_create_whose_answer_is_too_large_may_have_been_carried_out() {
    let provider = Provider::start().await;
    let more = filled(&create_invoice(), 256 * KIB + 1);
    provider.answer("create-invoice", more);
    let price = Money::new("1", Currency::Usdt).unwrap();
    let invoice = NewInvoice::new("1000", price, "https://shop.example/back").unwrap();
    let error = provider.client().create_invoice(invoice).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::TooLarge);
    assert_eq!(error.effect(), Effect::Unknown);
    assert_eq!(error.handle().unwrap().own_reference(), Some("1000"));
    assert_eq!(provider.asked(), ["create-invoice"]);
}
