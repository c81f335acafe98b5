//! The command `paylink`: payment links and invoices from a terminal, and a sandbox to try them in.
//!
//! `cli` says what can be typed; a command turns it into a [`report::Report`] or a [`failure::Failure`]; the
//! [`console::Console`] prints either, for people or as JSON; [`failure::Status`] is what the shell is told.

mod account;
#[cfg(feature = "books")]
mod books;
mod cli;
mod completions;
mod config;
mod consent;
mod console;
mod dashes;
mod demo;
mod doctor;
mod document;
mod examples;
mod explain;
mod failure;
mod language;
#[cfg(not(all(feature = "books", feature = "serve")))]
mod left_out;
mod link;
mod listen;
mod manual;
mod misuse;
mod next_step;
mod once;
mod only_copy;
mod persian;
mod providers;
mod qr;
mod report;
mod resolve;
mod sandbox;
mod schema;
mod screen;
#[cfg(feature = "serve")]
mod serve;
mod settled;
mod stored_file;
mod table;
mod text;
mod typed;
mod version;
mod voice;
mod waiting;

use std::process::ExitCode;

use account::Setup;
use cli::{Cli, Command};
use console::{Console, Format};
use failure::Failure;
use language::Language;
use screen::Screen;

fn main() -> ExitCode {
    if completions::answer(cli::command) {
        return ExitCode::SUCCESS;
    }
    Screen::look(Language::wanted(std::env::args_os(), |name| {
        std::env::var_os(name)
    }));
    let status = match Cli::read() {
        Ok(cli) => {
            let console = Console::new(Format::json_if(cli.wants_json()));
            console.conclude(start(cli, &console))
        }
        Err(error) => {
            let json = cli::asks_for_json(std::env::args_os());
            console::explain_misuse(&error, Format::json_if(json))
        }
    };
    status.into()
}

fn start(cli: Cli, console: &Console) -> Result<(), Failure> {
    let mut runtime = match &cli.command {
        #[cfg(feature = "serve")]
        Command::Serve(_) => tokio::runtime::Builder::new_multi_thread(),
        _ => tokio::runtime::Builder::new_current_thread(),
    };
    runtime
        .enable_all()
        .build()
        .map_err(|error| Failure::local("runtime", &format!("cannot start: {error}")))?
        .block_on(Box::pin(run(cli, console)))
}

async fn run(cli: Cli, console: &Console) -> Result<(), Failure> {
    let setup = Setup {
        file: cli.config.as_deref(),
        proxy: cli.proxy.as_deref(),
    };
    match cli.command {
        Command::Demo => demo::run(console).await,
        Command::Sandbox(args) => sandbox::run(&args, console).await,
        Command::Link(args) => {
            let work = Box::pin(link::run(args, setup, console));
            console.while_asking("the provider", work).await
        }
        Command::Provider(group) => group.run(setup, console).await,
        #[cfg(feature = "books")]
        Command::Books(args) => books::run(args, setup, console).await,
        #[cfg(not(feature = "books"))]
        Command::Books(_) => Err(left_out::not_built_in("paylink books", "books")),
        #[cfg(feature = "serve")]
        Command::Serve(args) => serve::run(*args, setup, console).await,
        #[cfg(not(feature = "serve"))]
        Command::Serve(_) => Err(left_out::not_built_in("paylink serve", "serve")),
        Command::Config(args) => config::run(&args, setup, console),
        Command::Doctor(args) => doctor::run(&args, setup, console).await,
        Command::Schema(args) => schema::run(&args, console),
        Command::Explain(args) => explain::run(&args, console),
        Command::Completions(args) => completions::run(&args, console),
        Command::Man(args) => manual::run(&args, cli::command(), console),
    }
}
