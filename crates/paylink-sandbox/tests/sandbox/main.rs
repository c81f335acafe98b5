//! The sandbox over the wire, spoken from the providers' documents alone.

#[cfg(test)]
mod api;
#[cfg(test)]
mod cardpay;
#[cfg(test)]
mod client;
#[cfg(test)]
mod dashboard;
#[cfg(test)]
mod pod;
#[cfg(test)]
mod record;
#[cfg(test)]
mod server;
#[cfg(test)]
mod sizpay;
#[cfg(test)]
mod webhooks;
#[cfg(test)]
mod zipay;
