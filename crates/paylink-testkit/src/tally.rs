//! What a fault server saw.

use std::sync::Arc;

use tokio::sync::watch;

use crate::request::{head_length, request_length};

/// What a [`FaultServer`](crate::FaultServer) had seen at one moment.
///
/// Only what belongs to HTTP counts: the bytes of a TLS handshake are no part of a request.
#[derive(Clone, Debug, Default)]
pub struct Tally {
    connections: usize,
    handshakes: usize,
    requests: Vec<Received>,
}

impl Tally {
    /// Returns how many connections were accepted.
    #[must_use]
    pub fn connections(&self) -> usize {
        self.connections
    }

    /// Returns how many TLS handshakes were completed; always 0 without TLS.
    #[must_use]
    pub fn handshakes(&self) -> usize {
        self.handshakes
    }

    /// Returns how many requests came of which at least one byte was seen.
    #[must_use]
    pub fn requests_begun(&self) -> usize {
        self.requests.len()
    }

    /// Returns how many requests came complete, head and body.
    #[must_use]
    pub fn requests_complete(&self) -> usize {
        self.requests
            .iter()
            .filter(|request| request.complete)
            .count()
    }

    /// Returns how many bytes of requests were seen.
    #[must_use]
    pub fn bytes(&self) -> usize {
        self.requests
            .iter()
            .map(|request| request.bytes.len())
            .sum()
    }

    /// Returns every request of which at least one byte was seen, in the order in which they began.
    #[must_use]
    pub fn received(&self) -> &[Received] {
        &self.requests
    }

    fn complete_on(&self, connection: usize) -> usize {
        self.requests
            .iter()
            .filter(|request| request.connection == connection && request.complete)
            .count()
    }

    /// Tells whether a request whose body is still coming has its head complete.
    fn uploading_on(&self, connection: usize) -> bool {
        self.requests
            .iter()
            .filter(|request| request.connection == connection && !request.complete)
            .any(|request| head_length(&request.bytes).is_some())
    }

    fn take_in(&mut self, connection: usize, bytes: &[u8]) {
        let mut bytes = bytes.to_vec();
        while !bytes.is_empty() {
            let arriving = self.arriving_on(connection);
            let Some(request) = self.requests.get_mut(arriving) else {
                return;
            };
            request.bytes.append(&mut bytes);
            if let Some(length) = request_length(&request.bytes) {
                bytes = request.bytes.split_off(length);
                request.complete = true;
            }
        }
    }

    /// The place of the request that is arriving on this connection: a new one if none is.
    fn arriving_on(&mut self, connection: usize) -> usize {
        let begun = self
            .requests
            .iter()
            .position(|request| request.connection == connection && !request.complete);
        begun.unwrap_or_else(|| {
            self.requests.push(Received {
                connection,
                bytes: Vec::new(),
                complete: false,
            });
            self.requests.len() - 1
        })
    }
}

/// One request, as far as it came.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Received {
    connection: usize,
    bytes: Vec<u8>,
    complete: bool,
}

impl Received {
    /// Returns the connection it came on: 1 is the first that was accepted.
    #[must_use]
    pub fn connection(&self) -> usize {
        self.connection
    }

    /// Returns its raw bytes: head, empty line and body.
    #[must_use]
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// Tells whether all of it came.
    #[must_use]
    pub fn is_complete(&self) -> bool {
        self.complete
    }

    /// Returns the request line and the headers, without the empty line; of a request cut in its head, all there is.
    #[must_use]
    pub fn head(&self) -> String {
        let end = head_length(&self.bytes).map_or(self.bytes.len(), |length| length - 4);
        String::from_utf8_lossy(self.bytes.get(..end).unwrap_or_default()).into_owned()
    }

    /// Returns the body as it was sent; a chunked one with its chunk sizes.
    #[must_use]
    pub fn body(&self) -> &[u8] {
        head_length(&self.bytes)
            .and_then(|length| self.bytes.get(length..))
            .unwrap_or_default()
    }
}

/// The running tally, shared by the connections of one server.
#[derive(Clone, Debug, Default)]
pub(crate) struct Ledger(Arc<watch::Sender<Tally>>);

impl Ledger {
    /// Notes an accepted connection and returns its number.
    pub(crate) fn connection(&self) -> usize {
        let mut number = 0;
        self.0.send_modify(|tally| {
            tally.connections += 1;
            number = tally.connections;
        });
        number
    }

    pub(crate) fn handshake(&self) {
        self.0.send_modify(|tally| tally.handshakes += 1);
    }

    pub(crate) fn bytes(&self, connection: usize, bytes: &[u8]) {
        self.0.send_modify(|tally| tally.take_in(connection, bytes));
    }

    pub(crate) fn complete_on(&self, connection: usize) -> usize {
        self.0.borrow().complete_on(connection)
    }

    pub(crate) fn uploading_on(&self, connection: usize) -> bool {
        self.0.borrow().uploading_on(connection)
    }

    pub(crate) fn tally(&self) -> Tally {
        self.0.borrow().clone()
    }

    /// Waits until the tally meets `condition`.
    pub(crate) async fn until(&self, condition: impl FnMut(&Tally) -> bool) -> Tally {
        // The sender lives as long as `self`, so the wait cannot end with an error.
        let _ = self.0.subscribe().wait_for(condition).await;
        self.tally()
    }
}

#[cfg(test)]
mod tests {
    use super::Ledger;

    #[test]
    fn pipelined_requests_are_told_apart_wherever_the_bytes_are_cut() {
        let wire = b"POST /1 HTTP/1.1\r\ncontent-length: 2\r\n\r\nabGET /2 HTTP/1.1\r\n\r\nGET /3";
        for cut in 0..=wire.len() {
            let ledger = Ledger::default();
            let connection = ledger.connection();
            ledger.bytes(connection, &wire[..cut]);
            ledger.bytes(connection, &wire[cut..]);

            let tally = ledger.tally();
            assert_eq!(tally.requests_begun(), 3, "cut at {cut}");
            assert_eq!(tally.requests_complete(), 2, "cut at {cut}");
            assert_eq!(tally.bytes(), wire.len());
            assert_eq!(tally.received()[0].body(), b"ab");
            assert_eq!(tally.received()[1].head(), "GET /2 HTTP/1.1");
            assert_eq!(tally.received()[2].bytes(), b"GET /3");
        }
    }

    #[test]
    fn interleaved_connections_are_told_apart() {
        let ledger = Ledger::default();
        let (one, two) = (ledger.connection(), ledger.connection());
        ledger.bytes(one, b"GET /1 HT");
        ledger.bytes(two, b"GET /2 HTTP/1.1\r\n\r\n");
        ledger.bytes(one, b"TP/1.1\r\n\r\n");

        let tally = ledger.tally();
        let heads: Vec<_> = tally
            .received()
            .iter()
            .map(|request| (request.connection(), request.head()))
            .collect();
        assert_eq!(
            heads,
            [
                (one, "GET /1 HTTP/1.1".to_owned()),
                (two, "GET /2 HTTP/1.1".to_owned())
            ]
        );
        assert_eq!(tally.requests_complete(), 2);
    }

    #[test]
    fn an_upload_on_one_connection_is_none_on_another() {
        let ledger = Ledger::default();
        let (one, two) = (ledger.connection(), ledger.connection());
        ledger.bytes(one, b"POST /1 HTTP/1.1\r\ncontent-length: 2\r\n\r\na");
        ledger.bytes(two, b"POST /2 HTTP/1.1\r\ncontent-length: 2\r\n");
        assert!(ledger.uploading_on(one));
        assert!(!ledger.uploading_on(two));

        ledger.bytes(one, b"b");
        assert!(!ledger.uploading_on(one));
    }
}
