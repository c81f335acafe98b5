//! The paylink desk as an HTTP service beside a shop, whatever language that is written in.
//!
//! The shop creates an order over a small JSON API, shows the payer its link, and receives one signed event when the goods are
//! due. The service keeps its orders in [`paylink_books`], so that nothing is lost when it is: a SQLite file, or with the
//! feature `postgres` a PostgreSQL database that any number of instances share.
//!
//! The command `paylink serve` starts it; a program of one's own does so in a few lines:
//!
//! ```no_run
//! use paylink::Transport;
//! use paylink::config::Config;
//! use paylink_server::{Premises, SECTION, SETTINGS, ServeConfig, Server};
//!
//! # async fn run(closing: impl Future<Output = ()> + Send) -> Result<(), Box<dyn std::error::Error>> {
//! let config = Config::builder().section(SECTION, SETTINGS).load("paylink.toml")?;
//! let accounts = config.open(&Transport::new()?)?;
//! let section = config.section(SECTION).ok_or("no section")?;
//! let serve = section.read(ServeConfig::read)?;
//!
//! let premises = Premises::open(&serve).await?;
//! let server = Server::bind(&serve, accounts, premises).await?;
//! println!("{}", server.url());
//! server.run(closing).await;
//! # Ok(())
//! # }
//! ```
//!
//! # What it promises
//!
//! * **A paid order is told to the shop at least once.** Its event is written in the transaction that hands the order out, and
//!   sent until the shop has answered with 2xx, for three days; after that it is a dead letter, which a person sees.
//! * **An order is handed out once**, whatever crashes, and a payment is created once. That is the desk's promise:
//!   [`paylink::desk`].
//! * **A request may be repeated.** The same order is the same order; a refund is asked for once.

mod api;
mod events;
mod keys;
mod limits;
mod listener;
mod metrics;
mod operator;
mod outgoing;
mod page;
mod problem;
mod random;
mod returns;
mod server;
mod service;
mod settings;
mod signature;
mod store;
mod view;

pub use keys::{KeyError, KeyLine, NewKey, Right, Rights};
pub use server::{Premises, ServeError, Server, check};
pub use settings::{SECTION, SETTINGS, ServeConfig};
pub use signature::new_event_secret;
pub use store::audit::AuditLine;

#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
