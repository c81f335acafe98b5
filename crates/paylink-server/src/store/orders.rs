//! What the service keeps of an order beside the books.

use std::time::SystemTime;

use paylink::desk::StoredOrder;
use paylink_books::{Added, BooksError, sqlx};

use super::{Store, millis, moment, on, whole};

const FIND: &str = "SELECT return_to, created_at FROM paylink_server_orders WHERE name = $1";

const ADD: &str = "INSERT INTO paylink_server_orders (name, return_to, created_at) \
     VALUES ($1, $2, $3) ON CONFLICT (name) DO NOTHING";

/// What is kept of an order.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct Beside {
    pub(crate) return_to: Option<String>,
    pub(crate) created_at: SystemTime,
}

impl Store {
    /// Adds an order to the books, and what is kept beside it: both or neither.
    pub(crate) async fn add(
        &self,
        name: &str,
        order: &StoredOrder,
        return_to: Option<&str>,
    ) -> Result<Added, BooksError> {
        let (store, name, order) = (self.clone(), name.to_owned(), order.clone());
        let return_to = return_to.map(str::to_owned);
        whole(async move {
            let added = on!(transaction store, |transaction| {
                let added = store.books.add_in(&mut *transaction, &name, &order).await?;
                sqlx::query(ADD)
                    .bind(name)
                    .bind(return_to)
                    .bind(millis(SystemTime::now()))
                    .execute(&mut *transaction)
                    .await?;
                added
            });
            Ok(added)
        })
        .await
    }

    /// What is kept of this order; `None` if another program added it.
    pub(crate) async fn beside(&self, name: &str) -> Result<Option<Beside>, BooksError> {
        let found: Option<(Option<String>, i64)> = on!(read self, |db| sqlx::query_as(FIND)
            .bind(name)
            .fetch_optional(db)
            .await?);
        Ok(found.map(|(return_to, created_at)| Beside {
            return_to,
            created_at: moment(created_at),
        }))
    }
}
