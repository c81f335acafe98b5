#![no_main]

paylink_fuzz::target!(paylink_fuzz::paylink_fuzzing::SANDBOX);
