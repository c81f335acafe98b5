use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use paylink_core::{
    BaseUrl, Call, CardNumber, Error, Handle, Header, Invalid, Operation, Resolution, Rial,
    Transport, Validation,
};
use secrecy::{ExposeSecret, SecretString};

use crate::config::{CardPayConfig, Options, check_callback_field};
use crate::descriptor::TOKEN;
use crate::operations::{CheckPayment, ListCards, NewPayment, SetCard};
use crate::{BodyEncoding, Expected, Expiry, PayId, PaymentState, Settlement, resolve, settle};

/// A client of one installation of CardPay. Cloning it is cheap, and clones share connections.
///
/// ```no_run
/// use cardpay_client::{CardPay, NewPayment, Rial};
///
/// # async fn example(token: String) -> Result<(), cardpay_client::Error> {
/// let cardpay = CardPay::builder("https://shop.example/api/", token).build()?;
/// let created = cardpay.create(NewPayment::new(1000, Rial::new(150_000))?).await?;
/// println!("transfer exactly {}", created.transfer_exactly);
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug)]
pub struct CardPay {
    transport: Transport,
    config: Arc<CardPayConfig>,
}

impl CardPay {
    /// Begins with where the script's API stands, with or without a slash at its end, and the script's token.
    ///
    /// The script runs on the merchant's own host, so there is no address to begin with. It has to be `https`: the token
    /// travels in a header, and an answer that was changed on the way would be believed. Plain `http` is for
    /// loopback; [`CardPayBuilder::allow_plain_http`] says what else it is good for.
    pub fn builder(base_url: impl Into<String>, token: impl Into<SecretString>) -> CardPayBuilder {
        CardPayBuilder::new(base_url.into(), token.into())
    }

    /// Creates a payment; store its [`record`](crate::CreatedPayment::record), then show the payer the exact amount and
    /// the cards, or the link.
    ///
    /// May I create it again?
    ///
    /// | what came | effect | what to do |
    /// |---|---|---|
    /// | a payment | executed | store its record with the order |
    /// | refused, code 3 | `NotExecuted` | the number is taken: settle by the record you have; without one, use a new number |
    /// | refused, another code | `NotExecuted` | correct what the code names, create again |
    /// | not sent: DNS, connect, TLS | `NotExecuted` | create again |
    /// | anything else | `Unknown` | see below |
    ///
    /// CardPay finds no payment by its invoice number, so an unknown create stays unknown. It does no harm: nobody was
    /// told what to transfer, so the payment, if there is one, runs out unpaid. The order goes on under a **new** number.
    /// Creating it once more under the **same** number is safe too, since the script refuses a number that was used: it
    /// creates the payment, or answers code 3, which says that the payment exists and that its `pay_id` is lost.
    pub fn create(&self, payment: NewPayment) -> Call<'_, NewPayment> {
        self.call(payment)
    }

    /// Records the card that the payer will transfer from.
    ///
    /// **Only where the bank's deposit messages carry the payer's card.** A deposit whose message lacks the card or shows
    /// another one is then not matched, and the payment is lost.
    ///
    /// May I set it again?
    ///
    /// | what came | effect | what to do |
    /// |---|---|---|
    /// | done | executed | – |
    /// | refused, code -2 | `NotExecuted` | a card is recorded already, and cannot be changed |
    /// | refused, another code | `NotExecuted` | correct what the code names, set it again |
    /// | not sent: DNS, connect, TLS | `NotExecuted` | set it again |
    /// | anything else | `Unknown` | set the same card once more: done, or code -2, which says that a card is recorded |
    pub fn set_card(&self, pay_id: PayId, card: CardNumber) -> Call<'_, SetCard> {
        self.call(SetCard::of(pay_id, card))
    }

    /// Asks for the state of a payment. [`settle`](CardPay::settle) does it and binds the answer to an order; prefer that.
    ///
    /// It may be asked any number of times. [`CheckPayment`] says why an error of it can be of
    /// [`Effect::Unknown`](paylink_core::Effect::Unknown); the way on is to ask again.
    pub fn check(&self, pay_id: PayId) -> Call<'_, CheckPayment> {
        self.call(CheckPayment::of(pay_id))
    }

    /// Reads the merchant's own cards.
    pub fn cards(&self) -> Call<'_, ListCards> {
        self.call(ListCards::new())
    }

    /// Settles a payment: holds the order against the record of its creation, and only then asks the script.
    ///
    /// | code | outcome |
    /// |---|---|
    /// | 201, first verification | [`Settlement::Settled`] |
    /// | 200, verified before | [`Settlement::AlreadySettled`] |
    /// | 199, another card | [`Settlement::Mismatch`] in [`ComparedField::Payer`](paylink_core::ComparedField::Payer): the money is there, a person has to decide |
    /// | 7, 6 | [`Settlement::NotPaid`] with the state |
    ///
    /// **Both proofs prove the money, and neither says whether the goods went out.** The answer 201 can be lost on the
    /// way, even within one call that asked twice, and 201 never comes again. Deliver on either, when the order's own
    /// record says "not delivered yet", and mark it in the same step.
    ///
    /// **The answer to a check names no amount, no order, no merchant and no payment.** The proof says so: every field is
    /// `NotReported`. What binds the answer to the order is the `pay_id` of the stored record alone, so never take a
    /// `pay_id` from a browser. If order and record disagree, that is a mismatch, and nothing is asked.
    ///
    /// # Errors
    ///
    /// Settle again, whatever the effect is: it is safe at any time. A refusal with code 5 says that the script knows no
    /// such payment; [`ErrorKind::Indeterminate`](paylink_core::ErrorKind::Indeterminate) means a code that this release
    /// does not know.
    pub async fn settle(&self, expected: &Expected) -> Result<Settlement, Error> {
        settle::settle(self, expected).await
    }

    /// Says what can be known of an operation whose outcome was unknown. It creates nothing and records nothing.
    ///
    /// A check is asked again. For a create and for a card CardPay offers no way to ask, and waiting does not help.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Unsupported`](paylink_core::ErrorKind::Unsupported) for a create and a card, with the effect still
    /// unknown: the text says what is known and what can be done.
    /// [`ErrorKind::Invalid`](paylink_core::ErrorKind::Invalid) for a handle of another provider or another shop; anything
    /// else means that asking failed: ask again.
    pub async fn resolve(&self, handle: &Handle) -> Result<Resolution<PaymentState>, Error> {
        resolve::resolve(self, handle).await
    }

    /// How much time a payment has left, by the transport's clock; zero when it is over.
    #[must_use]
    pub fn time_left(&self, expires: Expiry) -> Duration {
        expires.time_left_at(self.transport.runtime().now())
    }

    pub(crate) fn new(transport: Transport, config: CardPayConfig) -> CardPay {
        CardPay {
            transport,
            config: Arc::new(config),
        }
    }

    pub(crate) fn transport(&self) -> &Transport {
        &self.transport
    }

    pub(crate) fn config(&self) -> &CardPayConfig {
        &self.config
    }

    fn call<O: Operation<Config = CardPayConfig>>(&self, operation: O) -> Call<'_, O> {
        Call::new(&self.transport, self.config(), operation)
    }
}

/// Sets up a [`CardPay`] client.
#[must_use = "nothing is set up before build"]
pub struct CardPayBuilder {
    base_url: String,
    token: SecretString,
    plain_http: bool,
    transport: Option<Transport>,
    options: Options,
}

impl CardPayBuilder {
    pub(crate) fn new(base_url: String, token: SecretString) -> CardPayBuilder {
        CardPayBuilder {
            base_url,
            token,
            plain_http: false,
            transport: None,
            options: Options::default(),
        }
    }

    /// Lets the base URL be plain `http` on another machine than this one.
    ///
    /// The token and the payer's card then travel readable, and anyone in between can answer "paid" to every check:
    /// nothing in an answer is signed. It is for a script on the same private network as the shop, and for nothing else.
    pub fn allow_plain_http(mut self) -> CardPayBuilder {
        self.plain_http = true;
        self
    }

    paylink_core::setters! { self: CardPayBuilder;
        /// Names the parameter in which a create sends the callback; `callbackUrl` by default.
        callback_field(name: impl Into<String>) => self.options.callback_field = name.into();
        /// Writes bodies in this encoding; a form by default.
        body_encoding(encoding: BodyEncoding) => self.options.encoding = encoding;
        /// Bounds how far the exact amount of a payment may be from its price, in rial; 10,000 by default, and never more
        /// than half of the price.
        ///
        /// The script tells a payment by a tail on its price, and the document does not say how large one can be. An amount
        /// beyond the bound is taken for another payment's, or for one in toman: the create is then a mismatch whose outcome
        /// is unknown. Set it where the script's tails are larger, or to the largest one that they have.
        max_tail(tail: Rial) => self.options.largest_tail = tail;
    }

    /// Reads answers whatever content type they carry.
    ///
    /// The document says that answers are JSON and not how they are labelled; `application/json` is expected. A script
    /// that labels them `text/html`, as PHP does by itself, needs this: a firewall's page is then told apart by its form
    /// alone.
    pub fn accept_any_content_type(mut self) -> CardPayBuilder {
        self.options.any_content_type = true;
        self
    }

    /// Uses a transport that is there already. One per process is enough: building it loads the root certificates.
    pub fn transport(mut self, transport: Transport) -> CardPayBuilder {
        self.transport = Some(transport);
        self
    }

    /// Sets the client up. Nothing is sent.
    ///
    /// # Errors
    ///
    /// Names everything that is empty or malformed in the base URL, the token and the callback's name, and what to do about
    /// it ([`Error::invalids`]). The token is not shown.
    pub fn build(self) -> Result<CardPay, Error> {
        let mut validation = Validation::new();
        let base_url = validation.take(self.checked_base_url());
        let token = Header::secret("token", self.token.expose_secret());
        let token = validation.take(token.map_err(|invalid| invalid.under(TOKEN)));
        let named = validation.take(check_callback_field(&self.options.callback_field));
        let (Some(base_url), Some(token), Some(())) = (base_url, token, named) else {
            return Err(validation.failed());
        };
        let config = CardPayConfig::new(base_url, token, self.options)?;
        let transport = self.transport.map_or_else(Transport::new, Ok)?;
        Ok(CardPay::new(transport, config))
    }
}

impl CardPayBuilder {
    /// A base URL that is refused for plain http alone can be allowed. The document shows no other form.
    fn checked_base_url(&self) -> Result<BaseUrl, Invalid> {
        let any_http = BaseUrl::parse_allowing_plain_http(&self.base_url);
        if self.plain_http {
            return any_http;
        }
        BaseUrl::parse(&self.base_url).map_err(|invalid| match any_http {
            Ok(_) => invalid.with_remedy(
                "use https; where the script stands on the shop's own private network, allow it by plain_http = true in the \
                 configuration, or by allow_plain_http() in a program: the token then travels readable",
            ),
            Err(_) => invalid,
        })
    }
}

impl fmt::Debug for CardPayBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // The base URL is not checked yet: a password may have been written into it.
        f.debug_struct("CardPayBuilder")
            .field("plain_http", &self.plain_http)
            .field("body_encoding", &self.options.encoding)
            .field("largest_tail", &self.options.largest_tail)
            .finish_non_exhaustive()
    }
}
