use paylink_core::provider::{Input, NewPayment, OrderReference};
use paylink_core::{Account, Effect, Error, ErrorKind, FieldKey, Handle, Invalid, Operation};

use super::capabilities;
use super::wanted::{NOTIFY_URL, RETURN_URL};
use crate::account::PodAccount;
use crate::find::{Found, find};
use crate::operations::NewInvoice;
use crate::{BillNumber, GuildCode, Invoice, InvoiceKey, NewItem, Pod};

impl Pod {
    /// The invoice of a payment: of three steps, and of one item at the price.
    pub(super) fn new_invoice(&self, payment: &NewPayment) -> Result<NewInvoice, Error> {
        let price = capabilities::declared().check(payment)?.to_rial()?;
        let reference = payment.reference();
        let number: BillNumber = under(OrderReference::KEY, reference.as_str().parse())?;
        let name = match payment.described_as() {
            Some(description) => description.to_owned(),
            None => format!("سفارش {reference}"),
        };
        // The price of a payment is above zero: what may be refused is the name.
        let item = under(Input::Description.key(), NewItem::new(&name, price))?;
        let invoice = NewInvoice::new(number, self.guild()?.clone(), item)?
            .three_steps()
            .tax_rate("0")?;
        Ok(match payment.payer().mobile() {
            Some(mobile) => invoice.mobile(mobile.clone()),
            None => invoice,
        })
    }

    /// The handle with what makes record and link again.
    pub(super) fn noted(&self, payment: &NewPayment, handle: Handle) -> Handle {
        let handle = match self.account().options().business {
            Some(business) => handle.merchant(business.to_string()),
            None => handle,
        };
        let ways = [
            (RETURN_URL, payment.goes_back_to()),
            (NOTIFY_URL, payment.notifies()),
        ];
        ways.into_iter()
            .fold(handle, |handle, (name, url)| match url {
                Some(url) => handle.id(name, url.as_str()),
                None => handle,
            })
    }

    /// The invoice as it was issued; as it is listed, if the answer did not say by which number anybody may pay it.
    pub(super) async fn with_unique_number(&self, issued: Invoice) -> Result<Invoice, Error> {
        if issued.unique_number.is_some() {
            return Ok(issued);
        }
        Ok(match find(self, &InvoiceKey::Id(issued.id)).await? {
            Found::One(listed) => *listed,
            Found::None | Found::Other(_) => issued,
        })
    }

    fn guild(&self) -> Result<&GuildCode, Error> {
        self.account().options().guild.as_ref().ok_or_else(|| {
            let problem = "no guild is configured, and POD issues no invoice without one: give the client the code of \
                           one of your guilds with .guild(code)";
            Error::new(ErrorKind::Configuration, Effect::NotExecuted, problem)
                .of(PodAccount::PROVIDER, NewInvoice::NAME)
        })
    }
}

/// Reports what POD's client refuses under a field of the neutral API.
pub(super) fn under<T>(field: FieldKey, value: Result<T, Invalid>) -> Result<T, Invalid> {
    value.map_err(|invalid| invalid.under(field))
}
