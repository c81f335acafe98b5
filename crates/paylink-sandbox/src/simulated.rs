//! The list of providers, and what each brings into the sandbox.

use std::error::Error;
use std::fmt;
use std::sync::Arc;
use std::time::SystemTime;

use axum::Router;
use serde::de::{DeserializeOwned, Error as _};
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::Value;
use thiserror::Error;

use crate::Providers;
use crate::admin::Described;
use crate::history::Event;
use crate::page::{Bilingual, Lang, Shown, Unit};

/// A provider that a [`Sandbox`](crate::Sandbox) simulates, described in plain text.
///
/// A client is configured from [`settings`](Self::settings) without a line of code for each
/// provider: the keys are those under which its configuration knows the same values.
///
/// ```
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), paylink_sandbox::StartError> {
/// let sandbox = paylink_sandbox::Sandbox::start().await?;
/// for provider in sandbox.providers() {
///     for (key, value) in provider.settings() {
///         println!("{}.{key} = {value:?}", provider.name());
///     }
/// }
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
pub struct Simulated {
    origin: Arc<str>,
    title: &'static str,
    provider: Arc<dyn Provider>,
}

impl Simulated {
    pub(crate) fn new(
        origin: &Arc<str>,
        title: &'static str,
        provider: impl Provider + 'static,
    ) -> Self {
        Self {
            origin: Arc::clone(origin),
            title,
            provider: Arc::new(provider),
        }
    }

    /// Returns the name: the first segment of the provider's paths, and its name in faults and in the
    /// journal.
    #[must_use]
    pub fn name(&self) -> &'static str {
        self.provider.name()
    }

    /// Returns the name in the provider's own spelling.
    #[must_use]
    pub fn title(&self) -> &'static str {
        self.title
    }

    /// Lists the settings that are addresses, each with its path below [`url`](crate::Sandbox::url).
    #[must_use]
    pub fn addresses(&self) -> Vec<(&'static str, String)> {
        let whole = |(key, path): &(_, &str)| (*key, format!("/{}{path}", self.name()));
        self.provider.addresses().iter().map(whole).collect()
    }

    /// Lists the settings of the account that tests use, by their keys: whole addresses first, then
    /// the credentials and what else payments need.
    ///
    /// The credentials are invented by the sandbox and work nowhere else.
    #[must_use]
    pub fn settings(&self) -> Vec<(&'static str, String)> {
        self.with_addresses(self.provider.account())
    }

    /// Lists the settings of another merchant's account, if the provider serves several merchants.
    #[must_use]
    pub fn other_settings(&self) -> Option<Vec<(&'static str, String)>> {
        let account = self.provider.other_account();
        account.map(|account| self.with_addresses(account))
    }

    /// Lists the variables in which a client finds the settings of the account that tests use:
    /// `PAYLINK_ZIPAY_API_KEY`.
    #[must_use]
    pub fn variables(&self) -> Vec<(String, String)> {
        named(self.name(), self.settings())
    }

    /// Lists the variables that make another merchant's account known beside that one:
    /// `PAYLINK_ACCOUNT_ZIPAY_OTHER_API_KEY`. The account is called after the provider, as `zipay-other`.
    #[must_use]
    pub fn other_variables(&self) -> Option<Vec<(String, String)>> {
        let mut settings = self.other_settings()?;
        settings.push(("provider", self.name().to_owned()));
        Some(named(&format!("account_{}_other", self.name()), settings))
    }

    /// Lists the operations that a [fault](crate::Faults::next) can be set for.
    #[must_use]
    pub fn operations(&self) -> Vec<&'static str> {
        self.provider.operations()
    }

    /// Pays as the payer who was sent to `link`, and returns the address to which the payer's browser
    /// goes back, if there is one.
    ///
    /// `id` is the provider's own identifier of the payment. A payer without a link pays as well; the
    /// link matters where it carries the addresses of return and webhook itself, as in POD.
    ///
    /// # Errors
    ///
    /// If there is no such payment, the link leads to another one, or it cannot be paid. Nothing was
    /// paid then.
    pub fn pay(&self, id: &str, link: Option<&str>) -> Result<Option<String>, PayError> {
        self.provider.pay(id, link).map_err(|reason| PayError {
            provider: self.title,
            id: id.to_owned(),
            reason,
        })
    }

    pub(crate) fn routes(&self) -> Router {
        self.provider.routes()
    }

    pub(crate) fn admin(&self) -> Described {
        self.provider.admin()
    }

    /// Lists the newest payments, newest first.
    pub(crate) fn payments(&self, at_most: usize) -> Vec<Payment> {
        self.provider.payments(at_most)
    }

    /// Returns the payment with this identifier of the provider's.
    pub(crate) fn payment(&self, id: &str) -> Option<Payment> {
        self.provider.payment(id)
    }

    pub(crate) fn save(&self) -> SavedProvider {
        self.provider.save()
    }

    pub(crate) fn load(&self, saved: &SavedProvider) -> Result<(), serde_json::Error> {
        self.provider.load(saved)
    }

    pub(crate) fn reset(&self) {
        self.provider.reset();
    }

    /// Returns when the next state ends by itself.
    pub(crate) fn next_deadline(&self) -> Option<SystemTime> {
        self.provider.next_deadline()
    }

    /// Returns its settings, as the API writes them.
    pub(crate) fn behaviour(&self) -> Value {
        self.provider.behaviour()
    }

    pub(crate) fn sample(&self) -> String {
        self.provider.sample()
    }

    pub(crate) fn holders(&self) -> Vec<Holder> {
        self.provider.holders()
    }

    fn with_addresses(&self, account: Account) -> Vec<(&'static str, String)> {
        let whole = |(key, path)| (key, format!("{}{path}", self.origin));
        let addresses = self.addresses().into_iter().map(whole);
        addresses.chain(account).collect()
    }
}

/// Names settings as variables of the environment.
fn named(section: &str, settings: Account) -> Vec<(String, String)> {
    let name = |key| format!("PAYLINK_{section}_{key}").to_uppercase();
    let settings = settings.into_iter();
    settings.map(|(key, value)| (name(key), value)).collect()
}

/// Leaves the settings out.
impl fmt::Debug for Simulated {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Simulated")
            .field("name", &self.name())
            .finish_non_exhaustive()
    }
}

/// The simulated payer could not pay; nothing has happened then.
#[derive(Debug, Error)]
#[error("{provider} cannot take a payment for {id:?}: {reason}")]
pub struct PayError {
    provider: &'static str,
    id: String,
    #[source]
    reason: PayReason,
}

/// Why a simulated payer could not pay, in the provider's own words.
pub(crate) type PayReason = Box<dyn Error + Send + Sync>;

/// The settings of one account, without the addresses.
pub(crate) type Account = Vec<(&'static str, String)>;

/// Where and under which names a provider is served, which [`simulates`] says.
pub(crate) trait Served: Send + Sync {
    fn name(&self) -> &'static str;

    /// The settings that are addresses, with their paths below the provider's root; the base address
    /// comes first.
    fn addresses(&self) -> &'static [(&'static str, &'static str)];

    /// The operations that a fault can be set on.
    fn operations(&self) -> Vec<&'static str>;

    /// The provider's own paths, mounted under its name.
    fn routes(&self) -> Router;

    /// What it adds to the API under `/_sandbox`, with whole paths.
    fn admin(&self) -> Described;

    /// Its settings, as the API writes them.
    fn behaviour(&self) -> Value;
}

/// What one provider brings into the sandbox. Providers know nothing of each other.
pub(crate) trait Provider: Served {
    fn account(&self) -> Account;

    /// The account of another merchant; a provider may serve one alone.
    fn other_account(&self) -> Option<Account> {
        None
    }

    fn pay(&self, id: &str, link: Option<&str>) -> Result<Option<String>, PayReason>;

    /// Its newest payments, newest first.
    fn payments(&self, at_most: usize) -> Vec<Payment>;

    /// The payment with this identifier.
    fn payment(&self, id: &str) -> Option<Payment>;

    /// When the next of its states ends by itself.
    fn next_deadline(&self) -> Option<SystemTime>;

    /// Everything it remembers, but for keys.
    fn save(&self) -> SavedProvider;

    /// Remembers what was saved, in place of what it remembers now.
    fn load(&self, saved: &SavedProvider) -> Result<(), serde_json::Error>;

    /// Forgets everything but keys.
    fn reset(&self);

    /// Lines for a shell that create a payment, with the credentials in the variables of
    /// `paylink sandbox`.
    fn sample(&self) -> String;

    /// Those who have wallets with it.
    fn holders(&self) -> Vec<Holder> {
        Vec::new()
    }
}

/// What one provider remembers.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct SavedProvider {
    store: Value,
    settings: Value,
}

impl SavedProvider {
    pub(crate) fn of(store: &impl Serialize, settings: &impl Serialize) -> Self {
        // Both are maps with texts as keys, which JSON can hold.
        let value = |saved: Result<Value, serde_json::Error>| saved.unwrap_or_default();
        Self {
            store: value(serde_json::to_value(store)),
            settings: value(serde_json::to_value(settings)),
        }
    }

    pub(crate) fn store<T: DeserializeOwned>(&self) -> Result<T, serde_json::Error> {
        T::deserialize(&self.store)
    }

    pub(crate) fn settings<T: DeserializeOwned>(&self) -> Result<T, serde_json::Error> {
        T::deserialize(&self.settings)
    }
}

/// A payment of any provider, as the dashboard shows it.
#[derive(Debug, Clone)]
pub(crate) struct Payment {
    /// The provider's identifier.
    pub(crate) id: String,
    /// The merchant's number for it.
    pub(crate) order: String,
    pub(crate) amount: Amount,
    pub(crate) state: Shown,
    pub(crate) stage: Stage,
    /// The page where it is paid.
    pub(crate) link: String,
    /// What has happened to it, oldest first.
    pub(crate) history: Vec<Happened>,
    /// When its state ends by itself.
    pub(crate) deadline: Option<SystemTime>,
    /// What can be done in the payer's place.
    pub(crate) actions: Vec<Action>,
}

/// A decimal number and what it counts.
#[derive(Debug, Clone)]
pub(crate) struct Amount(pub(crate) String, pub(crate) Unit);

impl Amount {
    pub(crate) fn of(&self, lang: Lang) -> String {
        lang.amount(&self.0, self.1)
    }
}

/// How far a payment has come, whichever provider's it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Stage {
    /// It can still be paid.
    Open,
    /// It was paid, and something is still to happen before the money is the merchant's.
    Paid,
    /// The money is the merchant's.
    Settled,
    /// It cannot be paid any more, or the money went back.
    Failed,
}

/// One event of a payment's history.
#[derive(Debug, Clone)]
pub(crate) struct Happened {
    pub(crate) at: SystemTime,
    /// The name that the API gives it.
    pub(crate) name: String,
    pub(crate) shown: Shown,
}

/// Something that the API does in the payer's place.
#[derive(Debug, Clone)]
pub(crate) struct Action {
    pub(crate) title: Bilingual,
    /// The path of the API; its body is an empty object.
    pub(crate) path: String,
}

/// Somebody whom a provider knows, with what they own.
#[derive(Debug, Clone)]
pub(crate) struct Holder {
    pub(crate) id: u64,
    pub(crate) name: String,
    pub(crate) mobile: Option<String>,
    pub(crate) wallet: Amount,
}

/// A provider's name and what can go wrong with it, which is known before it is opened.
#[derive(Debug, Clone)]
pub(crate) struct Played {
    pub(crate) name: &'static str,
    pub(crate) operations: Vec<&'static str>,
    pub(crate) sends_webhooks: bool,
    /// The settings of the account that tests use, and of the other one, that can be chosen.
    pub(crate) credentials: &'static [&'static str],
    pub(crate) other_credentials: &'static [&'static str],
}

/// The name of a provider, under which serde does not see a text to borrow.
pub(crate) type Name = &'static str;

/// Reads the name of a provider.
pub(crate) fn read_name<'de, D: Deserializer<'de>>(from: D) -> Result<&'static str, D::Error> {
    let name = String::deserialize(from)?;
    let found = Providers::played().into_iter().find(|it| it.name == name);
    let found = found.ok_or_else(|| D::Error::custom(format!("there is no provider {name:?}")))?;
    Ok(found.name)
}

/// Writes what happened to a payment with the names that the API gives it, as `shown` says.
pub(crate) fn history<K: Serialize + Copy>(
    events: &[Event<K>],
    shown: fn(K) -> Shown,
) -> Vec<Happened> {
    let name = |kind: K| match serde_json::to_value(kind) {
        Ok(Value::String(name)) => name,
        _ => String::new(),
    };
    let happened = |event: &Event<K>| Happened {
        at: event.at,
        name: name(event.kind),
        shown: shown(event.kind),
    };
    events.iter().map(happened).collect()
}

/// Declares the providers that a sandbox simulates: the module of each, the type that simulates it, and
/// its title.
macro_rules! simulated {
    ($($module:ident::$Sandbox:ident, $title:literal;)*) => {
        /// The providers of one sandbox, each by its type and all as a list.
        #[derive(Debug)]
        pub(crate) struct Providers {
            list: Vec<$crate::Simulated>,
            $($module: $module::$Sandbox,)*
        }

        impl Providers {
            pub(crate) fn open(world: &$crate::world::World) -> Self {
                $(let $module = $module::$Sandbox::open(world);)*
                let list = vec![$($crate::Simulated::new(&world.origin, $title, $module.clone())),*];
                Self { list, $($module,)* }
            }

            pub(crate) fn list(&self) -> &[$crate::Simulated] {
                &self.list
            }

            pub(crate) fn played() -> Vec<$crate::simulated::Played> {
                vec![$($module::$Sandbox::played()),*]
            }
        }

        impl $crate::Sandbox {
            $(
                #[doc = concat!("Returns the ", $title, " that it simulates.")]
                #[must_use]
                pub fn $module(&self) -> &$module::$Sandbox {
                    &self.providers.$module
                }
            )*
        }
    };
}
pub(crate) use simulated;

/// Implements what all simulated providers have; `$silent` says where the document leaves a choice, and
/// `$pages` are the modules with routes below the provider's root.
macro_rules! simulates {
    (
        $Sandbox:ident, $title:literal, $silent:literal,
        addresses: $addresses:expr, operations: $operations:expr, webhooks: $webhooks:literal,
        credentials: $credentials:expr, other: $other:expr,
        routes: [$($pages:ident),+],
    ) => {
        impl $crate::simulated::Served for $Sandbox {
            fn name(&self) -> &'static str {
                NAME
            }

            fn addresses(&self) -> &'static [(&'static str, &'static str)] {
                &$addresses
            }

            fn operations(&self) -> Vec<&'static str> {
                $operations.collect()
            }

            fn routes(&self) -> axum::Router {
                axum::Router::new()$(.merge($pages::routes(self.clone())))+
            }

            fn admin(&self) -> $crate::admin::Described {
                admin::routes(self.clone())
            }

            fn behaviour(&self) -> serde_json::Value {
                serde_json::to_value(self.settings()).unwrap_or_default()
            }
        }

        impl $Sandbox {
            pub(crate) fn played() -> $crate::simulated::Played {
                $crate::simulated::Played {
                    name: NAME,
                    operations: $operations.collect(),
                    sends_webhooks: $webhooks,
                    credentials: &$credentials,
                    other_credentials: &$other,
                }
            }

            /// Returns the address below which a client's requests go.
            #[must_use]
            pub fn base_url(&self) -> &str {
                &self.0.base_url
            }

            #[doc = concat!("Returns how ", $title, " behaves where ", $silent, ".")]
            #[must_use]
            pub fn settings(&self) -> Settings {
                self.0.settings.get()
            }

            #[doc = concat!("Chooses how ", $title, " behaves where ", $silent, ".")]
            pub fn change_settings(&self, change: impl FnOnce(&mut Settings)) {
                self.0.settings.update(change);
            }

            fn now(&self) -> std::time::SystemTime {
                self.0.world.clock.now()
            }
        }

        /// Leaves keys and tokens out.
        impl std::fmt::Debug for $Sandbox {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.debug_struct(stringify!($Sandbox))
                    .field("base_url", &self.0.base_url)
                    .finish_non_exhaustive()
            }
        }
    };
}
pub(crate) use simulates;
