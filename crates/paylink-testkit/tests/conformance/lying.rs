//! Every lie is found by the cases that are there for it and by no other, and the matrix shows it.

use std::sync::Arc;

use paylink_testkit::conformance::{Case, Matrix, cases, check};
use tokio::task::JoinSet;

use super::fifth_provider::subject::KioskSubject;
use super::liar::{Lie, LyingSubject};

const BOOKS: &[&str] = &[
    "an expensive order",
    "another currency",
    "another order",
    "a hint of another payment",
];
const LOST: &[&str] = &["a lost answer to a create", "a page in place of an answer"];

/// Each lie, and the cases that fail for it.
const LIES: &[(Lie, &[&str])] = &[
    (Lie::ShrugsInDeclarations, &["declarations are whole"]),
    (Lie::OffersWhatItLacks, &["a resend is one request"]),
    (Lie::LacksWhatItDoes, &["missing capabilities"]),
    (Lie::DropsTheDescription, &["taken inputs are sent"]),
    (
        Lie::AsksBeforeRefusing,
        &[
            "refused inputs",
            "needed inputs",
            "foreign currencies",
            "rial and toman",
        ],
    ),
    (Lie::DoesWithoutAReturnUrl, &["needed inputs"]),
    (Lie::TakesDollars, &["foreign currencies"]),
    (Lie::CountsTomanAsRial, &["every currency"]),
    (Lie::RoundsToman, &["rial and toman"]),
    (
        Lie::HandleOfAnotherOrder,
        &[
            "preparing sends nothing",
            "a create lost on its way",
            "a lost answer to a create",
            "a page in place of an answer",
        ],
    ),
    (
        Lie::CreatesTwice,
        &[
            "one create is sent once",
            "a lost answer to a create",
            "a page in place of an answer",
        ],
    ),
    (Lie::ForgetsTheLink, &["what a create brings"]),
    (Lie::InventsATransfer, &["what a create brings"]),
    (Lie::RemembersInMemoryAlone, &["stored and read back"]),
    (
        Lie::SaysUnknownThoughUnsent,
        &[
            "refused inputs",
            "needed inputs",
            "foreign currencies",
            "rial and toman",
            "a create that never left",
        ],
    ),
    (
        Lie::LosesTheHandle,
        &[
            "a create lost on its way",
            "a lost answer to a create",
            "a page in place of an answer",
        ],
    ),
    (Lie::CreatesAgainWhenLost, LOST),
    (Lie::SaysNotExecutedWhenLost, LOST),
    (
        Lie::FindsWhatNeverWas,
        &["a create lost on its way", "a create that was not sent"],
    ),
    (
        Lie::NeverFinds,
        &[
            "a lost answer to a create",
            "a page in place of an answer",
            "a lost answer to a refund",
            "a lost answer to a disabling",
        ],
    ),
    (Lie::CallsUnpaidPaid, &["the state follows the payment"]),
    (Lie::ConfirmsWhenRead, &["the state follows the payment"]),
    (Lie::CallsUnpaidFailed, &["unpaid is not settled"]),
    (Lie::SettlesAfresh, &["settled once"]),
    (Lie::TrustsTheRecord, BOOKS),
    (
        Lie::ProvesByTheBooks,
        &[
            "another merchant",
            "a reported amount is compared",
            "a reported order is compared",
        ],
    ),
    (
        Lie::ProvesAnotherOrder,
        &[
            "a proof has every field",
            "another merchant",
            "a reported amount is compared",
            "a reported order is compared",
        ],
    ),
    (Lie::IgnoresHints, &["a hint of another payment"]),
    (Lie::ConfirmsBeforeComparing, BOOKS),
    (
        Lie::FailsOnceConfirmed,
        &["settled once", "a lost answer to a settle"],
    ),
    (Lie::TakesAnyRecord, &["another provider's record"]),
    (Lie::TakesAnyHandle, &["another provider's handle"]),
    (Lie::TakesAnotherShopsRecord, &["another merchant's record"]),
    (Lie::TakesAnotherShopsHandle, &["another merchant's handle"]),
    (
        Lie::RefundsNothing,
        &[
            "another provider's record",
            "another merchant's record",
            "a refund gives back",
            "a lost answer to a refund",
        ],
    ),
    (Lie::RefundsAgainWhenLost, &["a lost answer to a refund"]),
    (
        Lie::DisablesNothing,
        &["disabled is not payable", "a lost answer to a disabling"],
    ),
    (
        Lie::DisablesAgainWhenLost,
        &["a lost answer to a disabling"],
    ),
    (
        Lie::ListsInCircles,
        &["a list is walked to its end", "a list of a day"],
    ),
    (Lie::ListsAllDays, &["a list of a day"]),
    (
        Lie::ListsTheFirstPage,
        &["a list is walked to its end", "a list of a day"],
    ),
    (
        Lie::NamesAnotherInWebhooks,
        &["a webhook names its payment"],
    ),
    (Lie::NamesAnother, &["a return names its payment"]),
    (Lie::PanicsOnMalformedHint, &["a malformed hint"]),
    (Lie::BelievesMalformedHint, &["a malformed hint"]),
    (Lie::ShowsItsKey, &["secrets stay secret"]),
    (Lie::ShowsItsKeyInErrors, &["secrets stay secret"]),
];

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_lie_fails_the_cases_that_are_there_for_it_and_no_other() {
    let mut checks = JoinSet::new();
    for (lie, expected) in LIES {
        checks.spawn(async move {
            let kiosk = KioskSubject::start().await.unwrap();
            let report = check(Arc::new(LyingSubject { kiosk, lie: *lie })).await;
            (report, *expected)
        });
    }
    let mut wrong = Vec::new();
    for (report, expected) in checks.join_all().await {
        if report.failed() != expected {
            wrong.push(format!("{report:?}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn every_case_is_there_for_some_lie() {
    for case in cases() {
        let mut lies = LIES.iter();
        assert!(
            lies.any(|(_, cases)| cases.contains(&case.name())),
            "{}",
            case.name()
        );
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_matrix_shows_every_case_with_its_reason_or_its_failure() {
    let mut matrix = Matrix::new();
    assert!(!matrix.conforms(), "nothing was checked");

    matrix.add(check(Arc::new(KioskSubject::start().await.unwrap())).await);
    assert!(matrix.conforms(), "{matrix}");
    let page = matrix.markdown();
    for case in cases() {
        assert!(
            page.contains(&format!("| {}", case.name())),
            "{}",
            case.name()
        );
        assert!(case.proves().ends_with('.'), "{}", case.name());
    }
    assert!(page.contains("\n1. Kiosk sends no messages.\n"), "{page}");
    assert_eq!(page.matches("n/a (1)").count(), 1);

    let kiosk = KioskSubject::start().await.unwrap();
    let lie = Lie::DropsTheDescription;
    matrix.add(check(Arc::new(LyingSubject { kiosk, lie })).await);
    assert!(!matrix.conforms());
    let shown = matrix.to_string();
    assert_eq!(shown.matches("FAILED").count(), 1, "{shown}");
    let why = "DropsTheDescription, taken inputs are sent: a description was given, and neither a request nor the link holds it";
    assert!(shown.contains(why), "{shown}");
}

#[test]
fn names_of_cases_are_unique() {
    let mut names: Vec<&str> = cases().map(Case::name).collect();
    let all = names.len();
    names.sort_unstable();
    names.dedup();
    assert_eq!(names.len(), all);
}
