//! The providers' books: every payment that there is, in the same words for all of them.

use std::time::SystemTime;

use paylink_sandbox::{Event, Sandbox, cardpay, pod, sizpay, zipay};

/// A payment at a provider.
#[derive(Clone, Debug)]
pub(super) struct Bill {
    pub(super) account: &'static str,
    pub(super) reference: String,
    /// What it asks for, in rial; `None` if it is in another currency.
    pub(super) rial: Option<u64>,
    pub(super) created_at: SystemTime,
    /// When money came, each time with when it went back.
    pub(super) paid: Vec<(SystemTime, Option<SystemTime>)>,
    /// Whether the money is the merchant's.
    pub(super) is_settled: bool,
    /// Whether the provider has told the merchant so, as far as it notes that.
    pub(super) is_confirmed: bool,
    /// Whether it was paid, and nobody has settled it, and it was not given back.
    pub(super) is_pending: bool,
    /// How often the money became the merchant's.
    pub(super) times: usize,
}

/// All of them.
pub(super) fn all(sandbox: &Sandbox) -> Vec<Bill> {
    let zipay = sandbox.zipay().invoices().into_iter().map(of_zipay);
    let pod = sandbox.pod().invoices().into_iter().map(of_pod);
    let sizpay = sandbox.sizpay().links().into_iter().map(of_sizpay);
    let cardpay = sandbox.cardpay().payments();
    let cardpay = cardpay.iter().map(of_cardpay);
    zipay.chain(pod).chain(sizpay).chain(cardpay).collect()
}

/// When money came and went back.
fn paid<K: Copy>(
    history: &[Event<K>],
    comes: impl Fn(K) -> bool,
    goes_back: impl Fn(K) -> bool,
) -> Vec<(SystemTime, Option<SystemTime>)> {
    let mut paid = Vec::new();
    for event in history {
        if comes(event.kind) {
            paid.push((event.at, None));
        } else if goes_back(event.kind)
            && let Some((_, back_at)) = paid.last_mut()
        {
            *back_at = Some(event.at);
        }
    }
    paid
}

fn began<K>(history: &[Event<K>]) -> SystemTime {
    history
        .first()
        .map_or(SystemTime::UNIX_EPOCH, |event| event.at)
}

fn of_zipay(invoice: zipay::Invoice) -> Bill {
    use zipay::{EventKind, Status};
    let toman = invoice.amount.parse::<u64>().ok();
    let toman = toman.filter(|_| invoice.currency == zipay::Currency::Irt);
    let times = invoice.times_verified();
    Bill {
        account: "zipay",
        rial: toman.and_then(|toman| toman.checked_mul(10)),
        created_at: began(&invoice.history),
        paid: paid(
            &invoice.history,
            |kind| kind == EventKind::Paid,
            |kind| kind == EventKind::GivenBack,
        ),
        is_settled: invoice.status == Status::Completed,
        is_confirmed: invoice.status == Status::Completed,
        is_pending: invoice.status == Status::Pending,
        times,
        reference: invoice.invoice_number,
    }
}

fn of_pod(invoice: pod::Invoice) -> Bill {
    use pod::{EventKind, State};
    let times = invoice.times_verified();
    Bill {
        account: "pod",
        rial: invoice.payable_amount().parse().ok(),
        created_at: began(&invoice.history),
        paid: paid(
            &invoice.history,
            |kind| matches!(kind, EventKind::PaidByCard | EventKind::PaidByWallet),
            |kind| kind == EventKind::GivenBack,
        ),
        is_settled: invoice.state == State::Paid,
        is_confirmed: invoice.state == State::Paid,
        is_pending: invoice.state == State::AwaitingVerification,
        times,
        reference: invoice.bill_number.unwrap_or_default(),
    }
}

fn of_sizpay(link: sizpay::Link) -> Bill {
    use sizpay::{EventKind, Status};
    let is_paid = link.status == Status::Paid;
    Bill {
        account: "sizpay",
        rial: Some(link.amount),
        created_at: began(&link.history),
        paid: paid(&link.history, |kind| kind == EventKind::Paid, |_| false),
        is_settled: is_paid,
        // SizPay notes no questions.
        is_confirmed: is_paid,
        is_pending: false,
        times: usize::from(is_paid),
        reference: link.invoice_number,
    }
}

fn of_cardpay(payment: &cardpay::Payment) -> Bill {
    use cardpay::{EventKind, Status};
    let is_paid = payment.status == Status::Paid;
    let times = payment.times_first_verified();
    Bill {
        account: "cardpay",
        rial: Some(payment.price),
        created_at: began(&payment.history),
        paid: paid(&payment.history, |kind| kind == EventKind::Paid, |_| false),
        is_settled: is_paid,
        is_confirmed: is_paid && times > 0,
        is_pending: false,
        times,
        reference: payment.fid.to_string(),
    }
}
