//! Signoff.
