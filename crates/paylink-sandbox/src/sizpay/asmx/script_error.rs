use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use thiserror::Error;

use super::script::respond;

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

    /// The innards of a server, which have no place in what people are shown.
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
