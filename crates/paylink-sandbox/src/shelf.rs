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
}

impl<T: Clone> Shelf<T> {
    pub(crate) fn holding(capacity: usize) -> Self {
        Self(Arc::new(Locked::new(Entries {
            kept: VecDeque::new(),
            last: 0,
            capacity,
        })))
    }

    /// Keeps what is made of the next number, and returns it.
    pub(crate) fn add(&self, make: impl FnOnce(u64) -> T) -> T {
        let mut entries = self.0.lock();
        entries.last = entries.last.saturating_add(1);
        let entry = make(entries.last);
        if entries.kept.len() >= entries.capacity {
            entries.kept.pop_front();
        }
        entries.kept.push_back(entry.clone());
        entry
    }

    /// Changes the entry with this number, if it is still kept.
    pub(crate) fn change(&self, number: u64, change: impl FnOnce(&mut T)) {
        let mut entries = self.0.lock();
        let newer = entries.last.checked_sub(number).map(usize::try_from);
        if let Some(Ok(newer)) = newer
            && let Some(entry) = entries.kept.iter_mut().rev().nth(newer)
        {
            change(entry);
        }
    }

    /// Lists the entries that are kept, oldest first.
    pub(crate) fn entries(&self) -> Vec<T> {
        self.0.lock().kept.iter().cloned().collect()
    }

    pub(crate) fn clear(&self) {
        self.0.lock().kept.clear();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_oldest_entries_make_room_and_numbers_go_on_after_clearing() {
        let shelf = Shelf::holding(2);
        for _ in 0..4 {
            shelf.add(|number| (number, None));
        }
        for number in [0, 1, 3, 5] {
            shelf.change(number, |entry| entry.1 = Some(number));
        }
        assert_eq!(shelf.entries(), [(3, Some(3)), (4, None)]);
        shelf.clear();
        shelf.change(4, |entry| entry.1 = Some(4));
        assert_eq!(shelf.add(|number| (number, None)), (5, None));
        assert_eq!(shelf.entries(), [(5, None)]);
    }
}
