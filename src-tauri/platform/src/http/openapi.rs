//! The OpenAPI document, made of the very types that requests and answers use.

use std::{
    future::{Ready, ready},
    sync::OnceLock,
};

use axum::response::Response;
use serde_json::Value;
use utoipa::{
    Modify, OpenApi,
    openapi::security::{HttpAuthScheme, HttpBuilder, SecurityScheme},
};

use super::{
    access, admin_channels, answer, attachments, audit, channels, chat, click, conversations, customers, daily_exports,
    events, exports, figures, health, lists, people, presence, routing, scenarios, second_factor, sessions, settings,
    single_sign_on, surveys, widget, widget_applications, workspace,
};
use crate::refusal::Refusal;

mod completed;

#[derive(OpenApi)]
#[openapi(
    info(
        title = "Signoff platform",
        description = "The seam between the Signoff app and a platform. Errors are application/problem+json; act on `code` only."
    ),
    paths(
        document, health::healthz, health::readyz, health::metrics, health::of_workspace,
        sessions::sign_in, sessions::sign_out, sessions::me, sessions::directory,
        access::open_links, access::invite, access::revoke, access::password_link, access::end_sessions,
        access::look, access::accept, access::change_password,
        access::own_sessions, access::sign_out_everywhere, access::end_session, access::page,
        second_factor::second_step, second_factor::enrol_at_sign_in, second_factor::own, second_factor::begin,
        second_factor::confirm, second_factor::disable, second_factor::renew_codes, second_factor::reset,
        second_factor::read_rules, second_factor::update_rules,
        single_sign_on::ways, single_sign_on::begin, single_sign_on::finish, single_sign_on::callback,
        single_sign_on::read, single_sign_on::update, single_sign_on::unbind,
        settings::read, settings::update,
        audit::log, audit::csv, audit::json_lines,
        people::users, people::add_user, people::user, people::change_user,
        people::all_teams, people::add_team, people::team, people::change_team, people::give_up_team,
        conversations::list, conversations::one, conversations::messages, conversations::sync,
        click::reply, click::close, click::archive, click::assign, click::release, click::hold, click::help_request,
        click::note, click::tags, click::route, click::receipt,
        figures::actions, figures::volumes, figures::delays,
        exports::actions_csv, exports::volumes_csv, exports::delays_csv,
        daily_exports::list, daily_exports::ask, daily_exports::one, daily_exports::remove, daily_exports::file,
        daily_exports::read_schedule, daily_exports::update_schedule,
        events::stream, events::changes,
        surveys::customers::read, surveys::customers::rate, surveys::customers::say_more,
        surveys::page::show, surveys::page::answer,
        surveys::admins::overview, surveys::admins::read_rules, surveys::admins::update_rules,
        surveys::admins::read_channel, surveys::admins::update_channel, surveys::admins::explain,
        surveys::admins::read_results, surveys::admins::results_csv,
        surveys::admins::read_comments, surveys::admins::comments_csv,
        workspace::read, workspace::update, workspace::read_hours, workspace::update_hours,
        lists::read_tags, lists::create_tag, lists::order_tags, lists::update_tag,
        lists::read_canned, lists::create_canned, lists::update_canned, lists::delete_canned,
        channels::inbound, channels::outbound, channels::deliveries, channels::webhook,
        admin_channels::list, admin_channels::types, admin_channels::create, admin_channels::one, admin_channels::change,
        admin_channels::archive, admin_channels::restore, admin_channels::new_key, admin_channels::new_secret,
        attachments::upload, attachments::download, attachments::describe, attachments::upload_by_channel,
        attachments::download_by_channel, attachments::describe_by_channel,
        presence::typing, presence::read,
        chat::page, chat::begin, chat::write, chat::entries, chat::events, chat::typing, chat::seen, chat::upload,
        chat::download, chat::describe,
        scenarios::list, scenarios::create, scenarios::read, scenarios::update, scenarios::remove, scenarios::channels,
        scenarios::validate, scenarios::publish, scenarios::attempt, scenarios::version, scenarios::restore,
        routing::read, routing::update, routing::validate, routing::dry_run,
        widget::create_token, widget::session, widget::html, widget::asset,
        widget_applications::list, widget_applications::create, widget_applications::one, widget_applications::change,
        widget_applications::remove, widget_applications::renew_secret, widget_applications::revoke_tokens,
        customers::find, customers::one, customers::change, customers::data, customers::erase,
    ),
    components(schemas(
        signoff_wire::contract::events::ConversationStarted,
        signoff_wire::contract::events::ConversationChanged,
        signoff_wire::contract::events::ConversationClosed,
        signoff_wire::contract::events::ConversationErased,
        signoff_wire::contract::events::MessageReceived,
        signoff_wire::contract::events::ReplySent,
        signoff_wire::contract::events::ReplyDelivery,
        signoff_wire::contract::events::SurveySent,
        signoff_wire::contract::events::SurveyAnswered,
        signoff_wire::contract::events::ActionRecorded,
        signoff_wire::contract::events::SettingsChanged,
        signoff_wire::contract::events::DirectoryChanged,
        signoff_wire::contract::events::CustomerTyping,
        signoff_wire::contract::webhooks::ToProvider,
        signoff_wire::contract::chat::ChatEntry,
        signoff_wire::contract::chat::ChatState,
    )),
    security(("bearer" = [])),
    modifiers(&Bearer),
)]
struct Document;

/// An event of a `text/event-stream`, as its fields are called there.
#[derive(utoipa::ToSchema)]
#[allow(dead_code, reason = "it is described and never built: streams are written line by line")]
pub(super) struct ServerSentEvent {
    /// What it is.
    event: String,
    /// Where a reader who comes back goes on.
    id: Option<String>,
    /// The event's document, as JSON in one line.
    #[schema(content_media_type = "application/json")]
    data: String,
}

struct Bearer;

impl Modify for Bearer {
    fn modify(&self, document: &mut utoipa::openapi::OpenApi) {
        let bearer = HttpBuilder::new()
            .scheme(HttpAuthScheme::Bearer)
            .description(Some(
                "A user's token; on /v1/channels the channel's key, on /v1/widget/tokens an application's secret.",
            ))
            .build();
        document.components.get_or_insert_default().add_security_scheme("bearer", SecurityScheme::Http(bearer));
    }
}

/// This document.
#[utoipa::path(get, path = "/v1/openapi.json", tag = "platform", security(()), responses((status = 200, body = serde_json::Value)))]
pub(super) fn document() -> Ready<Result<Response, Refusal>> {
    static WRITTEN: OnceLock<Value> = OnceLock::new();
    let written = WRITTEN.get_or_init(|| {
        let mut document = serde_json::to_value(Document::openapi()).unwrap_or_default();
        completed::complete(&mut document);
        document
    });
    ready(answer::ok(written))
}
