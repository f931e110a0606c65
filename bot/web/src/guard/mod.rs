//! What every request passes: time and size limits, security headers, the
//! same-origin rule, the rate limit, and who is signed in.

mod body;
mod client;
mod headers;
mod rate_limit;
mod same_origin;
mod signed_in;

pub(crate) use body::{FormBody, JsonBody, QueryOf, raw};
pub(crate) use client::{ClientAddress, is_direct_loopback};
pub(crate) use headers::{cookie, expired_cookie, header_text, secure, timed};
pub(crate) use rate_limit::RateLimit;
pub(crate) use same_origin::same_origin;
pub(crate) use signed_in::{
    Admin, Manager, Operator, Owner, Person, SESSION_COOKIE, admin_user, has_api_token,
};
