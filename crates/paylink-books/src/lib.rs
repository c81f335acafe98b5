//! Durable books for the [desk](paylink::desk): orders and deliveries in SQLite or PostgreSQL.
//!
//! [`Books`] is an [`OrderStore`](paylink::desk::OrderStore). One line opens it; its tables are made and brought up to date
//! at that moment, and a database that could lose what it confirmed is refused with the remedy.
//!
//! ```no_run
//! # #[cfg(feature = "sqlite")]
//! # async fn shop(accounts: paylink::Accounts) -> Result<(), Box<dyn std::error::Error>> {
//! use std::sync::Arc;
//!
//! use paylink::desk::{Desk, StoredOrder};
//! use paylink::{Money, NewPayment, Toman};
//! use paylink_books::Books;
//!
//! let books = Books::sqlite("shop.db").await?; // or Books::postgres("postgres://…")
//! let desk = Arc::new(Desk::new(books, accounts));
//!
//! let payment = NewPayment::new("1000", Money::from(Toman::new(150_000)))?;
//! desk.store().add("1000", &StoredOrder::new("zipay", payment)).await?;
//! let opened = desk.open("1000").await?;
//! # Ok(())
//! # }
//! ```
//!
//! # What it promises
//!
//! * **What was confirmed is there after a crash.** SQLite runs in WAL mode with `synchronous=FULL`, PostgreSQL with
//!   `synchronous_commit` on. Every setting is read back when the books are opened.
//! * **An order is handed out once.** The ledger and the outbox's row are written in one transaction, under the newest
//!   claim. See [`Books::deliver_with`] for goods that live in the same database: they go out exactly once.
//! * **Any number of processes share the books**: over one file on one machine with SQLite, over the network with
//!   PostgreSQL.
//!
//! # Features
//!
//! `sqlite` (on by default) builds SQLite in; `postgres` adds PostgreSQL. Both can be on.

#[cfg(not(any(feature = "sqlite", feature = "postgres")))]
compile_error!("paylink-books needs a database: enable its feature `sqlite` or `postgres`");

mod books;
mod connection;
mod deliveries;
mod error;
mod orders;
#[cfg(feature = "postgres")]
mod postgres;
mod reconcile;
#[cfg(feature = "sqlite")]
mod sqlite;
mod store;
mod survey;
mod watch;

pub use books::{Books, DeliverInTransaction};
pub use connection::Connection;
pub use deliveries::{Deliveries, DeliveryLine};
pub use error::{BooksError, Unfit};
pub use orders::{Added, OrderLine, Orders, WholeOrder};
pub use reconcile::{
    Agreed, CutShort, Discrepancy, DiscrepancyKind, Progress, ReconcileError, Reconciled,
    Reconciliation,
};
/// The version of sqlx whose pools and connections the books take.
pub use sqlx;
pub use survey::{Snapshot, Violation};
pub use watch::Watch;

#[cfg(all(doctest, feature = "sqlite"))]
#[doc = include_str!("../README.md")]
struct Readme;
