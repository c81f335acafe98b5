//! httpdate is the other reader that ours is held against.

use std::time::{Duration, UNIX_EPOCH};

use proptest::prelude::*;

use super::parse_date as parse;

#[test]
fn the_three_forms_of_the_rfc_are_one_moment() {
    let moment = UNIX_EPOCH + Duration::from_secs(784_111_777);
    for text in [
        "Sun, 06 Nov 1994 08:49:37 GMT",
        "Sunday, 06-Nov-94 08:49:37 GMT",
        "Sun Nov  6 08:49:37 1994",
    ] {
        assert_eq!(parse(text), Some(moment), "{text}");
    }
}

#[test]
fn two_digits_are_a_year_from_1970_to_2069() {
    for (text, year) in [
        (
            "Thursday, 01-Jan-70 00:00:00 GMT",
            "Thu, 01 Jan 1970 00:00:00 GMT",
        ),
        (
            "Tuesday, 01-Jan-69 00:00:00 GMT",
            "Tue, 01 Jan 2069 00:00:00 GMT",
        ),
    ] {
        assert_eq!(parse(text), httpdate::parse_http_date(year).ok(), "{text}");
    }
}

#[test]
fn what_is_no_date_is_not_read() {
    for text in [
        "",
        "soon",
        "3600",
        "-5",
        "Sun, 06 Nov 1994 08:49:37",
        "Sun, 06 Nov 1994 08:49:37 PST",
        "Sun, 06 Nov 1994 08:49:37 GMT GMT",
        "Sun, 00 Nov 1994 08:49:37 GMT",
        "Sun, 31 Nov 1994 08:49:37 GMT",
        "Sun, 29 Feb 1900 08:49:37 GMT",
        "Sun, 30 Feb 2000 08:49:37 GMT",
        "Sun, 06 Nvo 1994 08:49:37 GMT",
        "Sun, 06 Nov 994 08:49:37 GMT",
        "Sun, 06 Nov 19940 08:49:37 GMT",
        "Sun, 006 Nov 1994 08:49:37 GMT",
        "Sun, +6 Nov 1994 08:49:37 GMT",
        "Sun, 06 Nov 1994 24:49:37 GMT",
        "Sun, 06 Nov 1994 08:60:37 GMT",
        "Sun, 06 Nov 1994 08:49:61 GMT",
        "Sun, 06 Nov 1994 08:49 GMT",
        "Sun, 06 Nov 1994 08:49:37:00 GMT",
        "Sun, ۰۶ Nov 1994 08:49:37 GMT",
    ] {
        assert_eq!(parse(text), None, "{text}");
    }
}

#[test]
fn the_ends_of_time_are_dates() {
    assert_eq!(parse("Mon, 01 Jan 0001 00:00:00 GMT"), Some(UNIX_EPOCH));
    assert_eq!(parse("Wed, 31 Dec 1969 23:59:59 GMT"), Some(UNIX_EPOCH));
    let last = parse("Fri, 31 Dec 9999 23:59:59 GMT").unwrap();
    assert_eq!(last, UNIX_EPOCH + Duration::from_secs(253_402_300_799));
    assert!(parse("Tue, 29 Feb 2000 23:59:60 GMT").is_some());
}

proptest! {
    #[test]
    fn every_second_is_read_as_httpdate_writes_it(seconds in 0_u64..253_402_300_800) {
        let moment = UNIX_EPOCH + Duration::from_secs(seconds);
        prop_assert_eq!(parse(&httpdate::fmt_http_date(moment)), Some(moment));
    }

    #[test]
    fn no_text_is_too_much(text in "\\PC{0,40}") {
        parse(&text);
    }
}
