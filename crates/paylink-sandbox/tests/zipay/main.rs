//! The sandboxed ZiPay over its own wire protocol, spoken from the contract alone.

#[cfg(test)]
mod admin;
#[cfg(test)]
#[path = "../support/client.rs"]
mod client;
#[cfg(test)]
#[path = "../support/eventually.rs"]
mod eventually;
#[cfg(test)]
mod faults;
#[cfg(test)]
mod journal;
#[cfg(test)]
mod life;
#[cfg(test)]
mod list;
#[cfg(test)]
mod page;
#[cfg(test)]
mod payer;
#[cfg(test)]
mod refusals;
#[cfg(test)]
mod server;
#[cfg(test)]
mod shop;
#[cfg(test)]
mod signature;
#[cfg(test)]
mod webhooks;
