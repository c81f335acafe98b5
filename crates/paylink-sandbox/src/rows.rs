use std::collections::VecDeque;

/// Values in the order in which they came. Each keeps its place when the oldest are forgotten.
#[derive(Debug)]
pub(crate) struct Rows<T> {
    kept: VecDeque<T>,
    forgotten: usize,
}

impl<T> Default for Rows<T> {
    fn default() -> Self {
        Self {
            kept: VecDeque::new(),
            forgotten: 0,
        }
    }
}

impl<T> Rows<T> {
    /// Adds a value and returns its place.
    pub(crate) fn push(&mut self, value: T) -> usize {
        self.kept.push_back(value);
        self.forgotten.saturating_add(self.kept.len()) - 1
    }

    pub(crate) fn get(&self, place: usize) -> Option<&T> {
        self.kept.get(place.checked_sub(self.forgotten)?)
    }

    pub(crate) fn get_mut(&mut self, place: usize) -> Option<&mut T> {
        self.kept.get_mut(place.checked_sub(self.forgotten)?)
    }

    /// Lists the values, oldest first.
    pub(crate) fn iter(&self) -> impl DoubleEndedIterator<Item = &T> {
        self.kept.iter()
    }

    /// Forgets the oldest value if there are more than `most`.
    pub(crate) fn make_room(&mut self, most: usize) -> Option<T> {
        if self.kept.len() <= most {
            return None;
        }
        self.forgotten = self.forgotten.saturating_add(1);
        self.kept.pop_front()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_keep_their_places() {
        let mut rows = Rows::default();
        let places: Vec<_> = (0..4).map(|value| rows.push(value)).collect();
        assert_eq!(rows.make_room(3), Some(0));
        assert_eq!(rows.make_room(3), None);
        let found: Vec<_> = places
            .iter()
            .map(|place| rows.get(*place).copied())
            .collect();
        assert_eq!(found, [None, Some(1), Some(2), Some(3)]);
        assert_eq!(rows.push(4), 4);
        *rows.get_mut(4).unwrap() = 5;
        assert!(rows.iter().copied().eq([1, 2, 3, 5]));
    }
}
