//! Chance for tests that are to fail again when they have failed.

use std::time::Duration;

use paylink_sandbox::Fault;
use rand_xoshiro::Xoshiro256PlusPlus;
use rand_xoshiro::rand_core::{Rng, SeedableRng};

/// What loses the answer of a request that was executed.
pub const ANSWER_LOST: [Fault; 4] = [
    Fault::DropAfter,
    Fault::Truncated,
    Fault::HtmlAfter,
    Fault::StatusAfter(502),
];

/// Chance that is the same every time for the same seed.
#[derive(Debug)]
pub struct Chance(Xoshiro256PlusPlus);

impl Chance {
    /// The chance of this seed.
    #[must_use]
    pub fn seeded(seed: u64) -> Chance {
        Chance(Xoshiro256PlusPlus::seed_from_u64(seed))
    }

    /// One of the many streams of this seed, each by its number.
    #[must_use]
    pub fn stream(seed: u64, number: u64) -> Chance {
        // An odd factor: no two numbers give the same.
        let number = number.wrapping_mul(0x9e37_79b9_7f4a_7c15);
        Chance::seeded(seed.rotate_left(32) ^ number)
    }

    /// Whether something happens that happens once in so many times.
    pub fn once_in(&mut self, times: u64) -> bool {
        self.below(times) == 0
    }

    /// A number from `start` on and below `end`.
    pub fn between(&mut self, start: u64, end: u64) -> u64 {
        start + self.below(end - start)
    }

    /// A number below `end`.
    pub fn below(&mut self, end: u64) -> u64 {
        self.0.next_u64() % end
    }

    /// Anything that can go wrong with a request before or after it is executed, or nothing: a delay of no time.
    pub fn fault(&mut self) -> Fault {
        let moment = Duration::from_millis(3);
        match self.below(12) {
            0 => Fault::DropBefore,
            1 => Fault::Status(503),
            2 => Fault::Html,
            3 => Fault::Delay(moment),
            4 => Fault::DropAfter,
            5 => Fault::StatusAfter(502),
            6 => Fault::HtmlAfter,
            7 => Fault::Truncated,
            8 => Fault::DelayAfter(moment),
            _ => Fault::Delay(Duration::ZERO),
        }
    }
}
