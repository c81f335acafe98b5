use paylink_core::provider::{Created, Input, OrderReference, PaymentRecord};
use paylink_core::{
    Account, Effect, Error, ErrorKind, Field, Handle, Invalid, Mismatch, Operation, ReturnUrl,
};

use super::issuing::under;
use crate::account::PodAccount;
use crate::operations::{INVOICE_ID, NewInvoice};
use crate::{Invoice, LinkOptions, Pod, UniqueNumber};

/// Under these names a handle keeps where the payer and POD go afterwards, so that the link can be built again.
pub(super) const RETURN_URL: &str = "redirectUri";
pub(super) const NOTIFY_URL: &str = "callUri";

/// Where the payer and POD go afterwards, for the link.
pub(super) fn way_back(
    return_url: Option<&ReturnUrl>,
    notify_url: Option<&ReturnUrl>,
) -> Result<LinkOptions, Invalid> {
    let mut options = LinkOptions::new();
    if let Some(url) = return_url {
        options = under(Input::ReturnUrl.key(), options.redirect(url.clone()))?;
    }
    if let Some(url) = notify_url {
        options = under(Input::NotifyUrl.key(), options.callback(url.clone()))?;
    }
    Ok(options)
}

/// What is to be created.
///
/// Preparing has it before anything is sent, resolving before anything is asked: what follows an issued invoice can fail
/// by POD's word alone.
pub(super) struct Wanted {
    handle: Handle,
    record: PaymentRecord,
    way_back: LinkOptions,
}

impl Wanted {
    /// What a stored handle is about.
    pub(super) fn of(handle: Handle) -> Result<Wanted, Invalid> {
        let reference = Handle::needed("bill number", handle.own_reference())?.parse()?;
        let stored = |name: &str, input: Input| {
            let url = handle.known_id(name);
            url.map(|url| ReturnUrl::stored(input.key(), url))
                .transpose()
        };
        let return_url = stored(RETURN_URL, Input::ReturnUrl)?;
        let notify_url = stored(NOTIFY_URL, Input::NotifyUrl)?;
        let way_back = way_back(return_url.as_ref(), notify_url.as_ref())?;
        Wanted::new(handle, reference, way_back)
    }

    /// What a handle is about whose payment is at hand.
    pub(super) fn new(
        handle: Handle,
        reference: OrderReference,
        way_back: LinkOptions,
    ) -> Result<Wanted, Invalid> {
        let amount = *handle.needed_amount()?;
        let created_at = handle.prepared_at();
        let record = PaymentRecord::new(PodAccount::PROVIDER, reference, amount, created_at);
        let record = match handle.own_merchant() {
            Some(business) => record.merchant(business),
            None => record,
        };
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
                Input::ReturnUrl.key(),
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
