//! A provider's list of a period, read to its end or as far as it goes.

use std::collections::{HashMap, HashSet};
use std::time::{Duration, SystemTime};

use paylink::{
    Account, Error, Input, InputRule, Invalid, JalaliDate, JalaliDateTime, ListPayments, Payment,
};

use super::{AHEAD, CutShort, MARGIN, Progress, Reconciliation};

/// A payment, and the day under which it is listed, where the list is one of days.
#[derive(Debug)]
pub(super) struct Listed {
    pub(super) payment: Payment,
    day: Option<(SystemTime, SystemTime)>,
}

impl Listed {
    /// Whether it belongs to the period, where nothing here says when it was created.
    ///
    /// Where a list of days does not say when a payment was created, the day is all there is to go by; whether it is that of
    /// the creation or that of the payment is not documented everywhere, so that it counts as it comes. One without any time
    /// counts always: nothing is hidden.
    pub(super) fn is_of(&self, what: &Reconciliation) -> bool {
        match (self.payment.created_at(), self.day) {
            (Some(at), _) => what.holds(at),
            (None, Some((begins, ends))) => begins < what.to && what.from < ends,
            (None, None) => true,
        }
    }

    /// Whether nothing says when it was created.
    pub(super) fn is_undated(&self) -> bool {
        self.payment.created_at().is_none() && self.day.is_none()
    }

    /// Whether it is known by its day alone.
    pub(super) fn has_day_alone(&self) -> bool {
        self.payment.created_at().is_none() && self.day.is_some()
    }
}

/// What was read.
#[derive(Debug, Default)]
pub(super) struct List {
    pub(super) payments: Vec<Listed>,
    pub(super) pages: u32,
    pub(super) cut_short: Option<CutShort>,
    /// Where each payment stands, by what makes two views views of one payment.
    places: HashMap<String, usize>,
    /// The days that were read to their end.
    whole_days: Vec<(SystemTime, SystemTime)>,
    /// The oldest payment that was met, where the list comes newest first.
    reaches: Option<SystemTime>,
}

/// In which order a list without days comes, as far as it was seen.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Sorting {
    NotSeen,
    NewestFirst,
    Another,
}

impl List {
    /// Reads the list of the period, and a margin around it.
    pub(super) async fn read(
        account: &Account,
        what: &Reconciliation,
        began: SystemTime,
    ) -> Result<List, Error> {
        let mut list = List::default();
        match account.capabilities().input(Input::ListDay) {
            InputRule::Unsupported(_) => list.walk_back(account, what).await?,
            InputRule::Required | InputRule::Optional => {
                for day in days(what, began)? {
                    let bounds = bounds(day)?;
                    let first = ListPayments::new().with_day(day);
                    let is_whole = list.walk(account, what, &first, Some(bounds)).await?;
                    if !is_whole {
                        break;
                    }
                    list.whole_days.push(bounds);
                }
            }
        }
        Ok(list)
    }

    /// Whether a payment that was created at this moment would have been listed.
    pub(super) fn reaches(&self, moment: SystemTime) -> bool {
        if self.cut_short.is_none() {
            return true;
        }
        let mut days = self.whole_days.iter();
        let is_of_a_day = days.any(|(begins, ends)| *begins <= moment && moment < *ends);
        let is_newer = self
            .reaches
            .and_then(|oldest| oldest.checked_add(MARGIN))
            .is_some_and(|oldest| oldest <= moment);
        is_of_a_day || is_newer
    }

    /// Reads all pages of a day. Whether it came to the end.
    async fn walk(
        &mut self,
        account: &Account,
        what: &Reconciliation,
        first: &ListPayments,
        day: Option<(SystemTime, SystemTime)>,
    ) -> Result<bool, Error> {
        let mut walk = Walk::new(first);
        while let Some(question) = walk.next.take() {
            if self.pages >= what.most_pages {
                self.cut_short = Some(CutShort::TooManyPages);
                return Ok(false);
            }
            let page = account.list(&question).await?;
            self.add(page.payments(), day, what);
            if !walk.go_on(page.next().cloned()) {
                self.cut_short = Some(CutShort::CursorRepeats);
                return Ok(false);
            }
        }
        Ok(true)
    }

    /// Reads pages until they are older than the period. A list that does not come newest first is read to its end.
    async fn walk_back(&mut self, account: &Account, what: &Reconciliation) -> Result<(), Error> {
        let oldest_wanted = what.from.checked_sub(MARGIN).unwrap_or(what.from);
        let mut sorting = Sorting::NotSeen;
        let mut before: Option<SystemTime> = None;
        let mut walk = Walk::new(&ListPayments::new());
        while let Some(question) = walk.next.take() {
            if self.pages >= what.most_pages {
                self.cut_short = Some(CutShort::TooManyPages);
                break;
            }
            let page = account.list(&question).await?;
            let mut newest_of_page: Option<SystemTime> = None;
            for at in page.payments().iter().filter_map(Payment::created_at) {
                sorting = match before {
                    Some(before) if before < at => Sorting::Another,
                    Some(before) if before > at && sorting == Sorting::NotSeen => {
                        Sorting::NewestFirst
                    }
                    _ => sorting,
                };
                before = Some(at);
                newest_of_page = newest_of_page.max(Some(at));
            }
            self.add(page.payments(), None, what);
            let is_past = newest_of_page.is_some_and(|newest| newest < oldest_wanted);
            if is_past && sorting == Sorting::NewestFirst {
                return Ok(());
            }
            if !walk.go_on(page.next().cloned()) {
                self.cut_short = Some(CutShort::CursorRepeats);
                break;
            }
        }
        self.reaches = before.filter(|_| sorting == Sorting::NewestFirst);
        Ok(())
    }

    /// Keeps what is on a page. What is listed twice, since payments came in between two pages, is one payment, and stands as it
    /// was seen last.
    fn add(
        &mut self,
        page: &[Payment],
        day: Option<(SystemTime, SystemTime)>,
        what: &Reconciliation,
    ) {
        for payment in page {
            let place = self.places.entry(key(payment));
            let place = *place.or_insert(self.payments.len());
            let payment = payment.clone();
            match self.payments.get_mut(place) {
                Some(known) => {
                    known.payment = payment;
                    if !known.is_of(what) {
                        known.day = day;
                    }
                }
                None => self.payments.push(Listed { payment, day }),
            }
        }
        self.pages = self.pages.saturating_add(1);
        what.tell(Progress::Listing {
            pages: self.pages,
            payments: self.payments.len(),
        });
    }
}

/// The payment's ids, or all of it where it comes without.
fn key(payment: &Payment) -> String {
    let mut ids: Vec<_> = payment.ids().collect();
    ids.sort_unstable();
    if ids.is_empty() {
        format!("{payment:?}")
    } else {
        format!("{ids:?}")
    }
}

/// The pages of one list, none of them twice.
struct Walk {
    first: ListPayments,
    next: Option<ListPayments>,
    seen: HashSet<paylink::Cursor>,
}

impl Walk {
    fn new(first: &ListPayments) -> Walk {
        Walk {
            first: first.clone(),
            next: Some(first.clone()),
            seen: HashSet::new(),
        }
    }

    /// Goes on behind this cursor. `false` if it leads back.
    fn go_on(&mut self, cursor: Option<paylink::Cursor>) -> bool {
        let Some(cursor) = cursor else { return true };
        self.next = Some(self.first.clone().with_after(cursor.clone()));
        self.seen.insert(cursor)
    }
}

/// The days in Tehran of the period and the margin around it, none of which is still to come.
fn days(what: &Reconciliation, began: SystemTime) -> Result<Vec<JalaliDate>, Invalid> {
    let first = what.from.checked_sub(MARGIN).unwrap_or(what.from);
    let last = what.to.checked_add(MARGIN).unwrap_or(what.to);
    let last = last.min(began.checked_add(AHEAD).unwrap_or(began));
    let mut days = Vec::new();
    let mut begins = first;
    while begins < last {
        let day = JalaliDate::from_system_time(begins)?;
        days.push(day);
        begins = bounds(day)?.1;
    }
    Ok(days)
}

/// When a day in Tehran begins, and when the next one does.
pub(super) fn bounds(day: JalaliDate) -> Result<(SystemTime, SystemTime), Invalid> {
    const A_DAY: Duration = Duration::from_secs(24 * 60 * 60);

    let begins = JalaliDateTime::new(day, 0, 0, 0)?.to_system_time();
    // A day on which summer time began or ended is an hour shorter or longer; noon is far enough from both.
    let noon = JalaliDateTime::new(day, 12, 0, 0)?.to_system_time();
    let next = noon.checked_add(A_DAY).unwrap_or(noon);
    let next = JalaliDate::from_system_time(next)?;
    Ok((begins, JalaliDateTime::new(next, 0, 0, 0)?.to_system_time()))
}
