use std::time::{Duration, SystemTime};

use http::{HeaderMap, HeaderValue, header};

use super::http_date;

/// How long the server asked to be left alone by `Retry-After`, as seconds or as a date (RFC 9110, section 10.2.3).
///
/// A date counts from the server's own `Date`, if the answer has one, since the two clocks may differ; else from `now`.
/// One that has passed asks for nothing. What cannot be read asks for longer than anybody waits: the server did ask.
pub(super) fn asked_for(headers: &HeaderMap, now: SystemTime) -> Option<Duration> {
    let date = headers.get(header::DATE).and_then(as_date).unwrap_or(now);
    headers
        .get_all(header::RETRY_AFTER)
        .iter()
        .map(|value| wait(value, date).unwrap_or(Duration::MAX))
        .max()
}

fn wait(value: &HeaderValue, date: SystemTime) -> Option<Duration> {
    let text = value.to_str().ok()?.trim();
    if !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit()) {
        return text.parse().ok().map(Duration::from_secs);
    }
    let until = http_date::parse(text)?;
    Some(until.duration_since(date).unwrap_or_default())
}

fn as_date(value: &HeaderValue) -> Option<SystemTime> {
    http_date::parse(value.to_str().ok()?.trim())
}

#[cfg(test)]
mod tests;
