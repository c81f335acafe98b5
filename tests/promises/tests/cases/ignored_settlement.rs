//! A settlement that nobody reads says nothing about the money.

#![deny(unused_must_use)]

use paylink_core::Error;
use zipay_client::{Expected, ZiPay};

async fn settle(zipay: &ZiPay, expected: &Expected) -> Result<(), Error> {
    zipay.settle(expected).await?;
    Ok(())
}

fn main() {
    let _ = settle;
}
