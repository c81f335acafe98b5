//! What the service says of itself: the WSDL for programs, a page for people.

use askama::Template;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};

use super::method::{
    Kind, MODEL_IN, MODEL_OUT, Member, Method, Model, PAY_STATUS, PAY_STATUS_RESPONSE, SEND,
    SEND_RESPONSE,
};
use crate::page;
use crate::sizpay::SizpaySandbox;
use crate::sizpay::merchant::{AnswerShape, Namespace};

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

pub(super) fn page(sizpay: &SizpaySandbox) -> Response {
    let template = ServicePage {
        methods: Method::ALL.map(Method::name),
        address: sizpay.asmx_url().to_owned(),
    };
    page::page(StatusCode::OK, &template, None)
}

#[derive(Template)]
#[template(path = "sizpay/service.html")]
struct ServicePage {
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
        let models: &[Model] = match shape {
            AnswerShape::OutParameters | AnswerShape::TypedResult => {
                &[SEND, SEND_RESPONSE, PAY_STATUS, PAY_STATUS_RESPONSE]
            }
            AnswerShape::JsonResult => &[SEND, PAY_STATUS],
        };
        let elements = Method::ALL
            .into_iter()
            .flat_map(|method| [request(method), answer(method, shape)]);
        Self {
            namespace: namespace.as_str(),
            address,
            methods: Method::ALL.map(|method| (method.name(), namespace.action(method.name()))),
            elements: elements.collect(),
            models: models.iter().map(Sequence::of).collect(),
        }
    }
}

fn request(method: Method) -> Sequence {
    Sequence {
        name: method.name().to_owned(),
        parts: if method.takes_model() {
            vec![Part::model(MODEL_IN, method.request())]
        } else {
            Part::each_of(method.request().members)
        },
    }
}

fn answer(method: Method, shape: AnswerShape) -> Sequence {
    let name = method.name();
    let result = format!("{name}Result");
    Sequence {
        name: format!("{name}Response"),
        parts: match shape {
            AnswerShape::OutParameters if method.takes_model() => {
                vec![Part::model(MODEL_OUT, method.response())]
            }
            AnswerShape::OutParameters => Part::each_of(method.response().members),
            AnswerShape::TypedResult => vec![Part::model(&result, method.response())],
            AnswerShape::JsonResult => vec![Part::new(&result, Kind::String)],
        },
    }
}

impl Sequence {
    fn of(model: &Model) -> Self {
        Self {
            name: model.name.to_owned(),
            parts: Part::each_of(model.members),
        }
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

    fn model(name: &str, model: Model) -> Self {
        Self {
            name: name.to_owned(),
            type_name: format!("tns:{}", model.name),
            at_least: 0,
        }
    }

    fn each_of(members: &[Member]) -> Vec<Self> {
        members
            .iter()
            .map(|member| Self::new(member.name, member.kind))
            .collect()
    }
}
