//! How PostgreSQL has to be, and whether it is.

use std::time::{Duration, SystemTime};

use sqlx::postgres::{PgConnectOptions, PgPoolOptions};
use sqlx::{ConnectOptions, Connection, PgPool};

use crate::books::millis;
use crate::{BooksError, Unfit};

const OLDEST: i32 = 130_000;
/// How far apart the clocks may be: leases are counted by those of the machines, and people read both.
const APART: Duration = Duration::from_secs(2);
const CONNECTIONS: u32 = 10;

/// The beginning of a transaction of the books' own. A machine that is gone in the middle of one would keep its rows locked for
/// as long as TCP takes to notice, which is hours: then no other node gets the order.
pub(crate) const BEGIN: &str = "BEGIN ISOLATION LEVEL READ COMMITTED; \
     SET LOCAL idle_in_transaction_session_timeout = '30s'";

/// How long a call waits for a connection.
const WAIT: Duration = Duration::from_secs(10);

/// The books' own connections, and as many for the shop's transactions.
pub(crate) async fn open(url: &str) -> Result<(PgPool, PgPool), BooksError> {
    let unreachable = |place: String, source: sqlx::Error| BooksError::Unreachable {
        place,
        problem: format!(
            "{source}; look at the host, the port, the user, the database and sslmode in the URL"
        ),
        source,
    };
    let options = url.parse::<PgConnectOptions>();
    let options = options.map_err(|error| unreachable("its URL".to_owned(), error))?;
    let database = options.get_database().unwrap_or_default();
    let place = format!("{}:{}/{database}", options.get_host(), options.get_port());
    // A pool would go on trying for as long as a call may wait, and then say nothing but that.
    let first = tokio::time::timeout(WAIT, options.connect()).await;
    let first = first.unwrap_or(Err(sqlx::Error::PoolTimedOut));
    let first = first.map_err(|error| unreachable(place, error))?;
    first.close().await?;
    let own = pool(options.clone());
    check(&own).await?;
    Ok((own, pool(options)))
}

/// Connections of the books' own beside the merchant's.
pub(crate) async fn beside(shops: &PgPool) -> Result<PgPool, BooksError> {
    const WHERE: &str = "SELECT concat(current_database(), '.', current_schema())";
    let own = pool((*shops.connect_options()).clone());
    check(&own).await?;
    let place: String = sqlx::query_scalar(WHERE).fetch_one(&own).await?;
    let of_shop: String = sqlx::query_scalar(WHERE).fetch_one(shops).await?;
    if place != of_shop {
        return Err(unfit(
            "current_schema",
            of_shop,
            &format!("{place}, where the pool's options lead"),
            "set the search path in the connect options, not after connecting",
        ));
    }
    Ok(own)
}

fn pool(options: PgConnectOptions) -> PgPool {
    PgPoolOptions::new()
        .max_connections(CONNECTIONS)
        .acquire_timeout(WAIT)
        .connect_lazy_with(options)
}

async fn check(pool: &PgPool) -> Result<(), BooksError> {
    let mut connection = pool.acquire().await?;
    let setting = "SELECT current_setting($1)";
    let version: String = sqlx::query_scalar(setting)
        .bind("server_version_num")
        .fetch_one(&mut *connection)
        .await?;
    if version.parse::<i32>().unwrap_or(0) < OLDEST {
        return Err(unfit(
            "server_version_num",
            version,
            "130000 or newer",
            "update the server",
        ));
    }
    let waits: String = sqlx::query_scalar(setting)
        .bind("synchronous_commit")
        .fetch_one(&mut *connection)
        .await?;
    if waits == "off" {
        return Err(unfit(
            "synchronous_commit",
            waits,
            "on",
            "set it for this role or database (ALTER ROLE … SET synchronous_commit = on): with off, a crash takes back what \
             was confirmed",
        ));
    }
    let fsync: String = sqlx::query_scalar(setting)
        .bind("fsync")
        .fetch_one(&mut *connection)
        .await?;
    if fsync == "off" {
        return Err(unfit(
            "fsync",
            fsync,
            "on",
            "set it in postgresql.conf: with off, a crash can destroy the database",
        ));
    }
    let before = millis(SystemTime::now());
    let theirs: i64 =
        sqlx::query_scalar("SELECT (extract(epoch FROM clock_timestamp()) * 1000)::bigint")
            .fetch_one(&mut *connection)
            .await?;
    let after = millis(SystemTime::now());
    let apart = i64::try_from(APART.as_millis()).unwrap_or(i64::MAX);
    let early = before.saturating_sub(apart);
    let late = after.saturating_add(apart);
    if theirs < early || theirs > late {
        let off = theirs.saturating_sub(after);
        return Err(unfit(
            "clock_timestamp",
            format!("{off} ms away from this machine's clock"),
            "within 2 seconds of it",
            "let both machines keep their time by NTP",
        ));
    }
    Ok(())
}

fn unfit(property: &'static str, found: String, needed: &str, remedy: &'static str) -> BooksError {
    BooksError::Unfit(Unfit {
        property,
        found,
        needed: needed.to_owned(),
        remedy,
    })
}
