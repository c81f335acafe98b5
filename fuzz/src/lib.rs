//! Hands the targets of `paylink-fuzzing` to libFuzzer. What is tried and what has to hold stands there.

use std::path::PathBuf;

use libfuzzer_sys::fuzzer_mutate;
use paylink_fuzzing::chance::Chance;
use paylink_fuzzing::{Target, mutation};

pub use {libfuzzer_sys, paylink_fuzzing, stats_alloc};

/// The allocator that counts what an input costs.
pub type Counting = stats_alloc::StatsAlloc<std::alloc::System>;

/// Fuzzes this target. Each program has its own alone: libFuzzer looks through all code that is there after each input.
#[macro_export]
macro_rules! target {
    ($target:path) => {
        #[global_allocator]
        static ALLOCATOR: &$crate::Counting = &$crate::stats_alloc::INSTRUMENTED_SYSTEM;

        $crate::libfuzzer_sys::fuzz_target!(init: $crate::write_seeds(&$target), |input: &[u8]| {
            if let Err(finding) = ($target.check)(input) {
                panic!("{finding}");
            }
        });

        $crate::libfuzzer_sys::fuzz_mutator!(
            |input: &mut [u8], size: usize, largest: usize, seed: u32| {
                $crate::mutate(&$target, input, size, largest, seed)
            }
        );
    };
}

/// Writes what the providers' documents show to the folder that `PAYLINK_FUZZ_SEEDS` names, so that no file of it has to be
/// kept.
pub fn write_seeds(target: &Target) {
    let Some(folder) = std::env::var_os("PAYLINK_FUZZ_SEEDS").map(PathBuf::from) else {
        return;
    };
    for (number, seed) in (target.seeds)().iter().enumerate() {
        if let Err(error) = std::fs::write(folder.join(format!("seed-{number:03}")), seed) {
            panic!(
                "the seeds cannot be written to {}: {error}",
                folder.display()
            );
        }
    }
}

/// Mutates by structure half of the time, and by bytes the other half.
pub fn mutate(target: &Target, input: &mut [u8], size: usize, largest: usize, seed: u32) -> usize {
    let largest = largest.min(target.largest).max(size.min(largest));
    if seed % 2 == 0 {
        return fuzzer_mutate(input, size, largest);
    }
    let mut changed = input.get(..size).unwrap_or_default().to_vec();
    let largest = largest.min(input.len());
    mutation::mutate(&mut changed, largest, &mut Chance::seeded(seed.into()));
    changed.truncate(largest);
    if let Some(place) = input.get_mut(..changed.len()) {
        place.copy_from_slice(&changed);
    }
    changed.len()
}
