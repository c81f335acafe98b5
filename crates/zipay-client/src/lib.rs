//! A client of ZiPay invoices in which the known ways to lose money do not compile, or do not pass silently.
//!
//! The payer's way: [create an invoice](ZiPay::create_invoice), send the payer to its `redirect`, read the
//! [`Return`] or the [`Webhook`] as the hints they are, and [settle](ZiPay::settle) against your own record.
//!
//! ```no_run
//! use zipay_client::{Currency, Expected, Money, NewInvoice, Settlement, ZiPay};
//!
//! # async fn example(api_key: String, secret_key: String, query: &str) -> Result<(), zipay_client::Error> {
//! let zipay = ZiPay::builder(api_key, secret_key).terminal(1003).build()?;
//! let price = Money::new("100.99", Currency::Usd)?;
//! let created = zipay.create_invoice(NewInvoice::new("1000", price, "https://shop.example/back")?).await?;
//! // … the payer pays at created.redirect and comes back …
//! let back = zipay_client::Return::from_query(query)?;
//! let expected = Expected::new(back.track_id().clone(), "1000", price)?;
//! match zipay.settle(&expected).await? {
//!     Settlement::Settled(_) | Settlement::AlreadySettled(_) => { /* deliver, unless delivered before */ }
//!     Settlement::NotPaid(invoice) => println!("not paid: {}", invoice.status),
//!     Settlement::Mismatch(found) => println!("alarm: {found}"),
//! }
//! # Ok(())
//! # }
//! ```
//!
//! Every error answers [`Error::effect`]: whether the operation may have been carried out. An unknown create is
//! [resolved](ZiPay::resolve) by the merchant's own invoice number; a settle is simply done again.
//!
//! A program that chooses its provider at run time calls the same client through [`paylink_core::PaymentProvider`].
//!
//! Amounts in [`Currency::Irt`] are **toman**, not rial. A paid invoice has to be settled within 30 minutes, or ZiPay
//! gives the money back to the payer.

pub mod codes;
pub mod operations;

mod client;
mod config;
mod descriptor;
mod envelope;
mod hints;
mod ids;
mod invoice;
mod invoices;
mod provider;
mod resolve;
mod settle;
mod signature;

pub use client::{ZiPay, ZiPayBuilder};
pub use config::ZiPayConfig;
pub use descriptor::DESCRIPTOR;
pub use hints::{Return, Webhook};
pub use ids::{InvoiceNumber, TrackId};
pub use invoice::{Invoice, Status};
pub use invoices::Invoices;
pub use operations::{CreatedInvoice, InvoicePage, ListInvoices, NewInvoice, Sort};
pub use paylink_core::NationalId;
pub use resolve::Found;
pub use settle::Expected;

// What every client's user writes: the same list in each client.
pub use paylink_core::{
    Advice, BaseUrl, Call, CheckResult, CodeEntry, ComparedField, Currency, Difference, Effect,
    Error, ErrorKind, ErrorReport, Evidence, Explanation, FieldCheck, FieldKey, Handle, Invalid,
    Mismatch, Money, Party, PaymentProvider, Prepared, Proof, Proxy, Reason, Refusal, Resolution,
    ReturnUrl, Rial, Timeouts, Toman, Transport, TransportBuilder, WebUrl,
};

/// What settling a ZiPay payment came to; see [`paylink_core::Settlement`].
pub type Settlement = paylink_core::Settlement<Invoice>;

#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
