//! Moving house: what comes in, what goes out, what is wiped, and who leaves.

mod archive;
mod django;
mod handed;
mod leaving;
mod wiping;

use crate::common::{pictures, stored, App, Chat, Message, Part, User};
use serde_json::json;

/// A host, two members who chat, and somebody who is in none of it.
struct House {
    app: App,
    alice: User,
    bob: User,
    carol: User,
    eve: User,
    group: Chat,
    private: Chat,
    first: Message,
}

impl House {
    async fn new() -> House {
        let app = App::start().await;
        let (alice, bob) = (app.user("alice").await, app.user("bob").await);
        let (carol, eve) = (app.user("carol").await, app.user("eve").await);
        stored::make_host(&app, &alice);
        let alice = alice.again().await;
        let group = alice.group("Class <7> & \"co\"", &[&bob, &carol]).await;
        let private = bob.private(&carol).await;
        let first = bob.send(&group, "<script>alert('x')</script>\nsecond line").await;
        let answer = alice.answer(&group, &first, "an answer").await;
        let heart = format!("/chat/messages/{}/reactions/%E2%9D%A4%EF%B8%8F/", first.id);
        carol.request("PUT", &heart, None).await.is(200);
        let path = format!("/chat/messages/{}/", group.id);
        let photo = Part::file("photo", "a photo.jpg", "image/jpeg", &pictures::jpeg(40, 20));
        bob.multipart("POST", &path, &[Part::field("text", "look"), photo])
            .await
            .is(201);
        let file = Part::file("file", "evil.html", "text/html", b"<script>alert(1)</script>");
        bob.multipart("POST", &path, &[file]).await.is(201);
        let gone = bob.send(&group, "a word too many").await;
        bob.delete(&format!("/chat/messages/{}/", gone.id)).await.is(204);
        alice
            .patch(
                &format!("/chat/messages/{}/", answer.id),
                json!({"text": "a better answer"}),
            )
            .await
            .is(200);
        carol.send(&private, "between us").await;
        let picture = Part::file("profile_picture", "me.png", "image/png", &pictures::png(30, 30));
        bob.multipart("PUT", "/auth/profile_picture/", &[picture]).await.is(200);
        House {
            app,
            alice,
            bob,
            carol,
            eve,
            group,
            private,
            first,
        }
    }
}
