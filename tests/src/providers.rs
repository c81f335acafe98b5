//! What the tests know of each provider beyond its descriptor. Everything else walks over it.
//!
//! Another provider of the workspace adds itself to [`known`], and changes nothing else in this folder.

use std::sync::Arc;

use cardpay_client::{CardPay, PayId, PaymentState};
use paylink_core::provider::{Descriptor, Settings};
use paylink_core::{
    Currency, Effect, Error, ErrorKind, Handle, Invalid, JalaliDate, Money, PaymentProvider, Rial,
    Transport,
};
use paylink_sandbox::{Sandbox, Simulated};
use pod_invoice_client::{
    BusinessToken, ConfirmPaymentSms, Creditor, Debtor, FundedBy, InvoiceId, JalaliDateTime,
    LinkOptions, NewItem, PayAnyInvoice, PayInFuture, PayOwnInvoice, PayWithInvoice, Pod,
    PosPayment, PosTransaction, SendPaymentSms, ShareLink, UserId,
};
use sizpay_client::{DisableLink, NewLink, PayState, PayStatus, ResendSms, SendId, SizPay, Via};
use zipay_client::{TrackId, ZiPay};

pub use crate::sample::{Calling, Protocol, Sample, Told};

/// One provider.
#[derive(Debug)]
pub struct Known {
    /// Its name in the list of descriptors.
    pub name: &'static str,
    /// Every operation of its descriptor, once or more; the first one creates a payment.
    pub operations: Vec<Sample>,
    /// Operations of its descriptor on the other ways that a request may take, where there are some.
    pub variants: Vec<Sample>,
    /// What the samples' answers hold and no output may show.
    pub private: &'static [&'static str],
    /// Where a payer pays under `/_sandbox`, behind the provider's name; `ID` is the payment.
    pub paid_at: &'static str,
    /// Counts the payments of an order reference at the sandbox.
    pub created: fn(&Sandbox, &str) -> usize,
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

/// What a sample makes of an answer that is believed and says neither that it is paid nor that it is not: a settlement ends
/// with the same kind.
fn undecided() -> Error {
    let kind = ErrorKind::Indeterminate;
    Error::new(kind, Effect::NotExecuted, "the state decides nothing")
}

/// Every provider, in the order of the descriptors.
#[must_use]
pub fn known() -> [Known; 4] {
    [cardpay(), pod(), sizpay(), zipay()]
}

/// Samples of one client, in JSON unless another protocol is named: each has the operation's name, its good answer, the call, and what a handle says of it. That of a
/// read is empty, since its failure leaves nothing behind that would have to be found.
macro_rules! samples {
    ($client:ident; $($sample:tt)*) => { samples!($client, Protocol::Json; $($sample)*) };
    ($client:ident, $protocol:expr; $($name:literal, $good:expr, |$it:ident| $call:expr, [$($finds:expr)?];)*) => {
        vec![$(Sample {
            operation: $name,
            protocol: $protocol,
            good: $good.into(),
            call: |transport, url| Box::pin(async move {
                let $it = $client(transport, &url)?;
                $call
            }),
            finds: samples!(@ $($finds)?),
            told: Vec::new(),
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
    let mut operations = samples! { client;
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
            match checked.state {
                PaymentState::Other(_) => return Err(undecided()),
                state => assert_eq!(state, PaymentState::VerifiedBefore),
            }
            Ok(())
        }, [PAY_ID];
        "cards", format!(r#"[{{"number":"{CARD}"}}]"#), |cardpay| cardpay.cards().await.map(drop), [];
    };
    for sample in &mut operations {
        let (fields, code): (&[_], _) = match sample.operation {
            "create" => (&["/status", "/code", "/pay_id", "/amount"], 1),
            "set-card" => (&["/code"], -1),
            "check" => (&["/status", "/code"], 5),
            _ => (&["/0/number"], 403),
        };
        let refused = |code: i32| format!(r#"{{"status":false,"code":{code},"msg":"no"}}"#);
        sample.decides(fields);
        sample.says(28, "refused with 403", 403, refused(403));
        sample.says(28, "refused with 404", 404, refused(404));
        sample.says(28, "refused with 200", 200, refused(404));
        if code != 403 {
            sample.says(28, "refused with 500, as documented", 500, refused(code));
            sample.says(33, "its refusal with 502", 502, refused(code));
            sample.says(
                41,
                "refused, and status true",
                500,
                refused(code).replace("false", "true"),
            );
            let and_link =
                refused(code).replace('}', r#","link":"https://shop.example/payment/20"}"#);
            sample.says(41, "refused, and the link of a payment", 500, and_link);
        }
        sample.says(31, "413 in its envelope", 413, refused(413));
        sample.says(34, "a code that is not documented", 200, refused(99));
        sample.says(
            41,
            "refused under another status than its own",
            400,
            refused(code),
        );
        match sample.operation {
            "create" => {
                sample.turns(25, "another amount", "/amount", Some("1500000"));
                sample.says(35, "the number was used before", 500, refused(3));
            }
            "set-card" => sample.says(35, "a card is recorded", 500, refused(-2)),
            "check" => sample.turns(35, "verified before", "/code", Some("200")),
            _ => {}
        }
    }
    Known {
        name: "cardpay",
        operations,
        variants: Vec::new(),
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
    let mut operations = samples! { client;
        "issue-invoice", issued, |pod| {
            let item = NewItem::new("a pair of shoes", Rial::new(150_000))?;
            let invoice = pod_invoice_client::NewInvoice::new("1000", "CLOTHING_GUILD", item)?;
            let issued = pod.issue_invoice(invoice).await?;
            assert_eq!(issued.value.id.get(), 32157);
            Ok(())
        }, [|it| it.reference() == Some("1000") && it.amount().is_some()];
        "invoices", listed, |pod| {
            let list = pod_invoice_client::ListInvoices::one(id()?);
            let invoices = pod.list_invoices(list).await?.value.invoices;
            assert_eq!(invoices.len(), 1);
            match invoices.first().map(pod_invoice_client::Invoice::state) {
                Some(pod_invoice_client::State::Unclear) => Err(undecided()),
                _ => Ok(()),
            }
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
    for sample in &mut operations {
        const FLAGS: &[&str] = &[
            "/result/0/id",
            "/result/0/payableAmount",
            "/result/0/billNumber",
            "/result/0/payed",
            "/result/0/waiting",
            "/result/0/canceled",
            "/result/0/closed",
            "/result/0/verificationNeeded",
        ];
        let refused = |code: u32| {
            format!(
                r#"{{"hasError":true,"errorCode":{code},"message":"no","referenceNumber":"234910992","count":0}}"#
            )
        };
        sample.decides(&["/hasError"]);
        sample.turns(43, "a field is unreadable", "/errorCode", Some("[]"));
        match sample.operation {
            "one-time-token" => sample.decides(&["/ott"]),
            _ => sample.decides(&["/result"]),
        }
        let (fields, other, done): (&[_], &[_], _) = match sample.operation {
            "issue-invoice" => (
                &["/result/id"],
                &[
                    ("/result/billNumber", r#""1001""#),
                    ("/result/totalAmount", "1500000"),
                ],
                None,
            ),
            "verify-invoice" | "verify-and-close" => (
                &["/result/id", "/result/payed", "/result/canceled"],
                &[("/result/id", "32158")],
                Some(24),
            ),
            "invoices" => (FLAGS, &[("/result/0/id", "32158")], None),
            "close" => (&[], &[], Some(45)),
            "cancel" => (&[], &[], Some(32)),
            "one-time-token" | "payment-link" | "share-link" => (&[], &[], None),
            _ => (&[], &[], Some(24)),
        };
        sample.decides(fields);
        let about = match sample.operation {
            "invoices" => "another one in a list",
            _ => "about another one",
        };
        for (field, value) in other {
            sample.turns(25, about, field, Some(value));
        }
        if let Some(code) = done {
            sample.says(35, "done before", 200, refused(code));
        }
        sample.says(28, "refused with 200", 200, refused(99));
        sample.says(28, "refused with 200, in words alone", 200, refused(0));
        sample.says(28, "refused with 400", 400, refused(99));
        sample.says(28, "refused with 401", 401, refused(21));
        sample.says(31, "413 in its envelope", 413, refused(4711));
        sample.says(33, "its refusal with 500", 500, refused(99));
        sample.says(34, "227, its service timed out", 200, refused(227));
        sample.says(34, "378, its answer was lost", 200, refused(378));
        sample.says(34, "999, internal error", 200, refused(999));
        sample.says(
            34,
            "words of a failure, without a code",
            200,
            refused(0).replace("no", "Read timed out"),
        );
        let beside = |member: &str| refused(99).replace('}', &format!(",{member}}}"));
        sample.says(41, "refused, and a result", 200, beside(r#""result":true"#));
        sample.says(
            41,
            "refused, and the id of an invoice",
            200,
            beside(r#""invoiceId":32157"#),
        );
        sample.says(
            41,
            "refused, and no error",
            200,
            refused(99).replace("true", "false"),
        );
    }
    Known {
        name: "pod",
        operations,
        variants: Vec::new(),
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
    fn through(via: Via, transport: Transport, url: &str) -> Result<SizPay, Error> {
        SizPay::builder("key-1-of-the-shop", "key-2-of-the-shop", "hosseini")
            .via(via)
            .base_url(url)
            .asmx_url(url)
            .transport(transport)
            .build()
    }
    fn client(transport: Transport, url: &str) -> Result<SizPay, Error> {
        through(Via::Rest, transport, url)
    }
    fn asmx_json(transport: Transport, url: &str) -> Result<SizPay, Error> {
        through(Via::AsmxJson, transport, url)
    }
    fn soap(transport: Transport, url: &str) -> Result<SizPay, Error> {
        through(Via::Soap, transport, url)
    }
    fn soap_model(transport: Transport, url: &str) -> Result<SizPay, Error> {
        through(Via::SoapModel, transport, url)
    }
    fn sent_on() -> Result<JalaliDate, Invalid> {
        JalaliDate::new(1399, 11, 21)
    }
    async fn send(sizpay: SizPay) -> Result<(), Error> {
        let link = NewLink::new("99112101", Rial::new(10_000), "09122272730")?;
        let sent = sizpay.send_link(link).await?;
        assert_eq!(sent.send_id.get(), 26041);
        assert!(
            !serde_json::to_string(&sent)
                .unwrap_or_default()
                .contains(MOBILE)
        );
        Ok(())
    }
    async fn read_status(sizpay: SizPay) -> Result<(), Error> {
        let asked = PayStatus::of_send_ids(sent_on()?, [SendId::new(26040)?])?;
        let payments = sizpay.pay_status(asked).await?;
        match payments.as_slice() {
            [one] if one.state == PayState::Paid => Ok(()),
            _ => Err(undecided()),
        }
    }
    const MOBILE: &str = "09123452730";
    const SEND_ID: fn(&Handle) -> bool = |it| {
        it.id("PayLinkSendID") == Some("26040") && it.id("PayLinkFactorDate") == Some("1399/11/21")
    };
    const OF_LINK: fn(&Handle) -> bool =
        |it| it.reference() == Some("99112101") && it.merchant() == Some("hosseini");
    const LIST: &str = r#"[{"PayLinkSendID":26040,"Status":1,"RefNo":"880012345678"}]"#;
    let enveloped = |method: &str, inside: &str| {
        format!(
            r#"<?xml version="1.0" encoding="utf-8"?><soap:Envelope xmlns:soap="http://schemas.xmlsoap.org/soap/envelope/"><soap:Body><{method} xmlns="http://tempuri.org/">{inside}</{method}></soap:Body></soap:Envelope>"#
        )
    };
    let sent = format!(
        r#"{{"PayLinkSendID":26041,"PayLinkURL":"https://me.sizpay.ir/hosseini/0200260411","ResCod":1,"Message":"","MobileNo":"{MOBILE}"}}"#
    );
    let sent_xml = "<ResCod>1</ResCod><Message></Message><PayLinkSendID>26041</PayLinkSendID>";
    let accepted = r#"{"ResCod":1,"Message":""}"#;
    let states = format!(r#"{{"ResCod":1,"Message":"","PayLinkListStatus":{LIST}}}"#);
    let states_xml = format!(
        "<ResCod>1</ResCod><Message></Message><prmPayLinkFirstStatus>1</prmPayLinkFirstStatus>\
         <prmPayLinkFirstRefNo>880012345678</prmPayLinkFirstRefNo><prmPayLinkListStatus>{LIST}</prmPayLinkListStatus>"
    );
    let mut operations = samples! { client;
        "send-link", sent.clone(), |sizpay| send(sizpay).await, [OF_LINK];
        "disable", accepted, |sizpay| {
            let link = DisableLink::by_send_id(SendId::new(26040)?, sent_on()?);
            sizpay.disable_link(link).await.map(drop)
        }, [SEND_ID];
        "resend", accepted, |sizpay| {
            let link = ResendSms::by_send_id(SendId::new(26040)?, sent_on()?);
            sizpay.resend_sms(link).await.map(drop)
        }, [SEND_ID];
        "status", states.clone(), |sizpay| read_status(sizpay).await, [];
    };
    let mut variants = samples! { asmx_json, Protocol::AspNetJson;
        "send-link", format!(r#"{{"d":{sent}}}"#), |sizpay| send(sizpay).await, [OF_LINK];
        "status", format!(r#"{{"d":{states}}}"#), |sizpay| read_status(sizpay).await, [];
    };
    variants.extend(samples! { soap, Protocol::Soap;
        "send-link", enveloped("PayLinkSendSoapResponse", sent_xml), |sizpay| send(sizpay).await, [OF_LINK];
        "status", enveloped("PayLinkPayStatusSoapResponse", &states_xml), |sizpay| read_status(sizpay).await, [];
    });
    variants.extend(samples! { soap_model, Protocol::SoapModel;
        "send-link", enveloped("PayLinkSendRestResponse", sent_xml), |sizpay| send(sizpay).await, [OF_LINK];
        "status", enveloped("PayLinkPayStatusRestResponse", &states_xml), |sizpay| read_status(sizpay).await, [];
    });
    for sample in operations.iter_mut().chain(&mut variants) {
        let is_send = sample.operation == "send-link";
        let is_status = sample.operation == "status";
        let good = sample.good.clone();
        match sample.protocol {
            Protocol::Json | Protocol::AspNetJson => {
                let wrapped = sample.protocol == Protocol::AspNetJson;
                let at = |rest, wrapped_at| if wrapped { wrapped_at } else { rest };
                let refused = |words: &str| {
                    let inside = format!(r#"{{"ResCod":0,"Message":"{words}"}}"#);
                    if wrapped {
                        format!(r#"{{"d":{inside}}}"#)
                    } else {
                        inside
                    }
                };
                let code = at("/ResCod", "/d/ResCod");
                sample.decides(&[code]);
                if is_send {
                    let id = at("/PayLinkSendID", "/d/PayLinkSendID");
                    sample.decides(&[id]);
                    let none =
                        refused("no").replace(r#""ResCod":0"#, r#""ResCod":1,"PayLinkSendID":0"#);
                    sample.says(28, "refused with 200, by the id 0", 200, none);
                    sample.turns(41, "the id 0, and the address of a link", id, Some("0"));
                    sample.turns(41, "refused, and the id of a link", code, Some("0"));
                }
                if is_status {
                    let list = at("/PayLinkListStatus", "/d/PayLinkListStatus");
                    let id = at(
                        "/PayLinkListStatus/0/PayLinkSendID",
                        "/d/PayLinkListStatus/0/PayLinkSendID",
                    );
                    let state = at(
                        "/PayLinkListStatus/0/Status",
                        "/d/PayLinkListStatus/0/Status",
                    );
                    let number = at("/PayLinkListStatus/0/RefNo", "/d/PayLinkListStatus/0/RefNo");
                    sample.decides(&[list, id, state, number]);
                    sample.turns(25, "about another one", id, Some("26041"));
                    sample.turns(41, "refused, and states of links", code, Some("0"));
                }
                sample.says(28, "refused with 200", 200, refused("no"));
                sample.says(28, "refused with 400", 400, refused("no"));
                sample.says(31, "413 in its envelope", 413, refused("no"));
                sample.says(33, "its refusal with 500", 500, refused("no"));
                sample.says(
                    34,
                    "words of a failure",
                    200,
                    refused("خطا در ارتباط با سرور"),
                );
                let exception = r#"{"Message":"Timeout expired.","StackTrace":"   at X.Y()","ExceptionType":"System.TimeoutException"}"#;
                sample.says(34, "an exception with 500", 500, exception);
                sample.says(34, "an exception with 200", 200, exception);
                let twice = refused("no").replace("\"ResCod\":0", "\"ResCod\":0,\"rescod\":1");
                sample.says(41, "two codes", 200, twice);
            }
            Protocol::Soap | Protocol::SoapModel => {
                sample.decides(&["ResCod"]);
                let inside = if is_send { sent_xml } else { &states_xml };
                let refused = good.replace(inside, "<ResCod>0</ResCod><Message>no</Message>");
                sample.says(28, "refused with 200, by the code", 200, refused);
                if is_send {
                    sample.decides(&["PayLinkSendID"]);
                    sample.turns(41, "refused, and the id of a link", "ResCod", Some("0"));
                    sample.turns(
                        28,
                        "refused with 200, by the id 0",
                        "PayLinkSendID",
                        Some("0"),
                    );
                }
                if is_status {
                    const STATUS: &str = "prmPayLinkFirstStatus";
                    const NUMBER: &str = "prmPayLinkFirstRefNo";
                    const STATES: &str = "prmPayLinkListStatus";
                    sample.turns(41, "refused, and states of links", "ResCod", Some("0"));
                    sample.decides(&[STATUS, NUMBER, STATES]);
                    let other = LIST.replace("26040", "26041");
                    sample.turns(25, "about another one", STATES, Some(&other));
                }
                let fault = |code: &str| {
                    let fault =
                        format!("<faultcode>{code}</faultcode><faultstring>no</faultstring>");
                    let whole = enveloped("Fault", &fault);
                    whole
                        .replace("<Fault xmlns=\"http://tempuri.org/\">", "<soap:Fault>")
                        .replace("</Fault>", "</soap:Fault>")
                };
                let blamed = fault("soap:Client");
                sample.says(
                    25,
                    "an answer to another method",
                    200,
                    good.replace("PayLink", "Other"),
                );
                sample.says(28, "refused with 500, as SOAP has it", 500, blamed.clone());
                sample.says(28, "refused with 400", 400, blamed.clone());
                sample.says(28, "refused with 200", 200, blamed.clone());
                sample.says(31, "413 in its envelope", 413, blamed.clone());
                sample.says(33, "its refusal with 502", 502, blamed.clone());
                sample.says(
                    34,
                    "a fault of the server with 500",
                    500,
                    fault("soap:Server"),
                );
                sample.says(
                    34,
                    "a fault of the server with 200",
                    200,
                    fault("soap:Server"),
                );
                let beside =
                    |inside: &str| blamed.replace("</faultcode>", &format!("</faultcode>{inside}"));
                sample.says(
                    41,
                    "two codes",
                    500,
                    beside("<faultcode>soap:Server</faultcode>"),
                );
                sample.says(
                    41,
                    "refused, and fields of an answer",
                    500,
                    beside(&sent_xml.replace("26041", "26042")),
                );
            }
        }
    }
    Known {
        name: "sizpay",
        operations,
        variants,
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
    let mut operations = samples! { client;
        "create-invoice", created, |zipay| {
            let price = price(Currency::Usd)?;
            let invoice = zipay_client::NewInvoice::new("1000", price, "https://shop.example/back")?;
            let created = zipay.create_invoice(invoice).await?;
            assert_eq!(created.track_id.as_str(), TRACK_ID);
            Ok(())
        }, [|it| it.reference() == Some("1000") && it.merchant() == Some("1003")];
        "status", invoice("pending"), |zipay| {
            match zipay.invoice_status(&track_id()?).await?.status {
                zipay_client::Status::Other(_) => Err(undecided()),
                _ => Ok(()),
            }
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
    for sample in &mut operations {
        const INVOICE: &[&str] = &[
            "/result/trackid",
            "/result/status",
            "/result/amount",
            "/result/coin/currency",
            "/result/invoice_number",
            "/result/merchant_terminal_number",
        ];
        const OTHER: &str = "4f0c2a3e-0d1b-4c1a-9d57-0c5f3f1a7b21";
        let refused = |status: u16| {
            format!(r#"{{"result":{{"message":"no"}},"success":false,"status":{status}}}"#)
        };
        sample.decides(&["/success", "/status"]);
        match sample.operation {
            "create-invoice" => sample.decides(&["/result/trackid", "/result/redirect"]),
            "list" => {
                sample.decides(&["/items"]);
                sample.turns(25, "another page", "/page", Some("2"));
            }
            _ => {
                sample.decides(INVOICE);
                let other = format!(r#""{OTHER}""#);
                sample.turns(25, "about another one", "/result/trackid", Some(&other));
                sample.turns(43, "an unknown state", "/result/status", Some(r#""paid""#));
            }
        }
        if sample.operation == "verify" {
            sample.turns(
                35,
                "verified before",
                "/result/status",
                Some(r#""completed""#),
            );
        }
        sample.says(28, "refused with 200", 200, refused(422));
        sample.says(28, "refused with 401", 401, refused(401));
        sample.says(28, "refused with 404", 404, refused(404));
        sample.says(28, "refused with 422", 422, refused(422));
        sample.says(31, "413 in its envelope", 413, refused(413));
        sample.says(33, "its refusal with 500", 500, refused(422));
        sample.says(34, "its status 500", 200, refused(500));
        sample.says(34, "its status 408", 200, refused(408));
        sample.says(
            34,
            "words of a failure",
            200,
            refused(400).replace("no", "Read timed out"),
        );
        let beside = |member: &str| refused(422).replace(r#""message":"no""#, member);
        sample.says(
            41,
            "refused, and another trackid",
            200,
            beside(&format!(r#""trackid":"{OTHER}""#)),
        );
        sample.says(
            41,
            "refused, and a link",
            200,
            beside(r#""redirect":"https://api.zipay.io/invoice_v1/1""#),
        );
        sample.turns(41, "success, and status 500", "/status", Some("500"));
    }
    Known {
        name: "zipay",
        operations,
        variants: Vec::new(),
        private: &[],
        paid_at: "invoices/ID/pay",
        created: |sandbox, reference| {
            let all = sandbox.zipay().invoices().into_iter();
            all.filter(|it| it.invoice_number == reference).count()
        },
    }
}
