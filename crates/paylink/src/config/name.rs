use super::schema;
use super::variables::PREFIX;
use crate::Invalid;

/// What separates the variables of accounts with a name of their own from those of the providers' sections.
pub(super) const ACCOUNT: &str = "ACCOUNT_";

/// The most characters of a name.
const LONGEST: usize = 40;

/// Checks the name of an account that has one of its own.
///
/// No two names that pass have the same variables: those are the name in upper case, with `_` for `-`.
pub(super) fn check(name: &str, origin: &str) -> Result<(), Invalid> {
    let wrong =
        |problem: &'static str| Invalid::new(crate::config::SETTING, problem).at(origin.to_owned());
    let plain = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-';
    if schema::of(name).is_some() {
        let remedy = format!("give it another name, or write its settings under [{name}]");
        return Err(
            wrong("has the name of a provider, which is that of its own section").remedy(remedy),
        );
    }
    if name.is_empty() || name.len() > LONGEST || !name.bytes().all(plain) {
        return Err(wrong("is not a name for an account")
            .remedy("use lower-case letters, digits and -, at most 40 of them"));
    }
    Ok(())
}

/// How the variables of a provider's own section begin: `PAYLINK_ZIPAY_`.
pub(super) fn prefix_of_section(provider: &str) -> String {
    format!("{PREFIX}{}_", provider.to_uppercase())
}

/// How the variables of an account with a name of its own begin: `PAYLINK_ACCOUNT_MAIN_SHOP_`.
pub(super) fn prefix_of_account(name: &str) -> String {
    let name = name.to_uppercase().replace('-', "_");
    format!("{PREFIX}{ACCOUNT}{name}_")
}

/// The account whose provider this variable says.
pub(super) fn of_provider_variable(variable: &str) -> Option<String> {
    let name = variable
        .strip_prefix(PREFIX)?
        .strip_prefix(ACCOUNT)?
        .strip_suffix("_PROVIDER")?;
    Some(name.to_lowercase().replace('_', "-"))
}
