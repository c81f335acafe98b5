//! The recorder alone: what it keeps, and what it breaks.

use std::io;

use paylink_testkit::conformance::{Recorder, Trouble};
use paylink_testkit::{Answer, FaultServer, Wire, faults};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

const REQUEST: &str =
    "POST /a/b?c=d%20e HTTP/1.1\r\nhost: x\r\nx-key: k\r\ncontent-length: 9\r\n\r\n{\"f\":\"g\"}";

async fn ask(url: &str) -> io::Result<String> {
    let address = url.trim_start_matches("http://").split('/').next().unwrap();
    let mut tcp = TcpStream::connect(address).await?;
    tcp.write_all(REQUEST.as_bytes()).await?;
    let mut answer = String::new();
    tcp.read_to_string(&mut answer).await?;
    Ok(answer)
}

async fn server() -> FaultServer {
    let good = faults::answer_and_close(&Answer::json("{\"h\":1}"));
    FaultServer::start(Wire::Plain, good).await.unwrap()
}

#[tokio::test]
async fn a_request_is_forwarded_kept_and_read() {
    let server = server().await;
    let recorder = Recorder::new();
    let url = recorder.through(&format!("{}/a/", server.url())).unwrap();
    assert!(url.ends_with("/a/") && !url.starts_with(&server.url()));
    assert_eq!(
        url,
        recorder.through(&format!("{}/a/", server.url())).unwrap()
    );

    assert!(ask(&url).await.unwrap().contains("{\"h\":1}"));
    let requests = recorder.requests();
    let one = requests.first().unwrap();
    assert_eq!(
        (recorder.count(), one.line()),
        (1, "POST /a/b?c=d%20e HTTP/1.1")
    );
    assert!(one.head().contains("x-key: k") && one.body() == b"{\"f\":\"g\"}");
    assert!(one.says("d e") && one.says("g") && !one.says("f") && one.mentions("d"));
    assert!(one.repeats(one));

    let seen = server.shutdown().await;
    let head = seen.received().first().unwrap().head();
    assert!(head.contains("\r\nconnection: close\r\n"), "{head}");
    assert_eq!(seen.received().first().unwrap().body(), one.body());
}

#[tokio::test]
async fn each_trouble_meets_the_request_that_it_was_planned_for() {
    let server = server().await;
    let recorder = Recorder::new();
    let url = recorder.through(&server.url()).unwrap();
    for (trouble, arrives, answer) in [
        (Trouble::LostRequest, 0, ""),
        (Trouble::LostAnswer, 1, ""),
        (Trouble::PageInstead, 1, "<html>"),
    ] {
        let before = server.tally().requests_complete();
        recorder.trouble(2, trouble);
        assert!(ask(&url).await.unwrap().contains("{\"h\":1}"));
        let broken = ask(&url).await.unwrap_or_default();
        assert!(
            broken.contains(answer) && !broken.contains("{\"h\":1}"),
            "{broken}"
        );
        assert!(ask(&url).await.unwrap().contains("{\"h\":1}"));
        let arrived = server.tally().requests_complete() - before;
        assert_eq!(arrived, 2 + arrives, "{trouble:?}");
    }
    recorder.trouble(1, Trouble::LostAnswer);
    recorder.recover();
    assert!(ask(&url).await.unwrap().contains("{\"h\":1}"));
    assert_eq!(recorder.count(), 10);
}

#[tokio::test]
async fn a_shut_recorder_refuses_connections() {
    let server = server().await;
    let shut = Recorder::shut();
    let url = shut.through(&server.url()).unwrap();
    let error = ask(&url).await.unwrap_err();
    assert_eq!(error.kind(), io::ErrorKind::ConnectionRefused);
    assert_eq!((shut.count(), server.tally().connections()), (0, 0));
    assert!(shut.through("https://api.example/").is_err());
}
