//! CardPay: `code` decides, and `status` has to agree with it (the script's document).

use cardpay_client::{CardNumber, Invalid, Money, PayId, Rial};
use paylink_core::provider::NewPayment;

use super::settled;
use crate::json::Tree;
use crate::meaning::Means::{Between, Whole, Yes};
use crate::meaning::{Deciding, agrees, has};
use crate::subject::{Subject, call};

pub(super) const CREATED: &str = concat!(
    r#"{"status":true,"code":200,"expire":1735237765,"pay_id":19,"amount":150385,"#,
    r#""link":"http:\/\/localhost\/CartToCart\/payment\/19","#,
    r#""cart":[{"number":"6274129005473742","name":"شاهین محسنی","bank":"بانک سامان"},"#,
    r#"{"number":"****","name":"شاهین محسنی","bank":"بانک ملت"}]}"#
);
const CHECKED: &str = r#"{"status":true,"code":200,"msg":"Payment is complete."}"#;
const FIRST_CHECKED: &str = r#"{"status":true,"code":201,"msg":"Payment is complete."}"#;
const CARDS: &str = r#"[{"number":"6274129005473742","name":"شاهین محسنی","bank":"بانک سامان"}]"#;

/// The exact amount differs from the price, 150,000 rial, by 10,000 at most.
const CREATE: [Deciding; 4] = [
    has(&["status"], Yes),
    has(&["code"], Whole("200")),
    has(&["pay_id"], Between(1, u64::MAX)),
    has(&["amount"], Between(140_000, 160_000)),
];
const DONE: [Deciding; 2] = [has(&["code"], Whole("200")), agrees(&["status"], Yes)];
const PAID: [Deciding; 2] = [has(&["code"], Between(200, 201)), agrees(&["status"], Yes)];

pub(super) fn payment() -> Result<NewPayment, Invalid> {
    NewPayment::new("1000", Money::from(Rial::new(150_000)))
}

pub(super) fn all() -> Vec<Subject> {
    let subject = |operation, good: &str, deciding: &[Deciding], calling| {
        Subject::new("cardpay", operation, good, deciding, calling).keeping(&["number"])
    };
    vec![
        subject(
            "create",
            CREATED,
            &CREATE,
            call!(|clients| {
                clients
                    .cardpay
                    .create(cardpay_client::NewPayment::new(1000, Rial::new(150_000))?)
            }),
        )
        .and(|answer, output| {
            let told = answer.at(&["pay_id"]).map(Tree::write).unwrap_or_default();
            let read = output.pointer("/pay_id").map(ToString::to_string);
            same("pay_id", &told, &read.unwrap_or_default())
        }),
        subject(
            "set-card",
            r#"{"status":true,"code":200}"#,
            &DONE,
            call!(|clients| {
                clients
                    .cardpay
                    .set_card(PayId::new(19)?, CardNumber::parse("6037701689095443")?)
            }),
        ),
        // A state is read whatever it is; that it says "paid" hangs on the code.
        Subject {
            call: |clients| {
                Box::pin(async {
                    let check = crate::subject::measured(
                        clients.cardpay.check(PayId::new(19)?).into_future(),
                    );
                    let state = check.await?.state;
                    let paid = matches!(
                        state,
                        cardpay_client::PaymentState::FirstVerification
                            | cardpay_client::PaymentState::VerifiedBefore
                    );
                    Ok(paid.then_some(serde_json::Value::Null))
                })
            },
            ..subject("check", CHECKED, &PAID, |_| Box::pin(async { Ok(None) }))
        },
        subject(
            "cards",
            CARDS,
            &[],
            call!(|clients| clients.cardpay.cards()),
        ),
        subject("settle", FIRST_CHECKED, &PAID, |clients| {
            Box::pin(settled(&clients.cardpay, &clients.payments().cardpay))
        }),
    ]
}

fn same(field: &str, told: &str, read: &str) -> Result<(), String> {
    if told.trim_matches('"') == read {
        return Ok(());
    }
    Err(format!(
        "{field} is {told} in the answer and {read} in the output"
    ))
}
