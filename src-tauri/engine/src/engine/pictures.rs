//! Pictures of a timeline (see [`crate::pictures`]).

use signoff_wire::interface::{Failure, Picture, PictureQuery};

use super::Engine;

impl Engine {
    /// A picture that came or went with a text, drawn for the screen. From the cache if it was shown before; otherwise it needs the network.
    ///
    /// # Errors
    /// [`Code::PictureUnreadable`](signoff_wire::interface::Code::PictureUnreadable) for what cannot be shown,
    /// [`Code::FileUnknown`](signoff_wire::interface::Code::FileUnknown) for what is not there any more, and
    /// [`Code::Offline`](signoff_wire::interface::Code::Offline) and its like.
    pub async fn picture(&self, query: PictureQuery) -> Result<Picture, Failure> {
        let workplace = self.workplace()?;
        self.pictures.picture(&workplace, query).await
    }
}
