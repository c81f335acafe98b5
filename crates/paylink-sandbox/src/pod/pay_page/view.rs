use askama::Template;

use super::{Caller, Door, Lost};
use crate::calendar;
use crate::page::persian;
use crate::pod::PodSandbox;
use crate::pod::gateway::WayBack;
use crate::pod::invoice::{Invoice, State};
use crate::pod::keys::Account;
use crate::pod::ledger::Pocket;
use crate::pod::payer::CARD;
use crate::pod::refusal::Refusal;

/// What the payer sees of an invoice.
#[derive(Debug, Template)]
#[template(path = "pod/pay.html")]
pub(super) struct PayPage {
    business: String,
    initial: String,
    order: Option<String>,
    number: String,
    lines: Vec<Line>,
    vat: Option<String>,
    amount: String,
    state: &'static str,
    tone: &'static str,
    paid_at: Option<String>,
    /// How it can be paid, while it can.
    form: Option<Form>,
    /// What has become of it, once nothing is left for the payer to do.
    outcome: Option<String>,
    problem: Option<&'static str>,
}

#[derive(Debug)]
struct Line {
    description: String,
    quantity: String,
    price: String,
}

#[derive(Debug)]
struct Form {
    path: &'static str,
    /// What the link says, to be said again.
    hidden: Vec<(&'static str, String)>,
    payers: Vec<Payer>,
    /// Whether the link is for one payer alone.
    personal: bool,
}

#[derive(Debug)]
struct Payer {
    user_id: u64,
    name: String,
    balance: String,
    chosen: bool,
}

/// The bank's gateway.
#[derive(Debug, Template)]
#[template(path = "pod/gateway.html")]
pub(super) struct GatewayPage {
    path: String,
    number: String,
    amount: String,
    card: &'static str,
    problem: Option<&'static str>,
}

/// What a payer sees whose link leads to no invoice.
#[derive(Debug, Template)]
#[template(path = "pod/lost.html")]
pub(super) struct LostPage {
    heading: &'static str,
    text: &'static str,
}

impl PayPage {
    /// The page of an invoice that can be paid.
    pub(super) fn open(
        pod: &PodSandbox,
        caller: &Caller,
        invoice: &Invoice,
        problem: Option<&'static str>,
    ) -> Self {
        Self {
            form: Some(Form::of(pod, caller, invoice)),
            problem,
            ..Self::bare(pod, invoice)
        }
    }

    /// The page of an invoice that cannot be paid, for a payer who came with no way back.
    pub(super) fn closed(pod: &PodSandbox, invoice: &Invoice, refusal: &Refusal) -> Self {
        let outcome = match invoice.state {
            State::Paid => "این فاکتور پرداخت شده است.".to_owned(),
            State::AwaitingVerification => {
                "پرداخت انجام شد. کسب‌وکار باید آن را تا یک ساعت تأیید کند؛ وگرنه مبلغ به کیف پول شما \
                 برمی‌گردد."
                    .to_owned()
            }
            _ => refusal.message.clone().into_owned(),
        };
        Self {
            outcome: Some(outcome),
            ..Self::bare(pod, invoice)
        }
    }

    fn bare(pod: &PodSandbox, invoice: &Invoice) -> Self {
        let issuer = pod.0.accounts.with_user_id(invoice.issuer);
        let business = issuer.map(Account::name).unwrap_or_default().to_owned();
        let rial = |amount: rust_decimal::Decimal| persian::amount(&amount.normalize().to_string());
        let paid = invoice
            .payment
            .as_ref()
            .filter(|_| matches!(invoice.state, State::Paid | State::AwaitingVerification));
        Self {
            initial: business.chars().take(1).collect(),
            business,
            order: invoice.bill_number.clone(),
            number: persian::digits(&invoice.id.to_string()),
            lines: invoice
                .items
                .iter()
                .map(|item| Line {
                    description: item.description.clone(),
                    quantity: rial(item.quantity),
                    price: rial(item.price),
                })
                .collect(),
            vat: (!invoice.vat.is_zero()).then(|| rial(invoice.vat)),
            amount: rial(invoice.payable()),
            state: invoice.state.title(),
            tone: invoice.state.tone(),
            paid_at: paid.and_then(|payment| calendar::in_tehran(payment.at)),
            form: None,
            outcome: None,
            problem: None,
        }
    }
}

impl Form {
    fn of(pod: &PodSandbox, caller: &Caller, invoice: &Invoice) -> Self {
        let (path, name, value) = caller.door.address();
        let mut hidden = vec![(name, value)];
        let WayBack { redirect, call } = &caller.way_back;
        hidden.extend(
            redirect
                .as_ref()
                .map(|url| ("redirectUri", url.to_string())),
        );
        hidden.extend(call.as_ref().map(|url| ("callUri", url.to_string())));
        let chosen = invoice.user_id.unwrap_or(pod.user().user_id());
        let store = pod.store();
        let payers = pod.0.accounts.all().into_iter().map(|account| Payer {
            user_id: account.user_id(),
            name: account.name().to_owned(),
            balance: persian::amount(
                &store
                    .ledger
                    .balance(&Pocket::Wallet(account.user_id()))
                    .normalize()
                    .to_string(),
            ),
            chosen: account.user_id() == chosen,
        });
        Self {
            path,
            hidden,
            payers: payers.collect(),
            personal: matches!(caller.door, Door::InvoiceId(_)),
        }
    }
}

impl GatewayPage {
    pub(super) fn of(path: String, invoice: &Invoice, problem: Option<&'static str>) -> Self {
        Self {
            path,
            number: persian::digits(&invoice.payment_bill_number.to_string()),
            amount: persian::amount(&invoice.payable_amount()),
            card: CARD,
            problem,
        }
    }
}

impl LostPage {
    pub(super) fn of(lost: Lost) -> Self {
        let (heading, text) = match lost {
            Lost::Page => (
                "صفحه یافت نشد",
                "نشانی این صفحه به هیچ فاکتوری نمی‌رسد. پیوند را از فروشگاه دوباره بگیرید.",
            ),
            Lost::Invoice => (
                "فاکتور یافت نشد",
                "این فاکتور وجود ندارد یا به نام کسی صادر نشده است.",
            ),
            Lost::Expired => (
                "مهلت این پیوند گذشته است",
                "این پیوند تا پنج دقیقه پس از ساخته شدن کار می‌کند. پیوند تازه‌ای از فروشگاه بگیرید.",
            ),
            Lost::BadAddress => (
                "نشانی بازگشت نادرست است",
                "نشانی بازگشت در این پیوند یک نشانی وب نیست.",
            ),
        };
        Self { heading, text }
    }
}
