//! Making chats and finding them.

use crate::common::golden::assert_shows;
use crate::common::{stored, App, Chat, Table, User, NO_IDS};
use serde_json::{json, Value};

const REQUIRED: &str = "This field is required.";

fn none() -> Value {
    json!({"detail": "Not found."})
}

fn sorted(mut ids: Vec<i64>) -> Vec<i64> {
    ids.sort_unstable();
    ids
}

async fn four(app: &App) -> (User, User, User, User) {
    (
        app.user("alice").await,
        app.user("bob").await,
        app.user("carol").await,
        app.user("eve").await,
    )
}

fn path(chat: &Chat) -> String {
    format!("/chat/{}/", chat.id)
}

#[tokio::test]
async fn making_a_group() {
    let app = App::start().await;
    let (alice, bob, carol, eve) = four(&app).await;
    let secret = eve.group("Eve's own", &[]).await;
    let hidden = eve.send(&secret, "nobody else's").await;
    let now = alice.cursor().await;
    let sent = json!({
        "name": "  Fizică ", "users": [bob.id, carol.id, bob.id, alice.id], "type": "curs",
        "messages": [hidden.id], "id": 77, "owner": eve.id, "last_seq": 9, "created": "1999-01-01T00:00:00.000000Z"
    });
    let reply = alice.post("/chat/", sent).await.is(201);
    let members = [alice.id, bob.id, carol.id];
    let reply = reply
        .in_order(&["id", "name", "users", "chat_picture", "type", "messages"])
        .shows(json!({
            "id": "<int>", "name": "Fizică", "users": members, "type": "curs", "messages": [],
            "chat_picture": format!("{}/media/profile.png", app.base()), "last_message": null, "unread_count": 0,
            "last_seq": 0, "read_seq": 0, "muted": false, "owner": alice.id, "marks": "<any>", "created": "<time>",
            "announces": false, "approves": false, "archived": false, "hands": [], "retention_days": null
        }));
    assert!(!reply.text().contains("nobody else's"));
    let chat = Chat::of(reply);
    assert_ne!(chat.id, 77);
    assert_eq!(stored::chat(&app, &chat), json!(["Fizică", "curs", alice.id]));
    assert_eq!(stored::members(&app, &chat), json!(members));
    let event = now
        .told_of(&[&alice, &bob, &carol], "chat.created", &chat, &[&eve])
        .await;
    assert_shows(
        &event["data"],
        json!({"id": chat.id, "name": "Fizică", "users": members, "chat_picture": "/media/profile.png"}),
    );
    for user in [&alice, &bob, &carol] {
        assert_shows(
            &user.chat(&chat).await,
            json!({"id": chat.id, "users": members, "unread_count": 0}),
        );
    }
    eve.get(&path(&chat)).await.is(404).says(none());

    let one = alice
        .post("/chat/", json!({"name": "One", "users": bob.id, "type": "group"}))
        .await
        .is(201);
    one.shows(json!({"users": [alice.id, bob.id]}));
    let alone = alice
        .post("/chat/", json!({"name": "Alone", "users": [], "type": "group"}))
        .await
        .is(201);
    alone.shows(json!({"users": [alice.id]}));
    let twice = json!({"name": "Same", "users": [bob.id], "type": "group"});
    let first = alice.post("/chat/", twice.clone()).await.is(201).id();
    assert_ne!(
        alice.post("/chat/", twice).await.is(201).id(),
        first,
        "each request makes a group of its own"
    );
}

#[tokio::test]
async fn making_a_chat_refuses() {
    let app = App::start().await;
    let (alice, bob, carol, _) = four(&app).await;
    let before = stored::census(&app);
    let long = |count: usize| "n".repeat(count);
    let form = |name: Value, users: Value, kind: Value| json!({"name": name, "users": users, "type": kind});
    let group = |users: Value| form(json!("G"), users, json!("group"));
    let no_pk = |pk: &str| json!({"users": [format!("Invalid pk \"{pk}\" - object does not exist.")]});
    let too_long = |most: usize| json!([format!("Ensure this field has no more than {most} characters.")]);
    let mut table = Table::new("POST /chat/");
    for (sent, answer) in [
        (
            json!({}),
            json!({"name": [REQUIRED], "users": [REQUIRED], "type": [REQUIRED]}),
        ),
        (
            form(json!(long(151)), json!([]), json!("group")),
            json!({"name": too_long(150)}),
        ),
        (
            form(json!("G"), json!([]), json!(long(31))),
            json!({"type": too_long(30)}),
        ),
        (
            form(json!(" "), json!([]), json!("group")),
            json!({"name": ["This field may not be blank."]}),
        ),
        (
            form(json!(null), json!([]), json!("group")),
            json!({"name": ["This field may not be null."]}),
        ),
        (
            form(json!(["a"]), json!([]), json!("group")),
            json!({"name": ["Not a valid string."]}),
        ),
        (
            form(json!("a\u{0}"), json!([]), json!("group")),
            json!({"name": ["Null characters are not allowed."]}),
        ),
        (group(json!([99])), no_pk("99")),
        (group(json!([bob.id, 99])), no_pk("99")),
        (group(json!(99)), no_pk("99")),
        (group(json!([-1])), no_pk("-1")),
        (
            group(json!(["bob"])),
            json!({"users": ["Incorrect type. Expected pk value, received str."]}),
        ),
    ] {
        table.says(&alice.post("/chat/", sent).await, 400, answer);
    }
    for users in [
        json!(null),
        json!("bob"),
        json!({"a": 1}),
        json!([null]),
        json!([1e30]),
        json!([[bob.id]]),
    ] {
        table.blames(&alice.post("/chat/", group(users)).await, 400, "users");
    }
    let beyond = "1000000000000000000000000000000";
    for users in [beyond.to_owned(), format!("[{},{beyond}]", bob.id)] {
        let body = format!("{{\"name\":\"G\",\"type\":\"group\",\"users\":{users}}}").into_bytes();
        let reply = alice.bytes("POST", "/chat/", Some(("application/json", body))).await;
        table.says(&reply, 400, no_pk(beyond));
    }
    let private = |users: Value| form(json!("P"), users, json!("privat"));
    for users in [json!([]), json!([alice.id]), json!([bob.id, carol.id]), json!([99])] {
        table.blames(&alice.post("/chat/", private(users)).await, 400, "users");
    }
    table.done();
    assert_eq!(stored::census(&app), before, "a refused chat leaves nothing");
}

#[tokio::test]
async fn a_private_chat_is_one_for_each_pair_and_stays_as_it_is() {
    let app = App::start().await;
    let (alice, bob, carol, eve) = four(&app).await;
    let form = |user: i64, kind: &str| json!({"name": "P", "users": [user], "type": kind});
    let now = alice.cursor().await;
    let chat = Chat::of(alice.post("/chat/", form(bob.id, "privat")).await.is(201));
    assert_shows(&chat.json, json!({"type": "privat", "users": [alice.id, bob.id]}));
    now.told_of(&[&alice, &bob], "chat.created", &chat, &[&carol, &eve])
        .await;
    assert_eq!(stored::members(&app, &chat), json!([alice.id, bob.id]));

    let before = stored::census(&app);
    for (user, sent) in [
        (&alice, form(bob.id, "privat")),
        (&alice, form(bob.id, "private")),
        (&bob, form(alice.id, "privat")),
        (
            &bob,
            json!({"name": "Other", "users": [alice.id, bob.id], "type": "private"}),
        ),
    ] {
        let again = user.post("/chat/", sent).await.is(200);
        assert_eq!(again.id(), chat.id);
    }
    let mut table = Table::new("a private chat");
    for (user, sent) in [
        (&alice, json!({"users": carol.id})),
        (&bob, json!({"users": [carol.id]})),
        (&alice, json!({"name": "New"})),
    ] {
        table.blames(&user.patch(&path(&chat), sent).await, 403, "detail");
    }
    table.blames(&alice.remove(&chat, &alice).await, 403, "detail");
    table.blames(&alice.remove(&chat, &bob).await, 403, "detail");
    table.says(&eve.patch(&path(&chat), json!({"users": eve.id})).await, 404, none());
    table.done();
    assert_eq!(stored::census(&app), before, "nothing of this changes a private chat");

    let other = alice.private(&carol).await;
    assert_ne!(other.id, chat.id);
    let at_once = (0..8).map(|number| {
        let (one, other) = if number % 2 == 0 {
            (carol.clone(), bob.id)
        } else {
            (bob.clone(), carol.id)
        };
        async move { one.post("/chat/", form(other, "privat")).await }
    });
    let replies = futures_util::future::join_all(at_once).await;
    let ids: Vec<i64> = replies.iter().map(crate::common::Reply::id).collect();
    assert!(ids.iter().all(|id| *id == ids[0]), "one pair, two chats: {ids:?}");
    assert_eq!(replies.iter().filter(|reply| reply.status == 201).count(), 1);
}

#[tokio::test]
async fn the_list_of_chats_and_its_filters() {
    let app = App::start().await;
    let (alice, bob, carol, eve) = four(&app).await;
    let physics = alice.group("Fizică și Știință", &[&bob]).await;
    let sport = alice.group("Sport 100%", &[&carol]).await;
    let pair = alice.private(&bob).await;
    let hidden = bob.group("Fizică fără Alice", &[&carol]).await;
    let ids = |chats: &[&Chat]| chats.iter().map(|chat| chat.id).collect::<Vec<i64>>();

    let all = alice.get("/chat/").await.is(200);
    let all = all.shows(json!({"count": 3, "next": null, "previous": null, "results": ["<any>", "<any>", "<any>"]}));
    assert_eq!(all.ids(), ids(&[&pair, &sport, &physics]), "newest first");
    assert!(!all.text().contains("Alice"), "{}", all.text());
    assert_eq!(
        eve.get("/chat/")
            .await
            .is(200)
            .says(json!({"count": 0, "next": null, "previous": null, "results": []}))
            .ids(),
        NO_IDS
    );

    let by = |text: &str| format!("/chat/?{text}");
    for (query, found) in [
        ("name=fizica".to_owned(), vec![&physics]),
        ("name=FIZIC%C4%82".to_owned(), vec![&physics]),
        ("name=stiinta".to_owned(), vec![&physics]),
        ("name=ort".to_owned(), vec![&sport]),
        ("name=%25".to_owned(), vec![&sport]),
        ("name=_".to_owned(), vec![]),
        ("name=%27%20OR%20%271".to_owned(), vec![]),
        ("search=fizica".to_owned(), vec![&physics]),
        ("search=port".to_owned(), vec![&sport]),
        (format!("users={}", bob.id), vec![&pair, &physics]),
        (format!("users={}", eve.id), vec![]),
        (
            format!("users={}&users={}", bob.id, carol.id),
            vec![&pair, &sport, &physics],
        ),
        (format!("users={}&name=fiz", bob.id), vec![&physics]),
        ("type=privat".to_owned(), vec![&pair]),
        ("type=group".to_owned(), vec![&sport, &physics]),
        ("nonsense=1&order=drop".to_owned(), vec![&pair, &sport, &physics]),
    ] {
        assert_eq!(
            sorted(alice.get(&by(&query)).await.is(200).ids()),
            sorted(ids(&found)),
            "{query}"
        );
    }
    assert_eq!(
        sorted(bob.get("/chat/?name=fizica").await.is(200).ids()),
        ids(&[&physics, &hidden])
    );

    let mut table = Table::new("GET /chat/ with a bad filter");
    let unknown = json!({"users": ["Select a valid choice. 99 is not one of the available choices."]});
    table.says(&alice.get("/chat/?users=99").await, 400, unknown);
    table.says(
        &alice.get("/chat/?users=abc").await,
        400,
        json!({"users": ["“abc” is not a valid value."]}),
    );
    table.says(
        &alice.get("/chat/?users=").await,
        400,
        json!({"users": ["“” is not a valid value."]}),
    );
    table.done();
}

#[tokio::test]
async fn lists_come_in_pages() {
    let app = App::start().await;
    let alice = app.user("alice").await;
    let mut ids = Vec::new();
    for number in 0..5 {
        ids.insert(0, alice.group(&format!("Chat {number}"), &[]).await.id);
    }
    let first = alice.get("/chat/?page_size=2").await.is(200);
    assert_eq!(first.ids(), ids[..2]);
    let first = first.shows(json!({"count": 5, "previous": null}));
    let next = first.body["next"].as_str().expect("the next page").to_owned();
    let follow = |url: &str| {
        url.strip_prefix(&app.base())
            .expect("an address of this server")
            .to_owned()
    };
    let second = alice.get(&follow(&next)).await.is(200);
    assert_eq!(second.ids(), ids[2..4]);
    let back = second.body["previous"].as_str().expect("the previous page").to_owned();
    assert_eq!(alice.get(&follow(&back)).await.is(200).ids(), ids[..2]);
    let last = second.body["next"].as_str().expect("the last page").to_owned();
    assert_eq!(
        alice
            .get(&follow(&last))
            .await
            .is(200)
            .shows(json!({"next": null}))
            .ids(),
        ids[4..]
    );

    let mut table = Table::new("pages");
    table.shows(
        &alice.get("/chat/?page=last&page_size=2").await,
        200,
        json!({"next": null, "count": 5}),
    );
    table.shows(
        &alice.get("/chat/?page=3&page_size=2").await,
        200,
        json!({"next": null}),
    );
    for page in ["4", "0", "-1", "abc", "99999999999999999999999"] {
        let reply = alice.get(&format!("/chat/?page={page}&page_size=2")).await;
        table.says(&reply, 404, json!({"detail": "Invalid page."}));
    }
    let romanian = alice.header("Accept-Language", "ro").get("/chat/?page=99").await;
    table.says(&romanian, 404, json!({"detail": "Pagină nevalidă."}));
    table.done();
}

#[tokio::test]
async fn a_chat_that_is_not_there_for_the_caller() {
    let app = App::start().await;
    let (alice, bob, _, eve) = four(&app).await;
    let chat = alice.group("G", &[&bob]).await;
    let before = stored::census(&app);
    let mut table = Table::new("/chat/<id>/");
    for id in [
        chat.id.to_string(),
        "99".into(),
        "abc".into(),
        "-1".into(),
        "0".into(),
        "1".repeat(31),
        "1%20".into(),
    ] {
        let path = format!("/chat/{id}/");
        table.says(&eve.get(&path).await, 404, none());
        table.says(&eve.patch(&path, json!({"name": "mine"})).await, 404, none());
        table.says(&eve.patch(&path, json!({"users": eve.id})).await, 404, none());
        table.says(&eve.delete(&format!("{path}users/{}/", alice.id)).await, 404, none());
        table.says(&eve.put(&format!("{path}read/"), json!({"seq": 0})).await, 404, none());
    }
    let reply = alice.delete(&path(&chat)).await;
    table.says(&reply, 405, json!({"detail": "Method \"DELETE\" not allowed."}));
    table.done();
    assert_eq!(stored::census(&app), before);
}

#[tokio::test]
async fn a_group_that_is_asked_for_again_is_the_same_group() {
    let app = App::start().await;
    let (alice, bob, carol, eve) = four(&app).await;
    let body = json!({"name": "Once", "users": [bob.id], "type": "group", "client_id": "g-1"});
    let made = alice.post("/chat/", body.clone()).await.is(201).json();
    let before = stored::census(&app);
    let now = alice.cursor().await;
    let again = alice.post("/chat/", body.clone()).await.is(200).json();
    assert_eq!(again, made);
    let other = json!({"name": "Other", "users": [carol.id], "type": "group", "client_id": "g-1"});
    alice.post("/chat/", other).await.is(409);
    now.told(&[&alice, &bob], &[], &[&carol, &eve]).await;
    assert_eq!(stored::census(&app), before);

    // Another's client_id is his own, and what one has left is not shown.
    let own = bob.post("/chat/", body.clone()).await.is(201).json();
    assert_ne!(own["id"], made["id"]);
    alice
        .delete(&format!("/chat/{}/users/{}/", made["id"], alice.id))
        .await
        .is(204);
    alice.post("/chat/", body).await.is(404).shows(none());
    let long = json!({"name": "Long", "users": [], "type": "group", "client_id": "x".repeat(101)});
    alice.post("/chat/", long).await.is(400);
}
