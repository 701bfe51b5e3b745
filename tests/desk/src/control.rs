//! A control of the page, named as a screen reader names it. Nothing is looked for by class, id or tag.

use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use serde::Deserialize;
use serde_json::{Value, json};

use crate::app::App;
use crate::wait::until;

const FIND: &str = include_str!("page.js");

/// How long a control has to have stood still before it is clicked.
const STILL: Duration = Duration::from_millis(150);

/// What a control is (WAI-ARIA).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(missing_docs, reason = "the names are WAI-ARIA's")]
pub enum Role {
    Alert,
    AlertDialog,
    Article,
    Button,
    Complementary,
    Dialog,
    Group,
    Img,
    Heading,
    Link,
    List,
    ListItem,
    Log,
    Main,
    Navigation,
    Option,
    Region,
    Row,
    SearchBox,
    Status,
    Switch,
    Tab,
    TextBox,
}

impl Role {
    fn name(self) -> &'static str {
        match self {
            Self::Alert => "alert",
            Self::AlertDialog => "alertdialog",
            Self::Article => "article",
            Self::Button => "button",
            Self::Complementary => "complementary",
            Self::Dialog => "dialog",
            Self::Group => "group",
            Self::Img => "img",
            Self::Heading => "heading",
            Self::Link => "link",
            Self::List => "list",
            Self::ListItem => "listitem",
            Self::Log => "log",
            Self::Main => "main",
            Self::Navigation => "navigation",
            Self::Option => "option",
            Self::Region => "region",
            Self::Row => "row",
            Self::SearchBox => "searchbox",
            Self::Status => "status",
            Self::Switch => "switch",
            Self::Tab => "tab",
            Self::TextBox => "textbox",
        }
    }
}

/// How a name is compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Match {
    Exact,
    Contains,
}

/// A control, looked for anew at every use: the page may have drawn itself again in between.
#[derive(Debug, Clone)]
pub struct Control<'a> {
    app: &'a App,
    roles: &'a [Role],
    name: String,
    how: Match,
}

/// What the page says about a control.
#[derive(Debug, Clone, Deserialize)]
struct Found {
    element: Value,
    name: String,
    text: String,
    enabled: bool,
    checked: Option<bool>,
    selected: Option<bool>,
    value: Option<String>,
    description: String,
    place: Place,
}

/// A rectangle of the page, in pixels.
#[derive(Debug, Clone, Copy, PartialEq, Deserialize)]
#[expect(missing_docs, reason = "edges are edges")]
pub struct Place {
    pub left: f64,
    pub top: f64,
    pub right: f64,
    pub bottom: f64,
}

impl Place {
    /// From top to bottom.
    pub fn height(&self) -> f64 {
        self.bottom - self.top
    }
}

impl App {
    /// The control with exactly this name.
    pub fn control(&self, role: Role, name: &str) -> Control<'_> {
        Control { app: self, roles: one(role), name: name.to_owned(), how: Match::Exact }
    }

    /// The first control with this in its name.
    pub fn control_with(&self, role: Role, part: &str) -> Control<'_> {
        Control { app: self, roles: one(role), name: part.to_owned(), how: Match::Contains }
    }

    /// The button of this name.
    pub fn button(&self, name: &str) -> Control<'_> {
        self.control(Role::Button, name)
    }

    /// The text box of this name; one for searching is one as well.
    pub fn text_box<'a>(&'a self, name: &str) -> Control<'a> {
        Control { app: self, roles: &[Role::TextBox, Role::SearchBox], name: name.to_owned(), how: Match::Exact }
    }

    /// The tab of this name; a number may follow.
    pub fn tab(&self, name: &str) -> Control<'_> {
        self.control_with(Role::Tab, name)
    }

    /// The link or button of this name that leads somewhere; a number may follow.
    pub fn way_to<'a>(&'a self, name: &str) -> Control<'a> {
        Control { app: self, roles: &[Role::Link, Role::Button], name: name.to_owned(), how: Match::Contains }
    }

    /// What stands in the rows of the inbox's list, as far as they are drawn.
    ///
    /// # Errors
    /// If the page does not answer.
    pub fn rows(&self) -> Result<Vec<String>> {
        let Some(list) = all(self, Role::List, "Conversations", "exact", &Value::Null)?.into_iter().next() else {
            return Ok(Vec::new());
        };
        Ok(all(self, Role::ListItem, "", "any", &list.element)?.into_iter().map(|row| row.text).collect())
    }

    /// Everything that can be read in the window, as it is laid out.
    ///
    /// # Errors
    /// If the page does not answer.
    pub fn reads(&self) -> Result<String> {
        let text = self.execute("return document.body.innerText;", vec![])?;
        Ok(text.as_str().unwrap_or_default().to_owned())
    }

    /// Waits until this can be read in the window.
    ///
    /// # Errors
    /// If it does not appear; the message has what can be read instead.
    pub fn see(&self, text: &str) -> Result<()> {
        until(&format!("{text:?} in the window"), || Ok(self.reads()?.contains(text).then_some(())))
            .with_context(|| format!("what can be read instead:\n{}", self.reads().unwrap_or_default()))
    }

    /// Waits until this can no longer be read in the window.
    ///
    /// # Errors
    /// If it stays.
    pub fn see_no_more(&self, text: &str) -> Result<()> {
        until(&format!("{text:?} to go from the window"), || Ok((!self.reads()?.contains(text)).then_some(())))
    }
}

impl Control<'_> {
    /// Waits until it is there.
    ///
    /// # Errors
    /// If it does not appear; the message lists what has the role instead.
    pub fn appears(&self) -> Result<()> {
        self.find().map(drop)
    }

    /// Waits until it is gone.
    ///
    /// # Errors
    /// If it stays.
    pub fn goes(&self) -> Result<()> {
        until(&format!("{self} to go"), || Ok(self.look()?.is_none().then_some(())))
    }

    /// Whether it is there now.
    ///
    /// # Errors
    /// If the page does not answer.
    pub fn is_there(&self) -> Result<bool> {
        Ok(self.look()?.is_some())
    }

    /// Waits until it can be used and stands still, and clicks it. A person does not click what is moving either; and what the pointer would
    /// meet is somewhere else by then.
    ///
    /// # Errors
    /// If it does not appear, stays disabled, or cannot be clicked.
    pub fn click(&self) -> Result<()> {
        let mut stood: Option<(Place, Instant)> = None;
        until(&format!("{self} to be clickable"), || {
            let Some(found) = self.look()?.filter(|found| found.enabled) else { return Ok(None) };
            match stood.filter(|(place, _)| *place == found.place) {
                Some((_, since)) if since.elapsed() >= STILL => {}
                Some(_) => return Ok(None),
                None => {
                    stood = Some((found.place, Instant::now()));
                    return Ok(None);
                }
            }
            self.app.driver().with(&found.element, |element| async move { element.click().await }).map(Some)
        })
        .with_context(|| self.instead())
    }

    /// Puts the focus on it and types, as at a keyboard.
    ///
    /// # Errors
    /// If it does not appear or takes no keys.
    pub fn type_in(&self, text: &str) -> Result<()> {
        let found = self.find()?;
        let text = text.to_owned();
        self.app.driver().with(&found.element, |element| async move { element.send_keys(&text).await })
    }

    /// Replaces what stands in it.
    ///
    /// # Errors
    /// If it does not appear or takes no keys.
    pub fn fill(&self, text: &str) -> Result<()> {
        let found = self.find()?;
        self.app.driver().with(&found.element, |element| async move { element.clear().await })?;
        self.type_in(text)
    }

    /// Puts a text into it at once, as pasting does; for texts that nobody types.
    ///
    /// # Errors
    /// If it does not appear.
    pub fn paste(&self, text: &str) -> Result<()> {
        const PASTE: &str = "arguments[0].focus(); return document.execCommand('insertText', false, arguments[1]);";
        let found = self.find()?;
        if self.app.execute(PASTE, vec![found.element, json!(text)])? == Value::Bool(true) {
            Ok(())
        } else {
            bail!("{self} did not take the text")
        }
    }

    /// Its accessible name.
    ///
    /// # Errors
    /// If it does not appear.
    pub fn name(&self) -> Result<String> {
        Ok(self.find()?.name)
    }

    /// What can be read in it.
    ///
    /// # Errors
    /// If it does not appear.
    pub fn text(&self) -> Result<String> {
        Ok(self.find()?.text)
    }

    /// What stands in a text box.
    ///
    /// # Errors
    /// If it does not appear or holds no text.
    pub fn value(&self) -> Result<String> {
        self.find()?.value.with_context(|| format!("{self} holds no text"))
    }

    /// Where it is in the page, in pixels.
    ///
    /// # Errors
    /// If it does not appear.
    pub fn place(&self) -> Result<Place> {
        Ok(self.find()?.place)
    }

    /// What explains it: its description, or its title.
    ///
    /// # Errors
    /// If it does not appear.
    pub fn description(&self) -> Result<String> {
        Ok(self.find()?.description)
    }

    /// Whether it can be used.
    ///
    /// # Errors
    /// If it does not appear.
    pub fn is_enabled(&self) -> Result<bool> {
        Ok(self.find()?.enabled)
    }

    /// Whether a switch is on.
    ///
    /// # Errors
    /// If it does not appear or cannot be on or off.
    pub fn is_on(&self) -> Result<bool> {
        self.find()?.checked.with_context(|| format!("{self} cannot be on or off"))
    }

    /// Whether a tab or row is the chosen one.
    ///
    /// # Errors
    /// If it does not appear or cannot be chosen.
    pub fn is_selected(&self) -> Result<bool> {
        self.find()?.selected.with_context(|| format!("{self} cannot be chosen"))
    }

    fn find(&self) -> Result<Found> {
        until(&self.to_string(), || self.look()).with_context(|| self.instead())
    }

    fn look(&self) -> Result<Option<Found>> {
        for role in self.roles {
            let how = match self.how {
                Match::Exact => "exact",
                Match::Contains => "contains",
            };
            let found = all(self.app, *role, &self.name, how, &Value::Null)?;
            if let Some(first) = found.into_iter().next() {
                return Ok(Some(first));
            }
        }
        Ok(None)
    }

    /// What has the role, for the message of a failure.
    fn instead(&self) -> String {
        let names: Vec<String> = self
            .roles
            .iter()
            .filter_map(|role| all(self.app, *role, "", "any", &Value::Null).ok())
            .flatten()
            .map(|found| if found.enabled { found.name } else { format!("{} (disabled)", found.name) })
            .collect();
        format!("of this role the window has: {names:?}")
    }
}

impl std::fmt::Display for Control<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let roles: Vec<&str> = self.roles.iter().map(|role| role.name()).collect();
        let with = if self.how == Match::Contains { " with" } else { "" };
        write!(f, "the {}{with} {:?}", roles.join(" or "), self.name)
    }
}

fn all(app: &App, role: Role, name: &str, how: &str, within: &Value) -> Result<Vec<Found>> {
    let found = app.execute(FIND, vec![json!(role.name()), json!(name), json!(how), within.clone()])?;
    serde_json::from_value(found).context("the page described its controls in another form")
}

fn one(role: Role) -> &'static [Role] {
    macro_rules! alone {
        ($($role:ident),*) => { match role { $(Role::$role => &[Role::$role],)* } };
    }
    alone!(
        Alert,
        AlertDialog,
        Article,
        Button,
        Complementary,
        Dialog,
        Group,
        Img,
        Heading,
        Link,
        List,
        ListItem,
        Log,
        Main,
        Navigation,
        Option,
        Region,
        Row,
        SearchBox,
        Status,
        Switch,
        Tab,
        TextBox
    )
}
