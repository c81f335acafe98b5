use std::fmt;
use std::num::NonZeroU64;
use std::str::FromStr;

use paylink_core::{FieldKey, Invalid, digits};
use serde::Serialize;

const REMEDY: &str = "write the number that POD gave, such as 32157";

/// POD's id of an invoice: the `id` that issuing it yields. As text it is read by [`digits::whole`].
///
/// ```
/// use pod_invoice_client::InvoiceId;
///
/// assert_eq!("32157".parse::<InvoiceId>()?, InvoiceId::new(32157)?);
/// assert!("0".parse::<InvoiceId>().is_err());
/// # Ok::<(), pod_invoice_client::Invalid>(())
/// ```
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(transparent)]
pub struct InvoiceId(NonZeroU64);

impl InvoiceId {
    /// Takes an id.
    ///
    /// # Errors
    ///
    /// Zero is no id.
    pub fn new(id: u64) -> Result<InvoiceId, Invalid> {
        NonZeroU64::new(id)
            .map(InvoiceId)
            .ok_or_else(|| wrong("invoice id", "0"))
    }

    /// The bare number.
    #[must_use]
    pub fn get(self) -> u64 {
        self.0.get()
    }
}

impl FromStr for InvoiceId {
    type Err = Invalid;

    fn from_str(text: &str) -> Result<InvoiceId, Invalid> {
        read("invoice id", text).map(InvoiceId)
    }
}

impl fmt::Display for InvoiceId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0)
    }
}

impl fmt::Debug for InvoiceId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "InvoiceId({})", self.0)
    }
}

/// POD's id of a user: a payer, or somebody who delegates credit. As text it is read by [`digits::whole`].
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(transparent)]
pub struct UserId(NonZeroU64);

impl UserId {
    /// Takes an id.
    ///
    /// # Errors
    ///
    /// Zero is no id.
    pub fn new(id: u64) -> Result<UserId, Invalid> {
        NonZeroU64::new(id)
            .map(UserId)
            .ok_or_else(|| wrong("user id", "0"))
    }

    /// The bare number.
    #[must_use]
    pub fn get(self) -> u64 {
        self.0.get()
    }
}

impl FromStr for UserId {
    type Err = Invalid;

    fn from_str(text: &str) -> Result<UserId, Invalid> {
        read("user id", text).map(UserId)
    }
}

impl fmt::Display for UserId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0)
    }
}

impl fmt::Debug for UserId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "UserId({})", self.0)
    }
}

fn read(field: &'static str, text: &str) -> Result<NonZeroU64, Invalid> {
    let id =
        digits::whole(FieldKey::unkeyed(field), text).map_err(|invalid| invalid.remedy(REMEDY))?;
    NonZeroU64::new(id).ok_or_else(|| wrong(field, text))
}

fn wrong(field: &'static str, text: &str) -> Invalid {
    Invalid::new(FieldKey::unkeyed(field), "is not an id")
        .value(text)
        .remedy(REMEDY)
}
