use std::fmt;
use std::str::FromStr;

use paylink_core::{
    ComparedField, Currency, FieldKey, Handle, Idempotency, Invalid, JalaliDate, Lookup, Mismatch,
    Mobile, Money, Operation, Request, Response, ReturnUrl, Rial, digits,
};

use super::{Decoded, invoice, with_one_time_token};
use crate::config::PodConfig;
use crate::{
    BillNumber, GuildCode, Invoice, InvoiceKey, OneTimeToken, PodResponse, Service, UserId, returns,
};

const METADATA: FieldKey = FieldKey::new("metadata", "metadata");

/// A new invoice (service 29796; the vendor's SDKs).
///
/// It is checked when it is built. POD would issue one without a number of the merchant's own; this client wants it,
/// since it is what finds the invoice again when the answer is lost.
#[derive(Clone)]
#[must_use = "an invoice is issued by the client"]
pub struct NewInvoice {
    bill_number: BillNumber,
    guild: GuildCode,
    items: Vec<NewItem>,
    total: Rial,
    user: Option<UserId>,
    mobile: Option<Mobile>,
    description: Option<String>,
    redirect: Option<ReturnUrl>,
    deadline: Option<JalaliDate>,
    tax_rate: Option<TaxRate>,
    verification_needed: Option<bool>,
    verify_after_timeout: Option<bool>,
    metadata: Option<String>,
    one_time_token: Option<OneTimeToken>,
}

impl NewInvoice {
    /// An invoice of one item under the merchant's own number, in one of the merchant's guilds.
    ///
    /// # Errors
    ///
    /// Names the field that is malformed, and what to write instead.
    ///
    /// ```
    /// use pod_invoice_client::{NewInvoice, NewItem, Rial};
    ///
    /// let item = NewItem::new("a pair of shoes", Rial::new(1_500_000))?;
    /// let invoice = NewInvoice::new("1000", "CLOTHING_GUILD", item)?.with_verification().with_tax_rate("0")?;
    /// # Ok::<(), pod_invoice_client::Invalid>(())
    /// ```
    pub fn new(
        bill_number: impl TryInto<BillNumber, Error: Into<Invalid>>,
        guild: impl TryInto<GuildCode, Error: Into<Invalid>>,
        item: NewItem,
    ) -> Result<NewInvoice, Invalid> {
        Ok(NewInvoice {
            bill_number: bill_number.try_into().map_err(Into::into)?,
            guild: guild.try_into().map_err(Into::into)?,
            total: item.total()?,
            items: vec![item],
            user: None,
            mobile: None,
            description: None,
            redirect: None,
            deadline: None,
            tax_rate: None,
            verification_needed: None,
            verify_after_timeout: None,
            metadata: None,
            one_time_token: None,
        })
    }

    /// Adds another item.
    ///
    /// # Errors
    ///
    /// If the sum is larger than any amount.
    pub fn with_item(mut self, item: NewItem) -> Result<NewInvoice, Invalid> {
        self.total = self
            .total
            .checked_add(item.total()?)
            .ok_or_else(too_large)?;
        self.items.push(item);
        Ok(self)
    }

    paylink_core::setters! { self: NewInvoice;
        /// Issues it to this user. A link by invoice id and an SMS need one.
        with_user(user: UserId) => self.user = Some(user);
        /// Stores the payer's mobile number with it.
        with_mobile(mobile: Mobile) => self.mobile = Some(mobile);
        /// Says what it is for.
        with_description(text: impl Into<String>) => self.description = Some(text.into());
    }

    /// Sends the payer here afterwards, where a link does not say otherwise.
    ///
    /// # Errors
    ///
    /// If it is not an http or https URL, holds a fragment, or has a name in its query that POD adds, such as `invoiceId`.
    pub fn with_redirect(
        mut self,
        url: impl TryInto<ReturnUrl, Error: Into<Invalid>>,
    ) -> Result<NewInvoice, Invalid> {
        self.redirect = Some(returns::web_redirect(url)?);
        Ok(self)
    }

    /// Sets the last day on which it may be paid.
    pub fn with_deadline(mut self, day: JalaliDate) -> NewInvoice {
        self.deadline = Some(day);
        self
    }

    /// Sets the tax as a part of the amount, `0` or `0.1` say. If nobody says, POD's own rate is added to what the payer pays.
    ///
    /// # Errors
    ///
    /// If it is not a plain decimal from 0 to 1.
    pub fn with_tax_rate(mut self, rate: &str) -> Result<NewInvoice, Invalid> {
        self.tax_rate = Some(rate.parse()?);
        Ok(self)
    }

    /// Wants the payment verified within the hour, or the money goes back. [`Pod::settle`](crate::Pod::settle) does it.
    pub fn with_verification(mut self) -> NewInvoice {
        self.verification_needed = Some(true);
        self
    }

    /// Counts the payment as verified when nobody verified it in time, where POD offers that.
    pub fn with_verification_timeout(mut self) -> NewInvoice {
        self.verify_after_timeout = Some(true);
        self
    }

    /// Stores data of the merchant's own with it: a JSON object.
    ///
    /// # Errors
    ///
    /// If it is not a JSON object.
    pub fn with_metadata(mut self, json: &str) -> Result<NewInvoice, Invalid> {
        paylink_core::json::from_object::<serde::de::IgnoredAny>(json).map_err(|_| {
            Invalid::new(METADATA, "is not a JSON object")
                .with_remedy("write it as {\"name\":\"value\"}")
        })?;
        self.metadata = Some(json.to_owned());
        Ok(self)
    }

    /// Sends a one-time token along, as older releases of POD wanted.
    pub fn with_one_time_token(mut self, token: OneTimeToken) -> NewInvoice {
        self.one_time_token = Some(token);
        self
    }
}

impl Operation for NewInvoice {
    type Config = PodConfig;
    type Output = PodResponse<Invoice>;

    const NAME: &'static str = "issue-invoice";
    const IDEMPOTENCY: Idempotency = Idempotency::NonIdempotent;
    const LOOKUP: Lookup = Lookup::ByReference;

    /// The four arrays of the items are the only lists whose names carry brackets.
    fn request(&self, config: &PodConfig) -> Result<Request, Invalid> {
        let request = config.call(Service::IssueInvoice, |form| {
            let items = || self.items.iter();
            form.each("productId[]", items().map(|item| item.product))
                .each("price[]", items().map(|item| item.price.get()))
                .each("quantity[]", items().map(|item| item.quantity))
                .each(
                    "productDescription[]",
                    items().map(|item| &item.description),
                )
                .pair("guildCode", &self.guild)
                .optional("userId", self.user)
                .pair("billNumber", &self.bill_number)
                .optional("description", self.description.as_ref())
                .optional("redirectURL", self.redirect.as_ref())
                .optional("deadline", self.deadline)
                .optional("preferredTaxRate", self.tax_rate.as_ref())
                .optional("verificationNeeded", self.verification_needed)
                .optional("verifyAfterTimeout", self.verify_after_timeout)
                .optional("metadata", self.metadata.as_ref())
                .optional("cellphoneNumber", self.mobile.as_ref().map(Mobile::as_str))
        })?;
        with_one_time_token(request, self.one_time_token.as_ref())
    }

    /// What POD reports of number and total has to be what was asked for.
    fn decode(&self, _: &PodConfig, response: Response<'_>) -> Decoded<Invoice> {
        let answered = invoice(Self::NAME, response)?;
        let issued = &answered.value;
        let key = InvoiceKey::BillNumber(self.bill_number.clone());
        if issued.bill_number.is_some()
            && let Some(mismatch) = key.difference(issued)
        {
            return Err(mismatch.into());
        }
        let total = Money::from(self.total);
        match &issued.total_amount {
            Some(reported) if *reported != total => {
                Err(Mismatch::new(ComparedField::Amount, &total, reported).into())
            }
            _ => Ok(answered),
        }
    }

    fn fill_handle(&self, _: &PodConfig, handle: Handle) -> Handle {
        handle
            .with_reference(self.bill_number.as_str())
            .with_amount(Money::from(self.total))
    }
}

impl fmt::Debug for NewInvoice {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("NewInvoice")
            .field("bill_number", &self.bill_number)
            .field("guild", &self.guild)
            .field("items", &self.items)
            .field("verification_needed", &self.verification_needed)
            .finish_non_exhaustive()
    }
}

const ITEM_DESCRIPTION: FieldKey = FieldKey::new("item_description", "item description");
const ITEM_QUANTITY: FieldKey = FieldKey::new("item_quantity", "item quantity");
const PRODUCT_ID: FieldKey = FieldKey::new("product_id", "product id");

/// One item of a new invoice.
#[derive(Clone, PartialEq, Eq, Debug)]
#[must_use = "an item is put on an invoice"]
pub struct NewItem {
    product: u64,
    description: String,
    price: Rial,
    quantity: u32,
}

impl NewItem {
    /// The field under which a price is refused.
    pub const PRICE: FieldKey = FieldKey::new("item_price", "item price");

    /// One piece, described in free text, at this price.
    ///
    /// # Errors
    ///
    /// If the description is empty or the price is zero.
    pub fn new(description: &str, price: Rial) -> Result<NewItem, Invalid> {
        if description.trim().is_empty() {
            return Err(Invalid::new(ITEM_DESCRIPTION, "is empty").with_remedy("say what is sold"));
        }
        if price.get() == 0 {
            return Err(
                Invalid::new(NewItem::PRICE, "is zero").with_remedy("give an amount above zero")
            );
        }
        Ok(NewItem {
            product: 0,
            description: description.to_owned(),
            price,
            quantity: 1,
        })
    }

    /// Sets how many there are.
    ///
    /// # Errors
    ///
    /// Zero is none.
    pub fn with_quantity(mut self, quantity: u32) -> Result<NewItem, Invalid> {
        if quantity == 0 {
            return Err(Invalid::new(ITEM_QUANTITY, "is zero").with_remedy("leave the item out"));
        }
        self.quantity = quantity;
        Ok(self)
    }

    /// Names one of the merchant's products at POD in place of free text.
    ///
    /// # Errors
    ///
    /// Zero stands for free text.
    pub fn with_product(mut self, id: u64) -> Result<NewItem, Invalid> {
        if id == 0 {
            return Err(
                Invalid::new(PRODUCT_ID, "is zero").with_remedy("leave it out for free text")
            );
        }
        self.product = id;
        Ok(self)
    }

    fn total(&self) -> Result<Rial, Invalid> {
        self.price
            .checked_mul(u64::from(self.quantity))
            .ok_or_else(too_large)
    }
}

fn too_large() -> Invalid {
    Invalid::new(NewItem::PRICE, "of all items is larger than any amount")
        .with_remedy("correct the prices")
}

const TAX_RATE: FieldKey = FieldKey::new("tax_rate", "tax rate");

/// A tax as a part of the amount, from 0 to 1, exact.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct TaxRate(String);

impl FromStr for TaxRate {
    type Err = Invalid;

    fn from_str(text: &str) -> Result<TaxRate, Invalid> {
        let wrong = || {
            Invalid::new(TAX_RATE, "is not a part of the amount")
                .with_value(text)
                .with_remedy("write it from 0 to 1, such as 0.1 for ten per cent")
        };
        // An amount is read as a plain decimal too, in any of the three scripts.
        let exact = Money::new(text, Currency::Irr).map_err(|_| wrong())?;
        let plain = digits::latin(&exact.amount()).into_owned();
        let (whole, fraction) = plain.split_once('.').unwrap_or((&plain, ""));
        let up_to_one = match whole {
            "0" => true,
            "1" => fraction.bytes().all(|digit| digit == b'0'),
            _ => false,
        };
        if up_to_one {
            Ok(TaxRate(plain))
        } else {
            Err(wrong())
        }
    }
}

impl fmt::Display for TaxRate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::TaxRate;

    #[test]
    fn rates_are_parts() {
        for (text, read) in [
            ("0", "0"),
            ("0.09", "0.09"),
            ("۰٫۱", "0.1"),
            ("1", "1"),
            ("1.0", "1.0"),
        ] {
            assert_eq!(text.parse::<TaxRate>().unwrap().to_string(), read);
        }
        for bad in ["", "9", "1.01", "-0.1", "9%", ".1", "10"] {
            assert!(bad.parse::<TaxRate>().is_err(), "{bad}");
        }
    }
}
