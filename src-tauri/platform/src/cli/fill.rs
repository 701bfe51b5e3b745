//! `fill`: a great many conversations, for benchmarks.

use std::path::PathBuf;

use clap::Args;
use signoff_platform::Bulk;

#[derive(Args)]
pub(super) struct Fill {
    #[arg(long)]
    data_dir: PathBuf,
    #[arg(long, default_value_t = 10_000)]
    conversations: u32,
    #[arg(long, default_value_t = 100_000)]
    messages: u32,
    /// Over how many days they are spread.
    #[arg(long, default_value_t = 90)]
    days: u32,
    /// Of so many conversations one is still open.
    #[arg(long, default_value_t = 10)]
    open_of: u32,
}

impl Fill {
    pub(super) async fn run(self) -> anyhow::Result<()> {
        let Self { data_dir, conversations, messages, days, open_of } = self;
        Ok(signoff_platform::fill(&data_dir, Bulk { conversations, messages, days, open_of }).await?)
    }
}
