//! The merchant's own cards: a bare array.

use cardpay_client::{Code, Effect, ErrorKind};

use crate::samples::{CARDS, failure};
use crate::script::Script;

#[tokio::test]
async fn the_document_s_sample_is_read_whole() {
    let script = Script::start().await;
    for body in [
        CARDS.to_owned(),
        format!("\u{feff}{CARDS}"),
        format!(" \n{CARDS}\n"),
    ] {
        script.answer(200, &body);
        let list = script.client().cards().await.unwrap();
        let cards: Vec<_> = list
            .cards
            .iter()
            .map(|card| (card.number.expose(), card.bank.as_deref().unwrap()))
            .collect();
        assert_eq!(cards, [("****", "بانک سامان"), ("*****", "بانک ملت")]);
        assert_eq!(list.unreadable, Vec::<&str>::new());
    }
    script.answer(200, "[]");
    assert!(script.client().cards().await.unwrap().cards.is_empty());
}

#[tokio::test]
async fn names_are_lenient_and_numbers_are_not() {
    let script = Script::start().await;
    script.answer(200, r#"[{"number":"6037","name":1,"bank":[]}]"#);
    let list = script.client().cards().await.unwrap();
    assert_eq!(list.unreadable, ["cart.name", "cart.bank"]);

    for broken in [
        r#"[{"name":"x"}]"#,
        r#"[{"number":null}]"#,
        r#"[{"number":6037701689095443.5}]"#,
        r#"[{"number":6.037e15}]"#,
        "[null]",
        r#"["6037"]"#,
        "[[]]",
        r#"[{"number":"1","number":"2"}]"#,
        "[] []",
        "[",
        "null",
        "",
        r#""[]""#,
    ] {
        script.answer(200, broken);
        let error = script.client().cards().await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Untrusted, "{broken}");
        assert_eq!(error.effect(), Effect::NotExecuted, "{broken}");
        assert!(!error.to_string().contains("6037"), "{error}");
    }
}

#[tokio::test]
async fn an_envelope_is_never_a_list() {
    let script = Script::start().await;
    script.answer(403, &failure(403));
    let error = script.client().cards().await.unwrap_err();
    assert_eq!(
        error.refusal().and_then(Code::from_refusal),
        Some(Code::TOKEN_REFUSED)
    );

    for odd in ["{}", r#"{"cart":[]}"#, r#"{"status":true,"code":200}"#] {
        script.answer(200, odd);
        assert!(script.client().cards().await.is_err(), "{odd}");
    }
}
