use std::time::{Duration, SystemTime, UNIX_EPOCH};

use http::{HeaderMap, HeaderValue, header};

use super::asked_for;

const NEVER: Option<Duration> = Some(Duration::MAX);

/// Sun, 06 Nov 1994 08:49:37 GMT.
fn now() -> SystemTime {
    UNIX_EPOCH + Duration::from_secs(784_111_777)
}

fn seconds(seconds: u64) -> Option<Duration> {
    Some(Duration::from_secs(seconds))
}

fn asked(values: &[&str]) -> Option<Duration> {
    let mut headers = HeaderMap::new();
    for value in values {
        headers.append(
            header::RETRY_AFTER,
            HeaderValue::from_bytes(value.as_bytes()).unwrap(),
        );
    }
    asked_for(&headers, now())
}

#[test]
fn seconds_are_read() {
    assert_eq!(asked(&[]), None);
    assert_eq!(asked(&["0"]), seconds(0));
    assert_eq!(asked(&[" 120 "]), seconds(120));
    assert_eq!(asked(&["18446744073709551615"]), seconds(u64::MAX));
}

#[test]
fn dates_are_read_in_all_three_forms() {
    for date in [
        "Sun, 06 Nov 1994 09:49:37 GMT",
        "Sunday, 06-Nov-94 09:49:37 GMT",
        "Sun Nov  6 09:49:37 1994",
    ] {
        assert_eq!(asked(&[date]), seconds(3_600), "{date}");
    }
}

#[test]
fn a_moment_that_has_passed_asks_for_nothing() {
    assert_eq!(asked(&["Sun, 06 Nov 1994 08:49:36 GMT"]), seconds(0));
    assert_eq!(asked(&["Thu, 01 Jan 1970 00:00:00 GMT"]), seconds(0));
}

#[test]
fn what_cannot_be_read_asks_for_longer_than_anybody_waits() {
    for value in [
        "",
        "-5",
        "+5",
        "1.5",
        "soon",
        "99999999999999999999",
        "۱۲۰",
        "Sun, 06 Nov 1994",
        "120, 240",
    ] {
        assert_eq!(asked(&[value]), NEVER, "{value}");
    }
}

#[test]
fn of_several_the_longest_counts() {
    assert_eq!(asked(&["1", "7", "3"]), seconds(7));
    assert_eq!(asked(&["1", "soon"]), NEVER);
}

#[test]
fn a_date_counts_from_the_servers_own_clock() {
    let asked = |date: &str| {
        let mut headers = HeaderMap::new();
        headers.insert(header::DATE, HeaderValue::from_str(date).unwrap());
        headers.insert(
            header::RETRY_AFTER,
            HeaderValue::from_static("Sun, 06 Nov 1994 08:49:40 GMT"),
        );
        asked_for(&headers, now())
    };
    assert_eq!(asked("Sun, 06 Nov 1994 08:49:30 GMT"), seconds(10));
    assert_eq!(asked("yesterday"), seconds(3));
}
