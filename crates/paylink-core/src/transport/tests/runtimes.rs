use std::task::{Context, Poll, Waker};

use super::*;

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
