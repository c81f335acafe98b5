//! What arrives at the webhook.

use zipay_client::{Invalid, Status, Webhook};

use super::{KIB, filled};
use crate::samples::TRACKID;

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
fn digits_of_other_scripts_stay_as_they_are() {
    let form = read("trackid=a&invoice_number=%DB%B1%DB%B2&status=pending").unwrap();
    let json = read(r#"{"trackid":"a","invoice_number":"۱\u06f2","status":"pending"}"#);
    assert_eq!(form.invoice_number(), "۱۲");
    assert_eq!(json.unwrap(), form);
}

#[test]
fn what_is_missing_or_malformed_in_a_form_is_named() {
    for (body, field) in [
        ("", "trackid"),
        ("invoice_number=1&status=pending", "trackid"),
        ("trackid=a&status=pending", "invoice_number"),
        ("trackid=a&invoice_number=1", "status"),
        ("trackid=a/b&invoice_number=1&status=pending", "trackid"),
        ("trackid=a&invoice_number=&status=pending", "invoice_number"),
        (
            "trackid=a&invoice_number=1&status=pending&status=completed",
            "status",
        ),
        (
            "trackid=a&trackid=a&invoice_number=1&status=pending",
            "trackid",
        ),
        ("[]", "trackid"),
        (
            r#"[{"trackid":"a","invoice_number":"1","status":"pending"}]"#,
            "trackid",
        ),
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
fn no_more_than_16_kib_is_read() {
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
