//! The books against what a provider lists. Reading changes nothing, neither here nor there.

mod found;
mod listed;
mod matching;

use std::fmt;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use paylink::{Account, Capability, ErrorKind, FieldKey, Invalid, JalaliDate, JalaliDateTime};

pub use self::found::{Agreed, CutShort, Discrepancy, DiscrepancyKind, Reconciled};
use self::listed::List;
use self::matching::{Matching, Missing};
use crate::orders::Orders;
use crate::{Books, BooksError};

/// How long an order may have waited for its payment: orders that were added so long before the period are read with it.
const ORDERS_BACK: Duration = Duration::from_secs(30 * 24 * 60 * 60);
/// How far the list is read beyond the period: the clocks of provider and merchant differ, and so do the moments that each
/// notes of one payment.
const MARGIN: Duration = Duration::from_secs(60 * 60);
/// How much a provider's clock may be ahead.
const AHEAD: Duration = Duration::from_secs(15 * 60);
/// A list of 100 a page may hold 100,000 payments.
const MOST_PAGES: u32 = 1_000;
/// How many payments that are missing in the list are asked for one by one.
const MOST_ASKED: usize = 100;
/// How many orders are read at once.
const PAGE: u16 = 500;

const PERIOD: FieldKey = FieldKey::new("period", "period");

/// Which payments are compared: those that were **created** in a period, its first moment included and its last one not.
///
/// A payment belongs to the period in which it was created, whenever it was paid: that is what the providers list by.
///
/// ```
/// use paylink_books::Reconciliation;
///
/// let day = Reconciliation::of_day("1405/09/08".parse()?)?;
/// assert!(Reconciliation::between(day.to(), day.from()).is_err());
/// # Ok::<(), paylink::Invalid>(())
/// ```
#[derive(Clone)]
#[must_use = "it compares nothing by itself"]
pub struct Reconciliation {
    from: SystemTime,
    to: SystemTime,
    orders_back: Duration,
    most_pages: u32,
    now: Option<SystemTime>,
    progress: Option<Arc<dyn Fn(Progress) + Send + Sync>>,
}

impl Reconciliation {
    /// The payments of one day in Tehran.
    ///
    /// # Errors
    ///
    /// On the last day of the year 1499, whose end has no date.
    pub fn of_day(day: JalaliDate) -> Result<Reconciliation, Invalid> {
        let (from, to) = listed::bounds(day)?;
        Reconciliation::between(from, to)
    }

    /// The payments that were created from this moment on and before that one.
    ///
    /// # Errors
    ///
    /// If the period holds nothing, or is outside the Jalali years 1300 to 1499: correct it.
    pub fn between(from: SystemTime, to: SystemTime) -> Result<Reconciliation, Invalid> {
        if from >= to {
            return Err(Invalid::new(PERIOD, "ends before it begins")
                .with_remedy("give a beginning that is earlier than the end"));
        }
        JalaliDateTime::from_system_time(from).map_err(|it| it.under(PERIOD))?;
        JalaliDateTime::from_system_time(to).map_err(|it| it.under(PERIOD))?;
        Ok(Reconciliation {
            from,
            to,
            orders_back: ORDERS_BACK,
            most_pages: MOST_PAGES,
            now: None,
            progress: None,
        })
    }

    /// How long before the period an order may have been added whose payment was created in it: 30 days. One that is older is
    /// compared too if the provider lists its payment; if it does not, nobody notices.
    pub fn orders_back(mut self, time: Duration) -> Reconciliation {
        self.orders_back = time;
        self
    }

    /// How many pages of the provider's list are read at the most: 1,000.
    pub fn most_pages(mut self, pages: u32) -> Reconciliation {
        self.most_pages = pages;
        self
    }

    /// Takes this for the present moment, in place of what the machine's clock shows when it begins.
    pub fn now(mut self, now: SystemTime) -> Reconciliation {
        self.now = Some(now);
        self
    }

    /// Tells this function how far it is, after each page of the list and of the books.
    pub fn progress(mut self, tell: impl Fn(Progress) + Send + Sync + 'static) -> Reconciliation {
        self.progress = Some(Arc::new(tell));
        self
    }

    /// The first moment of the period.
    #[must_use]
    pub fn from(&self) -> SystemTime {
        self.from
    }

    /// The first moment after the period.
    #[must_use]
    pub fn to(&self) -> SystemTime {
        self.to
    }

    fn holds(&self, moment: SystemTime) -> bool {
        self.from <= moment && moment < self.to
    }

    fn tell(&self, progress: Progress) {
        if let Some(tell) = &self.progress {
            tell(progress);
        }
    }
}

impl fmt::Debug for Reconciliation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Reconciliation")
            .field("from", &self.from)
            .field("to", &self.to)
            .finish_non_exhaustive()
    }
}

/// How far a reconciliation is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[non_exhaustive]
pub enum Progress {
    /// The provider's list is being read.
    Listing {
        /// How many pages came.
        pages: u32,
        /// How many payments stood on them.
        payments: usize,
    },
    /// The books are being read.
    Reading {
        /// How many orders were read.
        orders: u64,
    },
    /// Payments that the list does not hold are asked for one by one.
    Asking {
        /// How many were asked for.
        payments: usize,
    },
}

/// Why nothing could be compared. Nothing was changed by it.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ReconcileError {
    /// The provider has no list, or this way to it offers none: compare with its panel by hand.
    #[error(
        "account \"{account}\" cannot be reconciled, so compare with the provider's panel by hand: {source}"
    )]
    NoList {
        /// The account.
        account: String,
        /// What the provider does not offer, and why.
        source: paylink::Error,
    },
    /// The provider did not give a page of its list. It is a read: ask again.
    #[error(
        "the list of account \"{account}\" could not be read, and nothing was compared: {source}"
    )]
    List {
        /// The account.
        account: String,
        /// What went wrong.
        source: paylink::Error,
    },
    /// The books could not be read.
    #[error(transparent)]
    Books(#[from] BooksError),
}

impl Books {
    /// Holds the books against what the provider of an account lists, and says what differs and how much was looked at.
    ///
    /// It reads, and changes nothing: nothing is confirmed, settled or handed out by it. The list comes first and the books
    /// after it, so that what is settled meanwhile is not taken for a discrepancy; the shop may run. Settled payments that the
    /// list does not hold are asked for one by one, the first hundred of them. Memory holds the list of the period and no more
    /// of the books than a page.
    ///
    /// Payments are matched by the provider's ids that the ledgers hold, and by their reference where a ledger holds none. An
    /// order has a payment for each time it was opened anew, and each is compared. A payment that matches no order of the
    /// period is looked for in all the books, which takes its time where they are large.
    ///
    /// # Errors
    ///
    /// If the provider has no list, a page of it cannot be read, or the database fails.
    pub async fn reconcile(
        &self,
        account: &Account,
        what: &Reconciliation,
    ) -> Result<Reconciled, ReconcileError> {
        let capabilities = account.capabilities();
        let offers = |capability| capabilities.support(capability).is_supported();
        if !offers(Capability::List) {
            return Err(ReconcileError::NoList {
                account: account.name().to_owned(),
                source: capabilities.unsupported(Capability::List),
            });
        }
        let began = what.now.unwrap_or_else(SystemTime::now);
        let list = List::read(account, what, began).await;
        let list = list.map_err(|source| ReconcileError::List {
            account: account.name().to_owned(),
            source,
        })?;
        let mut matching = Matching::new(account, what, began, list);
        let since = what.from.checked_sub(what.orders_back);
        let since = since.unwrap_or(SystemTime::UNIX_EPOCH);
        let until = what.to.checked_add(MARGIN).unwrap_or(what.to);
        let near = Orders::all().created_since(since).created_until(until);
        self.compare(near, &mut matching, what).await?;
        if matching.has_strangers() {
            let older = Orders::all().created_until(since);
            self.compare(older, &mut matching, what).await?;
            let newer = Orders::all().created_since(until);
            self.compare(newer, &mut matching, what).await?;
        }
        let mut missing = matching.take_missing();
        if offers(Capability::State) {
            for (asked, one) in missing.iter_mut().take(MOST_ASKED).enumerate() {
                if !one.ask(account).await {
                    break;
                }
                what.tell(Progress::Asking {
                    payments: asked.saturating_add(1),
                });
            }
        }
        Ok(matching.into_report(missing))
    }

    async fn compare(
        &self,
        which: Orders,
        matching: &mut Matching<'_>,
        what: &Reconciliation,
    ) -> Result<(), BooksError> {
        let mut page = which.limit(PAGE);
        loop {
            let orders = self.whole_orders(&page).await?;
            for order in &orders {
                matching.hold(&order.name, &order.order);
            }
            what.tell(Progress::Reading {
                orders: matching.orders(),
            });
            match orders.last() {
                Some(last) if orders.len() >= usize::from(PAGE) => {
                    page = page.after_order(last.created_at, &last.name);
                }
                _ => return Ok(()),
            }
        }
    }
}

impl Missing {
    /// Asks the provider for the payment by itself: which day a payment is listed under is not certain everywhere, and a list
    /// that was read while payments came in may have a gap. `false` if the provider wants to be left alone.
    async fn ask(&mut self, account: &Account) -> bool {
        let Some(record) = &self.record else {
            return true;
        };
        match account.state(record).await {
            Ok(payment) => self.found = Some(payment),
            // Any other error tells no more than the list does.
            Err(error) => return error.kind() != ErrorKind::RateLimited,
        }
        true
    }
}
