//! The card-to-card script of the sandbox: payments told apart by their exact amounts, the bank's
//! deposit messages, and the page where they are paid.

mod admin;
mod api;
mod card;
mod operations;
mod pay_page;
mod payment;
mod settings;
mod shown;

use std::sync::{Arc, MutexGuard};
use std::time::SystemTime;

pub use card::{CardNumber, MerchantCard};
use payment::Store;
pub use payment::{Deposit, EventKind, Fate, Payment, Status, TransferError};
pub use settings::{CardMismatch, CodeForm, NotFoundStatus, ReturnQuery, Settings, TIME_ALLOWED};

use crate::credentials::Whose;
use crate::random::Stream;
use crate::simulated::{self, Account, PayReason, Provider, SavedProvider, simulates};
use crate::world::{Locked, World};
use operations::{OPERATIONS, Operation};

const NAME: &str = "cardpay";

/// Where the endpoints are called, below the provider's root.
const API: &str = "/api/";

/// The merchant's name as payers see it.
const MERCHANT: &str = "فروشگاه نمونه";

/// The card-to-card script that a sandbox simulates, on the host of one merchant. Clones share the same
/// payments.
#[derive(Clone)]
pub struct CardpaySandbox(Arc<Inner>);

struct Inner {
    world: World,
    random: Stream,
    base_url: String,
    token: String,
    cards: [MerchantCard; 3],
    first_pay_id: u64,
    store: Locked<Store>,
    settings: Locked<Settings>,
}

simulates!(
    CardpaySandbox, "CardPay", "its document is silent or says two things",
    addresses: [("base_url", API)],
    operations: OPERATIONS.iter().map(Operation::name), webhooks: false,
    credentials: ["token"], other: [],
    routes: [api, pay_page],
);

impl CardpaySandbox {
    pub(crate) fn open(world: &World) -> Self {
        let random = world.random.stream(NAME);
        let credentials = &world.credentials;
        let token = credentials.or_drawn(Whose::Own, NAME, "token", random.hex(2));
        world.journal.keep_out_setting(NAME, "token", &token);
        let first_pay_id = random.within(10, 90);
        Self(Arc::new(Inner {
            world: world.clone(),
            store: Locked::new(Store::starting_after(first_pay_id, world.capacity)),
            first_pay_id,
            random,
            base_url: world.url(NAME, API),
            token,
            cards: card::of_the_merchant(),
            settings: Locked::default(),
        }))
    }

    /// Returns the token, sent in the header `token`.
    #[must_use]
    pub fn token(&self) -> &str {
        &self.0.token
    }

    /// Returns the merchant's cards, to any of which a payer may transfer.
    #[must_use]
    pub fn merchant_cards(&self) -> &[MerchantCard] {
        &self.0.cards
    }

    /// Returns the number of a card that a payer may have, made up.
    #[must_use]
    pub fn payer_card(&self) -> &'static str {
        card::PAYER
    }

    /// Returns the number of another card that a payer may have, made up.
    #[must_use]
    pub fn other_payer_card(&self) -> &'static str {
        card::OTHER_PAYER
    }

    /// Lists all payments, oldest first, as they stand at the sandbox time.
    #[must_use]
    pub fn payments(&self) -> Vec<Payment> {
        self.store().all().cloned().collect()
    }

    /// Returns one payment as it stands at the sandbox time.
    #[must_use]
    pub fn payment(&self, pay_id: u64) -> Option<Payment> {
        self.store().get(pay_id).cloned()
    }

    /// Lists everything that was transferred to the merchant's cards, oldest first.
    #[must_use]
    pub fn deposits(&self) -> Vec<Deposit> {
        self.store().deposits().cloned().collect()
    }

    /// Locks the payments after closing those whose time is over.
    fn store(&self) -> MutexGuard<'_, Store> {
        let mut store = self.0.store.lock();
        store.expire_overdue(self.now());
        store
    }

    /// The path of the page where a payment is paid.
    fn pay_path(&self, pay_id: u64) -> String {
        format!("/{NAME}/payment/{pay_id}")
    }

    fn pay_url(&self, pay_id: u64) -> String {
        format!("{}{}", self.0.world.origin, self.pay_path(pay_id))
    }

    /// Where the payer's browser goes back to, if the merchant has set it.
    fn return_url(&self, payment: &Payment) -> Option<String> {
        let mut url = payment.callback.clone()?;
        match self.settings().return_query {
            ReturnQuery::PayId => {
                url.query_pairs_mut()
                    .append_pair("pay_id", &payment.pay_id.to_string());
            }
            ReturnQuery::Nothing => {}
        }
        Some(url.into())
    }
}

impl Provider for CardpaySandbox {
    fn account(&self) -> Account {
        vec![("token", self.0.token.clone())]
    }

    fn pay(&self, id: &str, _link: Option<&str>) -> Result<Option<String>, PayReason> {
        let id = id.parse()?;
        CardpaySandbox::pay(self, id)?;
        Ok(self.payment(id).and_then(|paid| self.return_url(&paid)))
    }

    fn payments(&self, at_most: usize) -> Vec<simulated::Payment> {
        let store = self.store();
        let newest = store.all().rev().take(at_most);
        newest.map(|payment| self.shown(payment)).collect()
    }

    fn payment(&self, id: &str) -> Option<simulated::Payment> {
        let id = id.parse().ok()?;
        self.store().get(id).map(|payment| self.shown(payment))
    }

    fn next_deadline(&self) -> Option<SystemTime> {
        self.store().next_deadline()
    }

    fn save(&self) -> SavedProvider {
        let store = self.store().save(&self.0.cards);
        SavedProvider::of(&store, &self.settings())
    }

    fn load(&self, saved: &SavedProvider) -> Result<(), serde_json::Error> {
        let store = Store::load(saved.store()?, &self.0.cards, self.0.world.capacity);
        self.0.settings.set(saved.settings()?);
        *self.0.store.lock() = store;
        Ok(())
    }

    fn reset(&self) {
        let store = Store::starting_after(self.0.first_pay_id, self.0.world.capacity);
        *self.0.store.lock() = store;
        self.0.settings.set(Settings::default());
    }

    fn sample(&self) -> String {
        shown::sample(self)
    }
}
