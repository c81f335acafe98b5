use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use paylink_core::provider::{Created, NewPayment};
use paylink_core::{PaymentProvider, Transport};
use paylink_sandbox::Sandbox;
use paylink_sandbox::sizpay::Merchant;
use paylink_testkit::conformance::{Problem, Recorder, Subject};
use paylink_tests::{sandbox_clock, sizpay_shop};
use sizpay_client::{SizPay, Via};

/// SizPay at a sandbox, on one of its ways.
pub(crate) struct SizPaySubject {
    sandbox: Sandbox,
    transport: Transport,
    via: Via,
}

impl SizPaySubject {
    pub(crate) async fn open(via: Via) -> Result<SizPaySubject, Problem> {
        let sandbox = sizpay_shop::open().await?;
        let transport = sandbox_clock::transport(&sandbox)?;
        Ok(SizPaySubject {
            sandbox,
            transport,
            via,
        })
    }

    fn sizpay(&self, recorder: &Recorder, merchant: &Merchant) -> Result<SizPay, Problem> {
        let there = self.sandbox.sizpay();
        let (user_name, password) = (merchant.user_name(), merchant.password());
        Ok(
            SizPay::builder(user_name, password, merchant.pay_link_name())
                .base_url(recorder.through(there.base_url())?)
                .asmx_url(recorder.through(there.asmx_url())?)
                .via(self.via)
                .transport(self.transport.clone())
                .build()?,
        )
    }
}

#[async_trait]
impl Subject for SizPaySubject {
    fn name(&self) -> String {
        let way = match self.via {
            Via::Rest => "REST",
            Via::Soap => "SOAP",
            _ => "ASMX JSON",
        };
        format!("SizPay, {way}")
    }

    async fn provider(&self, recorder: &Recorder) -> Result<Arc<dyn PaymentProvider>, Problem> {
        let own = self.sandbox.sizpay().merchant();
        Ok(Arc::new(self.sizpay(recorder, own)?))
    }

    async fn pay(&self, created: &Created) -> Result<(), Problem> {
        let send_id = created.record().require_id("PayLinkSendID")?;
        self.sandbox.sizpay().pay(send_id.parse()?)?;
        Ok(())
    }

    fn secrets(&self) -> Vec<String> {
        let own = self.sandbox.sizpay().merchant();
        vec![own.user_name().to_owned(), own.password().to_owned()]
    }

    fn pass(&self, time: Duration) -> bool {
        self.sandbox.clock().advance(time);
        true
    }

    async fn at_another_merchant(
        &self,
        recorder: &Recorder,
        payment: &NewPayment,
    ) -> Result<Option<Created>, Problem> {
        let other = self.sandbox.sizpay().other_merchant();
        let created = self.sizpay(recorder, other)?.create(payment).await?;
        self.pay(&created).await?;
        Ok(Some(created))
    }
}
