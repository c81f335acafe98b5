//! Faults of the answer.

use std::time::{Duration, SystemTime};

use crate::catalogue::NamedFault;
use crate::catalogue::entries::perhaps;
use crate::{Answer, damage, faults};

pub(super) fn slow_and_cut_answers(good: &Answer) -> Vec<NamedFault> {
    let half = good.body_bytes().len() / 2;
    vec![
        perhaps(
            13,
            "head drips",
            faults::drip_head(Duration::from_millis(100), good),
        ),
        perhaps(13, "head stalls", faults::stall_in_head(good)),
        perhaps(15, "closed in the head", faults::close_in_head(good)),
        perhaps(15, "two lengths", faults::two_lengths(good)),
        perhaps(17, "body stalls", faults::stall_in_body(half, good)),
        perhaps(
            18,
            "body shorter than its length",
            faults::cut_by_length(good),
        ),
        perhaps(18, "body cut in a chunk", faults::cut_in_chunks(good)),
        perhaps(
            19,
            "body without length cut",
            faults::cut_without_length(good),
        ),
        perhaps(
            20,
            "body longer than its length",
            faults::length_too_short(good),
        ),
    ]
}

pub(super) fn strange_answers(good: &Answer) -> Vec<NamedFault> {
    const MEBIBYTE: usize = 1024 * 1024;
    let with_status = |name, status| {
        let answer = good.clone().status(status);
        perhaps(22, name, faults::answer(&answer))
    };
    vec![
        perhaps(15, "garbage", faults::garbage()),
        perhaps(15, "huge head", faults::huge_head(MEBIBYTE)),
        perhaps(15, "endless headers", faults::endless_headers()),
        perhaps(
            16,
            "endless interim answers",
            faults::endless_informational(),
        ),
        perhaps(21, "oversized body", faults::oversized_body(8 * MEBIBYTE)),
        perhaps(21, "endless body", faults::endless_body()),
        perhaps(21, "gzip bomb", faults::gzip_bomb()),
        perhaps(22, "page with 200", faults::html_page()),
        perhaps(22, "empty body", faults::empty_body()),
        perhaps(22, "wrong content type", faults::wrong_content_type(good)),
        with_status("201 in place of 200", 201),
        with_status("202 in place of 200", 202),
        with_status("206 in place of 200", 206),
    ]
}

pub(super) fn damaged_json(good: &Answer) -> Vec<NamedFault> {
    let damaged = |row, name, damage: fn(&[u8]) -> Vec<u8>| {
        let answer = good.clone().body(damage(good.body_bytes()));
        perhaps(row, name, faults::answer(&answer))
    };
    vec![
        damaged(23, "byte order mark", damage::with_bom),
        damaged(24, "invalid UTF-8", damage::with_invalid_utf8),
        damaged(24, "duplicate keys", damage::with_duplicate_keys),
        damaged(24, "trailing text", damage::with_trailing_text),
        damaged(24, "last brace missing", damage::without_end),
        damaged(24, "object in an array", damage::in_an_array),
        damaged(24, "values without keys", damage::values_only),
        damaged(24, "empty object", |_| b"{}".to_vec()),
        damaged(24, "null", |_| b"null".to_vec()),
    ]
}

pub(super) fn other_statuses(elsewhere: &str) -> Vec<NamedFault> {
    let status = |row, name, status| perhaps(row, name, faults::foreign_status(status));
    let redirect = |name, status| perhaps(27, name, faults::redirect(status, elsewhere));
    vec![
        redirect("301", 301),
        redirect("302", 302),
        redirect("303", 303),
        redirect("307", 307),
        redirect("308", 308),
        status(29, "400 with a page", 400),
        status(29, "401 with a page", 401),
        status(29, "403 with a page", 403),
        status(29, "404 with a page", 404),
        status(30, "408", 408),
        status(30, "409", 409),
        status(30, "425", 425),
        status(31, "413 with a page", 413),
        status(31, "431 with a page", 431),
        perhaps(
            32,
            "429 with Retry-After",
            faults::retry_after(429, Duration::from_secs(1)),
        ),
        perhaps(
            32,
            "429 until in an hour",
            faults::retry_after_date(429, in_an_hour()),
        ),
        status(33, "500", 500),
        status(33, "502", 502),
        perhaps(
            33,
            "503 with Retry-After",
            faults::retry_after(503, Duration::from_secs(1)),
        ),
        status(33, "504", 504),
    ]
}

fn in_an_hour() -> SystemTime {
    const HOUR: Duration = Duration::from_secs(60 * 60);
    let now = SystemTime::now();
    now.checked_add(HOUR).unwrap_or(now)
}
