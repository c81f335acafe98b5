//! What a return and a webhook bring, in the names that the record has.

use paylink_core::Settlement;
use paylink_core::provider::Hint;
use zipay_client::ErrorKind;

use super::{books, neutral, record};
use crate::provider::Provider;
use crate::samples::{OTHER_TRACKID, TRACKID, invoice_in};

fn assert_names(hint: &Hint, reference: &str, track_id: &str) {
    assert_eq!(hint.provider(), "zipay");
    assert_eq!(hint.claimed_reference(), Some(reference));
    let ids: Vec<_> = hint.claimed_ids().collect();
    assert_eq!(ids, [("trackid", track_id)]);
}

#[tokio::test]
async fn a_return_and_a_webhook_name_what_the_record_names() {
    let provider = Provider::start().await;
    let zipay = neutral(&provider);
    let query = format!("?lang=fa&trackid={TRACKID}&invoice_number=1000");
    let form = format!("trackid={TRACKID}&invoice_number=1000&status=completed");
    let json = format!(r#"{{"trackid":"{TRACKID}","invoice_number":"1000","status":"x"}}"#);
    provider.answer("invoice-status", invoice_in("completed"));
    for hint in [
        zipay.read_return(&query).unwrap(),
        zipay.read_webhook(form.as_bytes()).unwrap(),
        zipay.read_webhook(json.as_bytes()).unwrap(),
    ] {
        assert_names(&hint, "1000", TRACKID);
        assert_eq!(
            provider.asked(),
            Vec::<String>::new(),
            "reading asks nothing"
        );
        let outcome = zipay.settle(&books(record()).hinted(hint)).await.unwrap();
        assert!(outcome.proof().is_some(), "{outcome:?}");
        provider.take_asked();
    }
}

#[tokio::test]
async fn a_forged_return_names_another_payment_and_settles_nothing() {
    let provider = Provider::start().await;
    let zipay = neutral(&provider);
    provider.answer("invoice-status", invoice_in("completed"));
    let forged = format!("trackid={OTHER_TRACKID}&invoice_number=1000");
    let hint = zipay.read_return(&forged).unwrap();
    assert_names(&hint, "1000", OTHER_TRACKID);
    let outcome = zipay.settle(&books(record()).hinted(hint)).await.unwrap();
    assert!(matches!(outcome, Settlement::Mismatch(_)), "{outcome:?}");
    assert_eq!(provider.asked(), Vec::<String>::new());
}

#[tokio::test]
async fn what_cannot_be_read_is_an_error() {
    let provider = Provider::start().await;
    let zipay = neutral(&provider);
    for error in [
        zipay.read_return("").unwrap_err(),
        zipay.read_return("trackid=a").unwrap_err(),
        zipay.read_webhook(b"").unwrap_err(),
        zipay
            .read_webhook(b"trackid=a&invoice_number=1")
            .unwrap_err(),
        zipay.read_webhook(b"\xff").unwrap_err(),
    ] {
        assert_eq!(error.kind(), ErrorKind::Invalid);
    }
}
