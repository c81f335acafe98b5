use std::fmt;
use std::num::NonZeroU64;
use std::str::FromStr;

use paylink_core::{FieldKey, Invalid, digits};
use serde::{Deserialize, Deserializer, Serialize};

/// SizPay's id of one sent link (`PayLinkSendID`): a whole number above zero. Zero is how SizPay says that none was sent.
///
/// As text it is read by [`digits::whole`].
///
/// ```
/// use sizpay_client::SendId;
///
/// let id: SendId = "26041".parse()?;
/// assert_eq!(id, SendId::new(26041)?);
/// assert!(SendId::new(0).is_err());
/// # Ok::<(), sizpay_client::Invalid>(())
/// ```
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(transparent)]
pub struct SendId(NonZeroU64);

impl SendId {
    /// The field under which one is refused.
    pub const KEY: FieldKey = FieldKey::new("send_id", "send id");

    /// Takes an id as SizPay gave it.
    ///
    /// # Errors
    ///
    /// Zero, and what does not fit SizPay's own type (a 64-bit integer with a sign).
    pub fn new(id: u64) -> Result<SendId, Invalid> {
        let fits = i64::try_from(id).is_ok();
        NonZeroU64::new(id)
            .filter(|_| fits)
            .map(SendId)
            .ok_or_else(|| {
                Invalid::new(SendId::KEY, "is not the id of a link")
                    .with_value(&id.to_string())
                    .with_remedy("give the id that sending the link brought, such as 26041")
            })
    }

    /// The bare number.
    #[must_use]
    pub fn get(self) -> u64 {
        self.0.get()
    }
}

impl FromStr for SendId {
    type Err = Invalid;

    fn from_str(text: &str) -> Result<SendId, Invalid> {
        let id = digits::whole(SendId::KEY, text)
            .map_err(|invalid| invalid.with_remedy("write digits only, such as 26041"))?;
        SendId::new(id)
    }
}

impl fmt::Display for SendId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0)
    }
}

impl fmt::Debug for SendId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SendId({})", self.0)
    }
}

impl<'de> Deserialize<'de> for SendId {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<SendId, D::Error> {
        SendId::new(u64::deserialize(deserializer)?).map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::SendId;

    #[test]
    fn only_ids_that_sizpay_can_hold() {
        for typed in ["۲۶۰۴۱", "٢٦٠٤١", "26,041", "۲۶٬۰۴۱"] {
            assert_eq!(typed.parse::<SendId>().unwrap().get(), 26041);
        }
        assert_eq!(
            "9223372036854775807".parse::<SendId>().unwrap().get(),
            9_223_372_036_854_775_807
        );
        for bad in [
            "",
            "0",
            "00",
            "026041",
            "26040,26041",
            "-1",
            "+1",
            "1.0",
            " 1",
            "9223372036854775808",
            "x",
        ] {
            assert!(bad.parse::<SendId>().is_err(), "{bad:?}");
        }
        assert_eq!(
            serde_json::from_str::<SendId>("26041").unwrap().get(),
            26041
        );
        assert!(serde_json::from_str::<SendId>("0").is_err());
    }
}
