//! API keys as rows.

use std::time::SystemTime;

use paylink_books::{BooksError, sqlx};

use super::{Store, millis, moment, on};
use crate::keys::{KeyLine, Rights};

const COLUMNS: &str = "SELECT id, name, rights, hash, created_at, revoked_at FROM paylink_server_keys WHERE ($1 = '' OR id = $1) ORDER BY created_at, id";

const ADD: &str = "INSERT INTO paylink_server_keys (id, name, rights, hash, created_at) VALUES ($1, $2, $3, $4, $5)";

const REVOKE: &str =
    "UPDATE paylink_server_keys SET revoked_at = $2 WHERE id = $1 AND revoked_at IS NULL";

type Row = (String, String, String, String, i64, Option<i64>);

impl Store {
    pub(crate) async fn add_key(
        &self,
        id: &str,
        name: &str,
        rights: Rights,
        hash: &str,
    ) -> Result<(), BooksError> {
        on!(write self, |db| sqlx::query(ADD)
            .bind(id)
            .bind(name)
            .bind(rights.to_string())
            .bind(hash)
            .bind(millis(SystemTime::now()))
            .execute(db)
            .await
            .map(drop)?);
        Ok(())
    }

    /// The key of this id, with the hash of its secret.
    pub(crate) async fn key(&self, id: &str) -> Result<Option<(KeyLine, String)>, BooksError> {
        let row: Option<Row> = on!(read self, |db| sqlx::query_as(COLUMNS)
            .bind(id)
            .fetch_optional(db)
            .await?);
        Ok(row.map(line))
    }

    pub(crate) async fn keys(&self) -> Result<Vec<KeyLine>, BooksError> {
        let rows: Vec<Row> =
            on!(read self, |db| sqlx::query_as(COLUMNS).bind("").fetch_all(db).await?);
        Ok(rows.into_iter().map(|row| line(row).0).collect())
    }

    /// Whether there was such a key that counted.
    pub(crate) async fn revoke_key(&self, id: &str) -> Result<bool, BooksError> {
        let rows = on!(write self, |db| sqlx::query(REVOKE)
            .bind(id)
            .bind(millis(SystemTime::now()))
            .execute(db)
            .await?
            .rows_affected());
        Ok(rows > 0)
    }
}

fn line((id, name, rights, hash, created_at, revoked_at): Row) -> (KeyLine, String) {
    let line = KeyLine {
        id,
        name,
        rights: Rights::read(&rights),
        created_at: moment(created_at),
        revoked_at: revoked_at.map(moment),
    };
    (line, hash)
}
