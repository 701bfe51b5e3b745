//! How much one address may take: connections at once, and requests per second.

use std::{
    collections::HashMap,
    net::{IpAddr, Ipv6Addr},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Instant,
};

/// Addresses remembered before those with a full allowance are forgotten.
const ADDRESSES: usize = 10_000;

/// What counts as one address: an IPv6 client has a whole /64 to choose from.
pub(super) fn household(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V6(address) => {
            let [a, b, c, d, ..] = address.segments();
            IpAddr::V6(Ipv6Addr::new(a, b, c, d, 0, 0, 0, 0))
        }
        address @ IpAddr::V4(_) => address,
    }
}

/// Connections at once, by address.
#[derive(Clone, Default)]
pub(super) struct Census {
    counts: Arc<Mutex<HashMap<IpAddr, usize>>>,
}

impl Census {
    /// Counts a connection until the place is dropped; `None` if the address has as many as it may.
    pub(super) fn admit(&self, address: IpAddr, most: usize) -> Option<Place> {
        let mut counts = lock(&self.counts);
        let count = counts.entry(address).or_default();
        if *count >= most {
            return None;
        }
        *count += 1;
        Some(Place { census: self.clone(), address })
    }
}

/// A counted connection.
pub(super) struct Place {
    census: Census,
    address: IpAddr,
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut counts = lock(&self.census.counts);
        if let Some(count) = counts.get_mut(&self.address) {
            *count -= 1;
            if *count == 0 {
                counts.remove(&self.address);
            }
        }
    }
}

/// Requests per second, by address: a bucket that holds a second's worth and fills as quickly.
pub(super) struct Allowance {
    per_s: f64,
    buckets: Mutex<HashMap<IpAddr, Bucket>>,
}

struct Bucket {
    left: f64,
    at: Instant,
}

impl Allowance {
    /// `None` if there is no limit.
    pub(super) fn new(requests_per_s: u32) -> Option<Self> {
        (requests_per_s > 0).then(|| Self { per_s: f64::from(requests_per_s), buckets: Mutex::default() })
    }

    /// Takes one request of the address; false if there is none left.
    pub(super) fn take(&self, address: IpAddr, now: Instant) -> bool {
        let mut buckets = lock(&self.buckets);
        if buckets.len() >= ADDRESSES {
            buckets.retain(|_, bucket| bucket.filled(self.per_s, now) < self.per_s);
        }
        let bucket = buckets.entry(household(address)).or_insert(Bucket { left: self.per_s, at: now });
        bucket.left = bucket.filled(self.per_s, now);
        bucket.at = now;
        if bucket.left < 1.0 {
            return false;
        }
        bucket.left -= 1.0;
        true
    }
}

impl Bucket {
    fn filled(&self, per_s: f64, now: Instant) -> f64 {
        (self.left + now.saturating_duration_since(self.at).as_secs_f64() * per_s).min(per_s)
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    fn a_second_s_worth_is_saved_up_and_no_more() {
        let allowance = Allowance::new(2).expect("a limit");
        let (address, start) = (IpAddr::from([192, 0, 2, 1]), Instant::now());
        let taken = |at| (0..10).filter(|_| allowance.take(address, at)).count();
        assert_eq!(taken(start), 2);
        assert_eq!(taken(start + Duration::from_millis(500)), 1);
        assert_eq!(taken(start + Duration::from_secs(60)), 2);
        assert!(allowance.take(IpAddr::from([192, 0, 2, 2]), start), "each address has its own");
    }

    #[test]
    fn a_place_is_free_again_when_its_connection_ends() {
        let (census, address) = (Census::default(), IpAddr::from([192, 0, 2, 1]));
        let first = census.admit(address, 1);
        assert!(first.is_some() && census.admit(address, 1).is_none());
        drop(first);
        assert!(census.admit(address, 1).is_some());
        let (one, other): (IpAddr, IpAddr) =
            ("2001:db8::1".parse().expect("an address"), "2001:db8::2".parse().expect("an address"));
        assert_eq!(household(one), household(other));
    }
}
