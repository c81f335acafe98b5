//! A small shop that sells one thing through any provider, to read and to take from.
//!
//! It shows what is left to a merchant who uses `paylink`: the shop's own rows ([`Order`]) beside the desk's books
//! ([`Books`]), what goes into a payment, what to show when an order stands so or so, and how goods are given out. Late
//! orders and the outbox are the desk's own work ([`paylink_books::Watch`]). The README beside it says in which order to read
//! it.

pub mod premises;

mod books;
mod buyer;
mod chance;
mod counter;
mod goods;
mod order;
mod pages;
mod persian;
mod returns;
mod server;
mod standing;
mod view;

use std::fmt;
use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use paylink::Accounts;
use paylink::web;
use paylink_sandbox::Sandbox;
use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio::task::JoinSet;

pub use books::Books;
pub use order::Order;

use counter::Counter;
use returns::{NothingToSend, Returns};

/// What a shop is opened with.
#[derive(Debug)]
pub struct Setup {
    /// The accounts that it sells through.
    pub accounts: Accounts,
    /// Where its orders are.
    pub books: Books,
    /// The address that buyers and providers know it by; `None` for the one that it listens on.
    pub url: Option<String>,
    /// The sandbox whose SMS are shown to buyers, since nobody else gets them.
    pub sandbox: Option<Arc<Sandbox>>,
    /// How long it waits between two searches for orders that are due, and before the first look at an unpaid one.
    pub sweep_every: Duration,
}

/// An open shop. It closes when it is dropped.
pub struct Shop {
    url: String,
    counter: Arc<Counter>,
    server: JoinSet<()>,
    /// Those who look at late orders and at what was handed out. They are told that the shop closes, and finish their work.
    workers: JoinSet<()>,
    closes: watch::Sender<bool>,
}

impl Shop {
    /// Opens a shop on this address; port 0 means a free one.
    ///
    /// # Errors
    ///
    /// If the address cannot be listened on, or the shop's own address is not one: choose another.
    pub async fn open(listen: SocketAddr, setup: Setup) -> io::Result<Shop> {
        let listener = TcpListener::bind(listen).await?;
        let sweep_every = setup.sweep_every;
        let url = match &setup.url {
            Some(url) => url.trim_end_matches('/').to_owned(),
            None => format!("http://{}", listener.local_addr()?),
        };
        let counter = Arc::new(Counter::new(setup, &url).map_err(io::Error::other)?);
        let back = web::router(Arc::clone(&counter.desk), Returns);
        let router = pages::routes(Arc::clone(&counter)).nest("/pay", back);
        let mut server = JoinSet::new();
        server.spawn(server::serve(listener, router));
        let (closes, closing) = watch::channel(false);
        let closed = || {
            let mut closing = closing.clone();
            async move { drop(closing.wait_for(|closes| *closes).await) }
        };
        let watch = counter.desk.store().watch(&counter.desk, NothingToSend);
        let watch = watch.sweep(|sweep| sweep.interval(sweep_every));
        let mut workers = JoinSet::new();
        workers.spawn(watch.run(closed()));
        Ok(Shop {
            url,
            counter,
            server,
            workers,
            closes,
        })
    }

    /// Where it is.
    #[must_use]
    pub fn url(&self) -> &str {
        &self.url
    }

    /// Its books.
    #[must_use]
    pub fn books(&self) -> &Books {
        &self.counter.books
    }

    /// Closes it. What was under way goes on when it is opened again over the same books.
    pub async fn close(mut self) {
        self.server.shutdown().await;
        let _ = self.closes.send(true);
        while self.workers.join_next().await.is_some() {}
    }
}

impl fmt::Debug for Shop {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Shop")
            .field("url", &self.url)
            .field("books", self.books())
            .finish_non_exhaustive()
    }
}
