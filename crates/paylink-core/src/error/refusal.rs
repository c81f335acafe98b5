use std::fmt;

use serde::Serialize;

use crate::{Advice, Explanation, Reason, text};

/// The most characters of a code that are kept: some providers refuse in words alone, and those are the code then.
const LONGEST_CODE: usize = 64;

/// The most characters of a provider's message that are kept.
const LONGEST_MESSAGE: usize = 200;

/// A provider's refusal, read from its own envelope.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct Refusal {
    code: String,
    reason: Reason,
    #[serde(skip_serializing_if = "Option::is_none")]
    message: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    reference: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    remedy: Option<&'static str>,
    #[serde(skip)]
    explanation: Explanation,
    #[serde(skip)]
    advice: Advice,
}

impl Refusal {
    /// A refusal with the provider's code, and the reason it stands for.
    #[must_use]
    pub fn new(code: &str, reason: Reason) -> Refusal {
        Refusal {
            code: text::excerpt(code, LONGEST_CODE),
            reason,
            message: None,
            reference: None,
            remedy: None,
            explanation: reason.explanation(),
            advice: reason.advice(),
        }
    }

    /// Keeps the provider's own message, shortened, with control characters escaped.
    #[must_use]
    pub fn with_message(mut self, message: &str) -> Refusal {
        if !message.trim().is_empty() {
            self.message = Some(text::excerpt(message, LONGEST_MESSAGE));
        }
        self
    }

    /// Keeps the number under which the provider's support finds the request.
    #[must_use]
    pub fn with_reference(mut self, reference: &str) -> Refusal {
        self.reference = Some(text::excerpt(reference, 64));
        self
    }

    /// Says what the merchant can set right, where the refusal tells: "set the namespace to that of the WSDL".
    ///
    /// ```
    /// use paylink_core::{Reason, Refusal};
    ///
    /// let refusal = Refusal::new("7", Reason::BadRequest).with_remedy("set the right namespace");
    /// assert_eq!(refusal.to_string(), "code 7: set the right namespace");
    /// assert_eq!(refusal.remedy(), Some("set the right namespace"));
    /// ```
    #[must_use]
    pub fn with_remedy(mut self, remedy: &'static str) -> Refusal {
        self.remedy = Some(remedy);
        self
    }

    /// Replaces the texts of the reason by those of the provider's own code.
    #[must_use]
    pub fn with_explanation(mut self, explanation: Explanation) -> Refusal {
        self.explanation = explanation;
        self
    }

    /// Replaces the advice of the reason by that of the provider's own code.
    #[must_use]
    pub fn with_advice(mut self, advice: Advice) -> Refusal {
        self.advice = advice;
        self
    }

    crate::getters! { self;
        /// The provider's code, as text.
        code: &str = &self.code;
        /// The reason in words that all providers share.
        reason: Reason = self.reason;
        /// What the provider wrote, for a log; it is not meant for the payer.
        message: Option<&str> = self.message.as_deref();
        /// The number to quote to the provider's support.
        reference: Option<&str> = self.reference.as_deref();
        /// What the merchant can set right, where the refusal tells.
        remedy: Option<&'static str> = self.remedy;
        /// Texts in English and Persian, whose fault it is, and whether a payer may see it.
        explanation: Explanation = self.explanation;
        /// What to do next, as far as this answer tells.
        ///
        /// [`Error::advice`](crate::Error::advice) knows more: an earlier attempt may have been carried out.
        ///
        /// ```
        /// use paylink_core::{Advice, Reason, Refusal};
        ///
        /// let refusal = Refusal::new("24", Reason::AlreadyPaid);
        /// assert_eq!(refusal.advice(), Advice::SettleInstead);
        /// assert_eq!(refusal.with_advice(Advice::NoAction).advice(), Advice::NoAction);
        /// ```
        advice: Advice = self.advice;
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.message {
            Some(words) if *words == self.code => write!(f, "\"{words}\"")?,
            Some(words) => write!(f, "code {}, \"{words}\"", self.code)?,
            None => write!(f, "code {}", self.code)?,
        }
        if let Some(reference) = &self.reference {
            write!(f, ", reference {reference}")?;
        }
        if let Some(remedy) = self.remedy {
            write!(f, ": {remedy}")?;
        }
        Ok(())
    }
}

/// One entry of a provider's catalogue: something it may say, and what that means to people.
///
/// Each provider's crate has them all in its `codes::catalogue()`, and `paylink::catalogue()` those of every provider that
/// is switched on.
///
/// ```
/// use paylink_core::{Advice, CodeEntry, Explanation, Party, Reason};
///
/// const SPENT: CodeEntry = CodeEntry::for_refusal(
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
    Documented,
    /// Public material has it: the provider's web pages or SDKs.
    Public,
    /// It is no code of the provider's, but of a protocol that it speaks.
    Protocol,
    /// Nobody documents it: it is a reading.
    Assumed,
}

impl CodeEntry {
    /// A code that says why something was not done, or has not happened; the advice is the reason's own.
    #[must_use]
    pub const fn for_refusal(
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
            evidence: Evidence::Documented,
        }
    }

    /// A code that says that all went well.
    #[must_use]
    pub const fn for_success(
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
            advice: Advice::NoAction,
            evidence: Evidence::Documented,
        }
    }

    /// Says in which operations' answers it has this meaning.
    #[must_use]
    pub const fn with_operations(mut self, operations: &'static [&'static str]) -> CodeEntry {
        self.operations = operations;
        self
    }

    /// Gives another advice than the reason's own.
    #[must_use]
    pub const fn with_advice(mut self, advice: Advice) -> CodeEntry {
        self.advice = advice;
        self
    }

    /// Says how it is known, if not by the provider's own document.
    #[must_use]
    pub const fn with_evidence(mut self, evidence: Evidence) -> CodeEntry {
        self.evidence = evidence;
        self
    }

    /// A refusal that says this, under the code as it came.
    #[must_use]
    pub fn refusal(&self, code: &str) -> Refusal {
        Refusal::new(code, self.reason.unwrap_or(Reason::Other))
            .with_explanation(self.explanation)
            .with_advice(self.advice)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_that_is_all_it_says_is_told_once() {
        let told = |code: &str, message: &str| {
            let refusal = Refusal::new(code, Reason::Other);
            refusal.with_message(message).to_string()
        };
        assert_eq!(told("-9", "unknown number"), "code -9, \"unknown number\"");
        assert_eq!(
            told("unknown number", "unknown number"),
            "\"unknown number\""
        );
    }
}
