use std::borrow::Cow;

use paylink_core::json::{Object, Wire, lossless};
use paylink_core::{
    CardNumber, ClientConfig, ComparedField, DecodeError, FieldKey, Handle, Idempotency, Invalid,
    Lookup, Mismatch, Mobile, Money, Operation, Request, Response, ReturnUrl, Rial, Untrusted,
    WebUrl,
};
use serde::{Deserialize, Serialize};

use crate::codes::{Code, Says};
use crate::config::CardPayConfig;
use crate::encoding::Parameters;
use crate::envelope::Envelope;
use crate::merchant_card::{self, WireCard};
use crate::{ExactAmount, Expiry, InvoiceNumber, MerchantCard, PayId, PaymentRecord};

/// The least price (document "codes and errors", code 1; proven).
const LEAST_PRICE: Rial = Rial::new(10_000);

/// A new payment (document "create payment"; proven).
///
/// It is checked when it is built. Creating it must happen once, and an unknown outcome cannot be looked up: see
/// [`CardPay::create`](crate::CardPay::create).
#[derive(Clone, Debug)]
#[must_use = "a payment is created by the client"]
pub struct NewPayment {
    invoice_number: InvoiceNumber,
    price: Rial,
    phone: Option<Mobile>,
    payer_card: Option<CardNumber>,
    callback: Option<ReturnUrl>,
}

impl NewPayment {
    /// The field under which a price is refused.
    pub const PRICE: FieldKey = FieldKey::new("price", "price");
    /// The field under which the page is refused to which the payer returns.
    pub const CALLBACK: FieldKey = FieldKey::new("callback", "callback");

    /// A payment of `price` under the merchant's own number, which must not have been used before.
    ///
    /// The price is what the order costs. What the payer has to transfer comes back as
    /// [`CreatedPayment::transfer_exactly`] and can differ. The number is given as one, as text, or parsed.
    ///
    /// # Errors
    ///
    /// Names the field, shows the value, says what to write instead.
    ///
    /// ```
    /// use cardpay_client::{NewPayment, Rial};
    ///
    /// let payment = NewPayment::new(1000, Rial::new(150_000))?.with_callback("https://shop.example/back?order=1000")?;
    /// let error = NewPayment::new(1000, Rial::new(9_999)).unwrap_err();
    /// assert_eq!(error.key(), "price");
    /// # Ok::<(), cardpay_client::Invalid>(())
    /// ```
    pub fn new(
        invoice_number: impl TryInto<InvoiceNumber, Error: Into<Invalid>>,
        price: Rial,
    ) -> Result<NewPayment, Invalid> {
        if price < LEAST_PRICE {
            return Err(
                Invalid::new(NewPayment::PRICE, "is below CardPay's minimum")
                    .with_value(&price.to_string())
                    .with_remedy("give at least 10000 rial, which is 1000 toman"),
            );
        }
        Ok(NewPayment {
            invoice_number: invoice_number.try_into().map_err(Into::into)?,
            price,
            phone: None,
            payer_card: None,
            callback: None,
        })
    }

    /// Adds the payer's mobile number.
    pub fn with_phone(mut self, phone: Mobile) -> NewPayment {
        self.phone = Some(phone);
        self
    }

    /// Records the card that the payer will transfer from.
    ///
    /// **Only where the bank's deposit messages carry the payer's card.** Once a card is recorded, a deposit whose message
    /// lacks the card or shows another one is not matched, and the payment is lost: the payer has paid and the shop does
    /// not see it.
    pub fn with_payer_card(mut self, card: CardNumber) -> NewPayment {
        self.payer_card = Some(card);
        self
    }

    /// Adds the page to which the payer returns; without one there is no pay page, and
    /// [`CreatedPayment::link`] is `None`.
    ///
    /// The document names no parameter that the script adds on the way back, so there is nothing to read: write the
    /// order's number into this URL, look the order up by it, and settle. Arriving there proves nothing.
    ///
    /// An app is returned to by [`ReturnUrl::parse_app`]. The document speaks of a callback and does not say whether the script
    /// takes an app's own scheme (`docs/unverified.md`).
    ///
    /// # Errors
    ///
    /// If it is text, and not an http or https URL, or holds a fragment. A parsed address is never refused.
    pub fn with_callback(
        mut self,
        url: impl TryInto<ReturnUrl, Error: Into<Invalid>>,
    ) -> Result<NewPayment, Invalid> {
        let url = url.try_into();
        self.callback = Some(url.map_err(|refused| refused.into().under(NewPayment::CALLBACK))?);
        Ok(self)
    }
}

/// What creating a payment yields: what the payer has to know, and what the shop has to store.
///
/// The price is not among it. Show [`transfer_exactly`](CreatedPayment::transfer_exactly) and the cards.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
#[non_exhaustive]
pub struct CreatedPayment {
    /// The script's id.
    pub pay_id: PayId,
    /// What the payer has to transfer, to the rial.
    #[serde(rename = "transfer_exactly_rial")]
    pub transfer_exactly: ExactAmount,
    /// When the time for it is over.
    pub expires: Option<Expiry>,
    /// The script's own pay page; `None` if no callback was sent. Show it as it came, and never fetch it. It is `https`, or
    /// plain `http` on the script's own host, which is the form that the document shows.
    pub link: Option<WebUrl>,
    /// Whether the link spells the script's host otherwise than the base URL does: `localhost` for `127.0.0.1`, say, or
    /// without `www.`. Make sure that the payer's browser reaches it there; the script's own settings name that host.
    pub link_host_differs: bool,
    /// The merchant's cards, to any of which the payer may transfer.
    pub pay_to: Vec<MerchantCard>,
    /// The display fields that came in a form that could not be read.
    pub unreadable: Vec<&'static str>,
    #[serde(skip)]
    record: PaymentRecord,
}

impl CreatedPayment {
    /// What to store with the order, before the payer is told anything: settling needs it.
    #[must_use]
    pub fn record(&self) -> &PaymentRecord {
        &self.record
    }
}

impl Operation for NewPayment {
    type Config = CardPayConfig;
    type Output = CreatedPayment;

    const NAME: &'static str = "create";
    const IDEMPOTENCY: Idempotency = Idempotency::NonIdempotent;
    const LOOKUP: Lookup = Lookup::Unavailable;

    fn request(&self, config: &CardPayConfig) -> Result<Request, Invalid> {
        let parameters = Parameters::default()
            .number("price", self.price.get())
            .number("fid", self.invoice_number.get())
            .text("phone", self.phone.as_ref().map(Mobile::as_str))
            .text("card", self.payer_card.as_ref().map(CardNumber::expose))
            .text(
                config.callback_field(),
                self.callback.as_ref().map(ReturnUrl::as_str),
            );
        Ok(config.post(&config.endpoints().create, &parameters))
    }

    fn decode(
        &self,
        config: &CardPayConfig,
        response: Response<'_>,
    ) -> Result<CreatedPayment, DecodeError> {
        let created: WireCreated<'_> = paylink_core::json::from_object(response.text())?;
        let envelope = Envelope {
            status: created.status,
            code: created.code,
            msg: created.msg,
        };
        envelope.done(Self::NAME, response, Says::True)?;
        let pay_id = PayId::new(created.pay_id.required("pay_id")?)
            .map_err(|_| Untrusted::unexpected_form("pay_id", "is zero"))?;
        let amount = Rial::new(created.amount.required("amount")?);
        if !may_be_asked_for(self.price, amount, config.largest_tail()) {
            return Err(Mismatch::new(ComparedField::Amount, &self.price, &amount).into());
        }
        let mut unreadable = Vec::new();
        let expires = created
            .expire
            .shown("expire", &mut unreadable)
            .map(Expiry::from_unix_seconds);
        let transfer_exactly = ExactAmount::told_by_script(amount);
        let page = pay_page(config, created.link, &mut unreadable);
        Ok(CreatedPayment {
            pay_id,
            transfer_exactly,
            expires,
            link_host_differs: page.as_ref().is_some_and(|page| page.is_spelled_otherwise),
            link: page.map(|page| page.link),
            pay_to: merchant_card::readable(created.cart, &mut unreadable),
            unreadable,
            record: PaymentRecord {
                shop: config.shop().to_owned(),
                pay_id,
                invoice_number: self.invoice_number,
                price: self.price,
                transfer_exactly,
                expires,
            },
        })
    }

    fn refusals_use_500(&self, _: &CardPayConfig) -> bool {
        true
    }

    /// The answer does not repeat the invoice number: its connection alone says which order it is about.
    fn needs_fresh_connection(&self, _: &CardPayConfig) -> bool {
        true
    }

    fn fill_handle(&self, config: &CardPayConfig, handle: Handle) -> Handle {
        handle
            .with_reference(self.invoice_number.to_string())
            .with_merchant(config.shop())
            .with_amount(Money::from(self.price))
    }
}

/// Whether an amount can stand for this price: they differ by no more than the largest tail, nor by more than half of the
/// price.
///
/// The document does not say how far the two may differ, nor in which direction; its sample shows 11,385 rial. What differs
/// more is taken for another payment's amount, or for one in toman (a reading).
fn may_be_asked_for(price: Rial, amount: Rial, largest_tail: Rial) -> bool {
    let tail = price.get().abs_diff(amount.get());
    tail <= largest_tail.get() && tail <= price.get() / 2
}

#[derive(Default, Deserialize)]
#[serde(default, bound(deserialize = "'de: 'a"))]
struct WireCreated<'a> {
    #[serde(deserialize_with = "lossless")]
    status: Wire<bool>,
    code: Wire<Code>,
    msg: Wire<Cow<'a, str>>,
    #[serde(deserialize_with = "lossless")]
    pay_id: Wire<u64>,
    #[serde(deserialize_with = "lossless")]
    amount: Wire<u64>,
    #[serde(deserialize_with = "lossless")]
    expire: Wire<u64>,
    link: Wire<Cow<'a, str>>,
    cart: Wire<Vec<Wire<Object<WireCard<'a>>>>>,
}

/// The script's pay page of one payment.
struct PayPage {
    link: WebUrl,
    is_spelled_otherwise: bool,
}

/// Reads a link to the pay page: `https`, or plain `http` on the script's own host, which is the form that the sample shows.
fn pay_page(
    config: &CardPayConfig,
    link: Wire<Cow<'_, str>>,
    unreadable: &mut Vec<&'static str>,
) -> Option<PayPage> {
    let link = link.shown("link", unreadable)?;
    let page = link.parse().ok().and_then(|link: WebUrl| {
        let own = config.base_url().host();
        let is_spelled_otherwise = link.host() != own && are_one_host(link.host(), own);
        let is_own = link.host() == own || is_spelled_otherwise;
        (link.is_https() || is_own).then_some(PayPage {
            link,
            is_spelled_otherwise,
        })
    });
    if page.is_none() {
        unreadable.push("link");
    }
    page
}

/// Whether two hosts are two spellings of one: this machine's own names, or the same name with and without `www.` or the dot
/// at its end.
fn are_one_host(one: &str, other: &str) -> bool {
    bare(one) == bare(other) || (is_loopback(one) && is_loopback(other))
}

fn bare(host: &str) -> &str {
    let host = host.strip_suffix('.').unwrap_or(host);
    host.strip_prefix("www.").unwrap_or(host)
}

fn is_loopback(host: &str) -> bool {
    let host = bare(host);
    let address = host.trim_start_matches('[').trim_end_matches(']');
    host == "localhost"
        || address
            .parse()
            .is_ok_and(|it: std::net::IpAddr| it.is_loopback())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_amount_of_another_order_or_unit_does_not_stand_for_the_price() {
        let tail = Rial::new(10_000);
        let may = |price, amount| may_be_asked_for(Rial::new(price), Rial::new(amount), tail);
        for amount in [10_000, 10_001, 11_385, 9_999, 5_000, 15_000] {
            assert!(may(10_000, amount), "{amount}");
        }
        for amount in [0, 1, 1_000, 4_999, 15_001, 20_000, 100_000, u64::MAX] {
            assert!(!may(10_000, amount), "{amount}");
        }
        for amount in [1_000_000, 1_010_000, 990_000] {
            assert!(may(1_000_000, amount), "{amount}");
        }
        for amount in [1_010_001, 989_999, 100_000, 10_000_000] {
            assert!(!may(1_000_000, amount), "{amount}");
        }
        assert!(may(u64::MAX, u64::MAX) && !may(u64::MAX, 10_000) && !may(10_000, u64::MAX));
        let none = Rial::new(0);
        assert!(may_be_asked_for(Rial::new(10_000), Rial::new(10_000), none));
        let higher = Rial::new(10_001);
        assert!(!may_be_asked_for(Rial::new(10_000), higher, none));
    }

    #[test]
    fn spellings_of_one_host_are_known_and_no_others() {
        for (one, other) in [
            ("localhost", "127.0.0.1"),
            ("[::1]", "localhost"),
            ("127.0.0.1", "127.0.0.2"),
            ("shop.example", "www.shop.example"),
            ("shop.example.", "shop.example"),
        ] {
            let both_ways = (are_one_host(one, other), are_one_host(other, one));
            assert_eq!(both_ways, (true, true), "{one} {other}");
        }
        for (one, other) in [
            ("localhost", "192.168.1.5"),
            ("localhost", "localhost.elsewhere.example"),
            ("127.0.0.1", "127.0.0.1.elsewhere.example"),
            ("shop.example", "pay.shop.example"),
            ("shop.example", "shop.example.elsewhere"),
            ("shop.example", "wwwshop.example"),
            ("shop.example", "localhost"),
        ] {
            let both_ways = (are_one_host(one, other), are_one_host(other, one));
            assert_eq!(both_ways, (false, false), "{one} {other}");
        }
    }
}
