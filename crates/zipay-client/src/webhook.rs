use std::borrow::Cow;

use paylink_core::json::{Wire, from_object, lossless};
use paylink_core::{FieldKey, Invalid};
use serde::Deserialize;

use crate::{InvoiceNumber, Status, TrackId, hint};

/// What a webhook is refused under as a whole.
const BODY: FieldKey = FieldKey::new("webhook", "webhook");

/// What arrived at the webhook: a hint, not a proof.
///
/// Nothing signs it, so anybody can send one. It says that settling is worth a try now (document "Invoice"; the three
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
        hint::bounded(body.len())?;
        let text = std::str::from_utf8(body)
            .map_err(|_| Invalid::new(BODY, "is not UTF-8").remedy("ignore it"))?;
        let text = text.strip_prefix('\u{feff}').unwrap_or(text).trim();
        if text.starts_with('{') {
            from_json(text)
        } else {
            from_form(text)
        }
    }

    /// The invoice it claims to be about.
    #[must_use]
    pub fn track_id(&self) -> &TrackId {
        &self.track_id
    }

    /// The merchant's number it claims to be about.
    #[must_use]
    pub fn invoice_number(&self) -> &str {
        self.invoice_number.as_str()
    }

    /// The state it claims. Never act on it: settle.
    #[must_use]
    pub fn claimed_status(&self) -> &Status {
        &self.status
    }
}

fn from_form(text: &str) -> Result<Webhook, Invalid> {
    let [track_id, invoice_number, status] = hint::form_values(text, hint::IN_WEBHOOK)?;
    Ok(Webhook {
        track_id: hint::needed(TrackId::KEY, track_id)?.parse()?,
        invoice_number: hint::needed(InvoiceNumber::KEY, invoice_number)?.parse()?,
        status: Status::from(&*hint::needed(hint::STATUS, status)?),
    })
}

fn from_json(text: &str) -> Result<Webhook, Invalid> {
    #[derive(Deserialize)]
    struct Body<'a> {
        #[serde(default, borrow)]
        trackid: Wire<Cow<'a, str>>,
        #[serde(default, borrow, deserialize_with = "lossless")]
        invoice_number: Wire<Cow<'a, str>>,
        #[serde(default, borrow)]
        status: Wire<Cow<'a, str>>,
    }

    let malformed = |problem: paylink_core::Untrusted| {
        Invalid::new(BODY, format!("cannot be read: {problem}")).remedy("ignore it")
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
