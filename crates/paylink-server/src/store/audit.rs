//! Who did what: what moves money, and what a person decided.

use std::time::SystemTime;

use paylink_books::{BooksError, sqlx};

use super::{Store, millis, moment, on};
use crate::random;

const WRITE: &str = "INSERT INTO paylink_server_audit (id, at, who, what, order_name, outcome) VALUES ($1, $2, $3, $4, $5, $6)";

/// $1: those of an order, $2 and $3: those before this one.
const LIST: &str = "SELECT id, at, who, what, order_name, outcome FROM paylink_server_audit \
     WHERE ($1 = '' OR order_name = $1) AND (at, id) < ($2, $3) ORDER BY at DESC, id DESC LIMIT $4";

/// A line of the audit log.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct AuditLine {
    /// What tells it from the others.
    pub id: String,
    /// When it was done.
    pub at: SystemTime,
    /// Who did it: a key by its id and name, or the command.
    pub who: String,
    /// What was done, in one word: `refund`.
    pub what: String,
    /// The order, where it was about one.
    pub order: Option<String>,
    /// What came of it.
    pub outcome: String,
}

impl Store {
    /// Writes a line. What it is about is written before it is done, and again with what came of it.
    pub(crate) async fn audit(
        &self,
        who: &str,
        what: &str,
        order: Option<&str>,
        outcome: &str,
    ) -> Result<(), BooksError> {
        on!(write self, |db| sqlx::query(WRITE)
            .bind(random::audit_id())
            .bind(millis(SystemTime::now()))
            .bind(who)
            .bind(what)
            .bind(order)
            .bind(outcome)
            .execute(db)
            .await
            .map(drop)?);
        Ok(())
    }

    /// The newest lines first, from the one before this on.
    pub(crate) async fn audit_lines(
        &self,
        order: &str,
        before: Option<(SystemTime, String)>,
        limit: u16,
    ) -> Result<Vec<AuditLine>, BooksError> {
        type Row = (String, i64, String, String, Option<String>, String);
        let (at, id) = before.map_or((i64::MAX, String::new()), |(at, id)| (millis(at), id));
        let rows: Vec<Row> = on!(read self, |db| sqlx::query_as(LIST)
            .bind(order)
            .bind(at)
            .bind(id)
            .bind(i64::from(limit))
            .fetch_all(db)
            .await?);
        let lines = rows.into_iter();
        Ok(lines
            .map(|(id, at, who, what, order, outcome)| AuditLine {
                id,
                at: moment(at),
                who,
                what,
                order,
                outcome,
            })
            .collect())
    }
}
