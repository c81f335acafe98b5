use std::collections::BTreeMap;
use std::sync::Arc;

use crate::{FieldKey, Invalid, Provider};

/// A merchant's accounts, by the names that the merchant gave them.
///
/// Cloning it costs next to nothing.
#[derive(Clone, Debug, Default)]
pub struct Providers(Arc<BTreeMap<Arc<str>, Provider>>);

impl Providers {
    /// Puts accounts together.
    ///
    /// # Errors
    ///
    /// If two have the same name, since one would take the other's payments: rename one.
    pub fn new(providers: impl IntoIterator<Item = Provider>) -> Result<Providers, Invalid> {
        let mut by_name = BTreeMap::new();
        for provider in providers {
            let name: Arc<str> = provider.name().into();
            if by_name.insert(Arc::clone(&name), provider).is_some() {
                return Err(Invalid::new(FieldKey::unkeyed("account"), "is there twice")
                    .value(&name)
                    .remedy("give each account a name of its own"));
            }
        }
        Ok(Providers(Arc::new(by_name)))
    }

    /// The account of this name.
    ///
    /// # Errors
    ///
    /// Lists the names there are: choose one of them, or add the account.
    pub fn get(&self, name: &str) -> Result<&Provider, Invalid> {
        self.0.get(name).ok_or_else(|| {
            Invalid::new(FieldKey::unkeyed("account"), "is not known")
                .value(name)
                .remedy(self.choice())
        })
    }

    /// The only account there is.
    ///
    /// # Errors
    ///
    /// If there are several, whose names it lists, or none.
    pub fn only(&self) -> Result<&Provider, Invalid> {
        let mut all = self.iter();
        match (all.next(), all.next()) {
            (Some(only), None) => Ok(only),
            (Some(_), Some(_)) => {
                Err(Invalid::new(FieldKey::unkeyed("account"), "is not said").remedy(self.choice()))
            }
            (None, _) => {
                Err(Invalid::new(FieldKey::unkeyed("account"), "is not there")
                    .remedy(self.choice()))
            }
        }
    }

    /// The accounts, in the order of their names.
    pub fn iter(&self) -> impl Iterator<Item = &Provider> {
        self.0.values()
    }

    /// The names, in their order.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.iter().map(Provider::name)
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
        let names: Vec<&str> = self.names().collect();
        if names.is_empty() {
            "none is configured".to_owned()
        } else {
            format!("choose one of {}", names.join(", "))
        }
    }
}

impl<'a> IntoIterator for &'a Providers {
    type Item = &'a Provider;
    type IntoIter = std::collections::btree_map::Values<'a, Arc<str>, Provider>;

    fn into_iter(self) -> Self::IntoIter {
        self.0.values()
    }
}
