//! `sql/schema.sql` is what the migrations make. To write it anew: `UPDATE_SCHEMA=1 cargo test --test house schema`.

use crate::{root, text};

#[test]
fn the_schema_for_readers_is_what_the_migrations_make() {
    let path = root().join("sql/schema.sql");
    let made = messenger::db::schema_of().expect("migrations that run");
    if std::env::var_os("UPDATE_SCHEMA").is_some() {
        std::fs::write(&path, &made).unwrap();
    }
    let shown = if path.exists() { text(&path) } else { String::new() };
    let (made, shown): (Vec<&str>, Vec<&str>) = (made.lines().collect(), shown.lines().collect());
    let same = made
        .iter()
        .zip(&shown)
        .take_while(|(made, shown)| made == shown)
        .count();
    assert!(
        made == shown,
        "sql/schema.sql differs from the migrations at line {}:\n  there: {:?}\n  made:  {:?}\nUPDATE_SCHEMA=1 cargo test --test house schema writes it anew",
        same + 1,
        shown.get(same),
        made.get(same)
    );
}

/// Files of a released schema are out in the world: their order is their names', and no number is used twice.
#[test]
fn migrations_are_numbered_without_a_gap() {
    let names = crate::files(&root().join("sql"));
    let migrations: Vec<&String> = names.iter().filter(|name| *name != "schema.sql").collect();
    for (at, name) in migrations.iter().enumerate() {
        assert!(
            name.starts_with(&format!("{:04}_", at + 1)),
            "{name} is number {}",
            at + 1
        );
    }
}
