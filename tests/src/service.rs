//! The service over a sandbox, and a shop that calls it.

use std::error::Error;
use std::time::Duration;

use http::{HeaderMap, Method, Request};
use http_body_util::{BodyExt, Full};
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;
use paylink::Transport;
use paylink::config::{Config, Variables};
use paylink_sandbox::Sandbox;
use paylink_server::{Premises, Right, SECTION, SETTINGS, ServeConfig, Server};
use serde_json::Value;
use tempfile::TempDir;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

type Result<T> = std::result::Result<T, Box<dyn Error + Send + Sync>>;

/// With which events are signed.
pub const EVENT_SECRET: &str = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";

/// A service that runs over a sandbox, in this process.
pub struct Running {
    /// The providers.
    pub sandbox: Sandbox,
    /// Where the service is.
    pub url: String,
    /// A key with every right.
    pub key: String,
    /// The books, and keys with fewer rights.
    pub premises: Premises,
    client: Client<HttpConnector, Full<hyper::body::Bytes>>,
    stop: Option<oneshot::Sender<()>>,
    server: JoinHandle<()>,
    _folder: TempDir,
}

/// An answer of the service.
#[derive(Debug)]
pub struct Answer {
    /// Its status.
    pub status: u16,
    /// Its headers.
    pub headers: HeaderMap,
    /// Its body.
    pub body: String,
}

impl Answer {
    /// The body as JSON; null if it is none.
    #[must_use]
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap_or_default()
    }

    /// A header's value; empty if there is none.
    #[must_use]
    pub fn header(&self, name: &str) -> &str {
        let value = self.headers.get(name);
        value
            .and_then(|value| value.to_str().ok())
            .unwrap_or_default()
    }
}

impl Running {
    /// Opens one with these settings under `[serve]` and the sandbox's accounts of these names.
    ///
    /// # Errors
    ///
    /// If it does not start.
    pub async fn open(settings: &[(&str, &str)], accounts: &[&str]) -> Result<Running> {
        Running::over(Sandbox::start().await?, settings, accounts).await
    }

    /// The same over a sandbox that is set up already.
    ///
    /// # Errors
    ///
    /// If it does not start.
    pub async fn over(
        sandbox: Sandbox,
        settings: &[(&str, &str)],
        accounts: &[&str],
    ) -> Result<Running> {
        let folder = tempfile::tempdir()?;
        let played = sandbox.providers().iter();
        let played = played.filter(|played| accounts.contains(&played.name()));
        let mut variables: Vec<(String, String)> = Vec::new();
        for played in played {
            let settings = played.settings().into_iter();
            variables.extend(settings.map(|(key, value)| (variable(played.name(), key), value)));
        }
        let books = folder.path().join("paylink.db").display().to_string();
        let usual = [
            ("listen", "127.0.0.1:0"),
            ("books", &books),
            ("event_secrets", EVENT_SECRET),
            ("allow_private_events", "true"),
            ("look_after_seconds", "1"),
        ];
        for (key, value) in usual.iter().chain(settings) {
            let name = variable(SECTION, key);
            variables.retain(|(other, _)| *other != name);
            variables.push((name, (*value).to_owned()));
        }
        let builder = Config::builder().section(SECTION, SETTINGS);
        let config = builder.parse_toml("", &Variables::from_iter(variables))?;
        let opened = config.open(&Transport::new()?)?;
        let serve = config.section(SECTION).ok_or("the section is gone")?;
        let serve = serve.read(ServeConfig::read)?;
        let premises = Premises::open(&serve).await?;
        let key = premises
            .make_key("the test", &Right::ALL)
            .await?
            .expose()
            .to_owned();
        let server = Server::bind(&serve, opened, premises.clone()).await?;
        let url = server.url().to_owned();
        let (stop, stopped) = oneshot::channel::<()>();
        let server = tokio::spawn(server.run(async move { drop(stopped.await) }));
        Ok(Running {
            sandbox,
            url,
            key,
            premises,
            client: Client::builder(TokioExecutor::new()).build_http(),
            stop: Some(stop),
            server,
            _folder: folder,
        })
    }

    /// Calls the service with a key; a body is JSON.
    ///
    /// # Errors
    ///
    /// If there is no answer.
    pub async fn call_as(
        &self,
        key: &str,
        method: &str,
        path: &str,
        body: Option<&Value>,
    ) -> Result<Answer> {
        let mut request = Request::builder()
            .method(Method::from_bytes(method.as_bytes())?)
            .uri(format!("{}{path}", self.url))
            .header("authorization", format!("Bearer {key}"));
        if body.is_some() {
            request = request.header("content-type", "application/json");
        }
        let body = body.map(Value::to_string).unwrap_or_default();
        self.send(request.body(body)?).await
    }

    /// The same with the key that has every right.
    ///
    /// # Errors
    ///
    /// If there is no answer.
    pub async fn call(&self, method: &str, path: &str, body: Option<&Value>) -> Result<Answer> {
        self.call_as(&self.key, method, path, body).await
    }

    /// Sends a request as it is.
    ///
    /// # Errors
    ///
    /// If there is no answer.
    pub async fn send(&self, request: Request<String>) -> Result<Answer> {
        let answer = self
            .client
            .request(request.map(|body| Full::new(body.into())))
            .await?;
        let (head, body) = answer.into_parts();
        let body = body.collect().await?.to_bytes();
        Ok(Answer {
            status: head.status.as_u16(),
            headers: head.headers,
            body: String::from_utf8_lossy(&body).into_owned(),
        })
    }

    /// Calls as often as it takes until the answer is as it should be, for ten seconds.
    ///
    /// # Errors
    ///
    /// If it never is: the last answer.
    pub async fn until(&self, path: &str, is_right: impl Fn(&Value) -> bool) -> Result<Value> {
        for _ in 0..200 {
            let found = self.call("GET", path, None).await?.json();
            if is_right(&found) {
                return Ok(found);
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        let last = self.call("GET", path, None).await?;
        Err(format!("it never came: {last:?}").into())
    }

    /// Stops the service, as a signal does, and gives the sandbox back.
    ///
    /// # Errors
    ///
    /// If it panicked.
    pub async fn stop(mut self) -> Result<Sandbox> {
        drop(self.stop.take());
        self.server.await?;
        Ok(self.sandbox)
    }
}

fn variable(section: &str, key: &str) -> String {
    format!("PAYLINK_{section}_{key}").to_uppercase()
}

impl std::fmt::Debug for Running {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Running")
            .field("url", &self.url)
            .finish_non_exhaustive()
    }
}
