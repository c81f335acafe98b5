//! What a create yields, and what becomes of its display fields when they are not there or not readable.

use std::time::Duration;

use cardpay_client::{ComparedField, Effect, ErrorKind, Expiry, NewPayment, PaymentRecord, Rial};
use serde_json::{Value, json};

use crate::samples::{CREATED, of_every_kind, payment, with, without};
use crate::script::Script;

#[tokio::test]
async fn the_document_s_sample_is_read_whole() {
    let script = Script::start_at(1_735_237_705).await;
    script.answer(200, CREATED);
    let cardpay = script.client();
    let created = cardpay.create(payment()).await.unwrap();
    assert_eq!(created.pay_id.get(), 19);
    assert_eq!(created.transfer_exactly.rial(), Rial::new(11_385));
    assert_eq!(created.transfer_exactly.to_string(), "11385 rial");
    assert!(!created.link_host_differs);
    let link = created.link.as_ref().unwrap();
    assert_eq!(link.as_str(), "http://localhost/CartToCart/payment/19");
    for (card, bank) in created.pay_to.iter().zip(["بانک سامان", "بانک ملت"]) {
        assert_eq!(card.number.expose(), "****");
        assert_eq!(card.holder.as_deref(), Some("شاهین محسنی"));
        assert_eq!(card.bank.as_deref(), Some(bank));
    }
    assert_eq!(created.pay_to.len(), 2);
    assert_eq!(created.unreadable, Vec::<&str>::new());

    let expires = created.expires.unwrap();
    assert_eq!(expires, Expiry::from_unix_seconds(1_735_237_765));
    assert_eq!(cardpay.time_left(expires), Duration::from_secs(60));
    script.clock().advance(Duration::from_secs(61));
    assert_eq!(cardpay.time_left(expires), Duration::ZERO);
}

/// The price is in the record for comparing, and nowhere that is shown.
#[tokio::test]
async fn the_price_is_not_in_what_is_shown() {
    let script = Script::start().await;
    script.answer(200, CREATED);
    let created = script.client().create(payment()).await.unwrap();
    let shown = serde_json::to_value(&created).unwrap();
    assert!(!shown.to_string().contains("11000"), "{shown}");
    assert_eq!(shown["transfer_exactly_rial"], 11_385);
    assert_eq!(shown["pay_id"], 19);
    assert_eq!(shown["expires"], 1_735_237_765);
}

#[tokio::test]
async fn the_record_goes_through_a_store_and_comes_back_equal() {
    let script = Script::start().await;
    script.answer(200, CREATED);
    let created = script.client().create(payment()).await.unwrap();
    let stored = serde_json::to_string(created.record()).unwrap();
    let back: PaymentRecord = serde_json::from_str(&stored).unwrap();
    assert_eq!(&back, created.record());
    assert_eq!(back.pay_id(), created.pay_id);
    assert_eq!(back.transfer_exactly(), created.transfer_exactly);
    assert_eq!(back.expires(), created.expires);
    assert_eq!(back.invoice_number().get(), 1000);
    let document: Value = serde_json::from_str(&stored).unwrap();
    let expected = json!({
        "shop": script.url("/api/"),
        "pay_id": 19,
        "fid": 1000,
        "price_rial": 11_000,
        "transfer_exactly_rial": 11_385,
        "expires": 1_735_237_765,
    });
    assert_eq!(document, expected);
    for broken in [
        stored.replace("19", "0"),
        stored.replace("19", "\"19\""),
        stored.replace("fid", "invoice"),
        stored.replace(r#""fid":1000"#, r#""fid":0"#),
    ] {
        assert!(serde_json::from_str::<PaymentRecord>(&broken).is_err());
    }
}

#[tokio::test]
async fn without_a_callback_there_is_no_link() {
    let script = Script::start().await;
    let null = with(CREATED, "link", Value::Null);
    for body in [null, without(CREATED, "link")] {
        script.answer(200, &body);
        let created = script.client().create(payment()).await.unwrap();
        assert_eq!(created.link, None);
        assert_eq!(created.unreadable, Vec::<&str>::new());
    }
}

/// The payment is there and its id is known: it is not given up over a field that is only shown.
#[tokio::test]
async fn display_fields_that_cannot_be_read_are_left_out_and_named() {
    let (script, cardpay) = Script::with_client().await;
    for (field, readable) in [
        ("expire", Value::is_u64 as fn(&Value) -> bool),
        ("link", |_| false),
        ("cart", |value| *value == json!([])),
    ] {
        for value in of_every_kind() {
            if value.is_null() || readable(&value) {
                continue;
            }
            script.answer(200, &with(CREATED, field, value.clone()));
            let created = cardpay.create(payment()).await.unwrap();
            assert_eq!(created.unreadable.len(), 1, "{field} {value}");
            assert!(created.unreadable[0].starts_with(field), "{field} {value}");
            assert_eq!(created.pay_id.get(), 19);
        }
    }
    for link in [
        "javascript:alert(1)",
        "/payment/19",
        "http://u:p@localhost/",
        "http://elsewhere.example/payment/19",
        "http://localhost.elsewhere.example/payment/19",
        "http://localhost/payment/19\"><script>",
        "http://localhost/payment/19\u{202e}",
        "http://localhost\\payment/19",
    ] {
        script.answer(200, &with(CREATED, "link", json!(link)));
        let created = cardpay.create(payment()).await.unwrap();
        assert_eq!(created.unreadable, ["link"], "{link}");
        assert_eq!(created.link, None, "{link}");
    }
    for link in [
        "http://127.0.0.1/payment/19",
        "http://[::1]:8080/payment/19",
    ] {
        script.answer(200, &with(CREATED, "link", json!(link)));
        let created = cardpay.create(payment()).await.unwrap();
        assert_eq!(created.link.unwrap().as_str(), link);
        assert!(created.link_host_differs, "{link}");
        assert_eq!(created.unreadable, Vec::<&str>::new(), "{link}");
    }
    let https = "https://pay.shop.example/payment/19";
    script.answer(200, &with(CREATED, "link", json!(https)));
    let created = cardpay.create(payment()).await.unwrap();
    assert_eq!(created.link.unwrap().as_str(), https);
    assert!(!created.link_host_differs);
}

#[tokio::test]
async fn a_card_that_cannot_be_read_does_not_hide_the_others() {
    let script = Script::start().await;
    let cards = json!([
        {"number": 6_037_701_689_095_443.5, "name": "x", "bank": "y"},
        {"name": "x"},
        null,
        "6037701689095443",
        {"number": 6_037_701_689_095_443_u64, "name": 7, "bank": null},
    ]);
    script.answer(200, &with(CREATED, "cart", cards));
    let created = script.client().create(payment()).await.unwrap();
    assert_eq!(created.pay_to.len(), 1);
    let card = &created.pay_to[0];
    assert_eq!(card.number.expose(), "6037701689095443");
    assert_eq!((&card.holder, &card.bank), (&None, &None));
    let number = "cart.number";
    let unreadable = [number, number, number, number, "cart.name"];
    assert_eq!(created.unreadable, unreadable);
}

#[tokio::test]
async fn an_amount_that_cannot_be_this_price_s_is_a_mismatch() {
    let script = Script::start().await;
    for amount in [0, 999, 1_100, 5_499, 16_501, 21_001, 22_000, 110_000] {
        script.answer(200, &with(CREATED, "amount", json!(amount)));
        let error = script.client().create(payment()).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Mismatch, "{amount}");
        assert!(error.mismatch().unwrap().has(ComparedField::Amount));
        assert_eq!(error.handle().unwrap().reference(), Some("1000"));
        assert_eq!(script.requests().len(), 1);
    }
    for amount in [5_500, 11_000, 16_500] {
        script.answer(200, &with(CREATED, "amount", json!(amount)));
        let created = script.client().create(payment()).await.unwrap();
        assert_eq!(created.transfer_exactly.rial(), Rial::new(amount));
    }
}

/// The bound is the tail's alone: a large order's amount is no freer than a small one's, unless the merchant says so.
#[tokio::test]
async fn the_largest_tail_bounds_the_amount_of_a_large_order() {
    let script = Script::start().await;
    let large = || NewPayment::new(1000, Rial::new(5_000_000)).unwrap();
    for (tail, amount, is_taken) in [
        (None, 5_010_000, true),
        (None, 4_990_000, true),
        (None, 5_010_001, false),
        (None, 4_989_999, false),
        (None, 2_500_000, false),
        (None, 10_000_000, false),
        (None, 500_000, false),
        (Some(999), 5_000_999, true),
        (Some(999), 5_001_000, false),
        (Some(2_500_000), 7_500_000, true),
        (Some(9_000_000), 7_500_001, false),
        (Some(0), 5_000_000, true),
        (Some(0), 5_000_001, false),
    ] {
        script.answer(200, &with(CREATED, "amount", json!(amount)));
        let mut builder = script.builder();
        if let Some(tail) = tail {
            builder = builder.max_tail(Rial::new(tail));
        }
        let told = format!("{amount} within {tail:?}");
        match builder.build().unwrap().create(large()).await {
            Ok(created) => {
                assert!(is_taken, "{told}");
                assert_eq!(created.transfer_exactly.rial(), Rial::new(amount));
            }
            Err(error) => {
                assert!(!is_taken, "{told}: {error}");
                assert_eq!(error.kind(), ErrorKind::Mismatch, "{told}");
                assert_eq!(error.effect(), Effect::Unknown, "{told}");
                let mismatch = error.mismatch().unwrap();
                assert!(mismatch.has(ComparedField::Amount), "{told}");
            }
        }
    }
}

#[tokio::test]
async fn a_taken_number_says_what_exists_and_what_cannot_be_known() {
    let script = Script::start().await;
    script.answer(500, r#"{"status":false,"code":3,"msg":"used"}"#);
    let error = script.client().create(payment()).await.unwrap_err();
    let said = error.refusal().unwrap().explanation();
    for word in ["invoice number exists", "does not tell its pay_id"] {
        assert!(said.english.contains(word), "{}", said.english);
    }
    assert!(!said.visible_to_payer);
}
