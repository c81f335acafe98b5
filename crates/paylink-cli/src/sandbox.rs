//! `paylink sandbox`: the sandbox until it is stopped, or a look whether one runs.

mod probe;
mod state;

use std::collections::BTreeMap;
use std::io::{self, Write};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use clap::Args;
use clap::builder::{PossibleValuesParser, TypedValueParser};
use paylink::{FieldKey, Invalid};
use paylink_sandbox::{Preset, Sandbox, SandboxBuilder, Simulated, Snapshot, StartError};
use serde::Serialize;

use crate::console::{Console, Format};
use crate::failure::{Failure, UsageError};
use crate::listen::{self, LISTEN, Listen};
use crate::next_step::quoted;
use crate::once::interrupted;
use crate::report::Report;
use crate::typed::{whole, within};
use state::StateFile;

#[derive(Debug, Args)]
pub(crate) struct SandboxArgs {
    /// Listen on this address or name, or at this port of 127.0.0.1; port 0 is a free one
    #[arg(long, value_name = "ADDR", default_value = "127.0.0.1:0")]
    listen: Listen,
    /// Make keys, ids and numbers from this seed, the same ones each time
    #[arg(long, value_name = "N", value_parser = whole::<u64>)]
    seed: Option<u64>,
    /// Go on from the state in this file if it is there, and keep the state there
    ///
    /// Payments, wallets, settings, webhooks, messages, faults, the clock and the seed are kept, the journal is not.
    #[arg(long, value_name = "FILE")]
    state: Option<PathBuf>,
    /// Keep so many payments of each provider; the oldest make room [default: 10000]
    #[arg(long, value_name = "N", value_parser = within::<1, { u32::MAX }>)]
    keep: Option<u32>,
    /// Begin with this fault in force; may be repeated
    #[arg(
        long,
        value_name = "PRESET",
        value_parser = PossibleValuesParser::new(Preset::ALL.map(Preset::name)).try_map(|name| name.parse::<Preset>())
    )]
    fault: Vec<Preset>,
    /// Call itself by this address in pay links and settings, as other containers reach it
    #[arg(long, value_name = "URL")]
    public_url: Option<String>,
    /// Allow an address that other machines can reach, such as a container's
    ///
    /// Everyone who reaches the sandbox can pay, set faults and read what it has received.
    #[arg(long)]
    allow_non_loopback: bool,
    /// Answer to this host name too, such as one that a proxy on the way keeps; may be repeated
    #[arg(long, value_name = "NAME", value_parser = listen::host)]
    allow_host: Vec<String>,
    /// Send webhooks and payers to this host too, beside this machine; may be repeated
    #[arg(long, value_name = "HOST", value_parser = listen::host)]
    allow_target: Vec<String>,
    /// Ask the sandbox that runs at --listen whether it is there, and end with 0 or 1
    #[arg(long, conflicts_with_all = ["seed", "state", "keep", "fault", "public_url", "allow_non_loopback", "allow_host", "allow_target"])]
    probe: bool,
}

/// Runs the sandbox until it is stopped.
pub(crate) async fn run(args: &SandboxArgs, console: &Console) -> Result<(), Failure> {
    let address = args.listen.resolve().await?;
    if args.probe {
        if address.port() == 0 {
            let missing = refused("is missing")
                .with_remedy("name the port of a running sandbox, such as --listen 8080");
            return Err(UsageError::from(missing).into());
        }
        return probe::run(address, console).await;
    }
    let stopped = interrupted();
    let builder = args.builder(address)?;
    let sandbox = builder.start().await;
    let sandbox = sandbox.map_err(|error| args.not_started(error))?;
    // Nothing waits from here until the lines are printed, so that a probe that is answered finds all lines printed.
    for preset in &args.fault {
        let on = sandbox.faults().turn_on(*preset, None);
        on.map_err(|error| Failure::local("fault", &error.to_string()))?;
    }
    let path = args.state.as_deref();
    let state = match path {
        Some(path) => Some(StateFile::take(path, &sandbox)?),
        None => None,
    };
    let running = Running::of(&sandbox, path);
    if console.format() == Format::People {
        console.note(format_args!("{}", running.greeting()));
    }
    console.done(&running)?;
    match state {
        Some(state) => state.keep(&sandbox, stopped, console).await,
        None => stopped.await,
    }
    let last = sandbox.shutdown().await;
    path.map_or(Ok(()), |path| state::write_last(path, &last))
}

impl SandboxArgs {
    fn builder(&self, address: SocketAddr) -> Result<SandboxBuilder, UsageError> {
        let mut builder = Sandbox::builder().listen(address);
        if let Some(seed) = self.seed {
            builder = builder.seed(seed);
        }
        if let Some((path, snapshot)) = self.loaded()? {
            let seed = snapshot.seed();
            if self.seed.is_some_and(|wanted| wanted != seed) {
                let problem = format!("is not {seed}, the seed of the state in {}", path.display());
                let other = Invalid::new(FieldKey::new("seed", "seed"), problem).at("--seed");
                let remedy = "leave it out, or name another file with --state";
                return Err(other.with_remedy(remedy).into());
            }
            builder = builder.snapshot(snapshot);
        }
        if let Some(most) = self.keep {
            builder = builder.keep_payments(usize::try_from(most).unwrap_or(usize::MAX));
        }
        if self.allow_non_loopback {
            builder = builder.allow_non_loopback();
        }
        if let Some(url) = &self.public_url {
            builder = builder.public_url(url);
        }
        for name in &self.allow_host {
            builder = builder.allow_host(name);
        }
        for host in &self.allow_target {
            builder = builder.allow_target(host);
        }
        Ok(builder)
    }

    /// What an earlier sandbox has left in the file of `--state`.
    fn loaded(&self) -> Result<Option<(&Path, Snapshot)>, UsageError> {
        let Some(path) = self.state.as_deref() else {
            return Ok(None);
        };
        Ok(state::load(path)?.map(|snapshot| (path, snapshot)))
    }

    fn not_started(&self, error: StartError) -> Failure {
        match (error, self.state.as_deref()) {
            (StartError::NotLoopback(address), _) => UsageError::from(
                refused("can be reached from other machines")
                    .with_value(&address.to_string())
                    .with_remedy(
                        "choose an address on loopback, or add --allow-non-loopback if that is meant",
                    ),
            )
            .into(),
            (StartError::PublicUrl(url), _) => UsageError::from(
                Invalid::new(FieldKey::new("public_url", "address"), "is no public address")
                    .at("--public-url")
                    .with_value(&url)
                    .with_remedy("write http or https, a host and a port, and nothing behind them"),
            )
            .into(),
            (StartError::Snapshot(error), Some(path)) => {
                state::refused(path, format!("cannot be used: {error}")).into()
            }
            (other, _) => Failure::local("sandbox", &other.to_string()),
        }
    }
}

fn refused(problem: &str) -> Invalid {
    Invalid::new(LISTEN, problem.to_owned()).at("--listen")
}

#[derive(Debug, Serialize)]
struct Running {
    url: String,
    seed: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    state: Option<String>,
    environment: BTreeMap<String, String>,
    /// Accounts of other merchants, by their names in the configuration.
    other_accounts: Vec<OtherAccount>,
}

#[derive(Debug, Serialize)]
struct OtherAccount {
    name: String,
    provider: &'static str,
    #[serde(skip)]
    title: &'static str,
    environment: BTreeMap<String, String>,
}

impl Running {
    fn of(sandbox: &Sandbox, state: Option<&Path>) -> Running {
        let environment = sandbox.providers().iter().flat_map(Simulated::variables);
        let providers = sandbox.providers().iter();
        let others = providers.filter_map(|provider| {
            Some(OtherAccount {
                name: format!("{}-other", provider.name()),
                provider: provider.name(),
                title: provider.title(),
                environment: provider.other_variables()?.into_iter().collect(),
            })
        });
        Running {
            url: sandbox.url().to_owned(),
            seed: sandbox.seed(),
            state: state.map(|path| path.display().to_string()),
            environment: environment.collect(),
            other_accounts: others.collect(),
        }
    }

    fn greeting(&self) -> String {
        let state = self.state.iter();
        let state: String = state.map(|path| format!("\n  state      {path}")).collect();
        format!(
            "The sandbox is at {url}; Ctrl-C stops it.\n\n  \
               dashboard  {url}/\n  \
               API        {url}/_sandbox\n  \
               seed       {seed}{state}\n\n\
             Paste these lines into another shell to use it. The keys are made up by the\n\
             sandbox and good for nothing else, so they may be shown.\n",
            url = self.url,
            seed = self.seed,
        )
    }
}

impl Report for Running {
    fn write_text(&self, out: &mut dyn Write) -> io::Result<()> {
        write_exports(out, &self.environment)?;
        for account in &self.other_accounts {
            let OtherAccount { name, title, .. } = account;
            writeln!(out, "# The account {name} is another merchant of {title}.")?;
            write_exports(out, &account.environment)?;
        }
        Ok(())
    }
}

fn write_exports(out: &mut dyn Write, environment: &BTreeMap<String, String>) -> io::Result<()> {
    for (name, value) in environment {
        writeln!(out, "export {name}={}", quoted(value))?;
    }
    Ok(())
}
