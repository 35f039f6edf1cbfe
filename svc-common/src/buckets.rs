//! How often one of many may ask.

use std::collections::HashMap;
use std::hash::Hash;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

/// Askers that are remembered; beyond it, the one that asked longest ago is forgotten.
pub const MAX_ASKERS: usize = 4096;

/// A bucket of tokens for each asker. It keeps one time each: when the bucket will be full again.
#[derive(Debug)]
pub struct Buckets<K> {
    burst: u32,
    refill: Duration,
    full: Mutex<HashMap<K, Instant>>,
}

impl<K: Eq + Hash + Clone> Buckets<K> {
    /// So many requests at once, and a further one each time that passes.
    pub fn new(burst: u32, refill: Duration) -> Self {
        Self { burst, refill, full: Mutex::default() }
    }

    /// Takes a token.
    ///
    /// # Errors
    /// After how many seconds there will be one.
    pub fn take(&self, asker: K) -> Result<(), u32> {
        self.take_at(asker, Instant::now())
    }

    fn take_at(&self, asker: K, now: Instant) -> Result<(), u32> {
        let mut buckets = self.full.lock().unwrap_or_else(PoisonError::into_inner);
        if !buckets.contains_key(&asker) && buckets.len() >= MAX_ASKERS {
            buckets.retain(|_, full| *full > now);
            if buckets.len() >= MAX_ASKERS
                && let Some(oldest) = buckets.iter().min_by_key(|(_, full)| **full).map(|(asker, _)| asker.clone())
            {
                buckets.remove(&oldest);
            }
        }
        let full = buckets.entry(asker).or_insert(now);
        let next = (*full).max(now) + self.refill;
        let over = next.saturating_duration_since(now + self.refill * self.burst);
        if over.is_zero() {
            *full = next;
            Ok(())
        } else {
            Err(u32::try_from(over.as_millis().div_ceil(1000)).unwrap_or(u32::MAX))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_burst_and_then_one_each_time() {
        let refill = Duration::from_secs(1);
        let (buckets, now) = (Buckets::new(20, refill), Instant::now());
        for _ in 0..20 {
            assert_eq!(buckets.take_at("one", now), Ok(()));
        }
        assert_eq!(buckets.take_at("one", now), Err(1));
        assert_eq!(buckets.take_at("two", now), Ok(()));
        assert_eq!(buckets.take_at("one", now + refill), Ok(()));
        assert_eq!(buckets.take_at("one", now + refill), Err(1));
    }

    #[test]
    fn memory_is_bounded() {
        let (buckets, now) = (Buckets::new(20, Duration::from_secs(1)), Instant::now());
        for asker in 0..2 * MAX_ASKERS {
            buckets.take_at(asker, now).unwrap();
        }
        assert_eq!(buckets.full.lock().unwrap().len(), MAX_ASKERS);
    }
}
