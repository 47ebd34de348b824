//! The stage of most plays: Alice and Bob in a group of Alice's, and Eve outside, with a chat of her own.

use crate::common::golden::assert_shows;
use crate::common::socket::send;
use crate::common::{App, Chat, Socket, User};
use serde_json::json;

pub struct Stage {
    pub app: App,
    pub alice: User,
    pub bob: User,
    pub eve: User,
    /// Alice's and Bob's.
    pub chat: Chat,
    /// Eve's own.
    pub own: Chat,
}

impl Stage {
    pub async fn set() -> Stage {
        Stage::with(&[]).await
    }

    /// On a server with these settings.
    pub async fn with(settings: &[(&str, &str)]) -> Stage {
        let app = App::with(settings).await;
        let (alice, bob, eve) = (app.user("alice").await, app.user("bob").await, app.user("eve").await);
        let own = eve.group("Eve's own", &[]).await;
        let chat = alice.group("G", &[&bob]).await;
        Stage {
            app,
            alice,
            bob,
            eve,
            chat,
            own,
        }
    }

    /// A socket of Bob's on which the system holds few bytes that were not read yet.
    pub async fn narrow(&self) -> Socket {
        let mut socket = Socket::narrow(&self.app.host()).await;
        socket.say(self.bob.auth(json!({}))).await;
        socket.enter(&self.bob).await
    }

    /// Says 400 long messages to the group: far more than the system and the server hold for one socket.
    pub async fn flood(&self, on_alice: &mut Socket, text: &str) {
        for from in (0..400).step_by(40) {
            for number in from..from + 40 {
                on_alice.say(send(&self.chat, text, &format!("c-{number}"))).await;
            }
            for _ in 0..40 {
                assert_shows(&on_alice.answer().await, json!({"type": "ack"}));
            }
        }
    }

    /// Asserts that Eve's socket has heard nothing up to now, of whatever kind.
    pub async fn silent(&self, on_eve: &mut Socket) {
        let marker = self.eve.send(&self.own, "Is anybody there?").await;
        on_eve.heard_nothing_at_all_until(&marker).await;
    }
}
