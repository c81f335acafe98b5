//! POD: `hasError` decides, `errorCode` has to agree with it, and `result` has to say what was done (document "Payment").

use paylink_core::provider::NewPayment;
use pod_invoice_client::{
    ConfirmPaymentSms, Creditor, Debtor, FundedBy, Invalid, InvoiceId, JalaliDateTime, LinkOptions,
    ListInvoices, Money, NewInvoice, NewItem, PayAnyInvoice, PayInFuture, PayOwnInvoice,
    PayWithInvoice, PosPayment, PosTransaction, Rial, SendPaymentSms, ShareLink, UserId,
};

use super::{lost, resolved, seen, settled};
use crate::json::Tree;
use crate::meaning::Means::{Decimal, Done, No, Something, Text, Whole, Yes};
use crate::meaning::{Deciding, agrees, has};
use crate::subject::{Subject, call};

const ANSWERED: [Deciding; 2] = [has(&["hasError"], No), agrees(&["errorCode"], Whole("0"))];
const DONE: [Deciding; 3] = [
    has(&["hasError"], No),
    agrees(&["errorCode"], Whole("0")),
    has(&["result"], Done),
];
const ISSUED: [Deciding; 5] = [
    has(&["hasError"], No),
    agrees(&["errorCode"], Whole("0")),
    has(&["result", "id"], Something),
    agrees(&["result", "totalAmount"], Decimal("150000")),
    agrees(&["result", "billNumber"], Text("1000")),
];
/// A verified invoice is paid, neither cancelled nor at the gateway, and the one that was asked about.
const VERIFIED: [Deciding; 8] = [
    has(&["hasError"], No),
    agrees(&["errorCode"], Whole("0")),
    has(&["result", "id"], Whole("32157")),
    has(&["result", "payed"], Yes),
    has(&["result", "canceled"], No),
    has(&["result", "waiting"], No),
    agrees(&["result", "willBePaid"], No),
    has(&["result", "verificationNeeded"], Something),
];
/// What the books say of the payment that is settled.
const BOOKS: [Deciding; 2] = [
    has(&["result", "payableAmount"], Decimal("150000")),
    has(&["result", "billNumber"], Text("1000")),
];

fn enveloped(result: &str) -> String {
    format!(
        r#"{{"hasError":false,"messageId":0,"referenceNumber":"234910992","errorCode":0,"count":1,"ott":"canary-next-token-6e10f7","result":{result}}}"#
    )
}

fn invoice(flags: &str) -> String {
    format!(
        r#"{{"id":32157,"totalAmount":150000,"payableAmount":150000,"vat":0,"billNumber":"1000","uniqueNumber":"6a8419e0de989b8f","description":"shoes","cellphoneNumber":"09123452730","issuanceDate":1566630237976,"business":{{"id":7867,"name":"shop"}},"invoiceItemSrvs":[{{"id":34506,"amount":150000,"description":"shoes","quantity":1}}],"userSrv":{{"id":16849,"name":"Canary Payersson"}},"willBeBlocked":false,"willBePaid":false,"waiting":false,"canceled":false,{flags}}}"#
    )
}

const UNVERIFIED: &str = r#""payed":false,"closed":false,"verificationNeeded":true"#;
const PAID: &str = r#""payed":true,"closed":false,"verificationNeeded":true"#;

pub(super) fn issued() -> String {
    enveloped(&invoice(UNVERIFIED))
}

fn listed(flags: &str) -> String {
    enveloped(&format!("[{}]", invoice(flags)))
}

fn id() -> Result<InvoiceId, Invalid> {
    InvoiceId::new(32157)
}

pub(super) fn payment() -> Result<NewPayment, Invalid> {
    NewPayment::new("1000", Money::from(Rial::new(150_000)))
}

/// The answer with the one invoice of its list in the list's place, as a verified invoice stands there.
fn with_the_invoice(text: &str) -> Option<Tree> {
    let mut answer = Tree::read(text)?;
    if let Some(result) = answer.at_mut(&["result"])
        && let Tree::Array(invoices) = result
        && let [one] = invoices.as_slice()
    {
        *result = one.clone();
    }
    Some(answer)
}

pub(super) fn all() -> Vec<Subject> {
    let subject = |operation, good: &str, deciding: &[Deciding], calling| {
        Subject::new("pod", operation, good, deciding, calling).keeping(&["ott", "cellphoneNumber"])
    };
    let done = enveloped("true");
    let verified = enveloped(&invoice(PAID));
    let link = enveloped(r#""https://pay.example/32157""#);
    let shared = [&ANSWERED[..], &[has(&["result"], Something)]].concat();
    let settles = [&VERIFIED[..], &BOOKS].concat();
    vec![
        subject(
            "issue-invoice",
            &issued(),
            &ISSUED,
            call!(|clients| {
                let item = NewItem::new("a pair of shoes", Rial::new(150_000))?;
                clients
                    .pod
                    .issue_invoice(NewInvoice::new("1000", "CLOTHING_GUILD", item)?)
            }),
        ),
        subject(
            "invoices",
            &listed(PAID),
            &ANSWERED,
            call!(|clients| { clients.pod.list_invoices(ListInvoices::one(id()?)) }),
        ),
        subject(
            "one-time-token",
            &done,
            &[&ANSWERED[..], &[has(&["ott"], Something)]].concat(),
            |clients| {
                Box::pin(async {
                    crate::subject::measured(clients.pod.one_time_token().into_future()).await?;
                    Ok(Some(serde_json::Value::Null))
                })
            },
        ),
        subject(
            "payment-link",
            &link,
            &shared,
            call!(|clients| clients.pod.payment_link(id()?, LinkOptions::new())),
        )
        .and(|answer, _| match answer.at(&["result"]) {
            Some(Tree::Text(text)) if text.trim().to_lowercase().starts_with("https:") => Ok(()),
            other => Err(format!("a link was believed to be in {other:?}")),
        }),
        subject(
            "verify-invoice",
            &verified,
            &VERIFIED,
            call!(|clients| clients.pod.verify_invoice(id()?)),
        ),
        subject(
            "verify-and-close",
            &verified,
            &VERIFIED,
            call!(|clients| clients.pod.verify_and_close(id()?)),
        ),
        subject(
            "close",
            &done,
            &DONE,
            call!(|clients| clients.pod.close_invoice(id()?)),
        ),
        subject(
            "cancel",
            &done,
            &DONE,
            call!(|clients| clients.pod.cancel_invoice(id()?)),
        ),
        subject(
            "mark-paid",
            &done,
            &DONE,
            call!(|clients| clients.pod.mark_paid(id()?)),
        ),
        subject(
            "pay-any-invoice",
            &done,
            &DONE,
            call!(|clients| { clients.pod.pay_any_invoice(PayAnyInvoice::new(id()?)) }),
        ),
        subject(
            "pay-own-invoice",
            &done,
            &DONE,
            call!(|clients| { clients.pod.pay_own_invoice(PayOwnInvoice::new(id()?)) }),
        ),
        subject(
            "send-payment-sms",
            &done,
            &DONE,
            call!(|clients| { clients.pod.send_payment_sms(SendPaymentSms::new(id()?)) }),
        ),
        subject(
            "confirm-payment-sms",
            &done,
            &DONE,
            call!(|clients| {
                clients
                    .pod
                    .confirm_payment_sms(ConfirmPaymentSms::new(id()?, "1234")?)
            }),
        ),
        subject(
            "pay-with-invoice",
            &done,
            &DONE,
            call!(|clients| {
                clients.pod.pay_with_invoice(PayWithInvoice::new(
                    Creditor(InvoiceId::new(7)?),
                    Debtor(id()?),
                )?)
            }),
        ),
        subject(
            "pay-in-future",
            &done,
            &DONE,
            call!(|clients| {
                clients.pod.pay_in_future(PayInFuture::new(
                    id()?,
                    "1420/12/05".parse()?,
                    FundedBy::Wallet,
                ))
            }),
        ),
        subject(
            "pos-payment",
            &done,
            &DONE,
            call!(|clients| {
                let transaction = PosTransaction {
                    terminal_number: "1".to_owned(),
                    merchant_code: "2".to_owned(),
                    reference_number: "3".to_owned(),
                    tracking_number: "4".to_owned(),
                    transaction_date: JalaliDateTime::parse("1399/11/21 14:05:09")?,
                };
                clients
                    .pod
                    .pos_payment(PosPayment::new(id()?, transaction)?)
            }),
        ),
        // It says yes or no; a yes hangs on the result.
        subject(
            "share-link",
            &done,
            &shared,
            call!(|clients| {
                clients
                    .pod
                    .share_link(ShareLink::new(id()?, UserId::new(5)?))
            }),
        )
        .and(|answer, output| {
            let told = answer.at(&["result"]).is_some_and(|it| Done.is_said_by(it));
            let read = output
                .pointer("/value")
                .and_then(serde_json::Value::as_bool);
            if read == Some(told) {
                Ok(())
            } else {
                Err(format!("{told} was told and {read:?} read"))
            }
        }),
        subject("settle", &verified, &settles, |clients| {
            Box::pin(settled(&clients.pod, &clients.payments().pod))
        })
        .asked_before(listed(UNVERIFIED))
        .found_by(with_the_invoice),
        subject("state", &listed(PAID), &VERIFIED, |clients| {
            Box::pin(seen(&clients.pod, &clients.payments().pod))
        })
        .found_by(with_the_invoice),
        subject(
            "resolve",
            &enveloped("[]").replace("\"count\":1", "\"count\":0"),
            &ANSWERED,
            |clients| {
                Box::pin(async {
                    let handle = lost("pod", "issue-invoice", &clients.payments().pod);
                    resolved(&clients.pod, &handle).await
                })
            },
        )
        .and(|answer, _| match answer.at(&["result"]) {
            Some(Tree::Array(invoices)) => {
                let is_it = |it: &Tree| {
                    it.members("billNumber")
                        .any(|it| Text("1000").is_said_by(it))
                };
                let there = invoices.iter().any(is_it);
                if there {
                    Err("a create that is in the list counts as not executed".to_owned())
                } else {
                    Ok(())
                }
            }
            _ => Err("a create counts as not executed without a list".to_owned()),
        }),
    ]
}
