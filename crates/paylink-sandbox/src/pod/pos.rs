use std::time::SystemTime;

use serde::Serialize;
use utoipa::ToSchema;

use super::PodSandbox;
use super::dates;
use super::payer::PayerError;

/// A purchase at a point of sale, as the terminal reports it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = PodPosPurchase)]
#[non_exhaustive]
pub struct PosPurchase {
    /// The invoice it pays: the deposit's identifier at the terminal.
    pub invoice_id: u64,
    /// The terminal.
    pub terminal_number: String,
    /// The acceptor the terminal belongs to.
    pub merchant_code: String,
    /// The reference number of the banks' network.
    pub reference_number: String,
    /// The tracking number of the terminal.
    pub tracking_number: String,
    /// When it was made: Jalali `yyyy/mm/dd HH:MM:SS` in Tehran.
    pub transaction_date: String,
}

/// The purchases that were made and not reported yet.
#[derive(Debug, Default)]
pub(super) struct Purchases(Vec<PosPurchase>);

impl Purchases {
    pub(super) fn has(&self, reported: &PosPurchase) -> bool {
        self.0.contains(reported)
    }

    /// Forgets a purchase that has paid its invoice.
    pub(super) fn settle(&mut self, reported: &PosPurchase) {
        self.0.retain(|made| made != reported);
    }
}

impl PodSandbox {
    /// Pays an invoice at a point of sale. POD learns of it when the business reports the purchase
    /// with these details.
    ///
    /// # Errors
    ///
    /// [`PayerError::UnknownInvoice`]; nothing has happened then.
    pub fn pos_purchase(&self, id: u64) -> Result<PosPurchase, PayerError> {
        let now: SystemTime = self.now();
        let mut store = self.store();
        store.get(id).map_err(|_| PayerError::UnknownInvoice)?;
        let number = |low, span| self.0.random.within(low, span).to_string();
        let purchase = PosPurchase {
            invoice_id: id,
            terminal_number: number(1_000_000, 9_000_000),
            merchant_code: number(100_000_000, 900_000_000),
            reference_number: number(100_000_000_000, 900_000_000_000),
            tracking_number: number(100_000, 900_000),
            transaction_date: dates::write_moment(now).unwrap_or_default(),
        };
        store.purchases.0.push(purchase.clone());
        Ok(purchase)
    }
}
