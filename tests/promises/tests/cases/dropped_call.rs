//! A call that nobody awaits sends nothing.

#![deny(unused_must_use)]

use paylink_core::Error;
use zipay_client::{TrackId, ZiPay};

async fn refund(zipay: &ZiPay, track_id: &TrackId) -> Result<(), Error> {
    zipay.refund_invoice(track_id);
    Ok(())
}

fn main() {
    let _ = refund;
}
