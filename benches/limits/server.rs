//! The server under measurement: the built binary, started and asked as a stranger would.

use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::{Duration, Instant};

use serde_json::{json, Value};
use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::process::Child;

use super::http::{self, Client};
use super::{process, Outcome};

/// The binary: `MESSENGER_BIN`, or the one Cargo built along with this benchmark.
pub fn binary() -> PathBuf {
    std::env::var_os("MESSENGER_BIN").map_or_else(|| PathBuf::from(env!("CARGO_BIN_EXE_messenger")), PathBuf::from)
}

/// A running server.
pub struct Server {
    child: Child,
    /// Its process id.
    pub pid: u32,
    /// Where it listens.
    pub port: u16,
    /// Its database file.
    pub database: PathBuf,
}

/// A person with an account, signed in.
#[derive(Clone)]
pub struct Person {
    /// The account's id.
    pub id: i64,
    /// An access token.
    pub token: String,
}

/// What everybody's password is here.
const PASSWORD: &str = "seven green lanterns 41";

impl Server {
    /// Starts the server on `database`, on the cores named, and waits until it says where it listens.
    pub async fn start(database: &Path, cpus: Option<&str>, settings: &[(&str, &str)]) -> Outcome<Self> {
        let folder = database.parent().ok_or("the database file has no folder")?;
        let errors = folder.join("server.log");
        let mut command = process::command(binary(), cpus);
        for (name, _) in std::env::vars_os() {
            if name.to_string_lossy().starts_with("ROCKET_") {
                command.env_remove(name);
            }
        }
        command
            .arg("--database")
            .arg(database)
            .args(["--address", "127.0.0.1", "--port", "0", "--no-open"]);
        command
            .current_dir(folder)
            .env("ROCKET_RATE_LIMITS", "false")
            .envs(settings.iter().copied());
        command
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(std::fs::File::create(&errors)?);
        let mut child = command.spawn()?;
        let pid = child.id().ok_or("the server ended at once")?;
        match listening(&mut child, "Messenger is running on http://localhost:").await {
            Ok(port) => Ok(Self {
                child,
                pid,
                port,
                database: database.to_owned(),
            }),
            Err(error) => Err(format!("{error}; it said: {}", std::fs::read_to_string(errors)?.trim()).into()),
        }
    }

    /// Stops the server as a service manager does and waits for its end.
    pub async fn stop(mut self) -> Outcome<()> {
        process::terminate(self.pid)?;
        let ended = tokio::time::timeout(Duration::from_secs(60), self.child.wait()).await;
        let status = ended.map_err(|_| "the server did not end within a minute of SIGTERM")??;
        if status.success() {
            Ok(())
        } else {
            Err(format!("the server ended with {status} on SIGTERM").into())
        }
    }

    /// A new connection.
    pub async fn connect(&self) -> Outcome<Client> {
        Client::connect(self.port).await
    }

    /// Makes an account and signs it in.
    pub async fn person(&self, name: &str) -> Outcome<Person> {
        self.register(name).await?;
        self.sign_in(name).await
    }

    /// Makes an account.
    pub async fn register(&self, name: &str) -> Outcome<()> {
        let account = json!({
            "username": name, "password": PASSWORD, "password2": PASSWORD, "email": format!("{name}@example.org"),
            "first_name": "Test", "last_name": "Person",
        });
        self.connect()
            .await?
            .ask(&http::post("/auth/register/", "", &account))
            .await?
            .json(201)?;
        Ok(())
    }

    /// Signs an account in.
    pub async fn sign_in(&self, name: &str) -> Outcome<Person> {
        let mut client = self.connect().await?;
        let tokens = client.ask(&login(name)).await?.json(200)?;
        let token = tokens["access"].as_str().ok_or("no access token")?.to_owned();
        let me = client.ask(&http::get("/auth/me/", &token)).await?.json(200)?;
        Ok(Person {
            id: number(&me, "id")?,
            token,
        })
    }

    /// Makes a group of `owner` and the others.
    pub async fn chat(&self, client: &mut Client, owner: &Person, name: &str, users: &[i64]) -> Outcome<i64> {
        let chat = json!({ "name": name, "users": users, "type": "group" });
        let chat = client
            .ask(&http::post("/chat/", &owner.token, &chat))
            .await?
            .json(201)?;
        number(&chat, "id")
    }
}

/// The request that signs an account in.
pub fn login(name: &str) -> Vec<u8> {
    http::post("/auth/login/", "", &json!({ "username": name, "password": PASSWORD }))
}

/// The request that sends a text.
pub fn send(chat: i64, token: &str, text: &str, client_id: &str) -> Vec<u8> {
    http::post(
        "/chat/messages/",
        token,
        &json!({ "chat_id": chat, "text": text, "client_id": client_id }),
    )
}

/// An integer of a JSON object.
pub fn number(object: &Value, name: &str) -> Outcome<i64> {
    object[name]
        .as_i64()
        .ok_or_else(|| format!("no integer {name} in {object}").into())
}

/// Waits for the line `announcement` + port on a child's standard output, and reads on what comes after it.
pub async fn listening(child: &mut Child, announcement: &str) -> Outcome<u16> {
    let output = child.stdout.take().ok_or("no standard output to read")?;
    let mut lines = BufReader::new(output).lines();
    let port = loop {
        match lines.next_line().await? {
            None => return Err("ended before it listened".into()),
            Some(line) => match line.strip_prefix(announcement) {
                Some(port) => break port.trim().parse()?,
                None => continue,
            },
        }
    };
    // A full pipe would stop whoever writes to it.
    tokio::spawn(async move { while let Ok(Some(_)) = lines.next_line().await {} });
    Ok(port)
}

/// Opens several connections. They are made anew for each block: a server closes what is idle while the other side
/// of a pair is measured.
pub async fn open(port: u16, count: usize) -> Outcome<Vec<Client>> {
    futures_util::future::try_join_all((0..count).map(|_| Client::connect(port))).await
}

/// Asks on all connections at once, each its next as soon as the last is answered, until `length` is over; gives how
/// many answers came in how many seconds. `next` makes the request for the connection of that number. An answer
/// other than 200 or 201 ends it.
pub async fn drive(clients: &mut [Client], length: Duration, next: impl Fn(usize) -> Vec<u8>) -> Outcome<(u64, f64)> {
    let start = Instant::now();
    let asked = clients.iter_mut().enumerate().map(|(place, client)| {
        let next = &next;
        async move {
            let mut count = 0;
            while start.elapsed() < length {
                let (status, _) = client.poke(&next(place)).await?;
                if status != 200 && status != 201 {
                    return Err(format!("a request under load was answered with {status}").into());
                }
                count += 1;
            }
            Outcome::Ok(count)
        }
    });
    let counts = futures_util::future::try_join_all(asked).await?;
    Ok((counts.iter().sum(), start.elapsed().as_secs_f64()))
}
