//! The methods that take a model, called as ASP.NET's own scripts call them: with JSON.

use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, header};
use axum::response::{IntoResponse, Response};
use serde::{Deserialize, Serialize};

use super::method::{Kind, Method};
use super::script_error::ScriptError;
use crate::journal::Arrival;
use crate::sizpay::fields::Fields;
use crate::sizpay::json::{self, JsonAnswer};
use crate::sizpay::media_type::MediaType;
use crate::sizpay::settings::AnswerShape;
use crate::sizpay::{NAME, SizpaySandbox, noted};

pub(super) async fn receive(
    State(sizpay): State<SizpaySandbox>,
    Path(path): Path<String>,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let method = Method::named(&path).filter(|method| method.takes_model());
    let model = if MediaType::of(&headers).is("application/json") {
        read(&body)
    } else {
        Err(ScriptError::NotJson)
    };
    let arrival = Arrival {
        provider: NAME,
        operation: method.map_or("unknown", Method::name),
        parameters: model.as_ref().map(noted).unwrap_or_default(),
    };
    let world = sizpay.0.world.clone();
    let execute = move || match call(&sizpay, method, model) {
        Ok(response) => response,
        Err(error) => error.respond(),
    };
    world.exchange(arrival, execute).await
}

pub(super) async fn wrong_verb() -> Response {
    ScriptError::NotPost.respond()
}

/// Writes JSON as ASP.NET declares it.
pub(super) fn respond<T: Serialize>(value: &T) -> Response {
    let content_type = [(header::CONTENT_TYPE, "application/json; charset=utf-8")];
    (content_type, json::text(value)).into_response()
}

#[derive(Debug, Deserialize)]
struct Parameters {
    #[serde(rename = "PayLinkData")]
    model: Option<Fields>,
}

#[derive(Debug, Serialize)]
struct Wrapped<T> {
    d: T,
}

fn read(body: &[u8]) -> Result<Fields, ScriptError> {
    let parameters: Parameters = serde_json::from_slice(body).map_err(|error| {
        if error.is_data() {
            ScriptError::WrongType
        } else {
            ScriptError::InvalidJson
        }
    })?;
    parameters.model.ok_or(ScriptError::NoModel)
}

fn call(
    sizpay: &SizpaySandbox,
    method: Option<Method>,
    model: Result<Fields, ScriptError>,
) -> Result<Response, ScriptError> {
    let method = method.ok_or(ScriptError::UnknownMethod)?;
    let fields = model?;
    for member in method.request().members {
        match member.kind {
            Kind::String => fields.text(member.name).map(drop),
            Kind::Int | Kind::Long => fields.integer(member.name).map(drop),
        }
        .map_err(|_| ScriptError::WrongType)?;
    }
    let answer = method.execute(sizpay, &fields);
    let (shape, style) = {
        let settings = sizpay.settings();
        (settings.answer_shape, settings.json)
    };
    let answer = JsonAnswer::new(&answer, style);
    Ok(match shape {
        AnswerShape::JsonResult => respond(&Wrapped {
            d: json::text(&answer),
        }),
        AnswerShape::OutParameters | AnswerShape::TypedResult => {
            let type_name = format!("KimiaPayLinkSend.{}", method.response().name);
            respond(&Wrapped {
                d: answer.typed(&type_name),
            })
        }
    })
}
