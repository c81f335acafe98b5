//! Whoever settles has to say what becomes of a mismatch.

use paylink_core::{Proof, Settlement};

fn proof<V>(settlement: Settlement<V>) -> Option<Proof> {
    match settlement {
        Settlement::Settled(proof) | Settlement::AlreadySettled(proof) => Some(proof),
        Settlement::NotPaid(_) => None,
    }
}

fn main() {
    let _ = proof::<()>;
}
