use std::sync::Arc;

use paylink_core::{Call, Error, Handle, Invalid, Operation, Resolution, Transport, WebUrl};

use crate::config::PodConfig;
use crate::operations::{
    CancelInvoice, CloseInvoice, ConfirmPaymentSms, ListInvoices, MarkPaid, NewInvoice,
    NewOneTimeToken, NewPaymentLink, PayAnyInvoice, PayInFuture, PayOwnInvoice, PayWithInvoice,
    PosPayment, SendPaymentSms, ShareLink, VerifyAndClose, VerifyInvoice,
};
use crate::{
    BusinessToken, Expected, Invoice, InvoiceId, InvoiceKey, LinkOptions, PodBuilder, Settlement,
    UniqueNumber, link, resolve, settle,
};

/// A client of POD's invoices. Cloning it is cheap, and clones share connections.
///
/// Every operation that changes something answers one question when it fails, [`Error::effect`]:
///
/// | what came | effect | may I do it again? |
/// |---|---|---|
/// | refused, in POD's envelope | `NotExecuted` | once what the refusal names is corrected |
/// | not sent: DNS, connect, TLS | `NotExecuted` | yes |
/// | 227, 378 or 999 in POD's envelope | `Unknown` | [`resolve`](Pod::resolve) the handle first |
/// | anything else | `Unknown` | [`resolve`](Pod::resolve) the handle first |
#[derive(Clone, Debug)]
pub struct Pod {
    transport: Transport,
    config: Arc<PodConfig>,
}

/// An invoice's life.
impl Pod {
    /// Begins with the merchant's token; the keys of the services come next.
    pub fn builder(token: BusinessToken) -> PodBuilder {
        PodBuilder::new(token)
    }

    /// Issues an invoice; store the `id` and the `unique_number` that come back with the order.
    ///
    /// On [`Effect::Unknown`](paylink_core::Effect::Unknown) resolve the handle: it finds the invoice by the merchant's
    /// own number. Never issue it again before.
    pub fn issue_invoice(&self, invoice: NewInvoice) -> Call<'_, NewInvoice> {
        self.call(invoice)
    }

    /// Lists invoices that the merchant issued. It changes nothing and may be asked at any time.
    pub fn list_invoices(&self, list: ListInvoices) -> Call<'_, ListInvoices> {
        self.call(list)
    }

    /// Confirms the payment of a three-step invoice. [`settle`](Pod::settle) does it after comparing; prefer that.
    ///
    /// POD says nothing about a second verify, so it counts as an operation that must happen once.
    pub fn verify_invoice(&self, which: impl Into<InvoiceKey>) -> Call<'_, VerifyInvoice> {
        self.call(VerifyInvoice::of(which.into()))
    }

    /// Confirms the payment of a three-step invoice and closes it. It cannot be cancelled afterwards.
    pub fn verify_and_close(&self, id: InvoiceId) -> Call<'_, VerifyAndClose> {
        self.call(VerifyAndClose::of(id))
    }

    /// Closes an invoice, so that its money can be drawn. It cannot be cancelled afterwards.
    pub fn close_invoice(&self, id: InvoiceId) -> Call<'_, CloseInvoice> {
        self.call(CloseInvoice::of(id))
    }

    /// Cancels an invoice. Nobody can pay it afterwards.
    pub fn cancel_invoice(&self, id: InvoiceId) -> Call<'_, CancelInvoice> {
        self.call(CancelInvoice::of(id))
    }

    /// Asks for a one-time token, which older releases of POD wanted with some calls.
    pub fn one_time_token(&self) -> Call<'_, NewOneTimeToken> {
        self.call(NewOneTimeToken::new())
    }

    /// Settles a payment: finds the invoice, holds it against the merchant's own record, and verifies it where it was
    /// issued in three steps.
    ///
    /// It may be called again at any time, after an error as well. Do it within the hour after a three-step payment, or
    /// POD gives the money back. A two-step invoice needs no verification: that POD calls it paid is the proof, and it is
    /// [`Settlement::AlreadySettled`] from the first time on.
    ///
    /// # Errors
    ///
    /// | effect | what to do |
    /// |---|---|
    /// | `NotExecuted` | settle again later; nothing was confirmed by this call |
    /// | `Unknown` | settle again: it reads the state and goes on from there |
    ///
    /// [`ErrorKind::Indeterminate`](paylink_core::ErrorKind::Indeterminate) means flags that contradict one another: look
    /// at POD's panel.
    pub async fn settle(&self, expected: &Expected) -> Result<Settlement, Error> {
        Ok(settle::settle(self, expected).await?.settlement)
    }

    /// Finds out what became of an operation whose outcome was unknown.
    ///
    /// An invoice that was issued is looked up by the merchant's own number, every other operation by its invoice's id.
    /// [`Resolution::Executed`] says that the invoice is where the operation leads, no matter who led it there.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Unsupported`](paylink_core::ErrorKind::Unsupported) where POD offers no way to know: whether an SMS
    /// went out, and invoices that another business issued. [`ErrorKind::Mismatch`](paylink_core::ErrorKind::Mismatch) if
    /// another invoice has the name. Anything else means that asking failed: ask again.
    pub async fn resolve(&self, handle: &Handle) -> Result<Resolution<Invoice>, Error> {
        resolve::resolve(self, handle).await
    }
}

/// The ways to pay.
impl Pod {
    /// The link by which anybody may pay the invoice. Nothing is sent, and it does not lapse soon.
    ///
    /// # Errors
    ///
    /// [`Gateway::Local`](crate::Gateway::Local) outside the sandbox, or a link of more than 2,000 characters.
    pub fn link_by_unique_number(
        &self,
        number: &UniqueNumber,
        options: &LinkOptions,
    ) -> Result<WebUrl, Invalid> {
        link::by_unique_number(&self.config, number, options)
    }

    /// The link by which the user that the invoice was issued to may pay it. Nothing is sent.
    ///
    /// # Errors
    ///
    /// As [`Pod::link_by_unique_number`].
    pub fn link_by_invoice(&self, id: InvoiceId, options: &LinkOptions) -> Result<WebUrl, Invalid> {
        link::by_invoice(&self.config, id, options)
    }

    /// Asks for a link that lives 300 seconds.
    pub fn payment_link(&self, id: InvoiceId, options: LinkOptions) -> Call<'_, NewPaymentLink> {
        let asked_at = self.transport.runtime().now();
        self.call(NewPaymentLink::new(id, options, asked_at))
    }

    /// Pays any invoice from the wallet.
    pub fn pay_any_invoice(&self, payment: PayAnyInvoice) -> Call<'_, PayAnyInvoice> {
        self.call(payment)
    }

    /// Pays an invoice that was issued to the caller, from the wallet.
    pub fn pay_own_invoice(&self, payment: PayOwnInvoice) -> Call<'_, PayOwnInvoice> {
        self.call(payment)
    }

    /// Sends the payer an SMS to pay by.
    ///
    /// Nothing tells whether an SMS went out. On [`Effect::Unknown`](paylink_core::Effect::Unknown) a second one does no
    /// more than repeat it: an invoice is paid once.
    pub fn send_payment_sms(&self, sms: SendPaymentSms) -> Call<'_, SendPaymentSms> {
        self.call(sms)
    }

    /// Confirms a payment from a wallet outside POD with the payer's code. Production alone has it.
    pub fn confirm_payment_sms(
        &self,
        confirmation: ConfirmPaymentSms,
    ) -> Call<'_, ConfirmPaymentSms> {
        self.call(confirmation)
    }

    /// Marks an invoice as paid outside POD, in cash for example. No money moves.
    pub fn mark_paid(&self, id: InvoiceId) -> Call<'_, MarkPaid> {
        self.call(MarkPaid::of(id))
    }

    /// Pays one invoice with the money of another.
    pub fn pay_with_invoice(&self, payment: PayWithInvoice) -> Call<'_, PayWithInvoice> {
        self.call(payment)
    }

    /// Guarantees the payment of an invoice on a later day.
    ///
    /// A day that is not after today in Tehran is refused with [`ErrorKind::Invalid`](paylink_core::ErrorKind::Invalid)
    /// before anything is sent.
    pub fn pay_in_future(&self, guarantee: PayInFuture) -> Call<'_, PayInFuture> {
        let now = self.transport.runtime().now();
        self.call(guarantee.asked_at(now))
    }

    /// Reports a payment at a point of sale.
    pub fn pos_payment(&self, payment: PosPayment) -> Call<'_, PosPayment> {
        self.call(payment)
    }

    /// Sends the invoice's link to another user. Production alone has it; nothing tells whether an SMS went out.
    pub fn share_link(&self, share: ShareLink) -> Call<'_, ShareLink> {
        self.call(share)
    }

    pub(crate) fn new(transport: Transport, config: PodConfig) -> Pod {
        Pod {
            transport,
            config: Arc::new(config),
        }
    }

    pub(crate) fn config(&self) -> &PodConfig {
        &self.config
    }

    pub(crate) fn transport(&self) -> &Transport {
        &self.transport
    }

    fn call<O: Operation<Config = PodConfig>>(&self, operation: O) -> Call<'_, O> {
        Call::new(&self.transport, self.config(), operation)
    }
}
