//! What carries requests: the network, or in a simulation something that only behaves like one.
//!
//! The seam lies below everything that reads an answer: status, problem codes, `Retry-After`, `Date`, bodies and streams are read by the same
//! code whoever brought them.

use async_trait::async_trait;
use reqwest::{Client, Request, Response};

use super::failure;
use crate::remote::RemoteError;

/// Carries requests to a platform and brings the heads of the answers back; a body follows as it is read.
#[async_trait]
pub trait Carrier: Send + Sync {
    /// Carries one request.
    ///
    /// # Errors
    /// [`RemoteError::Unreachable`] or [`RemoteError::Certificate`] if the request certainly did not arrive,
    /// [`RemoteError::Interrupted`] if it may have.
    async fn carry(&self, request: Request) -> Result<Response, RemoteError>;
}

/// The network as it is.
#[async_trait]
impl Carrier for Client {
    async fn carry(&self, request: Request) -> Result<Response, RemoteError> {
        self.execute(request).await.map_err(|error| failure::classify(&error))
    }
}
