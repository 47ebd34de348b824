//! Finding messages by their words.

use crate::common::golden::assert_shows;
use crate::common::{within, App, Table, User, NO_IDS};
use percent_encoding::{utf8_percent_encode, NON_ALPHANUMERIC};
use serde_json::{json, Value};

async fn found(user: &User, query: &str) -> Vec<Value> {
    let query = utf8_percent_encode(query, NON_ALPHANUMERIC);
    let reply = user.get(&format!("/chat/search/?q={query}")).await.is(200);
    reply
        .shows(json!({"count": "<int>", "next": "<any>", "previous": "<any>"}))
        .results()
}

async fn ids(user: &User, query: &str) -> Vec<i64> {
    let mut ids: Vec<i64> = found(user, query)
        .await
        .iter()
        .map(|one| one["id"].as_i64().unwrap())
        .collect();
    ids.sort_unstable();
    ids
}

#[tokio::test]
async fn words_are_found_without_their_diacritics_and_shown_with_a_mark() {
    let app = App::start().await;
    let (alice, bob, eve) = (app.user("alice").await, app.user("bob").await, app.user("eve").await);
    let chat = alice.group("G", &[&bob]).await;
    let pair = alice.private(&bob).await;
    let one = alice.send(&chat, "Ședința despre științe începe la nouă").await;
    let two = bob.send(&pair, "sedinta s-a mutat").await;
    let html = alice.send(&chat, "<b>Atenție</b> & <script>x</script>").await;
    let both = [one.id, two.id];
    for (query, expected) in [
        ("ședința", both.to_vec()),
        ("sedinta", both.to_vec()),
        ("SEDINTA", both.to_vec()),
        ("stiinte", vec![one.id]),
        ("nothing", vec![]),
    ] {
        assert_eq!(ids(&bob, query).await, expected, "{query}");
        assert_eq!(ids(&eve, query).await, NO_IDS, "an outsider finds nothing: {query}");
    }
    let result = &found(&bob, "stiinte").await[0];
    let golden = json!({"id": one.id, "chat_id": chat.id, "seq": 1, "from_user": alice.id, "text": one.json["text"]});
    assert_shows(result, golden);
    let excerpt = result["excerpt"].as_str().expect("an excerpt");
    assert!(excerpt.contains("<mark>științe</mark>"), "{excerpt}");
    let result = &found(&bob, "atentie").await[0];
    assert_eq!(result["id"], html.id);
    let excerpt = result["excerpt"].as_str().expect("an excerpt");
    let rest = excerpt.replace("<mark>", "").replace("</mark>", "");
    assert!(
        excerpt.contains("<mark>Atenție</mark>") && !rest.contains(['<', '>']),
        "{excerpt}"
    );
    assert!(rest.contains("&lt;b&gt;") && rest.contains("&amp;"), "{excerpt}");

    let within = bob
        .get(&format!("/chat/search/?q=sedinta&chat={}", pair.id))
        .await
        .is(200);
    assert_eq!(within.ids(), [two.id]);
    eve.get(&format!("/chat/search/?q=sedinta&chat={}", pair.id))
        .await
        .is(404)
        .says(json!({"detail": "Not found."}));

    alice
        .patch(&one.path(), json!({"text": "Examenul începe la zece"}))
        .await
        .is(200);
    assert_eq!(ids(&bob, "stiinte").await, NO_IDS, "the words before an edit");
    assert_eq!(ids(&bob, "examenul").await, [one.id]);
    alice.delete(&one.path()).await.is(204);
    assert_eq!(ids(&bob, "examenul").await, NO_IDS, "the words of a deleted message");
    bob.remove(&chat, &bob).await.is(204);
    assert_eq!(ids(&bob, "atentie").await, NO_IDS, "the words of a chat one has left");
}

/// The index is written beside the sends, and nobody can tell: neither by asking at once nor by changing at once what was
/// sent.
#[tokio::test]
async fn what_was_sent_is_found_at_once_as_it_is_now() {
    let app = App::start().await;
    let (alice, bob) = (app.user("alice").await, app.user("bob").await);
    let chat = alice.group("G", &[&bob]).await;
    let mut sent = Vec::new();
    for round in 0..20 {
        let message = alice.send(&chat, &format!("word number{round}")).await;
        sent.push(message.id);
        assert_eq!(ids(&bob, "word").await, sent, "round {round}");

        let edited = alice.send(&chat, "hasty").await;
        alice.patch(&edited.path(), json!({"text": "word"})).await.is(200);
        sent.push(edited.id);
        let deleted = alice.send(&chat, "word of mouth").await;
        alice.delete(&deleted.path()).await.is(204);
        assert_eq!(
            ids(&bob, "word").await,
            sent,
            "round {round}, after an edit and a deletion"
        );
        assert_eq!(ids(&bob, "hasty").await, NO_IDS);
        assert_eq!(ids(&bob, "mouth").await, NO_IDS);
    }
    // As it is after both, once indexed: the same.
    alice
        .patch(&format!("/chat/messages/{}/", sent[0]), json!({"text": "another"}))
        .await
        .is(200);
    alice.delete(&format!("/chat/messages/{}/", sent[1])).await.is(204);
    assert_eq!(ids(&bob, "word").await, sent[2..]);
    assert_eq!(ids(&bob, "another").await, sent[..1]);
}

/// Nobody has to search for the index to be written.
#[tokio::test]
async fn what_was_sent_is_indexed_without_a_search() {
    let app = App::start().await;
    let alice = app.user("alice").await;
    let chat = alice.group("G", &[]).await;
    for text in ["one", "two"] {
        let message = alice.send(&chat, text).await;
        within("the indexing of a message", async {
            while app.rows("SELECT upto FROM messages_indexed") != [[message.id]] {
                alice.get("/auth/me/").await;
            }
        })
        .await;
    }
}

#[tokio::test]
async fn whatever_is_typed_is_only_words() {
    let app = App::start().await;
    let alice = app.user("alice").await;
    let chat = alice.group("G", &[]).await;
    alice.send(&chat, "plain words and that is all").await;
    let quote = alice.send(&chat, "she said \"or not\" 100% sure_thing").await;
    for query in [
        "\"",
        "\"\"",
        "\"unfinished",
        "'",
        "words AND",
        "AND",
        "OR",
        "NOT",
        "NOT words",
        "NEAR(",
        "NEAR(a b, 2)",
        "(",
        ")",
        "((",
        "*",
        "words*",
        "^words",
        "-words",
        "+",
        "text:words",
        "text : words",
        "{text}:words",
        "a:b:c",
        ":",
        "\\",
        "%",
        "_",
        "'; DROP TABLE messages; --",
        "ș",
        "👍",
        "\u{202E}",
        "\u{300}",
        "..",
        "@#$^&",
        "rank",
        "!",
    ] {
        found(&alice, query).await;
    }
    assert_eq!(ids(&alice, "\"or not\"").await, [quote.id]);
    assert_eq!(ids(&alice, "said or").await, [quote.id], "an operator is a word");
    let mut table = Table::new("GET /chat/search/");
    let blank = json!({"q": ["This field may not be blank."]});
    table.says(&alice.get("/chat/search/?q=").await, 400, blank.clone());
    table.says(&alice.get("/chat/search/?q=%20%20").await, 400, blank);
    table.blames(&alice.get("/chat/search/").await, 400, "q");
    table.says(
        &alice.get("/chat/search/?q=words&chat=99").await,
        404,
        json!({"detail": "Not found."}),
    );
    table.done();
}
