//! What the two ends of a connection tell each other: the one that reads its bytes, and the one that answers its
//! requests. Both count requests, and HTTP/1.1 keeps their order.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::task::Waker;

use axum::body::Body;
use axum::http::{Response, StatusCode};
use axum::response::IntoResponse;

use crate::problem::ApiError;

/// One connection's state.
#[derive(Debug, Default)]
pub(super) struct Line(Mutex<Inner>);

#[derive(Debug, Default)]
struct Inner {
    /// Requests that have begun to be answered.
    begun: u64,
    /// The request that asked for another protocol, and what it was told: `true` for the new protocol.
    upgrade: Option<(u64, Option<bool>)>,
    /// The reader that waits for it.
    waker: Option<Waker>,
    /// The request that stands for what could not be read.
    refusal: Option<(u64, ApiError)>,
}

impl Line {
    fn lock(&self) -> MutexGuard<'_, Inner> {
        // Nothing is left half done by a panic between two assignments.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Reading: request `number` asks for another protocol, and what follows waits for the answer.
    pub(super) fn ask(&self, number: u64) {
        self.lock().upgrade = Some((number, None));
    }

    /// Reading: what the last such request was told, if it was told anything; else the reader will be woken.
    pub(super) fn told(&self, waker: &Waker) -> Option<bool> {
        let mut inner = self.lock();
        let told = inner.upgrade.and_then(|(_, told)| told);
        if told.is_none() {
            inner.waker = Some(waker.clone());
        }
        told
    }

    /// Reading: request `number` is none; this is its answer.
    pub(super) fn refuse(&self, number: u64, refusal: ApiError) {
        self.lock().refusal = Some((number, refusal));
    }

    /// Answering: a request's number.
    pub(super) fn begin(&self) -> u64 {
        let mut inner = self.lock();
        inner.begun += 1;
        inner.begun - 1
    }

    /// Answering: the refusal that a request stands for.
    pub(super) fn refusal(&self, number: u64) -> Option<ApiError> {
        let mut inner = self.lock();
        if inner.refusal.as_ref().is_some_and(|(refused, _)| *refused == number) {
            inner.refusal.take().map(|(_, refusal)| refusal)
        } else {
            None
        }
    }

    /// Answering: the request was answered. Another protocol can only be entered if it was asked for.
    pub(super) fn end(&self, number: u64, response: Response<Body>) -> Response<Body> {
        let switches = response.status() == StatusCode::SWITCHING_PROTOCOLS;
        let mut inner = self.lock();
        match &mut inner.upgrade {
            Some((asked, told)) if *asked == number => *told = Some(switches),
            _ if switches => {
                tracing::error!("a handler switched protocols without being asked");
                return ApiError::internal().into_response();
            }
            _ => return response,
        }
        if let Some(waker) = inner.waker.take() {
            waker.wake();
        }
        response
    }
}
