//! A PostgreSQL of the test's own, which it may restart.

use std::ffi::OsStr;
use std::io;
use std::net::TcpListener;
use std::os::unix::fs::MetadataExt;
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};

use paylink_books::sqlx;
use tempfile::TempDir;

use crate::selling::Result;

/// Where Debian keeps the programs of each version.
const VERSIONS: &str = "/usr/lib/postgresql";

const SUPERUSER: &str = "paylink";

/// How a server is stopped before it is started again.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Stop {
    /// Transactions under way are given up, and everything is written.
    Fast,
    /// Nothing more is done, as in a crash: the next start reads the log.
    Immediate,
}

/// A running server on loopback, over a folder that is gone when it is dropped.
#[derive(Debug)]
pub struct Postgres {
    programs: PathBuf,
    folder: TempDir,
    /// Whether this is root, as whom a server refuses to run: then it runs as Debian's user `postgres`.
    is_root: bool,
    port: u16,
}

impl Postgres {
    /// Starts a new, empty one. Clients are not asked for passwords.
    ///
    /// # Errors
    ///
    /// If there is none on this machine, or it does not start: install Debian's `postgresql`.
    pub fn start() -> Result<Postgres> {
        let programs = programs().ok_or_else(|| {
            format!("no PostgreSQL is in {VERSIONS}: install Debian's postgresql")
        })?;
        let folder = tempfile::tempdir()?;
        let is_root = folder.path().metadata()?.uid() == 0;
        let port = free_port().ok_or("no port is free")?;
        let server = Postgres {
            programs,
            folder,
            is_root,
            port,
        };
        if is_root {
            ran(Command::new("chown")
                .arg("postgres")
                .arg(server.folder.path()))?;
        }
        let mut init = server.program("initdb");
        init.arg("-D").arg(server.data()).args(["-U", SUPERUSER]);
        ran(init.args(["-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync"]))?;
        let options = format!(
            "-p {port} -k {} -c listen_addresses=127.0.0.1",
            server.folder.path().display()
        );
        ran(server.control("start").args(["-o", &options]))?;
        Ok(server)
    }

    /// The URL of its database, in which connections have this name.
    #[must_use]
    pub fn url(&self, application: &str) -> String {
        let port = self.port;
        format!("postgres://{SUPERUSER}@127.0.0.1:{port}/postgres?application_name={application}")
    }

    /// Stops it and starts it again.
    ///
    /// # Errors
    ///
    /// If it does not come back.
    pub fn restart(&self, stop: Stop) -> Result<()> {
        let mode = match stop {
            Stop::Fast => "fast",
            Stop::Immediate => "immediate",
        };
        ran(self.control("restart").args(["-m", mode])).map_err(|problem| {
            let log = std::fs::read_to_string(self.log()).unwrap_or_default();
            let last: Vec<&str> = log.lines().rev().take(10).collect();
            format!("{problem}; the server said, last first: {last:#?}").into()
        })
    }

    fn data(&self) -> PathBuf {
        self.folder.path().join("data")
    }

    fn log(&self) -> PathBuf {
        self.folder.path().join("log")
    }

    fn control(&self, what: &str) -> Command {
        let mut control = self.program("pg_ctl");
        control.arg(what).args(["-w", "-D"]).arg(self.data());
        control.arg("-l").arg(self.log());
        control
    }

    fn program(&self, name: &str) -> Command {
        let program = self.programs.join(name);
        if !self.is_root {
            return Command::new(program);
        }
        let mut as_other = Command::new("runuser");
        as_other.args(["-u", "postgres", "--"]).arg(program);
        as_other
    }
}

impl Drop for Postgres {
    fn drop(&mut self) {
        let _ = ran(self.control("stop").args(["-m", "immediate"]));
    }
}

/// A port that the system gives to nobody by itself. While a server is restarted, one of those could become the near end of a
/// connection, even of one that a client tries to make to the server.
#[must_use]
pub fn free_port() -> Option<u16> {
    static NEXT: AtomicU32 = AtomicU32::new(0);
    (0..100).find_map(|_| {
        let next = NEXT.fetch_add(1, Ordering::Relaxed);
        // Other processes begin elsewhere.
        let next = std::process::id().wrapping_mul(101).wrapping_add(next);
        let port = u16::try_from(20_000 + next % 12_000).ok()?;
        TcpListener::bind(("127.0.0.1", port))
            .is_ok()
            .then_some(port)
    })
}

/// The programs of the newest version.
fn programs() -> Option<PathBuf> {
    let versions = std::fs::read_dir(VERSIONS).ok()?.flatten();
    let programs = versions.filter_map(|version| {
        let name = version.file_name().into_string().ok()?;
        let number = name.split('.').next()?.parse::<u32>().ok()?;
        let programs = version.path().join("bin");
        programs
            .join("initdb")
            .exists()
            .then_some((number, programs))
    });
    programs.max().map(|(_, programs)| programs)
}

/// Runs it to its end. A server that it starts keeps nothing of ours open, so that nobody waits for it.
fn ran(command: &mut Command) -> Result<()> {
    let program = command.get_program().to_owned();
    let ended = command
        .current_dir("/")
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status();
    match ended {
        Ok(status) if status.success() => Ok(()),
        Ok(status) => Err(failed(&program, command, &status)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            Err(format!("{} is not there", program.display()).into())
        }
        Err(error) => Err(failed(&program, command, &error)),
    }
}

fn failed(
    program: &OsStr,
    command: &Command,
    why: &dyn std::fmt::Display,
) -> Box<dyn std::error::Error + Send + Sync> {
    let arguments: Vec<_> = command.get_args().map(OsStr::to_string_lossy).collect();
    format!("{} {}: {why}", program.display(), arguments.join(" ")).into()
}

/// Does something in a place for books: a SQLite file as it is, a PostgreSQL database in a schema of its own, which is
/// dropped afterwards.
///
/// # Errors
///
/// If the schema cannot be made or dropped, or the work fails.
pub async fn in_own_place<F>(place: &str, work: impl FnOnce(String) -> F) -> Result<()>
where
    F: Future<Output = Result<()>>,
{
    if !place.starts_with("postgres") {
        return work(place.to_owned()).await;
    }
    let server = sqlx::PgPool::connect(place).await?;
    let schema = format!("paylink_figures_{}", std::process::id());
    let make = format!("CREATE SCHEMA {schema}");
    sqlx::query(sqlx::AssertSqlSafe(make))
        .execute(&server)
        .await?;
    let sign = if place.contains('?') { '&' } else { '?' };
    let done = work(format!("{place}{sign}options=-c%20search_path%3D{schema}")).await;
    let drop = format!("DROP SCHEMA {schema} CASCADE");
    sqlx::query(sqlx::AssertSqlSafe(drop))
        .execute(&server)
        .await?;
    done
}
