//! How SQLite has to be, and whether it is.

use std::path::Path;
use std::time::Duration;

use sqlx::SqlitePool;
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous};

use crate::{BooksError, Unfit};

/// Before this one, a commit that met a reset of the log between two checkpoints could be lost.
const OLDEST: &str = "3.51.3";
const READERS: u32 = 4;
const BUSY: Duration = Duration::from_secs(5);

/// The writer and the readers.
pub(crate) async fn open(path: &Path) -> Result<(SqlitePool, SqlitePool), BooksError> {
    if path.as_os_str().is_empty() || path == Path::new(":memory:") {
        return Err(unfit(
            "path",
            &format!("{:?}", path.display().to_string()),
            "a file",
            "name one; a test takes a file in a temporary folder, or paylink's MemoryStore",
        ));
    }
    let options = SqliteConnectOptions::new()
        .filename(path)
        .create_if_missing(true)
        .journal_mode(SqliteJournalMode::Wal)
        .synchronous(SqliteSynchronous::Full)
        .foreign_keys(true)
        // A payer's card and national id are not to stay in freed pages when their column is emptied.
        .pragma("secure_delete", "ON")
        .busy_timeout(BUSY);
    let pool = || {
        SqlitePoolOptions::new()
            .idle_timeout(None)
            .max_lifetime(None)
            .test_before_acquire(false)
    };
    let unreachable = |source: sqlx::Error| BooksError::Unreachable {
        place: path.display().to_string(),
        problem: format!(
            "{source}; name a file in a folder that is there and may be written, on a disk of this machine"
        ),
        source,
    };
    let writer = pool().max_connections(1).connect_with(options.clone());
    let writer = writer.await.map_err(unreachable)?;
    check(&writer).await?;
    let readers = pool().max_connections(READERS);
    let readers = readers.connect_with(options.read_only(true)).await;
    Ok((writer, readers.map_err(unreachable)?))
}

/// Reads back what the books need, since a setting that SQLite does not take is not an error of its own.
pub(crate) async fn check(pool: &SqlitePool) -> Result<(), BooksError> {
    let version: String = sqlx::query_scalar("SELECT sqlite_version()")
        .fetch_one(pool)
        .await?;
    if numbers(&version) < numbers(OLDEST) {
        return Err(unfit(
            "sqlite_version",
            &version,
            "3.51.3 or newer",
            "older ones can lose committed writes in WAL mode; update libsqlite3-sys (`cargo update`), and leave out \
             features that link the system's SQLite",
        ));
    }
    let mut connection = pool.acquire().await?;
    let journal: String = sqlx::query_scalar("PRAGMA journal_mode")
        .fetch_one(&mut *connection)
        .await?;
    if journal != "wal" {
        return Err(unfit(
            "journal_mode",
            &journal,
            "wal",
            "open the file with SqliteConnectOptions::journal_mode; books in memory are for tests: use paylink's MemoryStore",
        ));
    }
    for (pragma, least, needed, remedy) in [
        (
            "PRAGMA synchronous",
            2,
            "2 (FULL) or 3 (EXTRA)",
            "set SqliteConnectOptions::synchronous; with less, a power loss takes back what was confirmed",
        ),
        (
            "PRAGMA foreign_keys",
            1,
            "1",
            "set SqliteConnectOptions::foreign_keys(true)",
        ),
        (
            "PRAGMA busy_timeout",
            1_000,
            "1000 or more",
            "set SqliteConnectOptions::busy_timeout to some seconds",
        ),
    ] {
        let found: i64 = sqlx::query_scalar(pragma)
            .fetch_one(&mut *connection)
            .await?;
        if found < least {
            let property = pragma.trim_start_matches("PRAGMA ");
            return Err(unfit(property, &found.to_string(), needed, remedy));
        }
    }
    Ok(())
}

fn unfit(property: &'static str, found: &str, needed: &str, remedy: &'static str) -> BooksError {
    BooksError::Unfit(Unfit {
        property,
        found: found.to_owned(),
        needed: needed.to_owned(),
        remedy,
    })
}

fn numbers(version: &str) -> Vec<u32> {
    version
        .split('.')
        .map(|part| part.parse().unwrap_or(0))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::numbers;

    #[test]
    fn versions_are_compared_as_numbers() {
        assert!(numbers("3.51.3") > numbers("3.51.2"));
        assert!(numbers("3.51.10") > numbers("3.51.3"));
        assert!(numbers("3.9.0") < numbers("3.51.3"));
        assert!(numbers("4.0.0") > numbers("3.51.3"));
    }
}
