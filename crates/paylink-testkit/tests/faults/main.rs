//! Every fault, as a client sees it that does nothing on its own.

// `cfg(test)` tells clippy that functions without `#[test]` are test code too.
#[cfg(test)]
mod catalogue;
#[cfg(test)]
mod client;
#[cfg(test)]
mod content;
mod early;
#[cfg(test)]
mod framing;
#[cfg(test)]
mod handshake;
#[cfg(test)]
mod no_http;
#[cfg(test)]
mod ports;
#[cfg(test)]
mod request;
#[cfg(test)]
mod reuse;
#[cfg(test)]
mod slow;
#[cfg(test)]
mod stopping;
