//! Over which connections a call goes, how often it is sent, and what its error proves.

use std::marker::PhantomData;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::task::{Context, Poll, Waker};
use std::time::{Duration, Instant, SystemTime};

use paylink_testkit::{
    Answer, Behaviour, Canaries, Capture, FaultServer, Received, Script, Step, Wire, catalogue,
    faults,
};

use crate::{
    BaseUrl, Call, ClientConfig, ContentType, DecodeError, Effect, Error, ErrorKind, Handle,
    Idempotency, Invalid, Lookup, Operation, Reason, Refusal, Request, Response, Runtime, Timeouts,
    Transport, TransportBuilder, Untrusted,
};

/// A shop at some address.
struct Shop(BaseUrl);

impl Shop {
    fn at(server: &FaultServer) -> Shop {
        Shop(BaseUrl::parse(&server.url()).unwrap())
    }
}

impl ClientConfig for Shop {
    const PROVIDER: &'static str = "test";

    fn base_url(&self) -> &BaseUrl {
        &self.0
    }
}

/// A class of operations.
trait Kind: Send + Sync + 'static {
    const IDEMPOTENCY: Idempotency;
}

struct Once;
impl Kind for Once {
    const IDEMPOTENCY: Idempotency = Idempotency::NonIdempotent;
}

struct Idempotent;
impl Kind for Idempotent {
    const IDEMPOTENCY: Idempotency = Idempotency::Idempotent;
}

struct Read;
impl Kind for Read {
    const IDEMPOTENCY: Idempotency = Idempotency::ReadOnly;
}

/// An operation of that class, which is answered by `"yes"` or refused by `"no"`.
struct Ask<K> {
    alone: bool,
    kind: PhantomData<K>,
}

impl<K> Ask<K> {
    fn new() -> Ask<K> {
        Ask {
            alone: false,
            kind: PhantomData,
        }
    }
}

impl<K: Kind> Operation for Ask<K> {
    type Config = Shop;
    type Output = ();

    const NAME: &'static str = "ask";
    const IDEMPOTENCY: Idempotency = K::IDEMPOTENCY;
    const LOOKUP: Lookup = Lookup::Unavailable;

    fn request(&self, shop: &Shop) -> Result<Request, Invalid> {
        Ok(Request::post(
            &shop.0.endpoint("ask")?,
            ContentType::Form,
            "a=1",
        ))
    }

    fn decode(&self, _: &Shop, response: Response<'_>) -> Result<(), DecodeError> {
        match response.text() {
            "\"yes\"" => Ok(()),
            "\"no\"" => {
                let refusal = Refusal::new("7", Reason::Other);
                Err(DecodeError::Refused(Box::new(refusal)))
            }
            _ => Err(Untrusted::new("the word is unknown").into()),
        }
    }

    fn needs_fresh_connection(&self, _: &Shop) -> bool {
        self.alone
    }

    fn fill_handle(&self, _: &Shop, handle: Handle) -> Handle {
        handle
    }
}

/// The present, no waits, and no chance.
#[derive(Debug)]
struct Impatience;

impl Runtime for Impatience {
    fn now(&self) -> SystemTime {
        SystemTime::now()
    }

    fn sleep(&self, _: Duration) -> Pin<Box<dyn Future<Output = ()> + Send + '_>> {
        Box::pin(std::future::ready(()))
    }

    fn random(&self) -> u64 {
        0
    }
}

fn builder() -> TransportBuilder {
    Transport::builder()
        .timeouts(Timeouts {
            connect: Duration::from_secs(2),
            attempt: Duration::from_secs(10),
            total: Duration::from_secs(30),
        })
        .runtime(Arc::new(Impatience))
        .extra_root_certificates(paylink_testkit::ca_pem().unwrap())
}

fn transport() -> Transport {
    builder().build().unwrap()
}

fn yes() -> Answer {
    Answer::json("\"yes\"")
}

fn no() -> Answer {
    Answer::json("\"no\"")
}

async fn serving(script: impl Into<Script>) -> FaultServer {
    FaultServer::start(Wire::Plain, script).await.unwrap()
}

async fn ask<K: Kind>(transport: &Transport, server: &FaultServer) -> Result<(), Error> {
    Call::new(transport, &Shop::at(server), Ask::<K>::new()).await
}

fn refused(builder: TransportBuilder, why: &str) {
    let error = builder.build().unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Configuration);
    assert_eq!(error.effect(), Effect::NotExecuted);
    assert!(error.to_string().contains(why), "{error}");
}

#[test]
fn timeouts_have_to_be_in_order() {
    let of = |connect, attempt, total| {
        Transport::builder().timeouts(Timeouts {
            connect: Duration::from_secs(connect),
            attempt: Duration::from_secs(attempt),
            total: Duration::from_secs(total),
        })
    };
    for (connect, attempt, total) in [(0, 1, 1), (1, 1, 1), (2, 1, 3), (1, 3, 2)] {
        refused(of(connect, attempt, total), "connect < attempt <= total");
    }
    assert!(of(1, 2, 2).build().is_ok());
    assert!(of(1, 2, 3).build().is_ok());
}

#[test]
fn a_call_needs_an_attempt() {
    refused(Transport::builder().attempts(0), "at least one attempt");
}

#[test]
fn an_extra_root_has_to_hold_a_certificate() {
    let with = |pem: &str| Transport::builder().extra_root_certificates(pem);
    refused(with(""), "holds no certificate");
    refused(with("no PEM at all"), "holds no certificate");
    refused(
        with("-----BEGIN CERTIFICATE-----\n*\n-----END CERTIFICATE-----\n"),
        "is not PEM",
    );
    let good = paylink_testkit::ca_pem().unwrap();
    refused(
        with(good).extra_root_certificates(""),
        "holds no certificate",
    );
    assert!(with(good).extra_root_certificates(good).build().is_ok());
}

#[test]
fn what_is_shown_holds_no_secret() {
    let shown = format!("{:?}", transport());
    assert!(shown.contains("timeouts"), "{shown}");
    assert!(shown.contains("attempts: 3"), "{shown}");
}

#[test]
fn its_timeouts_can_be_asked_for() {
    let timeouts = Timeouts {
        connect: Duration::from_secs(1),
        attempt: Duration::from_secs(2),
        total: Duration::from_secs(3),
    };
    let transport = Transport::builder().timeouts(timeouts).build().unwrap();
    assert_eq!(transport.timeouts(), timeouts);
}

#[tokio::test]
async fn an_answer_has_a_largest_size() {
    for (length, fits) in [(256 * 1024, true), (256 * 1024 + 1, false)] {
        for behaviour in [
            faults::answer(&Answer::json(vec![b'a'; length])),
            faults::answer_in_chunks(&Answer::json(vec![b'a'; length])),
        ] {
            let server = serving(behaviour).await;
            let error = ask::<Read>(&transport(), &server).await.unwrap_err();
            let kind = if fits {
                ErrorKind::Untrusted
            } else {
                ErrorKind::TooLarge
            };
            assert_eq!((error.kind(), error.attempts()), (kind, 1), "{length}");
        }
    }
}

async fn asked_twice<K: Kind>(transport: &Transport, server: &FaultServer) -> usize {
    for _ in 0..2 {
        ask::<K>(transport, server).await.unwrap();
    }
    server.tally().connections()
}

#[tokio::test]
async fn reads_and_what_may_be_repeated_keep_their_connection() {
    let server = serving(faults::answer(&yes())).await;
    assert_eq!(asked_twice::<Read>(&transport(), &server).await, 1);
    let server = serving(faults::answer(&yes())).await;
    assert_eq!(asked_twice::<Idempotent>(&transport(), &server).await, 1);
}

#[tokio::test]
async fn once_goes_out_on_a_connection_that_nobody_used() {
    let server = serving(faults::answer(&yes())).await;
    let transport = transport();
    ask::<Read>(&transport, &server).await.unwrap();
    assert_eq!(asked_twice::<Once>(&transport, &server).await, 3);
    ask::<Read>(&transport, &server).await.unwrap();
    assert_eq!(server.tally().connections(), 3, "nor is it kept for others");
}

#[tokio::test]
async fn once_may_be_allowed_to_reuse_one() {
    let server = serving(faults::answer(&yes())).await;
    let transport = builder()
        .reuse_connections_for_non_idempotent()
        .build()
        .unwrap();
    assert_eq!(asked_twice::<Once>(&transport, &server).await, 1);
}

#[tokio::test]
async fn a_read_may_need_a_connection_to_itself() {
    let server = serving(faults::answer(&yes())).await;
    let transport = transport();
    let shop = Shop::at(&server);
    for _ in 0..2 {
        let ask = Ask {
            alone: true,
            ..Ask::<Read>::new()
        };
        Call::new(&transport, &shop, ask).await.unwrap();
    }
    assert_eq!(server.tally().connections(), 2);
}

#[tokio::test]
async fn what_is_tried_again_goes_out_on_a_fresh_connection() {
    let trouble = Answer::html("later").status(503);
    let server = serving(
        Behaviour::new([
            Step::ReadRequest,
            Step::Write(yes().to_bytes()),
            Step::ReadRequest,
            Step::Write(trouble.to_bytes()),
            Step::ReadRequest,
            Step::Write(yes().to_bytes()),
        ])
        .then(faults::answer(&yes())),
    )
    .await;
    let transport = transport();
    ask::<Read>(&transport, &server).await.unwrap();
    ask::<Read>(&transport, &server).await.unwrap();
    let tally = server.tally();
    let connections: Vec<_> = tally.received().iter().map(Received::connection).collect();
    assert_eq!(connections, [1, 1, 2]);
}

#[tokio::test]
async fn a_spare_answer_on_a_kept_connection_is_nobodys() {
    let server = serving(faults::spare_answer(&yes(), &no())).await;
    let transport = builder()
        .reuse_connections_for_non_idempotent()
        .build()
        .unwrap();
    for _ in 0..3 {
        ask::<Read>(&transport, &server).await.unwrap();
        tokio::time::sleep(Duration::from_millis(50)).await;
        ask::<Once>(&transport, &server).await.unwrap();
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

#[tokio::test]
async fn who_speaks_first_is_an_alarm_for_every_class() {
    for answer in [yes(), no(), yes().status(503)] {
        let greeting = faults::answer_before_request(&answer);
        let server = FaultServer::start(Wire::Tls, greeting).await.unwrap();
        let transport = transport();
        for error in [
            ask::<Once>(&transport, &server).await.unwrap_err(),
            ask::<Idempotent>(&transport, &server).await.unwrap_err(),
            ask::<Read>(&transport, &server).await.unwrap_err(),
        ] {
            assert_eq!(error.kind(), ErrorKind::Untrusted, "{error:?}");
            assert_eq!(error.effect(), Effect::NotExecuted);
            assert_eq!(error.attempts(), 1);
            assert!(error.refusal().is_none() && error.handle().is_none());
        }
        let tally = server.tally();
        assert_eq!((tally.connections(), tally.bytes()), (3, 0));
    }
}

/// Waits between attempts that never end.
#[derive(Debug)]
struct Patience;

impl Runtime for Patience {
    fn now(&self) -> SystemTime {
        SystemTime::now()
    }

    fn sleep(&self, _: Duration) -> Pin<Box<dyn Future<Output = ()> + Send + '_>> {
        Box::pin(std::future::pending())
    }

    fn random(&self) -> u64 {
        0
    }
}

/// How often it is said that a call was dropped in flight when this one is, after that moment.
async fn said_when_dropped(
    call: impl Future<Output = Result<(), Error>>,
    moment: impl Future<Output = ()>,
) -> usize {
    let capture = Capture::new(Canaries::new(["secret-of-the-shop"]).unwrap());
    {
        let _listening = capture.listen();
        tokio::select! {
            biased;
            ended = call => panic!("it should be under way: {ended:?}"),
            () = moment => {}
        }
    }
    let said = capture.transcript();
    let dropped = said.iter().filter(|it| it.contains("dropped in flight"));
    dropped
        .inspect(|it| assert!(it.contains("ask"), "{it}"))
        .count()
}

/// Until the server closed the first connection, and the call has noticed.
async fn closed(server: &FaultServer) {
    server.until(|tally| tally.connections() == 1).await;
    tokio::time::sleep(Duration::from_millis(300)).await;
}

async fn dropped_in_the_pause<K: Kind>(server: &FaultServer) -> usize {
    let transport = builder().runtime(Arc::new(Patience)).build().unwrap();
    said_when_dropped(ask::<K>(&transport, server), closed(server)).await
}

async fn dropped_while_connecting_again<K: Kind>(first: Behaviour) -> usize {
    let stalling = first.then(faults::stall_in_handshake());
    let server = FaultServer::start(Wire::Tls, stalling).await.unwrap();
    let transport = transport();
    let again = async {
        server.until(|tally| tally.connections() == 2).await;
    };
    said_when_dropped(ask::<K>(&transport, &server), again).await
}

#[tokio::test]
async fn an_attempt_that_may_have_been_carried_out_is_noted_in_the_pause_after_it() {
    let server = serving(faults::close_after_request()).await;
    assert_eq!(dropped_in_the_pause::<Idempotent>(&server).await, 1);
    let server = serving(faults::close_after_request()).await;
    assert_eq!(dropped_in_the_pause::<Read>(&server).await, 0);
}

#[tokio::test]
async fn an_attempt_that_may_have_been_carried_out_is_noted_while_the_next_one_connects() {
    let first = faults::close_after_request;
    let noted = dropped_while_connecting_again::<Idempotent>(first()).await;
    assert_eq!(noted, 1);
    assert_eq!(dropped_while_connecting_again::<Read>(first()).await, 0);
}

#[tokio::test]
async fn what_was_proved_unsent_is_not_noted_in_the_pause_nor_while_connecting_again() {
    let first = faults::close_in_handshake;
    let server = FaultServer::start(Wire::Tls, first()).await.unwrap();
    assert_eq!(dropped_in_the_pause::<Once>(&server).await, 0);
    let server = FaultServer::start(Wire::Tls, first()).await.unwrap();
    assert_eq!(dropped_in_the_pause::<Idempotent>(&server).await, 0);
    assert_eq!(dropped_while_connecting_again::<Once>(first()).await, 0);
    let noted = dropped_while_connecting_again::<Idempotent>(first()).await;
    assert_eq!(noted, 0);
}

#[tokio::test]
async fn a_second_attempt_of_what_must_happen_once_is_noted_like_the_first() {
    let script = faults::close_in_handshake().then(faults::stall_after_request());
    let server = FaultServer::start(Wire::Tls, script).await.unwrap();
    let transport = transport();
    let sent = async {
        server.until(|tally| tally.requests_complete() == 1).await;
    };
    let noted = said_when_dropped(ask::<Once>(&transport, &server), sent).await;
    assert_eq!(noted, 1);
}

fn trouble() -> Behaviour {
    faults::answer(&Answer::html("later").status(503))
}

/// A failure of which nothing was sent, then this.
async fn unsent_then(then: Behaviour) -> FaultServer {
    let faults = catalogue(&yes(), "https://elsewhere.example/");
    let reset = faults.iter().find(|it| it.name() == "handshake closed");
    reset.unwrap().start_then(Wire::Tls, then).await.unwrap()
}

#[tokio::test]
async fn attempts_are_counted_and_bounded() {
    for limit in [1, 2, 3, 5] {
        let server = serving(trouble()).await;
        let transport = builder().attempts(limit).build().unwrap();
        let error = ask::<Read>(&transport, &server).await.unwrap_err();
        assert_eq!(error.attempts(), limit);
        let requests = server.tally().requests_complete();
        assert_eq!(requests, usize::try_from(limit).unwrap());
    }
}

#[tokio::test]
async fn a_read_ends_as_not_executed_whatever_happened() {
    let server = serving(trouble()).await;
    let error = ask::<Read>(&transport(), &server).await.unwrap_err();
    assert_eq!(error.effect(), Effect::NotExecuted);
    assert!(error.handle().is_none());
}

#[tokio::test]
async fn once_is_not_sent_again_after_a_byte_may_have_left() {
    let server = serving(trouble()).await;
    let error = ask::<Once>(&transport(), &server).await.unwrap_err();
    assert_eq!((error.effect(), error.attempts()), (Effect::Unknown, 1));
    assert!(error.handle().unwrap().provider() == "test");
    assert_eq!(server.tally().requests_begun(), 1);
}

#[tokio::test]
async fn what_was_not_sent_is_sent_again_and_then_means_what_it_says() {
    let server = unsent_then(faults::answer(&yes())).await;
    ask::<Once>(&transport(), &server).await.unwrap();

    let server = unsent_then(faults::answer(&no())).await;
    let error = ask::<Once>(&transport(), &server).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Refused);
    assert_eq!((error.effect(), error.attempts()), (Effect::NotExecuted, 2));
    assert!(error.handle().is_none());

    let server = unsent_then(trouble()).await;
    let error = ask::<Once>(&transport(), &server).await.unwrap_err();
    assert_eq!((error.effect(), error.attempts()), (Effect::Unknown, 2));
    assert!(error.handle().is_some());
    assert_eq!(server.tally().requests_begun(), 1);
}

#[tokio::test]
async fn a_refusal_does_not_clear_an_attempt_before_it() {
    let server = serving(trouble().then(faults::answer(&no()))).await;
    let error = ask::<Idempotent>(&transport(), &server).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Refused);
    assert_eq!((error.effect(), error.attempts()), (Effect::Unknown, 2));
    assert!(error.handle().is_some());
}

#[tokio::test]
async fn a_refusal_alone_proves_that_nothing_was_done() {
    let server = serving(faults::answer(&no())).await;
    let transport = transport();
    for error in [
        ask::<Idempotent>(&transport, &server).await.unwrap_err(),
        ask::<Once>(&transport, &server).await.unwrap_err(),
    ] {
        assert_eq!((error.effect(), error.attempts()), (Effect::NotExecuted, 1));
        assert!(error.handle().is_none());
    }
}

#[tokio::test]
async fn a_moment_that_the_server_names_is_kept_or_nobody_asks() {
    const HOUR: Duration = Duration::from_secs(3_600);
    let in_an_hour = faults::retry_after_date(429, SystemTime::now() + HOUR);
    let an_hour_ago = faults::retry_after_date(429, SystemTime::now() - HOUR);
    for (behaviour, attempts) in [
        (in_an_hour, 1),
        (faults::retry_after(503, HOUR), 1),
        (an_hour_ago, 3),
        (faults::retry_after(503, Duration::from_secs(1)), 3),
    ] {
        let server = serving(behaviour).await;
        let error = ask::<Read>(&transport(), &server).await.unwrap_err();
        assert_eq!(error.attempts(), attempts);
        let requests = server.tally().requests_complete();
        assert_eq!(requests, usize::try_from(attempts).unwrap());
    }
}

#[tokio::test]
async fn a_wait_beyond_the_deadline_is_not_begun() {
    let server = serving(faults::retry_after(429, Duration::from_secs(5))).await;
    let transport = transport();
    let shop = Shop::at(&server);
    let call = Call::new(&transport, &shop, Ask::<Read>::new());
    let error = call.timeout(Duration::from_secs(3)).await.unwrap_err();
    assert_eq!(error.attempts(), 1);
}

#[tokio::test]
async fn a_call_ends_with_its_own_time_and_an_attempt_with_its_own() {
    let server = serving(faults::stall_after_request()).await;
    let patient = transport();
    let shop = Shop::at(&server);
    let begun = Instant::now();
    let call = Call::new(&patient, &shop, Ask::<Once>::new());
    let error = call.timeout(Duration::from_millis(200)).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Timeout);
    assert_eq!(error.effect(), Effect::Unknown);
    assert!(begun.elapsed() < Duration::from_secs(5));

    let impatient = builder()
        .timeouts(Timeouts {
            connect: Duration::from_millis(100),
            attempt: Duration::from_millis(200),
            total: Duration::from_secs(30),
        })
        .build()
        .unwrap();
    let begun = Instant::now();
    let error = ask::<Read>(&impatient, &server).await.unwrap_err();
    assert_eq!((error.kind(), error.attempts()), (ErrorKind::Timeout, 3));
    assert!(begun.elapsed() < Duration::from_secs(10));
}

#[test]
fn a_second_runtime_uses_no_connection_of_the_first() {
    let runtime = || {
        tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .unwrap()
    };
    // The server has a runtime to itself, for the others stand still between calls.
    let serving_on = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(1)
        .enable_all()
        .build()
        .unwrap();
    let server = serving_on.block_on(serving(faults::answer(&yes())));
    let transport = transport();
    let (first, second) = (runtime(), runtime());
    let begun = Instant::now();
    for _ in 0..2 {
        first.block_on(ask::<Read>(&transport, &server)).unwrap();
        second.block_on(ask::<Read>(&transport, &server)).unwrap();
        second.block_on(ask::<Once>(&transport, &server)).unwrap();
    }
    assert!(begun.elapsed() < Duration::from_secs(5), "nothing stalls");
    drop(first);
    second.block_on(ask::<Read>(&transport, &server)).unwrap();
    serving_on.block_on(server.shutdown());
}

#[test]
fn a_call_without_a_runtime_is_an_error_and_no_panic() {
    let transport = transport();
    let shop = Shop(BaseUrl::parse("https://a.example/").unwrap());
    let mut call = Call::new(&transport, &shop, Ask::<Once>::new()).into_future();
    let Poll::Ready(ended) = call.as_mut().poll(&mut Context::from_waker(Waker::noop())) else {
        panic!("it waits for nobody");
    };
    let error = ended.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Configuration);
    assert_eq!(error.effect(), Effect::NotExecuted);
    assert!(error.to_string().contains("tokio runtime"), "{error}");
}

#[test]
fn a_runtime_without_timers_is_an_error_and_no_panic() {
    let transport = transport();
    let shop = Shop(BaseUrl::parse("https://a.example/").unwrap());
    let lacking = tokio::runtime::Builder::new_current_thread()
        .enable_io()
        .build()
        .unwrap();
    let call = async { Call::new(&transport, &shop, Ask::<Once>::new()).await };
    let error = lacking.block_on(call).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Configuration);
    assert_eq!(error.effect(), Effect::NotExecuted);
}

/// The present, and how many seconds the machine stood still.
#[derive(Debug, Default)]
struct Clock(AtomicU64);

impl Runtime for Clock {
    fn now(&self) -> SystemTime {
        SystemTime::now() + Duration::from_secs(self.0.load(Ordering::Relaxed))
    }

    fn sleep(&self, _: Duration) -> Pin<Box<dyn Future<Output = ()> + Send + '_>> {
        Box::pin(std::future::ready(()))
    }

    fn random(&self) -> u64 {
        0
    }
}

/// What becomes of a call whose machine stands still for ten minutes while it connects to this server.
async fn asked_by_a_sleeper<K: Kind>(server: &FaultServer) -> Result<(), Error> {
    let clock = Arc::new(Clock::default());
    let transport = builder()
        .runtime(Arc::clone(&clock) as _)
        // The connection is listened to until then.
        .listen(Duration::from_millis(500))
        .build()
        .unwrap();
    let before = server.tally().connections();
    let sleep = async {
        server.until(|tally| tally.connections() > before).await;
        clock.0.store(600, Ordering::Relaxed);
    };
    tokio::join!(ask::<K>(&transport, server), sleep).0
}

#[tokio::test]
async fn nothing_leaves_after_the_time_that_the_handle_holds() {
    for wire in [Wire::Plain, Wire::Tls] {
        let server = FaultServer::start(wire, faults::answer(&yes())).await;
        let server = server.unwrap();
        for error in [
            asked_by_a_sleeper::<Once>(&server).await.unwrap_err(),
            asked_by_a_sleeper::<Idempotent>(&server).await.unwrap_err(),
        ] {
            assert_eq!(error.kind(), ErrorKind::Timeout, "{wire:?}: {error}");
            assert_eq!(error.effect(), Effect::NotExecuted);
            assert_eq!(error.attempts(), 1);
            assert!(error.handle().is_none());
            assert!(error.to_string().contains("handle"), "{error}");
        }
        assert_eq!(server.tally().bytes(), 0, "{wire:?}");
        asked_by_a_sleeper::<Read>(&server).await.unwrap();
    }
}

#[tokio::test]
async fn an_attempt_before_stays_unknown() {
    let script = faults::close_after_request().then(faults::answer(&yes()));
    let server = serving(script).await;
    let clock = Arc::new(Clock::default());
    let transport = builder()
        .runtime(Arc::clone(&clock) as _)
        .listen(Duration::from_millis(500))
        .build()
        .unwrap();
    let sleep = async {
        server.until(|tally| tally.connections() == 2).await;
        clock.0.store(600, Ordering::Relaxed);
    };
    let (error, ()) = tokio::join!(ask::<Idempotent>(&transport, &server), sleep);
    let error = error.unwrap_err();
    assert_eq!((error.effect(), error.attempts()), (Effect::Unknown, 2));
    assert!(error.handle().is_some());
    assert_eq!(server.tally().requests_begun(), 1);
}
