//! One thing that a client makes of answers, with what has to stand in an answer that it believes.

use std::fmt;
use std::pin::Pin;

use paylink_core::Error;
use serde_json::Value;

use crate::json::Tree;
use crate::meaning::Deciding;
use crate::served::Clients;

/// What a call came to: the output of a success, nothing of an answer that claims none, or an error.
pub type Outcome = Result<Option<Value>, Error>;

/// A call under way.
pub type Calling<'a> = Pin<Box<dyn Future<Output = Outcome> + 'a>>;

/// A call of a client, an answer that it believes, and the fields on which that hangs.
#[derive(Clone)]
pub struct Subject {
    /// The provider, and the operation by the name of its descriptor.
    pub provider: &'static str,
    /// The operation by the name of its descriptor, or what is done with several.
    pub operation: &'static str,
    /// An answer under which it succeeds; several where it asks several times.
    pub good: Vec<String>,
    /// Whether answers are XML.
    pub is_xml: bool,
    /// Calls it.
    pub call: for<'a> fn(&'a Clients) -> Calling<'a>,
    /// The fields that decide, in the answer that came last.
    pub deciding: Vec<Deciding>,
    /// Finds the document that decides in the answer that came last; `None` if it is nowhere.
    pub document: fn(&str) -> Option<Tree>,
    /// What else has to hold of a success.
    pub also: fn(&Tree, &Value) -> Result<(), String>,
    /// Names of members whose values no error may show.
    pub private: &'static [&'static str],
}

impl fmt::Debug for Subject {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Subject({self})")
    }
}

impl fmt::Display for Subject {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.provider, self.operation)
    }
}

impl Subject {
    pub(crate) fn new(
        provider: &'static str,
        operation: &'static str,
        good: impl Into<String>,
        deciding: &[Deciding],
        call: for<'a> fn(&'a Clients) -> Calling<'a>,
    ) -> Subject {
        Subject {
            provider,
            operation,
            good: vec![good.into()],
            is_xml: false,
            call,
            deciding: deciding.to_vec(),
            document: Tree::read,
            also: |_, _| Ok(()),
            private: &[],
        }
    }

    /// Answers what is asked before the answer that decides.
    pub(crate) fn asked_before(mut self, answer: impl Into<String>) -> Subject {
        self.good.insert(0, answer.into());
        self
    }

    pub(crate) fn found_by(mut self, document: fn(&str) -> Option<Tree>) -> Subject {
        self.document = document;
        self
    }

    pub(crate) fn in_xml(mut self) -> Subject {
        self.is_xml = true;
        self
    }

    pub(crate) fn and(mut self, also: fn(&Tree, &Value) -> Result<(), String>) -> Subject {
        self.also = also;
        self
    }

    pub(crate) fn keeping(mut self, private: &'static [&'static str]) -> Subject {
        self.private = private;
        self
    }

    pub(crate) fn content_type(&self) -> &'static str {
        if self.is_xml {
            "text/xml; charset=utf-8"
        } else {
            "application/json"
        }
    }

    /// Holds a success against the answer that came last, as it is read from the provider's document alone.
    ///
    /// # Errors
    ///
    /// Says which field should have kept the client from believing it.
    pub fn check_success(&self, answer: &str, output: &Value) -> Result<(), String> {
        let document = (self.document)(answer)
            .ok_or("success was believed of an answer that holds no document of this kind")?;
        for field in &self.deciding {
            field.check(&document)?;
        }
        (self.also)(&document, output)
    }
}

/// Makes a call of a client, whose cost is kept, and turns its output into JSON.
macro_rules! call {
    (|$clients:ident| $call:expr) => {
        |$clients| {
            Box::pin(async move {
                let output = $crate::subject::measured(async { $call.await }).await?;
                let output = serde_json::to_value(output);
                Ok(Some(output.unwrap_or(serde_json::Value::Null)))
            })
        }
    };
}
pub(crate) use call;

/// Awaits a call, and keeps what it cost.
pub(crate) async fn measured<T>(call: impl Future<Output = T>) -> T {
    let driven = crate::cost::of(|| crate::served::drive(call)).1;
    match driven {
        Some(outcome) => outcome,
        // Somebody else has to find that it waits for ever.
        None => std::future::pending().await,
    }
}
