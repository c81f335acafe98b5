//! A call of an operation, and what its provider may answer.

use std::pin::Pin;

use paylink_core::provider::{Descriptor, OperationInfo};
use paylink_core::{Error, Handle, Transport};
use paylink_testkit::{Answer, damage};

/// A call of one operation, and the answer under which it succeeds.
#[derive(Debug)]
pub struct Sample {
    /// The operation's name in the descriptor.
    pub operation: &'static str,
    /// What request and answer are written in.
    pub protocol: Protocol,
    /// The good answer.
    pub good: String,
    /// Calls the operation at this address.
    pub call: fn(Transport, String) -> Calling,
    /// Whether a handle has what finds the operation again.
    pub finds: fn(&Handle) -> bool,
    /// What the provider says in its own envelope when things go wrong.
    pub told: Vec<Told>,
}

/// What request and answer are written in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Protocol {
    /// JSON, as most of them answer.
    Json,
    /// ASP.NET's JSON, in which the answer is wrapped.
    AspNetJson,
    /// SOAP 1.1, each input a parameter of its own.
    Soap,
    /// SOAP 1.1, the inputs in one model.
    SoapModel,
}

impl Protocol {
    /// Its name.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Json => "JSON",
            Self::AspNetJson => "ASP.NET JSON",
            Self::Soap => "SOAP",
            Self::SoapModel => "SOAP, model",
        }
    }

    /// Whether answers are XML.
    #[must_use]
    pub fn is_xml(self) -> bool {
        matches!(self, Self::Soap | Self::SoapModel)
    }

    fn answer(self, body: impl Into<Vec<u8>>) -> Answer {
        let answer = Answer::json(body.into());
        match self.is_xml() {
            true => answer.header("content-type", "text/xml; charset=utf-8"),
            false => answer,
        }
    }
}

/// An answer of the provider's own that is none to be glad of.
#[derive(Debug)]
pub struct Told {
    /// The row of the fault table, as the fault server's catalogue has it.
    pub row: u8,
    /// What it is, in a few words.
    pub name: &'static str,
    /// The field that is damaged, where one is.
    pub field: &'static str,
    /// The answer.
    pub answer: Answer,
}

/// A call that is under way.
pub type Calling = Pin<Box<dyn Future<Output = Result<(), Error>> + Send>>;

impl Sample {
    /// What the descriptor says of the operation.
    #[must_use]
    pub fn info(&self, provider: &Descriptor) -> Option<OperationInfo> {
        let mut operations = provider.operations().iter().copied();
        operations.find(|it| it.name() == self.operation)
    }

    /// The good answer.
    #[must_use]
    pub fn answer(&self) -> Answer {
        self.protocol.answer(self.good.clone())
    }

    /// Adds an answer in this operation's protocol.
    pub(crate) fn says(
        &mut self,
        row: u8,
        name: &'static str,
        status: u16,
        body: impl Into<Vec<u8>>,
    ) {
        self.told.push(Told {
            row,
            name,
            field: "",
            answer: self.protocol.answer(body).status(status),
        });
    }

    /// Adds the good answer with another value in a field, or without it: a JSON pointer, or the name of an element.
    pub(crate) fn turns(
        &mut self,
        row: u8,
        name: &'static str,
        field: &'static str,
        value: Option<&str>,
    ) {
        let good = self.good.as_bytes();
        let damaged = match (self.protocol.is_xml(), value) {
            (true, Some(text)) => damage::xml::with_text(good, field, text),
            (true, None) => damage::xml::without(good, field),
            (false, Some(value)) => damage::with_value(good, field, value),
            (false, None) => damage::without(good, field),
        };
        #[expect(
            clippy::panic,
            reason = "a test that names what is not there ends here"
        )]
        let body = damaged.unwrap_or_else(|error| panic!("{}: {error}", self.operation));
        self.told.push(Told {
            row,
            name,
            // ASP.NET's wrapping is no part of a field's name.
            field: field.trim_start_matches("/d").trim_start_matches('/'),
            answer: self.protocol.answer(body),
        });
    }

    /// Adds the good answer with each of these fields missing, and unreadable.
    pub(crate) fn decides(&mut self, fields: &[&'static str]) {
        let unreadable = if self.protocol.is_xml() {
            "?"
        } else {
            r#"{"?":[]}"#
        };
        for field in fields {
            self.turns(24, "a field is missing", field, None);
            self.turns(43, "a field is unreadable", field, Some(unreadable));
        }
    }
}
