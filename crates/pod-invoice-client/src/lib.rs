//! A client of POD's invoices, with every documented way to pay them, in which the known ways to lose money do not
//! compile, or do not pass silently.
//!
//! A merchant's way: [issue an invoice](Pod::issue_invoice), send the payer to a [link](Pod::link_by_unique_number), read
//! the [`Return`] as the hint it is, and [settle](Pod::settle) against your own record.
//!
//! ```no_run
//! use pod_invoice_client::{
//!     BusinessToken, Expected, Gateway, LinkOptions, Money, NewInvoice, NewItem, Pod, Rial, Settlement,
//! };
//!
//! # async fn example(token: String, key: String) -> Result<(), pod_invoice_client::Error> {
//! let pod = Pod::builder(BusinessToken::new(token)).key(key).build()?;
//! let price = Rial::new(1_500_000);
//! let item = NewItem::new("a pair of shoes", price)?;
//! let invoice = NewInvoice::new("1000", "CLOTHING_GUILD", item)?.with_tax_rate("0")?.with_verification();
//! let issued = pod.issue_invoice(invoice).await?.value;
//!
//! let number = issued.unique_number.unwrap_or_default().parse()?;
//! let options = LinkOptions::new().with_redirect("https://shop.example/back")?.with_gateway(Gateway::Pep);
//! println!("send the payer to {}", pod.link_by_unique_number(&number, &options)?);
//! // … the payer pays and comes back …
//! let expected = Expected::new(issued.id, "1000", Money::from(price))?;
//! match pod.settle(&expected).await? {
//!     Settlement::Settled(_) | Settlement::AlreadySettled(_) => { /* deliver, unless delivered before */ }
//!     Settlement::NotPaid(invoice) => println!("not paid: {}", invoice.state()),
//!     Settlement::Mismatch(found) => println!("alarm: {found}"),
//! }
//! # Ok(())
//! # }
//! ```
//!
//! * **Amounts are in rial.** Tax is added to an invoice's total unless its rate was set to zero: what settling compares
//!   is the payable amount.
//! * **A three-step payment has to be settled within the hour**, or POD gives the money back.
//! * **Store the reference number** of every [answer](PodResponse) and [refusal](paylink_core::Refusal): POD's support asks
//!   for it first. It is also in a `tracing` event of level DEBUG.
//! * **One token and many keys.** The [`BusinessToken`] is the merchant's, a [`UserToken`] a payer's; each service has a
//!   key of its own, or one key is given for all.
//!
//! [`Pod`] is also a [`PaymentProvider`], for a program that chooses among providers when it
//! starts.

pub mod codes;
pub mod operations;

mod builder;
mod client;
mod config;
mod descriptor;
mod envelope;
mod html;
mod invoice;
mod link;
mod name;
mod provider;
mod resolve;
mod returns;
mod service;
mod settle;
mod state;
mod token;

pub use builder::PodBuilder;
pub use client::Pod;
pub use config::PodConfig;
pub use descriptor::DESCRIPTOR;
pub use envelope::{Confirmation, PodResponse};
pub use invoice::{Invoice, InvoiceItem};
pub use link::{Gateway, LinkOptions};
pub use name::{BillNumber, GuildCode, InvoiceId, InvoiceKey, UniqueNumber, UserId};
pub use operations::{
    ConfirmPaymentSms, Creditor, Debtor, FundedBy, InvoiceList, ListInvoices, NewInvoice, NewItem,
    PayAnyInvoice, PayInFuture, PayOwnInvoice, PayWithInvoice, PaymentLink, PosPayment,
    PosTransaction, SendPaymentSms, ShareLink, SmsContent,
};
pub use paylink_core::{JalaliDate, JalaliDateTime, Mobile};
pub use returns::{Return, ReturnedPayment};
pub use service::{Environment, Service};
pub use settle::Expected;
pub use state::State;
pub use token::Delegation;
pub use token::{BusinessToken, OneTimeToken, UserToken};

// What every client's user writes: the same list in each client.
pub use paylink_core::{
    Advice, BaseUrl, Call, CheckResult, CodeEntry, ComparedField, Currency, Difference, Effect,
    Error, ErrorKind, ErrorReport, Evidence, Explanation, FieldCheck, FieldKey, Handle, Invalid,
    Mismatch, Money, Party, PaymentProvider, Prepared, Proof, Proxy, Reason, Refusal, Resolution,
    ReturnUrl, Rial, Timeouts, Toman, Transport, TransportBuilder, WebUrl,
};

/// What settling a POD payment came to; see [`paylink_core::Settlement`].
pub type Settlement = paylink_core::Settlement<Invoice>;

#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
