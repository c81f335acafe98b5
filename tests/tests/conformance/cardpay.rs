use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use cardpay_client::CardPay;
use paylink_core::provider::Created;
use paylink_core::{PaymentProvider, Transport};
use paylink_sandbox::Sandbox;
use paylink_testkit::conformance::{Problem, Recorder, Subject};
use paylink_tests::sandbox_clock;

/// CardPay at a sandbox. A script serves one shop, so there is no other merchant.
pub(crate) struct CardPaySubject {
    sandbox: Sandbox,
    transport: Transport,
}

impl CardPaySubject {
    pub(crate) async fn open() -> Result<CardPaySubject, Problem> {
        let sandbox = Sandbox::start().await?;
        let transport = sandbox_clock::transport(&sandbox)?;
        Ok(CardPaySubject { sandbox, transport })
    }
}

#[async_trait]
impl Subject for CardPaySubject {
    fn name(&self) -> String {
        "CardPay".to_owned()
    }

    async fn provider(&self, recorder: &Recorder) -> Result<Arc<dyn PaymentProvider>, Problem> {
        let there = self.sandbox.cardpay();
        let base_url = recorder.through(there.base_url())?;
        let builder = CardPay::builder(base_url, there.token());
        Ok(Arc::new(builder.transport(self.transport.clone()).build()?))
    }

    async fn pay(&self, created: &Created) -> Result<(), Problem> {
        let pay_id = created.record().require_id("pay_id")?;
        self.sandbox.cardpay().pay(pay_id.parse()?)?;
        Ok(())
    }

    fn secrets(&self) -> Vec<String> {
        vec![self.sandbox.cardpay().token().to_owned()]
    }

    fn pass(&self, time: Duration) -> bool {
        self.sandbox.clock().advance(time);
        true
    }
}
