//! What an advisor does with the app, gesture by gesture, in the interface's own words.

use anyhow::{Context, Result};

use crate::app::App;
use crate::control::Role;
use crate::desk::Desk;
use crate::platform::PASSWORD;
use crate::wait::until;

impl App {
    /// Signs in `name@demo.test` and waits for the inbox.
    ///
    /// # Errors
    /// If the form or the inbox does not come up.
    pub fn sign_in(&self, name: &str) -> Result<()> {
        self.type_credentials(name, PASSWORD)?;
        self.tab("Received").appears()?;
        // Its progress stands above the list; when it goes, everything below moves up.
        self.see_no_more("Getting your conversations")
    }

    /// Fills in the sign-in form and sends it.
    ///
    /// # Errors
    /// If there is no such form.
    pub fn type_credentials(&self, name: &str, password: &str) -> Result<()> {
        self.text_box("Email").fill(&format!("{name}@demo.test"))?;
        self.text_box("Password").fill(password)?;
        self.button("Sign in").click()
    }

    /// Types into the search of the inbox.
    ///
    /// # Errors
    /// If there is none.
    pub fn search(&self, text: &str) -> Result<()> {
        self.text_box("Search conversations").fill(text)
    }

    /// Finds a customer's conversation with the search of the inbox and opens it. It has to be in the tab that is open.
    ///
    /// # Errors
    /// If it is not found.
    pub fn open_conversation(&self, customer: &str) -> Result<()> {
        self.search(customer)?;
        self.open_row(customer)?;
        self.conversation(customer).appears()
    }

    /// Waits until a search has left only this customer in the list, and opens the conversation.
    ///
    /// # Errors
    /// If the list goes on holding others, or nobody.
    pub fn open_row(&self, customer: &str) -> Result<()> {
        until(&format!("the list to hold {customer} alone"), || {
            let rows = self.rows()?;
            Ok((!rows.is_empty() && rows.iter().all(|row| row.contains(customer))).then_some(()))
        })
        .with_context(|| format!("the list holds {:?}", self.rows().unwrap_or_default()))?;
        self.control_with(Role::Button, customer).click()
    }

    /// The open conversation with a customer.
    pub fn conversation(&self, customer: &str) -> crate::control::Control<'_> {
        self.control(Role::Region, &format!("Conversation with {customer}"))
    }

    /// Writes a reply, without sending it.
    ///
    /// # Errors
    /// If there is no composer.
    pub fn write(&self, text: &str) -> Result<()> {
        self.text_box("Reply").fill(text)
    }

    /// Presses Send + Close and says yes in the system's dialog.
    ///
    /// # Errors
    /// If the button cannot be used or no dialog comes.
    pub fn send_and_close(&self, desk: &Desk) -> Result<()> {
        self.button("Send + Close").click()?;
        desk.dialog()?.click("Send + Close")
    }

    /// Goes to the queue.
    ///
    /// # Errors
    /// If there is no way there.
    pub fn go_to_queue(&self) -> Result<()> {
        self.way_to("Queue").click()?;
        self.control(Role::Heading, "Queue").appears()
    }

    /// Goes to the inbox.
    ///
    /// # Errors
    /// If there is no way there.
    pub fn go_to_inbox(&self) -> Result<()> {
        self.way_to("Inbox").click()?;
        self.tab("Received").appears()
    }

    /// Goes to a page of the settings.
    ///
    /// # Errors
    /// If there is no way there.
    pub fn go_to_settings(&self, page: &str) -> Result<()> {
        self.way_to("Settings").click()?;
        self.way_to(page).click()
    }
}
