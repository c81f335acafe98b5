//! The pages where a person pays: POD's own page, and the bank's gateway.

mod gateway;

use askama::Template;
use axum::Router;
use axum::body::Bytes;
use axum::extract::{RawQuery, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::get;
use rust_decimal::Decimal;
use url::Url;

use super::api::Params;
use super::invoice::{Invoice, Item, State as InvoiceState, Store};
use super::keys::Account;
use super::ledger::{Delegations, Pocket};
use super::links::{self as returns, WayBack};
use super::refusal::Refusal;
use super::{NAME, PodSandbox};
use crate::calendar;
use crate::headers::FORM;
use crate::page::{self, Policy, Reader, Shown, bilingual, page, persian, status_of};
use crate::simulated::PayReason;
use crate::view::view;

/// Serves the pages, relative to the provider's root.
pub(super) fn routes(pod: PodSandbox) -> Router {
    let door = || get(open).post(choose);
    Router::new()
        .route("/v1/pbc/payInvoiceByUniqueNumber", door())
        .route("/v1/pbc/payInvoiceByUniqueNumber/", door())
        .route("/v1/pbc/payinvoice", door())
        .route("/v1/pbc/payinvoice/", door())
        .route("/v1/pbc/PayInvoiceDispatcher", door())
        .route("/v1/pbc/PayInvoiceDispatcher/", door())
        .merge(gateway::routes())
        .with_state(pod)
}

async fn open(
    State(pod): State<PodSandbox>,
    RawQuery(query): RawQuery,
    reader: Reader,
) -> Response {
    let params = Params::decode(query.unwrap_or_default().as_bytes());
    let (caller, invoice) = match enter(&pod, &params) {
        Ok(found) => found,
        Err(lost) => return render_lost(&reader, lost),
    };
    if let Err(refusal) = invoice.require_payable() {
        return turn_away(&pod, &reader, &caller.way_back, &invoice, &refusal);
    }
    match caller.gateway {
        Some(Gateway::Bank) => gateway::send(&pod, &reader, &caller.way_back, &invoice),
        Some(Gateway::Simulated) if pod.settings().environment.has_sandbox() => {
            match pod.pay_by_card(invoice.id) {
                Ok(paid) => conclude(&pod, &caller.way_back, &paid),
                Err(_) => gateway::send(&pod, &reader, &caller.way_back, &invoice),
            }
        }
        Some(Gateway::Simulated) | None => render(&pod, &reader, &caller, &invoice, None),
    }
}

/// Takes the payer's choice of how to pay.
async fn choose(State(pod): State<PodSandbox>, reader: Reader, body: Bytes) -> Response {
    let params = Params::decode(&body);
    let (caller, invoice) = match enter(&pod, &params) {
        Ok(found) => found,
        Err(lost) => return render_lost(&reader, lost),
    };
    let payer = params.id("payer").ok().flatten();
    let payer = payer.and_then(|user_id| pod.0.accounts.with_user_id(user_id));
    let foreign = payer.map(Account::user_id) != invoice.user_id;
    if matches!(caller.door, Door::InvoiceId(_)) && foreign {
        let problem = "فاکتور یافت نشد: این فاکتور به نام پرداخت‌کنندهٔ دیگری صادر شده است.";
        return render(&pod, &reader, &caller, &invoice, Some(problem));
    }
    match (params.get("method"), payer) {
        (Some("card"), _) => gateway::send(&pod, &reader, &caller.way_back, &invoice),
        (Some("wallet"), Some(payer)) => {
            let (now, from) = (pod.now(), Delegations::default());
            let mut store = pod.store();
            let paid = store
                .pay_from_wallet(invoice.id, payer.user_id(), &from, now)
                .and_then(|()| store.get(invoice.id).cloned());
            drop(store);
            match paid {
                Ok(paid) => conclude(&pod, &caller.way_back, &paid),
                Err(refusal) if refusal == Refusal::NOT_ENOUGH => {
                    let problem = "موجودی این کیف پول کافی نیست. مبلغی پرداخت نشد.";
                    render(&pod, &reader, &caller, &invoice, Some(problem))
                }
                Err(refusal) => turn_away(&pod, &reader, &caller.way_back, &invoice, &refusal),
            }
        }
        _ => {
            let problem = "روش پرداخت و پرداخت‌کننده را انتخاب کنید.";
            render(&pod, &reader, &caller, &invoice, Some(problem))
        }
    }
}

const ELSEWHERE: &str = "the link does not lead to the invoice";

/// Pays the invoice `id` by card as a payer who opens `link`, and returns where the browser is sent.
pub(super) fn pay_by_link(pod: &PodSandbox, link: &str, id: u64) -> Result<String, PayReason> {
    let query = link
        .strip_prefix(pod.pay_url())
        .filter(|path| path.starts_with("v1/pbc/"))
        .and_then(|path| path.split_once('?'));
    let (_, query) = query.ok_or(ELSEWHERE)?;
    let entered = enter(pod, &Params::decode(query.as_bytes()));
    let (caller, invoice) = entered.map_err(|_| ELSEWHERE)?;
    if invoice.id != id {
        return Err(ELSEWHERE.into());
    }
    let paid = pod.pay_by_card(id)?;
    Ok(notify(pod, &caller.way_back, &paid))
}

/// Finds out which invoice it is about.
fn enter(pod: &PodSandbox, params: &Params) -> Result<(Caller, Invoice), Lost> {
    let caller = Caller::read(params)?;
    let invoice = caller.door.invoice(pod)?;
    Ok((caller, invoice))
}

/// Sends the payer back with the news of a payment, and calls what is to be called.
fn conclude(pod: &PodSandbox, way_back: &WayBack, invoice: &Invoice) -> Response {
    Redirect::to(&notify(pod, way_back, invoice)).into_response()
}

/// Calls what is to be called after a payment, and returns where the payer's browser goes.
fn notify(pod: &PodSandbox, way_back: &WayBack, invoice: &Invoice) -> String {
    if let Some(call) = &way_back.call {
        let body = form_urlencoded::Serializer::new(String::new())
            .extend_pairs(returns::parameters(invoice))
            .finish();
        let outbox = &pod.0.world.outbox;
        outbox.send(NAME, &invoice.id.to_string(), call, FORM, body);
    }
    match redirect_of(way_back, invoice) {
        Some(redirect) => returns::success(redirect, invoice).into(),
        None => pod.unique_number_link(invoice, &WayBack::default()),
    }
}

/// Sends the payer back with the reason why not, or shows it if there is no way back.
fn turn_away(
    pod: &PodSandbox,
    reader: &Reader,
    way_back: &WayBack,
    invoice: &Invoice,
    refusal: &Refusal,
) -> Response {
    // The document has another text for the gateway than for the services.
    let refusal = match invoice.state {
        InvoiceState::Guaranteed => &Refusal::NOT_PAYABLE,
        _ => refusal,
    };
    match redirect_of(way_back, invoice) {
        Some(redirect) => {
            let worded = pod.settings().worded_refusals;
            Redirect::to(returns::failure(redirect, refusal, worded).as_str()).into_response()
        }
        None => {
            let view = PayPage {
                outcome: Some(outcome(invoice, refusal)),
                ..PayPage::of(pod, invoice, reader)
            };
            page(reader, StatusCode::OK, &view, Policy::default())
        }
    }
}

/// What has become of an invoice that cannot be paid, for a payer who came with no way back.
fn outcome(invoice: &Invoice, refusal: &Refusal) -> String {
    match invoice.state {
        InvoiceState::Paid => "این فاکتور پرداخت شده است.".to_owned(),
        InvoiceState::AwaitingVerification => {
            "پرداخت انجام شد. کسب‌وکار باید آن را تا یک ساعت تأیید کند؛ وگرنه مبلغ به کیف پول شما برمی‌گردد."
                .to_owned()
        }
        _ => refusal.message.clone().into_owned(),
    }
}

/// The address the link names, or else the one the business named when it issued the invoice.
fn redirect_of<'a>(way_back: &'a WayBack, invoice: &'a Invoice) -> Option<&'a Url> {
    way_back.redirect.as_ref().or(invoice.redirect.as_ref())
}

fn render(
    pod: &PodSandbox,
    reader: &Reader,
    caller: &Caller,
    invoice: &Invoice,
    problem: Option<&'static str>,
) -> Response {
    let view = PayPage {
        form: Some(Form::of(pod, caller, invoice)),
        problem,
        ..PayPage::of(pod, invoice, reader)
    };
    let leads_to = redirect_of(&caller.way_back, invoice);
    page(
        reader,
        status_of(problem.as_ref()),
        &view,
        Policy::leads_to(leads_to),
    )
}

fn render_lost(reader: &Reader, lost: Lost) -> Response {
    let (status, heading, text) = match lost {
        Lost::Page => (
            StatusCode::NOT_FOUND,
            "صفحه یافت نشد",
            "نشانی این صفحه به هیچ فاکتوری نمی‌رسد. پیوند را از فروشگاه دوباره بگیرید.",
        ),
        Lost::Invoice => (
            StatusCode::NOT_FOUND,
            "فاکتور یافت نشد",
            "این فاکتور وجود ندارد یا به نام کسی صادر نشده است.",
        ),
        Lost::Expired => (
            StatusCode::GONE,
            "مهلت این پیوند گذشته است",
            "این پیوند تا پنج دقیقه پس از ساخته شدن کار می‌کند. پیوند تازه‌ای از فروشگاه بگیرید.",
        ),
        Lost::BadAddress => (
            StatusCode::BAD_REQUEST,
            "نشانی بازگشت نادرست است",
            "نشانی بازگشت در این پیوند یک نشانی وب نیست.",
        ),
    };
    (
        status,
        page::lost(
            reader,
            Some("POD"),
            bilingual(heading, ""),
            bilingual(text, ""),
        ),
    )
        .into_response()
}

/// By which link a payer comes.
#[derive(Debug)]
enum Door {
    /// Anyone may pay.
    UniqueNumber(String),
    /// Only the invoice's own user may pay.
    InvoiceId(u64),
    /// A link of service 29815: anyone may pay while it lives.
    Dispatcher(String),
}

/// A payer with what the link says.
#[derive(Debug)]
struct Caller {
    door: Door,
    way_back: WayBack,
    gateway: Option<Gateway>,
}

/// What `gateway` can say.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Gateway {
    /// `PEP`: straight to the bank.
    Bank,
    /// `LOC`: pays by itself, where POD's sandbox is simulated.
    Simulated,
}

/// Why a link leads to no invoice.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Lost {
    /// There is no such number.
    Page,
    /// There is no such invoice, or it was issued to no user.
    Invoice,
    /// The link does not live any more.
    Expired,
    /// An address in the link is none.
    BadAddress,
}

impl Caller {
    fn read(params: &Params) -> Result<Self, Lost> {
        let url = |name| params.url(name).map_err(|_| Lost::BadAddress);
        let call = match url("callUri")? {
            None => url("callbackUri")?,
            call => call,
        };
        let gateway = match params.get("gateway") {
            Some("PEP") => Some(Gateway::Bank),
            Some("LOC") => Some(Gateway::Simulated),
            _ => None,
        };
        Ok(Self {
            door: Door::read(params)?,
            way_back: WayBack {
                redirect: url("redirectUri")?,
                call,
            },
            gateway,
        })
    }
}

impl Door {
    fn read(params: &Params) -> Result<Self, Lost> {
        if let Some(number) = params.get("uniqueNumber") {
            return Ok(Self::UniqueNumber(number.to_owned()));
        }
        if let Some(hash) = params.get("h") {
            return Ok(Self::Dispatcher(hash.to_owned()));
        }
        match params.id("invoiceId") {
            Ok(Some(id)) => Ok(Self::InvoiceId(id)),
            Ok(None) => Err(Lost::Page),
            Err(_) => Err(Lost::Invoice),
        }
    }

    /// Finds the invoice behind it.
    fn invoice(&self, pod: &PodSandbox) -> Result<Invoice, Lost> {
        let store = pod.store();
        match self {
            Self::UniqueNumber(number) => store.with_unique_number(number).ok_or(Lost::Page),
            Self::InvoiceId(id) => match store.get(*id) {
                Ok(invoice) if invoice.user_id.is_some() => Ok(invoice),
                _ => Err(Lost::Invoice),
            },
            Self::Dispatcher(hash) => {
                let id = store.links.follow(hash, pod.now());
                let id = id.ok_or(Lost::Expired)?;
                store.get(id).map_err(|_| Lost::Invoice)
            }
        }
        .cloned()
    }

    /// The path and the parameter that lead back here.
    fn address(&self) -> (&'static str, &'static str, String) {
        match self {
            Self::UniqueNumber(number) => (
                "/pod/v1/pbc/payInvoiceByUniqueNumber",
                "uniqueNumber",
                number.clone(),
            ),
            Self::InvoiceId(id) => ("/pod/v1/pbc/payinvoice/", "invoiceId", id.to_string()),
            Self::Dispatcher(hash) => ("/pod/v1/pbc/PayInvoiceDispatcher/", "h", hash.clone()),
        }
    }
}

view! {
    /// What the payer sees of an invoice.
    #[derive(Debug, Template)]
    #[template(path = "pod/pay.html")]
    struct PayPage<'a> of (pod: &'a PodSandbox, invoice: &'a Invoice, by: &'a Reader) {
        reader: &'a Reader = by,
        business: &'a str = business,
        initial: String = business.chars().take(1).collect(),
        order: Option<&'a str> = invoice.bill_number.as_deref(),
        number: String = persian::digits(&invoice.id.to_string()),
        lines: Vec<Line<'a>> = invoice.items.iter().map(Line::of).collect(),
        vat: Option<String> = (!invoice.vat.is_zero()).then(|| rial(invoice.vat)),
        amount: String = rial(invoice.payable()),
        state: Shown = invoice.state.shown(),
        paid_at: Option<String> = paid.and_then(|payment| calendar::in_tehran(payment.at)),
        /// How it can be paid, while it can.
        form: Option<Form<'a>> = None,
        /// What has become of it, once nothing is left for the payer to do.
        outcome: Option<String> = None,
        problem: Option<&'static str> = None,
    } with {
        let issuer = pod.0.accounts.with_user_id(invoice.issuer);
        let business = issuer.map(Account::name).unwrap_or_default();
        let paid = invoice.payment.as_ref().filter(|_| invoice.state.took_money());
    }
}

view! {
    #[derive(Debug)]
    struct Line<'a> of (item: &'a Item) {
        description: &'a str = &item.description,
        quantity: String = rial(item.quantity),
        price: String = rial(item.price),
    }
}

view! {
    #[derive(Debug)]
    struct Form<'a> of (pod: &'a PodSandbox, caller: &Caller, invoice: &Invoice) {
        path: &'static str = path,
        /// What the link says, to be sent along again.
        hidden: Vec<(&'static str, String)> = hidden.into_iter().flatten().collect(),
        payers: Vec<Payer<'a>> = payers.into(),
        /// Whether the link is for one payer alone.
        personal: bool = matches!(caller.door, Door::InvoiceId(_)),
    } with {
        let (path, name, value) = caller.door.address();
        let WayBack { redirect, call } = &caller.way_back;
        let again = |name, url: &Option<Url>| url.as_ref().map(|url| (name, url.to_string()));
        let hidden = [Some((name, value)), again("redirectUri", redirect), again("callUri", call)];
        let chosen = invoice.user_id.unwrap_or(pod.user().user_id());
        let store = pod.store();
        let payers = pod.0.accounts.all().map(|account| Payer::of(account, &store, chosen));
    }
}

view! {
    #[derive(Debug)]
    struct Payer<'a> of (account: &'a Account, store: &Store, chosen_id: u64) {
        user_id: u64 = account.user_id(),
        name: &'a str = account.name(),
        balance: String = rial(store.ledger.balance(&Pocket::Wallet(account.user_id()))),
        chosen: bool = account.user_id() == chosen_id,
    }
}

fn rial(amount: Decimal) -> String {
    persian::amount(&amount.normalize().to_string())
}
