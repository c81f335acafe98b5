use std::sync::LazyLock;

use paylink_core::Currency;
use paylink_core::provider::{Capabilities, Capability, Input};

use crate::descriptor::NAME;

/// What CardPay offers and takes, whatever the account.
pub(crate) fn declared() -> &'static Capabilities {
    &DECLARED
}

static DECLARED: LazyLock<Capabilities> = LazyLock::new(|| {
    Capabilities::new(NAME, &[Currency::Irr])
        .without(
            Capability::State,
            "The only question there is verifies the payment; settle asks it.",
        )
        .without(
            Capability::Refund,
            "The money went from card to card; the merchant sends it back the same way.",
        )
        .without(
            Capability::Disable,
            "A payment cannot be withdrawn; its time runs out.",
        )
        .without(
            Capability::Resend,
            "The script sends the payer nothing; the shop shows amount, cards and link.",
        )
        .without(
            Capability::List,
            "The script lists the merchant's cards, and no payments.",
        )
        .without(
            Capability::FindCreated,
            "The script finds no payment by its invoice number.",
        )
        .without(
            Capability::ReadReturn,
            "The script adds nothing known to the return; write the order into the return URL.",
        )
        .without(Capability::ReadWebhook, "The script calls no webhook.")
        .offers(Capability::PayLink)
        .offers(Capability::ExactTransfer)
        .offers(Capability::Expiry)
        .takes(Input::ReturnUrl)
        .refuses(Input::NotifyUrl, "The script calls no webhook.")
        .takes(Input::Mobile)
        .refuses(Input::PayerName, "A payment has no field for it.")
        .refuses(Input::NationalId, "The script cannot tell who transfers.")
        .takes(Input::PayerCard)
        .refuses(Input::Description, "A payment has no field for it.")
        .refuses(Input::ListDay, "The script lists no payments.")
});
