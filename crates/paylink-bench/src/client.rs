//! The call as paylink makes it.

use std::error::Error;

use zipay_client::{TrackId, ZiPay};

use crate::{API_KEY, Outcome, SECRET_KEY, TRACK_ID};

pub(crate) struct Caller {
    zipay: ZiPay,
    track_id: TrackId,
}

impl Caller {
    pub(crate) fn new(base_url: &str) -> Result<Caller, Box<dyn Error>> {
        let zipay = ZiPay::builder(API_KEY, SECRET_KEY)
            .base_url(base_url)
            .build()?;
        Ok(Caller {
            zipay,
            track_id: TRACK_ID.parse()?,
        })
    }

    pub(crate) async fn call(&self) -> Outcome {
        let invoice = self.zipay.invoice_status(&self.track_id).await?;
        if invoice.amount.is_positive() {
            Ok(())
        } else {
            Err("no amount".into())
        }
    }
}
