use std::collections::HashSet;
use std::fmt;
use std::future::{Future, IntoFuture, poll_fn};
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::vec;

use futures_core::Stream;
use paylink_core::{Effect, Error, ErrorKind, Operation};

use crate::descriptor::NAME;
use crate::operations::{InvoicePage, ListInvoices};
use crate::{Invoice, TrackId, ZiPay};

/// The most pages that are read if nobody says otherwise.
const MOST_PAGES: u32 = 1_000;

type Fetching<'a> = Pin<Box<dyn Future<Output = Result<InvoicePage, Error>> + Send + 'a>>;

/// All invoices of a list, fetched page after page as they are asked for.
///
/// Each invoice comes once. It ends with an error rather than in silence when a page brings nothing new although it is
/// not empty, or when there are more pages than the bound.
///
/// Collect before acting: an invoice that leaves the list meanwhile, because it was settled say, moves another one onto a
/// page that was read already.
///
/// ```no_run
/// # async fn example(zipay: zipay_client::ZiPay) -> Result<(), zipay_client::Error> {
/// use zipay_client::{ListInvoices, Status};
///
/// let mut unverified = zipay.all_invoices(ListInvoices::new().with_status(Status::Pending));
/// while let Some(invoice) = unverified.next().await {
///     println!("{}", invoice?.invoice_number);
/// }
/// # Ok(())
/// # }
/// ```
#[must_use = "nothing is read until it is polled"]
pub struct Invoices<'a> {
    client: &'a ZiPay,
    list: ListInvoices,
    most_pages: u32,
    pages_read: u32,
    /// How many invoices stand on the pages before the first one that is read.
    skipped: u64,
    seen: HashSet<TrackId>,
    ready: vec::IntoIter<Invoice>,
    next: Next<'a>,
}

/// What comes after the invoices that are at hand.
enum Next<'a> {
    Page(u32),
    Fetching(Fetching<'a>),
    End,
}

impl<'a> Invoices<'a> {
    pub(crate) fn new(client: &'a ZiPay, list: ListInvoices) -> Invoices<'a> {
        let first = list.page_number();
        let skipped = u64::from(first.saturating_sub(1)) * u64::from(list.page_size());
        Invoices {
            client,
            list: list.steady(),
            most_pages: MOST_PAGES,
            pages_read: 0,
            skipped,
            seen: HashSet::new(),
            ready: Vec::new().into_iter(),
            next: Next::Page(first),
        }
    }

    /// Bounds the number of pages; 1,000 by default.
    pub fn most_pages(mut self, pages: u32) -> Invoices<'a> {
        self.most_pages = pages;
        self
    }

    /// The next invoice, without need of a stream library.
    pub async fn next(&mut self) -> Option<Result<Invoice, Error>> {
        poll_fn(|context| Pin::new(&mut *self).poll_next(context)).await
    }

    fn fetch(&mut self, page: u32) -> Next<'a> {
        let call = self.client.list_invoices(self.list.at_page(page));
        Next::Fetching(call.into_future())
    }

    /// Takes in a page and says what comes after it.
    fn take(&mut self, page: InvoicePage) -> Result<Next<'a>, Error> {
        self.pages_read = self.pages_read.saturating_add(1);
        let came = page.invoices.len();
        let new: Vec<Invoice> = page
            .invoices
            .into_iter()
            .filter(|it| self.seen.insert(it.track_id.clone()))
            .collect();
        if came > 0 && new.is_empty() {
            return Err(untrusted("a page of the list repeats the ones before it"));
        }
        self.ready = new.into_iter();
        // A page may be shorter than asked for, since the largest size is not documented: that does not make it the last.
        let known = u64::try_from(self.seen.len())
            .map_or(u64::MAX, |seen| seen.saturating_add(self.skipped));
        let is_last = came == 0 || page.total.is_some_and(|total| known >= total);
        Ok(match page.page.checked_add(1) {
            Some(following) if !is_last => Next::Page(following),
            _ => Next::End,
        })
    }
}

impl Stream for Invoices<'_> {
    type Item = Result<Invoice, Error>;

    fn poll_next(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let this = self.get_mut();
        loop {
            if let Some(invoice) = this.ready.next() {
                return Poll::Ready(Some(Ok(invoice)));
            }
            let followed = match &mut this.next {
                Next::End => return Poll::Ready(None),
                Next::Page(_) if this.pages_read >= this.most_pages => {
                    Err(untrusted("the list has more pages than the bound allows"))
                }
                Next::Page(page) => {
                    let page = *page;
                    Ok(this.fetch(page))
                }
                Next::Fetching(fetching) => {
                    ready!(fetching.as_mut().poll(context)).and_then(|page| this.take(page))
                }
            };
            match followed {
                Ok(next) => this.next = next,
                Err(error) => {
                    this.next = Next::End;
                    return Poll::Ready(Some(Err(error)));
                }
            }
        }
    }
}

impl fmt::Debug for Invoices<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Invoices")
            .field("list", &self.list)
            .field("pages_read", &self.pages_read)
            .finish_non_exhaustive()
    }
}

fn untrusted(problem: &'static str) -> Error {
    Error::new(ErrorKind::Untrusted, Effect::NotExecuted, problem)
        .with_operation(NAME, ListInvoices::NAME)
}
