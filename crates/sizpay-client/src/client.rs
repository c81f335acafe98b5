use std::sync::Arc;

use paylink_core::{
    Call, ClientConfig, Effect, Error, Handle, JalaliDate, Operation, Resolution, Transport,
};
use secrecy::SecretString;

use crate::config::SizPayConfig;
use crate::operations::{Accepted, DisableLink, NamedPayStatus, NewLink, PayStatus, ResendSms};
use crate::{
    Expected, Found, Payment, ResendRule, SendId, Settlement, SizPayBuilder, resolve, settle,
};

/// A client of SizPay's payment links. Cloning it is cheap, and clones share connections.
///
/// ```no_run
/// use sizpay_client::{NewLink, Rial, SizPay};
///
/// # async fn example(key1: String, key2: String) -> Result<(), sizpay_client::Error> {
/// let sizpay = SizPay::builder(key1, key2, "hosseini").build()?;
/// let sent = sizpay.send_link(NewLink::new("99112101", Rial::new(10_000), "09122272730")?).await?;
/// println!("the payer has an SMS about {}", sent.send_id);
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug)]
pub struct SizPay {
    transport: Transport,
    config: Arc<SizPayConfig>,
}

impl SizPay {
    /// Begins with key 1 (the user name) and key 2 (the password) of the gateway, and the payment link's name, all from
    /// SizPay's panel.
    pub fn builder(
        user_name: impl Into<SecretString>,
        password: impl Into<SecretString>,
        link_name: impl Into<String>,
    ) -> SizPayBuilder {
        SizPayBuilder::new(user_name.into(), password.into(), link_name.into())
    }

    /// Sends a payment link: SizPay writes an SMS to the payer. Store the send id, and the day in Tehran.
    ///
    /// May I send it again?
    ///
    /// | what came | effect | what to do |
    /// |---|---|---|
    /// | a link | executed | store its send id with the order |
    /// | refused | `NotExecuted` | correct what the refusal names, send again |
    /// | not sent: DNS, connect, TLS | `NotExecuted` | send again |
    /// | anything else | `Unknown` | [`resolve`](SizPay::resolve) the handle; never send again before it says so |
    pub fn send_link(&self, link: NewLink) -> Call<'_, NewLink> {
        self.call(link)
    }

    /// Disables a link, so that nobody can pay it any more. REST alone offers it.
    ///
    /// | effect | what to do |
    /// |---|---|
    /// | `NotExecuted` | correct what the error names, disable again |
    /// | `Unknown` | ask whether it was paid; the panel shows whether it is disabled, SizPay's service does not |
    pub fn disable_link(&self, link: DisableLink) -> Call<'_, DisableLink> {
        self.call(link)
    }

    /// Sends a link's SMS again, without regard to SizPay's rule; see [`resend_by_rule`](SizPay::resend_by_rule). REST
    /// alone offers it.
    ///
    /// | effect | what to do |
    /// |---|---|
    /// | `NotExecuted` | correct what the error names, send again |
    /// | `Unknown` | count it as sent |
    pub fn resend_sms(&self, resend: ResendSms) -> Call<'_, ResendSms> {
        self.call(resend)
    }

    /// Sends a link's SMS again if the rule allows it now, and notes it in the rule: store the rule afterwards, whatever
    /// came.
    ///
    /// The SMS is noted before it is sent, and taken back only if it is proved that none was sent.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Invalid`](paylink_core::ErrorKind::Invalid) says how long to wait, or that it was the last time;
    /// nothing was sent. Anything else as for [`resend_sms`](SizPay::resend_sms).
    pub async fn resend_by_rule(
        &self,
        resend: ResendSms,
        rule: &mut ResendRule,
    ) -> Result<Accepted, Error> {
        let now = self.transport.runtime().now();
        rule.check(now).map_err(|invalid| {
            Error::from(invalid).with_operation(SizPayConfig::PROVIDER, ResendSms::NAME)
        })?;
        let before = rule.clone();
        rule.record(now);
        let sent = self.resend_sms(resend).await;
        if let Err(error) = &sent
            && error.effect() == Effect::NotExecuted
        {
            *rule = before;
        }
        sent
    }

    /// Reads the states of sent links, in as many requests as the question needs. It changes nothing.
    ///
    /// What SizPay does not report is not in the result: look for the id.
    ///
    /// # Errors
    ///
    /// The first request that failed ends it; ask again. [`ErrorKind::Mismatch`](paylink_core::ErrorKind::Mismatch)
    /// means that SizPay answered about a link that was not asked about: raise an alarm.
    pub async fn pay_status(&self, asked: PayStatus) -> Result<Vec<Payment>, Error> {
        let mut payments = Vec::new();
        for part in asked.requests() {
            payments.extend(self.call(part).await?);
        }
        Ok(payments)
    }

    /// Settles a payment: reads its state and holds it against the merchant's own record. It changes nothing, and may be
    /// called again at any time.
    ///
    /// SizPay has no step that confirms a payment: a paid link is the merchant's money. So it never says
    /// [`Settlement::Settled`], which would mean that this very call confirmed it; it says
    /// [`Settlement::AlreadySettled`] the first time and every time after. Deliver once, by your own record.
    ///
    /// A paid link counts only with its reference number, which [`Proof::receipt`](paylink_core::Proof::receipt) keeps.
    ///
    /// # Errors
    ///
    /// Nothing was changed; settle again. [`ErrorKind::Indeterminate`](paylink_core::ErrorKind::Indeterminate) means that
    /// SizPay reports nothing under this id and day, or a state that decides nothing.
    pub async fn settle(&self, expected: &Expected) -> Result<Settlement, Error> {
        settle::settle(self, expected).await
    }

    /// Settles several payments, as [`settle`](SizPay::settle) does each of them, with one request for up to 100 links of a
    /// day. It changes nothing, and may be called again at any time.
    ///
    /// Each is held against what SizPay says of it alone; the outcomes are in the order of `expected`. What the common
    /// answer does not name, or cannot be trusted about, is asked about by itself.
    ///
    /// ```no_run
    /// # async fn example(sizpay: sizpay_client::SizPay, orders: Vec<String>, expected: Vec<sizpay_client::Expected>)
    /// # -> Result<(), sizpay_client::Error> {
    /// for (order, outcome) in orders.iter().zip(sizpay.settle_many(&expected).await?) {
    ///     match outcome {
    ///         Ok(settlement) => println!("{order}: {settlement:?}"),
    ///         Err(error) => println!("{order}: not decided, settle again: {error}"),
    ///     }
    /// }
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// Nothing was changed; settle again. An error of one payment stands in its place, as [`settle`](SizPay::settle) has
    /// it; one of the whole means that SizPay could not be asked, or refuses the first links as it refused them all.
    pub async fn settle_many(
        &self,
        expected: &[Expected],
    ) -> Result<Vec<Result<Settlement, Error>>, Error> {
        settle::settle_many(self, expected).await
    }

    /// Finds out what became of a send whose outcome was unknown, by the merchant's own invoice number and the day; around
    /// midnight in Tehran, both days.
    ///
    /// SizPay reports no amount, so a link of another amount under the same number is taken for this one: keep the
    /// numbers unique.
    ///
    /// # Errors
    ///
    /// The outcome is as unknown as before, and the error says so. [`ErrorKind::Unsupported`] means that SizPay offers no
    /// look-up: not over its ASMX service, and not for a disable or a resend. [`ErrorKind::Indeterminate`] means that its
    /// answer does not decide; else asking failed: ask again. [`ErrorKind::Invalid`] is a handle of another provider or merchant.
    ///
    /// [`ErrorKind::Unsupported`]: paylink_core::ErrorKind::Unsupported
    /// [`ErrorKind::Indeterminate`]: paylink_core::ErrorKind::Indeterminate
    /// [`ErrorKind::Invalid`]: paylink_core::ErrorKind::Invalid
    pub async fn resolve(&self, handle: &Handle) -> Result<Resolution<Found>, Error> {
        resolve::resolve(self, handle).await
    }

    /// Asks about links by send id; `None` if the answer does not name each link that it is about, or is about none.
    pub(crate) async fn named_status(
        &self,
        sent_on: JalaliDate,
        ids: Vec<SendId>,
    ) -> Result<Option<Vec<Payment>>, Error> {
        let payments = self.call(NamedPayStatus::new(sent_on, ids)).await?;
        let all_named = payments.iter().all(Payment::gives_send_id);
        if !all_named {
            self.config.note_nameless();
        }
        // One about nothing could be the answer to any question, and does not tell how SizPay names a link.
        Ok((all_named && !payments.is_empty()).then_some(payments))
    }

    pub(crate) fn new(transport: Transport, config: SizPayConfig) -> SizPay {
        SizPay {
            transport,
            config: Arc::new(config),
        }
    }

    pub(crate) fn config(&self) -> &SizPayConfig {
        &self.config
    }

    pub(crate) fn transport(&self) -> &Transport {
        &self.transport
    }

    fn call<O: Operation<Config = SizPayConfig>>(&self, operation: O) -> Call<'_, O> {
        Call::new(&self.transport, self.config(), operation)
    }
}
