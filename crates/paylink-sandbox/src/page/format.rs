//! How each language writes amounts, numbers and times.

use std::time::{Duration, SystemTime};

use super::words::in_words;
use super::{Bilingual, Lang, bilingual, persian};
use crate::calendar;

/// What an amount counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Unit {
    Rial,
    Toman,
    Dollar,
    Tether,
}

impl Unit {
    /// Returns its name and, where it has one, that of its parts with how many digits they have.
    fn names(self) -> (Bilingual, Option<(usize, Bilingual)>) {
        let rial = bilingual("ریال", "rial");
        match self {
            Self::Rial => (rial, None),
            Self::Toman => (bilingual("تومان", "toman"), Some((1, rial))),
            Self::Dollar => (
                bilingual("دلار", "US dollars"),
                Some((2, bilingual("سنت", "cents"))),
            ),
            Self::Tether => (bilingual("تتر", "USDT"), None),
        }
    }
}

impl Lang {
    /// Writes Latin digits as this language does.
    pub(crate) fn digits(self, text: &str) -> String {
        match self {
            Self::Persian => persian::digits(text),
            Self::English => text.to_owned(),
        }
    }

    /// Writes a decimal number with marks between thousands: `۱٬۰۰۰٫۵`, `1,000.5`.
    pub(crate) fn number(self, text: &str) -> String {
        let persian = persian::amount(text);
        match self {
            Self::Persian => persian,
            Self::English => jalali_calendar::digits::to_latin(&persian)
                .replace('٬', ",")
                .replace('٫', "."),
        }
    }

    pub(crate) fn unit(self, unit: Unit) -> &'static str {
        unit.names().0.of(self)
    }

    /// Writes a decimal number with its unit behind it.
    pub(crate) fn amount(self, number: &str, unit: Unit) -> String {
        format!("{} {}", self.number(number), self.unit(unit))
    }

    /// Writes an amount of rial in toman, of which each is ten. In Persian the rest is said in rial.
    pub(crate) fn toman(self, rial: u64) -> String {
        match (self, rial % 10) {
            (Self::Persian, _) => persian::toman(rial),
            (Self::English, 0) => self.amount(&(rial / 10).to_string(), Unit::Toman),
            (Self::English, rest) => self.amount(&format!("{}.{rest}", rial / 10), Unit::Toman),
        }
    }

    /// Writes an amount in words, and rial in toman: `صد و بیست هزار تومان`. An amount that is finer than its unit's parts,
    /// or beyond 64 bits, has none.
    pub(crate) fn words(self, number: &str, unit: Unit) -> Option<String> {
        let (whole, fraction) = number.split_once('.').unwrap_or((number, ""));
        let fraction = fraction.trim_end_matches('0');
        let mut whole: u64 = whole.parse().ok()?;
        let (unit, parts) = match unit {
            Unit::Rial if fraction.is_empty() => {
                let rest = whole % 10;
                whole /= 10;
                (Unit::Toman, rest)
            }
            unit => (unit, in_parts(fraction, unit)?),
        };
        let (name, part) = unit.names();
        let mut said = Vec::new();
        if whole > 0 || parts == 0 {
            said.push(format!("{} {}", in_words(whole, self), name.of(self)));
        }
        if let (1.., Some((_, part))) = (parts, part) {
            said.push(format!("{} {}", in_words(parts, self), part.of(self)));
        }
        Some(said.join(bilingual(" و ", " and ").of(self)))
    }

    /// Writes a moment as the clocks of Tehran show it.
    pub(crate) fn moment(self, at: SystemTime) -> String {
        match self {
            Self::Persian => calendar::in_tehran(at).unwrap_or_default(),
            Self::English => calendar::gregorian_in_tehran(at),
        }
    }

    /// Writes how much time is left as clocks do, to the next whole second: `14:59`, `1:00:00`.
    pub(crate) fn left(self, left: Left) -> String {
        let Left(seconds) = left;
        let (hours, minutes) = (seconds / 3600, seconds / 60 % 60);
        let seconds = seconds % 60;
        self.digits(&match hours {
            0 => format!("{minutes}:{seconds:02}"),
            _ => format!("{hours}:{minutes:02}:{seconds:02}"),
        })
    }
}

/// Reads what stands behind the point in the parts of a unit.
fn in_parts(fraction: &str, unit: Unit) -> Option<u64> {
    if fraction.is_empty() {
        return Some(0);
    }
    let (_, part) = unit.names();
    let (places, _) = part.filter(|(places, _)| fraction.len() <= *places)?;
    format!("{fraction:0<places$}").parse().ok()
}

/// The seconds that are left, rounded up: none are left only when it is over.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Left(pub(super) u64);

impl Left {
    pub(crate) fn until(end: SystemTime, now: SystemTime) -> Self {
        let left = end.duration_since(now).unwrap_or(Duration::ZERO);
        let begun = u64::from(left.subsec_nanos() > 0);
        Self(left.as_secs().saturating_add(begun))
    }
}

#[cfg(test)]
mod tests {
    use std::time::UNIX_EPOCH;

    use super::*;

    #[test]
    fn amounts_have_marks_and_a_unit() {
        for (number, unit, persian, english) in [
            ("250000", Unit::Toman, "۲۵۰٬۰۰۰ تومان", "250,000 toman"),
            ("1000", Unit::Rial, "۱٬۰۰۰ ریال", "1,000 rial"),
            ("1234.5", Unit::Dollar, "۱٬۲۳۴٫۵ دلار", "1,234.5 US dollars"),
        ] {
            assert_eq!(Lang::Persian.amount(number, unit), persian);
            assert_eq!(Lang::English.amount(number, unit), english);
        }
        assert_eq!(Lang::English.toman(12_345), "1,234.5 toman");
        assert_eq!(Lang::English.toman(12_340), "1,234 toman");
        assert_eq!(Lang::Persian.toman(12_345), "۱٬۲۳۴ تومان و ۵ ریال");
    }

    #[test]
    fn amounts_are_said_in_words() {
        for (number, unit, persian, english) in [
            (
                "1200000",
                Unit::Rial,
                "صد و بیست هزار تومان",
                "one hundred and twenty thousand toman",
            ),
            (
                "12345",
                Unit::Rial,
                "هزار و دویست و سی و چهار تومان و پنج ریال",
                "one thousand two hundred and thirty-four toman and five rial",
            ),
            ("7", Unit::Rial, "هفت ریال", "seven rial"),
            (
                "20.50",
                Unit::Toman,
                "بیست تومان و پنج ریال",
                "twenty toman and five rial",
            ),
            ("0", Unit::Toman, "صفر تومان", "zero toman"),
            (
                "100.9",
                Unit::Dollar,
                "صد دلار و نود سنت",
                "one hundred US dollars and ninety cents",
            ),
            ("3.000", Unit::Tether, "سه تتر", "three USDT"),
        ] {
            assert_eq!(Lang::Persian.words(number, unit).unwrap(), persian);
            assert_eq!(Lang::English.words(number, unit).unwrap(), english);
        }
        let too_fine = [
            ("1.5", Unit::Rial),
            ("1.5", Unit::Tether),
            ("1.05", Unit::Toman),
        ];
        let too_much = [("18446744073709551616", Unit::Toman)];
        for (number, unit) in too_fine.into_iter().chain(too_much) {
            assert_eq!(Lang::Persian.words(number, unit), None, "{number}");
        }
    }

    #[test]
    fn times_are_those_of_tehran() {
        let at = UNIX_EPOCH + Duration::from_secs(1_795_970_700);
        assert_eq!(Lang::English.moment(at), "2026-11-29 20:15 +03:30");
        assert_eq!(Lang::Persian.moment(at), "۸ آذر ۱۴۰۵، ساعت ۲۰:۱۵");
    }

    #[test]
    fn time_left_runs_like_a_clock() {
        let left = |seconds| Lang::English.left(Left(seconds));
        assert_eq!(left(3600), "1:00:00");
        assert_eq!(left(899), "14:59");
        assert_eq!(left(5), "0:05");
        assert_eq!(Lang::Persian.left(Left(65)), "۱:۰۵");
        let until = |millis| Left::until(UNIX_EPOCH + Duration::from_millis(millis), UNIX_EPOCH);
        assert_eq!(
            (until(1), until(1000), until(0)),
            (Left(1), Left(1), Left(0))
        );
        assert_eq!(Left::until(UNIX_EPOCH, SystemTime::now()), Left(0));
    }
}
