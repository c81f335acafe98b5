//! What crosses crates, in one test binary.

#[cfg(test)]
mod browser;
#[cfg(test)]
mod cardpay;
#[cfg(test)]
mod codes;
#[cfg(test)]
mod concurrency;
#[cfg(test)]
mod conformance;
#[cfg(test)]
mod crashes;
#[cfg(test)]
mod dashboard;
#[cfg(test)]
mod dropping;
#[cfg(test)]
mod example_shop;
#[cfg(test)]
mod faults;
#[cfg(test)]
mod foreign;
#[cfg(test)]
mod hostile;
#[cfg(test)]
mod leaks;
#[cfg(test)]
mod nodes;
#[cfg(test)]
mod one_alone;
#[cfg(test)]
mod operator;
#[cfg(test)]
mod pages;
#[cfg(test)]
mod pod;
#[cfg(test)]
mod readme;
#[cfg(test)]
mod sandbox_api;
#[cfg(test)]
mod sandbox_guide;
#[cfg(test)]
mod schedules;
#[cfg(test)]
mod service;
#[cfg(test)]
mod serving;
#[cfg(test)]
mod settling;
#[cfg(test)]
mod simulated;
#[cfg(test)]
mod sizpay;
#[cfg(test)]
mod soak;
#[cfg(test)]
mod states;
#[cfg(test)]
mod stored;
