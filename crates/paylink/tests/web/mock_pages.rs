use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::time::{Duration, SystemTime};

use async_trait::async_trait;
use paylink::core::{Comparison, Effect};
use paylink::{
    Capabilities, Capability, ComparedField, Created, Currency, Error, ErrorKind, ExpectedPayment,
    FieldKey, Handle, Hint, Invalid, NewPayment, Payment, PaymentProvider, PaymentRecord,
    PaymentState, PreparedPayment, Resolution, Resolved, Settlement,
};

const NAME: &str = "example";

/// The id of every payment.
pub(crate) const ID: &str = "7";

/// A provider whose payments are paid or not, as a test says.
#[derive(Clone, Debug)]
pub(crate) struct MockPages(Arc<Desk>);

#[derive(Debug)]
struct Desk {
    capabilities: Capabilities,
    paid: AtomicBool,
    silent: AtomicBool,
    asked: AtomicU32,
}

impl MockPages {
    /// One that brings readable hints.
    pub(crate) fn talkative() -> MockPages {
        let capabilities = Capabilities::new(NAME, &[Currency::Irr])
            .supports(Capability::ReadReturn)
            .supports(Capability::ReadWebhook);
        MockPages::with(capabilities)
    }

    /// One that documents none.
    pub(crate) fn mute() -> MockPages {
        MockPages::with(Capabilities::new(NAME, &[Currency::Irr]))
    }

    fn with(capabilities: Capabilities) -> MockPages {
        MockPages(Arc::new(Desk {
            capabilities,
            paid: AtomicBool::new(false),
            silent: AtomicBool::new(false),
            asked: AtomicU32::new(0),
        }))
    }

    pub(crate) fn is_paid(&self) {
        self.0.paid.store(true, Ordering::SeqCst);
    }

    /// From now on it does not answer.
    pub(crate) fn falls_silent(&self) {
        self.0.silent.store(true, Ordering::SeqCst);
    }

    /// How often it was asked to settle.
    pub(crate) fn asked(&self) -> u32 {
        self.0.asked.load(Ordering::SeqCst)
    }

    /// Reads `id=7`, and nothing else beside it that is called so.
    fn read(text: &str) -> Result<Hint, Error> {
        let named = text.split('&').filter_map(|pair| pair.split_once('='));
        let mut ids = named.filter(|(name, _)| *name == "id");
        match (ids.next(), ids.next()) {
            (Some((_, id)), None) => Ok(Hint::new(NAME).with_id("id", id)),
            _ => Err(Invalid::new(FieldKey::new("id", "id"), "is not there once").into()),
        }
    }
}

#[async_trait]
impl PaymentProvider for MockPages {
    fn capabilities(&self) -> &Capabilities {
        &self.0.capabilities
    }

    fn prepare(&self, payment: &NewPayment) -> Result<PreparedPayment<'_>, Error> {
        let (reference, now) = (payment.reference().clone(), SystemTime::UNIX_EPOCH);
        let handle = Handle::new(NAME, "create", now).with_reference(reference.as_str());
        let record = PaymentRecord::new(NAME, reference, *payment.price(), now).with_id("id", ID);
        let created = async { Ok(Created::new(record)) };
        Ok(PreparedPayment::new(handle, created))
    }

    async fn settle(&self, expected: &ExpectedPayment) -> Result<Settlement<Payment>, Error> {
        if let Some(mismatch) = expected.record_mismatch(self.capabilities())? {
            return Ok(Settlement::Mismatch(mismatch));
        }
        self.0.asked.fetch_add(1, Ordering::SeqCst);
        // Long enough for another request to arrive meanwhile.
        tokio::time::sleep(Duration::from_millis(5)).await;
        if self.0.silent.load(Ordering::SeqCst) {
            let silence = "the provider did not answer";
            return Err(Error::new(ErrorKind::Timeout, Effect::NotExecuted, silence));
        }
        if !self.0.paid.load(Ordering::SeqCst) {
            let unpaid = Payment::new(NAME, PaymentState::Unpaid, "UNPAID");
            return Ok(Settlement::NotPaid(unpaid));
        }
        let (reference, price) = (expected.reference().as_str(), expected.price());
        let agreement = Comparison::new(NAME)
            .money(price, price)
            .equal(ComparedField::Order, reference, reference)
            .not_reported(ComparedField::Merchant, "shop")
            .equal(ComparedField::Reference, ID, ID)
            .finish();
        Ok(match agreement {
            Ok(agreement) => agreement.settled(),
            Err(mismatch) => Settlement::Mismatch(mismatch),
        })
    }

    async fn resolve(&self, _: &Handle) -> Result<Resolution<Resolved>, Error> {
        Ok(Resolution::NotExecuted)
    }

    fn read_return(&self, query: &str) -> Result<Hint, Error> {
        MockPages::read(query)
    }

    fn read_webhook(&self, body: &[u8]) -> Result<Hint, Error> {
        let text = std::str::from_utf8(body)
            .map_err(|_| Invalid::new(FieldKey::new("body", "body"), "is not UTF-8"))?;
        MockPages::read(text)
    }
}
