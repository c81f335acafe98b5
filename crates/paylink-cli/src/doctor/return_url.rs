use paylink::{Invalid, Transport, WebUrl};

use super::examination::Check;
use super::reach::{is_internal, reach};
use crate::failure::UsageError;

const RETURN_URL: &str = "return URL";

/// Where payers come back to.
#[derive(Debug)]
pub(super) struct ReturnUrl {
    url: WebUrl,
}

impl ReturnUrl {
    /// Reads what was typed.
    pub(super) fn read(typed: &str) -> Result<ReturnUrl, UsageError> {
        let unfit = || {
            Invalid::new(paylink::ReturnUrl::KEY, "is not a URL that can be asked")
                .with_remedy("write it whole, such as https://shop.example/back")
        };
        let back = paylink::ReturnUrl::parse(paylink::ReturnUrl::KEY, typed)?;
        let url = back.as_web().cloned().ok_or_else(unfit)?;
        Ok(ReturnUrl { url })
    }

    pub(super) fn host(&self) -> &str {
        self.url.host()
    }

    /// Whether a payer's browser can come back to it; `live` is whether payers pay from anywhere.
    pub(super) fn check(&self, live: bool) -> Check {
        let host = self.url.host();
        if live && is_internal(self.url.host()) {
            return Check::problem(
                RETURN_URL,
                format!("{host} is this machine or this network, where payers are not"),
                "give the address by which the shop is known outside",
            );
        }
        if !self.url.is_https() && !is_internal(self.url.host()) {
            return Check::warning(
                RETURN_URL,
                format!(
                    "{host} is to be reached over plain http: anybody on the way can read and change it"
                ),
                "serve the shop over https",
            );
        }
        Check::ok(RETURN_URL, format!("payers can be sent back to {host}"))
    }

    /// Asks for its head, from this machine, whatever way is taken to the providers.
    pub(super) async fn fetch(&self, transport: &Transport) -> Vec<Check> {
        let (mut checks, head) = reach(&self.url, transport).await;
        if let Some(head) = head.filter(|head| head.reached.status() >= 500) {
            checks.push(Check::warning(
                RETURN_URL,
                format!("the shop fails there (HTTP {})", head.reached.status()),
                "look at the shop's own log",
            ));
        }
        checks
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::doctor::examination::Verdict;

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
