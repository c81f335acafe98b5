//! POD against the sandbox: what is paid is settled once, what is unknown is found out, and no return is believed.

mod forged;
mod three_steps;
mod unknown;
