use std::collections::BTreeMap;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use paylink::core::provider::{Descriptor, Input, InputRule};
use paylink::{Capability, Currency, Hint, Money, NewPayment, PaymentProvider, PaymentRecord};
use paylink_core::Runtime;
use paylink_sandbox::Sandbox;
use paylink_testkit::MockClock;
use paylink_tests::chance::Chance;
use paylink_tests::impatience;
use paylink_tests::providers::{self, known, simulated};
use paylink_tests::sizpay_shop;

/// A provider in a sandbox, with the clock that both go by, and a payer.
pub(super) struct Stall {
    pub(super) provider: &'static Descriptor,
    pub(super) sandbox: Sandbox,
    pub(super) clock: Arc<MockClock>,
    pub(super) client: Arc<dyn PaymentProvider>,
}

/// The clock of a desk: the test's, and a wait that lets others work.
#[derive(Debug)]
pub(super) struct DeskClock(pub(super) Arc<MockClock>);

impl Runtime for DeskClock {
    fn now(&self) -> SystemTime {
        self.0.now()
    }

    fn sleep(&self, pause: Duration) -> Pin<Box<dyn Future<Output = ()> + Send + '_>> {
        // As long for others as it is for the desk: 5 seconds of patience are 100 milliseconds.
        Box::pin(tokio::time::sleep(pause / 50))
    }

    fn random(&self) -> u64 {
        0
    }
}

impl Stall {
    pub(super) async fn open(provider: &'static Descriptor) -> Stall {
        // It is noon, so that no round goes over midnight.
        let sandbox = sizpay_shop::open().await.unwrap();
        let clock = sizpay_shop::clock_of(&sandbox);
        let transport = impatience::transport().runtime(clock.clone());
        let settings: BTreeMap<_, _> = simulated(&sandbox, provider)
            .settings()
            .into_iter()
            .collect();
        let client = providers::open(provider, &settings, &transport.build().unwrap());
        Stall {
            provider,
            client: client.unwrap(),
            sandbox,
            clock,
        }
    }

    pub(super) fn name(&self) -> &'static str {
        self.provider.name()
    }

    pub(super) fn advance(&self, time: Duration) {
        self.sandbox.clock().advance(time);
        self.clock.advance(time);
    }

    pub(super) fn price(&self) -> Money {
        providers::price(self.client.capabilities().currencies()[0]).unwrap()
    }

    /// The same number in another currency.
    pub(super) fn other_currency(&self) -> Money {
        let price = self.price();
        let other = match price.currency() {
            Currency::Usd => Currency::Usdt,
            _ => Currency::Usd,
        };
        Money::new(&price.amount(), other).unwrap()
    }

    /// An order of the usual price.
    pub(super) fn payment(&self, reference: &str) -> NewPayment {
        self.payment_of(reference, self.price())
    }

    pub(super) fn payment_of(&self, reference: &str, price: Money) -> NewPayment {
        let mut payment = NewPayment::new(reference, price).unwrap();
        let input = |input| self.client.capabilities().input(input);
        if !matches!(input(Input::ReturnUrl), InputRule::Unsupported(_)) {
            payment = payment
                .with_return_url("https://shop.example/back")
                .unwrap();
        }
        if input(Input::Mobile) == InputRule::Required {
            payment = payment.with_mobile(sizpay_shop::MOBILE.parse().unwrap());
        }
        payment
    }

    /// Pays what this record names, as its payer.
    pub(super) fn pay(&self, record: &PaymentRecord) {
        let simulated = simulated(&self.sandbox, self.provider);
        simulated.pay(self.id(record), None).unwrap();
    }

    /// What a return or a webhook says of this payment, where the provider's are read: the conformance suite reads them.
    pub(super) fn hint(&self, by: Capability, record: &PaymentRecord) -> Option<Hint> {
        let hint = Hint::new(self.client.capabilities().provider())
            .with_id(self.provider.id_name(), self.id(record))
            .with_reference(record.reference().as_str());
        self.offers(by).then_some(hint)
    }

    /// How many payments the provider has under this reference.
    pub(super) fn created_under(&self, reference: &str) -> usize {
        let known = known().into_iter().find(|it| it.name == self.name());
        (known.unwrap().created)(&self.sandbox, reference)
    }

    /// Lets things go wrong with the next requests, whatever they ask for.
    pub(super) fn befall(&self, chance: &mut Chance) {
        for operation in simulated(&self.sandbox, self.provider).operations() {
            for _ in 0..chance.below(6) {
                let faults = self.sandbox.faults();
                faults.next(self.name(), operation, chance.fault()).unwrap();
            }
        }
    }

    pub(super) fn offers(&self, capability: Capability) -> bool {
        let capabilities = self.client.capabilities();
        capabilities.support(capability).is_supported()
    }

    pub(super) fn id<'a>(&self, record: &'a PaymentRecord) -> &'a str {
        record.id(self.provider.id_name()).unwrap()
    }
}
