//! Signoff.
fn main() {}
