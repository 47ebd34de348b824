//! The stage of most plays: Alice and Bob in a group of Alice's, and Eve outside, with a chat of her own.

use crate::common::{App, Chat, Message, Part, Reply, User};
use serde_json::{json, Value};

pub struct Stage {
    pub app: App,
    pub alice: User,
    pub bob: User,
    pub eve: User,
    pub chat: Chat,
}

impl Stage {
    pub async fn set() -> Stage {
        Stage::with(&[]).await
    }

    /// On a server with these settings.
    pub async fn with(settings: &[(&str, &str)]) -> Stage {
        let app = App::with(settings).await;
        let (alice, bob, eve) = (app.user("alice").await, app.user("bob").await, app.user("eve").await);
        eve.group("Eve's own", &[]).await;
        let chat = alice.group("G", &[&bob]).await;
        Stage {
            app,
            alice,
            bob,
            eve,
            chat,
        }
    }

    /// Where messages for the group are sent to.
    pub fn messages(&self) -> String {
        format!("/chat/messages/{}/", self.chat.id)
    }

    /// A text as everybody in the group sees it.
    pub fn golden(&self, from: &User, seq: i64, text: &str) -> Value {
        json!({
            "id": "<int>", "chat_id": self.chat.id, "seq": seq, "from_user": from.id, "text": text, "time": "<time>",
            "photo": null, "file": null, "client_id": null, "reply_to": null, "edited": false, "edited_at": null,
            "deleted": false, "removed_by": null, "reactions": [], "photo_thumb": null, "photo_width": null, "photo_height": null,
            "file_name": null, "file_size": null
        })
    }

    /// Alice sends these parts to the group.
    pub async fn upload(&self, parts: &[Part]) -> Reply {
        self.alice.multipart("POST", &self.messages(), parts).await
    }

    /// Alice sends a file to the group.
    pub async fn send_file(&self, name: &str, bytes: &[u8]) -> Message {
        let part = Part::file("file", name, "application/octet-stream", bytes);
        Message::of(self.upload(&[part]).await.is(201))
    }

    /// The path of an absolute URL of this server.
    pub fn path(&self, url: &Value) -> String {
        let url = url.as_str().unwrap_or_else(|| panic!("{url} is no address"));
        url.strip_prefix(&self.app.base())
            .unwrap_or_else(|| panic!("{url} is not of this server"))
            .to_owned()
    }
}

/// Bytes without a pattern, the same at each call.
pub fn noise(length: usize) -> Vec<u8> {
    let mut state = 7_u32;
    let mut next = || {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        state.to_be_bytes()[0]
    };
    (0..length).map(|_| next()).collect()
}
