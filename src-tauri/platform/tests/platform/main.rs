//! The platform, from outside: HTTP in, HTTP out, one subject per module.
//!
//! Most tests start the platform in-process on a free port with a clock that they move themselves. [`process`] runs the
//! real binary, and kills it.
#![expect(clippy::unwrap_used, clippy::expect_used, reason = "a test that cannot go on should stop")]

mod access;
mod actions;
mod admin_channels;
mod attachments;
mod audit;
mod bodies;
mod calls;
mod canned;
mod channels;
mod chat;
mod clicks;
mod closing;
mod conversations;
mod customers;
mod demo;
mod desk;
mod events;
mod exports;
mod figures;
mod forged_sign_ins;
mod idempotency;
mod named;
mod office;
mod office_time;
mod openapi;
mod operating;
mod operator;
mod people;
mod process;
mod provider;
mod refusals;
mod routing_rules;
mod scenario;
mod scenarios;
mod search;
mod second_factor;
mod sessions;
mod settings;
mod single_sign_on;
mod sockets;
mod survey_page;
mod survey_results;
mod survey_settings;
mod surveys;
mod sync;
mod tags;
mod upgrade;
mod visibility;
mod webhooks;
mod widget;
mod windows;
