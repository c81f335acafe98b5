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
    fn is_unique(&self) -> bool;

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
mod tests {
    use std::sync::Mutex;
    use std::sync::atomic::{AtomicU32, Ordering};

    use paylink_testkit::assert_matches;

    use super::*;

    /// A list whose pages a test writes out; the last ones are what it has become by the second reading.
    struct List {
        readings: Vec<Vec<(Vec<u32>, Option<u64>)>>,
        sought: u32,
        reading: Mutex<usize>,
        asked: AtomicU32,
        rows_before: Mutex<Vec<usize>>,
        limit: Option<u64>,
        newest: Option<Vec<u32>>,
        one_is_enough: bool,
    }

    impl List {
        fn of(readings: impl IntoIterator<Item = Vec<Vec<u32>>>) -> List {
            let untold =
                |pages: Vec<Vec<u32>>| pages.into_iter().map(|page| (page, None)).collect();
            List::counted(readings.into_iter().map(untold).collect())
        }

        fn counted(readings: Vec<Vec<(Vec<u32>, Option<u64>)>>) -> List {
            List {
                readings,
                sought: 1,
                reading: Mutex::new(0),
                asked: AtomicU32::new(0),
                rows_before: Mutex::default(),
                limit: None,
                newest: None,
                one_is_enough: false,
            }
        }

        async fn searched(&self) -> SearchOutcome<u32> {
            search(self).await.unwrap()
        }

        fn asked(&self) -> u32 {
            self.asked.load(Ordering::Relaxed)
        }
    }

    impl Pages for List {
        type Row = u32;
        type Id = u32;

        async fn page(&self, number: u32, rows: usize) -> Result<Page<u32>, Error> {
            if number == 0 && self.asked.fetch_add(1, Ordering::Relaxed) > 0 {
                *self.reading.lock().unwrap() += 1;
            } else if number > 0 {
                self.asked.fetch_add(1, Ordering::Relaxed);
            }
            self.rows_before.lock().unwrap().push(rows);
            let reading = *self.reading.lock().unwrap();
            let pages = self.readings.get(reading).or(self.readings.last()).unwrap();
            let page = pages.get(usize::try_from(number).unwrap());
            let (rows, total) = page.or(pages.last()).cloned().unwrap();
            let limit = self.limit;
            Ok(Page { rows, total, limit })
        }

        async fn newest(&self) -> Result<Option<Page<u32>>, Error> {
            Ok(self.newest.clone().map(|rows| Page {
                total: None,
                limit: self.limit,
                rows,
            }))
        }

        fn is_unique(&self) -> bool {
            self.one_is_enough
        }

        fn id(row: &u32) -> u32 {
            *row
        }

        fn matches(&self, row: &u32) -> bool {
            *row == self.sought
        }
    }

    fn rows(range: std::ops::Range<u32>) -> Vec<u32> {
        range.collect()
    }

    #[tokio::test]
    async fn one_page_is_read_once() {
        let list = List::of([vec![vec![]]]);
        assert_matches!(list.searched().await, SearchOutcome::Absent(None));
        let list = List::of([vec![rows(5..14)]]);
        assert_matches!(list.searched().await, SearchOutcome::Absent(Some(5)));
        assert_eq!(list.asked(), 1);
        let list = List::of([vec![rows(0..9)]]);
        assert_matches!(list.searched().await, SearchOutcome::Found(found) if found == [1]);
        assert_eq!(list.asked(), 1);
    }

    /// As many as a page holds that is cut short: there may be more.
    #[tokio::test]
    async fn ten_rows_are_followed_by_another_page() {
        let list = List::of([vec![rows(10..20), vec![1]]]);
        assert_matches!(list.searched().await, SearchOutcome::Found(found) if found == [1]);
        assert_eq!(*list.rows_before.lock().unwrap(), [0, 10]);
        let list = List::of([vec![rows(10..20), rows(20..35), vec![]]]);
        assert_matches!(list.searched().await, SearchOutcome::Absent(Some(10)));
        assert_eq!(list.asked(), 6, "read twice");
    }

    /// However few a page holds: its `total` may count that page alone.
    #[tokio::test]
    async fn a_page_that_is_full_by_its_own_words_is_followed_by_another_one() {
        let by_three = |pages: Vec<(Vec<u32>, Option<u64>)>, limit| List {
            limit: Some(limit),
            ..List::counted(vec![pages])
        };
        let counted = || vec![(rows(10..13), Some(3)), (vec![1], Some(1))];
        for limit in [3, 2, 0] {
            let found = by_three(counted(), limit).searched().await;
            assert_matches!(found, SearchOutcome::Found(found) if found == [1], "{limit}");
        }
        let list = by_three(counted(), 4);
        assert_matches!(list.searched().await, SearchOutcome::Absent(Some(10)));
        assert_eq!(list.asked(), 1);
        let list = by_three(vec![(rows(10..13), Some(3)), (vec![], Some(0))], 3);
        assert_matches!(list.searched().await, SearchOutcome::Absent(Some(10)));
        assert_eq!(list.asked(), 4, "read twice");
        // Of what has no room, an empty page is the end.
        let list = by_three(vec![(vec![], None)], 0);
        assert_matches!(list.searched().await, SearchOutcome::Absent(None));
        assert_eq!(list.asked(), 1);
    }

    #[tokio::test]
    async fn the_newest_page_is_looked_at_before_the_list_is_read() {
        let many = || List::of([vec![rows(10..20), rows(20..30), vec![]]]);
        let with = |newest: Vec<u32>| List {
            newest: Some(newest),
            ..many()
        };
        // It is there.
        let list = with(rows(1..11));
        assert_matches!(list.searched().await, SearchOutcome::Found(found) if found == [1]);
        assert_eq!(list.asked(), 0);
        // It is the whole list.
        let list = with(rows(2..11));
        assert_matches!(list.searched().await, SearchOutcome::Absent(Some(2)));
        assert_eq!(list.asked(), 0);
        // It is full, by its rows or by its own words: that proves nothing.
        for list in [
            with(rows(20..30)),
            List {
                limit: Some(3),
                ..with(rows(20..23))
            },
        ] {
            assert_matches!(list.searched().await, SearchOutcome::Absent(Some(10)));
            assert_eq!(list.asked(), 6);
        }
    }

    #[tokio::test]
    async fn nothing_is_read_after_the_one_that_is_enough() {
        let twice = || List::of([vec![rows(1..11), rows(11..21), vec![]]]);
        let list = List {
            one_is_enough: true,
            ..twice()
        };
        assert_matches!(list.searched().await, SearchOutcome::Found(found) if found == [1]);
        assert_eq!(list.asked(), 1);
        let list = twice();
        assert_matches!(list.searched().await, SearchOutcome::Found(_));
        assert_eq!(list.asked(), 3);
    }

    #[tokio::test]
    async fn what_only_the_second_reading_brings_is_found() {
        let list = List::of([vec![rows(10..20), vec![30]], vec![rows(10..20), vec![1]]]);
        assert_matches!(list.searched().await, SearchOutcome::Found(found) if found == [1]);
    }

    #[tokio::test]
    async fn a_list_that_moves_between_two_readings_proves_nothing() {
        for later in [
            // One went, and all after it moved up: the one that is searched for may have been among them.
            vec![rows(11..21), rows(21..30)],
            // One came.
            vec![rows(9..19), rows(19..31), vec![]],
            vec![rows(10..20), rows(20..29), vec![]],
            vec![rows(10..20), rows(21..31), vec![]],
        ] {
            let list = List::of([vec![rows(10..20), rows(20..30), vec![]], later]);
            assert_matches!(list.searched().await, SearchOutcome::Moved);
        }
    }

    #[tokio::test]
    async fn a_row_on_two_pages_or_a_total_that_changes_proves_nothing() {
        let twice = List::of([vec![rows(10..20), rows(19..25)]]);
        assert_matches!(twice.searched().await, SearchOutcome::Moved);
        assert_eq!(twice.asked(), 2);
        let with = |first, second| vec![(rows(10..20), Some(first)), (rows(20..25), Some(second))];
        for (readings, moved) in [
            (vec![with(15, 15)], false),
            // It counts the page.
            (vec![with(10, 5)], false),
            (vec![with(16, 15)], true),
            (vec![with(15, 16)], true),
            (vec![with(15, 15), with(14, 15)], true),
            (vec![vec![(vec![], Some(1))]], true),
            (vec![vec![(vec![], Some(0))]], false),
        ] {
            let searched = List::counted(readings.clone()).searched().await;
            let moves = matches!(searched, SearchOutcome::Moved);
            assert_eq!(moves, moved, "{readings:?}");
            assert_eq!(matches!(searched, SearchOutcome::Absent(_)), !moved);
        }
    }

    #[tokio::test]
    async fn pages_without_end_are_given_up() {
        // The page that is asked for is passed over.
        let stuck = List::of([vec![rows(10..20)]]);
        assert_matches!(stuck.searched().await, SearchOutcome::Endless);
        assert_eq!(stuck.asked(), 2);
        let many = |last: Vec<u32>| {
            let full = (1..=200).map(|page| rows(page * 100..page * 100 + 10));
            List::of([full.chain([last]).collect()])
        };
        let endless = many(vec![]);
        assert_matches!(endless.searched().await, SearchOutcome::Endless);
        assert_eq!(endless.asked(), 200);
        // What stands on a page that was read is found all the same.
        let mut early = many(vec![]);
        early.sought = 105;
        assert_matches!(early.searched().await, SearchOutcome::Found(found) if found == [105]);
    }
}
