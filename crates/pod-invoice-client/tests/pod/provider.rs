//! POD as these tests need it: it answers each service what it was told to, and keeps every request as it came.

use std::ops::Deref;
use std::sync::Arc;

use paylink_core::Runtime;
use paylink_testkit::{Answer, MockRequest, MockServer};
use pod_invoice_client::{BusinessToken, Environment, Pod, Transport};
use serde_json::{Value, json};

pub(crate) const TOKEN: &str = "business-token-of-the-wire-tests";
pub(crate) const KEY: &str = "key-of-the-wire-tests";

pub(crate) struct Provider(MockServer);

impl Provider {
    pub(crate) async fn start() -> Provider {
        Provider(MockServer::with_operations(1_800_000_000, service).await)
    }

    /// Starts it beside a client of its production.
    pub(crate) async fn with_client() -> (Provider, Pod) {
        let provider = Provider::start().await;
        let client = provider.client();
        (provider, client)
    }

    /// Answers a service like this from now on.
    pub(crate) fn answer(&self, service: u32, answer: impl Into<Answer>) {
        self.answers(service, [answer]);
    }

    /// Answers a service with one after the other, and with the last one for ever.
    pub(crate) fn answers(
        &self,
        service: u32,
        answers: impl IntoIterator<Item = impl Into<Answer>>,
    ) {
        self.0.answers(&service.to_string(), answers);
    }

    /// The services that were called so far, in their order; the list begins again.
    pub(crate) fn take_called(&self) -> Vec<u32> {
        let called = self.0.take_called();
        called.iter().map(|it| it.parse().unwrap()).collect()
    }

    /// A client of its production that does not wait between attempts.
    pub(crate) fn client(&self) -> Pod {
        self.client_in(Environment::Production)
    }

    pub(crate) fn client_in(&self, environment: Environment) -> Pod {
        self.builder(environment).key(KEY).build().unwrap()
    }

    pub(crate) fn builder(&self, environment: Environment) -> pod_invoice_client::PodBuilder {
        let runtime: Arc<dyn Runtime> = self.clock().clone();
        let transport = Transport::builder().runtime(runtime).build().unwrap();
        Pod::builder(BusinessToken::new(TOKEN))
            .environment(environment)
            .base_url(self.url("/pod/"))
            .transport(transport)
    }
}

impl Deref for Provider {
    type Target = MockServer;

    fn deref(&self) -> &MockServer {
        &self.0
    }
}

/// The number in `scProductId`, the first pair of the body.
fn service(request: &MockRequest) -> String {
    let body = request.body_string();
    let number = body.strip_prefix("scProductId=").unwrap_or_default();
    number.split('&').next().unwrap_or_default().to_owned()
}

/// An answer that says no error and holds this.
pub(crate) fn good(result: impl Into<Value>) -> Value {
    json!({
        "hasError": false,
        "messageId": 0,
        "referenceNumber": "234910992",
        "errorCode": 0,
        "count": 0,
        "ott": "c1c25f4661687649",
        "result": result.into(),
    })
}

/// An answer in the documented form of an error.
pub(crate) fn bad(code: i64) -> Value {
    json!({"hasError": true, "errorCode": code, "message": "نشد", "count": 0})
}
