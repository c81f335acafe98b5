//! What the tests know of each provider beyond its descriptor. Everything else walks over it.
//!
//! Another provider of the workspace adds itself to [`known`], and changes nothing else in this folder.

use std::pin::Pin;
use std::sync::Arc;

use cardpay_client::{CardPay, PayId, PaymentState};
use paylink_core::provider::{Descriptor, OperationInfo, Settings};
use paylink_core::{
    Currency, Error, Handle, Invalid, JalaliDate, Money, PaymentProvider, Rial, Transport,
};
use paylink_sandbox::{Sandbox, Simulated};
use paylink_testkit::Answer;
use pod_invoice_client::{
    BusinessToken, ConfirmPaymentSms, Creditor, Debtor, FundedBy, InvoiceId, JalaliDateTime,
    LinkOptions, NewItem, PayAnyInvoice, PayInFuture, PayOwnInvoice, PayWithInvoice, Pod,
    PosPayment, PosTransaction, SendPaymentSms, ShareLink, UserId,
};
use sizpay_client::{DisableLink, NewLink, PayState, PayStatus, ResendSms, SendId, SizPay};
use zipay_client::{TrackId, ZiPay};

/// One provider.
#[derive(Debug)]
pub struct Known {
    /// Its name in the list of descriptors.
    pub name: &'static str,
    /// Every operation of its descriptor, once or more; the first one creates a payment.
    pub operations: Vec<Sample>,
    /// What the samples' answers hold and no output may show.
    pub private: &'static [&'static str],
    /// Where a payer pays under `/_sandbox`, behind the provider's name; `ID` is the payment.
    pub paid_at: &'static str,
    /// Counts the payments of an order reference at the sandbox.
    pub created: fn(&Sandbox, &str) -> usize,
}

/// A call of one operation, and the answer under which it succeeds.
#[derive(Debug)]
pub struct Sample {
    /// The operation's name in the descriptor.
    pub operation: &'static str,
    /// The good answer, in JSON.
    pub good: String,
    /// Calls the operation at this address.
    pub call: fn(Transport, String) -> Calling,
    /// Whether a handle has what finds the operation again.
    pub finds: fn(&Handle) -> bool,
    /// The table of the faults' page that a read is held to, if there is one; what changes something has that of its kind.
    pub table: Option<&'static str>,
}

/// A call that is under way.
pub type Calling = Pin<Box<dyn Future<Output = Result<(), Error>> + Send>>;

impl Sample {
    /// What the descriptor says of the operation.
    #[must_use]
    pub fn info(&self, provider: &Descriptor) -> Option<OperationInfo> {
        let mut operations = provider.operations().iter().copied();
        operations.find(|it| it.name() == self.operation)
    }

    /// The good answer.
    #[must_use]
    pub fn answer(&self) -> Answer {
        Answer::json(self.good.clone())
    }
}

/// The descriptor of this name.
///
/// # Panics
///
/// If there is none.
#[expect(clippy::panic, reason = "a test that names no provider ends here")]
#[must_use]
pub fn descriptor(name: &str) -> &'static Descriptor {
    let mut all = paylink::providers().iter().copied();
    all.find(|it| it.name() == name)
        .unwrap_or_else(|| panic!("{name} is no provider"))
}

/// A provider as the sandbox plays it.
///
/// # Panics
///
/// If the sandbox does not play it.
#[expect(clippy::panic, reason = "a test of what is not there ends here")]
#[must_use]
pub fn simulated<'a>(sandbox: &'a Sandbox, provider: &Descriptor) -> &'a Simulated {
    let mut all = sandbox.providers().iter();
    let found = all.find(|it| it.name() == provider.name());
    found.unwrap_or_else(|| panic!("the sandbox has no {}", provider.name()))
}

/// Opens an account with these settings.
///
/// # Errors
///
/// What of the settings the provider's client refuses.
pub fn open<'a>(
    provider: &Descriptor,
    settings: impl IntoIterator<Item = (&'a &'static str, &'a String)>,
    transport: &Transport,
) -> Result<Arc<dyn PaymentProvider>, Error> {
    let settings = settings.into_iter();
    let settings: Settings<'_> = settings.map(|(key, it)| (*key, it.as_str())).collect();
    provider.open(&settings, transport)
}

/// A price that fits the samples' answers.
///
/// # Errors
///
/// Never, as long as the text is an amount.
pub fn price(currency: Currency) -> Result<Money, Invalid> {
    let amount = match currency {
        Currency::Irr => "150000",
        _ => "100.99",
    };
    Money::new(amount, currency)
}

/// Every provider, in the order of the descriptors.
#[must_use]
pub fn known() -> [Known; 4] {
    [cardpay(), pod(), sizpay(), zipay()]
}

/// Samples of one client: each has the operation's name, its good answer, the call, and what a handle says of it. That of a
/// read is empty, since its failure leaves nothing behind that would have to be found.
macro_rules! samples {
    ($client:ident; $($name:literal, $good:expr, |$it:ident| $call:expr, [$($finds:expr)?];)*) => {
        vec![$(Sample {
            operation: $name,
            good: $good.into(),
            call: |transport, url| Box::pin(async move {
                let $it = $client(transport, &url)?;
                $call
            }),
            finds: samples!(@ $($finds)?),
            table: None,
        }),*]
    };
    (@ $finds:expr) => { $finds };
    (@) => { |_| false };
}

fn cardpay() -> Known {
    fn client(transport: Transport, url: &str) -> Result<CardPay, Error> {
        let builder = CardPay::builder(url, "token-of-the-shop");
        builder.transport(transport).build()
    }
    const CARD: &str = "6274129005473742";
    const PAY_ID: fn(&Handle) -> bool = |it| it.id("pay_id") == Some("19");
    let created = format!(
        r#"{{"status":true,"code":200,"expire":1735237765,"pay_id":19,"amount":150385,"link":null,"cart":[{{"number":"{CARD}"}}]}}"#
    );
    let checked = r#"{"status":true,"code":200,"msg":"Payment is complete."}"#;
    let operations = samples! { client;
        "create", created, |cardpay| {
            let payment = cardpay_client::NewPayment::new(1000, Rial::new(150_000))?;
            let created = cardpay.create(payment).await?;
            assert_eq!(created.pay_id.get(), 19);
            assert!(!serde_json::to_string(&created).unwrap_or_default().contains(CARD));
            Ok(())
        }, [|it| it.reference() == Some("1000") && it.amount().is_some() && it.merchant().is_some()];
        "set-card", r#"{"status":true,"code":200}"#, |cardpay| {
            cardpay.set_card(PayId::new(19)?, "6037701689095443".parse()?).await
        }, [PAY_ID];
        "check", checked, |cardpay| {
            let checked = cardpay.check(PayId::new(19)?).await?;
            assert_eq!(checked.state, PaymentState::VerifiedBefore);
            Ok(())
        }, [PAY_ID];
        "cards", format!(r#"[{{"number":"{CARD}"}}]"#), |cardpay| cardpay.cards().await.map(drop), [];
    };
    Known {
        name: "cardpay",
        operations,
        private: &[CARD],
        paid_at: "payments/ID/pay",
        created: |sandbox, reference| {
            let all = sandbox.cardpay().payments().into_iter();
            all.filter(|it| it.fid.to_string() == reference).count()
        },
    }
}

fn pod() -> Known {
    fn client(transport: Transport, url: &str) -> Result<Pod, Error> {
        Pod::builder(BusinessToken::new("token-of-the-shop"))
            .key("key-of-the-shop")
            .base_url(url)
            .transport(transport)
            .build()
    }
    fn id() -> Result<InvoiceId, Invalid> {
        InvoiceId::new(32157)
    }
    fn transaction() -> Result<PosTransaction, Invalid> {
        Ok(PosTransaction {
            terminal_number: "1".to_owned(),
            merchant_code: "2".to_owned(),
            reference_number: "3".to_owned(),
            tracking_number: "4".to_owned(),
            transaction_date: JalaliDateTime::parse("1399/11/21 14:05:09")?,
        })
    }
    const ID: fn(&Handle) -> bool = |it| it.id("invoiceId") == Some("32157");
    let enveloped = |result: &str| {
        format!(
            r#"{{"hasError":false,"messageId":0,"referenceNumber":"234910992","errorCode":0,"count":1,"ott":"canary-next-token-6e10f7","result":{result}}}"#
        )
    };
    let issued = enveloped(
        r#"{"id":32157,"totalAmount":150000,"billNumber":"1000","uniqueNumber":"6a8419e0de989b8f","payed":false,"cellphoneNumber":"09123452730","userSrv":{"id":5,"name":"Canary Payersson"},"description":"for Canary Payersson"}"#,
    );
    let listed = r#"{"hasError":false,"referenceNumber":"234910992","errorCode":0,"count":1,"result":[{"id":32157,"payableAmount":16.35,"billNumber":"1000","payed":false,"waiting":false,"canceled":false,"closed":false,"verificationNeeded":true}]}"#;
    let verified = enveloped(
        r#"{"id":32157,"payableAmount":1090000,"billNumber":"1000","payed":true,"waiting":false,"canceled":false,"closed":false,"verificationNeeded":true}"#,
    );
    let done = enveloped("true");
    let link = enveloped(r#""https://pay.example/32157""#);
    let operations = samples! { client;
        "issue-invoice", issued, |pod| {
            let item = NewItem::new("a pair of shoes", Rial::new(150_000))?;
            let invoice = pod_invoice_client::NewInvoice::new("1000", "CLOTHING_GUILD", item)?;
            let issued = pod.issue_invoice(invoice).await?;
            assert_eq!(issued.value.id.get(), 32157);
            Ok(())
        }, [|it| it.reference() == Some("1000") && it.amount().is_some()];
        "invoices", listed, |pod| {
            let list = pod_invoice_client::ListInvoices::one(id()?);
            assert_eq!(pod.list_invoices(list).await?.value.invoices.len(), 1);
            Ok(())
        }, [];
        "one-time-token", done.clone(), |pod| pod.one_time_token().await.map(drop), [];
        "payment-link", link, |pod| pod.payment_link(id()?, LinkOptions::new()).await.map(drop), [];
        "verify-invoice", verified.clone(), |pod| pod.verify_invoice(id()?).await.map(drop), [ID];
        "verify-and-close", verified, |pod| pod.verify_and_close(id()?).await.map(drop), [ID];
        "close", done.clone(), |pod| pod.close_invoice(id()?).await.map(drop), [ID];
        "cancel", done.clone(), |pod| pod.cancel_invoice(id()?).await.map(drop), [ID];
        "mark-paid", done.clone(), |pod| pod.mark_paid(id()?).await.map(drop), [ID];
        "pay-any-invoice", done.clone(), |pod| {
            pod.pay_any_invoice(PayAnyInvoice::new(id()?)).await.map(drop)
        }, [ID];
        "pay-own-invoice", done.clone(), |pod| {
            pod.pay_own_invoice(PayOwnInvoice::new(id()?)).await.map(drop)
        }, [ID];
        "send-payment-sms", done.clone(), |pod| {
            pod.send_payment_sms(SendPaymentSms::new(id()?)).await.map(drop)
        }, [ID];
        "confirm-payment-sms", done.clone(), |pod| {
            pod.confirm_payment_sms(ConfirmPaymentSms::new(id()?, "1234")?).await.map(drop)
        }, [ID];
        "pay-with-invoice", done.clone(), |pod| {
            let payment = PayWithInvoice::new(Creditor(InvoiceId::new(7)?), Debtor(id()?))?;
            pod.pay_with_invoice(payment).await.map(drop)
        }, [ID];
        "pay-in-future", done.clone(), |pod| {
            let guarantee = PayInFuture::new(id()?, "1420/12/05".parse()?, FundedBy::Wallet);
            pod.pay_in_future(guarantee).await.map(drop)
        }, [ID];
        "pos-payment", done.clone(), |pod| {
            pod.pos_payment(PosPayment::new(id()?, transaction()?)?).await.map(drop)
        }, [ID];
        // Whether POD says that it was sent or that it was not.
        "share-link", done, |pod| {
            pod.share_link(ShareLink::new(id()?, UserId::new(5)?)).await.map(drop)
        }, [ID];
        "share-link", enveloped("false"), |pod| {
            pod.share_link(ShareLink::new(id()?, UserId::new(5)?)).await.map(drop)
        }, [ID];
    };
    Known {
        name: "pod",
        operations: held_to(&[("invoices", KEPT)], operations),
        private: &[
            "canary-next-token-6e10f7",
            "09123452730",
            "Canary Payersson",
        ],
        paid_at: "invoices/ID/pay-by-card",
        created: |sandbox, reference| {
            let all = sandbox.pod().invoices().into_iter();
            all.filter(|it| it.bill_number.as_deref() == Some(reference))
                .count()
        },
    }
}

fn sizpay() -> Known {
    fn client(transport: Transport, url: &str) -> Result<SizPay, Error> {
        SizPay::builder("key-1-of-the-shop", "key-2-of-the-shop", "hosseini")
            .base_url(url)
            .transport(transport)
            .build()
    }
    fn sent_on() -> Result<JalaliDate, Invalid> {
        JalaliDate::new(1399, 11, 21)
    }
    const MOBILE: &str = "09123452730";
    const SEND_ID: fn(&Handle) -> bool = |it| {
        it.id("PayLinkSendID") == Some("26040") && it.id("PayLinkFactorDate") == Some("1399/11/21")
    };
    let sent = format!(
        r#"{{"PayLinkSendID":26041,"PayLinkURL":"https://me.sizpay.ir/hosseini/0200260411","ResCod":1,"Message":"","MobileNo":"{MOBILE}"}}"#
    );
    let accepted = r#"{"ResCod":1,"Message":""}"#;
    let states = r#"{"ResCod":1,"Message":"","PayLinkListStatus":[{"PayLinkSendID":26040,"Status":1,"RefNo":"880012345678"}]}"#;
    let operations = samples! { client;
        "send-link", sent, |sizpay| {
            let link = NewLink::new("99112101", Rial::new(10_000), "09122272730")?;
            let sent = sizpay.send_link(link).await?;
            assert_eq!(sent.send_id.get(), 26041);
            assert!(!serde_json::to_string(&sent).unwrap_or_default().contains(MOBILE));
            Ok(())
        }, [|it| it.reference() == Some("99112101") && it.merchant() == Some("hosseini")];
        "disable", accepted, |sizpay| {
            let link = DisableLink::by_send_id(SendId::new(26040)?, sent_on()?);
            sizpay.disable_link(link).await.map(drop)
        }, [SEND_ID];
        "resend", accepted, |sizpay| {
            let link = ResendSms::by_send_id(SendId::new(26040)?, sent_on()?);
            sizpay.resend_sms(link).await.map(drop)
        }, [SEND_ID];
        "status", states, |sizpay| {
            let asked = PayStatus::of_send_ids(sent_on()?, [SendId::new(26040)?])?;
            let payments = sizpay.pay_status(asked).await?;
            assert!(matches!(payments.as_slice(), [one] if one.state == PayState::Paid));
            Ok(())
        }, [];
    };
    Known {
        name: "sizpay",
        operations: held_to(&[("status", ALONE)], operations),
        private: &[MOBILE],
        paid_at: "links/ID/pay",
        created: |sandbox, reference| {
            let all = sandbox.sizpay().links().into_iter();
            all.filter(|it| it.invoice_number == reference).count()
        },
    }
}

fn zipay() -> Known {
    fn client(transport: Transport, url: &str) -> Result<ZiPay, Error> {
        ZiPay::builder("key-of-the-shop", "secret-of-the-shop")
            .terminal(1003)
            .base_url(url)
            .transport(transport)
            .build()
    }
    fn track_id() -> Result<TrackId, Invalid> {
        TRACK_ID.parse()
    }
    const TRACK_ID: &str = "de7d44ae-9df9-487f-a175-ade1ecfab28b";
    const FOUND: fn(&Handle) -> bool = |it| it.id("trackid") == Some(TRACK_ID);
    let created = format!(
        r#"{{"result":{{"trackid":"{TRACK_ID}","redirect":"http://api.zipay.io/invoice_v1/{TRACK_ID}","message":null}},"success":true,"status":200}}"#
    );
    let invoice = |status: &str| {
        format!(
            r#"{{"result":{{"trackid":"{TRACK_ID}","status":"{status}","amount":"100.99","coin":{{"currency":"USD"}},"invoice_number":"1000","merchant_terminal_number":1003}},"success":true,"status":200}}"#
        )
    };
    let none = r#"{"items":[],"total":0,"limit":100,"page":1,"success":true,"status":200}"#;
    let operations = samples! { client;
        "create-invoice", created, |zipay| {
            let price = price(Currency::Usd)?;
            let invoice = zipay_client::NewInvoice::new("1000", price, "https://shop.example/back")?;
            let created = zipay.create_invoice(invoice).await?;
            assert_eq!(created.track_id.as_str(), TRACK_ID);
            Ok(())
        }, [|it| it.reference() == Some("1000") && it.merchant() == Some("1003")];
        "status", invoice("pending"), |zipay| {
            zipay.invoice_status(&track_id()?).await.map(drop)
        }, [];
        "verify", invoice("completed"), |zipay| {
            zipay.verify_invoice(&track_id()?).await.map(drop)
        }, [FOUND];
        "list", none, |zipay| {
            zipay.list_invoices(zipay_client::ListInvoices::new()).await.map(drop)
        }, [];
        "refund", invoice("refunded"), |zipay| {
            zipay.refund_invoice(&track_id()?).await.map(drop)
        }, [FOUND];
    };
    Known {
        name: "zipay",
        operations,
        private: &[],
        paid_at: "invoices/ID/pay",
        created: |sandbox, reference| {
            let all = sandbox.zipay().invoices().into_iter();
            all.filter(|it| it.invoice_number == reference).count()
        },
    }
}

/// The table of reads that share kept connections, and that of reads whose answer does not name what it is about.
const KEPT: &str = "read-only";
const ALONE: &str = "read-only alone";

fn held_to(tables: &[(&str, &'static str)], mut operations: Vec<Sample>) -> Vec<Sample> {
    for sample in &mut operations {
        let mut tables = tables.iter();
        let own = tables.find(|(name, _)| *name == sample.operation);
        sample.table = own.map(|(_, table)| *table);
    }
    operations
}
