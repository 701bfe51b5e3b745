//! The contract's calls, one after the other.

use async_trait::async_trait;
use futures_util::stream::BoxStream;
use reqwest::RequestBuilder;
use reqwest::header::{ACCEPT, ETAG, IF_MATCH, IF_RANGE, RANGE};
use secrecy::{ExposeSecret, SecretString};
use serde_json::json;
use signoff_wire::contract::audit::AuditEntry;
use signoff_wire::contract::conversations::Conversation;
use signoff_wire::contract::directory::Directory;
use signoff_wire::contract::events::Changes;
use signoff_wire::contract::pages::Page;
use signoff_wire::contract::problems::ProblemCode;
use signoff_wire::contract::requests::{Assign, AttachmentRef, CloseConversation, ClosingReply, NewReply};
use signoff_wire::contract::second_factor::{EnrolAtSignIn, Enrolment, SecondStep};
use signoff_wire::contract::sessions::{Me, NewSession, Session};
use signoff_wire::contract::settings::{InboxOptions, UpdateInboxOptions};
use signoff_wire::contract::single_sign_on::{BeginSingleSignOn, FinishSingleSignOn, SignInWays, SingleSignOnBegun};
use signoff_wire::contract::sync::SyncPage;
use signoff_wire::contract::timeline::{Attachment, TimelineEntry};
use signoff_wire::interface::{Administered, Method};
use tokio::time::timeout;

use super::answer::Answer;
use super::{HttpPlatform, file, signed_in, stream};
use crate::remote::administration::Call;
use crate::remote::download::{Incoming, Source, There};
use crate::remote::{
    Act, Attempt, FirstStep, Platform, Presence, Refusal, RemoteError, Seen, Step, Streamed, Taken, Token, Upload, What,
};

/// Timeline entries that come with each conversation of the first synchronisation: what a conversation shows before anybody scrolls.
const ENTRIES_PER_SNAPSHOT: u32 = 30;

/// How this program calls itself in the list of somebody's sessions.
fn device() -> String {
    let system = match std::env::consts::OS {
        "macos" => "macOS",
        "windows" => "Windows",
        "linux" => "Linux",
        other => other,
    };
    format!("Signoff {} · {system}", env!("CARGO_PKG_VERSION"))
}

#[async_trait]
impl Platform for HttpPlatform {
    /// Anything can answer 200 to `/healthz`; only a platform refuses `/v1/me` in the contract's own words.
    async fn probe(&self) -> Result<(), RemoteError> {
        match self.ask::<serde_json::Value>(self.get(&["v1", "me"])).await {
            Err(RemoteError::SignedOut) => Ok(()),
            Ok(_) => Err(RemoteError::Nonsense("it says who is signed in although nobody is".to_owned())),
            Err(RemoteError::Refused(refusal)) => {
                Err(RemoteError::Nonsense(format!("it refused with {}", refusal.code)))
            }
            Err(error) => Err(error),
        }
    }

    fn clock_ahead_by(&self) -> Option<chrono::Duration> {
        HttpPlatform::clock_ahead_by(self)
    }

    async fn sign_in(&self, email: &str, password: &SecretString) -> Result<FirstStep, RemoteError> {
        let body = NewSession {
            email: email.to_owned(),
            password: password.expose_secret().to_owned(),
            device: Some(device()),
        };
        let answer = self.whole_answer(self.client.post(self.at(&["v1", "sessions"])).json(&body)).await?;
        match answer.challenge() {
            Some((challenge, enrol)) => Ok(FirstStep::Waits { challenge, enrol }),
            None => Ok(FirstStep::In(answer.read()?)),
        }
    }

    async fn second_step(&self, challenge: &str, code: &SecretString) -> Result<Session, RemoteError> {
        let body = SecondStep { challenge: challenge.to_owned(), code: code.expose_secret().to_owned() };
        self.ask(self.client.post(self.at(&["v1", "sessions", "second-factor"])).json(&body)).await
    }

    async fn enrol(&self, challenge: &str) -> Result<Enrolment, RemoteError> {
        let body = EnrolAtSignIn { challenge: challenge.to_owned() };
        self.ask(self.client.post(self.at(&["v1", "sessions", "second-factor", "enrolment"])).json(&body)).await
    }

    /// A platform that knows nothing of it knows passwords.
    async fn sign_in_ways(&self) -> Result<SignInWays, RemoteError> {
        match self.ask(self.get(&["v1", "sign-in-ways"])).await {
            Err(RemoteError::Refused(refusal)) if refusal.code == ProblemCode::NotFound => {
                Ok(SignInWays { passwords: true, single_sign_on: None })
            }
            ways => ways,
        }
    }

    async fn begin_visit(&self, port: u16, challenge: String) -> Result<SingleSignOnBegun, RemoteError> {
        let body = BeginSingleSignOn { port, challenge, device: Some(device()) };
        self.ask(self.client.post(self.at(&["v1", "sessions", "single-sign-on"])).json(&body)).await
    }

    async fn finish_visit(&self, code: String, verifier: &str) -> Result<Session, RemoteError> {
        let body = FinishSingleSignOn { code, verifier: verifier.to_owned() };
        self.ask(self.client.post(self.at(&["v1", "sessions", "single-sign-on", "finish"])).json(&body)).await
    }

    async fn sign_out(&self, token: &Token) -> Result<(), RemoteError> {
        let request = signed_in(self.client.delete(self.at(&["v1", "sessions", "current"])), token);
        match self.whole_answer(request).await?.success() {
            Ok(()) | Err(RemoteError::SignedOut) => Ok(()),
            Err(error) => Err(error),
        }
    }

    async fn me(&self, token: &Token) -> Result<Me, RemoteError> {
        self.ask(signed_in(self.get(&["v1", "me"]), token)).await
    }

    async fn directory(&self, token: &Token) -> Result<Directory, RemoteError> {
        self.ask(signed_in(self.get(&["v1", "directory"]), token)).await
    }

    async fn inbox_options(&self, token: &Token) -> Result<(InboxOptions, String), RemoteError> {
        self.versioned(signed_in(self.get(&["v1", "settings", "inbox-options"]), token)).await
    }

    async fn set_inbox_options(
        &self,
        token: &Token,
        allow_manual_close: bool,
        version: &str,
    ) -> Result<(InboxOptions, String), RemoteError> {
        let request = self.client.put(self.at(&["v1", "settings", "inbox-options"]));
        let request = request.header(IF_MATCH, version).json(&UpdateInboxOptions { allow_manual_close });
        self.versioned(signed_in(request, token)).await
    }

    async fn audit_log(&self, token: &Token, after: Option<&str>) -> Result<Page<AuditEntry>, RemoteError> {
        let request = self.get_where(&["v1", "audit-log"], &[("after", after)]);
        self.ask(signed_in(request, token)).await
    }

    async fn say_presence(&self, token: &Token, conversation_id: &str, presence: Presence) -> Result<(), RemoteError> {
        let call = match presence {
            Presence::Reads => "read",
            Presence::Types => "typing",
        };
        let request = self.client.post(self.at(&["v1", "conversations", conversation_id, call])).json(&json!({}));
        self.whole_answer(signed_in(request, token)).await?.success()
    }

    async fn administer(&self, token: &Token, call: &Call) -> Result<Administered, RemoteError> {
        let method = match call.method() {
            Method::Get => reqwest::Method::GET,
            Method::Post => reqwest::Method::POST,
            Method::Put => reqwest::Method::PUT,
            Method::Patch => reqwest::Method::PATCH,
            Method::Delete => reqwest::Method::DELETE,
        };
        let mut request = self.client.request(method, self.under(call.path()));
        if let Some(body) = call.body() {
            request = request.json(body);
        }
        if let Some(version) = call.version() {
            request = request.header(IF_MATCH, version);
        }
        self.whole_answer(signed_in(request, token)).await?.administered()
    }

    async fn download(&self, token: &Token, source: &Source, there: Option<&There>) -> Result<Incoming, RemoteError> {
        let mut request = self.client.get(self.under(source.path()));
        if let Some(there) = there {
            request = request.header(RANGE, format!("bytes={}-", there.bytes)).header(IF_RANGE, &there.tag);
        }
        let head = self.send(signed_in(request, token));
        let response = timeout(self.patience.answer, head)
            .await
            .unwrap_or_else(|_| Err(RemoteError::Interrupted("the file did not begin in time".to_owned())))?;
        file::open(response, self.patience.answer).await
    }

    fn takes_files(&self) -> bool {
        true
    }

    async fn upload(&self, token: &Token, upload: Upload) -> Result<String, RemoteError> {
        let mut address = self.at(&["v1", "attachments"]);
        address.query_pairs_mut().append_pair("name", &upload.name);
        let (request, progress) = file::bring(self.client.post(address), upload);
        let exchange = async {
            let response = self.send(signed_in(request, token)).await?;
            Answer::receive(response).await?.read::<Attachment>()
        };
        Ok(progress.watch(exchange, self.patience.answer).await?.id)
    }

    async fn snapshot(&self, token: &Token, after: Option<&str>, limit: u32) -> Result<SyncPage, RemoteError> {
        let (limit, entries) = (limit.to_string(), ENTRIES_PER_SNAPSHOT.to_string());
        let request = self.get_where(
            &["v1", "sync", "conversations"],
            &[("limit", Some(&limit)), ("entries", Some(&entries)), ("after", after)],
        );
        self.ask(signed_in(request, token)).await
    }

    async fn timeline(
        &self,
        token: &Token,
        conversation_id: &str,
        before: Option<&str>,
        limit: u32,
    ) -> Result<Page<TimelineEntry>, RemoteError> {
        let request = self.get_where(
            &["v1", "conversations", conversation_id, "messages"],
            &[("limit", Some(&limit.to_string())), ("before", before)],
        );
        self.ask(signed_in(request, token)).await
    }

    async fn conversation(&self, token: &Token, conversation_id: &str) -> Result<Conversation, RemoteError> {
        self.ask(signed_in(self.get(&["v1", "conversations", conversation_id]), token)).await
    }

    async fn changes(&self, token: &Token, after: i64, limit: u32) -> Result<Changes, RemoteError> {
        let (after, limit) = (after.to_string(), limit.to_string());
        let request = self.get_where(&["v1", "changes"], &[("after", Some(&after)), ("limit", Some(&limit))]);
        self.ask(signed_in(request, token)).await
    }

    async fn events(
        &self,
        token: &Token,
        after: i64,
    ) -> Result<BoxStream<'static, Result<Streamed, RemoteError>>, RemoteError> {
        let request =
            self.get_where(&["v1", "events"], &[("after", Some(&after.to_string())), ("typing", Some("true"))]);
        let request = request.header(ACCEPT, stream::CONTENT_TYPE);
        let head = self.send(signed_in(request, token));
        let response = timeout(self.patience.answer, head)
            .await
            .unwrap_or_else(|_| Err(RemoteError::Interrupted("the stream did not begin in time".to_owned())))?;
        stream::open(response).await
    }

    /// D4: everything or nothing.
    fn steps(&self, _act: &Act) -> Vec<Step> {
        vec![Step::Whole]
    }

    fn keeps_keys(&self) -> bool {
        true
    }

    async fn perform(&self, token: &Token, attempt: &Attempt) -> Result<Taken, RemoteError> {
        if attempt.step != Step::Whole {
            return Err(no_such_step());
        }
        let request = self
            .act(&attempt.act)
            // The contract's key is a structured-field string, quotes included.
            .header("Idempotency-Key", format!("\"{}\"", attempt.key));
        self.ask(signed_in(request, token)).await.map(Taken::whole)
    }

    async fn look(&self, token: &Token, attempt: &Attempt) -> Result<Seen, RemoteError> {
        match self.ask(signed_in(self.get(&["v1", "receipts", &attempt.key]), token)).await {
            Ok(receipt) => Ok(Seen::Applied(Taken::whole(receipt))),
            Err(RemoteError::Refused(refusal)) if refusal.code == ProblemCode::ReceiptUnknown => Ok(Seen::NoReceipt),
            Err(error) => Err(error),
        }
    }
}

fn named(attachments: &[String]) -> Vec<AttachmentRef> {
    attachments.iter().map(|id| AttachmentRef { id: id.clone() }).collect()
}

/// An act that was begun in steps at a platform of another kind cannot be continued here.
fn no_such_step() -> RemoteError {
    RemoteError::Refused(Box::new(Refusal::because(ProblemCode::Other("no-such-step".to_owned()))))
}

impl HttpPlatform {
    async fn versioned(&self, request: RequestBuilder) -> Result<(InboxOptions, String), RemoteError> {
        let (options, version) = self.ask_with_version(request).await?;
        let version = version.ok_or_else(|| RemoteError::Nonsense(format!("settings without {ETAG}")))?;
        Ok((options, version))
    }

    fn act(&self, act: &Act) -> RequestBuilder {
        let call = |name| self.client.post(self.at(&["v1", "conversations", &act.conversation_id, name]));
        match &act.what {
            What::Reply { text, attachments, trigger_survey, last_seen_message_id } => {
                call("replies").json(&NewReply {
                    text: text.clone(),
                    attachments: named(attachments),
                    trigger_survey: *trigger_survey,
                    last_seen_message_id: last_seen_message_id.clone(),
                    origin: act.origin,
                })
            }
            What::Close { text, attachments, last_seen_message_id } => call("close").json(&CloseConversation {
                reply: ClosingReply { text: text.clone(), attachments: named(attachments) },
                last_seen_message_id: last_seen_message_id.clone(),
                origin: act.origin,
            }),
            What::Archive => call("archive").json(&json!({})),
            What::Assign { user_id } => call("assign").json(&Assign { user_id: Some(user_id.clone()) }),
            What::Release => call("release").json(&json!({})),
        }
    }
}
