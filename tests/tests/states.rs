//! Whatever an answer says in place of the provider's own word for success, nothing is proved by it.

use std::cell::Cell;
use std::collections::BTreeMap;
use std::sync::Arc;

use paylink_core::provider::{Descriptor, ExpectedPayment, Payment};
use paylink_core::{Error, PaymentProvider, Settlement, Transport};
use paylink_testkit::{Answer, FaultServer, Wire, faults};
use paylink_tests::impatience;
use paylink_tests::providers::{descriptor, known, open};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};
use serde_json::{Value, json};
use tokio::runtime::{Builder, Runtime};

use crate::leaks::{CARD, full_payment, lead_to, settings};

/// What a provider answers when it is asked about the samples' payment and that is paid.
struct Paid {
    provider: &'static str,
    answer: Value,
    /// Each field that decides, and every value of it under which money may be there, in small letters.
    deciding: &'static [(&'static str, &'static [&'static str])],
}

fn paid() -> [Paid; 4] {
    const YES: &[&str] = &["true", "1"];
    const NO: &[&str] = &["false", "0"];
    [
        Paid {
            provider: "cardpay",
            answer: json!({"status": true, "code": 201, "msg": "Payment is complete."}),
            deciding: &[("/status", YES), ("/code", &["200", "201"])],
        },
        Paid {
            provider: "pod",
            answer: json!({"hasError": false, "referenceNumber": "234910992", "errorCode": 0, "count": 1, "result": [{
                "id": 32157, "payableAmount": 150_000, "billNumber": "1000", "payed": true, "waiting": false,
                "canceled": false, "closed": false, "verificationNeeded": false,
            }]}),
            deciding: &[
                ("/hasError", NO),
                ("/result/0/payed", YES),
                ("/result/0/canceled", NO),
            ],
        },
        Paid {
            provider: "sizpay",
            answer: json!({"ResCod": 1, "Message": "", "PayLinkListStatus": [
                {"PayLinkSendID": 26041, "Status": 1, "RefNo": "880012345678"},
            ]}),
            deciding: &[("/ResCod", YES), ("/PayLinkListStatus/0/Status", YES)],
        },
        Paid {
            provider: "zipay",
            answer: json!({"success": true, "status": 200, "result": {
                "trackid": "de7d44ae-9df9-487f-a175-ade1ecfab28b", "status": "completed", "amount": "100.99",
                "coin": {"currency": "USD"}, "invoice_number": "1000", "merchant_terminal_number": 1003,
            }}),
            deciding: &[
                ("/success", YES),
                ("/status", &["200"]),
                // What is pending is verified, and that is answered with the same.
                ("/result/status", &["completed", "pending"]),
            ],
        },
    ]
}

/// An account at which a payment is created as the sample is, and settled.
struct Asked {
    runtime: Runtime,
    account: Account,
    good: Answer,
    paid: Paid,
}

impl Asked {
    fn new(paid: Paid) -> Asked {
        let runtime = Builder::new_current_thread().enable_all().build().unwrap();
        let provider = descriptor(paid.provider);
        let mut settings = runtime.block_on(settings(provider, ""));
        // The sandbox's business is another one than that of the samples, which do not say whose they are.
        settings.remove("business");
        let account = Account {
            provider,
            settings,
            transport: impatience::transport().build().unwrap(),
        };
        let known = known().into_iter().find(|it| it.name == paid.provider);
        Asked {
            runtime,
            account,
            good: known.unwrap().operations[0].answer(),
            paid,
        }
    }

    /// What settling says, with this value in a field of the answer.
    fn settled_by(&self, pointer: &str, value: Value) -> Result<Settlement<Payment>, Error> {
        let mut answer = self.paid.answer.clone();
        *answer.pointer_mut(pointer).unwrap() = value;
        let answer = Answer::json(answer.to_string());
        self.runtime.block_on(async {
            // What changes something has a connection of its own.
            let script = faults::answer_and_close(&self.good).then(faults::answer(&answer));
            let server = FaultServer::start(Wire::Plain, script).await.unwrap();
            let client = self.account.at(&server.url());
            let payment = full_payment(&*client, "1000", CARD).unwrap();
            let created = client.create(&payment).await.unwrap();
            let (reference, price) = (payment.reference().clone(), *payment.price());
            let expected = ExpectedPayment::new(reference, price, created.record().clone());
            client.settle(&expected).await
        })
    }
}

struct Account {
    provider: &'static Descriptor,
    settings: BTreeMap<&'static str, String>,
    transport: Transport,
}

impl Account {
    /// Its client at this address.
    fn at(&self, url: &str) -> Arc<dyn PaymentProvider> {
        let mut settings = self.settings.clone();
        lead_to(self.provider, &mut settings, url);
        open(self.provider, &settings, &self.transport).unwrap()
    }
}

/// Values of every kind; many are nearly one of these words, or hold it.
fn nearly(words: &'static [&'static str]) -> impl Strategy<Value = Value> {
    let word = prop::sample::select(words);
    let dressed = (
        word.clone(),
        "[ \\u{200f}\\n\"'+0-9a-z.]{0,2}",
        "[ ۰-۹0-9A-Za-z_.]{0,2}",
    );
    prop_oneof![
        dressed.prop_map(|(word, before, after)| json!(format!("{before}{word}{after}"))),
        word.clone().prop_map(|word| json!(word.to_uppercase())),
        word.clone().prop_map(|word| json!([word])),
        word.clone().prop_map(|word| json!({ word: word })),
        word.prop_map(|word| json!(word.split_at(word.len() - 1).0)),
        any::<bool>().prop_map(|it| json!(it)),
        (-3_i64..=205).prop_map(|it| json!(it)),
        any::<i64>().prop_map(|it| json!(it)),
        (-3_i16..=205, 0_u8..10).prop_map(|(whole, part)| {
            serde_json::from_str(&format!("{whole}.{part}")).unwrap()
        }),
        Just(Value::Null),
        vec(any::<char>(), 0..6).prop_map(|it| json!(String::from_iter(it))),
    ]
}

/// A value as a lenient reader would take it.
fn leniently(value: &Value) -> String {
    let text = match value {
        Value::String(text) => text.clone(),
        other => other.to_string(),
    };
    text.trim().to_lowercase()
}

fn is_proved(settled: &Result<Settlement<Payment>, Error>) -> bool {
    let proof = settled.as_ref().ok().and_then(Settlement::proof);
    proof.is_some()
}

#[test]
fn nothing_but_the_word_for_success_proves_that_there_is_money() {
    let tried = Cell::new(0);
    for paid in paid() {
        let asked = Asked::new(paid);
        let Paid {
            provider, deciding, ..
        } = asked.paid;
        for (pointer, words) in deciding {
            let whole = asked.paid.answer.pointer(pointer).unwrap().clone();
            let what = format!("{provider}: {pointer}");
            let settled = asked.settled_by(pointer, whole);
            assert!(is_proved(&settled), "{what} is whole: {settled:?}");
            let mut runner = TestRunner::new(Config {
                cases: 48,
                failure_persistence: None,
                ..Config::default()
            });
            let held = runner.run(&nearly(words), |value| {
                let may_be_paid = words.contains(&&*leniently(&value));
                tried.set(tried.get() + u32::from(!may_be_paid));
                if !may_be_paid {
                    let settled = asked.settled_by(pointer, value.clone());
                    prop_assert!(!is_proved(&settled), "{}: {}: {:?}", what, value, settled);
                }
                Ok(())
            });
            held.unwrap_or_else(|broken| panic!("{broken}"));
        }
    }
    assert!(tried.get() > 300, "only {tried:?} values were tried");
}
