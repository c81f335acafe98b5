use paylink_core::provider::{Created, PaymentRecord};
use paylink_core::{
    Account, Effect, Error, ErrorKind, Field, FieldKey, Handle, Invalid, Mismatch, Operation,
    ReturnUrl,
};

use crate::account::PodAccount;
use crate::operations::{INVOICE_ID, NewInvoice};
use crate::{Invoice, LinkOptions, Pod, UniqueNumber};

/// Under these names a handle keeps where the payer and POD go afterwards, so that the link can be built again.
pub(super) const RETURN_URL: &str = "redirectUri";
pub(super) const NOTIFY_URL: &str = "callUri";

/// What a handle says is to be created.
///
/// Preparing reads it before anything is sent, resolving before anything is asked: both come to the same, and what
/// follows an issued invoice can fail by POD's word alone.
pub(super) struct Wanted {
    handle: Handle,
    record: PaymentRecord,
    way_back: LinkOptions,
}

impl Wanted {
    pub(super) fn of(handle: Handle) -> Result<Wanted, Invalid> {
        let reference = Handle::needed("bill number", handle.own_reference())?.parse()?;
        let amount = *handle.needed_amount()?;
        let created_at = handle.prepared_at();
        let record = PaymentRecord::new(PodAccount::PROVIDER, reference, amount, created_at);
        let record = match handle.own_merchant() {
            Some(business) => record.merchant(business),
            None => record,
        };
        let mut way_back = LinkOptions::new();
        if let Some(url) = handle.known_id(RETURN_URL) {
            way_back =
                way_back.redirect_to(ReturnUrl::stored(FieldKey::unkeyed("return URL"), url)?)?;
        }
        if let Some(url) = handle.known_id(NOTIFY_URL) {
            way_back = way_back.callback(url)?;
        }
        Ok(Wanted {
            handle,
            record,
            way_back,
        })
    }

    pub(super) fn handle(&self) -> &Handle {
        &self.handle
    }

    /// Whether there is room for the link, whatever its number will be.
    pub(super) fn must_fit(&self, pod: &Pod) -> Result<(), Invalid> {
        let link = pod.link_by_unique_number(&UniqueNumber::longest(), &self.way_back);
        link.map(drop).map_err(|_| {
            Invalid::new(
                FieldKey::unkeyed("return URL"),
                "is too long for a pay link, together with the notify URL",
            )
            .remedy("shorten them to 1500 characters, percent-encoded")
        })
    }

    /// What was created with the invoice that was issued for it.
    pub(super) fn created(self, pod: &Pod, invoice: &Invoice) -> Result<Created, Error> {
        if let Some(payable) = &invoice.payable_amount
            && payable != self.record.amount()
        {
            let problem = "the issued invoice asks its payer for another amount than the price";
            let mismatch = Mismatch::one(Field::Amount, self.record.amount(), payable);
            return Err(self
                .unknown(ErrorKind::Mismatch, problem)
                .with_mismatch(mismatch));
        }
        let number = invoice.unique_number.as_deref().unwrap_or_default();
        let link = number
            .parse()
            .and_then(|number: UniqueNumber| pod.link_by_unique_number(&number, &self.way_back))
            .map_err(|_| {
                let problem =
                    "the invoice was issued, and POD does not tell a unique number to pay it by";
                self.unknown(ErrorKind::Untrusted, problem)
            })?;
        let record = self.record.id(INVOICE_ID, invoice.id.to_string());
        Ok(Created::new(record).link(Some(link)))
    }

    fn unknown(&self, kind: ErrorKind, problem: &'static str) -> Error {
        Error::new(kind, Effect::Unknown, problem)
            .of(PodAccount::PROVIDER, NewInvoice::NAME)
            .with_handle(self.handle.clone())
    }
}
