use axum::Router;
use axum::handler::Handler;
use axum::routing::{MethodFilter, on};
use utoipa::ToSchema;
use utoipa::openapi::path::HttpMethod;
use utoipa::openapi::{Components, OpenApi};

/// Routes together with their description, so that neither can be without the other.
#[derive(Clone)]
pub(crate) struct Routes<S = ()> {
    pub(super) router: Router<S>,
    pub(super) document: OpenApi,
}

impl<S: Clone + Send + Sync + 'static> Routes<S> {
    pub(crate) fn new() -> Self {
        Self {
            router: Router::new(),
            document: OpenApi::default(),
        }
    }

    /// Serves `handler` at the path and by the method that its description `P` states.
    pub(crate) fn add<P, H, T>(mut self, handler: H) -> Self
    where
        P: utoipa::Path,
        H: Handler<T, S>,
        T: 'static,
    {
        if let Some(methods) = P::methods().iter().map(filter).reduce(MethodFilter::or) {
            self.router = self.router.route(&P::path(), on(methods, handler));
        }
        self.document
            .paths
            .add_path_operation(P::path(), P::methods(), P::operation());
        self
    }

    /// Describes a type that the operations refer to, and what that type refers to.
    pub(crate) fn schema<T: ToSchema>(mut self) -> Self {
        let components = self.document.components.get_or_insert_with(Components::new);
        let mut nested = vec![(T::name().into_owned(), T::schema())];
        T::schemas(&mut nested);
        components.schemas.extend(nested);
        self
    }

    pub(crate) fn with_state(self, state: S) -> Routes {
        Routes {
            router: self.router.with_state(state),
            document: self.document,
        }
    }
}

impl Routes {
    pub(super) fn merge(mut self, other: Self) -> Self {
        self.router = self.router.merge(other.router);
        self.document.merge(other.document);
        self
    }
}

fn filter(method: &HttpMethod) -> MethodFilter {
    match method {
        HttpMethod::Get => MethodFilter::GET,
        HttpMethod::Put => MethodFilter::PUT,
        HttpMethod::Post => MethodFilter::POST,
        HttpMethod::Delete => MethodFilter::DELETE,
        HttpMethod::Options => MethodFilter::OPTIONS,
        HttpMethod::Head => MethodFilter::HEAD,
        HttpMethod::Patch => MethodFilter::PATCH,
        HttpMethod::Trace => MethodFilter::TRACE,
    }
}
