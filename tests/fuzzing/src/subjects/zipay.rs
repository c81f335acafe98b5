//! ZiPay: `success` decides, and the envelope's `status` has to agree with it (document "Invoice").

use paylink_core::provider::NewPayment;
use zipay_client::{Currency, Invalid, ListInvoices, Money, NewInvoice, TrackId};

use super::{lost, resolved, seen, settled};
use crate::json::Tree;
use crate::meaning::Means::{Decimal, Something, Text, Whole, Yes};
use crate::meaning::{Deciding, has};
use crate::subject::{Subject, call};

const TRACK_ID: &str = "de7d44ae-9df9-487f-a175-ade1ecfab28b";

pub(super) const CREATED: &str = r#"{"result":{"trackid":"de7d44ae-9df9-487f-a175-ade1ecfab28b","redirect":"http://api.zipay.io/invoice_v1/de7d44ae-9df9-487f-a175-ade1ecfab28b","message":null},"success":true,"status":200}"#;
const LIST: &str = r#"{"items":[{"trackid":"08985ab3-5937-40ff-bffa-f85c56256730","status":"generated","amount":"1","coin":{"name":"United States dollar","currency":"USD","symbol":"$"},"invoice_number":"981","time":1680282307,"pay_date":null,"merchant_terminal_number":1003}],"total":1,"limit":10,"page":1,"sort":"desc","success":true,"status":200}"#;
const NOTHING: &str = r#"{"items":[],"total":0,"limit":100,"page":1,"success":true,"status":200}"#;

const ANSWERED: [Deciding; 2] = [has(&["success"], Yes), has(&["status"], Whole("200"))];
const CREATE: [Deciding; 4] = [
    has(&["success"], Yes),
    has(&["status"], Whole("200")),
    has(&["result", "trackid"], Something),
    has(&["result", "redirect"], Something),
];

/// What an invoice in this state says, the one that was asked about and no other.
const fn invoice(state: &'static str) -> [Deciding; 4] {
    [
        has(&["success"], Yes),
        has(&["status"], Whole("200")),
        has(&["result", "trackid"], Text(TRACK_ID)),
        has(&["result", "status"], Text(state)),
    ]
}

/// What the books say of the payment that is settled.
const BOOKS: [Deciding; 4] = [
    has(&["result", "amount"], Decimal("100.99")),
    has(&["result", "coin", "currency"], Text("USD")),
    has(&["result", "invoice_number"], Text("1000")),
    has(&["result", "merchant_terminal_number"], Whole("1003")),
];

fn answer(state: &str) -> String {
    format!(
        r#"{{"result":{{"trackid":"{TRACK_ID}","status":"{state}","amount":"100.99","coin":{{"name":"United States dollar","currency":"USD","symbol":"$"}},"invoice_number":"1000","time":1680282113,"pay_date":"31/03/2023 17:02 UTC","merchant_terminal_number":1003,"invoice_transaction_id":101,"payer_firstname":"Canary Payersson","payer_email":"canary@payer.example","payer_account_number":10025}},"success":true,"status":200}}"#
    )
}

fn track_id() -> Result<TrackId, Invalid> {
    TRACK_ID.parse()
}

pub(super) fn payment() -> Result<NewPayment, Invalid> {
    NewPayment::new("1000", Money::new("100.99", Currency::Usd)?)?
        .with_return_url("https://shop.example/back")
}

pub(super) fn all() -> Vec<Subject> {
    let subject = |operation, good: String, deciding: &[Deciding], calling| {
        Subject::new("zipay", operation, good, deciding, calling)
            .keeping(&["payer_firstname", "payer_email"])
    };
    let paid = [&invoice("completed")[..], &BOOKS].concat();
    vec![
        subject(
            "create-invoice",
            CREATED.to_owned(),
            &CREATE,
            call!(|clients| {
                let price = Money::new("100.99", Currency::Usd)?;
                clients.zipay.create_invoice(NewInvoice::new(
                    "1000",
                    price,
                    "https://shop.example/back",
                )?)
            }),
        ),
        subject(
            "status",
            answer("pending"),
            &[
                &ANSWERED[..],
                &[has(&["result", "trackid"], Text(TRACK_ID))],
            ]
            .concat(),
            call!(|clients| { clients.zipay.invoice_status(&track_id()?) }),
        )
        .and(|answer, output| {
            for (field, pointer) in [("status", "/status"), ("invoice_number", "/invoice_number")] {
                let told = answer.at(&["result", field]);
                let read = output.pointer(pointer).and_then(|it| it.as_str());
                let agrees = match (told, read) {
                    (Some(Tree::Text(told) | Tree::Number(told)), Some(read)) => told == read,
                    _ => false,
                };
                if !agrees {
                    return Err(format!(
                        "{field} is {told:?} in the answer and {read:?} in the output"
                    ));
                }
            }
            Ok(())
        }),
        subject(
            "verify",
            answer("completed"),
            &invoice("completed"),
            call!(|clients| { clients.zipay.verify_invoice(&track_id()?) }),
        ),
        subject(
            "list",
            LIST.to_owned(),
            &ANSWERED,
            call!(|clients| { clients.zipay.list_invoices(ListInvoices::new()) }),
        ),
        subject(
            "refund",
            answer("refunded"),
            &invoice("refunded"),
            call!(|clients| { clients.zipay.refund_invoice(&track_id()?) }),
        ),
        subject("settle", answer("completed"), &paid, |clients| {
            Box::pin(settled(&clients.zipay, &clients.payments().zipay))
        })
        .asked_before(answer("pending")),
        subject(
            "state",
            answer("completed"),
            &invoice("completed"),
            |clients| Box::pin(seen(&clients.zipay, &clients.payments().zipay)),
        ),
        subject("resolve", NOTHING.to_owned(), &ANSWERED, |clients| {
            Box::pin(async {
                let handle = lost("zipay", "create-invoice", &clients.payments().zipay);
                resolved(&clients.zipay, &handle).await
            })
        })
        .and(|answer, _| match answer.at(&["items"]) {
            Some(Tree::Array(items)) => {
                let is_it = |it: &Tree| {
                    it.members("invoice_number")
                        .any(|it| Text("1000").is_said_by(it))
                };
                let there = items.iter().any(is_it);
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
