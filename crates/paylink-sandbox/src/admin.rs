//! The API under `/_sandbox`: what [`Sandbox`](crate::Sandbox) offers in Rust, over HTTP.

use std::fmt::Display;
use std::future::ready;
use std::str::FromStr;
use std::time::{Duration, SystemTime};

use axum::Router;
use axum::extract::{FromRequest, Path, Request, State};
use axum::handler::Handler;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Json, Response};
use axum::routing::{MethodFilter, get, on};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use utoipa::openapi::path::{HttpMethod, OperationBuilder, ParameterBuilder, ParameterIn};
use utoipa::openapi::request_body::RequestBodyBuilder;
use utoipa::openapi::schema::ArrayBuilder;
use utoipa::openapi::{
    Components, Content, Info, License, OpenApi, Ref, RefOr, Required, ResponseBuilder, Schema,
};
use utoipa::{PartialSchema, ToSchema};

use crate::calendar;
use crate::faults::{FaultError, FaultRule, Faults, SetFault};
use crate::simulated::Simulated;
use crate::world::World;

/// Below which path the API is served.
const ROOT: &str = "/_sandbox";

/// Where the description of this API is served.
pub(crate) const DESCRIPTION: &str = "/_sandbox/openapi.json";

/// Serves the shared part of the API, what each provider adds to it, and their description.
pub(crate) fn router(world: &World, providers: &[Simulated]) -> Router {
    let mut info = Info::new("paylink sandbox", env!("CARGO_PKG_VERSION"));
    info.description = Some("Moves the clock, pays as the payer, sets faults and shows what the sandboxed providers received and sent.".to_owned());
    info.license = Some(License::new("MIT OR Apache-2.0"));
    let shared = [shared(world), routes(world)];
    let Described {
        router,
        mut document,
    } = shared
        .into_iter()
        .chain(providers.iter().map(Simulated::admin))
        .fold(Described::default(), Described::merge);
    document.info = info;
    router.route(DESCRIPTION, get(async move || Json(document)))
}

fn shared(world: &World) -> Described {
    Routes::new("", world.clone())
        .get("/clock", "Reads the sandbox clock.", clock)
        .post(
            "/clock",
            "Moves the sandbox clock ahead, by a hundred years at most in total.",
            |world, by: ClockAdvance| {
                world
                    .clock
                    .advance(Duration::from_secs(by.advance_seconds));
                Ok(clock(world))
            },
        )
        .get("/seed", "Reads the seed.", seed)
        .post(
            "/seed",
            "Restarts everything random from this seed; keys and identifiers already given out stay.",
            |world, wanted: Seed| {
                world.random.reseed(wanted.seed);
                Ok(seed(world))
            },
        )
        .list(
            "/journal",
            "Lists the requests the providers received, oldest first; the last 10,000 are kept.",
            |world| world.journal.entries(),
        )
        .delete("/journal", "Forgets the requests received so far.", |world| {
            world.journal.clear();
        })
        .list(
            "/webhooks",
            "Lists the webhooks the providers wrote and what became of them, oldest first; the last 1,000 are kept.",
            |world| world.outbox.webhooks(),
        )
        .list(
            "/sms",
            "Lists the text messages that would have been sent, oldest first; the last 1,000 are kept.",
            |world| world.sms.messages(),
        )
        .done()
}

/// What the sandbox clock shows.
#[derive(Debug, Serialize, ToSchema)]
struct ClockReading {
    /// The sandbox time.
    #[serde(serialize_with = "calendar::rfc3339")]
    #[schema(value_type = String, format = DateTime)]
    now: SystemTime,
    /// The same in seconds since 1970.
    unix: u64,
    /// How far it is ahead of real time.
    advanced_seconds: u64,
}

/// How far to move the clock ahead.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct ClockAdvance {
    advance_seconds: u64,
}

fn clock(world: &World) -> ClockReading {
    let now = world.clock.now();
    ClockReading {
        now,
        unix: calendar::unix_seconds(now),
        advanced_seconds: world.clock.advanced().as_secs(),
    }
}

/// The seed from which everything random comes.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Seed {
    seed: u64,
}

fn seed(world: &World) -> Seed {
    Seed {
        seed: world.random.seed(),
    }
}

/// A JSON body. It must be declared as JSON, which no form on a foreign page can do.
#[derive(Debug)]
struct Input<T>(T);

impl<S: Send + Sync, T: DeserializeOwned> FromRequest<S> for Input<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, state: &S) -> Result<Self, Problem> {
        match Json::from_request(request, state).await {
            Ok(Json(input)) => Ok(Self(input)),
            Err(rejection) => Err(Problem::new(rejection.status(), rejection.body_text())),
        }
    }
}

/// Why a request to the API was refused.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Problem {
    #[serde(skip)]
    status: StatusCode,
    /// One sentence for a person.
    error: String,
}

impl Problem {
    pub(crate) fn new(status: StatusCode, error: impl Into<String>) -> Self {
        Self {
            status,
            error: error.into(),
        }
    }

    /// The request was understood, and its values cannot be used.
    pub(crate) fn unusable(error: impl Display) -> Self {
        Self::new(StatusCode::UNPROCESSABLE_ENTITY, error.to_string())
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        (self.status, Json(self)).into_response()
    }
}

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
    router: Router,
    document: OpenApi,
}

impl Described {
    fn merge(mut self, other: Self) -> Self {
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

/// The description of an operation, in the words in which routes are declared.
struct Operation(OperationBuilder);

const JSON: &str = "application/json";

impl Operation {
    fn about(summary: &str) -> Self {
        Self(OperationBuilder::new().summary(Some(summary)))
    }

    fn names<I: Id>(self, path: &str, problem: RefOr<Schema>) -> Self {
        let name = path.split(['{', '}']).nth(1).unwrap_or_default();
        let parameter = ParameterBuilder::new()
            .name(name)
            .parameter_in(ParameterIn::Path)
            .required(Required::True)
            .schema(Some(I::schema()));
        Self(self.0.parameter(parameter)).refuses(404, "There is no such thing", problem)
    }

    fn takes(self, schema: RefOr<Schema>, problem: RefOr<Schema>) -> Self {
        let body = RequestBodyBuilder::new()
            .content(JSON, Content::new(Some(schema)))
            .required(Some(Required::True));
        let described = self.0.request_body(Some(body.build()));
        Self(described).refuses(422, "The body cannot be used", problem)
    }

    fn answers(self, status: u16, schema: RefOr<Schema>) -> Self {
        self.refuses(status, "It is done", schema)
    }

    fn conflicts(self, when: Option<&str>, problem: RefOr<Schema>) -> Self {
        match when {
            Some(when) => self.refuses(409, when, problem),
            None => self,
        }
    }

    fn refuses(self, status: u16, when: &str, schema: RefOr<Schema>) -> Self {
        let response = ResponseBuilder::new()
            .description(when)
            .content(JSON, Content::new(Some(schema)));
        Self(self.0.response(status.to_string(), response))
    }
}

fn routes(world: &World) -> Described {
    Routes::new("", world.faults.clone())
        .list("/faults", "Lists the faults in force.", Faults::pending)
        .post(
            "/faults",
            "Sets a fault for an operation, for all of a provider, or for all providers.",
            |faults, rule: FaultRule| {
                let number = faults.set(rule.clone())?;
                Ok(SetFault { number, rule })
            },
        )
        .delete("/faults", "Removes every fault.", Faults::clear)
        .act(
            "/faults/{number}/remove",
            "Removes one fault.",
            None,
            |faults, number: u64| match faults.remove(number) {
                true => Ok(faults.pending()),
                false => Err(Problem::new(
                    StatusCode::NOT_FOUND,
                    "there is no such fault",
                )),
            },
        )
        .done()
}

impl From<FaultError> for Problem {
    fn from(error: FaultError) -> Self {
        Self::unusable(error)
    }
}

/// Checks that a provider has an operation of this name.
pub(crate) fn require_operation(
    provider: &str,
    known: &[&str],
    operation: &str,
) -> Result<(), Problem> {
    if known.contains(&operation) {
        return Ok(());
    }
    let known = known.join(", ");
    Err(Problem::unusable(format!(
        "{provider} has these operations: {known}"
    )))
}
