//! What is sent is sent while the stored handle says so, and dated by when it was under way.

use std::net::TcpListener;
use std::sync::Arc;

use paylink_testkit::{Canaries, Capture, FaultServer, Wire, faults};

use super::*;
use crate::settlement::handle::from_millis;
use crate::transport::environment::MovedClock;
use crate::{BaseUrl, DecodeError, Invalid, Lookup, Response};

struct Shop(BaseUrl);

impl ClientConfig for Shop {
    const PROVIDER: &'static str = "test";

    fn base_url(&self) -> &BaseUrl {
        &self.0
    }
}

struct Pay;
struct Look;

macro_rules! operation {
    ($operation:ty, $class:expr) => {
        impl Operation for $operation {
            type Config = Shop;
            type Output = ();

            const NAME: &'static str = "operation";
            const IDEMPOTENCY: Idempotency = $class;
            const LOOKUP: Lookup = Lookup::ByReference;

            fn request(&self, shop: &Shop) -> Result<Request, Invalid> {
                Ok(Request::get(&shop.0.endpoint("pay")?))
            }

            fn decode(&self, _: &Shop, _: Response<'_>) -> Result<(), DecodeError> {
                Ok(())
            }

            fn fill_handle(&self, _: &Shop, handle: Handle) -> Handle {
                handle.with_reference("1000")
            }
        }
    };
}
operation!(Pay, Idempotency::NonIdempotent);
operation!(Look, Idempotency::ReadOnly);

const START: u64 = 1_000_000_000;
const TOTAL: Duration = Duration::from_secs(45);

fn at(seconds: u64) -> SystemTime {
    from_millis(START + seconds * 1_000)
}

struct MockClient {
    clock: Arc<MovedClock>,
    transport: Transport,
    shop: Shop,
}

impl MockClient {
    fn at(url: &str) -> MockClient {
        MockClient::with(MovedClock::at(START), url)
    }

    fn with(clock: MovedClock, url: &str) -> MockClient {
        let clock = Arc::new(clock);
        let transport = Transport::builder().runtime(clock.clone());
        MockClient {
            clock,
            transport: transport.build().unwrap(),
            shop: Shop(BaseUrl::parse(url).unwrap()),
        }
    }

    fn call<O: Operation<Config = Shop>>(&self, operation: O) -> Call<'_, O> {
        Call::new(&self.transport, &self.shop, operation)
    }

    fn pass(&self, seconds: u64) {
        self.clock.set(START + seconds * 1_000);
    }
}

/// An address at which nobody listens.
fn nobody() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    format!("http://{}/", listener.local_addr().unwrap())
}

#[tokio::test]
async fn a_handle_says_by_when_the_last_byte_left_and_stays_as_it_is() {
    let client = MockClient::at(&nobody());
    let call = client.call(Pay);
    let handle = call.handle();
    assert_eq!(handle.prepared_at(), at(0));
    assert_eq!(handle.sent_by(), Some(at(60) + TOTAL));
    client.pass(20);
    assert_eq!(call.handle(), handle);
    assert_eq!(call.prepare().unwrap().handle(), &handle);

    let patient = client.call(Pay).timeout(Duration::from_secs(600));
    assert_eq!(patient.handle().sent_by(), Some(at(20 + 60 + 600)));
}

#[tokio::test]
async fn what_was_prepared_too_long_ago_is_not_sent() {
    let server = FaultServer::start(Wire::Plain, faults::stall_after_request());
    let server = server.await.unwrap();
    let client = MockClient::at(&server.url());
    let prepared = client.call(Pay).prepare().unwrap();
    let told = client.call(Pay);
    drop(told.handle());
    client.pass(31);
    for refused in [prepared.send().await, told.await] {
        let error = refused.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Invalid, "{error}");
        assert_eq!(error.effect(), Effect::NotExecuted);
        assert_eq!(error.attempts(), 0);
        assert!(error.to_string().contains("30 seconds"), "{error}");
    }
    assert_eq!(server.shutdown().await.requests_begun(), 0);
}

#[tokio::test]
async fn what_nobody_was_told_of_and_what_changes_nothing_is_sent_whenever_it_is_wanted() {
    let client = MockClient::at(&nobody());
    let untold = client.call(Pay);
    let read = client.call(Look).prepare().unwrap();
    client.pass(3_600);
    assert_eq!(untold.await.unwrap_err().attempts(), 3);
    assert_eq!(read.send().await.unwrap_err().attempts(), 3);
}

#[tokio::test]
async fn a_clock_that_was_set_back_keeps_nothing_from_being_sent() {
    let client = MockClient::at(&nobody());
    let prepared = client.call(Pay).prepare().unwrap();
    client.clock.set(START - 500_000);
    assert_eq!(prepared.send().await.unwrap_err().attempts(), 3);
}

#[test]
fn no_timeout_goes_beyond_what_was_told() {
    let client = MockClient::at(&nobody());
    let hour = Duration::from_secs(3_600);
    assert_eq!(client.call(Pay).time_to_send().unwrap(), TOTAL);
    assert_eq!(client.call(Pay).timeout(hour).time_to_send().unwrap(), hour);

    let call = client.call(Pay);
    drop(call.handle());
    let call = call.timeout(hour);
    assert_eq!(
        call.time_to_send().unwrap(),
        TOTAL + Duration::from_secs(60)
    );
    client.pass(30);
    assert_eq!(
        call.time_to_send().unwrap(),
        TOTAL + Duration::from_secs(30)
    );
    client.pass(31);
    assert!(call.time_to_send().is_err());
}

/// A pause between two attempts in which the machine slept for an hour.
#[tokio::test]
async fn nothing_is_tried_again_after_the_time_that_was_told() {
    let client = MockClient::with(MovedClock::at(START).waiting(3_600_000), &nobody());
    let error = client.call(Pay).await.unwrap_err();
    assert_eq!(error.attempts(), 1);
    assert_eq!(error.effect(), Effect::NotExecuted);
    assert_eq!(client.call(Look).await.unwrap_err().attempts(), 3);
}

#[tokio::test]
async fn an_error_dates_its_handle_by_when_the_call_ended() {
    let server = FaultServer::start(Wire::Plain, faults::close_after_request());
    let server = server.await.unwrap();
    let client = MockClient::at(&server.url());
    let prepared = client.call(Pay).prepare().unwrap();
    client.pass(20);
    let error = prepared.send().await.unwrap_err();
    assert_eq!(error.effect(), Effect::Unknown);
    assert_eq!(error.handle().unwrap().sent_by(), Some(at(20)));
    assert_eq!(error.handle().unwrap().prepared_at(), at(0));
}

#[tokio::test]
async fn the_warning_of_a_dropped_call_dates_its_handle_by_the_dropping() {
    let server = FaultServer::start(Wire::Plain, faults::stall_after_request());
    let server = server.await.unwrap();
    let client = MockClient::at(&server.url());
    let prepared = client.call(Pay).prepare().unwrap();
    client.pass(20);
    let capture = Capture::new(Canaries::new(["nothing secret"]).unwrap());
    {
        let _listening = capture.listen();
        let until_then = async {
            server.until(|tally| tally.requests_complete() == 1).await;
            client.pass(27);
        };
        tokio::select! {
            biased;
            () = until_then => {}
            _ = prepared.send() => panic!("the server should have kept silent"),
        }
    }
    let said = capture.transcript();
    let said = said.iter().find(|it| it.contains("dropped in flight"));
    let said = said.unwrap().replace("\\\"", "\"");
    let dated = format!("\"failed_at_ms\":{}", START + 27_000);
    assert!(said.contains(&dated), "{said}");
}
