//! Faults by name: each gives the [`Behaviour`](crate::Behaviour) of one connection.
//!
//! The number in parentheses is the row of the fault table that [`catalogue`](crate::catalogue()) explains. A port which
//! refuses, or which does not answer, is no behaviour of a connection:
//! see [`FaultServer::refusing`](crate::FaultServer::refusing) and
//! [`FaultServer::unresponsive`](crate::FaultServer::unresponsive).

mod content;
mod early;
mod framing;
mod handshake;
mod healthy;
mod no_http;
mod request;
mod reuse;
mod slow;

pub use content::{
    empty_body, endless_body, foreign_status, gzip_bomb, html_page, oversized_body, redirect,
    retry_after, retry_after_date, wrong_content_type,
};
pub use early::{answer_before_reading, answer_before_request, banner};
pub use framing::{
    close_in_head, cut_by_length, cut_in_chunks, cut_without_length, length_too_short, two_lengths,
};
pub use handshake::{
    certificate, close_in_handshake, close_on_accept, garbage_for_tls, http_for_tls,
    reset_in_handshake, reset_on_accept, stall_in_handshake,
};
pub use healthy::{answer, answer_and_close, answer_in_chunks};
pub use no_http::{endless_headers, endless_informational, garbage, huge_head};
pub use request::{
    close_after_request, close_before_reading, close_in_upload, reads_nothing, reset_after_request,
    reset_before_reading, reset_in_upload, stall_after_request,
};
pub use reuse::{close_when_idle, late_spare_answer, reset_on_second_request, spare_answer};
pub use slow::{answer_after, drip_head, stall_in_body, stall_in_head};
