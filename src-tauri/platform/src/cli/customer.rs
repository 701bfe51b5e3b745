//! `customer`: what is held on customers, found, handed out and erased by whoever has the folder.

use std::io::Write;

use clap::{Args, Subcommand};
use signoff_platform::erasure::operator::Customers;

use super::config::Folder;

#[derive(Subcommand)]
pub(super) enum Customer {
    /// Customers whose name contains a text, or whose id begins with it.
    Find(Find),
    /// Everything that is held on a customer, as JSON.
    Data(One),
    /// Erase everything that is held on a customer, for good. The figures stay.
    Erase(Erase),
}

#[derive(Args)]
pub(super) struct Find {
    #[command(flatten)]
    folder: Folder,
    /// A part of the name, or the beginning of an id.
    text: String,
}

#[derive(Args)]
pub(super) struct One {
    #[command(flatten)]
    folder: Folder,
    /// The customer's id, as `customer find` shows it.
    id: String,
}

#[derive(Args)]
pub(super) struct Erase {
    #[command(flatten)]
    one: One,
    /// Yes, nobody can bring it back.
    #[arg(long)]
    yes: bool,
}

impl Customer {
    pub(super) async fn run(self) -> anyhow::Result<()> {
        let mut out = std::io::stdout();
        match self {
            Self::Find(Find { folder, text }) => {
                let customers = Customers::open(&folder.path()?)?;
                let found = customers.find(text).await;
                customers.close().await;
                for held in found? {
                    let (name, channel, conversations) = (held.name, held.channel.name, held.conversations);
                    writeln!(out, "{}  {name} ({channel}), conversations: {conversations}", held.id)?;
                }
            }
            Self::Data(One { folder, id }) => {
                let customers = Customers::open(&folder.path()?)?;
                let data = customers.data(id).await;
                customers.close().await;
                writeln!(out, "{}", serde_json::to_string_pretty(&data?)?)?;
            }
            Self::Erase(Erase { one: One { folder, id }, yes }) => {
                anyhow::ensure!(yes, "nobody can bring it back: look with `customer data {id}`, then say --yes");
                let customers = Customers::open(&folder.path()?)?;
                let erased = customers.erase(id).await;
                customers.close().await;
                let erased = erased?;
                let (conversations, messages) = (erased.conversations, erased.messages);
                writeln!(out, "erased: conversations: {conversations}, messages: {messages}")?;
            }
        }
        Ok(())
    }
}
