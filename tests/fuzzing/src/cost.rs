//! What reading an input may cost: memory and allocations in proportion to its bytes.

use std::cell::Cell;

use stats_alloc::{INSTRUMENTED_SYSTEM, Region, Stats};

/// The most bytes that are allocated for each byte of an input, freed or not: eight for its decoder, and one for the copy
/// that is served in place of a network.
const BYTES_EACH: usize = 9;

/// How many bytes of an input stand for an allocation at least.
const BYTES_AN_ALLOCATION: usize = 1;

/// What it takes whatever the input is: requests, handles, futures, the text of an error.
const FIXED_BYTES: usize = 96 * 1024;
const FIXED_ALLOCATIONS: usize = 1_200;

/// What something has cost.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Cost {
    /// All bytes that were asked for, freed or not.
    pub bytes: usize,
    /// How often memory was asked for.
    pub allocations: usize,
}

thread_local! {
    static LAST: Cell<Cost> = const { Cell::new(Cost { bytes: 0, allocations: 0 }) };
}

/// Does something, and keeps what it cost. It counts nothing unless [`INSTRUMENTED_SYSTEM`] is the program's allocator, and
/// counts for all threads together.
pub fn of<T>(work: impl FnOnce() -> T) -> (Cost, T) {
    let region = Region::new(&INSTRUMENTED_SYSTEM);
    let outcome = work();
    let cost = Cost::from(region.change());
    LAST.set(cost);
    (cost, outcome)
}

/// What the last thing cost of which that was asked.
#[must_use]
pub fn last() -> Cost {
    LAST.get()
}

impl From<Stats> for Cost {
    fn from(stats: Stats) -> Cost {
        Cost {
            bytes: stats.bytes_allocated,
            allocations: stats.allocations + stats.reallocations,
        }
    }
}

impl Cost {
    /// Checks that it is in proportion to an input of so many bytes.
    ///
    /// # Errors
    ///
    /// Says what it was.
    pub fn check(self, bytes: usize) -> Result<(), String> {
        let most = Cost {
            bytes: bytes * BYTES_EACH + FIXED_BYTES,
            allocations: bytes / BYTES_AN_ALLOCATION + FIXED_ALLOCATIONS,
        };
        if self.bytes <= most.bytes && self.allocations <= most.allocations {
            return Ok(());
        }
        Err(format!(
            "an input of {bytes} bytes cost {self:?}, more than {most:?}"
        ))
    }
}
