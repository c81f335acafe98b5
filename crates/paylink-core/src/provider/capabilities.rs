use std::fmt;
use std::time::Duration;

use serde::ser::SerializeStruct;
use serde::{Serialize, Serializer};

use super::NewPayment;
use crate::{Currency, Effect, Error, ErrorKind, FieldKey, Invalid, Money, Rial, Toman};

/// What a provider offers, takes and counts in.
///
/// What was not declared is not offered and not taken, so that a capability or an input that a later release adds changes
/// nothing for a provider that never heard of it.
///
/// ```
/// use paylink_core::provider::{Capabilities, Capability, Input, InputRule, Support};
/// use paylink_core::Currency;
///
/// let capabilities = Capabilities::new("example", &[Currency::Irr])
///     .supports(Capability::PayLink)
///     .accepts(Input::Description)
///     .does_not_support(Capability::Refund, "Example pays back by bank transfer alone.");
/// assert_eq!(capabilities.support(Capability::PayLink), Support::Supported);
/// assert!(!capabilities.support(Capability::List).is_supported());
/// assert!(matches!(capabilities.input(Input::Mobile), InputRule::Unsupported(_)));
/// ```
#[derive(Clone, PartialEq, Eq, Debug)]
#[must_use = "capabilities are declared by a provider"]
pub struct Capabilities {
    provider: &'static str,
    currencies: &'static [Currency],
    supported: Vec<(Capability, Support)>,
    inputs: Vec<(Input, InputRule)>,
    settlement_window: Option<Duration>,
    unconfirmed_unpaid: bool,
}

impl Capabilities {
    /// A provider of this name that creates, settles and resolves payments in these currencies, and nothing else yet.
    pub fn new(provider: &'static str, currencies: &'static [Currency]) -> Capabilities {
        Capabilities {
            provider,
            currencies,
            supported: Vec::new(),
            inputs: Vec::new(),
            settlement_window: None,
            unconfirmed_unpaid: false,
        }
    }

    /// Declares that the provider gives the money back by itself if a payment is not settled for this long after it was
    /// made.
    pub fn with_settlement_window(mut self, unsettled: Duration) -> Capabilities {
        self.settlement_window = Some(unsettled);
        self
    }

    /// Declares that a payment reads as [`Unconfirmed`](super::PaymentState::Unconfirmed) before anybody has paid it: reading it
    /// does not tell whether it is paid, and settling does.
    pub fn with_unconfirmed_before_payment(mut self) -> Capabilities {
        self.unconfirmed_unpaid = true;
        self
    }

    /// Declares that it offers this.
    pub fn supports(self, capability: Capability) -> Capabilities {
        self.declare_support(capability, Support::Supported)
    }

    /// Declares that it does not offer this, and why, in a whole sentence.
    pub fn does_not_support(self, capability: Capability, why: &'static str) -> Capabilities {
        self.declare_support(capability, Support::Unsupported(why))
    }

    /// Declares that a payment cannot do without this input.
    pub fn requires(self, input: Input) -> Capabilities {
        self.declare_input(input, InputRule::Required)
    }

    /// Declares that this input is sent where it is given.
    pub fn accepts(self, input: Input) -> Capabilities {
        self.declare_input(input, InputRule::Optional)
    }

    /// Declares that a payment with this input is refused, and why, in a whole sentence.
    pub fn rejects(self, input: Input, why: &'static str) -> Capabilities {
        self.declare_input(input, InputRule::Unsupported(why))
    }

    crate::getters! { self;
        /// The provider's name, as in handles and records.
        provider: &'static str = self.provider;
        /// The currencies it counts in. Rial and toman stand for one another, where the amount allows it.
        currencies: &'static [Currency] = self.currencies;
        /// For how long after it was made a payment can be settled, before the provider gives the money back by itself; `None`
        /// if it documents no such deadline.
        settlement_window: Option<Duration> = self.settlement_window;
        /// Whether a payment reads as [`Unconfirmed`](super::PaymentState::Unconfirmed) before anybody has paid it. Where it does
        /// not, one that reads so is paid.
        is_unconfirmed_before_payment: bool = self.unconfirmed_unpaid;
    }

    /// Whether it offers this.
    #[must_use]
    pub fn support(&self, capability: Capability) -> Support {
        let declared = self.supported.iter().find(|(one, _)| *one == capability);
        declared.map_or(
            Support::Unsupported("The provider does not offer it."),
            |(_, it)| *it,
        )
    }

    /// What it does with this input.
    #[must_use]
    pub fn input(&self, input: Input) -> InputRule {
        let declared = self.inputs.iter().find(|(one, _)| *one == input);
        declared.map_or(
            InputRule::Unsupported("The provider has no place for it."),
            |(_, it)| *it,
        )
    }

    /// Checks a payment's inputs, and converts its price to what the provider counts in.
    ///
    /// # Errors
    ///
    /// Names the first input that is refused or missing, or the currency: nothing was sent.
    pub fn check(&self, payment: &NewPayment) -> Result<Money, Error> {
        for input in Input::ALL.iter().copied() {
            if input != Input::ListDay {
                self.check_input(input, payment.has(input))?;
            }
        }
        self.convert(payment.price())
    }

    /// Checks one input, which is given or not.
    ///
    /// # Errors
    ///
    /// If it is refused, or missing: nothing was sent.
    pub fn check_input(&self, input: Input, is_given: bool) -> Result<(), Error> {
        match self.input(input) {
            InputRule::Unsupported(why) if is_given => Err(self.unsupported_error(format!(
                "{} does not take a {input}: {why} Leave it out.",
                self.provider
            ))),
            InputRule::Required if !is_given => Err(self.missing(input)),
            InputRule::Required | InputRule::Optional | InputRule::Unsupported(_) => Ok(()),
        }
    }

    /// Takes an input that the provider cannot do without.
    ///
    /// # Errors
    ///
    /// If it is missing: nothing was sent.
    pub fn require<T>(&self, input: Input, given: Option<T>) -> Result<T, Error> {
        given.ok_or_else(|| self.missing(input))
    }

    /// A price in what the provider counts in: rial and toman convert exactly, or not at all.
    ///
    /// # Errors
    ///
    /// If the provider counts in neither the price's currency nor the other of rial and toman, or the amount does not
    /// divide.
    pub fn convert(&self, price: &Money) -> Result<Money, Error> {
        let counts_in = |currency| self.currencies.contains(&currency);
        match price.currency() {
            same if counts_in(same) => Ok(*price),
            Currency::Irr if counts_in(Currency::Irt) => Ok(Money::from(Toman::try_from(*price)?)),
            Currency::Irt if counts_in(Currency::Irr) => Ok(Money::from(Rial::try_from(*price)?)),
            other => {
                let known: Vec<&str> = self.currencies.iter().map(|it| it.code()).collect();
                Err(self.unsupported_error(format!(
                    "{} does not count in {}; it does in {}",
                    self.provider,
                    other.code(),
                    known.join(", ")
                )))
            }
        }
    }

    /// The error for something that it does not offer.
    #[must_use]
    pub fn unsupported(&self, capability: Capability) -> Error {
        let why = match self.support(capability) {
            Support::Unsupported(why) => why,
            Support::Supported => "The provider's adapter declares it and does not have it.",
        };
        self.unsupported_error(format!(
            "{} does not offer {capability}: {why}",
            self.provider
        ))
    }

    fn missing(&self, input: Input) -> Error {
        let problem = format!("is missing, and {} needs it", self.provider);
        Invalid::new(input.key(), problem)
            .with_remedy("give it")
            .into()
    }

    fn unsupported_error(&self, message: String) -> Error {
        Error::new(ErrorKind::Unsupported, Effect::NotExecuted, message)
    }

    fn declare_support(mut self, capability: Capability, support: Support) -> Capabilities {
        self.supported.retain(|(one, _)| *one != capability);
        self.supported.push((capability, support));
        self
    }

    fn declare_input(mut self, input: Input, rule: InputRule) -> Capabilities {
        self.inputs.retain(|(one, _)| *one != input);
        self.inputs.push((input, rule));
        self
    }
}

/// As an object by name: whatever there is, declared or not, in the same order for every provider.
impl Serialize for Capabilities {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut whole = serializer.serialize_struct("Capabilities", 4)?;
        whole.serialize_field("provider", self.provider)?;
        whole.serialize_field("currencies", self.currencies)?;
        let capabilities = Capability::ALL.iter().map(|one| (one, self.support(*one)));
        whole.serialize_field("capabilities", &Named(capabilities))?;
        let inputs = Input::ALL.iter().map(|one| (one, self.input(*one)));
        whole.serialize_field("inputs", &Named(inputs))?;
        whole.end()
    }
}

/// Pairs of a name and what stands under it, as one object.
struct Named<I>(I);

impl<K: Serialize, V: Serialize, I: Iterator<Item = (K, V)> + Clone> Serialize for Named<I> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.0.clone())
    }
}

/// Something that a provider may offer beyond creating, settling and resolving.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Capability {
    /// Reading a payment's state without changing it.
    State,
    /// Giving a settled payment back.
    Refund,
    /// Making an unpaid payment one that nobody can pay.
    Disable,
    /// Sending the payer the link again.
    Resend,
    /// Listing the merchant's payments.
    List,
    /// Looking up whether a create whose answer was lost was carried out.
    FindCreated,
    /// Bringing something readable back with the payer's browser.
    ReadReturn,
    /// Calling a webhook with something readable.
    ReadWebhook,
    /// Answering a create with a link to send the payer to, where the payment has a return URL.
    PayLink,
    /// Answering a create with an exact amount and the cards to transfer it to.
    ExactTransfer,
    /// Answering a create with the time until which it can be paid.
    Expiry,
}

impl Capability {
    /// Every capability there is, in a fixed order.
    pub const ALL: &'static [Capability] = &[
        Capability::State,
        Capability::Refund,
        Capability::Disable,
        Capability::Resend,
        Capability::List,
        Capability::FindCreated,
        Capability::ReadReturn,
        Capability::ReadWebhook,
        Capability::PayLink,
        Capability::ExactTransfer,
        Capability::Expiry,
    ];

    /// The capability in the words of a sentence: "a refund".
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Capability::State => "reading a payment's state",
            Capability::Refund => "a refund",
            Capability::Disable => "disabling a payment",
            Capability::Resend => "sending a link again",
            Capability::List => "a list of payments",
            Capability::FindCreated => "looking up a lost create",
            Capability::ReadReturn => "a readable return",
            Capability::ReadWebhook => "a readable webhook",
            Capability::PayLink => "a pay link",
            Capability::ExactTransfer => "an exact amount to transfer",
            Capability::Expiry => "a time until which it can be paid",
        }
    }
}

impl fmt::Display for Capability {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// Whether a provider offers a [`Capability`].
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Support {
    /// It does, as the method's documentation says.
    Supported,
    /// It does not; the text says why, as a whole sentence.
    Unsupported(&'static str),
}

/// As `{"supported": true}`, or `{"supported": false, "why": "…"}`.
impl Serialize for Support {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let why = match self {
            Support::Supported => None,
            Support::Unsupported(why) => Some(why),
        };
        let mut whole = serializer.serialize_struct("Support", 1 + usize::from(why.is_some()))?;
        whole.serialize_field("supported", &why.is_none())?;
        if let Some(why) = why {
            whole.serialize_field("why", why)?;
        }
        whole.end()
    }
}

impl Support {
    /// Whether it is offered.
    #[must_use]
    pub fn is_supported(self) -> bool {
        self == Support::Supported
    }
}

/// Something that may be said about a payment or a list beyond what is always needed.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Input {
    /// Where the payer's browser goes afterwards.
    ReturnUrl,
    /// Where the provider calls, unseen by the payer.
    NotifyUrl,
    /// The payer's mobile number.
    Mobile,
    /// The payer's name.
    PayerName,
    /// The national id of the only person who may pay.
    NationalId,
    /// The card that the payer will pay with.
    PayerCard,
    /// What the payment is for.
    Description,
    /// The day whose payments are listed.
    ListDay,
}

impl Input {
    /// Every input there is, in a fixed order.
    pub const ALL: &'static [Input] = &[
        Input::ReturnUrl,
        Input::NotifyUrl,
        Input::Mobile,
        Input::PayerName,
        Input::NationalId,
        Input::PayerCard,
        Input::Description,
        Input::ListDay,
    ];

    /// The field under which a value for it is refused.
    #[must_use]
    pub const fn key(self) -> FieldKey {
        match self {
            Input::ReturnUrl => FieldKey::new("return_url", "return URL"),
            Input::NotifyUrl => FieldKey::new("notify_url", "notify URL"),
            Input::Mobile => FieldKey::new("mobile", "mobile number"),
            Input::PayerName => FieldKey::new("payer_name", "payer name"),
            Input::NationalId => FieldKey::new("national_id", "national id"),
            Input::PayerCard => FieldKey::new("payer_card", "payer card"),
            Input::Description => FieldKey::new("description", "description"),
            Input::ListDay => FieldKey::new("day", "day"),
        }
    }

    /// The name by which a person knows it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        self.key().label()
    }
}

impl fmt::Display for Input {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// What a provider does with an [`Input`].
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize)]
#[serde(rename_all = "snake_case", tag = "rule", content = "why")]
pub enum InputRule {
    /// It cannot do without.
    Required,
    /// It is sent if it is there.
    Optional,
    /// It has no place for it: a payment that holds one is refused before anything is sent. The text says why, as a
    /// whole sentence.
    Unsupported(&'static str),
}

#[cfg(test)]
mod tests {
    use super::*;

    fn example(currencies: &'static [Currency]) -> Capabilities {
        Capabilities::new("example", currencies)
            .requires(Input::ReturnUrl)
            .accepts(Input::Description)
            .rejects(Input::Mobile, "Example writes to nobody.")
            .does_not_support(Capability::Refund, "Example keeps what it has.")
    }

    fn payment(amount: &str, currency: Currency) -> NewPayment {
        NewPayment::new("1000", Money::new(amount, currency).unwrap())
            .unwrap()
            .with_return_url("https://shop.example/back")
            .unwrap()
    }

    #[test]
    fn what_is_refused_or_missing_is_named() {
        let example = example(&[Currency::Irr]);
        let good = payment("10", Currency::Irr);
        assert!(example.check(&good).is_ok());
        let described = good.clone().with_description("shoes").unwrap();
        assert!(example.check(&described).is_ok());

        let refused = example
            .check(&good.clone().with_mobile("09123456789".parse().unwrap()))
            .unwrap_err();
        assert_eq!(refused.kind(), ErrorKind::Unsupported);
        assert_eq!(
            refused.to_string(),
            "example does not take a mobile number: Example writes to nobody. Leave it out."
        );
        let unheard_of = example
            .check(&good.with_payer_name("Sara").unwrap())
            .unwrap_err();
        assert_eq!(unheard_of.kind(), ErrorKind::Unsupported);

        let bare = NewPayment::new("1000", Money::new("10", Currency::Irr).unwrap()).unwrap();
        let missing = example.check(&bare).unwrap_err();
        assert_eq!(missing.kind(), ErrorKind::Invalid);
        assert_eq!(missing.effect(), Effect::NotExecuted);
        let told = "return URL is missing, and example needs it: give it";
        assert_eq!(missing.to_string(), told);
    }

    #[test]
    fn rial_and_toman_convert_exactly_or_not_at_all() {
        let (rial, toman) = (example(&[Currency::Irr]), example(&[Currency::Irt]));
        let converted = |of: &Capabilities, amount, currency| {
            of.check(&payment(amount, currency))
                .map(|money| money.to_string())
                .map_err(|error| error.kind())
        };
        let converts = |provider, amount, currency| converted(provider, amount, currency).unwrap();
        assert_eq!(converts(&rial, "15000", Currency::Irt), "150000 IRR");
        assert_eq!(converts(&toman, "15000", Currency::Irr), "1500 IRT");
        let odd = converted(&toman, "15001", Currency::Irr);
        assert_eq!(odd, Err(ErrorKind::Invalid));
        assert_eq!(
            converted(&rial, "10", Currency::Usd),
            Err(ErrorKind::Unsupported)
        );
        let foreign = converted(&toman, "10", Currency::Usdt);
        assert_eq!(foreign, Err(ErrorKind::Unsupported));
        let dollar = example(&[Currency::Usd]);
        let foreign = converted(&dollar, "10", Currency::Irr);
        assert_eq!(foreign, Err(ErrorKind::Unsupported));
    }

    #[test]
    fn it_is_written_by_name() {
        let written = serde_json::to_value(example(&[Currency::Irr])).unwrap();
        assert_eq!(written["provider"], "example");
        assert_eq!(written["inputs"]["return_url"]["rule"], "required");
        let why = &written["inputs"]["mobile"]["why"];
        assert_eq!(why, "Example writes to nobody.");
        assert_eq!(written["capabilities"]["refund"]["supported"], false);
        let capabilities = written["capabilities"].as_object().unwrap();
        assert_eq!(capabilities.len(), Capability::ALL.len());
    }

    #[test]
    fn what_was_not_declared_is_not_offered() {
        let example = example(&[Currency::Irr]);
        for capability in Capability::ALL.iter().copied() {
            assert!(!example.support(capability).is_supported(), "{capability}");
            let error = example.unsupported(capability);
            assert_eq!(error.kind(), ErrorKind::Unsupported);
            assert_eq!(error.effect(), Effect::NotExecuted);
        }
        assert_eq!(
            example.unsupported(Capability::Refund).to_string(),
            "example does not offer a refund: Example keeps what it has."
        );
        let offered = example.supports(Capability::Refund);
        assert_eq!(offered.support(Capability::Refund), Support::Supported);
    }

    #[test]
    fn a_provider_that_counts_in_neither_takes_neither() {
        let dollars = example(&[Currency::Usd]);
        for currency in [Currency::Irr, Currency::Irt] {
            let refused = dollars.check(&payment("10", currency)).unwrap_err();
            assert_eq!(refused.kind(), ErrorKind::Unsupported);
            let told = format!(
                "example does not count in {}; it does in USD",
                currency.code()
            );
            assert_eq!(refused.to_string(), told);
        }
    }
}
