use paylink_core::Untrusted;
use paylink_core::json::{Wire, any_value, from_object, is_named, lossless};
use serde::Deserialize;

/// The members by which POD names a payment, or leads to one, in any spelling of theirs.
const A_PAYMENT: [&str; 6] = [
    "id",
    "invoiceid",
    "uniquenumber",
    "paymentbillnumber",
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
            names == ["result"] && value.says_something()
        })?;
    if holds_a_result {
        return Err(Untrusted::new(
            "the answer says an error and holds a result",
        ));
    }
    let names_a_payment = any_value(answer, |names, value| {
        let name = names.last().map(String::as_str).unwrap_or_default();
        value.says_something() && A_PAYMENT.iter().any(|member| is_named(name, member))
    })?;
    if names_a_payment {
        return Err(Untrusted::new(
            "the answer says an error and names a payment",
        ));
    }
    Ok(())
}
