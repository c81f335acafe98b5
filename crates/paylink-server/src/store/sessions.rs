//! Sessions of the operator's page as rows.

use std::time::SystemTime;

use paylink_books::{BooksError, sqlx};

use super::{Store, millis, moment, on};

const ADD: &str = "INSERT INTO paylink_server_sessions (hash, key_id, created_at, seen_at) VALUES ($1, $2, $3, $3)";

const FIND: &str =
    "SELECT key_id, created_at, seen_at FROM paylink_server_sessions WHERE hash = $1";

const SEEN: &str = "UPDATE paylink_server_sessions SET seen_at = $2 WHERE hash = $1";

const END: &str = "DELETE FROM paylink_server_sessions WHERE hash = $1";

const END_OLD: &str = "DELETE FROM paylink_server_sessions WHERE created_at < $1 OR seen_at < $2";

/// A session, as it is kept.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct SessionLine {
    pub(crate) key: String,
    pub(crate) created_at: SystemTime,
    pub(crate) seen_at: SystemTime,
}

impl Store {
    /// Begins a session of a key.
    pub(crate) async fn add_session(&self, hash: &str, key: &str) -> Result<(), BooksError> {
        on!(write self, |db| sqlx::query(ADD)
            .bind(hash)
            .bind(key)
            .bind(millis(SystemTime::now()))
            .execute(db)
            .await
            .map(drop)?);
        Ok(())
    }

    /// The session of this hash, however old it is.
    pub(crate) async fn session(&self, hash: &str) -> Result<Option<SessionLine>, BooksError> {
        let row: Option<(String, i64, i64)> = on!(read self, |db| sqlx::query_as(FIND)
            .bind(hash)
            .fetch_optional(db)
            .await?);
        Ok(row.map(|(key, created_at, seen_at)| SessionLine {
            key,
            created_at: moment(created_at),
            seen_at: moment(seen_at),
        }))
    }

    /// Writes that a session is in use.
    pub(crate) async fn session_is_used(&self, hash: &str) -> Result<(), BooksError> {
        on!(write self, |db| sqlx::query(SEEN)
            .bind(hash)
            .bind(millis(SystemTime::now()))
            .execute(db)
            .await
            .map(drop)?);
        Ok(())
    }

    /// Ends a session, if it is there.
    pub(crate) async fn end_session(&self, hash: &str) -> Result<(), BooksError> {
        on!(write self, |db| sqlx::query(END)
            .bind(hash)
            .execute(db)
            .await
            .map(drop)?);
        Ok(())
    }

    /// Ends the sessions that began or were used last before these moments.
    pub(crate) async fn end_old_sessions(
        &self,
        began_before: SystemTime,
        used_before: SystemTime,
    ) -> Result<(), BooksError> {
        on!(write self, |db| sqlx::query(END_OLD)
            .bind(millis(began_before))
            .bind(millis(used_before))
            .execute(db)
            .await
            .map(drop)?);
        Ok(())
    }
}
