use paylink::config::{AccountConfig, Exposed, Problem};
use paylink::core::BaseUrl;
use paylink::{Invalid, Transport, WebUrl};

use super::examination::{self, Check, Examination};
use super::reach::{Place, reach};
use crate::account::{HOW_TO_CONFIGURE, Setup, exposure, read, transport};
use crate::console::Console;
use crate::failure::{Failure, UsageError};

const SUBJECT: &str = "configuration";

/// Examines the accounts, all of them or the one that was named; says whether one of them takes real payments.
pub(super) async fn examine(
    named: Option<&str>,
    setup: Setup<'_>,
    examination: &mut Examination,
    console: &Console,
) -> Result<bool, Failure> {
    let config = match read(setup) {
        Ok(config) => config,
        Err(problems) => {
            examination.add_all(None, problems.iter().map(of_problem));
            return Ok(false);
        }
    };
    if let Err(problems) = config.check() {
        examination.add_all(None, problems.iter().map(of_problem));
    }
    examination.add_all(None, config.exposed().iter().map(exposed));
    let accounts = match named {
        Some(name) => {
            let account = config.account(name);
            vec![account.map_err(|invalid| UsageError::from(invalid.at("--account")))?]
        }
        None => config.accounts().cloned().collect(),
    };
    if accounts.is_empty() {
        examination.add(None, none_configured());
    }
    let transport = transport()?;
    let mut live = false;
    for account in &accounts {
        open(account, &transport, examination);
        live |= look_for(account, examination, console).await;
    }
    Ok(live)
}

/// Whether the account can be set up, and what it offers then.
fn open(account: &AccountConfig, transport: &Transport, examination: &mut Examination) {
    let name = Some(account.name());
    match account.open(transport) {
        Ok(provider) => {
            let whole = format!("everything that {} needs is set", account.provider_name());
            examination.add(name, Check::ok(SUBJECT, whole));
            examination.offer(account.name(), provider.capabilities());
        }
        Err(problems) => examination.add_all(name, problems.iter().map(of_problem)),
    }
}

/// Whether the provider is where it is said to be; comes to whether that is outside, where money is real.
async fn look_for(
    account: &AccountConfig,
    examination: &mut Examination,
    console: &Console,
) -> bool {
    // Without an address there is nothing to look for, and that it is missing or wrong is told.
    let address = account.address();
    let Some(Ok(url)) = address.as_deref().map(BaseUrl::parse_allowing_plain_http) else {
        return false;
    };
    let Some(place) = Place::of(url.as_str()) else {
        return false;
    };
    let name = account.name();
    console.note(format_args!("Asking {} for {name} …", place.host()));
    let reached = reach(&place).await;
    examination.add_all(Some(name), reached.checks);
    if let Some(head) = reached.head {
        examination.add(Some(name), examination::check_clock(&head));
    }
    !place.is_internal()
}

fn of_problem(problem: &Problem) -> Check {
    let invalid = problem.invalid();
    let remedy = invalid.remedy().unwrap_or("correct it").to_owned();
    Check::problem(SUBJECT, said(invalid, &remedy), remedy)
}

/// What is wrong without what to do, which stands on a line of its own.
fn said(invalid: &Invalid, remedy: &str) -> String {
    let whole = invalid.to_string();
    let problem = whole.strip_suffix(remedy).unwrap_or(&whole);
    problem.trim_end_matches(": ").to_owned()
}

fn none_configured() -> Check {
    Check::problem(SUBJECT, "no account is configured", HOW_TO_CONFIGURE)
}

fn exposed(exposed: &Exposed) -> Check {
    let (problem, remedy) = exposure(exposed);
    Check::warning(SUBJECT, problem, remedy)
}

const RETURN_URL: &str = "return URL";

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
            Invalid::new(paylink::ReturnUrl::KEY, "is not a URL that can be asked")
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
                RETURN_URL,
                format!("{host} is this machine or this network, where payers are not"),
                "give the address by which the shop is known outside",
            );
        }
        if !self.url.is_https() && !self.place.is_internal() {
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

    /// Asks for its head.
    pub(super) async fn fetch(&self) -> Vec<Check> {
        let reached = reach(&self.place).await;
        let mut checks = reached.checks;
        if let Some(head) = reached.head.filter(|head| head.status >= 500) {
            checks.push(Check::warning(
                RETURN_URL,
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
