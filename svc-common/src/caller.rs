//! Who calls: extractors that check the bearer's token.
//!
//! A token is read from `Authorization` alone. A query such as `?token=…` is never looked at: it would end in logs and
//! histories.

use axum::extract::{FromRef, FromRequestParts};
use axum::http::request::Parts;
use axum::http::{HeaderMap, header};
use market_api::auth::Role;

use crate::problem::ApiError;
use crate::token::{Claims, Verifier};

/// Whoever calls: the claims of a token, or nobody. A token that isn't good is 401, not nobody.
#[derive(Clone, Debug)]
pub struct Caller(pub Option<Claims>);

impl Caller {
    /// Whether it is an admin.
    pub fn is_admin(&self) -> bool {
        self.0.as_ref().is_some_and(|claims| claims.role == Role::Admin)
    }
}

/// An admin: no token, or one that isn't good, is 401, and another role is 403.
#[derive(Clone, Debug)]
pub struct Admin(pub Claims);

impl<S: Send + Sync> FromRequestParts<S> for Caller
where
    Verifier: FromRef<S>,
{
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, ApiError> {
        let Some(token) = bearer(&parts.headers)? else { return Ok(Self(None)) };
        let claims = Verifier::from_ref(state).verify(token);
        claims.map(|claims| Self(Some(claims))).map_err(|error| ApiError::unauthorized(error.to_string()))
    }
}

impl<S: Send + Sync> FromRequestParts<S> for Admin
where
    Verifier: FromRef<S>,
{
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, ApiError> {
        match Caller::from_request_parts(parts, state).await?.0 {
            None => Err(ApiError::unauthorized("this takes an admin's token: Authorization: Bearer …")),
            Some(claims) if claims.role == Role::Admin => Ok(Self(claims)),
            Some(_) => Err(ApiError::forbidden("this takes the role admin")),
        }
    }
}

/// The token of the one `Authorization` header, if there is one.
fn bearer(headers: &HeaderMap) -> Result<Option<&str>, ApiError> {
    let mut values = headers.get_all(header::AUTHORIZATION).iter();
    let Some(value) = values.next() else { return Ok(None) };
    if values.next().is_some() {
        return Err(ApiError::unauthorized("there is more than one Authorization header"));
    }
    let token = value.to_str().ok().and_then(|text| text.split_once(' ')).and_then(|(scheme, token)| {
        let token = token.trim_start_matches(' ');
        (scheme.eq_ignore_ascii_case("bearer") && !token.is_empty()).then_some(token)
    });
    token.map(Some).ok_or_else(|| ApiError::unauthorized("Authorization must be Bearer and a token"))
}
