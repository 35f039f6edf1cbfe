use std::ops::ControlFlow;

use rayon::prelude::*;

/// Works between two calls of the callback.
const WAVE: u64 = 64;

/// The callback had enough.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Interrupted;

/// Works 0 to `count` on all threads, in order; the callback is told between waves how many are done.
pub(crate) fn in_waves<T: Send>(
    count: u64,
    work: impl Fn(u64) -> T + Sync,
    mut progress: impl FnMut(u64) -> ControlFlow<()>,
) -> Result<Vec<T>, Interrupted> {
    let mut results = Vec::new();
    let mut done = 0;
    while done < count {
        let end = (done + WAVE).min(count);
        results.par_extend((done..end).into_par_iter().map(&work));
        done = end;
        if progress(done).is_break() {
            return Err(Interrupted);
        }
    }
    Ok(results)
}
