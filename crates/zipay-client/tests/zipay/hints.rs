//! What a browser or a webhook brings: read with care, believed in nothing.

mod returns;
mod webhooks;

use proptest::collection::vec;
use proptest::prelude::*;
use zipay_client::{Return, Status, Webhook};

/// A body of exactly this many bytes, in a parameter of the merchant's own.
fn filled(text: &str, bytes: usize) -> String {
    let filler = "x".repeat(bytes - text.len() - "&shop=".len());
    format!("{text}&shop={filler}")
}

const KIB: usize = 1024;

/// Bytes that are often nearly right: pieces of real bodies between arbitrary ones.
fn nearly_right() -> impl Strategy<Value = Vec<u8>> {
    let piece = prop_oneof![
        vec(any::<u8>(), 0..20),
        prop::sample::select(vec![
            "trackid",
            "invoice_number",
            "status",
            "=",
            "&",
            "%",
            "%D8",
            "+",
            "?",
            "{",
            "}",
            "[",
            "\"",
            ":",
            ",",
            "\\u",
            "\\ud800",
            "null",
            "\u{feff}",
            "pending",
            "1000",
        ])
        .prop_map(|text| text.as_bytes().to_vec()),
    ];
    vec(piece, 0..30).prop_map(|pieces| pieces.concat())
}

proptest! {
    #[test]
    fn no_bytes_bring_it_down(body in nearly_right()) {
        if let Ok(hook) = Webhook::from_body(&body) {
            prop_assert!(!hook.track_id().as_str().is_empty());
            prop_assert!(!hook.invoice_number().is_empty());
        }
        let query = String::from_utf8_lossy(&body);
        match Return::from_query(&query) {
            Ok(back) => prop_assert!(!back.invoice_number().is_empty()),
            Err(error) => prop_assert!(!error.to_string().chars().any(char::is_control)),
        }
    }

    #[test]
    fn whatever_is_encoded_well_comes_back(
        id in "[A-Za-z0-9_-]{1,64}",
        number in "[\\PC&&[^ \u{a0}]]{1,50}",
        own in any::<String>(),
    ) {
        prop_assume!(number.trim() == number && !number.is_empty());
        prop_assume!(paylink_core::text::hidden(&number).is_none());
        let query = form_urlencoded::Serializer::new(String::new())
            .append_pair("own", &own)
            .append_pair("trackid", &id)
            .append_pair("invoice_number", &number)
            .append_pair("status", "completed")
            .finish();
        let back = Return::from_query(&query).unwrap();
        prop_assert_eq!(back.track_id().as_str(), id.as_str());
        prop_assert_eq!(back.invoice_number(), number.as_str());
        let hook = Webhook::from_body(query.as_bytes()).unwrap();
        prop_assert_eq!(hook.track_id(), back.track_id());
        prop_assert_eq!(hook.invoice_number(), number.as_str());
        prop_assert_eq!(hook.claimed_status(), &Status::Completed);
    }
}
