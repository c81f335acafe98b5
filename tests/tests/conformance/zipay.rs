use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use paylink_core::provider::{Created, NewPayment};
use paylink_core::{PaymentProvider, Transport};
use paylink_sandbox::Sandbox;
use paylink_sandbox::zipay::Merchant;
use paylink_testkit::conformance::{Problem, Recorder, Subject};
use paylink_tests::sandbox_clock;
use zipay_client::ZiPay;

/// ZiPay at a sandbox.
pub(crate) struct ZiPaySubject {
    sandbox: Sandbox,
    transport: Transport,
}

impl ZiPaySubject {
    pub(crate) async fn open() -> Result<ZiPaySubject, Problem> {
        let sandbox = Sandbox::start().await?;
        let transport = sandbox_clock::transport(&sandbox)?;
        Ok(ZiPaySubject { sandbox, transport })
    }

    fn zipay(&self, recorder: &Recorder, merchant: &Merchant) -> Result<ZiPay, Problem> {
        let base_url = recorder.through(self.sandbox.zipay().base_url())?;
        Ok(ZiPay::builder(merchant.api_key(), merchant.secret_key())
            .terminal(merchant.terminal())
            .base_url(base_url)
            .transport(self.transport.clone())
            .build()?)
    }
}

#[async_trait]
impl Subject for ZiPaySubject {
    fn name(&self) -> String {
        "ZiPay".to_owned()
    }

    async fn provider(&self, recorder: &Recorder) -> Result<Arc<dyn PaymentProvider>, Problem> {
        let own = self.sandbox.zipay().merchant();
        Ok(Arc::new(self.zipay(recorder, own)?))
    }

    async fn pay(&self, created: &Created) -> Result<(), Problem> {
        let track_id = created.record().require_id("trackid")?;
        self.sandbox.zipay().pay(track_id)?;
        Ok(())
    }

    fn secrets(&self) -> Vec<String> {
        let own = self.sandbox.zipay().merchant();
        vec![own.api_key().to_owned(), own.secret_key().to_owned()]
    }

    fn more_than_a_page(&self) -> usize {
        101
    }

    fn pass(&self, time: Duration) -> bool {
        self.sandbox.clock().advance(time);
        true
    }

    async fn returned(&self, created: &Created) -> Result<String, Problem> {
        let track_id = created.record().require_id("trackid")?;
        let invoice = self.sandbox.zipay().invoice(track_id);
        let url = invoice.ok_or("there is no such invoice")?.return_url();
        let (_, query) = url.split_once('?').ok_or("the return has no query")?;
        Ok(query.to_owned())
    }

    async fn notified(&self, created: &Created) -> Result<Vec<u8>, Problem> {
        let track_id = created.record().require_id("trackid")?;
        let webhooks = self.sandbox.webhooks();
        let about = webhooks.iter().find(|hook| hook.body.contains(track_id));
        Ok(about
            .ok_or("no webhook was called")?
            .body
            .clone()
            .into_bytes())
    }

    async fn at_another_merchant(
        &self,
        recorder: &Recorder,
        payment: &NewPayment,
    ) -> Result<Option<Created>, Problem> {
        let other = self.sandbox.zipay().other_merchant();
        let created = self.zipay(recorder, other)?.create(payment).await?;
        self.pay(&created).await?;
        Ok(Some(created))
    }
}
