use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::time::SystemTime;

use super::gateway::Visits;
use super::invoice::{EventKind, Invoice, State};
use super::ledger::Ledger;
use super::links::Links;
use super::links::OneTimeTokens;
use super::refusal::Refusal;
use super::sms::Codes;
use super::sms::Purchases;

/// Everything the sandboxed POD remembers.
#[derive(Debug, Default)]
pub(super) struct Store {
    pub(super) ledger: Ledger,
    pub(super) codes: Codes,
    pub(super) links: Links,
    pub(super) visits: Visits,
    pub(super) purchases: Purchases,
    pub(super) one_time_tokens: OneTimeTokens,
    /// By id, so in the order in which they were issued.
    invoices: BTreeMap<u64, Invoice>,
    unique_numbers: HashMap<String, u64>,
    bill_numbers: HashMap<(u64, String), u64>,
    /// When states end by themselves, the earliest first.
    schedule: BTreeSet<(SystemTime, u64)>,
    last_id: u64,
}

impl Store {
    pub(super) fn starting_at(id: u64) -> Self {
        Self {
            last_id: id,
            ..Self::default()
        }
    }

    /// Returns a number nothing else has.
    pub(super) fn take_id(&mut self) -> u64 {
        self.last_id = self.last_id.saturating_add(1);
        self.last_id
    }

    pub(super) fn insert(&mut self, invoice: Invoice) {
        let id = invoice.id;
        self.unique_numbers
            .insert(invoice.unique_number.clone(), id);
        if let Some(number) = invoice.bill_number.clone() {
            self.bill_numbers.insert((invoice.issuer, number), id);
        }
        self.invoices.insert(id, invoice);
    }

    pub(super) fn get(&self, id: u64) -> Result<&Invoice, Refusal> {
        self.invoices.get(&id).ok_or(Refusal::NO_INVOICE)
    }

    pub(super) fn get_mut(&mut self, id: u64) -> Result<&mut Invoice, Refusal> {
        self.invoices.get_mut(&id).ok_or(Refusal::NO_INVOICE)
    }

    pub(super) fn with_unique_number(&self, number: &str) -> Option<&Invoice> {
        self.invoices.get(self.unique_numbers.get(number)?)
    }

    /// Returns the business's last invoice with this bill number.
    pub(super) fn with_bill_number(&self, issuer: u64, number: &str) -> Option<&Invoice> {
        let id = self.bill_numbers.get(&(issuer, number.to_owned()))?;
        self.invoices.get(id)
    }

    /// Lists all invoices, oldest first.
    pub(super) fn all(&self) -> impl DoubleEndedIterator<Item = &Invoice> {
        self.invoices.values()
    }

    /// Brings an invoice into a state, noting why.
    pub(super) fn turn(
        &mut self,
        id: u64,
        state: State,
        kind: EventKind,
        at: SystemTime,
    ) -> Result<(), Refusal> {
        self.turn_until(id, state, kind, at, None)
    }

    /// Brings an invoice into a state that ends by itself at `due`.
    pub(super) fn turn_until(
        &mut self,
        id: u64,
        state: State,
        kind: EventKind,
        at: SystemTime,
        due: Option<SystemTime>,
    ) -> Result<(), Refusal> {
        let invoice = self.invoices.get_mut(&id).ok_or(Refusal::NO_INVOICE)?;
        if let Some(before) = invoice.due.take() {
            self.schedule.remove(&(before, id));
        }
        invoice.state = state;
        invoice.due = due;
        invoice.note(kind, at);
        self.schedule.extend(due.map(|due| (due, id)));
        Ok(())
    }

    /// Takes the next state that has ended by `now`: when it ended, and whose it is.
    pub(super) fn take_due(&mut self, now: SystemTime) -> Option<(SystemTime, u64)> {
        let first = self.schedule.first().copied();
        let (due, id) = first.filter(|(due, _)| *due <= now)?;
        self.schedule.remove(&(due, id));
        Some((due, id))
    }
}
