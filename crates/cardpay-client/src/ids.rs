use std::fmt;
use std::num::NonZeroU64;
use std::str::FromStr;

use paylink_core::{FieldKey, Invalid, digits, try_from_text};
use serde::{Deserialize, Deserializer, Serialize};

try_from_text!(InvoiceNumber, PayId);

const NUMBER_REMEDY: &str =
    "give the order's own number, a whole number above zero that was not used before";

/// The largest number that the script's language counts to.
const LARGEST_NUMBER: u64 = i64::MAX.unsigned_abs();

/// The merchant's own number of a payment (`fid`): a whole number above zero, never used before.
///
/// The document calls it an integer. Zero is refused, since the script's language takes it for "missing" (a reading). As
/// text it is read by [`digits::whole`].
///
/// ```
/// use cardpay_client::InvoiceNumber;
///
/// assert_eq!("۱۰۰۰".parse::<InvoiceNumber>()?, InvoiceNumber::new(1000)?);
/// assert!(InvoiceNumber::new(0).is_err());
/// # Ok::<(), cardpay_client::Invalid>(())
/// ```
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize)]
#[serde(transparent)]
pub struct InvoiceNumber(u64);

impl InvoiceNumber {
    /// The field under which an invoice number is refused.
    pub const KEY: FieldKey = FieldKey::new("invoice_number", "invoice number");

    /// Takes an order's own number.
    ///
    /// # Errors
    ///
    /// Zero, and what is larger than 9,223,372,036,854,775,807.
    pub fn new(number: u64) -> Result<InvoiceNumber, Invalid> {
        if (1..=LARGEST_NUMBER).contains(&number) {
            Ok(InvoiceNumber(number))
        } else {
            Err(out_of_range(number))
        }
    }

    /// The number.
    #[must_use]
    pub fn get(self) -> u64 {
        self.0
    }
}

impl TryFrom<u64> for InvoiceNumber {
    type Error = Invalid;

    fn try_from(number: u64) -> Result<InvoiceNumber, Invalid> {
        InvoiceNumber::new(number)
    }
}

/// So that a literal without a suffix is taken.
impl TryFrom<i32> for InvoiceNumber {
    type Error = Invalid;

    fn try_from(number: i32) -> Result<InvoiceNumber, Invalid> {
        let whole = u64::try_from(number);
        whole.map_or_else(|_| Err(out_of_range(number)), InvoiceNumber::new)
    }
}

impl FromStr for InvoiceNumber {
    type Err = Invalid;

    fn from_str(text: &str) -> Result<InvoiceNumber, Invalid> {
        let number = digits::whole(InvoiceNumber::KEY, text)
            .map_err(|invalid| invalid.with_remedy(NUMBER_REMEDY))?;
        InvoiceNumber::new(number)
    }
}

impl fmt::Display for InvoiceNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0)
    }
}

impl<'de> Deserialize<'de> for InvoiceNumber {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<InvoiceNumber, D::Error> {
        InvoiceNumber::new(u64::deserialize(deserializer)?).map_err(serde::de::Error::custom)
    }
}

fn out_of_range(number: impl fmt::Display) -> Invalid {
    Invalid::new(InvoiceNumber::KEY, "is out of range")
        .with_value(&number.to_string())
        .with_remedy(NUMBER_REMEDY)
}

const ID_REMEDY: &str = "give the number that creating the payment yielded, such as 19";

/// The script's id of a payment: a whole number above zero.
///
/// It is unique within one installation of the script alone: another shop has a payment 19 as well. As text it is read by
/// [`digits::whole`].
///
/// ```
/// use cardpay_client::PayId;
///
/// let id: PayId = "۱۹".parse()?;
/// assert_eq!(id, PayId::new(19)?);
/// assert!("19a".parse::<PayId>().is_err());
/// # Ok::<(), cardpay_client::Invalid>(())
/// ```
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize)]
#[serde(transparent)]
pub struct PayId(NonZeroU64);

impl PayId {
    /// The field under which an id of a payment is refused.
    pub const KEY: FieldKey = FieldKey::new("pay_id", "pay_id");

    /// Takes the number as the script gave it.
    ///
    /// # Errors
    ///
    /// Zero is no payment.
    pub fn new(number: u64) -> Result<PayId, Invalid> {
        NonZeroU64::new(number)
            .map(PayId)
            .ok_or_else(|| Invalid::new(PayId::KEY, "is zero").with_remedy(ID_REMEDY))
    }

    /// The number.
    #[must_use]
    pub fn get(self) -> u64 {
        self.0.get()
    }
}

impl FromStr for PayId {
    type Err = Invalid;

    fn from_str(text: &str) -> Result<PayId, Invalid> {
        let number =
            digits::whole(PayId::KEY, text).map_err(|invalid| invalid.with_remedy(ID_REMEDY))?;
        PayId::new(number)
    }
}

impl fmt::Display for PayId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0)
    }
}

impl<'de> Deserialize<'de> for PayId {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<PayId, D::Error> {
        NonZeroU64::deserialize(deserializer).map(PayId)
    }
}
