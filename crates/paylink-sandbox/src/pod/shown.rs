//! POD's invoices and users as the dashboard shows them.

use super::invoice::{EventKind, Invoice, State};
use super::links::WayBack;
use super::{Account, GUILD, NAME, PodSandbox};
use crate::page::{Bilingual, Shown, Unit, bilingual};
use crate::simulated::{Action, Amount, Holder, Payment, Stage, history};

impl PodSandbox {
    pub(super) fn shown(&self, invoice: &Invoice) -> Payment {
        let id = invoice.id.to_string();
        let act = |(title, act)| Action {
            title,
            path: format!("/_sandbox/{NAME}/invoices/{}/{act}", invoice.id),
        };
        Payment {
            order: invoice.bill_number.clone().unwrap_or_else(|| id.clone()),
            id,
            amount: Amount(invoice.payable_amount(), Unit::Rial),
            state: invoice.state.shown(),
            stage: stage(invoice.state),
            link: self.unique_number_link(invoice, &WayBack::default()),
            history: history(&invoice.history, shown),
            deadline: invoice.due,
            actions: actions(invoice.state).into_iter().map(act).collect(),
        }
    }
}

fn stage(state: State) -> Stage {
    match state {
        State::Unpaid | State::AtGateway => Stage::Open,
        State::AwaitingVerification | State::Guaranteed | State::AwaitingSettlement => Stage::Paid,
        State::Paid => Stage::Settled,
        State::Canceled => Stage::Failed,
    }
}

fn actions(state: State) -> Vec<(Bilingual, &'static str)> {
    let card = (bilingual("پرداخت با کارت", "Pay by card"), "pay-by-card");
    let wallet = (
        bilingual("پرداخت از کیف پول", "Pay from the wallet"),
        "pay-by-wallet",
    );
    let open = (
        bilingual("انتقال به درگاه", "Go to the gateway"),
        "open-gateway",
    );
    let leave = (
        bilingual("ترک درگاه بدون پرداخت", "Leave the gateway unpaid"),
        "leave-gateway",
    );
    match state {
        State::Unpaid => vec![card, wallet, open],
        State::AtGateway => vec![card, leave],
        _ => Vec::new(),
    }
}

fn shown(event: EventKind) -> Shown {
    match event {
        EventKind::Issued => Shown::waiting("صادر شد", "issued"),
        EventKind::SentToGateway => Shown::waiting("به درگاه رفت", "sent to the gateway"),
        EventKind::LeftGateway => {
            Shown::waiting("بدون پرداخت از درگاه برگشت", "left the gateway unpaid")
        }
        EventKind::PaidByCard => Shown::good("با کارت پرداخت شد", "paid by card"),
        EventKind::PaidByWallet => Shown::good("از کیف پول پرداخت شد", "paid from a wallet"),
        EventKind::PaidByOutsideWallet => {
            Shown::good("از کیف پول بیرونی پرداخت شد", "paid from an outside wallet")
        }
        EventKind::PaidByPos => Shown::good("با کارت‌خوان پرداخت شد", "paid at a point of sale"),
        EventKind::MarkedPaid => Shown::good("کسب‌وکار پرداخت‌شده اعلام کرد", "marked as paid"),
        EventKind::Promised => Shown::waiting("برای سررسید تضمین شد", "guaranteed for a later day"),
        EventKind::PromiseKept => Shown::good("در سررسید پرداخت شد", "paid on the guaranteed day"),
        EventKind::PaymentBlocked => {
            Shown::waiting("مبلغ تا تسویه مسدود شد", "money blocked until settlement")
        }
        EventKind::Settled => Shown::good("تسویه شد", "settled"),
        EventKind::Verified => Shown::good("فروشگاه تأیید کرد", "verified"),
        EventKind::VerifiedByTimeout => {
            Shown::good("با پایان مهلت تأیید شد", "verified by the end of its time")
        }
        EventKind::GivenBack => Shown::bad("مبلغ خودکار برگشت", "money went back by itself"),
        EventKind::Closed => Shown::good("فاکتور بسته شد", "closed"),
        EventKind::Canceled => Shown::bad("فروشگاه لغو کرد", "cancelled by the business"),
    }
}

pub(super) fn sample(pod: &PodSandbox) -> String {
    format!(
        "curl {}srv/sc/nzh/doServiceCall -H \"_token_: $PAYLINK_POD_TOKEN\" -H '_token_issuer_: 1' \
         -d scProductId=29796 -d \"scApiKey=$PAYLINK_POD_API_KEY\" -d productId=0 -d price=120000 -d quantity=1 \
         -d productDescription=sample -d guildCode={GUILD} -d preferredTaxRate=0",
        pod.0.base_url
    )
}

pub(super) fn holders(pod: &PodSandbox) -> Vec<Holder> {
    let holder = |account: &Account| Holder {
        id: account.user_id(),
        name: account.name().to_owned(),
        mobile: account.mobile().map(str::to_owned),
        wallet: Amount(
            pod.wallet(account.user_id()).unwrap_or_default(),
            Unit::Rial,
        ),
    };
    pod.0.accounts.all().map(holder).into()
}
