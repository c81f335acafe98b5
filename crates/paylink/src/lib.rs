#![cfg_attr(docsrs, feature(doc_cfg))]
//! Takes money through Iranian payment links and invoices, so that the known ways to lose some do not compile, or do not
//! pass silently.
//!
//! A program names the providers it works with as features and gets each as a module; [`providers()`] lists them.
//!
//! What the providers share stands at the root: amounts with their unit, errors that say whether money may have moved,
//! the handle that finds a payment again, the settlement with its proof. The rest of it, for a new provider, is
//! [`core`]. A feature only ever adds; none changes what another does.
//!
//! A [`desk`] takes payments for a merchant's own orders through any of them, and hands each order out once. The feature
//! `config` adds accounts from a file and the environment (`paylink::config`), and `axum` the routes for payers who come back
//! and providers who call (`paylink::web`).
//!
//! # A payment, from the order to the proof
//!
//! Create an invoice, send the payer to its link, take what the browser brings back as the hint that it is, and settle
//! against your own record. With the feature `zipay`:
//!
#![cfg_attr(feature = "zipay", doc = "```no_run")]
#![cfg_attr(not(feature = "zipay"), doc = "```ignore")]
//! use paylink::zipay::{Expected, NewInvoice, Return, Settlement, ZiPay};
//! use paylink::{Effect, Handle, Money, Transport};
//!
//! /// What the shop remembers of an order.
//! struct Order {
//!     number: String,
//!     price: Money,
//!     unresolved: Option<Handle>,
//! }
//!
//! // One transport for the whole process: every provider's client takes a clone of it.
//! fn open(transport: &Transport, api_key: String, secret_key: String) -> Result<ZiPay, paylink::Error> {
//!     ZiPay::builder(api_key, secret_key).terminal(1003).transport(transport.clone()).build()
//! }
//!
//! /// Where to send the payer, unless nobody knows yet whether the invoice exists.
//! async fn pay_link(zipay: &ZiPay, order: &mut Order) -> Result<Option<String>, paylink::Error> {
//!     let invoice = NewInvoice::new(&order.number, order.price, "https://shop.example/back")?;
//!     match zipay.create_invoice(invoice).await {
//!         Ok(created) => Ok(Some(created.redirect.to_string())),
//!         Err(error) => match error.effect() {
//!             Effect::NotExecuted => Err(error),
//!             Effect::Unknown => {
//!                 order.unresolved = error.handle().cloned();
//!                 Ok(None)
//!             }
//!         },
//!     }
//! }
//!
//! /// In the callback's route. The order is looked up by the number that the query names; its price is the shop's own.
//! async fn came_back(zipay: &ZiPay, order: &Order, query: &str) -> Result<bool, paylink::Error> {
//!     let back = Return::from_query(query)?;
//!     let expected = Expected::new(back.track_id().clone(), &order.number, order.price)?;
//!     Ok(match zipay.settle(&expected).await? {
//!         // Both prove the money. Whether the goods went out is for the shop's own record to say.
//!         Settlement::Settled(_) | Settlement::AlreadySettled(_) => true,
//!         Settlement::NotPaid(_) | Settlement::Mismatch(_) => false,
//!     })
//! }
//! ```
//!
//! # TLS
//!
//! `ring` is a default feature and `aws-lc-rs` another: either is used only if the program has installed no rustls crypto
//! provider of its own. A program that installs one needs neither.

#[cfg(feature = "config")]
pub mod config;
pub mod desk;
#[cfg(feature = "axum")]
pub mod web;

mod account;
mod catalogue;
mod providers;

pub use account::{Account, Accounts};
pub use catalogue::catalogue;
pub use paylink_core as core;
pub use paylink_core::provider::{
    Capabilities, Capability, Created, Cursor, Done, ExpectedPayment, Hint, Input, InputRule,
    ListPayments, NewPayment, OrderReference, PayToCard, Payment, PaymentPage, PaymentProvider,
    PaymentRecord, PaymentState, PreparedPayment, Resolved, Support, Transfer,
};
pub use paylink_core::{
    Advice, CardNumber, CheckResult, CodeEntry, ComparedField, Currency, Difference, Effect, Error,
    ErrorKind, ErrorReport, Evidence, Explanation, FieldCheck, FieldKey, Handle, Invalid,
    JalaliDate, JalaliDateTime, Mismatch, Mobile, Money, NationalId, Party, Proof, Proxy, Reason,
    Refusal, Resolution, ReturnUrl, Rial, Settlement, Timeouts, Toman, Transport, TransportBuilder,
    Validation, WebUrl,
};
pub use providers::*;

#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
