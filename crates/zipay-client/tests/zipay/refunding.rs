//! A refund has happened when the answer is about this invoice and says `refunded`.

use serde_json::json;
use zipay_client::{Effect, ErrorKind};

use crate::provider::{Answer, Provider};
use crate::samples::{TRACKID, invoice_in, track_id};

#[tokio::test]
async fn success_with_another_status_than_refunded_proves_nothing() {
    let provider = Provider::start().await;
    let zipay = provider.client();
    for status in [
        "generated",
        "waiting",
        "pending",
        "completed",
        "rejected",
        "Refunded",
        "",
    ] {
        provider.answer("invoice-refund", invoice_in(status));
        let error = zipay.refund_invoice(&track_id()).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Untrusted, "{status}");
        assert_eq!(error.effect(), Effect::Unknown, "{status}");
        let handle = error.handle().unwrap();
        assert_eq!(handle.operation(), "invoice-refund");
        assert_eq!(handle.known_id("trackid"), Some(TRACKID));
        assert_eq!(provider.take_asked(), ["invoice-refund"], "{status}");
    }
}

#[tokio::test]
async fn a_refused_refund_was_not_carried_out() {
    let provider = Provider::start().await;
    let refusal = json!({"success": false, "status": 422, "message": "not completed"});
    for http in [200, 422] {
        let answer = Answer::from(refusal.clone()).status(http);
        provider.answer("invoice-refund", answer);
        let call = provider.client().refund_invoice(&track_id()).await;
        let error = call.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Refused);
        assert_eq!(error.effect(), Effect::NotExecuted);
        assert_eq!(error.refusal().unwrap().message(), Some("not completed"));
        assert_eq!(provider.take_asked(), ["invoice-refund"]);
    }
}
