//! Clients whose answers come from an input in place of a network.

use std::cell::{OnceCell, RefCell};
use std::future::Future;
use std::pin::pin;
use std::sync::Arc;
use std::task::{Context, Poll, Waker};

use cardpay_client::CardPay;
use paylink_core::{CannedAnswer, Error, Transport};
use paylink_testkit::MockClock;
use pod_invoice_client::{BusinessToken, Pod};
use sizpay_client::{SizPay, Via};
use zipay_client::ZiPay;

use crate::subjects::Payments;

/// What is answered to the requests of a thread.
#[derive(Debug, Default)]
pub struct Script {
    status: u16,
    content_type: &'static str,
    answers: Vec<Vec<u8>>,
    given: usize,
}

thread_local! {
    static SCRIPT: RefCell<Script> = RefCell::default();
}

/// Answers the next requests of this thread with these, one after the other; the last one is given again and again.
pub fn serve(status: u16, content_type: &'static str, answers: Vec<Vec<u8>>) {
    SCRIPT.set(Script {
        status,
        content_type,
        answers,
        given: 0,
    });
}

/// How many requests came since then.
#[must_use]
pub fn given() -> usize {
    SCRIPT.with_borrow(|script| script.given)
}

/// The answer that the last request had.
#[must_use]
pub fn last_answer() -> Vec<u8> {
    SCRIPT.with_borrow(|script| script.answer(script.given.saturating_sub(1)).to_vec())
}

impl Script {
    fn answer(&self, number: usize) -> &[u8] {
        let last = self.answers.len().saturating_sub(1);
        self.answers
            .get(number.min(last))
            .map_or(&[], Vec::as_slice)
    }
}

fn answered() -> CannedAnswer {
    SCRIPT.with_borrow_mut(|script| {
        let answer = script.answer(script.given).to_vec();
        script.given += 1;
        CannedAnswer::new(script.status, script.content_type, answer)
    })
}

/// One client of each provider, and of SizPay one for each way.
#[derive(Debug)]
pub struct Clients {
    pub(crate) cardpay: CardPay,
    pub(crate) pod: Pod,
    pub(crate) sizpay: SizPay,
    pub(crate) asmx_json: SizPay,
    pub(crate) soap: SizPay,
    pub(crate) soap_model: SizPay,
    pub(crate) zipay: ZiPay,
    payments: OnceCell<Payments>,
}

/// What no error may repeat, whatever an answer says: the credentials of the clients.
pub const CREDENTIALS: [&str; 6] = [
    "token-of-the-cardpay-shop",
    "token-of-the-pod-shop",
    "key-of-the-pod-shop",
    "key-1-of-the-sizpay-shop",
    "key-2-of-the-sizpay-shop",
    "secret-of-the-zipay-shop",
];

impl Clients {
    /// Clients that ask this thread's script.
    ///
    /// # Errors
    ///
    /// What a client refuses of its settings.
    pub fn new() -> Result<Clients, Error> {
        let transport = Transport::builder()
            .runtime(Arc::new(MockClock::default()))
            .answered_by(|_| answered())
            .build()?;
        let sizpay = |via| {
            SizPay::builder(
                "key-1-of-the-sizpay-shop",
                "key-2-of-the-sizpay-shop",
                "hosseini",
            )
            .via(via)
            .transport(transport.clone())
            .build()
        };
        Ok(Clients {
            cardpay: CardPay::builder("https://shop.example/api/", "token-of-the-cardpay-shop")
                .transport(transport.clone())
                .build()?,
            pod: Pod::builder(BusinessToken::new("token-of-the-pod-shop"))
                .key("key-of-the-pod-shop")
                .guild("CLOTHING_GUILD")
                .transport(transport.clone())
                .build()?,
            sizpay: sizpay(Via::Rest)?,
            asmx_json: sizpay(Via::AsmxJson)?,
            soap: sizpay(Via::Soap)?,
            soap_model: sizpay(Via::SoapModel)?,
            zipay: ZiPay::builder("key-of-the-zipay-shop", "secret-of-the-zipay-shop")
                .terminal(1003)
                .transport(transport.clone())
                .build()?,
            payments: OnceCell::new(),
        })
    }

    /// One payment of each provider, as it was created.
    ///
    /// # Panics
    ///
    /// If a documented answer creates none.
    #[expect(
        clippy::expect_used,
        reason = "without them there is nothing to settle"
    )]
    pub fn payments(&self) -> &Payments {
        self.payments
            .get_or_init(|| Payments::new(self).expect("the documented answers create payments"))
    }
}

/// How often a future is asked that waits for nothing but its own turns.
const MOST_TURNS: usize = 100_000;

/// Drives a future that no network, timer or other task has to wake; `None` if it waits for one of them all the same.
pub fn drive<T>(future: impl Future<Output = T>) -> Option<T> {
    let mut future = pin!(future);
    let mut context = Context::from_waker(Waker::noop());
    (0..MOST_TURNS).find_map(|_| match future.as_mut().poll(&mut context) {
        Poll::Ready(outcome) => Some(outcome),
        Poll::Pending => None,
    })
}

/// Hands bytes over as a file, which is written anew each time.
///
/// # Errors
///
/// If the machine lets no file be written.
pub fn in_a_file<T>(bytes: &[u8], read: impl FnOnce(&std::path::Path) -> T) -> Result<T, String> {
    // In memory where there is such a place: it is written thousands of times a second.
    let shared = std::path::Path::new("/dev/shm");
    let folder = if shared.is_dir() {
        shared.to_owned()
    } else {
        std::env::temp_dir()
    };
    let thread = format!("{:?}", std::thread::current().id()).replace(['(', ')'], "");
    let path = folder.join(format!(
        "paylink-fuzzing-{}-{thread}.toml",
        std::process::id()
    ));
    std::fs::write(&path, bytes).map_err(|error| error.to_string())?;
    let outcome = read(&path);
    let _ = std::fs::remove_file(&path);
    Ok(outcome)
}
