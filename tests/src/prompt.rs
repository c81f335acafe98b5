//! A provider in memory for measurements: it answers after a given time, and looks nothing up in a list.

use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant, SystemTime};

use async_trait::async_trait;
use paylink::core::provider::{Capabilities, Capability, Created, PaymentRecord};
use paylink::core::{ComparedField, Comparison};
use paylink::{
    Currency, Error, ExpectedPayment, Handle, NewPayment, Payment, PaymentProvider, PaymentState,
    PreparedPayment, Resolution, Resolved, Settlement,
};

/// A provider whose payments are known by their order's reference.
#[derive(Debug)]
pub struct Prompt {
    capabilities: Capabilities,
    answers_after: Duration,
    paid: Mutex<HashMap<String, Instant>>,
    all_paid: AtomicBool,
    settles: AtomicU64,
}

impl Prompt {
    /// One that takes this long for each answer, and gives back what is not settled in the window.
    #[must_use]
    pub fn new(
        name: &'static str,
        answers_after: Duration,
        window: Option<Duration>,
    ) -> Arc<Prompt> {
        let capabilities = Capabilities::new(name, &[Currency::Irr]);
        let capabilities = capabilities.supports(Capability::FindCreated);
        Arc::new(Prompt {
            capabilities: match window {
                Some(window) => capabilities.with_settlement_window(window),
                None => capabilities,
            },
            answers_after,
            paid: Mutex::default(),
            all_paid: AtomicBool::new(false),
            settles: AtomicU64::new(0),
        })
    }

    /// Whatever is asked for is paid from now on.
    pub fn everything_is_paid(&self) {
        self.all_paid.store(true, Ordering::SeqCst);
    }

    /// Pays the payment of this reference.
    pub fn pay(&self, reference: &str) {
        let mut paid = self.paid.lock().unwrap_or_else(PoisonError::into_inner);
        paid.insert(reference.to_owned(), Instant::now());
    }

    /// When it was paid.
    #[must_use]
    pub fn paid_at(&self, reference: &str) -> Option<Instant> {
        let paid = self.paid.lock().unwrap_or_else(PoisonError::into_inner);
        paid.get(reference).copied()
    }

    /// How many were paid.
    #[must_use]
    pub fn paid(&self) -> usize {
        let paid = self.paid.lock().unwrap_or_else(PoisonError::into_inner);
        paid.len()
    }

    /// How often it was asked to settle.
    #[must_use]
    pub fn settles(&self) -> u64 {
        self.settles.load(Ordering::Relaxed)
    }

    fn name(&self) -> &'static str {
        self.capabilities.provider()
    }

    async fn answers(&self) {
        if !self.answers_after.is_zero() {
            tokio::time::sleep(self.answers_after).await;
        }
    }
}

#[async_trait]
impl PaymentProvider for Prompt {
    fn capabilities(&self) -> &Capabilities {
        &self.capabilities
    }

    fn longest_call(&self) -> Duration {
        Duration::from_secs(5)
    }

    fn prepare(&self, payment: &NewPayment) -> Result<PreparedPayment<'_>, Error> {
        let now = SystemTime::now();
        let reference = payment.reference().clone();
        let handle = Handle::new(self.name(), "create", now)
            .with_reference(reference.as_str())
            .with_amount(*payment.price());
        let record = PaymentRecord::new(self.name(), reference.clone(), *payment.price(), now)
            .with_id("id", reference.as_str());
        Ok(PreparedPayment::new(handle, async move {
            self.answers().await;
            Ok(Created::new(record))
        }))
    }

    async fn settle(&self, expected: &ExpectedPayment) -> Result<Settlement<Payment>, Error> {
        self.settles.fetch_add(1, Ordering::Relaxed);
        self.answers().await;
        let record = expected.record();
        let reference = expected.reference().as_str();
        if !self.all_paid.load(Ordering::SeqCst) && self.paid_at(reference).is_none() {
            let payment = Payment::new(self.name(), PaymentState::Unpaid, "open");
            return Ok(Settlement::NotPaid(payment));
        }
        let agreed = Comparison::new(self.name())
            .money(record.amount(), record.amount())
            .equal(ComparedField::Order, reference, reference)
            .equal(ComparedField::Merchant, "shop", "shop")
            .equal(ComparedField::Reference, reference, reference)
            .finish();
        Ok(match agreed {
            Ok(agreement) => agreement.settled(),
            Err(mismatch) => Settlement::Mismatch(mismatch),
        })
    }

    async fn resolve(&self, _: &Handle) -> Result<Resolution<Resolved>, Error> {
        Ok(Resolution::NotExecuted)
    }
}
