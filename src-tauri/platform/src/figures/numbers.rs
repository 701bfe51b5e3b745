//! Lists of numbers in few bytes, and sets of conversations.
//!
//! A year has millions of conversations' actions; what a sealed day keeps of them are ascending numbers that lie close
//! together, so each is written as the distance from the one before, seven bits to a byte.

/// Ascending numbers as bytes.
pub(super) fn ascending(numbers: &[i64]) -> Vec<u8> {
    let mut before = 0;
    let mut bytes = Vec::with_capacity(numbers.len() + 4);
    for &number in numbers {
        push(&mut bytes, number - before);
        before = number;
    }
    bytes
}

/// The numbers that [`ascending`] wrote.
pub(super) fn ascended(bytes: &[u8]) -> impl Iterator<Item = i64> + '_ {
    let mut number = 0;
    read(bytes).map(move |distance| {
        number += distance;
        number
    })
}

/// Appends a number that is not negative.
pub(super) fn push(bytes: &mut Vec<u8>, number: i64) {
    let mut rest = u64::try_from(number).unwrap_or_default();
    while rest >= 0x80 {
        bytes.push((rest & 0x7f) as u8 | 0x80);
        rest >>= 7;
    }
    bytes.push(rest as u8);
}

/// Numbers as [`push`] wrote them.
pub(super) fn read(bytes: &[u8]) -> impl Iterator<Item = i64> + '_ {
    let mut bytes = bytes.iter();
    std::iter::from_fn(move || {
        let (mut number, mut shift) = (0_u64, 0);
        loop {
            let byte = *bytes.next()?;
            number |= u64::from(byte & 0x7f).checked_shl(shift).unwrap_or_default();
            if byte < 0x80 {
                return i64::try_from(number).ok();
            }
            shift += 7;
        }
    })
}

/// Which conversations were there, each once.
#[derive(Debug, Default)]
pub(super) struct Seen {
    bits: Vec<u64>,
    count: u64,
}

impl Seen {
    /// Counts a conversation, the first time.
    pub(super) fn insert(&mut self, nr: i64) {
        let nr = usize::try_from(nr).unwrap_or_default();
        let (word, bit) = (nr / 64, 1_u64 << (nr % 64));
        if word >= self.bits.len() {
            self.bits.resize((word + 1).next_power_of_two(), 0);
        }
        let there = &mut self.bits[word];
        self.count += u64::from(*there & bit == 0);
        *there |= bit;
    }

    /// How many there were.
    pub(super) fn count(&self) -> u64 {
        self.count
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_survive_their_bytes() {
        let numbers = [0, 1, 127, 128, 16_383, 16_384, 20_000_000, i64::MAX];
        assert_eq!(ascended(&ascending(&numbers)).collect::<Vec<_>>(), numbers);
        assert_eq!(ascending(&[1_000_000, 1_000_001, 1_000_002]).len(), 5, "neighbours take a byte each");
        assert_eq!(read(&[0x80]).count(), 0, "half a number is none");
        assert_eq!(read(&[0xff; 40]).count(), 0, "nor is one without an end");
    }

    #[test]
    fn a_conversation_counts_once() {
        let mut seen = Seen::default();
        for nr in [5, 64, 5, 1_000_000, 64] {
            seen.insert(nr);
        }
        assert_eq!(seen.count(), 3);
    }
}
