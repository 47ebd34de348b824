//! The API's description, generated from the handlers and their types: `static/openapi.json`, which a test here compares
//! with them. `UPDATE_OPENAPI=1 cargo test --lib openapi` writes it. What generates it is a megabyte of code that no server
//! needs, so it is part of the tests alone.

use serde_json::{json, Value};
use utoipa::openapi::security::{HttpAuthScheme, HttpBuilder, SecurityScheme};
use utoipa::{Modify, OpenApi};

use crate::accounts::guests::routes as guests;
use crate::accounts::roster::routes as names;
use crate::accounts::{leaving, password_reset, profile, routes as accounts};
use crate::chats::boxes::routes as boxes;
use crate::chats::links::routes as links;
use crate::chats::members::routes as members;
use crate::chats::retention::routes as retention;
use crate::chats::routes as chats;
use crate::host::backups::routes as backups;
use crate::host::moving::archive::download;
use crate::host::moving::wiping;
use crate::host::storage::routes as storage;
use crate::host::{
    about, archived, doctor, handout, lobby, mail, people as roles, qr, recovery, restore, roster, settings, setup,
};
use crate::live::routes as live;
use crate::media::routes as media;
use crate::messages::{reactions, routes as messages};
use crate::order::{held, people, reports, routes as order};
use crate::xray::routes as xray;

#[derive(OpenApi)]
#[openapi(
    info(title = "Messenger", description = "A chat server that is one executable and one SQLite file. \
        Every path answers with and without a slash at its end; /chat/chat/... is /chat/....",
        license(name = "MIT")),
    paths(
        accounts::root, accounts::server, accounts::register, accounts::login, accounts::refresh, accounts::logout,
        accounts::logout_all, accounts::list_sessions, accounts::end_session,
        profile::me, profile::list_users, profile::get_user, profile::list_profiles, profile::get_profile,
        profile::patch_profile, profile::put_update_profile, profile::patch_update_profile,
        profile::put_change_password, profile::patch_change_password, profile::put_picture, profile::delete_picture,
        guests::enter, names::list_names, names::sign_in,
        password_reset::ask, password_reset::confirm, password_reset::validate,
        chats::create, chats::list, chats::get_one, chats::patch_chat, chats::put_chat,
        members::remove_member, members::read, members::put_mute, members::delete_mute,
        links::create_link, links::end_link, links::preview, links::join,
        retention::put_retention,
        messages::send, messages::send_to, messages::list, messages::get_one, messages::patch_text, messages::put_text,
        messages::delete_one, messages::find, reactions::routes::put_reaction, reactions::routes::delete_own_reaction,
        live::sync, live::events, live::ws,
        boxes::list, boxes::create, boxes::change, boxes::hand_in, boxes::take_back, boxes::download,
        media::get_media,
        order::log, order::raise_hand, order::lower_hand, order::lower_other, held::routes::list, held::routes::decide,
        reports::routes::report, reports::routes::list, reports::routes::close,
        people::silence, people::unsilence, people::ban, people::unban,
        settings::get_settings, settings::patch_settings,
        setup::set_up, lobby::get_lobby, lobby::put_wifi, doctor::get_doctor, qr::get_qr, handout::hand_out,
        backups::list, backups::create, backups::fetch, backups::issue, backups::remove, restore::restore,
        recovery::recover, mail::test_mail, storage::get_storage, about::get_about, about::get_startup, about::get_journal,
        roles::list_people, roles::patch_person, roles::list_sessions, roles::end_session,
        roles::end_sessions,
        roster::list_roster, roster::add_names, roster::new_pin, roster::delete_pin,
        xray::get_record,
        archived::put_away, archived::bring_back,
        download::archive, download::export, wiping::wipe, leaving::delete_me,
    ),
    tags(
        (name = "Accounts"), (name = "Chats"), (name = "Messages"), (name = "Files"), (name = "Boxes"), (name = "Live"), (name = "Host"),
        (name = "X-ray"),
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

#[test]
fn the_description_is_that_of_the_handlers() -> Result<(), Box<dyn std::error::Error>> {
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("static/openapi.json");
    let generated = json()?;
    if std::env::var_os("UPDATE_OPENAPI").is_some() {
        std::fs::write(&path, &generated)?;
    }
    let kept = std::fs::read_to_string(path)?.replace("\r\n", "\n");
    let differing = kept
        .lines()
        .zip(generated.lines())
        .find(|(kept, generated)| kept != generated);
    assert_eq!(differing, None, "run UPDATE_OPENAPI=1 cargo test --lib openapi");
    assert_eq!(kept.len(), generated.len());
    Ok(())
}

/// The description as JSON.
fn json() -> serde_json::Result<String> {
    let mut api = serde_json::to_value(Api::openapi())?;
    if let Some(paths) = api["paths"].as_object_mut() {
        // A handler that ignores a parameter spells it with an underscore; a client need not know.
        let taken = std::mem::take(paths);
        paths.extend(
            taken
                .into_iter()
                .map(|(path, operations)| (path.replace("{_", "{"), operations)),
        );
        for (path, operations) in paths {
            for (method, operation) in operations.as_object_mut().into_iter().flatten() {
                complete(path, method, operation);
            }
        }
    }
    serde_json::to_string_pretty(&api).map(|text| text + "\n")
}

/// The bodies that bring files when they come as a form.
const WITH_FILES: [&str; 4] = ["/MessageFields", "/ChatFields", "/ChatChanges", "/RestoreFields"];

/// Adds what the attributes leave out: the parameters that stand in the path, a sentence for each status, a name that no
/// other operation has, and that a body which takes files may come as a form.
fn complete(path: &str, method: &str, operation: &mut Value) {
    let mut words: Vec<String> = vec![method.to_owned()];
    let mut parameters = operation["parameters"].as_array().cloned().unwrap_or_default();
    for parameter in &mut parameters {
        let name = parameter["name"]
            .as_str()
            .unwrap_or_default()
            .trim_start_matches('_')
            .to_owned();
        parameter["name"] = name.into();
    }
    for part in path.split('/').filter(|part| !part.is_empty()) {
        let Some(name) = part.strip_prefix('{').and_then(|part| part.strip_suffix('}')) else {
            words.push(part.to_owned());
            continue;
        };
        words.push(format!("by_{name}"));
        if !parameters.iter().any(|parameter| parameter["name"] == name) {
            let schema = json!({ "type": "integer", "format": "int64" });
            parameters.push(json!({ "name": name, "in": "path", "required": true, "schema": schema }));
        }
    }
    if !parameters.is_empty() {
        operation["parameters"] = parameters.into();
    }
    operation["operationId"] = words.join("_").into();
    for (status, response) in operation["responses"].as_object_mut().into_iter().flatten() {
        if response["description"].as_str().is_none_or(str::is_empty) {
            let code = status.parse().ok().and_then(rocket::http::Status::from_code);
            response["description"] = code
                .map_or(status.clone(), |code| code.reason_lossy().to_owned())
                .into();
        }
    }
    if let Some(content) = operation
        .pointer_mut("/requestBody/content")
        .and_then(Value::as_object_mut)
    {
        let body = content.get("application/json").cloned().unwrap_or_default();
        let named = body.pointer("/schema/$ref").and_then(Value::as_str).unwrap_or_default();
        if WITH_FILES.iter().any(|name| named.ends_with(name)) {
            content.insert("multipart/form-data".to_owned(), body);
        }
    }
}
