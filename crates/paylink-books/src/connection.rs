//! A connection of either database, in the middle of the merchant's own transaction.

#[cfg(feature = "postgres")]
use sqlx::PgConnection;
#[cfg(feature = "sqlite")]
use sqlx::SqliteConnection;

/// A connection on which the merchant's transaction runs: `&mut *transaction` becomes one.
#[derive(Debug)]
#[non_exhaustive]
pub enum Connection<'c> {
    /// To a SQLite file.
    #[cfg(feature = "sqlite")]
    Sqlite(&'c mut SqliteConnection),
    /// To a PostgreSQL server.
    #[cfg(feature = "postgres")]
    Postgres(&'c mut PgConnection),
}

impl Connection<'_> {
    pub(crate) fn kind(&self) -> &'static str {
        match self {
            #[cfg(feature = "sqlite")]
            Connection::Sqlite(_) => "SQLite",
            #[cfg(feature = "postgres")]
            Connection::Postgres(_) => "PostgreSQL",
        }
    }
}

#[cfg(feature = "sqlite")]
impl<'c> From<&'c mut SqliteConnection> for Connection<'c> {
    fn from(connection: &'c mut SqliteConnection) -> Connection<'c> {
        Connection::Sqlite(connection)
    }
}

#[cfg(feature = "postgres")]
impl<'c> From<&'c mut PgConnection> for Connection<'c> {
    fn from(connection: &'c mut PgConnection) -> Connection<'c> {
        Connection::Postgres(connection)
    }
}
