//! The mail server of these tests: aiosmtpd in a process of its own, and what it tells of the mail it takes.

use crate::common::within;
use serde_json::Value;
use std::net::Ipv4Addr;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use tempfile::TempDir;
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::net::TcpSocket;
use tokio::process::{Child, Command};
use tokio::sync::watch;

/// A port of 127.0.0.1 that is ours: connections to it are refused until a [`MailServer`] is started on it.
pub struct Port {
    /// Bound and not listening, so nobody else is given the port.
    _socket: TcpSocket,
    pub number: u16,
}

impl Port {
    pub fn reserve() -> Port {
        let socket = TcpSocket::new_v4().expect("a socket");
        // Lets the mail server bind it, too.
        socket.set_reuseaddr(true).expect("a shared port");
        socket.bind((Ipv4Addr::LOCALHOST, 0).into()).expect("a free port");
        let number = socket.local_addr().expect("a port").port();
        Port {
            _socket: socket,
            number,
        }
    }

    /// The setting that sends mail there in the clear.
    pub fn url(&self) -> String {
        format!("smtp://127.0.0.1:{}", self.number)
    }
}

/// A mail as the server took it.
#[derive(Debug, Clone)]
pub struct Mail {
    pub from: String,
    pub to: Vec<String>,
    /// Header lines as sent, continuation lines joined.
    pub head: Vec<String>,
    /// Decoded.
    pub subject: String,
    pub body: String,
    /// Whether it came encrypted.
    pub tls: bool,
    /// Who signed in to hand it over.
    pub login: Option<String>,
}

impl Mail {
    fn of(event: &Value) -> Mail {
        let text = |name: &str| event[name].as_str().expect("text").to_owned();
        let list =
            |name: &str| -> Vec<String> { serde_json::from_value(event[name].clone()).expect("a list of texts") };
        Mail {
            from: text("from"),
            to: list("to"),
            head: list("head"),
            subject: text("subject"),
            body: text("body"),
            tls: event["tls"].as_bool().expect("a bool"),
            login: event["login"].as_str().map(str::to_owned),
        }
    }

    /// The code in it; asserts that the text is the promised one and nothing else.
    pub fn code(&self) -> String {
        let code = self
            .body
            .trim_end()
            .strip_prefix("Go back to application and use this code = ");
        let code = code.unwrap_or_else(|| panic!("another text: {:?}", self.body));
        assert!(is_code(code), "another text: {:?}", self.body);
        code.to_owned()
    }

    /// The header names, in lower case, in order of the alphabet.
    pub fn names(&self) -> Vec<String> {
        let name = |line: &String| line.split(':').next().unwrap_or_default().to_lowercase();
        let mut names: Vec<String> = self.head.iter().map(name).collect();
        names.sort();
        names
    }

    /// The value of a header as sent.
    pub fn header(&self, name: &str) -> &str {
        let start = format!("{name}: ");
        let mut values = self.head.iter().filter_map(|line| line.strip_prefix(&start));
        values.next().unwrap_or_else(|| panic!("no {name} in {:#?}", self.head))
    }
}

/// Whether this is 32 hex digits.
pub fn is_code(text: &str) -> bool {
    text.len() == 32 && text.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'))
}

/// A running mail server; gone when dropped.
pub struct MailServer {
    child: Child,
    events: watch::Receiver<Vec<Value>>,
    pub port: u16,
}

impl MailServer {
    /// Starts one on a free port; for the flags see the script.
    pub async fn start(flags: &[&str]) -> MailServer {
        MailServer::start_on(0, flags).await
    }

    /// Starts one where there was none, or one that was killed.
    pub async fn on(port: &Port, flags: &[&str]) -> MailServer {
        MailServer::start_on(port.number, flags).await
    }

    async fn start_on(port: u16, flags: &[&str]) -> MailServer {
        let root = Path::new(env!("CARGO_MANIFEST_DIR"));
        let python = std::env::var_os("MESSENGER_PYTHON").map(PathBuf::from);
        let python = python.unwrap_or_else(|| root.join("target/check/venv/bin/python"));
        let spawned = Command::new(&python)
            .arg(root.join("tests/mail/smtp_server.py"))
            .args(["--port", &port.to_string()])
            .args(flags)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .kill_on_drop(true)
            .spawn();
        let mut child = spawned.unwrap_or_else(|error| panic!("{}: {error}: run bin/check once", python.display()));
        let mut lines = BufReader::new(child.stdout.take().expect("a piped stdout")).lines();
        let first = within("the mail server's port", lines.next_line())
            .await
            .expect("its stdout");
        // What it said on stderr stands above.
        let first = first.unwrap_or_else(|| panic!("{} has no aiosmtpd: run bin/check once", python.display()));
        let port = first.parse().unwrap_or_else(|_| panic!("not a port: {first}"));
        let (sender, events) = watch::channel(Vec::new());
        tokio::spawn(async move {
            while let Ok(Some(line)) = lines.next_line().await {
                let event: Value = serde_json::from_str(&line).expect("a line of JSON");
                sender.send_modify(|events| events.push(event));
            }
        });
        MailServer { child, events, port }
    }

    /// Ends it at once, in the middle of whatever it does; gives the kinds of all that it told.
    pub async fn kill(mut self) -> Vec<String> {
        self.child.kill().await.expect("it was running");
        // Until the reader of its output is gone, too.
        within("the mail server's end", async {
            while self.events.changed().await.is_ok() {}
        })
        .await;
        self.kinds()
    }

    /// Lets go of the mail that it holds, and of all further ones.
    pub async fn release(&mut self) {
        let stdin = self.child.stdin.as_mut().expect("a piped stdin");
        stdin.write_all(b"\n").await.expect("it reads");
    }

    /// What it has told so far, by kind.
    pub fn kinds(&self) -> Vec<String> {
        let events = self.events.borrow();
        events
            .iter()
            .map(|event| event["event"].as_str().expect("a kind").to_owned())
            .collect()
    }

    /// How many such things it has told of so far.
    pub fn count(&self, kind: &str) -> usize {
        self.kinds().iter().filter(|found| *found == kind).count()
    }

    /// Waits until it has told of as many such things, and gives the last of them.
    pub async fn told(&self, kind: &str, many: usize) -> Value {
        self.nth(many, |event| event["event"] == kind, kind).await
    }

    /// All mail to this address so far.
    pub fn mails(&self, to: &str) -> Vec<Mail> {
        let events = self.events.borrow();
        events.iter().filter(|event| is_mail(event, to)).map(Mail::of).collect()
    }

    /// Waits for the first mail to this address.
    pub async fn mail(&self, to: &str) -> Mail {
        self.nth_mail(to, 1).await
    }

    /// Waits for the mail to this address with this number, from 1.
    pub async fn nth_mail(&self, to: &str, number: usize) -> Mail {
        Mail::of(&self.nth(number, |event| is_mail(event, to), to).await)
    }

    async fn nth(&self, number: usize, fits: impl Fn(&Value) -> bool, what: &str) -> Value {
        assert!(number > 0, "counted from 1");
        let mut events = self.events.clone();
        let find = |events: &Vec<Value>| events.iter().filter(|event| fits(event)).nth(number - 1).cloned();
        let arrived = events.wait_for(|events| find(events).is_some());
        let events = within(what, arrived).await.expect("the mail server lives");
        find(&events).expect("it was there")
    }
}

fn is_mail(event: &Value, to: &str) -> bool {
    event["event"] == "mail"
        && event["to"]
            .as_array()
            .is_some_and(|list| list.iter().any(|one| one == to))
}

/// A certificate that somebody made for his own mail server, its key, and what those who trust it need.
pub struct Certificate {
    folder: TempDir,
    trusted: &'static str,
}

impl Certificate {
    /// One for these names, as `subjectAltName` writes them, that vouches for itself.
    pub fn of_its_own(names: &str) -> Certificate {
        let folder = tempfile::tempdir().expect("a temporary folder");
        request(&folder, "server", names, &["basicConstraints=critical,CA:FALSE"], &[]);
        Certificate::in_folder(folder, "server.pem")
    }

    /// One for these names, signed by an authority that somebody made for himself.
    pub fn signed(names: &str) -> Certificate {
        let folder = tempfile::tempdir().expect("a temporary folder");
        request(&folder, "authority", "DNS:authority.example.org", &[], &[]);
        let authority = ["-CA", "authority.pem", "-CAkey", "authority.key"];
        request(
            &folder,
            "server",
            names,
            &["basicConstraints=critical,CA:FALSE"],
            &authority,
        );
        Certificate::in_folder(folder, "authority.pem")
    }

    fn in_folder(folder: TempDir, trusted: &'static str) -> Certificate {
        let both =
            ["server.key", "server.pem"].map(|name| std::fs::read(folder.path().join(name)).expect("a PEM file"));
        std::fs::write(folder.path().join("both.pem"), both.concat()).expect("a file");
        Certificate { folder, trusted }
    }

    /// Certificate and key: what the mail server needs.
    pub fn both(&self) -> String {
        self.path("both.pem")
    }

    /// What those who trust it need.
    pub fn trusted(&self) -> String {
        self.path(self.trusted)
    }

    fn path(&self, name: &str) -> String {
        self.folder.path().join(name).display().to_string()
    }
}

/// Makes `name.pem` and `name.key`.
fn request(folder: &TempDir, name: &str, names: &str, extensions: &[&str], more: &[&str]) {
    let mut command = std::process::Command::new("openssl");
    command
        .args([
            "req",
            "-x509",
            "-newkey",
            "ec",
            "-pkeyopt",
            "ec_paramgen_curve:prime256v1",
            "-nodes",
        ])
        .args([
            "-days",
            "2",
            "-subj",
            &format!("/CN={name}"),
            "-addext",
            &format!("subjectAltName={names}"),
        ])
        .args(["-keyout", &format!("{name}.key"), "-out", &format!("{name}.pem")])
        .args(extensions.iter().flat_map(|extension| ["-addext", extension]))
        .args(more)
        .current_dir(folder.path());
    let made = command.output().expect("the program openssl");
    assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
}
