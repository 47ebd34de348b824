//! A group's link: who has it may join, until it is ended.

use crate::common::golden::assert_shows;
use crate::common::{pictures, stored, App, Chat, Part, Table, User, NO_IDS};
use crate::stage::Stage;
use serde_json::{json, Value};
use std::collections::BTreeSet;

fn path(chat: &Chat) -> String {
    format!("/chat/{}/link/", chat.id)
}

fn join(code: &str) -> String {
    format!("/chat/join/{code}/")
}

fn none() -> Value {
    json!({"detail": "Not found."})
}

fn denied() -> Value {
    json!({"detail": "You do not have permission to perform this action."})
}

/// Asserts that a code opens nothing for somebody.
async fn opens_nothing(user: &User, code: &str) {
    user.get(&join(code)).await.is(404).says(none());
    user.join(code).await.is(404).says(none());
}

#[tokio::test]
async fn any_member_gives_the_link_and_whoever_has_it_joins() {
    let Stage {
        app,
        alice,
        bob,
        eve,
        chat,
    } = &Stage::set().await;
    alice.send(chat, "before she came").await;
    let now = eve.cursor().await;
    let reply = bob.post(&path(chat), json!({})).await.is(200);
    let code = reply.body["code"].as_str().expect("a code").to_owned();
    reply.says(json!({"code": code, "url": format!("{}/#/join/{code}", app.base())}));
    assert_eq!(code.len(), 22);
    assert!(code.bytes().all(|byte| byte.is_ascii_alphanumeric()), "{code}");
    assert_eq!(stored::links(app, chat), [json!(code)]);
    assert_eq!(alice.link(chat).await, code, "the one there is");
    now.told(&[alice, bob], &[], &[eve]).await;

    // Who has it sees what it opens, and no more; looking changes nothing.
    let before = stored::census(app);
    let shown = |members: usize, joined: bool| {
        json!({
            "id": chat.id, "name": "G", "chat_picture": format!("{}/media/profile.png", app.base()), "members": members,
            "joined": joined
        })
    };
    eve.get(&join(&code)).await.is(200).says(shown(2, false));
    bob.get(&join(&code)).await.is(200).says(shown(2, true));
    assert_eq!(stored::census(app), before);
    eve.get(&format!("/chat/{}/", chat.id)).await.is(404);

    let joined = eve.join(&code).await.is(200);
    let joined = joined.shows(json!({
        "id": chat.id, "name": "G", "users": [alice.id, bob.id, eve.id], "owner": alice.id, "last_seq": 1, "unread_count": 0,
        "muted": false, "last_message": {"text": "before she came"}
    }));
    assert_eq!(joined.json(), eve.chat(chat).await, "the chat as she sees it");
    assert_eq!(stored::members(app, chat), json!([alice.id, bob.id, eve.id]));
    let events = now.told(&[alice, bob, eve], &["member.added"], &[]).await;
    assert_shows(
        &events[0]["data"],
        json!({"chat_id": chat.id, "user_id": eve.id, "chat": {"users": [alice.id, bob.id, eve.id]}}),
    );

    // Once more is the same chat, and no news.
    let before = stored::census(app);
    eve.join(&code).await.is(200).shows(json!({"id": chat.id}));
    eve.get(&join(&code)).await.is(200).says(shown(3, true));
    assert_eq!(stored::census(app), before);
    assert_eq!(eve.link(chat).await, code);
    eve.send(chat, "hello").await;
    assert_eq!(eve.history(chat).await.len(), 2);
}

#[tokio::test]
async fn the_owner_and_the_host_end_a_link_at_once() {
    let Stage {
        app,
        alice,
        bob,
        eve,
        chat,
    } = &Stage::set().await;
    let dora = app.user("dora").await;
    let first = bob.link(chat).await;
    bob.delete(&path(chat)).await.is(403).says(denied());
    eve.delete(&path(chat)).await.is(404).says(none());
    eve.get(&join(&first)).await.is(200);
    alice.delete(&path(chat)).await.is(204);
    assert!(stored::links(app, chat).is_empty());
    opens_nothing(eve, &first).await;
    opens_nothing(alice, &first).await;
    // There is none to end, and that is what was wanted.
    alice.delete(&path(chat)).await.is(204);
    let second = bob.link(chat).await;
    assert_ne!(second, first);
    opens_nothing(eve, &first).await;
    dora.join(&second).await.is(200);
    eve.get(&join(&second)).await.is(200).shows(json!({"members": 3}));
    // Who leaves by himself may come back by it.
    dora.remove(chat, &dora).await.is(204);
    assert_eq!(stored::links(app, chat), [json!(second)]);
    dora.join(&second).await.is(200);

    // The next owner ends it as the first could.
    alice.remove(chat, alice).await.is(204);
    alice.delete(&path(chat)).await.is(404).says(none());
    dora.delete(&path(chat)).await.is(403).says(denied());
    bob.delete(&path(chat)).await.is(204);
    opens_nothing(alice, &second).await;
    // So does the person whose server it is, where he is a member.
    let third = dora.link(chat).await;
    stored::make_host(app, &dora);
    let host = dora.again().await;
    host.get("/auth/me/").await.is(200).shows(json!({"host": true}));
    host.delete(&path(chat)).await.is(204);
    opens_nothing(alice, &third).await;
    host.remove(chat, &host).await.is(204);
    host.delete(&path(chat)).await.is(404).says(none());
}

#[tokio::test]
async fn who_was_removed_does_not_come_back_by_an_old_link() {
    let Stage {
        app,
        alice,
        bob,
        eve,
        chat,
    } = &Stage::set().await;
    let dora = app.user("dora").await;
    let first = bob.link(chat).await;
    eve.join(&first).await.is(200);
    // What is refused ends nothing.
    bob.remove(chat, eve).await.is(403);
    alice.remove(chat, &dora).await.is(404);
    assert_eq!(stored::links(app, chat), [json!(first)]);
    let now = alice.cursor().await;
    alice.remove(chat, eve).await.is(204);
    assert!(stored::links(app, chat).is_empty());
    for user in [eve, &dora] {
        opens_nothing(user, &first).await;
    }
    assert_eq!(stored::members(app, chat), json!([alice.id, bob.id]));
    now.told(&[alice, bob], &["member.removed"], &[&dora]).await;
    assert_ne!(bob.link(chat).await, first);

    // Nor does anybody come into a group that everybody has left.
    let last = bob.link(chat).await;
    alice.remove(chat, alice).await.is(204);
    dora.get(&join(&last)).await.is(200).shows(json!({"members": 1}));
    bob.remove(chat, bob).await.is(204);
    opens_nothing(&dora, &last).await;
    opens_nothing(bob, &last).await;
}

#[tokio::test]
async fn links_that_can_not_be() {
    let Stage {
        app,
        alice,
        bob,
        eve,
        chat,
    } = &Stage::set().await;
    let pair = alice.private(bob).await;
    let code = alice.link(chat).await;
    let before = stored::census(app);
    let mut table = Table::new("links");
    let for_two = json!({"detail": "A private chat is between you and one other person."});
    for method in ["POST", "DELETE"] {
        table.says(&alice.request(method, &path(&pair), None).await, 400, for_two.clone());
        table.says(&eve.request(method, &path(&pair), None).await, 404, none());
        table.says(&eve.request(method, &path(chat), None).await, 404, none());
        for id in ["99", "abc", "-1", "1000000000000000000000000000000"] {
            let path = format!("/chat/{id}/link/");
            table.says(&alice.request(method, &path, None).await, 404, none());
        }
    }
    let mut other = code.clone();
    let last = other.pop();
    other.push(if last == Some('a') { 'b' } else { 'a' });
    let swapped: String = code
        .chars()
        .map(|letter| match letter.is_ascii_lowercase() {
            true => letter.to_ascii_uppercase(),
            false => letter.to_ascii_lowercase(),
        })
        .collect();
    for wrong in [
        other.as_str(),
        swapped.as_str(),
        &code[..21],
        &format!("{code}a"),
        &format!("{code}%20"),
        &format!("{code}%00"),
        "%25",
        "_______________________",
        "%27%20OR%20%271",
        "%ff",
        "link",
        "mute",
        "0",
        &"a".repeat(5_000),
    ] {
        table.says(&eve.get(&join(wrong)).await, 404, none());
        table.says(&eve.join(wrong).await, 404, none());
    }
    for method in ["PUT", "PATCH", "DELETE"] {
        let reply = eve.request(method, &join(&code), None).await;
        let text = format!("Method \"{method}\" not allowed.");
        table.says(&reply, 405, json!({"detail": text}));
    }
    let nobody = app.anonymous();
    table.is(&nobody.get(&join(&code)).await, 401);
    table.is(&nobody.post(&join(&code), json!({})).await, 401);
    let romanian = alice
        .header("Accept-Language", "ro")
        .post(&path(&pair), json!({}))
        .await;
    table.says(
        &romanian,
        400,
        json!({"detail": "O conversație privată este între dumneavoastră și încă o persoană."}),
    );
    table.done();
    assert_eq!(stored::census(app), before);
    assert_eq!(eve.get("/chat/").await.is(200).ids().len(), 1);
}

#[tokio::test]
async fn a_link_shows_a_picture_that_whoever_has_it_can_load() {
    let Stage {
        app, alice, eve, chat, ..
    } = &Stage::set().await;
    let picture = Part::file("chat_picture", "a.png", "image/png", &pictures::png(40, 30));
    alice
        .multipart("PATCH", &format!("/chat/{}/", chat.id), &[picture])
        .await
        .is(200);
    let code = alice.link(chat).await;
    let shown = eve.get(&join(&code)).await.is(200).json();
    let url = shown["chat_picture"].as_str().expect("an address");
    assert_eq!(shown["chat_picture"], alice.chat(chat).await["chat_picture"]);
    let at = url.strip_prefix(&app.base()).expect("of this server");
    let got = eve.get(at).await.is(200);
    assert!(got.header("content-type").starts_with("image/"));
    app.anonymous().get(at).await.is(401);
}

#[tokio::test]
async fn the_address_of_a_link_is_the_servers_own() {
    let app = App::with(&[("base_url", "https://chat.example.org/")]).await;
    let alice = app.user("alice").await;
    let chat = alice.group("G", &[]).await;
    let reply = alice.header("Host", "evil.example").post(&path(&chat), json!({})).await;
    let code = reply.body["code"].as_str().expect("a code").to_owned();
    reply
        .is(200)
        .says(json!({"code": code, "url": format!("https://chat.example.org/#/join/{code}")}));

    let app = App::start().await;
    let alice = app.user("alice").await;
    let chat = alice.group("G", &[]).await;
    let reply = alice.header("Host", "evil.example").post(&path(&chat), json!({})).await;
    assert!(!reply.text().contains("evil.example"), "{}", reply.text());
}

#[tokio::test]
async fn many_who_ask_and_come_at_once_find_one_link_and_one_group() {
    let Stage {
        app,
        alice,
        bob,
        eve,
        chat,
    } = &Stage::set().await;
    let asked = (0..10).map(|number| {
        if number % 2 == 0 {
            alice.link(chat)
        } else {
            bob.link(chat)
        }
    });
    let codes: BTreeSet<String> = futures_util::future::join_all(asked).await.into_iter().collect();
    assert_eq!(codes.len(), 1, "{codes:?}");
    let code = codes.first().expect("a code");
    let now = bob.cursor().await;
    let came = futures_util::future::join_all((0..10).map(|_| eve.join(code))).await;
    for reply in came {
        reply.is(200).shows(json!({"users": [alice.id, bob.id, eve.id]}));
    }
    now.told(&[alice, bob, eve], &["member.added"], &[]).await;
    assert_eq!(stored::members(app, chat), json!([alice.id, bob.id, eve.id]));
}

#[tokio::test]
async fn a_group_that_is_full_takes_nobody_more() {
    let Stage {
        app,
        alice,
        bob,
        eve,
        chat,
    } = &Stage::set().await;
    let code = alice.link(chat).await;
    stored::crowd(app, chat, 500);
    let before = stored::census(app);
    let full = json!({"detail": "This group has as many people as it can hold."});
    eve.join(&code).await.is(409).says(full);
    bob.join(&code).await.is(200);
    assert_eq!(stored::census(app), before);
    bob.remove(chat, bob).await.is(204);
    eve.join(&code).await.is(200);
    assert_eq!(eve.chat(chat).await["users"].as_array().map(Vec::len), Some(500));
    bob.join(&code).await.is(409);
    assert_eq!(bob.get("/chat/").await.is(200).ids(), NO_IDS);
}
