//! The POD of the sandbox: invoices and every documented way to pay them, wallets, text messages, and
//! the pages where a person pays.

mod admin;
mod api;
mod fields;
mod invoice;
mod keys;
mod ledger;
mod life;
mod links;
mod pay_page;
mod payer;
mod refusal;
mod services;
mod settings;
mod shown;
mod sms;
mod wire;

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, MutexGuard};
use std::time::SystemTime;

use invoice::Store;
pub use invoice::{EventKind, Invoice, State};
pub use keys::Account;
use keys::{Accounts, Keys};
use ledger::Pocket;
pub use life::{GATEWAY_WAITS, SETTLES_AFTER, VERIFY_WITHIN};
pub use links::LINK_LIVES;
pub use payer::PayerError;
pub use refusal::Failure;
use refusal::{Failures, PendingFailure};
use services::{SERVICES, Service};
pub use settings::{
    AfterTimeout, BillNumbers, ConfirmationAnswer, DoneAnswer, Environment, LinkEnding,
    OneTimeTokens, PersianText, PosInquiry, SecondVerify, Settings, WordedRefusals,
};
pub use sms::PosPurchase;

use crate::random::Stream;
use crate::simulated::{self, Holder, PayReason, Payment, Provider, SavedProvider, simulates};
use crate::world::{Locked, World};

const NAME: &str = "pod";

/// Services and pay pages lie under the provider's root.
const ROOT: &str = "/";

/// The guild in which an account issues its invoices; it is one of POD's own.
const GUILD: &str = "INFORMATION_TECHNOLOGY_GUILD";

/// What every wallet holds at the beginning, in rial.
const WALLET: u64 = 100_000_000;

/// The POD that a sandbox simulates. Clones share the same invoices.
///
/// Two businesses and four people are registered. Every wallet holds a hundred million rial at the
/// beginning; [`sponsor`](Self::sponsor) can give others [credit](Self::delegate).
#[derive(Clone)]
pub struct PodSandbox(Arc<Inner>);

struct Inner {
    world: World,
    random: Stream,
    base_url: String,
    accounts: Accounts,
    keys: Keys,
    first_id: u64,
    references: AtomicU64,
    store: Locked<Store>,
    settings: Locked<Settings>,
    failures: Locked<Failures>,
}

simulates!(
    PodSandbox, "POD", "its document is silent",
    addresses: [("base_url", ROOT), ("pay_url", ROOT)],
    operations: SERVICES.iter().map(Service::name), webhooks: true,
    credentials: ["token", "user_token", "api_key"], other: ["token"],
    routes: [api, pay_page],
);

impl PodSandbox {
    pub(crate) fn open(world: &World) -> Self {
        let random = world.random.stream(NAME);
        let accounts = Accounts::register(&random).with(&world.credentials);
        let keys = Keys::cut(&random).with(&world.credentials);
        let journal = &world.journal;
        journal.keep_out_setting(NAME, "token", accounts.business.token());
        journal.keep_out_setting(NAME, "user_token", accounts.user.token());
        journal.keep_out_setting(NAME, "api_key", &keys.general);
        let secrets = accounts.all().into_iter().map(Account::token);
        for secret in secrets.chain(keys.all()) {
            journal.keep_out(secret);
        }
        let first_id = random.within(3_000_000, 900_000);
        let store = new_store(first_id, &accounts, world.capacity);
        Self(Arc::new(Inner {
            world: world.clone(),
            base_url: world.url(NAME, ROOT),
            accounts,
            keys,
            first_id,
            references: AtomicU64::new(random.within(230_000_000, 9_000_000)),
            random,
            store: Locked::new(store),
            settings: Locked::default(),
            failures: Locked::default(),
        }))
    }

    /// Returns `http://127.0.0.1:PORT/pod/`, under which the pay pages `v1/pbc/…` lie.
    #[must_use]
    pub fn pay_url(&self) -> &str {
        &self.0.base_url
    }

    /// Returns the API token of [`business`](Self::business).
    #[must_use]
    pub fn token(&self) -> &str {
        self.business().token()
    }

    /// Returns the access token of [`user`](Self::user).
    #[must_use]
    pub fn user_token(&self) -> &str {
        self.user().token()
    }

    /// Returns the key that opens every service.
    #[must_use]
    pub fn api_key(&self) -> &str {
        &self.0.keys.general
    }

    /// Returns the key that opens the service with this production number and no other.
    #[must_use]
    pub fn api_key_of(&self, number: u32) -> Option<&str> {
        let service = Service::numbered(number, Environment::Production)?;
        self.0.keys.of(service.number())
    }

    /// Returns the business of the shortcuts.
    #[must_use]
    pub fn business(&self) -> &Account {
        &self.0.accounts.business
    }

    /// Returns a second business: for invoices from one to the other, and invoices the first must not
    /// touch.
    #[must_use]
    pub fn other_business(&self) -> &Account {
        &self.0.accounts.other_business
    }

    /// Returns a person with a confirmed mobile number.
    #[must_use]
    pub fn user(&self) -> &Account {
        &self.0.accounts.user
    }

    /// Returns another person with a confirmed mobile number.
    #[must_use]
    pub fn other_user(&self) -> &Account {
        &self.0.accounts.other_user
    }

    /// Returns a person whom no text message reaches.
    #[must_use]
    pub fn user_without_mobile(&self) -> &Account {
        &self.0.accounts.user_without_mobile
    }

    /// Returns an account that can give credit to the others.
    #[must_use]
    pub fn sponsor(&self) -> &Account {
        &self.0.accounts.sponsor
    }

    /// Lists all invoices of all businesses, oldest first, as they stand at the sandbox time.
    #[must_use]
    pub fn invoices(&self) -> Vec<Invoice> {
        self.store().all().cloned().collect()
    }

    /// Returns one invoice as it stands at the sandbox time.
    #[must_use]
    pub fn invoice(&self, id: u64) -> Option<Invoice> {
        self.store().get(id).ok().cloned()
    }

    /// Makes the next request for that operation fail in POD's own envelope, without being executed.
    pub fn fail_before(&self, operation: &str, failure: Failure) {
        let executed = false;
        self.plan_failure(operation, failure, executed);
    }

    /// Makes the next request for that operation fail in POD's own envelope, after being executed.
    pub fn fail_after(&self, operation: &str, failure: Failure) {
        let executed = true;
        self.plan_failure(operation, failure, executed);
    }

    fn plan_failure(&self, operation: &str, code: Failure, executed: bool) {
        self.failures().plan(PendingFailure {
            operation: operation.to_owned(),
            code,
            executed,
        });
    }

    fn failures(&self) -> MutexGuard<'_, Failures> {
        self.0.failures.lock()
    }

    /// Locks the invoices after everything has happened that was due. The settings are never locked
    /// while the invoices are waited for.
    fn store(&self) -> MutexGuard<'_, Store> {
        let after_timeout = self.settings().after_timeout;
        let mut store = self.0.store.lock();
        store.fall_due(self.now(), after_timeout);
        store
    }

    fn next_reference(&self) -> String {
        let number = self.0.references.fetch_add(1, Ordering::Relaxed);
        number.to_string()
    }

    fn give_one_time_token(&self, account: &Account) -> String {
        let token = self.0.random.hex(1);
        let mut store = self.store();
        store.one_time_tokens.give(account.user_id(), token.clone());
        token
    }

    /// Lists what a client needs to be this business.
    fn settings_of(&self, business: &Account) -> simulated::Account {
        let id = business
            .business_id()
            .map(|id| ("business", id.to_string()));
        let settings = [
            ("token", business.token().to_owned()),
            ("user_token", self.user_token().to_owned()),
            ("api_key", self.api_key().to_owned()),
            ("guild", GUILD.to_owned()),
        ];
        settings.into_iter().chain(id).collect()
    }
}

/// No invoice yet, and every wallet filled.
fn new_store(first_id: u64, accounts: &Accounts, capacity: usize) -> Store {
    let mut store = Store::starting_at(first_id, capacity);
    for account in accounts.all() {
        let pocket = Pocket::Wallet(account.user_id());
        store.ledger.set(pocket, WALLET.into());
    }
    store
}

impl Provider for PodSandbox {
    fn account(&self) -> simulated::Account {
        self.settings_of(self.business())
    }

    fn other_account(&self) -> Option<simulated::Account> {
        Some(self.settings_of(self.other_business()))
    }

    fn pay(&self, id: &str, link: Option<&str>) -> Result<Option<String>, PayReason> {
        let id = id.parse()?;
        match link {
            Some(link) => Ok(Some(pay_page::pay_by_link(self, link, id)?)),
            None => {
                self.pay_by_card(id)?;
                Ok(None)
            }
        }
    }

    fn payments(&self, at_most: usize) -> Vec<Payment> {
        let store = self.store();
        let newest = store.all().rev().take(at_most);
        newest.map(|invoice| self.shown(invoice)).collect()
    }

    fn payment(&self, id: &str) -> Option<Payment> {
        let id = id.parse().ok()?;
        self.store().get(id).ok().map(|invoice| self.shown(invoice))
    }

    fn next_deadline(&self) -> Option<SystemTime> {
        self.store().next_due()
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
        let capacity = self.0.world.capacity;
        *self.0.store.lock() = new_store(self.0.first_id, &self.0.accounts, capacity);
        self.0.settings.set(Settings::default());
        self.failures().clear();
    }

    fn sample(&self) -> String {
        shown::sample(self)
    }

    fn holders(&self) -> Vec<Holder> {
        shown::holders(self)
    }
}
