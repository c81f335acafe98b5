use paylink::config::{AccountConfig, Exposed, Problem};
use paylink::core::{BaseUrl, Proxy};
use paylink::{Invalid, Transport, WebUrl};

use super::environment;
use super::examination::{self, Check, Examination, Examined};
use super::reach::{is_internal, reach};
use crate::account::{HOW_TO_CONFIGURE, Setup, exposure, read};
use crate::console::Console;
use crate::failure::{CallError, Failure, UsageError};

const SUBJECT: &str = "configuration";

const PROXY: &str = "proxy";

/// Examines the accounts, all of them or the one that was named; says whether one of them takes real payments.
pub(super) async fn examine(
    named: Option<&str>,
    setup: Setup<'_>,
    transport: &Transport,
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
    let (mut live, mut unproxied) = (false, false);
    let said_for_all = config.for_all().is_set(Proxy::KEY.as_str());
    for account in &accounts {
        let way = account.proxy();
        let proxy = way.as_ref().ok().and_then(Option::as_ref);
        open(account, proxy, transport, examination);
        let Some(address) = address_of(account) else {
            continue;
        };
        let is_outside = !is_internal(address.host());
        live |= is_outside;
        // What is said of a proxy, wrong or right or that there is none, is meant.
        unproxied |= is_outside && !said_for_all && !account.is_set(Proxy::KEY.as_str());
        // What is wrong with it was told as the account was opened.
        if let Ok(proxy) = way {
            look_for(account, &address, proxy, transport, examination, console).await?;
        }
    }
    if unproxied {
        examination.add_all(None, environment::unused_proxies());
    }
    Ok(live)
}

/// Whether the account can be set up, and what it offers then.
fn open(
    account: &AccountConfig,
    proxy: Option<&Proxy>,
    transport: &Transport,
    examination: &mut Examination,
) {
    let name = Some(account.name());
    let mut examined = Examined::of(account, proxy);
    match account.open(transport) {
        Ok(provider) => {
            let whole = format!("everything that {} needs is set", account.provider_name());
            examination.add(name, Check::ok(SUBJECT, whole));
            examined.capabilities = Some(provider.capabilities().clone());
        }
        Err(problems) => examination.add_all(name, problems.iter().map(of_problem)),
    }
    examination.examined(examined);
}

/// Where the provider is. Without an address there is nothing to look for, and that it is missing or wrong is told.
fn address_of(account: &AccountConfig) -> Option<BaseUrl> {
    BaseUrl::parse_allowing_plain_http(&account.address()?).ok()
}

/// Whether the provider is where it is said to be, on the way that calls go.
async fn look_for(
    account: &AccountConfig,
    address: &BaseUrl,
    proxy: Option<Proxy>,
    transport: &Transport,
    examination: &mut Examination,
    console: &Console,
) -> Result<(), Failure> {
    let name = account.name();
    if let Some(proxy) = proxy.as_ref() {
        examination.add(Some(name), Check::ok(PROXY, led_by(proxy, address)));
    }
    let Ok(url) = WebUrl::parse(BaseUrl::KEY, address.as_str()) else {
        return Ok(());
    };
    let transport = transport.with_proxy(proxy).map_err(CallError::of)?;
    console.progress(format_args!("Asking {} for {name} …", address.host()));
    let (checks, head) = reach(&url, &transport).await;
    examination.add_all(Some(name), checks);
    if let Some(head) = head {
        examination.add(Some(name), examination::check_clock(&head));
    }
    Ok(())
}

/// Which way the account's calls go, with a proxy configured.
fn led_by(proxy: &Proxy, address: &BaseUrl) -> String {
    let host = address.host();
    if !proxy.serves(address) {
        return format!("{host} is on this machine and is reached without {proxy}");
    }
    let with = if proxy.has_credentials() {
        "with a user and a password"
    } else {
        "without a user"
    };
    format!("{host} is reached by {proxy}, {with}")
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
