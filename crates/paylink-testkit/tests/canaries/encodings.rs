//! A secret is found in every disguise.

use std::fmt::Write;

use base64::Engine;
use base64::engine::general_purpose::{STANDARD, STANDARD_NO_PAD, URL_SAFE, URL_SAFE_NO_PAD};
use bytes::Bytes;
use paylink_testkit::{Canaries, Encoding, View};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};

/// Awkward for every encoding: quotes, backslash, line break, blank, plus, percent, and letters beyond ASCII and 16 bits.
const SECRET: &str = "k\"\\\n 'ey+/%~?>=&😀رمز";

/// As providers give them out.
const HEX_KEY: &str = "f7d36fd7f60ab0bac12051e0c3240508";

/// How the secret was found in this text; nothing if it was not.
fn found(secret: &str, text: &str) -> Vec<(Encoding, View)> {
    let sightings = Canaries::new([secret]).unwrap().find_in(text);
    sightings
        .iter()
        .map(|sighting| (sighting.encoding, sighting.view))
        .collect()
}

#[track_caller]
fn assert_found(text: &str, encoding: Encoding, view: View) {
    let found = found(SECRET, text);
    assert!(found.contains(&(encoding, view)), "{found:?} in {text}");
}

#[test]
fn plain() {
    assert_found(&format!("key={SECRET}."), Encoding::Plain, View::Raw);
}

#[test]
fn escaped_once_and_more_often() {
    let json = serde_json::to_string(&[SECRET]).unwrap();
    for text in [
        &json,
        &format!("{json:?}"),
        &format!("{:?}", format!("{json:?}")),
    ] {
        assert_found(text, Encoding::Plain, View::Unescaped);
    }
    assert_found(&format!("{SECRET:?}"), Encoding::Plain, View::Unescaped);
    assert_found(
        &format!("{}", SECRET.escape_default()),
        Encoding::Plain,
        View::Unescaped,
    );
    assert_found(
        &format!("{}", SECRET.escape_unicode()),
        Encoding::Plain,
        View::Unescaped,
    );
}

#[test]
fn escaped_as_php_does_it() {
    let text = r#"{"k":"k\"\\\n 'ey+\/%~?>=&\ud83d\ude00\u0631\u0645\u0632"}"#;
    assert_found(text, Encoding::Plain, View::Unescaped);
}

#[test]
fn as_a_byte_string() {
    assert_found(
        &format!("{:?}", Bytes::from(SECRET)),
        Encoding::Plain,
        View::Unescaped,
    );
    assert_found(
        &SECRET.as_bytes().escape_ascii().to_string(),
        Encoding::Plain,
        View::Unescaped,
    );
}

#[test]
fn as_a_list_of_bytes() {
    let bytes = SECRET.as_bytes();
    for text in [
        format!("{bytes:?}"),
        format!("{bytes:x?}"),
        format!("{bytes:02x?}"),
        format!("{bytes:02X?}"),
        format!("{bytes:#?}"),
        format!("{bytes:#04x?}"),
    ] {
        assert_found(&text, Encoding::ByteList, View::Unspaced);
    }
    assert_found(
        &serde_json::to_string(bytes).unwrap(),
        Encoding::ByteList,
        View::Raw,
    );
}

#[test]
fn percent_and_form_encoded() {
    let upper = utf8_percent_encode(SECRET, NON_ALPHANUMERIC).to_string();
    assert_found(
        &format!("https://a.example/?key={upper}&b"),
        Encoding::Plain,
        View::PercentDecoded,
    );
    assert_found(&upper.to_lowercase(), Encoding::Plain, View::PercentDecoded);
    let form = upper.replace("%20", "+");
    assert_found(&format!("key={form}"), Encoding::Plain, View::FormDecoded);
    assert_found(
        &format!("{:?}", format!("\"key={form}\"")),
        Encoding::Plain,
        View::FormDecoded,
    );
}

#[test]
fn in_hex() {
    let hex = SECRET.bytes().fold(String::new(), |mut hex, byte| {
        write!(hex, "{byte:02x}").unwrap();
        hex
    });
    assert_found(&hex, Encoding::Hex, View::Raw);
    assert_found(&hex.to_uppercase(), Encoding::Hex, View::Raw);
}

#[test]
fn in_base64_at_every_place() {
    for before in ["", "a", "ab", "abc", "user:"] {
        for after in ["", "z", "yz"] {
            let text = format!("{before}{SECRET}{after}");
            for engine in [STANDARD, STANDARD_NO_PAD, URL_SAFE, URL_SAFE_NO_PAD] {
                assert_found(
                    &format!("Basic {}", engine.encode(&text)),
                    Encoding::Base64,
                    View::Raw,
                );
            }
        }
    }
}

#[test]
fn in_base64_that_was_encoded_or_wrapped() {
    let encoded = STANDARD.encode(format!("user:{SECRET}"));
    let percent = utf8_percent_encode(&encoded, NON_ALPHANUMERIC).to_string();
    assert_found(&percent, Encoding::Base64, View::PercentDecoded);
    assert_found(
        &encoded.replace('/', "\\/"),
        Encoding::Base64,
        View::Unescaped,
    );
    let (first, second) = encoded.split_at(20);
    assert_found(
        &format!("{first}\r\n {second}"),
        Encoding::Base64,
        View::Unspaced,
    );
}

/// As a payer's card has it; no two of its groups are the same, and it is no palindrome.
const CARD: &str = "6037701689095443";

#[track_caller]
fn assert_card_found(text: &str, encoding: Encoding, view: View) {
    let found = found(CARD, text);
    assert!(found.contains(&(encoding, view)), "{found:?} in {text}");
}

#[test]
fn in_entities_of_html() {
    let by_name = SECRET
        .replace('&', "&amp;")
        .replace('>', "&gt;")
        .replace('"', "&quot;")
        .replace('\'', "&apos;");
    let by_number = SECRET
        .chars()
        .fold(String::new(), |text, c| format!("{text}&#{};", c as u32));
    let in_hex = SECRET
        .chars()
        .fold(String::new(), |text, c| format!("{text}&#x{:x};", c as u32));
    for text in [by_name, by_number, in_hex] {
        assert_found(
            &format!("<p>R&D; &x; {text}&"),
            Encoding::Plain,
            View::EntitiesDecoded,
        );
    }
}

#[test]
fn in_digits_of_other_scripts() {
    for zero in ['۰', '٠'] {
        let other = |c: char| char::from_u32(zero as u32 + c.to_digit(10).unwrap()).unwrap();
        let written: String = CARD.chars().map(other).collect();
        assert_card_found(&written, Encoding::Plain, View::DigitsFolded);
        let escaped = serde_json::to_string(&written).unwrap();
        assert_card_found(
            &escaped.escape_unicode().to_string(),
            Encoding::Plain,
            View::DigitsFolded,
        );
    }
}

#[test]
fn in_groups_of_digits() {
    for between in [" ", "-", ".", "\u{a0}", " \u{2013} ", "\u{2068} \u{2069}"] {
        let groups = ["6037", "7016", "8909", "5443"].join(between);
        let (encoding, view) = (Encoding::Plain, View::Ungrouped);
        let found = found(CARD, &format!("card {groups}."));
        let seen = [(encoding, view), (encoding, View::Unspaced)];
        assert!(seen.iter().any(|it| found.contains(it)), "{groups}");
    }
    let persian = "۶۰۳۷-۷۰۱۶-۸۹۰۹-۵۴۴۳";
    assert_card_found(persian, Encoding::Plain, View::Ungrouped);
}

#[test]
fn backwards() {
    let digits: String = CARD.chars().rev().collect();
    assert_card_found(&digits, Encoding::Reversed, View::Raw);
    assert_card_found("5443-8909-7016-6037", Encoding::Reversed, View::Ungrouped);
    assert_card_found("۵۴۴۳ ۸۹۰۹ ۷۰۱۶ ۶۰۳۷", Encoding::Reversed, View::Ungrouped);
    // Letters are not read backwards.
    let key: String = HEX_KEY.chars().rev().collect();
    assert_eq!(found(HEX_KEY, &key), []);
}

#[test]
fn a_masked_card_is_not_found() {
    for text in [
        "603770******5443",
        "6037-70**-****-5443",
        "5443 6037",
        "6037701689095444",
    ] {
        assert_eq!(found(CARD, text), [], "{text}");
    }
}

#[test]
fn a_plain_key_is_found_once_and_named() {
    let canaries = Canaries::new(["another-secret", HEX_KEY]).unwrap();
    let sightings = canaries.find_in(&format!("the key is {HEX_KEY}, alas"));
    assert_eq!(sightings.len(), 1);
    assert_eq!(
        (sightings[0].secret, sightings[0].encoding),
        (1, Encoding::Plain)
    );
    assert_eq!(sightings[0].excerpt, format!("the key is {HEX_KEY}, alas"));
}

#[test]
fn what_is_no_secret_is_not_found() {
    for text in [
        "",
        "k\"\\\n 'ey+/%~?>=&😁رمز",
        "\\ \\u \\x \\ud83d \\u{} \\u{110000} \\q % %z %f0 \\",
        &STANDARD.encode("some other text, long enough to hold it"),
        &format!("{:?}", "some other bytes".as_bytes()),
        &HEX_KEY.replace("f7", "f8"),
    ] {
        assert_eq!(found(SECRET, text), [], "{text}");
        assert_eq!(found(HEX_KEY, text), [], "{text}");
    }
}

#[test]
fn a_short_secret_is_refused_and_not_told() {
    let error = Canaries::new(["long enough", "sh0rt!!"]).unwrap_err();
    assert_eq!(
        error.to_string(),
        "secret 1 has less than 8 bytes and would be found by chance: take a longer one"
    );
}

#[test]
fn the_harness_does_not_tell_its_own_secrets() {
    let canaries = Canaries::new([HEX_KEY]).unwrap();
    assert_eq!(found(HEX_KEY, &format!("{canaries:?}{canaries:#?}")), []);
}
