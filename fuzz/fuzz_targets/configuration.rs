#![no_main]

paylink_fuzz::target!("configuration");
