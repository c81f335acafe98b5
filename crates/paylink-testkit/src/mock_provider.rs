//! A payment provider in memory that does what a test says.
//!
//! It is for tests of what stands above [`PaymentProvider`]: a desk, a shop, pages.
//!
//! ```
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! use std::sync::Arc;
//!
//! use paylink_core::provider::NewPayment;
//! use paylink_core::{Effect, Money, PaymentProvider, Rial};
//! use paylink_testkit::MockClock;
//! use paylink_testkit::mock_provider::{Failure, MockProvider};
//!
//! let clock = Arc::new(MockClock::default());
//! let provider = MockProvider::new("mock", &clock);
//! provider.on_create(Failure::LostAfter);
//! let payment = NewPayment::new("1000", Money::from(Rial::new(150_000)))?;
//! let error = provider.create(&payment).await.unwrap_err();
//! assert_eq!(error.effect(), Effect::Unknown);
//! assert_eq!(provider.payments().len(), 1);
//! # Ok(())
//! # }
//! ```

#![expect(
    clippy::expect_used,
    reason = "a test that names a payment which is not there ends"
)]

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::Duration;

use async_trait::async_trait;
use paylink_core::provider::{
    Capabilities, Capability, Created, ExpectedPayment, Hint, NewPayment, Payment, PaymentRecord,
    PaymentState, PreparedPayment, Resolved,
};
use paylink_core::{
    ComparedField, Comparison, Currency, Effect, Error, ErrorKind, FieldKey, Handle, Inquiry,
    Invalid, Money, PaymentProvider, Resolution, Runtime, Settlement, WebUrl,
};

use crate::MockClock;

/// How long after its create a payment is found by its reference at the latest.
pub const SETTLING: Duration = Duration::from_secs(60);

/// How long the provider says that a call can take.
pub const LONGEST_CALL: Duration = Duration::from_secs(5);

/// How long after its preparing a create is sent at the latest.
pub const SENDING: Duration = Duration::from_secs(90);

/// A payment provider in memory that does what a test says.
#[derive(Debug)]
pub struct MockProvider {
    capabilities: Capabilities,
    clock: Arc<MockClock>,
    books: Mutex<Books>,
}

#[derive(Debug, Default)]
struct Books {
    entries: Vec<MockPayment>,
    calls: Vec<&'static str>,
    creates: VecDeque<Failure>,
    settles: VecDeque<Failure>,
    resolves: VecDeque<Failure>,
    is_careless: bool,
    answers_take: Duration,
    settling_takes: Duration,
    prepared: Vec<Handle>,
    preparing_takes: Duration,
}

/// A payment, as the provider has it.
#[derive(Clone, Debug)]
pub struct MockPayment {
    /// Its id: the provider's name and a number from 0.
    pub id: String,
    /// The order's reference.
    pub reference: String,
    /// What it is worth, in the provider's currency.
    pub amount: Money,
    /// Where it stands.
    pub state: PaymentState,
    /// How often it was confirmed by settling.
    pub confirmed: u32,
}

/// What happens to one call.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub enum Failure {
    /// The provider refuses in its own envelope: proved not executed.
    Refused,
    /// The request is lost: nothing happens, and the outcome is unknown.
    LostBefore,
    /// The answer is lost: it happens, and the outcome is unknown.
    LostAfter,
    /// A read gets no answer in time: proved not executed.
    Unanswered,
    /// The provider refuses with 429, and with the seconds of a `Retry-After` if there are any.
    TurnedAway(Option<u64>),
}

impl MockProvider {
    /// Creates a provider that counts in rial and finds a payment by its reference.
    #[must_use]
    pub fn new(name: &'static str, clock: &Arc<MockClock>) -> Arc<MockProvider> {
        MockProvider::with(
            Capabilities::new(name, &[Currency::Irr])
                .with_settlement_window(Duration::from_secs(30 * 60))
                .supports(Capability::FindCreated),
            clock,
        )
    }

    /// Creates a provider that counts in rial and finds no payment by its reference.
    #[must_use]
    pub fn forgetful(name: &'static str, clock: &Arc<MockClock>) -> Arc<MockProvider> {
        let why = "It finds no payment by its reference.";
        MockProvider::with(
            Capabilities::new(name, &[Currency::Irr])
                .does_not_support(Capability::FindCreated, why),
            clock,
        )
    }

    /// Creates a provider that declares this.
    #[must_use]
    pub fn with(capabilities: Capabilities, clock: &Arc<MockClock>) -> Arc<MockProvider> {
        Arc::new(MockProvider {
            capabilities,
            clock: Arc::clone(clock),
            books: Mutex::default(),
        })
    }

    /// Lets this happen to the next create of which nothing was said.
    pub fn on_create(&self, failure: Failure) {
        self.books().creates.push_back(failure);
    }

    /// Lets this happen to the next settle of which nothing was said.
    pub fn on_settle(&self, failure: Failure) {
        self.books().settles.push_back(failure);
    }

    /// Forgets the failures of settles that did not happen yet.
    pub fn answers_again(&self) {
        self.books().settles.clear();
    }

    /// Lets this happen to the next look-up of which nothing was said.
    pub fn on_resolve(&self, failure: Failure) {
        self.books().resolves.push_back(failure);
    }

    /// Proves whatever was paid from now on, as an adapter does that compares an answer with itself.
    pub fn compare_no_amounts(&self) {
        self.books().is_careless = true;
    }

    /// Takes this long once until the handle that it prepares is where it is wanted.
    pub fn preparing_takes(&self, time: Duration) {
        self.books().preparing_takes = time;
    }

    /// Takes this long, by the clock of the machine, to answer a settle from now on.
    pub fn settling_takes(&self, time: Duration) {
        self.books().settling_takes = time;
    }

    /// Takes this long, by its own clock, to answer a look-up from now on.
    pub fn answers_take(&self, time: Duration) {
        self.books().answers_take = time;
    }

    /// Executes a create that was under way for longer than the provider says that one can be.
    pub fn comes_late(&self, payment: &NewPayment) {
        let _ = self.insert(payment);
    }

    /// Returns what was asked of it, in order: `create`, `settle` or `resolve`.
    #[must_use]
    pub fn calls(&self) -> Vec<&'static str> {
        self.books().calls.clone()
    }

    /// Returns the handles of what it prepared, in order.
    #[must_use]
    pub fn prepared(&self) -> Vec<Handle> {
        self.books().prepared.clone()
    }

    /// Forgets what was asked of it.
    pub fn forget_calls(&self) {
        self.books().calls.clear();
    }

    /// Returns every payment, in the order of their creation.
    #[must_use]
    pub fn payments(&self) -> Vec<MockPayment> {
        self.books().entries.clone()
    }

    /// Lets the payment of this reference come to a state.
    ///
    /// # Panics
    ///
    /// If there is none.
    pub fn set(&self, reference: &str, state: PaymentState) {
        self.change(reference, |entry| entry.state = state);
    }

    /// Pays the payment of this reference, as the payer.
    ///
    /// # Panics
    ///
    /// If there is none.
    pub fn pay(&self, reference: &str) {
        self.set(reference, PaymentState::Paid);
    }

    /// Changes the payment of this reference.
    ///
    /// # Panics
    ///
    /// If there is none.
    pub fn change(&self, reference: &str, change: impl FnOnce(&mut MockPayment)) {
        let mut books = self.books();
        let mut entries = books.entries.iter_mut();
        change(
            entries
                .find(|entry| entry.reference == reference)
                .expect("a payment"),
        );
    }

    /// Returns what the payer's browser brings back.
    ///
    /// # Panics
    ///
    /// If there is no payment of this reference.
    #[must_use]
    pub fn hint(&self, reference: &str) -> Hint {
        let books = self.books();
        let mut entries = books.entries.iter();
        let entry = entries.find(|entry| entry.reference == reference);
        Hint::new(self.name()).with_id("id", entry.expect("a payment").id.clone())
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
        failures: impl FnOnce(&mut Books) -> &mut VecDeque<Failure>,
    ) -> Option<Failure> {
        let mut books = self.books();
        books.calls.push(call);
        failures(&mut books).pop_front()
    }

    fn created(&self, entry: &MockPayment) -> Created {
        let reference = entry.reference.parse().expect("a reference");
        let record = PaymentRecord::new(self.name(), reference, entry.amount, self.clock.now());
        let link = WebUrl::parse(
            FieldKey::new("link", "link"),
            &format!("https://pay.example/{}", entry.id),
        );
        Created::new(record.with_id("id", entry.id.clone())).with_link(link.ok())
    }

    fn insert(&self, payment: &NewPayment) -> MockPayment {
        let mut books = self.books();
        let entry = MockPayment {
            id: format!("{}-{}", self.name(), books.entries.len()),
            reference: payment.reference().to_string(),
            amount: self.capabilities.convert(payment.price()).expect("a price"),
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

    fn unanswered(&self) -> Error {
        let kind = ErrorKind::Timeout;
        Error::new(kind, Effect::NotExecuted, "no answer came in time")
            .with_operation(self.name(), "call")
    }

    /// Reads `id=…`, once, from a query or a form.
    fn read(&self, text: &str) -> Result<Hint, Error> {
        let named = text.split('&').filter_map(|pair| pair.split_once('='));
        let mut ids = named.filter(|(name, _)| *name == "id");
        match (ids.next(), ids.next()) {
            (Some((_, id)), None) => Ok(Hint::new(self.name()).with_id("id", id)),
            _ => Err(Invalid::new(FieldKey::new("id", "id"), "is not there once").into()),
        }
    }

    fn check(&self, capability: Capability) -> Result<(), Error> {
        match self.capabilities.support(capability).is_supported() {
            true => Ok(()),
            false => Err(self.capabilities.unsupported(capability)),
        }
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
            let failure = self.begin("create", |books| &mut books.creates);
            tokio::task::yield_now().await;
            match failure {
                None => Ok(self.created(&self.insert(&payment))),
                Some(Failure::Refused) => Err(self.refused()),
                Some(Failure::Unanswered) => Err(self.unanswered()),
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
        let failure = self.begin("settle", |books| &mut books.settles);
        let time = self.books().settling_takes;
        match time.is_zero() {
            true => tokio::task::yield_now().await,
            false => tokio::time::sleep(time).await,
        }
        match failure {
            Some(Failure::Refused) => return Err(self.refused()),
            Some(Failure::Unanswered) => return Err(self.unanswered()),
            Some(Failure::TurnedAway(seconds)) => return Err(self.turned_away(seconds)),
            Some(Failure::LostBefore) => return Err(self.lost()),
            Some(Failure::LostAfter) | None => {}
        }
        let record = expected.record();
        let id = record.require_id("id")?;
        let (entry, is_first) = {
            let mut books = self.books();
            let mut entries = books.entries.iter_mut();
            let entry = entries.find(|entry| entry.id == id).expect("a payment");
            if entry.state != PaymentState::Paid {
                let payment = Payment::new(self.name(), entry.state.clone(), "so");
                return Ok(Settlement::NotPaid(payment));
            }
            entry.confirmed += 1;
            (entry.clone(), entry.confirmed == 1)
        };
        if failure.is_some() {
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
        let failure = self.begin("resolve", |books| &mut books.resolves);
        tokio::task::yield_now().await;
        match failure {
            None => {}
            // A read that proves its own failure harmless, as an adapter may pass it on.
            Some(Failure::Refused) => return Err(self.refused()),
            Some(Failure::Unanswered) => return Err(self.unanswered()),
            Some(Failure::TurnedAway(seconds)) => return Err(self.turned_away(seconds)),
            Some(Failure::LostBefore | Failure::LostAfter) => {
                return Err(self.lost().while_resolving(handle));
            }
        }
        self.check(Capability::FindCreated)?;
        let own = handle.reference();
        let listed = async {
            let mut entries = self.payments().into_iter();
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

    fn read_return(&self, query: &str) -> Result<Hint, Error> {
        self.check(Capability::ReadReturn)?;
        self.read(query)
    }

    fn read_webhook(&self, body: &[u8]) -> Result<Hint, Error> {
        self.check(Capability::ReadWebhook)?;
        let text = str::from_utf8(body)
            .map_err(|_| Invalid::new(FieldKey::new("body", "body"), "is not UTF-8"))?;
        self.read(text)
    }
}
