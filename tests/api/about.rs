//! What the host reads of the server itself.

use crate::common::golden::assert_is;
use crate::common::stored;
use crate::house::host;
use crate::stage::Stage;
use serde_json::json;

#[tokio::test]
async fn the_host_reads_what_runs_and_on_which_file() {
    let stage = Stage::set().await;
    let host = host(&stage).await;
    stage.bob.send(&stage.chat, "one").await;
    let about = host.get("/host/about/").await.is(200).json();
    let count = |sql: &str| stage.app.rows(sql)[0][0].clone();
    assert_is(
        &about,
        json!({
            "version": env!("CARGO_PKG_VERSION"), "build": "<string>", "sqlite": "<string>", "started": "<time>",
            "uptime_seconds": "<int>", "database": "<string>", "bytes": "<int>",
            "counts": {
                "people": count("SELECT count(*) FROM users"), "chats": count("SELECT count(*) FROM chats"),
                "messages": 1, "files": 0, "sessions": count("SELECT count(*) FROM sessions"),
            },
        }),
    );
    let path = std::path::PathBuf::from(about["database"].as_str().expect("a path"));
    assert!(path.is_absolute() && path.is_file(), "{path:?}");
    assert!(about["bytes"].as_u64().is_some_and(|bytes| bytes > 0), "{about}");
    // Where the file is, is the host's to know.
    stored::set_role(&stage.app, &stage.bob, 2);
    stage.bob.again().await.get("/host/about/").await.is(403);
}
