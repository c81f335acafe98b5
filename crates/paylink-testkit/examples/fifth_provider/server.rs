//! Kiosk's server, as small as it can be: payments in memory, two shops with a key each.

use std::future::{Future, ready};
use std::net::Ipv4Addr;
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, SystemTime};

use axum::extract::{RawQuery, State};
use axum::http::{HeaderMap, StatusCode};
use axum::routing::post;
use axum::{Json, Router};
use form_urlencoded::parse;
use paylink_core::{JalaliDate, Runtime};
use serde_json::{Value, json};
use tokio::net::TcpListener;

/// Each shop's number and key.
pub(crate) const SHOPS: [(&str, &str); 2] = [
    ("58", "kiosk-key-of-the-first-shop"),
    ("59", "kiosk-key-of-the-other-shop"),
];

const PAGE: usize = 2;

type Answer = (StatusCode, Json<Value>);

/// A running server.
#[derive(Clone)]
pub(crate) struct Server {
    payments: Arc<Mutex<Vec<Value>>>,
    clock: Arc<Clock>,
}

impl Server {
    /// Starts one, and says where it is.
    pub(crate) async fn start(clock: Arc<Clock>) -> std::io::Result<(Server, String)> {
        let server = Server {
            payments: Arc::default(),
            clock,
        };
        let change = |from, to| {
            post(
                move |State(server): State<Server>, headers: HeaderMap, Json(body): Json<Value>| async move {
                    server.change(&headers, &body, from, to)
                },
            )
        };
        let router = Router::new()
            .route("/api/payments", post(create).get(find))
            .route("/api/confirm", change(&["paid", "confirmed"], "confirmed"))
            .route("/api/refund", change(&["confirmed"], "refunded"))
            .route("/api/cancel", change(&["open"], "cancelled"))
            .with_state(server.clone());
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
        let url = format!("http://{}/api/", listener.local_addr()?);
        tokio::spawn(async move { axum::serve(listener, router).await });
        Ok((server, url))
    }

    /// Pays, as the payer.
    pub(crate) fn pay(&self, id: &str) -> Result<(), &'static str> {
        let mut payments = self.payments();
        let mut found = payments.iter_mut().filter(|it| is(it, "id", id));
        let payment = found.next().ok_or("there is no such payment")?;
        if !is(payment, "state", "open") {
            return Err("it cannot be paid");
        }
        set(payment, "state", "paid");
        Ok(())
    }

    fn change(&self, headers: &HeaderMap, body: &Value, from: &[&str], to: &'static str) -> Answer {
        let Some(shop) = shop_of(headers) else {
            return refusal(StatusCode::FORBIDDEN, "bad-key");
        };
        let id = text(body, "id");
        let mut payments = self.payments();
        let mut own = payments.iter_mut().filter(|it| is(it, "shop", shop));
        match own.find(|it| is(it, "id", &id)) {
            None => refusal(StatusCode::NOT_FOUND, "no-such-payment"),
            Some(payment) if from.iter().any(|state| is(payment, "state", state)) => {
                set(payment, "state", to);
                (StatusCode::OK, Json(payment.clone()))
            }
            Some(_) => refusal(StatusCode::UNPROCESSABLE_ENTITY, "not-in-this-state"),
        }
    }

    fn payments(&self) -> MutexGuard<'_, Vec<Value>> {
        self.payments.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

async fn create(
    State(server): State<Server>,
    headers: HeaderMap,
    Json(body): Json<Value>,
) -> Answer {
    let Some(shop) = shop_of(&headers) else {
        return refusal(StatusCode::FORBIDDEN, "bad-key");
    };
    let order = text(&body, "order");
    let mut payments = server.payments();
    let is_order = |it: &&Value| is(it, "shop", shop) && is(it, "order", &order);
    if payments.iter().any(|it| is_order(&it)) {
        return refusal(StatusCode::UNPROCESSABLE_ENTITY, "order-taken");
    }
    let id = format!("K{}", payments.len() + 1);
    let now = server.clock.now();
    let since_epoch = now
        .duration_since(std::time::UNIX_EPOCH)
        .unwrap_or_default();
    let payment = json!({
        "id": id,
        "order": order,
        "shop": shop,
        "rial": body.get("rial"),
        "state": "open",
        "link": format!("https://kiosk.example/pay/{id}"),
        "payable_until": since_epoch.as_secs() + 3_600,
        "day": JalaliDate::from_system_time(now).map(|day| day.to_string()).unwrap_or_default(),
    });
    payments.push(payment.clone());
    (StatusCode::OK, Json(payment))
}

async fn find(
    State(server): State<Server>,
    headers: HeaderMap,
    RawQuery(query): RawQuery,
) -> Answer {
    let Some(shop) = shop_of(&headers) else {
        return refusal(StatusCode::FORBIDDEN, "bad-key");
    };
    let query = query.unwrap_or_default();
    let asked: Vec<_> = parse(query.as_bytes()).collect();
    let after = asked.iter().find(|(name, _)| name == "after");
    let after = after.and_then(|(_, it)| it.parse().ok()).unwrap_or(0);
    let payments = server.payments();
    let found = payments.iter().filter(|payment| {
        let mut filters = asked.iter().filter(|(name, _)| name != "after");
        is(payment, "shop", shop) && filters.all(|(name, value)| is(payment, name, value))
    });
    let found: Vec<&Value> = found.collect();
    let page: Vec<&Value> = found.iter().copied().skip(after).take(PAGE).collect();
    let next = (after + PAGE < found.len()).then(|| (after + PAGE).to_string());
    (
        StatusCode::OK,
        Json(json!({ "payments": page, "next": next })),
    )
}

fn shop_of(headers: &HeaderMap) -> Option<&'static str> {
    let key = headers.get("x-kiosk-key")?;
    let shop = SHOPS.iter().find(|(_, known)| key == known);
    shop.map(|(shop, _)| *shop)
}

fn refusal(status: StatusCode, code: &str) -> Answer {
    (status, Json(json!({ "error": code })))
}

fn is(payment: &Value, member: &str, value: &str) -> bool {
    payment.get(member).and_then(Value::as_str) == Some(value)
}

fn text(body: &Value, member: &str) -> String {
    let found = body.get(member).and_then(Value::as_str);
    found.unwrap_or_default().to_owned()
}

fn set(payment: &mut Value, member: &str, value: &str) {
    if let Some(members) = payment.as_object_mut() {
        members.insert(member.to_owned(), json!(value));
    }
}

/// A clock that can be moved, for the provider and for the server; nobody waits by it.
#[derive(Debug, Default)]
pub(crate) struct Clock(Mutex<Duration>);

impl Clock {
    pub(crate) fn advance(&self, time: Duration) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) += time;
    }
}

impl Runtime for Clock {
    fn now(&self) -> SystemTime {
        SystemTime::now() + *self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn sleep(&self, _: Duration) -> Pin<Box<dyn Future<Output = ()> + Send + '_>> {
        Box::pin(ready(()))
    }

    fn random(&self) -> u64 {
        0
    }
}
