//! Whose order it is. An order's number can be guessed, so its code is shown in the browser that placed it alone.

use axum::http::{HeaderMap, header};

const COOKIE: &str = "buyer";

/// A year, in seconds.
const LIVES: u32 = 365 * 24 * 60 * 60;

/// What the browser calls itself.
pub(crate) fn of(headers: &HeaderMap) -> Option<&str> {
    let cookies = headers.get_all(header::COOKIE).iter();
    cookies
        .filter_map(|cookies| cookies.to_str().ok())
        .flat_map(|cookies| cookies.split(';'))
        .find_map(|cookie| cookie.trim().strip_prefix(COOKIE)?.strip_prefix('='))
        .filter(|buyer| !buyer.is_empty() && buyer.len() <= 64)
}

/// Lets a browser call itself so. It comes along when a provider's page leads back here.
pub(crate) fn cookie(buyer: &str, is_https: bool) -> String {
    let secure = if is_https { "; Secure" } else { "" };
    format!("{COOKIE}={buyer}; Path=/; Max-Age={LIVES}; HttpOnly; SameSite=Lax{secure}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_browser_is_known_by_its_cookie_and_by_no_other() {
        let with = |cookies: &str| {
            let mut headers = HeaderMap::new();
            headers.insert(header::COOKIE, cookies.parse().unwrap());
            of(&headers).map(str::to_owned)
        };
        assert_eq!(with("buyer=abc").as_deref(), Some("abc"));
        assert_eq!(with("a=1; buyer=abc; c=2").as_deref(), Some("abc"));
        for none in ["buyers=abc", "xbuyer=abc", "buyer", "buyer=", "a=buyer"] {
            assert_eq!(with(none), None, "{none}");
        }
    }
}
