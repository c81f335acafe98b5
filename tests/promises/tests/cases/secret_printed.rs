//! A token has no text to print.

use pod_invoice_client::UserToken;

fn main() {
    let token = UserToken::new("a-token-of-the-payer").unwrap();
    println!("{token}");
}
