use std::fmt;
use std::str::FromStr;

use paylink_core::{FieldKey, Invalid};

use crate::descriptor::{
    ENVIRONMENT, PRODUCTION_BASE_URL, PRODUCTION_PAY_URL, SANDBOX_BASE_URL, SANDBOX_PAY_URL,
};

/// Declares the services as a table of numbers: that in production, and that in POD's sandbox where it has one.
macro_rules! services {
    ($($(#[$doc:meta])+ $service:ident $production:literal $sandbox:expr;)+) => {
        /// One of POD's services. The number that a request names it by depends on the environment.
        ///
        /// The numbers are those of Podium's document "Payment" and, for what it leaves out, of the vendor's own SDKs.
        #[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
        #[non_exhaustive]
        pub enum Service {
            $($(#[$doc])+ $service,)+
        }

        impl Service {
            /// Every service that this client calls.
            pub const ALL: [Service; 17] = [$(Service::$service),+];

            const fn numbers(self) -> (u32, Option<u32>) {
                match self {
                    $(Service::$service => ($production, $sandbox),)+
                }
            }

            /// The setting that holds the key of this service alone.
            pub(crate) const fn setting(self) -> FieldKey {
                match self {
                    $(Service::$service => FieldKey::new(
                        concat!("api_key_", $production),
                        concat!("key of service ", $production),
                    ),)+
                }
            }
        }
    };
}

services! {
    /// Issues an invoice.
    IssueInvoice 29796 Some(39291);
    /// Lists invoices; it is how a state is asked for.
    ListInvoices 29813 Some(39308);
    /// Confirms the payment of a three-step invoice.
    VerifyInvoice 29809 Some(39304);
    /// Confirms the payment of a three-step invoice and closes it.
    VerifyAndCloseInvoice 29808 Some(39303);
    /// Closes an invoice.
    CloseInvoice 29812 Some(39307);
    /// Cancels an invoice.
    CancelInvoice 29810 Some(39305);
    /// Hands out a one-time token.
    OneTimeToken 29816 Some(39311);
    /// Pays any invoice from the wallet.
    PayAnyInvoice 29821 Some(39317);
    /// Pays one's own invoice from the wallet.
    PayOwnInvoice 30382 Some(39316);
    /// Sends the payer an SMS to pay by.
    SendPaymentSms 29807 Some(39302);
    /// Confirms a payment by SMS with the code that the payer got.
    ConfirmPaymentSms 369550 None;
    /// Makes a short-lived payment link of an invoice id.
    PaymentLink 29815 Some(39310);
    /// Marks an invoice as paid outside POD.
    MarkPaid 29799 Some(39294);
    /// Pays an invoice with another one.
    PayWithInvoice 29800 Some(39295);
    /// Guarantees the payment of an invoice on a later day.
    PayInFuture 29802 Some(39297);
    /// Reports a payment at a point of sale.
    PosPayment 29801 Some(39296);
    /// Sends an invoice's payment link to another user.
    ShareLink 1113426 None;
}

impl Service {
    /// The field under which a service is refused.
    pub const KEY: FieldKey = FieldKey::new("service", "service");

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
                Invalid::new(Service::KEY, "is not known")
                    .with_value(&number.to_string())
                    .with_remedy(
                        "use the number that the document gives for production, such as 29821",
                    )
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
                Invalid::new(Service::KEY, "has no number in POD's sandbox")
                    .with_value(&production.to_string())
                    .with_remedy("call it in production; nothing was sent")
            }),
        }
    }
}

impl fmt::Display for Service {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.number())
    }
}

/// Which of POD's two worlds a client talks to. It decides addresses and the numbers of the services.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default)]
pub enum Environment {
    /// Real money.
    #[default]
    Production,
    /// POD's own sandbox, or one on this machine.
    Sandbox,
}

impl Environment {
    /// Under which address services are called.
    #[must_use]
    pub const fn base_url(self) -> &'static str {
        match self {
            Environment::Production => PRODUCTION_BASE_URL,
            Environment::Sandbox => SANDBOX_BASE_URL,
        }
    }

    /// Under which address the pay pages stand.
    #[must_use]
    pub const fn pay_url(self) -> &'static str {
        match self {
            Environment::Production => PRODUCTION_PAY_URL,
            Environment::Sandbox => SANDBOX_PAY_URL,
        }
    }
}

impl FromStr for Environment {
    type Err = Invalid;

    fn from_str(text: &str) -> Result<Environment, Invalid> {
        match text {
            "production" => Ok(Environment::Production),
            "sandbox" => Ok(Environment::Sandbox),
            _ => Err(Invalid::new(ENVIRONMENT, "is not known")
                .with_value(text)
                .with_remedy("use production or sandbox")),
        }
    }
}

impl fmt::Display for Environment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Environment::Production => "production",
            Environment::Sandbox => "sandbox",
        })
    }
}
