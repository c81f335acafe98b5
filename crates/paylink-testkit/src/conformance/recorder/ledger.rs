use std::sync::{Mutex, MutexGuard, PoisonError};

use super::{Recorded, Trouble};

/// What came, and what is still to go wrong; shared by the doors of one recorder.
#[derive(Default)]
pub(super) struct Ledger(Mutex<Pages>);

#[derive(Default)]
struct Pages {
    requests: Vec<Recorded>,
    /// Which request, counted from 1 over all, meets which trouble.
    plan: Vec<(usize, Trouble)>,
}

impl Ledger {
    /// Keeps a request, and says what happens to it.
    pub(super) fn note(&self, bytes: &[u8]) -> Option<Trouble> {
        let mut pages = self.pages();
        pages.requests.push(Recorded::new(bytes));
        let number = pages.requests.len();
        let planned = pages.plan.iter().find(|(nth, _)| *nth == number);
        planned.map(|(_, trouble)| *trouble)
    }

    pub(super) fn plan(&self, nth: usize, trouble: Trouble) {
        let mut pages = self.pages();
        let number = pages.requests.len() + nth;
        pages.plan.push((number, trouble));
    }

    pub(super) fn recover(&self) {
        self.pages().plan.clear();
    }

    pub(super) fn requests(&self) -> Vec<Recorded> {
        self.pages().requests.clone()
    }

    pub(super) fn count(&self) -> usize {
        self.pages().requests.len()
    }

    fn pages(&self) -> MutexGuard<'_, Pages> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
