use std::collections::BTreeMap;
use std::fmt;
use std::ops::Deref;
use std::sync::Arc;

use crate::{FieldKey, Invalid, PaymentProvider};

/// One account's provider, under the name that the merchant gave the account.
///
/// Everything of [`PaymentProvider`] is called on it directly. Cloning it costs next to nothing, and clones are the same
/// account.
///
#[cfg_attr(feature = "zipay", doc = "```")]
#[cfg_attr(not(feature = "zipay"), doc = "```ignore")]
/// use paylink::zipay::ZiPay;
/// use paylink::{Account, Currency};
///
/// let zipay = ZiPay::builder("api-key", "secret-key").terminal(1003).build()?;
/// let account = Account::new("main", zipay);
/// assert_eq!(account.name(), "main");
/// assert!(account.capabilities().currencies().contains(&Currency::Usd));
/// # Ok::<(), paylink::Error>(())
/// ```
#[derive(Clone)]
pub struct Account {
    name: Arc<str>,
    client: Arc<dyn PaymentProvider>,
}

impl Account {
    /// The field under which an account's name is refused.
    pub const KEY: FieldKey = FieldKey::new("account", "account");

    /// An account of this name, with the client that carries it out.
    #[must_use]
    pub fn new(name: impl Into<Arc<str>>, client: impl PaymentProvider + 'static) -> Account {
        Account::from_arc(name, Arc::new(client))
    }

    /// The same, with a client that is shared, or whose type is not known: what a descriptor opened.
    #[must_use]
    pub fn from_arc(name: impl Into<Arc<str>>, provider: Arc<dyn PaymentProvider>) -> Account {
        Account {
            name: name.into(),
            client: provider,
        }
    }

    /// The account's name, which is the merchant's own word: `main`, or the provider's name where there is but one.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }
}

impl Deref for Account {
    type Target = dyn PaymentProvider;

    fn deref(&self) -> &Self::Target {
        &*self.client
    }
}

impl fmt::Debug for Account {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Account")
            .field("name", &self.name)
            .field("provider", &self.capabilities().provider())
            .finish()
    }
}

/// A merchant's accounts, by the names that the merchant gave them.
///
/// Cloning it costs next to nothing.
#[derive(Clone, Debug, Default)]
pub struct Accounts(Arc<BTreeMap<Arc<str>, Account>>);

impl Accounts {
    /// Puts accounts together.
    ///
    /// # Errors
    ///
    /// If two have the same name, since one would take the other's payments: rename one.
    pub fn new(accounts: impl IntoIterator<Item = Account>) -> Result<Accounts, Invalid> {
        let mut by_name = BTreeMap::new();
        for provider in accounts {
            let name: Arc<str> = provider.name().into();
            if by_name.insert(Arc::clone(&name), provider).is_some() {
                return Err(Invalid::new(Account::KEY, "is there twice")
                    .with_value(&name)
                    .with_remedy("give each account a name of its own"));
            }
        }
        Ok(Accounts(Arc::new(by_name)))
    }

    /// The account of this name.
    ///
    /// # Errors
    ///
    /// Lists the names there are: choose one of them, or add the account.
    pub fn get(&self, name: &str) -> Result<&Account, Invalid> {
        self.0.get(name).ok_or_else(|| {
            Invalid::new(Account::KEY, "is not known")
                .with_value(name)
                .with_remedy(self.choice())
        })
    }

    /// The only account there is.
    ///
    /// # Errors
    ///
    /// If there are several, whose names it lists, or none.
    pub fn only(&self) -> Result<&Account, Invalid> {
        let mut all = self.iter();
        match (all.next(), all.next()) {
            (Some(only), None) => Ok(only),
            (Some(_), Some(_)) => {
                Err(Invalid::new(Account::KEY, "is not said").with_remedy(self.choice()))
            }
            (None, _) => Err(Invalid::new(Account::KEY, "is not there").with_remedy(self.choice())),
        }
    }

    /// The accounts, in the order of their names.
    pub fn iter(&self) -> impl Iterator<Item = &Account> {
        self.0.values()
    }

    /// The names, in their order.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.iter().map(Account::name)
    }

    /// How many accounts there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    fn choice(&self) -> String {
        choice(self.names())
    }
}

/// What to do about an account that is not there.
pub(crate) fn choice<'a>(names: impl Iterator<Item = &'a str>) -> String {
    let names: Vec<&str> = names.collect();
    if names.is_empty() {
        "none is configured".to_owned()
    } else {
        format!("choose one of {}", names.join(", "))
    }
}

impl<'a> IntoIterator for &'a Accounts {
    type Item = &'a Account;
    type IntoIter = std::collections::btree_map::Values<'a, Arc<str>, Account>;

    fn into_iter(self) -> Self::IntoIter {
        self.0.values()
    }
}
