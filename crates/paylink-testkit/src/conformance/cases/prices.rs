use paylink_core::provider::NewPayment;
use paylink_core::{Currency, ErrorKind, Money, Rial, Toman};

use crate::conformance::case::{Case, Verdict};
use crate::conformance::stop::{Stop, ensure};
use crate::conformance::trial::{Trial, refused};

pub(super) const CASES: &[Case] = &[
    Case::new(
        "foreign currencies",
        "A price in a currency that the provider does not count in is refused before a byte leaves.",
        |trial| Box::pin(foreign_currencies(trial)),
    ),
    Case::new(
        "every currency",
        "A price in each currency that the provider counts in is on the wire and in the record, to the last digit.",
        |trial| Box::pin(every_currency(trial)),
    ),
    Case::new(
        "rial and toman",
        "Rial and toman stand for one another exactly, and what does not divide is refused before a byte leaves.",
        |trial| Box::pin(rial_and_toman(trial)),
    ),
];

async fn foreign_currencies(trial: &Trial) -> Verdict {
    let foreign: Vec<Currency> = Currency::ALL
        .into_iter()
        .filter(|currency| !counts_in(trial, *currency) && twin_counted(trial, *currency).is_none())
        .collect();
    if foreign.is_empty() {
        return Err(Stop::not_applicable(
            "It counts in every currency there is, or converts it.",
        ));
    }
    for currency in foreign {
        let payment = trial.payment_of(Money::new("250000", currency)?)?;
        refused_unsent(trial, &payment, ErrorKind::Unsupported).await?;
    }
    Ok(())
}

async fn every_currency(trial: &Trial) -> Verdict {
    for currency in trial.capabilities.currencies() {
        let price = trial.subject.price(*currency)?;
        sent_as(trial, price, price).await?;
    }
    Ok(())
}

async fn rial_and_toman(trial: &Trial) -> Verdict {
    let mut both = true;
    for (currency, twin) in [
        (Currency::Irr, Currency::Irt),
        (Currency::Irt, Currency::Irr),
    ] {
        if !counts_in(trial, currency) || counts_in(trial, twin) {
            continue;
        }
        both = false;
        let counted = trial.subject.price(currency)?;
        let (given, odd) = match currency {
            Currency::Irr => (
                Money::from(Toman::try_from(counted)?),
                format!("{}.05", Toman::try_from(counted)?.get()),
            ),
            _ => (
                Money::from(Rial::try_from(counted)?),
                Rial::try_from(counted)?.get().saturating_add(5).to_string(),
            ),
        };
        sent_as(trial, given, counted).await?;
        let odd = trial.payment_of(Money::new(&odd, twin)?)?;
        refused_unsent(trial, &odd, ErrorKind::Invalid).await?;
    }
    if both {
        return Err(Stop::not_applicable(
            "It counts in neither rial nor toman, or in both, so that nothing is converted.",
        ));
    }
    Ok(())
}

/// Creates a payment of a given price and finds what it is counted as.
async fn sent_as(trial: &Trial, given: Money, counted: Money) -> Verdict {
    let payment = trial.payment_of(given)?;
    let prepared = trial.provider.prepare(&payment);
    let prepared = prepared.map_err(|error| Stop::failed(format!("preparing {given}: {error}")))?;
    let of_handle = prepared.handle().amount().copied();
    drop(prepared);
    let before = trial.recorder.count();
    let created = trial.create(&payment).await?;
    let recorded = created.record().amount();
    ensure(*recorded == counted, || {
        format!("{given} is {counted}, and the record says {recorded}")
    })?;
    ensure(of_handle.is_none_or(|amount| amount == counted), || {
        format!("{given} is {counted}, and the handle says another amount")
    })?;
    let digits = counted.amount();
    let requests = trial.recorder.requests();
    let is_sent = requests.iter().skip(before).any(|it| it.says(&digits));
    ensure(is_sent, || {
        format!("{given} is {counted}, and no request says {digits}")
    })
}

async fn refused_unsent(trial: &Trial, payment: &NewPayment, kind: ErrorKind) -> Verdict {
    let price = payment.price();
    let quiet = trial.silence();
    refused(
        &format!("preparing {price}"),
        trial.provider.prepare(payment),
        kind,
    )?;
    refused(
        &format!("creating {price}"),
        trial.provider.create(payment).await,
        kind,
    )?;
    quiet.held(format_args!("a price of {price}"))
}

fn counts_in(trial: &Trial, currency: Currency) -> bool {
    trial.capabilities.currencies().contains(&currency)
}

/// The other of rial and toman, if the provider counts in that.
fn twin_counted(trial: &Trial, currency: Currency) -> Option<Currency> {
    let twin = match currency {
        Currency::Irr => Currency::Irt,
        Currency::Irt => Currency::Irr,
        _ => return None,
    };
    counts_in(trial, twin).then_some(twin)
}
