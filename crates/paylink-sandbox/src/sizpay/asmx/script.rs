//! The methods that take a model, called as ASP.NET's own scripts call them: with JSON.

use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::{Extension, Path, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::{Deserialize, Serialize};
use thiserror::Error;

use super::method::{Kind, Method, Model, Operation};
use crate::headers::MediaType;
use crate::journal::{Arrival, Received};
use crate::sizpay::answer::{self, JsonAnswer};
use crate::sizpay::fields::Fields;
use crate::sizpay::merchant::AnswerShape;
use crate::sizpay::{NAME, NAMES, SizpaySandbox, noted};

pub(super) async fn receive(
    State(sizpay): State<SizpaySandbox>,
    Path(path): Path<String>,
    Extension(received): Extension<Arc<Received>>,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let method = Method::named(&path).filter(|method| method.takes_model);
    let model = if MediaType::of(&headers).is("application/json") {
        read(&body)
    } else {
        Err(ScriptError::NotJson)
    };
    let parameters = model.as_ref().map(noted).unwrap_or_default();
    let operation = method.map(|method| method.operation.name);
    let arrival = Arrival::new(NAME, operation, parameters, received, &NAMES);
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
    (content_type, answer::text(value)).into_response()
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
    method: Option<&Method>,
    model: Result<Fields, ScriptError>,
) -> Result<Response, ScriptError> {
    let method = method.ok_or(ScriptError::UnknownMethod)?;
    let fields = model?;
    let Operation {
        request: Model(_, members),
        response: Model(response, _),
        execute,
        ..
    } = method.operation;
    for (name, kind) in *members {
        match kind {
            Kind::String => fields.text(name).map(drop),
            Kind::Int | Kind::Long => fields.integer(name).map(drop),
        }
        .map_err(|_| ScriptError::WrongType)?;
    }
    let answer = execute(sizpay, &fields);
    let settings = sizpay.settings();
    let answer = JsonAnswer::new(&answer, &settings);
    Ok(match settings.answer_shape {
        AnswerShape::JsonResult => respond(&Wrapped {
            d: answer::text(&answer),
        }),
        AnswerShape::OutParameters | AnswerShape::TypedResult => {
            let type_name = format!("KimiaPayLinkSend.{response}");
            respond(&Wrapped {
                d: answer.typed(&type_name),
            })
        }
    })
}

/// Why a call in JSON failed, as ASP.NET says it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub(super) enum ScriptError {
    #[error("Unknown web method.\r\nParameter name: methodName")]
    UnknownMethod,
    #[error("An attempt was made to call the method using a GET request, which is not allowed.")]
    NotPost,
    #[error("Request format is unrecognized.")]
    NotJson,
    #[error("Invalid JSON primitive.")]
    InvalidJson,
    #[error("Invalid web service call, missing value for parameter: 'PayLinkData'.")]
    NoModel,
    #[error("Cannot convert an object to the type of its parameter.")]
    WrongType,
}

#[derive(Debug, Serialize)]
struct Body {
    #[serde(rename = "Message")]
    message: String,
    #[serde(rename = "StackTrace")]
    stack_trace: &'static str,
    #[serde(rename = "ExceptionType")]
    exception_type: &'static str,
}

impl ScriptError {
    pub(super) fn respond(self) -> Response {
        let body = Body {
            message: self.to_string(),
            stack_trace: self.stack_trace(),
            exception_type: self.exception_type(),
        };
        (StatusCode::INTERNAL_SERVER_ERROR, respond(&body)).into_response()
    }

    fn exception_type(self) -> &'static str {
        match self {
            Self::UnknownMethod | Self::InvalidJson => "System.ArgumentException",
            Self::NotPost | Self::NotJson | Self::NoModel | Self::WrongType => {
                "System.InvalidOperationException"
            }
        }
    }

    /// The internals of a server, which have no place in what people are shown.
    fn stack_trace(self) -> &'static str {
        match self {
            Self::UnknownMethod => {
                "   at System.Web.Script.Services.WebServiceData.GetMethodData(String methodName)"
            }
            Self::InvalidJson | Self::WrongType => {
                "   at System.Web.Script.Serialization.JavaScriptSerializer.Deserialize(String input)\r\n   \
                 at System.Web.Script.Services.RestHandler.GetRawParamsFromPostRequest(HttpContext context)"
            }
            Self::NotPost | Self::NotJson | Self::NoModel => {
                "   at System.Web.Script.Services.RestHandler.ExecuteWebServiceCall(HttpContext context)"
            }
        }
    }
}
