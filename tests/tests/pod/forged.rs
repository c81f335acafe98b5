//! A return is typed by anybody: whatever it says, it never yields a proof that POD does not.

use paylink_sandbox::Sandbox;
use paylink_tests::impatience::Impatience;
use paylink_tests::pod_shop::{self, PRICE, expected, order, told};
use pod_invoice_client::{
    Expected, InvoiceId, Money, NewInvoice, Pod, Return, ReturnedPayment, Rial, Settlement,
};

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
    [
        order(number).unwrap(),
        order(number).unwrap().with_verification(),
    ]
}

async fn shop() -> (Sandbox, Pod) {
    let sandbox = Sandbox::start().await.unwrap();
    let pod = pod_shop::pod(&sandbox, Impatience::new()).unwrap();
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
        assert!(
            matches!(settlement, Settlement::NotPaid(_)),
            "{}",
            told(&settlement)
        );
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
        let settlement = pod.settle(&expected).await.unwrap();
        assert_eq!(told(&settlement), "mismatch");
        assert_unverified(&sandbox);
    }
}

#[tokio::test]
async fn an_invoice_of_another_business_settles_nothing() {
    for invoice in kinds("1000") {
        let (sandbox, pod) = shop().await;
        let there = sandbox.pod();
        let other = pod_shop::pod_of(&sandbox, there.other_business(), Impatience::new()).unwrap();
        let paid = issue(&other, invoice).await;
        there.pay_by_card(paid.get()).unwrap();
        let back = claimed(paid, "1000");
        let expected = expected(back.invoice_id, "1000").unwrap();
        let settlement = pod.settle(&expected).await.unwrap();
        assert_eq!(told(&settlement), "mismatch");
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
    let invoice = order("1000")
        .unwrap()
        .with_verification()
        .with_redirect(shop)
        .unwrap();
    let id = issue(&pod, invoice).await;
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
