//! What crosses crates, in one test binary.

#[cfg(test)]
mod browser;
#[cfg(test)]
mod cardpay;
#[cfg(test)]
mod dropping;
#[cfg(test)]
mod faults;
#[cfg(test)]
mod foreign;
#[cfg(test)]
mod leaks;
#[cfg(test)]
mod pod;
#[cfg(test)]
mod readme;
#[cfg(test)]
mod settling;
#[cfg(test)]
mod sizpay;
