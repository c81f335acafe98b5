use std::fmt;
use std::sync::Arc;

use axum::Router;

use crate::admin::Routes;

/// What one provider brings into the sandbox.
///
/// A provider is a module beside [`zipay`](crate::zipay) that returns one of these, and a line in
/// `Sandbox::start` that takes it; providers know nothing of each other.
pub(crate) struct Provider {
    /// The first segment of its paths, and its name in faults and in the journal.
    pub(crate) name: &'static str,
    pub(crate) title: &'static str,
    /// Where a client is pointed.
    pub(crate) base_url: String,
    /// The operations that a fault can be set on.
    pub(crate) operations: &'static [&'static str],
    /// The provider's own paths, mounted under `/{name}`.
    pub(crate) routes: Router,
    /// What it adds to the API under `/_sandbox`, with whole paths.
    pub(crate) admin: Routes,
    /// Its payments for the index page, newest first.
    pub(crate) payments: Payments,
}

/// Lists a provider's payments when the index page asks.
pub(crate) type Payments = Arc<dyn Fn() -> Vec<Payment> + Send + Sync>;

/// One line of the index page.
#[derive(Debug, Clone)]
pub(crate) struct Payment {
    /// The merchant's number for it.
    pub(crate) order: String,
    pub(crate) amount: String,
    /// The state in Persian, and the class that colours it.
    pub(crate) state: &'static str,
    pub(crate) tone: &'static str,
    /// The page where it is paid.
    pub(crate) link: String,
}

impl fmt::Debug for Provider {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Account")
            .field("name", &self.name)
            .finish_non_exhaustive()
    }
}
