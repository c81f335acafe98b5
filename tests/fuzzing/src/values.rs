//! Values that people and providers write: what parses prints, and parses again to the same.
//!
//! The first byte chooses the type, the second is passed over, the rest is the text.

use std::fmt::{Debug, Display};

use paylink_core::provider::OrderReference;
use paylink_core::{
    BaseUrl, CardNumber, Currency, Invalid, JalaliDate, JalaliDateTime, Mobile, Money, NationalId,
    Proxy, ReturnUrl, Rial, Toman, WebUrl,
};

use crate::cost;
use crate::meaning::latin;
use crate::mutation::HEAD;

/// The longest message of a refused value, in bytes: its text is bounded, its script is not.
const LONGEST_MESSAGE: usize = 2_000;

type Check = fn(&str) -> Result<(), String>;

/// Reads a text as this type.
macro_rules! printed {
    ($($type:ty),+ $(,)?) => { [$((stringify!($type), (|text| {
        again::<$type>(text, |it| it.parse(), ToString::to_string)
    }) as Check)),+] };
}

/// A type with what is checked of it.
type Kind = (&'static str, Check);

const PRINTED: [Kind; 13] = printed![
    WebUrl,
    ReturnUrl,
    Mobile,
    JalaliDate,
    JalaliDateTime,
    OrderReference,
    zipay_client::TrackId,
    zipay_client::InvoiceNumber,
    sizpay_client::InvoiceNumber,
    pod_invoice_client::InvoiceId,
    pod_invoice_client::BillNumber,
    pod_invoice_client::GuildCode,
    pod_invoice_client::UniqueNumber,
];

const OTHERS: [Kind; 14] = [
    ("Rial", |text| {
        again(text, Rial::parse, |it| it.get().to_string())
    }),
    ("Toman", |text| {
        again(text, Toman::parse, |it| it.get().to_string())
    }),
    ("Money in USD", |text| money(text, Currency::Usd)),
    ("Money in IRR", |text| money(text, Currency::Irr)),
    ("Money in IRT", |text| money(text, Currency::Irt)),
    ("CardNumber", |text| {
        again(text, CardNumber::parse, |it| it.expose().to_owned())?;
        if let Ok(card) = CardNumber::parse(text) {
            let shown = format!("{card} {card:?}");
            if shown.contains(card.expose()) {
                return Err(format!("a card's number is shown whole: {shown}"));
            }
        }
        Ok(())
    }),
    ("NationalId", |text| {
        again(text, NationalId::parse, |it| it.as_str().to_owned())
    }),
    ("a foreigner's NationalId", |text| {
        again(text, NationalId::parse_foreign, |it| it.as_str().to_owned())
    }),
    ("CustomerName", |text| {
        again::<sizpay_client::CustomerName>(text, str::parse, |it| it.as_str().to_owned())
    }),
    ("Description", |text| {
        again::<sizpay_client::Description>(text, str::parse, |it| it.as_str().to_owned())
    }),
    ("BaseUrl", |text| match BaseUrl::parse(text) {
        Err(invalid) => bounded(&invalid),
        Ok(base) => match base.endpoint("pay") {
            Ok(place) if place.path().ends_with("/pay") => Ok(()),
            other => Err(format!("{base:?} leads to {other:?}")),
        },
    }),
    ("Proxy", proxy),
    ("an app's ReturnUrl", |text| {
        let parse = |text: &str| ReturnUrl::parse_app(ReturnUrl::KEY, text);
        again(text, parse, |it| it.as_str().to_owned())
    }),
    ("the calendar", |text| {
        if let Ok(date) = JalaliDate::parse(text) {
            let (year, month, day) = date.to_gregorian();
            let back = JalaliDate::from_gregorian(year, month, day);
            if back.as_ref() != Ok(&date) {
                return Err(format!("{date} became {back:?}"));
            }
        }
        if let Ok(time) = JalaliDateTime::parse(text) {
            let back = JalaliDateTime::from_system_time(time.to_system_time());
            if back.as_ref() != Ok(&time) {
                return Err(format!("{time} became {back:?}"));
            }
        }
        Ok(())
    }),
];

/// Tries a text as a value of one type.
///
/// # Errors
///
/// What came of it that should not have.
pub fn check(input: &[u8]) -> Result<(), String> {
    let Some((&[which, _], rest)) = input.split_first_chunk::<HEAD>() else {
        return Ok(());
    };
    let Ok(text) = std::str::from_utf8(rest) else {
        return Ok(());
    };
    let place = usize::from(which) % kinds();
    let Some((name, check)) = PRINTED.iter().chain(&OTHERS).nth(place) else {
        return Ok(());
    };
    let (cost, outcome) = cost::of(|| check(text));
    outcome
        .and_then(|()| cost.check(text.len() * 4))
        .map_err(|finding| format!("{name}: {finding}"))
}

/// How many types there are.
#[must_use]
pub fn kinds() -> usize {
    PRINTED.len() + OTHERS.len()
}

/// A text that each type reads, and some that none does.
#[must_use]
pub fn seeds() -> Vec<Vec<u8>> {
    const TEXTS: [&str; 30] = [
        "150000",
        "۱۵۰٬۰۰۰",
        "100.99",
        "0.01",
        "79228162514264337593543950335",
        "https://shop.example/back?order=7&a=%20b#c",
        "http://127.0.0.1:8080/",
        "myapp://back",
        "09123452730",
        "+989123452730",
        "۰۹۱۲۳۴۵۲۷۳۰",
        "0013542419",
        "123456789012",
        "1399/11/21",
        "1403-12-30",
        "1399/11/21 14:05:09",
        "6037701689095443",
        "6037-7016-8909-5443",
        "1000",
        "A-1000_b.7",
        "de7d44ae-9df9-487f-a175-ade1ecfab28b",
        "32157",
        "CLOTHING_GUILD",
        "6a8419e0de989b8f",
        "یک جفت کفش",
        "socks5h://user:secret-of-the-proxy@proxy.example:1080",
        "http://proxy.example:3128",
        "[::1]",
        "18446744073709551616",
        "\u{202e}0001",
    ];
    let kinds = u8::try_from(kinds()).unwrap_or(1);
    let mut seeds = Vec::new();
    for kind in 0..kinds {
        for text in TEXTS {
            seeds.push([&[kind, 0], text.as_bytes()].concat());
        }
    }
    seeds
}

fn again<T: PartialEq + Debug>(
    text: &str,
    parse: impl Fn(&str) -> Result<T, Invalid>,
    print: impl Fn(&T) -> String,
) -> Result<(), String> {
    let value = match parse(text) {
        Ok(value) => value,
        Err(invalid) => return bounded(&invalid),
    };
    let printed = print(&value);
    match parse(&printed) {
        Ok(read) if read == value => Ok(()),
        other => Err(format!(
            "{value:?} prints as {printed:?} and is read as {other:?}"
        )),
    }
}

fn bounded(invalid: &Invalid) -> Result<(), String> {
    let said = invalid.to_string();
    if said.len() <= LONGEST_MESSAGE && !said.chars().any(char::is_control) {
        return Ok(());
    }
    Err(format!("a refusal is too long, or not one line: {said:?}"))
}

type Parse = fn(&str, Currency) -> Result<Money, Invalid>;

/// An amount keeps every digit that it was written with.
fn money(text: &str, currency: Currency) -> Result<(), String> {
    again(text, |it| Money::new(it, currency), Money::amount)?;
    for parse in [Money::new as Parse, Money::parse] {
        if let Ok(money) = parse(text, currency) {
            let amount = money.amount();
            if Money::new(&amount, currency).as_ref() != Ok(&money) {
                return Err(format!("{text:?} became {money}, and {amount} is another"));
            }
            let (written, kept) = (digits(text), digits(&amount));
            if written != kept {
                return Err(format!("{text:?} became {money}, and lost digits"));
            }
        }
    }
    Ok(())
}

/// The digits of an amount before and behind its point, without the zeros that say nothing.
fn digits(text: &str) -> (String, String) {
    let text: String = text.chars().map(latin).collect();
    // A currency may stand behind.
    let (whole, fraction) = text.split_once(['.', '٫', '/']).unwrap_or((&text, ""));
    let only = |it: &str| it.chars().filter(char::is_ascii_digit).collect::<String>();
    (
        only(whole).trim_start_matches('0').to_owned(),
        only(fraction).trim_end_matches('0').to_owned(),
    )
}

fn proxy(text: &str) -> Result<(), String> {
    match text.parse::<Proxy>() {
        Err(invalid) => hides(text, &invalid).and_then(|()| bounded(&invalid)),
        Ok(proxy) => {
            hides(text, &format!("{proxy} {proxy:?}"))?;
            // Credentials are not printed, so that they do not come back.
            let again = proxy.to_string().parse::<Proxy>();
            match again {
                Ok(again) if again.to_string() == proxy.to_string() => Ok(()),
                other => Err(format!("{proxy} is read as {other:?}")),
            }
        }
    }
}

/// Whether a password that stands in its place is not shown.
fn hides(text: &str, shown: &impl Display) -> Result<(), String> {
    const PASSWORD: &str = "secret-of-the-proxy";
    let in_its_place = text.contains(&format!("//user:{PASSWORD}@proxy.example"))
        && text.matches(PASSWORD).count() == 1;
    if in_its_place && shown.to_string().contains(PASSWORD) {
        return Err(format!("a password is shown: {shown}"));
    }
    Ok(())
}
