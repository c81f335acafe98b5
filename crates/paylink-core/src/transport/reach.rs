use std::time::SystemTime;

use bytes::Bytes;
use http::{HeaderValue, Method, header};

use super::by_proxy::{self, Way};
use super::witness::Witness;
use super::{Transport, after, classify, retry};
use crate::{Effect, Error, WebUrl};

/// What answered at an address.
#[derive(Clone, Copy, Debug)]
pub struct Reached {
    status: u16,
    date: Option<SystemTime>,
}

impl Reached {
    crate::getters! { self;
        /// The HTTP status. Whichever it is, somebody answered.
        status: u16 = self.status;
        /// The server's clock, where it tells.
        date: Option<SystemTime> = self.date;
    }
}

impl Transport {
    /// Asks whoever is at an address for the head of its page, once and without credentials: whether calls would get there.
    ///
    /// It goes the way that calls go, by the proxy and with the same trust.
    ///
    /// # Errors
    ///
    /// Why nobody answered; [`Error::remedy`] says what to do.
    pub async fn reach(&self, address: &WebUrl) -> Result<Reached, Error> {
        self.0.usable_for(address.url())?;
        let way = Way::to(address.url(), self.proxy());
        let witness = Witness::new();
        let mut head = reqwest::Request::new(Method::HEAD, address.url().clone());
        head.headers_mut().insert(
            header::ACCEPT_ENCODING,
            HeaderValue::from_static("identity"),
        );
        *head.body_mut() = Some(reqwest::Body::wrap(witness.watch(Bytes::new())));
        let until = after(self.timeouts().attempt);
        let answer = tokio::time::timeout_at(until, self.0.fresh.execute(head)).await;
        let fault = match answer {
            Ok(Ok(answer)) => {
                let status = answer.status().as_u16();
                match way.reader() {
                    Some(proxy) if status == 407 => by_proxy::unauthenticated(proxy),
                    _ => {
                        let date = answer.headers().get(header::DATE);
                        return Ok(Reached {
                            status,
                            date: date.and_then(retry::as_date),
                        });
                    }
                }
            }
            Ok(Err(error)) => classify::sending(&error, way, &witness),
            Err(_) if witness.proves_unsent() => by_proxy::out_of_time(way),
            Err(_) => classify::silent(),
        };
        // It was a read.
        Err(fault.into_error(Effect::NotExecuted))
    }
}
