//! How often one address may sign in.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

/// Requests at once.
const BURST: u32 = 20;
/// A further one every second.
const REFILL: Duration = Duration::from_secs(1);
/// Addresses that are remembered; beyond it, the one that asked longest ago is forgotten.
const MAX_ADDRESSES: usize = 4096;

/// A bucket of tokens for each address. It keeps one time each: when the bucket will be full again.
#[derive(Debug, Default)]
pub(crate) struct Buckets(Mutex<HashMap<IpAddr, Instant>>);

impl Buckets {
    /// Takes a token; or says after how many seconds there will be one.
    pub(crate) fn take(&self, address: IpAddr) -> Result<(), u32> {
        self.take_at(address, Instant::now())
    }

    fn take_at(&self, address: IpAddr, now: Instant) -> Result<(), u32> {
        let mut buckets = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let address = group(address);
        if !buckets.contains_key(&address) && buckets.len() >= MAX_ADDRESSES {
            buckets.retain(|_, full| *full > now);
            if buckets.len() >= MAX_ADDRESSES
                && let Some(oldest) = buckets.iter().min_by_key(|(_, full)| **full).map(|(address, _)| *address)
            {
                buckets.remove(&oldest);
            }
        }
        let full = buckets.entry(address).or_insert(now);
        let next = (*full).max(now) + REFILL;
        let over = next.saturating_duration_since(now + REFILL * BURST);
        if over.is_zero() {
            *full = next;
            Ok(())
        } else {
            Err(u32::try_from(over.as_millis().div_ceil(1000)).unwrap_or(u32::MAX))
        }
    }
}

/// Whoever has one IPv6 address has its whole /64.
fn group(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V6(v6) => IpAddr::V6((v6.to_bits() & !u128::from(u64::MAX)).into()),
        v4 @ IpAddr::V4(_) => v4,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_burst_and_then_one_a_second() {
        let (buckets, now) = (Buckets::default(), Instant::now());
        let [one, two] = ["::1", "127.0.0.1"].map(|ip| ip.parse().unwrap());
        for _ in 0..BURST {
            assert_eq!(buckets.take_at(one, now), Ok(()));
        }
        assert_eq!(buckets.take_at(one, now), Err(1));
        assert_eq!(buckets.take_at("::2".parse().unwrap(), now), Err(1), "the same /64");
        assert_eq!(buckets.take_at(two, now), Ok(()));
        assert_eq!(buckets.take_at(one, now + REFILL), Ok(()));
        assert_eq!(buckets.take_at(one, now + REFILL), Err(1));
    }

    #[test]
    fn memory_is_bounded() {
        let (buckets, now) = (Buckets::default(), Instant::now());
        for address in (0_u32..).take(2 * MAX_ADDRESSES) {
            buckets.take_at(IpAddr::V4(address.into()), now).unwrap();
        }
        assert_eq!(buckets.0.lock().unwrap().len(), MAX_ADDRESSES);
    }
}
