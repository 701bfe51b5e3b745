//! Workspaces to measure with: the demo workspace as it comes, and one with as many conversations as a large company has open.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use anyhow::{Context, Result, bail};
use chrono::{DateTime, TimeDelta, Utc};
use futures_util::{StreamExt as _, TryStreamExt as _, stream};
use serde_json::{Value, json};
use signoff_desk::{PASSWORD, Process};

use crate::options::Programs;
use crate::report::progress;
use crate::without_a_desk::runtime;

/// Conversations of the large workspace, besides those of the demo.
pub(crate) const CONVERSATIONS: u32 = 10_000;
/// Customer messages in each of them; the scenario's answer comes on top.
pub(crate) const MESSAGES: u32 = 10;
/// Customers who write at the same time.
const AT_A_TIME: usize = 32;
const CHANNEL: &str = "ch_webchat";

/// A platform process that serves a workspace.
#[derive(Debug)]
pub(crate) struct Workspace {
    process: Process,
    /// Its base address.
    pub(crate) address: String,
}

impl Workspace {
    /// The demo workspace, new.
    pub(crate) fn demo(programs: &Programs, folder: &Path) -> Result<Self> {
        Self::serve(programs, &folder.join("demo"))
    }

    /// The large workspace. Filling it takes a minute, so it is kept until the platform's program is another one.
    pub(crate) fn large(programs: &Programs) -> Result<Self> {
        let folder = programs.evidence.join("workspace");
        let mark = folder.join("filled");
        let program = std::fs::metadata(&programs.platform).context("there is no signoff-platform")?;
        let made_by = format!("{CONVERSATIONS}x{MESSAGES} {} {:?}", program.len(), program.modified()?);
        let is_filled = std::fs::read_to_string(&mark).is_ok_and(|found| found == made_by);
        if !is_filled && folder.exists() {
            std::fs::remove_dir_all(&folder)?;
        }
        let workspace = Self::serve(programs, &folder.join("data"))?;
        if !is_filled {
            progress(&format!("filling a workspace with {CONVERSATIONS} conversations of {MESSAGES} messages"));
            runtime()?.block_on(fill(&workspace.address))?;
            std::fs::write(mark, made_by)?;
        }
        Ok(workspace)
    }

    fn serve(programs: &Programs, data: &Path) -> Result<Self> {
        std::fs::create_dir_all(data)?;
        let mut command = Command::new(&programs.platform);
        command.args(["serve", "--listen", "127.0.0.1:0", "--demo"]).arg("--data-dir").arg(data);
        let logs: PathBuf = programs.evidence.clone();
        let (process, address) = Process::start_and_read("platform", &logs, &mut command, |line| {
            line.strip_prefix("listening on ").map(|address| address.trim_end_matches('/').to_owned())
        })?;
        Ok(Self { process, address })
    }

    /// Takes it off the network.
    pub(crate) fn stop(mut self) -> Result<()> {
        self.process.stop().map(drop)
    }
}

/// Lets customers write, over the contract as a channel would, and waits until the scenario has answered them all.
async fn fill(address: &str) -> Result<()> {
    let http = client()?;
    // Within every channel's window: each customer's messages make one conversation (R9).
    let begin = Utc::now() - TimeDelta::hours(6);
    let customers = stream::iter(0..CONVERSATIONS).map(|customer| writes(&http, address, customer, begin));
    customers.buffer_unordered(AT_A_TIME).try_for_each(|()| async { Ok(()) }).await?;
    let token = sign_in(&http, address).await?;
    let mut last = 0;
    for _ in 0..120 {
        let page: Value = http
            .get(format!("{address}/v1/sync/conversations?limit=1"))
            .bearer_auth(&token)
            .send()
            .await?
            .json()
            .await?;
        let seq = page["seq"].as_i64().context("a page has a seq")?;
        if seq == last {
            return Ok(());
        }
        last = seq;
        tokio::time::sleep(Duration::from_secs(3)).await;
    }
    bail!("the scenario does not come to an end")
}

async fn writes(http: &reqwest::Client, address: &str, customer: u32, begin: DateTime<Utc>) -> Result<()> {
    for number in 0..MESSAGES {
        let at = begin + TimeDelta::seconds(i64::from(customer)) + TimeDelta::minutes(i64::from(number));
        let body = json!({
            "customer": { "external_id": format!("bench-{customer}"), "name": name(customer) },
            "message": { "external_id": format!("bench-{customer}-{number}"), "text": text(customer, number), "at": at },
        });
        loop {
            let request = http.post(format!("{address}/v1/channels/{CHANNEL}/inbound"));
            let answer = request.bearer_auth(format!("demo-key-{CHANNEL}")).json(&body).send().await?;
            match answer.status().as_u16() {
                202 => break,
                // Allowed under load by the contract.
                503 | 429 => tokio::time::sleep(Duration::from_secs(1)).await,
                status => bail!("a customer's message was answered with {status}: {}", answer.text().await?),
            }
        }
    }
    Ok(())
}

/// Signs in beside the app and returns the token.
pub(crate) async fn sign_in(http: &reqwest::Client, address: &str) -> Result<String> {
    let who = json!({ "email": "alice@demo.test", "password": PASSWORD });
    let answer = http.post(format!("{address}/v1/sessions")).json(&who).send().await?.error_for_status()?;
    let session: Value = answer.json().await?;
    session["token"].as_str().map(str::to_owned).context("a session has a token")
}

/// A client for loopback.
pub(crate) fn client() -> Result<reqwest::Client> {
    Ok(reqwest::Client::builder().no_proxy().timeout(Duration::from_secs(60)).build()?)
}

fn name(customer: u32) -> String {
    const FIRST: [&str; 8] = ["Amélie", "Bruno", "Chloé", "David", "Elena", "Farid", "Grace", "Hugo"];
    const LAST: [&str; 7] = ["Laurent", "Okafor", "Schmidt", "Moreau", "Novak", "Silva", "Tanaka"];
    format!("{} {} {customer}", pick(&FIRST, customer), pick(&LAST, customer / 8))
}

fn text(customer: u32, number: u32) -> String {
    const TEXTS: [&str; 9] = [
        "Hello, my parcel was to arrive on Tuesday and the tracking page has not changed since.",
        "Bonjour, je n'arrive plus à me connecter à mon compte depuis la mise à jour de ce matin.",
        "The invoice shows the old address. Could you send me a corrected one, please?",
        "Merci pour votre réponse. Le code que vous m'avez envoyé ne fonctionne pas non plus.",
        "I have tried that twice, on two devices. The page stays empty after the second step.",
        "Est-il possible de changer la date de livraison ? Je ne serai pas chez moi vendredi.",
        "Yes.",
        "It says that the card was declined, but my bank sees no attempt at all on their side. I would like to know what I am to do \
         now, because the offer ends tonight and I do not want to order twice.",
        "Voici le numéro de commande que vous demandez, il est sur la confirmation reçue lundi.",
    ];
    format!("{} ({customer}-{number})", pick(&TEXTS, customer.wrapping_mul(7).wrapping_add(number * 5)))
}

fn pick<'a>(from: &[&'a str], number: u32) -> &'a str {
    from.get(number as usize % from.len().max(1)).copied().unwrap_or_default()
}
