//! From the click to "queued": what a person waits for before the interface may say so (D21, DESIGN outbox 1).

use std::path::Path;
use std::time::Instant;

use anyhow::{Result, bail};
use signoff_engine::Engine;
use signoff_turns::REPLY;
use signoff_wire::contract::conversations::ConversationState;
use signoff_wire::interface::{Draft, InboxQuery, InboxRow, Scope, SendReply};

use crate::filled::Workspace;
use crate::floor::Floor;
use crate::options::Programs;
use crate::report::{Figure, ms, progress};
use crate::samples::Samples;
use crate::without_a_desk::{Person, runtime, signed_in, synchronised, until};

/// Clicks of one round, each with the floor's beside it.
const CLICKS: usize = 150;

/// Measures with the demo workspace and with the large one.
pub(crate) fn measure(programs: &Programs, rounds: usize) -> Result<()> {
    let folder = programs.workbench()?;
    in_workspace(Workspace::demo(programs, folder.path())?, folder.path(), "demo workspace", rounds)?;
    let folder = programs.workbench()?;
    in_workspace(Workspace::large(programs)?, folder.path(), "10,000 conversations", rounds)
}

fn in_workspace(workspace: Workspace, folder: &Path, which: &str, rounds: usize) -> Result<()> {
    progress(&format!("clicks, {which}"));
    let profile = folder.join("profile");
    let person = Person::default();
    let online = runtime()?;
    online.block_on(async {
        let engine = person.start(&profile);
        person.sign_in(&engine, &workspace.address).await?;
        until(&engine, "the first synchronisation", synchronised).await?;
        engine.shutdown().await;
        Ok::<_, anyhow::Error>(())
    })?;
    // Nobody has the file open any more, so it can be copied; and from here on the network is down.
    drop(online);
    workspace.stop()?;
    let mut floor = Floor::beside(&profile, folder, &person.keys())?;

    let (mut ours, mut least) = (Samples::default(), Samples::default());
    runtime()?.block_on(async {
        let engine = person.start(&profile);
        until(&engine, "the inbox", signed_in).await?;
        let rows = received(&engine).await?;
        for number in 0..rounds * CLICKS {
            let Some(row) = rows.get(number % rows.len().max(1)) else { bail!("no conversation to answer") };
            ours.push_ms(click(&engine, row).await?);
            least.push_ms(floor.click(&row.id, REPLY)?);
        }
        Ok(())
    })?;

    let [ours_p99, least_p99] = [&ours, &least].map(|samples| samples.percentile(99.0));
    Figure::new(&format!("Click to queued, {which}, p50"), ms(ours.median()))
        .over(ms(least.median()), ours.ratio_to(&least))
        .at_most_times(1.3)
        .print();
    Figure::new(&format!("Click to queued, {which}, p99"), ms(ours_p99))
        .over(ms(least_p99), ours_p99 / least_p99)
        .at_most_times(1.3)
        .print();
    Ok(())
}

/// Types a reply and sends it; the time is the click's alone.
pub(crate) async fn click(engine: &Engine, row: &InboxRow) -> Result<std::time::Duration> {
    let conversation_id = row.id.clone();
    let (text, instead_of) = (REPLY.to_owned(), String::new());
    let draft = Draft { conversation_id: conversation_id.clone(), text, instead_of };
    if let Err(failure) = engine.save_draft(draft).await {
        bail!("a draft was not kept: {:?}", failure.code);
    }
    let reply = SendReply {
        conversation_id,
        text: REPLY.to_owned(),
        file_ids: Vec::new(),
        trigger_survey: false,
        last_seen_message_id: None,
    };
    let begun = Instant::now();
    let queued = engine.send_reply(reply).await;
    let took = begun.elapsed();
    match queued {
        Ok(_) => Ok(took),
        Err(failure) => bail!("a reply was not queued: {:?}", failure.code),
    }
}

/// Conversations on the web chat, which takes replies at any time.
pub(crate) async fn received(engine: &Engine) -> Result<Vec<InboxRow>> {
    let query = InboxQuery {
        tab: ConversationState::Received,
        scope: Scope::All,
        channel_id: Some("ch_webchat".to_owned()),
        search: None,
        after: None,
        limit: 500,
    };
    match engine.inbox(query).await {
        Ok(page) => Ok(page.rows),
        Err(failure) => bail!("the inbox cannot be read: {:?}", failure.code),
    }
}
