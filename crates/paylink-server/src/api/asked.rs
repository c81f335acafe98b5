//! What a request says, read so that every refusal is a problem.

use axum::Json;
use axum::extract::rejection::{JsonRejection, PathRejection, QueryRejection};
use axum::extract::{FromRequest, FromRequestParts, Path, Query, Request};
use axum::http::request::Parts;
use serde::de::DeserializeOwned;

use crate::problem::{Problem, ProblemKind};

/// A body of JSON.
pub(crate) struct Body<T>(pub(crate) T);

impl<T: DeserializeOwned, S: Send + Sync> FromRequest<S> for Body<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, state: &S) -> Result<Body<T>, Problem> {
        let read = Json::<T>::from_request(request, state).await;
        let Json(body) = read.map_err(|rejection| {
            let kind = match &rejection {
                JsonRejection::JsonDataError(_) => ProblemKind::Invalid,
                JsonRejection::MissingJsonContentType(_) => ProblemKind::UnsupportedMediaType,
                JsonRejection::BytesRejection(_) => ProblemKind::TooLarge,
                _ => ProblemKind::Malformed,
            };
            Problem::new(kind, told(&rejection.body_text()))
        })?;
        Ok(Body(body))
    }
}

/// A name in the path, decoded.
pub(crate) struct Named(pub(crate) String);

impl<S: Send + Sync> FromRequestParts<S> for Named {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Named, Problem> {
        let named = Path::<String>::from_request_parts(parts, state).await;
        let Path(name) = named.map_err(|rejection: PathRejection| {
            Problem::new(ProblemKind::Malformed, told(&rejection.body_text()))
        })?;
        // No database has to be asked for it, and one would refuse it.
        if name.contains('\0') {
            return Err(Problem::new(
                ProblemKind::NotFound,
                "there is nothing of this name",
            ));
        }
        Ok(Named(name))
    }
}

/// What stands in the query.
pub(crate) struct Asked<T>(pub(crate) T);

impl<T: DeserializeOwned, S: Send + Sync> FromRequestParts<S> for Asked<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Asked<T>, Problem> {
        let asked = Query::<T>::from_request_parts(parts, state).await;
        let Query(asked) = asked.map_err(|rejection: QueryRejection| {
            Problem::new(ProblemKind::Invalid, told(&rejection.body_text()))
        })?;
        if parts.uri.query().is_some_and(|query| query.contains("%00")) {
            return Err(Problem::new(
                ProblemKind::Invalid,
                "the query holds a NUL character: leave it out",
            ));
        }
        Ok(Asked(asked))
    }
}

/// The reader's own words, bounded and fit to be shown.
fn told(words: &str) -> String {
    paylink::core::text::excerpt(words, 300)
}
