//! The operations that are held to the matrix.

use std::sync::Arc;

use paylink_core::Idempotency;
use paylink_testkit::NamedFault;
use paylink_tests::providers::{Sample, descriptor, known};

/// One operation, by one of the ways to its provider.
pub(super) struct Subject {
    pub(super) provider: &'static str,
    /// The operation, and what sets it apart from others of its name.
    pub(super) name: String,
    pub(super) class: Idempotency,
    pub(super) sample: Arc<Sample>,
}

/// Every operation of every provider, by every way.
pub(super) fn subjects() -> Vec<Arc<Subject>> {
    let mut subjects: Vec<Arc<Subject>> = Vec::new();
    for known in known() {
        let samples = known.operations.into_iter().chain(known.variants);
        for sample in samples {
            let alike = subjects.iter().filter(|it| {
                let other = (it.provider, it.sample.operation, it.sample.protocol);
                other == (known.name, sample.operation, sample.protocol)
            });
            let name = match alike.count() {
                0 => sample.operation.to_owned(),
                before => format!("{} ({})", sample.operation, before + 1),
            };
            subjects.push(Arc::new(Subject {
                provider: known.name,
                name,
                class: sample.info(descriptor(known.name)).unwrap().class(),
                sample: Arc::new(sample),
            }));
        }
    }
    subjects
}

impl Subject {
    /// Its name among all.
    pub(super) fn title(&self) -> String {
        format!(
            "{}, {} ({})",
            self.provider,
            self.name,
            self.sample.protocol.as_str()
        )
    }

    /// Its name among those of its provider.
    pub(super) fn within_provider(&self) -> String {
        match self.sample.protocol {
            paylink_tests::providers::Protocol::Json => self.name.clone(),
            protocol => format!("{} ({})", self.name, protocol.as_str()),
        }
    }

    /// What its provider may say in its own envelope, as faults.
    pub(super) fn told(&self) -> Vec<NamedFault> {
        let told = self.sample.told.iter();
        told.map(|it| NamedFault::answering(it.row, it.name, &it.answer))
            .collect()
    }
}

/// What an operation of this class promises, as a name of its table.
pub(super) fn region(class: Idempotency) -> &'static str {
    match class {
        Idempotency::NonIdempotent => "non-idempotent",
        Idempotency::Idempotent => "idempotent",
        Idempotency::ReadOnly => "read-only",
    }
}

/// The same, for people.
pub(super) fn words(class: Idempotency) -> &'static str {
    match class {
        Idempotency::NonIdempotent => "once",
        Idempotency::Idempotent => "again",
        Idempotency::ReadOnly => "read",
    }
}

/// Every class, in the order of the page.
pub(super) const CLASSES: [Idempotency; 3] = [
    Idempotency::NonIdempotent,
    Idempotency::Idempotent,
    Idempotency::ReadOnly,
];
