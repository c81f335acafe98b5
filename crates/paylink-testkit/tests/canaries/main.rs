//! Planted secrets are found wherever they leak, and nowhere else.

// `cfg(test)` tells clippy that functions without `#[test]` are test code too.
#[cfg(test)]
mod capturing;
#[cfg(test)]
mod encodings;
