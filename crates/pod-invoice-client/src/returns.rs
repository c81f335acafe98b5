use std::borrow::Cow;

use paylink_core::json::{Wire, from_object, lossless};
use paylink_core::{FieldKey, Invalid, Refusal, ReturnFields, ReturnUrl, Untrusted};
use serde::Deserialize;

use crate::{BillNumber, InvoiceId, codes};

/// What POD adds to the query of the address that it comes back to (document "Payment", about the gateway; proven).
const ADDED: ReturnFields<9> = ReturnFields::new([
    ("invoiceId", INVOICE_ID),
    ("billNumber", FieldKey::new("bill_number", "billNumber")),
    ("paid", PAID),
    (
        "paymentBillNumber",
        FieldKey::new("payment_bill_number", "paymentBillNumber"),
    ),
    ("terminalId", FieldKey::new("terminal_id", "terminalId")),
    (
        "maskedCardNumber",
        FieldKey::new("masked_card_number", "maskedCardNumber"),
    ),
    ("rrn", FieldKey::new("rrn", "rrn")),
    ("tref", FieldKey::new("tref", "tref")),
    ("errorResult", ERROR_RESULT),
]);

const INVOICE_ID: FieldKey = FieldKey::new("invoice_id", "invoiceId");
const PAID: FieldKey = FieldKey::new("paid", "paid");
pub(crate) const ERROR_RESULT: FieldKey = FieldKey::new("error_result", "errorResult");

/// Where the payer's browser comes back to.
const REDIRECT: FieldKey = FieldKey::new("redirect_url", "redirect");
/// Where POD reports a payment to.
const CALLBACK: FieldKey = FieldKey::new("callback_url", "callback");

/// What the payer's browser brought back to the redirect address: a hint, not a proof.
///
/// Anybody can type such a URL. It names an invoice, so that the merchant knows which order to settle; whether it was paid
/// is told by [`Pod::settle`](crate::Pod::settle) alone (document "Payment", about the gateway; the names are proven).
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Return {
    /// The payer claims to come from paying an invoice.
    Payment(ReturnedPayment),
    /// The payer claims that POD refused the payment. The order may be paid all the same: look it up.
    Refused(Refusal),
}

/// What a payer claims about a payment. `Debug` leaves the card out.
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct ReturnedPayment {
    /// The invoice.
    pub invoice_id: InvoiceId,
    /// The merchant's own number.
    pub bill_number: Option<BillNumber>,
    /// Whether the payer claims that it is paid. Never act on it: settle. A three-step payment says no until it is verified.
    pub claims_paid: Option<bool>,
    /// POD's number of the payment.
    pub payment_bill_number: Option<String>,
    /// The terminal at the bank, if a card paid.
    pub terminal_id: Option<String>,
    /// The payer's card, if a card paid; personal data.
    pub masked_card_number: Option<String>,
    /// The reference number of the transaction at the bank.
    pub bank_reference: Option<String>,
    /// The tracking number of the transaction at the bank.
    pub bank_tracking: Option<String>,
}

impl Return {
    /// Reads the redirect's query, with or without `?`. The merchant's own parameters are passed over.
    ///
    /// # Errors
    ///
    /// If the invoice is missing, a value is malformed, or a name is there twice. Show the payer the order's page and look
    /// the order up.
    ///
    /// ```
    /// use pod_invoice_client::Return;
    ///
    /// let query = "order=7&billNumber=1000&invoiceId=32157&paid=false";
    /// let Return::Payment(payment) = Return::from_query(query)? else { panic!() };
    /// assert_eq!(payment.invoice_id.get(), 32157);
    /// # Ok::<(), pod_invoice_client::Invalid>(())
    /// ```
    pub fn from_query(query: &str) -> Result<Return, Invalid> {
        let [
            invoice,
            bill,
            paid,
            payment,
            terminal,
            card,
            rrn,
            tref,
            error,
        ] = ADDED.read(query)?;
        if let Some(error) = said(error) {
            return refused(&error).map(Return::Refused);
        }
        let invoice = said(invoice).ok_or_else(|| {
            Invalid::new(INVOICE_ID, "is missing")
                .with_remedy("ignore the request; look the order up instead")
        })?;
        Ok(Return::Payment(ReturnedPayment {
            invoice_id: invoice.parse()?,
            bill_number: said(bill).map(|number| number.parse()).transpose()?,
            claims_paid: said(paid).map(|paid| truth(&paid)).transpose()?,
            payment_bill_number: shown(payment),
            terminal_id: shown(terminal),
            masked_card_number: shown(card),
            bank_reference: shown(rrn),
            bank_tracking: shown(tref),
        }))
    }
}

impl std::fmt::Debug for ReturnedPayment {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("ReturnedPayment")
            .field("invoice_id", &self.invoice_id)
            .field("bill_number", &self.bill_number)
            .field("claims_paid", &self.claims_paid)
            .finish_non_exhaustive()
    }
}

/// An address that the payer's browser may come back to: one of the web, or of an app.
pub(crate) fn redirect(
    url: impl TryInto<ReturnUrl, Error: Into<Invalid>>,
) -> Result<ReturnUrl, Invalid> {
    ADDED.leave_free(REDIRECT, url)
}

/// The same where POD may send the payer from a page of its own: one of the web alone.
pub(crate) fn web_redirect(
    url: impl TryInto<ReturnUrl, Error: Into<Invalid>>,
) -> Result<ReturnUrl, Invalid> {
    of_the_web(
        REDIRECT,
        redirect(url)?,
        "is an app's own address, which a link alone may have",
    )
}

/// An address that POD may call.
pub(crate) fn callback(
    url: impl TryInto<ReturnUrl, Error: Into<Invalid>>,
) -> Result<ReturnUrl, Invalid> {
    let problem = "is an app's own address, which POD cannot call";
    of_the_web(CALLBACK, ADDED.leave_free(CALLBACK, url)?, problem)
}

fn of_the_web(
    field: FieldKey,
    url: ReturnUrl,
    problem: &'static str,
) -> Result<ReturnUrl, Invalid> {
    if url.is_app() {
        return Err(Invalid::new(field, problem)
            .with_value(url.as_str())
            .with_remedy("give an https address"));
    }
    Ok(url)
}

/// POD writes the names of what it has no value for, too.
fn said(value: Option<String>) -> Option<String> {
    value.filter(|value| !value.trim().is_empty() && value != "null")
}

fn shown(value: Option<String>) -> Option<String> {
    said(value).map(|value| paylink_core::text::excerpt(&value, 64))
}

fn truth(text: &str) -> Result<bool, Invalid> {
    match text {
        "true" | "True" => Ok(true),
        "false" | "False" => Ok(false),
        _ => Err(Invalid::new(PAID, "is neither true nor false")
            .with_value(text)
            .with_remedy("ignore the request; look the order up instead")),
    }
}

/// Reads the error that POD appended: its envelope as JSON.
fn refused(json: &str) -> Result<Refusal, Invalid> {
    #[derive(Deserialize)]
    #[serde(rename_all = "camelCase")]
    struct Envelope<'a> {
        #[serde(default, deserialize_with = "lossless")]
        has_error: Wire<bool>,
        #[serde(default, deserialize_with = "lossless")]
        error_code: Wire<i64>,
        #[serde(default, borrow)]
        message: Wire<Cow<'a, str>>,
        #[serde(default, borrow, deserialize_with = "lossless")]
        reference_number: Wire<Cow<'a, str>>,
    }

    let malformed = |problem: Untrusted| {
        Invalid::new(ERROR_RESULT, format!("cannot be read: {problem}"))
            .with_remedy("ignore the request; look the order up instead")
    };
    let envelope: Envelope<'_> = from_object(json).map_err(malformed)?;
    if !envelope.has_error.required("hasError").map_err(malformed)? {
        return Err(malformed(Untrusted::new("it says no error")));
    }
    let code = envelope
        .error_code
        .optional("errorCode")
        .map_err(malformed)?;
    let message = envelope.message.ok();
    let reference = envelope.reference_number.ok();
    codes::refusal(code, message.as_deref(), reference.as_deref())
        .ok_or_else(|| malformed(Untrusted::new("it names neither errorCode nor message")))
}
