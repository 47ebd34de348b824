//! The authorization matrix: every mounted route, asked by everybody.
//!
//! Promise: a route without a row fails, and so does a row without a route. Each row plays on a stage of its own, so that
//! what one caller changed is not what the next one finds; whoever has no business in the chat sees nothing of it and
//! changes nothing.

use crate::common::{stored, tokens, App, Caller, Part, Reply, Table, User};
use serde_json::{json, Value};
use std::collections::BTreeSet;

/// What stands in the chat and may not reach anybody outside it.
const SECRET: &str = "the secret of the matrix";

/// Who asks, in the order in which the statuses of a row stand.
const CALLERS: [&str; 7] = [
    "anonymous",
    "expired token",
    "logged out",
    "outsider",
    "former member",
    "other member",
    "owner",
];

/// One route and what it answers to each of [`CALLERS`].
struct Row {
    method: &'static str,
    path: &'static str,
    /// The address asked; `$name` stands for something on the stage.
    url: &'static str,
    body: Body,
    answers: [u16; 7],
}

enum Body {
    None,
    Json(&'static str),
    Picture(&'static str),
}

/// Open to everybody.
fn open(method: &'static str, path: &'static str, body: Body, status: u16) -> Row {
    Row {
        method,
        path,
        url: path,
        body,
        answers: [status; 7],
    }
}

/// For signed-in people only, with these answers to outsider, former member, other member and owner.
fn closed(method: &'static str, path: &'static str, url: &'static str, body: Body, answers: [u16; 4]) -> Row {
    let [outsider, former, other, owner] = answers;
    Row {
        method,
        path,
        url,
        body,
        answers: [401, 401, 401, outsider, former, other, owner],
    }
}

fn auth() -> Vec<Row> {
    use Body::{Json, None, Picture};
    let profile = r#"{"username":"$name","email":"$email","first_name":"A","last_name":"B"}"#;
    let password = r#"{"old_password":"$password","password":"nine open windows","password2":"nine open windows"}"#;
    vec![
        open("GET", "/auth/server", None, 200),
        open("POST", "/auth/register", Json("{}"), 400),
        open("POST", "/auth/login", Json("{}"), 400),
        open("POST", "/auth/guest", Json(r#"{"name":"Gina"}"#), 403),
        open("GET", "/auth/roster", None, 404),
        open(
            "POST",
            "/auth/roster",
            Json(r#"{"user_id":$owner,"pin":"123456"}"#),
            404,
        ),
        open("POST", "/auth/login/refresh", Json("{}"), 400),
        open("POST", "/auth/password_reset", Json("{}"), 400),
        open("POST", "/auth/password_reset/confirm", Json("{}"), 400),
        open("POST", "/auth/password_reset/validate_token", Json("{}"), 400),
        closed("GET", "/auth", "/auth", None, [200; 4]),
        closed("POST", "/auth/logout", "/auth/logout", None, [205; 4]),
        closed("POST", "/auth/logout_all", "/auth/logout_all", None, [205; 4]),
        closed("GET", "/auth/sessions", "/auth/sessions", None, [200; 4]),
        closed(
            "DELETE",
            "/auth/sessions/<session>",
            "/auth/sessions/$session",
            None,
            [404, 404, 404, 204],
        ),
        closed("GET", "/auth/me", "/auth/me", None, [200; 4]),
        closed("DELETE", "/auth/me", "/auth/me", Json("{}"), [400; 4]),
        closed("GET", "/auth/export", "/auth/export", None, [200; 4]),
        closed("GET", "/auth/user", "/auth/user", None, [200; 4]),
        closed("GET", "/auth/user/<user>", "/auth/user/$owner", None, [200; 4]),
        closed("GET", "/auth/profile", "/auth/profile", None, [200; 4]),
        closed("GET", "/auth/profile/<user>", "/auth/profile/$owner", None, [200; 4]),
        closed(
            "PATCH",
            "/auth/profile/<user>",
            "/auth/profile/$owner",
            Picture("profile_picture"),
            [404, 404, 404, 200],
        ),
        closed(
            "PUT",
            "/auth/profile_picture",
            "/auth/profile_picture",
            Picture("profile_picture"),
            [200; 4],
        ),
        closed(
            "DELETE",
            "/auth/profile_picture",
            "/auth/profile_picture",
            None,
            [204; 4],
        ),
        closed(
            "PUT",
            "/auth/update_profile/<user>",
            "/auth/update_profile/$owner",
            Json(profile),
            [400, 400, 400, 200],
        ),
        closed(
            "PATCH",
            "/auth/update_profile/<user>",
            "/auth/update_profile/$owner",
            Json(profile),
            [400, 400, 400, 200],
        ),
        closed(
            "PUT",
            "/auth/change_password/<user>",
            "/auth/change_password/$owner",
            Json(password),
            [400, 400, 400, 200],
        ),
        closed(
            "PATCH",
            "/auth/change_password/<user>",
            "/auth/change_password/$owner",
            Json(password),
            [400, 400, 400, 200],
        ),
    ]
}

fn chat() -> Vec<Row> {
    use Body::{Json, None, Picture};
    let members = [404, 404, 200, 200];
    let author = [404, 404, 404, 200];
    let new = r#"{"name":"n","users":[],"type":"group"}"#;
    let text = r#"{"text":"x"}"#;
    let reaction = "/chat/messages/<message>/reactions/<emoji>";
    let thumbs_up = "/chat/messages/$message/reactions/%F0%9F%91%8D";
    vec![
        closed("GET", "/chat", "/chat", None, [200; 4]),
        closed("POST", "/chat", "/chat", Json(new), [201; 4]),
        closed("GET", "/chat/<chat>", "/chat/$chat", None, members),
        closed(
            "PATCH",
            "/chat/<chat>",
            "/chat/$chat",
            Json(r#"{"name":"renamed"}"#),
            members,
        ),
        closed(
            "PATCH",
            "/chat/<chat>",
            "/chat/$chat",
            Json(r#"{"users":[$stranger]}"#),
            members,
        ),
        closed("PATCH", "/chat/<chat>", "/chat/$chat", Picture("chat_picture"), members),
        closed(
            "PUT",
            "/chat/<chat>",
            "/chat/$chat",
            Json(r#"{"name":"renamed"}"#),
            members,
        ),
        closed(
            "DELETE",
            "/chat/<chat>/users/<who>",
            "/chat/$chat/users/$third",
            None,
            [404, 404, 403, 204],
        ),
        closed(
            "PUT",
            "/chat/<chat>/read",
            "/chat/$chat/read",
            Json(r#"{"seq":1}"#),
            members,
        ),
        closed("PUT", "/chat/<chat>/mute", "/chat/$chat/mute", None, members),
        closed("DELETE", "/chat/<chat>/mute", "/chat/$chat/mute", None, members),
        closed(
            "PUT",
            "/chat/<chat>/retention",
            "/chat/$chat/retention",
            Json(r#"{"days":9}"#),
            [404, 404, 403, 200],
        ),
        closed("POST", "/chat/<chat>/link", "/chat/$chat/link", None, members),
        closed(
            "DELETE",
            "/chat/<chat>/link",
            "/chat/$chat/link",
            None,
            [404, 404, 403, 204],
        ),
        closed("GET", "/chat/join/<code>", "/chat/join/$code", None, [200; 4]),
        closed("POST", "/chat/join/<code>", "/chat/join/$code", None, [200; 4]),
        closed("GET", "/chat/messages", "/chat/messages", None, [200; 4]),
        closed("GET", "/chat/messages", "/chat/messages?chat=$chat", None, members),
        closed(
            "POST",
            "/chat/messages",
            "/chat/messages",
            Json(r#"{"chat_id":$chat,"text":"x"}"#),
            [400, 400, 201, 201],
        ),
        closed(
            "POST",
            "/chat/messages/<chat>",
            "/chat/messages/$chat",
            Json(text),
            [404, 404, 201, 201],
        ),
        closed(
            "POST",
            "/chat/messages/<chat>",
            "/chat/messages/$chat",
            Picture("photo"),
            [404, 404, 201, 201],
        ),
        closed(
            "GET",
            "/chat/messages/<message>",
            "/chat/messages/$message",
            None,
            members,
        ),
        closed(
            "PATCH",
            "/chat/messages/<message>",
            "/chat/messages/$message",
            Json(text),
            author,
        ),
        closed(
            "PUT",
            "/chat/messages/<message>",
            "/chat/messages/$message",
            Json(text),
            author,
        ),
        closed(
            "DELETE",
            "/chat/messages/<message>",
            "/chat/messages/$message",
            None,
            [404, 404, 404, 204],
        ),
        closed("PUT", reaction, thumbs_up, None, members),
        closed("DELETE", reaction, thumbs_up, None, members),
        closed(
            "PUT",
            "/chat/<chat>/hand",
            "/chat/$chat/hand",
            None,
            [404, 404, 204, 204],
        ),
        closed(
            "DELETE",
            "/chat/<chat>/hand",
            "/chat/$chat/hand",
            None,
            [404, 404, 204, 204],
        ),
        closed(
            "DELETE",
            "/chat/<chat>/hands/<user>",
            "/chat/$chat/hands/$owner",
            None,
            [404, 404, 403, 204],
        ),
        closed("GET", "/chat/<chat>/held", "/chat/$chat/held", None, members),
        closed(
            "POST",
            "/chat/<chat>/held/<held>",
            "/chat/$chat/held/1",
            Json(r#"{"approve":true}"#),
            [404, 404, 403, 404],
        ),
        closed(
            "POST",
            "/chat/messages/<message>/report",
            "/chat/messages/$message/report",
            Json("{}"),
            [404, 404, 204, 204],
        ),
        closed("GET", "/chat/search", "/chat/search?q=secret", None, [200; 4]),
        closed("GET", "/chat/search", "/chat/search?q=secret&chat=$chat", None, members),
        closed("GET", "/chat/sync", "/chat/sync", None, [200; 4]),
        closed(
            "GET",
            "/chat/events",
            "/chat/events?epoch=$epoch&since=$since",
            None,
            [200; 4],
        ),
        closed("GET", "/media/<key>/<name>", "$file", None, members),
        closed("GET", "/media/<key>/<name>", "$file?size=thumb", None, members),
        closed("GET", "/chat/<chat>/boxes", "/chat/$chat/boxes", None, members),
        closed(
            "POST",
            "/chat/<chat>/boxes",
            "/chat/$chat/boxes",
            Json("{}"),
            [404, 404, 403, 400],
        ),
        closed("PATCH", "/chat/boxes/<box>", "/chat/boxes/99", Json("{}"), [404; 4]),
        closed(
            "POST",
            "/chat/boxes/<box>/files",
            "/chat/boxes/99/files",
            None,
            [404; 4],
        ),
        closed(
            "DELETE",
            "/chat/boxes/<box>/files",
            "/chat/boxes/99/files",
            None,
            [404; 4],
        ),
        closed(
            "GET",
            "/media/boxes/<box>/<name>",
            "/media/boxes/99/all.zip",
            None,
            [404; 4],
        ),
        closed("GET", "/xray/<request>", "/xray/0123456789abcdef", None, [404; 4]),
    ]
}

/// What is the host's and his staff's: nobody on this stage.
fn host() -> Vec<Row> {
    let denied = |method, path, body| closed(method, path, path, body, [403; 4]);
    let about = |method, path, url, body| closed(method, path, url, body, [403; 4]);
    vec![
        denied("GET", "/host/settings", Body::None),
        denied("PATCH", "/host/settings", Body::Json(r#"{"frozen":true}"#)),
        denied("GET", "/host/archive", Body::None),
        denied("POST", "/host/wipe", Body::Json("{}")),
        denied("GET", "/host/log", Body::None),
        denied("GET", "/host/reports", Body::None),
        closed(
            "POST",
            "/host/reports/<report>",
            "/host/reports/1",
            Body::Json(r#"{"remove":true}"#),
            [403; 4],
        ),
        closed(
            "PUT",
            "/host/people/<user>/silence",
            "/host/people/$owner/silence",
            Body::Json("{}"),
            [403; 4],
        ),
        closed(
            "DELETE",
            "/host/people/<user>/silence",
            "/host/people/$owner/silence",
            Body::None,
            [403; 4],
        ),
        closed(
            "PUT",
            "/host/people/<user>/ban",
            "/host/people/$owner/ban",
            Body::Json("{}"),
            [403; 4],
        ),
        closed(
            "DELETE",
            "/host/people/<user>/ban",
            "/host/people/$owner/ban",
            Body::None,
            [403; 4],
        ),
        denied("GET", "/host/lobby", Body::None),
        denied("POST", "/host/handout", Body::Json(r#"{"chats":[1],"text":"x"}"#)),
        denied("GET", "/host/doctor", Body::None),
        closed("GET", "/host/qr", "/host/qr?text=x", Body::None, [403; 4]),
        denied("PUT", "/host/wifi", Body::Json(r#"{"name":"x","password":""}"#)),
        open("POST", "/host/setup", Body::Json(r#"{"token":"guess"}"#), 403),
        denied("GET", "/host/backups", Body::None),
        denied("POST", "/host/backups", Body::None),
        closed(
            "GET",
            "/host/backups/<name>",
            "/host/backups/a.db",
            Body::None,
            [403; 4],
        ),
        closed(
            "DELETE",
            "/host/backups/<name>",
            "/host/backups/a.db",
            Body::None,
            [403; 4],
        ),
        closed(
            "POST",
            "/host/backups/<name>/ticket",
            "/host/backups/a.db/ticket",
            Body::None,
            [403; 4],
        ),
        denied("POST", "/host/restore", Body::Json(r#"{"backup":"a.db"}"#)),
        denied("PUT", "/host/archived", Body::None),
        denied("DELETE", "/host/archived", Body::None),
        denied("GET", "/host/storage", Body::None),
        denied("GET", "/host/about", Body::None),
        denied("GET", "/host/startup", Body::None),
        denied("GET", "/host/journal", Body::None),
        closed(
            "POST",
            "/host/people/<user>/recovery",
            "/host/people/$owner/recovery",
            Body::None,
            [403; 4],
        ),
        denied("POST", "/host/mail/test", Body::Json(r#"{"email":"a@example.org"}"#)),
        denied("GET", "/host/roster", Body::None),
        denied("POST", "/host/roster", Body::Json(r#"{"names":"Ana Pop"}"#)),
        about("POST", "/host/roster/<user>/pin", "/host/roster/$third/pin", Body::None),
        about("DELETE", "/host/roster/<user>", "/host/roster/$third", Body::None),
        denied("GET", "/host/people", Body::None),
        about(
            "PATCH",
            "/host/people/<user>",
            "/host/people/$third",
            Body::Json(r#"{"role":"staff"}"#),
        ),
        about(
            "GET",
            "/host/people/<user>/sessions",
            "/host/people/$third/sessions",
            Body::None,
        ),
        about(
            "DELETE",
            "/host/people/<user>/sessions/<session>",
            "/host/people/$owner/sessions/$session",
            Body::None,
        ),
        about(
            "DELETE",
            "/host/people/<user>/sessions",
            "/host/people/$third/sessions",
            Body::None,
        ),
    ]
}

/// What a browser needs before anybody has signed in.
fn pages() -> Vec<Row> {
    vec![
        open("GET", "/media/profile.png", Body::None, 200),
        open("GET", "/", Body::None, 200),
        open("GET", "/ws", Body::None, 426),
        open("GET", "/docs", Body::None, 200),
        open("GET", "/trust", Body::None, 404),
        open("GET", "/trust/messenger-ca.crt", Body::None, 404),
        Row {
            url: "/assets/of-another-version/js/main.js",
            ..open("GET", "/assets/<digest>/<path>", Body::None, 404)
        },
        Row {
            url: "/css/base.css",
            ..open("GET", "/<path>", Body::None, 200)
        },
    ]
}

fn rows() -> Vec<Row> {
    auth().into_iter().chain(chat()).chain(host()).chain(pages()).collect()
}

/// A route as it is compared: a parameter is a parameter, whatever its name.
fn plain(method: &str, path: &str) -> String {
    let part = |part: &str| {
        if part.starts_with('<') {
            "<>".to_owned()
        } else {
            part.to_owned()
        }
    };
    let path = path.split('?').next().unwrap_or_default();
    let path: Vec<String> = path.split('/').map(part).collect();
    format!("{method} {}", path.join("/").replacen("/chat/chat", "/chat", 1))
}

#[test]
fn every_route_has_a_row_and_every_row_a_route() {
    let mounted: BTreeSet<String> = messenger::routes()
        .iter()
        .map(|(method, path)| plain(method, path))
        .collect();
    let listed: BTreeSet<String> = rows().iter().map(|row| plain(row.method, row.path)).collect();
    let without_row: Vec<&String> = mounted.difference(&listed).collect();
    let without_route: Vec<&String> = listed.difference(&mounted).collect();
    assert!(
        without_row.is_empty(),
        "mounted, and nobody says who may: {without_row:#?}"
    );
    assert!(
        without_route.is_empty(),
        "in the matrix, and not mounted: {without_route:#?}"
    );
    assert!(!mounted.is_empty());
}

/// The people and things of one row.
struct Stage {
    callers: Vec<(Caller, User)>,
    names: Vec<(&'static str, String)>,
}

impl Stage {
    /// A group of the owner's with another and a third member, one who has left, and a message with a photo in it; and a
    /// group whose link everybody has.
    async fn set(app: &App, number: usize) -> Stage {
        let mut people = Vec::new();
        for name in ["owner", "other", "former", "outsider", "third", "stranger"] {
            people.push(app.user(&format!("{name}-{number}")).await);
        }
        let [owner, other, former, outsider, third, stranger] = &people[..] else {
            panic!("six people")
        };
        let start = outsider.cursor().await;
        let chat = owner.group(SECRET, &[other, former, third]).await;
        let open = owner.group("an open house", &[other]).await;
        let photo = Part::file("photo", "p.png", "image/png", &crate::common::pictures::png(900, 700));
        let parts = [Part::field("text", SECRET), photo];
        let message = owner
            .multipart("POST", &format!("/chat/messages/{}", chat.id), &parts)
            .await
            .is(201);
        former.remove(&chat, former).await.is(204);
        let away = owner.again().await;
        away.post("/auth/logout/", json!({})).await.is(205);
        let phone = owner.again().await;
        let sessions = phone.get("/auth/sessions/").await.is(200).results();
        let current = sessions
            .iter()
            .find(|session| session["current"] == true)
            .expect("the current session");

        let url = |url: &Value| url.as_str().expect("an address").replacen(&app.base(), "", 1);
        let names = vec![
            ("$session", current["id"].to_string()),
            ("$owner", owner.id.to_string()),
            ("$stranger", stranger.id.to_string()),
            ("$third", third.id.to_string()),
            ("$chat", chat.id.to_string()),
            ("$code", owner.link(&open).await),
            ("$message", message.id().to_string()),
            ("$file", url(&message.body["photo"])),
            ("$epoch", start.epoch),
            ("$since", start.id.to_string()),
        ];
        let expired = app.bearer(&tokens::expired(app, &owner.access));
        let own = |user: &User| ((**user).clone(), user.clone());
        let callers = vec![
            (app.anonymous(), owner.clone()),
            (expired, owner.clone()),
            ((*away).clone(), owner.clone()),
            own(outsider),
            own(former),
            own(other),
            own(owner),
        ];
        Stage { callers, names }
    }

    /// A text with the names in it replaced, from the mouth of `user`.
    fn fill(&self, text: &str, user: &User) -> String {
        let filled = self
            .names
            .iter()
            .fold(text.to_owned(), |text, (name, value)| text.replace(name, value));
        filled
            .replace("$name", &user.name)
            .replace("$email", &user.email)
            .replace("$password", &user.password)
    }

    async fn ask(&self, row: &Row, at: usize) -> Reply {
        let (caller, user) = &self.callers[at];
        let url = self.fill(row.url, user);
        let mut reply = match &row.body {
            Body::None => caller.request(row.method, &url, None).await,
            Body::Json(text) => {
                let text = self.fill(text, user);
                caller
                    .request(row.method, &url, Some(serde_json::from_str(&text).expect("JSON")))
                    .await
            }
            Body::Picture(field) => {
                let picture = crate::common::pictures::png(8, 8);
                caller
                    .multipart(row.method, &url, &[Part::file(field, "p.png", "image/png", &picture)])
                    .await
            }
        };
        reply.what = format!("{} {} by {}: {}", row.method, row.path, CALLERS[at], reply.what);
        reply
    }
}

async fn play(rows: Vec<Row>) {
    let app = App::start().await;
    let mut table = Table::new("the authorization matrix");
    for (number, row) in rows.iter().enumerate() {
        let stage = Stage::set(&app, number).await;
        for (at, status) in row.answers.iter().enumerate() {
            let before = stored::census(&app);
            let reply = stage.ask(row, at).await;
            table.is(&reply, *status);
            if reply.status >= 400 {
                table.holds(
                    &format!("{} left everything as it was", reply.what),
                    stored::census(&app) == before,
                );
                table.holds(
                    &format!("{} has a body of the API's form", reply.what),
                    reply.body.is_object(),
                );
            }
            if at < 5 {
                table.holds(
                    &format!("{} keeps the secret", reply.what),
                    !reply.text().contains(SECRET),
                );
            }
        }
    }
    table.done();
}

#[tokio::test]
async fn accounts_by_everybody() {
    play(auth()).await;
}

#[tokio::test]
async fn chats_by_everybody() {
    play(chat()).await;
}

#[tokio::test]
async fn pages_by_everybody() {
    play(pages()).await;
}

#[tokio::test]
async fn the_host_by_everybody() {
    play(host()).await;
}
