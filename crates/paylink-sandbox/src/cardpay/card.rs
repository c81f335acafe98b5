use std::fmt;

use serde::{Deserialize, Serialize};

/// Cards that a payer may have. All numbers here pass their check and belong to no one.
pub(super) const PAYER: &str = "5022290000000042";
pub(super) const OTHER_PAYER: &str = "5892100000000057";

const HOLDER: &str = "سارا آزمایشی";

const OF_THE_MERCHANT: [(&str, &str); 3] = [
    ("6219861000000017", "بانک سامان"),
    ("6104330000000029", "بانک ملت"),
    ("6037990000000030", "بانک ملی ایران"),
];

/// The number of a bank card: sixteen digits, masked wherever it is printed.
///
/// A snapshot holds six and four of the digits: read from there it is equal to each number with these.
#[derive(Clone, Serialize, Deserialize)]
#[serde(into = "String", from = "String")]
pub struct CardNumber(String);

impl From<CardNumber> for String {
    fn from(card: CardNumber) -> Self {
        card.masked()
    }
}

impl From<String> for CardNumber {
    fn from(masked: String) -> Self {
        Self(masked)
    }
}

impl PartialEq for CardNumber {
    fn eq(&self, other: &Self) -> bool {
        let is_masked = self.0.contains(MASK) || other.0.contains(MASK);
        self.0 == other.0 || is_masked && self.masked() == other.masked()
    }
}

impl Eq for CardNumber {}

/// A letter, because asterisks would swap the two halves of a number in Persian text.
const MASK: char = 'X';

/// One of the merchant's cards.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct MerchantCard {
    /// Its number, which every payer is shown.
    pub number: CardNumber,
    /// Whose card it is.
    pub name: &'static str,
    /// The bank's name.
    pub bank: &'static str,
}

impl CardNumber {
    /// Reads sixteen digits, as the script's document asks for them; their check is not looked at.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let is_number = text.len() == 16 && text.bytes().all(|byte| byte.is_ascii_digit());
        is_number.then(|| Self(text.to_owned()))
    }

    /// Returns the whole number.
    #[must_use]
    pub fn number(&self) -> &str {
        &self.0
    }

    /// Returns the number with all but the first six and the last four digits made unreadable.
    #[must_use]
    pub fn masked(&self) -> String {
        let mask = |(place, digit)| {
            if (6..12).contains(&place) {
                MASK
            } else {
                digit
            }
        };
        self.0.chars().enumerate().map(mask).collect()
    }
}

impl fmt::Debug for CardNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.masked())
    }
}

pub(super) fn of_the_merchant() -> [MerchantCard; 3] {
    OF_THE_MERCHANT.map(|(number, bank)| MerchantCard {
        number: CardNumber(number.to_owned()),
        name: HOLDER,
        bank,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::luhn::passes_luhn;

    #[test]
    fn made_up_cards_pass_the_check() {
        let of_the_merchant = OF_THE_MERCHANT.map(|(number, _)| number);
        for number in of_the_merchant.into_iter().chain([PAYER, OTHER_PAYER]) {
            assert!(CardNumber::parse(number).is_some(), "{number}");
            assert!(passes_luhn(number), "{number}");
        }
    }

    #[test]
    fn six_and_four_digits_are_shown() {
        let card = CardNumber::parse(PAYER).unwrap();
        assert_eq!(card.masked(), "502229XXXXXX0042");
        assert_eq!(format!("{card:?}"), "502229XXXXXX0042");
        let written = serde_json::to_string(&card).unwrap();
        assert_eq!(written, r#""502229XXXXXX0042""#);
        let read: CardNumber = serde_json::from_str(&written).unwrap();
        assert_eq!((&read, read.masked()), (&card, card.masked()));
        assert_ne!(read, CardNumber::parse(OTHER_PAYER).unwrap());
        assert_ne!(card, CardNumber::parse("5022290000010042").unwrap());
    }

    #[test]
    fn a_number_has_sixteen_digits() {
        let others = "|502229000000004|50222900000000421|5022-2900-0000-0042|502229000000004x\
                      |۵۰۲۲۲۹۰۰۰۰۰۰۰۰۴۲| 5022290000000042";
        for text in others.split('|') {
            assert_eq!(CardNumber::parse(text), None, "{text}");
        }
    }
}
