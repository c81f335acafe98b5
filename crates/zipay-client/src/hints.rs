use std::borrow::Cow;

use paylink_core::json::{Wire, from_object, lossless};
use paylink_core::{FieldKey, Invalid, ReturnFields, Untrusted};
use serde::Deserialize;

use crate::{InvoiceNumber, Status, TrackId};

/// The state of an invoice, in a webhook.
const STATUS: FieldKey = FieldKey::new("status", "status");

/// What ZiPay adds to the callback's query (document "Invoice"; proven).
pub(crate) const IN_RETURN: ReturnFields<2> = ReturnFields::new([
    ("trackid", TrackId::KEY),
    ("invoice_number", InvoiceNumber::KEY),
]);

/// What ZiPay writes into a webhook (document "Invoice"; proven).
pub(crate) const IN_WEBHOOK: ReturnFields<3> = ReturnFields::new([
    ("trackid", TrackId::KEY),
    ("invoice_number", InvoiceNumber::KEY),
    ("status", STATUS),
]);

/// The most bytes of a webhook.
const LARGEST: usize = 16 * 1024;

/// What a webhook is refused under as a whole.
const BODY: FieldKey = FieldKey::new("webhook", "webhook");

/// What the payer's browser brought back to the callback: a hint, not a proof.
///
/// Anybody can type such a URL. It names a payment, so that the merchant knows which order to settle; whether it was
/// paid is told by [`ZiPay::settle`](crate::ZiPay::settle) alone (document "Invoice"; the two names are proven).
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Return {
    track_id: TrackId,
    invoice_number: InvoiceNumber,
}

impl Return {
    /// Reads the callback's query, with or without `?`. The merchant's own parameters are passed over.
    ///
    /// # Errors
    ///
    /// If `trackid` or `invoice_number` is missing, malformed or there twice. Show the payer the order's page and look
    /// the order up.
    ///
    /// ```
    /// let back = zipay_client::Return::from_query("lang=fa&trackid=de7d44ae-9df9&invoice_number=1")?;
    /// assert_eq!(back.invoice_number(), "1");
    /// # Ok::<(), zipay_client::Invalid>(())
    /// ```
    pub fn from_query(query: &str) -> Result<Return, Invalid> {
        let [track_id, invoice_number] = IN_RETURN.read_all(query)?;
        Ok(Return {
            track_id: track_id.parse()?,
            invoice_number: invoice_number.parse()?,
        })
    }

    /// The invoice that the payer claims to come from.
    #[must_use]
    pub fn track_id(&self) -> &TrackId {
        &self.track_id
    }

    /// The merchant's number that the payer claims to come from.
    #[must_use]
    pub fn invoice_number(&self) -> &str {
        self.invoice_number.as_str()
    }
}

/// What arrived at the webhook: a hint, not a proof.
///
/// Nothing signs it, so anyone can send one. It says that settling is worth a try now (document "Invoice"; the three
/// names are proven, the encoding is a reading: form and JSON are both taken, and in JSON a number that is a number).
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Webhook {
    track_id: TrackId,
    invoice_number: InvoiceNumber,
    status: Status,
}

impl Webhook {
    /// Reads a webhook's body: JSON if it begins with `{`, else a form.
    ///
    /// # Errors
    ///
    /// If a field is missing, malformed or there twice, or the body is larger than 16 KiB. Answer with an error status:
    /// the payment is not lost, the return and a look-up find it.
    ///
    /// ```
    /// use zipay_client::{Status, Webhook};
    ///
    /// let form = Webhook::from_body(b"trackid=de7d44ae&invoice_number=1&status=pending")?;
    /// let json = Webhook::from_body(br#"{"trackid":"de7d44ae","invoice_number":"1","status":"pending"}"#)?;
    /// assert_eq!(form, json);
    /// assert_eq!(form.claimed_status(), &Status::Pending);
    /// # Ok::<(), zipay_client::Invalid>(())
    /// ```
    pub fn from_body(body: &[u8]) -> Result<Webhook, Invalid> {
        if body.len() > LARGEST {
            return Err(Invalid::new(BODY, "is larger than 16 KiB").with_remedy("ignore it"));
        }
        let text = std::str::from_utf8(body)
            .map_err(|_| Invalid::new(BODY, "is not UTF-8").with_remedy("ignore it"))?;
        let text = text.strip_prefix('\u{feff}').unwrap_or(text).trim();
        if text.starts_with('{') {
            from_json(text)
        } else {
            from_form(text)
        }
    }

    paylink_core::getters! { self;
        /// The invoice it claims to be about.
        track_id: &TrackId = &self.track_id;
        /// The merchant's number it claims to be about.
        invoice_number: &str = self.invoice_number.as_str();
        /// The state it claims. Never act on it: settle.
        claimed_status: &Status = &self.status;
    }
}

fn from_form(text: &str) -> Result<Webhook, Invalid> {
    let [track_id, invoice_number, status] = IN_WEBHOOK.read_all(text)?;
    Ok(Webhook {
        track_id: track_id.parse()?,
        invoice_number: invoice_number.parse()?,
        status: Status::from(&*status),
    })
}

fn from_json(text: &str) -> Result<Webhook, Invalid> {
    #[derive(Default, Deserialize)]
    #[serde(default, bound(deserialize = "'de: 'a"))]
    struct Body<'a> {
        trackid: Wire<Cow<'a, str>>,
        #[serde(deserialize_with = "lossless")]
        invoice_number: Wire<Cow<'a, str>>,
        status: Wire<Cow<'a, str>>,
    }

    let malformed = |problem: Untrusted| {
        Invalid::new(BODY, format!("cannot be read: {problem}")).with_remedy("ignore it")
    };
    let body: Body<'_> = from_object(text).map_err(malformed)?;
    Ok(Webhook {
        track_id: body
            .trackid
            .required("trackid")
            .map_err(malformed)?
            .parse()?,
        invoice_number: body
            .invoice_number
            .required("invoice_number")
            .map_err(malformed)?
            .parse()?,
        status: Status::from(&*body.status.required("status").map_err(malformed)?),
    })
}
