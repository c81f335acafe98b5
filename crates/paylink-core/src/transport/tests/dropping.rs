//! What a call that is dropped between or in its attempts says of those before.

use paylink_testkit::{Canaries, Capture};

use super::*;

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
