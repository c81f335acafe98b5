use std::io::{self, Write};

use paylink::core::digits;
use paylink::core::text::excerpt;
use paylink::{CardNumber, Currency, Money};

/// The most characters of one value on a line.
const LONGEST: usize = 300;

/// Makes text from elsewhere fit for a terminal: no control characters, no marks that turn a line around.
pub(crate) fn shown(text: &str) -> String {
    excerpt(text, LONGEST)
}

/// An amount as people say it: ZiPay's IRT is toman, which its code does not tell.
pub(crate) fn amount(money: &Money) -> String {
    match money.currency() {
        Currency::Irt => format!("{money} (toman)"),
        Currency::Irr => format!("{money} (rial)"),
        _ => money.to_string(),
    }
}

/// Masks the card numbers in a text that repeats what was typed, grouped in any of the usual ways.
pub(crate) fn without_cards(text: &str) -> String {
    let is_part = |c: char| matches!(c, ' ' | '-') || digits::latin_char(c).is_ascii_digit();
    let mut rest = text;
    let mut out = String::with_capacity(text.len());
    while let Some(start) = rest.find(is_part) {
        let (before, number_and_more) = rest.split_at(start);
        let end = number_and_more
            .find(|c| !is_part(c))
            .unwrap_or(number_and_more.len());
        let (run, more) = number_and_more.split_at(end);
        let typed = run.trim_matches([' ', '-']);
        out.push_str(before);
        match CardNumber::parse(typed) {
            Ok(card) => out.push_str(&run.replace(typed, &card.to_string())),
            Err(_) => out.push_str(run),
        }
        rest = more;
    }
    out + rest
}

/// Writes names and values in two columns.
pub(crate) fn write_facts(out: &mut dyn Write, facts: &[(&str, String)]) -> io::Result<()> {
    let width = facts
        .iter()
        .map(|(name, _)| name.len())
        .max()
        .unwrap_or_default();
    for (name, value) in facts {
        writeln!(out, "  {name:width$}  {}", shown(value))?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_provider_wrote_cannot_steer_the_terminal() {
        let mut out = Vec::new();
        write_facts(
            &mut out,
            &[("Payer", "A\u{1b}[2Jli\r\nForged  line".to_owned())],
        )
        .unwrap();
        assert_eq!(
            String::from_utf8(out).unwrap(),
            "  Payer  A\\u{1b}[2Jli\\r\\nForged  line\n"
        );
    }

    #[test]
    fn a_card_is_masked_however_it_was_typed_and_nothing_else_is() {
        let masked = "error: unexpected argument '603770******5443' found";
        for typed in [
            "6037701689095443",
            "6037-7016-8909-5443",
            "6037 7016 8909 5443",
            "۶۰۳۷۷۰۱۶۸۹۰۹۵۴۴۳",
        ] {
            let text = format!("error: unexpected argument '{typed}' found");
            assert_eq!(without_cards(&text), masked);
        }
        for text in [
            "",
            "--trackid 7-8",
            "1735237765123456",
            "0912 345 2730",
            " -- سفارش ۱۰۰۰ -",
        ] {
            assert_eq!(without_cards(text), text);
        }
    }

    #[test]
    fn toman_is_called_by_its_name() {
        assert_eq!(
            amount(&Money::new("250000", Currency::Irt).unwrap()),
            "250000 IRT (toman)"
        );
        assert_eq!(
            amount(&Money::new("1.50", Currency::Usd).unwrap()),
            "1.50 USD"
        );
    }
}
