//! The shop's books: its orders, and what is asked about them beyond what the desk asks.

mod file;
mod store;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::SystemTime;

use paylink::Invalid;
use paylink::desk::Claim;
use thiserror::Error;

use crate::order::Order;
use file::OrderFile;

/// All orders, in memory and, if they are to outlive the process, in a file.
///
/// Everything that belongs to an order stands in its one row, so that each step below is one write.
#[derive(Debug)]
pub struct Books(Mutex<Shelf>);

#[derive(Debug)]
struct Shelf {
    orders: BTreeMap<String, Order>,
    /// The next number that was never used, neither for an order nor as a reference.
    next: u64,
    file: Option<OrderFile>,
}

/// What goes wrong with the books.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum BooksError {
    /// The file cannot be read or written, or holds something else.
    #[error("the orders' file: {0}")]
    File(#[from] std::io::Error),
    /// A row does not make a payment.
    #[error("an order's row: {0}")]
    Row(#[from] Invalid),
}

impl Books {
    /// Books that are forgotten with the process, for trying things.
    #[must_use]
    pub fn in_memory() -> Books {
        Books::of(BTreeMap::new(), None)
    }

    /// Books in a file, which is made if it is not there.
    ///
    /// # Errors
    ///
    /// If it cannot be read, or is in use by another process, or holds something else: do not sell before that is mended.
    pub fn in_file(path: &Path) -> Result<Books, BooksError> {
        let (file, orders) = OrderFile::open(path)?;
        Ok(Books::of(orders, Some(file)))
    }

    fn of(orders: BTreeMap<String, Order>, file: Option<OrderFile>) -> Books {
        let used = orders.values().map(|order| order.last_reference).max();
        // A forgetful shop must not use a number again that a provider remembers: it counts from the present second.
        let next = used.map_or_else(seconds, |used| used.saturating_add(1));
        Books(Mutex::new(Shelf { orders, next, file }))
    }

    /// One order.
    #[must_use]
    pub fn order(&self, number: &str) -> Option<Order> {
        self.shelf().orders.get(number).cloned()
    }

    /// All orders, oldest first.
    #[must_use]
    pub fn orders(&self) -> Vec<Order> {
        self.shelf().orders.values().cloned().collect()
    }

    /// A number that was never used.
    pub(crate) fn fresh_number(&self) -> u64 {
        let mut shelf = self.shelf();
        let number = shelf.next;
        shelf.next = number.saturating_add(1);
        number
    }

    /// Puts a new order in.
    pub(crate) fn place(&self, order: Order) -> Result<(), BooksError> {
        self.shelf().write(order)
    }

    /// Notes that an order is asked for again under this reference.
    pub(crate) fn refer(&self, number: &str, reference: u64) -> Result<(), BooksError> {
        let mut shelf = self.shelf();
        match shelf.orders.get(number).cloned() {
            Some(mut order) => {
                order.last_reference = order.last_reference.max(reference);
                shelf.write(order)
            }
            None => Ok(()),
        }
    }

    /// Empties the outbox of one order: gives it its code, once. `None` as long as nothing is due.
    pub(crate) fn hand_out(
        &self,
        number: &str,
        fresh: String,
    ) -> Result<Option<String>, BooksError> {
        let mut shelf = self.shelf();
        let order = shelf.orders.get(number).cloned();
        let Some(mut order) = order.filter(|order| !order.outbox.is_empty()) else {
            return Ok(None);
        };
        if order.code.is_none() {
            order.code = Some(fresh);
            shelf.write(order.clone())?;
        }
        Ok(order.code)
    }

    fn shelf(&self) -> MutexGuard<'_, Shelf> {
        // It is never held across an await, and no step leaves it half-written.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Shelf {
    /// The order, if this claim is still the newest.
    fn claimed_by(&self, claim: &Claim) -> Option<Order> {
        let order = self.orders.get(claim.order())?;
        (order.fence == claim.fence()).then(|| order.clone())
    }

    /// What is in the file is in memory, and the other way round.
    fn write(&mut self, order: Order) -> Result<(), BooksError> {
        if let Some(file) = &mut self.file {
            file.append(&order)?;
        }
        self.orders.insert(order.number.clone(), order);
        Ok(())
    }
}

fn seconds() -> u64 {
    let since = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH);
    since.unwrap_or_default().as_secs()
}
