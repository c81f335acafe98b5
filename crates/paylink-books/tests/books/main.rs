//! The books on both databases. Those on PostgreSQL need `PAYLINK_POSTGRES`, the URL of a database in which the tests may
//! make schemas.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    missing_docs,
    reason = "tests"
)]

mod opening;
mod orders;
mod place;
mod promises;
mod torn;

/// Each test as two: `sqlite::…` and `postgres::…`.
macro_rules! on_both {
    ($($test:ident),* $(,)?) => {
        mod sqlite {
            $(#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
            async fn $test() {
                super::$test(&crate::place::Place::sqlite()).await;
            })*
        }

        mod postgres {
            $(#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
            async fn $test() {
                super::$test(&crate::place::Place::postgres()).await;
            })*
        }
    };
}
pub(crate) use on_both;
