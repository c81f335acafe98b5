//! How the API reads a body, and how it refuses a request.

use std::error::Error;
use std::fmt::Display;

use axum::body::Bytes;
use axum::extract::rejection::JsonRejection;
use axum::extract::{FromRequest, Request};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Json, Response};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;
use utoipa::ToSchema;

use crate::headers::{MediaType, only};

/// The media type of everything that the API takes and answers.
pub(super) const JSON: &str = "application/json";

/// Characters of a message; what a caller sent may be repeated in it.
const LONGEST_MESSAGE: usize = 400;

/// Why a request to the API was refused.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Problem {
    #[serde(skip)]
    status: StatusCode,
    error: ProblemDetails,
}

/// What is wrong, for a program and for a person.
#[derive(Debug, Serialize, ToSchema)]
struct ProblemDetails {
    /// What is wrong, in kebab case; it stays the same in every release.
    #[schema(pattern = "^[a-z]+(-[a-z]+)*$")]
    code: &'static str,
    /// One sentence for a person.
    #[schema(max_length = 401)]
    message: String,
    /// The names that are known, where the request has another one.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schema(required = false)]
    known: Vec<String>,
}

impl Problem {
    /// Refuses with the code that belongs to the status, unless [`coded`](Self::coded) names another.
    pub(crate) fn new(status: StatusCode, message: impl Into<String>) -> Self {
        let refusal = REFUSALS.iter().find(|it| it.status == status);
        let mut message = message.into();
        if let Some((end, _)) = message.char_indices().nth(LONGEST_MESSAGE) {
            message.truncate(end);
            message.push('…');
        }
        let error = ProblemDetails {
            code: refusal.map_or("conflict", |it| it.code),
            message,
            known: Vec::new(),
        };
        Self { status, error }
    }

    /// The request was understood, and its values cannot be used.
    pub(crate) fn unusable(error: impl Display) -> Self {
        Self::new(StatusCode::UNPROCESSABLE_ENTITY, error.to_string())
    }

    /// Says more precisely what is wrong, in kebab case.
    pub(crate) fn coded(mut self, code: &'static str) -> Self {
        self.error.code = code;
        self
    }

    /// Answers with another status.
    pub(crate) fn with_status(self, status: StatusCode) -> Self {
        Self { status, ..self }
    }

    /// Lists the names that are known, where the request has another one.
    pub(crate) fn known<N: Into<String>>(mut self, names: impl IntoIterator<Item = N>) -> Self {
        self.error.known = names.into_iter().map(Into::into).collect();
        self
    }

    /// Answers outside of the API, where nobody expects JSON.
    pub(crate) fn into_text(self) -> Response {
        (self.status, format!("{}\n", self.error.message)).into_response()
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        (self.status, Json(self)).into_response()
    }
}

/// A refusal that several operations share.
pub(super) struct Refusal {
    pub(super) status: StatusCode,
    /// Its name in the document.
    pub(super) name: &'static str,
    pub(super) code: &'static str,
    pub(super) when: &'static str,
    pub(super) reach: Reach,
}

/// Which operations can be refused for a reason.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Reach {
    All,
    /// Those that change something.
    Changing,
    /// Those with an identifier in their path.
    Naming,
    /// Those that take a body.
    Taking,
    /// Requests that reach no operation.
    None,
}

const fn refusal(
    status: StatusCode,
    name: &'static str,
    code: &'static str,
    when: &'static str,
    reach: Reach,
) -> Refusal {
    Refusal {
        status,
        name,
        code,
        when,
        reach,
    }
}

/// The refusals that several operations share.
#[rustfmt::skip]
pub(super) const REFUSALS: [Refusal; 9] = [
    refusal(StatusCode::BAD_REQUEST, "Malformed", "malformed", "The body is not JSON.", Reach::Taking),
    refusal(StatusCode::FORBIDDEN, "ForeignOrigin", "foreign-origin", "The request comes from another site's page.", Reach::All),
    refusal(StatusCode::NOT_FOUND, "NotFound", "not-found", "There is nothing of this name.", Reach::Naming),
    refusal(StatusCode::METHOD_NOT_ALLOWED, "MethodNotAllowed", "method-not-allowed", "The path has other methods, which `Allow` names.", Reach::None),
    refusal(StatusCode::REQUEST_TIMEOUT, "TooSlow", "too-slow", "The body did not arrive in time.", Reach::All),
    refusal(StatusCode::PAYLOAD_TOO_LARGE, "TooLarge", "too-large", "The body is longer than 64 KiB.", Reach::All),
    refusal(StatusCode::UNSUPPORTED_MEDIA_TYPE, "NotJson", "not-json", "The content type is another one than `application/json`.", Reach::Changing),
    refusal(StatusCode::MISDIRECTED_REQUEST, "UnknownHost", "unknown-host", "The `Host` header has a name to which the sandbox does not answer.", Reach::All),
    refusal(StatusCode::UNPROCESSABLE_ENTITY, "Unusable", "unusable", "The body is JSON, and cannot be used.", Reach::Taking),
];

/// A JSON object as the body of a request.
#[derive(Debug)]
pub(super) struct Input<T>(pub(super) T);

impl<S: Send + Sync, T: DeserializeOwned> FromRequest<S> for Input<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, state: &S) -> Result<Self, Problem> {
        require_json(&request)?;
        let body = Bytes::from_request(request, state).await;
        let body = body.map_err(|it| Problem::new(it.status(), it.body_text()))?;
        read(&body).map(Self)
    }
}

fn read<T: DeserializeOwned>(body: &[u8]) -> Result<T, Problem> {
    let malformed = |error: serde_json::Error| {
        let message = format!("the body is not JSON: {error}");
        Problem::new(StatusCode::BAD_REQUEST, message)
    };
    let mut value: Value = serde_json::from_slice(body).map_err(malformed)?;
    // What is read from an object would be read from a list as well.
    if !value.is_object() {
        return Err(Problem::unusable("the body must be a JSON object"));
    }
    let read = if write_whole(&mut value) {
        Json::from_bytes(value.to_string().as_bytes())
    } else {
        Json::from_bytes(body)
    };
    let Json(read) = read.map_err(|error: JsonRejection| {
        let cause = error.source().map(ToString::to_string);
        let cause = cause.unwrap_or_else(|| error.body_text());
        Problem::unusable(format!("the body cannot be used: {cause}"))
    })?;
    Ok(read)
}

/// Writes whole numbers without a fraction, since `5.0` is an integer in JSON; returns whether there
/// were any.
fn write_whole(value: &mut Value) -> bool {
    match value {
        Value::Number(number) => {
            let Some(float) = number.as_f64().filter(|_| number.is_f64()) else {
                return false;
            };
            let digits = format!("{float:.0}");
            let unsigned = digits.parse::<u64>().map(Value::from);
            let whole = unsigned.or_else(|_| digits.parse::<i64>().map(Value::from));
            let whole = whole.ok().filter(|_| float.fract() == 0.0);
            whole.map(|whole| *value = whole).is_some()
        }
        // Each is looked at, also after the first.
        Value::Array(items) => items
            .iter_mut()
            .fold(false, |any, it| write_whole(it) | any),
        Value::Object(members) => members
            .values_mut()
            .fold(false, |any, it| write_whole(it) | any),
        Value::Null | Value::Bool(_) | Value::String(_) => false,
    }
}

/// Checks that a request is declared as JSON, which no form on a foreign page can do.
pub(super) fn require_json<B>(request: &axum::http::Request<B>) -> Result<(), Problem> {
    let headers = request.headers();
    let is_one = only(headers, header::CONTENT_TYPE.as_str()).is_some();
    if is_one && MediaType::of(headers).is(JSON) {
        return Ok(());
    }
    let message = "send the body as JSON, with the header `content-type: application/json`";
    Err(Problem::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, message))
}
