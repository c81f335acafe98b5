use std::fmt;
use std::num::NonZeroU64;
use std::str::FromStr;

use paylink_core::{FieldKey, Invalid, digits};
use serde::{Deserialize, Deserializer, Serialize};

const REMEDY: &str = "give the number that creating the payment yielded, such as 19";

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
            .ok_or_else(|| wrong("is zero"))
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
        let number = digits::whole(PayId::KEY, text).map_err(|invalid| invalid.remedy(REMEDY))?;
        PayId::new(number)
    }
}

paylink_core::try_from_text!(PayId);

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

fn wrong(problem: &'static str) -> Invalid {
    Invalid::new(PayId::KEY, problem).remedy(REMEDY)
}
