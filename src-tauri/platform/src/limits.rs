//! How much strangers may do: a visitor of the chat page, and whoever asks from one address without having shown who they are.
//! Buckets that fill up again with time, and files under way at once.
//!
//! Each visitor and each address has its own, so that a flood takes nothing from anybody else. Kept in memory.

use std::{
    collections::HashMap,
    net::IpAddr,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use chrono::{DateTime, TimeDelta, Utc};

use crate::refusal::Refusal;

/// What is limited.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum What {
    /// A new visitor.
    Session,
    /// A message.
    Message,
    /// A file.
    Upload,
    /// A KiB of a file.
    Kib,
    /// A try to sign in, or to use a link: each may cost a password's hash.
    SignIn,
    /// Anything else that a page asks for.
    Request,
}

/// Of a bucket: how much is in it at most, and how much comes back in a minute.
struct Measure {
    most: f64,
    per_minute: f64,
}

impl What {
    fn of_visitor(self) -> Measure {
        match self {
            Self::Session => Measure { most: 5.0, per_minute: 5.0 },
            Self::Message => Measure { most: 20.0, per_minute: 40.0 },
            Self::Upload => Measure { most: 20.0, per_minute: 20.0 },
            Self::Kib => Measure { most: 100.0 * 1024.0, per_minute: 10.0 * 1024.0 },
            Self::SignIn => Measure { most: 12.0, per_minute: 6.0 },
            Self::Request => Measure { most: 120.0, per_minute: 240.0 },
        }
    }

    fn minutes_to_fill(self) -> i64 {
        if self == Self::Kib { 10 } else { 2 }
    }

    /// An office shares an address.
    fn of_address(self) -> Measure {
        let one = self.of_visitor();
        Measure { most: one.most * 10.0, per_minute: one.per_minute * 10.0 }
    }
}

/// Buckets remembered before the full ones are forgotten.
const BUCKETS: usize = 50_000;

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
enum Owner {
    Visitor(Vec<u8>),
    Address(IpAddr),
}

#[derive(Clone, Copy, Debug)]
struct Bucket {
    left: f64,
    at: DateTime<Utc>,
}

/// Files that one visitor may send and fetch at once, and all from one address.
const TRANSFERS: (usize, usize) = (6, 60);

/// All buckets, and the files under way.
#[derive(Default)]
pub(crate) struct Limits {
    buckets: Mutex<HashMap<(What, Owner), Bucket>>,
    transfers: Arc<Mutex<HashMap<Owner, usize>>>,
}

/// A file under way; its place is free again when this is dropped.
#[derive(Debug)]
pub(crate) struct Transfer {
    all: Arc<Mutex<HashMap<Owner, usize>>>,
    of: Vec<Owner>,
}

impl Drop for Transfer {
    fn drop(&mut self) {
        let mut all = lock(&self.all);
        for owner in &self.of {
            if let Some(count) = all.get_mut(owner) {
                *count -= 1;
                if *count == 0 {
                    all.remove(owner);
                }
            }
        }
    }
}

impl Limits {
    /// Takes one from the visitor's bucket and one from the address's.
    ///
    /// # Errors
    /// [`Refusal::RateLimited`] if either is empty; then nothing is taken.
    pub(crate) fn take(
        &self,
        what: What,
        visitor: Option<&[u8]>,
        address: Option<IpAddr>,
        now: DateTime<Utc>,
    ) -> Result<(), Refusal> {
        self.take_many(what, 1, visitor, address, now)
    }

    /// Takes so many at once.
    ///
    /// # Errors
    /// [`Refusal::RateLimited`] if there are fewer in either; then nothing is taken.
    pub(crate) fn take_many(
        &self,
        what: What,
        count: u32,
        visitor: Option<&[u8]>,
        address: Option<IpAddr>,
        now: DateTime<Utc>,
    ) -> Result<(), Refusal> {
        let count = f64::from(count);
        let wanted: Vec<_> = [
            visitor.map(|hash| (Owner::Visitor(hash.to_vec()), what.of_visitor())),
            address.map(|address| (Owner::Address(network(address)), what.of_address())),
        ]
        .into_iter()
        .flatten()
        .collect();
        let mut buckets = lock(&self.buckets);
        if buckets.len() >= BUCKETS {
            // After that time nobody remembers more than a full bucket does.
            buckets.retain(|(what, _), bucket| now - bucket.at < TimeDelta::minutes(what.minutes_to_fill()));
        }
        for (owner, measure) in &wanted {
            let left = buckets.get(&(what, owner.clone())).map_or(measure.most, |bucket| filled(bucket, measure, now));
            if left < count {
                // A second more than it takes: whoever comes back then is let in.
                let wait = Duration::from_secs_f64((count - left) / measure.per_minute * 60.0);
                return Err(Refusal::RateLimited { retry_after_s: wait.as_secs() + 1 });
            }
        }
        for (owner, measure) in wanted {
            let bucket = buckets.entry((what, owner)).or_insert(Bucket { left: measure.most, at: now });
            *bucket = Bucket { left: filled(bucket, &measure, now) - count, at: now };
        }
        Ok(())
    }

    /// A place for a file that is sent or fetched, until it is dropped.
    ///
    /// # Errors
    /// [`Refusal::RateLimited`] with as many under way as there may be.
    pub(crate) fn transfer(&self, visitor: &[u8], address: Option<IpAddr>) -> Result<Transfer, Refusal> {
        let mut wanted = vec![(Owner::Visitor(visitor.to_vec()), TRANSFERS.0)];
        wanted.extend(address.map(|address| (Owner::Address(network(address)), TRANSFERS.1)));
        let mut all = lock(&self.transfers);
        if wanted.iter().any(|(owner, most)| all.get(owner).is_some_and(|count| count >= most)) {
            return Err(Refusal::RateLimited { retry_after_s: 1 });
        }
        let of: Vec<Owner> = wanted.into_iter().map(|(owner, _)| owner).collect();
        for owner in &of {
            *all.entry(owner.clone()).or_default() += 1;
        }
        Ok(Transfer { all: Arc::clone(&self.transfers), of })
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

fn filled(bucket: &Bucket, measure: &Measure, now: DateTime<Utc>) -> f64 {
    let since_ms = i32::try_from((now - bucket.at).num_milliseconds().clamp(0, 600_000)).unwrap_or_default();
    (bucket.left + f64::from(since_ms) / 60_000.0 * measure.per_minute).min(measure.most)
}

/// Whoever has an address of version 6 has a whole network of them.
pub(crate) fn network(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V4(address) => IpAddr::V4(address),
        IpAddr::V6(address) => {
            let [a, b, c, d, ..] = address.segments();
            IpAddr::from([a, b, c, d, 0, 0, 0, 0])
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_flood_empties_its_own_buckets_and_nobody_elses_and_they_fill_up_again() {
        let limits = Limits::default();
        let now = DateTime::UNIX_EPOCH;
        let (flood, other) = (Some("192.0.2.1".parse().expect("ip")), Some("192.0.2.2".parse().expect("ip")));
        let sent = (0..1000).filter(|_| limits.take(What::Message, Some(b"flood"), flood, now).is_ok()).count();
        assert_eq!(sent, 20);
        assert!(limits.take(What::Message, Some(b"calm"), other, now).is_ok());
        assert!(limits.take(What::Message, Some(b"neighbour"), flood, now).is_ok(), "the same address has room");

        let by_many = (0..1000_u32).filter(|n| limits.take(What::Message, Some(&n.to_be_bytes()), flood, now).is_ok());
        assert_eq!(by_many.count(), 200 - 21, "and then it has none, whoever asks");
        let Err(Refusal::RateLimited { retry_after_s }) = limits.take(What::Message, Some(b"flood"), flood, now) else {
            panic!("still empty")
        };
        let later = now + TimeDelta::seconds(i64::try_from(retry_after_s).expect("seconds"));
        assert!(limits.take(What::Message, Some(b"flood"), flood, later).is_ok(), "as was said");
    }

    #[test]
    fn so_many_files_are_under_way_at_once_and_a_place_is_free_again() {
        let limits = Limits::default();
        let address = Some("192.0.2.1".parse().expect("ip"));
        let mut held: Vec<_> = (0..TRANSFERS.0).map(|_| limits.transfer(b"one", address)).collect();
        assert!(held.iter().all(Result::is_ok) && limits.transfer(b"one", address).is_err());
        assert!(limits.transfer(b"other", address).is_ok(), "a neighbour has places of their own");
        held.pop();
        assert!(limits.transfer(b"one", address).is_ok());
        drop(held);
        assert!(lock(&limits.transfers).is_empty(), "nothing is remembered of what is over");
    }

    #[test]
    fn a_network_of_version_six_is_one_address() {
        let one: IpAddr = "2001:db8:1:2::1".parse().expect("ip");
        let other: IpAddr = "2001:db8:1:2:ffff::9".parse().expect("ip");
        assert_eq!(network(one), network(other));
        assert_eq!(network("::ffff:192.0.2.1".parse().expect("ip")), network("192.0.2.1".parse().expect("ip")));
    }
}
