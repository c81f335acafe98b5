//! What the shop does: taking an order, looking at it, handing it out.

#[cfg(test)]
mod tests;

use std::sync::Arc;
use std::time::SystemTime;

use paylink::desk::{Desk, DeskError, Ledger, Outcome};
use paylink::web::Routes;
use paylink::{Account, Accounts, Input, InputRule, Invalid};
use paylink_sandbox::Sandbox;
use thiserror::Error;

use crate::books::{Books, BooksError};
use crate::order::Order;
use crate::{chance, goods};

/// The shop's counter, behind which everything stands.
#[derive(Debug)]
pub(crate) struct Counter {
    pub(crate) desk: Arc<Desk<Books>>,
    pub(crate) routes: Routes,
    /// Whether browsers reach it over TLS.
    pub(crate) is_https: bool,
    /// Whose SMS are shown, where nobody really gets one.
    pub(crate) sandbox: Option<Arc<Sandbox>>,
}

/// What the counter could not do.
#[derive(Debug, Error)]
pub(crate) enum Trouble {
    #[error(transparent)]
    Desk(#[from] DeskError<BooksError>),
    #[error(transparent)]
    Books(#[from] BooksError),
    #[error("no random number can be had: {0}")]
    Chance(#[from] getrandom::Error),
    /// What was asked for makes no order.
    #[error(transparent)]
    Refused(#[from] paylink::Error),
}

impl From<Invalid> for Trouble {
    fn from(invalid: Invalid) -> Trouble {
        Trouble::Refused(invalid.into())
    }
}

impl Counter {
    pub(crate) fn books(&self) -> &Books {
        self.desk.store()
    }

    pub(crate) fn accounts(&self) -> &Accounts {
        self.desk.accounts()
    }

    /// Takes an order. Nothing is sent yet: the order's page does that, and does it again if it has to.
    pub(crate) fn place(
        &self,
        account: &str,
        mobile: Option<&str>,
        buyer: &str,
    ) -> Result<String, Trouble> {
        let provider = self.accounts().get(account)?;
        let reference = self.books().fresh_number();
        let number = reference.to_string();
        let order = Order {
            number: number.clone(),
            placed_at: SystemTime::now(),
            account: account.to_owned(),
            price: goods::price(),
            // What a provider has no use for is refused, so each is told what it takes.
            return_url: given(provider, Input::ReturnUrl, self.routes.return_url(&number)?),
            notify_url: given(provider, Input::NotifyUrl, self.routes.notify_url(&number)?),
            mobile: mobile.and_then(|mobile| given(provider, Input::Mobile, mobile.to_owned())),
            description: given(provider, Input::Description, goods::NAME.to_owned()),
            buyer: buyer.to_owned(),
            ledger: Ledger::default(),
            fence: 0,
            claimed_until: None,
            last_reference: reference,
            outbox: Vec::new(),
            due_at: None,
            tries: 0,
            code: None,
        };
        drop(provider.prepare(&order.payment()?)?);
        self.books().place(order)?;
        Ok(number)
    }

    /// Looks at an order because its page was opened.
    pub(crate) async fn visit(&self, number: &str) -> Result<Outcome, Trouble> {
        Ok(self.desk.visit(number).await?)
    }

    /// Gives a paid order its code. It may be done again at any time, by several at once: the code stays the same.
    pub(crate) fn hand_out(&self, number: &str) -> Result<(), Trouble> {
        self.books().hand_out(number, chance::code()?)?;
        Ok(())
    }

    /// Asks for another payment, if the one before can no longer be paid.
    pub(crate) async fn again(&self, number: &str) -> Result<(), Trouble> {
        let reference = self.books().fresh_number();
        self.books().refer(number, reference)?;
        let reference = reference.to_string().parse()?;
        // The order's page tells what came of it, and hands the order out should it turn out to be paid.
        let _ = self.desk.reopen(number, reference).await?;
        Ok(())
    }
}

/// An input, if this provider takes it.
fn given(account: &Account, input: Input, value: String) -> Option<String> {
    match account.capabilities().input(input) {
        InputRule::Required | InputRule::Optional => Some(value),
        InputRule::Unsupported(_) => None,
    }
}
