//! The providers of `paylink` beside those that the sandbox plays, which knows nothing of them.

use std::sync::Arc;

use paylink::{Created, ExpectedPayment, Input, InputRule, Money, NewPayment, Settlement, WebUrl};
use paylink_core::PaymentProvider;
use paylink_core::provider::{Descriptor, OperationInfo, Required, SettingKind, Settings};
use paylink_sandbox::{Sandbox, Simulated};
use paylink_testkit::conformance::Problem;
use paylink_tests::{sandbox_clock, sizpay_shop};

pub(crate) type Account = Vec<(&'static str, String)>;

pub(crate) fn played<'a>(sandbox: &'a Sandbox, provider: &Descriptor) -> &'a Simulated {
    let mut all = sandbox.providers().iter();
    let played = all.find(|played| played.name() == provider.name());
    played.unwrap_or_else(|| panic!("nobody plays {}", provider.name()))
}

#[tokio::test]
async fn each_provider_is_played_and_its_settings_are_known() {
    let sandbox = Sandbox::start().await.unwrap();
    assert_eq!(sandbox.providers().len(), paylink::providers().len());
    for provider in paylink::providers() {
        let played = played(&sandbox, provider);
        assert_eq!(played.title(), provider.title());
        let setting = |key: &str| {
            let known = provider.setting(key);
            known.unwrap_or_else(|| panic!("{} has no setting {key}", provider.name()))
        };
        for (key, _) in played.addresses() {
            assert!(matches!(setting(key).kind(), SettingKind::Address), "{key}");
        }
        let accounts = [Some(played.settings()), played.other_settings()];
        for account in accounts.into_iter().flatten() {
            for (key, value) in &account {
                setting(key).check(value).unwrap();
            }
            for setting in provider.settings() {
                let is_set = account.iter().any(|(key, _)| *key == setting.key());
                let is_needed = setting.requirement() != Required::No;
                assert!(
                    is_set || !is_needed,
                    "{} {}",
                    provider.name(),
                    setting.key()
                );
            }
        }
    }
}

/// A fault that is set under the name in an error's report is met.
#[tokio::test]
async fn each_operation_has_the_name_that_the_client_gives_it() {
    let sandbox = Sandbox::start().await.unwrap();
    for provider in paylink::providers() {
        let mut played = played(&sandbox, provider).operations();
        let of_client = provider.operations().iter().map(OperationInfo::name);
        let mut of_client: Vec<_> = of_client.collect();
        played.sort_unstable();
        of_client.sort_unstable();
        assert_eq!(played, of_client, "{}", provider.name());
    }
}

#[tokio::test]
async fn an_account_opened_from_its_settings_takes_a_payment_in_each_variant() {
    let sandbox = sizpay_shop::open().await.unwrap();
    for provider in paylink::providers() {
        let played = played(&sandbox, provider);
        let accounts = [Some(played.settings()), played.other_settings()];
        for account in accounts.into_iter().flatten() {
            for variant in provider.variants() {
                let mut account = account.clone();
                let chosen = variant.settings().iter();
                account.extend(chosen.map(|(key, word)| (key.as_str(), (*word).to_owned())));
                let settled = take(&sandbox, provider, played, &account).await;
                settled.unwrap_or_else(|error| panic!("{}: {error}", variant.title()));
            }
        }
    }
}

/// A payment that was created, and the client that did it.
pub(crate) struct Placed {
    client: Arc<dyn PaymentProvider>,
    payment: NewPayment,
    created: Created,
}

/// Creates a payment, with the payer's way back and mobile number if the provider takes them.
pub(crate) async fn place(
    sandbox: &Sandbox,
    provider: &Descriptor,
    account: &Account,
) -> Result<Placed, Problem> {
    let transport = sandbox_clock::transport(sandbox)?;
    let settings: Settings<'_> = account
        .iter()
        .map(|(key, value)| (*key, value.as_str()))
        .collect();
    let client = provider.open(&settings, &transport)?;
    let capabilities = client.capabilities();
    let takes = |input| !matches!(capabilities.input(input), InputRule::Unsupported(_));
    let currency = *capabilities
        .currencies()
        .first()
        .ok_or("it has no currency")?;
    let order = (1000 + sandbox.journal().len()).to_string();
    let mut payment = NewPayment::new(&order, Money::new("250000", currency)?)?;
    if takes(Input::ReturnUrl) {
        payment = payment.with_return_url("http://127.0.0.1:9/back?shop=1")?;
    }
    if takes(Input::Mobile) {
        payment = payment.with_mobile("09122272730".parse()?);
    }
    let created = client.create(&payment).await?;
    Ok(Placed {
        client,
        payment,
        created,
    })
}

impl Placed {
    /// Pays it as the payer, and returns where the payer goes back to.
    pub(crate) fn pay(
        &self,
        provider: &Descriptor,
        played: &Simulated,
    ) -> Result<Option<String>, Problem> {
        let id = self.created.record().require_id(provider.id_name())?;
        Ok(played.pay(id, self.created.link().map(WebUrl::as_str))?)
    }
}

/// Creates a payment, pays it as the payer and settles it.
async fn take(
    sandbox: &Sandbox,
    provider: &Descriptor,
    played: &Simulated,
    account: &Account,
) -> Result<(), Problem> {
    let placed = place(sandbox, provider, account).await?;
    let back = placed.pay(provider, played)?;
    let Placed {
        client,
        payment,
        created,
    } = placed;
    let takes_return = client.capabilities().input(Input::ReturnUrl);
    let takes_return = !matches!(takes_return, InputRule::Unsupported(_));
    let returns = back.is_some_and(|url| url.starts_with("http://127.0.0.1:9/back?shop=1"));
    if takes_return && !returns {
        return Err("nobody came back".into());
    }
    let (reference, price) = (payment.reference().clone(), *payment.price());
    let expected = ExpectedPayment::new(reference, price, created.record().clone());
    match client.settle(&expected).await? {
        Settlement::Settled(_) | Settlement::AlreadySettled(_) => Ok(()),
        other => Err(format!("{other:?}").into()),
    }
}
