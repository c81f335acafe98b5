use std::time::SystemTime;

use thiserror::Error;

use super::ZipaySandbox;
use super::invoice::Invoice;
use super::life::WrongState;
use super::status::Status;
use crate::page::persian;

/// Why the payer could not do what was asked.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum PayerError {
    /// There is no invoice with this `trackid`.
    #[error("there is no such invoice")]
    UnknownInvoice,
    /// The invoice was paid or declined before.
    #[error("the invoice is {}: it can be neither paid nor declined", .0.as_str())]
    NotPayable(Status),
    /// The invoice is for a person with another national id.
    #[error("only the person whose national id the invoice names can pay it")]
    AnotherPerson,
}

impl ZipaySandbox {
    /// Pays an invoice as the payer, with the national id it asks for, and sends its webhook.
    ///
    /// # Errors
    ///
    /// [`PayerError::UnknownInvoice`] and [`PayerError::NotPayable`]; nothing has happened then.
    pub fn pay(&self, trackid: &str) -> Result<Invoice, PayerError> {
        self.pay_if(trackid, |_| true)
    }

    /// Pays an invoice as the person with this national id, in Latin, Persian or Arabic digits.
    ///
    /// # Errors
    ///
    /// Those of [`pay`](Self::pay), and [`PayerError::AnotherPerson`]; nothing has happened then.
    pub fn pay_as(&self, trackid: &str, national_id: &str) -> Result<Invoice, PayerError> {
        let typed = persian::typed_digits(national_id);
        self.pay_if(trackid, |asked| asked.is_none_or(|asked| asked == typed))
    }

    /// Declines an invoice as the payer.
    ///
    /// # Errors
    ///
    /// [`PayerError::UnknownInvoice`] and [`PayerError::NotPayable`]; nothing has happened then.
    pub fn decline(&self, trackid: &str) -> Result<Invoice, PayerError> {
        let now = self.now();
        let mut store = self.store();
        let invoice = store.get_mut(trackid).ok_or(PayerError::UnknownInvoice)?;
        invoice.decline(now)?;
        Ok(invoice.clone())
    }

    /// Notes that the payer has opened the page.
    pub(super) fn open_page(&self, trackid: &str) -> Option<Invoice> {
        let now = self.now();
        let mut store = self.store();
        let invoice = store.get_mut(trackid)?;
        invoice.open(now);
        Some(invoice.clone())
    }

    pub(super) fn now(&self) -> SystemTime {
        self.0.world.clock.now()
    }

    fn pay_if(
        &self,
        trackid: &str,
        is_the_person: impl FnOnce(Option<&str>) -> bool,
    ) -> Result<Invoice, PayerError> {
        let now = self.now();
        let mut store = self.store();
        let invoice = store.get(trackid).ok_or(PayerError::UnknownInvoice)?;
        if !is_the_person(invoice.national_id.as_deref()) {
            return Err(PayerError::AnotherPerson);
        }
        let account_number = self.0.random.within(10_000, 90_000);
        let paid = store
            .pay(trackid, now, account_number)
            .ok_or(PayerError::UnknownInvoice)??
            .clone();
        drop(store);
        self.notify(&paid);
        Ok(paid)
    }
}

impl From<WrongState> for PayerError {
    fn from(WrongState(status): WrongState) -> Self {
        Self::NotPayable(status)
    }
}
