use std::fmt;

use paylink_core::{FieldKey, Invalid};

use crate::Environment;

/// One of POD's services. The number that a request names it by depends on the environment.
///
/// The numbers are those of Podium's document "Payment" and, for what it leaves out, of the vendor's own SDKs.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
#[non_exhaustive]
pub enum Service {
    /// Issues an invoice.
    IssueInvoice,
    /// Lists invoices; it is how a state is asked for.
    ListInvoices,
    /// Confirms the payment of a three-step invoice.
    VerifyInvoice,
    /// Confirms the payment of a three-step invoice and closes it.
    VerifyAndCloseInvoice,
    /// Closes an invoice.
    CloseInvoice,
    /// Cancels an invoice.
    CancelInvoice,
    /// Hands out a one-time token.
    OneTimeToken,
    /// Pays any invoice from the wallet.
    PayAnyInvoice,
    /// Pays one's own invoice from the wallet.
    PayOwnInvoice,
    /// Sends the payer an SMS to pay by.
    SendPaymentSms,
    /// Confirms a payment by SMS with the code that the payer got.
    ConfirmPaymentSms,
    /// Makes a short-lived payment link of an invoice id.
    PaymentLink,
    /// Marks an invoice as paid outside POD.
    MarkPaid,
    /// Pays an invoice with another one.
    PayWithInvoice,
    /// Guarantees the payment of an invoice on a later day.
    PayInFuture,
    /// Reports a payment at a point of sale.
    PosPayment,
    /// Sends an invoice's payment link to another user.
    ShareLink,
}

impl Service {
    /// Every service that this client calls.
    pub const ALL: [Service; 17] = [
        Service::IssueInvoice,
        Service::ListInvoices,
        Service::VerifyInvoice,
        Service::VerifyAndCloseInvoice,
        Service::CloseInvoice,
        Service::CancelInvoice,
        Service::OneTimeToken,
        Service::PayAnyInvoice,
        Service::PayOwnInvoice,
        Service::SendPaymentSms,
        Service::ConfirmPaymentSms,
        Service::PaymentLink,
        Service::MarkPaid,
        Service::PayWithInvoice,
        Service::PayInFuture,
        Service::PosPayment,
        Service::ShareLink,
    ];

    /// The table: production, and the sandbox where it has one.
    const fn numbers(self) -> (u32, Option<u32>) {
        match self {
            Service::IssueInvoice => (29_796, Some(39_291)),
            Service::ListInvoices => (29_813, Some(39_308)),
            Service::VerifyInvoice => (29_809, Some(39_304)),
            Service::VerifyAndCloseInvoice => (29_808, Some(39_303)),
            Service::CloseInvoice => (29_812, Some(39_307)),
            Service::CancelInvoice => (29_810, Some(39_305)),
            Service::OneTimeToken => (29_816, Some(39_311)),
            Service::PayAnyInvoice => (29_821, Some(39_317)),
            Service::PayOwnInvoice => (30_382, Some(39_316)),
            Service::SendPaymentSms => (29_807, Some(39_302)),
            Service::ConfirmPaymentSms => (369_550, None),
            Service::PaymentLink => (29_815, Some(39_310)),
            Service::MarkPaid => (29_799, Some(39_294)),
            Service::PayWithInvoice => (29_800, Some(39_295)),
            Service::PayInFuture => (29_802, Some(39_297)),
            Service::PosPayment => (29_801, Some(39_296)),
            Service::ShareLink => (1_113_426, None),
        }
    }

    /// The number by which the document names it, which is the one in production.
    ///
    /// ```
    /// assert_eq!(pod_invoice_client::Service::PayAnyInvoice.number(), 29821);
    /// ```
    #[must_use]
    pub const fn number(self) -> u32 {
        self.numbers().0
    }

    /// The service with this number in production.
    ///
    /// # Errors
    ///
    /// If this client calls no such service.
    pub fn from_number(number: u32) -> Result<Service, Invalid> {
        Service::ALL
            .into_iter()
            .find(|service| service.number() == number)
            .ok_or_else(|| {
                Invalid::new(FieldKey::unkeyed("service"), "is not known")
                    .value(&number.to_string())
                    .remedy("use the number that the document gives for production, such as 29821")
            })
    }

    /// The number in an environment.
    ///
    /// # Errors
    ///
    /// The document gives some services no number in the sandbox: those can be called in production alone.
    pub fn number_in(self, environment: Environment) -> Result<u32, Invalid> {
        let (production, sandbox) = self.numbers();
        match environment {
            Environment::Production => Ok(production),
            Environment::Sandbox => sandbox.ok_or_else(|| {
                Invalid::new(
                    FieldKey::unkeyed("service"),
                    "has no number in POD's sandbox",
                )
                .value(&production.to_string())
                .remedy("call it in production; nothing was sent")
            }),
        }
    }
}

impl fmt::Display for Service {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.number())
    }
}
