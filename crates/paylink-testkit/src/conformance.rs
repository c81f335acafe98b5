//! One suite of cases for every payment provider: does it keep what [`PaymentProvider`] promises, at the wire?
//!
//! What a provider declares in its [`Capabilities`](paylink_core::provider::Capabilities) decides what is asked of it:
//! what it offers has to be true, and what it does not offer has to be refused before a byte leaves. A [`Recorder`]
//! between the provider and its server counts the requests, keeps them, and breaks some of them.
//!
//! The author of a provider brings a [`Subject`]: how to connect it, and how to pay as the payer. [`check`] runs every case,
//! and a [`Matrix`] shows what came of it.
//!
//! ```no_run
//! # use std::sync::Arc;
//! # use paylink_testkit::conformance::{Matrix, Subject, check};
//! # async fn example(mine: Arc<dyn Subject>, another: Arc<dyn Subject>) {
//! let mut matrix = Matrix::new();
//! for subject in [mine, another] {
//!     matrix.add(check(subject).await);
//! }
//! println!("{matrix}");
//! matrix.assert_conforms();
//! # }
//! ```
//!
//! `examples/fifth_provider` brings a provider of another crate, with its server, and passes.
//!
//! [`PaymentProvider`]: paylink_core::PaymentProvider

mod cases;
mod matrix;
mod recorder;
mod subject;
mod trial;

pub use cases::{Case, Outcome, cases, check};
pub use matrix::{Matrix, Report};
pub use recorder::{Recorded, Recorder, Trouble};
pub use subject::{Problem, Samples, Subject};
