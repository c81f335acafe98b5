//! POD against the sandbox: what is paid is settled once, what is unknown is found out, and no return is believed.

use std::sync::Arc;
use std::time::Duration;

use paylink_sandbox::pod::{AfterTimeout, Failure, SecondVerify, VERIFY_WITHIN};
use paylink_sandbox::{Fault, Sandbox};
use paylink_testkit::{MockClock, assert_matches};
use paylink_tests::chance::ANSWER_LOST;
use paylink_tests::impatience;
use paylink_tests::pod_shop::{self, PRICE, expected, order, told};
use pod_invoice_client::{
    Creditor, Debtor, Effect, Error, ErrorKind, Expected, FundedBy, Handle, InvoiceId, JalaliDate,
    Money, NewInvoice, PayAnyInvoice, PayInFuture, PayOwnInvoice, PayWithInvoice, Pod, PosPayment,
    PosTransaction, Resolution, Return, ReturnedPayment, Rial, SendPaymentSms, Settlement, State,
    UserId, UserToken,
};

/// A sandbox with an invoice that has to be verified.
async fn issued() -> (Sandbox, Pod, InvoiceId) {
    let sandbox = Sandbox::start().await.unwrap();
    let pod = pod_shop::pod(&sandbox, impatience::clock()).unwrap();
    let invoice = order("1000").unwrap().with_verification();
    let id = pod.issue_invoice(invoice).await.unwrap().value.id;
    (sandbox, pod, id)
}

async fn settle(pod: &Pod, id: InvoiceId) -> &'static str {
    told(&pod.settle(&expected(id, "1000").unwrap()).await.unwrap())
}

#[tokio::test]
async fn a_payment_is_settled_once_it_is_there_and_not_before() {
    for second_verify in [SecondVerify::Refuses, SecondVerify::AnswersInvoice] {
        let (sandbox, pod, id) = issued().await;
        let there = sandbox.pod();
        there.change_settings(|settings| settings.second_verify = second_verify);
        assert_eq!(settle(&pod, id).await, "not paid, unverified");
        there.open_gateway(id.get()).unwrap();
        assert!(settle(&pod, id).await.starts_with("not paid"));
        there.pay_by_card(id.get()).unwrap();
        assert_eq!(settle(&pod, id).await, "settled");
        assert_eq!(settle(&pod, id).await, "already settled");
        assert_eq!(there.invoice(id.get()).unwrap().times_verified(), 1);
    }
}

#[tokio::test]
async fn after_an_hour_the_money_is_back_and_nothing_is_proved() {
    for (after_timeout, came_to) in [
        (AfterTimeout::Unpaid, "not paid, unverified"),
        (AfterTimeout::Canceled, "not paid, cancelled"),
    ] {
        let (sandbox, pod, id) = issued().await;
        let there = sandbox.pod();
        there.change_settings(|settings| settings.after_timeout = after_timeout);
        let payer = there.user().user_id();
        let before = there.wallet(payer).unwrap();
        there.pay_by_wallet(id.get()).unwrap();
        assert_ne!(there.wallet(payer).unwrap(), before);

        sandbox.clock().advance(VERIFY_WITHIN);
        assert_eq!(settle(&pod, id).await, came_to);
        let invoice = there.invoice(id.get()).unwrap();
        assert!(invoice.given_back_at().is_some());
        assert_eq!(invoice.times_verified(), 0);
        assert_eq!(there.wallet(payer).unwrap(), before);
    }
}

#[tokio::test]
async fn within_the_hour_there_is_still_time() {
    let (sandbox, pod, id) = issued().await;
    sandbox.pod().pay_by_wallet(id.get()).unwrap();
    // The sandbox's clock goes on while the calls are made.
    let nearly = VERIFY_WITHIN.checked_sub(Duration::from_secs(60)).unwrap();
    sandbox.clock().advance(nearly);
    assert_eq!(settle(&pod, id).await, "settled");
    sandbox.clock().advance(VERIFY_WITHIN);
    assert_eq!(settle(&pod, id).await, "already settled");
}

#[tokio::test]
async fn what_is_verified_by_timeout_is_settled() {
    let sandbox = Sandbox::start().await.unwrap();
    let pod = pod_shop::pod(&sandbox, impatience::clock()).unwrap();
    let invoice = order("1000").unwrap().with_verification();
    let invoice = invoice.with_verification_timeout();
    let id = pod.issue_invoice(invoice).await.unwrap().value.id;
    sandbox.pod().pay_by_wallet(id.get()).unwrap();
    sandbox.clock().advance(VERIFY_WITHIN);
    assert_eq!(settle(&pod, id).await, "already settled");
}

#[tokio::test]
async fn a_verify_whose_answer_is_lost_is_settled_by_the_next_settle() {
    for fault in ANSWER_LOST {
        let (sandbox, pod, id) = issued().await;
        sandbox.pod().pay_by_card(id.get()).unwrap();
        sandbox
            .faults()
            .next("pod", "verify-invoice", fault)
            .unwrap();
        let expected = expected(id, "1000").unwrap();
        let error = pod.settle(&expected).await.unwrap_err();
        assert_eq!(error.effect(), Effect::Unknown, "{fault}");
        assert_eq!(settle(&pod, id).await, "already settled", "{fault}");
        let invoice = sandbox.pod().invoice(id.get()).unwrap();
        assert_eq!(invoice.times_verified(), 1);
    }
}

#[tokio::test]
async fn a_verify_that_pod_itself_lost_is_settled_by_the_next_settle() {
    for failure in [Failure::ServiceTimeout, Failure::RelayFailed] {
        for (executed, next) in [(true, "already settled"), (false, "settled")] {
            let (sandbox, pod, id) = issued().await;
            let there = sandbox.pod();
            there.pay_by_card(id.get()).unwrap();
            if executed {
                there.fail_after("verify-invoice", failure);
            } else {
                there.fail_before("verify-invoice", failure);
            }
            let settling = pod.settle(&expected(id, "1000").unwrap()).await;
            let error = settling.unwrap_err();
            assert_eq!(error.effect(), Effect::Unknown, "{failure:?}");
            assert_eq!(settle(&pod, id).await, next, "{failure:?}");
            let invoice = there.invoice(id.get()).unwrap();
            assert_eq!(invoice.times_verified(), 1);
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_settles_at_once_both_prove_and_verify_once() {
    for second_verify in [SecondVerify::Refuses, SecondVerify::AnswersInvoice] {
        for _ in 0..5 {
            let (sandbox, pod, id) = issued().await;
            let there = sandbox.pod();
            there.change_settings(|settings| settings.second_verify = second_verify);
            there.pay_by_card(id.get()).unwrap();
            let expected = expected(id, "1000").unwrap();
            // Both have read that it is unverified before either verifies.
            let slow = Fault::Delay(Duration::from_millis(10));
            sandbox
                .faults()
                .times("pod", "verify-invoice", 2, slow)
                .unwrap();
            let (one, other) = tokio::join!(pod.settle(&expected), pod.settle(&expected));
            for settlement in [one.unwrap(), other.unwrap()] {
                assert!(settlement.proof().is_some(), "{}", told(&settlement));
            }
            let invoice = there.invoice(id.get()).unwrap();
            assert_eq!(invoice.times_verified(), 1, "{second_verify:?}");
        }
    }
}

/// A payer who pays later finds the merchant's deadline running from then on.
#[tokio::test]
async fn what_went_back_can_be_paid_and_settled_again() {
    let (sandbox, pod, id) = issued().await;
    sandbox.pod().pay_by_wallet(id.get()).unwrap();
    sandbox.clock().advance(VERIFY_WITHIN);
    assert_eq!(settle(&pod, id).await, "not paid, unverified");
    sandbox.pod().pay_by_wallet(id.get()).unwrap();
    let settlement = pod.settle(&expected(id, "1000").unwrap()).await.unwrap();
    let Settlement::Settled(proof) = settlement else {
        panic!("{}", told(&settlement));
    };
    assert_eq!(proof.order(), "1000");
    let listed = pod_invoice_client::ListInvoices::one(id);
    let invoices = pod.list_invoices(listed).await.unwrap().value.invoices;
    assert_eq!(invoices[0].state(), State::Paid);
}

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
    clock: Arc<MockClock>,
    pod: Pod,
}

impl Shop {
    async fn open() -> Shop {
        let sandbox = Sandbox::start().await.unwrap();
        let clock = impatience::clock();
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
    assert_matches!(resolution, Resolution::Executed(_));
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

async fn issue(pod: &Pod, invoice: NewInvoice) -> InvoiceId {
    pod.issue_invoice(invoice).await.unwrap().value.id
}

/// The return of a payer who claims to have paid this invoice.
fn claimed(id: InvoiceId, number: &str) -> ReturnedPayment {
    let query = format!(
        "billNumber={number}&paymentBillNumber=1&invoiceId={id}&paid=true&terminalId=1\
         &maskedCardNumber=603770******5443&rrn=1&tref=1"
    );
    match Return::from_query(&query).unwrap() {
        Return::Payment(payment) => payment,
        Return::Refused(refusal) => panic!("{refusal:?}"),
    }
}

/// Both kinds of invoice: one that POD calls paid at once, and one that the merchant verifies.
fn kinds(number: &str) -> [NewInvoice; 2] {
    let invoice = || order(number).unwrap();
    [invoice(), invoice().with_verification()]
}

async fn shop() -> (Sandbox, Pod) {
    let sandbox = Sandbox::start().await.unwrap();
    let pod = pod_shop::pod(&sandbox, impatience::clock()).unwrap();
    (sandbox, pod)
}

fn assert_unverified(sandbox: &Sandbox) {
    for invoice in sandbox.pod().invoices() {
        assert_eq!(invoice.times_verified(), 0, "{}", invoice.id);
    }
}

#[tokio::test]
async fn paid_in_the_query_is_no_payment() {
    for invoice in kinds("1000") {
        let (sandbox, pod) = shop().await;
        let id = issue(&pod, invoice).await;
        let back = claimed(id, "1000");
        assert_eq!(back.claims_paid, Some(true));
        let expected = expected(back.invoice_id, "1000").unwrap();
        let settlement = pod.settle(&expected).await.unwrap();
        assert_matches!(settlement, Settlement::NotPaid(_));
        assert_unverified(&sandbox);
    }
}

#[tokio::test]
async fn another_order_that_is_paid_settles_nothing() {
    for (mine, others) in kinds("1000").into_iter().zip(kinds("999")) {
        let (sandbox, pod) = shop().await;
        issue(&pod, mine).await;
        let paid = issue(&pod, others).await;
        sandbox.pod().pay_by_card(paid.get()).unwrap();
        // The number is the order's own, whatever the query says.
        let back = claimed(paid, "1000");
        let expected = expected(back.invoice_id, "1000").unwrap();
        assert_eq!(told(&pod.settle(&expected).await.unwrap()), "mismatch");
        assert_unverified(&sandbox);
    }
}

#[tokio::test]
async fn an_invoice_of_another_business_settles_nothing() {
    for invoice in kinds("1000") {
        let (sandbox, pod) = shop().await;
        let there = sandbox.pod();
        let other =
            pod_shop::pod_of(&sandbox, there.other_business(), impatience::clock()).unwrap();
        let paid = issue(&other, invoice).await;
        there.pay_by_card(paid.get()).unwrap();
        let back = claimed(paid, "1000");
        let expected = expected(back.invoice_id, "1000").unwrap();
        assert_eq!(told(&pod.settle(&expected).await.unwrap()), "mismatch");
        assert_unverified(&sandbox);
    }
}

#[tokio::test]
async fn a_cheap_payment_settles_no_dearer_order() {
    for invoice in kinds("1000") {
        let (sandbox, pod) = shop().await;
        let id = issue(&pod, invoice).await;
        sandbox.pod().pay_by_card(id.get()).unwrap();
        let back = claimed(id, "1000");
        for rial in [PRICE.get() + 1, PRICE.get() * 10, PRICE.get() - 1] {
            let price = Money::from(Rial::new(rial));
            let expected = Expected::new(back.invoice_id, "1000", price).unwrap();
            let settlement = pod.settle(&expected).await.unwrap();
            assert_eq!(told(&settlement), "mismatch", "{rial}");
        }
        assert_unverified(&sandbox);
        // The right one does.
        let expected = expected(back.invoice_id, "1000").unwrap();
        assert!(pod.settle(&expected).await.unwrap().proof().is_some());
    }
}

#[tokio::test]
async fn the_true_return_of_the_pay_page_is_read() {
    let (sandbox, pod) = shop().await;
    let shop = "http://127.0.0.1:9/back?order=7";
    let invoice = order("1000").unwrap().with_verification();
    let id = issue(&pod, invoice.with_redirect(shop).unwrap()).await;
    let paid = sandbox.pod().pay_by_card(id.get()).unwrap();
    let url = url::Url::parse(&paid.return_url().unwrap()).unwrap();
    let back = match Return::from_query(url.query().unwrap()).unwrap() {
        Return::Payment(payment) => payment,
        Return::Refused(refusal) => panic!("{refusal:?}"),
    };
    // Three steps: it says "not paid" of what is paid, and settling knows better.
    assert_eq!((back.invoice_id, back.claims_paid), (id, Some(false)));
    let expected = expected(back.invoice_id, "1000").unwrap();
    assert_eq!(told(&pod.settle(&expected).await.unwrap()), "settled");
}
