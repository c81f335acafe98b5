//! What every decoder of bytes from outside has to keep, whatever the bytes: the fuzzer's targets call it, and so do the tests.

pub mod cases;
pub mod chance;
pub mod configuration;
pub mod cost;
pub mod envelopes;
pub mod growth;
pub mod json;
pub mod meaning;
pub mod mutation;
pub mod returns;
pub mod sandbox;
pub mod served;
pub mod stored;
pub mod subject;
pub mod subjects;
pub mod values;
pub mod xml;

/// A group of decoders.
#[derive(Clone, Copy, Debug)]
pub struct Target {
    /// Its name.
    pub name: &'static str,
    /// Tries an input, and says what should not have come of it.
    pub check: fn(&[u8]) -> Result<(), String>,
    /// Inputs to begin with: what the providers' documents show.
    pub seeds: fn() -> Vec<Vec<u8>>,
    /// How many readers the first byte chooses from.
    pub readers: fn() -> usize,
    /// Documents that grow; none where what is measured is not reading alone.
    pub growing: &'static [growth::Family],
}

/// All of them.
pub const TARGETS: &[Target] = &[
    Target {
        name: "envelopes",
        check: envelopes::check_json,
        seeds: envelopes::json_seeds,
        readers: envelopes::json_calls,
        growing: growth::JSON,
    },
    Target {
        name: "soap",
        check: envelopes::check_xml,
        seeds: envelopes::xml_seeds,
        readers: envelopes::xml_calls,
        growing: growth::XML,
    },
    Target {
        name: "returns",
        check: returns::check,
        seeds: returns::seeds,
        readers: || 8,
        growing: growth::TEXTS,
    },
    Target {
        name: "values",
        check: values::check,
        seeds: values::seeds,
        readers: values::kinds,
        growing: growth::TEXTS,
    },
    Target {
        name: "stored",
        check: stored::check,
        seeds: stored::seeds,
        readers: stored::forms,
        growing: growth::JSON,
    },
    Target {
        name: "configuration",
        check: configuration::check,
        seeds: configuration::seeds,
        readers: || 1,
        growing: growth::TEXTS,
    },
    Target {
        name: "sandbox",
        check: sandbox::check,
        seeds: sandbox::seeds,
        readers: || 0,
        growing: &[],
    },
];

/// Tries an input at the target of this name.
///
/// # Errors
///
/// What should not have come of it, or that there is no such target.
pub fn check(target: &str, input: &[u8]) -> Result<(), String> {
    let target = TARGETS.iter().find(|it| it.name == target);
    let target = target.ok_or("there is no such target")?;
    (target.check)(input)
}
