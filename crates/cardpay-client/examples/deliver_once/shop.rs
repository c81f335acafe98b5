//! The merchant: books, and the one step in which goods go out.

use std::collections::HashMap;
use std::error::Error;
use std::fmt;
use std::sync::{Mutex, MutexGuard, PoisonError};

use cardpay_client::{
    CardPay, CreatedPayment, Expected, Mismatch, NewPayment, PaymentRecord, PaymentState, Rial,
    Settlement,
};

/// Why an order could not be looked after at all.
pub(crate) type Problem = Box<dyn Error + Send + Sync>;

/// An order, as the shop's books have it.
struct Order {
    price: Rial,
    payment: Option<PaymentRecord>,
    delivered: bool,
}

/// The shop. Its books stand for a table; each method that changes an order is one transaction on the order's row.
#[derive(Default)]
pub(crate) struct Shop {
    orders: Mutex<HashMap<u64, Order>>,
    /// The numbers of the orders whose goods went out, each as often as they did.
    sent_out: Mutex<Vec<u64>>,
}

/// What looking after an order came to.
#[derive(Debug)]
pub(crate) enum Outcome {
    /// The goods have just gone out.
    Delivered,
    /// They had gone out before.
    DeliveredBefore,
    /// There is no money, or not yet.
    NotPaid(PaymentState),
    /// The money is not what it should be.
    ForAPerson(Mismatch),
    /// Nothing is known, and looking again is safe.
    LaterAgain(cardpay_client::Error),
}

impl Shop {
    pub(crate) fn sell(&self, number: u64, price: Rial) {
        let order = Order {
            price,
            payment: None,
            delivered: false,
        };
        self.books().insert(number, order);
    }

    /// Creates the payment and keeps its record, before the payer is told anything.
    pub(crate) async fn ask_for_payment(
        &self,
        cardpay: &CardPay,
        number: u64,
    ) -> Result<CreatedPayment, Problem> {
        let price = self.books().get(&number).ok_or("no such order")?.price;
        let created = cardpay.create(NewPayment::new(number, price)?).await?;
        if let Some(order) = self.books().get_mut(&number) {
            order.payment = Some(created.record().clone());
        }
        Ok(created)
    }

    /// May be called at any time and by anybody: by the payer's return, by a timer, by two of them at once.
    pub(crate) async fn look_after(
        &self,
        cardpay: &CardPay,
        number: u64,
    ) -> Result<Outcome, Problem> {
        let expected = self.expected(number)?;
        match cardpay.settle(&expected).await {
            // Not a word here about which of the two it was.
            Ok(Settlement::Settled(_) | Settlement::AlreadySettled(_)) => self.deliver_once(number),
            Ok(Settlement::NotPaid(state)) => Ok(Outcome::NotPaid(state)),
            Ok(Settlement::Mismatch(found)) => Ok(Outcome::ForAPerson(found)),
            // Whatever the effect, settling again is safe: the timer does it.
            Err(error) => Ok(Outcome::LaterAgain(error)),
        }
    }

    /// The orders whose goods went out, each as often as they did.
    pub(crate) fn sent_out(&self) -> Vec<u64> {
        let sent_out = self.sent_out.lock().unwrap_or_else(PoisonError::into_inner);
        sent_out.clone()
    }

    fn expected(&self, number: u64) -> Result<Expected, Problem> {
        let books = self.books();
        let order = books.get(&number).ok_or("no such order")?;
        let payment = order.payment.clone().ok_or("not created yet")?;
        Ok(Expected::new(number, order.price, payment)?)
    }

    /// Looks and marks in one step. In a database: `update orders set delivered = true where number = ? and not delivered`,
    /// and the goods go out if one row was changed.
    fn deliver_once(&self, number: u64) -> Result<Outcome, Problem> {
        let mut books = self.books();
        let order = books.get_mut(&number).ok_or("no such order")?;
        if order.delivered {
            return Ok(Outcome::DeliveredBefore);
        }
        order.delivered = true;
        let mut sent_out = self.sent_out.lock().unwrap_or_else(PoisonError::into_inner);
        sent_out.push(number);
        Ok(Outcome::Delivered)
    }

    fn books(&self) -> MutexGuard<'_, HashMap<u64, Order>> {
        self.orders.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl fmt::Display for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Outcome::Delivered => f.write_str("the money came, the goods go out"),
            Outcome::DeliveredBefore => f.write_str("delivered before, nothing to do"),
            Outcome::NotPaid(state) => write!(f, "not paid, code {}", state.code()),
            Outcome::ForAPerson(found) => write!(f, "for a person to decide: {found}"),
            Outcome::LaterAgain(error) => write!(f, "later again: {error}"),
        }
    }
}
