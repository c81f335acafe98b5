//! What a call costs: `paylink-bench serve` answers, `paylink-bench client|by-hand ADDRESS CALLS` asks.
//!
//! Server and caller are two processes, so that an instruction counter sees the caller alone. `cargo xtask bench` runs both.

mod by_hand;
mod client;
mod serve;

use std::alloc::System;
use std::error::Error;
use std::io::Write;
use std::process::ExitCode;

use stats_alloc::{INSTRUMENTED_SYSTEM, Region, StatsAlloc};

#[global_allocator]
static ALLOCATOR: &StatsAlloc<System> = &INSTRUMENTED_SYSTEM;

/// The calls that are made before counting begins, so that the connection stands.
const WARM_UP: u32 = 20;

const API_KEY: &str = "key-of-the-bench";
const SECRET_KEY: &str = "secret-of-the-bench";
const TRACK_ID: &str = "de7d44ae-9df9-487f-a175-ade1ecfab28b";

type Outcome = Result<(), Box<dyn Error>>;

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let outcome = runtime().and_then(|runtime| match arguments[..] {
        ["serve"] => runtime.block_on(serve::serve()),
        [who, address, calls] => {
            let calls = calls.parse()?;
            runtime.block_on(count(who, &format!("http://{address}/api/"), calls))
        }
        _ => Err(
            "say `serve`, or `client` or `by-hand` with an address and a number of calls".into(),
        ),
    });
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            say(&format!("paylink-bench: {error}"));
            ExitCode::FAILURE
        }
    }
}

fn runtime() -> Result<tokio::runtime::Runtime, Box<dyn Error>> {
    Ok(tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?)
}

/// Makes the calls and says how many allocations one took.
async fn count(who: &str, base_url: &str, calls: u32) -> Outcome {
    let allocations = match who {
        "client" => {
            let caller = client::Caller::new(base_url)?;
            allocations(calls, async || caller.call().await).await?
        }
        "by-hand" => {
            let caller = by_hand::Caller::new(base_url)?;
            allocations(calls, async || caller.call().await).await?
        }
        _ => return Err(format!("nobody is called {who}").into()),
    };
    say(&format!(
        "{who}: {allocations} allocations for each of {calls} calls"
    ));
    Ok(())
}

async fn allocations(calls: u32, call: impl AsyncFn() -> Outcome) -> Result<usize, Box<dyn Error>> {
    for _ in 0..WARM_UP {
        call().await?;
    }
    let region = Region::new(ALLOCATOR);
    for _ in 0..calls {
        call().await?;
    }
    let change = region.change();
    let all = change.allocations.saturating_add(change.reallocations);
    Ok(all.checked_div(usize::try_from(calls)?).unwrap_or(0))
}

fn say(line: &str) {
    // Nobody is listening if this fails.
    let _ = writeln!(std::io::stdout().lock(), "{line}");
}
