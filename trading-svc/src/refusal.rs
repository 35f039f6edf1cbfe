//! Why something wasn't done. Nothing has changed then.

use svc_common::problem::ApiError;
use trading_core::desk::DeskError;
use trading_core::order::Rejection;

use crate::wire::Fault;

/// Why.
#[derive(Clone, Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Refusal {
    /// The exchange refuses it.
    #[error(transparent)]
    Desk(#[from] DeskError),
    /// A field means nothing.
    #[error("{}", .0.detail)]
    Fault(Fault),
    /// Another instrument.
    #[error("instrument = {0:?} is not traded here")]
    Instrument(String),
    /// A number that is no strategy of the trader's.
    #[error("strategy {0} is not known")]
    UnknownRun(u64),
    /// Nearly as many strategies run as may.
    #[error("so many strategies run that nobody may start a second one now")]
    Crowded,
    /// The key names another request.
    #[error("Idempotency-Key was used for another request")]
    KeyTaken,
    /// The market's prices don't come.
    #[error("the market can't be followed now: {0}")]
    NotLive(String),
    /// There is no market yet.
    #[error("the market's session is not known yet")]
    NoSession,
    /// The log has as many lines as it may.
    #[error("the trading log of this session is full")]
    LogFull,
    /// The ledger can't be written.
    #[error("the ledger can't be written: {0}")]
    Disk(String),
    /// Too much is waiting.
    #[error("busy: {0} requests are waiting")]
    Busy(usize),
    /// The exchange has ended.
    #[error("the exchange has stopped")]
    Stopped,
}

impl From<Fault> for Refusal {
    fn from(fault: Fault) -> Self {
        Self::Fault(fault)
    }
}

/// The field that an exchange's refusal is about.
fn pointer(error: &DeskError) -> Option<&'static str> {
    let DeskError::Rejected(rejection) = error else {
        return match error {
            DeskError::LossLimit(_) => Some("/loss_limit"),
            DeskError::Parameter(trading_core::strategy::ParameterError::UnknownStrategy(_)) => Some("/strategy"),
            DeskError::Parameter(_) => Some("/values"),
            DeskError::Terms(trading_core::account::TermsError::Initial(_)) => Some("/initial"),
            DeskError::Terms(trading_core::account::TermsError::Leverage(_)) => Some("/leverage"),
            _ => None,
        };
    };
    match rejection {
        Rejection::QuantityNotPositive | Rejection::QuantityTooLarge | Rejection::WrongLotSize => Some("/quantity"),
        Rejection::PriceNotPositive | Rejection::PriceTooLarge | Rejection::WrongTickSize => Some("/price"),
        Rejection::BadClientId | Rejection::ClientIdTaken => Some("/client_id"),
        Rejection::PostOnlyNeedsLimit => Some("/post_only"),
        Rejection::WaitsForTrigger => Some("/time_in_force"),
        Rejection::AlreadyExpired => Some("/expires_tick"),
        _ => None,
    }
}

impl From<Refusal> for ApiError {
    fn from(refusal: Refusal) -> Self {
        use axum::http::StatusCode;
        let detail = refusal.to_string();
        match refusal {
            Refusal::Desk(error) => {
                let status = match &error {
                    DeskError::Rejected(Rejection::UnknownOrder) | DeskError::UnknownRun(_) => StatusCode::NOT_FOUND,
                    DeskError::Rejected(Rejection::ClientIdTaken) | DeskError::RunHasStopped(_) => StatusCode::CONFLICT,
                    _ => StatusCode::UNPROCESSABLE_ENTITY,
                };
                let refused = Self::new(&error.code().replace('_', "-"), "Refused", status, detail.clone());
                match pointer(&error) {
                    Some(pointer) => refused.with_fault(pointer, detail),
                    None => refused,
                }
            }
            Refusal::Fault(fault) => Self::out_of_domain(detail).with_fault(fault.pointer, fault.detail),
            Refusal::Instrument(_) => {
                let status = StatusCode::UNPROCESSABLE_ENTITY;
                let refused = Self::new("unknown-instrument", "Unknown instrument", status, detail.clone());
                refused.with_fault("/instrument", detail)
            }
            Refusal::UnknownRun(_) => Self::not_found(detail),
            Refusal::KeyTaken => Self::conflict(detail),
            Refusal::NotLive(_) | Refusal::NoSession | Refusal::Disk(_) | Refusal::Busy(_) | Refusal::Crowded => {
                Self::busy(detail)
            }
            Refusal::LogFull | Refusal::Stopped => Self::stopped(detail),
        }
    }
}
