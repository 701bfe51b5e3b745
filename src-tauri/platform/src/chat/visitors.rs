//! Visitors: a token each, and what they write.

use rusqlite::{Connection, OptionalExtension, params};
use signoff_wire::contract::{
    channels::{ChannelType, Inbound, InboundCustomer, InboundMessage},
    chat::{ChatMessageAccepted, ChatPage, NewChatMessage, NewVisitor, Visitor},
};

use crate::{
    attachments::Owner,
    channels::{inbound, language, require_in_use, settings},
    fields,
    presence::VisitorKey,
    refusal::Refusal,
    sessions::hash_token,
    store::{Write, ms},
};

/// Longest message, in Unicode scalar values.
pub(crate) const MESSAGE_LIMIT: u32 = 20_000;
const LONGEST_NAME: usize = 80;
/// RFC 5646, section 4.4.1.
const LONGEST_LANGUAGE: usize = 35;
const LONGEST_CLIENT_ID: usize = 80;

/// Somebody with a token.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Known {
    /// The channel.
    pub(crate) channel_id: String,
    /// The channel's id of the customer that the visitor is.
    pub(crate) external_id: String,
    /// Their name.
    pub(crate) name: String,
    /// Their browser's language.
    pub(crate) language: Option<String>,
    /// What limits are kept by.
    pub(crate) token_hash: Vec<u8>,
}

impl Known {
    /// Under which name streams are told of them.
    pub(crate) fn key(&self) -> VisitorKey {
        (self.channel_id.clone(), self.external_id.clone())
    }

    /// As the owner of files.
    pub(crate) fn owner(&self) -> Owner {
        Owner::Visitor(self.channel_id.clone(), self.external_id.clone())
    }
}

/// What the page of a channel has to know. A channel without a page is an unknown one.
pub(crate) fn page(sql: &Connection, channel_id: &str) -> Result<(ChatPage, Vec<String>), Refusal> {
    let channel = settings::one(sql, channel_id)?;
    let Some(chat) = channel.rules.chat.filter(|_| channel.kind == ChannelType::WebChat) else {
        return Err(Refusal::ChannelUnknown);
    };
    if channel.archived_at.is_some() {
        return Err(Refusal::ChannelArchived);
    }
    let title = if chat.title.trim().is_empty() {
        sql.prepare_cached("SELECT name FROM workspace")?.query_row([], |row| row.get(0))?
    } else {
        chat.title
    };
    let page = ChatPage {
        title,
        greeting: chat.greeting,
        colour: chat.colour,
        attachments: channel.rules.attachments,
        message_limit: MESSAGE_LIMIT,
    };
    Ok((page, chat.allowed_origins))
}

/// Gives somebody new a token.
pub(crate) fn begin(write: &mut Write<'_>, channel_id: &str, new: &NewVisitor) -> Result<Visitor, Refusal> {
    page(write.sql, channel_id)?;
    let name = new.name.as_deref().map(str::trim).unwrap_or_default();
    if name.chars().count() > LONGEST_NAME || name.chars().any(char::is_control) {
        return Err(Refusal::InvalidValue("a name has at most 80 characters".to_owned()));
    }
    if new.language.as_ref().is_some_and(|language| language.chars().count() > LONGEST_LANGUAGE) {
        return Err(Refusal::InvalidBody("language: at most 35 characters".to_owned()));
    }
    let language = new.language.as_deref().and_then(language::primary);
    let (token, external_id) = (write.chance.token(), write.id("visitor"));
    let name = if name.is_empty() {
        let word = if language.as_deref() == Some("fr") { "Visiteur" } else { "Visitor" };
        format!("{word} {}", external_id[external_id.len() - 4..].to_uppercase())
    } else {
        name.to_owned()
    };
    write
        .sql
        .prepare_cached(
            "INSERT INTO visitors (token_hash, channel_id, external_id, name, language, created_at)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
        )?
        .execute(params![hash_token(&token), channel_id, external_id, name, language, ms(write.now)])?;
    Ok(Visitor { token, name })
}

/// Whose token this is on this channel.
pub(crate) fn known(sql: &Connection, channel_id: &str, token: &str) -> Result<Known, Refusal> {
    let token_hash = hash_token(token);
    sql.prepare_cached("SELECT external_id, name, language FROM visitors WHERE token_hash = ?1 AND channel_id = ?2")?
        .query_row(params![token_hash, channel_id], |row| {
            Ok(Known {
                channel_id: channel_id.to_owned(),
                external_id: row.get(0)?,
                name: row.get(1)?,
                language: row.get(2)?,
                token_hash: token_hash.clone(),
            })
        })
        .optional()?
        .ok_or(Refusal::Unauthenticated)
}

/// Takes what a visitor wrote. The same client id again is the same message.
pub(crate) fn write(
    write: &mut Write<'_>,
    visitor: &Known,
    new: NewChatMessage,
) -> Result<ChatMessageAccepted, Refusal> {
    require_in_use(write.sql, &visitor.channel_id)?;
    if !(1..=LONGEST_CLIENT_ID).contains(&new.client_id.chars().count()) {
        return Err(fields::invalid("client_id", "takes 1 to 80 characters"));
    }
    if new.client_id.chars().any(char::is_control) {
        return Err(fields::unfit("client_id", "must not have control characters"));
    }
    if new.text.chars().all(char::is_whitespace) && new.attachments.is_empty() {
        return Err(Refusal::MessageEmpty);
    }
    let length = new.text.chars().count();
    if u32::try_from(length).unwrap_or(u32::MAX) > MESSAGE_LIMIT {
        return Err(Refusal::MessageTooLong { length, limit: MESSAGE_LIMIT });
    }
    let inbound = Inbound {
        customer: InboundCustomer {
            external_id: visitor.external_id.clone(),
            name: visitor.name.clone(),
            language: None,
        },
        message: InboundMessage {
            external_id: external_message_id(visitor, &new.client_id),
            text: new.text,
            at: None,
            attachments: Vec::new(),
        },
    };
    let with = inbound::With {
        attachments: new.attachments,
        owner: Some(visitor.owner()),
        language: visitor.language.clone(),
    };
    let accepted = inbound::take_with(write, &visitor.channel_id, &inbound, &with)?;
    Ok(ChatMessageAccepted {
        id: accepted.message_id,
        client_id: new.client_id,
        new_conversation: accepted.new_conversation,
    })
}

/// Client ids are the visitor's own: two visitors may choose the same.
fn external_message_id(visitor: &Known, client_id: &str) -> String {
    format!("{}:{client_id}", visitor.external_id)
}

/// The client id behind a message's external id.
pub(crate) fn client_id(visitor: &Known, external_id: &str) -> Option<String> {
    external_id.strip_prefix(&visitor.external_id)?.strip_prefix(':').map(str::to_owned)
}
