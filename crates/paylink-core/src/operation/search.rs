use std::collections::HashSet;
use std::hash::Hash;

use crate::Error;

/// The most pages of a list that are read in search of one payment.
const MOST_PAGES: usize = 200;

/// A page with fewer rows than this is the last one, unless it is full by its own words: no provider puts so few on a page
/// that has a following one.
const FEW: usize = 10;

/// A list that is read page by page in search of what a key names.
///
/// Filters are not taken at their word: a provider may read one as a prefix, or pass it over.
pub trait Pages: Sync {
    /// What the list is of.
    type Row: Send;
    /// What tells two rows apart.
    type Id: Clone + Eq + Hash + Send;

    /// Reads the page of this number, the first one being 0, after `rows` rows on the pages before. Ask for ten rows or more.
    fn page(
        &self,
        number: u32,
        rows: usize,
    ) -> impl Future<Output = Result<Page<Self::Row>, Error>> + Send;

    /// Reads the page on which the newest rows stand, where the list can be asked for it. What was created a moment ago is
    /// then found at once, however long the list is.
    fn newest(&self) -> impl Future<Output = Result<Option<Page<Self::Row>>, Error>> + Send {
        std::future::ready(Ok(None))
    }

    /// Whether the first row that is sought is the only one of interest, so that nothing is read after it.
    fn is_unique(&self) -> bool {
        false
    }

    /// The provider's id of a row.
    fn id(row: &Self::Row) -> Self::Id;

    /// Whether the row is what is searched for, to the letter.
    fn matches(&self, row: &Self::Row) -> bool;
}

/// One page of a list.
#[derive(Debug)]
pub struct Page<R> {
    /// What stands on it.
    pub rows: Vec<R>,
    /// How many rows all pages have, where the provider says so. It may count this page alone.
    pub total: Option<u64>,
    /// How many rows fit on a page, where the provider says so. A page with as many is not taken for the last one.
    pub limit: Option<u64>,
}

impl<R> Page<R> {
    fn is_last(&self) -> bool {
        let came = self.rows.len();
        let is_full = self
            .limit
            .is_some_and(|limit| u64::try_from(came).is_ok_and(|came| came >= limit));
        came == 0 || (came < FEW && !is_full)
    }
}

/// What searching a list came to.
#[derive(Debug)]
pub enum SearchOutcome<R> {
    /// What was searched for, at least one row of it.
    Found(Vec<R>),
    /// It is not in the list; the first of the rows that the filter let through stands beside.
    Absent(Option<R>),
    /// It was not seen, and the list changed while it was read: what moves from one page to another is on neither.
    Moved,
    /// It was not seen, and the list has more pages than are read here, or its pages repeat one another.
    Endless,
}

/// Reads a list to its end in search of one payment, after the page on which the newest rows stand.
///
/// A list of one page is what it was in one moment. One of several pages is read twice if the payment is not in it, and only
/// if both times bring the same rows on the same pages it is absent.
///
/// # Errors
///
/// Whatever reading a page fails with.
pub async fn search<P: Pages>(pages: &P) -> Result<SearchOutcome<P::Row>, Error> {
    if let Some(page) = pages.newest().await? {
        let mut newest = Reading::new();
        newest.take(pages, page);
        if !newest.sought.is_empty() {
            return Ok(SearchOutcome::Found(newest.sought));
        }
        if newest.end == End::Whole {
            return Ok(SearchOutcome::Absent(newest.other));
        }
    }
    let first = Reading::of(pages).await?;
    match first.end {
        _ if !first.sought.is_empty() => Ok(SearchOutcome::Found(first.sought)),
        End::Endless => Ok(SearchOutcome::Endless),
        End::Incomplete => Ok(SearchOutcome::Moved),
        End::Whole if first.pages.len() <= 1 => Ok(SearchOutcome::Absent(first.other)),
        End::Whole => {
            let second = Reading::of(pages).await?;
            Ok(if !second.sought.is_empty() {
                SearchOutcome::Found(second.sought)
            } else if second.is_of_the_same_list(&first) {
                SearchOutcome::Absent(first.other)
            } else {
                SearchOutcome::Moved
            })
        }
    }
}

/// A list as it was read from its first page on.
struct Reading<P: Pages> {
    pages: Vec<Vec<P::Id>>,
    totals: Vec<Option<u64>>,
    seen: HashSet<P::Id>,
    rows: usize,
    sought: Vec<P::Row>,
    other: Option<P::Row>,
    end: End,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum End {
    /// Every row was seen, as far as the list says.
    Whole,
    /// A row came twice, or fewer came than the list says that it has.
    Incomplete,
    Endless,
}

impl<P: Pages> Reading<P> {
    async fn of(list: &P) -> Result<Reading<P>, Error> {
        let mut reading = Reading::new();
        for number in 0_u32.. {
            if reading.pages.len() == MOST_PAGES {
                break;
            }
            let page = list.page(number, reading.rows).await?;
            let goes_on = reading.take(list, page);
            if !goes_on || (list.is_unique() && !reading.sought.is_empty()) {
                break;
            }
        }
        Ok(reading)
    }

    fn new() -> Reading<P> {
        Reading {
            pages: Vec::new(),
            totals: Vec::new(),
            seen: HashSet::new(),
            rows: 0,
            sought: Vec::new(),
            other: None,
            end: End::Endless,
        }
    }

    /// Takes a page in, and says whether another one follows.
    fn take(&mut self, list: &P, page: Page<P::Row>) -> bool {
        let is_last = page.is_last();
        let came = page.rows.len();
        self.rows = self.rows.saturating_add(came);
        let known_before = self.seen.len();
        let mut ids = Vec::with_capacity(came);
        for row in page.rows {
            let id = P::id(&row);
            ids.push(id.clone());
            if !self.seen.insert(id) {
                continue;
            }
            if list.matches(&row) {
                self.sought.push(row);
            } else {
                self.other.get_or_insert(row);
            }
        }
        if came > 0 && self.seen.len() == known_before {
            // It would go on like this for ever.
            return false;
        }
        self.pages.push(ids);
        self.totals.push(page.total);
        if is_last {
            let promised = self.totals.iter().flatten().max().copied();
            let seen_all = promised.is_none_or(|total| {
                usize::try_from(total).is_ok_and(|total| total <= self.seen.len())
            });
            let each_once = self.rows == self.seen.len();
            self.end = if seen_all && each_once {
                End::Whole
            } else {
                End::Incomplete
            };
        }
        !is_last
    }

    fn is_of_the_same_list(&self, other: &Reading<P>) -> bool {
        self.end == other.end && self.pages == other.pages && self.totals == other.totals
    }
}

#[cfg(test)]
mod tests;
