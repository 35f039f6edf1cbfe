//! Which tokens are good: the gateway's own, and no other, however it is made.

use std::fs;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ed25519_dalek::{Signer as _, SigningKey};
use market_api::auth::Role;
use serde_json::{Value, json};
use svc_common::token::{LIFETIME, Signer, TokenError, Verifier};

fn now() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs()
}

fn claims() -> Value {
    json!({
        "iss": "algo-trading", "aud": "algo-trading", "sub": "admin", "role": "admin",
        "iat": now() - 100, "exp": now() + 60, "jti": "1",
    })
}

/// A token made by hand.
fn token(header: &Value, claims: &Value, sign: impl FnOnce(&[u8]) -> Vec<u8>) -> String {
    let part = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
    let message = format!("{}.{}", part(header), part(claims));
    let signature = URL_SAFE_NO_PAD.encode(sign(message.as_bytes()));
    format!("{message}.{signature}")
}

struct Keys {
    directory: tempfile::TempDir,
    signer: Signer,
    key: SigningKey,
}

impl Keys {
    fn new() -> Self {
        let directory = tempfile::tempdir().unwrap();
        let signer = Signer::open(directory.path()).unwrap();
        let seed = fs::read(directory.path().join("keys/token.key")).unwrap();
        Self { directory, signer, key: SigningKey::from_bytes(&seed.try_into().unwrap()) }
    }

    fn verify(&self, token: &str) -> Result<svc_common::token::Claims, TokenError> {
        Verifier::new(self.directory.path()).verify(token)
    }

    fn signed(&self, header: &Value, claims: &Value) -> String {
        token(header, claims, |message| self.key.sign(message).to_bytes().to_vec())
    }
}

fn eddsa() -> Value {
    json!({ "alg": "EdDSA", "typ": "JWT" })
}

#[test]
fn what_was_signed_is_what_is_read() {
    let keys = Keys::new();
    let made = keys.signer.sign("guest-1", Role::Trader, LIFETIME).unwrap();
    let read = keys.verify(&made.token).unwrap();
    assert_eq!((read.sub.as_str(), read.role), ("guest-1", Role::Trader));
    assert_eq!(read.exp - read.iat, 12 * 3600);
    let other = keys.signer.sign("guest-1", Role::Trader, LIFETIME).unwrap();
    assert_ne!(keys.verify(&other.token).unwrap().jti, read.jti);
    // The same by hand, so that what follows fails for its own reason alone.
    assert!(keys.verify(&keys.signed(&eddsa(), &claims())).is_ok());
}

#[test]
fn forgeries_are_refused() {
    let keys = Keys::new();
    let public = fs::read(keys.directory.path().join("keys/token.pub")).unwrap();
    let foreign = SigningKey::from_bytes(&[7; 32]);
    let forged = token(&eddsa(), &claims(), |message| foreign.sign(message).to_bytes().to_vec());
    assert_eq!(keys.verify(&forged), Err(TokenError::Signature));

    for algorithm in ["none", "None", "NONE", "HS256", "HS512", "RS256", "ES256", "eddsa", ""] {
        let header = json!({ "alg": algorithm, "typ": "JWT" });
        // Signed as the header says, with the one thing that everybody knows.
        let hmac = token(&header, &claims(), |message| hmac_sha256(&public, message));
        let right_signature = keys.signed(&header, &claims());
        let unsigned = token(&header, &claims(), |_| Vec::new());
        for token in [hmac, right_signature, unsigned] {
            let refused = keys.verify(&token).unwrap_err();
            assert!(matches!(refused, TokenError::Algorithm | TokenError::Malformed), "{algorithm}: {refused}");
        }
    }

    let good = keys.signed(&eddsa(), &claims());
    let mut parts: Vec<&str> = good.split('.').collect();
    let changed = URL_SAFE_NO_PAD.encode(claims().to_string().replace("admin", "other"));
    parts[1] = &changed;
    assert_eq!(keys.verify(&parts.join(".")), Err(TokenError::Signature));
    for end in 0..good.len() {
        assert!(keys.verify(&good[..end]).is_err(), "{end}");
    }
    for malformed in ["", ".", "..", "...", "a.b.c", &format!("{good}.x"), &format!("{good} "), &"x".repeat(5000)] {
        assert!(keys.verify(malformed).is_err(), "{malformed}");
    }
}

#[test]
fn claims_are_checked() {
    let keys = Keys::new();
    let with = |name: &str, value: Value| {
        let mut claims = claims();
        claims[name] = value;
        keys.verify(&keys.signed(&eddsa(), &claims)).map(|_| ())
    };
    let without = |name: &str| {
        let mut claims = claims();
        claims.as_object_mut().unwrap().remove(name);
        keys.verify(&keys.signed(&eddsa(), &claims)).map(|_| ())
    };
    assert_eq!(with("iss", json!("other")), Err(TokenError::Stranger));
    assert_eq!(with("aud", json!("other")), Err(TokenError::Stranger));
    assert_eq!(with("aud", json!(["algo-trading", "other"])), Err(TokenError::Malformed));
    assert_eq!(with("exp", json!(now() - 10)), Err(TokenError::Expired));
    assert_eq!(with("exp", json!(now() - 2)), Ok(()), "clocks may differ by a little");
    assert_eq!(with("iat", json!(now() + 60)), Err(TokenError::Future));
    assert_eq!(with("nbf", json!(now() + 60)), Err(TokenError::Future));
    assert_eq!(with("exp", json!(now() + LIFETIME.as_secs() + 60)), Err(TokenError::Malformed));
    assert_eq!(with("role", json!("root")), Err(TokenError::Malformed));
    for name in ["iss", "aud", "sub", "role", "iat", "exp", "jti"] {
        assert!(without(name).is_err(), "{name}");
    }
}

#[test]
fn an_expired_token_of_ours_is_expired() {
    let keys = Keys::new();
    let made = keys.signer.sign("admin", Role::Admin, Duration::ZERO).unwrap();
    assert!(keys.verify(&made.token).is_ok(), "within the leeway");
    let mut old = claims();
    old["iat"] = json!(now() - 3600);
    old["exp"] = json!(now() - 60);
    assert_eq!(keys.verify(&keys.signed(&eddsa(), &old)), Err(TokenError::Expired));
}

#[test]
fn nothing_of_a_token_is_printed() {
    let keys = Keys::new();
    let made = keys.signer.sign("admin-with-a-name", Role::Admin, LIFETIME).unwrap();
    let claims = keys.verify(&made.token).unwrap();
    let printed = format!("{claims:?} {:?} {:?}", keys.signer, Verifier::new(keys.directory.path()));
    assert!(!printed.contains("admin-with-a-name") && !printed.contains(&claims.jti), "{printed}");
    let printed = keys.verify(&made.token[..made.token.len() - 3]).unwrap_err().to_string();
    assert!(!printed.contains(&made.token[..20]), "{printed}");
}

/// HMAC of RFC 2104, so that no library has to offer what must be refused.
fn hmac_sha256(key: &[u8], message: &[u8]) -> Vec<u8> {
    use sha2::{Digest, Sha256};
    let pad = |with: u8| -> Vec<u8> {
        let mut block = [0; 64];
        block[..key.len()].copy_from_slice(key);
        block.iter().map(|byte| byte ^ with).collect()
    };
    let inner = Sha256::digest([pad(0x36), message.to_vec()].concat());
    Sha256::digest([pad(0x5c), inner.to_vec()].concat()).to_vec()
}
