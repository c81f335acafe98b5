//! Routes of the API, each declared together with its description.

use std::future::ready;
use std::str::FromStr;

use axum::Router;
use axum::extract::rejection::PathRejection;
use axum::extract::{Path, State};
use axum::handler::Handler;
use axum::http::StatusCode;
use axum::response::Json;
use axum::routing::{MethodFilter, on};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};
use utoipa::openapi::path::HttpMethod;
use utoipa::openapi::schema::{ArrayBuilder, SchemaType, Type};
use utoipa::openapi::{Components, OpenApi, Ref, RefOr, Schema};
use utoipa::{PartialSchema, ToSchema};

use super::operation::{Operation, answer};
use super::problem::{Input, Problem};

/// Below which path the API is served.
pub(super) const ROOT: &str = "/_sandbox";

/// The tag of what belongs to no provider.
pub(super) const SHARED: &str = "sandbox";

/// Routes together with their description, so that neither can be without the other.
///
/// Each method adds one operation: its path below the provider's own, one sentence about it, and what
/// carries it out. What it takes and answers is described by the types.
pub(crate) struct Routes<S> {
    provider: String,
    state: S,
    router: Router<S>,
    document: OpenApi,
    /// The path and the method of the operation that was added last.
    last: Option<(String, HttpMethod)>,
}

/// Finished routes with their description.
#[derive(Default)]
pub(crate) struct Described {
    pub(super) router: Router,
    pub(super) document: OpenApi,
}

impl Described {
    pub(super) fn merge(mut self, mut other: Self) -> Self {
        self.router = self.router.merge(other.router);
        if let Some(Components { schemas, .. }) = &mut other.document.components {
            let components = self.document.components.get_or_insert_with(Components::new);
            for (name, schema) in std::mem::take(schemas) {
                add_schema(components, name, schema);
            }
        }
        self.document.merge(other.document);
        self
    }
}

impl<S: Clone + Send + Sync + 'static> Routes<S> {
    /// Begins the routes of a provider; those without one are shared by all.
    pub(crate) fn new(provider: &str, state: S) -> Self {
        Self {
            provider: provider.to_owned(),
            state,
            router: Router::new(),
            document: OpenApi::default(),
            last: None,
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
        self.named(HttpMethod::Get, path, about, find)
    }

    /// Answers `POST` by doing something to what an identifier names.
    pub(crate) fn act<I: Id, V: Output>(
        self,
        path: &str,
        about: &str,
        act: impl Fn(&S, I) -> Result<V, Problem> + Clone + Send + Sync + 'static,
    ) -> Self {
        self.named(HttpMethod::Post, path, about, act)
    }

    fn named<I: Id, V: Output>(
        mut self,
        method: HttpMethod,
        path: &str,
        about: &str,
        act: impl Fn(&S, I) -> Result<V, Problem> + Clone + Send + Sync + 'static,
    ) -> Self {
        let operation = Operation::about(about)
            .names::<I>(path)
            .answers(200, self.schema::<V>());
        let handler = move |State(state): State<S>, id: Named| {
            ready(parse(id).and_then(|id| act(&state, id)).map(Json))
        };
        self.add(method, path, operation, handler)
    }

    /// Answers `GET` with what an identifier names, once it is there.
    pub(crate) fn find_later<I: Id, V: Output, F: Later<V>>(
        self,
        path: &str,
        about: &str,
        find: impl Fn(S, I) -> F + Clone + Send + Sync + 'static,
    ) -> Self {
        self.named_later(HttpMethod::Get, path, about, find)
    }

    /// Answers `POST` by doing something that takes a while to what an identifier names.
    pub(crate) fn act_later<I: Id, V: Output, F: Later<V>>(
        self,
        path: &str,
        about: &str,
        act: impl Fn(S, I) -> F + Clone + Send + Sync + 'static,
    ) -> Self {
        self.named_later(HttpMethod::Post, path, about, act)
    }

    fn named_later<I: Id, V: Output, F: Later<V>>(
        mut self,
        method: HttpMethod,
        path: &str,
        about: &str,
        act: impl Fn(S, I) -> F + Clone + Send + Sync + 'static,
    ) -> Self {
        let operation = Operation::about(about)
            .names::<I>(path)
            .answers(200, self.schema::<V>());
        let handler = move |State(state): State<S>, id: Named| {
            let acting = parse(id).map(|id| act(state, id));
            async move { acting?.await.map(Json) }
        };
        self.add(method, path, operation, handler)
    }

    /// Answers `POST` without a body.
    pub(crate) fn run<V: Output>(
        mut self,
        path: &str,
        about: &str,
        act: impl Fn(&S) -> Result<V, Problem> + Clone + Send + Sync + 'static,
    ) -> Self {
        let operation = Operation::about(about).answers(200, self.schema::<V>());
        let handler = move |State(state): State<S>| ready(act(&state).map(Json));
        self.add(HttpMethod::Post, path, operation, handler)
    }

    /// Answers `POST` with a body by doing something to what an identifier names.
    pub(crate) fn act_with<I: Id, B: Body, V: Output>(
        mut self,
        path: &str,
        about: &str,
        act: impl Fn(&S, I, B) -> Result<V, Problem> + Clone + Send + Sync + 'static,
    ) -> Self {
        let operation = Operation::about(about)
            .names::<I>(path)
            .takes(self.schema::<B>())
            .answers(200, self.schema::<V>());
        let handler = move |State(state): State<S>, id: Named, Input(body): Input<B>| {
            ready(parse(id).and_then(|id| act(&state, id, body)).map(Json))
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
            .takes(self.schema::<B>())
            .answers(200, self.schema::<V>());
        let handler =
            move |State(state): State<S>, Input(body): Input<B>| ready(act(&state, body).map(Json));
        self.add(HttpMethod::Post, path, operation, handler)
    }

    /// Answers `POST` by keeping the body.
    pub(crate) fn create<B: Body, V: Output>(
        mut self,
        path: &str,
        about: &str,
        keep: impl Fn(&S, B) -> Result<V, Problem> + Clone + Send + Sync + 'static,
    ) -> Self {
        let operation = Operation::about(about)
            .takes(self.schema::<B>())
            .answers(201, self.schema::<V>());
        let handler = move |State(state): State<S>, Input(body): Input<B>| {
            let kept = keep(&state, body);
            ready(kept.map(|kept| (StatusCode::CREATED, Json(kept))))
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
        let operation = Operation::about(about).answers_nothing();
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
            .takes(self.schema::<T>())
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
        let tag = if self.provider.is_empty() {
            SHARED
        } else {
            &self.provider
        };
        let below = match self.provider.as_str() {
            "" => path.to_owned(),
            provider => format!("/{provider}{path}"),
        };
        let (filter, verb) = match method {
            HttpMethod::Get => (MethodFilter::GET, "get"),
            HttpMethod::Delete => (MethodFilter::DELETE, "delete"),
            _ => (MethodFilter::POST, "post"),
        };
        let words = below.split(|letter: char| !letter.is_ascii_alphanumeric());
        let words = words.filter(|word| !word.is_empty());
        let id = words.fold(verb.to_owned(), |id, word| format!("{id}_{word}"));
        let operation = operation.operation_id(Some(id)).tag(tag);
        self.router = self.router.route(&below, on(filter, handler));
        let whole = format!("{ROOT}{below}");
        let paths = &mut self.document.paths;
        paths.add_path_operation(whole.clone(), vec![method.clone()], operation);
        self.last = Some((whole, method));
        self
    }

    /// Adds a refusal of its own to the operation that was added last, and says when it comes.
    pub(crate) fn refuses(mut self, status: StatusCode, when: &str) -> Self {
        let problem = self.schema::<Problem>();
        let item = self.last.as_ref();
        let item = item.and_then(|(path, _)| self.document.paths.paths.get_mut(path));
        let operation = item.and_then(|item| match self.last {
            Some((_, HttpMethod::Get)) => item.get.as_mut(),
            Some((_, HttpMethod::Delete)) => item.delete.as_mut(),
            _ => item.post.as_mut(),
        });
        if let Some(operation) = operation {
            let response = answer(when, problem).build();
            let responses = &mut operation.responses.responses;
            responses.insert(status.as_str().to_owned(), response.into());
        }
        self
    }

    /// Lists the names that a property of a type can have, where they are known only now.
    pub(crate) fn knows<T: ToSchema>(mut self, property: &str, names: &[&str]) -> Self {
        list_names::<T>(&mut self.document, property, names);
        self
    }

    /// Describes a type and what it refers to, and returns the reference to it.
    fn schema<T: ToSchema>(&mut self) -> RefOr<Schema> {
        let components = self.document.components.get_or_insert_with(Components::new);
        describe::<T>(components)
    }
}

/// Describes a type and what it refers to, and returns the reference to it.
pub(super) fn describe<T: ToSchema>(components: &mut Components) -> RefOr<Schema> {
    let mut schemas = vec![(T::name().into_owned(), T::schema())];
    T::schemas(&mut schemas);
    for (name, schema) in schemas {
        add_schema(components, name, schema);
    }
    Ref::from_schema_name(T::name()).into()
}

/// Adds a schema; two types under one name are a mistake, which tests find.
fn add_schema(components: &mut Components, name: String, schema: RefOr<Schema>) {
    let known = components.schemas.get(&name);
    let is_same = known.is_none_or(|known| *known == schema);
    debug_assert!(is_same, "two types are described under the name {name}");
    components.schemas.insert(name, schema);
}

/// Lists the names that a property of a type can have.
pub(super) fn list_names<T: ToSchema>(document: &mut OpenApi, property: &str, names: &[&str]) {
    let components = document.components.as_mut();
    let schema = components.and_then(|it| it.schemas.get_mut(T::name().as_ref()));
    if let Some(RefOr::T(Schema::Object(object))) = schema
        && let Some(RefOr::T(Schema::Object(property))) = object.properties.get_mut(property)
    {
        let is_optional = match &property.schema_type {
            SchemaType::Array(types) => types.contains(&Type::Null),
            _ => false,
        };
        let names = names.iter().map(|name| Value::from(*name));
        let nothing = is_optional.then_some(Value::Null);
        property.enum_values = Some(names.chain(nothing).collect());
    }
}

/// What names a payment in a path.
pub(crate) trait Id: FromStr + PartialSchema {}

impl<I: FromStr + PartialSchema> Id for I {}

/// What an operation answers.
pub(crate) trait Output: Serialize + ToSchema + Send + 'static {}

impl<V: Serialize + ToSchema + Send + 'static> Output for V {}

/// What an operation answers after a while.
pub(crate) trait Later<V>: Future<Output = Result<V, Problem>> + Send + 'static {}

impl<V, F: Future<Output = Result<V, Problem>> + Send + 'static> Later<V> for F {}

/// What an operation takes.
pub(crate) trait Body: DeserializeOwned + ToSchema + Send + 'static {}

impl<B: DeserializeOwned + ToSchema + Send + 'static> Body for B {}

/// The identifier in a path, if it is text at all.
type Named = Result<Path<String>, PathRejection>;

/// Reads an identifier in a path; what cannot be one names nothing.
fn parse<I: Id>(id: Named) -> Result<I, Problem> {
    let nothing = || {
        let message = "nothing here has this identifier: the list shows those that there are";
        Problem::new(StatusCode::NOT_FOUND, message)
    };
    let Path(id) = id.map_err(|_| nothing())?;
    id.parse().map_err(|_| nothing())
}
