//! What each kind of channel usually allows. Windows and limits are those that the channels' own documentation states; an admin
//! who has another agreement changes them.

use signoff_wire::contract::{
    channel_settings::{AttachmentLimits, ChannelRules, ChannelTypeDefaults, ChatSettings, Provider},
    channels::ChannelType,
};

/// The kinds, in the order in which they are offered.
pub(crate) const ALL: [ChannelType; 8] = [
    ChannelType::WebChat,
    ChannelType::WhatsApp,
    ChannelType::Messenger,
    ChannelType::Instagram,
    ChannelType::AppleMessages,
    ChannelType::Rcs,
    ChannelType::KakaoTalk,
    ChannelType::Line,
];

const MIB: u64 = 1024 * 1024;
/// What people send each other, and nothing that a machine would run.
const TYPES: &[&str] = &[
    "image/jpeg",
    "image/png",
    "image/gif",
    "image/webp",
    "image/heif",
    "audio/*",
    "video/*",
    "application/pdf",
    "text/plain",
    "text/csv",
    "application/msword",
    "application/vnd.ms-excel",
    "application/vnd.ms-powerpoint",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "application/vnd.openxmlformats-officedocument.presentationml.presentation",
    "application/vnd.oasis.opendocument.text",
    "application/vnd.oasis.opendocument.spreadsheet",
];
/// Channels that show pictures and films only.
const PICTURES: &[&str] = &["image/jpeg", "image/png", "image/gif", "image/webp", "audio/*", "video/*"];

struct Facts {
    name: &'static str,
    reply_limit: u32,
    conversation_window_h: u32,
    reply_window_h: Option<u32>,
    person_window_h: Option<u32>,
    max_bytes: u64,
    max_count: u32,
    types: &'static [&'static str],
    typing: bool,
    read: bool,
}

const USUAL: Facts = Facts {
    name: "Channel",
    reply_limit: 2_000,
    conversation_window_h: 96,
    reply_window_h: None,
    person_window_h: None,
    max_bytes: 10 * MIB,
    max_count: 10,
    types: TYPES,
    typing: false,
    read: false,
};

fn facts(kind: &ChannelType) -> Facts {
    match kind {
        ChannelType::WebChat => {
            Facts { name: "Web chat", reply_limit: 20_000, max_count: 5, typing: true, read: true, ..USUAL }
        }
        ChannelType::WhatsApp => Facts {
            name: "WhatsApp",
            reply_limit: 4_096,
            conversation_window_h: 120,
            reply_window_h: Some(24),
            max_bytes: 16 * MIB,
            typing: true,
            read: true,
            ..USUAL
        },
        // A person may still answer for a week; nothing automatic may.
        ChannelType::Messenger => Facts {
            name: "Messenger",
            reply_window_h: Some(24),
            person_window_h: Some(168),
            max_bytes: 25 * MIB,
            typing: true,
            read: true,
            ..USUAL
        },
        ChannelType::Instagram => Facts {
            name: "Instagram",
            reply_limit: 1_000,
            reply_window_h: Some(24),
            person_window_h: Some(168),
            max_bytes: 8 * MIB,
            types: PICTURES,
            typing: true,
            read: true,
            ..USUAL
        },
        ChannelType::AppleMessages => {
            Facts { name: "Apple Messages", reply_limit: 10_000, max_bytes: 25 * MIB, typing: true, ..USUAL }
        }
        ChannelType::Rcs => Facts { name: "RCS", reply_limit: 3_072, typing: true, read: true, ..USUAL },
        // The consultation ends by itself a month after the customer's last word.
        ChannelType::KakaoTalk => {
            Facts { name: "KakaoTalk", reply_limit: 1_000, reply_window_h: Some(720), types: PICTURES, ..USUAL }
        }
        ChannelType::Line => Facts { name: "LINE", reply_limit: 5_000, types: PICTURES, ..USUAL },
        ChannelType::Other(_) => USUAL,
    }
}

/// What a new channel of this kind starts from.
pub(crate) fn defaults(kind: &ChannelType) -> ChannelTypeDefaults {
    let facts = facts(kind);
    let rules = ChannelRules {
        name: facts.name.to_owned(),
        reply_limit: facts.reply_limit,
        conversation_window_h: facts.conversation_window_h,
        reply_window_h: facts.reply_window_h,
        person_window_h: facts.person_window_h,
        provider: Provider::Polling,
        attachments: AttachmentLimits {
            max_bytes: facts.max_bytes,
            max_count: facts.max_count,
            types: facts.types.iter().map(|&kind| kind.to_owned()).collect(),
        },
        chat: (*kind == ChannelType::WebChat).then(ChatSettings::default),
    };
    ChannelTypeDefaults { kind: kind.clone(), typing: facts.typing, read: facts.read, rules }
}
