//! Opens the shop: `cargo run -p paylink-example-shop`, and with `-- --live` at real providers.

use std::env;
use std::error::Error;
use std::fmt::Display;
use std::io::{Write, stderr, stdout};
use std::net::AddrParseError;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use paylink_example_shop::{Books, Setup, Shop, premises};
use paylink_sandbox::Sandbox;
use tracing_subscriber::EnvFilter;

const USAGE: &str = "\
usage: paylink-example-shop [--live]

Without --live it sells through an embedded sandbox, where no money is real.
With it, the accounts come from the environment and the file that PAYLINK_CONFIG names, and these are read too:
  SHOP_URL    the https address that buyers know the shop by (needed)
  SHOP_BOOKS  where its orders are: a SQLite file (shop.db), or postgres://… for a PostgreSQL database
SHOP_LISTEN is the address to listen on in both cases (127.0.0.1:8000).
";

#[tokio::main]
async fn main() -> ExitCode {
    match run().await {
        Ok(()) => ExitCode::SUCCESS,
        Err(problem) => {
            let _ = writeln!(stderr(), "{problem}");
            ExitCode::FAILURE
        }
    }
}

async fn run() -> Result<(), Box<dyn Error>> {
    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new("warn"));
    let log = tracing_subscriber::fmt().with_ansi(false);
    log.with_env_filter(filter).init();
    let arguments: Vec<String> = env::args().skip(1).collect();
    let setup = match arguments.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        [] => of_sandbox().await?,
        ["--live"] => live().await?,
        _ => return Err(USAGE.into()),
    };
    let listen = env::var("SHOP_LISTEN").unwrap_or_else(|_| "127.0.0.1:8000".to_owned());
    let sandbox = setup.sandbox.clone();
    let cannot = |why: &dyn Display| {
        format!("the shop cannot be opened at {listen}, which SHOP_LISTEN chooses: {why}")
    };
    let address = listen
        .parse()
        .map_err(|error: AddrParseError| cannot(&error))?;
    let shop = Shop::open(address, setup).await;
    let shop = shop.map_err(|error| cannot(&error))?;
    let mut out = stdout();
    writeln!(
        out,
        "The shop is open at {} (Ctrl-C closes it).",
        shop.url()
    )?;
    if let Some(sandbox) = &sandbox {
        writeln!(
            out,
            "Payments, webhooks and SMS of its sandbox: {}",
            sandbox.url()
        )?;
    }
    tokio::signal::ctrl_c().await?;
    let books = shop.books().clone();
    shop.close().await;
    // SQLite leaves one whole file behind.
    books.of_desk().close().await;
    Ok(())
}

async fn of_sandbox() -> Result<Setup, Box<dyn Error>> {
    let sandbox = Arc::new(Sandbox::start().await?);
    Ok(Setup {
        accounts: premises::of_sandbox(&sandbox)?,
        books: Books::forgotten().await?,
        url: None,
        sandbox: Some(sandbox),
        sweep_every: Duration::from_secs(15),
    })
}

async fn live() -> Result<Setup, Box<dyn Error>> {
    let url =
        env::var("SHOP_URL").map_err(|_| "SHOP_URL is not set: say where buyers find the shop")?;
    let accounts = premises::of_environment()?;
    let place = env::var("SHOP_BOOKS").unwrap_or_else(|_| "shop.db".to_owned());
    // The place may hold a password.
    let books = Books::open(&place).await.map_err(|error| {
        format!("the orders cannot be opened where SHOP_BOOKS says (shop.db without it): {error}")
    })?;
    Ok(Setup {
        accounts,
        books,
        url: Some(url),
        sandbox: None,
        sweep_every: Duration::from_secs(60),
    })
}
