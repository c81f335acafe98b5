use std::borrow::Cow;
use std::fmt;

use paylink_core::json::{Object, Wire, lossless};
use paylink_core::{Untrusted, digits};
use serde::{Deserialize, Serialize, Serializer};
use zeroize::Zeroizing;

/// The most characters of a card's number that are kept.
const LONGEST: usize = 64;

/// One of the merchant's own cards, to which a payer transfers.
///
/// `Debug` leaves the holder's name out and masks the number.
#[derive(Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct MerchantCard {
    /// The number; printed masked, and shown whole by [`CardText::expose`] alone.
    pub number: CardText,
    /// The holder's name; personal data.
    pub holder: Option<String>,
    /// The bank's name.
    pub bank: Option<String>,
}

impl fmt::Debug for MerchantCard {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("MerchantCard")
            .field("number", &self.number)
            .field("bank", &self.bank)
            .finish_non_exhaustive()
    }
}

/// A card number as the script wrote it, which need not be sixteen digits: the document's samples show `****`.
///
/// Debug, Display and serialisation hide all digits but the first six and the last four; its memory is wiped when it is
/// dropped. A payer has to see the whole of it to transfer: [`expose`](CardText::expose) it there, and nowhere else.
#[derive(Clone, PartialEq, Eq)]
pub struct CardText(Zeroizing<String>);

impl CardText {
    /// The number as it came, whole. It is for the payer's eyes: never write it to a log or an error.
    #[must_use]
    pub fn expose(&self) -> &str {
        &self.0
    }

    fn new(text: &str) -> CardText {
        CardText(Zeroizing::new(paylink_core::text::excerpt(text, LONGEST)))
    }
}

impl fmt::Display for CardText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&six_and_four(&self.0))
    }
}

impl fmt::Debug for CardText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "CardText({self})")
    }
}

impl Serialize for CardText {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

/// A card's wire form (document, answers of "create" and "carts"; proven).
#[derive(Default, Deserialize)]
#[serde(default, bound(deserialize = "'de: 'a"))]
pub(crate) struct WireCard<'a> {
    #[serde(deserialize_with = "lossless")]
    number: Wire<Cow<'a, str>>,
    name: Wire<String>,
    bank: Wire<String>,
}

impl WireCard<'_> {
    fn read(self, unreadable: &mut Vec<&'static str>) -> Result<MerchantCard, Untrusted> {
        let number = Zeroizing::new(self.number.required("cart.number")?.into_owned());
        Ok(MerchantCard {
            number: CardText::new(&number),
            holder: self.name.shown("cart.name", unreadable),
            bank: self.bank.shown("cart.bank", unreadable),
        })
    }
}

/// Reads a list of cards of which each has to have a number.
pub(crate) fn all(
    cards: Vec<Object<WireCard<'_>>>,
    unreadable: &mut Vec<&'static str>,
) -> Result<Vec<MerchantCard>, Untrusted> {
    let read = |Object(card): Object<WireCard<'_>>| card.read(unreadable);
    cards.into_iter().map(read).collect()
}

/// Reads the cards that can be read, for an answer that must not be lost over one that cannot.
pub(crate) fn readable(
    cards: Wire<Vec<Wire<Object<WireCard<'_>>>>>,
    unreadable: &mut Vec<&'static str>,
) -> Vec<MerchantCard> {
    let mut read = Vec::new();
    for card in cards.shown("cart", unreadable).unwrap_or_default() {
        let card = card
            .required("cart")
            .and_then(|Object(card)| card.read(unreadable));
        match card {
            Ok(card) => read.push(card),
            Err(_) => unreadable.push("cart.number"),
        }
    }
    read
}

/// The digits that may stay of a number which is longer than this: six and four.
const HEAD: usize = 6;
const TAIL: usize = 4;

/// Hides all digits of `text` but the first six and the last four, in whatever script they are written.
pub(crate) fn six_and_four(text: &str) -> String {
    hide(text, HEAD)
}

/// Hides in a script's message whatever could be a card number or a phone number, but for its last four digits.
///
/// A script may repeat in a message what it was given, and messages go into errors and logs.
pub(crate) fn without_long_numbers(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut number = String::new();
    for c in text.chars() {
        // What people write between the digits of a number belongs to it.
        if is_digit(c) || (!number.is_empty() && !c.is_alphabetic()) {
            number.push(c);
        } else {
            out.push_str(&short(&number));
            number.clear();
            out.push(c);
        }
    }
    out.push_str(&short(&number));
    out
}

fn short(number: &str) -> String {
    if number.chars().filter(|c| is_digit(*c)).count() > HEAD + TAIL {
        hide(number, 0)
    } else {
        number.to_owned()
    }
}

/// Hides the digits after the first `head`, but for the last four.
fn hide(text: &str, head: usize) -> String {
    let count = text.chars().filter(|c| is_digit(*c)).count();
    let hidden = head..count.saturating_sub(TAIL);
    let mut seen = 0;
    let masked = |c| {
        if !is_digit(c) {
            return c;
        }
        seen += 1;
        if hidden.contains(&(seen - 1)) { '*' } else { c }
    };
    text.chars().map(masked).collect()
}

fn is_digit(c: char) -> bool {
    digits::latin_char(c).is_numeric()
}

#[cfg(test)]
mod tests {
    use super::CardText;

    #[test]
    fn every_print_is_masked_and_showing_is_not() {
        let card = CardText::new("6037-7016-8909-5443");
        let masked = "6037-70**-****-5443";
        assert_eq!(card.to_string(), masked);
        assert_eq!(format!("{card:?}"), format!("CardText({masked})"));
        assert_eq!(serde_json::to_value(&card).unwrap(), masked);
        assert_eq!(card.expose(), "6037-7016-8909-5443");
    }
}

#[cfg(test)]
mod masking_tests {
    use super::*;

    #[test]
    fn at_most_six_and_four_digits_of_a_card_stay() {
        for (text, masked) in [
            ("****", "****"),
            ("6037701689095443", "603770******5443"),
            ("6037-7016-8909-5443", "6037-70**-****-5443"),
            ("۶۰۳۷۷۰۱۶۸۹۰۹۵۴۴۳", "۶۰۳۷۷۰******۵۴۴۳"),
            ("6037 70** **** 5443", "6037 70** **** 5443"),
            ("IR820540102680020817909002", "IR820540**************9002"),
            ("", ""),
        ] {
            assert_eq!(six_and_four(text), masked);
        }
    }

    #[test]
    fn messages_keep_their_words_and_their_short_numbers() {
        for (text, masked) in [
            ("fid 1000 was used", "fid 1000 was used"),
            ("HTTP 500, code -3", "HTTP 500, code -3"),
            (
                "card 6037701689095443 is wrong",
                "card ************5443 is wrong",
            ),
            ("6037-7016 8909.5443", "****-**** ****.5443"),
            ("کارت ۶۰۳۷۷۰۱۶۸۹۰۹۵۴۴۳", "کارت ************۵۴۴۳"),
            ("call 09123452730", "call *******2730"),
            // As many digits as may stay, and numbers that words keep apart.
            ("trace 1234567890 is new", "trace 1234567890 is new"),
            ("fid 100000 of 100001", "fid 100000 of 100001"),
            (
                "card 6037701689095443 of fid 1000",
                "card ************5443 of fid 1000",
            ),
        ] {
            assert_eq!(without_long_numbers(text), masked);
        }
    }
}
