use std::fmt;
use std::str::FromStr;

use paylink_core::{FieldKey, Invalid};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// The most characters of a trackid. The documented ones are UUIDs of 36.
const LONGEST: usize = 64;

/// ZiPay's id of an invoice: ASCII letters, digits, `-` and `_`, as it came.
///
/// ```
/// use zipay_client::TrackId;
///
/// let id: TrackId = "de7d44ae-9df9-487f-a175-ade1ecfab28b".parse()?;
/// assert!("../7".parse::<TrackId>().is_err());
/// # Ok::<(), zipay_client::Invalid>(())
/// ```
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct TrackId(Box<str>);

impl TrackId {
    /// The field under which a trackid is refused.
    pub const KEY: FieldKey = FieldKey::new("trackid", "trackid");

    /// The id as ZiPay wrote it.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for TrackId {
    type Err = Invalid;

    fn from_str(text: &str) -> Result<TrackId, Invalid> {
        let wrong = |problem: &'static str| {
            Invalid::new(TrackId::KEY, problem)
                .value(text)
                .remedy("give it as ZiPay wrote it, such as de7d44ae-9df9-487f-a175-ade1ecfab28b")
        };
        if text.is_empty() {
            return Err(wrong("is empty"));
        }
        if text.len() > LONGEST {
            return Err(wrong("is longer than 64 characters"));
        }
        if !text
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_'))
        {
            return Err(wrong("holds a character that no trackid has"));
        }
        Ok(TrackId(text.into()))
    }
}

paylink_core::try_from_text!(TrackId);

impl fmt::Display for TrackId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Debug for TrackId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "TrackId({})", self.0)
    }
}

impl Serialize for TrackId {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.0)
    }
}

impl<'de> Deserialize<'de> for TrackId {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<TrackId, D::Error> {
        String::deserialize(deserializer)?
            .parse()
            .map_err(serde::de::Error::custom)
    }
}
