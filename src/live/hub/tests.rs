//! The hand-over between the writer, the workers and the sockets, in every order that a seed gives.
//!
//! Each step of the real threads is atomic under some lock; so the test takes the steps one by one, in random order, with
//! a log in memory and sockets that take bytes as they like.

mod care;

use std::pin::Pin;
use std::task::{Context, Poll, Waker};

use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

use super::*;
use crate::accounts::{Role, Session};
use crate::live::connection::Due;
use crate::live::frame;

const CHAT: ChatId = ChatId(1);
/// Always in the chat, never, and now and then.
const ALWAYS: UserId = UserId(1);
const NEVER: UserId = UserId(2);
const SOMETIMES: UserId = UserId(3);
/// Orders that are tried.
const SEEDS: u64 = 100_000;

/// A network that takes as many bytes as it likes, and what it took.
#[derive(Clone, Default)]
struct Tape(Arc<Mutex<(Vec<u8>, usize)>>);

impl AsyncRead for Tape {
    fn poll_read(self: Pin<&mut Self>, _: &mut Context<'_>, _: &mut ReadBuf<'_>) -> Poll<std::io::Result<()>> {
        Poll::Pending
    }
}

impl AsyncWrite for Tape {
    fn poll_write(self: Pin<&mut Self>, _: &mut Context<'_>, bytes: &[u8]) -> Poll<std::io::Result<usize>> {
        let mut tape = lock(&self.0);
        let count = bytes.len().min(tape.1);
        if count == 0 {
            return Poll::Pending;
        }
        tape.1 -= count;
        tape.0.extend_from_slice(&bytes[..count]);
        Poll::Ready(Ok(count))
    }
    fn poll_flush(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<std::io::Result<()>> {
        Poll::Ready(Ok(()))
    }
    fn poll_shutdown(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<std::io::Result<()>> {
        Poll::Ready(Ok(()))
    }
}

impl Tape {
    /// The ids of the events that were written, in order.
    fn events(&self) -> Vec<i64> {
        let (bytes, mut at, mut ids) = (lock(&self.0).0.clone(), 0, Vec::new());
        while at < bytes.len() {
            let length = usize::from(bytes[at + 1]);
            let text = std::str::from_utf8(&bytes[at + 2..at + 2 + length]).unwrap();
            ids.push(text.parse().unwrap());
            at += 2 + length;
        }
        ids
    }
}

struct Socket {
    user: UserId,
    since: i64,
    tape: Tape,
    connection: Arc<Connection>,
    /// What its task has read and not handed over: the events, the cursor, the chats.
    read: Option<(Vec<Bytes>, i64, Vec<ChatId>)>,
    _place: Place,
}

struct World {
    hub: Arc<Hub>,
    random: StdRng,
    log: Vec<Told>,
    /// How much of the log the writer has handed over.
    published: usize,
    member: bool,
    sockets: Vec<Socket>,
}

fn shown(event: &Told) -> Shown {
    Shown {
        frame: frame::text(&event.id).unwrap(),
        users: Vec::new(),
        chats: Vec::new(),
    }
}

impl World {
    fn new(seed: u64) -> World {
        World {
            hub: Arc::default(),
            random: StdRng::seed_from_u64(seed),
            log: Vec::new(),
            published: 0,
            member: false,
            sockets: Vec::new(),
        }
    }

    fn commit(&mut self) {
        for _ in 0..self.random.random_range(1..4) {
            let comes_or_goes = self.random.random_range(0..4) == 0;
            let (kind, user_id) = match (comes_or_goes, self.member) {
                (false, _) => ("message.created", None),
                (true, false) => ("member.added", Some(SOMETIMES)),
                (true, true) => ("member.removed", Some(SOMETIMES)),
            };
            self.member ^= comes_or_goes;
            self.log.push(Told {
                id: self.log.len() as i64 + 1,
                kind,
                chat_id: Some(CHAT),
                user_id,
                message_id: None,
            });
        }
    }

    fn publish(&mut self) {
        let events = self.log[self.published..].to_vec();
        self.published = self.log.len();
        self.hub.publish(Batch {
            events,
            ..Batch::default()
        });
    }

    fn work(&mut self) {
        let worker = self.random.random_range(0..self.hub.workers.len());
        self.work_as(worker);
    }

    fn work_as(&self, worker: usize) {
        let worker = &self.hub.workers[worker];
        let news = std::mem::take(&mut *lock(&worker.queue));
        worker.tell(news, &|events| {
            Some(events.iter().map(|event| Some(shown(event))).collect())
        });
    }

    fn connect(&mut self) {
        let user = [ALWAYS, NEVER, SOMETIMES][self.random.random_range(0..3)];
        let place = self.hub.place();
        let session = Session::new(SessionId(1), user, String::new(), Role::Member, i64::MAX, 0);
        let (tape, since) = (Tape::default(), self.random.random_range(0..=self.log.len()) as i64);
        let connection = Arc::new(Connection::new(&session, Box::new(tape.clone()), since, 0));
        self.hub.admit(&connection);
        self.sockets.push(Socket {
            user,
            since,
            tape,
            connection,
            read: None,
            _place: place,
        });
    }

    /// A step of a socket's task: it writes, reads the log, or hands over what it has read.
    fn task(&mut self, index: usize) {
        let Some(socket) = self.sockets.get_mut(index) else {
            return;
        };
        if let Some((frames, cursor, chats)) = socket.read.take() {
            socket.connection.replay(frames, cursor);
            self.hub.join(&socket.connection, cursor, &chats, None);
            return;
        }
        let mut nobody = Context::from_waker(Waker::noop());
        if let Poll::Ready(Due::Read(cursor)) = socket.connection.poll_due(&mut nobody) {
            let is_member = socket.user == ALWAYS || socket.user == SOMETIMES && self.member;
            let may_see = |event: &&Told| is_member || event.user_id == Some(socket.user);
            let missed = self.log[cursor as usize..].iter().filter(may_see);
            let frames = missed.map(|event| shown(event).frame).collect();
            let chats = is_member.then_some(CHAT).into_iter().collect();
            socket.read = Some((frames, self.log.len() as i64, chats));
        }
    }

    fn step(&mut self) {
        match self.random.random_range(0..12) {
            0 | 1 => self.commit(),
            2 | 3 => self.publish(),
            4 | 5 => self.work(),
            6 if self.sockets.len() < 5 => self.connect(),
            7 if !self.sockets.is_empty() => {
                let index = self.random.random_range(0..self.sockets.len());
                lock(&self.sockets[index].tape.0).1 = self.random.random_range(0..40);
            }
            8 => {
                let worker = self.random.random_range(0..self.hub.workers.len());
                lock(&self.hub.workers[worker].shard).fall_behind();
            }
            _ => {
                let index = self.random.random_range(0..5);
                self.task(index);
            }
        }
    }

    /// Lets everything come to rest.
    fn settle(&mut self) {
        self.publish();
        for _ in 0..4 {
            (0..self.hub.workers.len()).for_each(|worker| self.work_as(worker));
            for index in 0..self.sockets.len() {
                lock(&self.sockets[index].tape.0).1 = usize::MAX;
                (0..3).for_each(|_| self.task(index));
            }
        }
    }
}

#[test]
fn whatever_the_order_of_steps_each_socket_gets_each_event_once() {
    for seed in 0..SEEDS {
        let mut world = World::new(seed);
        (0..60).for_each(|_| world.step());
        world.settle();
        for socket in &world.sockets {
            let events = socket.tape.events();
            assert!(events.is_sorted_by(|one, other| one < other), "seed {seed}: {events:?}");
            match socket.user {
                ALWAYS => {
                    let all: Vec<i64> = (socket.since + 1..=world.log.len() as i64).collect();
                    assert_eq!(events, all, "seed {seed}");
                }
                NEVER => assert!(events.is_empty(), "seed {seed}: {events:?}"),
                _ => {
                    // His own comings and goings reach him, and they are the last word.
                    let last = world.log.iter().rposition(|event| event.user_id == Some(SOMETIMES));
                    let last = last.map(|at| at as i64 + 1).filter(|id| *id > socket.since);
                    assert!(
                        last.is_none_or(|id| events.contains(&id)),
                        "seed {seed}: {last:?} in {events:?}"
                    );
                    if let (Some(last), false) = (last, world.member) {
                        assert_eq!(events.last(), Some(&last), "seed {seed}: nothing after he was put out");
                    }
                }
            }
        }
    }
}
