use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use paylink::{Capability, Currency, Hint, Money, NewPayment, PaymentProvider, PaymentRecord};
use paylink_core::Runtime;
use paylink_sandbox::Sandbox;
use paylink_tests::chance::Chance;
use paylink_tests::impatience::{self, Impatience};
use paylink_tests::{cardpay_shop, shop, sizpay_shop};
use pod_invoice_client::{BusinessToken, Pod};
use sizpay_client::Via;

/// Which provider a stall sells through.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Kind {
    ZiPay,
    SizPay,
    CardPay,
    Pod,
}

pub(super) const KINDS: [Kind; 4] = [Kind::ZiPay, Kind::SizPay, Kind::CardPay, Kind::Pod];

/// A provider in a sandbox, with the clock that both go by, and a payer.
pub(super) struct Stall {
    pub(super) kind: Kind,
    pub(super) sandbox: Sandbox,
    pub(super) clock: Arc<Impatience>,
    pub(super) provider: Arc<dyn PaymentProvider>,
}

/// The clock of a desk: the test's, and a wait that lets others work.
#[derive(Debug)]
pub(super) struct DeskClock(pub(super) Arc<Impatience>);

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
    pub(super) async fn open(kind: Kind) -> Stall {
        // It is noon, so that no round goes over midnight.
        let sandbox = sizpay_shop::open().await.unwrap();
        let clock = sizpay_shop::clock_of(&sandbox);
        let provider = kind.client(&sandbox, &clock);
        Stall {
            kind,
            sandbox,
            clock,
            provider,
        }
    }

    pub(super) fn advance(&self, time: Duration) {
        self.sandbox.clock().advance(time);
        self.clock.advance(time);
    }

    /// An order of the usual price.
    pub(super) fn payment(&self, reference: &str) -> NewPayment {
        self.payment_of(reference, self.kind.price())
    }

    pub(super) fn payment_of(&self, reference: &str, price: Money) -> NewPayment {
        let payment = NewPayment::new(reference, price).unwrap();
        match self.kind {
            Kind::SizPay => payment.with_mobile(sizpay_shop::MOBILE.parse().unwrap()),
            Kind::ZiPay | Kind::CardPay | Kind::Pod => payment
                .with_return_url("https://shop.example/back")
                .unwrap(),
        }
    }

    /// Pays what this record names, as its payer.
    pub(super) fn pay(&self, record: &PaymentRecord) {
        let id = self.id(record);
        let number = || id.parse().unwrap();
        match self.kind {
            Kind::ZiPay => drop(self.sandbox.zipay().pay(id).unwrap()),
            Kind::SizPay => drop(self.sandbox.sizpay().pay(number()).unwrap()),
            Kind::CardPay => drop(self.sandbox.cardpay().pay(number()).unwrap()),
            Kind::Pod => drop(self.sandbox.pod().pay_by_card(number()).unwrap()),
        }
    }

    /// What the payer's browser brings back, where the provider gives it anything.
    pub(super) fn back(&self, record: &PaymentRecord) -> Option<Hint> {
        if !self.offers(Capability::ReadReturn) {
            return None;
        }
        let (id, reference) = (self.id(record), record.reference());
        let query = match self.kind {
            Kind::Pod => format!("invoiceId={id}&billNumber={reference}&paid=true"),
            _ => format!("trackid={id}&invoice_number={reference}"),
        };
        Some(self.provider.read_return(&query).unwrap())
    }

    /// What the provider calls the notify URL with, where it calls one.
    pub(super) fn webhook(&self, record: &PaymentRecord) -> Option<Hint> {
        if !self.offers(Capability::ReadWebhook) {
            return None;
        }
        let (id, reference) = (self.id(record), record.reference());
        let body = match self.kind {
            Kind::Pod => format!("invoiceId={id}&billNumber={reference}&paid=true"),
            _ => {
                format!(r#"{{"trackid":"{id}","invoice_number":"{reference}","status":"pending"}}"#)
            }
        };
        Some(self.provider.read_webhook(body.as_bytes()).unwrap())
    }

    /// How many payments the provider has under this reference.
    pub(super) fn created_under(&self, reference: &str) -> usize {
        let same = |own: &str| own == reference;
        match self.kind {
            Kind::ZiPay => {
                let all = self.sandbox.zipay().invoices();
                all.iter().filter(|it| same(&it.invoice_number)).count()
            }
            Kind::SizPay => {
                let all = self.sandbox.sizpay().links();
                all.iter().filter(|it| same(&it.invoice_number)).count()
            }
            Kind::CardPay => {
                let all = self.sandbox.cardpay().payments();
                all.iter().filter(|it| same(&it.fid.to_string())).count()
            }
            Kind::Pod => {
                let all = self.sandbox.pod().invoices();
                let bill = |it: &&paylink_sandbox::pod::Invoice| {
                    it.bill_number.as_deref().is_some_and(same)
                };
                all.iter().filter(bill).count()
            }
        }
    }

    /// Lets things go wrong with the next requests that create, or look up, a payment.
    pub(super) fn befall_creating(&self, chance: &mut Chance) {
        self.befall(chance, self.kind.creating(), 4);
    }

    /// Lets things go wrong with the next requests that settle one.
    pub(super) fn befall_settling(&self, chance: &mut Chance) {
        self.befall(chance, self.kind.settling(), 6);
    }

    fn befall(&self, chance: &mut Chance, operations: &[&str], most: u64) {
        for operation in operations {
            for _ in 0..chance.below(most) {
                let faults = self.sandbox.faults();
                faults.next(self.kind.name(), operation, chance.fault());
            }
        }
    }

    pub(super) fn offers(&self, capability: Capability) -> bool {
        self.provider
            .capabilities()
            .support(capability)
            .is_supported()
    }

    pub(super) fn id<'a>(&self, record: &'a PaymentRecord) -> &'a str {
        record.id(self.kind.id_name()).unwrap()
    }
}

impl Kind {
    pub(super) fn price(self) -> Money {
        match self {
            Kind::ZiPay => shop::price().unwrap(),
            Kind::SizPay => Money::from(sizpay_shop::PRICE),
            Kind::CardPay | Kind::Pod => Money::from(cardpay_shop::PRICE),
        }
    }

    /// The same number in another currency.
    pub(super) fn other_currency(self) -> Money {
        let other = match self {
            Kind::ZiPay => Currency::Usdt,
            Kind::SizPay | Kind::CardPay | Kind::Pod => Currency::Usd,
        };
        Money::new(&self.price().amount(), other).unwrap()
    }

    /// The provider's name for its own id of a payment.
    pub(super) fn id_name(self) -> &'static str {
        match self {
            Kind::ZiPay => "trackid",
            Kind::SizPay => "PayLinkSendID",
            Kind::CardPay => "pay_id",
            Kind::Pod => "invoiceId",
        }
    }

    fn name(self) -> &'static str {
        match self {
            Kind::ZiPay => "zipay",
            Kind::SizPay => "sizpay",
            Kind::CardPay => "cardpay",
            Kind::Pod => "pod",
        }
    }

    fn creating(self) -> &'static [&'static str] {
        match self {
            Kind::ZiPay => &["create-invoice", "invoice-list"],
            Kind::SizPay => &["PayLinkSend"],
            Kind::CardPay => &["create"],
            Kind::Pod => &["issue-invoice", "invoices"],
        }
    }

    fn settling(self) -> &'static [&'static str] {
        match self {
            Kind::ZiPay => &["invoice-status", "invoice-verify"],
            Kind::SizPay => &["PayLinkPayStatus"],
            Kind::CardPay => &["check"],
            Kind::Pod => &["invoices", "verify-invoice"],
        }
    }

    pub(super) fn client(
        self,
        sandbox: &Sandbox,
        clock: &Arc<Impatience>,
    ) -> Arc<dyn PaymentProvider> {
        let clock = Arc::clone(clock);
        match self {
            Kind::ZiPay => Arc::new(shop::zipay(sandbox, clock).unwrap()),
            Kind::SizPay => Arc::new(sizpay_shop::sizpay(sandbox, Via::Rest, clock).unwrap()),
            Kind::CardPay => Arc::new(cardpay_shop::cardpay(sandbox, clock).unwrap()),
            Kind::Pod => {
                let there = sandbox.pod();
                let transport = impatience::transport().runtime(clock);
                let pod = Pod::builder(BusinessToken::new(there.token()))
                    .key(there.api_key())
                    .base_url(there.base_url())
                    .pay_url(there.pay_url())
                    .business(there.business().business_id().unwrap())
                    .guild("CLOTHING_GUILD")
                    .transport(transport.build().unwrap());
                Arc::new(pod.build().unwrap())
            }
        }
    }
}
