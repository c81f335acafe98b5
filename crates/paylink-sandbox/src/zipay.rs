//! The ZiPay of the sandbox: invoices, their refusals and deadlines, and the page where they are paid.

mod admin;
mod api;
mod invoice;
mod merchant;
mod operations;
mod params;
mod pay_page;
mod shown;

use std::sync::{Arc, MutexGuard};
use std::time::SystemTime;

use invoice::Store;
pub use invoice::{Currency, EventKind, Invoice, Status, VERIFY_WITHIN};
pub use merchant::{Merchant, SecondVerify, Settings, WebhookEncoding};
pub use pay_page::PayerError;

use crate::credentials::Whose;
use crate::random::Stream;
use crate::simulated::{Account, PayReason, Payment, Provider, SavedProvider, simulates};
use crate::world::{Locked, World};
use operations::{OPERATIONS, Operation};

const NAME: &str = "zipay";

/// Where the operations are called, below the provider's root.
const API: &str = "/api/";

/// The ZiPay that a sandbox simulates. Clones share the same invoices.
///
/// Two merchants are registered, so that a program can also be tried against another
/// merchant's invoices: [`merchant`](Self::merchant) with two terminals, and
/// [`other_merchant`](Self::other_merchant) with one.
#[derive(Clone)]
pub struct ZipaySandbox(Arc<Inner>);

struct Inner {
    world: World,
    random: Stream,
    base_url: String,
    merchant: Merchant,
    other_merchant: Merchant,
    first_transaction: u64,
    store: Locked<Store>,
    settings: Locked<Settings>,
}

simulates!(
    ZipaySandbox, "ZiPay", "its document is silent",
    addresses: [("base_url", API)],
    operations: OPERATIONS.iter().map(Operation::name), webhooks: true,
    credentials: ["api_key", "secret_key"], other: ["api_key", "secret_key"],
    routes: [api, pay_page],
);

impl ZipaySandbox {
    pub(crate) fn open(world: &World) -> Self {
        let random = world.random.stream(NAME);
        let merchant = Merchant::register("فروشگاه نمونه", &[1003, 1004], &random);
        let merchant = merchant.with(world, Whose::Own);
        let other_merchant = Merchant::register("فروشگاه دیگر", &[2001], &random);
        let other_merchant = other_merchant.with(world, Whose::Other);
        let journal = &world.journal;
        for (key, value) in merchant.keys() {
            journal.keep_out_setting(NAME, key, value);
        }
        for (_, value) in other_merchant.keys() {
            journal.keep_out(value);
        }
        let first_transaction = random.within(100, 900);
        Self(Arc::new(Inner {
            world: world.clone(),
            store: Locked::new(Store::starting_at(first_transaction, world.capacity)),
            first_transaction,
            random,
            base_url: world.url(NAME, API),
            merchant,
            other_merchant,
            settings: Locked::default(),
        }))
    }

    /// Returns the merchant of the shortcuts below.
    #[must_use]
    pub fn merchant(&self) -> &Merchant {
        &self.0.merchant
    }

    /// Returns a second merchant, whose invoices the first must not see.
    #[must_use]
    pub fn other_merchant(&self) -> &Merchant {
        &self.0.other_merchant
    }

    /// Returns the merchant's API key.
    #[must_use]
    pub fn api_key(&self) -> &str {
        self.0.merchant.api_key()
    }

    /// Returns the secret key with which the merchant signs.
    #[must_use]
    pub fn secret_key(&self) -> &str {
        self.0.merchant.secret_key()
    }

    /// Returns the number of the merchant's first terminal.
    #[must_use]
    pub fn terminal(&self) -> u64 {
        self.0.merchant.terminal()
    }

    /// Returns the number of the merchant's second terminal.
    #[must_use]
    pub fn second_terminal(&self) -> u64 {
        self.0.merchant.last_terminal()
    }

    /// Lists all invoices of all merchants, oldest first, as they stand at the sandbox time.
    #[must_use]
    pub fn invoices(&self) -> Vec<Invoice> {
        self.store().all().cloned().collect()
    }

    /// Returns one invoice as it stands at the sandbox time.
    #[must_use]
    pub fn invoice(&self, trackid: &str) -> Option<Invoice> {
        self.store().get(trackid).cloned()
    }

    /// Locks the invoices after giving back what was not verified in time.
    fn store(&self) -> MutexGuard<'_, Store> {
        let mut store = self.0.store.lock();
        store.give_back_overdue(self.0.world.clock.now());
        store
    }

    /// The path of the page where an invoice is paid.
    fn pay_path(&self, trackid: &str) -> String {
        format!("/{NAME}/invoice_v1/{trackid}")
    }

    fn pay_url(&self, trackid: &str) -> String {
        format!("{}{}", self.0.world.origin, self.pay_path(trackid))
    }
}

impl Provider for ZipaySandbox {
    fn account(&self) -> Account {
        self.0.merchant.account()
    }

    fn other_account(&self) -> Option<Account> {
        Some(self.0.other_merchant.account())
    }

    fn pay(&self, id: &str, _link: Option<&str>) -> Result<Option<String>, PayReason> {
        Ok(Some(ZipaySandbox::pay(self, id)?.return_url()))
    }

    fn payments(&self, at_most: usize) -> Vec<Payment> {
        let store = self.store();
        let newest = store.all().rev().take(at_most);
        newest.map(|invoice| self.shown(invoice)).collect()
    }

    fn payment(&self, id: &str) -> Option<Payment> {
        self.store().get(id).map(|invoice| self.shown(invoice))
    }

    fn next_deadline(&self) -> Option<SystemTime> {
        self.store().next_deadline()
    }

    fn save(&self) -> SavedProvider {
        SavedProvider::of(&self.store().save(), &self.settings())
    }

    fn load(&self, saved: &SavedProvider) -> Result<(), serde_json::Error> {
        let store = Store::load(saved.store()?, self.0.world.capacity);
        self.0.settings.set(saved.settings()?);
        *self.0.store.lock() = store;
        Ok(())
    }

    fn reset(&self) {
        let store = Store::starting_at(self.0.first_transaction, self.0.world.capacity);
        *self.0.store.lock() = store;
        self.0.settings.set(Settings::default());
    }

    fn sample(&self) -> String {
        shown::sample(self)
    }
}
