use std::time::Duration;

use http::{HeaderMap, HeaderValue, StatusCode, header};
use tokio::time::Instant;

use super::by_proxy::Way;
use super::fault::{Again, Fault, Proof};
use super::witness::Witness;
use super::{by_proxy, classify, retry};
use crate::operation::request::Method;
use crate::{ErrorKind, MediaType, Proxy, Request, Runtime};

/// An answer as it came off the wire, whole and within its cap.
pub(super) struct Fetched {
    pub(super) status: u16,
    pub(super) content_type: Option<Box<str>>,
    pub(super) retry_after: Option<Duration>,
    pub(super) body: Vec<u8>,
}

/// One sending of a request.
pub(super) struct Attempt<'a> {
    pub(super) client: &'a reqwest::Client,
    /// By which the client goes out.
    pub(super) proxy: Option<&'a Proxy>,
    pub(super) request: &'a Request,
    pub(super) witness: &'a Witness,
    /// What the answer is read as.
    pub(super) answer: MediaType,
    /// The most bytes that the answer may have.
    pub(super) cap: usize,
    pub(super) runtime: &'a dyn Runtime,
}

impl Attempt<'_> {
    /// Sends the request once and reads the whole answer, or says what went wrong and what that proves.
    pub(super) async fn fetch(&self, until: Instant) -> Result<Fetched, Fault> {
        match tokio::time::timeout_at(until, self.exchange()).await {
            Ok(fetched) => fetched,
            Err(_) if self.witness.proves_unsent() => Err(by_proxy::out_of_time(self.way())),
            Err(_) => Err(classify::silent()),
        }
    }

    async fn exchange(&self) -> Result<Fetched, Fault> {
        let way = self.way();
        let mut response = self
            .client
            .execute(self.outgoing())
            .await
            .map_err(|error| classify::sending(&error, way, self.witness))?;
        if !self.witness.saw_it_written() {
            return Err(too_early());
        }
        if response.status() == StatusCode::PROXY_AUTHENTICATION_REQUIRED
            && let Some(proxy) = way.reader()
        {
            return Err(by_proxy::unauthenticated(proxy));
        }
        let content_length = response
            .content_length()
            .and_then(|length| usize::try_from(length).ok());
        if content_length.is_some_and(|length| length > self.cap) {
            return Err(too_large());
        }
        let mut body = Vec::with_capacity(content_length.unwrap_or(0));
        while let Some(chunk) = response
            .chunk()
            .await
            .map_err(|error| classify::receiving(&error))?
        {
            if body.len().saturating_add(chunk.len()) > self.cap {
                return Err(too_large());
            }
            body.extend_from_slice(&chunk);
        }
        let headers = response.headers();
        Ok(Fetched {
            status: response.status().as_u16(),
            content_type: headers
                .get(header::CONTENT_TYPE)
                .and_then(|value| value.to_str().ok())
                .map(Into::into),
            retry_after: retry::asked_for(headers, self.runtime.now()),
            body,
        })
    }

    fn way(&self) -> Way<'_> {
        Way::to(self.request.endpoint().url(), self.proxy)
    }

    fn outgoing(&self) -> reqwest::Request {
        let method = match self.request.method() {
            Method::Get => http::Method::GET,
            Method::Post => http::Method::POST,
        };
        let mut outgoing = reqwest::Request::new(method, self.request.endpoint().url().clone());
        outgoing.headers_mut().clone_from(self.request.headers());
        say_what_is_accepted(outgoing.headers_mut(), self.answer);
        *outgoing.body_mut() = Some(reqwest::Body::wrap(
            self.witness.watch(self.request.shared_body()),
        ));
        outgoing
    }
}

/// Says what HTTP would otherwise leave open: any form, any compression, an answer out of a cache.
///
/// The rest is left unsaid on purpose. `Connection: close` would allow an answer whose end nothing marks, and
/// `Accept-Charset` is deprecated (RFC 9110, section 12.5.2; RFC 9112, section 6.3).
fn say_what_is_accepted(headers: &mut HeaderMap, answer: MediaType) {
    let said = [
        (header::ACCEPT, answer.accepted()),
        (header::ACCEPT_ENCODING, "identity"),
        (header::CACHE_CONTROL, "no-cache, no-store"),
    ];
    for (name, value) in said {
        headers.insert(name, HeaderValue::from_static(value));
    }
}

fn too_early() -> Fault {
    Fault::new(
        ErrorKind::Untrusted,
        Proof::Nothing,
        Again::Once,
        "an answer came before the whole request had left, so it cannot be the answer to it",
    )
}

pub(super) fn too_large() -> Fault {
    Fault::new(
        ErrorKind::TooLarge,
        Proof::Nothing,
        Again::Never,
        "the answer is larger than an answer can be",
    )
}

#[cfg(test)]
mod tests {
    //! The bytes of each kind of request, to the letter: what is said, and that nothing else is.

    use std::time::Duration;

    use paylink_testkit::{FaultServer, Wire, faults};
    use tokio::time::Instant;

    use super::Attempt;
    use crate::transport::witness::Witness;
    use crate::{
        BaseUrl, ContentType, Header, MediaType, Proxy, Request, SystemRuntime, Transport,
    };

    /// What a server reads of this request, with its own address in place of `HOST`.
    async fn read(write: impl Fn(&BaseUrl) -> Request, answer: MediaType) -> String {
        let good = paylink_testkit::Answer::json("{}");
        let server = FaultServer::start(Wire::Plain, faults::answer(&good))
            .await
            .unwrap();
        let transport = Transport::new().unwrap();
        let request = write(&BaseUrl::parse(&server.url()).unwrap());
        let attempt = Attempt {
            client: &transport.0.fresh,
            proxy: transport.proxy(),
            request: &request,
            witness: &Witness::new(),
            answer,
            cap: 1024,
            runtime: &SystemRuntime,
        };
        let until = Instant::now() + Duration::from_secs(10);
        assert_eq!(attempt.fetch(until).await.unwrap().status, 200);
        let tally = server.tally();
        let bytes = tally.received()[0].bytes();
        let text = String::from_utf8(bytes.to_vec()).unwrap();
        let version = concat!("paylink/", env!("CARGO_PKG_VERSION"));
        text.replace(&server.address().to_string(), "HOST")
            .replace(version, "paylink/VERSION")
            .replace("\r\n", "\n")
    }

    #[tokio::test]
    async fn a_get() {
        let get = |base: &BaseUrl| {
            Request::get(&base.endpoint("cards").unwrap())
                .header(&Header::secret("token", "token-of-the-shop").unwrap())
        };
        insta::assert_snapshot!(read(get, MediaType::Json).await, @r"
    GET /cards HTTP/1.1
    token: token-of-the-shop
    accept: application/json
    accept-encoding: identity
    cache-control: no-cache, no-store
    user-agent: paylink/VERSION
    host: HOST


    ");
    }

    #[tokio::test]
    async fn a_post_of_a_form() {
        let post = |base: &BaseUrl| {
            Request::post(&base.endpoint("pay").unwrap(), ContentType::Form, "a=1&b=2")
                .header(&Header::secret("api_key", "key-of-the-shop").unwrap())
        };
        insta::assert_snapshot!(read(post, MediaType::Json).await, @r"
    POST /pay HTTP/1.1
    content-type: application/x-www-form-urlencoded
    api_key: key-of-the-shop
    accept: application/json
    accept-encoding: identity
    cache-control: no-cache, no-store
    user-agent: paylink/VERSION
    host: HOST
    content-length: 7

    a=1&b=2
    ");
    }

    #[tokio::test]
    async fn a_post_of_json() {
        for media in [ContentType::Json, ContentType::JsonUtf8] {
            let post = |base: &BaseUrl| Request::post(&base.endpoint("pay").unwrap(), media, "{}");
            let read = read(post, MediaType::Json).await;
            let read = read.replace("application/json; charset=utf-8", "application/json");
            insta::allow_duplicates! {
                insta::assert_snapshot!(read, @r"
            POST /pay HTTP/1.1
            content-type: application/json
            accept: application/json
            accept-encoding: identity
            cache-control: no-cache, no-store
            user-agent: paylink/VERSION
            host: HOST
            content-length: 2

            {}
            ");
            }
        }
    }

    #[tokio::test]
    async fn a_post_of_xml() {
        let post = |base: &BaseUrl| {
            Request::post(
                &base.endpoint("pay.asmx").unwrap(),
                ContentType::Xml,
                "<a/>",
            )
            .header(&Header::plain("soapaction", "\"urn:a\"").unwrap())
        };
        insta::assert_snapshot!(read(post, MediaType::Xml).await, @r#"
    POST /pay.asmx HTTP/1.1
    content-type: text/xml; charset=utf-8
    soapaction: "urn:a"
    accept: text/xml, application/xml
    accept-encoding: identity
    cache-control: no-cache, no-store
    user-agent: paylink/VERSION
    host: HOST
    content-length: 4

    <a/>
    "#);
    }

    #[tokio::test]
    async fn a_post_of_nothing_states_its_length() {
        let post =
            |base: &BaseUrl| Request::post(&base.endpoint("list").unwrap(), ContentType::Form, "");
        insta::assert_snapshot!(read(post, MediaType::Json).await, @r"
    POST /list HTTP/1.1
    content-type: application/x-www-form-urlencoded
    content-length: 0
    accept: application/json
    accept-encoding: identity
    cache-control: no-cache, no-store
    user-agent: paylink/VERSION
    host: HOST


    ");
    }

    #[tokio::test]
    async fn a_request_by_a_proxy_names_the_provider_in_its_first_line() {
        let good = paylink_testkit::Answer::json("{}");
        let proxy = FaultServer::start(Wire::Plain, faults::answer(&good))
            .await
            .unwrap();
        let address: Proxy = proxy.url().parse().unwrap();
        let transport = Transport::builder().proxy(address).build().unwrap();
        let base = BaseUrl::parse("http://127.0.0.1:9/").unwrap();
        let request = Request::post(&base.endpoint("pay").unwrap(), ContentType::Form, "a=1");
        let attempt = Attempt {
            client: &transport.0.fresh,
            proxy: transport.proxy(),
            request: &request,
            witness: &Witness::new(),
            answer: MediaType::Json,
            cap: 1024,
            runtime: &SystemRuntime,
        };
        let until = Instant::now() + Duration::from_secs(10);
        assert_eq!(attempt.fetch(until).await.unwrap().status, 200);
        let head = proxy.tally().received()[0].head();
        let first_line = "POST http://127.0.0.1:9/pay HTTP/1.1\r\n";
        assert!(head.starts_with(first_line), "{head}");
        assert!(head.contains("\r\nhost: 127.0.0.1:9\r\n"), "{head}");
    }
}
