//! What was handed in goes along with the lesson that it is of, to those who may see it, and comes back in.

use super::archive::{archive, document, files, page, refused, zipped, Files};
use super::House;
use crate::common::{stored, App, Part, User};
use serde_json::{json, Value};

/// A house with a box that two have handed in to.
async fn with_box() -> (House, i64) {
    let house = House::new().await;
    let path = format!("/chat/{}/boxes/", house.group.id);
    let body = json!({"title": "Lab <3>", "due": "2026-05-04T12:00:00Z"});
    let id = house.alice.post(&path, body).await.is(201).id();
    for (user, name, bytes) in [(&house.bob, "pendul.txt", BOB), (&house.carol, "pendul.txt", CAROL)] {
        let part = Part::file("file", name, "text/plain", bytes);
        let reply = user
            .multipart("POST", &format!("/chat/boxes/{id}/files/"), &[part])
            .await;
        reply.is(201);
    }
    let keeps = format!("/chat/{}/retention/", house.group.id);
    house.alice.put(&keeps, json!({"days": 30})).await.is(200);
    (house, id)
}

const BOB: &[u8] = b"g is 9.79, says Bob";
const CAROL: &[u8] = b"g is 9.83, says Carol";

/// The files of a document's only box: whose, and their bytes in the ZIP.
fn handed(files: &Files, chat: i64) -> Vec<(i64, Vec<u8>)> {
    let document = document(files);
    let chats = document["chats"].as_array().unwrap();
    let chat = chats.iter().find(|one| one["id"] == chat).expect("the chat");
    let boxes = chat["boxes"].as_array().expect("boxes");
    assert_eq!(boxes.len(), 1, "{chat}");
    let list = boxes[0]["files"].as_array().unwrap();
    list.iter()
        .map(|one| {
            let path = one["file"]["path"].as_str().unwrap();
            (one["user_id"].as_i64().unwrap(), files[path].clone())
        })
        .collect()
}

fn has(files: &Files, bytes: &[u8]) -> bool {
    files.values().any(|file| file == bytes)
}

/// A stopped server with what an archive has, which its own check finds nothing wrong with; and what the import said.
async fn brought_in(packed: &[u8]) -> (App, String) {
    let mut app = App::start().await;
    app.stop().await;
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("lesson.zip");
    std::fs::write(&file, packed).unwrap();
    let (code, said, why) = app.command(&["import", "archive", file.to_str().unwrap()]).await;
    assert_eq!((code, why.as_str()), (Some(0), ""));
    let (code, found, why) = app.command(&["check"]).await;
    assert_eq!((code, why.as_str()), (Some(0), ""), "{found}");
    (app, said)
}

#[tokio::test]
async fn what_was_handed_in_goes_to_who_may_see_it() {
    let (house, _) = with_box().await;
    let chat = house.group.id;
    let all = archive(house.alice.get("/host/archive/").await);
    let (bob, carol) = ((house.bob.id, BOB.to_vec()), (house.carol.id, CAROL.to_vec()));
    assert_eq!(handed(&all, chat), [bob.clone(), carol.clone()]);
    let shown = page(&all, &format!("chats/{chat}.html"));
    assert!(
        shown.contains("Lab &lt;3&gt;") && shown.contains("Handed in: 2"),
        "{shown}"
    );
    assert_eq!(shown.matches("download=\"pendul.txt\"").count(), 2, "{shown}");
    // The owner sees all of it in his own, each other his own, and who has left nothing.
    assert_eq!(
        handed(&archive(house.alice.get("/auth/export/").await), chat),
        [bob.clone(), carol]
    );
    let own = archive(house.bob.get("/auth/export/").await);
    assert_eq!(handed(&own, chat), [bob]);
    assert!(!has(&own, CAROL));
    let leave = format!("/chat/{chat}/users/{}/", house.carol.id);
    house.carol.delete(&leave).await.is(204);
    assert!(!has(&archive(house.carol.get("/auth/export/").await), CAROL));
    assert!(!has(&archive(house.eve.get("/auth/export/").await), BOB));
}

#[tokio::test]
async fn a_lesson_that_is_wiped_comes_back_with_what_was_handed_in() {
    let (house, id) = with_box().await;
    let packed = house.alice.get("/host/archive/?secrets=1").await.is(200).bytes;
    let name = house.alice.get("/auth/server/").await.is(200).json()["name"].clone();
    let wipe = json!({"confirm": name, "what": "messages"});
    house.alice.post("/host/wipe/", wipe).await.is(200);
    assert_eq!(stored::count(&house.app, "box_files"), 0, "all that was written");

    let (mut app, said) = brought_in(&packed).await;
    assert!(said.contains("5 pictures and files"), "{said}");
    let rows = app.rows("SELECT id, title, due, closed, made_by FROM boxes");
    assert_eq!(
        rows,
        [[
            json!(id),
            json!("Lab <3>"),
            json!(1_777_896_000_000_000_i64),
            json!(0),
            json!(house.alice.id)
        ]]
    );
    let days = app.rows(&format!(
        "SELECT retention_days FROM chats WHERE id = {}",
        house.group.id
    ));
    assert_eq!(days, [[json!(30)]]);

    app.start_again().await;
    let boxes = |user: &User| {
        let form = json!({"username": user.name, "password": user.password});
        let path = format!("/chat/{}/boxes/", house.group.id);
        let app = &app;
        async move {
            let tokens = app.anonymous().post("/auth/login/", form).await.is(200).json();
            let caller = app.bearer(tokens["access"].as_str().unwrap());
            let list = caller.get(&path).await.is(200).json();
            (caller, list["results"][0].clone())
        }
    };
    let (bob, seen) = boxes(&house.bob).await;
    assert_eq!((&seen["files"], &seen["mine"]["late"]), (&Value::Null, &json!(true)));
    let url = seen["mine"]["file"]
        .as_str()
        .unwrap()
        .trim_start_matches(&app.base())
        .to_owned();
    assert_eq!(bob.get(&url).await.is(200).bytes, BOB);
    let (_, seen) = boxes(&house.alice).await;
    assert_eq!(seen["files"].as_array().unwrap().len(), 2);
    let (carol, _) = boxes(&house.carol).await;
    carol.get(&url).await.is(404);
}

#[tokio::test]
async fn a_box_that_contradicts_the_rest_changes_nothing() {
    let (house, _) = with_box().await;
    let whole = files(&house.alice.get("/host/archive/").await.is(200).bytes);
    let text = page(&whole, "messenger.json");
    let mut app = App::start().await;
    app.stop().await;
    let carol = format!("{{\"user_id\":{},\"time\"", house.carol.id);
    for (there, forged, words) in [
        (carol.as_str(), "{\"user_id\":77,\"time\"", "contradict"),
        (
            carol.as_str(),
            &format!("{{\"user_id\":{},\"time\"", house.bob.id),
            "contradict",
        ),
        ("\"due\":\"2026", "\"due\":\"soon", "has the time"),
        ("\"boxes\":[{\"id\":1", "\"boxes\":[{\"id\":0", "has the id 0"),
    ] {
        assert_eq!(text.matches(there).count(), 1, "{there} in {text}");
        let mut changed = whole.clone();
        changed.insert("messenger.json".to_owned(), text.replace(there, forged).into_bytes());
        refused(&app, &zipped(&changed), words).await;
    }
}

#[tokio::test]
async fn a_house_that_somebody_has_left_comes_back_in() {
    let (house, _) = with_box().await;
    let leaving = json!({"password": house.carol.password});
    house.carol.request("DELETE", "/auth/me/", Some(leaving)).await.is(204);
    let packed = house.alice.get("/host/archive/?secrets=1").await.is(200).bytes;
    let (app, said) = brought_in(&packed).await;
    assert!(
        said.contains("1 of the chats keep what was said for some days only"),
        "{said}"
    );
    let row = format!(
        "SELECT deleted, active, first_name FROM users WHERE id = {}",
        house.carol.id
    );
    assert_eq!(app.rows(&row), [[json!(1), json!(0), json!("Deleted account")]]);
}
