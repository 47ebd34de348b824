//! Every route is in the API's description, and nothing else is.

use crate::{root, text};
use serde_json::Value;
use std::collections::BTreeSet;

/// Method and path, with every parameter alike and no slash at the end.
fn plain(method: &str, path: &str) -> (String, String) {
    let part = |part: &str| match part.starts_with(['<', '{']) {
        true => "{}".to_owned(),
        false => part.to_owned(),
    };
    let parts: Vec<String> = path.split('/').map(part).collect();
    (method.to_uppercase(), parts.join("/").trim_end_matches('/').to_owned())
}

#[test]
fn every_route_is_described_and_nothing_else() {
    let api: Value = serde_json::from_str(&text(&root().join("static/openapi.json"))).unwrap();
    let mut described = BTreeSet::new();
    for (path, item) in api["paths"].as_object().unwrap() {
        for method in item.as_object().unwrap().keys() {
            if ["get", "put", "post", "delete", "patch"].contains(&method.as_str()) {
                described.insert(plain(method, path));
            }
        }
    }
    // Outside of these are only the files of the web client, and the picture of who has none is one of them.
    let bases = ["/auth", "/chat", "/media", "/ws", "/host", "/xray"];
    let api = |path: &str| bases.iter().any(|base| path.starts_with(base)) && path != "/media/profile.png";
    let mounted: BTreeSet<_> = messenger::routes()
        .iter()
        .filter(|(_, path)| api(path))
        .map(|(method, path)| plain(method, path))
        .collect();
    assert!(mounted.len() > 30, "{mounted:?}");
    let (missing, extra): (Vec<_>, Vec<_>) = (
        mounted.difference(&described).collect(),
        described.difference(&mounted).collect(),
    );
    assert!(missing.is_empty(), "mounted and not described: {missing:?}");
    assert!(extra.is_empty(), "described and not mounted: {extra:?}");
}
