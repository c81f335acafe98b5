//! Variables that look like settings and are none, or those of two accounts at once.

use std::collections::BTreeSet;

use super::account::AccountConfig;
use super::accounts::Read;
use super::name::{self, ACCOUNT};
use super::variables::PREFIX;
use super::{Problem, ProblemKind, Variables};
use crate::Invalid;

/// Finds them. Every variable that begins as those of accounts do has to be one; of the others, which something else may
/// have set, only those count that are a known one misspelt.
pub(super) fn find(variables: &Variables, names: &BTreeSet<String>, read: &mut Read) {
    let of_accounts = format!("{PREFIX}{ACCOUNT}");
    for variable in variables.names() {
        let takers: Vec<&str> = read
            .accounts
            .iter()
            .filter(|account| account.takes(variable))
            .map(AccountConfig::name)
            .collect();
        match takers.as_slice() {
            [] if variable.starts_with(&of_accounts) => unclaimed(variable, names, read),
            [] => misspelt(variable, read),
            [_] => {}
            [one, other, ..] => read.problems.push(Problem::new(
                ProblemKind::Conflict,
                Invalid::new(
                    crate::config::SETTING,
                    format!("is a setting of the account {one} and of the account {other}"),
                )
                .at(variable.to_owned())
                .remedy("give one of them another name"),
            )),
        }
    }
}

fn unclaimed(variable: &str, names: &BTreeSet<String>, read: &mut Read) {
    let owner = read
        .accounts
        .iter_mut()
        .filter(|account| account.may_own(variable))
        .max_by_key(|account| account.name().len());
    if let Some(owner) = owner {
        owner.refuse_variable(variable);
        return;
    }
    // What is wrong with such an account is told already.
    if names
        .iter()
        .any(|name| variable.starts_with(&name::prefix_of_account(name)))
    {
        return;
    }
    let stray = Invalid::new(crate::config::SETTING, "belongs to no account")
        .at(variable.to_owned())
        .remedy(
            "correct the name, or say that account's provider in PAYLINK_ACCOUNT_<NAME>_PROVIDER",
        );
    read.problems
        .push(Problem::new(ProblemKind::Unknown, stray));
}

fn misspelt(variable: &str, read: &mut Read) {
    let owner = read
        .accounts
        .iter_mut()
        .find(|account| account.nearest_to(variable).is_some());
    if let Some(owner) = owner {
        owner.refuse_variable(variable);
    }
}
