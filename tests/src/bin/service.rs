//! The service, until its input ends or it is killed.
//!
//! `service CONFIGURATION`: the accounts, and the section of the service. It says `begun` once it listens.

use std::io::Read;
use std::time::Duration;

use paylink::Transport;
use paylink::config::Config;
use paylink_server::{Premises, SECTION, SETTINGS, ServeConfig, Server};
use paylink_tests::selling::{LEASE, Result, TIMEOUTS, say};
use tokio::sync::oneshot;
use tokio::time::sleep;

/// How long an event is the process's that sends it: short, so that those of the dead are sent again soon.
const EVENT_LEASE: Duration = Duration::from_secs(5);
/// After how long an event that did not arrive is sent again for the first time.
const RETRY: Duration = Duration::from_millis(200);

#[tokio::main(flavor = "multi_thread", worker_threads = 2)]
async fn main() -> Result<()> {
    let path = std::env::args().nth(1).ok_or("an argument is missing")?;
    let config = Config::builder().section(SECTION, SETTINGS).load(&path)?;
    let accounts = config.open(&Transport::builder().timeouts(TIMEOUTS).build()?)?;
    let section = config.section(SECTION).ok_or("there is no section")?;
    let serve = section.read(ServeConfig::read)?;
    let serve = serve.lease(LEASE).event_pauses(EVENT_LEASE, RETRY);
    let server = Server::bind(&serve, accounts, opened(&serve).await).await?;
    say("begun")?;
    server.run(end_of_input()).await;
    Ok(())
}

/// Opens the books as soon as their database is there.
async fn opened(serve: &ServeConfig) -> Premises {
    loop {
        match Premises::open(serve).await {
            Ok(premises) => return premises,
            Err(_) => sleep(Duration::from_millis(100)).await,
        }
    }
}

/// Nobody is there any more who started it.
async fn end_of_input() {
    let (ended, end) = oneshot::channel();
    std::thread::spawn(move || {
        let _ = std::io::stdin().read_to_end(&mut Vec::new());
        let _ = ended.send(());
    });
    let _ = end.await;
}
