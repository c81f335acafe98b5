//! The service, as shops, payers and attackers meet it.

mod api;
mod attacks;
mod clients;
mod described;
mod events;
mod leaks;
