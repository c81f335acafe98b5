//! The example shop in Chromium, as its buyers meet it: on a desktop and on a phone.

mod buying;
mod customer;
mod late;
