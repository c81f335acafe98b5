//! Nothing: the cases are in `tests/cases`, and what holds them is `tests/promises.rs`.
