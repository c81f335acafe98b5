//! The library, as the guide shows it.

#[rustfmt::skip]
mod shown {
// GUIDE:
use std::error::Error;
use std::time::Duration;

use paylink_sandbox::{Fault, FaultRule, Sandbox};
use zipay_client::{Currency, Expected, Invalid, Money, NewInvoice, Resolution, Settlement, Transport, ZiPay};

fn client(sandbox: &Sandbox) -> Result<ZiPay, zipay_client::Error> {
    let (there, clock) = (sandbox.zipay(), sandbox.clock().reader());
    ZiPay::builder(there.api_key(), there.secret_key())
        .terminal(there.terminal())
        .base_url(there.base_url())
        .transport(Transport::builder().clock(clock).build()?) // waits stay real, `now` is the sandbox's
        .build()
}

fn price() -> Result<Money, Invalid> {
    Money::new("100.99", Currency::Usd)
}

#[tokio::test]
async fn money_that_nobody_confirms_goes_back() -> Result<(), Box<dyn Error>> {
    let sandbox = Sandbox::builder().seed(1).start().await?;
    let zipay = client(&sandbox)?;
    let invoice = NewInvoice::new("1000", price()?, "http://127.0.0.1:9/back")?;
    let created = zipay.create_invoice(invoice).await?;
    sandbox.zipay().pay(created.track_id.as_str())?;
    sandbox.clock().advance(Duration::from_secs(31 * 60));

    let expected = Expected::new(created.track_id, "1000", price()?)?;
    assert!(matches!(zipay.settle(&expected).await?, Settlement::NotPaid(_)));
    Ok(())
}

#[tokio::test]
async fn a_create_that_never_arrived_is_known_after_three_minutes() -> Result<(), Box<dyn Error>> {
    let lost = FaultRule::new(Fault::DropBefore).of("zipay").on("create-invoice");
    let sandbox = Sandbox::builder().fault(lost.times(1)).start().await?;
    let zipay = client(&sandbox)?;
    let invoice = NewInvoice::new("1000", price()?, "http://127.0.0.1:9/back")?;
    let error = zipay.create_invoice(invoice).await.expect_err("the connection was closed");
    let handle = error.handle().ok_or("an unknown outcome has a handle")?;

    let Resolution::StillUnknown { retry_after } = zipay.resolve(handle).await? else {
        return Err("it may still turn up".into());
    };
    sandbox.clock().advance(retry_after);
    assert_eq!(zipay.resolve(handle).await?, Resolution::NotExecuted);
    Ok(())
}
// :GUIDE
}

#[test]
fn it_is_the_code_that_is_shown() {
    let source = include_str!("library.rs");
    let shown = source.split("// GUIDE:\n").nth(1).unwrap();
    let shown = shown.split("// :GUIDE").next().unwrap();
    let blocks: Vec<_> = super::blocks("rust").collect();
    assert_eq!(blocks, [shown.trim_end()]);
}
