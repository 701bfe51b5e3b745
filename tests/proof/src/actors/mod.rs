//! People, by chance: what they do is drawn from [`Dice`](crate::dice::Dice), what they find is what the app or the platform shows them.

mod advisor;
mod customers;
mod others;

pub use advisor::{Advisor, Attempts};
pub use customers::Customers;
pub use others::Others;
