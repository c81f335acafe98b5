use std::io::{self, Write};
use std::time::{Duration, SystemTime};

use paylink::config::AccountConfig;
use paylink::core::Proxy;
use paylink::core::provider::{Descriptor, PanelNote};
use paylink::{Capabilities, Capability, Effect};
use serde::Serialize;

use super::panel;
use super::reach::Head;
use super::to_do::{self, ToDo};
use crate::console::{Console, Format};
use crate::failure::{Failure, Status};
use crate::report::Report;
use crate::table::{Column, Table, table};
use crate::text::{shown, time_left};

/// Everything that was found, in the order in which it was looked at.
#[derive(Debug, Default, Serialize)]
pub(super) struct Examination {
    checks: Vec<Check>,
    accounts: Vec<Examined>,
    /// Where payers come back to, if it was told.
    #[serde(skip_serializing_if = "Option::is_none")]
    return_host: Option<String>,
    /// What to do, most important first.
    to_do: Vec<ToDo>,
}

/// What is known of one account.
#[derive(Debug, Serialize)]
pub(super) struct Examined {
    pub(super) account: String,
    #[serde(skip)]
    pub(super) provider: Option<&'static Descriptor>,
    /// By what its calls go, if by a proxy.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) proxy: Option<String>,
    /// What it offers, if it can be opened.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) capabilities: Option<Capabilities>,
    /// What has to be set up at the provider.
    panel: &'static [PanelNote],
}

impl Examined {
    /// An account whose calls go this way.
    pub(super) fn of(account: &AccountConfig, proxy: Option<&Proxy>) -> Examined {
        let provider = account.descriptor();
        Examined {
            account: account.name().to_owned(),
            provider,
            proxy: proxy.map(Proxy::to_string),
            capabilities: None,
            panel: provider.map_or(&[], Descriptor::panel),
        }
    }
}

impl Examination {
    /// Begins one of a shop to which payers come back at this host.
    pub(super) fn of_shop(return_host: Option<&str>) -> Examination {
        Examination {
            return_host: return_host.map(str::to_owned),
            ..Examination::default()
        }
    }

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

    /// Adds what is known of an account.
    pub(super) fn examined(&mut self, account: Examined) {
        self.accounts.push(account);
    }

    /// Tells everything, and fails if there is a problem.
    pub(super) fn conclude(mut self, console: &Console) -> Result<(), Failure> {
        self.to_do = to_do::to_do(&self.checks);
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
        let rows = self.checks.iter().flat_map(|check| {
            let finding = vec![
                check.verdict.as_str().to_owned(),
                shown(check.account.as_deref().unwrap_or_default()),
                check.subject.to_owned(),
                shown(&check.finding),
            ];
            let remedy = check.remedy.as_ref().map(|remedy| {
                let blank = String::new;
                vec![blank(), blank(), blank(), format!("→ {}", shown(remedy))]
            });
            [finding].into_iter().chain(remedy)
        });
        let columns = [
            Column::verdict(""),
            Column::id(""),
            Column::word(""),
            Column::sentence(""),
        ];
        table(columns, rows).write(out)?;
        let offers: Vec<Offer<'_>> = self.accounts.iter().filter_map(Offer::of).collect();
        if !offers.is_empty() {
            writeln!(out)?;
            offers_table(&offers).write_in_parts(out)?;
        }
        panel::write(&self.accounts, self.return_host.as_deref(), out)?;
        to_do::write(&self.to_do, out)
    }
}

/// What one account offers.
struct Offer<'a> {
    account: &'a str,
    capabilities: &'a Capabilities,
}

impl<'a> Offer<'a> {
    fn of(examined: &'a Examined) -> Option<Offer<'a>> {
        Some(Offer {
            account: &examined.account,
            capabilities: examined.capabilities.as_ref()?,
        })
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

/// What was found of one thing, and what to do about it.
#[derive(Debug, Serialize)]
pub(super) struct Check {
    pub(super) verdict: Verdict,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) account: Option<String>,
    /// What was looked at.
    pub(super) subject: &'static str,
    pub(super) finding: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) remedy: Option<String>,
}

/// What a finding comes to.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Verdict {
    Ok,
    /// It works, and may not do so for long or for everybody.
    Warning,
    /// It does not work.
    Problem,
}

impl Check {
    pub(super) fn ok(subject: &'static str, finding: impl Into<String>) -> Check {
        Check {
            verdict: Verdict::Ok,
            account: None,
            subject,
            finding: finding.into(),
            remedy: None,
        }
    }

    pub(super) fn warning(
        subject: &'static str,
        finding: impl Into<String>,
        remedy: impl Into<String>,
    ) -> Check {
        Check {
            verdict: Verdict::Warning,
            remedy: Some(remedy.into()),
            ..Check::ok(subject, finding)
        }
    }

    pub(super) fn problem(
        subject: &'static str,
        finding: impl Into<String>,
        remedy: impl Into<String>,
    ) -> Check {
        Check {
            verdict: Verdict::Problem,
            ..Check::warning(subject, finding, remedy)
        }
    }
}

impl Verdict {
    pub(super) fn as_str(self) -> &'static str {
        match self {
            Verdict::Ok => "ok",
            Verdict::Warning => "warning",
            Verdict::Problem => "problem",
        }
    }
}

const CLOCK: &str = "clock";

/// How far this machine's clock may be from a provider's. Deadlines of payments are minutes.
const TOLERANCE: Duration = Duration::from_secs(120);

/// Compares this machine's clock with the clock of the server that answered.
pub(super) fn check_clock(head: &Head) -> Check {
    match head.reached.date() {
        Some(theirs) => compare_clocks(head.came_at, theirs),
        None => Check::ok(CLOCK, "the provider does not tell the time"),
    }
}

fn compare_clocks(ours: SystemTime, theirs: SystemTime) -> Check {
    let (apart, way) = apart(ours, theirs);
    if apart <= TOLERANCE {
        return Check::ok(CLOCK, "it agrees with the provider's");
    }
    let finding = format!("this machine is {} {way} the provider", time_left(apart));
    let remedy =
        "set the clock, by NTP say: how long a payment can be paid and confirmed hangs on it";
    Check::warning(CLOCK, finding, remedy)
}

fn apart(ours: SystemTime, theirs: SystemTime) -> (Duration, &'static str) {
    match ours.duration_since(theirs) {
        Ok(ahead) => (ahead, "ahead of"),
        Err(behind) => (behind.duration(), "behind"),
    }
}

/// What each account offers: a row a capability, a column an account.
fn offers_table(offers: &[Offer<'_>]) -> Table {
    let accounts = offers.iter().map(|offer| offer.account.to_uppercase());
    let columns = [Column::sentence("OFFERS")]
        .into_iter()
        .chain(accounts.map(Column::word));
    let currencies = offers.iter().map(|offer| {
        let codes: Vec<&str> = offer
            .capabilities
            .currencies()
            .iter()
            .map(|it| it.code())
            .collect();
        codes.join(", ")
    });
    let counts_in = ["counting in".to_owned()]
        .into_iter()
        .chain(currencies)
        .collect();
    let rows = Capability::ALL.iter().copied().map(|capability| {
        let says = offers.iter().map(|offer| {
            let offered = offer.capabilities.support(capability).is_supported();
            if offered { "yes" } else { "–" }.to_owned()
        });
        [capability.to_string()].into_iter().chain(says).collect()
    });
    table(columns, [counts_in].into_iter().chain(rows))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(ours: u64, theirs: u64) -> Check {
        let time = |seconds| SystemTime::UNIX_EPOCH + Duration::from_secs(seconds);
        compare_clocks(time(ours), time(theirs))
    }

    #[test]
    fn two_minutes_are_tolerated() {
        for (ours, theirs) in [(1_000, 1_000), (1_120, 1_000), (1_000, 1_120)] {
            assert_eq!(at(ours, theirs).verdict, Verdict::Ok);
        }
        let ahead = at(1_121, 1_000);
        assert_eq!(ahead.verdict, Verdict::Warning);
        assert_eq!(
            ahead.finding,
            "this machine is 2 min 1 s ahead of the provider"
        );
        let behind = at(1_000, 8_200);
        assert_eq!(
            behind.finding,
            "this machine is 2 h 0 min behind the provider"
        );
    }
}
