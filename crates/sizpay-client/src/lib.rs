#![cfg_attr(docsrs, feature(doc_cfg))]
//! A client of SizPay's payment links in which the known ways to lose money do not compile, or do not pass silently.
//!
//! SizPay sends the payer an SMS with a link; there is no return and no webhook. So: [send a link](SizPay::send_link),
//! store its send id and the day, ask for its [state](SizPay::pay_status) now and then, and [settle](SizPay::settle)
//! against your own record.
//!
//! ```no_run
//! use std::time::SystemTime;
//! use sizpay_client::{Expected, NewLink, Rial, Settlement, SizPay};
//!
//! # async fn example(key1: String, key2: String) -> Result<(), sizpay_client::Error> {
//! let sizpay = SizPay::builder(key1, key2, "hosseini").build()?;
//! let price = Rial::new(10_000);
//! let link = NewLink::new("99112101", price, "09122272730")?.with_description("two tickets")?;
//! let sent = sizpay.send_link(link).await?;
//! let sent_at = SystemTime::now();
//! // … store both, and later:
//! let expected = Expected::sent_at(sent.send_id, "99112101", price, sent_at)?;
//! match sizpay.settle(&expected).await? {
//!     Settlement::Settled(_) | Settlement::AlreadySettled(_) => { /* deliver, unless delivered before */ }
//!     Settlement::NotPaid(payment) => println!("not paid: {}", payment.state),
//!     Settlement::Mismatch(found) => println!("alarm: {found}"),
//! }
//! # Ok(())
//! # }
//! ```
//!
//! Every error answers [`Error::effect`]: whether an SMS may have gone out. An unknown send is
//! [resolved](SizPay::resolve) by the merchant's own invoice number.
//!
//! Requests go over REST, or with [`SizPayBuilder::via`] to the ASMX service, in ASP.NET's JSON or (feature `soap`) in
//! SOAP 1.1; inputs and outputs stay the same. [`Via`] says what each way offers.
//!
//! [`SizPay`] is also a [`PaymentProvider`], for a program that chooses among providers when
//! it starts.
//!
//! **SizPay does not report amounts.** A [`Proof`] rests on the send id, which SizPay gave for the amount that was asked
//! for; it declares amount, currency and link name as not reported.

pub mod codes;
pub mod operations;

mod answer;
mod builder;
mod client;
mod config;
mod descriptor;
mod fields;
mod payment;
mod provider;
mod resend_rule;
mod resolve;
mod settle;
#[cfg(feature = "soap")]
mod soap;
mod status_list;
mod texts;
mod via;

pub use builder::SizPayBuilder;
pub use client::SizPay;
pub use config::SizPayConfig;
pub use descriptor::DESCRIPTOR;
pub use operations::{Accepted, DisableLink, NewLink, PayStatus, ResendSms, SentLink};
pub use paylink_core::{JalaliDate, Mobile};
pub use payment::{PayState, Payment};
pub use resend_rule::{MayResend, ResendRule};
pub use resolve::Found;
pub use settle::Expected;
pub use texts::SendId;
pub use texts::{CustomerName, Description, InvoiceNumber};
pub use via::Via;

// What every client's user writes: the same list in each client.
pub use paylink_core::{
    Advice, BaseUrl, Call, CheckResult, CodeEntry, ComparedField, Currency, Difference, Effect,
    Error, ErrorKind, ErrorReport, Evidence, Explanation, FieldCheck, FieldKey, Handle, Invalid,
    Mismatch, Money, Party, PaymentProvider, Prepared, Proof, Proxy, Reason, Refusal, Resolution,
    ReturnUrl, Rial, Timeouts, Toman, Transport, TransportBuilder, WebUrl,
};

/// What settling a SizPay payment came to; see [`paylink_core::Settlement`].
pub type Settlement = paylink_core::Settlement<Payment>;

#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
