//! What the tests that cross crates share.

pub mod browser;
pub mod cardpay_shop;
pub mod chance;
pub mod flood;
pub mod impatience;
pub mod judgement;
pub mod page;
pub mod pod_shop;
pub mod postgres;
pub mod prompt;
pub mod providers;
pub mod sample;
pub mod sandbox_clock;
pub mod selling;
pub mod service;
pub mod shop;
pub mod sizpay_shop;
pub mod table;
pub mod tester;
