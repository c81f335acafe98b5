use proptest::prelude::*;

use super::usd;
use crate::{Currency, Money};

#[test]
fn it_is_written_as_text_with_its_currency() {
    let document = serde_json::to_string(&usd("100.990")).unwrap();
    assert_eq!(document, r#"{"amount":"100.990","currency":"USD"}"#);
}

#[test]
fn it_is_read_in_any_order() {
    let read: Money = serde_json::from_str(r#"{"currency":"USD","amount":"100.99"}"#).unwrap();
    assert_eq!(read, usd("100.99"));
}

#[test]
fn every_other_shape_is_refused() {
    for document in [
        r#"{"amount":100.99,"currency":"USD"}"#,
        r#"{"amount":100,"currency":"USD"}"#,
        r#"{"amount":null,"currency":"USD"}"#,
        r#"{"amount":"","currency":"USD"}"#,
        r#"{"amount":"-1","currency":"USD"}"#,
        r#"{"amount":"0.00000000000000000000000000001","currency":"USD"}"#,
        r#"{"amount":"100.99"}"#,
        r#"{"currency":"USD"}"#,
        r#"{"amount":"100.99","currency":"EUR"}"#,
        r#"{"amount":"100.99","currency":null}"#,
        r#"{"amount":"100.99","currency":"USD","note":"x"}"#,
        r#"{"amount":"100.99","amount":"100.99","currency":"USD"}"#,
        r#"{"amount":"100.99","currency":"USD","currency":"USD"}"#,
        r#"["100.99","USD"]"#,
        r#""100.99 USD""#,
        "null",
    ] {
        assert!(
            serde_json::from_str::<Money>(document).is_err(),
            "{document}"
        );
    }
}

proptest! {
    #[test]
    fn what_is_stored_comes_back_digit_by_digit(
        text in "(0|[1-9][0-9]{0,12})(\\.[0-9]{1,15})?",
        place in 0..Currency::ALL.len(),
    ) {
        let money = Money::new(&text, Currency::ALL[place]).unwrap();
        let stored = serde_json::to_vec(&money).unwrap();
        let read: Money = serde_json::from_slice(&stored).unwrap();
        prop_assert_eq!(read.amount(), text);
        prop_assert_eq!(read.currency(), money.currency());
    }
}
