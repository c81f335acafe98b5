//! The shop's receiver of events, which is killed, fails, and forgets to answer.

use std::collections::{BTreeMap, BTreeSet};
use std::net::SocketAddr;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::{Duration, Instant, SystemTime};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, KeyInit, Mac};
use paylink_tests::chance::Chance;
use serde_json::Value;
use sha2::Sha256;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::mpsc::UnboundedReceiver;
use tokio::task::JoinSet;
use tokio::time::sleep;

/// How far the time of a signature may be from now.
const TOLERANCE: u64 = 5 * 60;

/// What the shop was told of an order.
#[derive(Clone, Debug)]
pub(super) struct Told {
    /// How often under which id.
    pub(super) ids: BTreeMap<String, u64>,
    /// The amounts and currencies that were named.
    pub(super) amounts: BTreeSet<String>,
    pub(super) first_at: Instant,
}

/// What the shop keeps, whatever befalls its processes.
#[derive(Debug, Default)]
pub(super) struct Book {
    /// By the kind of event and the order.
    pub(super) told: BTreeMap<(String, u64), Told>,
    /// How often it did what to an event.
    pub(super) did: BTreeMap<&'static str, u64>,
    /// What no event may be.
    pub(super) wrongs: Vec<String>,
}

pub(super) struct Ear {
    pub(super) address: SocketAddr,
    secret: Vec<u8>,
    chance: Mutex<Chance>,
    /// Whether it takes what comes.
    pub(super) is_well: AtomicBool,
    book: Mutex<Book>,
}

/// What becomes of an event.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Does {
    Takes,
    TakesSlowly,
    HangsUp,
    ReadsAndHangsUp,
    TakesAndHangsUp,
    Fails,
    TakesAndFails,
}

impl Ear {
    pub(super) fn new(address: SocketAddr, secret: &str, chance: Chance) -> Ear {
        Ear {
            address,
            secret: STANDARD
                .decode(secret.trim_start_matches("whsec_"))
                .unwrap(),
            chance: Mutex::new(chance),
            is_well: AtomicBool::new(false),
            book: Mutex::default(),
        }
    }

    pub(super) fn book(&self) -> MutexGuard<'_, Book> {
        self.book.lock().unwrap()
    }

    /// Listens; each word kills it with everything that it is at, and it is away for so long.
    pub(super) async fn listen(self: Arc<Self>, mut kills: UnboundedReceiver<Duration>) {
        loop {
            let listener = TcpListener::bind(self.address).await.unwrap();
            let mut visits = JoinSet::new();
            let away = loop {
                tokio::select! {
                    visit = listener.accept() => if let Ok((stream, _)) = visit {
                        visits.spawn(Arc::clone(&self).hear(stream));
                    },
                    Some(_) = visits.join_next() => {}
                    away = kills.recv() => match away {
                        Some(away) => break away,
                        None => return,
                    },
                }
            };
            drop(listener);
            visits.shutdown().await;
            sleep(away).await;
        }
    }

    fn does(&self) -> Does {
        if self.is_well.load(Ordering::SeqCst) {
            return Does::Takes;
        }
        match self.chance.lock().unwrap().below(20) {
            0 => Does::HangsUp,
            1 => Does::ReadsAndHangsUp,
            2 => Does::TakesAndHangsUp,
            3 | 4 => Does::Fails,
            5 => Does::TakesAndFails,
            6 | 7 => Does::TakesSlowly,
            _ => Does::Takes,
        }
    }

    async fn hear(self: Arc<Self>, mut stream: TcpStream) {
        let does = self.does();
        *self.book().did.entry(does.as_str()).or_default() += 1;
        if does == Does::HangsUp {
            return;
        }
        let Some(request) = read(&mut stream).await else {
            return;
        };
        if !matches!(does, Does::ReadsAndHangsUp | Does::Fails) {
            self.take(&request);
        }
        let status = match does {
            Does::HangsUp | Does::ReadsAndHangsUp | Does::TakesAndHangsUp => return,
            Does::Fails | Does::TakesAndFails => "500 Internal Server Error",
            Does::TakesSlowly => {
                sleep(Duration::from_millis(400)).await;
                "200 OK"
            }
            Does::Takes => "204 No Content",
        };
        let length = if does == Does::Takes {
            ""
        } else {
            "content-length: 0\r\n"
        };
        let answer = format!("HTTP/1.1 {status}\r\n{length}connection: close\r\n\r\n");
        let _ = stream.write_all(answer.as_bytes()).await;
    }

    /// Writes what is told: the whole of it, as a transaction does.
    fn take(&self, request: &str) {
        let taken = self.checked(request);
        let mut book = self.book();
        match taken {
            Ok((kind, order, id, amount)) => {
                let told = book.told.entry((kind, order)).or_insert_with(|| Told {
                    ids: BTreeMap::new(),
                    amounts: BTreeSet::new(),
                    first_at: Instant::now(),
                });
                *told.ids.entry(id).or_default() += 1;
                told.amounts.insert(amount);
            }
            Err(wrong) => book.wrongs.push(format!("{wrong}: {request}")),
        }
    }

    /// The kind, the order, the id and the amount of an event, if the service signed it.
    fn checked(&self, request: &str) -> Result<(String, u64, String, String), &'static str> {
        let (head, body) = request.split_once("\r\n\r\n").ok_or("half an event")?;
        let header = |name: &str| {
            let mut lines = head.lines().filter_map(|line| line.split_once(": "));
            let found = lines.find(|(found, _)| found.eq_ignore_ascii_case(name));
            found.map(|(_, value)| value).ok_or("a header is missing")
        };
        let (id, time) = (header("webhook-id")?, header("webhook-timestamp")?);
        let signature = header("webhook-signature")?;
        let signature = signature.strip_prefix("v1,").ok_or("no signature")?;
        let signature = STANDARD.decode(signature).map_err(|_| "no base64")?;
        let mut mac = Hmac::<Sha256>::new_from_slice(&self.secret).unwrap();
        mac.update(format!("{id}.{time}.{body}").as_bytes());
        mac.verify_slice(&signature)
            .map_err(|_| "a wrong signature")?;
        let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH);
        let time: u64 = time.parse().map_err(|_| "no time")?;
        if now.unwrap().as_secs().abs_diff(time) > TOLERANCE {
            return Err("an old signature");
        }
        let body: Value = serde_json::from_str(body).map_err(|_| "no JSON")?;
        if body["id"] != id {
            return Err("another id");
        }
        let order = &body["data"]["order"];
        let text = |value: &Value| value.as_str().map(str::to_owned).ok_or("no text");
        let number = text(&order["order"])?.parse().map_err(|_| "no number")?;
        if order["paid"].is_null() || order["paid"]["reference"] != order["reference"] {
            return Err("not paid");
        }
        let amount = format!("{} {}", text(&order["amount"])?, text(&order["currency"])?);
        Ok((text(&body["type"])?, number, id.to_owned(), amount))
    }
}

impl Does {
    fn as_str(self) -> &'static str {
        match self {
            Does::Takes => "takes",
            Does::TakesSlowly => "takes slowly",
            Does::HangsUp => "hangs up",
            Does::ReadsAndHangsUp => "reads and hangs up",
            Does::TakesAndHangsUp => "takes and hangs up",
            Does::Fails => "fails",
            Does::TakesAndFails => "takes and fails",
        }
    }
}

/// A whole request, or nothing if its sender died.
async fn read(stream: &mut TcpStream) -> Option<String> {
    let mut read = Vec::new();
    loop {
        let mut part = [0; 4096];
        let many = stream.read(&mut part).await.ok().filter(|many| *many > 0)?;
        read.extend_from_slice(&part[..many]);
        let Some((head, body)) = std::str::from_utf8(&read).ok()?.split_once("\r\n\r\n") else {
            continue;
        };
        let mut lines = head.lines().filter_map(|line| line.split_once(": "));
        let length = lines.find(|(name, _)| *name == "content-length")?.1;
        if body.len() >= length.parse().ok()? {
            return String::from_utf8(read).ok();
        }
    }
}
