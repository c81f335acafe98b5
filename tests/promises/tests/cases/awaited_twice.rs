//! One call is sent once.

use paylink_core::Error;
use zipay_client::{TrackId, ZiPay};

async fn refund(zipay: &ZiPay, track_id: &TrackId) -> Result<(), Error> {
    let call = zipay.refund_invoice(track_id);
    if call.await.is_err() {
        call.await?;
    }
    Ok(())
}

fn main() {
    let _ = refund;
}
