use paylink_core::provider::{Capability, Input, InputRule, ListPayments, PaymentRecord, Support};
use paylink_core::{Error, ErrorKind};

use crate::conformance::case::{Case, Verdict};
use crate::conformance::stop::{Stop, ensure};
use crate::conformance::trial::{Trial, refused};

pub(super) const CASES: &[Case] = &[
    Case::new(
        "declarations are whole",
        "The provider has a name and a currency, and gives a sentence for whatever it does not offer or take.",
        |trial| Box::pin(declarations(trial)),
    ),
    Case::new(
        "missing capabilities",
        "What is not offered is refused as unsupported before a byte leaves.",
        |trial| Box::pin(missing_capabilities(trial)),
    ),
];

async fn declarations(trial: &Trial) -> Verdict {
    let declared = &trial.capabilities;
    ensure(!declared.provider().is_empty(), || {
        "it has no name".to_owned()
    })?;
    trial.currency()?;
    for capability in Capability::ALL.iter().copied() {
        if let Support::Unsupported(why) = declared.support(capability) {
            ensure(is_a_sentence(why), || {
                format!("the reason against {capability} is no sentence: \"{why}\"")
            })?;
        }
    }
    for input in Input::ALL.iter().copied() {
        if let InputRule::Unsupported(why) = declared.input(input) {
            ensure(is_a_sentence(why), || {
                format!("the reason against a {input} is no sentence: \"{why}\"")
            })?;
        }
    }
    ensure(trial.provider.capabilities() == declared, || {
        "it declares something else when it is asked again".to_owned()
    })
}

async fn missing_capabilities(trial: &Trial) -> Verdict {
    let missing: Vec<Capability> = Capability::ALL
        .iter()
        .copied()
        .filter(|capability| !trial.capabilities.support(*capability).is_supported())
        .collect();
    if missing.is_empty() {
        return Err(Stop::not_applicable("It offers every capability there is."));
    }
    let (_, created) = trial.created().await?;
    for capability in missing {
        let quiet = trial.silence();
        if let Some(result) = use_of(trial, capability, created.record()).await {
            refused(capability.as_str(), result, ErrorKind::Unsupported)?;
        }
        quiet.held(format_args!("{capability}, which is not offered"))?;
    }
    Ok(())
}

/// Uses a capability; `None` for those that show in what a create brings, or in what resolving finds.
async fn use_of(
    trial: &Trial,
    capability: Capability,
    record: &PaymentRecord,
) -> Option<Result<(), Error>> {
    let provider = &trial.provider;
    let result = match capability {
        Capability::State => provider.state(record).await.map(drop),
        Capability::Refund => provider.refund(record).await.map(drop),
        Capability::Disable => provider.disable(record).await.map(drop),
        Capability::Resend => provider.resend(record).await.map(drop),
        Capability::List => provider.list(&ListPayments::new()).await.map(drop),
        Capability::ReadReturn => provider.read_return("id=1").map(drop),
        Capability::ReadWebhook => provider.read_webhook(b"id=1").map(drop),
        _ => return None,
    };
    Some(result)
}

fn is_a_sentence(text: &str) -> bool {
    text.ends_with('.') && text.starts_with(char::is_uppercase) && text.contains(' ')
}
