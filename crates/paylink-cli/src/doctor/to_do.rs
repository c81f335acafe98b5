use std::cmp::Reverse;
use std::io::{self, Write};

use serde::Serialize;

use super::examination::{Check, Verdict};
use crate::text::shown;

/// One thing to do, and for which accounts; for none, if it concerns all of them or none.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub(super) struct ToDo {
    verdict: Verdict,
    accounts: Vec<String>,
    finding: String,
    remedy: String,
}

/// What is to be done about these findings, most important first: problems before warnings, and what concerns everything, or
/// the most accounts, before what concerns one.
pub(super) fn to_do(checks: &[Check]) -> Vec<ToDo> {
    let mut all: Vec<ToDo> = Vec::new();
    for check in checks {
        let Some(remedy) = &check.remedy else {
            continue;
        };
        let known = all
            .iter_mut()
            .find(|it| it.finding == check.finding && it.remedy == *remedy);
        match (known, &check.account) {
            (Some(known), Some(account)) if !known.accounts.contains(account) => {
                known.accounts.push(account.clone());
            }
            (Some(_), _) => {}
            (None, account) => all.push(ToDo {
                verdict: check.verdict,
                accounts: account.iter().cloned().collect(),
                finding: check.finding.clone(),
                remedy: remedy.clone(),
            }),
        }
    }
    let concerned = |it: &ToDo| match it.accounts.len() {
        0 => usize::MAX,
        some => some,
    };
    all.sort_by_key(|it| (Reverse(it.verdict), Reverse(concerned(it))));
    all
}

/// Writes them as a list.
pub(super) fn write(to_do: &[ToDo], out: &mut dyn Write) -> io::Result<()> {
    if to_do.is_empty() {
        return Ok(());
    }
    writeln!(out, "\nTo do, most important first:\n")?;
    for (number, it) in (1..).zip(to_do) {
        let (finding, remedy) = (shown(&it.finding), shown(&it.remedy));
        let accounts = match it.accounts.join(", ") {
            none if none.is_empty() => none,
            some => format!("{some}: "),
        };
        writeln!(out, "{number:3}. {accounts}{finding}")?;
        writeln!(out, "     → {remedy}")?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_stops_most_stands_first_and_nothing_twice() {
        let of = |account: Option<&str>, check: Check| Check {
            account: account.map(str::to_owned),
            ..check
        };
        let slow = || Check::warning("clock", "slow", "set it");
        let missing = || Check::problem("configuration", "missing", "write it");
        let down = || Check::problem("proxy", "down", "start it");
        let checks = [
            of(None, Check::warning("configuration", "open", "close it")),
            of(Some("a"), Check::ok("clock", "right")),
            of(Some("a"), slow()),
            of(Some("a"), missing()),
            of(Some("a"), missing()),
            of(Some("a"), down()),
            of(Some("b"), down()),
            of(None, Check::problem("configuration", "no file", "make one")),
        ];
        let all = to_do(&checks);
        let told: Vec<_> = all
            .iter()
            .map(|it| (&*it.finding, it.accounts.join(" ")))
            .collect();
        let expected = [
            ("no file", ""),
            ("down", "a b"),
            ("missing", "a"),
            ("open", ""),
            ("slow", "a"),
        ];
        assert_eq!(
            told,
            expected.map(|(finding, accounts)| (finding, accounts.to_owned()))
        );
    }
}
