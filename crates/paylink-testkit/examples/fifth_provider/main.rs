//! A provider that is not one of ours, and what it takes to be one of them: Kiosk, an invented shop counter.
//!
//! * `client.rs` is its client: address and key, requests, what comes back.
//! * `provider.rs` says what it offers, and puts it behind `PaymentProvider`.
//! * `subject.rs` brings it to the conformance suite, with `server.rs`, which plays Kiosk on loopback.
//!
//! `docs/adding-a-provider.md` walks through it. Nothing here is private to paylink.

#![allow(
    clippy::print_stdout,
    reason = "the example shows its matrix on the terminal"
)]

pub(crate) mod client;
pub(crate) mod provider;
pub(crate) mod server;
pub(crate) mod subject;

use std::sync::Arc;

use paylink_testkit::conformance::{Matrix, check};
use subject::KioskSubject;

#[tokio::main]
pub(crate) async fn main() -> std::io::Result<()> {
    let mut matrix = Matrix::new();
    matrix.add(check(Arc::new(KioskSubject::start().await?)).await);
    println!("{matrix}");
    matrix.assert_conforms();
    Ok(())
}
