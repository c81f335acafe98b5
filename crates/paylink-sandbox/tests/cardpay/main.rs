//! The sandboxed CardPay over its own wire protocol, spoken from the contract alone.

#[cfg(test)]
mod admin;
#[cfg(test)]
mod check;
#[cfg(test)]
#[path = "../support/client.rs"]
mod client;
#[cfg(test)]
mod codes;
#[cfg(test)]
mod create;
#[cfg(test)]
mod faults;
#[cfg(test)]
mod page;
#[cfg(test)]
mod privacy;
#[cfg(test)]
mod recorded_card;
#[cfg(test)]
mod shop;
#[cfg(test)]
mod transfer;
