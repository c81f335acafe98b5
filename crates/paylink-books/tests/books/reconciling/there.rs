//! A provider that lists what a test says, and a shop with its books there.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::{Duration, SystemTime};

use async_trait::async_trait;
use paylink::core::Runtime;
use paylink::desk::{Desk, StoredOrder};
use paylink::{
    Account, Accounts, Capabilities, Capability, Currency, Cursor, Effect, Error, ErrorKind,
    ExpectedPayment, Handle, JalaliDate, JalaliDateTime, ListPayments, Money, NewPayment, Payment,
    PaymentPage, PaymentProvider, PaymentRecord, PaymentState, PreparedPayment, Resolution,
    Resolved, Rial, Settlement,
};
use paylink_books::{Books, Discrepancy, DiscrepancyKind, Reconciled, Reconciliation};
use paylink_testkit::MockClock;
use paylink_testkit::mock_provider::{MockPayment, MockProvider};

use crate::place::Place;

pub(crate) const HOUR: Duration = Duration::from_secs(60 * 60);

/// The pages of a list, of all payments or of a day.
type Pages = Vec<Vec<Payment>>;

/// Creates and settles as its mock does, and lists what it is told.
#[derive(Debug)]
pub(crate) struct There {
    pub(crate) mock: Arc<MockProvider>,
    capabilities: Capabilities,
    said: Mutex<Said>,
}

#[derive(Debug, Default)]
struct Said {
    lists: BTreeMap<Option<JalaliDate>, Pages>,
    /// What is said of a payment when it is asked for alone.
    alone: BTreeMap<String, Payment>,
    /// The cursor of the last page leads back to the first one.
    is_a_loop: bool,
    /// It answers no question about a payment for now: there are too many.
    is_busy: bool,
    asked: Vec<ListPayments>,
}

impl There {
    fn said(&self) -> MutexGuard<'_, Said> {
        self.said.lock().unwrap()
    }

    /// Lists these, whatever the day.
    pub(crate) fn lists(&self, pages: Pages) {
        self.said().lists.insert(None, pages);
    }

    pub(crate) fn lists_on(&self, day: JalaliDate, payments: Vec<Payment>) {
        self.said().lists.insert(Some(day), vec![payments]);
    }

    pub(crate) fn leads_back(&self) {
        self.said().is_a_loop = true;
    }

    pub(crate) fn is_busy(&self, is_busy: bool) {
        self.said().is_busy = is_busy;
    }

    pub(crate) fn has_alone(&self, payment: &Payment) {
        let (_, id) = payment.ids().next().unwrap();
        self.said().alone.insert(id.to_owned(), payment.clone());
    }

    /// For which days it was asked, and how often in all.
    pub(crate) fn asked(&self) -> (Vec<JalaliDate>, usize) {
        let asked = self.said().asked.clone();
        (
            asked.iter().filter_map(ListPayments::day).collect(),
            asked.len(),
        )
    }
}

#[async_trait]
impl PaymentProvider for There {
    fn capabilities(&self) -> &Capabilities {
        &self.capabilities
    }

    fn longest_call(&self) -> Duration {
        self.mock.longest_call()
    }

    fn prepare(&self, payment: &NewPayment) -> Result<PreparedPayment<'_>, Error> {
        self.mock.prepare(payment)
    }

    async fn settle(&self, expected: &ExpectedPayment) -> Result<Settlement<Payment>, Error> {
        self.mock.settle(expected).await
    }

    async fn resolve(&self, handle: &Handle) -> Result<Resolution<Resolved>, Error> {
        self.mock.resolve(handle).await
    }

    async fn state(&self, record: &PaymentRecord) -> Result<Payment, Error> {
        let said = self.said();
        if said.is_busy {
            let kind = ErrorKind::RateLimited;
            return Err(Error::new(kind, Effect::NotExecuted, "too many requests"));
        }
        let found = record.id("id").and_then(|id| said.alone.get(id));
        found
            .cloned()
            .ok_or_else(|| self.capabilities.unsupported(Capability::State))
    }

    async fn list(&self, list: &ListPayments) -> Result<PaymentPage, Error> {
        let mut said = self.said();
        said.asked.push(list.clone());
        let number = list.after().map_or(Ok(0), |it| it.as_str().parse());
        let number: usize = number.unwrap();
        let pages = said.lists.get(&list.day());
        let Some(page) = pages.and_then(|pages| pages.get(number)) else {
            assert_eq!(number, 0, "there is no such page");
            return Ok(PaymentPage::new(Vec::new(), None));
        };
        let is_last = number + 1 == pages.map_or(0, Vec::len);
        let next = match (is_last, said.is_a_loop) {
            (true, false) => None,
            (true, true) => Some("0".to_owned()),
            (false, _) => Some((number + 1).to_string()),
        };
        Ok(PaymentPage::new(page.clone(), next.map(Cursor::new)))
    }
}

/// What a provider offers of which nothing else is said: rial, and a list newest first.
pub(crate) fn usual() -> Capabilities {
    counting(&[Currency::Irr])
}

pub(crate) fn counting(currencies: &'static [Currency]) -> Capabilities {
    Capabilities::new("mock", currencies)
        .with_settlement_window(Duration::from_secs(30 * 60))
        .supports(Capability::FindCreated)
        .supports(Capability::List)
        .supports(Capability::State)
}

/// A shop at noon of a day.
pub(crate) struct Shop {
    pub(crate) desk: Desk<Books>,
    pub(crate) there: Arc<There>,
    pub(crate) account: Account,
    pub(crate) clock: Arc<MockClock>,
    pub(crate) day: JalaliDate,
}

impl Shop {
    pub(crate) async fn open(place: &Place) -> Shop {
        Shop::open_at(place, usual()).await
    }

    pub(crate) async fn open_at(place: &Place, capabilities: Capabilities) -> Shop {
        // The books note by the machine's clock when an order was added.
        let day = JalaliDate::from_system_time(SystemTime::now()).unwrap();
        let noon = JalaliDateTime::new(day, 12, 0, 0).unwrap();
        let clock = Arc::new(MockClock::at(noon.to_system_time()));
        let there = Arc::new(There {
            mock: MockProvider::with(capabilities.clone(), &clock),
            capabilities,
            said: Mutex::default(),
        });
        let account = Account::from_arc("main", there.clone());
        let accounts = Accounts::new([account.clone()]).unwrap();
        let desk = Desk::new(place.fresh().await, accounts).runtime(clock.clone());
        Shop {
            desk,
            there,
            account,
            clock,
            day,
        }
    }

    pub(crate) fn books(&self) -> &Books {
        self.desk.store()
    }

    pub(crate) fn now(&self) -> SystemTime {
        self.clock.now()
    }

    /// An order of 150,000 rial, of which no payment was asked for.
    pub(crate) async fn add(&self, name: &str) {
        self.add_of(name, Money::from(Rial::new(150_000))).await;
    }

    pub(crate) async fn add_of(&self, name: &str, price: Money) {
        let order = StoredOrder::new("main", NewPayment::new(name, price).unwrap());
        self.books().add(name, &order).await.unwrap();
    }

    /// The same, with a payment.
    pub(crate) async fn open_order(&self, name: &str) {
        self.add(name).await;
        let _ = self.desk.open(name).await.unwrap();
    }

    /// The same, paid and handed out.
    pub(crate) async fn sell(&self, name: &str) {
        self.open_order(name).await;
        self.settle(name).await;
    }

    pub(crate) async fn settle(&self, name: &str) {
        self.there.mock.pay(name);
        let _ = self.desk.check(name).await.unwrap();
    }

    /// What the mock has under a reference.
    pub(crate) fn payment(&self, reference: &str) -> MockPayment {
        let all = self.there.mock.payments().into_iter();
        let mut found = all.filter(|it| it.reference == reference);
        found.next().expect("a payment")
    }

    /// The same as a list has it, created at this moment.
    pub(crate) fn view_at(&self, reference: &str, at: Option<SystemTime>) -> Payment {
        let payment = self.payment(reference);
        view(&payment, payment.state.clone(), at)
    }

    /// The same in this state, created now.
    pub(crate) fn view_as(&self, reference: &str, state: PaymentState) -> Payment {
        view(&self.payment(reference), state, Some(self.now()))
    }

    /// Everything that the mock has, on one page, created now.
    pub(crate) fn views(&self) -> Vec<Payment> {
        let all = self.there.mock.payments().into_iter();
        all.map(|it| view(&it, it.state.clone(), Some(self.now())))
            .collect()
    }

    /// Compares the day, an hour after now.
    pub(crate) async fn reconcile(&self) -> Reconciled {
        self.reconcile_as(Reconciliation::of_day(self.day).unwrap())
            .await
    }

    pub(crate) async fn reconcile_as(&self, what: Reconciliation) -> Reconciled {
        let what = what.now(self.now() + HOUR);
        self.books().reconcile(&self.account, &what).await.unwrap()
    }
}

/// A payment as a list has it.
pub(crate) fn view(payment: &MockPayment, state: PaymentState, at: Option<SystemTime>) -> Payment {
    Payment::new("mock", state, "so")
        .with_reference(Some(&payment.reference))
        .with_amount(Some(payment.amount))
        .with_created_at(at)
        .with_id("id", payment.id.clone())
}

/// A payment that nobody here asked for.
pub(crate) fn stranger(id: &str, reference: &str, at: Option<SystemTime>) -> Payment {
    let payment = MockPayment {
        id: id.to_owned(),
        reference: reference.to_owned(),
        amount: Money::from(Rial::new(70_000)),
        state: PaymentState::Paid,
        confirmed: 0,
    };
    view(&payment, payment.state.clone(), at)
}

/// What differs, and of which order.
pub(crate) fn told(report: &Reconciled) -> Vec<(DiscrepancyKind, &str)> {
    let rows = report.discrepancies.iter();
    let mut rows: Vec<_> = rows
        .map(|row| (row.kind, row.order.as_deref().unwrap_or("–")))
        .collect();
    rows.sort_unstable();
    rows
}

pub(crate) fn only(report: &Reconciled) -> &Discrepancy {
    assert_eq!(report.discrepancies.len(), 1, "{report:?}");
    &report.discrepancies[0]
}
