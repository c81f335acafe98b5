//! Answers of whoever stands in a provider's place: redirects, encodings that nobody asked for, and drips.

use std::time::{Duration, Instant};

use paylink_core::{Effect, ErrorKind, Idempotency, Timeouts};
use paylink_testkit::{Answer, Behaviour, FaultServer, Step, Wire, faults};
use paylink_tests::impatience;
use paylink_tests::providers::{Sample, descriptor, known};
use tokio::task::JoinSet;

/// Every operation of every provider.
fn samples() -> impl Iterator<Item = (String, Idempotency, Sample)> {
    known().into_iter().flat_map(|provider| {
        let operations = provider.operations.into_iter();
        operations.map(move |sample| {
            let class = sample.info(descriptor(provider.name)).unwrap().class();
            (
                format!("{}, {}", provider.name, sample.operation),
                class,
                sample,
            )
        })
    })
}

fn effect(class: Idempotency) -> Effect {
    match class {
        Idempotency::ReadOnly => Effect::NotExecuted,
        Idempotency::Idempotent | Idempotency::NonIdempotent => Effect::Unknown,
    }
}

/// Nobody follows a redirect, whatever its status and wherever it leads: the other server, which would give the good answer,
/// is not even connected to.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nobody_comes_to_where_a_redirect_leads() {
    let transport = impatience::transport().build().unwrap();
    let mut running = JoinSet::new();
    for (what, class, sample) in samples() {
        let transport = transport.clone();
        running.spawn(async move {
            for (from, to, status) in [
                (Wire::Plain, Wire::Plain, 302),
                (Wire::Plain, Wire::Tls, 307),
                (Wire::Tls, Wire::Tls, 308),
                (Wire::Tls, Wire::Plain, 303),
            ] {
                let elsewhere = faults::answer(&sample.answer());
                let elsewhere = FaultServer::start(to, elsewhere).await.unwrap();
                let redirect = faults::redirect(status, &elsewhere.url());
                let server = FaultServer::start(from, redirect).await.unwrap();
                let error = (sample.call)(transport.clone(), server.url())
                    .await
                    .unwrap_err();
                let what = format!("{what} {status}: {error}");
                assert_eq!(error.kind(), ErrorKind::Redirected, "{what}");
                assert_eq!(error.effect(), effect(class), "{what}");
                assert!(!what.contains(&elsewhere.url()), "{what}");
                assert_eq!(server.tally().requests_complete(), 1, "{what}");
                assert_eq!(elsewhere.shutdown().await.connections(), 0, "{what}");
            }
        });
    }
    running.join_all().await;
}

/// An answer that is packed although nobody asked for it is not unpacked: a client that did would find the good answer in it.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_packed_without_being_asked_for_is_not_unpacked() {
    let transport = impatience::transport().build().unwrap();
    let mut running = JoinSet::new();
    for (what, class, sample) in samples() {
        let transport = transport.clone();
        running.spawn(async move {
            let good = sample.answer();
            for (encoding, body) in [
                ("gzip", gzip(good.body_bytes())),
                ("x-gzip", gzip(good.body_bytes())),
                ("deflate", zlib(good.body_bytes())),
                ("deflate", stored(good.body_bytes())),
                ("br", brotli(good.body_bytes())),
            ] {
                let answer = good.clone().body(body).header("content-encoding", encoding);
                let server = FaultServer::start(Wire::Plain, faults::answer(&answer));
                let server = server.await.unwrap();
                let error = (sample.call)(transport.clone(), server.url()).await;
                let Err(error) = error else {
                    panic!("{what} unpacks {encoding}");
                };
                let what = format!("{what} {encoding}: {error}");
                assert_eq!(error.kind(), ErrorKind::Untrusted, "{what}");
                assert_eq!(error.effect(), effect(class), "{what}");
            }
        });
    }
    running.join_all().await;
}

/// A body that drips ends with the attempt, however often a byte of it comes.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_body_that_drips_ends_with_the_attempt() {
    let transport = impatience::transport()
        .timeouts(Timeouts {
            connect: Duration::from_millis(900),
            attempt: Duration::from_secs(1),
            total: Duration::from_secs(1),
        })
        .build()
        .unwrap();
    let mut running = JoinSet::new();
    for (what, class, sample) in samples() {
        let transport = transport.clone();
        running.spawn(async move {
            let server = FaultServer::start(Wire::Plain, dripping(&sample.answer()));
            let server = server.await.unwrap();
            let begun = Instant::now();
            let error = (sample.call)(transport, server.url()).await.unwrap_err();
            let what = format!("{what}: {error} after {:?}", begun.elapsed());
            assert_eq!(error.kind(), ErrorKind::Timeout, "{what}");
            assert_eq!(error.effect(), effect(class), "{what}");
            // A minute of drips is in the script: it is not waited for.
            assert!(begun.elapsed() < Duration::from_secs(40), "{what}");
        });
    }
    running.join_all().await;
}

/// The head, and then a blank of the body every 100 milliseconds, for a minute.
fn dripping(good: &Answer) -> Behaviour {
    const BLANKS: usize = 600;
    let whole = Answer::json([&[b' '; BLANKS], good.body_bytes().as_ref()].concat());
    let mut head = whole.to_bytes();
    let mut body = head.split_off(head.len() - whole.body_bytes().len());
    let rest = body.split_off(BLANKS);
    let drip = Step::Drip {
        bytes: body,
        pause: Duration::from_millis(100),
    };
    Behaviour::new([
        Step::ReadRequest,
        Step::Write(head),
        drip,
        Step::Write(rest),
    ])
}

/// One stored block of DEFLATE (RFC 1951).
fn stored(bytes: &[u8]) -> Vec<u8> {
    let length = u16::try_from(bytes.len()).unwrap();
    let [low, high] = length.to_le_bytes();
    [&[1, low, high, !low, !high], bytes].concat()
}

/// The same as a zlib stream (RFC 1950).
fn zlib(bytes: &[u8]) -> Vec<u8> {
    let (one, two) = bytes.iter().fold((1_u32, 0_u32), |(one, two), byte| {
        let one = (one + u32::from(*byte)) % 65_521;
        (one, (two + one) % 65_521)
    });
    let sum = (two << 16 | one).to_be_bytes();
    [&[0x78, 1], &*stored(bytes), &sum].concat()
}

/// The same as a gzip member (RFC 1952).
fn gzip(bytes: &[u8]) -> Vec<u8> {
    let sum = !bytes.iter().fold(u32::MAX, |sum, byte| {
        (0..8).fold(sum ^ u32::from(*byte), |sum, _| {
            (sum >> 1) ^ (0xedb8_8320 & (sum & 1).wrapping_neg())
        })
    });
    let length = u32::try_from(bytes.len()).unwrap().to_le_bytes();
    let head = [0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 255];
    [&head, &*stored(bytes), &sum.to_le_bytes(), &length].concat()
}

/// One meta-block of Brotli that is not compressed, and an empty last one (RFC 7932).
fn brotli(bytes: &[u8]) -> Vec<u8> {
    // A window of 16 bits: 0. Not the last: 0. Four nibbles of length: 00. The length less one, and "not compressed": 1.
    let length = u32::try_from(bytes.len() - 1).unwrap();
    let head = (length << 4 | 1 << 20).to_le_bytes();
    // The last, and empty: 11.
    [&head[..3], bytes, &[3]].concat()
}

/// What the packed forms are worth is held against tools that were made elsewhere.
#[test]
fn the_packed_forms_are_what_they_say() {
    assert_eq!(
        zlib(b"abc"),
        [
            0x78, 1, 1, 3, 0, 0xfc, 0xff, b'a', b'b', b'c', 2, 0x4d, 1, 0x27
        ]
    );
    assert_eq!(gzip(b"abc")[18..], [0xc2, 0x41, 0x24, 0x35, 3, 0, 0, 0]);
    assert_eq!(brotli(b"abc"), [0x20, 0, 0x10, b'a', b'b', b'c', 3]);
}
