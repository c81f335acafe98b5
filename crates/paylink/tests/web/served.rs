use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, SystemTime};

use async_trait::async_trait;
use axum::Router;
use paylink::desk::{Delivery, Desk, MemoryStore, StoredOrder};
use paylink::web::{self, Pages};
use paylink::{
    Account, Accounts, Capabilities, Capability, Currency, Money, NewPayment, PaymentProvider, Rial,
};
use paylink_testkit::MockClock;
use paylink_testkit::mock_provider::{Failure, MockProvider};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;

/// The order that is there; its name has to be escaped in a path and in a page.
pub(crate) const ORDER: &str = "a/<b>&1 سفارش";

/// The same, as a path has it.
pub(crate) const ORDER_IN_PATH: &str = "a%2F%3Cb%3E%261%20%D8%B3%D9%81%D8%A7%D8%B1%D8%B4";

/// The reference of its payment, whose id is `example-0`.
const REFERENCE: &str = "1000";

/// Whether the provider brings readable hints.
pub(crate) enum Hints {
    Read,
    None,
}

/// A router on a port of its own, with one open order behind it.
pub(crate) struct Served {
    pub(crate) desk: Arc<Desk<MemoryStore>>,
    provider: Arc<MockProvider>,
    address: SocketAddr,
    delivered: Arc<AtomicU32>,
    server: JoinHandle<()>,
}

/// Plain pages, and a count of what is delivered.
struct Counting(Arc<AtomicU32>);

#[async_trait]
impl Pages for Counting {
    async fn deliver(&self, delivery: &Delivery) {
        assert_eq!(delivery.order(), ORDER);
        self.0.fetch_add(1, Ordering::SeqCst);
    }
}

/// What came back.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    head: String,
    pub(crate) body: String,
}

impl Served {
    pub(crate) async fn by(hints: Hints) -> Served {
        let served = Served::unopened(hints).await;
        let _ = served.desk.open(ORDER).await.unwrap();
        served
    }

    /// The same, and nobody has asked for the order's payment.
    pub(crate) async fn unopened(hints: Hints) -> Served {
        Served::pausing(hints, Duration::ZERO).await
    }

    /// The same, with so long a pause between two looks that visitors cause.
    pub(crate) async fn pausing(hints: Hints, order_pause: Duration) -> Served {
        let capabilities = Capabilities::new("example", &[Currency::Irr]);
        let capabilities = match hints {
            Hints::Read => capabilities
                .supports(Capability::ReadReturn)
                .supports(Capability::ReadWebhook),
            Hints::None => capabilities,
        };
        let clock = Arc::new(MockClock::at(SystemTime::now()));
        let provider = MockProvider::with(capabilities, &clock);
        // Long enough for another request to arrive meanwhile.
        provider.settling_takes(Duration::from_millis(5));
        let account: Arc<dyn PaymentProvider> = provider.clone();
        let accounts = Accounts::new([Account::from_arc("main", account)]).unwrap();
        let store = MemoryStore::new();
        let price = Money::from(Rial::new(150_000));
        let payment = NewPayment::new(REFERENCE, price).unwrap();
        store.put(ORDER, StoredOrder::new("main", payment));
        let desk = Desk::new(store, accounts)
            .claim_timeout(Duration::from_millis(300))
            .visit_intervals(order_pause, Duration::ZERO);
        let desk = Arc::new(desk);
        let delivered = Arc::new(AtomicU32::new(0));
        let router = web::router(Arc::clone(&desk), Counting(Arc::clone(&delivered)));
        // A path of the merchant's may have a parameter of its own.
        let router = Router::new().nest("/{shop}/pay", router);
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        Served {
            desk,
            provider,
            address: listener.local_addr().unwrap(),
            delivered,
            server: tokio::spawn(async { axum::serve(listener, router).await.unwrap() }),
        }
    }

    pub(crate) fn is_paid(&self) {
        self.provider.pay(REFERENCE);
    }

    /// The next so many settles get no answer.
    pub(crate) fn is_silent_for(&self, settles: usize) {
        for _ in 0..settles {
            self.provider.on_settle(Failure::Unanswered);
        }
    }

    /// How often the provider was asked to settle.
    pub(crate) fn asked(&self) -> usize {
        let calls = self.provider.calls();
        calls.iter().filter(|call| **call == "settle").count()
    }

    pub(crate) async fn get(&self, path: &str) -> Answer {
        let request = format!("GET {path} HTTP/1.1\r\n\r\n");
        self.send(request.as_bytes()).await
    }

    pub(crate) async fn post(&self, path: &str, body: &[u8]) -> Answer {
        let length = body.len();
        let head = format!("POST {path} HTTP/1.1\r\ncontent-length: {length}\r\n\r\n");
        self.send(&[head.as_bytes(), body].concat()).await
    }

    /// A body that does not tell its length beforehand.
    pub(crate) async fn post_chunked(&self, path: &str, body: &[u8]) -> Answer {
        let head = format!("POST {path} HTTP/1.1\r\ntransfer-encoding: chunked\r\n\r\n");
        let mut bytes = head.into_bytes();
        for piece in body.chunks(1_000) {
            bytes.extend(format!("{:x}\r\n", piece.len()).into_bytes());
            bytes.extend(piece);
            bytes.extend(b"\r\n");
        }
        bytes.extend(b"0\r\n\r\n");
        self.send(&bytes).await
    }

    /// Sends these bytes, with the lines that every request has, and reads what comes back until the end.
    pub(crate) async fn send(&self, request: &[u8]) -> Answer {
        Answer::from(self.send_half(request).await).await
    }

    /// Sends these bytes and reads nothing.
    pub(crate) async fn send_half(&self, request: &[u8]) -> TcpStream {
        send_half(self.address, request).await
    }

    /// How often it was said that the goods are due now.
    pub(crate) fn delivered(&self) -> u32 {
        self.delivered.load(Ordering::SeqCst)
    }

    /// How many deliveries stand in the outbox.
    pub(crate) fn outbox(&self) -> usize {
        self.desk.store().deliveries().len()
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        self.server.abort();
    }
}

impl Answer {
    async fn from(mut tcp: TcpStream) -> Answer {
        let mut text = String::new();
        tcp.read_to_string(&mut text).await.unwrap();
        let (head, body) = text.split_once("\r\n\r\n").expect("no answer");
        let status = head.split(' ').nth(1).unwrap().parse().unwrap();
        Answer {
            status,
            head: head.to_ascii_lowercase(),
            body: body.to_owned(),
        }
    }

    /// Asserts that the page says so.
    #[track_caller]
    pub(crate) fn says(&self, part: &str) {
        assert!(self.body.contains(part), "no {part} in {self:?}");
    }

    /// Asserts this status, and that nothing but this is said.
    #[track_caller]
    pub(crate) fn is(&self, status: u16, body: &str) {
        assert_eq!((self.status, &*self.body), (status, body));
    }

    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        let mut lines = self.head.lines().filter_map(|line| line.split_once(": "));
        Some(lines.find(|(known, _)| *known == name)?.1)
    }
}

/// Asks a router of its own.
pub(crate) async fn ask(router: Router, request: &[u8]) -> Answer {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let server = tokio::spawn(async { axum::serve(listener, router).await.unwrap() });
    let answer = Answer::from(send_half(address, request).await).await;
    server.abort();
    answer
}

async fn send_half(address: SocketAddr, request: &[u8]) -> TcpStream {
    let mut tcp = TcpStream::connect(address).await.unwrap();
    let line = request.windows(2).position(|two| two == b"\r\n").unwrap() + 2;
    tcp.write_all(&request[..line]).await.unwrap();
    let shared = b"host: shop.example\r\nconnection: close\r\n";
    tcp.write_all(shared).await.unwrap();
    // A server that has answered already may have stopped to read.
    let _ = tcp.write_all(&request[line..]).await;
    tcp
}

/// The return address of an order, and its notification address.
pub(crate) fn back(order: &str) -> String {
    format!("/shop/pay/return/{order}")
}

pub(crate) fn hook(order: &str) -> String {
    format!("/shop/pay/notify/{order}")
}
