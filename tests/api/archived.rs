//! Groups that are put away: read as before, written in by nobody, and back when they are brought back.

use crate::common::golden::assert_shows;
use crate::common::{stored, Part, Reply, User};
use crate::house::host;
use crate::stage::Stage;
use serde_json::{json, Value};

#[track_caller]
fn refused(reply: Reply) {
    reply.is(403).shows(json!({"code": "archived", "detail": "<string>"}));
}

#[tokio::test]
async fn nobody_writes_in_a_group_that_is_put_away_and_all_read_it() {
    let stage = Stage::set().await;
    let (host, bob, eve, chat) = (host(&stage).await, &stage.bob, &stage.eve, &stage.chat);
    let own = bob.send(chat, "before").await;
    let boxes = format!("/chat/{}/boxes/", chat.id);
    let hand_in = host.post(&boxes, json!({"title": "Lab"})).await.is(201).id();
    let path = format!("/chat/{}/", chat.id);
    bob.patch(&path, json!({"archived": true})).await.is(403);
    eve.patch(&path, json!({"archived": true})).await.is(404);
    host.patch(&path, json!({"archived": "maybe"})).await.is(400);
    let private = bob.private(&host).await;
    let fixed = format!("/chat/{}/", private.id);
    host.patch(&fixed, json!({"archived": true})).await.is(403);

    let now = bob.cursor().await;
    host.patch(&path, json!({"archived": true}))
        .await
        .is(200)
        .shows(json!({"archived": true}));
    now.told(&[bob], &["chat.updated"], &[eve]).await;
    assert_shows(
        &bob.events_since(&now).await[0],
        json!({"kind": "chat.updated", "data": {"archived": true}}),
    );
    let (before, now) = (stored::census(&stage.app), bob.cursor().await);
    for user in [bob, &host] {
        refused(
            user.post(&format!("/chat/messages/{}/", chat.id), json!({"text": "still"}))
                .await,
        );
        let reaction = format!("/chat/messages/{}/reactions/%F0%9F%91%8D/", own.id);
        refused(user.put(&reaction, json!({})).await);
        refused(user.patch(&path, json!({"name": "other"})).await);
        let title = json!({"title": "psst"});
        let boxes = [
            user.post(&boxes, title.clone()).await,
            user.patch(&format!("/chat/boxes/{hand_in}/"), title).await,
        ];
        boxes.into_iter().for_each(|reply| drop(reply.is(403)));
        refused(user.request("PUT", &format!("{path}hand/"), None).await);
        let part = Part::file("file", "a.txt", "text/plain", b"late");
        let files = format!("/chat/boxes/{hand_in}/files/");
        user.multipart("POST", &files, &[part]).await.is(403);
    }
    refused(
        bob.patch(&format!("/chat/messages/{}/", own.id), json!({"text": "other"}))
            .await,
    );
    let handout = json!({"chats": [chat.id], "text": "for all"});
    refused(host.post("/host/handout/", handout).await);
    let mut socket = bob.socket().await;
    socket
        .say(json!({"type": "send", "client_id": "c", "chat_id": chat.id, "text": "by socket"}))
        .await;
    assert_shows(
        &socket.answer().await,
        json!({"type": "nack", "client_id": "c", "status": 403}),
    );
    assert_eq!(stored::census(&stage.app), before);
    assert!(bob.events_since(&now).await.is_empty());
    assert_eq!(bob.history(chat).await.len(), 1);
    assert_eq!(bob.get("/chat/search/?q=before").await.is(200).results().len(), 1);

    host.patch(&path, json!({"archived": false, "name": "Back"}))
        .await
        .is(200)
        .shows(json!({"archived": false, "name": "Back"}));
    bob.send(chat, "after").await;
    let notes = "SELECT note FROM deeds WHERE deed = 'chat_rules' ORDER BY id";
    assert_eq!(
        stage.app.rows(notes),
        [[json!("archived=true")], [json!("archived=false")]]
    );
}

#[tokio::test]
async fn all_groups_are_put_away_at_once_and_everybody_finds_a_new_one() {
    let app = crate::common::App::start().await;
    let token = app
        .printed(|line| {
            let (_, token) = line.split_once("/#/setup/")?;
            Some(token.split_whitespace().next().unwrap_or_default().to_owned())
        })
        .await;
    let form = json!({
        "token": token, "server_name": "Clasa", "username": "gazda", "password": "lemon-Harbour-41",
        "first_name": "Ana", "last_name": "Pop"
    });
    let tokens = app.anonymous().post("/host/setup/", form).await.is(201).json();
    let host = app.bearer(tokens["access"].as_str().unwrap());
    let (bob, eve) = (app.user("bob").await, app.user("eve").await);
    let private = bob.private(&eve).await;
    let club = bob.group("Club", &[&eve]).await;
    let list = async |user: &User| user.get("/chat/").await.is(200).results();
    let everyone = |chats: &[Value], archived: bool| {
        let is = |chat: &&Value| chat["type"] == "group" && chat["name"] != "Club" && chat["archived"] == archived;
        let found: Vec<Value> = chats.iter().filter(is).cloned().collect();
        assert_eq!(found.len(), 1, "{chats:?}");
        found[0].clone()
    };
    let before = everyone(&list(&bob).await, false);
    bob.put("/host/archived/", json!({})).await.is(403);
    let now = eve.cursor().await;
    let moved = host.request("PUT", "/host/archived/", None).await.is(200).json();
    assert_eq!(moved, json!({"chats": 2}));
    let kinds: Vec<Value> = eve
        .events_since(&now)
        .await
        .iter()
        .map(|event| event["kind"].clone())
        .collect();
    assert_eq!(kinds, ["chat.updated", "chat.updated", "chat.created"]);
    let chats = list(&bob).await;
    let (old, new) = (everyone(&chats, true), everyone(&chats, false));
    assert_eq!((&old["id"], &old["name"]), (&before["id"], &new["name"]));
    assert_eq!((&old["users"], &new["last_seq"]), (&new["users"], &json!(0)));
    let away = |id: i64| chats.iter().find(|chat| chat["id"] == id).unwrap()["archived"].clone();
    assert_eq!((away(club.id), away(private.id)), (json!(true), json!(false)));
    // Who comes now is in the new one; again there is only that to put away.
    let late = app.user("late").await;
    let theirs: Vec<Value> = list(&late).await.iter().map(|chat| chat["id"].clone()).collect();
    assert_eq!(theirs, [new["id"].clone()]);
    let path = format!("/chat/messages/{}/", new["id"]);
    late.post(&path, json!({"text": "a new day"})).await.is(201);

    let back = host.request("DELETE", "/host/archived/", None).await.is(200).json();
    assert_eq!(back, json!({"chats": 2}));
    host.request("DELETE", "/host/archived/", None)
        .await
        .is(200)
        .shows(json!({"chats": 0}));
    bob.send(&club, "again").await;
    let deeds = app.rows("SELECT deed FROM deeds WHERE deed IN ('put_away', 'bring_back') ORDER BY id");
    assert_eq!(deeds, [[json!("put_away")], [json!("bring_back")]]);
}

#[tokio::test]
async fn what_waits_is_not_let_through_where_nobody_may_write() {
    let stage = Stage::set().await;
    let (host, bob, chat) = (host(&stage).await, &stage.bob, &stage.chat);
    let path = format!("/chat/{}/", chat.id);
    host.patch(&path, json!({"approves": true})).await.is(200);
    let sent = bob
        .post(&format!("/chat/messages/{}/", chat.id), json!({"text": "may I"}))
        .await;
    sent.is(202);
    let held = host.get(&format!("{path}held/")).await.is(200).json();
    let decide = format!("{path}held/{}/", held[0]["id"]);
    host.patch(&path, json!({"archived": true})).await.is(200);
    refused(host.post(&decide, json!({"approve": true})).await);
    assert_eq!(stored::count(&stage.app, "messages"), 0);
    host.patch(&path, json!({"archived": false})).await.is(200);
    host.post(&decide, json!({"approve": true})).await.is(200);
    assert_eq!(bob.history(chat).await.len(), 1);
}

#[tokio::test]
async fn the_group_of_everybody_is_renewed_with_who_is_still_here_and_its_rules() {
    let stage = Stage::set().await;
    let (host, bob, eve, chat) = (host(&stage).await, &stage.bob, &stage.eve, &stage.chat);
    stage.alice.add(chat, eve).await.is(200);
    stored::change(&stage.app, &format!("UPDATE house SET everyone_chat = {}", chat.id));
    let path = format!("/chat/{}/", chat.id);
    let keeps = format!("/chat/{}/retention/", chat.id);
    host.put(&keeps, json!({"days": 7})).await.is(200);
    host.patch(&path, json!({"announces": true})).await.is(200);
    host.put(&format!("/host/people/{}/ban/", eve.id), json!({}))
        .await
        .is(204);
    // Put away alone, as one of its rules.
    host.patch(&path, json!({"archived": true})).await.is(200);
    let rows = "SELECT c.id <> ?1 AND c.name = (SELECT name FROM chats WHERE id = ?1), c.archived, c.announces, c.retention_days
                FROM house h JOIN chats c ON c.id = h.everyone_chat"
        .replace("?1", &chat.id.to_string());
    assert_eq!(stage.app.rows(&rows), [[json!(1), json!(0), json!(1), json!(7)]]);
    let members = "SELECT user_id FROM members WHERE chat_id = (SELECT everyone_chat FROM house) ORDER BY user_id";
    assert_eq!(stage.app.rows(members), [[json!(host.id)], [json!(bob.id)]]);
    // Switched off while it is put away, it is another when it is switched on.
    host.patch("/host/settings/", json!({"everyone": false})).await.is(200);
    host.request("PUT", "/host/archived/", None).await.is(200);
    let before = stage.app.rows("SELECT everyone_chat FROM house");
    host.patch("/host/settings/", json!({"everyone": true})).await.is(200);
    assert_ne!(stage.app.rows("SELECT everyone_chat FROM house"), before);
    let late = stage.app.user("late").await;
    let theirs = late.get("/chat/").await.is(200).results();
    assert_eq!(theirs.len(), 1);
    assert_eq!(theirs[0]["archived"], false);
}
