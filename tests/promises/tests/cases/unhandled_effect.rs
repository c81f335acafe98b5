//! Whoever asks whether money may have moved has to take both answers.

use paylink_core::{Effect, Error};

fn try_again(error: &Error) -> bool {
    match error.effect() {
        Effect::NotExecuted => true,
    }
}

fn main() {
    let _ = try_again;
}
