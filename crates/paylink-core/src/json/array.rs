use serde::Deserialize;

use super::object::untrusted;
use crate::Untrusted;

/// Reads one JSON array that makes up the whole text.
///
/// # Errors
///
/// Names line, column and category alone: serde's own messages repeat values.
///
/// ```
/// use paylink_core::json::{Object, Wire, from_array};
///
/// #[derive(serde::Deserialize)]
/// struct Card {
///     #[serde(default)]
///     bank: Wire<String>,
/// }
///
/// let cards: Vec<Object<Card>> = from_array(r#"[{"bank":"Mellat"}]"#)?;
/// assert_eq!(cards.len(), 1);
/// assert!(from_array::<Object<Card>>(r#"{"bank":"Mellat"}"#).is_err());
/// assert!(from_array::<Object<Card>>("[] []").is_err());
/// # Ok::<(), paylink_core::Untrusted>(())
/// ```
pub fn from_array<'de, T: Deserialize<'de>>(text: &'de str) -> Result<Vec<T>, Untrusted> {
    serde_json::from_str(text).map_err(|error| untrusted(&error))
}
