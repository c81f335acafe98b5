use paylink_core::{FieldKey, Invalid};

/// The most bytes that a query or a body of a return or a webhook may have.
const LARGEST: usize = 16 * 1024;

/// Takes the values of these names out of form-encoded text; other names are the merchant's own and pass by.
///
/// A name that comes twice is refused: which of the two a later reader takes is anybody's guess.
pub(crate) fn form_values<const N: usize>(
    text: &str,
    names: [&'static str; N],
) -> Result<[Option<String>; N], Invalid> {
    bounded(text.len())?;
    let mut values = [const { None }; N];
    for (name, value) in form_urlencoded::parse(text.as_bytes()) {
        for (wanted, slot) in names.iter().zip(values.iter_mut()) {
            if name == *wanted && slot.replace(value.clone().into_owned()).is_some() {
                return Err(Invalid::new(FieldKey::unkeyed(wanted), "came twice")
                    .remedy("ignore the request"));
            }
        }
    }
    Ok(values)
}

/// Refuses what is larger than any real return or webhook.
pub(crate) fn bounded(bytes: usize) -> Result<(), Invalid> {
    if bytes > LARGEST {
        return Err(
            Invalid::new(FieldKey::unkeyed("request"), "is larger than 16 KiB").remedy("ignore it"),
        );
    }
    Ok(())
}

/// A value that has to be there.
pub(crate) fn needed(name: &'static str, value: Option<String>) -> Result<String, Invalid> {
    value.ok_or_else(|| {
        Invalid::new(FieldKey::unkeyed(name), "is missing")
            .remedy("ignore the request; look the order up instead")
    })
}
