use paylink_core::{FieldKey, Invalid};

use crate::{InvoiceNumber, TrackId};

/// What a request from outside is refused under as a whole.
const REQUEST: FieldKey = FieldKey::new("request", "request");

/// The state of an invoice, in a webhook.
pub(crate) const STATUS: FieldKey = FieldKey::new("status", "status");

/// What ZiPay adds to the callback's query, under the names of these keys (document "Invoice"; proven).
pub(crate) const IN_RETURN: [FieldKey; 2] = [TrackId::KEY, InvoiceNumber::KEY];

/// What ZiPay writes into a webhook, under the names of these keys (document "Invoice"; proven).
pub(crate) const IN_WEBHOOK: [FieldKey; 3] = [TrackId::KEY, InvoiceNumber::KEY, STATUS];

/// The most bytes that a query or a body of a return or a webhook may have.
const LARGEST: usize = 16 * 1024;

/// Takes the values of these fields out of form-encoded text; other names are the merchant's own and pass by.
///
/// A name that comes twice is refused: which of the two a later reader takes is anybody's guess.
pub(crate) fn form_values<const N: usize>(
    text: &str,
    fields: [FieldKey; N],
) -> Result<[Option<String>; N], Invalid> {
    bounded(text.len())?;
    let mut values = [const { None }; N];
    for (name, value) in form_urlencoded::parse(text.as_bytes()) {
        for (field, slot) in fields.iter().zip(values.iter_mut()) {
            if name == field.as_str() && slot.replace(value.clone().into_owned()).is_some() {
                return Err(Invalid::new(*field, "came twice").remedy("ignore the request"));
            }
        }
    }
    Ok(values)
}

/// Refuses what is larger than any real return or webhook.
pub(crate) fn bounded(bytes: usize) -> Result<(), Invalid> {
    if bytes > LARGEST {
        return Err(Invalid::new(REQUEST, "is larger than 16 KiB").remedy("ignore it"));
    }
    Ok(())
}

/// A value that has to be there.
pub(crate) fn needed(field: FieldKey, value: Option<String>) -> Result<String, Invalid> {
    value.ok_or_else(|| {
        Invalid::new(field, "is missing").remedy("ignore the request; look the order up instead")
    })
}
