//! Orders: created, read, listed, started over, acknowledged, and what a provider offers beyond that.

#![expect(
    unused_qualifications,
    reason = "the macro of utoipa writes whole paths"
)]

use std::sync::Arc;
use std::time::{Duration, SystemTime};

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jiff::Timestamp;
use paylink::desk::Stage;
use paylink::{FieldKey, Invalid};
use paylink_books::Orders;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::asked::{Asked, Body, Named};
use super::gate::{Held, Read, Refund, TakePayments};
use super::{Answer, accepted};
use crate::problem::{Problem, ProblemKind};
use crate::service::{NewOrder, Placed, Service};
use crate::store::{millis, moment};
use crate::view::{OrderView, StageWord};

type Shop = State<Arc<Service>>;

const STAGE: FieldKey = FieldKey::new("stage", "stage");
const AFTER: FieldKey = FieldKey::new("after", "cursor");
const SINCE: FieldKey = FieldKey::new("since", "moment");
const UNTIL: FieldKey = FieldKey::new("until", "moment");
const LIMIT: FieldKey = FieldKey::new("limit", "limit");

/// The most orders or events of a page, and how many if nobody says.
pub(super) const MOST: u16 = 100;
pub(super) const USUAL: u16 = 50;

/// Create an order, and its payment.
///
/// It may be sent again, after a lost answer as well: the same order gets the same answer, another one of the same name is
/// refused as a `conflict`. Show the payer `payment.link`, or `payment.transfer` where the money goes from card to card.
#[utoipa::path(
    post, path = "/v1/orders", tag = "orders", operation_id = "createOrder",
    request_body = NewOrder,
    responses(
        (status = 201, description = "It is in the books, and its payment is there.", body = OrderView),
        (status = 200, description = "It was there before, and stands so now.", body = OrderView),
        (status = 202, description = "It is in the books, and whether its payment is there is not known yet: send the same again after `Retry-After`.", body = OrderView),
    ),
)]
pub(super) async fn create(
    State(service): Shop,
    _: Held<TakePayments>,
    Body(wish): Body<NewOrder>,
) -> Result<Response, Problem> {
    to_the_end(&service, async move |service: Arc<Service>| {
        Ok(placed(service.place(&wish).await?))
    })
    .await
}

/// List orders, the oldest first.
#[utoipa::path(
    get, path = "/v1/orders", tag = "orders", operation_id = "listOrders", params(Filter),
    responses((status = 200, description = "A page of them.", body = OrderList)),
)]
pub(super) async fn list(
    State(service): Shop,
    _: Held<Read>,
    Asked(filter): Asked<Filter>,
) -> Answer<OrderList> {
    let page = service
        .list(&filter.orders()?, limit(filter.limit.as_deref())?)
        .await?;
    let last = page.orders.last().filter(|_| page.is_full);
    let next = last.and_then(|last| Some(cursor(last.created_at?.0, &last.order)));
    Ok(Json(OrderList {
        orders: page.orders,
        next,
    }))
}

/// Read an order.
///
/// Nobody is asked: it stands as it was seen last. The service looks by itself, and when the payer comes back.
#[utoipa::path(
    get, path = "/v1/orders/{order}", tag = "orders", operation_id = "readOrder",
    params(("order" = String, Path, description = "The order's name, percent-encoded: a slash is `%2F`.")),
    responses((status = 200, description = "The order.", body = OrderView)),
)]
pub(super) async fn read(
    State(service): Shop,
    _: Held<Read>,
    Named(order): Named,
) -> Answer<OrderView> {
    Ok(Json(service.read(&order).await?))
}

/// Ask the provider how an order stands, now.
#[utoipa::path(
    post, path = "/v1/orders/{order}/check", tag = "orders", operation_id = "checkOrder",
    params(("order" = String, Path, description = "The order's name.")),
    responses((status = 200, description = "The order, as it stands now.", body = OrderView)),
)]
pub(super) async fn check(
    State(service): Shop,
    _: Held<TakePayments>,
    Named(order): Named,
) -> Result<Response, Problem> {
    to_the_end(&service, async move |service: Arc<Service>| {
        Ok(shown(service.check(&order).await?))
    })
    .await
}

/// Ask for another payment of the same order.
///
/// It is begun only if the one before expired, failed, was cancelled or is lost, which the provider is asked first.
#[utoipa::path(
    post, path = "/v1/orders/{order}/start-over", tag = "orders", operation_id = "startOver",
    params(("order" = String, Path, description = "The order's name.")),
    request_body = StartOver,
    responses(
        (status = 200, description = "The new payment is there.", body = OrderView),
        (status = 202, description = "Whether the new payment is there is not known yet: create the same order again after `Retry-After`.", body = OrderView),
    ),
)]
pub(super) async fn start_over(
    State(service): Shop,
    Held { key, .. }: Held<TakePayments>,
    Named(order): Named,
    Body(wish): Body<StartOver>,
) -> Result<Response, Problem> {
    let begun = async move |service: Arc<Service>| {
        Ok(placed(
            service.start_over(&order, &wish.reference, &key).await?,
        ))
    };
    to_the_end(&service, begun).await
}

/// Say that an order's goods are taken care of. Saying it again changes nothing.
#[utoipa::path(
    post, path = "/v1/orders/{order}/acknowledge", tag = "orders", operation_id = "acknowledgeOrder",
    params(("order" = String, Path, description = "The order's name.")),
    responses((status = 200, description = "It is written.", body = OrderView)),
)]
pub(super) async fn acknowledge(
    State(service): Shop,
    _: Held<TakePayments>,
    Named(order): Named,
) -> Result<Response, Problem> {
    to_the_end(&service, async move |service: Arc<Service>| {
        Ok(shown(service.acknowledge(&order).await?))
    })
    .await
}

/// Give the whole money of a paid order back.
///
/// It is done once, however often it is asked for. Where it is not known whether it was carried out (`unknown`), ask again
/// later: it is looked up before anything is sent.
#[utoipa::path(
    post, path = "/v1/orders/{order}/refund", tag = "orders", operation_id = "refundOrder",
    params(("order" = String, Path, description = "The order's name.")),
    responses((status = 200, description = "The money went back.", body = OrderView)),
)]
pub(super) async fn refund(
    State(service): Shop,
    Held { key, .. }: Held<Refund>,
    Named(order): Named,
) -> Result<Response, Problem> {
    let refunded =
        async move |service: Arc<Service>| Ok(shown(service.give_back(&order, &key).await?));
    to_the_end(&service, refunded).await
}

/// Make an order's unpaid payment one that nobody can pay.
///
/// The provider is asked first: a payment that is over already is not disabled again.
#[utoipa::path(
    post, path = "/v1/orders/{order}/disable", tag = "orders", operation_id = "disableOrder",
    params(("order" = String, Path, description = "The order's name.")),
    responses((status = 200, description = "It is done.", body = OrderView)),
)]
pub(super) async fn disable(
    State(service): Shop,
    Held { key, .. }: Held<TakePayments>,
    Named(order): Named,
) -> Result<Response, Problem> {
    let disabled =
        async move |service: Arc<Service>| Ok(shown(service.disable(&order, &key).await?));
    to_the_end(&service, disabled).await
}

/// Send the payer the link of an order's payment again.
///
/// Each request is one message: after a lost answer, take it for sent.
#[utoipa::path(
    post, path = "/v1/orders/{order}/resend", tag = "orders", operation_id = "resendLink",
    params(("order" = String, Path, description = "The order's name.")),
    responses((status = 200, description = "It was sent.", body = OrderView)),
)]
pub(super) async fn resend(
    State(service): Shop,
    _: Held<TakePayments>,
    Named(order): Named,
) -> Result<Response, Problem> {
    to_the_end(&service, async move |service: Arc<Service>| {
        Ok(shown(service.resend(&order).await?))
    })
    .await
}

/// Lets what has begun come to its end though the caller hangs up: nobody has to wait for the end of a claim, and an answer
/// of the provider is written.
pub(crate) async fn to_the_end<T, F>(
    service: &Arc<Service>,
    work: impl FnOnce(Arc<Service>) -> F,
) -> Result<T, Problem>
where
    T: Send + 'static,
    F: Future<Output = Result<T, Problem>> + Send + 'static,
{
    let done = service.tasks.spawn(work(Arc::clone(service)));
    done.await.unwrap_or_else(|_| {
        let detail = "the service failed while it was at the order: repeat the request";
        Err(Problem::new(ProblemKind::Internal, detail).may_be_executed())
    })
}

fn shown(order: OrderView) -> Response {
    Json(order).into_response()
}

fn placed(placed: Placed) -> Response {
    match placed.again_in {
        Some(again_in) => accepted(placed.order, again_in),
        None if placed.is_new => (StatusCode::CREATED, Json(placed.order)).into_response(),
        None => shown(placed.order),
    }
}

/// What another payment is to be asked for under.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct StartOver {
    /// A reference that was not used before.
    #[schema(example = "1000-2")]
    reference: String,
}

/// Which orders are listed.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct Filter {
    /// Only those of this stage.
    #[param(inline, value_type = Option<StageWord>)]
    stage: Option<String>,
    /// Only those of this account.
    account: Option<String>,
    /// Only those that were created at this moment or later.
    #[param(value_type = Option<String>, format = DateTime)]
    since: Option<String>,
    /// Only those that were created before this moment.
    #[param(value_type = Option<String>, format = DateTime)]
    until: Option<String>,
    /// The page behind the one that gave this as `next`.
    after: Option<String>,
    /// At most so many: 50, if it is not given.
    #[param(value_type = Option<u16>, minimum = 1, maximum = 100)]
    limit: Option<String>,
}

/// A page of orders.
#[derive(Serialize, ToSchema)]
pub(super) struct OrderList {
    orders: Vec<OrderView>,
    /// Give it back as `after` for the next page; null on the last one.
    next: Option<String>,
}

impl Filter {
    fn orders(&self) -> Result<Orders, Problem> {
        let mut orders = Orders::all();
        if let Some(word) = &self.stage {
            let stage = Stage::ALL.iter().find(|stage| stage.as_str() == word);
            let stage = stage.ok_or_else(|| {
                let words: Vec<&str> = Stage::ALL.iter().map(|stage| stage.as_str()).collect();
                let unknown = Invalid::new(STAGE, "is not known").with_value(word);
                unknown.with_remedy(format!("use one of {}", words.join(", ")))
            })?;
            orders = orders.in_stage(*stage);
        }
        if let Some(account) = &self.account {
            orders = orders.of_account(account);
        }
        if let Some(text) = &self.since {
            orders = orders.created_since(time(SINCE, text)?);
        }
        if let Some(text) = &self.until {
            orders = orders.created_until(time(UNTIL, text)?);
        }
        if let Some(after) = &self.after {
            let (at, name) = read_cursor(after)?;
            orders = orders.after_order(at, &name);
        }
        Ok(orders)
    }
}

/// How many are asked for.
pub(super) fn limit(asked: Option<&str>) -> Result<u16, Problem> {
    let Some(asked) = asked else { return Ok(USUAL) };
    let number = asked.parse::<u16>().ok();
    let number = number.filter(|number| (1..=MOST).contains(number));
    number.ok_or_else(|| {
        let wrong = Invalid::new(LIMIT, "is not a number from 1 to 100").with_value(asked);
        wrong.with_remedy("write it in digits").into()
    })
}

fn time(key: FieldKey, text: &str) -> Result<SystemTime, Problem> {
    let time = text.parse::<Timestamp>().ok();
    let time = time.and_then(|time| u64::try_from(time.as_millisecond()).ok());
    let time =
        time.and_then(|millis| SystemTime::UNIX_EPOCH.checked_add(Duration::from_millis(millis)));
    time.ok_or_else(|| {
        Invalid::new(key, "is not a moment since 1970")
            .with_value(text)
            .with_remedy("write it as 2026-11-30T12:00:00Z, and a + in a query as %2B")
            .into()
    })
}

/// Where a page ends.
pub(crate) fn cursor(at: SystemTime, name: &str) -> String {
    URL_SAFE_NO_PAD.encode(format!("{}:{name}", millis(at)))
}

pub(crate) fn read_cursor(text: &str) -> Result<(SystemTime, String), Problem> {
    let read = || {
        let bytes = URL_SAFE_NO_PAD.decode(text).ok()?;
        let text = String::from_utf8(bytes).ok()?;
        let (at, name) = text.split_once(':')?;
        let at: i64 = at.parse().ok().filter(|at| *at >= 0)?;
        (!name.contains('\0')).then(|| (moment(at), name.to_owned()))
    };
    read().ok_or_else(|| {
        Invalid::new(AFTER, "is not one of this list")
            .with_value(text)
            .with_remedy("give back what the page before has as next")
            .into()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cursor_comes_back_and_nothing_else_is_one() {
        let at = SystemTime::UNIX_EPOCH + Duration::from_millis(1_795_970_700_120);
        for name in ["1000", "a:b/c", "سفارش"] {
            let (time, read) = read_cursor(&cursor(at, name)).ok().unwrap();
            assert_eq!((time, read.as_str()), (at, name));
        }
        for odd in ["", "x", "Og", "LTE6YQ", "MTphAA", "9999", "////"] {
            assert!(read_cursor(odd).is_err(), "{odd}");
        }
    }

    #[test]
    fn a_limit_is_a_number_within_its_bounds() {
        let read = |text: &str| limit(Some(text)).ok();
        assert_eq!(limit(None).ok(), Some(50));
        assert_eq!((read("1"), read("100")), (Some(1), Some(100)));
        for odd in ["0", "101", "-1", "1.0", "", "ten", "99999999999"] {
            assert_eq!(read(odd), None, "{odd}");
        }
    }
}
