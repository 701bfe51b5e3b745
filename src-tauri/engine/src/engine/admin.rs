//! *Inbox options* and the audit log, for admins (R1, D2). They are the platform's and are asked there each time: what is shown has to be
//! what holds.

use signoff_wire::interface::{
    Administer, Administered, Announcement, AuditPage, Code, Failure, InboxOptionsView, SaveInboxOptions,
};

use super::Engine;
use crate::remote::administration;

impl Engine {
    /// Reads *Inbox options*. Needs the network.
    ///
    /// # Errors
    /// [`Code::NotAllowed`](signoff_wire::interface::Code::NotAllowed) for whoever is no admin, [`Code::Offline`](signoff_wire::interface::Code::Offline) and its like.
    pub async fn inbox_options(&self) -> Result<InboxOptionsView, Failure> {
        let workplace = self.workplace()?;
        let (options, version) =
            workplace.call(|platform, token| async move { platform.inbox_options(&token).await }).await?;
        Ok(InboxOptionsView { options, version, as_of: self.start.ports.clock.now() })
    }

    /// Changes the switch, if `version` is still current. Needs the network.
    ///
    /// # Errors
    /// [`Code::SettingsStale`](signoff_wire::interface::Code::SettingsStale), and those of [`Engine::inbox_options`].
    pub async fn save_inbox_options(&self, args: SaveInboxOptions) -> Result<InboxOptionsView, Failure> {
        let workplace = self.workplace()?;
        let SaveInboxOptions { allow_manual_close, version } = args;
        let saving = workplace.call(|platform, token| async move {
            platform.set_inbox_options(&token, allow_manual_close, &version).await
        });
        let (options, version) = saving.await?;
        self.frame.announce(Announcement::SettingsChanged);
        // R2: who saved sees the buttons follow at once, also where the stream is slow.
        workplace.wake();
        Ok(InboxOptionsView { options, version, as_of: self.start.ports.clock.now() })
    }

    /// A page of the audit log, newest first (D52). Needs the network.
    ///
    /// # Errors
    /// Those of [`Engine::inbox_options`].
    pub async fn audit_log(&self, after: Option<String>) -> Result<AuditPage, Failure> {
        let workplace = self.workplace()?;
        let page =
            workplace.call(|platform, token| async move { platform.audit_log(&token, after.as_deref()).await }).await?;
        Ok(AuditPage { entries: page.items, next: page.next })
    }

    /// Passes a call on to the platform's administration, and its answer back. Needs the network; nothing is kept.
    ///
    /// # Errors
    /// [`Code::NotAllowed`] for a path that the passage does not lead to and for whoever is no admin, [`Code::SettingsStale`],
    /// [`Code::RefusedOtherwise`] with the platform's own code, and those of [`Engine::inbox_options`].
    pub async fn administer(&self, call: Administer) -> Result<Administered, Failure> {
        let Some(call) = administration::Call::of(call) else {
            return Err(Failure::new(Code::NotAllowed).with_detail("this path is not open to administration"));
        };
        let workplace = self.workplace()?;
        let changes = call.changes();
        let answer = workplace.call(|platform, token| async move { platform.administer(&token, &call).await }).await?;
        if changes {
            // Whoever changed something sees it follow at once, also where the stream is slow.
            workplace.wake();
        }
        Ok(answer)
    }
}
