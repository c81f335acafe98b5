use std::net::SocketAddr;

use reqwest::dns::{Addrs, Name, Resolve, Resolving};

/// The machine's resolver, with failures that can be told apart from failures to connect.
#[derive(Clone, Copy, Debug)]
pub(super) struct Resolver;

/// The name could not be resolved.
#[derive(Clone, Copy, Debug, thiserror::Error)]
#[error("the provider's host name could not be resolved")]
pub(super) struct Unresolved;

impl Resolve for Resolver {
    fn resolve(&self, name: Name) -> Resolving {
        Box::pin(async move {
            let found = tokio::net::lookup_host((name.as_str(), 0))
                .await
                .map_err(|_| Unresolved)?;
            let addresses: Vec<SocketAddr> = found.collect();
            if addresses.is_empty() {
                return Err(Unresolved.into());
            }
            let addresses: Addrs = Box::new(addresses.into_iter());
            Ok(addresses)
        })
    }
}
