//! What a matrix shows, and when it asserts.

use std::sync::Arc;

use paylink_testkit::conformance::{Case, Matrix, cases, check};

use super::fifth_provider::subject::KioskSubject;
use super::lie::Lie;
use super::lying_subject::LyingSubject;

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
