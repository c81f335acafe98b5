use std::io::{self, Write};

use paylink::{Capabilities, Effect};
use serde::Serialize;

use super::capabilities;
use super::check::{Check, Verdict};
use crate::console::{Console, Format};
use crate::failure::Failure;
use crate::report::Report;
use crate::status::Status;
use crate::text::shown;

/// Everything that was found, in the order in which it was looked at.
#[derive(Debug, Default, Serialize)]
pub(super) struct Examination {
    checks: Vec<Check>,
    accounts: Vec<Offer>,
}

/// What one account offers.
#[derive(Debug, Serialize)]
pub(super) struct Offer {
    pub(super) account: String,
    pub(super) capabilities: Capabilities,
}

impl Examination {
    pub(super) fn add(&mut self, account: Option<&str>, check: Check) {
        self.checks.push(Check {
            account: account.map(str::to_owned),
            ..check
        });
    }

    pub(super) fn add_all(
        &mut self,
        account: Option<&str>,
        checks: impl IntoIterator<Item = Check>,
    ) {
        for check in checks {
            self.add(account, check);
        }
    }

    /// Adds what an account offers.
    pub(super) fn offer(&mut self, account: &str, capabilities: &Capabilities) {
        self.accounts.push(Offer {
            account: account.to_owned(),
            capabilities: capabilities.clone(),
        });
    }

    /// Tells everything, and fails if there is a problem.
    pub(super) fn conclude(self, console: &Console) -> Result<(), Failure> {
        let is_problem = |check: &&Check| check.verdict == Verdict::Problem;
        let problems = self.checks.iter().filter(is_problem).count();
        if problems == 0 {
            return console.done(&self);
        }
        if console.format() == Format::People {
            // What was found is the result, whatever it comes to.
            console.done(&self)?;
        }
        Err(Failure::new(Status::Refused, Unwell::of(problems, self)))
    }
}

impl Report for Examination {
    fn write_text(&self, out: &mut dyn Write) -> io::Result<()> {
        let account = |check: &Check| check.account.clone().unwrap_or_default();
        let width = |of: &dyn Fn(&Check) -> usize| self.checks.iter().map(of).max();
        let accounts = width(&|check| account(check).chars().count()).unwrap_or_default();
        let subjects = width(&|check| check.subject.len()).unwrap_or_default();
        for check in &self.checks {
            let (verdict, subject) = (check.verdict.as_str(), check.subject);
            let finding = shown(&check.finding);
            let account = account(check);
            writeln!(
                out,
                "{verdict:7}  {account:accounts$}  {subject:subjects$}  {finding}"
            )?;
            if let Some(remedy) = &check.remedy {
                writeln!(
                    out,
                    "{:7}  {:accounts$}  {:subjects$}  → {}",
                    "",
                    "",
                    "",
                    shown(remedy)
                )?;
            }
        }
        if self.accounts.is_empty() {
            return Ok(());
        }
        writeln!(out, "\n{}", capabilities::table(&self.accounts).trim_fmt())
    }
}

/// Something does not work.
#[derive(Debug, Serialize)]
struct Unwell {
    kind: &'static str,
    effect: Effect,
    message: String,
    #[serde(flatten)]
    examination: Examination,
}

impl Unwell {
    fn of(problems: usize, examination: Examination) -> Unwell {
        let counted = match problems {
            1 => "there is 1 problem".to_owned(),
            more => format!("there are {more} problems"),
        };
        Unwell {
            kind: "unwell",
            effect: Effect::NotExecuted,
            message: counted,
            examination,
        }
    }
}

impl Report for Unwell {
    fn write_text(&self, out: &mut dyn Write) -> io::Result<()> {
        writeln!(out, "error: {}", self.message)
    }
}
