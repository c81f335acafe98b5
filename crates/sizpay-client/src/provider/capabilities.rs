use std::sync::LazyLock;

use paylink_core::provider::{Capabilities, Capability, Input};
use paylink_core::{Account, Currency};

use crate::account::SizPayAccount;

/// What SizPay offers over REST.
pub(crate) fn rest() -> &'static Capabilities {
    &REST
}

/// What SizPay offers over its ASMX service, in whichever form.
pub(crate) fn asmx() -> &'static Capabilities {
    &ASMX
}

static REST: LazyLock<Capabilities> = LazyLock::new(|| {
    on_every_way()
        .offers(Capability::PayLink)
        .offers(Capability::Disable)
        .offers(Capability::Resend)
        .offers(Capability::List)
        .offers(Capability::FindCreated)
});

static ASMX: LazyLock<Capabilities> = LazyLock::new(|| {
    on_every_way()
        .without(
            Capability::PayLink,
            "The ASMX service does not bring the link's address back; the payer has it by SMS.",
        )
        .without(
            Capability::Disable,
            "The ASMX service documents no method for it; use Via::Rest.",
        )
        .without(
            Capability::Resend,
            "The ASMX service documents no method for it; use Via::Rest.",
        )
        .without(
            Capability::List,
            "The ASMX service tells states by send id alone; use Via::Rest.",
        )
        .without(
            Capability::FindCreated,
            "The ASMX service tells states by send id alone; use Via::Rest.",
        )
});

fn on_every_way() -> Capabilities {
    Capabilities::new(SizPayAccount::PROVIDER, &[Currency::Irr])
        .offers(Capability::State)
        .without(
            Capability::Refund,
            "SizPay documents no way to give money back.",
        )
        .without(
            Capability::ReadReturn,
            "A SizPay link brings its payer back to nowhere.",
        )
        .without(
            Capability::ReadWebhook,
            "SizPay calls nobody; ask for the state now and then.",
        )
        .without(
            Capability::ExactTransfer,
            "The payer pays on SizPay's page, not from card to card.",
        )
        .without(
            Capability::Expiry,
            "SizPay does not say until when a link can be paid.",
        )
        .needs(Input::Mobile)
        .takes(Input::PayerName)
        .takes(Input::Description)
        .needs(Input::ListDay)
        .refuses(
            Input::ReturnUrl,
            "A SizPay link brings its payer back to nowhere.",
        )
        .refuses(Input::NotifyUrl, "SizPay calls nobody.")
        .refuses(
            Input::NationalId,
            "SizPay cannot keep a payment for one person.",
        )
        .refuses(
            Input::PayerCard,
            "SizPay cannot keep a payment for one card.",
        )
}
