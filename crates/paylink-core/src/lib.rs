//! What the paylink provider clients share: money and identities that are right once they exist, one careful transport,
//! and errors that say whether money may have moved.
//!
//! Merchants depend on a provider's crate, which re-exports what they need of this one. Whoever adds a provider builds on
//! it directly:
//!
//! * An [`Operation`] is a value without I/O: it writes the bytes of a [`Request`] and reads those of a [`Reply`].
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

mod advice;
mod call;
mod card_number;
mod code_entry;
mod effect;
mod endpoint;
mod environment;
mod error;
mod explanation;
mod from_text;
mod handle;
mod ids;
mod inquiry;
mod invalid;
mod jalali;
mod mask;
mod mobile;
mod money;
mod national_id;
mod operation;
mod reason;
mod refusal;
mod rejection;
mod reply;
mod request;
mod resolution;
mod return_url;
mod search;
mod sending_window;
mod settlement;
mod transport;
mod web_url;

pub use advice::Advice;
pub use call::{Call, Prepared};
pub use card_number::CardNumber;
pub use code_entry::{CodeEntry, Evidence};
pub use effect::{Class, Effect, Lookup};
pub use endpoint::{BaseUrl, Endpoint};
pub use environment::{Environment, SystemEnvironment};
pub use error::{Error, ErrorKind, Record};
pub use explanation::{Explanation, Party};
pub use handle::Handle;
pub use inquiry::Inquiry;
pub use invalid::{FieldKey, Invalid, Validation};
pub use jalali::{JalaliDate, JalaliDateTime};
pub use mobile::Mobile;
pub use money::{Currency, Money, Rial, Toman};
pub use national_id::NationalId;
pub use operation::{Account, Answer, Operation};
pub use provider::PaymentProvider;
pub use reason::Reason;
pub use refusal::Refusal;
pub use rejection::{Rejection, Untrusted};
pub use reply::Reply;
pub use request::{Header, Media, Method, Request};
pub use resolution::Resolution;
pub use return_url::ReturnUrl;
pub use search::{Page, Pages, Searched, search};
pub use sending_window::SendingWindow;
pub use settlement::{
    Agreement, Check, Checked, Comparison, Difference, Field, Mismatch, Proof, Settlement,
};
pub use transport::{Timeouts, Transport, TransportBuilder, without_rate_limit_retries};
pub use web_url::WebUrl;
