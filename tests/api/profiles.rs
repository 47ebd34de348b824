//! One's own profile, the password, and the people one can write to.

use crate::common::golden::assert_shows;
use crate::common::{stored, App, Table};
use serde_json::json;

const TAKEN: &str = "A user with that username already exists.";
const REQUIRED: &str = "This field is required.";
const BLANK: &str = "This field may not be blank.";

#[tokio::test]
async fn ones_own_profile() {
    let app = App::start().await;
    let (alice, bob, eve) = (app.user("alice").await, app.user("bob").await, app.user("eve").await);
    alice.private(&bob).await;
    let me = alice.get("/auth/me/").await.is(200);
    me.in_order(&[
        "id",
        "username",
        "first_name",
        "last_name",
        "email",
        "profile_picture",
        "last_online",
    ])
    .shows(json!({
        "id": alice.id, "username": "alice", "first_name": "First", "last_name": "Last", "email": alice.email,
        "profile_picture": format!("{}/media/profile.png", app.base()), "last_online": "<python time>"
    }));

    let path = format!("/auth/update_profile/{}/", alice.id);
    let sent = json!({"username": "alice2", "first_name": "Ana", "last_name": "Ion", "email": "ana@example.org"});
    let now = bob.cursor().await;
    let reply = alice.put(&path, sent.clone()).await.is(200);
    reply
        .in_order(&["username", "first_name", "last_name", "email"])
        .says(sent);
    assert_eq!(
        stored::user(&app, "alice2"),
        json!(["alice2", "ana@example.org", "Ana", "Ion"])
    );
    let told = bob.events_since(&now).await;
    let event = told
        .iter()
        .find(|event| event["kind"] == "user.updated")
        .expect("user.updated");
    assert_shows(
        &event["data"],
        json!({"id": alice.id, "username": "alice2", "first_name": "Ana", "last_name": "Ion"}),
    );
    assert!(
        !event.to_string().contains("ana@example.org"),
        "another's e-mail: {event:#}"
    );

    alice
        .patch(&path, json!({"first_name": "Maria", "is_staff": true, "host": true}))
        .await
        .is(200)
        .says(json!({
            "username": "alice2", "first_name": "Maria", "last_name": "Ion", "email": "ana@example.org"
        }));
    alice
        .get("/auth/me/")
        .await
        .is(200)
        .shows(json!({"id": alice.id, "username": "alice2", "first_name": "Maria"}));

    let before = app.rows("SELECT id, username, email, first_name, last_name FROM users ORDER BY id");
    let all = json!({
        "username": [REQUIRED], "first_name": [REQUIRED], "last_name": [REQUIRED], "email": [REQUIRED]
    });
    let full = |changes: &[(&str, &str)]| {
        let mut form = json!({"username": "alice2", "first_name": "A", "last_name": "B", "email": "ana@example.org"});
        changes.iter().for_each(|(name, value)| form[*name] = json!(value));
        form
    };
    let mut table = Table::new("/auth/update_profile/");
    table.says(&alice.put(&path, json!({})).await, 400, all);
    let taken = alice.put(&path, full(&[("email", &bob.email)])).await;
    table.says(
        &taken,
        400,
        json!({"email": {"email": "This email is already in use."}}),
    );
    let taken = alice.put(&path, full(&[("username", "bob")])).await;
    table.says(&taken, 400, json!({"username": [TAKEN]}));
    table.says(
        &alice.patch(&path, json!({"username": "BOB"})).await,
        400,
        json!({"username": [TAKEN]}),
    );
    table.says(
        &alice.patch(&path, json!({"first_name": ""})).await,
        400,
        json!({"first_name": [BLANK]}),
    );
    let bad = json!({"email": ["Enter a valid email address."]});
    table.says(&alice.patch(&path, json!({"email": "x"})).await, 400, bad);
    let other = json!({"username": "eve", "first_name": "X", "last_name": "Y", "email": eve.email});
    table.says(
        &bob.put(&format!("/auth/update_profile/{}/", eve.id), other).await,
        400,
        json!({"authorize": "You dont have permission for this user."}),
    );
    table.done();
    assert_eq!(
        app.rows("SELECT id, username, email, first_name, last_name FROM users ORDER BY id"),
        before
    );
}

#[tokio::test]
async fn a_new_address_needs_the_password_where_it_is_set_so() {
    let app = App::with(&[("require_password_for_email", "true")]).await;
    let (alice, bob) = (app.user("alice").await, app.user("bob").await);
    let path = format!("/auth/update_profile/{}/", alice.id);
    let same = json!({"username": "alice", "first_name": "Ana", "last_name": "Last", "email": alice.email});
    alice.put(&path, same.clone()).await.is(200).says(same);
    alice.patch(&path, json!({"first_name": "First"})).await.is(200);
    let before = stored::user(&app, "alice");

    let mut table = Table::new("/auth/update_profile/ with a password");
    let new = "new@example.org";
    let required = json!({"password": [REQUIRED]});
    table.says(&alice.patch(&path, json!({"email": new})).await, 400, required.clone());
    let whole = json!({"username": "alice", "first_name": "A", "last_name": "B", "email": new});
    table.says(&alice.put(&path, whole).await, 400, required);
    let two = json!({"first_name": [BLANK], "password": [BLANK]});
    table.says(
        &alice
            .patch(&path, json!({"email": new, "password": "", "first_name": ""}))
            .await,
        400,
        two,
    );
    let wrong = json!({"email": new, "password": "not his password"});
    table.says(
        &alice.patch(&path, wrong).await,
        400,
        json!({"password": ["Old password is not correct"]}),
    );
    let stranger = json!({"authorize": "You dont have permission for this user."});
    table.says(&bob.patch(&path, json!({"email": new})).await, 400, stranger);
    table.done();
    assert_eq!(stored::user(&app, "alice"), before, "a refused change");

    alice
        .patch(&path, json!({"email": new, "password": alice.password}))
        .await
        .is(200)
        .says(json!({"username": "alice", "first_name": "First", "last_name": "Last", "email": new}));
    assert_eq!(stored::user(&app, "alice"), json!(["alice", new, "First", "Last"]));
}

#[tokio::test]
async fn changing_the_password() {
    let app = App::start().await;
    let (alice, bob) = (app.user("alice").await, app.user("bob").await);
    let phone = alice.again().await;
    let path = format!("/auth/change_password/{}/", alice.id);
    let form = |old: &str, new: &str, again: &str| json!({"old_password": old, "password": new, "password2": again});
    let hash = stored::hash(&app, "alice");
    let new = "seven green bottles";

    let all = json!({"old_password": [REQUIRED], "password": [REQUIRED], "password2": [REQUIRED]});
    let mut table = Table::new("/auth/change_password/");
    table.says(&alice.put(&path, json!({})).await, 400, all.clone());
    table.says(&alice.patch(&path, json!({})).await, 400, all);
    let without_old = json!({"password": new, "password2": new});
    table.says(
        &alice.patch(&path, without_old).await,
        400,
        json!({"old_password": [REQUIRED]}),
    );
    table.shows(
        &alice.put(&path, form("wrong", new, new)).await,
        400,
        json!({"old_password": {"old_password": "Old password is not correct"}}),
    );
    let differ = json!({"password": ["Password fields didn't match."]});
    table.says(
        &alice.put(&path, form(&alice.password, new, "other")).await,
        400,
        differ,
    );
    let weak = json!({"password": ["This password is too common."]});
    table.says(
        &alice.put(&path, form(&alice.password, "password", "password")).await,
        400,
        weak,
    );
    let stranger = json!({"authorize": "You dont have permission for this user."});
    table.says(&bob.put(&path, form(&bob.password, new, new)).await, 400, stranger);
    let unknown = bob
        .put("/auth/change_password/999/", form(&bob.password, new, new))
        .await;
    table.says(&unknown, 404, json!({"detail": "Not found."}));
    table.says(
        &alice.post(&path, json!({})).await,
        405,
        json!({"detail": "Method \"POST\" not allowed."}),
    );
    table.done();
    assert_eq!(stored::hash(&app, "alice"), hash, "a refused change");
    phone.get("/auth/me/").await.is(200);

    alice
        .put(&path, form(&alice.password, new, new))
        .await
        .is(200)
        .says(json!({}));
    assert_ne!(stored::hash(&app, "alice"), hash);
    phone.get("/auth/me/").await.is(401);
    alice.get("/auth/me/").await.is(200);
    bob.get("/auth/me/").await.is(200);
    let old = json!({"refresh": phone.refresh});
    app.anonymous().post("/auth/login/refresh/", old).await.is(401);
    let login = |password: &str| json!({"username": "alice", "password": password});
    app.anonymous()
        .post("/auth/login/", login(&alice.password))
        .await
        .is(401);
    app.anonymous().post("/auth/login/", login(new)).await.is(200);
}

#[tokio::test]
async fn the_people_one_can_write_to() {
    let app = App::start().await;
    let (alice, bob) = (app.user("alice").await, app.user("bob").await);
    let stefan = app.user("stefan").await;
    let sent = json!({"first_name": "Ștefan", "last_name": "Țepeș"});
    stefan
        .patch(&format!("/auth/update_profile/{}/", stefan.id), sent)
        .await
        .is(200);

    let person = json!({
        "id": bob.id, "username": "bob", "first_name": "First", "last_name": "Last",
        "profile_picture": format!("{}/media/profile.png", app.base()), "last_online": "<string>", "online": "<bool>"
    });
    let reply = alice
        .get(&format!("/auth/user/{}/", bob.id))
        .await
        .is(200)
        .shows(person);
    assert!(!reply.text().contains(&bob.email), "another's e-mail: {}", reply.text());

    let found = |reply: crate::common::Reply| -> Vec<String> {
        reply
            .results()
            .iter()
            .map(|user| user["username"].as_str().unwrap().to_owned())
            .collect()
    };
    for (search, names) in [
        ("bob", vec!["bob"]),
        ("BO", vec!["bob"]),
        ("stefan", vec!["stefan"]),
        ("tepes", vec!["stefan"]),
        ("%C8%98tefan", vec!["stefan"]),
        ("%25", vec![]),
        ("_", vec![]),
        ("%27%20OR%201=1%20--", vec![]),
        ("example.org", vec![]),
    ] {
        let reply = alice.get(&format!("/auth/user/?search={search}")).await.is(200);
        assert_eq!(found(reply), names, "?search={search}");
    }
    let list = alice.get("/auth/user/?page_size=2").await.is(200);
    let list = list.shows(json!({"count": "<int>", "next": "<any>", "previous": null, "results": ["<any>", "<any>"]}));
    for private in [
        &alice.email,
        &bob.email,
        &stefan.email,
        "password",
        "notification_token",
    ] {
        assert!(!list.text().contains(private), "{private} in {}", list.text());
    }

    let mut table = Table::new("/auth/user/");
    let none = json!({"detail": "Not found."});
    table.says(&alice.get("/auth/user/999/").await, 404, none.clone());
    table.says(&alice.get("/auth/user/abc/").await, 404, none.clone());
    table.says(
        &alice.get("/auth/user/1000000000000000000000000000000/").await,
        404,
        none,
    );
    table.is(&alice.post("/auth/user/", json!({"username": "x"})).await, 405);
    table.is(&alice.delete(&format!("/auth/user/{}/", bob.id)).await, 405);
    table.is(
        &alice
            .patch(&format!("/auth/user/{}/", bob.id), json!({"first_name": "x"}))
            .await,
        405,
    );
    table.done();
    bob.get("/auth/me/").await.is(200).shows(json!({"first_name": "First"}));
}

#[tokio::test]
async fn the_profiles_of_the_original_without_what_is_private() {
    let app = App::start().await;
    let (alice, bob) = (app.user("alice").await, app.user("bob").await);
    let mut table = Table::new("/auth/profile/");
    for path in ["/auth/profile/".to_owned(), format!("/auth/profile/{}/", bob.id)] {
        let reply = alice.get(&path).await;
        table.is(&reply, 200);
        for private in [&bob.email, "notification_token", "password"] {
            table.holds(
                &format!("{private} in {}", reply.text()),
                !reply.text().contains(private),
            );
        }
    }
    table.is(&alice.post("/auth/profile/", json!({})).await, 405);
    table.is(&alice.delete(&format!("/auth/profile/{}/", bob.id)).await, 405);
    table.done();
}
