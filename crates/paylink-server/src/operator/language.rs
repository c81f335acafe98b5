//! The two languages of the pages, and how each writes amounts, numbers and times.

use std::time::{Duration, SystemTime};

use jiff::Timestamp;
use jiff::tz::Offset;
use paylink::{Currency, JalaliDate, JalaliDateTime, Money};

use super::texts::{ENGLISH, PERSIAN, Texts};

/// Tehran is so far ahead of UTC: 3:30.
const TEHRAN_SECONDS: i32 = 12_600;

/// A language.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
pub(super) enum Lang {
    #[default]
    Persian,
    English,
}

impl Lang {
    pub(super) fn code(self) -> &'static str {
        match self {
            Lang::Persian => "fa",
            Lang::English => "en",
        }
    }

    /// The language of this code.
    pub(super) fn parse(code: &str) -> Option<Lang> {
        let both = [Lang::Persian, Lang::English];
        both.into_iter().find(|lang| lang.code() == code)
    }

    pub(super) fn direction(self) -> &'static str {
        match self {
            Lang::Persian => "rtl",
            Lang::English => "ltr",
        }
    }

    /// The language's own name.
    pub(super) fn name(self) -> &'static str {
        match self {
            Lang::Persian => "فارسی",
            Lang::English => "English",
        }
    }

    pub(super) fn other(self) -> Lang {
        match self {
            Lang::Persian => Lang::English,
            Lang::English => Lang::Persian,
        }
    }

    pub(super) fn texts(self) -> &'static Texts {
        match self {
            Lang::Persian => &PERSIAN,
            Lang::English => &ENGLISH,
        }
    }

    /// A moment, to the second, as the clocks of Tehran show it.
    pub(super) fn time(self, at: SystemTime) -> String {
        match self {
            Lang::Persian => JalaliDateTime::from_system_time(at)
                .map(|at| persian_digits(&at.to_string()))
                .unwrap_or_default(),
            Lang::English => {
                let at = Timestamp::try_from(at).unwrap_or_default();
                let tehran = Offset::from_seconds(TEHRAN_SECONDS).unwrap_or(Offset::UTC);
                let at = tehran.to_datetime(at);
                format!("{} {} +03:30", at.date(), at.strftime("%H:%M:%S"))
            }
        }
    }

    /// A day, as it is typed.
    pub(super) fn day(self, day: JalaliDate) -> String {
        match self {
            Lang::Persian => persian_digits(&day.to_string()),
            Lang::English => {
                let (year, month, day) = day.to_gregorian();
                format!("{year:04}-{month:02}-{day:02}")
            }
        }
    }

    pub(super) fn count(self, count: impl TryInto<u64>) -> String {
        let count: u64 = count.try_into().unwrap_or(u64::MAX);
        self.decimal(&count.to_string())
    }

    /// How long something takes, in its largest unit.
    pub(super) fn duration(self, time: Duration) -> String {
        const MINUTE: u64 = 60;
        const HOUR: u64 = 60 * MINUTE;
        const DAY: u64 = 24 * HOUR;
        let seconds = time.as_secs();
        let (count, persian, english) = match seconds {
            0..MINUTE => (seconds, "ثانیه", "s"),
            MINUTE..HOUR => (seconds / MINUTE, "دقیقه", "min"),
            HOUR..DAY => (seconds / HOUR, "ساعت", "h"),
            _ => (seconds / DAY, "روز", "d"),
        };
        match self {
            Lang::Persian => format!("{} {persian}", self.count(count)),
            Lang::English => format!("{} {english}", self.count(count)),
        }
    }

    /// An amount with its unit. A tail of a toman is said in rial in Persian, where a fraction is misread.
    pub(super) fn money(self, money: &Money) -> String {
        let amount = money.amount();
        if let (Lang::Persian, Currency::Irt, Some((toman, rial))) =
            (self, money.currency(), amount.split_once('.'))
            && rial.len() == 1
        {
            let rial = format!("{} {}", self.decimal(rial), self.unit(Currency::Irr));
            if toman == "0" {
                return rial;
            }
            return format!(
                "{} {} و {rial}",
                self.decimal(toman),
                self.unit(Currency::Irt)
            );
        }
        format!("{} {}", self.decimal(&amount), self.unit(money.currency()))
    }

    fn unit(self, currency: Currency) -> &'static str {
        match (self, currency) {
            (Lang::Persian, Currency::Irr) => "ریال",
            (Lang::Persian, Currency::Irt) => "تومان",
            (Lang::Persian, Currency::Usd) => "دلار",
            (Lang::Persian, Currency::Usdt) => "تتر",
            (Lang::English, Currency::Irr) => "rial",
            (Lang::English, Currency::Irt) => "toman",
            (_, other) => other.code(),
        }
    }

    /// An amount of others without a unit: as it is, if it is no number.
    pub(super) fn amount(self, text: &str) -> String {
        let is_number = |part: &str| !part.is_empty() && part.bytes().all(|it| it.is_ascii_digit());
        let (whole, fraction) = text.split_once('.').unwrap_or((text, "0"));
        if is_number(whole) && is_number(fraction) {
            self.decimal(text)
        } else {
            text.to_owned()
        }
    }

    /// A decimal number, with marks between thousands.
    fn decimal(self, number: &str) -> String {
        let (whole, fraction) = match number.split_once('.') {
            Some((whole, fraction)) => (whole, Some(fraction)),
            None => (number, None),
        };
        let (thousands, point) = match self {
            Lang::Persian => ('٬', '٫'),
            Lang::English => (',', '.'),
        };
        let mut written = String::new();
        for (place, digit) in whole.chars().enumerate() {
            if place > 0 && whole.len().saturating_sub(place).is_multiple_of(3) {
                written.push(thousands);
            }
            written.push(digit);
        }
        if let Some(fraction) = fraction {
            written.push(point);
            written.push_str(fraction);
        }
        match self {
            Lang::Persian => persian_digits(&written),
            Lang::English => written,
        }
    }
}

/// Reads a day of either calendar, in digits of any keyboard.
pub(super) fn read_day(text: &str) -> Option<JalaliDate> {
    let text = paylink::core::digits::latin(text.trim());
    if let Ok(day) = text.parse::<JalaliDate>() {
        return Some(day);
    }
    let mut parts = text.split(['-', '/']);
    let (year, month, day) = (parts.next()?, parts.next()?, parts.next()?);
    let day =
        JalaliDate::from_gregorian(year.parse().ok()?, month.parse().ok()?, day.parse().ok()?);
    day.ok().filter(|_| parts.next().is_none())
}

fn persian_digits(text: &str) -> String {
    let persian = |c: char| match c.to_digit(10) {
        Some(digit) => char::from_u32(u32::from('۰').saturating_add(digit)).unwrap_or(c),
        None => c,
    };
    text.chars().map(persian).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn money(amount: &str, currency: Currency) -> Money {
        Money::new(amount, currency).unwrap()
    }

    #[test]
    fn amounts_have_marks_and_a_unit() {
        for (amount, currency, persian, english) in [
            ("250000", Currency::Irt, "۲۵۰٬۰۰۰ تومان", "250,000 toman"),
            ("1000", Currency::Irr, "۱٬۰۰۰ ریال", "1,000 rial"),
            ("100.99", Currency::Usd, "۱۰۰٫۹۹ دلار", "100.99 USD"),
            (
                "150024.5",
                Currency::Irt,
                "۱۵۰٬۰۲۴ تومان و ۵ ریال",
                "150,024.5 toman",
            ),
            ("0.7", Currency::Irt, "۷ ریال", "0.7 toman"),
        ] {
            let money = money(amount, currency);
            assert_eq!(Lang::Persian.money(&money), persian);
            assert_eq!(Lang::English.money(&money), english);
        }
    }

    #[test]
    fn an_amount_of_others_is_written_if_it_is_a_number() {
        assert_eq!(Lang::Persian.amount("250000"), "۲۵۰٬۰۰۰");
        assert_eq!(Lang::English.amount("1000.99"), "1,000.99");
        for odd in ["", ".", "1.", "1e9", "-1", "1,000", "x"] {
            assert_eq!(Lang::Persian.amount(odd), odd);
        }
    }

    #[test]
    fn times_are_those_of_tehran() {
        let at = SystemTime::UNIX_EPOCH + Duration::from_secs(1_795_970_700);
        assert_eq!(Lang::Persian.time(at), "۱۴۰۵/۰۹/۰۸ ۲۰:۱۵:۰۰");
        assert_eq!(Lang::English.time(at), "2026-11-29 20:15:00 +03:30");
    }

    #[test]
    fn days_of_both_calendars_are_read() {
        let day = JalaliDate::new(1405, 9, 9).unwrap();
        for text in [
            "1405/09/09",
            " ۱۴۰۵/۹/۹ ",
            "1405-9-9",
            "2026-11-30",
            "2026/11/30",
        ] {
            assert_eq!(read_day(text), Some(day), "{text}");
        }
        for text in [
            "",
            "today",
            "2026-11",
            "2026-11-30-1",
            "1405/13/01",
            "2026-02-30",
        ] {
            assert_eq!(read_day(text), None, "{text}");
        }
        assert_eq!(Lang::Persian.day(day), "۱۴۰۵/۰۹/۰۹");
        assert_eq!(Lang::English.day(day), "2026-11-30");
    }

    #[test]
    fn durations_are_said_in_their_largest_unit() {
        let said = |seconds| Lang::English.duration(Duration::from_secs(seconds));
        assert_eq!(said(59), "59 s");
        assert_eq!(said(150), "2 min");
        assert_eq!(said(7300), "2 h");
        assert_eq!(said(200_000), "2 d");
        assert_eq!(Lang::Persian.duration(Duration::from_secs(150)), "۲ دقیقه");
    }
}
