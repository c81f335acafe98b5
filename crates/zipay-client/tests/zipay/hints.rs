//! What a browser or a webhook brings: read with care, believed in nothing.

use proptest::collection::vec;
use proptest::prelude::*;
use zipay_client::{Invalid, Return, Status, Webhook};

use crate::samples::TRACKID;

/// A body of exactly this many bytes, in a parameter of the merchant's own.
fn filled(text: &str, bytes: usize) -> String {
    let filler = "x".repeat(bytes - text.len() - "&shop=".len());
    format!("{text}&shop={filler}")
}

const KIB: usize = 1024;

/// Bytes that are often nearly right: pieces of real bodies between arbitrary ones.
fn nearly_right() -> impl Strategy<Value = Vec<u8>> {
    let pieces = "trackid invoice_number status = & % %D8 + ? { } [ \" : , \\u \\ud800 null \u{feff} pending 1000";
    let pieces = pieces.split(' ');
    let piece = prop_oneof![
        vec(any::<u8>(), 0..20),
        prop::sample::select(pieces.collect::<Vec<_>>()).prop_map(|text| text.as_bytes().to_vec()),
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

// What the payer's browser brings back.

#[test]
fn the_documented_return_is_read() {
    let query = format!("trackid={TRACKID}&invoice_number=1");
    for query in [query.clone(), format!("?{query}")] {
        let back = Return::from_query(&query).unwrap();
        assert_eq!(back.track_id().as_str(), TRACKID);
        assert_eq!(back.invoice_number(), "1");
    }
}

#[test]
fn the_merchant_s_own_parameters_pass_by() {
    let query = "lang=fa&id=7&id=8&&=&trackid=a-1&empty=&flag&invoice_number=2&Trackid=b";
    let back = Return::from_query(query).unwrap();
    assert_eq!(back.track_id().as_str(), "a-1");
    assert_eq!(back.invoice_number(), "2");
}

#[test]
fn encoded_values_are_decoded_once() {
    let query = "trackid=a&invoice_number=%D8%B3%D9%81+12%2F%2a~%2525%26x%3D1";
    let back = Return::from_query(query).unwrap();
    assert_eq!(back.invoice_number(), "سف 12/*~%25&x=1");
}

#[test]
fn digits_of_other_scripts_in_a_return_stay() {
    for number in ["۱۰۰۰", "١٠٠٠", "1000"] {
        let back = Return::from_query(&format!("trackid=a&invoice_number={number}")).unwrap();
        assert_eq!(back.invoice_number(), number);
    }
}

#[test]
fn what_is_missing_is_named() {
    for (query, field) in [
        ("", "trackid"),
        ("?", "trackid"),
        ("invoice_number=1", "trackid"),
        ("trackid=a", "invoice_number"),
        ("trackid=&invoice_number=1", "trackid"),
        ("trackid=a&invoice_number=", "invoice_number"),
        ("trackid&invoice_number=1", "trackid"),
        ("TRACKID=a&invoice_number=1", "trackid"),
        ("trackid[]=a&invoice_number=1", "trackid"),
    ] {
        let error = Return::from_query(query).unwrap_err();
        assert_eq!(error.key(), field, "{query}");
    }
}

#[test]
fn what_comes_twice_is_refused_even_if_it_is_the_same() {
    let number = "invoice_number";
    for (query, field) in [
        ("trackid=a&invoice_number=1&trackid=a", "trackid"),
        ("trackid=a&trackid=b&invoice_number=1", "trackid"),
        ("trackid=a&%74rackid=b&invoice_number=1", "trackid"),
        ("invoice_number=1&trackid=a&invoice_number=2", number),
        ("trackid=&trackid=a&invoice_number=1", "trackid"),
    ] {
        let error = Return::from_query(query).unwrap_err();
        assert_eq!(error.key(), field, "{query}");
        assert!(error.to_string().contains("twice"), "{error}");
    }
}

#[test]
fn what_cannot_be_an_id_or_a_number_is_refused() {
    let long = "1".repeat(201);
    let long_number = format!("trackid=a&invoice_number={long}");
    let long_id = format!("trackid={long}&invoice_number=1");
    for (query, field) in [
        ("trackid=..%2F7&invoice_number=1", "trackid"),
        ("trackid=a%00&invoice_number=1", "trackid"),
        ("trackid=a+b&invoice_number=1", "trackid"),
        ("trackid=%D8%B3&invoice_number=1", "trackid"),
        ("trackid=a&invoice_number=1%0A2", "invoice_number"),
        ("trackid=a&invoice_number=+1", "invoice_number"),
        (&long_number, "invoice_number"),
        (&long_id, "trackid"),
    ] {
        let error = Return::from_query(query).unwrap_err();
        assert_eq!(error.key(), field, "{query}");
        let shown = error.to_string();
        assert!(!shown.chars().any(char::is_control), "{shown:?}");
        assert!(shown.chars().count() < 250, "{shown}");
    }
}

#[test]
fn no_more_than_16_kib_of_a_query_are_read() {
    let query = "trackid=a&invoice_number=1";
    assert!(Return::from_query(&filled(query, 16 * KIB)).is_ok());
    let error = Return::from_query(&filled(query, 16 * KIB + 1)).unwrap_err();
    assert!(error.to_string().contains("16 KiB"), "{error}");
}

// What arrives at the webhook.

fn read(body: &str) -> Result<Webhook, Invalid> {
    Webhook::from_body(body.as_bytes())
}

#[test]
fn a_form_and_a_json_body_are_read_alike() {
    let form = format!("trackid={TRACKID}&invoice_number=1000&status=pending");
    let json = format!(r#"{{"trackid":"{TRACKID}","invoice_number":"1000","status":"pending"}}"#);
    for body in [
        form.clone(),
        format!("{form}\r\n"),
        format!("\u{feff}{form}"),
        json.clone(),
        format!(" \n{json}\n"),
        format!("\u{feff}{json}"),
        json.replace(r#""1000""#, "1000"),
        json.replace('{', r#"{"new":{"a":[1]},"#),
    ] {
        let hook = read(&body).unwrap();
        assert_eq!(hook.track_id().as_str(), TRACKID);
        assert_eq!(hook.invoice_number(), "1000");
        assert_eq!(hook.claimed_status(), &Status::Pending);
    }
}

#[test]
fn the_status_is_a_claim_and_an_unknown_one_keeps_its_text() {
    let hook = read("trackid=a&invoice_number=1&status=PAID").unwrap();
    assert_eq!(hook.claimed_status(), &Status::Other("PAID".into()));
    let hook = read(r#"{"trackid":"a","invoice_number":"1","status":"PAID"}"#).unwrap();
    assert_eq!(hook.claimed_status(), &Status::Other("PAID".into()));
}

#[test]
fn digits_of_other_scripts_in_a_webhook_stay() {
    let form = read("trackid=a&invoice_number=%DB%B1%DB%B2&status=pending").unwrap();
    let json = read(r#"{"trackid":"a","invoice_number":"۱\u06f2","status":"pending"}"#);
    assert_eq!(form.invoice_number(), "۱۲");
    assert_eq!(json.unwrap(), form);
}

#[test]
fn what_is_missing_or_malformed_in_a_form_is_named() {
    let whole = "trackid=a&invoice_number=1&status=pending";
    let json = r#"{"trackid":"a","invoice_number":"1","status":"pending"}"#;
    assert!(read(whole).is_ok() && read(json).is_ok());
    for (body, field) in [
        ("", "trackid"),
        ("invoice_number=1&status=pending", "trackid"),
        ("trackid=a&status=pending", "invoice_number"),
        ("trackid=a&invoice_number=1", "status"),
        ("trackid=a/b&invoice_number=1&status=pending", "trackid"),
        ("trackid=a&invoice_number=&status=pending", "invoice_number"),
        (&*format!("{whole}&status=completed"), "status"),
        (&*format!("trackid=a&{whole}"), "trackid"),
        ("[]", "trackid"),
        (&*format!("[{json}]"), "trackid"),
        ("<xml/>", "trackid"),
    ] {
        let error = read(body).unwrap_err();
        assert_eq!(error.key(), field, "{body}");
    }
}

#[test]
fn what_is_missing_or_malformed_in_json_is_refused() {
    let whole = r#"{"trackid":"a","invoice_number":"1","status":"pending"}"#;
    assert!(read(whole).is_ok());
    for (part, spoilt) in [
        (r#""trackid":"a","#, ""),
        (r#""invoice_number":"1","#, ""),
        (r#","status":"pending""#, ""),
        (r#""a""#, "null"),
        (r#""a""#, "7"),
        (r#""a""#, r#"["a"]"#),
        (r#""a""#, r#""../a""#),
        (r#""1""#, "1.0"),
        (r#""1""#, "1e0"),
        (r#""1""#, "true"),
        (r#""1""#, r#""""#),
        (r#""pending""#, "true"),
        (r#""trackid":"a","#, r#""trackid":"a","trackid":"a","#),
        (r#""status""#, r#""status":"completed","status""#),
        ("}", ""),
        ("}", "} {}"),
        ("}", ",}"),
        ("{", "{{"),
    ] {
        assert!(whole.contains(part));
        let body = whole.replace(part, spoilt);
        assert!(read(&body).is_err(), "{body}");
    }
}

#[test]
fn what_is_not_utf_8_is_refused() {
    let error = Webhook::from_body(b"trackid=a&invoice_number=\xff&status=pending");
    assert!(error.unwrap_err().to_string().contains("UTF-8"));
}

#[test]
fn no_more_than_16_kib_of_a_webhook_are_read() {
    let form = "trackid=a&invoice_number=1&status=pending";
    assert!(read(&filled(form, 16 * KIB)).is_ok());
    let error = read(&filled(form, 16 * KIB + 1)).unwrap_err();
    assert!(error.to_string().contains("16 KiB"), "{error}");

    let mut json = r#"{"trackid":"a","invoice_number":"1","status":"pending"}"#.to_owned();
    json.extend(std::iter::repeat_n(' ', 16 * KIB - json.len()));
    assert!(read(&json).is_ok());
    json.push(' ');
    assert!(read(&json).is_err());
}
