//! The built command against a sandbox in this process: what it prints, what it sends, and what it tells the shell.
//!
//! Every run is searched for the accounts' keys and for whole card numbers, whatever the test is about.

/// Asserts these members of a JSON document; `a/b` is the member `b` of the member `a`.
macro_rules! assert_has {
    ($document:expr, {$($members:tt)*}) => {
        crate::shop::has(&$document, serde_json::json!({$($members)*}))
    };
}

#[cfg(test)]
mod bad_input;
#[cfg(test)]
mod cardpay;
#[cfg(test)]
#[cfg(unix)]
mod completions;
#[cfg(test)]
mod configuration;
#[cfg(test)]
mod demo;
#[cfg(test)]
mod doctor;
#[cfg(test)]
mod documents;
#[cfg(test)]
mod every_command;
#[cfg(test)]
#[cfg(feature = "serve")]
mod examples;
#[cfg(test)]
mod exits;
#[cfg(test)]
mod explain;
#[cfg(test)]
mod given;
#[cfg(test)]
#[cfg(unix)]
mod guide;
#[cfg(test)]
mod help;
#[cfg(test)]
#[cfg(feature = "serve")]
mod leaks;
#[cfg(all(test, not(any(feature = "books", feature = "serve"))))]
mod left_out;
#[cfg(test)]
mod link;
#[cfg(test)]
mod manual;
#[cfg(test)]
mod output;
#[cfg(test)]
mod people;
#[cfg(test)]
mod persian;
#[cfg(test)]
mod pod;
#[cfg(test)]
mod programs;
#[cfg(test)]
mod sandbox;
#[cfg(test)]
#[cfg(feature = "serve")]
mod serve;
#[cfg(test)]
mod shop;
#[cfg(test)]
mod sizpay;
#[cfg(test)]
mod suggestions;
#[cfg(test)]
mod unknown;
#[cfg(test)]
mod version;
#[cfg(test)]
#[cfg(feature = "serve")]
mod wrong_use;
