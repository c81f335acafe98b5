//! The providers that the shop sells through.

use paylink::cardpay::CardPay;
use paylink::config::Config;
use paylink::pod::{BusinessToken, Pod};
use paylink::sizpay::SizPay;
use paylink::zipay::ZiPay;
use paylink::{Account, Accounts, Error, Transport};
use paylink_sandbox::Sandbox;

/// One account at each provider that the sandbox plays.
///
/// # Errors
///
/// If no TLS can be had, which even a sandbox's clients set up.
pub fn of_sandbox(sandbox: &Sandbox) -> Result<Accounts, Error> {
    // One transport for the whole process.
    let transport = Transport::new()?;
    let zipay = sandbox.zipay();
    let zipay = ZiPay::builder(zipay.api_key(), zipay.secret_key())
        .terminal(zipay.terminal())
        .base_url(zipay.base_url())
        .transport(transport.clone())
        .build()?;
    let sizpay = sandbox.sizpay();
    let sizpay = SizPay::builder(
        sizpay.user_name(),
        sizpay.password(),
        sizpay.pay_link_name(),
    )
    .base_url(sizpay.base_url())
    .transport(transport.clone())
    .build()?;
    let cardpay = sandbox.cardpay();
    let cardpay = CardPay::builder(cardpay.base_url(), cardpay.token())
        .transport(transport.clone())
        .build()?;
    let pod = sandbox.pod();
    let pod = Pod::builder(BusinessToken::new(pod.token()))
        .key(pod.api_key())
        .guild("INFORMATION_TECHNOLOGY_GUILD")
        .base_url(pod.base_url())
        .pay_url(pod.pay_url())
        .transport(transport)
        .build()?;
    let accounts = [
        Account::new("zipay", zipay),
        Account::new("sizpay", sizpay),
        Account::new("cardpay", cardpay),
        Account::new("pod", pod),
    ];
    Ok(Accounts::new(accounts)?)
}

/// The accounts that the environment configures, with the file that `PAYLINK_CONFIG` names.
///
/// # Errors
///
/// Every problem of every account at once.
pub fn of_environment() -> Result<Accounts, Box<dyn std::error::Error>> {
    Ok(Config::from_env()?.open(&Transport::new()?)?)
}
