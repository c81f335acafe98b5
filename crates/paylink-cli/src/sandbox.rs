use std::collections::BTreeMap;
use std::io::{self, Write};
use std::net::SocketAddr;

use clap::Args;
use paylink::{FieldKey, Invalid};
use paylink_sandbox::{Sandbox, StartError};
use serde::Serialize;

use crate::console::{Console, Format};
use crate::failure::{Failure, UsageError};
use crate::next_step::quoted;
use crate::once::interrupted;
use crate::providers::variable;
use crate::report::Report;
use crate::typed::whole;

#[derive(Debug, Args)]
pub(crate) struct SandboxArgs {
    /// Listen on this address; port 0 is a free one
    #[arg(long, value_name = "ADDR", default_value = "127.0.0.1:0")]
    listen: SocketAddr,
    /// Make keys, ids and numbers from this seed, the same ones each time
    #[arg(long, value_name = "N", value_parser = whole::<u64>)]
    seed: Option<u64>,
    /// Allow an address that other machines can reach, such as a container's
    ///
    /// Everyone who reaches the sandbox can pay, set faults and read what it has received.
    #[arg(long)]
    allow_non_loopback: bool,
}

/// Runs the sandbox until it is stopped.
pub(crate) async fn run(args: &SandboxArgs, console: &Console) -> Result<(), Failure> {
    let stopped = interrupted();
    let mut builder = Sandbox::builder().listen(args.listen);
    if let Some(seed) = args.seed {
        builder = builder.seed(seed);
    }
    if args.allow_non_loopback {
        builder = builder.allow_non_loopback();
    }
    let sandbox = builder.start().await.map_err(not_started)?;
    if console.format() == Format::People {
        console.note(format_args!(
            "The sandbox is at {}. Open it in a browser; Ctrl-C stops it.\n\n\
             Paste these lines into another shell to use it. The keys are made up by the\n\
             sandbox and good for nothing else, so they may be shown.\n",
            sandbox.url()
        ));
    }
    console.done(&Running::of(&sandbox))?;
    stopped.await;
    sandbox.shutdown().await;
    Ok(())
}

fn not_started(error: StartError) -> Failure {
    match error {
        StartError::NotLoopback(address) => UsageError::from(
            Invalid::new(
                FieldKey::new("listen", "address"),
                "can be reached from other machines",
            )
            .at("--listen")
            .with_value(&address.to_string())
            .with_remedy(
                "choose an address on loopback, or add --allow-non-loopback if that is meant",
            ),
        )
        .into(),
        other => Failure::local("sandbox", &other.to_string()),
    }
}

#[derive(Debug, Serialize)]
struct Running {
    url: String,
    environment: BTreeMap<String, String>,
}

impl Running {
    fn of(sandbox: &Sandbox) -> Running {
        let providers = sandbox.providers().iter();
        let environment = providers.flat_map(|provider| {
            let settings = provider.settings().into_iter();
            settings.map(|(key, value)| (variable(provider.name(), key), value))
        });
        Running {
            url: sandbox.url().to_owned(),
            environment: environment.collect(),
        }
    }
}

impl Report for Running {
    fn write_text(&self, out: &mut dyn Write) -> io::Result<()> {
        for (name, value) in &self.environment {
            writeln!(out, "export {name}={}", quoted(value))?;
        }
        Ok(())
    }
}
