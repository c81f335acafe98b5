//! Routes of the API, each declared together with its description.

use std::future::ready;
use std::str::FromStr;

use axum::Router;
use axum::extract::{Path, State};
use axum::handler::Handler;
use axum::http::StatusCode;
use axum::response::Json;
use axum::routing::{MethodFilter, on};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};
use utoipa::openapi::path::HttpMethod;
use utoipa::openapi::schema::ArrayBuilder;
use utoipa::openapi::{Components, OpenApi, Ref, RefOr, ResponseBuilder, Schema};
use utoipa::{PartialSchema, ToSchema};

use super::operation::Operation;
use super::problem::{Input, Problem};

/// Below which path the API is served.
const ROOT: &str = "/_sandbox";

/// Routes together with their description, so that neither can be without the other.
///
/// Each method adds one operation: its path below the provider's own, one sentence about it, and what
/// carries it out. What it takes and answers is described by the types.
pub(crate) struct Routes<S> {
    prefix: String,
    state: S,
    router: Router<S>,
    document: OpenApi,
}

/// Finished routes with their description.
#[derive(Default)]
pub(crate) struct Described {
    pub(super) router: Router,
    pub(super) document: OpenApi,
}

impl Described {
    pub(super) fn merge(mut self, other: Self) -> Self {
        self.router = self.router.merge(other.router);
        self.document.merge(other.document);
        self
    }
}

impl<S: Clone + Send + Sync + 'static> Routes<S> {
    /// Begins the routes of a provider; those without one are shared by all.
    pub(crate) fn new(provider: &str, state: S) -> Self {
        let slash = if provider.is_empty() { "" } else { "/" };
        Self {
            prefix: format!("{ROOT}{slash}{provider}"),
            state,
            router: Router::new(),
            document: OpenApi::default(),
        }
    }

    pub(crate) fn done(self) -> Described {
        Described {
            router: self.router.with_state(self.state),
            document: self.document,
        }
    }

    /// Answers `GET` with a value.
    pub(crate) fn get<V: Output>(
        mut self,
        path: &str,
        about: &str,
        read: impl Fn(&S) -> V + Clone + Send + Sync + 'static,
    ) -> Self {
        let schema = self.schema::<V>();
        self.read(path, about, schema, read)
    }

    /// Answers `GET` with a list.
    pub(crate) fn list<V: Output>(
        mut self,
        path: &str,
        about: &str,
        read: impl Fn(&S) -> Vec<V> + Clone + Send + Sync + 'static,
    ) -> Self {
        let list = ArrayBuilder::new().items(self.schema::<V>());
        self.read(path, about, Schema::from(list).into(), read)
    }

    fn read<V: Serialize + Send + 'static>(
        self,
        path: &str,
        about: &str,
        schema: RefOr<Schema>,
        read: impl Fn(&S) -> V + Clone + Send + Sync + 'static,
    ) -> Self {
        let operation = Operation::about(about).answers(200, schema);
        let handler = move |State(state): State<S>| ready(Json(read(&state)));
        self.add(HttpMethod::Get, path, operation, handler)
    }

    /// Answers `GET` with what an identifier names.
    pub(crate) fn find<I: Id, V: Output>(
        self,
        path: &str,
        about: &str,
        find: impl Fn(&S, I) -> Result<V, Problem> + Clone + Send + Sync + 'static,
    ) -> Self {
        self.named(HttpMethod::Get, path, about, None, find)
    }

    /// Answers `POST` by doing something to what an identifier names; `conflict` says when that
    /// cannot be done.
    pub(crate) fn act<I: Id, V: Output>(
        self,
        path: &str,
        about: &str,
        conflict: Option<&str>,
        act: impl Fn(&S, I) -> Result<V, Problem> + Clone + Send + Sync + 'static,
    ) -> Self {
        self.named(HttpMethod::Post, path, about, conflict, act)
    }

    fn named<I: Id, V: Output>(
        mut self,
        method: HttpMethod,
        path: &str,
        about: &str,
        conflict: Option<&str>,
        act: impl Fn(&S, I) -> Result<V, Problem> + Clone + Send + Sync + 'static,
    ) -> Self {
        let operation = Operation::about(about)
            .names::<I>(path, self.schema::<Problem>())
            .answers(200, self.schema::<V>())
            .conflicts(conflict, self.schema::<Problem>());
        let handler = move |State(state): State<S>, Path(id): Path<String>| {
            ready(parse(&id).and_then(|id| act(&state, id)).map(Json))
        };
        self.add(method, path, operation, handler)
    }

    /// Answers `POST` with a body by doing something to what an identifier names.
    pub(crate) fn act_with<I: Id, B: Body, V: Output>(
        mut self,
        path: &str,
        about: &str,
        conflict: Option<&str>,
        act: impl Fn(&S, I, B) -> Result<V, Problem> + Clone + Send + Sync + 'static,
    ) -> Self {
        let operation = Operation::about(about)
            .names::<I>(path, self.schema::<Problem>())
            .takes(self.schema::<B>(), self.schema::<Problem>())
            .answers(200, self.schema::<V>())
            .conflicts(conflict, self.schema::<Problem>());
        let handler =
            move |State(state): State<S>, Path(id): Path<String>, Input(body): Input<B>| {
                ready(parse(&id).and_then(|id| act(&state, id, body)).map(Json))
            };
        self.add(HttpMethod::Post, path, operation, handler)
    }

    /// Answers `POST` with a body.
    pub(crate) fn post<B: Body, V: Output>(
        mut self,
        path: &str,
        about: &str,
        act: impl Fn(&S, B) -> Result<V, Problem> + Clone + Send + Sync + 'static,
    ) -> Self {
        let operation = Operation::about(about)
            .takes(self.schema::<B>(), self.schema::<Problem>())
            .answers(200, self.schema::<V>());
        let handler =
            move |State(state): State<S>, Input(body): Input<B>| ready(act(&state, body).map(Json));
        self.add(HttpMethod::Post, path, operation, handler)
    }

    /// Answers `POST` by keeping the body, which is the answer too.
    pub(crate) fn create<B: Body + Output>(
        mut self,
        path: &str,
        about: &str,
        keep: impl Fn(&S, &B) -> Result<(), Problem> + Clone + Send + Sync + 'static,
    ) -> Self {
        let operation = Operation::about(about)
            .takes(self.schema::<B>(), self.schema::<Problem>())
            .answers(201, self.schema::<B>());
        let handler = move |State(state): State<S>, Input(body): Input<B>| {
            let kept = keep(&state, &body);
            ready(kept.map(|()| (StatusCode::CREATED, Json(body))))
        };
        self.add(HttpMethod::Post, path, operation, handler)
    }

    /// Answers `DELETE`.
    pub(crate) fn delete(
        self,
        path: &str,
        about: &str,
        clear: impl Fn(&S) + Clone + Send + Sync + 'static,
    ) -> Self {
        let done = ResponseBuilder::new().description("It is done");
        let operation = Operation(Operation::about(about).0.response("204", done));
        let handler = move |State(state): State<S>| {
            clear(&state);
            ready(StatusCode::NO_CONTENT)
        };
        self.add(HttpMethod::Delete, path, operation, handler)
    }

    /// Reads and changes how a provider behaves where its document is silent.
    pub(crate) fn settings<T: Body + Output>(
        mut self,
        provider: &str,
        read: impl Fn(&S) -> T + Clone + Send + Sync + 'static,
        write: impl Fn(&S, T) -> Result<(), Problem> + Clone + Send + Sync + 'static,
    ) -> Self {
        let path = "/settings";
        let reads = format!("Reads how {provider} behaves where its document is silent.");
        let changes = format!(
            "Chooses how {provider} behaves where its document is silent; what is left out stays as it is."
        );
        let operation = Operation::about(&changes)
            .takes(self.schema::<T>(), self.schema::<Problem>())
            .answers(200, self.schema::<T>());
        let reading = read.clone();
        let change = move |state: &S, wanted: Map<String, Value>| {
            let mut all = serde_json::to_value(reading(state)).map_err(Problem::unusable)?;
            if let Value::Object(all) = &mut all {
                all.extend(wanted);
            }
            write(
                state,
                serde_json::from_value(all).map_err(Problem::unusable)?,
            )?;
            Ok::<_, Problem>(Json(reading(state)))
        };
        let handler = move |State(state): State<S>, Input(wanted): Input<Map<String, Value>>| {
            ready(change(&state, wanted))
        };
        self.get(path, &reads, read)
            .add(HttpMethod::Post, path, operation, handler)
    }

    fn add<T: 'static>(
        mut self,
        method: HttpMethod,
        path: &str,
        Operation(operation): Operation,
        handler: impl Handler<T, S>,
    ) -> Self {
        let path = format!("{}{path}", self.prefix);
        let (filter, verb) = match method {
            HttpMethod::Get => (MethodFilter::GET, "get"),
            HttpMethod::Delete => (MethodFilter::DELETE, "delete"),
            _ => (MethodFilter::POST, "post"),
        };
        let words = path.split(|letter: char| !letter.is_ascii_alphanumeric());
        let words = words.filter(|word| !word.is_empty() && *word != "sandbox");
        let id = words.fold(verb.to_owned(), |id, word| format!("{id}_{word}"));
        let operation = operation.operation_id(Some(id));
        self.router = self.router.route(&path, on(filter, handler));
        let paths = &mut self.document.paths;
        paths.add_path_operation(path, vec![method], operation);
        self
    }

    /// Describes a type and what it refers to, and returns the reference to it.
    fn schema<T: ToSchema>(&mut self) -> RefOr<Schema> {
        let components = self.document.components.get_or_insert_with(Components::new);
        let mut nested = vec![(T::name().into_owned(), T::schema())];
        T::schemas(&mut nested);
        components.schemas.extend(nested);
        Ref::from_schema_name(T::name()).into()
    }
}

/// What names a payment in a path.
pub(crate) trait Id: FromStr + PartialSchema {}

impl<I: FromStr + PartialSchema> Id for I {}

/// What an operation answers.
pub(crate) trait Output: Serialize + ToSchema + Send + 'static {}

impl<V: Serialize + ToSchema + Send + 'static> Output for V {}

/// What an operation takes.
pub(crate) trait Body: DeserializeOwned + ToSchema + Send + 'static {}

impl<B: DeserializeOwned + ToSchema + Send + 'static> Body for B {}

/// Reads an identifier in a path; what cannot be one names nothing.
fn parse<I: Id>(id: &str) -> Result<I, Problem> {
    id.parse().map_err(|_| {
        let error = format!("nothing here has the identifier {id:?}");
        Problem::new(StatusCode::NOT_FOUND, error)
    })
}
