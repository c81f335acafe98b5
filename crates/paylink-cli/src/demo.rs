//! `paylink demo`: whole payments, each step held against what it should be.
//!
//! A provider's demo is a module of its own, with one function that leads a [`Journey`] through its steps.

mod browser;
mod cardpay;
mod journey;
mod pod;
mod shop;
mod sizpay;
mod zipay;

#[cfg(test)]
mod tests;

use std::io::{self, Write};

use paylink::Effect;
use paylink_sandbox::Sandbox;
use serde::Serialize;

use crate::console::Console;
use crate::failure::{Failure, Status};
use crate::report::Report;
use crate::text::table;
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
    let mut zipay = Journey::begin("ZiPay", sandbox.url(), console)?;
    ended(zipay::walk(sandbox, &mut zipay).await)?;
    console.progress("")?;
    let mut cardpay = Journey::begin("CardPay", sandbox.url(), console)?;
    ended(cardpay::walk(sandbox, &mut cardpay).await)?;
    let mut steps = [zipay.end(), cardpay.end()].concat();
    for (via, name) in sizpay::WAYS {
        console.progress("")?;
        let mut sizpay = Journey::begin(name, sandbox.url(), console)?;
        ended(sizpay::walk(sandbox, via, &mut sizpay).await)?;
        steps.extend(sizpay.end());
    }
    console.progress("")?;
    let mut pod = Journey::begin("POD", sandbox.url(), console)?;
    ended(pod::walk(sandbox, &mut pod).await)?;
    steps.extend(pod.end());
    Ok(steps)
}

fn ended(outcome: Result<(), Ended>) -> Result<(), Failure> {
    match outcome {
        Ok(()) | Err(Ended::Stuck) => Ok(()),
        Err(Ended::Failed(failure)) => Err(failure),
    }
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
    let table = table(&["STEP", "EXPECTED", "GOT", "OK"], rows, &[1, 2]);
    writeln!(out, "\n{}\n", table.trim_fmt())
}
