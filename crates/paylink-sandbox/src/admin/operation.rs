//! The description of one operation.

use utoipa::openapi::path::{OperationBuilder, ParameterBuilder, ParameterIn};
use utoipa::openapi::request_body::RequestBodyBuilder;
use utoipa::openapi::{Content, RefOr, Required, ResponseBuilder, Schema};

use super::routes::Id;

/// The description of an operation, in the words in which routes are declared.
pub(super) struct Operation(pub(super) OperationBuilder);

const JSON: &str = "application/json";

impl Operation {
    pub(super) fn about(summary: &str) -> Self {
        Self(OperationBuilder::new().summary(Some(summary)))
    }

    pub(super) fn names<I: Id>(self, path: &str, problem: RefOr<Schema>) -> Self {
        let name = path.split(['{', '}']).nth(1).unwrap_or_default();
        let parameter = ParameterBuilder::new()
            .name(name)
            .parameter_in(ParameterIn::Path)
            .required(Required::True)
            .schema(Some(I::schema()));
        Self(self.0.parameter(parameter)).refuses(404, "There is no such thing", problem)
    }

    pub(super) fn takes(self, schema: RefOr<Schema>, problem: RefOr<Schema>) -> Self {
        let body = RequestBodyBuilder::new()
            .content(JSON, Content::new(Some(schema)))
            .required(Some(Required::True));
        let described = self.0.request_body(Some(body.build()));
        Self(described).refuses(422, "The body cannot be used", problem)
    }

    pub(super) fn answers(self, status: u16, schema: RefOr<Schema>) -> Self {
        self.refuses(status, "It is done", schema)
    }

    pub(super) fn conflicts(self, when: Option<&str>, problem: RefOr<Schema>) -> Self {
        match when {
            Some(when) => self.refuses(409, when, problem),
            None => self,
        }
    }

    pub(super) fn refuses(self, status: u16, when: &str, schema: RefOr<Schema>) -> Self {
        let response = ResponseBuilder::new()
            .description(when)
            .content(JSON, Content::new(Some(schema)));
        Self(self.0.response(status.to_string(), response))
    }
}
