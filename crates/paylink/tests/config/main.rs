//! Accounts from files and variables, as a program sees them when it starts.

#[cfg(test)]
mod accounts;
#[cfg(test)]
mod layers;
#[cfg(test)]
mod place;
#[cfg(test)]
mod problems;
#[cfg(test)]
mod secrets;
#[cfg(test)]
mod settings;
