//! `paylink books` over books that the crate itself has made: what it prints, and what it tells the shell.
//!
//! Those on PostgreSQL need `PAYLINK_POSTGRES`, the URL of a database in which the tests may make schemas.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    missing_docs,
    reason = "tests"
)]

mod place;
#[cfg(feature = "books-postgres")]
mod postgres;
mod shown;
mod wrong;
