//! Every operation of every provider under every fault; `docs/reliability.md` says what it comes to.

mod caller;
mod cells;
mod elsewhere;
mod matrix;
mod play;
mod subjects;

use std::sync::Arc;

use paylink_testkit::{Sent, catalogue, faults};
use paylink_tests::providers::{descriptor, known};
use tokio::task::JoinSet;

pub(crate) use play::every_fault;
use play::{ELSEWHERE, Patience, Transports};
use subjects::{Subject, subjects};

/// The page that this is about.
const PAGE: &str = "docs/reliability.md";

#[test]
fn every_operation_of_every_provider_has_a_sample() {
    let all = known();
    let named: Vec<_> = all.iter().map(|it| it.name).collect();
    let listed: Vec<_> = paylink::providers().iter().map(|it| it.name()).collect();
    assert_eq!(named, listed);
    for known in &all {
        let (name, provider) = (known.name, descriptor(known.name));
        for sample in known.operations.iter().chain(&known.variants) {
            let is_listed = sample.info(provider).is_some();
            assert!(is_listed, "{name} has no {}", sample.operation);
        }
        for operation in provider.operations() {
            let mut samples = known.operations.iter();
            let has_one = samples.any(|it| it.operation == operation.name());
            assert!(has_one, "{name}: {} has no sample", operation.name());
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_proved_unsent_is_sent_when_the_server_recovers() {
    let transports = Transports::patient();
    let mut running = JoinSet::new();
    for subject in subjects() {
        running.spawn(recovery(subject, transports.clone()));
    }
    running.join_all().await;
}

/// Calls once under each proved-unsent fault that passes, with a server that recovers: the call must succeed.
async fn recovery(subject: Arc<Subject>, transports: Transports) {
    let good = subject.sample.answer();
    for fault in catalogue(&good, ELSEWHERE) {
        if fault.sent() != Sent::Nothing || cells::is_an_alarm(fault.row()) {
            continue;
        }
        for &wire in fault.wires() {
            let patience = Patience::with(&fault);
            let _place = patience.places().acquire().await.unwrap();
            let transport = transports.with(patience);
            let server = fault.start_then(wire, faults::answer(&good)).await.unwrap();
            let what = format!("{}: {} on {wire:?}", subject.title(), fault.name());
            let outcome = (subject.sample.call)(transport, server.url()).await;
            assert!(outcome.is_ok(), "{what}: {:?}", outcome.err());
            assert_eq!(server.tally().requests_begun(), 1, "{what}");
        }
    }
}
