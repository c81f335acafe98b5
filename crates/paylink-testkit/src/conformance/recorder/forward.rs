use std::io;
use std::sync::Arc;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::{JoinSet, yield_now};

use super::Trouble;
use super::ledger::Ledger;
use crate::request::request_length;

const PAGE: &[u8] = b"HTTP/1.1 200 OK\r\ncontent-type: text/html\r\ncontent-length: 37\r\nconnection: close\r\n\r\n\
    <html><body>Maintenance</body></html>";

/// Serves whoever connects; the connections end with it.
pub(super) async fn accept(listener: TcpListener, target: (String, u16), ledger: Arc<Ledger>) {
    let mut connections = JoinSet::new();
    loop {
        match listener.accept().await {
            Ok((client, _)) => {
                let (target, ledger) = (target.clone(), Arc::clone(&ledger));
                connections.spawn(async move {
                    // An error is one side's going away, which the other side then sees.
                    let _ = serve(client, &target, &ledger).await;
                });
            }
            Err(_) => yield_now().await,
        }
        while connections.try_join_next().is_some() {}
    }
}

/// Reads one request, and closes the connection after its answer.
async fn serve(mut client: TcpStream, target: &(String, u16), ledger: &Ledger) -> io::Result<()> {
    let mut request = Vec::new();
    while request_length(&request).is_none() {
        if client.read_buf(&mut request).await? == 0 {
            return Ok(());
        }
    }
    let trouble = ledger.note(&request);
    if trouble == Some(Trouble::LostRequest) {
        return Ok(());
    }
    let answer = exchange(target, &request).await?;
    match trouble {
        Some(Trouble::LostAnswer | Trouble::LostRequest) => return Ok(()),
        Some(Trouble::PageInstead) => client.write_all(PAGE).await?,
        None => client.write_all(&answer).await?,
    }
    client.shutdown().await
}

/// Asks the server to close the connection, so that its answer ends where the connection does.
async fn exchange((host, port): &(String, u16), request: &[u8]) -> io::Result<Vec<u8>> {
    let line_end = request
        .windows(2)
        .position(|window| window == b"\r\n")
        .ok_or(io::ErrorKind::InvalidData)?;
    let (line, rest) = request.split_at(line_end);
    let mut server = TcpStream::connect((host.as_str(), *port)).await?;
    let asked = [line, b"\r\nconnection: close".as_slice(), rest].concat();
    server.write_all(&asked).await?;
    let mut answer = Vec::new();
    server.read_to_end(&mut answer).await?;
    Ok(answer)
}
