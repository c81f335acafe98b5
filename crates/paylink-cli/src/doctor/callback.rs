use paylink::WebUrl;

use super::check::Check;
use super::place::Place;
use super::reach::reach;
use crate::usage_error::UsageError;

const SUBJECT: &str = "return URL";

/// Where payers come back to.
#[derive(Debug)]
pub(super) struct ReturnUrl {
    url: WebUrl,
    place: Place,
}

impl ReturnUrl {
    /// Reads what was typed.
    pub(super) fn read(typed: &str) -> Result<ReturnUrl, UsageError> {
        let unfit = || {
            paylink::Invalid::new(paylink::ReturnUrl::KEY, "is not a URL that can be asked")
                .with_remedy("write it whole, such as https://shop.example/back")
        };
        let back = paylink::ReturnUrl::parse(paylink::ReturnUrl::KEY, typed)?;
        let url = back.as_web().cloned().ok_or_else(unfit)?;
        let place = Place::of(url.as_str()).ok_or_else(unfit)?;
        Ok(ReturnUrl { url, place })
    }

    pub(super) fn host(&self) -> &str {
        self.place.host()
    }

    /// Whether a payer's browser can come back to it; `live` is whether payers pay from anywhere.
    pub(super) fn check(&self, live: bool) -> Check {
        let host = self.place.host();
        if live && self.place.is_internal() {
            return Check::problem(
                SUBJECT,
                format!("{host} is this machine or this network, where payers are not"),
                "give the address by which the shop is known outside",
            );
        }
        if !self.url.is_https() && !self.place.is_internal() {
            return Check::warning(
                SUBJECT,
                format!(
                    "{host} is to be reached over plain http: anybody on the way can read and change it"
                ),
                "serve the shop over https",
            );
        }
        Check::ok(SUBJECT, format!("payers can be sent back to {host}"))
    }

    /// Asks for its head.
    pub(super) async fn fetch(&self) -> Vec<Check> {
        let reached = reach(&self.place).await;
        let mut checks = reached.checks;
        if let Some(head) = reached.head.filter(|head| head.status >= 500) {
            checks.push(Check::warning(
                SUBJECT,
                format!("the shop fails there (HTTP {})", head.status),
                "look at the shop's own log",
            ));
        }
        checks
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::doctor::check::Verdict;

    #[test]
    fn a_live_shop_is_reached_from_outside() {
        let verdict = |url: &str, live| ReturnUrl::read(url).unwrap().check(live).verdict;
        for (url, live, expected) in [
            ("https://shop.example/back", true, Verdict::Ok),
            ("http://shop.example/back", true, Verdict::Warning),
            ("https://localhost/back", true, Verdict::Problem),
            ("http://192.168.1.7/back", true, Verdict::Problem),
            ("http://127.0.0.1:8080/back", false, Verdict::Ok),
            ("http://shop.example/back", false, Verdict::Warning),
        ] {
            assert_eq!(verdict(url, live), expected, "{url}");
        }
        assert!(ReturnUrl::read("shop.example").is_err());
    }
}
