//! Files that go with a reply (D41): chosen in the system's own dialog or kept back by the web view, and read here; or handed over by the
//! window as bytes.

use std::borrow::Cow;
use std::io;

use signoff_engine::Engine;
use signoff_wire::interface::{
    Attached, AttachedFile, CONVERSATION_HEADER, Code, DetachFile, Failure, NAME_HEADER, RefusedFile, TakeFiles,
};
use tauri::ipc::{InvokeBody, Request};
use tauri::{State, WebviewWindow};

use super::{Answer, Running};
use crate::desktop::carried::{self, Brought};
use crate::desktop::language::SpokenLanguage;
use crate::desktop::open_dialog::{self, Chosen};

/// Asks which files, and attaches one after the other: no more than one is in memory.
#[tauri::command(rename_all = "snake_case")]
pub(crate) async fn choose_files(
    window: WebviewWindow,
    engine: Running<'_>,
    language: State<'_, SpokenLanguage>,
    conversation_id: String,
) -> Answer<Attached> {
    let mut attached = Attached { files: engine.require_taking_files(&conversation_id).await?, refused: Vec::new() };
    for chosen in open_dialog::ask(&window, language.now()).await {
        attach(&engine, &conversation_id, Brought::File(chosen), &mut attached).await?;
    }
    Ok(attached)
}

/// What was pasted or dropped, where the web view keeps it back.
#[tauri::command(rename_all = "snake_case")]
pub(crate) async fn take_files(window: WebviewWindow, engine: Running<'_>, args: TakeFiles) -> Answer<Attached> {
    let TakeFiles { conversation_id, from } = args;
    // Taken at once: what is dragged next is another click's.
    let taken = carried::take(&window, from).await;
    let mut attached = Attached { files: engine.require_taking_files(&conversation_id).await?, refused: Vec::new() };
    for brought in taken {
        attach(&engine, &conversation_id, brought, &mut attached).await?;
    }
    Ok(attached)
}

/// What was pasted or dropped.
#[tauri::command(rename_all = "snake_case")]
pub(crate) async fn attach_file(engine: Running<'_>, request: Request<'_>) -> Answer<Attached> {
    let conversation_id = header(&request, CONVERSATION_HEADER)?;
    let name = header(&request, NAME_HEADER)?;
    let bytes = bytes_of(request.body()).ok_or_else(|| malformed("a body that is no file"))?;
    engine.attach_file(&conversation_id, &name, bytes).await
}

#[tauri::command(rename_all = "snake_case")]
pub(crate) async fn detach_file(engine: Running<'_>, args: DetachFile) -> Answer<Vec<AttachedFile>> {
    engine.detach_file(args).await
}

async fn attach(engine: &Engine, conversation_id: &str, brought: Brought, attached: &mut Attached) -> Answer<()> {
    let (name, read) = match brought {
        Brought::File(Chosen { name, path }) => (name, open_dialog::read(path).await),
        Brought::Bytes { name, bytes } => (name, Ok(bytes)),
        Brought::OutOfReach { name } => (name, Err(io::ErrorKind::Unsupported.into())),
    };
    match read {
        Ok(bytes) => {
            let Attached { files, refused } = engine.attach_file(conversation_id, &name, bytes).await?;
            attached.files = files;
            attached.refused.extend(refused);
        }
        Err(error) => {
            tracing::warn!(%error, "a file that was brought cannot be read");
            attached.refused.push(RefusedFile { name, failure: Failure::new(Code::FileUnreadable) });
        }
    }
    Ok(())
}

fn header(request: &Request<'_>, name: &str) -> Answer<String> {
    let value = request.headers().get(name).ok_or_else(|| malformed("a header is missing"))?;
    percent_decoded(value.as_bytes()).ok_or_else(|| malformed("a header is no text"))
}

fn malformed(detail: &str) -> Failure {
    Failure::new(Code::Internal).with_detail(detail)
}

/// The bytes of a body. Where a webview keeps back the body of its own protocol's requests, Tauri brings it as a list of numbers.
fn bytes_of(body: &InvokeBody) -> Option<Vec<u8>> {
    match body {
        InvokeBody::Raw(bytes) => Some(bytes.clone()),
        InvokeBody::Json(serde_json::Value::Array(numbers)) => {
            numbers.iter().map(|number| number.as_u64().and_then(|number| u8::try_from(number).ok())).collect()
        }
        InvokeBody::Json(_) => None,
    }
}

/// What `encodeURIComponent` made.
fn percent_decoded(encoded: &[u8]) -> Option<String> {
    percent_encoding::percent_decode(encoded).decode_utf8().ok().map(Cow::into_owned)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn names_of_files_come_through_a_header_as_they_were() {
        assert_eq!(percent_decoded(b"%C3%A9t%C3%A9%20100%25.png").as_deref(), Some("été 100%.png"));
        assert_eq!(percent_decoded(b"%ff"), None);
    }

    #[test]
    fn a_body_is_bytes_or_a_list_of_bytes_and_nothing_else() {
        assert_eq!(bytes_of(&InvokeBody::Raw(vec![0, 255])), Some(vec![0, 255]));
        assert_eq!(bytes_of(&InvokeBody::Json(json!([0, 255]))), Some(vec![0, 255]));
        for other in [json!([256]), json!([-1]), json!(["a"]), json!({ "0": 1 }), json!(null)] {
            assert_eq!(bytes_of(&InvokeBody::Json(other.clone())), None, "{other}");
        }
    }
}
