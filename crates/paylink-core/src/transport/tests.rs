//! Over which connections a call goes, how often it is sent, and what its error proves.

use std::marker::PhantomData;
use std::pin::Pin;
use std::sync::Arc;
use std::time::{Duration, Instant, SystemTime};

use paylink_testkit::{
    Answer, Behaviour, FaultServer, Received, Script, Step, Wire, catalogue, faults,
};

use crate::{
    BaseUrl, Call, ClientConfig, ContentType, DecodeError, Effect, Error, ErrorKind, Handle,
    Idempotency, Invalid, Lookup, Operation, Reason, Refusal, Request, Response, Runtime, Timeouts,
    Transport, TransportBuilder, Untrusted,
};

mod building;
mod connections;
mod dropping;
mod repeating;
mod runtimes;
mod suspended;

/// A shop at some address.
struct Shop(BaseUrl);

impl Shop {
    fn at(server: &FaultServer) -> Shop {
        Shop(BaseUrl::parse(&server.url()).unwrap())
    }
}

impl ClientConfig for Shop {
    const PROVIDER: &'static str = "test";

    fn base_url(&self) -> &BaseUrl {
        &self.0
    }
}

/// A class of operations.
trait Kind: Send + Sync + 'static {
    const IDEMPOTENCY: Idempotency;
}

struct Once;
impl Kind for Once {
    const IDEMPOTENCY: Idempotency = Idempotency::NonIdempotent;
}

struct Idempotent;
impl Kind for Idempotent {
    const IDEMPOTENCY: Idempotency = Idempotency::Idempotent;
}

struct Read;
impl Kind for Read {
    const IDEMPOTENCY: Idempotency = Idempotency::ReadOnly;
}

/// An operation of that class, which is answered by `"yes"` or refused by `"no"`.
struct Ask<K> {
    alone: bool,
    kind: PhantomData<K>,
}

impl<K> Ask<K> {
    fn new() -> Ask<K> {
        Ask {
            alone: false,
            kind: PhantomData,
        }
    }
}

impl<K: Kind> Operation for Ask<K> {
    type Config = Shop;
    type Output = ();

    const NAME: &'static str = "ask";
    const IDEMPOTENCY: Idempotency = K::IDEMPOTENCY;
    const LOOKUP: Lookup = Lookup::Unavailable;

    fn request(&self, shop: &Shop) -> Result<Request, Invalid> {
        Ok(Request::post(
            &shop.0.endpoint("ask")?,
            ContentType::Form,
            "a=1",
        ))
    }

    fn decode(&self, _: &Shop, response: Response<'_>) -> Result<(), DecodeError> {
        match response.text() {
            "\"yes\"" => Ok(()),
            "\"no\"" => {
                let refusal = Refusal::new("7", Reason::Other);
                Err(DecodeError::Refused(Box::new(refusal)))
            }
            _ => Err(Untrusted::new("the word is unknown").into()),
        }
    }

    fn needs_fresh_connection(&self, _: &Shop) -> bool {
        self.alone
    }

    fn fill_handle(&self, _: &Shop, handle: Handle) -> Handle {
        handle
    }
}

/// The present, no waits, and no chance.
#[derive(Debug)]
struct Impatience;

impl Runtime for Impatience {
    fn now(&self) -> SystemTime {
        SystemTime::now()
    }

    fn sleep(&self, _: Duration) -> Pin<Box<dyn Future<Output = ()> + Send + '_>> {
        Box::pin(std::future::ready(()))
    }

    fn random(&self) -> u64 {
        0
    }
}

fn builder() -> TransportBuilder {
    Transport::builder()
        .timeouts(Timeouts {
            connect: Duration::from_secs(2),
            attempt: Duration::from_secs(10),
            total: Duration::from_secs(30),
        })
        .runtime(Arc::new(Impatience))
        .extra_root_certificates(paylink_testkit::ca_pem().unwrap())
}

fn transport() -> Transport {
    builder().build().unwrap()
}

fn yes() -> Answer {
    Answer::json("\"yes\"")
}

fn no() -> Answer {
    Answer::json("\"no\"")
}

async fn serving(script: impl Into<Script>) -> FaultServer {
    FaultServer::start(Wire::Plain, script).await.unwrap()
}

async fn ask<K: Kind>(transport: &Transport, server: &FaultServer) -> Result<(), Error> {
    Call::new(transport, &Shop::at(server), Ask::<K>::new()).await
}
