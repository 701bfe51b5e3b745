//! The same from the command line, beside a platform that may serve meanwhile.

use std::{path::Path, sync::Arc};

use serde_json::{Value, json};
use signoff_wire::contract::{
    customers::{CustomerData, CustomerSummary, Erased},
    sessions::{Role, User},
};

use super::{customer, held};
use crate::{
    Chance, Machine, OpenError, Refusal, SystemClock,
    audit::{self, Who},
    store::{Lock, Store},
};

/// Why the command line could not do it.
#[derive(Debug, thiserror::Error)]
pub enum OperatorError {
    /// The folder.
    #[error(transparent)]
    Open(#[from] OpenError),
    /// What was asked for.
    #[error("{0}")]
    Refused(#[from] Refusal),
}

/// The customers of the workspace in a folder, for whoever has the folder itself.
pub struct Customers {
    store: Store,
}

impl Customers {
    /// Opens the workspace, also beside a process that serves it.
    ///
    /// # Errors
    /// See [`OpenError`].
    pub fn open(directory: &Path) -> Result<Self, OperatorError> {
        let (clock, chance) = (Arc::new(SystemClock::default()), Chance::from_os());
        Ok(Self { store: Store::open(directory, clock, chance, Machine::default(), Lock::Beside)? })
    }

    /// The first hundred customers whose name contains `asked`, or whose id begins with it.
    ///
    /// # Errors
    /// [`Refusal::Internal`].
    pub async fn find(&self, asked: String) -> Result<Vec<CustomerSummary>, OperatorError> {
        Ok(self.store.read(move |sql| held::find(sql, &asked, None, 100)).await?.items)
    }

    /// Everything that is held on a customer.
    ///
    /// # Errors
    /// [`Refusal::CustomerUnknown`].
    pub async fn data(&self, id: String) -> Result<CustomerData, OperatorError> {
        let (now, asked) = (self.store.now(), id.clone());
        let data = self.store.read(move |sql| held::everything(sql, &asked, now)).await?.0;
        let to = json!({ "customer_id": id });
        self.store
            .write(move |write| audit::append(write, Who::OPERATOR, "export.customer", &Value::Null, &to))
            .await?;
        Ok(data)
    }

    /// Erases everything that is held on a customer. Apps hear of it within some seconds.
    ///
    /// # Errors
    /// [`Refusal::CustomerUnknown`].
    pub async fn erase(&self, id: String) -> Result<Erased, OperatorError> {
        let operator = User {
            id: "operator".to_owned(),
            name: "Operator".to_owned(),
            email: String::new(),
            role: Role::Admin,
            teams: Vec::new(),
        };
        Ok(customer::erase(&self.store, operator, id, |_| true).await?)
    }

    /// Closes the workspace.
    pub async fn close(self) {
        self.store.close().await;
    }
}
