//! Decisions drawn from bytes, in order. When they are used up, every further decision is the first choice: short inputs mean little.

/// The bytes that are left.
#[derive(Debug)]
pub(crate) struct Bytes<'a> {
    left: &'a [u8],
}

impl<'a> Bytes<'a> {
    pub(crate) fn new(left: &'a [u8]) -> Self {
        Self { left }
    }

    pub(crate) fn byte(&mut self) -> u8 {
        match self.left.split_first() {
            Some((first, rest)) => {
                self.left = rest;
                *first
            }
            None => 0,
        }
    }

    /// One of so many.
    pub(crate) fn below(&mut self, count: usize) -> usize {
        let number = usize::from(self.byte()) | usize::from(if count > 256 { self.byte() } else { 0 }) << 8;
        number % count.max(1)
    }

    pub(crate) fn pick<'b, T>(&mut self, from: &'b [T]) -> Option<&'b T> {
        if from.is_empty() { None } else { from.get(self.below(from.len())) }
    }

    /// True in one of so many cases.
    pub(crate) fn one_in(&mut self, count: usize) -> bool {
        self.below(count) == count - 1
    }

    /// Some bytes as they are.
    pub(crate) fn raw(&mut self) -> &'a [u8] {
        let length = usize::from(self.byte()).min(self.left.len());
        let (raw, rest) = self.left.split_at(length);
        self.left = rest;
        raw
    }

    /// Everything that is left.
    pub(crate) fn rest(&mut self) -> &'a [u8] {
        std::mem::take(&mut self.left)
    }

    pub(crate) fn text(&mut self) -> String {
        String::from_utf8_lossy(self.raw()).into_owned()
    }
}
