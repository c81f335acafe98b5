//! The `OpenAPI` document, once all routes are in it.

use serde_json::{Map, Value, json};
use utoipa::openapi::header::HeaderBuilder;
use utoipa::openapi::link::Link;
use utoipa::openapi::path::{Operation, PathItem};
use utoipa::openapi::tag::TagBuilder;
use utoipa::openapi::{Components, Info, License, OpenApi, Ref, RefOr, Response, Server};

use super::faults::Switch;
use super::operation::answer;
use super::problem::{JSON, Problem, REFUSALS, Reach, Refusal};
use super::routes::{SHARED, describe, list_names};
use crate::faults::FaultRule;
use crate::simulated::Simulated;

pub(super) const ABOUT: &str = "\
Moves the clock, pays as the payer, sets faults and shows what the simulated providers received and sent.\n\n\
Every refusal is JSON of one form: `code` says what is wrong and stays the same in every release, `message` says it to a person, \
and `known` lists the names that exist where the request has another one. A path without operations is answered with 404, and \
another method with 405.\n\n\
A request that changes something is sent by a program or by a page of the sandbox itself: one from another site's page is refused, \
and so is every content type but `application/json`.";

/// Adds what belongs to the whole, and what operations share.
pub(super) fn complete(mut document: OpenApi, providers: &[Simulated]) -> Value {
    let mut info = Info::new("paylink sandbox", env!("CARGO_PKG_VERSION"));
    info.description = Some(ABOUT.to_owned());
    info.license = Some(License::new("MIT OR Apache-2.0"));
    document.info = info;
    document.servers = Some(vec![Server::new("/")]);
    let about = |name: &str, about: String| {
        let tag = TagBuilder::new().name(name).description(Some(about));
        tag.build()
    };
    let shared = about(SHARED, "What all providers share.".to_owned());
    let own = providers.iter().map(|provider| {
        let title = provider.title();
        let text = format!("The payer, the payments and the settings of the simulated {title}.");
        about(provider.name(), text)
    });
    document.tags = Some([shared].into_iter().chain(own).collect());
    let components = document.components.get_or_insert_with(Components::new);
    let problem = describe::<Problem>(components);
    for refusal in &REFUSALS {
        let mut response = answer(refusal.when, problem.clone()).build();
        if let Some(RefOr::T(content)) = response.content.get_mut(JSON) {
            content.example = Some(refusal.example());
        }
        if refusal.reach == Reach::None {
            let allow = HeaderBuilder::new().description(Some("The methods that the path has."));
            response
                .headers
                .insert("Allow".to_owned(), allow.build().into());
        }
        let responses = &mut components.responses;
        responses.insert(refusal.name.to_owned(), response.into());
    }
    for (path, item) in &mut document.paths.paths {
        for operation in [&mut item.post, &mut item.delete].into_iter().flatten() {
            share(path, operation, true);
        }
        if let Some(operation) = &mut item.get {
            share(path, operation, false);
        }
    }
    link(&mut document);
    let names: Vec<_> = providers.iter().map(Simulated::name).collect();
    list_names::<FaultRule>(&mut document, "provider", &names);
    list_names::<Switch>(&mut document, "provider", &names);
    let mut whole = serde_json::to_value(document).unwrap_or_default();
    widen(&mut whole);
    add_examples(&mut whole);
    whole
}

impl Refusal {
    fn example(&self) -> Value {
        json!({"error": {"code": self.code, "message": self.when}})
    }

    fn meets(&self, path: &str, operation: &Operation, changes: bool) -> bool {
        match self.reach {
            Reach::All => true,
            Reach::Changing => changes,
            Reach::Naming => path.contains('{'),
            Reach::Taking => operation.request_body.is_some(),
            Reach::None => false,
        }
    }
}

/// Adds the refusals that an operation shares with others.
fn share(path: &str, operation: &mut Operation, changes: bool) {
    for refusal in &REFUSALS {
        if refusal.meets(path, operation, changes) {
            let reference = Ref::from_response_name(refusal.name);
            let responses = &mut operation.responses.responses;
            let status = refusal.status.as_str().to_owned();
            responses.entry(status).or_insert_with(|| reference.into());
        }
    }
}

/// Says that what names something in a list names it in a path.
fn link(document: &mut OpenApi) {
    let mut links = Vec::new();
    for (path, item) in &document.paths.paths {
        let Some((list, rest)) = path.split_once("/{") else {
            continue;
        };
        let name = rest.split('}').next().unwrap_or_default();
        let operations = [&item.get, &item.post].into_iter().flatten();
        for id in operations.filter_map(|operation| operation.operation_id.clone()) {
            let link = Link::builder()
                .operation_id(&id)
                .parameter(name, format!("$response.body#/0/{name}"));
            links.push((list.to_owned(), id, link.build()));
        }
    }
    for (list, id, link) in links {
        let item = document.paths.paths.get_mut(&list);
        if let Some(answer) = item.and_then(listing) {
            answer.links.insert(id, link.into());
        }
    }
}

/// The answer with which a list is read.
fn listing(item: &mut PathItem) -> Option<&mut Response> {
    let responses = &mut item.get.as_mut()?.responses.responses;
    match responses.get_mut("200")? {
        RefOr::T(response) => Some(response),
        RefOr::Ref(_) => None,
    }
}

/// Describes unsigned numbers to their last one; as signed ones they would end in the middle.
fn widen(value: &mut Value) {
    match value {
        Value::Object(members) => {
            let unsigned = match members.get("format").and_then(Value::as_str) {
                Some("int64") => Some(("uint64", u64::MAX)),
                Some("int32") => Some(("uint32", u64::from(u32::MAX))),
                _ => None,
            };
            if let Some((format, most)) = unsigned.filter(|_| members.contains_key("minimum")) {
                members.insert("format".to_owned(), json!(format));
                members.entry("maximum").or_insert_with(|| json!(most));
            }
            members.values_mut().for_each(widen);
        }
        Value::Array(items) => items.iter_mut().for_each(widen),
        _ => {}
    }
}

/// Gives each body an example.
fn add_examples(document: &mut Value) {
    let schemas = document.pointer("/components/schemas").cloned();
    let schemas = schemas.unwrap_or_default();
    let paths = document.get_mut("paths").and_then(Value::as_object_mut);
    let items = paths.into_iter().flat_map(Map::values_mut);
    let operations = items
        .filter_map(Value::as_object_mut)
        .flat_map(Map::values_mut);
    for operation in operations {
        let pointer = "/requestBody/content/application~1json";
        if let Some(Value::Object(content)) = operation.pointer_mut(pointer) {
            let schema = content.get("schema").cloned().unwrap_or_default();
            content.insert("example".to_owned(), example(&schema, &schemas));
        }
    }
}

/// Makes a value of a schema: what the schema gives as an example or takes by default, or else the
/// smallest.
fn example(schema: &Value, schemas: &Value) -> Value {
    for given in ["example", "default"] {
        if let Some(value) = schema.get(given) {
            return value.clone();
        }
    }
    if let Some(Value::String(reference)) = schema.get("$ref") {
        let name = reference.rsplit('/').next().unwrap_or_default();
        let schema = schemas.get(name);
        return schema.map_or(Value::Null, |schema| example(schema, schemas));
    }
    for choices in ["enum", "oneOf", "anyOf"] {
        if let Some(first) = schema.get(choices).and_then(|all| all.get(0)) {
            let is_value = choices == "enum";
            return if is_value {
                first.clone()
            } else {
                example(first, schemas)
            };
        }
    }
    if let Some(Value::Object(properties)) = schema.get("properties") {
        let required = schema.get("required").and_then(Value::as_array);
        let shown = properties.iter().filter(|(name, property)| {
            let is_required = required.is_some_and(|all| all.iter().any(|it| it == *name));
            is_required
                || property
                    .get("example")
                    .or(property.get("default"))
                    .is_some()
        });
        return shown
            .map(|(name, property)| (name.clone(), example(property, schemas)))
            .collect();
    }
    match schema.get("type").and_then(Value::as_str) {
        Some("integer") => schema.get("minimum").cloned().unwrap_or(json!(0)),
        Some("boolean") => json!(false),
        Some("array") => json!([]),
        Some("string") => json!(""),
        _ => json!({}),
    }
}
