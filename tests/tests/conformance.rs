//! The conformance suite over every provider at the sandbox, and the matrix in the docs.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use async_trait::async_trait;
use paylink_core::provider::{
    Created, Descriptor, NewPayment, Setting, SettingKind, Settings, Variant,
};
use paylink_core::{PaymentProvider, Transport, WebUrl};
use paylink_sandbox::{Sandbox, Simulated};
use paylink_testkit::conformance::{Case, Matrix, Problem, Recorder, Subject, cases, check};
use paylink_tests::providers::simulated;
use paylink_tests::{page, sandbox_clock, sizpay_shop};

const PAGE: &str = "docs/conformance.md";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_provider_conforms_as_the_docs_say() {
    let mut matrix = Matrix::new();
    for provider in paylink::providers() {
        for variant in provider.variants() {
            let subject = Account::open(provider, variant).await.unwrap();
            matrix.add(check(Arc::new(subject)).await);
        }
    }
    // Shown by `cargo test -p paylink-tests conformance -- --nocapture`.
    println!("{matrix}");
    matrix.assert_conforms();
    page::hold(PAGE, "matrix", &matrix.markdown());
}

#[test]
fn the_docs_say_what_every_case_proves() {
    let line = |case: &'static Case| format!("* **{}.** {}\n", case.name(), case.proves());
    page::hold(PAGE, "cases", &cases().map(line).collect::<String>());
}

/// An account with a provider of a sandbox, as one of the provider's variants.
struct Account {
    provider: &'static Descriptor,
    variant: &'static Variant,
    sandbox: Sandbox,
    transport: Transport,
    /// Where the browser went after each payment, under the payment's id.
    returns: Mutex<Vec<(String, String)>>,
}

impl Account {
    async fn open(
        provider: &'static Descriptor,
        variant: &'static Variant,
    ) -> Result<Account, Problem> {
        let sandbox = sizpay_shop::open().await?;
        let transport = sandbox_clock::transport(&sandbox)?;
        Ok(Account {
            provider,
            variant,
            sandbox,
            transport,
            returns: Mutex::default(),
        })
    }

    fn simulated(&self) -> &Simulated {
        simulated(&self.sandbox, self.provider)
    }

    fn connected(
        &self,
        recorder: &Recorder,
        mut settings: Vec<(&'static str, String)>,
    ) -> Result<Arc<dyn PaymentProvider>, Problem> {
        for (key, value) in &mut settings {
            let kind = self.provider.setting(key).map(Setting::kind);
            // The pay pages are opened by the payer, and not by the client.
            if kind == Some(SettingKind::Address) && *key != "pay_url" {
                *value = recorder.through(value)?;
            }
        }
        let own = settings.iter().map(|(key, it)| (*key, it.as_str()));
        let of_variant = self.variant.settings().iter();
        let of_variant = of_variant.map(|(key, value)| (key.as_str(), *value));
        let settings: Settings<'_> = own.chain(of_variant).collect();
        Ok(self.provider.open(&settings, &self.transport)?)
    }

    fn id<'a>(&self, created: &'a Created) -> Result<&'a str, Problem> {
        Ok(created.record().require_id(self.provider.id_name())?)
    }
}

#[async_trait]
impl Subject for Account {
    fn name(&self) -> String {
        self.variant.title().to_owned()
    }

    async fn provider(&self, recorder: &Recorder) -> Result<Arc<dyn PaymentProvider>, Problem> {
        self.connected(recorder, self.simulated().settings())
    }

    async fn pay(&self, created: &Created) -> Result<(), Problem> {
        let id = self.id(created)?;
        let link = created.link().map(WebUrl::as_str);
        if let Some(url) = self.simulated().pay(id, link)? {
            let mut returns = self.returns.lock().unwrap_or_else(PoisonError::into_inner);
            returns.push((id.to_owned(), url));
        }
        Ok(())
    }

    fn secrets(&self) -> Vec<String> {
        let is_secret = |key| self.provider.setting(key).is_some_and(Setting::is_secret);
        let settings = self.simulated().settings().into_iter();
        let secret = settings.filter(|(key, _)| is_secret(key));
        secret.map(|(_, value)| value).collect()
    }

    fn more_than_a_page(&self) -> usize {
        101
    }

    fn pass(&self, time: Duration) -> bool {
        self.sandbox.clock().advance(time);
        true
    }

    async fn returned(&self, created: &Created) -> Result<String, Problem> {
        let id = self.id(created)?;
        let returns = self.returns.lock().unwrap_or_else(PoisonError::into_inner);
        let url = returns.iter().find(|(paid, _)| paid == id);
        let (_, url) = url.ok_or("the payer did not come back")?;
        let (_, query) = url.split_once('?').ok_or("the return has no query")?;
        Ok(query.to_owned())
    }

    async fn notified(&self, created: &Created) -> Result<Vec<u8>, Problem> {
        let id = self.id(created)?;
        let is_between = |c: char| !c.is_ascii_alphanumeric() && c != '-';
        let webhooks = self.sandbox.webhooks();
        let about = webhooks
            .iter()
            .find(|hook| hook.body.split(is_between).any(|word| word == id));
        let about = about.ok_or("no webhook was called")?;
        Ok(about.body.clone().into_bytes())
    }

    async fn at_another_merchant(
        &self,
        recorder: &Recorder,
        payment: &NewPayment,
    ) -> Result<Option<Created>, Problem> {
        let Some(other) = self.simulated().other_settings() else {
            return Ok(None);
        };
        let created = self.connected(recorder, other)?.create(payment).await?;
        self.pay(&created).await?;
        Ok(Some(created))
    }
}
