//! Chance for tests that are to fail again when they have failed.

use std::time::Duration;

use paylink_sandbox::Fault;

/// Chance that is the same every time for the same seed (splitmix64).
#[derive(Debug)]
pub struct Chance(u64);

impl Chance {
    /// The chance of this seed.
    #[must_use]
    pub fn seeded(seed: u64) -> Chance {
        Chance(seed)
    }

    /// A number below `end`.
    pub fn below(&mut self, end: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (mixed ^ (mixed >> 31)) % end
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
