use std::fmt;
use std::time::SystemTime;

use serde::ser::Error as _;
use serde::{Deserialize, Serialize, Serializer};

use super::Input;
use crate::provider::hint::Ids;
use crate::settlement::handle::{from_millis, to_millis};
use crate::text::excerpt;
use crate::{CardNumber, Invalid, Mobile, Money, NationalId, ReturnUrl, text};

/// What a provider has about a payment, as far as it says. It is a view, not a proof: settling makes proofs.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
#[must_use = "a view says where a payment stands"]
pub struct Payment {
    provider: &'static str,
    state: PaymentState,
    provider_state: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    reference: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    amount: Option<Money>,
    #[serde(skip_serializing_if = "Option::is_none")]
    receipt: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    created_at_ms: Option<u64>,
    ids: Ids,
}

impl Payment {
    /// A payment in this state, which the provider calls `provider_state`. Adapters of providers make it.
    pub fn new(provider: &'static str, state: PaymentState, provider_state: &str) -> Payment {
        Payment {
            provider,
            state,
            provider_state: excerpt(provider_state, 40),
            reference: None,
            amount: None,
            receipt: None,
            created_at_ms: None,
            ids: Ids::default(),
        }
    }

    crate::setters! { self: Payment;
        /// Adds the merchant's reference, as the provider reports it.
        with_reference(reference: Option<&str>) => self.reference = reference.map(|text| excerpt(text, 200));
        /// Adds the amount, as the provider reports it.
        with_amount(amount: Option<Money>) => self.amount = amount;
        /// Adds the number under which the payment itself was made.
        with_receipt(number: Option<&str>) => self.receipt = number.map(|text| excerpt(text, 64));
        /// Adds when it was created, as the provider reports it.
        with_created_at(at: Option<SystemTime>) => self.created_at_ms = at.map(to_millis);
    }

    /// Adds one of the provider's ids, under the provider's name for it.
    pub fn with_id(mut self, name: &str, value: impl Into<String>) -> Payment {
        self.ids.add(name, value);
        self
    }

    crate::getters! { self;
        /// The provider's name.
        provider: &'static str = self.provider;
        /// Where it stands.
        state: &PaymentState = &self.state;
        /// The provider's own word for it.
        provider_state: &str = &self.provider_state;
        /// The merchant's reference, where the provider reports it.
        reference: Option<&str> = self.reference.as_deref();
        /// The amount, where the provider reports it.
        amount: Option<&Money> = self.amount.as_ref();
        /// The number under which the payment itself was made, where the provider reports it.
        receipt: Option<&str> = self.receipt.as_deref();
    }

    /// When it was created, by the provider's clock, where the provider reports it.
    #[must_use]
    pub fn created_at(&self) -> Option<SystemTime> {
        self.created_at_ms.map(from_millis)
    }

    /// The provider's ids, each with its name.
    pub fn ids(&self) -> impl Iterator<Item = (&str, &str)> {
        self.ids.iter()
    }
}

/// Where a payment stands, in words that all providers share.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum PaymentState {
    /// Nobody has paid it, and it can be paid.
    Unpaid,
    /// A payer is about to pay.
    Paying,
    /// It may be paid, and waits for the merchant: settle it.
    Unconfirmed,
    /// Paid: the money is the merchant's.
    Paid,
    /// A third party has guaranteed the payment for a later day.
    Promised,
    /// Its time was over before it was paid.
    Expired,
    /// It was not paid, or the money went back by itself.
    Failed,
    /// The merchant cancelled or disabled it.
    Cancelled,
    /// The merchant gave the money back.
    Refunded,
    /// Something that this release cannot read: neither success nor failure. The text is the provider's.
    Unclear(Box<str>),
}

impl PaymentState {
    /// Every state that has a word of its own, in a fixed order.
    pub const NAMED: &'static [PaymentState] = &[
        PaymentState::Unpaid,
        PaymentState::Paying,
        PaymentState::Unconfirmed,
        PaymentState::Paid,
        PaymentState::Promised,
        PaymentState::Expired,
        PaymentState::Failed,
        PaymentState::Cancelled,
        PaymentState::Refunded,
    ];

    /// The state in one word; the provider's own text where it is unclear.
    #[must_use]
    pub fn as_str(&self) -> &str {
        match self {
            PaymentState::Unpaid => "unpaid",
            PaymentState::Paying => "paying",
            PaymentState::Unconfirmed => "unconfirmed",
            PaymentState::Paid => "paid",
            PaymentState::Promised => "promised",
            PaymentState::Expired => "expired",
            PaymentState::Failed => "failed",
            PaymentState::Cancelled => "cancelled",
            PaymentState::Refunded => "refunded",
            PaymentState::Unclear(text) => text,
        }
    }

    /// Whether no money can come any more: it takes another payment to pay the order.
    #[must_use]
    pub fn is_final(&self) -> bool {
        matches!(
            self,
            PaymentState::Expired
                | PaymentState::Failed
                | PaymentState::Cancelled
                | PaymentState::Refunded
        )
    }
}

impl fmt::Display for PaymentState {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// The most characters of a name or a description; a provider may want less.
const LONGEST_TEXT: usize = 1_000;

/// A payment that is to be created, in words that no provider owns.
///
/// `Debug` leaves the payer's data out.
///
/// It serialises, and what is read back is equal: a store keeps it that way. The payer's card and national id go into no
/// document unasked, so a payment that holds one is refused: keep them apart from what
/// [`without_private_data`](NewPayment::without_private_data) gives, or not at all.
///
/// ```
/// use paylink_core::provider::NewPayment;
/// use paylink_core::{Money, Rial};
///
/// let payment = NewPayment::new("1000", Money::from(Rial::new(1_500_000)))?
///     .with_return_url("https://shop.example/back/1000")?
///     .with_mobile("0912 345 6789".parse()?)
///     .with_description("a pair of shoes")?;
/// assert_eq!(payment.reference().as_str(), "1000");
/// # Ok::<(), paylink_core::Invalid>(())
/// ```
#[derive(Clone, PartialEq, Eq, Deserialize)]
#[serde(try_from = "StoredPayment")]
#[must_use = "a payment is created by a provider"]
pub struct NewPayment {
    reference: OrderReference,
    price: Money,
    mobile: Option<Mobile>,
    payer_name: Option<String>,
    national_id: Option<NationalId>,
    payer_card: Option<CardNumber>,
    return_url: Option<ReturnUrl>,
    notify_url: Option<ReturnUrl>,
    description: Option<String>,
}

impl NewPayment {
    /// A payment of the order's whole price, tax included, under the order's own reference.
    ///
    /// # Errors
    ///
    /// If the reference cannot be one, or the price is zero.
    pub fn new(reference: &str, price: Money) -> Result<NewPayment, Invalid> {
        if !price.is_positive() {
            return Err(
                Invalid::new(Money::KEY, "is zero").with_remedy("give an amount above zero")
            );
        }
        Ok(NewPayment {
            reference: reference.parse()?,
            price,
            mobile: None,
            payer_name: None,
            national_id: None,
            payer_card: None,
            return_url: None,
            notify_url: None,
            description: None,
        })
    }

    /// Sends the payer's browser here afterwards; [`Input::ReturnUrl`].
    ///
    /// # Errors
    ///
    /// If it is not an http or https URL, or holds a fragment. A provider refuses a query that holds one of the names that
    /// it adds on the way back, before anything is sent.
    pub fn with_return_url(self, url: &str) -> Result<NewPayment, Invalid> {
        Ok(self.with_parsed_return_url(ReturnUrl::parse(Input::ReturnUrl.key(), url)?))
    }

    /// The same for an address that was read already: that of an app, say ([`ReturnUrl::parse_app`]).
    pub fn with_parsed_return_url(mut self, url: ReturnUrl) -> NewPayment {
        self.return_url = Some(url);
        self
    }

    /// Lets the provider call here, unseen by the payer; [`Input::NotifyUrl`].
    ///
    /// # Errors
    ///
    /// As [`with_return_url`](NewPayment::with_return_url).
    pub fn with_notify_url(mut self, url: &str) -> Result<NewPayment, Invalid> {
        self.notify_url = Some(ReturnUrl::parse(Input::NotifyUrl.key(), url)?);
        Ok(self)
    }

    /// Says what the payment is for; [`Input::Description`].
    ///
    /// # Errors
    ///
    /// If it is empty or longer than 1,000 characters. A provider may want less.
    pub fn with_description(mut self, text: &str) -> Result<NewPayment, Invalid> {
        self.description = Some(checked(Input::Description, text)?);
        Ok(self)
    }

    /// Adds the payer's mobile number; [`Input::Mobile`].
    pub fn with_mobile(mut self, mobile: Mobile) -> NewPayment {
        self.mobile = Some(mobile);
        self
    }

    /// Adds the payer's name; [`Input::PayerName`].
    ///
    /// # Errors
    ///
    /// If it is empty or longer than 1,000 characters. A provider may want less.
    pub fn with_payer_name(mut self, name: &str) -> Result<NewPayment, Invalid> {
        self.payer_name = Some(checked(Input::PayerName, name)?);
        Ok(self)
    }

    crate::setters! { self: NewPayment;
        /// Lets nobody pay but the person with this national id, an Iranian or a foreigner; [`Input::NationalId`].
        with_national_id(national_id: NationalId) => self.national_id = Some(national_id);
        /// Says with which card the payer will pay; [`Input::PayerCard`].
        with_payer_card(card: CardNumber) => self.payer_card = Some(card);
        /// The same payment under another reference, for an order whose first payment came to nothing.
        with_reference(reference: OrderReference) => self.reference = reference;
    }

    crate::getters! { self;
        /// The order's own reference.
        reference: &OrderReference = &self.reference;
        /// What the order costs, in the merchant's own unit.
        price: &Money = &self.price;
        /// The payer's mobile number.
        mobile: Option<&Mobile> = self.mobile.as_ref();
        /// The payer's name.
        payer_name: Option<&str> = self.payer_name.as_deref();
        /// The national id of the only person who may pay.
        national_id: Option<&NationalId> = self.national_id.as_ref();
        /// The card that the payer will pay with.
        payer_card: Option<&CardNumber> = self.payer_card.as_ref();
        /// Where the payer's browser goes afterwards.
        return_url: Option<&ReturnUrl> = self.return_url.as_ref();
        /// Where the provider calls.
        notify_url: Option<&ReturnUrl> = self.notify_url.as_ref();
        /// What the payment is for.
        description: Option<&str> = self.description.as_deref();
    }

    /// The same payment without the payer's card and national id: what a store may keep unasked.
    pub fn without_private_data(&self) -> NewPayment {
        NewPayment {
            national_id: None,
            payer_card: None,
            ..self.clone()
        }
    }

    /// Whether it says something under this name.
    #[must_use]
    pub fn has(&self, input: Input) -> bool {
        match input {
            Input::ReturnUrl => self.return_url.is_some(),
            Input::NotifyUrl => self.notify_url.is_some(),
            Input::Mobile => self.mobile.is_some(),
            Input::PayerName => self.payer_name.is_some(),
            Input::NationalId => self.national_id.is_some(),
            Input::PayerCard => self.payer_card.is_some(),
            Input::Description => self.description.is_some(),
            Input::ListDay => false,
        }
    }
}

/// A payment as it is stored. What is read is checked as what is typed.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct StoredPayment {
    reference: OrderReference,
    price: Money,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    mobile: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    payer_name: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    return_url: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    notify_url: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    description: Option<String>,
}

impl Serialize for NewPayment {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if self.payer_card.is_some() || self.national_id.is_some() {
            return Err(S::Error::custom(
                "the payment holds the payer's card or national id: serialise what without_private_data gives",
            ));
        }
        let text = |url: &Option<ReturnUrl>| url.as_ref().map(|url| url.as_str().to_owned());
        let stored = StoredPayment {
            reference: self.reference.clone(),
            price: self.price,
            mobile: self.mobile.as_ref().map(|it| it.as_str().to_owned()),
            payer_name: self.payer_name.clone(),
            return_url: text(&self.return_url),
            notify_url: text(&self.notify_url),
            description: self.description.clone(),
        };
        stored.serialize(serializer)
    }
}

impl TryFrom<StoredPayment> for NewPayment {
    type Error = Invalid;

    fn try_from(stored: StoredPayment) -> Result<NewPayment, Invalid> {
        let url = |input: Input, text: Option<String>| {
            text.map(|text| ReturnUrl::parse_stored(input.key(), &text))
                .transpose()
        };
        let text = |input, text: Option<String>| text.map(|text| checked(input, &text)).transpose();
        let mut payment = NewPayment::new(stored.reference.as_str(), stored.price)?;
        payment.mobile = stored.mobile.map(|it| Mobile::parse(&it)).transpose()?;
        payment.payer_name = text(Input::PayerName, stored.payer_name)?;
        payment.return_url = url(Input::ReturnUrl, stored.return_url)?;
        payment.notify_url = url(Input::NotifyUrl, stored.notify_url)?;
        payment.description = text(Input::Description, stored.description)?;
        Ok(payment)
    }
}

fn checked(input: Input, text: &str) -> Result<String, Invalid> {
    if text.trim().is_empty() {
        return Err(
            Invalid::new(input.key(), "is empty").with_remedy("leave it out, or say something")
        );
    }
    if text.chars().count() > LONGEST_TEXT {
        return Err(
            Invalid::new(input.key(), "is longer than 1000 characters").with_remedy("shorten it")
        );
    }
    Ok(text.to_owned())
}

impl fmt::Debug for NewPayment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("NewPayment")
            .field("reference", &self.reference)
            .field("price", &self.price)
            .finish_non_exhaustive()
    }
}

crate::checked_name! {
    /// The merchant's own reference of an order: what a payment is created under and found again by.
    ///
    /// It has 1 to 200 characters, none of them a control character or one that cannot be seen, and no space at either end.
    /// A provider may take less: CardPay takes numbers alone.
    ///
    /// ```
    /// use paylink_core::provider::OrderReference;
    ///
    /// let reference: OrderReference = "1000".parse()?;
    /// assert_eq!(reference.as_str(), "1000");
    /// assert!(" 1000".parse::<OrderReference>().is_err());
    /// # Ok::<(), paylink_core::Invalid>(())
    /// ```
    OrderReference("order", "order reference"),
    |text| text::check_name(OrderReference::KEY, text, 200)
}

#[cfg(test)]
mod new_payment_tests {
    use super::*;
    use crate::Rial;

    fn payment() -> NewPayment {
        NewPayment::new("1000", Money::from(Rial::new(10_000))).unwrap()
    }

    #[test]
    fn addresses_have_no_fragment_and_an_app_is_named_as_one() {
        let back = "https://shop.example/back?order=1000";
        let both = payment()
            .with_return_url(back)
            .unwrap()
            .with_notify_url(back)
            .unwrap();
        assert_eq!(both.return_url().map(ReturnUrl::as_str), Some(back));
        assert_eq!(both.notify_url().map(ReturnUrl::as_str), Some(back));
        for url in [
            "https://shop.example/#/back",
            "https://shop.example\\back",
            "myapp://back",
            "shop.example",
        ] {
            let to_return = payment().with_return_url(url).unwrap_err();
            let to_notify = payment().with_notify_url(url).unwrap_err();
            let labels = (to_return.label(), to_notify.label());
            assert_eq!(labels, ("return URL", "notify URL"), "{url}");
        }
        let app = ReturnUrl::parse_app(ReturnUrl::KEY, "myapp://back").unwrap();
        let payment = payment().with_parsed_return_url(app.clone());
        assert_eq!(payment.return_url(), Some(&app));
        assert!(payment.has(Input::ReturnUrl) && !payment.has(Input::NotifyUrl));
    }

    #[test]
    fn what_is_known_of_the_payer_is_not_printed() {
        let id = NationalId::parse_foreign("100234567890").unwrap();
        let payment = payment()
            .with_national_id(id.clone())
            .with_payer_name("Sara")
            .unwrap();
        assert_eq!(payment.national_id(), Some(&id));
        let printed = format!("{payment:?}");
        let tells = printed.contains("Sara") || printed.contains("90");
        assert!(!tells, "{printed}");
        assert!(payment.has(Input::NationalId) && payment.has(Input::PayerName));
    }

    #[test]
    fn what_is_stored_comes_back_equal() {
        let app = ReturnUrl::parse_app(ReturnUrl::KEY, "myapp://back").unwrap();
        let full = payment()
            .with_parsed_return_url(app)
            .with_notify_url("https://shop.example/hook?order=1000")
            .unwrap()
            .with_mobile("0912 345 6789".parse().unwrap())
            .with_payer_name("سارا")
            .unwrap()
            .with_description("یک جفت کفش")
            .unwrap();
        for payment in [payment(), full] {
            let stored = serde_json::to_string(&payment).unwrap();
            let read: NewPayment = serde_json::from_str(&stored).unwrap();
            assert!(read == payment, "{stored}");
        }
    }

    #[test]
    fn a_card_or_national_id_is_not_stored_unasked() {
        let card = CardNumber::parse("6037701689095443").unwrap();
        let id = NationalId::parse("0076229645").unwrap();
        for private in [
            payment().with_payer_card(card),
            payment().with_national_id(id),
        ] {
            let refused = serde_json::to_string(&private).unwrap_err();
            assert!(refused.to_string().contains("without_private_data"));
            assert!(private.without_private_data() == payment());
        }
    }

    #[test]
    fn what_is_read_is_checked() {
        let good = r#"{"reference":"1000","price":{"amount":"10000","currency":"IRR"}}"#;
        let read: NewPayment = serde_json::from_str(good).unwrap();
        assert!(read == payment());
        for (part, broken) in [
            ("\"1000\"", "\" 1000\""),
            ("\"10000\"", "\"0\""),
            ("}}", "},\"mobile\":\"7\"}"),
            ("}}", "},\"return_url\":\"back\"}"),
            ("}}", "},\"description\":\" \"}"),
            ("}}", "},\"card\":\"6037701689095443\"}"),
        ] {
            let document = good.replace(part, broken);
            let read = serde_json::from_str::<NewPayment>(&document);
            assert!(read.is_err(), "{document}");
        }
    }

    #[test]
    fn texts_have_a_bound_and_a_price_is_above_zero() {
        let fits = "x".repeat(1_000);
        assert!(
            payment().with_description(&fits).is_ok() && payment().with_payer_name(&fits).is_ok()
        );
        for text in ["", " ", &format!("{fits}x")] {
            let description = payment().with_description(text).unwrap_err();
            let name = payment().with_payer_name(text).unwrap_err();
            let labels = (description.label(), name.label());
            assert_eq!(labels, ("description", "payer name"));
        }
        let error = NewPayment::new("1", Money::from(Rial::new(0))).unwrap_err();
        assert_eq!(error.label(), "amount");
    }
}

#[cfg(test)]
mod order_reference_tests {
    use super::*;

    fn problem(text: &str) -> String {
        let error = text.parse::<OrderReference>().unwrap_err();
        assert_eq!(error.key(), "order");
        assert!(error.remedy().is_some(), "{error}");
        error.problem().to_owned()
    }

    #[test]
    fn a_reference_is_what_people_can_see_and_type() {
        let longest = "ش".repeat(200);
        for text in [
            "1",
            "order 7/a",
            "سفارش ۱۰۰۰",
            "می\u{200c}خواهم-1",
            &longest,
        ] {
            let reference: OrderReference = text.parse().unwrap();
            assert_eq!((reference.as_str(), &*reference.to_string()), (text, text));
            let stored = serde_json::to_string(&reference).unwrap();
            let read: OrderReference = serde_json::from_str(&stored).unwrap();
            assert_eq!(read, reference);
        }
        for (text, expected) in [
            ("", "is empty"),
            (&*format!("{longest}x"), "is longer than 200 characters"),
            ("10\n00", "holds the control character U+000A"),
            ("1000\u{200f}", "holds the invisible character U+200F"),
            ("10\u{200b}00", "holds the invisible character U+200B"),
            (" 1000", "begins or ends with a space"),
            ("1000\u{a0}", "begins or ends with a space"),
        ] {
            assert_eq!(problem(text), expected, "{text:?}");
        }
        for document in ["7", "null", "\"\"", "\"1\\u202e\""] {
            let read = serde_json::from_str::<OrderReference>(document);
            assert!(read.is_err(), "{document}");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Currency;

    #[test]
    fn each_state_has_its_word_and_some_are_final() {
        let words: Vec<_> = PaymentState::NAMED
            .iter()
            .map(ToString::to_string)
            .collect();
        let final_ones: Vec<_> = PaymentState::NAMED
            .iter()
            .filter(|state| state.is_final())
            .map(PaymentState::as_str)
            .collect();
        assert_eq!(
            words,
            [
                "unpaid",
                "paying",
                "unconfirmed",
                "paid",
                "promised",
                "expired",
                "failed",
                "cancelled",
                "refunded"
            ]
        );
        assert_eq!(final_ones, ["expired", "failed", "cancelled", "refunded"]);
        let unclear = PaymentState::Unclear("new-word".into());
        assert_eq!((unclear.as_str(), unclear.is_final()), ("new-word", false));
    }

    #[test]
    fn a_payment_shows_its_order_and_its_price_alone() {
        let price = Money::new("10", Currency::Irr).unwrap();
        let payment = NewPayment::new("1000", price)
            .and_then(|it| it.with_payer_name("Sara"))
            .unwrap();
        let shown = format!("{payment:?}");
        assert!(shown.starts_with("NewPayment { reference: "), "{shown}");
        assert!(
            shown.contains("1000") && shown.ends_with(", .. }"),
            "{shown}"
        );
        assert!(!shown.contains("Sara"), "{shown}");
    }
}
