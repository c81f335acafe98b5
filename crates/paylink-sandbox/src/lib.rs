//! Simulates Iranian payment providers on loopback, so that a program that takes payments can be tried
//! from end to end without an account, without the network and without money.
//!
//! One process answers under each provider's own paths, in its own envelopes, with its own refusals
//! and deadlines, and serves the page where a person pays. Each is served under its name, such as
//! `/zipay`; [`Sandbox::providers`] lists them. The sandbox shares no code with the provider clients: a
//! misreading of a document cannot cancel out.
//!
//! ```
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! use std::time::Duration;
//! use paylink_sandbox::{Fault, Sandbox};
//!
//! let sandbox = Sandbox::start().await?;
//! let zipay = sandbox.zipay();
//! // Give these to the client under test.
//! let (base_url, api_key, secret_key) = (zipay.base_url(), zipay.api_key(), zipay.secret_key());
//! # let _ = (base_url, api_key, secret_key);
//!
//! // Lose the answer of the next verify after executing it.
//! sandbox.faults().next("zipay", "verify", Fault::DropAfter)?;
//! // Let the time pass after which unverified money goes back to the payer.
//! sandbox.clock().advance(Duration::from_secs(30 * 60));
//! // See what the provider received.
//! for entry in sandbox.journal() {
//!     println!("{} {:?}", entry.operation, entry.answered);
//! }
//! sandbox.shutdown().await;
//! # Ok(())
//! # }
//! ```
//!
//! What a test does through [`Sandbox`], a program in any language does over HTTP under `/_sandbox`,
//! described by `/_sandbox/openapi.json`. The same fault and the same half hour, where `paylink sandbox`
//! said that it is at port 8080:
//!
//! ```sh
//! curl http://127.0.0.1:8080/_sandbox/faults -H 'content-type: application/json' \
//!   -d '{"provider": "zipay", "operation": "verify", "fault": {"kind": "drop-after"}}'
//! curl http://127.0.0.1:8080/_sandbox/clock -H 'content-type: application/json' -d '{"advance_seconds": 1800}'
//! curl http://127.0.0.1:8080/_sandbox/journal    # what was received, each operation by its name
//! ```
//!
//! # Safety
//!
//! The sandbox listens on loopback only, unless
//! [`allow_non_loopback`](SandboxBuilder::allow_non_loopback) says otherwise, and delivers webhooks to
//! plain `http` on loopback only. Its keys are its own: never give it real ones.

mod admin;
mod calendar;
pub mod cardpay;
mod clock;
mod credentials;
mod dashboard;
mod faults;
mod headers;
mod history;
mod journal;
mod luhn;
mod outbox;
mod page;
pub mod pod;
mod random;
mod rows;
mod sandbox;
mod server;
mod settings;
mod shelf;
mod simulated;
pub mod sizpay;
mod sms;
mod snapshot;
mod view;
mod world;
pub mod zipay;

pub use clock::Clock;
pub use credentials::CredentialError;
pub use faults::{
    FAULT_HEADER, Fault, FaultError, FaultRule, Faults, InvalidFault, Preset, SetFault,
};
pub use history::Event;
pub use journal::{JournalEntry, Message, Parameter};
pub use outbox::{Attempt, Webhook, WebhookState};
pub use sandbox::{Sandbox, SandboxBuilder, StartError};
pub use simulated::{PayError, Simulated};
pub use sms::Sms;
pub use snapshot::{Snapshot, SnapshotError};

// In the order of their names.
simulated::simulated! {
    cardpay::CardpaySandbox, "CardPay";
    pod::PodSandbox, "POD";
    sizpay::SizpaySandbox, "SizPay";
    zipay::ZipaySandbox, "ZiPay";
}

#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
