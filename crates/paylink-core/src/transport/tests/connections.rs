use super::*;

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
