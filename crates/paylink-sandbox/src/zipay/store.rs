use std::collections::{HashMap, VecDeque};
use std::time::SystemTime;

use super::invoice::Invoice;
use super::invoice::WrongState;

/// All invoices, in the order of their creation.
#[derive(Debug)]
pub(super) struct Store {
    invoices: Vec<Invoice>,
    places: HashMap<String, usize>,
    numbers: HashMap<(u64, String), usize>,
    /// Payments by the time they fall due, the earliest first: the time allowed is the same for all.
    unverified: VecDeque<(SystemTime, usize)>,
    next_transaction: u64,
}

impl Store {
    pub(super) fn starting_at(transaction: u64) -> Self {
        Self {
            invoices: Vec::new(),
            places: HashMap::new(),
            numbers: HashMap::new(),
            unverified: VecDeque::new(),
            next_transaction: transaction,
        }
    }

    /// Returns the number of the next transaction.
    pub(super) fn take_transaction(&mut self) -> u64 {
        let number = self.next_transaction;
        self.next_transaction = number.saturating_add(1);
        number
    }

    pub(super) fn has(&self, trackid: &str) -> bool {
        self.places.contains_key(trackid)
    }

    pub(super) fn has_number(&self, terminal: u64, invoice_number: &str) -> bool {
        self.numbers
            .contains_key(&(terminal, invoice_number.to_owned()))
    }

    pub(super) fn insert(&mut self, invoice: Invoice) {
        let place = self.invoices.len();
        self.places.insert(invoice.trackid.clone(), place);
        self.numbers
            .insert((invoice.terminal, invoice.invoice_number.clone()), place);
        self.invoices.push(invoice);
    }

    pub(super) fn get(&self, trackid: &str) -> Option<&Invoice> {
        self.invoices.get(*self.places.get(trackid)?)
    }

    pub(super) fn get_mut(&mut self, trackid: &str) -> Option<&mut Invoice> {
        self.invoices.get_mut(*self.places.get(trackid)?)
    }

    /// Lists all invoices, oldest first.
    pub(super) fn all(&self) -> impl DoubleEndedIterator<Item = &Invoice> {
        self.invoices.iter()
    }

    /// Pays an invoice and remembers when it must be verified.
    pub(super) fn pay(
        &mut self,
        trackid: &str,
        now: SystemTime,
        account_number: u64,
    ) -> Option<Result<&Invoice, WrongState>> {
        let place = *self.places.get(trackid)?;
        let invoice = self.invoices.get_mut(place)?;
        if let Err(wrong) = invoice.pay(now, account_number) {
            return Some(Err(wrong));
        }
        self.unverified
            .extend(invoice.deadline().map(|deadline| (deadline, place)));
        Some(Ok(invoice))
    }

    /// Gives back what was paid and not verified in time.
    pub(super) fn give_back_overdue(&mut self, now: SystemTime) {
        while let Some(&(deadline, place)) = self.unverified.front()
            && deadline <= now
        {
            self.unverified.pop_front();
            if let Some(invoice) = self.invoices.get_mut(place) {
                invoice.give_back_if_overdue(now);
            }
        }
    }
}
