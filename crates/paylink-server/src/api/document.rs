//! The `OpenAPI` document, and a page on which a person reads it.

use askama::Template;
use axum::http::header;
use axum::response::{Html, IntoResponse, Response};
use axum::routing::get;
use axum::{Json, Router};
use serde_json::Value;
use utoipa::openapi::link::Link;
use utoipa::openapi::security::{HttpAuthScheme, HttpBuilder, SecurityScheme};
use utoipa::openapi::{
    Content, Info, License, OpenApi, OpenApiBuilder, Ref, RefOr, Response as Described,
    ResponseBuilder, SecurityRequirement,
};
use utoipa::{PartialSchema, ToSchema};

use crate::problem::Details;

const ABOUT: &str = "\
Takes payments for a shop's orders through any of its accounts. Create an order, show the payer its link, and hear of it when its goods \
are due: by an event, or by reading the order.\n\n\
Amounts are exact decimals, as text, with their currency. A request that changes something may be sent again after a lost answer: \
what was done is found and not done twice, but for `resend`, which sends a message each time. Every refusal is a problem of RFC 9457: `kind` says what is wrong, `effect` whether \
something may have been carried out at the provider all the same.\n\n\
Events are sent to the shop as Standard Webhooks, at least once and in no fixed order: `order.paid`, `order.mismatch`, `order.lost`, \
`order.refunded`, each with the order as it stands.";

/// The document, before its paths are in it.
pub(super) fn base() -> OpenApi {
    let mut info = Info::new("paylink", env!("CARGO_PKG_VERSION"));
    info.description = Some(ABOUT.to_owned());
    info.license = Some(License::new("MIT OR Apache-2.0"));
    OpenApiBuilder::new().info(info).build()
}

/// What every operation may answer beside what it says itself.
fn complete(mut document: OpenApi) -> OpenApi {
    let components = document.components.get_or_insert_with(Default::default);
    let mut schemas = vec![(Details::name().into_owned(), Details::schema())];
    Details::schemas(&mut schemas);
    components.schemas.extend(schemas);
    let bearer = HttpBuilder::new()
        .scheme(HttpAuthScheme::Bearer)
        .description(Some("A key that `paylink serve keys create` made."));
    let scheme = SecurityScheme::Http(bearer.build());
    components
        .security_schemes
        .insert("key".to_owned(), scheme.into());
    document.security = Some(vec![SecurityRequirement::new("key", [""; 0])]);
    for (path, item) in &mut document.paths.paths {
        let names_one = path.contains('{');
        for (method, operation) in [("get", &mut item.get), ("post", &mut item.post)] {
            let Some(operation) = operation else { continue };
            let answers = Answers {
                names_one,
                changes: method == "post",
                has_body: operation.request_body.is_some(),
                asks_provider: method == "post" || path.ends_with("/payments"),
            };
            for (status, description) in answers.problems() {
                let responses = &mut operation.responses.responses;
                responses.insert(status.to_owned(), RefOr::T(problem(description)));
            }
        }
    }
    lead_on(&mut document);
    document
}

/// Where an answer leads: what names an order, an event or an alarm in the one names it in the other.
fn lead_on(document: &mut OpenApi) {
    let mut named = Vec::new();
    for (path, item) in &document.paths.paths {
        let operations = [&item.get, &item.post].into_iter().flatten();
        let ids = operations.filter_map(|operation| operation.operation_id.clone());
        for (prefix, parameter, from, pointer) in [
            (
                "/v1/orders/{",
                "order",
                ("/v1/orders", "201"),
                "$response.body#/order",
            ),
            (
                "/v1/events/{",
                "event",
                ("/v1/events", "200"),
                "$response.body#/events/0/id",
            ),
            (
                "/v1/alarms/{",
                "alarm",
                ("/v1/alarms", "200"),
                "$response.body#/alarms/0/id",
            ),
        ] {
            if path.starts_with(prefix) {
                named.extend(ids.clone().map(|id| (id, parameter, from, pointer)));
            }
        }
    }
    for (id, parameter, (path, status), pointer) in named {
        let item = document.paths.paths.get_mut(path);
        let operations = item.map(|item| [&mut item.get, &mut item.post]);
        let mut operations = operations.into_iter().flatten().flatten();
        let answer = operations.find_map(|it| it.responses.responses.get_mut(status));
        if let Some(RefOr::T(answer)) = answer {
            let link = Link::builder()
                .operation_id(&id)
                .parameter(parameter, pointer);
            answer.links.insert(id, link.build().into());
        }
    }
}

/// What decides which problems an operation may answer with.
struct Answers {
    names_one: bool,
    changes: bool,
    has_body: bool,
    asks_provider: bool,
}

impl Answers {
    fn problems(&self) -> impl Iterator<Item = (&'static str, &'static str)> {
        let all = [
            ("400", "The request cannot be read.", true),
            ("401", "The API key does not count.", true),
            ("403", "The API key has not the right.", true),
            ("404", "There is nothing of this name.", self.names_one),
            ("408", "The body did not arrive in time.", self.has_body),
            (
                "409",
                "Not as things stand: `kind` says why, and `retry_after_seconds` when to ask again.",
                self.changes || self.asks_provider,
            ),
            ("413", "The body is larger than 64 KiB.", true),
            (
                "415",
                "The body is not JSON by its content type.",
                self.has_body,
            ),
            (
                "422",
                "A value is refused, or the provider refused or does not offer this.",
                true,
            ),
            ("429", "Too many requests: wait for `Retry-After`.", true),
            ("500", "The service failed or is configured wrongly.", true),
            (
                "502",
                "The provider failed or was not reached.",
                self.asks_provider,
            ),
            (
                "503",
                "The service is at its limit, or its database or the provider asks for time: repeat after `Retry-After`.",
                true,
            ),
        ];
        let all = all.into_iter();
        all.filter_map(|(status, description, may)| may.then_some((status, description)))
    }
}

fn problem(description: &str) -> Described {
    let problem = Ref::from_schema_name(Details::name());
    ResponseBuilder::new()
        .description(description)
        .content("application/problem+json", Content::new(Some(problem)))
        .build()
}

/// Serves the document and the page. Neither says anything about the shop: no key is asked for.
pub(super) fn routes(document: OpenApi) -> Router {
    let document = complete(document);
    let page = page(&document);
    Router::new()
        .route("/v1/openapi.json", get(async move || Json(document)))
        .route("/v1", get(async move || page.clone().into_response()))
}

#[derive(Clone)]
struct Page(String);

impl IntoResponse for Page {
    fn into_response(self) -> Response {
        let headers = [
            (
                header::CONTENT_SECURITY_POLICY,
                crate::page::POLICY.as_str(),
            ),
            (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        ];
        (headers, Html(self.0)).into_response()
    }
}

#[derive(Template)]
#[template(path = "api.html")]
struct Reference {
    about: Vec<Prose>,
    operations: Vec<Operation>,
    schemas: Vec<Schema>,
}

struct Operation {
    method: &'static str,
    path: String,
    id: String,
    summary: String,
    description: Prose,
    parameters: Vec<Row>,
    body: Option<String>,
    answers: Vec<Row>,
}

struct Schema {
    name: String,
    description: Prose,
    fields: Vec<Row>,
}

struct Row {
    name: String,
    kind: String,
    text: Prose,
    is_needed: bool,
}

/// Text in which code stands between backticks.
struct Prose(String);

impl Prose {
    /// Its parts, and whether each is code.
    fn parts(&self) -> impl Iterator<Item = (bool, &str)> {
        let parts = self.0.split('`').enumerate();
        parts.map(|(number, part)| (number % 2 == 1, part))
    }
}

/// Everything that the document says, for a person.
fn page(document: &OpenApi) -> Page {
    let whole = serde_json::to_value(document).unwrap_or_default();
    let mut operations = Vec::new();
    for (path, item) in members(&whole, "/paths") {
        for method in ["get", "post"] {
            if let Some(said) = item.get(method) {
                operations.push(operation(method, path, said));
            }
        }
    }
    let schemas = members(&whole, "/components/schemas").map(|(name, schema)| Schema {
        name: name.clone(),
        description: prose(schema),
        fields: fields(schema),
    });
    let reference = Reference {
        about: ABOUT
            .split("\n\n")
            .map(|part| Prose(part.to_owned()))
            .collect(),
        operations,
        schemas: schemas.collect(),
    };
    Page(reference.render().unwrap_or_default())
}

fn operation(method: &str, path: &str, said: &Value) -> Operation {
    let parameters = said.get("parameters").and_then(Value::as_array);
    let parameters = parameters.into_iter().flatten().map(|parameter| Row {
        name: text(parameter, "name"),
        kind: kind(parameter.get("schema").unwrap_or(&Value::Null)),
        text: prose(parameter),
        is_needed: parameter.get("required") == Some(&Value::Bool(true)),
    });
    let body = said.pointer("/requestBody/content/application~1json/schema");
    let answers = members(said, "/responses").map(|(status, answer)| Row {
        name: status.clone(),
        kind: answer
            .pointer("/content/application~1json/schema")
            .or_else(|| answer.pointer("/content/application~1problem+json/schema"))
            .map(kind)
            .unwrap_or_default(),
        text: prose(answer),
        is_needed: false,
    });
    Operation {
        method: if method == "get" { "GET" } else { "POST" },
        path: path.to_owned(),
        id: text(said, "operationId"),
        summary: text(said, "summary"),
        description: prose(said),
        parameters: parameters.collect(),
        body: body.map(kind),
        answers: answers.collect(),
    }
}

fn fields(schema: &Value) -> Vec<Row> {
    let needed = schema.get("required").and_then(Value::as_array);
    let is_needed = |name: &str| needed.is_some_and(|all| all.iter().any(|it| it == name));
    let words = schema.get("enum").and_then(Value::as_array);
    let words = words.into_iter().flatten().map(|word| Row {
        name: word.as_str().unwrap_or_default().to_owned(),
        kind: String::new(),
        text: Prose(String::new()),
        is_needed: false,
    });
    let fields = members(schema, "/properties").map(|(name, field)| Row {
        name: name.clone(),
        kind: kind(field),
        text: prose(field),
        is_needed: is_needed(name),
    });
    words.chain(fields).collect()
}

/// What a schema is, in a few words.
fn kind(schema: &Value) -> String {
    if let Some(reference) = schema.get("$ref").and_then(Value::as_str) {
        return reference.rsplit('/').next().unwrap_or_default().to_owned();
    }
    if let Some(any) = schema.get("oneOf").and_then(Value::as_array) {
        return any.iter().map(kind).collect::<Vec<_>>().join(" or ");
    }
    if let Some(items) = schema.get("items") {
        return format!("list of {}", kind(items));
    }
    match schema.get("type") {
        Some(Value::String(kind)) => kind.clone(),
        Some(Value::Array(kinds)) => {
            let kinds = kinds.iter().filter_map(Value::as_str);
            kinds.collect::<Vec<_>>().join(" or ")
        }
        _ => String::new(),
    }
}

fn members<'a>(value: &'a Value, pointer: &str) -> impl Iterator<Item = (&'a String, &'a Value)> {
    let object = value.pointer(pointer).and_then(Value::as_object);
    object.into_iter().flatten()
}

fn text(value: &Value, key: &str) -> String {
    let text = value.get(key).and_then(Value::as_str);
    text.unwrap_or_default().to_owned()
}

fn prose(value: &Value) -> Prose {
    Prose(text(value, "description"))
}
