//! Kiosk once more, with a provider that lies.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use paylink_core::PaymentProvider;
use paylink_core::provider::{Created, NewPayment};
use paylink_testkit::conformance::{Problem, Recorder, Subject};

use super::fifth_provider::subject::KioskSubject;
use super::liar::Liar;
use super::lie::Lie;

pub(crate) struct LyingSubject {
    pub(crate) kiosk: KioskSubject,
    pub(crate) lie: Lie,
}

#[async_trait]
impl Subject for LyingSubject {
    fn name(&self) -> String {
        format!("{:?}", self.lie)
    }

    async fn provider(&self, recorder: &Recorder) -> Result<Arc<dyn PaymentProvider>, Problem> {
        let honest = self.kiosk.kiosk(recorder, 0)?;
        let key = self.secrets().remove(0);
        Ok(Arc::new(Liar::new(honest, self.lie, key)))
    }

    async fn pay(&self, created: &Created) -> Result<(), Problem> {
        self.kiosk.pay(created).await
    }

    fn secrets(&self) -> Vec<String> {
        self.kiosk.secrets()
    }

    fn pass(&self, time: Duration) -> bool {
        self.kiosk.pass(time)
    }

    async fn returned(&self, created: &Created) -> Result<String, Problem> {
        self.kiosk.returned(created).await
    }

    async fn notified(&self, created: &Created) -> Result<Vec<u8>, Problem> {
        Ok(self.kiosk.returned(created).await?.into_bytes())
    }

    async fn at_another_merchant(
        &self,
        recorder: &Recorder,
        payment: &NewPayment,
    ) -> Result<Option<Created>, Problem> {
        self.kiosk.at_another_merchant(recorder, payment).await
    }
}
