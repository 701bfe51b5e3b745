//! `signoff-platform user …`: the people of a workspace, while the platform runs or not.

use std::io::Read;

use anyhow::Context;
use clap::{Args, Subcommand};
use signoff_platform::operator::{NewUser, Operator};
use signoff_wire::contract::{people::Person, sessions::Role};

use super::{config::Folder, say};

/// People.
#[derive(Subcommand)]
pub(crate) enum User {
    /// Add somebody, to a new workspace if there is none yet. The first one of it should be an admin.
    Add {
        #[command(flatten)]
        place: Folder,
        /// The address to sign in with.
        #[arg(long)]
        email: String,
        /// The name that colleagues see.
        #[arg(long)]
        name: String,
        /// May change settings and see figures.
        #[arg(long)]
        admin: bool,
        /// A team, by name or id. May be given more than once.
        #[arg(long = "team", value_name = "TEAM")]
        teams: Vec<String>,
        /// A channel on which the person may reply, by name or id; all of them, if none is given.
        #[arg(long = "channel", value_name = "CHANNEL")]
        channels: Vec<String>,
        #[command(flatten)]
        password: Password,
    },
    /// Everybody, one a line: state, role, address, name.
    List {
        #[command(flatten)]
        place: Folder,
    },
    /// End somebody's sessions and give their conversations back to the teams. What they did stays.
    Deactivate {
        #[command(flatten)]
        place: Folder,
        /// The person's address.
        #[arg(long)]
        email: String,
    },
    /// Let somebody in again.
    Reactivate {
        #[command(flatten)]
        place: Folder,
        /// The person's address.
        #[arg(long)]
        email: String,
    },
    /// Give somebody a new password and end their sessions.
    ResetPassword {
        #[command(flatten)]
        place: Folder,
        /// The person's address.
        #[arg(long)]
        email: String,
        #[command(flatten)]
        password: Password,
    },
    /// Forget somebody's authenticator and recovery codes.
    ResetTwoStep {
        #[command(flatten)]
        place: Folder,
        /// The person's address.
        #[arg(long)]
        email: String,
    },
    /// Make somebody an admin.
    MakeAdmin {
        #[command(flatten)]
        place: Folder,
        /// The person's address.
        #[arg(long)]
        email: String,
    },
}

/// Where the password comes from.
#[derive(Args)]
pub(crate) struct Password {
    /// Read the password from standard input. Without this, one is made and printed.
    #[arg(long)]
    password_stdin: bool,
}

impl Password {
    /// The password, and what to print of it.
    fn get(&self, operator: &mut Operator) -> anyhow::Result<(String, Option<String>)> {
        if !self.password_stdin {
            let made = operator.make_password();
            return Ok((made.clone(), Some(made)));
        }
        let mut typed = String::new();
        std::io::stdin().take(64 * 1024).read_to_string(&mut typed).context("cannot read the password")?;
        Ok((typed.trim_end_matches(['\n', '\r']).to_owned(), None))
    }
}

/// Does it.
pub(crate) async fn run(command: User) -> anyhow::Result<()> {
    match command {
        User::Add { place, email, name, admin, teams, channels, password } => {
            let mut operator = Operator::at(&place.path()?).await?;
            let (password, made) = password.get(&mut operator)?;
            let role = if admin { Role::Admin } else { Role::Advisor };
            let channels = (!channels.is_empty()).then_some(channels);
            let person = operator.add(NewUser { name, email, role, teams, channels }, &password)?;
            done("added", &person)?;
            tell(made)
        }
        User::List { place } => {
            for person in Operator::at(&place.path()?).await?.list()? {
                let state = if person.active { "active" } else { "deactivated" };
                say(format_args!("{state}\t{}\t{}\t{}", role(&person), person.email, person.name))?;
            }
            Ok(())
        }
        User::Deactivate { place, email } => {
            done("deactivated", &Operator::at(&place.path()?).await?.set_active(&email, false)?)
        }
        User::Reactivate { place, email } => {
            done("reactivated", &Operator::at(&place.path()?).await?.set_active(&email, true)?)
        }
        User::ResetPassword { place, email, password } => {
            let mut operator = Operator::at(&place.path()?).await?;
            let (password, made) = password.get(&mut operator)?;
            done("new password for", &operator.reset_password(&email, &password)?)?;
            tell(made)
        }
        User::ResetTwoStep { place, email } => {
            done("two-step sign-in forgotten for", &Operator::at(&place.path()?).await?.reset_second_factor(&email)?)
        }
        User::MakeAdmin { place, email } => {
            done("admin now:", &Operator::at(&place.path()?).await?.set_role(&email, Role::Admin)?)
        }
    }
}

fn done(what: &str, person: &Person) -> anyhow::Result<()> {
    say(format_args!("{what} {} <{}>", person.name, person.email))
}

fn tell(made: Option<String>) -> anyhow::Result<()> {
    made.map_or(Ok(()), |password| say(format_args!("password: {password}")))
}

fn role(person: &Person) -> &'static str {
    match person.role {
        Role::Admin => "admin",
        Role::Advisor => "advisor",
    }
}
