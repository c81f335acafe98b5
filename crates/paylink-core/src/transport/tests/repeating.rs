use super::*;

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
    assert_eq!(
        (error.kind(), error.effect()),
        (ErrorKind::Timeout, Effect::Unknown)
    );
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
