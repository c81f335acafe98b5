//! The suite over a provider that conforms, and over providers that lie.

#[cfg(test)]
#[path = "../../examples/fifth_provider/main.rs"]
mod fifth_provider;
#[cfg(test)]
mod liar;
#[cfg(test)]
mod lying;
#[cfg(test)]
mod recording;

#[test]
fn the_fifth_provider_conforms() {
    fifth_provider::main().unwrap();
}
