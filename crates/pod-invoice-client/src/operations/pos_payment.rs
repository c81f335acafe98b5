use paylink_core::{
    DecodeError, FieldKey, Handle, Idempotency, Invalid, JalaliDateTime, Lookup, Operation,
};
use paylink_core::{Request, Response, digits};

use super::{WALLET, about};
use crate::config::PodConfig;
use crate::name::checked;
use crate::{Confirmation, InvoiceId, PodResponse, Service, envelope};

const TERMINAL_NUMBER: FieldKey = FieldKey::new("terminal_number", "terminal number");
const MERCHANT_CODE: FieldKey = FieldKey::new("merchant_code", "merchant code");
const REFERENCE_NUMBER: FieldKey = FieldKey::new("reference_number", "reference number");
const TRACKING_NUMBER: FieldKey = FieldKey::new("tracking_number", "tracking number");

/// What a point of sale printed about a payment. Every field has its name, so that none takes another's place.
///
/// The numbers are text, since they may begin with zeros; Persian and Arabic digits go out as Latin ones.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct PosTransaction {
    /// The number of the terminal.
    pub terminal_number: String,
    /// The merchant's code at the bank.
    pub merchant_code: String,
    /// The reference number.
    pub reference_number: String,
    /// The tracking number.
    pub tracking_number: String,
    /// When it was made.
    pub transaction_date: JalaliDateTime,
}

/// Reports a successful payment at a point of sale; POD asks the bank about it and pays the invoice (document "Payment",
/// service 29801; proven).
#[derive(Clone, Debug)]
#[must_use = "a payment is reported by the client"]
pub struct PosPayment {
    id: InvoiceId,
    transaction: PosTransaction,
    wallet: bool,
}

impl PosPayment {
    /// Reports that this transaction paid this invoice. The point of sale was given the id as its deposit id.
    ///
    /// # Errors
    ///
    /// Names the number that is empty or malformed.
    pub fn new(id: InvoiceId, mut transaction: PosTransaction) -> Result<PosPayment, Invalid> {
        for (field, value) in [
            (TERMINAL_NUMBER, &mut transaction.terminal_number),
            (MERCHANT_CODE, &mut transaction.merchant_code),
            (REFERENCE_NUMBER, &mut transaction.reference_number),
            (TRACKING_NUMBER, &mut transaction.tracking_number),
        ] {
            checked(field, value)?;
            *value = digits::latin(value).into_owned();
        }
        Ok(PosPayment {
            id,
            transaction,
            wallet: false,
        })
    }

    /// Names the wallet in POD.
    pub fn with_wallet(mut self) -> PosPayment {
        self.wallet = true;
        self
    }
}

impl Operation for PosPayment {
    type Config = PodConfig;
    type Output = PodResponse<Confirmation>;

    const NAME: &'static str = "pos-payment";
    const IDEMPOTENCY: Idempotency = Idempotency::NonIdempotent;
    const LOOKUP: Lookup = Lookup::ByProviderId;

    fn request(&self, config: &PodConfig) -> Result<Request, Invalid> {
        let transaction = &self.transaction;
        config.call(Service::PosPayment, |form| {
            form.pair("invoiceId", self.id)
                .pair("terminalNumber", &transaction.terminal_number)
                .pair("merchantCode", &transaction.merchant_code)
                .optional("wallet", self.wallet.then_some(WALLET))
                .pair("referenceNumber", &transaction.reference_number)
                .pair("trackingNumber", &transaction.tracking_number)
                .pair("transactionDate", transaction.transaction_date)
        })
    }

    fn decode(
        &self,
        _: &PodConfig,
        response: Response<'_>,
    ) -> Result<PodResponse<Confirmation>, DecodeError> {
        envelope::done(Self::NAME, response)
    }

    fn fill_handle(&self, _: &PodConfig, handle: Handle) -> Handle {
        about(handle, self.id)
    }
}
