use std::collections::{BTreeMap, HashMap};
use std::hash::BuildHasher;
use std::sync::Arc;

use rand_xoshiro::Xoshiro256PlusPlus;
use rand_xoshiro::rand_core::{Rng, SeedableRng};
use serde::{Deserialize, Serialize};

use crate::world::Locked;

/// Everything in the sandbox that is left to chance, from one seed.
///
/// The generator is a published one that is named, so that a seed replays in the next release too.
/// Each [stream](Random::stream) is independent of the others, so that one provider's draws do not
/// change another's.
#[derive(Debug, Clone)]
pub(crate) struct Random(Arc<Locked<Streams>>);

#[derive(Debug)]
struct Streams {
    seed: u64,
    /// How often a seed was set.
    turn: u64,
    generators: HashMap<&'static str, Xoshiro256PlusPlus>,
}

impl Random {
    pub(crate) fn seeded(seed: u64) -> Self {
        Self(Arc::new(Locked::new(Streams {
            seed,
            turn: 0,
            generators: HashMap::new(),
        })))
    }

    /// Draws an unpredictable seed, small enough for any JSON reader.
    pub(crate) fn unpredictable_seed() -> u64 {
        std::hash::RandomState::new().hash_one(0) >> 32
    }

    pub(crate) fn seed(&self) -> u64 {
        self.0.lock().seed
    }

    /// Restarts every stream from `seed`.
    pub(crate) fn reseed(&self, seed: u64) {
        let mut streams = self.0.lock();
        streams.seed = seed;
        streams.turn = streams.turn.wrapping_add(1);
        streams.generators.clear();
    }

    /// Returns how far every stream has come.
    pub(crate) fn state(&self) -> RandomState {
        let streams = self.0.lock();
        let generators = streams.generators.iter();
        RandomState {
            seed: streams.seed,
            streams: generators
                .map(|(name, it)| ((*name).to_owned(), it.clone()))
                .collect(),
        }
    }

    /// Goes on from where every stream was; `names` are those that there can be.
    pub(crate) fn go_on_from(&self, state: &RandomState, names: &[&'static str]) {
        let mut streams = self.0.lock();
        streams.seed = state.seed;
        streams.turn = streams.turn.wrapping_add(1);
        let known = names.iter().copied();
        let known = known.filter_map(|name| Some((name, state.streams.get(name)?.clone())));
        streams.generators = known.collect();
    }

    /// Counts how often the seed was set anew.
    pub(crate) fn turn(&self) -> u64 {
        self.0.lock().turn
    }

    /// Draws 64 bits that depend on the seed, a name and a number alone.
    pub(crate) fn draw(&self, name: &str, number: u64) -> u64 {
        let seed = self.seed() ^ digest(name) ^ number.wrapping_mul(0x9e37_79b9_7f4a_7c15);
        Xoshiro256PlusPlus::seed_from_u64(seed).next_u64()
    }

    pub(crate) fn stream(&self, name: &'static str) -> Stream {
        Stream {
            random: self.clone(),
            name,
        }
    }
}

/// How far every stream has come.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct RandomState {
    pub(crate) seed: u64,
    streams: BTreeMap<String, Xoshiro256PlusPlus>,
}

/// The widest gap between two identifiers that count upwards: who knows one cannot guess the next.
pub(crate) const LONGEST_STEP: u64 = 1 << 20;

/// One source of random values.
#[derive(Debug, Clone)]
pub(crate) struct Stream {
    random: Random,
    name: &'static str,
}

impl Stream {
    /// Draws the next 64 bits.
    pub(crate) fn next_u64(&self) -> u64 {
        let mut streams = self.random.0.lock();
        let seed = streams.seed ^ digest(self.name);
        streams
            .generators
            .entry(self.name)
            .or_insert_with(|| Xoshiro256PlusPlus::seed_from_u64(seed))
            .next_u64()
    }

    /// Draws a number from `low` to `low + span - 1`.
    pub(crate) fn within(&self, low: u64, span: u64) -> u64 {
        low.saturating_add(self.next_u64() % span.max(1))
    }

    /// Draws an identifier in the form of a version 4 UUID.
    pub(crate) fn uuid(&self) -> String {
        let high = self.next_u64() & !0xf000 | 0x4000;
        let low = self.next_u64() & !(0b11 << 62) | (0b10 << 62);
        format!(
            "{:08x}-{:04x}-{:04x}-{:04x}-{:012x}",
            high >> 32,
            high >> 16 & 0xffff,
            high & 0xffff,
            low >> 48,
            low & 0xffff_ffff_ffff
        )
    }

    /// Draws `words` times 16 hexadecimal digits.
    pub(crate) fn hex(&self, words: usize) -> String {
        (0..words)
            .map(|_| format!("{:016x}", self.next_u64()))
            .collect()
    }
}

/// FNV-1a: the name must choose the stream in the same way on every machine.
fn digest(name: &str) -> u64 {
    name.bytes().fold(0xcbf2_9ce4_8422_2325, |digest, byte| {
        (digest ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn streams_do_not_disturb_each_other() {
        let draw = |random: &Random, name| random.stream(name).next_u64();
        let (alone, disturbed) = (Random::seeded(7), Random::seeded(7));
        draw(&disturbed, "pod");
        assert_eq!(draw(&alone, "zipay"), draw(&disturbed, "zipay"));
    }

    #[test]
    fn reseeding_starts_again() {
        let random = Random::seeded(7);
        let first = random.stream("zipay").next_u64();
        assert_ne!(random.stream("zipay").next_u64(), first);
        random.reseed(7);
        assert_eq!(random.stream("zipay").next_u64(), first);
    }

    /// A run that was noted by its seed can be repeated.
    #[test]
    fn a_seed_draws_the_same_in_every_release() {
        let stream = Random::seeded(7).stream("zipay");
        assert_eq!(stream.next_u64(), 5_859_804_337_167_076_203);
        assert_eq!(stream.next_u64(), 4_833_134_435_840_820_145);
    }

    #[test]
    fn identifiers_have_the_form_of_a_version_4_uuid() {
        let stream = Random::seeded(1).stream("zipay");
        for _ in 0..100 {
            let id = stream.uuid();
            let groups: Vec<_> = id.split('-').collect();
            let lengths: Vec<_> = groups.iter().map(|group| group.len()).collect();
            assert_eq!(lengths, [8, 4, 4, 4, 12]);
            assert!(groups[2].starts_with('4'), "{id}");
            assert!(groups[3].starts_with(['8', '9', 'a', 'b']), "{id}");
        }
    }
}
