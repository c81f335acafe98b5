#![doc = include_str!("pod_once.md")]

use std::pin::Pin;

use paylink_core::{Error, Idempotency, Transport};
use paylink_testkit::Answer;
use pod_invoice_client::{
    BusinessToken, ConfirmPaymentSms, Creditor, Debtor, FundedBy, InvoiceId, JalaliDateTime,
    PayAnyInvoice, PayInFuture, PayOwnInvoice, PayWithInvoice, Pod, PosPayment, PosTransaction,
    SendPaymentSms, ShareLink, UserId,
};

use paylink_tests::page;

use super::play;

type Calling = Pin<Box<dyn Future<Output = Result<(), Error>> + Send>>;

/// A service that must be called at most once, and the `result` of its good answer.
struct Service {
    name: &'static str,
    good: &'static str,
    call: fn(Pod, InvoiceId) -> Calling,
}

const VERIFIED: &str = r#"{"id":32157,"payableAmount":1090000,"billNumber":"1000","payed":true,"waiting":false,"canceled":false,"closed":false,"verificationNeeded":true}"#;

macro_rules! service {
    ($name:literal, $good:expr, |$pod:ident, $id:ident| $call:expr) => {
        Service {
            name: $name,
            good: $good,
            call: |$pod, $id| {
                Box::pin(async move {
                    $call.await?;
                    Ok(())
                })
            },
        }
    };
}

/// Every one of them but the issue of an invoice, which has a table of its own.
const SERVICES: [Service; 14] = [
    service!("verify-invoice", VERIFIED, |pod, id| pod.verify_invoice(id)),
    service!("verify-and-close", VERIFIED, |pod, id| pod
        .verify_and_close(id)),
    service!("close", "true", |pod, id| pod.close_invoice(id)),
    service!("cancel", "true", |pod, id| pod.cancel_invoice(id)),
    service!("mark-paid", "true", |pod, id| pod.mark_paid(id)),
    service!("pay-any-invoice", "true", |pod, id| pod
        .pay_any_invoice(PayAnyInvoice::new(id))),
    service!("pay-own-invoice", "true", |pod, id| pod
        .pay_own_invoice(PayOwnInvoice::new(id))),
    service!("send-payment-sms", "true", |pod, id| pod
        .send_payment_sms(SendPaymentSms::new(id))),
    service!("confirm-payment-sms", "true", |pod, id| pod
        .confirm_payment_sms(ConfirmPaymentSms::new(id, "1234")?)),
    service!("pay-with-invoice", "true", |pod, id| pod.pay_with_invoice(
        PayWithInvoice::new(Creditor(InvoiceId::new(7)?), Debtor(id))?
    )),
    service!("pay-in-future", "true", |pod, id| pod.pay_in_future(
        PayInFuture::new(id, "1420/12/05".parse()?, FundedBy::Wallet)
    )),
    service!("pos-payment", "true", |pod, id| pod
        .pos_payment(PosPayment::new(id, transaction()?)?)),
    service!("share-link", "true", |pod, id| pod
        .share_link(ShareLink::new(id, UserId::new(5)?))),
    service!("share-link not sent", "false", |pod, id| pod
        .share_link(ShareLink::new(id, UserId::new(5)?))),
];

fn transaction() -> Result<PosTransaction, Error> {
    Ok(PosTransaction {
        terminal_number: "1".to_owned(),
        merchant_code: "2".to_owned(),
        reference_number: "3".to_owned(),
        tracking_number: "4".to_owned(),
        transaction_date: JalaliDateTime::parse("1399/11/21 14:05:09")?,
    })
}

impl Service {
    fn good(&self) -> Answer {
        Answer::json(format!(
            r#"{{"hasError":false,"messageId":0,"referenceNumber":"234910992","errorCode":0,"count":0,"ott":"c1c25f4661687649","result":{}}}"#,
            self.good
        ))
    }

    async fn call(&self, transport: Transport, url: String) -> Result<(), Error> {
        let pod = Pod::builder(BusinessToken::new("token-of-the-shop"))
            .key("key-of-the-shop")
            .base_url(url)
            .transport(transport)
            .build()?;
        (self.call)(pod, InvoiceId::new(32157)?).await
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_fault_does_it_twice_and_every_error_says_what_it_proves() {
    for service in &SERVICES {
        let call = move |transport, url| service.call(transport, url);
        let played = play::every_fault(&service.good(), call).await;
        play::hold(&played, Idempotency::NonIdempotent);
        for handle in played.iter().filter_map(|one| one.error.as_ref()?.handle()) {
            assert_eq!(handle.id("invoiceId"), Some("32157"), "{}", service.name);
        }
        page::hold(
            "tests/tests/faults/pod_once.md",
            "outcomes",
            &play::tabled(&played, Idempotency::NonIdempotent),
        );
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_proved_unsent_is_sent_when_the_server_recovers() {
    for service in &SERVICES {
        play::recovery(&service.good(), |transport, url| {
            service.call(transport, url)
        })
        .await;
    }
}
