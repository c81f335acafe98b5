use std::collections::BTreeMap;
use std::convert::Infallible;
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::{Duration, SystemTime};

use async_trait::async_trait;
use paylink::desk::contract::Subject;
use paylink::desk::{
    Claim, Claimed, Delivery, DueDelivery, Ledger, OrderStore, Saved, StoredOrder,
};

/// What is wrong with a store.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Flaw {
    None,
    InventsOrders,
    ForgetsWhatIsSaved,
    ReadsThenClaims,
    ReadsThenTakesOver,
    HoldsNobodyOff,
    NeverEndsALease,
    EndsLeasesEarly,
    NumbersEveryGrantAlike,
    ForgetsTheFenceOnRelease,
    KeepsWhatIsReleased,
    LetsAnybodyRelease,
    ClaimsAllOrdersAtOnce,
    GrantsWhatItReadBefore,
    LetsAnybodySave,
    ComparesThenSaves,
    LetsAnybodyDeliver,
    ComparesThenDelivers,
    DeliversWithoutTheLedger,
    WritesWithoutTheDelivery,
    DeliversTwice,
    DeliversWhatIsSuperseded,
    NeverWritesWhenToLook,
    KeepsWhatItSavesAtLast,
    LetsAnybodySaveAtLast,
    TakesWhatIsHeld,
    AsksNoAccount,
    ClaimsMoreThanAskedFor,
    ClaimsWhatIsDueInTwoSteps,
    ForgetsThatItClaimed,
    TakesADeliveryInTwoSteps,
    TakesMoreThanAskedFor,
    TakesTheLatestFirst,
    LetsAnybodyPutOff,
    TriesDeadLetters,
    ForgetsWhatWentOut,
}

/// A store with one flaw, and none besides.
pub(super) struct Flawed {
    flaw: Flaw,
    books: Mutex<Books>,
}

#[derive(Default)]
struct Books {
    rows: BTreeMap<String, Row>,
    outbox: Vec<Due>,
}

struct Due {
    delivery: Delivery,
    tries: u32,
    due_at: Option<SystemTime>,
}

struct Row {
    order: StoredOrder,
    fence: u64,
    claimed_until: Option<SystemTime>,
}

impl Flawed {
    fn is(&self, flaw: Flaw) -> bool {
        self.flaw == flaw
    }

    fn books(&self) -> MutexGuard<'_, Books> {
        self.books.lock().expect("no panic with the books open")
    }

    /// Lets others in, if this is the store's flaw.
    async fn dawdle(&self, flaw: Flaw) {
        if self.is(flaw) {
            for _ in 0..3 {
                tokio::task::yield_now().await;
            }
        }
    }

    fn is_held(&self, order: &str, now: SystemTime) -> Option<SystemTime> {
        let books = self.books();
        let row = &books.rows[order];
        let everybody = || books.rows.values().find_map(|row| row.claimed_until);
        let until = if self.is(Flaw::ClaimsAllOrdersAtOnce) {
            everybody()
        } else {
            row.claimed_until
        };
        let slack = match self.flaw {
            Flaw::EndsLeasesEarly => Duration::from_secs(5),
            _ => Duration::ZERO,
        };
        until
            .filter(|until| self.is(Flaw::NeverEndsALease) || now + slack < *until)
            .filter(|_| !self.is(Flaw::HoldsNobodyOff))
    }

    fn may(&self, claim: &Claim, anybody: Flaw) -> bool {
        let books = self.books();
        let row = books.rows.get(claim.order());
        self.is(anybody) || row.is_some_and(|row| row.fence == claim.fence())
    }

    fn write(&self, claim: &Claim, change: impl FnOnce(&mut Row)) {
        change(self.books().rows.get_mut(claim.order()).expect("a row"));
    }
}

#[async_trait]
impl OrderStore for Flawed {
    type Error = Infallible;

    async fn load(&self, order: &str) -> Result<Option<StoredOrder>, Infallible> {
        Ok(self.books().rows.get(order).map(|row| row.order.clone()))
    }

    async fn claim(
        &self,
        order: &str,
        now: SystemTime,
        lease: Duration,
    ) -> Result<Claimed, Infallible> {
        let before = match self.load(order).await? {
            Some(order) => order,
            None if self.is(Flaw::InventsOrders) => {
                let all = self.books();
                let first = all.rows.values().next().expect("a row");
                return Ok(Claimed::Granted {
                    claim: Claim::new(order, 1, now + lease),
                    order: Box::new(first.order.clone()),
                });
            }
            None => return Ok(Claimed::NoSuchOrder),
        };
        self.dawdle(Flaw::GrantsWhatItReadBefore).await;
        // A flawless store looks and claims under one lock; these two let others in between.
        let careless = match self.flaw {
            Flaw::ReadsThenClaims => true,
            Flaw::ReadsThenTakesOver => self.books().rows[order].claimed_until.is_some(),
            _ => false,
        };
        if careless {
            if let Some(until) = self.is_held(order, now) {
                return Ok(Claimed::Held { until });
            }
            self.dawdle(self.flaw).await;
        }
        let lock = LOOK_AND_CLAIM.lock().expect("no panic under the lock");
        if !careless && let Some(until) = self.is_held(order, now) {
            return Ok(Claimed::Held { until });
        }
        let mut books = self.books();
        let row = books.rows.get_mut(order).expect("a row");
        if !self.is(Flaw::NumbersEveryGrantAlike) {
            row.fence += 1;
        }
        let until = now + lease;
        row.claimed_until = Some(until);
        let stored = match self.flaw {
            Flaw::GrantsWhatItReadBefore => before,
            _ => row.order.clone(),
        };
        drop(lock);
        Ok(Claimed::Granted {
            claim: Claim::new(order, row.fence, until),
            order: Box::new(stored),
        })
    }

    async fn save(&self, claim: &Claim, ledger: &Ledger) -> Result<Saved, Infallible> {
        if self.is(Flaw::ComparesThenSaves) {
            if !self.may(claim, Flaw::LetsAnybodySave) {
                return Ok(Saved::Superseded);
            }
            self.dawdle(Flaw::ComparesThenSaves).await;
        }
        let _lock = LOOK_AND_CLAIM.lock().expect("no panic under the lock");
        let compared = self.is(Flaw::ComparesThenSaves);
        if !compared && !self.may(claim, Flaw::LetsAnybodySave) {
            return Ok(Saved::Superseded);
        }
        if !self.is(Flaw::ForgetsWhatIsSaved) {
            self.write(claim, |row| {
                row.order = row.order.clone().with_ledger(ledger.clone());
            });
        }
        Ok(Saved::Done)
    }

    async fn deliver(
        &self,
        claim: &Claim,
        ledger: &Ledger,
        delivery: &Delivery,
    ) -> Result<Saved, Infallible> {
        let compared = self.is(Flaw::ComparesThenDelivers);
        if compared {
            if !self.may(claim, Flaw::LetsAnybodyDeliver) {
                return Ok(Saved::Superseded);
            }
            self.dawdle(Flaw::ComparesThenDelivers).await;
        }
        let _lock = LOOK_AND_CLAIM.lock().expect("no panic under the lock");
        let deliver = || {
            self.books().outbox.push(Due {
                delivery: delivery.clone(),
                tries: 0,
                due_at: Some(SystemTime::UNIX_EPOCH),
            });
        };
        if !compared && !self.may(claim, Flaw::LetsAnybodyDeliver) {
            if self.is(Flaw::DeliversWhatIsSuperseded) {
                deliver();
            }
            return Ok(Saved::Superseded);
        }
        if !self.is(Flaw::DeliversWithoutTheLedger) {
            self.write(claim, |row| {
                row.order = row.order.clone().with_ledger(ledger.clone());
            });
        }
        if !self.is(Flaw::WritesWithoutTheDelivery) {
            deliver();
        }
        if self.is(Flaw::DeliversTwice) {
            deliver();
        }
        Ok(Saved::Done)
    }

    async fn release(&self, claim: &Claim) -> Result<(), Infallible> {
        let _lock = LOOK_AND_CLAIM.lock().expect("no panic under the lock");
        if self.is(Flaw::KeepsWhatIsReleased) || !self.may(claim, Flaw::LetsAnybodyRelease) {
            return Ok(());
        }
        self.write(claim, |row| {
            row.claimed_until = None;
            if self.is(Flaw::ForgetsTheFenceOnRelease) {
                row.fence = 0;
            }
        });
        Ok(())
    }

    async fn save_and_release(&self, claim: &Claim, ledger: &Ledger) -> Result<Saved, Infallible> {
        if self.is(Flaw::LetsAnybodySaveAtLast) {
            self.write(claim, |row| {
                row.order = row.order.clone().with_ledger(ledger.clone());
            });
        }
        let saved = self.save(claim, ledger).await?;
        if saved == Saved::Done && !self.is(Flaw::KeepsWhatItSavesAtLast) {
            self.release(claim).await?;
        }
        Ok(saved)
    }

    async fn claim_due(
        &self,
        account: &str,
        now: SystemTime,
        lease: Duration,
        limit: usize,
    ) -> Result<Vec<Claim>, Infallible> {
        if self.is(Flaw::NeverWritesWhenToLook) {
            return Ok(Vec::new());
        }
        let limit = match self.flaw {
            Flaw::ClaimsMoreThanAskedFor => usize::MAX,
            _ => limit,
        };
        let is_due = |row: &Row| {
            let is_free = row.claimed_until.is_none_or(|until| until <= now);
            let is_own = row.order.account() == account;
            let next = row.order.ledger().next_check_at();
            (is_free || self.is(Flaw::TakesWhatIsHeld))
                && (is_own || self.is(Flaw::AsksNoAccount))
                && next.is_some_and(|at| at <= now)
        };
        let due = |books: &Books| {
            let rows = books.rows.iter().filter(|(_, row)| is_due(row));
            let mut due: Vec<_> = rows
                .map(|(name, row)| (row.order.ledger().next_check_at(), name.clone()))
                .collect();
            due.sort();
            due.into_iter().map(|(_, name)| name).take(limit)
        };
        let before = due(&self.books());
        self.dawdle(Flaw::ClaimsWhatIsDueInTwoSteps).await;
        let mut books = self.books();
        let due = match self.flaw {
            Flaw::ClaimsWhatIsDueInTwoSteps => before,
            _ => due(&books),
        };
        let claims = due.map(|name| {
            let row = books.rows.get_mut(&name).expect("a row");
            row.fence += 1;
            let until = now + lease;
            if !self.is(Flaw::ForgetsThatItClaimed) || row.fence % 2 == 1 {
                row.claimed_until = Some(until);
            }
            Claim::new(name, row.fence, until)
        });
        Ok(claims.collect())
    }

    async fn take_due_deliveries(
        &self,
        now: SystemTime,
        lease: Duration,
        limit: usize,
    ) -> Result<Vec<DueDelivery>, Infallible> {
        let is_due = |due: &Due| due.due_at.is_some_and(|at| at <= now);
        let take = |due: &mut Due| {
            due.tries += 1;
            due.due_at = Some(now + lease);
            DueDelivery::new(due.delivery.clone(), due.tries)
        };
        if self.is(Flaw::TakesADeliveryInTwoSteps) {
            let found: Vec<_> = {
                let books = self.books();
                let places = books.outbox.iter().enumerate();
                places
                    .filter(|(_, due)| is_due(due))
                    .map(|(at, _)| at)
                    .collect()
            };
            self.dawdle(self.flaw).await;
            let mut books = self.books();
            return Ok(found
                .into_iter()
                .map(|at| take(&mut books.outbox[at]))
                .collect());
        }
        let mut books = self.books();
        let mut due: Vec<_> = books.outbox.iter_mut().filter(|due| is_due(due)).collect();
        due.sort_by_key(|due| due.due_at);
        if self.is(Flaw::TakesTheLatestFirst) {
            due.reverse();
        }
        let limit = if self.is(Flaw::TakesMoreThanAskedFor) {
            due.len()
        } else {
            limit
        };
        Ok(due.into_iter().take(limit).map(take).collect())
    }

    async fn postpone_delivery(
        &self,
        taken: &DueDelivery,
        until: Option<SystemTime>,
    ) -> Result<Saved, Infallible> {
        let mut books = self.books();
        let is_own = |due: &&mut Due| {
            let is_newest = due.tries == taken.attempts() || self.is(Flaw::LetsAnybodyPutOff);
            due.delivery.id() == taken.delivery().id() && is_newest && due.due_at.is_some()
        };
        Ok(match books.outbox.iter_mut().find(is_own) {
            Some(due) => {
                due.due_at = match self.flaw {
                    Flaw::TriesDeadLetters => Some(until.unwrap_or(SystemTime::UNIX_EPOCH)),
                    _ => until,
                };
                Saved::Done
            }
            None => Saved::Superseded,
        })
    }

    async fn close_delivery(&self, id: &str) -> Result<(), Infallible> {
        if !self.is(Flaw::ForgetsWhatWentOut) {
            let mut books = self.books();
            let of_id = |due: &&mut Due| due.delivery.id() == id;
            books
                .outbox
                .iter_mut()
                .filter(of_id)
                .for_each(|due| due.due_at = None);
        }
        Ok(())
    }
}

/// What makes a step of a flawless store one step.
static LOOK_AND_CLAIM: Mutex<()> = Mutex::new(());

#[async_trait]
impl Subject for Flaw {
    type Store = Flawed;

    async fn store_with(&self, orders: &[(String, StoredOrder)]) -> Arc<Flawed> {
        let row = |order: &StoredOrder| Row {
            order: order.clone(),
            fence: 0,
            claimed_until: None,
        };
        let rows = orders.iter();
        Arc::new(Flawed {
            flaw: *self,
            books: Mutex::new(Books {
                rows: rows
                    .map(|(name, order)| (name.clone(), row(order)))
                    .collect(),
                outbox: Vec::new(),
            }),
        })
    }

    async fn deliveries(&self, store: &Flawed, order: &str) -> usize {
        let books = store.books();
        let of_order = |due: &&Due| due.delivery.order() == order;
        books.outbox.iter().filter(of_order).count()
    }

    async fn stage(&self, store: &Flawed, order: &str) -> String {
        store.books().rows[order].order.ledger().stage().to_string()
    }
}
