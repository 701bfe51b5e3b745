//! Real processes, killed by the operating system at any moment: a headless client and `signoff-platform serve`, with a network of faults
//! between them and files on a real disk.
//!
//! The simulation ([`sim`](crate::sim)) decides what dies when and what is on the disk then. Here nobody decides: SQLite writes to a file
//! system, requests go through sockets, two schedulers interleave, and SIGKILL comes from another process. What it cannot do is replay: a
//! seed gives the same people, the same faults and the same deaths, at moments that are never quite the same.
//!
//! - [`process`]: a process that is going to be killed, and how it is made sure that nothing else ended it.
//! - [`app`], [`platform`]: the two of them. The app is the engine's facade with the real connector and real files, in the program
//!   `signoff-headless`, asked and answering in lines of JSON.
//! - [`proxy`]: the network between them, which reads [`request`]s far enough to know where one ends; [`faults`]: what it does to them.
//! - [`death`]: who dies when: while starting, in the middle of a click, in the middle of an attempt, at any time.
//! - [`workspace`]: a workspace and a signed-in profile, prepared once and copied for every history.
//! - [`history`]: rounds of work, faults and deaths, then healing, rest, and the [`oracle`](crate::oracle)'s judgement. [`half`] looks, after
//!   every start, at the click that was not answered any more: it is queued, or its text is in the draft; never both, never neither.
//! - [`totals`]: what happened, in numbers.

pub mod app;
pub mod death;
pub mod faults;
pub mod half;
pub mod history;
pub mod platform;
pub mod process;
pub mod proxy;
pub mod request;
pub mod totals;
pub mod workspace;
