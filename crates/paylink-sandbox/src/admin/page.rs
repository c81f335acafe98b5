//! A page on which a person reads what the `OpenAPI` document says.

use std::sync::Arc;

use askama::Template;
use axum::Router;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use axum::routing::get;
use serde_json::Value;

use super::DESCRIPTION;
use super::document::ABOUT;
use crate::page::{Policy, Reader, page, texts};

/// Serves the page.
pub(super) fn routes(document: &Value, origin: &str) -> Router {
    let reference = Arc::new(Reference::of(document, origin));
    Router::new().route("/", get(show)).with_state(reference)
}

async fn show(State(reference): State<Arc<Reference>>, reader: Reader) -> Response {
    let view = ApiPage {
        texts: TEXTS.of(reader.lang),
        reader: &reader,
        reference: &reference,
    };
    page(&reader, StatusCode::OK, &view, Policy::default())
}

#[derive(Template)]
#[template(path = "api.html")]
struct ApiPage<'a> {
    reader: &'a Reader,
    texts: &'static Texts,
    reference: &'a Reference,
}

texts! {
    /// The page's own words; what operations do is said in English.
    Texts in TEXTS {
        title: "API محیط آزمایشی", "The API of the sandbox";
        dashboard: "داشبورد", "Dashboard";
        for_programs: "همین متن برای برنامه‌ها", "The same for programs";
        operations: "فهرست عملیات", "Operations";
        parameters: "پارامترها", "Parameters";
        body: "بدنهٔ درخواست", "Body";
        command: "دستور آماده", "Command";
        copy: "کپی کردن", "Copy";
        answers: "پاسخ‌ها", "Answers";
        forms: "ساختار داده‌ها", "Forms of data";
        required: "الزامی", "required";
    }
}

/// What the document says, in the order in which a person reads it.
struct Reference {
    about: Vec<Prose>,
    groups: Vec<Group>,
    schemas: Vec<Schema>,
}

/// The operations of one tag.
struct Group {
    name: String,
    about: String,
    operations: Vec<Operation>,
}

struct Operation {
    id: String,
    method: String,
    path: String,
    summary: Prose,
    parameters: Vec<Row>,
    body: Option<Body>,
    command: String,
    answers: Vec<Row>,
}

struct Body {
    kind: Kind,
    example: String,
}

struct Schema {
    name: String,
    about: Prose,
    fields: Vec<Row>,
}

struct Row {
    name: String,
    kind: Kind,
    about: Prose,
    is_required: bool,
}

/// What a schema is: a few words around the name of another one.
#[derive(Default)]
struct Kind {
    words: String,
    named: Option<String>,
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

impl Reference {
    fn of(document: &Value, origin: &str) -> Self {
        let tags = document.get("tags").and_then(Value::as_array);
        let groups = tags.into_iter().flatten().map(|tag| Group {
            name: text(tag, "name"),
            about: text(tag, "description"),
            operations: operations(document, &text(tag, "name"), origin),
        });
        let schemas = members(document, "/components/schemas");
        let schemas = schemas.map(|(name, schema)| Schema {
            name: name.clone(),
            about: about(schema),
            fields: fields(schema),
        });
        Self {
            about: ABOUT
                .split("\n\n")
                .map(|part| Prose(part.to_owned()))
                .collect(),
            groups: groups.collect(),
            schemas: schemas.collect(),
        }
    }
}

fn operations(document: &Value, tag: &str, origin: &str) -> Vec<Operation> {
    let mut operations = Vec::new();
    for (path, item) in members(document, "/paths") {
        for (method, said) in members(item, "") {
            if said.pointer("/tags/0").and_then(Value::as_str) == Some(tag) {
                operations.push(operation(document, method, path, said, origin));
            }
        }
    }
    operations
}

fn operation(document: &Value, method: &str, path: &str, said: &Value, origin: &str) -> Operation {
    let parameters = said.get("parameters").and_then(Value::as_array);
    let parameters = parameters.into_iter().flatten().map(|parameter| Row {
        name: text(parameter, "name"),
        kind: kind(parameter.get("schema").unwrap_or(&Value::Null)),
        about: about(parameter),
        is_required: parameter.get("required") == Some(&Value::Bool(true)),
    });
    let content = said.pointer("/requestBody/content/application~1json");
    let body = content.map(|content| Body {
        kind: kind(content.get("schema").unwrap_or(&Value::Null)),
        example: content
            .get("example")
            .map(ToString::to_string)
            .unwrap_or_default(),
    });
    let answers = members(said, "/responses").map(|(status, answer)| {
        let answer = resolved(document, answer);
        let schema = answer.pointer("/content/application~1json/schema");
        Row {
            name: status.clone(),
            kind: schema.map(kind).unwrap_or_default(),
            about: about(answer),
            is_required: false,
        }
    });
    let method = method.to_uppercase();
    Operation {
        id: text(said, "operationId"),
        summary: Prose(text(said, "summary")),
        parameters: parameters.collect(),
        command: command(&method, &format!("{origin}{path}"), body.as_ref()),
        body,
        answers: answers.collect(),
        path: path.to_owned(),
        method,
    }
}

/// Writes a request as a line for a shell.
fn command(method: &str, url: &str, body: Option<&Body>) -> String {
    match (method, body) {
        (_, Some(body)) => {
            let example = body.example.replace('\'', r"'\''");
            format!("curl '{url}' -H 'content-type: application/json' -d '{example}'")
        }
        ("GET", None) => format!("curl '{url}'"),
        _ => format!("curl -X {method} '{url}'"),
    }
}

fn fields(schema: &Value) -> Vec<Row> {
    let list = |name: &str| {
        schema
            .get(name)
            .and_then(Value::as_array)
            .into_iter()
            .flatten()
    };
    let is_required = |name: &str| list("required").any(|it| it == name);
    let words = list("enum").map(|word| Row {
        name: word
            .as_str()
            .map_or_else(|| word.to_string(), str::to_owned),
        kind: Kind::default(),
        about: Prose(String::new()),
        is_required: false,
    });
    let fields = members(schema, "/properties").map(|(name, field)| Row {
        name: name.clone(),
        kind: kind(field),
        about: about(field),
        is_required: is_required(name),
    });
    let choices = list("oneOf").map(|choice| Row {
        name: choice_name(choice),
        kind: Kind::default(),
        about: about(choice),
        is_required: false,
    });
    words.chain(fields).chain(choices).collect()
}

/// Writes one of several forms with the words and the names in it.
fn choice_name(choice: &Value) -> String {
    let members = members(choice, "/properties").map(|(name, field)| {
        let word = field.pointer("/enum/0").map(ToString::to_string);
        format!(r#""{name}": {}"#, word.unwrap_or_else(|| kind(field).words))
    });
    format!("{{{}}}", members.collect::<Vec<_>>().join(", "))
}

fn kind(schema: &Value) -> Kind {
    if let Some(reference) = schema.get("$ref").and_then(Value::as_str) {
        return Kind {
            words: String::new(),
            named: reference.rsplit('/').next().map(str::to_owned),
        };
    }
    if let Some(items) = schema.get("items") {
        let items = kind(items);
        return Kind {
            words: format!("list of {}", items.words),
            named: items.named,
        };
    }
    let words = match schema.get("type") {
        Some(Value::String(kind)) => kind.clone(),
        Some(Value::Array(kinds)) => {
            let kinds = kinds.iter().filter_map(Value::as_str);
            kinds.collect::<Vec<_>>().join(" or ")
        }
        _ => String::new(),
    };
    let bound = |name: &str, sign: &str| {
        let is_of_format = |bound: &&Value| **bound == u64::MAX || **bound == u32::MAX;
        let bound = schema.get(name).filter(|bound| !is_of_format(bound));
        bound
            .map(|bound| format!(", {sign} {bound}"))
            .unwrap_or_default()
    };
    let (least, most) = (bound("minimum", "≥"), bound("maximum", "≤"));
    Kind {
        words: format!("{words}{least}{most}"),
        named: None,
    }
}

fn resolved<'a>(document: &'a Value, value: &'a Value) -> &'a Value {
    let reference = value.get("$ref").and_then(Value::as_str);
    let pointer = reference.and_then(|reference| reference.strip_prefix('#'));
    pointer
        .and_then(|pointer| document.pointer(pointer))
        .unwrap_or(value)
}

fn members<'a>(value: &'a Value, pointer: &str) -> impl Iterator<Item = (&'a String, &'a Value)> {
    let object = value.pointer(pointer).and_then(Value::as_object);
    object.into_iter().flatten()
}

fn text(value: &Value, key: &str) -> String {
    let text = value.get(key).and_then(Value::as_str);
    text.unwrap_or_default().to_owned()
}

fn about(value: &Value) -> Prose {
    Prose(text(value, "description"))
}
