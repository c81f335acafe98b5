use paylink_core::{FieldKey, Invalid, Money, Rial};

const DESCRIPTION: FieldKey = FieldKey::new("item_description", "item description");
const PRICE: FieldKey = FieldKey::new("item_price", "item price");
const QUANTITY: FieldKey = FieldKey::new("item_quantity", "item quantity");
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
    /// One piece, described in free text, at this price.
    ///
    /// # Errors
    ///
    /// If the description is empty or the price is zero.
    pub fn new(description: &str, price: Rial) -> Result<NewItem, Invalid> {
        if description.trim().is_empty() {
            return Err(Invalid::new(DESCRIPTION, "is empty").remedy("say what is sold"));
        }
        if price.get() == 0 {
            return Err(Invalid::new(PRICE, "is zero").remedy("give an amount above zero"));
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
    pub fn pieces(mut self, quantity: u32) -> Result<NewItem, Invalid> {
        if quantity == 0 {
            return Err(Invalid::new(QUANTITY, "is zero").remedy("leave the item out"));
        }
        self.quantity = quantity;
        Ok(self)
    }

    /// Names one of the merchant's products at POD in place of free text.
    ///
    /// # Errors
    ///
    /// Zero stands for free text.
    pub fn of_product(mut self, id: u64) -> Result<NewItem, Invalid> {
        if id == 0 {
            return Err(Invalid::new(PRODUCT_ID, "is zero").remedy("leave it out for free text"));
        }
        self.product = id;
        Ok(self)
    }

    pub(super) fn product(&self) -> u64 {
        self.product
    }

    pub(super) fn description(&self) -> &str {
        &self.description
    }

    pub(super) fn price(&self) -> Rial {
        self.price
    }

    pub(super) fn quantity(&self) -> u32 {
        self.quantity
    }

    pub(super) fn total(&self) -> Result<Rial, Invalid> {
        self.price
            .checked_mul(u64::from(self.quantity))
            .ok_or_else(too_large)
    }
}

pub(super) fn too_large() -> Invalid {
    Invalid::new(Money::KEY, "of all items is larger than any amount").remedy("correct the prices")
}
