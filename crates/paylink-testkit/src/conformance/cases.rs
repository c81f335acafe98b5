//! The cases, a file for each kind of promise.

mod afterwards;
mod creating;
mod declared;
mod foreign;
mod hints;
mod inputs;
mod listing;
mod lost;
mod mismatches;
mod prices;
mod secrets;
mod settling;
mod state;

use super::Case;

pub(super) const ALL: &[&[Case]] = &[
    declared::CASES,
    inputs::CASES,
    prices::CASES,
    creating::CASES,
    lost::CASES,
    state::CASES,
    settling::CASES,
    mismatches::CASES,
    foreign::CASES,
    afterwards::CASES,
    listing::CASES,
    hints::CASES,
    secrets::CASES,
];
