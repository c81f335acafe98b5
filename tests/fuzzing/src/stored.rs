//! What a merchant's store gives back: handles, records, orders' ledgers.
//!
//! The first byte chooses the form, the second is passed over, the rest is the stored text.

use std::fmt::Debug;

use paylink::desk::{Delivery, Ledger};
use paylink_core::provider::{Created, NewPayment, PaymentRecord, PaymentState};
use paylink_core::{Handle, Money};
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::cost;
use crate::json::Tree;
use crate::mutation::HEAD;
use crate::served::Clients;

type Check = fn(&str) -> Result<(), String>;

const FORMS: [(&str, Check); 10] = [
    ("Handle", |text| again::<Handle>(text, |_| ())),
    ("PaymentRecord", |text| {
        again::<PaymentRecord>(text, |it| {
            let _ = (
                it.created_at(),
                it.check_provider("zipay"),
                it.require_id("trackid"),
            );
        })
    }),
    ("Created", |text| {
        again::<Created>(text, |it| drop(format!("{it:?} {:?}", it.expires_at())))
    }),
    ("Ledger", |text| {
        again::<Ledger>(text, |it| {
            let _ = (
                it.stage(),
                it.next_check_at(),
                it.looked_at(),
                it.active_since(),
                it.delivered_at(),
            );
            let _ = (
                it.seen().cloned(),
                it.delivery().cloned(),
                it.attempts().len(),
            );
        })
    }),
    ("Delivery", |text| {
        again::<Delivery>(text, |it| drop(it.id().to_owned()))
    }),
    ("PaymentState", |text| again::<PaymentState>(text, |_| ())),
    ("Money", |text| again::<Money>(text, |_| ())),
    ("NewPayment", |text| again::<NewPayment>(text, |_| ())),
    ("CardPay's record", |text| {
        again::<cardpay_client::PaymentRecord>(text, |_| ())
    }),
    ("SizPay's ResendRule", |text| {
        again::<sizpay_client::ResendRule>(text, |it| {
            let _ = it.may_resend_at(std::time::UNIX_EPOCH);
        })
    }),
];

/// Tries a text as one stored form.
///
/// # Errors
///
/// What came of it that should not have.
pub fn check(input: &[u8]) -> Result<(), String> {
    let Some((&[which, _], rest)) = input.split_first_chunk::<HEAD>() else {
        return Ok(());
    };
    let Ok(text) = std::str::from_utf8(rest) else {
        return Ok(());
    };
    let Some((name, check)) = FORMS.get(usize::from(which) % FORMS.len()) else {
        return Ok(());
    };
    let (cost, outcome) = cost::of(|| check(text));
    // It is read twice and written twice.
    outcome
        .and_then(|()| cost.check(text.len() * 6))
        .map_err(|finding| format!("{name}: {finding}"))
}

fn again<T: Serialize + DeserializeOwned + PartialEq + Debug>(
    text: &str,
    look: impl Fn(&T),
) -> Result<(), String> {
    let Ok(value) = serde_json::from_str::<T>(text) else {
        return Ok(());
    };
    look(&value);
    let written = serde_json::to_string(&value)
        .map_err(|error| format!("{value:?} is not written: {error}"))?;
    match serde_json::from_str::<T>(&written) {
        Ok(read) if read == value => {}
        other => {
            return Err(format!(
                "{value:?} is written as {written} and read as {other:?}"
            ));
        }
    }
    let tree = Tree::read(text).ok_or("what is not JSON was read")?;
    match twice(&tree) {
        Some(name) => Err(format!(
            "{name} stands twice, and one of the two was believed"
        )),
        None => Ok(()),
    }
}

/// A name that stands twice in one object.
fn twice(tree: &Tree) -> Option<&str> {
    match tree {
        Tree::Array(elements) => elements.iter().find_map(twice),
        Tree::Object(members) => {
            let again = members.iter().enumerate().find_map(|(place, (name, _))| {
                let before = members.get(..place).unwrap_or_default();
                before
                    .iter()
                    .any(|(other, _)| other == name)
                    .then_some(name.as_str())
            });
            again.or_else(|| members.iter().find_map(|(_, value)| twice(value)))
        }
        _ => None,
    }
}

/// How many forms there are.
#[must_use]
pub fn forms() -> usize {
    FORMS.len()
}

/// A text of each form.
///
/// # Panics
///
/// If a client creates no payment under its documented answer.
#[must_use]
#[expect(
    clippy::expect_used,
    reason = "without clients there is nothing to store"
)]
pub fn seeds() -> Vec<Vec<u8>> {
    let clients = Clients::new().expect("the settings of the clients are right");
    let payments = clients.payments();
    let mut seeds = Vec::new();
    let mut add = |kind: u8, text: &str| seeds.push([&[kind, 0], text.as_bytes()].concat());
    for expected in [
        &payments.cardpay,
        &payments.pod,
        &payments.sizpay,
        &payments.zipay,
    ] {
        let record = serde_json::to_string(expected.record()).unwrap_or_default();
        let created =
            serde_json::to_string(&Created::new(expected.record().clone())).unwrap_or_default();
        let reference = expected.record().reference();
        let handle = Handle::new("zipay", "create-invoice", std::time::UNIX_EPOCH)
            .with_reference(reference.as_str())
            .with_merchant("1003")
            .with_amount(*expected.record().amount())
            .with_id("trackid", "de7d44ae")
            .with_deadline(std::time::UNIX_EPOCH);
        let handle = serde_json::to_string(&handle).unwrap_or_default();
        let delivery = format!(
            r#"{{"order":"1000","account":"zipay","provider":"zipay","reference":"1000","amount":{},"provider_reference":"de7d44ae","compared":["amount"],"not_reported":["currency"],"at_ms":1800000000000}}"#,
            serde_json::to_string(expected.record().amount()).unwrap_or_default()
        );
        let ledger = format!(
            r#"{{"version":"2","order":"1000","attempts":[{{"account":"zipay","reference":"1000-2","progress":{{"given_up":{handle}}}}},{{"account":"zipay","progress":{{"made":{created}}}}}],"watch":{{"since_ms":1800000000000,"looks":3,"hinted":false,"again_at_ms":1800000060000}}}}"#
        );
        let handed = format!(
            r#"{{"version":"2","order":"1000","attempts":[{{"account":"zipay","progress":{{"made":{created}}}}}],"handed_out":{{"delivery":{delivery},"acknowledged_at_ms":1800000000000}}}}"#
        );
        add(0, &handle);
        add(1, &record);
        add(2, &created);
        add(3, &ledger);
        add(3, &handed);
        add(4, &delivery);
        if let Some(detail) = expected.record().detail() {
            add(8, detail);
        }
    }
    add(3, r#"{"version":"1"}"#);
    add(5, r#""paid""#);
    add(5, r#"{"unclear":"word"}"#);
    add(6, r#"{"amount":"100.99","currency":"USD"}"#);
    if let Ok(payment) = crate::subjects::zipay_payment() {
        add(7, &serde_json::to_string(&payment).unwrap_or_default());
    }
    let rule = serde_json::to_string(&sizpay_client::ResendRule::new(std::time::UNIX_EPOCH));
    add(9, &rule.unwrap_or_default());
    seeds
}

/// How many of the seeds are read, so that a test sees that they are of use.
#[must_use]
pub fn readable_seeds() -> usize {
    let reads: [fn(&str) -> bool; 10] = [
        |it| serde_json::from_str::<Handle>(it).is_ok(),
        |it| serde_json::from_str::<PaymentRecord>(it).is_ok(),
        |it| serde_json::from_str::<Created>(it).is_ok(),
        |it| serde_json::from_str::<Ledger>(it).is_ok(),
        |it| serde_json::from_str::<Delivery>(it).is_ok(),
        |it| serde_json::from_str::<PaymentState>(it).is_ok(),
        |it| serde_json::from_str::<Money>(it).is_ok(),
        |it| serde_json::from_str::<NewPayment>(it).is_ok(),
        |it| serde_json::from_str::<cardpay_client::PaymentRecord>(it).is_ok(),
        |it| serde_json::from_str::<sizpay_client::ResendRule>(it).is_ok(),
    ];
    let is_read = |seed: &Vec<u8>| {
        let (head, text) = seed.split_at_checked(HEAD)?;
        let read = reads.get(usize::from(*head.first()?))?;
        Some(read(std::str::from_utf8(text).ok()?))
    };
    seeds()
        .iter()
        .filter(|seed| is_read(seed) == Some(true))
        .count()
}
