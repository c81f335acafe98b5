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
    /// How long an input may get, in bytes: longer ones only repeat themselves. What grows is tried by itself.
    pub largest: usize,
    /// How many readers the first byte chooses from.
    pub readers: fn() -> usize,
    /// Documents that grow; none where what is measured is not reading alone.
    pub growing: &'static [growth::Family],
}

/// Answers in JSON, to every call.
pub const ENVELOPES: Target = Target {
    name: "envelopes",
    check: envelopes::check_json,
    seeds: envelopes::json_seeds,
    largest: 4 * 1024,
    readers: envelopes::json_calls,
    growing: growth::JSON,
};

/// Answers in XML, to every call that SizPay has over SOAP.
pub const SOAP: Target = Target {
    name: "soap",
    check: envelopes::check_xml,
    seeds: envelopes::xml_seeds,
    largest: 4 * 1024,
    readers: envelopes::xml_calls,
    growing: growth::XML,
};

/// What browsers bring back, and webhooks.
pub const RETURNS: Target = Target {
    name: "returns",
    check: returns::check,
    seeds: returns::seeds,
    largest: 1024,
    readers: || 8,
    growing: growth::TEXTS,
};

/// What people and providers write: money, dates, numbers, addresses.
pub const VALUES: Target = Target {
    name: "values",
    check: values::check,
    seeds: values::seeds,
    largest: 192,
    readers: values::kinds,
    growing: growth::TEXTS,
};

/// What merchants keep: handles, records, ledgers.
pub const STORED: Target = Target {
    name: "stored",
    check: stored::check,
    seeds: stored::seeds,
    largest: 2 * 1024,
    readers: stored::forms,
    growing: growth::JSON,
};

/// Configurations, and the variables that change them.
pub const CONFIGURATION: Target = Target {
    name: "configuration",
    check: configuration::check,
    seeds: configuration::seeds,
    largest: 2 * 1024,
    readers: || 1,
    growing: growth::TEXTS,
};

/// Requests to the sandbox.
pub const SANDBOX: Target = Target {
    name: "sandbox",
    check: sandbox::check,
    seeds: sandbox::seeds,
    largest: 2 * 1024,
    readers: || 0,
    growing: &[],
};

/// All of them.
pub const TARGETS: &[Target] = &[
    ENVELOPES,
    SOAP,
    RETURNS,
    VALUES,
    STORED,
    CONFIGURATION,
    SANDBOX,
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
