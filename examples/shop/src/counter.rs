//! What the shop does: taking an order, looking at it, asking for its payment again.

#[cfg(test)]
pub(crate) mod tests;

use std::sync::Arc;

use paylink::desk::{Desk, DeskError, Outcome, StoredOrder};
use paylink::web::Routes;
use paylink::{Accounts, Input, InputRule, Invalid, Mobile, NewPayment};
use paylink_books::BooksError;
use paylink_sandbox::Sandbox;
use thiserror::Error;

use crate::books::Books;
use crate::{Setup, goods};

/// The shop's counter, behind which everything stands.
#[derive(Debug)]
pub(crate) struct Counter {
    pub(crate) desk: Arc<Desk<paylink_books::Books>>,
    pub(crate) books: Books,
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
    /// The counter of a shop that buyers and providers find at this address.
    pub(crate) fn new(setup: Setup, url: &str) -> Result<Counter, Invalid> {
        let desk = Desk::new(setup.books.of_desk().clone(), setup.accounts);
        Ok(Counter {
            desk: Arc::new(desk.min_pause(setup.sweep_every)),
            books: setup.books,
            routes: Routes::new(&format!("{url}/pay"))?,
            is_https: url.starts_with("https:"),
            sandbox: setup.sandbox,
        })
    }

    pub(crate) fn accounts(&self) -> &Accounts {
        self.desk.accounts()
    }

    /// Takes an order. Nothing is sent yet: the order's page does that, and does it again if it has to.
    pub(crate) async fn place(
        &self,
        account: &str,
        mobile: Option<Mobile>,
        buyer: &str,
    ) -> Result<String, Trouble> {
        let provider = self.accounts().get(account)?;
        let number = self.books.fresh_number().await?;
        let mut payment = NewPayment::new(&number, goods::price())?;
        // What a provider has no use for is refused, so each is told what it takes.
        let takes = |input| match provider.capabilities().input(input) {
            InputRule::Required | InputRule::Optional => true,
            InputRule::Unsupported(_) => false,
        };
        if takes(Input::ReturnUrl) {
            payment = payment.with_return_url(&self.routes.return_url(&number)?)?;
        }
        if takes(Input::NotifyUrl) {
            payment = payment.with_notify_url(&self.routes.notify_url(&number)?)?;
        }
        if let Some(mobile) = mobile.filter(|_| takes(Input::Mobile)) {
            payment = payment.with_mobile(mobile);
        }
        if takes(Input::Description) {
            payment = payment.with_description(goods::NAME)?;
        }
        drop(provider.prepare(&payment)?);
        let order = StoredOrder::new(account, payment);
        self.books.place(&number, buyer, &order).await?;
        Ok(number)
    }

    /// Looks at an order because its page was opened.
    pub(crate) async fn visit(&self, number: &str) -> Result<Outcome, Trouble> {
        Ok(self.desk.visit(number).await?)
    }

    /// Asks for another payment, if the one before can no longer be paid.
    pub(crate) async fn again(&self, number: &str) -> Result<(), Trouble> {
        let reference = self.books.fresh_number().await?.parse()?;
        // The order's page tells what came of it, and hands the order out should it turn out to be paid.
        let _ = self.desk.reopen(number, reference).await?;
        Ok(())
    }
}
