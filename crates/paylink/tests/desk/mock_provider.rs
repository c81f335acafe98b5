//! A provider in memory that does what a test says, and the clock that a test moves.

use std::collections::VecDeque;
use std::future::Future;
use std::pin::Pin;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::{Duration, SystemTime};

use async_trait::async_trait;
use paylink::core::{Comparison, Inquiry, Runtime};
use paylink::{
    Capabilities, Capability, ComparedField, Created, Currency, Effect, Error, ErrorKind,
    ExpectedPayment, FieldKey, Handle, Hint, Money, NewPayment, Payment, PaymentProvider,
    PaymentRecord, PaymentState, PreparedPayment, Resolution, Resolved, Settlement, WebUrl,
};

/// A clock that a test moves. Whoever waits lets others work, and the clock stands still.
#[derive(Debug, Default)]
pub(crate) struct Clock(AtomicU64);

impl Clock {
    pub(crate) fn new() -> Arc<Clock> {
        Arc::default()
    }

    pub(crate) fn advance(&self, time: Duration) {
        let millis = u64::try_from(time.as_millis()).unwrap();
        self.0.fetch_add(millis, Ordering::SeqCst);
    }
}

impl Runtime for Clock {
    fn now(&self) -> SystemTime {
        let since = Duration::from_secs(1_800_000_000);
        SystemTime::UNIX_EPOCH + since + Duration::from_millis(self.0.load(Ordering::SeqCst))
    }

    fn sleep(&self, _: Duration) -> Pin<Box<dyn Future<Output = ()> + Send + '_>> {
        Box::pin(tokio::task::yield_now())
    }

    fn random(&self) -> u64 {
        4
    }
}

/// How long the till needs until a create shows in its books.
pub(crate) const SETTLING: Duration = Duration::from_secs(60);

/// How long it says that a request can take.
pub(crate) const LONGEST_CALL: Duration = Duration::from_secs(5);

/// How long after its preparing a create is sent at the latest.
pub(crate) const SENDING: Duration = Duration::from_secs(90);

/// A provider in memory that does what a test says.
#[derive(Debug)]
pub(crate) struct MockProvider {
    capabilities: Capabilities,
    clock: Arc<Clock>,
    books: Mutex<Books>,
}

#[derive(Debug, Default)]
struct Books {
    entries: Vec<Entry>,
    calls: Vec<&'static str>,
    creates: VecDeque<Failure>,
    settles: VecDeque<Failure>,
    resolves: VecDeque<Failure>,
    is_careless: bool,
    answers_take: Duration,
    prepared: Vec<Handle>,
    preparing_takes: Duration,
}

/// A payment in the till's books.
#[derive(Clone, Debug)]
pub(crate) struct Entry {
    pub(crate) id: String,
    pub(crate) reference: String,
    pub(crate) amount: Money,
    pub(crate) state: PaymentState,
    pub(crate) confirmed: u32,
}

/// What happens to a call.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Failure {
    Refused,
    LostBefore,
    LostAfter,
    /// 429, with the seconds of a `Retry-After` if it names any.
    TurnedAway(Option<u64>),
}

impl MockProvider {
    /// One that finds a payment by its reference.
    pub(crate) fn new(name: &'static str, clock: &Arc<Clock>) -> Arc<MockProvider> {
        MockProvider::with(
            Capabilities::new(name, &[Currency::Irr])
                .with_settlement_window(Duration::from_secs(30 * 60))
                .supports(Capability::FindCreated),
            clock,
        )
    }

    /// One that finds none.
    pub(crate) fn forgetful(name: &'static str, clock: &Arc<Clock>) -> Arc<MockProvider> {
        let why = "The till finds no payment by its reference.";
        MockProvider::with(
            Capabilities::new(name, &[Currency::Irr])
                .does_not_support(Capability::FindCreated, why),
            clock,
        )
    }

    fn with(capabilities: Capabilities, clock: &Arc<Clock>) -> Arc<MockProvider> {
        Arc::new(MockProvider {
            capabilities,
            clock: Arc::clone(clock),
            books: Mutex::default(),
        })
    }

    pub(crate) fn on_create(&self, blow: Failure) {
        self.books().creates.push_back(blow);
    }

    pub(crate) fn on_settle(&self, blow: Failure) {
        self.books().settles.push_back(blow);
    }

    /// No more settles fail.
    pub(crate) fn answers_again(&self) {
        self.books().settles.clear();
    }

    pub(crate) fn on_resolve(&self, blow: Failure) {
        self.books().resolves.push_back(blow);
    }

    /// From now on it proves whatever was paid, as an adapter does that compares an answer with itself.
    pub(crate) fn compare_no_amounts(&self) {
        self.books().is_careless = true;
    }

    /// Takes this long once until the handle that it prepares is where it is wanted.
    pub(crate) fn preparing_takes(&self, time: Duration) {
        self.books().preparing_takes = time;
    }

    /// Takes this long to answer a look-up from now on.
    pub(crate) fn answers_take(&self, time: Duration) {
        self.books().answers_take = time;
    }

    /// A create comes in at last, which was under way for longer than the till says that one can be.
    pub(crate) fn comes_late(&self, payment: &NewPayment) {
        let _ = self.insert(payment);
    }

    /// What was asked of it, in order.
    pub(crate) fn calls(&self) -> Vec<&'static str> {
        self.books().calls.clone()
    }

    /// The handles of what it prepared, in order.
    pub(crate) fn prepared(&self) -> Vec<Handle> {
        self.books().prepared.clone()
    }

    pub(crate) fn forget_calls(&self) {
        self.books().calls.clear();
    }

    pub(crate) fn entries(&self) -> Vec<Entry> {
        self.books().entries.clone()
    }

    /// Lets the payment of this reference come to a state.
    pub(crate) fn set(&self, reference: &str, state: PaymentState) {
        self.change(reference, |entry| entry.state = state);
    }

    pub(crate) fn pay(&self, reference: &str) {
        self.set(reference, PaymentState::Paid);
    }

    pub(crate) fn change(&self, reference: &str, change: impl FnOnce(&mut Entry)) {
        let mut books = self.books();
        let mut entries = books.entries.iter_mut();
        change(
            entries
                .find(|entry| entry.reference == reference)
                .expect("an entry"),
        );
    }

    /// What the payer's browser brings back.
    pub(crate) fn hint(&self, reference: &str) -> Hint {
        let books = self.books();
        let mut entries = books.entries.iter();
        let entry = entries.find(|entry| entry.reference == reference);
        Hint::new(self.name()).with_id("id", entry.expect("an entry").id.clone())
    }

    fn name(&self) -> &'static str {
        self.capabilities.provider()
    }

    fn books(&self) -> MutexGuard<'_, Books> {
        self.books
            .lock()
            .expect("no test panics with the books open")
    }

    fn begin(
        &self,
        call: &'static str,
        blows: impl FnOnce(&mut Books) -> &mut VecDeque<Failure>,
    ) -> Option<Failure> {
        let mut books = self.books();
        books.calls.push(call);
        blows(&mut books).pop_front()
    }

    fn created(&self, entry: &Entry) -> Created {
        let reference = entry.reference.parse().unwrap();
        let record = PaymentRecord::new(self.name(), reference, entry.amount, self.clock.now());
        let link = WebUrl::parse(
            FieldKey::new("link", "link"),
            &format!("https://pay.example/{}", entry.id),
        );
        Created::new(record.with_id("id", entry.id.clone())).with_link(Some(link.unwrap()))
    }

    fn insert(&self, payment: &NewPayment) -> Entry {
        let mut books = self.books();
        let entry = Entry {
            id: format!("{}-{}", self.name(), books.entries.len()),
            reference: payment.reference().to_string(),
            amount: self.capabilities.convert(payment.price()).unwrap(),
            state: PaymentState::Unpaid,
            confirmed: 0,
        };
        books.entries.push(entry.clone());
        entry
    }

    fn handle(&self, payment: &NewPayment) -> Handle {
        let now = self.clock.now();
        Handle::new(self.name(), "create", now)
            .with_deadline(now + SENDING)
            .with_reference(payment.reference().as_str())
            .with_amount(*payment.price())
    }

    fn ended(&self, handle: Handle) -> Handle {
        handle.with_failed_at(self.clock.now())
    }

    fn lost(&self) -> Error {
        let kind = ErrorKind::Disconnected;
        Error::new(kind, Effect::Unknown, "the connection broke")
            .with_operation(self.name(), "call")
    }

    fn turned_away(&self, seconds: Option<u64>) -> Error {
        let kind = ErrorKind::RateLimited;
        Error::new(kind, Effect::NotExecuted, "too many requests")
            .with_operation(self.name(), "call")
            .with_retry_after(seconds.map(Duration::from_secs))
    }

    fn refused(&self) -> Error {
        let kind = ErrorKind::Refused;
        Error::new(kind, Effect::NotExecuted, "refused").with_operation(self.name(), "call")
    }
}

#[async_trait]
impl PaymentProvider for MockProvider {
    fn capabilities(&self) -> &Capabilities {
        &self.capabilities
    }

    fn longest_call(&self) -> Duration {
        LONGEST_CALL
    }

    fn prepare(&self, payment: &NewPayment) -> Result<PreparedPayment<'_>, Error> {
        self.capabilities.check(payment)?;
        let handle = self.handle(payment);
        let time = {
            let mut books = self.books();
            books.prepared.push(handle.clone());
            std::mem::take(&mut books.preparing_takes)
        };
        self.clock.advance(time);
        let (stored, payment) = (handle.clone(), payment.clone());
        Ok(PreparedPayment::new(stored, async move {
            let blow = self.begin("create", |books| &mut books.creates);
            tokio::task::yield_now().await;
            match blow {
                None => Ok(self.created(&self.insert(&payment))),
                Some(Failure::Refused) => Err(self.refused()),
                Some(Failure::TurnedAway(seconds)) => Err(self.turned_away(seconds)),
                Some(Failure::LostBefore) => Err(self.lost().with_handle(self.ended(handle))),
                Some(Failure::LostAfter) => {
                    self.insert(&payment);
                    Err(self.lost().with_handle(self.ended(handle)))
                }
            }
        }))
    }

    async fn settle(&self, expected: &ExpectedPayment) -> Result<Settlement<Payment>, Error> {
        if let Some(mismatch) = expected.record_mismatch(&self.capabilities)? {
            return Ok(Settlement::Mismatch(mismatch));
        }
        let blow = self.begin("settle", |books| &mut books.settles);
        tokio::task::yield_now().await;
        match blow {
            Some(Failure::Refused) => return Err(self.refused()),
            Some(Failure::TurnedAway(seconds)) => return Err(self.turned_away(seconds)),
            Some(Failure::LostBefore) => return Err(self.lost()),
            Some(Failure::LostAfter) | None => {}
        }
        let record = expected.record();
        let id = record.require_id("id")?;
        let (entry, is_first) = {
            let mut books = self.books();
            let mut entries = books.entries.iter_mut();
            let entry = entries.find(|entry| entry.id == id).expect("an entry");
            if entry.state != PaymentState::Paid {
                let payment = Payment::new(self.name(), entry.state.clone(), "so");
                return Ok(Settlement::NotPaid(payment));
            }
            entry.confirmed += 1;
            (entry.clone(), entry.confirmed == 1)
        };
        if blow.is_some() {
            return Err(self.lost());
        }
        let is_careless = self.books().is_careless;
        let due = if is_careless {
            &entry.amount
        } else {
            record.amount()
        };
        let compared = Comparison::new(self.name())
            .money(due, &entry.amount)
            .equal(
                ComparedField::Order,
                expected.reference().as_str(),
                &entry.reference,
            )
            .not_reported(ComparedField::Merchant, "shop")
            .equal(ComparedField::Reference, id, &entry.id)
            .finish();
        Ok(match compared {
            Err(mismatch) => Settlement::Mismatch(mismatch),
            Ok(agreement) if is_first => agreement.settled(),
            Ok(agreement) => agreement.already_settled(),
        })
    }

    async fn resolve(&self, handle: &Handle) -> Result<Resolution<Resolved>, Error> {
        handle.check_provider(self.name())?;
        let blow = self.begin("resolve", |books| &mut books.resolves);
        tokio::task::yield_now().await;
        match blow {
            None => {}
            // A read that proves its own failure harmless, as an adapter may pass it on.
            Some(Failure::Refused) => return Err(self.refused()),
            Some(Failure::TurnedAway(seconds)) => return Err(self.turned_away(seconds)),
            Some(Failure::LostBefore | Failure::LostAfter) => {
                return Err(self.lost().while_resolving(handle));
            }
        }
        if !self
            .capabilities
            .support(Capability::FindCreated)
            .is_supported()
        {
            return Err(self.capabilities.unsupported(Capability::FindCreated));
        }
        let own = handle.reference();
        let listed = async {
            let mut entries = self.entries().into_iter();
            self.clock.advance(self.books().answers_take);
            entries.find(|entry| own == Some(entry.reference.as_str()))
        };
        let (inquiry, found) = Inquiry::of(&*self.clock, listed).await;
        match found {
            Some(entry) => {
                let created = Box::new(self.created(&entry));
                Ok(Resolution::Executed(Resolved::Created(created)))
            }
            None => Ok(inquiry.absent(handle, SETTLING)),
        }
    }
}
