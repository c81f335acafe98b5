//! The sandboxed SizPay over its own wire protocols, spoken from the contract alone.

#[cfg(test)]
mod admin;
#[cfg(test)]
#[path = "../support/client.rs"]
mod client;
#[cfg(test)]
mod disable;
#[cfg(test)]
mod envelope;
#[cfg(test)]
mod faults;
#[cfg(test)]
mod journal;
#[cfg(test)]
mod page;
#[cfg(test)]
mod resend;
#[cfg(test)]
mod rest;
#[cfg(test)]
mod script;
#[cfg(test)]
mod send;
#[cfg(test)]
mod shapes;
#[cfg(test)]
mod shop;
#[cfg(test)]
mod soap;
#[cfg(test)]
mod soap_faults;
#[cfg(test)]
mod status;
#[cfg(test)]
mod wsdl;
