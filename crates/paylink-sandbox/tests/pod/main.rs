//! The sandboxed POD over its own wire protocol, spoken from the contract alone.

#[cfg(test)]
mod admin;
#[cfg(test)]
#[path = "../support/client.rs"]
mod client;
#[cfg(test)]
mod doors;
#[cfg(test)]
mod environments;
#[cfg(test)]
mod failures;
#[cfg(test)]
mod forms;
#[cfg(test)]
mod journal;
#[cfg(test)]
mod keys;
#[cfg(test)]
mod life;
#[cfg(test)]
mod list;
#[cfg(test)]
mod old_sdks;
#[cfg(test)]
mod page;
#[cfg(test)]
mod promises;
#[cfg(test)]
mod shop;
#[cfg(test)]
mod sms;
#[cfg(test)]
mod wallet;
#[cfg(test)]
mod wire;
