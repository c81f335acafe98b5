//! What the connections of one server share.

use std::io::{self, Write as _};
use std::sync::Arc;

use tokio::io::AsyncWriteExt as _;
use tokio::net::TcpStream;
use tokio::sync::Notify;
use tokio::task::{JoinSet, yield_now};

use crate::Script;
use crate::server::Wire;
use crate::server::conversation::Conversation;
use crate::server::door::Entrance;
use crate::tally::Ledger;
use crate::tls::Authority;

#[derive(Debug)]
pub(super) struct Stage {
    wire: Wire,
    script: Script,
    ledger: Ledger,
    stop: Notify,
}

impl Stage {
    pub(super) fn new(wire: Wire, script: Script) -> io::Result<Self> {
        if wire == Wire::Plain && script.wants_tls() {
            return Err(io::Error::new(
                io::ErrorKind::InvalidInput,
                "the script shows a bad certificate, which needs a server that speaks TLS",
            ));
        }
        if wire == Wire::Tls {
            // Made now, so that its failure is told to who starts the server.
            Authority::get()?;
        }
        Ok(Self {
            wire,
            script,
            ledger: Ledger::default(),
            stop: Notify::new(),
        })
    }

    pub(super) fn wire(&self) -> Wire {
        self.wire
    }

    pub(super) fn ledger(&self) -> &Ledger {
        &self.ledger
    }

    /// Makes [`run`](Self::run) end.
    pub(super) fn stop(&self) {
        self.stop.notify_one();
    }

    /// Plays the script once the entrance is open; its connections end with it.
    pub(super) async fn run(self: Arc<Self>, opening: impl Future<Output = io::Result<Entrance>>) {
        let mut connections = JoinSet::new();
        tokio::select! {
            () = self.stop.notified() => {}
            () = async {
                // A port that cannot be opened goes on refusing, which the test will see.
                if let Ok(entrance) = opening.await {
                    self.accept(&entrance, &mut connections).await;
                }
            } => {}
        }
        connections.shutdown().await;
    }

    async fn accept(self: &Arc<Self>, entrance: &Entrance, connections: &mut JoinSet<()>) {
        loop {
            let Ok(tcp) = entrance.accept().await else {
                // The client was gone before it was accepted.
                yield_now().await;
                continue;
            };
            let number = self.ledger.connection();
            let stage = Arc::clone(self);
            connections.spawn(async move {
                // An error here is the client's going away, which ends the play as it should.
                let _ = stage.serve(tcp, number).await;
            });
            while connections.try_join_next().is_some() {}
        }
    }

    async fn serve(&self, mut tcp: TcpStream, number: usize) -> io::Result<()> {
        // What drips must leave byte by byte.
        tcp.set_nodelay(true)?;
        let behaviour = self.script.turn(number - 1);
        match self.wire {
            Wire::Plain => {
                if let Some(greeting) = &behaviour.greeting {
                    tcp.write_all(greeting).await?;
                }
                let conversation = Conversation::new(tcp, number, self.ledger.clone());
                if let Some(conversation) = conversation.play(&behaviour.on_accept).await? {
                    conversation.play_out(&behaviour.steps).await?;
                }
            }
            Wire::Tls => {
                // What a handshake reads is no request: it goes into a ledger which nobody opens.
                let bare = Conversation::new(tcp, number, Ledger::default());
                if let Some(bare) = bare.play(&behaviour.on_accept).await? {
                    let acceptor = Authority::get()?.acceptor(behaviour.certificate);
                    let greeting = behaviour.greeting.as_deref().unwrap_or_default();
                    let mut greeted = Ok(());
                    let handshake = acceptor.accept_with(bare.into_stream(), |tls| {
                        greeted = tls.writer().write_all(greeting);
                    });
                    let tls = handshake.await?;
                    greeted?;
                    self.ledger.handshake();
                    let conversation = Conversation::new(tls, number, self.ledger.clone());
                    conversation.play_out(&behaviour.steps).await?;
                }
            }
        }
        Ok(())
    }
}
