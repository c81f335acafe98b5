//! What the payer does, without a browser and a telephone.

use thiserror::Error;

use super::PodSandbox;
use super::invoice::{CardSlip, Invoice, State, Store};
use super::ledger::{Delegations, Pocket};
use super::refusal::Refusal;

/// The card that pays where no card is named.
pub(super) const CARD: &str = "5022291000000008";

/// Why the payer could not do what was asked.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum PayerError {
    /// There is no such invoice.
    #[error("there is no such invoice")]
    UnknownInvoice,
    /// There is no user with this id.
    #[error("there is no such user")]
    UnknownUser,
    /// No text message with this code waits for an answer.
    #[error("no text message with this code waits for an answer")]
    UnknownCode,
    /// POD refuses as it would refuse a service call.
    #[error("POD refuses with code {code}: {message}")]
    Refused {
        /// The code.
        code: u16,
        /// What it says.
        message: String,
    },
}

impl PodSandbox {
    /// Pays an invoice by card: sends the payer to the gateway, if that has not happened, and pays
    /// there.
    ///
    /// # Errors
    ///
    /// [`PayerError::UnknownInvoice`], and [`PayerError::Refused`] if it cannot be paid or not by
    /// card; nothing has happened then.
    pub fn pay_by_card(&self, id: u64) -> Result<Invoice, PayerError> {
        self.act(id, |store| {
            let now = self.now();
            if store.get(id)?.state != State::AtGateway {
                store.open_gateway(id, now)?;
            }
            store.pay_at_gateway(id, self.slip(CARD), now)
        })
    }

    /// Pays an invoice from the wallet of the user it was issued to, or of [`user`](Self::user) if it
    /// was issued to no user.
    ///
    /// # Errors
    ///
    /// [`PayerError::UnknownInvoice`], and [`PayerError::Refused`] if it cannot be paid or the wallet
    /// has not enough; nothing has happened then.
    pub fn pay_by_wallet(&self, id: u64) -> Result<Invoice, PayerError> {
        let payer = self.store().get(id).ok().and_then(|found| found.user_id);
        self.pay_by_wallet_of(id, payer.unwrap_or(self.user().user_id()))
    }

    /// Pays an invoice from the wallet of any user.
    ///
    /// # Errors
    ///
    /// Those of [`pay_by_wallet`](Self::pay_by_wallet), and [`PayerError::UnknownUser`]; nothing has
    /// happened then.
    pub fn pay_by_wallet_of(&self, id: u64, user_id: u64) -> Result<Invoice, PayerError> {
        let payer = self.0.accounts.with_user_id(user_id);
        let payer = payer.ok_or(PayerError::UnknownUser)?.user_id();
        let from = Delegations::default();
        self.act(id, |store| {
            store.pay_from_wallet(id, payer, &from, self.now())
        })
    }

    /// Sends the payer of an invoice to the bank's gateway and leaves them there: until they pay,
    /// [leave](Self::leave_gateway) or the gateway times out, the invoice answers with code 72.
    ///
    /// # Errors
    ///
    /// Those of [`pay_by_card`](Self::pay_by_card); nothing has happened then.
    pub fn open_gateway(&self, id: u64) -> Result<Invoice, PayerError> {
        self.act(id, |store| store.open_gateway(id, self.now()))
    }

    /// Takes the payer back from the gateway without a payment.
    ///
    /// # Errors
    ///
    /// [`PayerError::UnknownInvoice`], and [`PayerError::Refused`] if it was paid or cancelled.
    pub fn leave_gateway(&self, id: u64) -> Result<Invoice, PayerError> {
        self.act(id, |store| store.leave_gateway(id, self.now()))
    }

    /// Answers the text message that has this code, as its receiver: the invoice is paid from the
    /// receiver's wallet, with the credits the business asked for.
    ///
    /// # Errors
    ///
    /// [`PayerError::UnknownCode`], and [`PayerError::Refused`] as in
    /// [`pay_by_wallet`](Self::pay_by_wallet); nothing has happened then.
    pub fn answer_sms(&self, code: &str) -> Result<Invoice, PayerError> {
        let pending = self.store().codes.get(code).cloned();
        let pending = pending.ok_or(PayerError::UnknownCode)?;
        let id = pending.invoice;
        self.act(id, |store| {
            let payer = store.get(id)?.user_id.ok_or(Refusal::NO_USER)?;
            store.pay_from_wallet(id, payer, &pending.from, self.now())?;
            store.codes.used(code);
            Ok(())
        })
    }

    /// Returns what a user's wallet holds, as a decimal number of rial.
    ///
    /// # Errors
    ///
    /// [`PayerError::UnknownUser`].
    pub fn wallet(&self, user_id: u64) -> Result<String, PayerError> {
        let pocket = self.pocket(user_id)?;
        let balance = self.store().ledger.balance(&pocket);
        Ok(balance.normalize().to_string())
    }

    /// Fills or empties a user's wallet.
    ///
    /// # Errors
    ///
    /// [`PayerError::UnknownUser`].
    pub fn set_wallet(&self, user_id: u64, rial: u64) -> Result<(), PayerError> {
        let pocket = self.pocket(user_id)?;
        self.store().ledger.set(pocket, rial.into());
        Ok(())
    }

    /// Returns what a business has earned in a guild, as a decimal number of rial.
    ///
    /// # Errors
    ///
    /// [`PayerError::UnknownUser`].
    pub fn earnings(&self, user_id: u64, guild: &str) -> Result<String, PayerError> {
        self.pocket(user_id)?;
        let pocket = Pocket::Guild(user_id, guild.to_owned());
        let balance = self.store().ledger.balance(&pocket);
        Ok(balance.normalize().to_string())
    }

    /// Gives a user another user's credit for purchases, and returns its hash.
    ///
    /// # Errors
    ///
    /// [`PayerError::UnknownUser`].
    pub fn delegate(&self, from: u64, to: u64, rial: u64) -> Result<String, PayerError> {
        self.pocket(from).and(self.pocket(to))?;
        let hash = self.0.random.hex(1);
        let mut store = self.store();
        store.ledger.delegate(from, to, hash.clone(), rial.into());
        Ok(hash)
    }

    /// Writes the slip of a payment by card: six and four of the card's digits are kept.
    pub(super) fn slip(&self, card: &str) -> CardSlip {
        let random = &self.0.random;
        let (head, tail) = (card.get(..6), card.get(card.len().saturating_sub(4)..));
        let (head, tail) = (head.unwrap_or_default(), tail.unwrap_or_default());
        CardSlip {
            masked: format!("{head}******{tail}"),
            last_four: tail.to_owned(),
            terminal: random.within(1_000_000, 9_000_000),
            rrn: random.within(100_000_000_000, 900_000_000_000),
            tref: random.within(100_000, 900_000),
        }
    }

    fn pocket(&self, user_id: u64) -> Result<Pocket, PayerError> {
        let account = self.0.accounts.with_user_id(user_id);
        let account = account.ok_or(PayerError::UnknownUser)?;
        Ok(Pocket::Wallet(account.user_id()))
    }

    fn act(
        &self,
        id: u64,
        act: impl FnOnce(&mut Store) -> Result<(), Refusal>,
    ) -> Result<Invoice, PayerError> {
        let mut store = self.store();
        store.get(id).map_err(|_| PayerError::UnknownInvoice)?;
        act(&mut store)?;
        Ok(store.get(id)?.clone())
    }
}

impl From<Refusal> for PayerError {
    fn from(refusal: Refusal) -> Self {
        Self::Refused {
            code: refusal.code,
            message: refusal.message.into_owned(),
        }
    }
}
