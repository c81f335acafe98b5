use paylink_core::Invalid;

use crate::{InvoiceNumber, TrackId, hint};

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
        let query = query.strip_prefix('?').unwrap_or(query);
        let [track_id, invoice_number] = hint::form_values(query, hint::IN_RETURN)?;
        Ok(Return {
            track_id: hint::needed(TrackId::KEY, track_id)?.parse()?,
            invoice_number: hint::needed(InvoiceNumber::KEY, invoice_number)?.parse()?,
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
