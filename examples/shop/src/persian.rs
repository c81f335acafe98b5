//! Numbers as a Persian reads them.

use std::borrow::Borrow;
use std::time::Duration;

use paylink::{Currency, Money, Rial};

/// An amount with Persian digits, and marks between thousands: `۱٬۵۰۰٬۰۰۰`.
pub(crate) fn amount(money: impl Borrow<Money>) -> String {
    let written = money.borrow().amount();
    let (whole, fraction) = written.split_once('.').unwrap_or((&written, ""));
    let mut grouped = String::new();
    for (place, digit) in whole.chars().enumerate() {
        if place > 0 && (whole.len() - place).is_multiple_of(3) {
            grouped.push('٬');
        }
        grouped.push(digit);
    }
    if fraction.chars().any(|digit| digit != '0') {
        grouped.push('٫');
        grouped.push_str(fraction);
    }
    digits(&grouped)
}

/// The unit's name.
pub(crate) fn unit(money: impl Borrow<Money>) -> &'static str {
    match money.borrow().currency() {
        Currency::Irr => "ریال",
        Currency::Irt => "تومان",
        Currency::Usd => "دلار",
        Currency::Usdt => "تتر",
        other => other.code(),
    }
}

/// What rial are in toman, as it is said: `۱۵۰٬۰۲۴ تومان و ۵ ریال`. A fraction of toman is misread. `None` for other units.
pub(crate) fn in_toman(money: impl Borrow<Money>) -> Option<String> {
    let money = money.borrow();
    if money.currency() != Currency::Irr {
        return None;
    }
    let rial = Rial::try_from(*money).ok()?.get();
    let toman = Money::new(&(rial / 10).to_string(), Currency::Irt).ok();
    let toman = toman.map(|toman| format!("{} {}", amount(toman), unit(toman)));
    let rest = (rial % 10 != 0).then(|| format!("{} ریال", digits(&(rial % 10).to_string())));
    let parts: Vec<String> = toman.into_iter().chain(rest).collect();
    Some(parts.join(" و "))
}

/// Latin digits as Persian ones.
pub(crate) fn digits(text: &str) -> String {
    let persian = |letter: char| match letter.to_digit(10) {
        Some(digit) => char::from_u32(u32::from('۰') + digit).unwrap_or(letter),
        None => letter,
    };
    text.chars().map(persian).collect()
}

/// Minutes and seconds: `۱۴:۰۵`.
pub(crate) fn clock(time: Duration) -> String {
    let seconds = time.as_secs();
    digits(&format!("{}:{:02}", seconds / 60, seconds % 60))
}

/// A card's number as it stands on the card.
pub(crate) fn card(number: &str) -> String {
    let mut fours = String::new();
    for (place, digit) in number.chars().enumerate() {
        if place > 0 && place % 4 == 0 {
            fours.push(' ');
        }
        fours.push(digit);
    }
    fours
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_keep_every_digit() {
        let written = |text, currency| amount(Money::new(text, currency).unwrap());
        assert_eq!(written("150000", Currency::Irt), "۱۵۰٬۰۰۰");
        assert_eq!(written("1234.50", Currency::Usd), "۱٬۲۳۴٫۵۰");
        assert_eq!(written("999", Currency::Irr), "۹۹۹");
    }

    #[test]
    fn rial_are_told_in_toman_without_a_fraction() {
        let told = |text, currency| in_toman(Money::new(text, currency).unwrap());
        let rial = |text| told(text, Currency::Irr).unwrap();
        assert_eq!(rial("1500245"), "۱۵۰٬۰۲۴ تومان و ۵ ریال");
        assert_eq!(rial("1500240"), "۱۵۰٬۰۲۴ تومان");
        assert_eq!(told("150000", Currency::Irt), None);
    }

    #[test]
    fn a_time_is_told_in_minutes_and_seconds() {
        assert_eq!(clock(Duration::from_secs(14 * 60 + 5)), "۱۴:۰۵");
        assert_eq!(card("6037990000000006"), "6037 9900 0000 0006");
    }
}
