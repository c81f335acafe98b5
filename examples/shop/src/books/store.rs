//! The part of the books that the desk works with: what a merchant writes once, against whatever database there is.
//!
//! In SQL each method is one statement or one transaction; here it is one lock and one line.

use std::time::{Duration, SystemTime};

use async_trait::async_trait;
use paylink::desk::{Claim, Claimed, Delivery, Ledger, OrderStore, Saved, StoredOrder};

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
}
