//! The runnable sample of a merchant who delivers exactly once, run as a test.

#[path = "../../examples/deliver_once/main.rs"]
mod deliver_once;

#[test]
fn the_sample_delivers_exactly_once() {
    deliver_once::main().unwrap();
}
