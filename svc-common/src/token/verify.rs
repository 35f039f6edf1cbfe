//! Checking tokens: every service does, so going round the gateway gains nothing.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use jsonwebtoken::errors::ErrorKind;
use jsonwebtoken::{Algorithm, DecodingKey, Validation, get_current_timestamp};

use super::{AUDIENCE, Claims, ISSUER, LEEWAY_S, LIFETIME, MAX_TOKEN_BYTES, TokenError, eddsa, keys};

/// Who checks tokens; cheap to clone.
///
/// It reads the public key whenever it is asked: services start in any order, so the key may come after them, and be
/// replaced under them. It is a file of 32 bytes, and costs less than the signature.
#[derive(Clone, Debug)]
pub struct Verifier(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    path: PathBuf,
    validation: Validation,
}

impl Verifier {
    /// One that checks with the public key of a data directory.
    pub fn new(data_directory: &Path) -> Self {
        eddsa::install();
        let mut validation = Validation::new(Algorithm::EdDSA);
        validation.leeway = LEEWAY_S;
        validation.validate_nbf = true;
        validation.set_issuer(&[ISSUER]);
        validation.set_audience(&[AUDIENCE]);
        validation.set_required_spec_claims(&["exp", "iss", "aud", "sub"]);
        Self(Arc::new(Inner { path: keys::public_path(data_directory), validation }))
    }

    /// What a token says, if it is good.
    ///
    /// # Errors
    /// [`TokenError`], by the rule it breaks.
    pub fn verify(&self, token: &str) -> Result<Claims, TokenError> {
        if token.len() > MAX_TOKEN_BYTES {
            return Err(TokenError::Malformed);
        }
        let key = keys::read_public(&self.0.path).map_err(|_| TokenError::NoKey)?;
        let key = DecodingKey::from_ed_der(&key);
        let claims =
            jsonwebtoken::decode::<Claims>(token, &key, &self.0.validation).map_err(|error| translate(&error))?.claims;
        // The library checks neither: ours never last longer, and none was made tomorrow.
        if claims.iat > get_current_timestamp().saturating_add(LEEWAY_S) {
            return Err(TokenError::Future);
        }
        if claims.exp.checked_sub(claims.iat).is_none_or(|lifetime| lifetime > LIFETIME.as_secs()) {
            return Err(TokenError::Malformed);
        }
        Ok(claims)
    }
}

fn translate(error: &jsonwebtoken::errors::Error) -> TokenError {
    match error.kind() {
        ErrorKind::InvalidAlgorithm | ErrorKind::InvalidAlgorithmName => TokenError::Algorithm,
        ErrorKind::InvalidSignature => TokenError::Signature,
        ErrorKind::ExpiredSignature => TokenError::Expired,
        ErrorKind::ImmatureSignature => TokenError::Future,
        ErrorKind::InvalidIssuer | ErrorKind::InvalidAudience => TokenError::Stranger,
        ErrorKind::InvalidEddsaKey => TokenError::NoKey,
        _ => TokenError::Malformed,
    }
}
