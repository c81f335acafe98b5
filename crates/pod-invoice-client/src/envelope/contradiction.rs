use paylink_core::Untrusted;
use paylink_core::json::{Value, Wire, any_value, from_object, lossless};
use serde::Deserialize;

/// The members by which POD names a payment, or leads to one.
const A_PAYMENT: [&str; 6] = [
    "id",
    "invoiceId",
    "uniqueNumber",
    "paymentBillNumber",
    "link",
    "url",
];

/// The one result that goes with an error.
#[derive(Deserialize)]
struct Denial {
    #[serde(default, deserialize_with = "lossless")]
    result: Wire<bool>,
}

/// Checks that an answer which says an error speaks of no success beside it, however deep. If it does, it contradicts
/// itself and proves nothing.
pub(super) fn none_in(answer: &str) -> Result<(), Untrusted> {
    let Denial { result } = from_object(answer)?;
    let may_hold_a_result = !matches!(result, Wire::Absent | Wire::Null | Wire::Is(false));
    let holds_a_result = may_hold_a_result
        && any_value(answer, |names, value| {
            names == ["result"] && says_something(value)
        })?;
    if holds_a_result {
        return Err(Untrusted::new(
            "the answer says an error and holds a result",
        ));
    }
    let names_a_payment = any_value(answer, |names, value| {
        names
            .last()
            .is_some_and(|name| A_PAYMENT.contains(&name.as_str()))
            && says_something(value)
    })?;
    if names_a_payment {
        return Err(Untrusted::new(
            "the answer says an error and names a payment",
        ));
    }
    Ok(())
}

fn says_something(value: Value<'_>) -> bool {
    match value {
        Value::Null | Value::EmptyArray => false,
        Value::Text(text) => !text.trim().is_empty(),
        _ => true,
    }
}
