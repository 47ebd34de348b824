//! The stage of most plays: Alice and Bob in a group of Alice's, and Eve outside, with a chat of her own.

use crate::common::{App, Chat, Socket, User};

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

    /// Asserts that Eve's socket has heard nothing up to now, of whatever kind.
    pub async fn silent(&self, on_eve: &mut Socket) {
        let marker = self.eve.send(&self.own, "Is anybody there?").await;
        on_eve.heard_nothing_at_all_until(&marker).await;
    }
}
