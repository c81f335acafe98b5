//! Where the books are, how they are opened, and what is said when they cannot be.

use std::io::{self, Write};
use std::path::{Path, PathBuf};

use paylink::{Effect, FieldKey, Invalid};
use paylink_books::{Books, BooksError, sqlx};
use secrecy::{ExposeSecret, SecretString};
use serde::Serialize;

use crate::failure::{Failure, Status, UsageError};
use crate::report::Report;
use crate::text::{shown, without_private};

const FIELD: FieldKey = FieldKey::new("books", "books");
const FLAG: &str = "--books";
const VARIABLE: &str = "PAYLINK_BOOKS";
const HOW_TO_NAME: &str =
    "the path of a SQLite file, such as shop.db, or a URL such as postgres://shop@db/shop";

/// Where the books are.
pub(super) struct Place {
    /// Where that was said.
    said_with: &'static str,
    kind: Kind,
}

enum Kind {
    File(PathBuf),
    #[cfg(feature = "books-postgres")]
    Postgres {
        url: SecretString,
        /// What may be shown of it.
        shown: String,
    },
}

impl Place {
    /// The place that was typed, or else the one that the environment names.
    pub(super) fn chosen(typed: Option<&SecretString>) -> Result<Place, UsageError> {
        if let Some(typed) = typed {
            return Place::read(typed, FLAG);
        }
        let variable = std::env::var_os(VARIABLE).filter(|value| !value.is_empty());
        let Some(variable) = variable else {
            return Err(Invalid::new(FIELD, "is missing")
                .at(FLAG)
                .with_remedy(format!("give it, or set {VARIABLE}, to {HOW_TO_NAME}"))
                .into());
        };
        match variable.into_string() {
            Ok(value) => Place::read(&SecretString::from(value), VARIABLE),
            Err(path) => Ok(Place {
                said_with: VARIABLE,
                kind: Kind::File(path.into()),
            }),
        }
    }

    fn read(said: &SecretString, said_with: &'static str) -> Result<Place, UsageError> {
        // A value that is no path is not repeated: whatever it was meant to be, it may hold a password.
        let refused = |problem: &'static str| {
            let invalid = Invalid::new(FIELD, problem).at(said_with);
            Err(invalid.with_remedy(format!("give {HOW_TO_NAME}")).into())
        };
        let text = said.expose_secret().trim();
        if text.is_empty() {
            return refused("is empty");
        }
        let scheme = text.split_once(':').map(|(scheme, _)| scheme);
        match scheme.map(str::to_ascii_lowercase).as_deref() {
            Some("postgres" | "postgresql") => Place::postgres(said, said_with),
            Some("sqlite" | "file") => refused("is a URL, where a file is named by its path"),
            _ if text.contains("://") => refused("is a URL of something else than PostgreSQL"),
            _ => Ok(Place {
                said_with,
                kind: Kind::File(PathBuf::from(said.expose_secret())),
            }),
        }
    }

    #[cfg(feature = "books-postgres")]
    fn postgres(url: &SecretString, said_with: &'static str) -> Result<Place, UsageError> {
        use sqlx::postgres::PgConnectOptions;

        let unfit = || {
            // Nothing of it is repeated: it may hold a password in a place where none is looked for.
            Invalid::new(FIELD, "is not a URL of a database of PostgreSQL")
                .at(said_with)
                .with_remedy(
                    "write it as postgres://user:password@host:5432/database?sslmode=verify-full, with @, /, ? and # of \
                     a password as %40, %2F, %3F and %23",
                )
        };
        let text = url.expose_secret().trim();
        let (_, after_scheme) = text.split_once("://").ok_or_else(unfit)?;
        let rest = after_scheme.split_once(['/', '?', '#']);
        if rest.is_some_and(|(_, rest)| rest.contains('@')) {
            return Err(unfit().into());
        }
        let options: PgConnectOptions = text.parse().map_err(|_| unfit())?;
        let user = options.get_username();
        let database = options.get_database().unwrap_or(user);
        let port = options.get_port();
        let server = match options.get_socket() {
            Some(socket) => socket.display().to_string(),
            None => format!("{}:{port}", options.get_host()),
        };
        let shown = shown(&format!("the database {database} at {server}"));
        let url = SecretString::from(text);
        let kind = Kind::Postgres { url, shown };
        Ok(Place { said_with, kind })
    }

    #[cfg(not(feature = "books-postgres"))]
    fn postgres(_: &SecretString, said_with: &'static str) -> Result<Place, UsageError> {
        Err(
            Invalid::new(FIELD, "is in PostgreSQL, which is not in this build")
                .at(said_with)
                .with_remedy(
                    "install one that has it, from the top of the project: \
                     `cargo install --path crates/paylink-cli --features books-postgres`",
                )
                .into(),
        )
    }

    /// Opens the books, which are made if they are not there.
    pub(super) async fn make(&self) -> Result<Books, Failure> {
        let opened = match &self.kind {
            Kind::File(path) => Books::sqlite(path).await,
            #[cfg(feature = "books-postgres")]
            Kind::Postgres { url, .. } => Books::postgres(url.expose_secret()).await,
        };
        opened.map_err(|error| self.failed(&error))
    }

    /// Opens books that are there: what was mistyped does not become books.
    pub(super) async fn open(&self) -> Result<Books, Failure> {
        let are_there = match &self.kind {
            Kind::File(path) => Books::are_in_sqlite(path).await,
            #[cfg(feature = "books-postgres")]
            Kind::Postgres { url, .. } => Books::are_in_postgres(url.expose_secret()).await,
        };
        if are_there.map_err(|error| self.failed(&error))? {
            return self.make().await;
        }
        let invalid = match self.file() {
            Some(path) if is_missing(path) => self.refused(path, "is not there"),
            Some(path) => self.refused(path, "holds no books"),
            None => {
                Invalid::new(FIELD, format!("holds no books: {}", self.shown())).at(self.said_with)
            }
        };
        let remedy =
            "name the database that the shop opens, or make new books with `paylink books init`";
        Err(UsageError::from(invalid.with_remedy(remedy)).into())
    }

    fn file(&self) -> Option<&Path> {
        match &self.kind {
            Kind::File(path) => Some(path),
            #[cfg(feature = "books-postgres")]
            Kind::Postgres { .. } => None,
        }
    }

    fn refused(&self, path: &Path, problem: &'static str) -> Invalid {
        let value = path.display().to_string();
        let invalid = Invalid::new(FIELD, problem);
        invalid.at(self.said_with).with_value(&value)
    }

    /// Which database it is.
    pub(super) fn database(&self) -> &'static str {
        match &self.kind {
            Kind::File(_) => "SQLite",
            #[cfg(feature = "books-postgres")]
            Kind::Postgres { .. } => "PostgreSQL",
        }
    }

    /// Where it is, without a password.
    pub(super) fn shown(&self) -> String {
        match &self.kind {
            Kind::File(path) => shown(&path.display().to_string()),
            #[cfg(feature = "books-postgres")]
            Kind::Postgres { shown, .. } => shown.clone(),
        }
    }

    /// Why the books cannot be opened or read.
    pub(super) fn failed(&self, error: &BooksError) -> Failure {
        if let Some(invalid) = self.no_database(error) {
            return UsageError::from(invalid).into();
        }
        let place = self.shown();
        let message = match error {
            BooksError::Database(sqlx::Error::PoolTimedOut | sqlx::Error::Io(_)) => format!(
                "{place} cannot be reached: see that the server runs and takes connections from here"
            ),
            BooksError::Database(problem) => format!(
                "{place} failed: {problem}: see whether this user may open it and what the database's own log says"
            ),
            BooksError::Unreachable { .. } => error.to_string(),
            other => format!("{place}: {other}"),
        };
        let unread = Unread {
            kind: "books",
            effect: Effect::NotExecuted,
            message: without_private(&shown(&message)),
        };
        Failure::new(Status::Refused, unread)
    }

    /// What was named, if it is a file that cannot hold books.
    fn no_database(&self, error: &BooksError) -> Option<Invalid> {
        /// What SQLite says of a file that it cannot open, and of one that something else wrote.
        const CANNOT_OPEN: i32 = 14;
        const NOT_A_DATABASE: i32 = 26;

        let path = self.file()?;
        let (BooksError::Database(said) | BooksError::Unreachable { source: said, .. }) = error
        else {
            return None;
        };
        let sqlx::Error::Database(problem) = said else {
            return None;
        };
        let code: i32 = problem.code()?.parse().ok()?;
        let (problem, remedy) = match code & 0xff {
            NOT_A_DATABASE => (
                "is not a SQLite database",
                "give the file that the shop opens, or a path where nothing is yet",
            ),
            code if code == CANNOT_OPEN || path.is_dir() => (
                "cannot be opened",
                "see that its folder is there, that it is a file, and that this user may read and write both",
            ),
            _ => return None,
        };
        Some(self.refused(path, problem).with_remedy(remedy))
    }
}

fn is_missing(path: &Path) -> bool {
    // Of one that cannot be asked for, opening says more.
    path.try_exists().is_ok_and(|is_there| !is_there)
}

/// The books cannot be opened or read.
#[derive(Debug, Serialize)]
struct Unread {
    kind: &'static str,
    effect: Effect,
    message: String,
}

impl Report for Unread {
    fn write_text(&self, out: &mut dyn Write) -> io::Result<()> {
        writeln!(out, "error: {}", self.message)
    }
}
