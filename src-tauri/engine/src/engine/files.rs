//! Files of drafts (see [`crate::files`]).

use rusqlite::{Connection, Transaction};
use signoff_wire::interface::{Attached, AttachedFile, Code, DetachFile, Failure, RefusedFile};

use super::Engine;
use crate::cache::CacheError;
use crate::files::{self, Brought};
use crate::outbox::OutboxError;
use crate::workplace::Workplace;

impl Engine {
    /// Whether files can be sent in a conversation at all: asked before anybody is asked for any. Answers with those of the draft.
    ///
    /// # Errors
    /// [`Code::FilesNotTaken`], [`Code::ConversationUnknown`].
    pub async fn require_taking_files(&self, conversation_id: &str) -> Result<Vec<AttachedFile>, Failure> {
        let workplace = self.workplace()?;
        let (owner, id) = (workplace.owner().to_owned(), conversation_id.to_owned());
        let ask = move |connection: &Connection| {
            files::limits(connection, &id)?.ok_or_else(|| files::refuse(Code::FilesNotTaken))?;
            Ok::<_, OutboxError>(files::attached(connection, &owner, &id)?)
        };
        Ok(workplace.store().read(ask).await?)
    }

    /// Attaches a file to the draft of a conversation. Answers when it is durable, or with the reason why it was not attached.
    ///
    /// # Errors
    /// [`Code::ConversationUnknown`], and that the cache cannot be read.
    pub async fn attach_file(&self, conversation_id: &str, name: &str, bytes: Vec<u8>) -> Result<Attached, Failure> {
        let workplace = self.workplace()?;
        let brought = Brought::new(name, bytes, self.start.ports.clock.now(), &*self.start.ports.chance);
        let shown = brought.name().to_owned();
        let (owner, id) = (workplace.owner().to_owned(), conversation_id.to_owned());
        let attach = move |transaction: &Transaction<'_>| files::attach(transaction, &owner, &id, &brought);
        let refused = match workplace.store().write::<_, OutboxError, _>(attach).await {
            Ok(()) => Vec::new(),
            Err(OutboxError::Cache(CacheError::ConversationUnknown)) => {
                return Err(Failure::new(Code::ConversationUnknown));
            }
            Err(error) => vec![RefusedFile { name: shown, failure: error.into() }],
        };
        if refused.is_empty() {
            self.frame.inbox_changed([conversation_id.to_owned()]);
        }
        Ok(Attached { files: of_draft(&workplace, conversation_id).await?, refused })
    }

    /// Takes a file off the draft of a conversation. Answers with those that are left.
    ///
    /// # Errors
    /// [`Code::DiskFull`] and its like: the file is still attached.
    pub async fn detach_file(&self, args: DetachFile) -> Result<Vec<AttachedFile>, Failure> {
        let workplace = self.workplace()?;
        let DetachFile { conversation_id, file_id } = args;
        let (owner, id) = (workplace.owner().to_owned(), conversation_id.clone());
        let detach = move |transaction: &Transaction<'_>| files::detach(transaction, &owner, &id, &file_id);
        workplace.store().write::<_, CacheError, _>(detach).await?;
        self.frame.inbox_changed([conversation_id.clone()]);
        of_draft(&workplace, &conversation_id).await
    }
}

async fn of_draft(workplace: &Workplace, conversation_id: &str) -> Result<Vec<AttachedFile>, Failure> {
    let (owner, id) = (workplace.owner().to_owned(), conversation_id.to_owned());
    Ok(workplace.store().read(move |connection| files::attached(connection, &owner, &id)).await?)
}
