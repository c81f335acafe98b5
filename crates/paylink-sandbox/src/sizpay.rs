//! The SizPay of the sandbox: pay links over REST, SOAP and ASP.NET JSON, the SMS that carry them, and
//! the page where they are paid.

mod admin;
mod answer;
mod asmx;
mod fields;
mod link;
mod merchant;
mod operations;
mod pay_page;
mod rest;
mod shown;

use std::sync::{Arc, MutexGuard};
use std::time::SystemTime;

use fields::Fields;
use link::Store;
pub use link::{EventKind, Link, PayerError, RESEND_AFTER, RESENDS_AT_MOST, Status};
pub use merchant::{
    AnswerShape, InvalidNamespace, Merchant, Namespace, ResultCode, Settings, StatusList,
    StatusNames,
};

use crate::credentials::Whose;
use crate::journal::{Names, Parameter};
use crate::random::Stream;
use crate::simulated::{Account, PayReason, Payment, Provider, SavedProvider, simulates};
use crate::world::{Locked, World};

const NAME: &str = "sizpay";

/// The operations, whichever way they are called.
const OPERATIONS: [&str; 4] = ["send-link", "disable", "resend", "status"];

/// Where the journal finds what it looks for.
static NAMES: Names = Names {
    asked: &["PayLinkSendID", "PayLinkIdList"],
    creating: ("send-link", "PayLinkSendID"),
    computed: &[],
};

/// The SizPay that a sandbox simulates. Clones share the same pay links.
///
/// Two merchants are registered, so that a program can also be tried against another merchant's
/// links: [`merchant`](Self::merchant) and [`other_merchant`](Self::other_merchant).
#[derive(Clone)]
pub struct SizpaySandbox(Arc<Inner>);

struct Inner {
    world: World,
    random: Stream,
    base_url: String,
    asmx_url: String,
    merchant: Merchant,
    other_merchant: Merchant,
    store: Locked<Store>,
    settings: Locked<Settings>,
}

simulates!(
    SizpaySandbox, "SizPay", "its documents are silent",
    addresses: [("base_url", rest::PATH), ("asmx_url", asmx::PATH)],
    operations: OPERATIONS.into_iter(), webhooks: false,
    credentials: ["user_name", "password"], other: ["user_name", "password"],
    routes: [rest, asmx, pay_page],
);

impl SizpaySandbox {
    pub(crate) fn open(world: &World) -> Self {
        let random = world.random.stream(NAME);
        let merchant = Merchant::register("فروشگاه نمونه", "hosseini", &random);
        let merchant = merchant.with(world, Whose::Own);
        let other_merchant = Merchant::register("فروشگاه دیگر", "digar", &random);
        let other_merchant = other_merchant.with(world, Whose::Other);
        let journal = &world.journal;
        journal.keep_out_setting(NAME, "user_name", merchant.user_name());
        journal.keep_out_setting(NAME, "password", merchant.password());
        journal.keep_out(other_merchant.user_name());
        journal.keep_out(other_merchant.password());
        Self(Arc::new(Inner {
            world: world.clone(),
            random,
            base_url: world.url(NAME, rest::PATH),
            asmx_url: world.url(NAME, asmx::PATH),
            merchant,
            other_merchant,
            store: Locked::new(Store::new(world.capacity)),
            settings: Locked::default(),
        }))
    }

    /// Returns `http://127.0.0.1:PORT/sizpay/KimiaPayLinkSend.asmx`, the address of the SOAP service;
    /// with `?WSDL` it describes itself.
    #[must_use]
    pub fn asmx_url(&self) -> &str {
        &self.0.asmx_url
    }

    /// Returns the merchant of the shortcuts below.
    #[must_use]
    pub fn merchant(&self) -> &Merchant {
        &self.0.merchant
    }

    /// Returns a second merchant, whose links the first must not see.
    #[must_use]
    pub fn other_merchant(&self) -> &Merchant {
        &self.0.other_merchant
    }

    /// Returns the merchant's key 1, sent as `UserName`.
    #[must_use]
    pub fn user_name(&self) -> &str {
        self.0.merchant.user_name()
    }

    /// Returns the merchant's key 2, sent as `Password`.
    #[must_use]
    pub fn password(&self) -> &str {
        self.0.merchant.password()
    }

    /// Returns the name of the merchant's pay link, sent as `PayLinkName`.
    #[must_use]
    pub fn pay_link_name(&self) -> &str {
        self.0.merchant.pay_link_name()
    }

    /// Lists all pay links of all merchants, oldest first.
    #[must_use]
    pub fn links(&self) -> Vec<Link> {
        self.store().all().cloned().collect()
    }

    /// Returns one pay link.
    #[must_use]
    pub fn link(&self, send_id: u64) -> Option<Link> {
        self.store().get(send_id).cloned()
    }

    /// The address of the page where a link is paid.
    fn page_of(&self, pay_link_name: &str, code: &str) -> String {
        format!("{}/{NAME}/{pay_link_name}/{code}", self.0.world.origin)
    }

    fn merchants(&self) -> [&Merchant; 2] {
        [&self.0.merchant, &self.0.other_merchant]
    }

    fn store(&self) -> MutexGuard<'_, Store> {
        self.0.store.lock()
    }
}

impl Provider for SizpaySandbox {
    fn account(&self) -> Account {
        self.0.merchant.account()
    }

    fn other_account(&self) -> Option<Account> {
        Some(self.0.other_merchant.account())
    }

    /// No payer comes back: no document of SizPay's has a return.
    fn pay(&self, id: &str, _link: Option<&str>) -> Result<Option<String>, PayReason> {
        SizpaySandbox::pay(self, id.parse()?)?;
        Ok(None)
    }

    fn payments(&self, at_most: usize) -> Vec<Payment> {
        let store = self.store();
        store
            .all()
            .rev()
            .take(at_most)
            .map(shown::payment)
            .collect()
    }

    fn payment(&self, id: &str) -> Option<Payment> {
        self.store().get(id.parse().ok()?).map(shown::payment)
    }

    /// No link ends by itself.
    fn next_deadline(&self) -> Option<SystemTime> {
        None
    }

    fn save(&self) -> SavedProvider {
        SavedProvider::of(&self.store().save(), &self.settings())
    }

    fn load(&self, saved: &SavedProvider) -> Result<(), serde_json::Error> {
        let address = |link: &Link| self.page_of(&link.pay_link_name, &link.code);
        let store = Store::load(saved.store()?, self.0.world.capacity, address);
        self.0.settings.set(saved.settings()?);
        *self.store() = store;
        Ok(())
    }

    fn reset(&self) {
        *self.store() = Store::new(self.0.world.capacity);
        self.0.settings.set(Settings::default());
    }

    fn sample(&self) -> String {
        shown::sample(self)
    }
}

/// Names keys and what no document knows without their values.
fn noted(fields: &Fields) -> Vec<Parameter> {
    let fields = fields.as_text();
    fields
        .map(|(name, value)| Parameter::shown_if(operations::is_shown(name), name, value))
        .collect()
}
