//! `messenger demo`: a class to look at, gone when it is over.

use messenger::config::Config;
use messenger::db::Db;
use messenger::host::demo::folder::Folder;
use messenger::host::demo::{cast, fill};
use rocket::figment::Figment;

/// A demo that is ready to be served. Its folder goes with it.
pub struct Demo {
    pub figment: Figment,
    pub config: Config,
    _folder: Folder,
}

/// Makes the folder with the class in it, and says who can sign in.
///
/// # Errors
/// A sentence that says why there can be no demo.
pub async fn prepare(figment: Figment) -> Result<Demo, String> {
    let folder = Folder::new(&std::env::temp_dir())?;
    let figment = figment
        .merge(("database", folder.path().join("messenger.db")))
        .merge(("server_name", "Messenger Demo"))
        .merge(("rate_limits", true))
        .merge(("xray", true));
    let config = Config::read(&figment)?;
    let db = Db::open(&config.database, Box::new(drop))?;
    let filled = fill(&db, &config).await;
    db.stop();
    filled.map_err(|error| messenger::unwritable(&config, &error))?;
    println!("A class with some days of history and three bots. Nothing of it is kept.");
    for (name, password) in cast::doors() {
        println!("Sign in as {name} with the password {password}");
    }
    Ok(Demo {
        figment,
        config,
        _folder: folder,
    })
}
