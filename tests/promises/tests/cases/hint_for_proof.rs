//! What a browser brings is no proof.

use paylink_core::Proof;
use zipay_client::Return;

fn deliver(_proof: &Proof) {}

fn main() {
    let back = Return::from_query("trackid=de7d44ae&invoice_number=1000").unwrap();
    deliver(&back);
}
