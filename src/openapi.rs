//! The API's description, generated from the handlers and their types.

use utoipa::openapi::security::{HttpAuthScheme, HttpBuilder, SecurityScheme};
use utoipa::{Modify, OpenApi};

use crate::accounts::{password_reset, profile, routes as accounts};
use crate::chats::routes as chats;
use crate::live::routes as live;
use crate::media::routes as media;
use crate::messages::{reactions, routes as messages};

#[derive(OpenApi)]
#[openapi(
    info(title = "Messenger", description = "A chat server that is one executable and one SQLite file. \
        Every path answers with and without a slash at its end; /chat/chat/... is /chat/....",
        license(name = "MIT")),
    paths(
        accounts::root, accounts::register, accounts::login, accounts::refresh, accounts::logout, accounts::logout_all,
        accounts::list_sessions, accounts::end_session,
        profile::me, profile::list_users, profile::get_user, profile::list_profiles, profile::get_profile,
        profile::patch_profile, profile::put_update_profile, profile::patch_update_profile,
        profile::put_change_password, profile::patch_change_password, profile::put_picture, profile::delete_picture,
        password_reset::ask, password_reset::confirm, password_reset::validate,
        chats::create, chats::list, chats::get_one, chats::patch_chat, chats::put_chat, chats::remove_member, chats::read,
        messages::send, messages::send_to, messages::list, messages::get_one, messages::patch_text, messages::put_text,
        messages::delete_one, messages::find, reactions::routes::put_reaction, reactions::routes::delete_own_reaction,
        live::sync, live::events,
        media::get_media,
    ),
    tags(
        (name = "Accounts"), (name = "Chats"), (name = "Messages"), (name = "Files"), (name = "Live"),
    ),
    modifiers(&Bearer),
    security(("bearer" = [])),
)]
struct Api;

struct Bearer;

impl Modify for Bearer {
    fn modify(&self, api: &mut utoipa::openapi::OpenApi) {
        let scheme = HttpBuilder::new()
            .scheme(HttpAuthScheme::Bearer)
            .bearer_format("JWT")
            .build();
        api.components
            .get_or_insert_default()
            .add_security_scheme("bearer", SecurityScheme::Http(scheme));
    }
}

/// The description as JSON.
///
/// # Errors
/// Where it can't be written, which a test would find.
pub fn json() -> Result<String, String> {
    Api::openapi().to_pretty_json().map_err(|error| error.to_string())
}
