//! A client of CardPay, the card-to-card script, in which the known ways to lose money do not compile, or do not pass
//! silently.
//!
//! The payer transfers from card to card, and the script, which runs on the merchant's own host, recognises the deposit in
//! the bank's message by its exact amount. So: [create a payment](CardPay::create), store its [record](PaymentRecord),
//! show the payer [what to transfer](CreatedPayment::transfer_exactly) and [to which cards](CreatedPayment::pay_to), and
//! [settle](CardPay::settle) until it is paid or its time is over.
//!
//! ```no_run
//! use cardpay_client::{CardPay, Expected, NewPayment, PaymentState, Rial, Settlement};
//!
//! # async fn example(token: String) -> Result<(), cardpay_client::Error> {
//! let cardpay = CardPay::builder("https://shop.example/api/", token).build()?;
//! let price = Rial::new(150_000);
//! let created = cardpay.create(NewPayment::new(1000, price)?).await?;
//! let record = created.record().clone(); // store it with the order, before the payer is told anything
//! println!("transfer exactly {}", created.transfer_exactly); // not the price: a rial more or less is not recognised
//! // … the payer transfers …
//! match cardpay.settle(&Expected::new(1000, price, record)?).await? {
//!     Settlement::Settled(_) | Settlement::AlreadySettled(_) => { /* deliver, unless delivered before */ }
//!     Settlement::NotPaid(PaymentState::NotPaidYet) => println!("ask again in a while"),
//!     Settlement::NotPaid(state) => println!("not paid: {state:?}"),
//!     Settlement::Mismatch(found) => println!("for a person to decide: {found}"),
//! }
//! # Ok(())
//! # }
//! ```
//!
//! # Delivering exactly once
//!
//! The script says 201 to the first check of a paid payment and 200 to every later one. That looks like a guard against
//! delivering twice, and is none: an answer can be lost, and a shop that delivers on 201 alone never delivers then. Both are
//! proofs of the money here, and the order's own record decides. `examples/deliver_once` is such a merchant.
//!
//! # What a check does not say
//!
//! The answer to a check is a code: no amount, no order, no payment. What it is about hangs on the `pay_id` that was asked
//! for, so settling takes it from the merchant's own [`PaymentRecord`], and compares that with the order first. **A `pay_id`
//! that a browser brought must never decide about an order**: any other paid payment would do.
//!
//! For the same reason there is nothing to parse when a payer comes back. The document names no parameter of the return;
//! put the order's number into the [callback](NewPayment::with_callback) and settle that order.
//!
//! # Cards
//!
//! A payer's card is a [`CardNumber`]: checked, masked wherever it is printed, wiped when dropped. Recording one can lose the
//! payment; read [`NewPayment::with_payer_card`] first.
//!
//! Every error answers [`Error::effect`]: whether the operation may have been carried out. A create whose outcome is unknown
//! cannot be looked up; [`CardPay::create`] says why that does no harm.
//!
//! A program that chooses its provider at run time calls the same client through [`paylink_core::PaymentProvider`].

pub mod codes;
pub mod operations;

mod client;
mod config;
mod descriptor;
mod encoding;
mod envelope;
mod ids;
mod merchant_card;
mod provider;
mod record;
mod resolve;
mod settle;

pub use client::{CardPay, CardPayBuilder};
pub use codes::Code;
pub use config::CardPayConfig;
pub use descriptor::DESCRIPTOR;
pub use encoding::BodyEncoding;
pub use ids::{InvoiceNumber, PayId};
pub use merchant_card::{CardText, MerchantCard};
pub use operations::{
    CheckPayment, CreatedPayment, MerchantCards, NewPayment, PaymentCheck, PaymentState, SetCard,
};
pub use paylink_core::{CardNumber, Mobile};
pub use record::{ExactAmount, Expiry, PaymentRecord};
pub use settle::Expected;

// What every client's user writes: the same list in each client.
pub use paylink_core::{
    Advice, BaseUrl, Call, CheckResult, CodeEntry, ComparedField, Currency, Difference, Effect,
    Error, ErrorKind, ErrorReport, Evidence, Explanation, FieldCheck, FieldKey, Handle, Invalid,
    Mismatch, Money, Party, PaymentProvider, Prepared, Proof, Proxy, Reason, Refusal, Resolution,
    ReturnUrl, Rial, Timeouts, Toman, Transport, TransportBuilder, WebUrl,
};

/// What settling a CardPay payment came to; see [`paylink_core::Settlement`].
pub type Settlement = paylink_core::Settlement<PaymentState>;

#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
