//! What the paylink provider clients share: money and identities that are right once they exist, one careful transport,
//! and errors that say whether money may have moved.
//!
//! Merchants depend on a provider's crate, which re-exports what they need of this one. A new provider builds on
//! it directly:
//!
//! * An [`Operation`] is a value without I/O: it writes the bytes of a [`Request`] and reads those of a [`Response`].
//! * A [`Call`] sends it over the one [`Transport`], which knows whether a byte may have left.
//! * An [`Error`] answers [`Error::effect`]: [`Effect::NotExecuted`] is proved, everything else is [`Effect::Unknown`]
//!   and comes with a [`Handle`] to look it up by.
//! * A [`Comparison`] of what the provider reports with what the merchant's record says is the only way to a [`Proof`].
//!
//! Amounts have a unit in their type: [`Rial`], [`Toman`], or [`Money`] with its [`Currency`]. There is no floating
//! point, no rounding, no operator that could overflow.

pub mod digits;
pub mod json;
pub mod provider;
pub mod text;

mod accessors;
mod error;
#[doc(hidden)]
pub mod from_text;
mod identity;
mod jalali;
mod money;
mod operation;
mod settlement;
mod transport;
mod url;

pub use self::url::{BaseUrl, Endpoint, ReturnFields, ReturnUrl, WebUrl};
pub use error::{
    Advice, CodeEntry, Effect, Error, ErrorKind, ErrorReport, Evidence, Explanation, FieldKey,
    Idempotency, Invalid, Lookup, Party, Reason, Refusal, Validation,
};
pub use identity::{CardNumber, Mobile, NationalId};
pub use jalali::{JalaliDate, JalaliDateTime};
pub use money::{Currency, Money, Rial, Toman};
pub use operation::{
    Call, ClientConfig, ContentType, DecodeError, Header, Inquiry, MediaType, Method, Operation,
    Page, Pages, Prepared, Request, Response, SearchOutcome, SendingWindow, Untrusted, search,
};
pub use provider::PaymentProvider;
pub use settlement::{
    Agreement, CheckResult, ComparedField, Comparison, Difference, FieldCheck, Handle, Mismatch,
    Proof, Resolution, Settlement,
};
#[cfg(feature = "canned")]
pub use transport::CannedAnswer;
pub use transport::{
    Proxy, Reached, Runtime, SystemRuntime, Timeouts, Transport, TransportBuilder,
    without_rate_limit_retries,
};

#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
