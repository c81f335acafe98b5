//! Every service, with its parameters written out.

use std::pin::Pin;

use paylink_core::{Error, Idempotency, Operation, Rial};
use pod_invoice_client::operations as op;
use pod_invoice_client::{
    BillNumber, ConfirmPaymentSms, Creditor, Debtor, Delegation, FundedBy, InvoiceId, LinkOptions,
    ListInvoices, NewInvoice, NewItem, PayAnyInvoice, PayInFuture, PayOwnInvoice, PayWithInvoice,
    Pod, PosPayment, PosTransaction, SendPaymentSms, ShareLink, SmsContent, UserId,
};
use serde_json::{Value, json};

use crate::samples::{id, invoice, verified};

/// One way to call one service.
pub(crate) struct Case {
    pub(crate) name: &'static str,
    pub(crate) production: u32,
    pub(crate) sandbox: Option<u32>,
    pub(crate) class: Idempotency,
    /// What stands in the body after number and key.
    pub(crate) parameters: &'static str,
    pub(crate) good: Value,
    pub(crate) call: Call,
}

pub(crate) type Outcome = Result<Said, Error>;
type Call = for<'a> fn(&'a Pod) -> Pin<Box<dyn Future<Output = Outcome> + 'a>>;

/// What every answer says beside its value.
#[derive(Debug)]
pub(crate) struct Said {
    pub(crate) reference_number: Option<String>,
    pub(crate) value: String,
}

macro_rules! call {
    (|$pod:ident| $call:expr) => {
        |$pod| {
            Box::pin(async move {
                let answered = $call.await?;
                Ok(Said {
                    reference_number: answered.reference_number,
                    value: format!("{:?}", answered.value),
                })
            })
        }
    };
}

macro_rules! case {
    ($operation:ty, $production:literal, $sandbox:expr, $parameters:literal, $good:expr, |$pod:ident| $call:expr) => {
        Case {
            name: <$operation as Operation>::NAME,
            class: <$operation as Operation>::IDEMPOTENCY,
            production: $production,
            sandbox: $sandbox,
            parameters: $parameters,
            good: $good,
            call: call!(|$pod| $call),
        }
    };
}

pub(crate) fn all() -> Vec<Case> {
    let mut all = life();
    all.extend(payments());
    all
}

fn life() -> Vec<Case> {
    vec![
        case!(
            NewInvoice,
            29796,
            Some(39291),
            "&productId%5B%5D=0&price%5B%5D=1000000&quantity%5B%5D=1\
             &productDescription%5B%5D=%DB%8C%DA%A9+%D8%AC%D9%81%D8%AA+%DA%A9%D9%81%D8%B4\
             &guildCode=CLOTHING_GUILD&billNumber=1000",
            invoice(),
            |pod| pod.issue_invoice(new_invoice())
        ),
        case!(
            ListInvoices,
            29813,
            Some(39308),
            "&offset=0&id=32157",
            json!([invoice()]),
            |pod| pod.list_invoices(ListInvoices::one(id()))
        ),
        case!(
            op::VerifyInvoice,
            29809,
            Some(39304),
            "&id=32157",
            verified(),
            |pod| pod.verify_invoice(id())
        ),
        case!(
            op::VerifyInvoice,
            29809,
            Some(39304),
            "&billNumber=1000",
            verified(),
            |pod| pod.verify_invoice("1000".parse::<BillNumber>().unwrap())
        ),
        case!(
            op::VerifyAndClose,
            29808,
            Some(39303),
            "&id=32157",
            verified(),
            |pod| pod.verify_and_close(id())
        ),
        case!(
            op::CloseInvoice,
            29812,
            Some(39307),
            "&id=32157",
            json!(true),
            |pod| pod.close_invoice(id())
        ),
        case!(
            op::CancelInvoice,
            29810,
            Some(39305),
            "&id=32157",
            json!(true),
            |pod| pod.cancel_invoice(id())
        ),
        case!(
            op::NewOneTimeToken,
            29816,
            Some(39311),
            "",
            Value::Null,
            |pod| pod.one_time_token()
        ),
        case!(
            op::NewPaymentLink,
            29815,
            Some(39310),
            "&invoiceId=32157",
            json!("https://pay.pod.ir/v1/pbc/PayInvoiceDispatcher/?h=abc&"),
            |pod| pod.payment_link(id(), LinkOptions::new())
        ),
    ]
}

fn payments() -> Vec<Case> {
    vec![
        case!(
            PayAnyInvoice,
            29821,
            Some(39317),
            "&invoiceId=32157&wallet=PODLAND_WALLET",
            json!(true),
            |pod| pod.pay_any_invoice(PayAnyInvoice::new(id()))
        ),
        case!(
            PayAnyInvoice,
            29821,
            Some(39317),
            "&invoiceId=32157&wallet=PODLAND_WALLET&delegatorId=12&delegatorId=11\
             &delegationHash=b%3D2&delegationHash=a+1&forceDelegation=true",
            json!(true),
            |pod| pod.pay_any_invoice(PayAnyInvoice::new(id()).with_delegation(credit()))
        ),
        case!(
            PayOwnInvoice,
            30382,
            Some(39316),
            "&invoiceId=32157",
            json!(true),
            |pod| pod.pay_own_invoice(PayOwnInvoice::new(id()))
        ),
        case!(
            PayOwnInvoice,
            30382,
            Some(39316),
            "&invoiceId=32157&wallet=PODLAND_WALLET&delegatorId=7&forceDelegation=false",
            json!(true),
            |pod| pod.pay_own_invoice(
                PayOwnInvoice::new(id()).with_wallet().with_delegation(
                    Delegation::new()
                        .with_user(UserId::new(7).unwrap())
                        .with_wallet()
                )
            )
        ),
        case!(
            SendPaymentSms,
            29807,
            Some(39302),
            "&invoiceId=32157",
            json!(true),
            |pod| pod.send_payment_sms(SendPaymentSms::new(id()))
        ),
        case!(
            SendPaymentSms,
            29807,
            Some(39302),
            "&invoiceId=32157&smsContentType=3\
             &redirectUri=https%3A%2F%2Fshop.example%2Fback%3Fa%3D1%26b%3D2\
             &callbackUri=https%3A%2F%2Fshop.example%2Fhook\
             &delegatorId=12&delegatorId=11&delegationHash=b%3D2&delegationHash=a+1&forceDelegation=true",
            json!(true),
            |pod| pod.send_payment_sms(
                SendPaymentSms::new(id())
                    .with_content(SmsContent::CodeAndLink)
                    .with_redirect("https://shop.example/back?a=1&b=2")
                    .unwrap()
                    .with_callback("https://shop.example/hook")
                    .unwrap()
                    .with_delegation(credit())
            )
        ),
        case!(
            ConfirmPaymentSms,
            369550,
            None,
            "&invoiceId=32157&code=1234",
            json!(true),
            |pod| pod.confirm_payment_sms(ConfirmPaymentSms::new(id(), "۱۲۳۴").unwrap())
        ),
        case!(
            op::MarkPaid,
            29799,
            Some(39294),
            "&invoiceId=32157",
            json!(true),
            |pod| pod.mark_paid(id())
        ),
        case!(
            PayWithInvoice,
            29800,
            Some(39295),
            "&creditorInvoiceId=32157&debtorInvoiceId=32158",
            json!(true),
            |pod| pod.pay_with_invoice(
                PayWithInvoice::new(Creditor(id()), Debtor(InvoiceId::new(32158).unwrap()))
                    .unwrap()
            )
        ),
        case!(
            PayInFuture,
            29802,
            Some(39297),
            "&invoiceId=32157&date=1420%2F12%2F05&guildCode=CLOTHING_GUILD",
            json!(true),
            |pod| pod.pay_in_future(PayInFuture::new(
                id(),
                "1420/12/5".parse().unwrap(),
                FundedBy::Guild("CLOTHING_GUILD".parse().unwrap())
            ))
        ),
        case!(
            PayInFuture,
            29802,
            Some(39297),
            "&invoiceId=32157&date=1420%2F12%2F05&wallet=PODLAND_WALLET",
            json!(true),
            |pod| pod.pay_in_future(PayInFuture::new(
                id(),
                "1420/12/05".parse().unwrap(),
                FundedBy::Wallet
            ))
        ),
        case!(
            PosPayment,
            29801,
            Some(39296),
            "&invoiceId=32157&terminalNumber=2001&merchantCode=3002&referenceNumber=4003\
             &trackingNumber=5004&transactionDate=1399%2F11%2F21+14%3A05%3A09",
            json!(true),
            |pod| pod.pos_payment(PosPayment::new(id(), transaction()).unwrap())
        ),
        case!(
            PosPayment,
            29801,
            Some(39296),
            "&invoiceId=32157&terminalNumber=2001&merchantCode=3002&wallet=PODLAND_WALLET\
             &referenceNumber=4003&trackingNumber=5004&transactionDate=1399%2F11%2F21+14%3A05%3A09",
            json!(true),
            |pod| pod.pos_payment(PosPayment::new(id(), transaction()).unwrap().with_wallet())
        ),
        case!(
            ShareLink,
            1113426,
            None,
            "&invoiceId=32157&userId=16849",
            json!(true),
            |pod| pod.share_link(ShareLink::new(id(), UserId::new(16849).unwrap()))
        ),
        case!(
            ShareLink,
            1113426,
            None,
            "&invoiceId=32157&userId=16849&redirectUri=https%3A%2F%2Fshop.example%2Fback",
            json!(true),
            |pod| pod.share_link(
                ShareLink::new(id(), UserId::new(16849).unwrap())
                    .with_redirect("https://shop.example/back")
                    .unwrap()
            )
        ),
    ]
}

pub(crate) fn new_invoice() -> NewInvoice {
    let item = NewItem::new("یک جفت کفش", Rial::new(1_000_000)).unwrap();
    NewInvoice::new("1000", "CLOTHING_GUILD", item).unwrap()
}

/// Credit in another order than that of its numbers.
fn credit() -> Delegation {
    Delegation::new()
        .with_user(UserId::new(12).unwrap())
        .with_user(UserId::new(11).unwrap())
        .with_credit("b=2")
        .unwrap()
        .with_credit("a 1")
        .unwrap()
        .without_wallet()
}

pub(crate) fn transaction() -> PosTransaction {
    PosTransaction {
        terminal_number: "2001".to_owned(),
        merchant_code: "3002".to_owned(),
        reference_number: "4003".to_owned(),
        tracking_number: "5004".to_owned(),
        transaction_date: "1399/11/21 14:05:09".parse().unwrap(),
    }
}
