//! Text goes over every way as it was written, or is refused with the reason.

use std::sync::LazyLock;

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;
use serde_json::Value;
use sizpay_client::{Invalid, NewLink, Rial, SizPay, Via};

/// Any text there is, and what is known to make trouble more often than by chance.
fn any_text() -> impl Strategy<Value = String> {
    let trouble = vec![
        "]]>",
        "<![CDATA[",
        "&amp;",
        "&#x41;",
        "<",
        ">",
        "&",
        "\"",
        "'",
        "\\",
        "\\u0000",
        "</",
        "سلام",
        "عربي",
        "ي",
        "ك",
        "ی",
        "ک",
        "\u{200c}",
        "\u{200f}",
        "\u{202e}",
        "\u{1f4b3}",
        "\u{1f468}\u{200d}\u{1f469}",
        "\u{301}",
        "\u{feff}",
        "\u{2028}",
        "\n",
        "\r\n",
        "\t",
        "\0",
        "\u{1b}",
        "\u{7f}",
        "\u{85}",
        "\u{fffe}",
        "\u{ffff}",
        "\u{10ffff}",
        " ",
        "  ",
    ];
    let piece = prop_oneof![
        4 => select(trouble).prop_map(str::to_owned),
        1 => any::<char>().prop_map(String::from),
        2 => "[a-z0-9]{1,8}",
    ];
    vec(piece, 0..12).prop_map(|pieces| pieces.concat())
}

/// Whether a text may be written in one line that XML 1.0 can carry.
fn can_travel(text: &str) -> bool {
    !text
        .chars()
        .any(|c| c.is_control() || c == '\u{fffe}' || c == '\u{ffff}')
}

/// A client for each way.
static CLIENTS: LazyLock<Vec<(Via, SizPay)>> = LazyLock::new(|| {
    let client = |via: &Via| {
        let builder = SizPay::builder("k1", "k2", "hosseini").via(*via);
        builder.build().map(|sizpay| (*via, sizpay))
    };
    Via::ALL.iter().flat_map(client).collect()
});

fn body(sizpay: &SizPay, link: NewLink) -> String {
    let prepared = sizpay
        .send_link(link)
        .prepare()
        .map(|prepared| prepared.body().to_vec());
    String::from_utf8(prepared.unwrap_or_default()).unwrap_or_default()
}

/// What a reader of the body finds in a field.
fn found(via: Via, body: &str, field: &str) -> String {
    match via {
        Via::Rest => json_text(body, &format!("/{field}")),
        Via::AsmxJson => json_text(body, &format!("/PayLinkData/{field}")),
        _ => xml_text(body, field),
    }
}

fn json_text(body: &str, pointer: &str) -> String {
    let body: Value = serde_json::from_str(body).unwrap();
    body.pointer(pointer).unwrap().as_str().unwrap().to_owned()
}

/// Reads an element's text by hand: no reader of the client's own is asked.
fn xml_text(body: &str, field: &str) -> String {
    let (_, rest) = body.split_once(&format!("<{field}>")).unwrap();
    let (text, _) = rest.split_once(&format!("</{field}>")).unwrap();
    assert!(!text.contains('<') && !text.contains("]]>"), "{text}");
    let mut read = String::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('&') {
        let (name, after) = after.split_once(';').unwrap();
        read.push_str(before);
        read.push(match name {
            "lt" => '<',
            "gt" => '>',
            "amp" => '&',
            "quot" => '"',
            "apos" => '\'',
            other => panic!("&{other};"),
        });
        rest = after;
    }
    read + rest
}

fn new_link(number: &str) -> Result<NewLink, Invalid> {
    NewLink::new(number, Rial::new(1), "09122272730")
}

/// Holds that a field survives on every way, or that its text had a reason not to.
fn survives_or_is_refused(
    text: &str,
    field: &str,
    link: Result<NewLink, Invalid>,
    reasons: &[bool],
) -> Result<(), TestCaseError> {
    match link {
        Ok(link) => {
            prop_assert!(can_travel(text) && !reasons.contains(&true), "{:?}", text);
            prop_assert_eq!(CLIENTS.len(), Via::ALL.len());
            for (via, sizpay) in CLIENTS.iter() {
                let body = body(sizpay, link.clone());
                let there = found(*via, &body, field);
                prop_assert_eq!(there.as_bytes(), text.as_bytes(), "over {}", via);
            }
        }
        Err(refused) => {
            prop_assert!(!can_travel(text) || reasons.contains(&true), "{}", refused);
            let told = refused.problem();
            let named = told.contains("U+") || can_travel(text);
            prop_assert!(named && refused.remedy().is_some(), "{}", refused);
        }
    }
    Ok(())
}

proptest! {
    #[test]
    fn names_and_descriptions_survive_or_are_refused(text in any_text()) {
        let reasons = [text.chars().count() > 50, text.trim().is_empty()];
        let named = new_link("1").and_then(|link| link.with_customer_name(&text));
        survives_or_is_refused(&text, "CustomerName", named, &reasons)?;
        let described = new_link("1").and_then(|link| link.with_description(&text));
        survives_or_is_refused(&text, "Description", described, &reasons)?;
    }

    #[test]
    fn invoice_numbers_survive_or_are_refused(text in any_text()) {
        let reasons = [
            text.chars().count() > 100,
            text.trim() != text,
            text.is_empty(),
            text.contains(','),
            can_travel(&text) && paylink_core::text::hidden(&text).is_some(),
        ];
        let latin = paylink_core::digits::latin(&text);
        survives_or_is_refused(&latin, "InvoiceNo", new_link(&text), &reasons)?;
    }
}
