use std::future::Future;
use std::net::SocketAddr;
use std::time::Duration;

use tokio::net::{TcpStream, lookup_host};
use tokio::time::timeout;

use super::check::Check;
use super::head::{self, Head};
use super::place::Place;
use super::tls;

/// How long each step may take.
const PATIENCE: Duration = Duration::from_secs(10);

/// How far the way to a place leads.
#[derive(Debug)]
pub(super) struct Reached {
    pub(super) checks: Vec<Check>,
    /// What was answered at its end.
    pub(super) head: Option<Head>,
}

/// Goes the way step by step, as far as it leads.
pub(super) async fn reach(place: &Place) -> Reached {
    let mut checks = Vec::new();
    match go(place, &mut checks).await {
        Ok(head) => Reached {
            checks,
            head: Some(head),
        },
        Err(problem) => {
            checks.push(problem);
            Reached { checks, head: None }
        }
    }
}

async fn go(place: &Place, checks: &mut Vec<Check>) -> Result<Head, Check> {
    let addresses = resolve(place, checks).await?;
    let stream = connect(place, &addresses).await?;
    let head = if place.tls {
        let handshake = tls::shake_hands(place, stream);
        let stream = within(handshake).await.ok_or_else(|| silent(place))??;
        checks.push(tls::trusted(place));
        within(head::ask(place, stream)).await
    } else {
        within(head::ask(place, stream)).await
    };
    let head = head.flatten().ok_or_else(|| silent(place))?;
    let finding = format!("{} answers (HTTP {})", place.host(), head.status);
    checks.push(Check::ok("connection", finding));
    Ok(head)
}

async fn resolve(place: &Place, checks: &mut Vec<Check>) -> Result<Vec<SocketAddr>, Check> {
    if let Some(ip) = place.ip() {
        return Ok(vec![SocketAddr::new(ip, place.port)]);
    }
    let found = within(lookup_host((place.name(), place.port))).await;
    let addresses: Vec<SocketAddr> = match found {
        Some(Ok(addresses)) => addresses.collect(),
        Some(Err(_)) | None => Vec::new(),
    };
    if addresses.is_empty() {
        return Err(Check::problem(
            "DNS",
            format!("{} has no address here", place.host()),
            "check its spelling, and this machine's resolver",
        ));
    }
    checks.push(Check::ok("DNS", format!("{} has an address", place.host())));
    Ok(addresses)
}

async fn connect(place: &Place, addresses: &[SocketAddr]) -> Result<TcpStream, Check> {
    let why = match within(TcpStream::connect(addresses)).await {
        Some(Ok(stream)) => return Ok(stream),
        Some(Err(error)) => error.to_string(),
        None => "no answer came".to_owned(),
    };
    Err(Check::problem(
        "connection",
        format!(
            "nobody listens at {} port {}: {why}",
            place.host(),
            place.port
        ),
        "check the address, and whether a firewall lets this machine out",
    ))
}

fn silent(place: &Place) -> Check {
    Check::problem(
        "connection",
        format!("{} listens and does not answer", place.host()),
        "check the address, and whether something else listens there",
    )
}

/// What came in time.
async fn within<T>(step: impl Future<Output = T>) -> Option<T> {
    timeout(PATIENCE, step).await.ok()
}
