//! The payment desk, over a provider that does what a test says.

#[cfg(feature = "store-contract")]
#[cfg(test)]
mod broken_stores;
#[cfg(test)]
mod clock;
#[cfg(test)]
mod delivering;
#[cfg(test)]
mod dying;
#[cfg(test)]
mod hinting;
#[cfg(test)]
mod ledger;
#[cfg(test)]
mod mortal;
#[cfg(test)]
mod opening;
#[cfg(test)]
mod outbox;
#[cfg(test)]
mod restarting;
#[cfg(test)]
mod sending;
#[cfg(test)]
mod settling;
#[cfg(test)]
mod shop;
#[cfg(test)]
mod slow;
#[cfg(test)]
mod sweeping;
#[cfg(test)]
mod till;
#[cfg(test)]
mod visiting;
#[cfg(test)]
mod waiting;
#[cfg(test)]
mod watching;
