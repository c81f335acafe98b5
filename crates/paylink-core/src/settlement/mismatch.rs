use std::fmt::{self, Display};

use serde::Serialize;

/// What is compared before a payment counts as settled.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum ComparedField {
    /// How much.
    Amount,
    /// In which currency.
    Currency,
    /// For which of the merchant's orders.
    Order,
    /// To which of the merchant's terminals, shops or link names.
    Merchant,
    /// Under which of the provider's ids.
    Reference,
    /// From which card, or by which person, where the merchant asked for a certain one. Not every provider can tell, so
    /// a comparison may do without it.
    Payer,
}

impl ComparedField {
    /// Every field that a settlement has to compare.
    pub const ALL: [ComparedField; 5] = [
        ComparedField::Amount,
        ComparedField::Currency,
        ComparedField::Order,
        ComparedField::Merchant,
        ComparedField::Reference,
    ];

    /// The field's name.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            ComparedField::Amount => "amount",
            ComparedField::Currency => "currency",
            ComparedField::Order => "order",
            ComparedField::Merchant => "merchant",
            ComparedField::Reference => "reference",
            ComparedField::Payer => "payer",
        }
    }
}

/// How a payment differs from what the merchant's record says; at least one difference.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
#[serde(transparent)]
pub struct Mismatch {
    differences: Vec<Difference>,
}

impl Mismatch {
    /// A mismatch in one field.
    #[must_use]
    pub fn new(
        field: ComparedField,
        expected: &(impl Display + ?Sized),
        found: &(impl Display + ?Sized),
    ) -> Mismatch {
        Mismatch {
            differences: vec![Difference::new(field, expected, found)],
        }
    }

    /// A mismatch, if there are differences.
    pub(crate) fn of(differences: Vec<Difference>) -> Option<Mismatch> {
        (!differences.is_empty()).then_some(Mismatch { differences })
    }

    /// The differences, each with what the record says and what the provider reported.
    #[must_use]
    pub fn differences(&self) -> &[Difference] {
        &self.differences
    }

    /// Whether this field differs.
    #[must_use]
    pub fn has(&self, field: ComparedField) -> bool {
        self.differences
            .iter()
            .any(|difference| difference.field == field)
    }
}

impl Display for Mismatch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, difference) in self.differences.iter().enumerate() {
            if index > 0 {
                f.write_str("; ")?;
            }
            write!(f, "{difference}")?;
        }
        Ok(())
    }
}

/// One field in which a payment differs.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct Difference {
    field: ComparedField,
    expected: String,
    found: String,
}

impl Difference {
    pub(crate) fn new(
        field: ComparedField,
        expected: &(impl Display + ?Sized),
        found: &(impl Display + ?Sized),
    ) -> Difference {
        let shown = |text: String| crate::text::excerpt(&text, 200);
        Difference {
            field,
            expected: shown(expected.to_string()),
            found: shown(found.to_string()),
        }
    }

    crate::getters! { self;
        /// Which field.
        field: ComparedField = self.field;
        /// What the merchant's record says.
        expected: &str = &self.expected;
        /// What the provider reported.
        found: &str = &self.found;
    }
}

impl Display for Difference {
    /// No value holds the quotes around it: what a stranger put into one cannot be taken for another difference.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let plain = |value: &str| value.replace('"', "'");
        write!(
            f,
            "{} is \"{}\", expected \"{}\"",
            self.field.as_str(),
            plain(&self.found),
            plain(&self.expected)
        )
    }
}
