//! ZiPay as these tests need it: it answers what it was told to, and keeps every request as it came.

use std::ops::Deref;
use std::sync::Arc;

use paylink_core::Runtime;
use paylink_testkit::MockServer;
use zipay_client::{Transport, ZiPay};

pub(crate) const API_KEY: &str = "api-key-of-the-wire-tests";
pub(crate) const SECRET_KEY: &str = "secret-key-of-the-wire-tests";
pub(crate) const TERMINAL: u64 = 1003;

/// When everything happens, in seconds since 1970.
pub(crate) const NOW: u64 = 1_680_282_113;

pub(crate) struct Provider(MockServer);

impl Provider {
    pub(crate) async fn start() -> Provider {
        Provider(MockServer::start(NOW).await)
    }

    /// Starts it beside a client of it.
    pub(crate) async fn with_client() -> (Provider, ZiPay) {
        let provider = Provider::start().await;
        let client = provider.client();
        (provider, client)
    }

    /// A client of it that does not wait between attempts, with a clock that stands still.
    pub(crate) fn client(&self) -> ZiPay {
        self.client_builder().terminal(TERMINAL).build().unwrap()
    }

    pub(crate) fn client_builder(&self) -> zipay_client::ZiPayBuilder {
        let transport = Transport::builder()
            .runtime(Arc::clone(self.clock()) as Arc<dyn Runtime>)
            .build()
            .unwrap();
        ZiPay::builder(API_KEY, SECRET_KEY)
            .base_url(self.url("/api/"))
            .transport(transport)
    }
}

impl Deref for Provider {
    type Target = MockServer;

    fn deref(&self) -> &MockServer {
        &self.0
    }
}
