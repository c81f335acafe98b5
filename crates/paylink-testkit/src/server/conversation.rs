//! One connection, from the first step to the last.

use std::future::pending;
use std::io;
use std::time::Duration;

use bytes::BufMut;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::task::yield_now;
use tokio::time::sleep;
use tokio_rustls::server::TlsStream;

use crate::Step;
use crate::tally::Ledger;

const CHUNK: usize = 16 * 1024;

pub(super) struct Conversation<S> {
    stream: S,
    number: usize,
    ledger: Ledger,
    requests_read: usize,
}

impl<S: Stream> Conversation<S> {
    /// Begins a conversation on the connection of that number.
    pub(super) fn new(stream: S, number: usize, ledger: Ledger) -> Self {
        Self {
            stream,
            number,
            ledger,
            requests_read: 0,
        }
    }

    pub(super) fn into_stream(self) -> S {
        self.stream
    }

    /// Takes all steps, and closes the connection if none of them did.
    pub(super) async fn play_out(self, steps: &[Step]) -> io::Result<()> {
        match self.play(steps).await? {
            Some(conversation) => conversation.close().await,
            None => Ok(()),
        }
    }

    /// Takes the steps in turn; nothing is left of the conversation if one of them ends it.
    pub(super) async fn play(mut self, steps: &[Step]) -> io::Result<Option<Self>> {
        let mut upcoming = steps.iter();
        while let Some(step) = upcoming.next() {
            match step {
                Step::ReadRequest => self.read_request().await?,
                Step::ReadHead => self.read_head().await?,
                Step::ReadBytes(count) => self.read_bytes(*count).await?,
                Step::Write(bytes) => self.write(bytes).await?,
                Step::Drip { bytes, pause } => self.drip(bytes, *pause).await?,
                Step::Flood { bytes, pause } => self.flood(bytes, *pause).await?,
                Step::Pause(time) => sleep(*time).await,
                Step::Stall => {
                    self.read(1).await?;
                    pending::<()>().await;
                }
                Step::Close => {
                    self.close().await?;
                    return Ok(None);
                }
                Step::Reset => {
                    self.stream.tcp().set_zero_linger()?;
                    return Ok(None);
                }
                Step::StartOver => {
                    yield_now().await;
                    upcoming = steps.iter();
                }
            }
        }
        Ok(Some(self))
    }

    async fn read_request(&mut self) -> io::Result<()> {
        while self.ledger.complete_on(self.number) <= self.requests_read {
            self.read(CHUNK).await?;
        }
        self.requests_read += 1;
        Ok(())
    }

    async fn read_head(&mut self) -> io::Result<()> {
        let before = self.ledger.complete_on(self.number);
        while !self.ledger.uploading_on(self.number)
            && self.ledger.complete_on(self.number) == before
        {
            self.read(1).await?;
        }
        Ok(())
    }

    async fn read_bytes(&mut self, count: usize) -> io::Result<()> {
        let before = self.ledger.complete_on(self.number);
        let mut missing = count;
        while missing > 0 && self.ledger.complete_on(self.number) == before {
            missing -= self.read(missing.min(CHUNK)).await?;
        }
        Ok(())
    }

    async fn write(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.stream.write_all(bytes).await?;
        self.stream.flush().await
    }

    async fn drip(&mut self, bytes: &[u8], pause: Duration) -> io::Result<()> {
        for byte in bytes {
            self.write(&[*byte]).await?;
            sleep(pause).await;
        }
        Ok(())
    }

    /// Writes until that fails, for want of a reader.
    async fn flood(&mut self, bytes: &[u8], pause: Duration) -> io::Result<()> {
        loop {
            self.write(bytes).await?;
            if !pause.is_zero() {
                sleep(pause).await;
            }
        }
    }

    /// Ends the connection from this side, and reads what still comes until the client ends it too.
    async fn close(mut self) -> io::Result<()> {
        self.stream.shutdown().await?;
        while self.read(CHUNK).await.is_ok() {}
        Ok(())
    }

    /// Reads some bytes into the ledger; the client's hanging up is an error, for it ends the play.
    async fn read(&mut self, at_most: usize) -> io::Result<usize> {
        let mut bytes = Vec::with_capacity(at_most);
        let count = self
            .stream
            .read_buf(&mut (&mut bytes).limit(at_most))
            .await?;
        if count == 0 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        self.ledger.bytes(self.number, &bytes);
        Ok(count)
    }
}

pub(super) trait Stream: AsyncRead + AsyncWrite + Unpin {
    /// The connection beneath.
    fn tcp(&self) -> &TcpStream;
}

impl Stream for TcpStream {
    fn tcp(&self) -> &TcpStream {
        self
    }
}

impl Stream for TlsStream<TcpStream> {
    fn tcp(&self) -> &TcpStream {
        self.get_ref().0
    }
}
