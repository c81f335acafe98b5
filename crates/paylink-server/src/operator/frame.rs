//! What stands before and around every page: the language, the login, the form's token, and the headers.

use std::sync::Arc;

use askama::Template;
use axum::body::{Body, to_bytes};
use axum::extract::{FromRequestParts, Request, State};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use paylink_books::BooksError;

use super::language::Lang;
use super::session::{self, Person};
use super::texts::Texts;
use super::{HOME, Operator, filters, login};
use crate::api::LARGEST_BODY;
use crate::keys::KeyLine;
use crate::page;
use crate::problem::{Problem, ProblemKind};

/// The cookie that remembers the language.
const LANGUAGE: &str = "paylink-language";

/// What every page knows of its request.
#[derive(Clone, Debug)]
pub(super) struct Frame {
    pub(super) lang: Lang,
    pub(super) t: &'static Texts,
    /// Path and query, without the language: where the same page is in the other one.
    here: String,
    /// Whether the request says in which language.
    is_chosen: bool,
    person: Option<Person>,
}

impl Frame {
    fn of(request: &Request) -> Frame {
        let query = request.uri().query().unwrap_or_default();
        let pairs: Vec<(_, _)> = url::form_urlencoded::parse(query.as_bytes()).collect();
        let said = pairs.iter().find(|(key, _)| key == "lang");
        let said = said.and_then(|(_, code)| Lang::parse(code));
        let kept = session::read(request.headers(), LANGUAGE).and_then(Lang::parse);
        let lang = said.or(kept).unwrap_or_default();
        let mut rest = url::form_urlencoded::Serializer::new(String::new());
        rest.extend_pairs(pairs.iter().filter(|(key, _)| key != "lang"));
        let path = request.uri().path().trim_end_matches('/');
        let rest = rest.finish();
        let here = if rest.is_empty() {
            format!("{HOME}{path}?")
        } else {
            format!("{HOME}{path}?{rest}&")
        };
        Frame {
            lang,
            t: lang.texts(),
            here,
            is_chosen: said.is_some(),
            person: None,
        }
    }

    /// Who is logged in.
    pub(super) fn key(&self) -> Result<&Arc<KeyLine>, Problem> {
        let person = self.person.as_ref().map(|person| &person.key);
        person.ok_or_else(|| Problem::new(ProblemKind::Unauthorized, "nobody is logged in"))
    }

    /// What every form brings back.
    pub(super) fn token(&self) -> &str {
        self.person.as_ref().map_or("", |person| &person.token)
    }

    /// The name of the key that is logged in.
    pub(super) fn who(&self) -> Option<&str> {
        self.person.as_ref().map(|person| person.key.name.as_str())
    }

    /// The same page in the other language.
    pub(super) fn in_the_other_language(&self) -> String {
        format!("{}lang={}", self.here, self.lang.other().code())
    }

    /// The page above this one: an order's, for what is done with it.
    fn above(&self) -> &str {
        let path = self.here.split_once('?').map_or("", |(path, _)| path);
        let above = path.rsplit_once('/').map_or("", |(above, _)| above);
        if above.is_empty() { HOME } else { above }
    }

    /// The pages that stand in the head of each, and whether it is the one that is shown.
    pub(super) fn pages(&self) -> impl Iterator<Item = (String, &'static str, bool)> {
        let pages = [
            ("", self.t.overview),
            ("/orders", self.t.orders),
            ("/alarms", self.t.alarms),
            ("/events", self.t.events),
            ("/reconcile", self.t.reconcile),
            ("/audit", self.t.audit),
        ];
        pages.into_iter().map(|(path, title)| {
            let path = format!("{HOME}{path}");
            let is_here = self.here.strip_prefix(&path);
            let is_here = is_here.is_some_and(|rest| rest.starts_with('?'));
            (path, title, is_here)
        })
    }

    /// Shows what a handler answered with in place of a page as one.
    fn told(&self, mut response: Response) -> Response {
        let Some(trouble) = response.extensions_mut().remove::<Arc<Trouble>>() else {
            return response;
        };
        let page = match &*trouble {
            Trouble::Problem(problem) => Failed {
                frame: self,
                title: self.lang.problem(problem.kind()),
                texts: problem.texts().map(|text| self.lang.text(text)).collect(),
                detail: Some(problem.detail()),
            },
            Trouble::Form => Failed {
                frame: self,
                title: self.t.problem_form_title,
                texts: vec![self.t.problem_form],
                detail: None,
            },
        };
        let mut told = shown(response.status(), &page);
        if let Some(again) = response.headers_mut().remove(header::RETRY_AFTER) {
            told.headers_mut().insert(header::RETRY_AFTER, again);
        }
        told
    }
}

impl<S: Send + Sync> FromRequestParts<S> for Frame {
    type Rejection = Trouble;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Frame, Trouble> {
        let frame = parts.extensions.get::<Frame>().cloned();
        frame.ok_or_else(|| Problem::new(ProblemKind::Internal, "the page has no frame").into())
    }
}

#[derive(Template)]
#[template(path = "operator/failed.html")]
struct Failed<'a> {
    frame: &'a Frame,
    title: &'static str,
    texts: Vec<&'static str>,
    /// For a log, in English.
    detail: Option<&'a str>,
}

/// What goes wrong, on its way to being shown as a page.
#[derive(Debug)]
pub(super) enum Trouble {
    Problem(Problem),
    /// A form without the session's token, or of another site.
    Form,
}

/// A page, or what is shown in its place.
pub(super) type Page = Result<Response, Trouble>;

impl From<Problem> for Trouble {
    fn from(problem: Problem) -> Trouble {
        Trouble::Problem(problem)
    }
}

impl From<BooksError> for Trouble {
    fn from(error: BooksError) -> Trouble {
        Trouble::Problem(error.into())
    }
}

impl IntoResponse for Trouble {
    fn into_response(self) -> Response {
        let (status, again) = match &self {
            Trouble::Problem(problem) => (problem.kind().status(), problem.retry_after_seconds()),
            Trouble::Form => (StatusCode::FORBIDDEN, None),
        };
        let mut response = status.into_response();
        if let Some(seconds) = again {
            let headers = response.headers_mut();
            headers.insert(header::RETRY_AFTER, seconds.into());
        }
        response.extensions_mut().insert(Arc::new(self));
        response
    }
}

/// Renders a page.
pub(super) fn shown<T: Template>(status: StatusCode, page: &T) -> Response {
    match page.render() {
        Ok(html) => (status, axum::response::Html(html)).into_response(),
        Err(error) => {
            tracing::error!(%error, "a page cannot be rendered");
            StatusCode::INTERNAL_SERVER_ERROR.into_response()
        }
    }
}

/// Leads to a page, after something was done.
pub(super) fn leads_to(path: &str) -> Response {
    (StatusCode::SEE_OTHER, [(header::LOCATION, path.to_owned())]).into_response()
}

/// Lets those in who are logged in, and the others to the login; gives every answer its headers.
pub(super) async fn visited(
    State(operator): State<Arc<Operator>>,
    request: Request,
    next: Next,
) -> Response {
    let mut frame = Frame::of(&request);
    let remembered = frame
        .is_chosen
        .then(|| operator.cookies.remember(LANGUAGE, frame.lang.code()));
    let answered = answered(&operator, &mut frame, request, next).await;
    let mut response = frame.told(answered.unwrap_or_else(IntoResponse::into_response));
    guard(response.headers_mut());
    if let Some(cookie) = remembered.and_then(|cookie| HeaderValue::try_from(cookie).ok()) {
        response.headers_mut().append(header::SET_COOKIE, cookie);
    }
    response
}

async fn answered(
    operator: &Operator,
    frame: &mut Frame,
    mut request: Request,
    next: Next,
) -> Page {
    let gate = &operator.gate;
    if request.uri().to_string().contains("%00") {
        // No database has to be asked for it, and one would refuse it.
        let detail = "there is nothing of this name";
        return Err(Problem::new(ProblemKind::NotFound, detail).into());
    }
    let is_post = request.method() == Method::POST;
    let is_login = request.uri().path() == login::PATH;
    frame.person = match operator.cookies.secret(request.headers()) {
        Some(secret) => session::find(&gate.service.store, secret).await?,
        None => None,
    };
    let _place = match &frame.person {
        Some(person) => {
            let taken = gate.limits.key(&person.key.id);
            taken.map_err(|wait| gate.too_many(wait))?;
            gate.place()?
        }
        None => gate.place_of_a_stranger(gate.caller(&request))?,
    };
    if is_post && !session::is_own(request.headers(), &operator.origin) {
        return Err(Trouble::Form);
    }
    if !is_login {
        let Some(person) = &frame.person else {
            return Ok(leads_to(&format!("{HOME}{}?ended", login::PATH)));
        };
        if is_post {
            let with_token = with_token(request, person).await;
            request = with_token.ok_or(Trouble::Form)?;
        }
    }
    request.extensions_mut().insert(frame.clone());
    Ok(next.run(request).await)
}

/// The same request, if its form holds the token of the session, and no NUL.
async fn with_token(request: Request, person: &Person) -> Option<Request> {
    let (head, body) = request.into_parts();
    let body = to_bytes(body, LARGEST_BODY).await.ok()?;
    if body.windows(3).any(|it| it == b"%00") {
        return None;
    }
    let mut fields = url::form_urlencoded::parse(&body);
    let (_, token) = fields.find(|(key, _)| key == "token")?;
    person
        .sent(&token)
        .then(|| Request::from_parts(head, Body::from(body)))
}

/// Nothing is kept, framed, fetched or guessed. The referrer stays with the service itself: without one a browser would not
/// say either from which origin a form was sent.
fn guard(headers: &mut HeaderMap) {
    let policy = HeaderValue::from_str(&page::POLICY);
    let fixed = [
        (header::CACHE_CONTROL, "no-store"),
        (header::REFERRER_POLICY, "same-origin"),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::X_FRAME_OPTIONS, "DENY"),
    ];
    for (name, value) in fixed {
        headers.insert(name, HeaderValue::from_static(value));
    }
    if let Ok(policy) = policy {
        headers.insert(header::CONTENT_SECURITY_POLICY, policy);
    }
}
