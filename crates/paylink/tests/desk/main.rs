//! The payment desk, over a provider that does what a test says.

#[cfg(feature = "store-contract")]
#[cfg(test)]
mod broken_stores;
#[cfg(test)]
mod crashing_store;
#[cfg(test)]
mod dying;
#[cfg(test)]
mod opening;
#[cfg(test)]
mod settling;
#[cfg(test)]
mod shop;
#[cfg(test)]
mod sweeping;
#[cfg(test)]
mod waiting;
