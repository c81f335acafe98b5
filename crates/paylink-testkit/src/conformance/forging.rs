//! Records and handles as somebody would have to forge them: in the merchant's own store.

use paylink_core::Handle;
use paylink_core::provider::PaymentRecord;
use serde_json::{Value, json};

use super::stop::Stop;

/// The record with one of its members replaced.
pub(super) fn record(
    record: &PaymentRecord,
    member: &str,
    value: Value,
) -> Result<PaymentRecord, Stop> {
    Ok(serde_json::from_value(replaced(
        serde_json::to_value(record)?,
        member,
        value,
    ))?)
}

/// The record of one payment with the provider's ids of another.
pub(super) fn with_ids_of(
    books: &PaymentRecord,
    other: &PaymentRecord,
) -> Result<PaymentRecord, Stop> {
    record(books, "ids", member(other, "ids")?)
}

/// The handle with one of its members replaced.
pub(super) fn handle(handle: &Handle, member: &str, value: Value) -> Result<Handle, Stop> {
    Ok(serde_json::from_value(replaced(
        serde_json::to_value(handle)?,
        member,
        value,
    ))?)
}

/// A handle without its times: what is the same of one that was prepared and one that came with an error.
pub(super) fn timeless(handle: &Handle) -> Result<Value, Stop> {
    let mut document = serde_json::to_value(handle)?;
    if let Some(members) = document.as_object_mut() {
        for time in ["prepared_at_ms", "sent_by_ms", "failed_at_ms"] {
            members.remove(time);
        }
    }
    Ok(document)
}

/// The names and values of the ids in a record.
pub(super) fn ids(record: &PaymentRecord) -> Result<Vec<(String, String)>, Stop> {
    let text = |id: &Value, key: &str| id.get(key).and_then(Value::as_str).map(str::to_owned);
    let ids = member(record, "ids")?;
    let ids = ids.as_array().into_iter().flatten();
    Ok(ids
        .filter_map(|id| Some((text(id, "name")?, text(id, "value")?)))
        .collect())
}

fn member(record: &PaymentRecord, name: &str) -> Result<Value, Stop> {
    let document = serde_json::to_value(record)?;
    Ok(document.get(name).cloned().unwrap_or(json!([])))
}

fn replaced(mut document: Value, member: &str, value: Value) -> Value {
    if let Some(members) = document.as_object_mut() {
        members.insert(member.to_owned(), value);
    }
    document
}
