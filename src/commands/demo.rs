//! `messenger demo`: a class to look at, gone when it is over.

use messenger::config::Config;
use messenger::db::Db;
use messenger::host::demo::folder::Folder;
use messenger::host::demo::{bots, cast, fill};
use rocket::figment::Figment;
use rocket::{Build, Rocket};

/// A demo that is ready to be served. Its folder goes with it.
struct Demo {
    figment: Figment,
    config: Config,
    _folder: Folder,
}

/// Serves a demo until it is asked to stop.
///
/// # Errors
/// A sentence that says why there can be no demo.
pub async fn run(figment: Figment, opens: bool, names_a_file: bool) -> Result<(), String> {
    if names_a_file {
        return Err(
            "The demo keeps nothing, so it takes no --database. Start messenger without \"demo\" for yours.".to_owned(),
        );
    }
    let demo = prepare(figment).await?;
    let bots = |rocket: Rocket<Build>| rocket.attach(bots::fairing());
    super::serve::run(demo.figment.clone(), demo.config.clone(), opens, bots).await
}

/// Makes the folder with the class in it, and says who can sign in.
async fn prepare(figment: Figment) -> Result<Demo, String> {
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
