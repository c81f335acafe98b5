//! Returns and notifications over axum: what a payer's browser brings back and what a provider calls with, as the hints
//! that they are.
//!
//! [`router`] is ready to be nested: it looks at the order that the path names, lets the [desk](crate::desk) settle it, and
//! shows the payer one of the merchant's [`Pages`]. [`Routes`] writes the addresses to give to a provider. A program with
//! routes of its own takes the extractors [`Returned`] and [`Notified`], which keep every byte and read no more than their
//! bounds.
//!
//! ```no_run
//! use std::sync::Arc;
//!
//! use paylink::Accounts;
//! use paylink::desk::{Desk, MemoryStore};
//! use paylink::web::{self, Pages, Routes};
//!
//! struct Plain;
//!
//! impl Pages for Plain {}
//!
//! # fn routes(accounts: Accounts) -> Result<axum::Router, paylink::Invalid> {
//! let desk = Arc::new(Desk::new(MemoryStore::new(), accounts));
//! let shop: axum::Router = axum::Router::new().nest("/pay", web::router(desk, Plain));
//! // What a new payment is given as its return URL.
//! let back = Routes::new("https://shop.example/pay")?.return_url("1000")?;
//! # let _ = back;
//! # Ok(shop)
//! # }
//! ```
//!
//! The order in the path is anybody's guess, and so is everything else in such a request. Guessing delivers nothing: it
//! makes the desk ask the provider, no more often than its [pauses](crate::desk::Desk::visit_intervals) allow, and the
//! provider's answer is all that counts. What is left for the server in front to bound is said in `docs/desk.md`.

mod notified;
mod pages;
mod plain_page;
mod rejected;
mod request;
mod returned;
mod router;
mod routes;

pub use notified::{MAX_NOTIFICATION_BYTES, Notified};
pub use pages::Pages;
pub use rejected::Rejected;
pub use request::BODY_TIMEOUT;
pub use returned::{MAX_RETURN_BYTES, Returned};
pub use router::router;
pub use routes::Routes;
