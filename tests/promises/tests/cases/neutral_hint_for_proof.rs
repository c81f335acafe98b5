//! What a webhook brings is no proof, in the words of all providers either.

use paylink_core::Proof;
use paylink_core::provider::Hint;

fn deliver(_proof: Proof) {}

fn main() {
    deliver(Hint::new("zipay").with_reference("1000"));
}
