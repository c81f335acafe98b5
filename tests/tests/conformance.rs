//! The conformance suite over the four providers at the sandbox, and the matrix in the docs.

mod cardpay;
mod pod;
mod sizpay;
mod zipay;

use std::sync::Arc;

use paylink_testkit::conformance::{Case, Matrix, Subject, cases, check};
use paylink_tests::page;
use sizpay_client::Via;

use cardpay::CardPaySubject;
use pod::PodSubject;
use sizpay::SizPaySubject;
use zipay::ZiPaySubject;

const PAGE: &str = "docs/conformance.md";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_four_providers_conform_as_the_docs_say() {
    let subjects: [Arc<dyn Subject>; 6] = [
        Arc::new(ZiPaySubject::open().await.unwrap()),
        Arc::new(SizPaySubject::open(Via::Rest).await.unwrap()),
        Arc::new(SizPaySubject::open(Via::Soap).await.unwrap()),
        Arc::new(SizPaySubject::open(Via::AsmxJson).await.unwrap()),
        Arc::new(CardPaySubject::open().await.unwrap()),
        Arc::new(PodSubject::open().await.unwrap()),
    ];
    let mut matrix = Matrix::new();
    for subject in subjects {
        matrix.add(check(subject).await);
    }
    // Shown by `cargo test -p paylink-tests conformance -- --nocapture`.
    println!("{matrix}");
    matrix.assert_conforms();
    page::hold(PAGE, "matrix", &matrix.markdown());
}

#[test]
fn the_docs_say_what_every_case_proves() {
    let line = |case: &'static Case| format!("* **{}.** {}\n", case.name(), case.proves());
    page::hold(PAGE, "cases", &cases().map(line).collect::<String>());
}
