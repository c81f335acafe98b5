//! What the service says of itself: the WSDL for programs, a page for people.

use askama::Template;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};

use super::method::{Kind, METHODS, MODEL_IN, MODEL_OUT, Method, Model, PAY_STATUS, SEND};
use crate::page::{self, Policy, Reader};
use crate::sizpay::SizpaySandbox;
use crate::sizpay::merchant::{AnswerShape, Namespace};
use crate::sizpay::pay_page::texts::{TEXTS, Texts};

/// Describes the service as it answers now: in the chosen namespace and shape.
pub(super) fn wsdl(sizpay: &SizpaySandbox) -> Response {
    let settings = sizpay.settings();
    let template = Wsdl::of(
        &settings.namespace,
        settings.answer_shape,
        sizpay.asmx_url(),
    );
    match template.render() {
        Ok(text) => {
            let content_type = [(header::CONTENT_TYPE, "text/xml; charset=utf-8")];
            (content_type, text).into_response()
        }
        Err(error) => {
            tracing::error!(%error, "the WSDL cannot be rendered");
            StatusCode::INTERNAL_SERVER_ERROR.into_response()
        }
    }
}

pub(super) fn page(sizpay: &SizpaySandbox, reader: &Reader) -> Response {
    let template = ServicePage {
        reader,
        texts: TEXTS.of(reader.lang),
        methods: METHODS.each_ref().map(|method| method.name),
        address: sizpay.asmx_url().to_owned(),
    };
    page::page(reader, StatusCode::OK, &template, Policy::default())
}

#[derive(Template)]
#[template(path = "sizpay/service.html")]
struct ServicePage<'a> {
    reader: &'a Reader,
    texts: &'static Texts,
    methods: [&'static str; 4],
    address: String,
}

#[derive(Template)]
#[template(path = "sizpay/wsdl.xml")]
struct Wsdl<'a> {
    namespace: &'a str,
    address: &'a str,
    methods: [(&'static str, String); 4],
    /// What stands in the bodies of requests and answers.
    elements: Vec<Sequence>,
    models: Vec<Sequence>,
}

/// A sequence of elements under a name.
struct Sequence {
    name: String,
    parts: Vec<Part>,
}

struct Part {
    name: String,
    type_name: String,
    /// A value type is always there; a reference may be missing.
    at_least: u8,
}

impl<'a> Wsdl<'a> {
    fn of(namespace: &'a Namespace, shape: AnswerShape, address: &'a str) -> Self {
        let models = [&SEND, &PAY_STATUS]
            .into_iter()
            .flat_map(|operation| match shape {
                AnswerShape::OutParameters | AnswerShape::TypedResult => {
                    vec![&operation.request, &operation.response]
                }
                AnswerShape::JsonResult => vec![&operation.request],
            });
        let elements = METHODS
            .iter()
            .flat_map(|method| [request(method), answer(method, shape)]);
        Self {
            namespace: namespace.as_str(),
            address,
            methods: METHODS
                .each_ref()
                .map(|it| (it.name, namespace.action(it.name))),
            elements: elements.collect(),
            models: models
                .map(|Model(name, members)| Sequence::new(name, each_of(members)))
                .collect(),
        }
    }
}

fn request(method: &Method) -> Sequence {
    let model = &method.operation.request;
    let parts = if method.takes_model {
        vec![Part::model(MODEL_IN, model)]
    } else {
        each_of(model.1)
    };
    Sequence::new(method.name, parts)
}

fn answer(method: &Method, shape: AnswerShape) -> Sequence {
    let model = &method.operation.response;
    let result = format!("{}Result", method.name);
    let parts = match shape {
        AnswerShape::OutParameters if method.takes_model => vec![Part::model(MODEL_OUT, model)],
        AnswerShape::OutParameters => each_of(model.1),
        AnswerShape::TypedResult => vec![Part::model(&result, model)],
        AnswerShape::JsonResult => vec![Part::new(&result, Kind::String)],
    };
    Sequence::new(&format!("{}Response", method.name), parts)
}

impl Sequence {
    fn new(name: &str, parts: Vec<Part>) -> Self {
        let name = name.to_owned();
        Self { name, parts }
    }
}

impl Part {
    fn new(name: &str, kind: Kind) -> Self {
        let (type_name, at_least) = match kind {
            Kind::String => ("s:string", 0),
            Kind::Int => ("s:int", 1),
            Kind::Long => ("s:long", 1),
        };
        Self {
            name: name.to_owned(),
            type_name: type_name.to_owned(),
            at_least,
        }
    }

    fn model(name: &str, Model(model, _): &Model) -> Self {
        Self {
            name: name.to_owned(),
            type_name: format!("tns:{model}"),
            at_least: 0,
        }
    }
}

fn each_of(members: &[(&str, Kind)]) -> Vec<Part> {
    let parts = members.iter().map(|(name, kind)| Part::new(name, *kind));
    parts.collect()
}
