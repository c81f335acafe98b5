use std::ffi::OsString;
use std::path::PathBuf;

use clap::{CommandFactory, FromArgMatches, Parser, Subcommand};

#[cfg(feature = "books")]
use crate::books::BooksArgs;
use crate::completions::{self, CompletionsArgs};
use crate::config::ConfigArgs;
use crate::dashes;
use crate::doctor::DoctorArgs;
use crate::examples;
use crate::explain::ExplainArgs;
use crate::language::Language;
#[cfg(not(all(feature = "books", feature = "serve")))]
use crate::left_out::LeftOut;
use crate::link::LinkArgs;
use crate::manual::ManArgs;
use crate::providers::Group;
use crate::sandbox::SandboxArgs;
use crate::schema::SchemaArgs;
#[cfg(feature = "serve")]
use crate::serve::ServeArgs;
use crate::version;

const AFTER_HELP: &str = "\
Exit status:
  0  done
  1  refused or not carried out
  2  called wrongly, or not offered by the provider; nothing was sent
  3  outcome unknown: look it up before trying again
  4  not paid: do not deliver; as long as it can be paid, ask again later
  5  mismatch: not the payment of your books; do not deliver, find out why
  6  done, but its file could not be written: store what was printed

Begin with `paylink demo`: it needs no account, no network and no money.";

const CONFIG_HELP: &str = "\
Read the configuration from this file

If it is not given: the file that $PAYLINK_CONFIG names, else paylink/config.toml in $XDG_CONFIG_HOME or ~/.config, if it \
is there. Flags win over the environment, and the environment wins over the file. A secret may also stand in a file of its \
own, which the same setting names with _file at its end, or _FILE in the environment.";

const PROXY_HELP: &str = "\
Call providers by this proxy; `none` goes directly

http://host:port, https://…, socks5://… or socks5h://…, without user and password: those are PAYLINK_PROXY_USER and \
PAYLINK_PROXY_PASSWORD. It wins over what is configured. A proxy that the system has set, such as HTTPS_PROXY, is not used.";

/// The help of each flag that names an app in place of a page.
pub(crate) const APP_HELP: &str =
    "The same as an address of an app's own scheme, such as myapp://back";

/// Takes money through payment links and invoices, and has a sandbox to try it in.
#[derive(Debug, Parser)]
#[command(name = "paylink", version, long_version = version::LONG, max_term_width = 100, after_help = AFTER_HELP)]
pub(crate) struct Cli {
    /// Print one JSON document: {"ok": …} or {"error": …}
    #[arg(
        long,
        global = true,
        display_order = 900,
        help_heading = "Global options"
    )]
    pub(crate) json: bool,

    /// Read the configuration from this file
    #[arg(long, global = true, value_name = "FILE", display_order = 901, help_heading = "Global options", long_help = CONFIG_HELP)]
    pub(crate) config: Option<PathBuf>,

    /// Call providers by this proxy; `none` goes directly
    #[arg(long, global = true, value_name = "URL", display_order = 902, help_heading = "Global options", long_help = PROXY_HELP)]
    pub(crate) proxy: Option<String>,

    #[arg(
        long,
        global = true,
        value_name = "en|fa",
        help = "Speak English or Persian, whatever PAYLINK_LANG and the locale say",
        hide_possible_values = true,
        display_order = 903,
        help_heading = "Global options"
    )]
    pub(crate) lang: Option<Language>,

    #[command(subcommand)]
    pub(crate) command: Command,
}

// The help lists them as a newcomer reads; what has the same order stands by its name.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Show whole payments with every provider against a sandbox
    #[command(display_order = 1)]
    Demo,
    /// Run the sandbox until Ctrl-C, and print what to export to use it
    #[command(display_order = 2)]
    Sandbox(SandboxArgs),
    #[command(display_order = 3)]
    Doctor(DoctorArgs),
    /// Take payments with any provider, in words that all share
    #[command(display_order = 4)]
    Link(LinkArgs),
    #[command(flatten)]
    Provider(Box<Group>),
    /// Say what a provider's code means, and what to do about it
    #[command(display_order = 6)]
    Explain(ExplainArgs),
    #[cfg(feature = "books")]
    /// Look at the books of a desk: its orders, what is due, what has not gone out
    #[command(display_order = 7)]
    Books(BooksArgs),
    /// Look at the books of a desk: not in this build
    #[cfg(not(feature = "books"))]
    #[command(display_order = 7)]
    Books(LeftOut),
    #[cfg(feature = "serve")]
    #[command(display_order = 8)]
    Serve(Box<ServeArgs>),
    /// Run the service for shops in any language: not in this build
    #[cfg(not(feature = "serve"))]
    #[command(display_order = 8)]
    Serve(LeftOut),
    #[command(display_order = 3)]
    Config(ConfigArgs),
    #[command(display_order = 9)]
    Schema(SchemaArgs),
    /// Print a script that completes paylink's words in a shell
    #[command(display_order = 9)]
    Completions(CompletionsArgs),
    /// Print the manual, or write a page for each command
    #[command(display_order = 9)]
    Man(ManArgs),
}

/// All that can be typed, with the examples of its help.
pub(crate) fn command() -> clap::Command {
    equipped(Cli::command(), "paylink")
}

fn equipped(command: clap::Command, path: &str) -> clap::Command {
    let command = examples::with_examples(command, path);
    command
        .mut_args(completions::with_accounts)
        .mut_subcommands(|inner| {
            let path = format!("{path} {}", inner.get_name());
            equipped(inner, &path)
        })
}

impl Cli {
    /// Reads what was typed.
    pub(crate) fn read() -> Result<Cli, clap::Error> {
        let mut command = command();
        let words = dashes::joined(&command, std::env::args_os());
        let matches = command.try_get_matches_from_mut(words)?;
        Cli::from_arg_matches(&matches).map_err(|error| error.format(&mut command))
    }

    /// Whether one JSON document is asked for.
    pub(crate) fn wants_json(&self) -> bool {
        match &self.command {
            #[cfg(not(feature = "books"))]
            Command::Books(words) => self.json || words.asks_for_json(),
            #[cfg(not(feature = "serve"))]
            Command::Serve(words) => self.json || words.asks_for_json(),
            _ => self.json,
        }
    }
}

/// Whether JSON was asked for on a command line that could not be understood.
pub(crate) fn asks_for_json(arguments: impl Iterator<Item = OsString>) -> bool {
    arguments
        .take_while(|argument| argument != "--")
        .any(|argument| argument == "--json")
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::*;

    #[test]
    fn the_definition_is_sound() {
        Cli::command().debug_assert();
    }

    #[test]
    fn json_counts_before_the_double_dash_only() {
        let asks = |line: &str| asks_for_json(line.split(' ').map(OsString::from));
        assert!(asks("paylink zipay status --json"));
        assert!(!asks("paylink zipay status -- --json"));
        assert!(!asks("paylink zipay status --jsonx"));
    }

    #[test]
    fn no_flag_takes_a_secret() {
        fn flags(command: &clap::Command) -> Vec<String> {
            let own = command
                .get_arguments()
                .filter_map(|it| it.get_long())
                .map(str::to_owned);
            own.chain(command.get_subcommands().flat_map(flags))
                .collect()
        }
        for flag in flags(&Cli::command()) {
            for word in ["secret", "key", "password", "token"] {
                assert!(!flag.contains(word), "--{flag}");
            }
        }
    }
}
