//! How a server ends.

use std::io;
use std::time::Duration;

use paylink_testkit::{FaultServer, Wire, faults};
use tokio::net::TcpStream;

use crate::client::{Client, End, REQUEST, good};

#[tokio::test]
async fn shutdown_ends_every_connection_and_tells_what_was_seen() {
    let server = FaultServer::start(Wire::Plain, faults::stall_after_request())
        .await
        .unwrap();
    let address = server.address();
    let mut clients = [
        Client::connect(&server).await.unwrap(),
        Client::connect(&server).await.unwrap(),
    ];
    for client in &mut clients {
        client.send(REQUEST).await.unwrap();
    }
    server.until(|tally| tally.requests_complete() == 2).await;

    let tally = server.shutdown().await;
    assert_eq!((tally.connections(), tally.requests_begun()), (2, 2));
    for mut client in clients {
        assert!(matches!(
            client.hear_to_end().await.1,
            End::Closed | End::Reset
        ));
    }
    assert_eq!(
        TcpStream::connect(address).await.unwrap_err().kind(),
        io::ErrorKind::ConnectionRefused
    );
}

#[tokio::test]
async fn a_dropped_server_is_gone_with_its_connections() {
    let server = FaultServer::start(Wire::Plain, faults::endless_informational())
        .await
        .unwrap();
    let address = server.address();
    let mut client = Client::connect(&server).await.unwrap();
    client.send(REQUEST).await.unwrap();
    server.until(|tally| tally.requests_complete() == 1).await;

    drop(server);
    assert!(matches!(
        client.hear_to_end().await.1,
        End::Closed | End::Reset
    ));
    assert_eq!(
        TcpStream::connect(address).await.unwrap_err().kind(),
        io::ErrorKind::ConnectionRefused
    );
}

#[tokio::test]
async fn a_server_that_would_recover_later_can_be_stopped_before() {
    let mut server = FaultServer::refusing(Wire::Plain, faults::answer(&good()))
        .await
        .unwrap();
    server.recover_after(Duration::from_secs(3600));
    let stopped = tokio::time::timeout(Duration::from_millis(200), server.shutdown()).await;
    assert_eq!(stopped.unwrap().connections(), 0);
}
