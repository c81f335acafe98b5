//! What a way does not offer is refused before anything is sent.

use paylink_core::{Effect, ErrorKind};
use sizpay_client::{DisableLink, Error, PayStatus, ResendSms, Via};

use crate::provider::Provider;
use crate::samples::{day, new_link, send_id};

fn assert_unsupported(error: &Error, via: Via) {
    assert_eq!(error.kind(), ErrorKind::Unsupported, "{via}: {error}");
    assert_eq!(error.effect(), Effect::NotExecuted, "{via}");
    assert_eq!(error.attempts(), 0, "{via}");
    assert!(error.to_string().contains("Via::Rest"), "{error}");
}

#[tokio::test]
async fn the_asmx_service_documents_neither_disable_nor_resend_nor_other_filters() {
    let provider = Provider::start().await;
    for via in Via::ALL.iter().copied().filter(|via| *via != Via::Rest) {
        let sizpay = provider.client_via(via);
        let disable = DisableLink::by_send_id(send_id(1), day());
        assert_unsupported(&sizpay.disable_link(disable).await.unwrap_err(), via);
        let resend = ResendSms::by_send_id(send_id(1), day());
        let error = sizpay.resend_sms(resend.clone()).prepare().unwrap_err();
        assert_unsupported(&error, via);
        let numbers = PayStatus::of_invoice_numbers(day(), ["7"]).unwrap();
        assert_unsupported(&sizpay.pay_status(numbers).await.unwrap_err(), via);
        let whole_day = PayStatus::of_day(day());
        assert_unsupported(&sizpay.pay_status(whole_day).await.unwrap_err(), via);

        // A lost send stays unknown: nobody can be asked.
        let handle = sizpay.send_link(new_link()).handle();
        let error = sizpay.resolve(&handle).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Unsupported);
        assert_eq!(error.effect(), Effect::Unknown);
        assert_eq!(error.handle(), Some(&handle));
    }
    assert!(provider.requests().is_empty());
}
