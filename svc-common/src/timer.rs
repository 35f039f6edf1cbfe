//! A wait that can be broken off.

use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use tokio::time::{Instant, Sleep, sleep};

/// A deadline that is set when a wait begins and dropped when it ends; nothing is allocated until the first wait.
#[derive(Debug, Default)]
pub struct Timer {
    sleep: Option<Pin<Box<Sleep>>>,
    is_set: bool,
}

impl Timer {
    /// Ready once the wait has lasted so long; the first call of a wait sets its end.
    pub fn poll_over(&mut self, cx: &mut Context<'_>, after: Duration) -> Poll<()> {
        let sleep = match &mut self.sleep {
            Some(timer) => {
                if !self.is_set {
                    timer.as_mut().reset(Instant::now() + after);
                }
                timer
            }
            none => none.insert(Box::pin(sleep(after))),
        };
        self.is_set = true;
        sleep.as_mut().poll(cx)
    }

    /// The wait is over: the next one begins anew.
    pub fn clear(&mut self) {
        self.is_set = false;
    }
}
