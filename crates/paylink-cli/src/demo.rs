//! `paylink demo`: whole payments, each step held against what it should be.
//!
//! A provider's demo stands with its commands, and leads a [`Journey`] or several through their steps.

pub(crate) mod browser;
pub(crate) mod journey;
pub(crate) mod shop;

#[cfg(test)]
mod tests;

use std::io::{self, Write};

use paylink::core::provider::{FromSettings, Settings};
use paylink::{Effect, FieldKey, Transport};
use paylink_sandbox::{Sandbox, Simulated};
use serde::Serialize;

use crate::console::Console;
use crate::failure::{CallError, Failure, Status};
use crate::providers;
use crate::report::Report;
use crate::table::{Column, table};
use journey::{Ended, Journey, Step};

/// Shows a payment with every provider against a sandbox of its own.
pub(crate) async fn run(console: &Console) -> Result<(), Failure> {
    let sandbox = Sandbox::start()
        .await
        .map_err(|error| Failure::local("sandbox", &error.to_string()))?;
    let outcome = show(&sandbox, console).await;
    sandbox.shutdown().await;
    outcome
}

/// Fails if a single step of a single provider came to anything but what it should have.
async fn show(sandbox: &Sandbox, console: &Console) -> Result<(), Failure> {
    let steps = walk(sandbox, console).await?;
    if steps.iter().all(|step| step.ok) {
        console.done(&Shown { steps })
    } else {
        Err(Failure::new(Status::Refused, Differed::new(steps)))
    }
}

/// Walks through all demos. One that cannot go on has a step that is not ok, and the next one is shown all the same.
async fn walk(sandbox: &Sandbox, console: &Console) -> Result<Vec<Step>, Failure> {
    let mut demo = Demo {
        sandbox,
        console,
        steps: Vec::new(),
    };
    providers::show(&mut demo).await?;
    Ok(demo.steps)
}

/// The demos of all providers, as far as they were shown.
#[derive(Debug)]
pub(crate) struct Demo<'a> {
    pub(crate) sandbox: &'a Sandbox,
    console: &'a Console,
    steps: Vec<Step>,
}

impl Demo<'_> {
    /// Walks through one more demo of this name, as far as it leads.
    pub(crate) async fn walk(
        &mut self,
        name: &'static str,
        walk: impl AsyncFnOnce(&Sandbox, &mut Journey<'_>) -> Result<(), Ended>,
    ) -> Result<(), Failure> {
        if !self.steps.is_empty() {
            self.console.step("")?;
        }
        let mut journey = Journey::begin(name, self.sandbox.url(), self.console)?;
        let ended = walk(self.sandbox, &mut journey).await;
        self.steps.extend(journey.end());
        match ended {
            Ok(()) | Err(Ended::Stuck) => Ok(()),
            Err(Ended::Failed(failure)) => Err(failure),
        }
    }
}

/// The client of an account whose settings are these and then those.
pub(crate) fn client<C: FromSettings>(
    account: &[(&'static str, String)],
    more: &[(FieldKey, &'static str)],
) -> Result<C, Ended> {
    let cannot = |error| Ended::Failed(CallError::of(error).into());
    let transport = Transport::new().map_err(cannot)?;
    let account = account.iter().map(|(key, value)| (*key, value.as_str()));
    let more = more.iter().map(|(field, value)| (field.as_str(), *value));
    let settings: Settings<'_> = account.chain(more).collect();
    C::from_settings(&settings, &transport).map_err(cannot)
}

/// What the sandbox plays of a client's provider.
pub(crate) fn simulated<C: FromSettings>(sandbox: &Sandbox) -> Result<&Simulated, Ended> {
    let name = C::DESCRIPTOR.name();
    let played = sandbox.providers().iter().find(|it| it.name() == name);
    played.ok_or_else(|| Ended::Failed(Failure::local("sandbox", "does not play this provider")))
}

/// Every step came to what it should have.
#[derive(Debug, Serialize)]
struct Shown {
    steps: Vec<Step>,
}

impl Report for Shown {
    fn write_text(&self, out: &mut dyn Write) -> io::Result<()> {
        write_table(out, &self.steps)?;
        writeln!(
            out,
            "All {} steps came to what they should.",
            self.steps.len()
        )
    }
}

/// At least one did not.
#[derive(Debug, Serialize)]
struct Differed {
    kind: &'static str,
    effect: Effect,
    message: String,
    steps: Vec<Step>,
}

impl Differed {
    fn new(steps: Vec<Step>) -> Differed {
        let differing = steps.iter().filter(|step| !step.ok).count();
        let message = format!(
            "{differing} of {} steps came to something else",
            steps.len()
        );
        Differed {
            kind: "demo_differed",
            effect: Effect::NotExecuted,
            message,
            steps,
        }
    }
}

impl Report for Differed {
    fn write_text(&self, out: &mut dyn Write) -> io::Result<()> {
        write_table(out, &self.steps)?;
        writeln!(out, "error: {}", self.message)
    }
}

fn write_table(out: &mut dyn Write, steps: &[Step]) -> io::Result<()> {
    let row = |step: &Step| {
        let ok = if step.ok { "yes" } else { "NO" };
        vec![
            format!("  {}", step.step),
            step.expected.clone(),
            step.got.clone(),
            ok.to_owned(),
        ]
    };
    let rows = steps
        .chunk_by(|one, next| one.provider == next.provider)
        .flat_map(|steps| {
            let provider = steps.first().map(|step| step.provider.to_owned());
            let heading =
                provider.map(|name| vec![name, String::new(), String::new(), String::new()]);
            heading.into_iter().chain(steps.iter().map(row))
        });
    let columns = [
        Column::word("STEP"),
        Column::sentence("EXPECTED"),
        Column::sentence("GOT"),
        Column::verdict("OK"),
    ];
    writeln!(out)?;
    table(columns, rows).write(out)?;
    writeln!(out)
}
