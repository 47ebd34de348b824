//! Handing out: one message in several chats, all or none, its file stored once.

use crate::common::{stored, Part, Reply, User};
use crate::stage::Stage;
use serde_json::{json, Value};

async fn hand_out(user: &User, chats: &[i64], client_id: &str, bytes: &[u8]) -> Reply {
    let mut parts: Vec<Part> = chats.iter().map(|id| Part::field("chats", &id.to_string())).collect();
    parts.push(Part::field("text", "Tema"));
    parts.push(Part::field("client_id", client_id));
    parts.push(Part::file("file", "tema.pdf", "application/pdf", bytes));
    user.multipart("POST", "/host/handout/", &parts).await
}

fn path(message: &Value) -> String {
    let url = message["file"].as_str().expect("a file");
    url[url.find("/media/").expect("a path")..].to_owned()
}

#[tokio::test]
async fn each_chat_gets_it_and_its_bytes_are_stored_once() {
    let stage = Stage::set().await;
    let Stage { app, bob, eve, .. } = &stage;
    stored::make_host(app, &stage.alice);
    let host = stage.alice.again().await;
    let carol = app.user("carol").await;
    let (one, other) = (host.group("9A", &[bob]).await, host.group("9B", &[&carol]).await);
    let bytes = vec![7; 600_000];
    let now = host.cursor().await;
    let (before_bob, before_carol) = (bob.cursor().await, carol.cursor().await);
    let made = hand_out(&host, &[one.id, other.id, one.id], "h", &bytes).await.is(201);
    let results = made.json()["results"].as_array().expect("messages").clone();
    assert_eq!(results.len(), 2, "each chat once");
    for (message, chat) in results.iter().zip([&one, &other]) {
        assert_eq!(
            (&message["chat_id"], &message["text"], &message["file_name"]),
            (&json!(chat.id), &json!("Tema"), &json!("tema.pdf"))
        );
        assert_eq!(message["client_id"], format!("h:{}", chat.id));
    }
    for (user, since, chat) in [(bob, before_bob, &one), (&carol, before_carol, &other)] {
        let heard = user.events_since(&since).await;
        assert_eq!(
            (heard.len(), &heard[0]["kind"]),
            (1, &json!("message.created")),
            "{heard:#?}"
        );
        assert_eq!(heard[0]["chat_id"], json!(chat.id));
    }
    now.told(&[], &[], &[eve]).await;

    let (first, second) = (path(&results[0]), path(&results[1]));
    assert_eq!(bob.get(&first).await.is(200).bytes, bytes);
    assert_eq!(carol.get(&second).await.is(200).bytes, bytes);
    bob.get(&second).await.is(404);
    carol.get(&first).await.is(404);
    eve.get(&first).await.is(404);
    let stored = "SELECT (SELECT count(*) FROM media), (SELECT sum(length(bytes)) FROM media_chunks)";
    assert_eq!(app.rows(stored), [[json!(2), json!(600_000)]]);

    let again = hand_out(&host, &[one.id, other.id], "h", &bytes).await.is(200);
    assert_eq!(again.json()["results"], json!(results));
    assert_eq!(
        app.rows("SELECT count(*) FROM media WHERE purpose <> 'pending'"),
        [[json!(2)]]
    );
    hand_out(&host, &[one.id, other.id], "h", b"another").await.is(409);

    // The bytes stay for as long as one of the messages has them.
    host.delete(&format!("/chat/messages/{}/", results[0]["id"]))
        .await
        .is(204);
    assert_eq!(carol.get(&second).await.is(200).bytes, bytes);
    assert_eq!(
        app.rows("SELECT count(*) FROM media_trash WHERE media_id IN (SELECT bytes_of FROM media)"),
        [[json!(0)]]
    );
    host.delete(&format!("/chat/messages/{}/", results[1]["id"]))
        .await
        .is(204);
    let left = "SELECT count(*) FROM media_chunks WHERE id >> 20 NOT IN (SELECT media_id FROM media_trash)
                AND id >> 20 NOT IN (SELECT id FROM media)";
    assert_eq!(app.rows(left), [[json!(0)]]);
    assert_eq!(
        app.rows("SELECT count(*) FROM media WHERE purpose <> 'pending'"),
        [[json!(0)]]
    );
}

#[tokio::test]
async fn all_get_it_or_none_and_only_staff_hand_out() {
    let stage = Stage::set().await;
    let Stage {
        app, bob, eve, chat, ..
    } = &stage;
    stored::make_host(app, &stage.alice);
    let host = stage.alice.again().await;
    let foreign = eve.group("Others", &[]).await;
    let before = stored::census(app);
    let now = host.cursor().await;
    hand_out(bob, &[chat.id], "b", b"x").await.is(403);
    hand_out(&host, &[chat.id, foreign.id], "c", b"x")
        .await
        .is(400)
        .shows(json!({"chats": [format!("Invalid pk \"{}\" - object does not exist.", foreign.id)]}));
    let body = json!({"text": "to nobody", "chats": []});
    host.post("/host/handout/", body)
        .await
        .is(400)
        .shows(json!({"chats": ["This field is required."]}));
    let body = json!({"chats": [chat.id]});
    host.post("/host/handout/", body)
        .await
        .is(400)
        .shows(json!({"text": ["This field is required."]}));
    now.told(&[], &[], &[&host, bob, eve]).await;
    assert_eq!(stored::census(app), before);

    let body = json!({"text": "to one", "chats": chat.id});
    let sent = host.post("/host/handout/", body).await.is(201);
    assert_eq!(sent.json()["results"][0]["chat_id"], json!(chat.id));
}

#[tokio::test]
async fn many_chats_fit_into_a_form_and_what_is_kept_counts_once() {
    let stage = Stage::with(&[("quota_bytes", "1500")]).await;
    stored::make_host(&stage.app, &stage.alice);
    let host = stage.alice.again().await;
    let mut chats = Vec::new();
    for number in 0..40 {
        chats.push(host.group(&format!("9{number}"), &[]).await.id);
    }
    let made = hand_out(&host, &chats, "h", &[7; 1000]).await.is(201).json();
    let results = made["results"].as_array().expect("messages");
    assert_eq!(results.len(), chats.len());
    // Without the first message the others still have the bytes, and whoever handed them out answers for them.
    host.delete(&format!("/chat/messages/{}/", results[0]["id"]))
        .await
        .is(204);
    hand_out(&host, &chats[..2], "i", &[8; 1000]).await.is(413);
    let storage = host.get("/host/storage/").await.is(200).json();
    let own = storage["people"]
        .as_array()
        .unwrap()
        .iter()
        .find(|one| one["id"] == host.id);
    assert_eq!(
        own.expect("him")["uploads"],
        json!({"count": 1, "bytes": 1000}),
        "{storage}"
    );
}
