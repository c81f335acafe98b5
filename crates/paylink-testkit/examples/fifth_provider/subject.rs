use std::io;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use paylink_core::provider::{Created, NewPayment};
use paylink_core::{PaymentProvider, Transport};
use paylink_testkit::conformance::{Problem, Recorder, Subject};

use super::client::Kiosk;
use super::server::{Clock, SHOPS, Server};

/// Kiosk, as the conformance suite wants it.
pub(crate) struct KioskSubject {
    server: Server,
    url: String,
    clock: Arc<Clock>,
    transport: Transport,
}

impl KioskSubject {
    pub(crate) async fn start() -> io::Result<KioskSubject> {
        let clock = Arc::new(Clock::default());
        let (server, url) = Server::start(Arc::clone(&clock)).await?;
        let transport = Transport::builder().runtime(Arc::clone(&clock) as Arc<_>);
        Ok(KioskSubject {
            server,
            url,
            clock,
            transport: transport.build().map_err(io::Error::other)?,
        })
    }

    /// The client of one of the shops.
    pub(crate) fn kiosk(&self, recorder: &Recorder, shop: usize) -> Result<Kiosk, Problem> {
        let (shop, key) = SHOPS.get(shop).ok_or("there is no such shop")?;
        let url = recorder.through(&self.url)?;
        Ok(Kiosk::new(&url, key, shop, self.transport.clone())?)
    }
}

#[async_trait]
impl Subject for KioskSubject {
    fn name(&self) -> String {
        "Kiosk".to_owned()
    }

    async fn provider(&self, recorder: &Recorder) -> Result<Arc<dyn PaymentProvider>, Problem> {
        Ok(Arc::new(self.kiosk(recorder, 0)?))
    }

    async fn pay(&self, created: &Created) -> Result<(), Problem> {
        Ok(self.server.pay(created.record().require_id("id")?)?)
    }

    fn secrets(&self) -> Vec<String> {
        SHOPS.iter().map(|(_, key)| (*key).to_owned()).collect()
    }

    fn pass(&self, time: Duration) -> bool {
        self.clock.advance(time);
        true
    }

    async fn returned(&self, created: &Created) -> Result<String, Problem> {
        let id = created.record().require_id("id")?;
        Ok(format!("kind=sample&kiosk_payment={id}"))
    }

    async fn at_another_merchant(
        &self,
        recorder: &Recorder,
        payment: &NewPayment,
    ) -> Result<Option<Created>, Problem> {
        let created = self.kiosk(recorder, 1)?.create(payment).await?;
        self.pay(&created).await?;
        Ok(Some(created))
    }
}
