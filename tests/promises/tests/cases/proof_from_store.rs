//! A proof is not read back from a store.

use paylink_core::Proof;

fn read<T: serde::de::DeserializeOwned>(_stored: &str) -> T {
    unimplemented!()
}

fn main() {
    let _proof: Proof = read("{}");
}
