use serde::Serialize;

use crate::{Advice, Explanation, Reason, Refusal};

/// One entry of a provider's catalogue: something it may say, and what that means to people.
///
/// Each provider's crate has them all in its `codes::catalogue()`, and `paylink::catalogue()` those of every provider that
/// is switched on.
///
/// ```
/// use paylink_core::{Advice, CodeEntry, Explanation, Party, Reason};
///
/// const SPENT: CodeEntry = CodeEntry::refusing(
///     "example",
///     "errorCode",
///     "24",
///     Reason::AlreadyPaid,
///     Explanation::for_everyone(
///         Party::Payer,
///         "This invoice is already paid.",
///         "این فاکتور پیش‌تر پرداخت شده است.",
///     ),
/// );
/// assert_eq!(SPENT.advice, Advice::SettleInstead); // by its reason
/// assert_eq!(SPENT.refusal("24").explanation(), SPENT.explanation);
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize)]
#[non_exhaustive]
pub struct CodeEntry {
    /// The provider's name, as errors tell it.
    pub provider: &'static str,
    /// The field of the answer that holds the code, in the provider's spelling.
    pub field: &'static str,
    /// The operations whose answers hold it, if the same code means something else in others; none if it means the same
    /// everywhere.
    pub operations: &'static [&'static str],
    /// The code as text, or the words by which the provider says it. Where an entry stands for several codes it names
    /// them: `5xx`, `any other`.
    pub code: &'static str,
    /// What it stands for in words that all providers share; none where it says that all went well.
    pub reason: Option<Reason>,
    /// Texts in English and Persian, who can do something about it, and whether a payer may see it.
    #[serde(flatten)]
    pub explanation: Explanation,
    /// What to do next.
    pub advice: Advice,
    /// How it is known.
    pub evidence: Evidence,
}

/// How a code and its meaning are known.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Evidence {
    /// The provider's own document has it.
    Proven,
    /// Public material has it: the provider's web pages or SDKs.
    Public,
    /// It is no code of the provider's, but of a protocol that it speaks.
    Protocol,
    /// Nobody documents it: it is a reading.
    Reading,
}

impl CodeEntry {
    /// A code that says why something was not done, or has not happened; the advice is the reason's own.
    #[must_use]
    pub const fn refusing(
        provider: &'static str,
        field: &'static str,
        code: &'static str,
        reason: Reason,
        explanation: Explanation,
    ) -> CodeEntry {
        CodeEntry {
            provider,
            field,
            operations: &[],
            code,
            reason: Some(reason),
            explanation,
            advice: reason.advice(),
            evidence: Evidence::Proven,
        }
    }

    /// A code that says that all went well.
    #[must_use]
    pub const fn done(
        provider: &'static str,
        field: &'static str,
        code: &'static str,
        explanation: Explanation,
    ) -> CodeEntry {
        CodeEntry {
            provider,
            field,
            operations: &[],
            code,
            reason: None,
            explanation,
            advice: Advice::NothingToDo,
            evidence: Evidence::Proven,
        }
    }

    /// Says in which operations' answers it has this meaning.
    #[must_use]
    pub const fn only_in(mut self, operations: &'static [&'static str]) -> CodeEntry {
        self.operations = operations;
        self
    }

    /// Gives another advice than the reason's own.
    #[must_use]
    pub const fn advising(mut self, advice: Advice) -> CodeEntry {
        self.advice = advice;
        self
    }

    /// Says how it is known, if not by the provider's own document.
    #[must_use]
    pub const fn known_by(mut self, evidence: Evidence) -> CodeEntry {
        self.evidence = evidence;
        self
    }

    /// A refusal that says this, under the code as it came.
    #[must_use]
    pub fn refusal(&self, code: &str) -> Refusal {
        Refusal::new(code, self.reason.unwrap_or(Reason::Other))
            .explained(self.explanation)
            .advising(self.advice)
    }
}
