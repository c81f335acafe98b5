use std::collections::HashMap;

use url::Url;

/// The payers who were sent to the bank's gateway.
#[derive(Debug, Default)]
pub(super) struct Visits(HashMap<String, Visit>);

/// One payer at the gateway.
#[derive(Debug, Clone)]
pub(super) struct Visit {
    pub(super) invoice: u64,
    pub(super) way_back: WayBack,
}

/// Where the payer and the news of the payment go.
#[derive(Debug, Clone, Default)]
pub(super) struct WayBack {
    /// Where the payer's browser goes.
    pub(super) redirect: Option<Url>,
    /// What POD calls by itself once the invoice is paid.
    pub(super) call: Option<Url>,
}

impl Visits {
    /// Lets a payer in, instead of whoever was there for the same invoice.
    pub(super) fn begin(&mut self, token: String, visit: Visit) {
        self.0.retain(|_, older| older.invoice != visit.invoice);
        self.0.insert(token, visit);
    }

    pub(super) fn get(&self, token: &str) -> Option<&Visit> {
        self.0.get(token)
    }

    pub(super) fn end(&mut self, token: &str) {
        self.0.remove(token);
    }
}
