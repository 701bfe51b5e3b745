//! matrix-sdk-sqlite: the store behind the send queue of matrix-rust-sdk.
//!
//! Draining follows the SDK's own send queue: it loads the room's requests, sends the first that is not wedged, and removes it; for
//! every request anew. The store sets WAL and leaves `synchronous` at SQLite's default, which is FULL.

use std::path::Path;
use std::time::{Duration, Instant};

use matrix_sdk_base::StateStore as _;
use matrix_sdk_base::ruma::events::AnyMessageLikeEventContent;
use matrix_sdk_base::ruma::events::room::message::RoomMessageEventContent;
use matrix_sdk_base::ruma::{MilliSecondsSinceUnixEpoch, OwnedRoomId, TransactionId};
use matrix_sdk_base::store::{QueuedRequestKind, SerializableEventContent};
use matrix_sdk_sqlite::SqliteStateStore;
use signoff_turns::{Contender, Error, REPLY};
use tokio::runtime::Handle;

/// Its state store.
pub(crate) struct Matrix {
    runtime: Handle,
    store: SqliteStateStore,
}

impl Matrix {
    /// Opens a store, encrypted if there is a passphrase.
    pub(crate) fn open(runtime: Handle, folder: &Path, passphrase: Option<&str>) -> Result<Self, Error> {
        let store = runtime.block_on(SqliteStateStore::open(folder, passphrase))?;
        Ok(Self { runtime, store })
    }
}

impl Contender for Matrix {
    fn click(&mut self, conversation: usize) -> Result<Duration, Error> {
        let room = room(conversation)?;
        let message = AnyMessageLikeEventContent::RoomMessage(RoomMessageEventContent::text_plain(REPLY));
        let begun = Instant::now();
        self.runtime.block_on(async {
            let content = QueuedRequestKind::Event { content: SerializableEventContent::new(&message)? };
            let now = MilliSecondsSinceUnixEpoch::now();
            self.store.save_send_queue_request(&room, TransactionId::new(), now, content, 0).await?;
            Ok::<_, Error>(())
        })?;
        Ok(begun.elapsed())
    }

    fn drain(&mut self, conversation: usize) -> Result<(), Error> {
        let room = room(conversation)?;
        self.runtime.block_on(async {
            loop {
                let requests = self.store.load_send_queue_requests(&room).await?;
                let Some(request) = requests.iter().find(|request| request.error.is_none()) else { return Ok(()) };
                self.store.remove_send_queue_request(&room, &request.transaction_id).await?;
            }
        })
    }
}

fn room(conversation: usize) -> Result<OwnedRoomId, Error> {
    Ok(format!("!room{conversation}:example.org").try_into()?)
}
