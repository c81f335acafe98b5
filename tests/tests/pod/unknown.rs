//! 227, 378 and 999 come in POD's own envelope and prove nothing: the state tells, in both directions.

use std::sync::Arc;
use std::time::Duration;

use paylink_sandbox::Sandbox;
use paylink_sandbox::pod::Failure;
use paylink_tests::impatience::Impatience;
use paylink_tests::pod_shop::{self, order};
use pod_invoice_client::{
    Creditor, Debtor, Effect, Error, ErrorKind, FundedBy, Handle, InvoiceId, JalaliDate,
    PayAnyInvoice, PayInFuture, PayOwnInvoice, PayWithInvoice, Pod, PosPayment, PosTransaction,
    Resolution, SendPaymentSms, UserId, UserToken,
};

const FAILURES: [Failure; 3] = [
    Failure::ServiceTimeout,
    Failure::RelayFailed,
    Failure::Internal,
];

/// The operations that must happen once to an invoice which the merchant's own list shows.
const OPERATIONS: [&str; 9] = [
    "pay-any-invoice",
    "pay-own-invoice",
    "mark-paid",
    "pos-payment",
    "pay-with-invoice",
    "verify-invoice",
    "verify-and-close",
    "close",
    "cancel",
];

struct Shop {
    sandbox: Sandbox,
    clock: Arc<Impatience>,
    pod: Pod,
}

impl Shop {
    async fn open() -> Shop {
        let sandbox = Sandbox::start().await.unwrap();
        let clock = Impatience::new();
        let pod = pod_shop::pod(&sandbox, clock.clone()).unwrap();
        Shop {
            sandbox,
            clock,
            pod,
        }
    }

    /// An invoice to which the operation can happen.
    async fn invoice_for(&self, operation: &str) -> InvoiceId {
        let user = UserId::new(self.sandbox.pod().user().user_id()).unwrap();
        let invoice = order("1000").unwrap().with_user(user);
        let verified = matches!(operation, "verify-invoice" | "verify-and-close");
        let invoice = if verified {
            invoice.with_verification()
        } else {
            invoice
        };
        let id = self.pod.issue_invoice(invoice).await.unwrap().value.id;
        if verified || matches!(operation, "close" | "pay-with-invoice") {
            self.sandbox.pod().pay_by_wallet(id.get()).unwrap();
        }
        id
    }

    /// An invoice of the other business to this one.
    async fn owed(&self) -> InvoiceId {
        let there = self.sandbox.pod();
        let other = pod_shop::pod_of(&self.sandbox, there.other_business(), self.clock.clone());
        let user = UserId::new(there.business().user_id()).unwrap();
        let invoice = order("owed").unwrap().with_user(user);
        let issued = other.unwrap().issue_invoice(invoice).await;
        issued.unwrap().value.id
    }

    async fn attempt(&self, operation: &str, id: InvoiceId) -> Result<(), Error> {
        let pod = &self.pod;
        match operation {
            "pay-any-invoice" => pod.pay_any_invoice(PayAnyInvoice::new(id)).await.map(drop),
            "pay-own-invoice" => {
                let token = UserToken::new(self.sandbox.pod().user_token()).unwrap();
                let payment = PayOwnInvoice::new(id).with_user_token(token);
                pod.pay_own_invoice(payment).await.map(drop)
            }
            "mark-paid" => pod.mark_paid(id).await.map(drop),
            "pos-payment" => {
                let slip = self.sandbox.pod().pos_purchase(id.get()).unwrap();
                let transaction = PosTransaction {
                    terminal_number: slip.terminal_number,
                    merchant_code: slip.merchant_code,
                    reference_number: slip.reference_number,
                    tracking_number: slip.tracking_number,
                    transaction_date: slip.transaction_date.parse().unwrap(),
                };
                let payment = PosPayment::new(id, transaction).unwrap();
                pod.pos_payment(payment).await.map(drop)
            }
            "pay-with-invoice" => {
                let creditor = Creditor(self.owed().await);
                let payment = PayWithInvoice::new(creditor, Debtor(id)).unwrap();
                pod.pay_with_invoice(payment).await.map(drop)
            }
            "verify-invoice" => pod.verify_invoice(id).await.map(drop),
            "verify-and-close" => pod.verify_and_close(id).await.map(drop),
            "close" => pod.close_invoice(id).await.map(drop),
            "cancel" => pod.cancel_invoice(id).await.map(drop),
            other => panic!("{other}"),
        }
    }

    /// How long until it can be told; none once it is known that nothing happened.
    async fn not_seen(&self, handle: &Handle) -> Option<Duration> {
        match self.pod.resolve(handle).await.unwrap() {
            Resolution::StillUnknown { retry_after } => Some(retry_after),
            Resolution::NotExecuted => None,
            Resolution::Executed(invoice) => panic!("{invoice:?}"),
        }
    }
}

/// The handle of an error, after its way through the shop's store.
fn stored(error: &Error) -> Handle {
    let text = serde_json::to_string(error.handle().unwrap()).unwrap();
    serde_json::from_str(&text).unwrap()
}

#[tokio::test]
async fn what_was_executed_is_found() {
    for operation in OPERATIONS {
        for failure in FAILURES {
            let shop = Shop::open().await;
            let id = shop.invoice_for(operation).await;
            shop.sandbox.pod().fail_after(operation, failure);
            let error = shop.attempt(operation, id).await.unwrap_err();
            let code = failure.code().to_string();
            assert_eq!(error.refusal().unwrap().code(), code, "{operation}");
            assert_eq!(error.effect(), Effect::Unknown, "{operation}: {failure:?}");
            assert_eq!(error.attempts(), 1, "{operation}: sent again");
            match shop.pod.resolve(&stored(&error)).await.unwrap() {
                Resolution::Executed(invoice) => assert_eq!(invoice.id, id),
                other => panic!("{operation}: {failure:?}: {other:?}"),
            }
        }
    }
}

#[tokio::test]
async fn what_never_was_is_known_after_the_settling_time_and_can_be_done_then() {
    for operation in OPERATIONS {
        for failure in FAILURES {
            let shop = Shop::open().await;
            let id = shop.invoice_for(operation).await;
            shop.sandbox.pod().fail_before(operation, failure);
            let error = shop.attempt(operation, id).await.unwrap_err();
            assert_eq!(error.effect(), Effect::Unknown, "{operation}: {failure:?}");
            let handle = stored(&error);
            let wait = shop.not_seen(&handle).await;
            let wait = wait.unwrap_or_else(|| panic!("{operation}: too early to say"));
            shop.clock.advance(wait);
            assert_eq!(shop.not_seen(&handle).await, None, "{operation}");
            if operation != "pay-with-invoice" {
                shop.attempt(operation, id).await.unwrap();
            }
        }
    }
}

#[tokio::test]
async fn an_invoice_that_was_issued_is_found_by_the_shops_own_number() {
    for failure in FAILURES {
        let shop = Shop::open().await;
        shop.sandbox.pod().fail_after("issue-invoice", failure);
        let issuing = shop.pod.issue_invoice(order("1000").unwrap());
        let error = issuing.await.unwrap_err();
        assert_eq!(error.effect(), Effect::Unknown, "{failure:?}");
        match shop.pod.resolve(&stored(&error)).await.unwrap() {
            Resolution::Executed(invoice) => {
                assert_eq!(invoice.bill_number.as_deref(), Some("1000"));
            }
            other => panic!("{failure:?}: {other:?}"),
        }
        assert_eq!(shop.sandbox.pod().invoices().len(), 1);
    }
}

#[tokio::test]
async fn an_invoice_that_was_never_issued_can_be_issued_after_the_settling_time() {
    for failure in FAILURES {
        let shop = Shop::open().await;
        shop.sandbox.pod().fail_before("issue-invoice", failure);
        let issuing = shop.pod.issue_invoice(order("1000").unwrap());
        let handle = stored(&issuing.await.unwrap_err());
        let wait = shop.not_seen(&handle).await.expect("too early to say");
        shop.clock.advance(wait);
        assert_eq!(shop.not_seen(&handle).await, None);
        assert!(shop.sandbox.pod().invoices().is_empty());
        let again = shop.pod.issue_invoice(order("1000").unwrap());
        again.await.unwrap();
    }
}

#[tokio::test]
async fn the_payment_of_a_three_step_invoice_stays_unknown_for_the_hour() {
    let shop = Shop::open().await;
    let invoice = order("1000").unwrap().with_verification();
    let id = shop.pod.issue_invoice(invoice).await.unwrap().value.id;
    let failure = Failure::ServiceTimeout;
    shop.sandbox.pod().fail_after("pay-any-invoice", failure);
    let error = shop.attempt("pay-any-invoice", id).await.unwrap_err();
    let handle = stored(&error);
    let wait = shop.not_seen(&handle).await.expect("the flags do not tell");
    assert!(wait > Duration::from_secs(60 * 60 - 5), "{wait:?}");
    // The merchant's verification shows it.
    shop.pod.verify_invoice(id).await.unwrap();
    let resolution = shop.pod.resolve(&handle).await.unwrap();
    assert!(matches!(resolution, Resolution::Executed(_)));
}

#[tokio::test]
async fn what_pod_offers_no_look_up_for_is_said_to_be_unknowable() {
    let shop = Shop::open().await;
    let there = shop.sandbox.pod();
    // An invoice that somebody else issued is not in the merchant's list.
    let owed = shop.owed().await;
    let day = JalaliDate::parse("1499/12/29").unwrap();
    let guarantee = PayInFuture::new(owed, day, FundedBy::Wallet);
    there.fail_after("pay-in-future", Failure::RelayFailed);
    let guaranteed = shop.pod.pay_in_future(guarantee).await.unwrap_err();

    let id = shop.invoice_for("send-payment-sms").await;
    there.fail_after("send-payment-sms", Failure::RelayFailed);
    let sms = shop.pod.send_payment_sms(SendPaymentSms::new(id));
    let sms = sms.await.unwrap_err();
    assert_eq!(shop.sandbox.sms().len(), 1);
    for error in [guaranteed, sms] {
        assert_eq!(error.effect(), Effect::Unknown);
        let asked = shop.pod.resolve(&stored(&error)).await.unwrap_err();
        assert_eq!(asked.kind(), ErrorKind::Unsupported, "{asked}");
        assert_eq!(asked.effect(), Effect::Unknown);
    }
}
