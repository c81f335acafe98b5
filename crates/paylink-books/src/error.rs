//! What goes wrong with the books.

use std::error::Error;

/// What went wrong with the books.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum BooksError {
    /// The database failed or could not be reached. Whether a write was carried out is not known: what the desk does next
    /// finds out.
    #[error("the database failed: {0}")]
    Database(#[from] sqlx::Error),
    /// The database could not be opened or reached.
    #[error("the books cannot be opened at {place}: {problem}")]
    Unreachable {
        /// The file, or the server and the database, without a password.
        place: String,
        /// What is wrong, and what to do.
        problem: String,
        /// What the database said.
        source: sqlx::Error,
    },
    /// The program was built without this database.
    #[error(
        "this program has no {database}: build it with the feature {feature:?} of paylink-books"
    )]
    NotBuiltIn {
        /// The database.
        database: &'static str,
        /// The feature that it needs.
        feature: &'static str,
    },
    /// The tables could not be made or brought up to date.
    #[error("the books' tables cannot be brought up to date: {0}")]
    Migration(#[source] sqlx::migrate::MigrateError),
    /// The tables were written by a newer release, which may keep what this one does not know: use that one.
    #[error(
        "the books were written by a newer release of paylink-books (version {version} of their tables): use that one"
    )]
    Newer {
        /// The newest version of the tables that was applied.
        version: i64,
    },
    /// The database could lose what it confirmed, or break a promise of the books in another way.
    #[error(transparent)]
    Unfit(#[from] Unfit),
    /// An order of this name is there, and it is another one.
    #[error(
        "an order named {name:?} is there already, with another {what}: give the new one another name"
    )]
    OtherOrder {
        /// The order's name.
        name: String,
        /// What differs.
        what: &'static str,
    },
    /// Another order has this reference: what is paid under it could not be told apart.
    #[error("another order has the reference {reference:?}: give each order its own")]
    ReferenceTaken {
        /// The reference.
        reference: String,
    },
    /// The payment holds the payer's card or national id, and the books were not told to keep them.
    #[error(
        "the payment of order {name:?} holds the payer's card or national id, which these books do not keep: open them with \
         keep_private_data(true), or leave both out"
    )]
    PrivateData {
        /// The order's name.
        name: String,
    },
    /// A row cannot be read: something else wrote it.
    #[error("the {column} of {row:?} cannot be read ({problem}): look at the row by hand")]
    Row {
        /// The order's name, or the delivery's id.
        row: String,
        /// The column.
        column: &'static str,
        /// What is wrong with it.
        problem: String,
    },
    /// The handler of deliveries refused, and nothing was written. The desk delivers again at the next look.
    #[error("the goods could not be handed out: {0}")]
    Deliver(#[source] Box<dyn Error + Send + Sync>),
    /// The connection that was passed belongs to another kind of database than the books.
    #[error(
        "the books are in {books}, and the connection leads to {connection}: pass one of the books' own database"
    )]
    OtherDatabase {
        /// Where the books are.
        books: &'static str,
        /// Where the connection leads.
        connection: &'static str,
    },
}

/// A property of the database with which the books could break a promise.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
#[error("{property} is {found}, and has to be {needed}: {remedy}")]
pub struct Unfit {
    pub(crate) property: &'static str,
    pub(crate) found: String,
    pub(crate) needed: String,
    pub(crate) remedy: &'static str,
}

impl Unfit {
    /// The property, as the database names it.
    #[must_use]
    pub fn property(&self) -> &str {
        self.property
    }

    /// What it is.
    #[must_use]
    pub fn found(&self) -> &str {
        &self.found
    }

    /// What to do.
    #[must_use]
    pub fn remedy(&self) -> &str {
        self.remedy
    }
}
