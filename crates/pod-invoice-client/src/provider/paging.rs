use paylink_core::provider::{Cursor, ListPayments};
use paylink_core::{Invalid, JalaliDate, JalaliDateTime};

use crate::{InvoiceList, ListInvoices};

/// How many invoices are asked for at once.
const PAGE: u32 = 100;

/// A place in POD's list: how many of its invoices were seen already.
///
/// POD lists the newest first. An invoice that is issued between two pages shows another one twice, and hides none.
pub(super) struct Place {
    seen: u64,
    day: Option<JalaliDate>,
}

impl Place {
    pub(super) fn of(list: &ListPayments) -> Result<Place, Invalid> {
        let seen = match list.at() {
            None => 0,
            Some(cursor) => cursor.as_str().parse().map_err(|_| {
                Invalid::new(Cursor::KEY, "is not one of POD's list")
                    .value(cursor.as_str())
                    .remedy("give it back as it came with a page")
            })?,
        };
        Ok(Place {
            seen,
            day: list.on(),
        })
    }

    /// The question for the page that begins here.
    pub(super) fn question(&self) -> Result<ListInvoices, Invalid> {
        let list = ListInvoices::from_offset(self.seen).size(PAGE)?;
        let Some(day) = self.day else {
            return Ok(list);
        };
        Ok(list
            .issued_from(JalaliDateTime::new(day, 0, 0, 0)?)
            .issued_to(JalaliDateTime::new(day, 23, 59, 59)?))
    }

    /// Where the page after this one begins. POD may put fewer invoices on a page than asked for, and its total may
    /// be missing or 0: only an empty page, or as many invoices as POD counts, is the end.
    pub(super) fn after(&self, page: &InvoiceList) -> Option<Cursor> {
        let here = u64::try_from(page.invoices.len()).ok()?;
        let seen = self.seen.checked_add(here)?;
        let all = page.total.filter(|total| *total != 0);
        let ended = here == 0 || all.is_some_and(|all| seen >= all);
        (!ended).then(|| Cursor::new(seen.to_string()))
    }
}
