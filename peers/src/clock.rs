//! Time spent by one thread, whatever else the machine does meanwhile.

use rustix::time::{ClockId, clock_gettime};

/// Processor seconds of the calling thread.
#[allow(clippy::cast_precision_loss, reason = "less than 2^53 nanoseconds")]
pub(crate) fn thread_seconds() -> f64 {
    let time = clock_gettime(ClockId::ThreadCPUTime);
    time.tv_sec as f64 + time.tv_nsec as f64 * 1e-9
}

/// Processor seconds that `work` takes on this thread.
pub(crate) fn timed(work: impl FnOnce() -> f64) -> f64 {
    let began = thread_seconds();
    std::hint::black_box(work());
    thread_seconds() - began
}
