//! Accounts from files and variables, as a program sees them when it starts.

#[cfg(test)]
mod accounts;
#[cfg(test)]
#[cfg(unix)]
mod exposed;
#[cfg(test)]
mod foreign;
#[cfg(test)]
mod place;
#[cfg(test)]
mod problems;
#[cfg(test)]
mod process;
#[cfg(test)]
mod proxies;
#[cfg(test)]
mod settings;
#[cfg(test)]
mod syntax;
#[cfg(test)]
mod walk;
