use std::fmt;
use std::ops::RangeInclusive;

use paylink_core::json::FromJson;
use paylink_core::{Advice, Explanation, Reason, Refusal};
use serde::{Serialize, Serializer};

use super::table::{self, Row};

/// The documented codes have three digits at most; this leaves room for others.
const LONGEST: RangeInclusive<i64> = -99_999..=99_999;

/// A number with which CardPay says what happened.
///
/// The documented ones have names; any other keeps its number, and proves nothing. A refusal carries it as text, and
/// [`Code::of`] reads it back.
///
/// ```
/// use cardpay_client::{Code, Error};
///
/// fn is_taken(error: &Error) -> bool {
///     error.refusal().and_then(Code::of) == Some(Code::INVOICE_NUMBER_USED)
/// }
/// # assert_eq!(Code::INVOICE_NUMBER_USED.number(), 3);
/// ```
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Code(i64);

impl Code {
    /// The card is missing or malformed.
    pub const CARD_MALFORMED: Code = Code(-3);
    /// A card is recorded for this payment already.
    pub const CARD_RECORDED_BEFORE: Code = Code(-2);
    /// The payment is final, and takes no card any more.
    pub const PAYMENT_FINAL: Code = Code(-1);
    /// The price is not a number.
    pub const PRICE_NOT_NUMERIC: Code = Code(0);
    /// The price is below 10,000 rial.
    pub const PRICE_TOO_SMALL: Code = Code(1);
    /// The invoice number is missing.
    pub const INVOICE_NUMBER_MISSING: Code = Code(2);
    /// The invoice number was used before.
    pub const INVOICE_NUMBER_USED: Code = Code(3);
    /// The payment's id is missing.
    pub const PAY_ID_MISSING: Code = Code(4);
    /// The payment's id is wrong or unknown.
    pub const PAY_ID_UNKNOWN: Code = Code(5);
    /// The payment's time is over.
    pub const EXPIRED: Code = Code(6);
    /// The payment is not made yet, and there is still time.
    pub const NOT_PAID_YET: Code = Code(7);
    /// The payment was made, from another card than the recorded one.
    pub const PAID_FROM_ANOTHER_CARD: Code = Code(199);
    /// The payment was made and had been verified before. To a create, the same number says that it is done.
    pub const PAID_VERIFIED_BEFORE: Code = Code(200);
    /// The payment was made, and this is its first verification.
    pub const PAID_FIRST_VERIFICATION: Code = Code(201);
    /// The token is missing, or not allowed here.
    pub const TOKEN_REFUSED: Code = Code(403);
    /// There is no such page or endpoint.
    pub const NO_SUCH_ENDPOINT: Code = Code(404);
    /// The HTTP method is wrong.
    pub const WRONG_METHOD: Code = Code(405);

    /// Every documented code.
    pub fn documented() -> impl Iterator<Item = Code> {
        table::ROWS.iter().map(|row| row.code)
    }

    /// The code that a refusal carries.
    #[must_use]
    pub fn of(refusal: &Refusal) -> Option<Code> {
        Code::parse(refusal.code())
    }

    /// The number.
    #[must_use]
    pub const fn number(self) -> i64 {
        self.0
    }

    /// The HTTP statuses under which it is documented; none for an undocumented code.
    #[must_use]
    pub fn http_statuses(self) -> &'static [u16] {
        Row::of(self).map_or(&[], |row| row.http)
    }

    /// What it stands for, in words that all providers share.
    #[must_use]
    pub fn reason(self) -> Reason {
        Row::of(self)
            .and_then(|row| row.entry.reason)
            .unwrap_or(Reason::Other)
    }

    /// What to tell people about it, in English and Persian.
    #[must_use]
    pub fn explanation(self) -> Explanation {
        Row::of(self).map_or_else(|| Reason::Other.explanation(), |row| row.entry.explanation)
    }

    /// What to do next about it.
    #[must_use]
    pub fn advice(self) -> Advice {
        Row::of(self).map_or(Reason::Other.advice(), |row| row.entry.advice)
    }

    /// A refusal that carries it.
    pub(crate) fn refusal(self) -> Refusal {
        let code = self.to_string();
        match Row::of(self) {
            Some(row) => row.entry.refusal(&code),
            None => Refusal::new(&code, Reason::Other),
        }
    }

    /// A number that can be a code; a longer one may be a card's, and is not repeated anywhere.
    fn new(number: i64) -> Option<Code> {
        LONGEST.contains(&number).then_some(Code(number))
    }

    /// Reads a code that is written as text, in the one way in which it is printed.
    fn parse(text: &str) -> Option<Code> {
        let code = Code::new(text.parse().ok()?)?;
        (code.to_string() == text).then_some(code)
    }
}

impl fmt::Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0)
    }
}

impl fmt::Debug for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Code({})", self.0)
    }
}

impl Serialize for Code {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_i64(self.0)
    }
}

/// The document shows a number; scripts of this kind also write numbers as text, which is a reading.
impl FromJson<'_> for Code {
    const EXPECTED: &'static str = "a whole number";

    fn from_u64(value: u64) -> Option<Code> {
        i64::try_from(value).ok().and_then(Code::new)
    }

    fn from_negative(value: i64) -> Option<Code> {
        Code::new(value)
    }

    fn from_text(text: &str) -> Option<Code> {
        Code::parse(text)
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn the_seventeen_documented_codes_are_all_different() {
        let codes: HashSet<Code> = Code::documented().collect();
        assert_eq!(codes.len(), 17);
        assert_eq!(Code::documented().count(), 17);
    }

    #[test]
    fn every_code_s_refusal_carries_it_and_what_its_entry_says() {
        for code in Code::documented() {
            let refusal = code.refusal();
            assert_eq!(Code::of(&refusal), Some(code));
            assert_eq!(refusal.reason(), code.reason());
            assert_eq!(refusal.explanation(), code.explanation());
            assert_eq!(refusal.advice(), code.advice());
        }
    }

    #[test]
    fn an_undocumented_code_keeps_its_number_and_has_no_reading() {
        let code = Code(-77);
        assert_eq!(code.refusal().code(), "-77");
        assert_eq!(code.reason(), Reason::Other);
        assert!(code.http_statuses().is_empty());
    }

    #[test]
    fn text_is_read_in_one_spelling_only() {
        for (text, code) in [("200", 200), ("0", 0), ("-3", -3)] {
            assert_eq!(Code::parse(text), Some(Code(code)));
        }
        for bad in [
            "",
            "+3",
            "03",
            "-0",
            " 3",
            "3 ",
            "3.0",
            "3e0",
            "۲۰۰",
            "true",
            "99999999999999999999",
            "100000",
            "-6037701689095443",
        ] {
            assert_eq!(Code::parse(bad), None, "{bad:?}");
        }
    }
}
