//! What several pages are made of: the price, the failures to try, and the page after a window was closed.

use std::time::SystemTime;

use askama::Template;
use axum::http::StatusCode;
use axum::response::Response;

use super::format::Left;
use super::{Policy, Reader, Unit, bilingual, page};

/// An amount in every way in which a payer may read it. Shown by `price.html`.
#[derive(Debug)]
pub(crate) struct Price {
    /// What is done with it.
    pub(crate) label: &'static str,
    pub(crate) figure: String,
    pub(crate) unit: &'static str,
    /// An amount of rial, in toman.
    pub(crate) toman: Option<String>,
    pub(crate) words: Option<String>,
}

impl Price {
    pub(crate) fn of(reader: &Reader, label: &'static str, number: &str, unit: Unit) -> Self {
        let lang = reader.lang;
        let rial = number.parse().ok().filter(|_| unit == Unit::Rial);
        Self {
            label,
            figure: lang.number(number),
            unit: lang.unit(unit),
            toman: rial.map(|rial| lang.toman(rial)),
            words: lang.words(number, unit),
        }
    }

    pub(crate) fn is_long(&self) -> bool {
        self.figure.chars().count() > 14
    }
}

/// A time that runs out. Shown by `deadline.html`, whose script counts it down.
#[derive(Debug)]
pub(crate) struct Deadline {
    pub(crate) label: &'static str,
    pub(crate) seconds: u64,
    pub(crate) left: String,
    pub(crate) end: String,
}

impl Deadline {
    pub(crate) fn of(
        reader: &Reader,
        label: &'static str,
        end: SystemTime,
        now: SystemTime,
    ) -> Self {
        let Left(seconds) = Left::until(end, now);
        Self {
            label,
            seconds,
            left: reader.lang.left(Left(seconds)),
            end: reader.lang.moment(end),
        }
    }
}

/// A way in which a payment fails, as a payer may try it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Failure {
    /// The bank refuses, and so it does for the next two: nothing happens, and the payer may try again.
    NotEnoughMoney,
    WrongPassword,
    WrongCard,
    /// The wallet refuses, with the same effect.
    EmptyWallet,
    /// What was paid is paid once more.
    PayAgain,
    /// A transfer that is not exact.
    OneRialLess,
    /// A transfer after the time allowed.
    TooLate,
}

impl Failure {
    /// What the bank itself refuses.
    pub(crate) const OF_THE_BANK: [Self; 3] =
        [Self::NotEnoughMoney, Self::WrongPassword, Self::WrongCard];

    /// Returns its name in forms.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::NotEnoughMoney => "not-enough-money",
            Self::WrongPassword => "wrong-password",
            Self::WrongCard => "wrong-card",
            Self::EmptyWallet => "empty-wallet",
            Self::PayAgain => "pay-again",
            Self::OneRialLess => "one-rial-less",
            Self::TooLate => "too-late",
        }
    }

    pub(crate) fn title(self, reader: &Reader) -> &'static str {
        let title = match self {
            Self::NotEnoughMoney => bilingual("موجودی ناکافی", "Not enough money"),
            Self::WrongPassword => bilingual("رمز دوم نادرست", "Wrong second password"),
            Self::WrongCard => bilingual("کارت نامعتبر", "Unknown card"),
            Self::EmptyWallet => bilingual("کیف پول بدون موجودی", "Wallet without money"),
            Self::PayAgain => bilingual("پرداخت دوباره", "Pay a second time"),
            Self::OneRialLess => bilingual("واریز یک ریال کمتر", "Transfer one rial less"),
            Self::TooLate => bilingual("واریز پس از مهلت", "Transfer after the time allowed"),
        };
        title.of(reader.lang)
    }

    /// Returns which of these failures a form asks for.
    pub(crate) fn asked(body: &[u8], offered: &[Self]) -> Option<Self> {
        let mut fields = form_urlencoded::parse(body);
        let (_, asked) = fields.find(|(name, _)| name == "failure")?;
        offered.iter().copied().find(|it| it.name() == asked)
    }

    /// Returns what the bank says, if it is the bank that refuses.
    pub(crate) fn of_the_bank(self, reader: &Reader) -> Option<&'static str> {
        let says = match self {
            Self::NotEnoughMoney => bilingual(
                "موجودی کارت کافی نیست و مبلغی کسر نشد. می‌توانید دوباره یا با کارت دیگری پرداخت کنید.",
                "The card has not enough money, and nothing was taken. You can pay again, or with another card.",
            ),
            Self::WrongPassword => bilingual(
                "رمز دوم درست نیست و مبلغی کسر نشد. رمز پویای جدید بگیرید و دوباره پرداخت کنید.",
                "The second password is wrong, and nothing was taken. Ask your bank for a new one, and pay again.",
            ),
            Self::WrongCard => bilingual(
                "بانک این کارت را نمی‌شناسد و مبلغی کسر نشد. شمارهٔ کارت را بررسی کنید و دوباره پرداخت کنید.",
                "The bank does not know this card, and nothing was taken. Check the card's number, and pay again.",
            ),
            Self::EmptyWallet | Self::PayAgain | Self::OneRialLess | Self::TooLate => return None,
        };
        Some(says.of(reader.lang))
    }
}

/// The failures that a page offers. Shown by `failures.html`.
#[derive(Debug)]
pub(crate) struct Failures {
    /// Where the form is posted.
    pub(crate) action: String,
    /// What the form says besides.
    pub(crate) hidden: Vec<(&'static str, String)>,
    pub(crate) failures: Vec<Failure>,
    /// The page that a payer sees who closes the window, while there is something to close it before.
    pub(crate) closed: Option<String>,
}

/// Shows that the window can be closed, and leads back to the page at `address`.
pub(crate) fn closed(reader: &Reader, played: &'static str, address: &str) -> Response {
    let view = ClosedPage {
        reader,
        played,
        address,
    };
    page(reader, StatusCode::OK, &view, Policy::default())
}

#[derive(Debug, Template)]
#[template(path = "closed.html")]
struct ClosedPage<'a> {
    reader: &'a Reader,
    played: &'static str,
    address: &'a str,
}

/// Writes what others typed without what would reorder or hide the text around it.
pub(crate) fn inert(text: &str) -> String {
    let hides = |mark: char| {
        mark.is_control()
            || matches!(mark, '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
    };
    text.replace(hides, "\u{fffd}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_form_asks_for_what_was_offered_alone() {
        let offered = [Failure::PayAgain];
        let asked = |body: &str| Failure::asked(body.as_bytes(), &offered);
        assert_eq!(asked("a=1&failure=pay-again"), Some(Failure::PayAgain));
        assert_eq!(asked("failure=wrong-card"), None);
        assert_eq!(asked(""), None);
    }

    #[test]
    fn what_others_typed_reorders_nothing() {
        assert_eq!(
            inert("a\u{202e}b\u{2066}c\nd"),
            "a\u{fffd}b\u{fffd}c\u{fffd}d"
        );
        let persian = "نیم‌فاصله ok";
        assert_eq!(inert(persian), persian);
    }
}
