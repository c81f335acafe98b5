use paylink_core::Invalid;
use paylink_core::provider::Cursor;

use crate::operations::{InvoicePage, ListInvoices, Sort};
use crate::terminal::Terminal;

/// How many invoices are asked for at once.
const PAGE_SIZE: u32 = 100;

/// A place in the list: a page, and how many invoices stand on the pages before it.
///
/// ZiPay may put fewer on a page than it was asked for, so the page's number alone does not tell whether it is the last.
/// As a cursor it reads `page.passed`.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Place {
    page: u32,
    passed: u64,
}

impl Place {
    pub(super) fn after(cursor: Option<&Cursor>) -> Result<Place, Invalid> {
        let Some(cursor) = cursor else {
            return Ok(Place { page: 1, passed: 0 });
        };
        let parts = cursor.as_str().split_once('.');
        let place = parts.and_then(|(page, passed)| {
            Some(Place {
                page: page.parse().ok()?,
                passed: passed.parse().ok()?,
            })
        });
        place.ok_or_else(|| {
            Invalid::new(Cursor::KEY, "is not one of ZiPay's")
                .value(cursor.as_str())
                .remedy("give back the one that came with the page before")
        })
    }

    pub(super) fn asks_for(self, terminal: Option<Terminal>) -> Result<ListInvoices, Invalid> {
        let list = ListInvoices::new()
            .limit(PAGE_SIZE)?
            .page(self.page)?
            .sort(Sort::NewestFirst);
        match terminal {
            Some(terminal) => list.terminal(terminal.number()),
            None => Ok(list),
        }
    }

    /// Where the page after this one begins; `None` if this one is empty, or reaches the total.
    pub(super) fn following(self, page: &InvoicePage) -> Option<Cursor> {
        let came = u64::try_from(page.invoices.len()).unwrap_or(u64::MAX);
        let passed = self.passed.saturating_add(came);
        let is_last = came == 0 || page.total.is_some_and(|total| passed >= total);
        let next = self.page.checked_add(1).filter(|_| !is_last)?;
        Some(Cursor::new(format!("{next}.{passed}")))
    }
}
