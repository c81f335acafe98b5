//! The description of one operation.

use utoipa::openapi::path::{OperationBuilder, ParameterBuilder, ParameterIn};
use utoipa::openapi::request_body::RequestBodyBuilder;
use utoipa::openapi::{Content, RefOr, Required, ResponseBuilder, Schema};

use super::problem::JSON;
use super::routes::Id;

/// The description of an operation, in the words in which routes are declared. What it shares with
/// others is added when the document is finished.
pub(super) struct Operation(pub(super) OperationBuilder);

impl Operation {
    pub(super) fn about(summary: &str) -> Self {
        Self(OperationBuilder::new().summary(Some(summary)))
    }

    pub(super) fn names<I: Id>(self, path: &str) -> Self {
        let name = path.split(['{', '}']).nth(1).unwrap_or_default();
        let parameter = ParameterBuilder::new()
            .name(name)
            .parameter_in(ParameterIn::Path)
            .description(Some("The provider's identifier, as the list shows it."))
            .required(Required::True)
            .schema(Some(I::schema()));
        Self(self.0.parameter(parameter))
    }

    pub(super) fn takes(self, schema: RefOr<Schema>) -> Self {
        let body = RequestBodyBuilder::new()
            .content(JSON, Content::new(Some(schema)))
            .required(Some(Required::True));
        Self(self.0.request_body(Some(body.build())))
    }

    pub(super) fn answers(self, status: u16, schema: RefOr<Schema>) -> Self {
        let response = answer("It is done.", schema);
        Self(self.0.response(status.to_string(), response))
    }

    pub(super) fn answers_nothing(self) -> Self {
        let response = ResponseBuilder::new().description("It is done.");
        Self(self.0.response("204", response))
    }
}

/// Describes an answer in JSON.
pub(super) fn answer(when: &str, schema: RefOr<Schema>) -> ResponseBuilder {
    ResponseBuilder::new()
        .description(when)
        .content(JSON, Content::new(Some(schema)))
}
