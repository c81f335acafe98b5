//! `paylink serve`: the service beside a shop.

mod keys;
mod tried;

use std::io::{self, IsTerminal, Write};
use std::net::SocketAddr;

use clap::{Args, Subcommand, ValueEnum};
use paylink::config::AccountConfig;
use paylink_server::{Premises, SECTION, ServeConfig, ServeError, Server, check, new_event_secret};
use serde::Serialize;
use tracing_subscriber::filter::Targets;
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::SubscriberInitExt;

use crate::account::{self, Setup};
use crate::console::Console;
use crate::failure::{Failure, UsageError};
use crate::listen::Listen;
use crate::once::interrupted;
use crate::report::Report;
use crate::text::without_private;

const AFTER_HELP: &str = "\
Accounts and the section [serve] come from the configuration: docs/serve.md has every setting. Keys for the shop are made with \
`paylink serve keys create`. Ctrl-C or SIGTERM ends it: nothing new is taken, and what is under way comes to its end.

PAYLINK_LOG chooses what is logged to standard error, `info` if it is not set: `warn`, or `info,paylink_server=debug`.

Try it: `paylink serve --sandbox` needs no account, and prints what to paste to sell something.";

/// Run the service for shops in any language, until Ctrl-C
#[derive(Debug, Args)]
#[command(after_help = AFTER_HELP, args_conflicts_with_subcommands = true, subcommand_value_name = "OPERATION", subcommand_help_heading = "Operations")]
pub(crate) struct ServeArgs {
    /// Listen on this address or name, or at this port of 127.0.0.1; port 0 is a free one
    #[arg(long, value_name = "ADDR")]
    listen: Option<Listen>,

    /// Check the configuration and what it names, and end
    #[arg(long)]
    check: bool,

    /// Run a sandbox beside it, with made-up accounts, a key, and books that are forgotten
    #[arg(long, conflicts_with = "check")]
    sandbox: bool,

    /// Write the log like this: `text` where a person reads it, else `json`
    #[arg(long, value_name = "FORM")]
    log: Option<LogForm>,

    #[command(subcommand)]
    operation: Option<Operation>,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug, ValueEnum)]
enum LogForm {
    Text,
    Json,
}

#[derive(Debug, Subcommand)]
enum Operation {
    /// Make, list and revoke the keys with which a shop and its operators call the service
    Keys(keys::KeysArgs),
    /// Make a signing key for events, for the setting `event_secrets`
    Secret,
    /// Make the tables in the books, or bring them up to date, and end
    Migrate,
}

/// Carries out what was typed.
pub(crate) async fn run(
    args: ServeArgs,
    config: Setup<'_>,
    console: &Console,
) -> Result<(), Failure> {
    let listen = match &args.listen {
        Some(listen) => Some(listen.resolve().await?),
        None => None,
    };
    if args.sandbox {
        log(args.log)?;
        return tried::run(listen, console).await;
    }
    if let Some(Operation::Secret) = args.operation {
        return console.done(&Secret {
            event_secret: new_event_secret(),
        });
    }
    let config = account::load(config, console)?;
    let section = config.section(SECTION).cloned();
    let section =
        section.ok_or_else(|| Failure::local("configuration", "has no section [serve]"))?;
    let serve = read(section, listen)?;
    match args.operation {
        Some(Operation::Keys(args)) => return keys::run(args, &serve, console).await,
        Some(Operation::Migrate) => {
            premises(&serve).await?.close().await;
            return console.done(&Migrated {});
        }
        Some(Operation::Secret) | None => {}
    }
    let accounts = config
        .open(&account::transport()?)
        .map_err(UsageError::from)?;
    if args.check {
        check(&serve, &accounts)
            .await
            .map_err(|error| not_started(&error))?;
        return console.done(&Checked {
            accounts: accounts.names().map(str::to_owned).collect(),
            listen: serve.listen(),
        });
    }
    log(args.log)?;
    let stopped = interrupted();
    let server = Server::bind(&serve, accounts, premises(&serve).await?).await;
    let server = server.map_err(|error| not_started(&error))?;
    console.done(&Serving {
        url: server.url().to_owned(),
        listen: server.address(),
    })?;
    server.run(stopped).await;
    Ok(())
}

/// What the section comes to, with the address that was typed.
fn read(section: AccountConfig, listen: Option<SocketAddr>) -> Result<ServeConfig, UsageError> {
    let listen = listen.map(|listen| listen.to_string());
    let section = section.typed("listen", "--listen", listen.as_deref());
    Ok(section.read(ServeConfig::read)?)
}

async fn premises(serve: &ServeConfig) -> Result<Premises, Failure> {
    Premises::open(serve)
        .await
        .map_err(|error| not_started(&error.into()))
}

fn not_started(error: &ServeError) -> Failure {
    Failure::local(
        "service",
        &format!("does not start: {}", without_private(&error.to_string())),
    )
}

/// Begins to log, and lets the process have as many connections as the system allows.
fn log(form: Option<LogForm>) -> Result<(), Failure> {
    let chosen = std::env::var("PAYLINK_LOG").unwrap_or_else(|_| "info".to_owned());
    let chosen = chosen.parse::<Targets>().map_err(|error| {
        Failure::local(
            "log",
            &format!("cannot be chosen by PAYLINK_LOG: {error}; set it to info or warn"),
        )
    })?;
    let form = form.unwrap_or(match io::stderr().is_terminal() {
        true => LogForm::Text,
        false => LogForm::Json,
    });
    let lines = tracing_subscriber::fmt::layer()
        .with_ansi(false)
        .with_writer(io::stderr);
    let registry = tracing_subscriber::registry().with(chosen);
    let begun = match form {
        LogForm::Text => registry.with(lines).try_init(),
        LogForm::Json => registry.with(lines.json().flatten_event(true)).try_init(),
    };
    drop(begun);
    // A thousand files are few where each connection is one.
    let _ = rlimit::increase_nofile_limit(u64::MAX);
    Ok(())
}

#[derive(Debug, Serialize)]
struct Secret {
    event_secret: String,
}

impl Report for Secret {
    fn write_text(&self, out: &mut dyn Write) -> io::Result<()> {
        writeln!(out, "{}", self.event_secret)
    }
}

#[derive(Debug, Serialize)]
struct Migrated {}

impl Report for Migrated {
    fn write_text(&self, out: &mut dyn Write) -> io::Result<()> {
        writeln!(
            out,
            "The books and the service's own tables are up to date."
        )
    }
}

#[derive(Debug, Serialize)]
struct Checked {
    accounts: Vec<String>,
    listen: SocketAddr,
}

impl Report for Checked {
    fn write_text(&self, out: &mut dyn Write) -> io::Result<()> {
        let accounts = self.accounts.join(", ");
        writeln!(
            out,
            "The configuration is sound: accounts {accounts}, listening on {}.",
            self.listen
        )
    }
}

#[derive(Debug, Serialize)]
struct Serving {
    url: String,
    listen: SocketAddr,
}

impl Report for Serving {
    fn write_text(&self, out: &mut dyn Write) -> io::Result<()> {
        writeln!(out, "The service is at {}. Ctrl-C stops it.", self.url)
    }
}
