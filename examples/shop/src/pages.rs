//! The shop's own pages: the offer, and an order.

use std::sync::Arc;

use askama::Template;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{Html, IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use axum::{Router, http::HeaderValue};
use paylink::{Input, InputRule, Mobile};

use crate::counter::{Counter, Trouble};
use crate::order::Order;
use crate::standing::Seen;
use crate::view::{OfferPage, OrderPage};
use crate::{buyer, chance};

/// Nothing comes from elsewhere, and no form leads there.
const POLICY: &str = "default-src 'none'; style-src 'self'; img-src data:; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

pub(crate) fn routes(counter: Arc<Counter>) -> Router {
    Router::new()
        .route("/", get(offer))
        .route("/orders", post(place))
        .route("/orders/{number}", get(show))
        .route("/orders/{number}/again", post(again))
        .route("/style.css", get(style))
        .with_state(counter)
}

/// What the buyer filled in.
#[derive(Default)]
struct Wish {
    account: String,
    mobile: String,
}

impl Wish {
    fn read(form: &str) -> Wish {
        let mut wish = Wish::default();
        for (name, value) in form_urlencoded::parse(form.as_bytes()) {
            match &*name {
                "account" => wish.account = value.into_owned(),
                "mobile" => wish.mobile = value.into_owned(),
                _ => {}
            }
        }
        wish
    }
}

async fn offer(State(counter): State<Arc<Counter>>) -> Response {
    let view = OfferPage {
        counter: &counter,
        account: "",
        mobile: "",
        problem: None,
    };
    page(StatusCode::OK, &view)
}

/// Takes an order and leads to its page, so that a refreshed page orders nothing twice.
async fn place(State(counter): State<Arc<Counter>>, headers: HeaderMap, form: String) -> Response {
    let wish = Wish::read(&form);
    let refused = |problem| {
        let view = OfferPage {
            counter: &counter,
            account: &wish.account,
            mobile: &wish.mobile,
            problem: Some(problem),
        };
        page(StatusCode::UNPROCESSABLE_ENTITY, &view)
    };
    let mobile = match mobile(&counter, &wish) {
        Ok(mobile) => mobile,
        Err(problem) => return refused(problem),
    };
    let placed = async {
        let known = buyer::of(&headers).map(str::to_owned);
        let buyer = known.map_or_else(chance::code, Ok)?;
        let number = counter.place(&wish.account, mobile, &buyer).await?;
        Ok::<_, Trouble>((number, buyer))
    };
    match placed.await {
        Ok((number, buyer)) => {
            let cookie = buyer::cookie(&buyer, counter.is_https);
            let headers = [(header::SET_COOKIE, cookie)];
            (headers, Redirect::to(&path(&number))).into_response()
        }
        Err(error) => {
            tracing::warn!(%error, "an order was not taken");
            refused(error.said_to_payer())
        }
    }
}

/// The mobile number, in whatever digits it was typed.
fn mobile(counter: &Counter, wish: &Wish) -> Result<Option<Mobile>, &'static str> {
    let typed = wish.mobile.trim();
    if !typed.is_empty() {
        let mobile = Mobile::parse(typed).map(Some);
        return mobile
            .map_err(|_| "این شماره یک شمارهٔ همراه نیست. آن را مانند ۰۹۱۲۳۴۵۶۷۸۹ بنویسید.");
    }
    let account = counter.accounts().get(&wish.account);
    let account = account.map_err(|_| "یکی از راه‌های پرداخت را انتخاب کنید.")?;
    match account.capabilities().input(Input::Mobile) {
        InputRule::Required => Err("برای این راه پرداخت شمارهٔ همراه لازم است."),
        InputRule::Optional | InputRule::Unsupported(_) => Ok(None),
    }
}

async fn show(
    State(counter): State<Arc<Counter>>,
    Path(number): Path<String>,
    headers: HeaderMap,
) -> Response {
    let looked = {
        let counter = Arc::clone(&counter);
        to_the_end(async move { look(&counter, &number).await }).await
    };
    let (order, seen) = match looked.unwrap_or(Err(Missing::Unreadable)) {
        Ok(looked) => looked,
        Err(missing) => return missing.page(&counter),
    };
    let view = OrderPage {
        counter: &counter,
        is_buyer: buyer::of(&headers) == Some(&order.buyer),
        order: &order,
        seen,
    };
    let mut response = page(StatusCode::OK, &view);
    if let Some(seconds) = view.changes_in() {
        response
            .headers_mut()
            .insert(header::REFRESH, HeaderValue::from(seconds));
    }
    response
}

/// Looks at an order, and reads it after that: what was handed out by the look is shown.
async fn look(counter: &Counter, number: &str) -> Result<(Order, Seen), Missing> {
    let before = find(counter, number).await?;
    let seen = Seen::of(counter, number).await;
    Ok(match find(counter, number).await {
        Ok(order) => (order, seen),
        Err(_) => (before, Seen::unsure()),
    })
}

/// Asks for another payment, for the order's own buyer alone: each one costs the shop a call, and a stranger none.
async fn again(
    State(counter): State<Arc<Counter>>,
    Path(number): Path<String>,
    headers: HeaderMap,
) -> Response {
    let order = match find(&counter, &number).await {
        Ok(order) => order,
        Err(missing) => return missing.page(&counter),
    };
    let page = Redirect::to(&path(&number)).into_response();
    if buyer::of(&headers) == Some(&order.buyer) {
        let _ = to_the_end(async move {
            if let Err(error) = counter.again(&number).await {
                // The order's page says where it stands all the same.
                tracing::warn!(number, %error, "another payment cannot be asked for");
            }
        })
        .await;
    }
    page
}

/// Lets work come to its end even if the buyer hangs up half-way, so that no order waits for the end of a claim. `None` if
/// it panicked.
async fn to_the_end<T: Send + 'static>(
    work: impl Future<Output = T> + Send + 'static,
) -> Option<T> {
    tokio::spawn(work).await.ok()
}

async fn find(counter: &Counter, number: &str) -> Result<Order, Missing> {
    match counter.books.order(number).await {
        Ok(order) => order.ok_or(Missing::Unknown),
        Err(error) => {
            tracing::error!(number, %error, "an order cannot be read");
            Err(Missing::Unreadable)
        }
    }
}

/// Why no order can be shown.
enum Missing {
    /// There is none.
    Unknown,
    /// The books cannot be read.
    Unreadable,
}

impl Missing {
    /// The offer, with a word about the order that is missing.
    fn page(self, counter: &Counter) -> Response {
        let (status, problem) = match self {
            Missing::Unknown => (StatusCode::NOT_FOUND, "سفارشی با این شماره پیدا نشد."),
            Missing::Unreadable => (
                StatusCode::SERVICE_UNAVAILABLE,
                "این سفارش اکنون خوانده نمی‌شود. لطفاً دوباره پرداخت نکنید و کمی بعد برگردید.",
            ),
        };
        let view = OfferPage {
            counter,
            account: "",
            mobile: "",
            problem: Some(problem),
        };
        page(status, &view)
    }
}

async fn style() -> impl IntoResponse {
    let headers = [(header::CONTENT_TYPE, "text/css; charset=utf-8")];
    (headers, include_str!("../templates/style.css"))
}

fn path(number: &str) -> String {
    format!("/orders/{number}")
}

fn page(status: StatusCode, view: &impl Template) -> Response {
    let headers = [
        (header::CONTENT_SECURITY_POLICY, POLICY),
        (header::CACHE_CONTROL, "no-store"),
        (header::REFERRER_POLICY, "no-referrer"),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    ];
    match view.render() {
        Ok(html) => (status, headers, Html(html)).into_response(),
        Err(error) => {
            tracing::error!(%error, "a page cannot be rendered");
            StatusCode::INTERNAL_SERVER_ERROR.into_response()
        }
    }
}

#[cfg(test)]
mod tests;
