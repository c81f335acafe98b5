//! The books on both databases. Those on PostgreSQL need `PAYLINK_POSTGRES`, the URL of a database in which the tests may
//! make schemas.

#[cfg(test)]
mod opening;
#[cfg(test)]
mod orders;
#[cfg(test)]
mod place;
#[cfg(test)]
mod promises;
#[cfg(test)]
mod reconciling;
#[cfg(test)]
mod torn;
#[cfg(test)]
mod watching;

/// Each test as two: `sqlite::…` and `postgres::…`.
#[cfg(test)]
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
#[cfg(test)]
pub(crate) use on_both;
