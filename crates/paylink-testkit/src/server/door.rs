//! The port before it listens, and while it does.

use std::io;
use std::net::{Ipv4Addr, SocketAddr};

use tokio::net::{TcpListener, TcpSocket, TcpStream};

/// How many connections may wait to be accepted.
const QUEUE: u32 = 1024;

/// Small enough that an upload which is not read fills it at once.
const SMALL_WINDOW: u32 = 4 * 1024;

/// A port that nobody can enter.
#[derive(Debug)]
pub(super) enum Door {
    /// Bound, but not listening: the system refuses whoever knocks, and gives the port to nobody else.
    Shut(TcpSocket),
    /// Listening with a full queue.
    Jammed(Entrance),
}

impl Door {
    pub(super) fn shut(small_window: bool) -> io::Result<Self> {
        Ok(Self::Shut(bound(small_window)?))
    }

    /// Fills the queue: with a length of 0 Linux lets one connection wait and ignores the next.
    pub(super) async fn jammed(small_window: bool) -> io::Result<Self> {
        let listener = bound(small_window)?.listen(0)?;
        let filler = Some(TcpStream::connect(listener.local_addr()?).await?);
        Ok(Self::Jammed(Entrance { listener, filler }))
    }

    pub(super) fn address(&self) -> io::Result<SocketAddr> {
        match self {
            Self::Shut(socket) => socket.local_addr(),
            Self::Jammed(entrance) => entrance.listener.local_addr(),
        }
    }

    pub(super) fn open(self) -> io::Result<Entrance> {
        match self {
            Self::Shut(socket) => Ok(Entrance {
                listener: socket.listen(QUEUE)?,
                filler: None,
            }),
            Self::Jammed(entrance) => Ok(entrance),
        }
    }
}

/// A port that listens.
#[derive(Debug)]
pub(super) struct Entrance {
    listener: TcpListener,
    filler: Option<TcpStream>,
}

impl Entrance {
    /// Accepts the next connection that is not our own filler of the queue.
    pub(super) async fn accept(&self) -> io::Result<TcpStream> {
        loop {
            let (tcp, peer) = self.listener.accept().await?;
            let own = self
                .filler
                .as_ref()
                .map(TcpStream::local_addr)
                .transpose()?;
            if own != Some(peer) {
                return Ok(tcp);
            }
        }
    }
}

fn bound(small_window: bool) -> io::Result<TcpSocket> {
    let socket = TcpSocket::new_v4()?;
    if small_window {
        socket.set_recv_buffer_size(SMALL_WINDOW)?;
    }
    socket.bind((Ipv4Addr::LOCALHOST, 0).into())?;
    Ok(socket)
}
