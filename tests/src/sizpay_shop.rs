//! A shop at the sandbox's SizPay.

use std::sync::Arc;
use std::time::{Duration, SystemTime};

use paylink_core::{Error, Invalid, JalaliDate, Rial, Runtime};
use paylink_sandbox::{Sandbox, StartError};
use sizpay_client::{Expected, NewLink, SendId, SizPay, SizPayBuilder, Via};

use crate::impatience;
use paylink_testkit::MockClock;

/// What the shop sells, in its own record.
pub const PRICE: Rial = Rial::new(250_000);

/// Noon in Tehran, in seconds since midnight in Greenwich.
const NOON: u64 = 8 * 3600 + 30 * 60;
const DAY: u64 = 24 * 3600;

/// To whom the SMS goes.
pub const MOBILE: &str = "09122272730";

/// A sandbox in which it is noon in Tehran: the day of a link is in no doubt, whenever the tests run.
///
/// # Errors
///
/// If the system gives no port.
pub async fn open() -> Result<Sandbox, StartError> {
    let sandbox = Sandbox::start().await?;
    let since_epoch = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH);
    let of_day = since_epoch.unwrap_or_default().as_secs() % DAY;
    let to_noon = (NOON + DAY - of_day) % DAY;
    sandbox.clock().advance(Duration::from_secs(to_noon));
    Ok(sandbox)
}

/// A clock that shows what the sandbox's shows now.
#[must_use]
pub fn clock_of(sandbox: &Sandbox) -> Arc<MockClock> {
    let clock = impatience::clock();
    clock.advance(sandbox.clock().advanced());
    clock
}

/// A client of the sandbox's SizPay, as good as built.
///
/// # Errors
///
/// If no transport can be had.
pub fn builder(
    sandbox: &Sandbox,
    via: Via,
    runtime: Arc<dyn Runtime>,
) -> Result<SizPayBuilder, Error> {
    let there = sandbox.sizpay();
    let transport = impatience::transport().runtime(runtime).build()?;
    let builder = SizPay::builder(there.user_name(), there.password(), there.pay_link_name())
        .base_url(there.base_url())
        .asmx_url(there.asmx_url())
        .via(via)
        .transport(transport);
    Ok(builder)
}

/// A client of the sandbox's SizPay.
///
/// # Errors
///
/// If the sandbox's own account is not accepted by the client.
pub fn sizpay(sandbox: &Sandbox, via: Via, runtime: Arc<dyn Runtime>) -> Result<SizPay, Error> {
    builder(sandbox, via, runtime)?.build()
}

/// An order's link, ready to be sent.
///
/// # Errors
///
/// If the number cannot be an invoice number.
pub fn link(number: &str) -> Result<NewLink, Invalid> {
    NewLink::new(number, PRICE, MOBILE)
}

/// What the shop's record says about an order whose link was sent just now.
///
/// # Errors
///
/// If the number cannot be an invoice number.
pub fn expected(sandbox: &Sandbox, send_id: SendId, number: &str) -> Result<Expected, Invalid> {
    Expected::sent_at(send_id, number, PRICE, sandbox.clock().now())
}

/// The day on which the sandbox has a link.
///
/// # Errors
///
/// If the sandbox has no such link.
pub fn day_of(sandbox: &Sandbox, send_id: SendId) -> Result<JalaliDate, Invalid> {
    let link = sandbox.sizpay().link(send_id.get());
    JalaliDate::parse(&link.map(|link| link.sent_on()).unwrap_or_default())
}
