//! `messenger` alone: serving, from the first look at the port to a stop, or to a new beginning with a restored backup.

use std::path::Path;
use std::sync::Arc;

use messenger::config::{self, Config};
use messenger::host::restart::Restart;
use rocket::error::ErrorKind;
use rocket::figment::Figment;
use tokio::sync::watch;

use super::start;

/// Serves until it is asked to stop, and opens the page where somebody sits before it; `prepared` adds to the server what
/// only some servers have.
pub async fn run(
    figment: Figment,
    config: Config,
    opens: bool,
    prepared: impl Fn(rocket::Rocket<rocket::Build>) -> rocket::Rocket<rocket::Build>,
) -> Result<(), String> {
    let opens = opens && start::has_person();
    // Heard from here on: a stop that is asked for while the server starts is a stop, too.
    make_room_for_sockets();
    let (asking, asked) = watch::channel(false);
    let stop = asked_to_stop()?;
    tokio::spawn(async move {
        stop.await;
        asking.send_replace(true);
    });
    let wanted = (!config::has_default_port(&figment)).then(|| figment.extract_inner("port").unwrap_or(0));
    let (mut figment, moved) = start::with_free_port(figment);
    let mut server = match messenger::server(figment.clone(), config.clone()).await {
        Ok(server) => server,
        Err(refusal) => return find_running(&config.database, wanted, opens).await.ok_or(refusal),
    };
    if let Some(sentence) = moved {
        println!("{sentence}");
    }
    if opens {
        server.rocket = start::opening(server.rocket, server.setup.clone());
    }
    loop {
        server.rocket = prepared(server.rocket);
        match serve_once(server, asked.clone()).await? {
            // Begins again with a backup in the database's place, where people know it.
            Some(restart) if !*asked.borrow() => figment = figment.merge(("port", restart.port())),
            _ => return Ok(()),
        }
        server = messenger::server(figment.clone(), config.clone()).await?;
    }
}

/// Serves until it is to stop, or to begin again with a backup in the database's place: then with the port to keep.
async fn serve_once(server: messenger::Server, asked: watch::Receiver<bool>) -> Result<Option<Arc<Restart>>, String> {
    let (hub, db, restart) = (server.hub, server.db, server.restart);
    let outcome = launch(server.rocket, asked)
        .await
        .map_err(|error| launch_refusal(&error));
    let stopped = tokio::task::spawn_blocking(move || {
        hub.stop();
        db.stop();
    })
    .await;
    outcome.and(stopped.map_err(|error| format!("The database did not stop: {error}.")))?;
    let Some(prepared) = restart.take() else {
        return Ok(None);
    };
    match prepared.put() {
        Ok(kept) => println!("{}", put_in_place(kept.as_deref())),
        // What was there is there: people go on with it.
        Err(sentence) => eprintln!("{sentence}"),
    }
    Ok(Some(restart))
}

fn put_in_place(kept: Option<&Path>) -> String {
    match kept {
        Some(kept) => format!("A backup was restored. What was there before is in {}.", kept.display()),
        None => "A backup was restored.".to_owned(),
    }
}

/// A second start on the same database shows the page of the first.
async fn find_running(database: &Path, wanted: Option<u16>, opens: bool) -> Option<()> {
    let url = start::running(database, wanted).await?;
    println!("Messenger is running already, on {url}. This window can be closed.");
    if opens {
        start::open(&url);
    }
    Some(())
}

async fn launch(rocket: rocket::Rocket<rocket::Build>, mut asked: watch::Receiver<bool>) -> Result<(), rocket::Error> {
    let rocket = rocket.ignite().await?;
    let shutdown = rocket.shutdown();
    tokio::spawn(async move {
        if asked.wait_for(|asked| *asked).await.is_ok() {
            shutdown.notify();
        }
    });
    match rocket.launch().await {
        // A request that is answered but whose task has not quite ended: the stop is as good as any.
        Err(error) if matches!(error.kind(), ErrorKind::Shutdown(_, None)) => Ok(()),
        outcome => outcome.map(drop),
    }
}

/// Each socket is an open file, and many systems start a program with room for a thousand: as many as there can be.
#[cfg(unix)]
fn make_room_for_sockets() {
    let _ = rlimit::increase_nofile_limit(u64::MAX);
}

/// Windows counts sockets against memory alone.
#[cfg(not(unix))]
fn make_room_for_sockets() {}

#[cfg(unix)]
fn asked_to_stop() -> Result<impl std::future::Future<Output = ()> + Send + 'static, String> {
    use tokio::signal::unix::{signal, SignalKind};
    let refused = |error| format!("The system gives no signals: {error}.");
    let mut term = signal(SignalKind::terminate()).map_err(refused)?;
    let mut int = signal(SignalKind::interrupt()).map_err(refused)?;
    Ok(async move {
        tokio::select! {
            _ = term.recv() => {}
            _ = int.recv() => {}
        }
    })
}

#[cfg(not(unix))]
fn asked_to_stop() -> Result<impl std::future::Future<Output = ()> + Send + 'static, String> {
    Ok(async {
        let _ = tokio::signal::ctrl_c().await;
    })
}

fn launch_refusal(error: &rocket::Error) -> String {
    let sentence = match error.kind() {
        ErrorKind::Bind(error) => messenger::bind_refusal(error),
        ErrorKind::Config(error) => format!("A setting can't be: {error}."),
        other => format!("The server can't start: {other}."),
    };
    sentence
}
