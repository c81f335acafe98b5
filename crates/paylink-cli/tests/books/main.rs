//! `paylink books` over books that the crate itself has made: what it prints, and what it tells the shell.
//!
//! Those on PostgreSQL need `PAYLINK_POSTGRES`, the URL of a database in which the tests may make schemas.

#[cfg(test)]
#[path = "../command/documents.rs"]
mod documents;
#[cfg(test)]
mod place;
#[cfg(test)]
#[cfg(feature = "books-postgres")]
mod postgres;
#[cfg(test)]
mod reconciled;
#[cfg(test)]
mod shown;
#[cfg(test)]
mod wrong;
