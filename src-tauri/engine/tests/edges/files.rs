//! Files that advisors send, at a real platform: with their bytes at the channel, and across a network that is not there (D20, D41).

use signoff_engine::Engine;
use signoff_wire::interface::{Attached, Code, ConnectionStatus, DetachFile, EntryState, SendAndClose, SendReply};

use crate::company::{ALICE, Company};
use crate::desk::{Desk, as_person, eventually, online, until};

const PDF: &[u8] = b"%PDF-1.7 an invoice";
const PNG: &[u8] = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR a lamp";

fn ids(attached: &Attached) -> Vec<String> {
    attached.files.iter().map(|file| file.id.clone()).collect()
}

fn reply(conversation_id: &str, text: &str, file_ids: Vec<String>) -> SendReply {
    SendReply {
        conversation_id: conversation_id.to_owned(),
        text: text.to_owned(),
        file_ids,
        trigger_survey: false,
        last_seen_message_id: None,
    }
}

async fn arrived(engine: &Engine, conversation: &str) {
    eventually("the conversation is here", async || engine.conversation(conversation).await.is_ok()).await;
}

async fn done(engine: &Engine, entry: &str) {
    let state = async || engine.queue().await.unwrap().into_iter().find(|one| one.id == entry).map(|one| one.state);
    eventually("the entry is done", async || state().await == Some(EntryState::Done)).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn d41_a_file_arrives_at_the_channel_with_its_bytes() {
    let (company, desk) = (Company::open().await, Desk::new());
    let engine = desk.opened().await;
    engine.sign_in(as_person(&company.address(), ALICE)).await.unwrap();
    online(&engine).await;
    let conversation = company.customer_writes("zoe", "Where is my invoice?").await;
    arrived(&engine, &conversation).await;
    let large: Vec<u8> = "an invoice, line by line\n".bytes().cycle().take(3_000_000).collect();

    engine.attach_file(&conversation, "/home/alice/Été 100%.pdf", PDF.to_vec()).await.unwrap();
    let attached = engine.attach_file(&conversation, "lines.txt", large.clone()).await.unwrap();
    let here: Vec<_> = attached.files.iter().map(|file| file.media_type.clone()).collect();
    let entry = engine.send_reply(reply(&conversation, "Here it is.", ids(&attached))).await.unwrap();
    done(&engine, &entry.id).await;

    let files = company.files_said(&conversation, "Here it is.").await;
    let told: Vec<_> = files.iter().map(|(name, kind, _)| (name.as_str(), kind.clone())).collect();
    assert_eq!(told, [("Été 100%.pdf", here[0].clone()), ("lines.txt", here[1].clone())], "as it was shown before");
    assert!(files[0].2 == PDF && files[1].2 == large, "byte for byte");
}

#[tokio::test(flavor = "multi_thread")]
async fn d20_a_file_alone_closes_offline_and_goes_out_with_the_network() {
    let (mut company, desk) = (Company::open().await, Desk::new());
    company.allow_manual_close(true).await;
    let engine = desk.opened().await;
    engine.sign_in(as_person(&company.address(), ALICE)).await.unwrap();
    online(&engine).await;
    let conversation = company.customer_writes("zoe", "A picture of the lamp, please.").await;
    arrived(&engine, &conversation).await;
    company.stop().await;
    until(&engine, "offline", |state| state.connection.status == ConnectionStatus::Offline).await;

    let attached = engine.attach_file(&conversation, "lamp.png", PNG.to_vec()).await.unwrap();
    let last_seen_message_id = engine.conversation(&conversation).await.unwrap().last_customer_message_id;
    let close = SendAndClose {
        conversation_id: conversation.clone(),
        text: String::new(),
        file_ids: ids(&attached),
        last_seen_message_id,
    };
    let entry = engine.send_and_close(close).await.unwrap();
    engine.shutdown().await;
    company.start().await;
    let engine = desk.opened().await;
    done(&engine, &entry.id).await;

    let files = company.files_said(&conversation, "").await;
    assert!(files.len() == 1 && files[0].2 == PNG);
    eventually("it is closed", async || engine.conversation(&conversation).await.unwrap().closed_at.is_some()).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_the_admin_allows_decides_what_is_offered() {
    let (company, desk) = (Company::open().await, Desk::new());
    let engine = desk.opened().await;
    engine.sign_in(as_person(&company.address(), ALICE)).await.unwrap();
    online(&engine).await;
    let conversation = company.customer_writes("zoe", "Hello").await;
    arrived(&engine, &conversation).await;
    let limits = async || engine.conversation(&conversation).await.unwrap().composer.takes_files;
    let usual = limits().await.expect("a web chat takes files");
    assert!(usual.max_bytes > 0 && usual.max_count > 0);

    let attached = engine.attach_file(&conversation, "x.bin", vec![0, 1, 2]).await.unwrap();
    assert_eq!(attached.refused[0].failure.code, Code::FileKindRefused);
    assert_eq!((attached.refused[0].name.as_str(), attached.files.len()), ("x.bin", 0));
    company.admin_changes_channel(|rules| rules["attachments"]["max_bytes"] = 0.into()).await;
    eventually("nothing is offered any more", async || limits().await.is_none()).await;

    let refused = engine.require_taking_files(&conversation).await.unwrap_err();
    assert_eq!(refused.code, Code::FilesNotTaken);
    let gone = DetachFile { conversation_id: conversation.clone(), file_id: "file_none".to_owned() };
    assert_eq!(engine.detach_file(gone).await.unwrap(), []);
}
