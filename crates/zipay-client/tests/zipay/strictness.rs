//! An answer in which anything that decides is missing, malformed or doubtful never leads to a proof, nor to a verify.

mod fields;
mod texts;

use zipay_client::{Effect, ErrorKind, ZiPay};

use crate::provider::{Answer, Provider};
use crate::samples::{expected, invoice_in};

/// Settles against this answer; it has to fail without a verify. Returns what the error says.
async fn refused(provider: &Provider, zipay: &ZiPay, answer: Answer, told: &str) -> String {
    provider.answer("invoice-status", answer);
    let error = match zipay.settle(&expected()).await {
        Ok(settlement) => panic!("{told}: {settlement:?}"),
        Err(error) => error,
    };
    assert_eq!(error.kind(), ErrorKind::Untrusted, "{told}: {error}");
    assert_eq!(error.effect(), Effect::NotExecuted, "{told}: only read");
    let asked = provider.take_asked();
    assert!(asked.iter().all(|it| it == "invoice-status"), "{asked:?}");
    error.to_string()
}

#[tokio::test]
async fn the_answer_that_is_spoilt_below_settles_when_it_is_whole() {
    let provider = Provider::start().await;
    provider.answer("invoice-status", invoice_in("completed"));
    let settlement = provider.client().settle(&expected()).await.unwrap();
    assert!(settlement.proof().is_some(), "{settlement:?}");
}
