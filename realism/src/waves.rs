use std::ops::ControlFlow;

use rayon::prelude::*;

/// Works between two calls of the callback.
const WAVE: u64 = 64;

/// The callback had enough.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Interrupted;

/// Works 0 to `count` on all threads, in order, up to the wave with the first that fails; the callback is told between waves how
/// many are done.
pub(crate) fn in_waves<T: Send, E: Send + From<Interrupted>>(
    count: u64,
    work: impl Fn(u64) -> Result<T, E> + Sync,
    mut progress: impl FnMut(u64) -> ControlFlow<()>,
) -> Result<Vec<T>, E> {
    let mut results = Vec::new();
    let mut done = 0;
    while done < count {
        let end = (done + WAVE).min(count);
        let wave: Vec<Result<T, E>> = (done..end).into_par_iter().map(&work).collect();
        // The first that fails, on any number of threads.
        for result in wave {
            results.push(result?);
        }
        done = end;
        if progress(done).is_break() {
            return Err(Interrupted.into());
        }
    }
    Ok(results)
}
