//! Actions: the one table behind `/v1/actions`, [`figures`](crate::figures) and [`exports`](crate::exports) (R6, R11, D51).

pub(crate) mod filter;
pub(crate) mod record;
