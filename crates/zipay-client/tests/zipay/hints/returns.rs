//! What the payer's browser brings back.

use zipay_client::Return;

use super::{KIB, filled};
use crate::samples::TRACKID;

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
fn digits_of_other_scripts_stay_as_they_are() {
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
    for (query, field) in [
        ("trackid=a&invoice_number=1&trackid=a", "trackid"),
        ("trackid=a&trackid=b&invoice_number=1", "trackid"),
        ("trackid=a&%74rackid=b&invoice_number=1", "trackid"),
        (
            "invoice_number=1&trackid=a&invoice_number=2",
            "invoice_number",
        ),
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
    for (query, field) in [
        ("trackid=..%2F7&invoice_number=1", "trackid"),
        ("trackid=a%00&invoice_number=1", "trackid"),
        ("trackid=a+b&invoice_number=1", "trackid"),
        ("trackid=%D8%B3&invoice_number=1", "trackid"),
        ("trackid=a&invoice_number=1%0A2", "invoice_number"),
        ("trackid=a&invoice_number=+1", "invoice_number"),
        (
            &*format!("trackid=a&invoice_number={long}"),
            "invoice_number",
        ),
        (&*format!("trackid={long}&invoice_number=1"), "trackid"),
    ] {
        let error = Return::from_query(query).unwrap_err();
        assert_eq!(error.key(), field, "{query}");
        let shown = error.to_string();
        assert!(!shown.chars().any(char::is_control), "{shown:?}");
        assert!(shown.chars().count() < 250, "{shown}");
    }
}

#[test]
fn no_more_than_16_kib_is_read() {
    let query = "trackid=a&invoice_number=1";
    assert!(Return::from_query(&filled(query, 16 * KIB)).is_ok());
    let error = Return::from_query(&filled(query, 16 * KIB + 1)).unwrap_err();
    assert!(error.to_string().contains("16 KiB"), "{error}");
}
