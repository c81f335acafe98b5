use std::collections::VecDeque;
use std::sync::Arc;

use crate::world::Locked;

/// Entries that are numbered from 1, of which the oldest make room for new ones. Clones share them.
#[derive(Debug, Clone)]
pub(crate) struct Shelf<T>(Arc<Locked<Entries<T>>>);

#[derive(Debug)]
struct Entries<T> {
    kept: VecDeque<T>,
    last: u64,
    capacity: usize,
    /// What the entries weigh, and may weigh, in bytes.
    weight: usize,
    heaviest: usize,
}

/// Something that takes room.
pub(crate) trait Weighed {
    /// The bytes it takes, roughly.
    fn weight(&self) -> usize {
        0
    }
}

impl<T: Clone + Weighed> Shelf<T> {
    /// Makes a shelf for so many entries, of which all together weigh at most so many bytes.
    pub(crate) fn holding(capacity: usize, heaviest: usize) -> Self {
        Self(Arc::new(Locked::new(Entries {
            kept: VecDeque::new(),
            last: 0,
            capacity,
            weight: 0,
            heaviest,
        })))
    }

    /// Keeps what is made of the next number, and returns it.
    pub(crate) fn add(&self, make: impl FnOnce(u64) -> T) -> T {
        let mut entries = self.0.lock();
        entries.last = entries.last.saturating_add(1);
        let entry = make(entries.last);
        entries.weight = entries.weight.saturating_add(entry.weight());
        entries.kept.push_back(entry.clone());
        entries.make_room();
        entry
    }

    /// Changes the entry with this number, if it is still kept.
    pub(crate) fn change(&self, number: u64, change: impl FnOnce(&mut T)) {
        let mut entries = self.0.lock();
        let Some(entry) = entries.at(number) else {
            return;
        };
        let before = entry.weight();
        change(entry);
        let after = entry.weight();
        entries.weight = entries.weight.saturating_sub(before).saturating_add(after);
        entries.make_room();
    }

    /// Returns the entry with this number, if it is still kept.
    pub(crate) fn get(&self, number: u64) -> Option<T> {
        self.0.lock().at(number).cloned()
    }

    /// Lists the entries that are kept, oldest first.
    pub(crate) fn entries(&self) -> Vec<T> {
        self.0.lock().kept.iter().cloned().collect()
    }

    /// Lists the newest entries of a kind, newest first.
    pub(crate) fn newest(&self, count: usize, is_wanted: impl Fn(&T) -> bool) -> Vec<T> {
        let entries = self.0.lock();
        let wanted = entries.kept.iter().rev().filter(|entry| is_wanted(entry));
        wanted.take(count).cloned().collect()
    }

    /// Takes these entries, each with its number, in place of those that there are.
    pub(crate) fn fill(&self, numbered: impl Iterator<Item = (u64, T)>) {
        let mut entries = self.0.lock();
        let (mut kept, mut last) = (VecDeque::new(), 0);
        for (number, entry) in numbered {
            last = number;
            kept.push_back(entry);
        }
        entries.weight = kept.iter().map(Weighed::weight).sum();
        entries.kept = kept;
        entries.last = last;
        entries.make_room();
    }

    pub(crate) fn clear(&self) {
        let mut entries = self.0.lock();
        entries.kept.clear();
        entries.weight = 0;
    }
}

impl<T: Weighed> Entries<T> {
    fn at(&mut self, number: u64) -> Option<&mut T> {
        let newer = usize::try_from(self.last.checked_sub(number)?).ok()?;
        self.kept.iter_mut().rev().nth(newer)
    }

    fn make_room(&mut self) {
        while self.kept.len() > self.capacity || self.weight > self.heaviest {
            let Some(oldest) = self.kept.pop_front() else {
                break;
            };
            self.weight = self.weight.saturating_sub(oldest.weight());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    impl Weighed for (u64, Option<u64>) {
        fn weight(&self) -> usize {
            self.1.map_or(1, |_| 10)
        }
    }

    #[test]
    fn the_oldest_entries_make_room_and_numbers_go_on_after_clearing() {
        let shelf = Shelf::holding(2, 100);
        for _ in 0..4 {
            shelf.add(|number| (number, None));
        }
        for number in [0, 1, 3, 5] {
            shelf.change(number, |entry| entry.1 = Some(number));
        }
        assert_eq!(shelf.entries(), [(3, Some(3)), (4, None)]);
        assert_eq!((shelf.get(4), shelf.get(2)), (Some((4, None)), None));
        assert_eq!(shelf.newest(1, |_| true), [(4, None)]);
        shelf.clear();
        shelf.change(4, |entry| entry.1 = Some(4));
        assert_eq!(shelf.add(|number| (number, None)), (5, None));
        assert_eq!(shelf.entries(), [(5, None)]);
    }

    #[test]
    fn heavy_entries_make_room_as_well() {
        let shelf = Shelf::holding(100, 12);
        for _ in 0..12 {
            shelf.add(|number| (number, None));
        }
        assert_eq!(shelf.entries().len(), 12);
        shelf.change(12, |entry| entry.1 = Some(0));
        assert_eq!(shelf.entries(), [(10, None), (11, None), (12, Some(0))]);
    }
}
