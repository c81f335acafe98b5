//! The catalogue of codes: complete, plain to people in two languages, and the one that the docs show.

mod documented;
mod page;
mod texts;

use paylink::catalogue;
