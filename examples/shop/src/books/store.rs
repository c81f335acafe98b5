//! The part of the books that the desk works with: what a merchant writes once, against whatever database there is.
//!
//! In SQL each method is one statement or one transaction; here it is one lock and one line.

use std::time::{Duration, SystemTime};

use async_trait::async_trait;
use paylink::desk::{
    Claim, Claimed, Delivery, DueDelivery, Ledger, OrderStore, Saved, StoredOrder,
};

use super::{Books, BooksError};
use crate::order::Order;

#[async_trait]
impl OrderStore for Books {
    type Error = BooksError;

    async fn load(&self, order: &str) -> Result<Option<StoredOrder>, BooksError> {
        let shelf = self.shelf();
        Ok(shelf.orders.get(order).map(Order::stored).transpose()?)
    }

    async fn claim(
        &self,
        order: &str,
        now: SystemTime,
        lease: Duration,
    ) -> Result<Claimed, BooksError> {
        let mut shelf = self.shelf();
        let Some(mut row) = shelf.orders.get(order).cloned() else {
            return Ok(Claimed::NoSuchOrder);
        };
        if let Some(until) = row.claimed_until.filter(|until| now < *until) {
            return Ok(Claimed::Held { until });
        }
        let until = now.checked_add(lease).unwrap_or(now);
        row.fence = row.fence.saturating_add(1);
        row.claimed_until = Some(until);
        let claim = Claim::new(order, row.fence, until);
        let order = Box::new(row.stored()?);
        shelf.write(row)?;
        Ok(Claimed::Granted { claim, order })
    }

    async fn save(&self, claim: &Claim, ledger: &Ledger) -> Result<Saved, BooksError> {
        let mut shelf = self.shelf();
        let Some(mut row) = shelf.claimed_by(claim) else {
            return Ok(Saved::Superseded);
        };
        row.ledger = ledger.clone();
        shelf.write(row)?;
        Ok(Saved::Done)
    }

    async fn deliver(
        &self,
        claim: &Claim,
        ledger: &Ledger,
        delivery: &Delivery,
    ) -> Result<Saved, BooksError> {
        let mut shelf = self.shelf();
        let Some(mut row) = shelf.claimed_by(claim) else {
            return Ok(Saved::Superseded);
        };
        row.ledger = ledger.clone();
        row.outbox.push(delivery.clone());
        row.due_at = Some(delivery.settled_at());
        shelf.write(row)?;
        Ok(Saved::Done)
    }

    async fn release(&self, claim: &Claim) -> Result<(), BooksError> {
        let mut shelf = self.shelf();
        if let Some(mut row) = shelf.claimed_by(claim) {
            row.claimed_until = None;
            shelf.write(row)?;
        }
        Ok(())
    }

    async fn due(&self, now: SystemTime, limit: usize) -> Result<Vec<String>, BooksError> {
        let shelf = self.shelf();
        let mut due: Vec<_> = shelf
            .orders
            .values()
            .filter(|row| row.claimed_until.is_none_or(|until| until <= now))
            .filter_map(|row| Some((row.ledger.next_check_at()?, &row.number)))
            .filter(|(at, _)| *at <= now)
            .collect();
        due.sort_unstable();
        let numbers = due.into_iter().map(|(_, number)| number.clone());
        Ok(numbers.take(limit).collect())
    }

    async fn take_due_deliveries(
        &self,
        now: SystemTime,
        lease: Duration,
        limit: usize,
    ) -> Result<Vec<DueDelivery>, BooksError> {
        let mut shelf = self.shelf();
        let is_due = |row: &&Order| row.due_at.is_some_and(|at| at <= now);
        let mut due: Vec<Order> = shelf.orders.values().filter(is_due).cloned().collect();
        due.sort_by_key(|row| row.due_at);
        let mut taken = Vec::new();
        for mut row in due.into_iter().take(limit) {
            row.due_at = Some(now.checked_add(lease).unwrap_or(now));
            row.tries = row.tries.saturating_add(1);
            let deliveries = row.outbox.iter();
            taken.extend(deliveries.map(|it| DueDelivery::new(it.clone(), row.tries)));
            shelf.write(row)?;
        }
        Ok(taken)
    }

    async fn postpone_delivery(
        &self,
        taken: &DueDelivery,
        until: SystemTime,
    ) -> Result<Saved, BooksError> {
        let mut shelf = self.shelf();
        let row = shelf.orders.get(taken.delivery().id()).cloned();
        let is_taken = |row: &Order| row.due_at.is_some() && row.tries == taken.attempts();
        let Some(mut row) = row.filter(is_taken) else {
            return Ok(Saved::Superseded);
        };
        row.due_at = Some(until);
        shelf.write(row)?;
        Ok(Saved::Done)
    }

    async fn close_delivery(&self, id: &str) -> Result<(), BooksError> {
        let mut shelf = self.shelf();
        if let Some(mut row) = shelf.orders.get(id).cloned() {
            row.due_at = None;
            shelf.write(row)?;
        }
        Ok(())
    }
}
