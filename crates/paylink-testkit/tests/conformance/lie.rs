//! What a provider can do wrong, and what of it shows in its declarations.

use paylink_core::Currency;
use paylink_core::provider::{Capabilities, Capability, Input, InputRule};

/// What it does wrong.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Lie {
    ShrugsInDeclarations,
    OffersWhatItLacks,
    LacksWhatItDoes,
    DropsTheDescription,
    AsksBeforeRefusing,
    DoesWithoutAReturnUrl,
    TakesDollars,
    CountsTomanAsRial,
    RoundsToman,
    HandleOfAnotherOrder,
    CreatesTwice,
    ForgetsTheLink,
    InventsATransfer,
    RemembersInMemoryAlone,
    SaysUnknownThoughUnsent,
    LosesTheHandle,
    CreatesAgainWhenLost,
    SaysNotExecutedWhenLost,
    FindsWhatNeverWas,
    NeverFinds,
    CallsUnpaidPaid,
    ConfirmsWhenRead,
    CallsUnpaidFailed,
    SettlesAfresh,
    TrustsTheRecord,
    ProvesByTheBooks,
    ProvesAnotherOrder,
    IgnoresHints,
    ConfirmsBeforeComparing,
    FailsOnceConfirmed,
    TakesAnyRecord,
    TakesAnyHandle,
    TakesAnotherShopsRecord,
    TakesAnotherShopsHandle,
    RefundsNothing,
    RefundsAgainWhenLost,
    DisablesNothing,
    DisablesAgainWhenLost,
    ListsInCircles,
    ListsAllDays,
    ListsTheFirstPage,
    NamesAnother,
    NamesAnotherInWebhooks,
    PanicsOnRubbish,
    BelievesRubbish,
    ShowsItsKey,
    ShowsItsKeyInErrors,
}

impl Lie {
    /// What a provider declares that lies so.
    pub(crate) fn declared(self, honest: &Capabilities) -> Capabilities {
        let declared = honest.clone();
        match self {
            Lie::ShrugsInDeclarations => declared.does_not_support(Capability::Resend, "no"),
            Lie::OffersWhatItLacks => declared.supports(Capability::Resend),
            Lie::NamesAnotherInWebhooks => declared.supports(Capability::ReadWebhook),
            Lie::CountsTomanAsRial => counting_in(&[Currency::Irr, Currency::Irt], honest),
            Lie::LacksWhatItDoes => {
                declared.does_not_support(Capability::State, "Nobody has to know.")
            }
            _ => declared,
        }
    }
}

/// The same declarations, but for the currencies.
fn counting_in(currencies: &'static [Currency], declared: &Capabilities) -> Capabilities {
    let mut all = Capabilities::new(declared.provider(), currencies);
    for capability in Capability::ALL {
        if declared.support(*capability).is_supported() {
            all = all.supports(*capability);
        }
    }
    for input in Input::ALL {
        all = match declared.input(*input) {
            InputRule::Required => all.requires(*input),
            InputRule::Optional => all.accepts(*input),
            InputRule::Unsupported(why) => all.rejects(*input, why),
        };
    }
    all
}
