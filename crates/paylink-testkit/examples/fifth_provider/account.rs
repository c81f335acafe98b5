use std::fmt;

use paylink_core::{BaseUrl, Call, ClientConfig, Header, Invalid, Operation, Transport};

/// A shop's account with Kiosk. Its `Debug` shows no key.
pub(crate) struct KioskConfig {
    base_url: BaseUrl,
    key: Header,
    shop: String,
}

/// A client of Kiosk.
pub(crate) struct Kiosk {
    transport: Transport,
    config: KioskConfig,
}

impl Kiosk {
    /// A client of the shop of this number.
    pub(crate) fn new(
        base_url: &str,
        key: &str,
        shop: &str,
        transport: Transport,
    ) -> Result<Kiosk, Invalid> {
        let config = KioskConfig {
            base_url: BaseUrl::parse(base_url)?,
            key: Header::secret("x-kiosk-key", key)?,
            shop: shop.to_owned(),
        };
        Ok(Kiosk { transport, config })
    }

    pub(crate) fn shop(&self) -> &str {
        self.config.shop()
    }

    pub(crate) fn transport(&self) -> &Transport {
        &self.transport
    }

    /// Any of Kiosk's operations, ready to go.
    pub(crate) fn call<O: Operation<Config = KioskConfig>>(&self, operation: O) -> Call<'_, O> {
        Call::new(&self.transport, &self.config, operation)
    }
}

impl KioskConfig {
    pub(crate) fn key(&self) -> &Header {
        &self.key
    }

    pub(crate) fn shop(&self) -> &str {
        &self.shop
    }
}

impl ClientConfig for KioskConfig {
    const PROVIDER: &'static str = "kiosk";

    fn base_url(&self) -> &BaseUrl {
        &self.base_url
    }
}

impl fmt::Debug for Kiosk {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Kiosk")
            .field("shop", &self.config.shop)
            .finish_non_exhaustive()
    }
}
