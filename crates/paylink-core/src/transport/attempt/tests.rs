//! The bytes of each kind of request, to the letter: what is said, and that nothing else is.

use std::time::Duration;

use paylink_testkit::{FaultServer, Wire, faults};
use tokio::time::Instant;

use super::Attempt;
use crate::transport::witness::Witness;
use crate::{BaseUrl, ContentType, Header, MediaType, Request, SystemRuntime, Transport, WebUrl};

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
    let address = WebUrl::parse(WebUrl::KEY, &proxy.url()).unwrap();
    let transport = Transport::builder().proxy(address).build().unwrap();
    let base = BaseUrl::parse("http://127.0.0.1:9/").unwrap();
    let request = Request::post(&base.endpoint("pay").unwrap(), ContentType::Form, "a=1");
    let attempt = Attempt {
        client: &transport.0.fresh,
        request: &request,
        witness: &Witness::new(),
        answer: MediaType::Json,
        cap: 1024,
        runtime: &SystemRuntime,
    };
    let until = Instant::now() + Duration::from_secs(10);
    assert_eq!(attempt.fetch(until).await.unwrap().status, 200);
    let head = proxy.tally().received()[0].head();
    assert!(
        head.starts_with("POST http://127.0.0.1:9/pay HTTP/1.1\r\n"),
        "{head}"
    );
    assert!(head.contains("\r\nhost: 127.0.0.1:9\r\n"), "{head}");
}
