//! What somebody can tell who reads a conversation at the vendor: the connector, before and after it asks for a step, and the advisor, who
//! is asked what became of one.

use signoff_engine::remote::{Attempt, Brought, Refusal, RemoteError, Seen, Step, Taken, What};
use signoff_wire::contract::problems::ProblemCode;
use signoff_wire::contract::receipts::{ReceiptClosed, ReceiptReply, ReceiptSurvey, SurveyStatus};
use signoff_wire::contract::sessions::UserRef;
use signoff_wire::contract::timeline::{EntryKind, Happening, TimelineEntry};
use signoff_wire::interface::{ActionKind, Effect, QueueEntry};

use super::books::{Books, Talk, receipt, refused, skipped};
use super::places::{self, Surveys};

/// What the connector sees. `blind`: conversations cannot be read, so it sees nothing.
pub(super) fn look(books: &Books, attempt: &Attempt, by: &UserRef, blind: bool) -> Result<Seen, RemoteError> {
    if blind {
        let nothing = Seen::NotApplied { mark: String::new(), objection: None };
        return Ok(if attempt.mark.is_some() { Seen::CannotTell } else { nothing });
    }
    let talk = books.talk(&attempt.act.conversation_id)?;
    if attempt.step == Step::Close && talk.is_closed() {
        // Whoever closed it: closed is closed.
        return Ok(Seen::Applied(books.closed(&talk.conversation.id)?));
    }
    if attempt.step == Step::Survey && places::surveys(&talk.conversation.channel.id) == Surveys::Skipped {
        return Ok(Seen::Applied(skipped(talk.conversation.version)));
    }
    let since = match attempt.mark.as_deref().map(str::parse::<i64>) {
        Some(Ok(since)) => Some(since),
        Some(Err(_)) => return Err(refused(ProblemCode::InvalidQuery)),
        None => None,
    };
    let is_it = |entry: &&TimelineEntry| entry.author.id.as_deref() == Some(by.id.as_str()) && shows(attempt, entry);
    let found = since.and_then(|since| talk.entries.iter().filter(|entry| entry.position > since).find(is_it));
    Ok(match found {
        Some(entry) => Seen::Applied(brought(attempt, talk, entry)),
        None => Seen::NotApplied {
            mark: talk.place().to_string(),
            objection: objection(books, talk, attempt).map(Box::new),
        },
    })
}

/// Whether an entry of the timeline is what a step does.
fn shows(attempt: &Attempt, entry: &TimelineEntry) -> bool {
    match (attempt.step, &attempt.act.what, &entry.event) {
        (Step::Reply, What::Reply { text, .. } | What::Close { text, .. }, None) => {
            entry.kind == EntryKind::Reply && entry.text == *text
        }
        (Step::Survey, _, Some(Happening::SurveySent { .. }))
        | (Step::Whole, What::Archive, Some(Happening::Archived))
        | (Step::Whole, What::Release, Some(Happening::Released { .. })) => true,
        (Step::Whole, What::Assign { user_id }, Some(Happening::Assigned { to, .. })) => to.id == *user_id,
        (Step::Whole | Step::Reply | Step::Survey | Step::Close, _, _) => false,
    }
}

fn brought(attempt: &Attempt, talk: &Talk, entry: &TimelineEntry) -> Taken {
    let (at, version) = (entry.at, talk.conversation.version);
    let brought = match attempt.step {
        Step::Reply => Brought::Reply(ReceiptReply { message_id: entry.id.clone(), at }),
        Step::Survey => Brought::Survey(ReceiptSurvey { status: SurveyStatus::Sent, reason: None, at: Some(at) }),
        Step::Close => Brought::Closed(ReceiptClosed { at }),
        Step::Whole => {
            return Taken::whole(receipt(&attempt.key, &talk.conversation.id, version));
        }
    };
    Taken { brought, version }
}

/// D6 to D8, as far as somebody can see who looks.
fn objection(books: &Books, talk: &Talk, attempt: &Attempt) -> Option<Refusal> {
    if talk.is_closed() {
        let newer_conversation_id = books.newer_than(talk);
        return Some(Refusal { newer_conversation_id, ..Refusal::because(ProblemCode::ConversationClosed) });
    }
    let seen = match &attempt.act.what {
        What::Close { .. } if !books.closing.0 => return Some(Refusal::because(ProblemCode::CloseDisabled)),
        What::Reply { last_seen_message_id, .. } | What::Close { last_seen_message_id, .. } => {
            last_seen_message_id.as_ref()?
        }
        What::Archive | What::Assign { .. } | What::Release => return None,
    };
    let newest = talk.conversation.last_customer_message_id.clone();
    (Some(seen) != newest.as_ref())
        .then(|| Refusal { last_customer_message_id: newest, ..Refusal::because(ProblemCode::CustomerWroteSince) })
}

/// What the advisor sees who opens the vendor's own console: whether what nobody knows of an entry has happened.
pub(super) fn advisor_finds(books: &Books, entry: &QueueEntry) -> bool {
    let effect = entry.half_done.as_ref().and_then(|half| half.in_doubt);
    let carries_text = match entry.action {
        ActionKind::Reply | ActionKind::ReplyWithSurvey | ActionKind::SendAndClose => true,
        ActionKind::Archive | ActionKind::Assign | ActionKind::Release | ActionKind::Unknown => false,
    };
    match effect {
        Some(Effect::Close) => books.talk(&entry.conversation_id).is_ok_and(Talk::is_closed),
        Some(Effect::Survey) => books.has_done(&entry.id, Step::Survey),
        Some(Effect::Reply) => books.has_done(&entry.id, Step::Reply),
        None if carries_text => books.has_done(&entry.id, Step::Reply),
        None => books.has_done(&entry.id, Step::Whole),
    }
}
