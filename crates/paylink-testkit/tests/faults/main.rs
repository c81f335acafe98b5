//! Every fault, as a client sees it that does nothing on its own.

// `cfg(test)` tells clippy that functions without `#[test]` are test code too.
#[cfg(test)]
mod answers;
#[cfg(test)]
mod catalogue;
#[cfg(test)]
mod client;
#[cfg(test)]
mod connections;
