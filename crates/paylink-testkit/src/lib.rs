#![cfg_attr(docsrs, feature(doc_cfg))]
//! A test kit for HTTP clients that move money.
//!
//! Such a client must know, after every failure, whether its request can have been carried out; and it must not tell
//! its secrets, least of all in the errors and logs of a failure. This kit puts both to the test:
//!
//! - [`FaultServer`] misbehaves on loopback, over TCP or TLS, exactly as a [`Script`] of [`faults`] says, and keeps a
//!   [`Tally`] of what it saw, so that a test can prove how often a request was sent. [`catalogue`] lists every fault
//!   there is, for one test to go through them all.
//! - [`ProxyServer`] is a proxy on loopback, by HTTP and SOCKS5, that lets requests through or refuses them.
//! - [`Capture`] collects errors, values, `tracing` events and `log` records, and finds planted secrets
//!   ([`Canaries`]) in them, however they were encoded.
//! - With the feature `conformance`, the module of that name holds the cases that every provider of payments behind
//!   paylink-core's `PaymentProvider` has to pass, and shows what came of them as a matrix.
//! - With the feature `mock`, `MockServer` answers each operation as a test tells it to and keeps every request, and its
//!   `MockClock` stands still until the test moves it.
//! - With the feature `mock-provider`, `mock_provider` is a provider in memory that does what a test says, by a `MockClock` too.
//!
//! ```
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! use paylink_testkit::{Answer, Wire, catalogue};
//! # use tokio::io::{AsyncReadExt, AsyncWriteExt};
//! # async fn pay(address: std::net::SocketAddr) -> std::io::Result<()> {
//! #     let mut tcp = tokio::net::TcpStream::connect(address).await?;
//! #     tcp.write_all(b"POST / HTTP/1.1\r\ncontent-length: 2\r\n\r\nok").await?;
//! #     match tcp.read(&mut [0]).await? {
//! #         0 => Err(std::io::ErrorKind::UnexpectedEof.into()),
//! #         _ => Ok(()),
//! #     }
//! # }
//!
//! let good = Answer::json(r#"{"success":true}"#);
//! for fault in catalogue(&good, "https://elsewhere.example/") {
//! #   if fault.row() != 11 { continue }
//!     let server = fault.start(Wire::Plain).await?;
//!     assert!(pay(server.address()).await.is_err());
//!     // Whatever went wrong, the payment was asked for once at most.
//!     assert!(server.shutdown().await.requests_begun() <= 1, "{}", fault.name());
//! }
//! # Ok(())
//! # }
//! ```

#[cfg(feature = "conformance")]
pub mod conformance;
pub mod damage;
pub mod faults;
#[cfg(feature = "mock-provider")]
pub mod mock_provider;

mod answer;
mod assert_matches;
mod behaviour;
mod canaries;
mod capture;
mod catalogue;
#[cfg(any(feature = "mock", feature = "mock-provider"))]
mod mock_clock;
#[cfg(feature = "mock")]
mod mock_server;
mod proxy;
mod request;
mod server;
mod tally;
mod tls;

pub use answer::Answer;
pub use behaviour::{Behaviour, Script, Step};
pub use canaries::{Canaries, Encoding, SecretTooShort, Sighting, View};
pub use capture::{AlreadyTaken, Capture, CaptureLayer, Leak, Listening, bridge_log};
pub use catalogue::{NamedFault, Sent, Strikes, catalogue};
#[cfg(any(feature = "mock", feature = "mock-provider"))]
pub use mock_clock::MockClock;
#[cfg(feature = "mock")]
pub use mock_server::{MockRequest, MockServer};
pub use proxy::{Admission, ProxyServer};
pub use server::{FaultServer, Wire};
pub use tally::{Received, Tally};
pub use tls::{Certificate, ca_pem};

#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
