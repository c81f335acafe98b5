//! A small shop that sells one thing through any provider, to read and to take from.
//!
//! It shows what is left to a merchant who uses `paylink`: an order's row ([`Order`]) and the store around it ([`Books`]),
//! what goes into a payment, what to show when an order stands so or so, and an outbox that is emptied by whoever comes
//! first. The README beside it says in which order to read it.

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
mod standing;
mod sweep;
mod view;

use std::fmt;
use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use paylink::Providers;
use paylink::desk::Desk;
use paylink::web::{self, Routes};
use paylink_sandbox::Sandbox;
use tokio::net::TcpListener;
use tokio::task::JoinSet;

pub use books::{Books, BooksError};
pub use order::Order;

use counter::Counter;
use returns::Returns;

/// What a shop is opened with.
#[derive(Debug)]
pub struct Setup {
    /// The accounts that it sells through.
    pub providers: Providers,
    /// Where its orders are.
    pub books: Books,
    /// The address that buyers and providers know it by; `None` for the one that it listens on.
    pub url: Option<String>,
    /// The sandbox whose SMS are shown to buyers, since nobody else gets them.
    pub sandbox: Option<Arc<Sandbox>>,
    /// How long it waits between two looks at its unfinished orders.
    pub sweep_every: Duration,
}

/// An open shop. It closes when it is dropped.
pub struct Shop {
    url: String,
    counter: Arc<Counter>,
    tasks: JoinSet<()>,
}

impl Shop {
    /// Opens a shop on this address; port 0 means a free one.
    ///
    /// # Errors
    ///
    /// If the address cannot be listened on, or the shop's own address is not one: choose another.
    pub async fn open(listen: SocketAddr, setup: Setup) -> io::Result<Shop> {
        let listener = TcpListener::bind(listen).await?;
        let url = match setup.url {
            Some(url) => url.trim_end_matches('/').to_owned(),
            None => format!("http://{}", listener.local_addr()?),
        };
        let routes = Routes::new(&format!("{url}/pay")).map_err(io::Error::other)?;
        let counter = Arc::new(Counter {
            desk: Arc::new(Desk::new(setup.books, setup.providers)),
            routes,
            is_https: url.starts_with("https:"),
            sandbox: setup.sandbox,
        });
        let back = web::router(Arc::clone(&counter.desk), Returns(Arc::clone(&counter)));
        let router = pages::routes(Arc::clone(&counter)).nest("/pay", back);
        let mut tasks = JoinSet::new();
        tasks.spawn(async move {
            if let Err(error) = axum::serve(listener, router).await {
                tracing::error!(%error, "the shop serves no more");
            }
        });
        tasks.spawn(sweep::run(Arc::clone(&counter), setup.sweep_every));
        Ok(Shop {
            url,
            counter,
            tasks,
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
        self.counter.books()
    }

    /// Closes it. What was under way goes on when it is opened again over the same books.
    pub async fn close(mut self) {
        self.tasks.shutdown().await;
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
