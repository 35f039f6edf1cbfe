//! How often one address may sign in.

use std::net::IpAddr;
use std::time::Duration;

use svc_common::buckets::Buckets;

/// Requests at once.
const BURST: u32 = 20;
/// A further one every second.
const REFILL: Duration = Duration::from_secs(1);

/// Buckets by address.
#[derive(Debug)]
pub(crate) struct SignIns(Buckets<IpAddr>);

impl Default for SignIns {
    fn default() -> Self {
        Self(Buckets::new(BURST, REFILL))
    }
}

impl SignIns {
    /// Takes a token; or says after how many seconds there will be one.
    pub(crate) fn take(&self, address: IpAddr) -> Result<(), u32> {
        self.0.take(group(address))
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
    fn a_network_of_ipv6_is_one_address() {
        let sign_ins = SignIns::default();
        for _ in 0..BURST {
            assert_eq!(sign_ins.take("::1".parse().unwrap()), Ok(()));
        }
        assert_eq!(sign_ins.take("::2".parse().unwrap()), Err(1), "the same /64");
        assert_eq!(sign_ins.take("127.0.0.1".parse().unwrap()), Ok(()));
    }
}
