//! The providers that the shop sells through.

use paylink::cardpay::CardPay;
use paylink::config::Config;
use paylink::pod_invoice::{BusinessToken, Pod};
use paylink::sizpay::SizPay;
use paylink::zipay::ZiPay;
use paylink::{Error, Provider, Providers, Transport};
use paylink_sandbox::Sandbox;

/// One account at each provider that the sandbox plays.
///
/// # Errors
///
/// If no TLS can be had, which even a sandbox's clients set up.
pub fn of_sandbox(sandbox: &Sandbox) -> Result<Providers, Error> {
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
        Provider::new("zipay", zipay),
        Provider::new("sizpay", sizpay),
        Provider::new("cardpay", cardpay),
        Provider::new("pod", pod),
    ];
    Ok(Providers::new(accounts)?)
}

/// The accounts that the environment configures, with the file that `PAYLINK_CONFIG` names.
///
/// # Errors
///
/// Every problem of every account at once.
pub fn of_environment() -> Result<Providers, Box<dyn std::error::Error>> {
    Ok(Config::from_env()?.providers(&Transport::new()?)?)
}
