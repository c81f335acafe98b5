use std::collections::{HashMap, HashSet};

use super::link::Link;
use super::merchant::Merchant;

/// The send id of SizPay's own sample, with which the sandbox begins.
const FIRST: u64 = 26_041;

/// All pay links, in the order in which they were sent.
#[derive(Debug, Default)]
pub(super) struct Store {
    links: Vec<Link>,
    places: HashMap<u64, usize>,
    reference_numbers: HashSet<String>,
}

impl Store {
    /// Returns the send id of the next link.
    pub(super) fn next_id(&self) -> u64 {
        self.links
            .last()
            .map_or(FIRST, |link| link.send_id.saturating_add(1))
    }

    pub(super) fn insert(&mut self, link: Link) {
        self.places.insert(link.send_id, self.links.len());
        self.links.push(link);
    }

    pub(super) fn get(&self, send_id: u64) -> Option<&Link> {
        self.links.get(*self.places.get(&send_id)?)
    }

    pub(super) fn get_mut(&mut self, send_id: u64) -> Option<&mut Link> {
        self.links.get_mut(*self.places.get(&send_id)?)
    }

    /// Lists all links, oldest first.
    pub(super) fn all(&self) -> impl DoubleEndedIterator<Item = &Link> {
        self.links.iter()
    }

    /// Lists a merchant's links, oldest first.
    pub(super) fn of(&self, merchant: &Merchant) -> impl DoubleEndedIterator<Item = &Link> {
        self.all()
            .filter(|link| link.pay_link_name == merchant.pay_link_name())
    }

    /// Takes the first number that no payment has: a seed that is set again repeats itself.
    pub(super) fn take_reference_number(&mut self, mut draw: impl FnMut() -> String) -> String {
        loop {
            let number = draw();
            if self.reference_numbers.insert(number.clone()) {
                return number;
            }
        }
    }
}
