//! Sign-in: what a one-time link, or nothing at all, is exchanged for.

use std::net::{IpAddr, Ipv4Addr};
use std::sync::Arc;

use axum::extract::{FromRequest, Request, State};
use axum::{Extension, Json};
use market_api::auth::{Credentials, LinkExchange, Role};
use svc_common::body::Body;
use svc_common::problem::ApiError;
use svc_common::serve::Peer;
use svc_common::token::{GUEST, LIFETIME};
use svc_common::{links, random};

use crate::service::Gateway;

/// Whom an admin's token names.
const ADMIN: &str = "admin";

type Answer = Result<Json<Credentials>, ApiError>;

/// `POST /api/auth/link`
pub(crate) async fn link(
    State(gateway): State<Arc<Gateway>>,
    peer: Option<Extension<Peer>>,
    request: Request,
) -> Answer {
    admit(&gateway, peer)?;
    let Body(LinkExchange { token }): Body<LinkExchange> = Body::from_request(request, &()).await?;
    links::redeem(&gateway.config.data_directory, &token).map_err(|error| ApiError::unauthorized(error.to_string()))?;
    sign(&gateway, ADMIN, Role::Admin)
}

/// `POST /api/auth/guest`
pub(crate) async fn guest(State(gateway): State<Arc<Gateway>>, peer: Option<Extension<Peer>>) -> Answer {
    admit(&gateway, peer)?;
    let name = random::hex::<8>().map_err(|error| internal(&error))?;
    sign(&gateway, &format!("{GUEST}{name}"), Role::Trader)
}

/// Refuses an address that asks too often.
fn admit(gateway: &Gateway, peer: Option<Extension<Peer>>) -> Result<(), ApiError> {
    let address = peer.map_or(IpAddr::V4(Ipv4Addr::UNSPECIFIED), |Extension(Peer(address))| address.ip());
    let taken = gateway.sign_ins.take(address);
    taken.map_err(|seconds| ApiError::too_many("too many attempts to sign in from this address", seconds))
}

fn sign(gateway: &Gateway, subject: &str, role: Role) -> Answer {
    gateway.signer.sign(subject, role, LIFETIME).map(Json).map_err(|error| internal(&error))
}

fn internal(error: &std::io::Error) -> ApiError {
    tracing::error!(%error, "no token could be made");
    ApiError::internal()
}
