//! Dates and times of the Jalali calendar, and what the clock shows in Tehran.

mod date;
mod date_time;
mod tehran;

#[cfg(test)]
mod tests;

pub use date::JalaliDate;
pub use date_time::JalaliDateTime;
