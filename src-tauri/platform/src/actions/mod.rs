//! Actions: the one table behind `/v1/actions`, the figures and `actions.csv` (R6, R11, D51).

pub(crate) mod csv;
pub(crate) mod figures;
pub(crate) mod filter;
pub(crate) mod record;
