use std::time::SystemTime;

use paylink_core::{
    FieldKey, Handle, Idempotency, Invalid, JalaliDate, JalaliDateTime, Lookup, Operation, Request,
    Response, digits,
};

use super::{Decoded, WALLET, about, as_user, with_one_time_token};
use crate::config::PodConfig;
use crate::name::checked;
use crate::{
    Confirmation, Delegation, GuildCode, InvoiceId, OneTimeToken, PodResponse, Service, UserToken,
    envelope,
};

/// Declares payments from a wallet in POD: their name, whether the wallet has to be named, and whose a user's token is.
macro_rules! from_wallet {
    ($($(#[$doc:meta])+ $payment:ident($name:literal, wallet: $wallet:literal, as_user: $as_user:literal);)+) => {$(
        $(#[$doc])+
        #[derive(Clone, Debug)]
        #[must_use = "a payment is made by the client"]
        pub struct $payment {
            id: InvoiceId,
            wallet: bool,
            delegation: Option<Delegation>,
            user: Option<UserToken>,
            one_time_token: Option<OneTimeToken>,
        }

        impl $payment {
            /// Pays this invoice.
            pub fn new(id: InvoiceId) -> $payment {
                $payment {
                    id,
                    wallet: $wallet,
                    delegation: None,
                    user: None,
                    one_time_token: None,
                }
            }

            /// Uses credit that others delegated, before the wallet or in its place.
            pub fn with_delegation(mut self, delegation: Delegation) -> $payment {
                self.delegation = Some(delegation);
                self
            }

            #[doc = $as_user]
            pub fn with_user_token(mut self, token: UserToken) -> $payment {
                self.user = Some(token);
                self
            }

            /// Sends a one-time token along, as older releases of POD wanted.
            pub fn with_one_time_token(mut self, token: OneTimeToken) -> $payment {
                self.one_time_token = Some(token);
                self
            }
        }

        impl Operation for $payment {
            type Config = PodConfig;
            type Output = PodResponse<Confirmation>;

            const NAME: &'static str = $name;
            const IDEMPOTENCY: Idempotency = Idempotency::NonIdempotent;
            const LOOKUP: Lookup = Lookup::ByProviderId;

            fn request(&self, config: &PodConfig) -> Result<Request, Invalid> {
                let request = config.call(Service::$payment, |form| {
                    let form = form
                        .pair("invoiceId", self.id)
                        .optional("wallet", self.wallet.then_some(WALLET));
                    match &self.delegation {
                        Some(delegation) => delegation.write(form),
                        None => form,
                    }
                })?;
                with_one_time_token(
                    as_user(request, self.user.as_ref()),
                    self.one_time_token.as_ref(),
                )
            }

            fn decode(&self, _: &PodConfig, response: Response<'_>) -> Decoded<Confirmation> {
                envelope::done(Self::NAME, response)
            }

            fn fill_handle(&self, _: &PodConfig, handle: Handle) -> Handle {
                about(handle, self.id)
            }
        }
    )+};
}

from_wallet! {
    /// Pays any invoice from the wallet in POD, no matter to whom it was issued (document "Payment", service 29821; proven).
    ///
    /// The merchant's own wallet pays, unless a user's token says otherwise.
    PayAnyInvoice(
        "pay-any-invoice",
        wallet: true,
        as_user: "Pays from the wallet of this user in place of the merchant's."
    );

    /// Pays an invoice that was issued to the caller, from the wallet (service 30382).
    ///
    /// The document "Payment" has its title alone; the parameters are those of the vendor's SDKs.
    PayOwnInvoice(
        "pay-own-invoice",
        wallet: false,
        as_user: "Pays as this user, to whom the invoice was issued."
    );
}

impl PayOwnInvoice {
    /// Names the wallet in POD; without it the choice is POD's.
    pub fn with_wallet(mut self) -> PayOwnInvoice {
        self.wallet = true;
        self
    }
}

const DEBTOR_INVOICE_ID: FieldKey = FieldKey::new("debtor_invoice_id", "debtor invoice id");

/// The invoice that gets paid: the one whose issuer is owed.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct Creditor(pub InvoiceId);

/// The invoice whose money pays the other one. It is the caller's own, and has to be paid itself.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct Debtor(pub InvoiceId);

/// Pays one invoice with the money of another (document "Payment", service 29800; proven).
///
/// The two roles are types of their own, so that they cannot change places.
#[derive(Clone, Copy, Debug)]
#[must_use = "a payment is made by the client"]
pub struct PayWithInvoice {
    creditor: Creditor,
    debtor: Debtor,
}

impl PayWithInvoice {
    /// Pays the creditor's invoice with the money of the debtor's.
    ///
    /// # Errors
    ///
    /// An invoice cannot pay itself.
    pub fn new(creditor: Creditor, debtor: Debtor) -> Result<PayWithInvoice, Invalid> {
        if creditor.0 == debtor.0 {
            return Err(
                Invalid::new(DEBTOR_INVOICE_ID, "is that of the creditor invoice")
                    .with_value(&debtor.0.to_string())
                    .with_remedy("give the paid invoice whose money is to be used"),
            );
        }
        Ok(PayWithInvoice { creditor, debtor })
    }
}

impl Operation for PayWithInvoice {
    type Config = PodConfig;
    type Output = PodResponse<Confirmation>;

    const NAME: &'static str = "pay-with-invoice";
    const IDEMPOTENCY: Idempotency = Idempotency::NonIdempotent;
    const LOOKUP: Lookup = Lookup::ByProviderId;

    fn request(&self, config: &PodConfig) -> Result<Request, Invalid> {
        config.call(Service::PayWithInvoice, |form| {
            form.pair("creditorInvoiceId", self.creditor.0)
                .pair("debtorInvoiceId", self.debtor.0)
        })
    }

    fn decode(&self, _: &PodConfig, response: Response<'_>) -> Decoded<Confirmation> {
        envelope::done(Self::NAME, response)
    }

    /// The caller's own invoice is the debtor: it is the one that the caller's list shows.
    fn fill_handle(&self, _: &PodConfig, handle: Handle) -> Handle {
        about(handle, self.debtor.0).with_id("creditorInvoiceId", self.creditor.0.to_string())
    }
}

/// Guarantees the payment of an invoice on a later day (document "Payment", service 29802; proven).
///
/// The invoice was issued to the caller: to the business, or to a user who granted a token. The money is blocked at once
/// and goes to the issuer on the day.
#[derive(Clone, Debug)]
#[must_use = "a guarantee is given by the client"]
pub struct PayInFuture {
    id: InvoiceId,
    date: JalaliDate,
    funded_by: FundedBy,
    user: Option<UserToken>,
    one_time_token: Option<OneTimeToken>,
    /// The day on which it is asked for, as far as a clock tells.
    today: Option<JalaliDate>,
}

/// Where the money is taken from: POD wants exactly one of the two.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub enum FundedBy {
    /// One of the business's guilds.
    Guild(GuildCode),
    /// The wallet in POD.
    Wallet,
}

impl PayInFuture {
    /// Guarantees the payment of this invoice on this day, which has to be after today in Tehran.
    /// [`Pod::pay_in_future`](crate::Pod::pay_in_future) refuses any other before it sends anything.
    pub fn new(id: InvoiceId, date: JalaliDate, funded_by: FundedBy) -> PayInFuture {
        PayInFuture {
            id,
            date,
            funded_by,
            user: None,
            one_time_token: None,
            today: None,
        }
    }

    /// Guarantees it as this user, to whom the invoice was issued, in place of the business.
    pub fn with_user_token(mut self, token: UserToken) -> PayInFuture {
        self.user = Some(token);
        self
    }

    /// Sends a one-time token along, as older releases of POD wanted.
    pub fn with_one_time_token(mut self, token: OneTimeToken) -> PayInFuture {
        self.one_time_token = Some(token);
        self
    }

    /// Notes when it is asked for.
    pub(crate) fn asked_at(mut self, now: SystemTime) -> PayInFuture {
        self.today = JalaliDate::from_system_time(now).ok();
        self
    }

    /// Checks that the day is still to come.
    fn must_be_to_come(&self) -> Result<(), Invalid> {
        match self.today {
            Some(today) if self.date <= today => {
                Err(Invalid::new(JalaliDate::KEY, "is not in the future")
                    .with_value(&self.date.to_string())
                    .with_remedy("give a Jalali day after today in Tehran; nothing was sent"))
            }
            _ => Ok(()),
        }
    }
}

impl Operation for PayInFuture {
    type Config = PodConfig;
    type Output = PodResponse<Confirmation>;

    const NAME: &'static str = "pay-in-future";
    const IDEMPOTENCY: Idempotency = Idempotency::NonIdempotent;
    const LOOKUP: Lookup = Lookup::ByProviderId;

    fn request(&self, config: &PodConfig) -> Result<Request, Invalid> {
        self.must_be_to_come()?;
        let request = config.call(Service::PayInFuture, |form| {
            let form = form.pair("invoiceId", self.id).pair("date", self.date);
            match &self.funded_by {
                FundedBy::Guild(code) => form.pair("guildCode", code),
                FundedBy::Wallet => form.pair("wallet", WALLET),
            }
        })?;
        with_one_time_token(
            as_user(request, self.user.as_ref()),
            self.one_time_token.as_ref(),
        )
    }

    fn decode(&self, _: &PodConfig, response: Response<'_>) -> Decoded<Confirmation> {
        envelope::done(Self::NAME, response)
    }

    fn fill_handle(&self, _: &PodConfig, handle: Handle) -> Handle {
        about(handle, self.id)
    }
}

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

    fn decode(&self, _: &PodConfig, response: Response<'_>) -> Decoded<Confirmation> {
        envelope::done(Self::NAME, response)
    }

    fn fill_handle(&self, _: &PodConfig, handle: Handle) -> Handle {
        about(handle, self.id)
    }
}
