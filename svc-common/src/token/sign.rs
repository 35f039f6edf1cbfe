//! Making tokens: the gateway alone does.

use std::fmt;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use jsonwebtoken::{Algorithm, EncodingKey, Header, get_current_timestamp};
use market_api::auth::{Credentials, Role};

use super::{AUDIENCE, Claims, ISSUER, KeyError, eddsa, keys};
use crate::random;

/// Who makes tokens; cheap to clone.
#[derive(Clone)]
pub struct Signer(Arc<EncodingKey>);

impl Signer {
    /// Opens the key pair of a data directory, and makes it if there is none.
    ///
    /// # Errors
    /// [`KeyError`] for a file that can't be used, or a private key that others can read.
    pub fn open(data_directory: &Path) -> Result<Self, KeyError> {
        eddsa::install();
        Ok(Self(Arc::new(EncodingKey::from_ed_der(keys::open(data_directory)?.as_bytes()))))
    }

    /// A token for somebody.
    ///
    /// # Errors
    /// If the operating system gives no random id.
    pub fn sign(&self, subject: &str, role: Role, lifetime: Duration) -> std::io::Result<Credentials> {
        let iat = get_current_timestamp();
        let claims = Claims {
            iss: ISSUER.into(),
            aud: AUDIENCE.into(),
            sub: subject.into(),
            role,
            iat,
            exp: iat.saturating_add(lifetime.as_secs()),
            jti: random::hex::<16>()?,
        };
        let token = jsonwebtoken::encode(&Header::new(Algorithm::EdDSA), &claims, &self.0);
        let token = token.map_err(|error| std::io::Error::other(error.to_string()))?;
        let expires_at = i64::try_from(claims.exp.saturating_mul(1000)).unwrap_or(i64::MAX);
        Ok(Credentials { token, role, subject: claims.sub, expires_at })
    }
}

impl fmt::Debug for Signer {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Signer").finish_non_exhaustive()
    }
}
