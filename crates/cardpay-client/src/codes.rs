//! What CardPay says: the codes in which the script answers.

mod code;
mod table;

use paylink_core::CodeEntry;

pub use code::Code;
pub(crate) use table::{Row, Says};

/// Everything that CardPay is known to say, and what it means to people.
///
/// ```
/// use cardpay_client::{Code, codes};
///
/// let mut entries = codes::catalogue();
/// let expired = entries.find(|entry| entry.code == Code::EXPIRED.to_string()).unwrap();
/// assert!(expired.explanation.payer_may_see);
/// ```
pub fn catalogue() -> impl Iterator<Item = &'static CodeEntry> {
    let rows = table::ROWS.iter().map(|row| &row.entry);
    std::iter::once(&table::DONE).chain(rows)
}
