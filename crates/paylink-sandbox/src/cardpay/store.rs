use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::time::SystemTime;

use super::payment::Payment;
use super::payment::{Deposit, Fate, Transfer};
use super::settings::Settings;

/// All payments and deposits, in the order of their creation.
#[derive(Debug)]
pub(super) struct Store {
    payments: BTreeMap<u64, Payment>,
    invoice_numbers: HashSet<u64>,
    /// The open payments by the amount that each waits for. No two wait for the same.
    open: HashMap<u64, u64>,
    /// When the open payments' time is over, and of some that are closed by now.
    deadlines: BTreeSet<(SystemTime, u64)>,
    deposits: Vec<Deposit>,
    next_pay_id: u64,
}

impl Store {
    pub(super) fn starting_at(pay_id: u64) -> Self {
        Self {
            payments: BTreeMap::new(),
            invoice_numbers: HashSet::new(),
            open: HashMap::new(),
            deadlines: BTreeSet::new(),
            deposits: Vec::new(),
            next_pay_id: pay_id,
        }
    }

    /// Returns the identifier of the next payment.
    pub(super) fn take_pay_id(&mut self) -> u64 {
        let pay_id = self.next_pay_id;
        self.next_pay_id = pay_id.saturating_add(1);
        pay_id
    }

    pub(super) fn has_invoice_number(&self, fid: u64) -> bool {
        self.invoice_numbers.contains(&fid)
    }

    /// Tells whether an open payment waits for this amount.
    pub(super) fn awaits(&self, amount: u64) -> bool {
        self.open.contains_key(&amount)
    }

    /// Takes an open payment whose amount no other waits for.
    pub(super) fn insert(&mut self, payment: Payment) {
        self.invoice_numbers.insert(payment.fid);
        self.open.insert(payment.amount, payment.pay_id);
        self.deadlines.insert((payment.expires_at, payment.pay_id));
        self.payments.insert(payment.pay_id, payment);
    }

    pub(super) fn get(&self, pay_id: u64) -> Option<&Payment> {
        self.payments.get(&pay_id)
    }

    pub(super) fn get_mut(&mut self, pay_id: u64) -> Option<&mut Payment> {
        self.payments.get_mut(&pay_id)
    }

    /// Lists all payments, oldest first.
    pub(super) fn all(&self) -> impl DoubleEndedIterator<Item = &Payment> {
        self.payments.values()
    }

    /// Lists all deposits, oldest first.
    pub(super) fn deposits(&self) -> &[Deposit] {
        &self.deposits
    }

    /// Takes a transfer for whichever open payment waits for exactly this amount.
    pub(super) fn deposit(
        &mut self,
        transfer: Transfer,
        settings: &Settings,
        now: SystemTime,
    ) -> Deposit {
        let awaiting = self.open.remove(&transfer.amount);
        let matched = awaiting.and_then(|pay_id| self.payments.get_mut(&pay_id));
        let (matched, fate) = match matched {
            Some(payment) => {
                let fate = transfer.fate_for(payment.card.as_ref(), settings);
                if let Some((status, kind)) = fate.of_payment() {
                    payment.turn(status, kind, now);
                }
                (Some(payment.pay_id), fate)
            }
            None => (None, Fate::Unmatched),
        };
        let deposit = Deposit {
            number: u64::try_from(self.deposits.len())
                .unwrap_or(u64::MAX)
                .saturating_add(1),
            at: now,
            amount: transfer.amount,
            to: transfer.to,
            from: transfer.from,
            meant_for: transfer.meant_for,
            matched,
            fate,
        };
        self.deposits.push(deposit.clone());
        deposit
    }

    /// Closes the open payments whose time is over; their amounts are free again.
    pub(super) fn expire_overdue(&mut self, now: SystemTime) {
        while let Some(&(deadline, pay_id)) = self.deadlines.first()
            && deadline <= now
        {
            self.deadlines.pop_first();
            let Some(payment) = self.payments.get_mut(&pay_id) else {
                continue;
            };
            if self.open.get(&payment.amount) == Some(&pay_id) {
                self.open.remove(&payment.amount);
                payment.expire();
            }
        }
    }
}
