//! Tokens: JWTs that the gateway signs with Ed25519 and every service checks for itself.
//!
//! The private key lies in the data directory, and only who can read it can make a token; the public key lies beside
//! it for everyone else. Nothing here prints a token, a key or whom a token names.

mod eddsa;
mod keys;
mod sign;
mod verify;

use std::fmt;
use std::time::Duration;

use market_api::auth::Role;
use serde::{Deserialize, Serialize};

pub use keys::KeyError;
pub(crate) use keys::private_directory;
pub use sign::Signer;
pub use verify::Verifier;

/// Who issues tokens.
pub const ISSUER: &str = "algo-trading";
/// For whom they are.
pub const AUDIENCE: &str = "algo-trading";
/// How long one lasts, 12 hours.
pub const LIFETIME: Duration = Duration::from_hours(12);
/// What a guest's name begins with; the rest of it is random, so that nobody is the same guest twice.
pub const GUEST: &str = "guest-";
/// How far two clocks may differ, seconds.
pub const LEEWAY_S: u64 = 5;
/// The longest token that is looked at.
pub const MAX_TOKEN_BYTES: usize = 4096;

/// What a token says.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Claims {
    /// [`ISSUER`].
    pub iss: String,
    /// [`AUDIENCE`].
    pub aud: String,
    /// Whom it names: the `actor` of what is done with it.
    pub sub: String,
    /// What it allows.
    pub role: Role,
    /// When it was made, Unix seconds.
    pub iat: u64,
    /// When it ends, Unix seconds.
    pub exp: u64,
    /// Its own id.
    pub jti: String,
}

impl fmt::Debug for Claims {
    /// The role alone: claims are personal, and debug output ends in logs.
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Claims").field("role", &self.role).finish_non_exhaustive()
    }
}

/// Why a token isn't good. It never says what was in it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum TokenError {
    /// It isn't a JWT of ours, or says what ours never say.
    #[error("the token is malformed")]
    Malformed,
    /// It claims to be signed by another algorithm.
    #[error("the token is not signed with EdDSA")]
    Algorithm,
    /// Another key signed it, or it was changed.
    #[error("the token's signature is not ours")]
    Signature,
    /// Its time is over.
    #[error("the token has expired")]
    Expired,
    /// Its time hasn't come: a clock is wrong.
    #[error("the token is from the future")]
    Future,
    /// It is for another system.
    #[error("the token is from another issuer, or for another audience")]
    Stranger,
    /// There is no public key to check it with: no gateway has started on this data directory.
    #[error("no token can be checked: the gateway has not made its key yet")]
    NoKey,
}
