//! A token is not written into a document.

use pod_invoice_client::UserToken;

fn write(_value: &impl serde::Serialize) {}

fn main() {
    let token = UserToken::new("a-token-of-the-payer").unwrap();
    write(&token);
}
