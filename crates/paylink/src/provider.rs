use std::fmt;
use std::ops::Deref;
use std::sync::Arc;

use crate::PaymentProvider;

/// One account's provider, under the name that the merchant gave the account.
///
/// Everything of [`PaymentProvider`] is called on it directly. Cloning it costs next to nothing, and clones are the same
/// account.
///
#[cfg_attr(feature = "zipay", doc = "```")]
#[cfg_attr(not(feature = "zipay"), doc = "```ignore")]
/// use paylink::zipay::ZiPay;
/// use paylink::{Currency, Provider};
///
/// let zipay = ZiPay::builder("api-key", "secret-key").terminal(1003).build()?;
/// let provider = Provider::new("main", zipay);
/// assert_eq!(provider.name(), "main");
/// assert!(provider.capabilities().currencies().contains(&Currency::Usd));
/// # Ok::<(), paylink::Error>(())
/// ```
#[derive(Clone)]
pub struct Provider {
    name: Arc<str>,
    provider: Arc<dyn PaymentProvider>,
}

impl Provider {
    /// An account of this name, with the client that carries it out.
    #[must_use]
    pub fn new(name: impl Into<Arc<str>>, provider: impl PaymentProvider + 'static) -> Provider {
        Provider {
            name: name.into(),
            provider: Arc::new(provider),
        }
    }

    /// The account's name, which is the merchant's own word: `main`, or the provider's name where there is but one.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }
}

impl Deref for Provider {
    type Target = dyn PaymentProvider;

    fn deref(&self) -> &Self::Target {
        &*self.provider
    }
}

impl fmt::Debug for Provider {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Provider")
            .field("name", &self.name)
            .field("provider", &self.capabilities().provider())
            .finish()
    }
}
