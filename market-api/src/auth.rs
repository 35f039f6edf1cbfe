//! Who a caller is: one-time links, guests, and the tokens that both are exchanged for.
//!
//! A token is a JWT signed by the gateway (Ed25519). It travels as `Authorization: Bearer …`, or as `auth.token` of a
//! Socket.IO connection; never in a cookie, a path or a query.

use serde::{Deserialize, Serialize};

/// What a caller may do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// May read what is public, and trade.
    Trader,
    /// May steer the market, and read seed, state, journal and reference.
    Admin,
}

/// `POST /api/auth/link`: exchanges the token of a one-time link.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LinkExchange {
    /// The link's token, from its fragment.
    pub token: String,
}

/// The answer to [`LinkExchange`], and to `POST /api/auth/guest`.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Credentials {
    /// The JWT.
    pub token: String,
    /// What it allows.
    pub role: Role,
    /// Whom it names: the `actor` of what is done with it.
    pub subject: String,
    /// When it ends, Unix milliseconds.
    pub expires_at: i64,
}
