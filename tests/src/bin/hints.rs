//! What floods of forged hints do to a shop on this machine: `hints SECONDS`. `cargo xtask hints` runs it.
//!
//! Four floods, one after the other, each for so many seconds: for one order and for many, through the routes and to the desk
//! itself. Shop, provider and strangers share one process, so that the figures are those of all of them on these processors.

use std::time::Duration;

use paylink_tests::flood::{Flood, Named, Way};
use paylink_tests::selling::{Result, say};

#[tokio::main]
async fn main() -> Result<()> {
    let seconds = std::env::args().nth(1).ok_or("usage: hints SECONDS")?;
    let lasts = Duration::from_secs(seconds.parse()?);
    for named in [Named::OneOrder, Named::ManyOrders] {
        for way in [Way::Routes, Way::Desk] {
            let flood = Flood {
                named,
                way,
                orders: 500,
                lasts,
                at_least: 1,
                speed: 1,
                pause: Duration::ZERO,
            };
            let figures = flood.come().await?;
            say(&format!(
                "{figures}; at the most {} requests are allowed",
                figures.most_requests()
            ))?;
        }
    }
    Ok(())
}
