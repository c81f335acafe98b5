use super::settings::Environment;

/// The names of the services in faults and in the journal.
pub(super) const NAMES: &[&str] = &[
    "pay-any-invoice",
    "pay-own-invoice",
    "send-payment-sms",
    "confirm-payment-sms",
    "payment-link",
    "mark-paid",
    "pay-with-invoice",
    "pay-in-future",
    "pos-payment",
    "share-link",
    "issue-invoice",
    "invoices",
    "verify-invoice",
    "verify-and-close",
    "close",
    "cancel",
    "one-time-token",
];

/// One of POD's services.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Service {
    PayAnyInvoice,
    PayOwnInvoice,
    SendPaymentSms,
    ConfirmPaymentSms,
    PaymentLink,
    MarkPaid,
    PayWithInvoice,
    PayInFuture,
    PosPayment,
    ShareLink,
    IssueInvoice,
    Invoices,
    VerifyInvoice,
    VerifyAndClose,
    Close,
    Cancel,
    OneTimeToken,
}

impl Service {
    pub(super) const ALL: [Self; 17] = [
        Self::PayAnyInvoice,
        Self::PayOwnInvoice,
        Self::SendPaymentSms,
        Self::ConfirmPaymentSms,
        Self::PaymentLink,
        Self::MarkPaid,
        Self::PayWithInvoice,
        Self::PayInFuture,
        Self::PosPayment,
        Self::ShareLink,
        Self::IssueInvoice,
        Self::Invoices,
        Self::VerifyInvoice,
        Self::VerifyAndClose,
        Self::Close,
        Self::Cancel,
        Self::OneTimeToken,
    ];

    /// Finds the service that has this number where `environment` is played.
    pub(super) fn numbered(number: u32, environment: Environment) -> Option<Self> {
        Self::ALL.into_iter().find(|service| {
            let (production, sandbox) = (service.production(), service.sandbox());
            (environment.has_production() && production == number)
                || (environment.has_sandbox() && sandbox == Some(number))
        })
    }

    /// Returns the number in production, by which the service is known.
    pub(super) fn production(self) -> u32 {
        self.entry().1
    }

    /// Returns the number in POD's own sandbox, if the service exists there.
    pub(super) fn sandbox(self) -> Option<u32> {
        self.entry().2
    }

    pub(super) fn name(self) -> &'static str {
        self.entry().0
    }

    /// Tells whether the vendor's SDKs send a one-time token along.
    pub(super) fn takes_one_time_token(self) -> bool {
        matches!(
            self,
            Self::IssueInvoice | Self::PayOwnInvoice | Self::PayAnyInvoice | Self::PayInFuture
        )
    }

    fn entry(self) -> (&'static str, u32, Option<u32>) {
        match self {
            Self::PayAnyInvoice => ("pay-any-invoice", 29821, Some(39317)),
            Self::PayOwnInvoice => ("pay-own-invoice", 30382, Some(39316)),
            Self::SendPaymentSms => ("send-payment-sms", 29807, Some(39302)),
            Self::ConfirmPaymentSms => ("confirm-payment-sms", 369_550, None),
            Self::PaymentLink => ("payment-link", 29815, Some(39310)),
            Self::MarkPaid => ("mark-paid", 29799, Some(39294)),
            Self::PayWithInvoice => ("pay-with-invoice", 29800, Some(39295)),
            Self::PayInFuture => ("pay-in-future", 29802, Some(39297)),
            Self::PosPayment => ("pos-payment", 29801, Some(39296)),
            Self::ShareLink => ("share-link", 1_113_426, None),
            Self::IssueInvoice => ("issue-invoice", 29796, Some(39291)),
            Self::Invoices => ("invoices", 29813, Some(39308)),
            Self::VerifyInvoice => ("verify-invoice", 29809, Some(39304)),
            Self::VerifyAndClose => ("verify-and-close", 29808, Some(39303)),
            Self::Close => ("close", 29812, Some(39307)),
            Self::Cancel => ("cancel", 29810, Some(39305)),
            Self::OneTimeToken => ("one-time-token", 29816, Some(39311)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_service_is_named_once() {
        assert_eq!(Service::ALL.map(Service::name), NAMES);
    }

    #[test]
    fn a_number_belongs_to_one_environment() {
        for service in Service::ALL {
            let found = |number, environment| Service::numbered(number, environment);
            let production = service.production();
            assert_eq!(found(production, Environment::Production), Some(service));
            assert_eq!(found(production, Environment::Both), Some(service));
            assert_eq!(found(production, Environment::Sandbox), None);
            let Some(sandbox) = service.sandbox() else {
                continue;
            };
            assert_eq!(found(sandbox, Environment::Sandbox), Some(service));
            assert_eq!(found(sandbox, Environment::Both), Some(service));
            assert_eq!(found(sandbox, Environment::Production), None);
        }
    }
}
