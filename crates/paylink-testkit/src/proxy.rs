//! A proxy on loopback that lets requests through, or does not.

use std::io;
use std::net::{Ipv4Addr, Ipv6Addr, SocketAddr};
use std::sync::{Arc, Mutex, PoisonError};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt, copy_bidirectional};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinSet;

use crate::Wire;
use crate::tls::Authority;

/// What a proxy does with those who come.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum Admission {
    /// Lets everybody through.
    #[default]
    Everybody,
    /// Lets those through who give this user and this password.
    Only(String, String),
    /// Says that the way is not allowed: HTTP 403, or the same of SOCKS.
    Nobody,
    /// Says that it cannot reach where they want to go: HTTP 502, or the same of SOCKS.
    Unreachable,
    /// Reads the first that they say, and closes the connection.
    Closed,
    /// Reads what they say, and never answers.
    Silence,
    /// Answers what no proxy says.
    Nonsense,
}

/// A proxy on `127.0.0.1`, on a port of the system's choosing, which speaks HTTP and SOCKS5 on that port and keeps whereto it
/// was asked to lead.
///
/// It takes `CONNECT`, requests in absolute form (one on each connection) and SOCKS5. It stops when it is dropped.
///
/// ```
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> std::io::Result<()> {
/// use paylink_testkit::{Admission, FaultServer, ProxyServer, Wire, faults};
/// use tokio::io::{AsyncReadExt, AsyncWriteExt};
///
/// let server = FaultServer::start(Wire::Plain, faults::close_after_request()).await?;
/// let proxy = ProxyServer::start(Wire::Plain, Admission::Everybody).await?;
///
/// let mut client = tokio::net::TcpStream::connect(proxy.address()).await?;
/// let head = format!("GET {}/pay HTTP/1.1\r\n\r\n", server.url());
/// client.write_all(head.as_bytes()).await?;
/// assert_eq!(client.read(&mut [0]).await?, 0);
///
/// assert_eq!(proxy.asked(), [server.address().to_string()]);
/// assert!(server.tally().received()[0].head().starts_with("GET /pay "));
/// # Ok(())
/// # }
/// ```
#[derive(Debug)]
pub struct ProxyServer {
    address: SocketAddr,
    wire: Wire,
    desk: Arc<Desk>,
    _accepting: JoinSet<()>,
}

#[derive(Debug)]
struct Desk {
    admission: Admission,
    asked: Mutex<Vec<String>>,
}

impl ProxyServer {
    /// Starts one that is spoken to over this wire; over TLS it shows the testkit's trusted certificate.
    ///
    /// # Errors
    ///
    /// When no port can be had, or no certificate be made.
    pub async fn start(wire: Wire, admission: Admission) -> io::Result<ProxyServer> {
        let acceptor = match wire {
            Wire::Plain => None,
            Wire::Tls => Some(Authority::get()?.acceptor(crate::Certificate::Trusted)),
        };
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
        let address = listener.local_addr()?;
        let desk = Arc::new(Desk {
            admission,
            asked: Mutex::default(),
        });
        let mut accepting = JoinSet::new();
        let at_desk = Arc::clone(&desk);
        accepting.spawn(async move {
            let mut visits = JoinSet::new();
            loop {
                let Ok((tcp, _)) = listener.accept().await else {
                    continue;
                };
                let desk = Arc::clone(&at_desk);
                visits.spawn(async move {
                    // An error is somebody's going away, which ends the visit.
                    let _ = match acceptor {
                        None => desk.serve(tcp).await,
                        Some(acceptor) => match acceptor.accept(tcp).await {
                            Ok(tls) => desk.serve(tls).await,
                            Err(error) => Err(error),
                        },
                    };
                });
                while visits.try_join_next().is_some() {}
            }
        });
        Ok(ProxyServer {
            address,
            wire,
            desk,
            _accepting: accepting,
        })
    }

    /// Returns the address.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Returns the URL of it as an HTTP proxy: `http://127.0.0.1:…` or `https://127.0.0.1:…`.
    #[must_use]
    pub fn url(&self) -> String {
        match self.wire {
            Wire::Plain => self.url_as("http"),
            Wire::Tls => self.url_as("https"),
        }
    }

    /// Returns its URL under this scheme, `socks5` or `socks5h` say.
    #[must_use]
    pub fn url_as(&self, scheme: &str) -> String {
        format!("{scheme}://{}", self.address)
    }

    /// Returns whereto it was asked to lead, in turn, as `host:port`: with whatever credentials, and also if it did not.
    #[must_use]
    pub fn asked(&self) -> Vec<String> {
        self.desk
            .asked
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }
}

/// What stands between a proxy and its client.
trait Stream: AsyncRead + AsyncWrite + Unpin + Send {}

impl<S: AsyncRead + AsyncWrite + Unpin + Send> Stream for S {}

impl Desk {
    async fn serve(&self, mut client: impl Stream) -> io::Result<()> {
        match client.read_u8().await? {
            5 => self.serve_socks(client).await,
            first => self.serve_http(client, first).await,
        }
    }

    fn note(&self, target: &str) {
        let mut asked = self.asked.lock().unwrap_or_else(PoisonError::into_inner);
        asked.push(target.to_owned());
    }

    async fn serve_http(&self, mut client: impl Stream, first: u8) -> io::Result<()> {
        let mut head = vec![first];
        while !head.ends_with(b"\r\n\r\n") {
            head.push(client.read_u8().await?);
        }
        let head = String::from_utf8_lossy(&head).into_owned();
        let mut words = head.split(' ');
        let (method, target) = (
            words.next().unwrap_or_default(),
            words.next().unwrap_or_default(),
        );
        let tunnel = method == "CONNECT";
        let (authority, path) = match target.strip_prefix("http://") {
            Some(rest) => rest.split_at(rest.find('/').unwrap_or(rest.len())),
            None => (target, ""),
        };
        self.note(authority);
        if !self.admits_by_header(&head) {
            return answer(&mut client, "407 Proxy Authentication Required").await;
        }
        match self.admission {
            Admission::Everybody | Admission::Only(..) => {}
            Admission::Nobody => return answer(&mut client, "403 Forbidden").await,
            Admission::Unreachable => return answer(&mut client, "502 Bad Gateway").await,
            Admission::Closed => return Ok(()),
            Admission::Silence => return listen(client).await,
            Admission::Nonsense => return client.write_all(b"\x01\x02\x03 no proxy\r\n\r\n").await,
        }
        let Ok(mut server) = TcpStream::connect(authority).await else {
            return answer(&mut client, "502 Bad Gateway").await;
        };
        if tunnel {
            let established = b"HTTP/1.1 200 Connection established\r\n\r\n";
            client.write_all(established).await?;
        } else {
            // The next request would be for the proxy again.
            let kept = head.lines().skip(1).filter(|line| {
                let name = line.split(':').next().unwrap_or_default();
                !line.is_empty() && !name.eq_ignore_ascii_case("proxy-authorization")
            });
            let kept: String = kept.map(|line| format!("{line}\r\n")).collect();
            let head = format!("{method} {path} HTTP/1.1\r\n{kept}connection: close\r\n\r\n");
            server.write_all(head.as_bytes()).await?;
        }
        copy_bidirectional(&mut client, &mut server).await?;
        Ok(())
    }

    fn admits_by_header(&self, head: &str) -> bool {
        let Admission::Only(user, password) = &self.admission else {
            return true;
        };
        let expected = format!("Basic {}", STANDARD.encode(format!("{user}:{password}")));
        head.lines().any(|line| {
            line.split_once(": ").is_some_and(|(name, value)| {
                name.eq_ignore_ascii_case("proxy-authorization") && value == expected
            })
        })
    }

    /// RFC 1928, and RFC 1929 for user and password.
    async fn serve_socks(&self, mut client: impl Stream) -> io::Result<()> {
        const NO_CREDENTIALS: u8 = 0;
        const USER_AND_PASSWORD: u8 = 2;
        const NONE: u8 = 0xff;

        let methods = read_counted(&mut client).await?;
        match self.admission {
            Admission::Closed => return Ok(()),
            Admission::Silence => return listen(client).await,
            Admission::Nonsense => {
                return client.write_all(b"HTTP/1.1 400 Bad Request\r\n\r\n").await;
            }
            _ => {}
        }
        if let Admission::Only(user, password) = &self.admission {
            if !methods.contains(&USER_AND_PASSWORD) {
                return client.write_all(&[5, NONE]).await;
            }
            client.write_all(&[5, USER_AND_PASSWORD]).await?;
            client.read_u8().await?;
            let given = (
                read_counted(&mut client).await?,
                read_counted(&mut client).await?,
            );
            let admitted = given == (user.clone().into(), password.clone().into());
            client.write_all(&[1, u8::from(!admitted)]).await?;
            if !admitted {
                return Ok(());
            }
        } else if methods.contains(&NO_CREDENTIALS) {
            client.write_all(&[5, NO_CREDENTIALS]).await?;
        } else {
            return client.write_all(&[5, NONE]).await;
        }
        let mut request = [0; 4];
        client.read_exact(&mut request).await?;
        let host = match request[3] {
            1 => Ipv4Addr::from(client.read_u32().await?).to_string(),
            4 => format!("[{}]", Ipv6Addr::from(client.read_u128().await?)),
            _ => String::from_utf8_lossy(&read_counted(&mut client).await?).into_owned(),
        };
        let target = format!("{host}:{}", client.read_u16().await?);
        self.note(&target);
        let reply = |code: u8| [5, code, 0, 1, 0, 0, 0, 0, 0, 0];
        match self.admission {
            Admission::Nobody => return client.write_all(&reply(2)).await,
            Admission::Unreachable => return client.write_all(&reply(4)).await,
            _ => {}
        }
        let Ok(mut server) = TcpStream::connect(&target).await else {
            return client.write_all(&reply(5)).await;
        };
        client.write_all(&reply(0)).await?;
        copy_bidirectional(&mut client, &mut server).await?;
        Ok(())
    }
}

/// Answers, and takes what still comes: unread bytes would make the system reset the connection before the answer is read.
async fn answer(client: &mut impl Stream, status: &str) -> io::Result<()> {
    let head = format!("HTTP/1.1 {status}\r\ncontent-length: 0\r\nconnection: close\r\n\r\n");
    client.write_all(head.as_bytes()).await?;
    client.shutdown().await?;
    listen(client).await
}

/// Reads until the client has gone.
async fn listen(mut client: impl Stream) -> io::Result<()> {
    tokio::io::copy(&mut client, &mut tokio::io::sink()).await?;
    Ok(())
}

/// Reads as many bytes as the first one says.
async fn read_counted(client: &mut impl Stream) -> io::Result<Vec<u8>> {
    let mut bytes = vec![0; client.read_u8().await?.into()];
    client.read_exact(&mut bytes).await?;
    Ok(bytes)
}
