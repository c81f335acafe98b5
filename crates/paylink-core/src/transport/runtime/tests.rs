use tokio::runtime::Builder;

use super::Home;

#[test]
fn the_first_runtime_is_home_and_no_other() {
    let runtime = || Builder::new_current_thread().enable_all().build().unwrap();
    let (first, second) = (runtime(), runtime());
    let home = Home::default();
    for _ in 0..2 {
        assert_eq!(first.block_on(async { home.is_here() }), Ok(true));
        assert_eq!(second.block_on(async { home.is_here() }), Ok(false));
    }
}

#[test]
fn without_a_runtime_it_says_what_to_do() {
    let problem = Home::default().is_here().unwrap_err();
    assert!(problem.contains("#[tokio::main]"), "{problem}");
}

#[test]
fn a_runtime_that_lacks_something_is_no_home() {
    let home = Home::default();
    let without_timers = Builder::new_current_thread().enable_io().build().unwrap();
    let problem = without_timers
        .block_on(async { home.is_here() })
        .unwrap_err();
    assert!(problem.contains("timers"), "{problem}");

    #[cfg(unix)]
    {
        let without_io = Builder::new_current_thread().enable_time().build().unwrap();
        let problem = without_io.block_on(async { home.is_here() }).unwrap_err();
        assert!(problem.contains("I/O"), "{problem}");
    }

    let whole = Builder::new_current_thread().enable_all().build().unwrap();
    assert_eq!(whole.block_on(async { home.is_here() }), Ok(true));
}
