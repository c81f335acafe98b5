//! What went wrong with a request, as RFC 9457 problem details.

use std::time::Duration;

use axum::Json;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use paylink::desk::{DeskError, Lost, Outcome};
use paylink::{Advice, Effect, Error, ErrorKind, Invalid, Reason};
use paylink_books::BooksError;
use serde::Serialize;
use utoipa::ToSchema;

/// A problem that is to be answered with.
#[derive(Debug)]
pub(crate) struct Problem(Box<Details>);

/// A problem, in the form of RFC 9457.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Problem)]
pub(crate) struct Details {
    /// `urn:paylink:problem:` and the kind.
    #[serde(rename = "type")]
    uri: String,
    /// The kind in a few English words.
    title: &'static str,
    /// The HTTP status.
    #[schema(example = 409)]
    status: u16,
    /// What is wrong, and what to do, in English; for a log.
    detail: String,
    kind: ProblemKind,
    effect: EffectWord,
    /// What the provider's code means, for people.
    #[serde(skip_serializing_if = "Option::is_none")]
    texts: Option<Explained>,
    #[serde(skip_serializing_if = "Option::is_none")]
    advice: Option<AdviceTexts>,
    /// The provider, where one said something.
    #[serde(skip_serializing_if = "Option::is_none")]
    provider: Option<&'static str>,
    /// The provider's code: see `/v1/codes`.
    #[serde(skip_serializing_if = "Option::is_none")]
    code: Option<String>,
    /// What the code means, in a word that all providers share.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, example = "not_paid_yet")]
    reason: Option<Reason>,
    /// The values that were refused.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    fields: Vec<Field>,
    /// The fields in which the order that is there differs.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    differs: Vec<&'static str>,
    /// How long to wait at the least; the header `Retry-After` says the same.
    #[serde(skip_serializing_if = "Option::is_none")]
    retry_after_seconds: Option<u64>,
}

/// What kind of thing is wrong. It is stable.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum ProblemKind {
    /// The request cannot be read.
    Malformed,
    /// The API key is missing, wrong or revoked.
    Unauthorized,
    /// The API key has not the right.
    Forbidden,
    /// There is nothing of this name.
    NotFound,
    /// The method is not one of this path.
    MethodNotAllowed,
    /// The order of this name, or the one with this reference, is another one.
    Conflict,
    /// Another call is at the order: ask again in a moment.
    Busy,
    /// The payment that is there may still be paid, or was: nothing was begun.
    Kept,
    /// The order is not paid.
    NotPaid,
    /// Whether the order's payment was created cannot be found out: start over with another reference.
    Lost,
    /// What the provider or the books hold is not this order's. A person has to look at it.
    Mismatch,
    /// The body is larger than 64 KiB.
    TooLarge,
    /// The body did not arrive in time.
    TooSlow,
    /// The body is not JSON by its content type.
    UnsupportedMediaType,
    /// A value is refused: `fields` names it.
    Invalid,
    /// The provider does not offer this.
    Unsupported,
    /// The provider refused: `code` and `reason` say why.
    Refused,
    /// What came of it is not known yet: repeat the same request later, it is looked up first.
    Unknown,
    /// Too many requests.
    TooManyRequests,
    /// The provider failed, or could not be reached.
    ProviderFailed,
    /// The service is at its limit, or its database does not answer: repeat the request.
    Unavailable,
    /// The service is configured wrongly. Its operator has to see to it.
    Misconfigured,
    /// The service failed. Repeat the request; its log says more.
    Internal,
}

/// Whether what was asked for may have been carried out at the provider.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
enum EffectWord {
    NotExecuted,
    Unknown,
}

/// A text in both languages.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct Texts {
    pub(crate) english: &'static str,
    pub(crate) persian: &'static str,
}

/// What a code means.
#[derive(Debug, Serialize, ToSchema)]
struct Explained {
    #[serde(flatten)]
    texts: Texts,
    /// Whether a payer may see it; if not, it is the merchant's.
    visible_to_payer: bool,
}

/// What to do next.
#[derive(Debug, Serialize, ToSchema)]
struct AdviceTexts {
    #[schema(value_type = String, example = "fix_and_retry")]
    word: Advice,
    #[serde(flatten)]
    texts: Texts,
}

/// A value that was refused.
#[derive(Debug, Serialize, ToSchema)]
struct Field {
    /// The field's name, as in the request.
    field: String,
    problem: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    remedy: Option<String>,
}

impl ProblemKind {
    pub(crate) fn status(self) -> StatusCode {
        match self {
            ProblemKind::Malformed => StatusCode::BAD_REQUEST,
            ProblemKind::Unauthorized => StatusCode::UNAUTHORIZED,
            ProblemKind::Forbidden => StatusCode::FORBIDDEN,
            ProblemKind::NotFound => StatusCode::NOT_FOUND,
            ProblemKind::MethodNotAllowed => StatusCode::METHOD_NOT_ALLOWED,
            ProblemKind::Conflict
            | ProblemKind::Busy
            | ProblemKind::Kept
            | ProblemKind::NotPaid
            | ProblemKind::Lost
            | ProblemKind::Mismatch
            | ProblemKind::Unknown => StatusCode::CONFLICT,
            ProblemKind::TooLarge => StatusCode::PAYLOAD_TOO_LARGE,
            ProblemKind::TooSlow => StatusCode::REQUEST_TIMEOUT,
            ProblemKind::UnsupportedMediaType => StatusCode::UNSUPPORTED_MEDIA_TYPE,
            ProblemKind::Invalid | ProblemKind::Unsupported | ProblemKind::Refused => {
                StatusCode::UNPROCESSABLE_ENTITY
            }
            ProblemKind::TooManyRequests => StatusCode::TOO_MANY_REQUESTS,
            ProblemKind::ProviderFailed => StatusCode::BAD_GATEWAY,
            ProblemKind::Unavailable => StatusCode::SERVICE_UNAVAILABLE,
            ProblemKind::Misconfigured | ProblemKind::Internal => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }

    fn as_str(self) -> &'static str {
        match self {
            ProblemKind::Malformed => "malformed",
            ProblemKind::Unauthorized => "unauthorized",
            ProblemKind::Forbidden => "forbidden",
            ProblemKind::NotFound => "not_found",
            ProblemKind::MethodNotAllowed => "method_not_allowed",
            ProblemKind::Conflict => "conflict",
            ProblemKind::Busy => "busy",
            ProblemKind::Kept => "kept",
            ProblemKind::NotPaid => "not_paid",
            ProblemKind::Lost => "lost",
            ProblemKind::Mismatch => "mismatch",
            ProblemKind::TooLarge => "too_large",
            ProblemKind::TooSlow => "too_slow",
            ProblemKind::UnsupportedMediaType => "unsupported_media_type",
            ProblemKind::Invalid => "invalid",
            ProblemKind::Unsupported => "unsupported",
            ProblemKind::Refused => "refused",
            ProblemKind::Unknown => "unknown",
            ProblemKind::TooManyRequests => "too_many_requests",
            ProblemKind::ProviderFailed => "provider_failed",
            ProblemKind::Unavailable => "unavailable",
            ProblemKind::Misconfigured => "misconfigured",
            ProblemKind::Internal => "internal",
        }
    }

    pub(crate) fn title(self) -> &'static str {
        match self {
            ProblemKind::Malformed => "The request cannot be read",
            ProblemKind::Unauthorized => "No API key that counts",
            ProblemKind::Forbidden => "The API key has not the right",
            ProblemKind::NotFound => "Not found",
            ProblemKind::MethodNotAllowed => "Not a method of this path",
            ProblemKind::Conflict => "Another order is there",
            ProblemKind::Busy => "Another call is at the order",
            ProblemKind::Kept => "The payment that is there is kept",
            ProblemKind::NotPaid => "The order is not paid",
            ProblemKind::Lost => "The payment is lost",
            ProblemKind::Mismatch => "The payment is not the order's",
            ProblemKind::TooLarge => "The body is too large",
            ProblemKind::TooSlow => "The body is too slow",
            ProblemKind::UnsupportedMediaType => "The body is not JSON",
            ProblemKind::Invalid => "A value is refused",
            ProblemKind::Unsupported => "The provider does not offer this",
            ProblemKind::Refused => "The provider refused",
            ProblemKind::Unknown => "The outcome is not known yet",
            ProblemKind::TooManyRequests => "Too many requests",
            ProblemKind::ProviderFailed => "The provider failed",
            ProblemKind::Unavailable => "The service is busy",
            ProblemKind::Misconfigured => "The service is configured wrongly",
            ProblemKind::Internal => "The service failed",
        }
    }
}

impl Problem {
    pub(crate) fn new(kind: ProblemKind, detail: impl Into<String>) -> Problem {
        Problem(Box::new(Details {
            uri: format!("urn:paylink:problem:{}", kind.as_str()),
            title: kind.title(),
            status: kind.status().as_u16(),
            detail: detail.into(),
            kind,
            effect: EffectWord::NotExecuted,
            texts: None,
            advice: None,
            provider: None,
            code: None,
            reason: None,
            fields: Vec::new(),
            differs: Vec::new(),
            retry_after_seconds: None,
        }))
    }

    pub(crate) fn no_such_order() -> Problem {
        Problem::new(
            ProblemKind::NotFound,
            "there is no order of this name: create it first",
        )
    }

    pub(crate) fn conflict(differs: Vec<&'static str>) -> Problem {
        let fields = differs.join(", ");
        let detail = format!(
            "an order of this name is there already, with another {fields}: give the new one another name"
        );
        let mut problem = Problem::new(ProblemKind::Conflict, detail);
        problem.0.differs = differs;
        problem
    }

    pub(crate) fn busy() -> Problem {
        let detail = "another call is at the order: ask again in a moment";
        Problem::new(ProblemKind::Busy, detail).again_in(Duration::from_secs(1))
    }

    pub(crate) fn lost(lost: &Lost) -> Problem {
        let detail = format!(
            "whether the payment under the reference {} was created cannot be found out ({}): look into the provider's panel, \
             then start over with another reference",
            lost.reference(),
            lost.reason()
        );
        Problem::new(ProblemKind::Lost, detail).may_be_executed()
    }

    pub(crate) fn kept(outcome: &Outcome) -> Problem {
        let detail = format!(
            "the payment that is there is kept, since it may still be paid or was (it is {}): read the order",
            outcome.as_str()
        );
        Problem::new(ProblemKind::Kept, detail)
    }

    /// Says that what was asked for may have been carried out.
    pub(crate) fn may_be_executed(mut self) -> Problem {
        self.0.effect = EffectWord::Unknown;
        self
    }

    /// Says when to ask again.
    pub(crate) fn again_in(mut self, time: Duration) -> Problem {
        let seconds = time
            .as_secs()
            .saturating_add(u64::from(time.subsec_nanos() > 0));
        self.0.retry_after_seconds = Some(seconds.max(1));
        self
    }

    pub(crate) fn kind(&self) -> ProblemKind {
        self.0.kind
    }

    pub(crate) fn retry_after_seconds(&self) -> Option<u64> {
        self.0.retry_after_seconds
    }

    /// What people are told: what the provider's code means, and what to do next.
    pub(crate) fn texts(&self) -> impl Iterator<Item = &Texts> {
        let advice = self.0.advice.as_ref().map(|advice| &advice.texts);
        let said = self.0.texts.iter().map(|said| &said.texts);
        said.chain(advice)
    }

    pub(crate) fn detail(&self) -> &str {
        &self.0.detail
    }

    /// What a value that was refused is called in the request.
    fn with_fields(mut self, invalids: &[Invalid]) -> Problem {
        let fields = invalids.iter().map(|invalid| Field {
            field: invalid.key().to_owned(),
            problem: invalid.problem().to_owned(),
            remedy: invalid.remedy().map(str::to_owned),
        });
        self.0.fields = fields.collect();
        self
    }
}

impl From<Invalid> for Problem {
    fn from(invalid: Invalid) -> Problem {
        Problem::new(ProblemKind::Invalid, invalid.to_string()).with_fields(&[invalid])
    }
}

impl From<Error> for Problem {
    fn from(error: Error) -> Problem {
        let kind = match (error.effect(), error.kind()) {
            (Effect::Unknown, _) | (_, ErrorKind::Indeterminate) => ProblemKind::Unknown,
            (_, ErrorKind::Invalid) => ProblemKind::Invalid,
            (_, ErrorKind::Unsupported) => ProblemKind::Unsupported,
            (_, ErrorKind::Configuration) => ProblemKind::Misconfigured,
            (_, ErrorKind::Mismatch) => ProblemKind::Mismatch,
            (_, ErrorKind::Refused) => ProblemKind::Refused,
            (_, ErrorKind::RateLimited) => ProblemKind::Unavailable,
            _ => ProblemKind::ProviderFailed,
        };
        let refusal = error.refusal();
        let mut problem = Problem::new(kind, error.to_string()).with_fields(error.invalids());
        let details = &mut *problem.0;
        details.texts = refusal.map(|refusal| {
            let said = refusal.explanation();
            Explained {
                texts: Texts {
                    english: said.english,
                    persian: said.persian,
                },
                visible_to_payer: said.visible_to_payer,
            }
        });
        details.advice = error.advice().map(|advice| AdviceTexts {
            word: advice,
            texts: Texts {
                english: advice.english(),
                persian: advice.persian(),
            },
        });
        details.provider = error.provider();
        details.code = refusal.map(|refusal| refusal.code().to_owned());
        details.reason = refusal.map(paylink::Refusal::reason);
        let problem = match error.effect() {
            Effect::NotExecuted => problem,
            Effect::Unknown => problem.may_be_executed(),
        };
        match (error.retry_after(), kind) {
            (Some(time), _) => problem.again_in(time),
            (
                None,
                ProblemKind::Unknown | ProblemKind::ProviderFailed | ProblemKind::Unavailable,
            ) => problem.again_in(Duration::from_secs(5)),
            (None, _) => problem,
        }
    }
}

impl From<BooksError> for Problem {
    fn from(error: BooksError) -> Problem {
        match error {
            BooksError::ReferenceTaken { .. } => {
                let mut problem = Problem::new(ProblemKind::Conflict, error.to_string());
                problem.0.differs = vec!["reference"];
                problem
            }
            BooksError::PrivateData { .. } => {
                let detail = "the order holds the payer's card or national id, which this service does not keep: leave both out, \
                              or set keep_private_data";
                Problem::new(ProblemKind::Invalid, detail)
            }
            other => {
                tracing::error!(problem = %other, "the books cannot be read or written");
                let detail = "the books cannot be read or written now: repeat the request";
                Problem::new(ProblemKind::Unavailable, detail)
                    .may_be_executed()
                    .again_in(Duration::from_secs(5))
            }
        }
    }
}

impl From<DeskError<BooksError>> for Problem {
    fn from(error: DeskError<BooksError>) -> Problem {
        match error {
            DeskError::Store(error) => error.into(),
            DeskError::Payment(error) => error.into(),
            DeskError::NoSuchOrder => Problem::no_such_order(),
            other => {
                tracing::error!(problem = %other, "an order cannot be worked on");
                Problem::new(ProblemKind::Misconfigured, other.to_string())
            }
        }
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let status = self.0.kind.status();
        let again = self.0.retry_after_seconds;
        let mut response = (status, Json(self.0)).into_response();
        let headers = response.headers_mut();
        let form = header::HeaderValue::from_static("application/problem+json");
        headers.insert(header::CONTENT_TYPE, form);
        if let Some(seconds) = again {
            headers.insert(header::RETRY_AFTER, seconds.into());
        }
        if status == StatusCode::UNAUTHORIZED {
            let bearer = header::HeaderValue::from_static("Bearer");
            headers.insert(header::WWW_AUTHENTICATE, bearer);
        }
        response
    }
}
