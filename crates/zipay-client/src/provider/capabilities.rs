use std::sync::LazyLock;
use std::time::Duration;

use paylink_core::Currency;
use paylink_core::provider::{Capabilities, Capability, Input};

use crate::descriptor::NAME;

/// What ZiPay offers and takes, whatever the account.
pub(crate) fn declared() -> &'static Capabilities {
    &DECLARED
}

/// The document's own deadline: what is not verified within 30 minutes goes back to the payer.
const HALF_AN_HOUR: Duration = Duration::from_secs(30 * 60);

static DECLARED: LazyLock<Capabilities> = LazyLock::new(|| {
    let currencies = &[Currency::Usd, Currency::Usdt, Currency::Irt];
    Capabilities::new(NAME, currencies)
        .gives_back_after(HALF_AN_HOUR)
        .offers(Capability::State)
        .offers(Capability::Refund)
        .without(
            Capability::Disable,
            "An invoice that was created can be paid.",
        )
        .without(
            Capability::Resend,
            "ZiPay sends the payer nothing; the shop shows the link.",
        )
        .offers(Capability::List)
        .offers(Capability::FindCreated)
        .offers(Capability::ReadReturn)
        .offers(Capability::ReadWebhook)
        .offers(Capability::PayLink)
        .without(
            Capability::ExactTransfer,
            "The payer pays on ZiPay's own page.",
        )
        .without(
            Capability::Expiry,
            "ZiPay does not say how long an invoice can be paid.",
        )
        .needs(Input::ReturnUrl)
        .takes(Input::NotifyUrl)
        .takes(Input::NationalId)
        .refuses(Input::Mobile, "An invoice has no field for it.")
        .refuses(
            Input::PayerName,
            "An invoice has no field for it; ZiPay reports the payer's own.",
        )
        .refuses(
            Input::PayerCard,
            "The payer chooses how to pay on ZiPay's own page.",
        )
        .refuses(Input::Description, "An invoice has no field for it.")
        .refuses(Input::ListDay, "The list cannot be narrowed to a day.")
});
