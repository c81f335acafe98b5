//! What a provider can do wrong, and what of it shows in its declarations.

use paylink_core::Currency;
use paylink_core::provider::{Capabilities, Capability, Demand, Input};

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
            Lie::ShrugsInDeclarations => declared.without(Capability::Resend, "no"),
            Lie::OffersWhatItLacks => declared.offers(Capability::Resend),
            Lie::NamesAnotherInWebhooks => declared.offers(Capability::ReadWebhook),
            Lie::CountsTomanAsRial => counting_in(&[Currency::Irr, Currency::Irt], honest),
            Lie::LacksWhatItDoes => declared.without(Capability::State, "Nobody has to know."),
            _ => declared,
        }
    }
}

/// The same declarations, but for the currencies.
fn counting_in(currencies: &'static [Currency], declared: &Capabilities) -> Capabilities {
    let mut all = Capabilities::new(declared.provider(), currencies);
    for capability in Capability::ALL {
        if declared.of(*capability).is_yes() {
            all = all.offers(*capability);
        }
    }
    for input in Input::ALL {
        all = match declared.demand(*input) {
            Demand::Needed => all.needs(*input),
            Demand::Taken => all.takes(*input),
            Demand::Refused(why) => all.refuses(*input, why),
        };
    }
    all
}
