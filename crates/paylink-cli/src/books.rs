//! `paylink books`: what stands in the books of a desk. No provider is asked but for its list.

mod check;
mod csv;
mod document;
mod listed;
mod one;
mod outbox;
mod place;
mod reconcile;

use clap::{Args, Subcommand};
use paylink::FieldKey;
use secrecy::SecretString;

use self::place::Place;
use crate::account::Setup;
use crate::console::Console;
use crate::failure::Failure;

const AFTER_HELP: &str = "\
Books are a SQLite file, or a database of PostgreSQL: postgres://user@host/database?sslmode=verify-full. \
What is typed can be read by everybody on the machine: a URL with a password belongs in PAYLINK_BOOKS, \
or the password alone in PGPASSWORD. No output shows it.

Opening brings the tables up to date. Nothing else is changed but by `retry`, and no provider is asked but by `reconcile`, \
for its list: the shop may run meanwhile. Times are those of Tehran; with --json they are milliseconds since 1970.";

const BOOKS_HELP: &str = "Which books: a SQLite file, or a URL that begins with postgres://; PAYLINK_BOOKS if it is not given";

#[derive(Debug, Args)]
#[command(after_help = AFTER_HELP, subcommand_value_name = "OPERATION", subcommand_help_heading = "Operations")]
pub(crate) struct BooksArgs {
    #[arg(long, global = true, value_name = "FILE-OR-URL", help = BOOKS_HELP, help_heading = "Global options")]
    books: Option<SecretString>,

    #[command(subcommand)]
    operation: Operation,
}

#[derive(Debug, Subcommand)]
enum Operation {
    /// Make the books, or bring their tables up to date, and show how they stand
    Init,
    /// List orders, the oldest first
    Orders(listed::OrdersArgs),
    /// Show one order: its payment, its next look and its delivery
    Order(one::OrderArgs),
    /// List the orders that are to be looked at now, the earliest first
    Due(listed::DueArgs),
    /// List deliveries whose goods have not gone out
    Outbox(outbox::OutboxArgs),
    /// Make a dead letter due again, for one more try
    ///
    /// Do it after what kept its goods from going out was put right. A running outbox takes it within seconds; if it fails
    /// again, it is a dead letter as before.
    Retry(outbox::RetryArgs),
    /// Prove that the books agree with themselves, and show how they stand
    ///
    /// It ends with 1 and names each order that does not fit, if there is one. Run it after a restore, and once a day.
    Check,
    Export(one::ExportArgs),
    Reconcile(reconcile::ReconcileArgs),
}

/// Carries out what was typed.
pub(crate) async fn run(
    args: BooksArgs,
    config: Setup<'_>,
    console: &Console,
) -> Result<(), Failure> {
    let place = Place::chosen(args.books.as_ref())?;
    let books = match args.operation {
        Operation::Init => place.make().await?,
        _ => place.open().await?,
    };
    let open = Open {
        books,
        place: &place,
        console,
    };
    let done = match args.operation {
        Operation::Init => check::made(&open).await,
        Operation::Orders(args) => listed::orders(&args, &open).await,
        Operation::Order(args) => one::order(&args, &open).await,
        Operation::Due(args) => listed::due(&args, &open).await,
        Operation::Outbox(args) => outbox::outbox(&args, &open).await,
        Operation::Retry(args) => outbox::retry(&args, &open).await,
        Operation::Check => check::check(&open).await,
        Operation::Export(args) => one::export(&args, &open).await,
        Operation::Reconcile(args) => reconcile::reconcile(&args, config, &open).await,
    };
    open.books.close().await;
    done
}

/// Books that are open.
struct Open<'a> {
    books: paylink_books::Books,
    place: &'a Place,
    console: &'a Console,
}

const LIMIT: FieldKey = FieldKey::new("limit", "limit");
