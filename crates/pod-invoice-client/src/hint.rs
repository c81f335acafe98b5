use paylink_core::{FieldKey, Invalid};

/// The most bytes that the query of a return may have.
const LARGEST: usize = 16 * 1024;

const QUERY: FieldKey = FieldKey::new("query", "query");

/// Takes the values of these fields, whose labels are the names, out of a query; other names are the merchant's own and pass by.
///
/// A name that comes twice is refused: which of the two a later reader takes is anybody's guess.
pub(crate) fn values<const N: usize>(
    query: &str,
    fields: [FieldKey; N],
) -> Result<[Option<String>; N], Invalid> {
    let query = query.strip_prefix('?').unwrap_or(query);
    if query.len() > LARGEST {
        return Err(Invalid::new(QUERY, "is larger than 16 KiB").remedy("ignore it"));
    }
    let mut values = [const { None }; N];
    for (name, value) in form_urlencoded::parse(query.as_bytes()) {
        for (field, slot) in fields.iter().zip(values.iter_mut()) {
            if name == field.label() && slot.replace(value.clone().into_owned()).is_some() {
                return Err(Invalid::new(*field, "came twice").remedy("ignore the request"));
            }
        }
    }
    Ok(values)
}
