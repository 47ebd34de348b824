//! The judge: reads a history and says which promises were broken, each with what shows it.
//!
//! It knows what was asked, what each was told and heard, and the final read. Where two things overlapped in time it
//! takes what is best for the server, so a fault it names is one. Who was in a chat when is known by the times of the
//! requests: for certain from the answer to coming in until the leaving is asked for, perhaps from the asking until the
//! answer.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::fmt;

use super::history::{digest, Attempt, Done, Edit, Entry, Heard, History, Kind, Micros, Stored, Stream, Told};

#[cfg(test)]
mod tests;

/// Which promise was broken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Broken {
    /// Acknowledged, and not there.
    Lost,
    /// Refused, and there.
    Refused,
    /// There or heard, and never sent so.
    Invented,
    /// Stored or heard twice.
    Twice,
    /// One `client_id` with two messages, or one message with two `client_id`s.
    Identity,
    /// `seq` is not 1, 2, 3 ... in a chat.
    Hole,
    /// What was acknowledged before another was sent stands behind it, or somebody heard it so.
    Order,
    /// One is told otherwise than another.
    Differs,
    /// A member did not hear of a message.
    Missed,
    /// Somebody heard of a chat outside his membership.
    Leak,
    /// Somebody wrote into a chat outside his membership.
    Intruder,
    /// Acknowledged, and then not found by its sender.
    Unseen,
    /// An edit or a deletion did not stay.
    Edit,
    /// Told that what was missed can't be told, and went on without the snapshot.
    Reset,
    /// A frame or an answer that can't be.
    Protocol,
}

/// A broken promise, and what shows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    pub broken: Broken,
    pub what: String,
}

impl fmt::Display for Fault {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{:?}: {}", self.broken, self.what)
    }
}

/// What the judge found, and how much it looked at.
#[derive(Debug, Clone, Default)]
pub struct Verdict {
    pub faults: Vec<Fault>,
    pub messages: usize,
    pub acknowledged: usize,
    pub refused: usize,
    /// Neither acknowledged nor refused at each try: it may be stored or not.
    pub unknown: usize,
    pub stored: usize,
    pub streams: usize,
    pub connections: usize,
    pub events: usize,
    /// Pairs of a message and a stream that had to have it.
    pub obliged: usize,
    pub resets: usize,
}

impl Verdict {
    /// How often each promise was broken.
    pub fn by_promise(&self) -> BTreeMap<Broken, usize> {
        let mut counts = BTreeMap::new();
        for fault in &self.faults {
            *counts.entry(fault.broken).or_default() += 1;
        }
        counts
    }
}

/// Judges a history.
pub fn check(history: &History) -> Verdict {
    let mut judge = Judge::new(history);
    judge.sends();
    judge.stored();
    judge.order();
    judge.edits();
    judge.looks();
    for (number, stream) in history.streams.iter().enumerate() {
        judge.stream(number, stream);
    }
    for what in &history.ill {
        judge.fault(Broken::Protocol, what.clone());
    }
    judge.verdict
}

/// A message: all tries with one `client_id`.
struct Message<'a> {
    attempts: Vec<&'a Attempt>,
    /// When it was first sent.
    start: Micros,
    /// When it was first acknowledged.
    end: Option<Micros>,
    /// Its id and `seq`, from an acknowledgement or else from the final read.
    place: Option<(i64, i64)>,
    stored: bool,
}

impl Message<'_> {
    fn first(&self) -> &Attempt {
        self.attempts[0]
    }
}

/// A time in which somebody may have been in a chat.
#[derive(Debug, Clone, Copy)]
struct Span {
    from: Micros,
    to: Micros,
    /// When the leaving was asked for.
    left: Micros,
}

/// Somebody's membership in a chat.
#[derive(Debug, Clone, Default)]
struct Spans {
    perhaps: Vec<Span>,
    /// From when on he is in it for certain, to the end.
    certain: Option<Micros>,
}

impl Spans {
    /// The last time that had begun by then.
    fn last(&self, at: Micros) -> Option<Span> {
        self.perhaps.iter().rfind(|span| span.from <= at).copied()
    }

    fn overlaps(&self, from: Micros, to: Micros) -> bool {
        self.perhaps.iter().any(|span| span.from <= to && span.to >= from)
    }
}

struct Judge<'a> {
    history: &'a History,
    messages: Vec<Message<'a>>,
    by_name: HashMap<&'a str, usize>,
    by_digest: HashMap<u64, usize>,
    /// Messages by id, as acknowledged or stored.
    by_id: HashMap<i64, usize>,
    stored_by_id: HashMap<i64, &'a Stored>,
    /// The stored messages of each chat.
    by_chat: BTreeMap<i64, Vec<usize>>,
    edits_by_id: HashMap<i64, Vec<&'a Edit>>,
    spans: HashMap<(i64, i64), Spans>,
    chats_of: HashMap<i64, Vec<i64>>,
    acquaintances: HashMap<i64, HashSet<i64>>,
    /// The event that told of a message, as first heard or acknowledged.
    events: HashMap<i64, i64>,
    verdict: Verdict,
}

impl<'a> Judge<'a> {
    fn new(history: &'a History) -> Judge<'a> {
        let mut judge = Judge {
            history,
            messages: Vec::new(),
            by_name: HashMap::new(),
            by_digest: HashMap::new(),
            by_id: HashMap::new(),
            stored_by_id: HashMap::new(),
            by_chat: BTreeMap::new(),
            edits_by_id: HashMap::new(),
            spans: spans(history),
            chats_of: HashMap::new(),
            acquaintances: HashMap::new(),
            events: HashMap::new(),
            verdict: Verdict {
                streams: history.streams.len(),
                stored: history.stored.len(),
                ..Verdict::default()
            },
        };
        let mut members: BTreeMap<i64, Vec<i64>> = BTreeMap::new();
        for (chat, person) in judge.spans.keys() {
            judge.chats_of.entry(*person).or_default().push(*chat);
            members.entry(*chat).or_default().push(*person);
        }
        for all in members.values() {
            for one in all {
                judge.acquaintances.entry(*one).or_default().extend(all);
            }
        }
        for edit in &history.edits {
            judge.edits_by_id.entry(edit.message).or_default().push(edit);
        }
        judge
    }

    fn fault(&mut self, broken: Broken, what: String) {
        self.verdict.faults.push(Fault { broken, what });
    }

    /// Puts the tries of each message together.
    fn sends(&mut self) {
        let history = self.history;
        let mut attempts: Vec<&Attempt> = history.attempts.iter().collect();
        attempts.sort_by_key(|attempt| attempt.start);
        for attempt in attempts {
            let number = *self.by_name.entry(&attempt.client_id).or_insert_with(|| {
                self.by_digest.insert(digest(&attempt.client_id), self.messages.len());
                self.messages.push(Message {
                    attempts: Vec::new(),
                    start: attempt.start,
                    end: None,
                    place: None,
                    stored: false,
                });
                self.messages.len() - 1
            });
            self.messages[number].attempts.push(attempt);
            if let Told::Ok { id, seq, event } = attempt.told {
                self.acknowledged(number, attempt, (id, seq), event);
            }
        }
        self.verdict.messages = self.messages.len();
        for number in 0..self.messages.len() {
            let message = &self.messages[number];
            let refused = message
                .attempts
                .iter()
                .all(|attempt| matches!(attempt.told, Told::Fail { .. }));
            match (message.end, refused) {
                (Some(_), _) => self.verdict.acknowledged += 1,
                (None, true) => self.verdict.refused += 1,
                (None, false) => self.verdict.unknown += 1,
            }
            let one = message.first();
            let inside = message.attempts.iter().any(|attempt| {
                self.spans
                    .get(&(one.chat, one.person))
                    .is_some_and(|spans| spans.overlaps(attempt.start, attempt.end))
            });
            if message.end.is_some() && !inside {
                let what = format!(
                    "{} of {} was taken in chat {}, which he was not in",
                    one.client_id, one.person, one.chat
                );
                self.fault(Broken::Intruder, what);
            }
        }
    }

    fn acknowledged(&mut self, number: usize, attempt: &Attempt, place: (i64, i64), event: Option<i64>) {
        let message = &mut self.messages[number];
        message.end = Some(message.end.map_or(attempt.end, |end| end.min(attempt.end)));
        let before = *message.place.get_or_insert(place);
        if before != place {
            let what = format!(
                "{} was acknowledged as {before:?} and as {place:?} (id, seq)",
                attempt.client_id
            );
            self.fault(Broken::Identity, what);
        }
        let owner = *self.by_id.entry(place.0).or_insert(number);
        if owner != number {
            let other = &self.messages[owner].first().client_id;
            let what = format!(
                "{other} and {} were acknowledged as one message, {}",
                attempt.client_id, place.0
            );
            self.fault(Broken::Identity, what);
        }
        if let Some(event) = event {
            self.event(place.0, event, &attempt.client_id);
        }
    }

    /// Notes which event told of a message; it is the same for everybody.
    fn event(&mut self, message: i64, event: i64, who: &str) {
        let known = *self.events.entry(message).or_insert(event);
        if known != event {
            let what = format!("message {message} is told of by event {known}, and to {who} by event {event}");
            self.fault(Broken::Differs, what);
        }
    }

    /// The final read against what was sent.
    fn stored(&mut self) {
        let history = self.history;
        let mut chats: BTreeMap<i64, Vec<&Stored>> = BTreeMap::new();
        let mut names = HashSet::new();
        for one in &history.stored {
            chats.entry(one.chat).or_default().push(one);
            if self.stored_by_id.insert(one.id, one).is_some() {
                self.fault(Broken::Twice, format!("message {} is stored twice", one.id));
            }
            if !names.insert(&one.client_id) {
                self.fault(Broken::Twice, format!("{} is stored twice", one.client_id));
            }
            let Some(number) = self.by_name.get(one.client_id.as_str()).copied() else {
                self.fault(Broken::Invented, format!("nobody sent {one:?}"));
                continue;
            };
            let message = &mut self.messages[number];
            message.stored = true;
            let place = *message.place.get_or_insert((one.id, one.seq));
            let (first, acknowledged) = (message.first(), message.end.is_some());
            if (first.person, first.chat) != (one.from, one.chat) {
                let what = format!(
                    "{} was sent by {} to chat {}: {one:?}",
                    one.client_id, first.person, first.chat
                );
                self.fault(Broken::Invented, what);
            }
            let refused = self.messages[number]
                .attempts
                .iter()
                .all(|attempt| matches!(attempt.told, Told::Fail { .. }));
            if refused {
                self.fault(Broken::Refused, format!("{} was refused and is stored", one.client_id));
            }
            if acknowledged && place != (one.id, one.seq) {
                let what = format!(
                    "{} was acknowledged as {place:?} and is stored as {one:?}",
                    one.client_id
                );
                self.fault(Broken::Identity, what);
            }
            self.by_id.entry(one.id).or_insert(number);
            self.by_chat.entry(one.chat).or_default().push(number);
        }
        for (chat, mut all) in chats {
            all.sort_by_key(|one| one.seq);
            for (at, one) in all.iter().enumerate() {
                if one.seq != at as i64 + 1 {
                    let what = format!(
                        "in chat {chat} message {} has seq {} at place {}",
                        one.id,
                        one.seq,
                        at + 1
                    );
                    self.fault(Broken::Hole, what);
                    break;
                }
            }
            if let Some(two) = all.windows(2).find(|two| two[0].id >= two[1].id) {
                let what = format!(
                    "in chat {chat} ids do not rise with seq: {} before {}",
                    two[0].id, two[1].id
                );
                self.fault(Broken::Order, what);
            }
        }
        for number in 0..self.messages.len() {
            let message = &self.messages[number];
            if message.end.is_some() && !message.stored {
                let what = format!("{:?} was acknowledged and is not there", message.first());
                self.fault(Broken::Lost, what);
            }
        }
    }

    /// A acknowledged before B was first sent: A stands before B.
    fn order(&mut self) {
        let mut moments: BTreeMap<i64, Vec<(Micros, bool, i64, usize)>> = BTreeMap::new();
        for (number, message) in self.messages.iter().enumerate() {
            let Some((_, seq)) = message.place else { continue };
            let moments = moments.entry(message.first().chat).or_default();
            moments.push((message.start, false, seq, number));
            if let Some(end) = message.end {
                moments.push((end, true, seq, number));
            }
        }
        let mut found = Vec::new();
        for moments in moments.values_mut() {
            // At one moment the starts come first: then neither was before the other.
            moments.sort_unstable();
            let (mut last, mut whose) = (0, 0);
            for (_, acknowledged, seq, number) in moments {
                if *acknowledged && *seq > last {
                    (last, whose) = (*seq, *number);
                } else if !*acknowledged && *seq <= last {
                    found.push((whose, *number));
                }
            }
        }
        for (before, after) in found {
            let (a, b) = (&self.messages[before], &self.messages[after]);
            let what = format!(
                "{} ({:?}, acknowledged at {:?}) stands behind {} ({:?}), which was first sent at {}",
                a.first().client_id,
                a.place,
                a.end,
                b.first().client_id,
                b.place,
                b.start
            );
            self.fault(Broken::Order, what);
        }
    }

    /// The final texts against the edits.
    fn edits(&mut self) {
        for one in &self.history.stored {
            let Some(number) = self.by_name.get(one.client_id.as_str()) else {
                continue;
            };
            let sent = &self.messages[*number].first().text;
            let edits = self.edits_by_id.get(&one.id).map_or(&[][..], Vec::as_slice);
            let deleted = edits.iter().any(|edit| edit.text.is_none() && edit.done == Done::Yes);
            let perhaps = edits.iter().any(|edit| edit.text.is_none() && edit.done != Done::No);
            if (one.deleted && !perhaps) || (!one.deleted && deleted) {
                let what = format!("{one:?} after {edits:?}");
                self.fault(Broken::Edit, what);
                continue;
            }
            let last = edits
                .iter()
                .rfind(|edit| edit.text.is_some() && edit.done == Done::Yes)
                .and_then(|edit| edit.text.as_ref())
                .unwrap_or(sent);
            let unknown = |text: &str| {
                edits
                    .iter()
                    .any(|edit| edit.done == Done::Unknown && edit.text.as_deref() == Some(text))
            };
            let right = match one.deleted {
                true => one.text.is_empty(),
                false => one.text == *last || unknown(&one.text),
            };
            if !right {
                let broken = if edits.is_empty() {
                    Broken::Invented
                } else {
                    Broken::Edit
                };
                let what = format!("{one:?} was sent as {sent:?}; edits: {edits:?}");
                self.fault(broken, what);
            }
        }
    }

    fn looks(&mut self) {
        for look in self.history.looks.iter().filter(|look| !look.found) {
            self.fault(Broken::Unseen, format!("{look:?}"));
        }
    }

    /// One device's stream: its form, its order, what it should not have, and what it should.
    fn stream(&mut self, number: usize, stream: &Stream) {
        let mut reader = Reader {
            judge: self,
            number,
            person: stream.person,
            opened: 0,
            last: 0,
            start: None,
            begun: None,
            seen: HashSet::new(),
            created: HashMap::new(),
            seqs: HashMap::new(),
            left: HashMap::new(),
            excused: Vec::new(),
            unread: None,
        };
        for entry in &stream.entries {
            reader.entry(entry);
        }
        reader.end();
    }
}

/// Reads one stream from its beginning.
struct Reader<'j, 'a> {
    judge: &'j mut Judge<'a>,
    number: usize,
    person: i64,
    /// When the present connection said who it is.
    opened: Micros,
    /// The highest event id, or cursor that the server gave.
    last: i64,
    /// The cursor and the moment that the stream begins at.
    start: Option<i64>,
    begun: Option<Micros>,
    seen: HashSet<i64>,
    /// Messages that were heard of as created, by id.
    created: HashMap<i64, i64>,
    seqs: HashMap<i64, i64>,
    /// How often this person heard that he left a chat.
    left: HashMap<i64, usize>,
    /// Events between these cursors can't have been heard.
    excused: Vec<(i64, i64)>,
    /// A reset whose snapshot was not read yet.
    unread: Option<Micros>,
}

impl Reader<'_, '_> {
    fn fault(&mut self, broken: Broken, what: &str) {
        let what = format!("stream {} of {}: {what}", self.number, self.person);
        self.judge.fault(broken, what);
    }

    fn entry(&mut self, entry: &Entry) {
        match entry {
            Entry::Opened { at, since } => {
                self.judge.verdict.connections += 1;
                self.opened = *at;
                if self.start.is_none() {
                    self.start = *since;
                    self.last = since.unwrap_or(0);
                }
            }
            Entry::Ready { at, head } => {
                if self.start.is_none() {
                    self.start = Some(*head);
                    self.last = *head;
                }
                self.begun.get_or_insert(*at);
            }
            Entry::Event(heard) => self.event(heard),
            Entry::Live { at, cursor } => {
                if *cursor < self.last {
                    let what = format!("at {at} live from {cursor}, after event {}", self.last);
                    self.fault(Broken::Order, &what);
                }
                self.last = self.last.max(*cursor);
            }
            Entry::Reset { at, cursor, .. } => {
                self.judge.verdict.resets += 1;
                self.excused.push((self.last.min(*cursor), *cursor));
                self.last = *cursor;
                self.unread = Some(*at);
            }
            Entry::Snapshot { at, cursor } => {
                self.unread = None;
                if *cursor < self.last {
                    let what = format!("at {at} the snapshot is of {cursor}, after event {}", self.last);
                    self.fault(Broken::Reset, &what);
                }
            }
            Entry::Aside { at, chat } => self.outside(*at, *chat, &format!("an aside in chat {chat} at {at}"), false),
            Entry::Presence { at, people } => {
                let known = self.judge.acquaintances.get(&self.person);
                let stranger = people
                    .iter()
                    .find(|one| **one != self.person && !known.is_some_and(|known| known.contains(one)));
                if let Some(stranger) = stranger {
                    self.fault(Broken::Leak, &format!("presence of {stranger}, a stranger, at {at}"));
                }
            }
            Entry::Closed { .. } | Entry::Left { .. } => {}
            Entry::Odd { at, what } => self.fault(Broken::Protocol, &format!("at {at}: {what}")),
        }
    }

    fn event(&mut self, heard: &Heard) {
        self.judge.verdict.events += 1;
        if heard.id <= self.last {
            let broken = if self.seen.contains(&heard.id) {
                Broken::Twice
            } else {
                Broken::Order
            };
            let what = format!("event {} at {} comes after {}", heard.id, heard.at, self.last);
            self.fault(broken, &what);
        }
        self.seen.insert(heard.id);
        self.last = self.last.max(heard.id);
        if heard.chat != 0 {
            self.membership(heard);
        }
        match heard.kind {
            Kind::Created => self.created(heard),
            Kind::Updated | Kind::Deleted => self.message(heard),
            Kind::User => {
                let known = self.judge.acquaintances.get(&self.person);
                if heard.subject != self.person && !known.is_some_and(|known| known.contains(&heard.subject)) {
                    self.fault(
                        Broken::Leak,
                        &format!("news of {}, a stranger: {heard:?}", heard.subject),
                    );
                }
            }
            Kind::Read if heard.subject != self.person => {
                self.fault(Broken::Leak, &format!("another's read mark: {heard:?}"));
            }
            Kind::Read | Kind::Chat | Kind::Added | Kind::Removed => {}
        }
    }

    /// Whether this person may hear this of the chat.
    fn membership(&mut self, heard: &Heard) {
        let own = heard.subject == self.person;
        let goodbye = heard.kind == Kind::Removed && own;
        self.outside(heard.at, heard.chat, &format!("{heard:?}"), goodbye);
        let Some(spans) = self.judge.spans.get(&(heard.chat, self.person)) else {
            return;
        };
        let begun = spans.perhaps.iter().filter(|span| span.from <= heard.at).count();
        let Some(span) = spans.last(heard.at) else { return };
        // Sent after he had left, it can't have been on its way when he did.
        let after = heard.kind == Kind::Created
            && span.to < heard.at
            && self
                .judge
                .by_digest
                .get(&heard.name)
                .is_some_and(|number| self.judge.messages[*number].start > span.to);
        let unsure = spans
            .perhaps
            .iter()
            .any(|span| span.left != Micros::MAX && span.to == Micros::MAX);
        let left = self.left.entry(heard.chat).or_default();
        // He has heard of each of his leavings, and has not come back.
        let gone = *left >= begun && !unsure;
        if goodbye {
            *left += 1;
        }
        if after {
            self.fault(
                Broken::Leak,
                &format!("it was sent after he left at {}: {heard:?}", span.to),
            );
        } else if gone && !goodbye && self.excused.is_empty() {
            self.fault(Broken::Leak, &format!("he had heard that he left: {heard:?}"));
        }
    }

    /// A fault where he was never in this chat, or connected after he had left it and before he came back.
    fn outside(&mut self, at: Micros, chat: i64, what: &str, goodbye: bool) {
        let spans = self.judge.spans.get(&(chat, self.person));
        match spans.and_then(|spans| spans.last(at)) {
            None => self.fault(Broken::Leak, &format!("he was not in chat {chat}: {what}")),
            Some(span) if self.opened > span.to && !goodbye => {
                self.fault(
                    Broken::Leak,
                    &format!("he left at {} and connected later: {what}", span.to),
                );
            }
            Some(_) => {}
        }
    }

    fn created(&mut self, heard: &Heard) {
        if let Some(other) = self.created.insert(heard.subject, heard.id) {
            let what = format!(
                "message {} is created by event {other} and by {}",
                heard.subject, heard.id
            );
            self.fault(Broken::Twice, &what);
        }
        let last = self.seqs.insert(heard.chat, heard.seq).unwrap_or(0);
        if heard.seq <= last {
            let what = format!("seq {last} of chat {} is followed by {heard:?}", heard.chat);
            self.fault(Broken::Order, &what);
        }
        self.judge
            .event(heard.subject, heard.id, &format!("stream {}", self.number));
        self.message(heard);
    }

    /// Whether a message is what was sent and what others see.
    fn message(&mut self, heard: &Heard) {
        let Some(number) = self.judge.by_digest.get(&heard.name).copied() else {
            self.fault(Broken::Invented, &format!("nobody sent {heard:?}"));
            return;
        };
        let message = &self.judge.messages[number];
        let first = message.first();
        if heard.at < message.start {
            self.fault(Broken::Invented, &format!("heard before it was sent: {heard:?}"));
            return;
        }
        if message.place != Some((heard.subject, heard.seq)) || (first.person, first.chat) != (heard.from, heard.chat) {
            let what = format!("{:?} of {first:?} is told as {heard:?}", message.place);
            let broken = if message.stored { Broken::Differs } else { Broken::Lost };
            self.fault(broken, &what);
            return;
        }
        let edits = self
            .judge
            .edits_by_id
            .get(&heard.subject)
            .map_or(&[][..], Vec::as_slice);
        let asked = edits.iter().filter(|edit| edit.start <= heard.at);
        let right = match heard.deleted {
            true => heard.text == digest("") && asked.clone().any(|edit| edit.text.is_none()),
            false => {
                heard.text == digest(&first.text)
                    || asked
                        .clone()
                        .any(|edit| edit.text.as_deref().map(digest) == Some(heard.text))
            }
        };
        let back = !heard.deleted
            && edits
                .iter()
                .any(|edit| edit.text.is_none() && edit.done == Done::Yes && edit.end < self.opened);
        if !right {
            self.fault(Broken::Invented, &format!("a text that nobody wrote: {heard:?}"));
        } else if back {
            self.fault(Broken::Edit, &format!("a deleted text comes back: {heard:?}"));
        }
    }

    /// What the stream should have, and has not.
    fn end(mut self) {
        if let Some(at) = self.unread {
            self.fault(Broken::Reset, &format!("no snapshot after the reset at {at}"));
        }
        let mut chats = self.judge.chats_of.get(&self.person).cloned().unwrap_or_default();
        chats.sort_unstable();
        let mut missed = Vec::new();
        for chat in chats {
            let spans = self.judge.spans.get(&(chat, self.person));
            let Some(certain) = spans.and_then(|spans| spans.certain) else {
                continue;
            };
            for number in self.judge.by_chat.get(&chat).map_or(&[][..], Vec::as_slice) {
                let message = &self.judge.messages[*number];
                let Some((id, _)) = message.place else { continue };
                let known = self.judge.events.get(&id).copied();
                // Where nobody heard of it, only who was there before it was sent had to.
                let concerned = match (known, self.start, self.begun) {
                    (Some(event), Some(start), _) => event > start,
                    (None, Some(_), Some(begun)) => begun < message.start,
                    _ => false,
                };
                let excused = known.map_or(!self.excused.is_empty(), |event| {
                    self.excused.iter().any(|(from, to)| *from < event && event <= *to)
                });
                if message.start < certain || !concerned || excused {
                    continue;
                }
                self.judge.verdict.obliged += 1;
                if !self.created.contains_key(&id) {
                    let first = message.first();
                    missed.push(format!(
                        "message {id} in chat {chat} (event {known:?}, {} sent at {})",
                        first.client_id, message.start
                    ));
                }
            }
        }
        for what in missed {
            self.fault(Broken::Missed, &what);
        }
    }
}

/// Who was in which chat when.
fn spans(history: &History) -> HashMap<(i64, i64), Spans> {
    let mut all: HashMap<(i64, i64), Spans> = HashMap::new();
    let open = |from| Span {
        from,
        to: Micros::MAX,
        left: Micros::MAX,
    };
    for cast in &history.casts {
        for person in &cast.members {
            all.insert(
                (cast.chat, *person),
                Spans {
                    perhaps: vec![open(0)],
                    certain: Some(0),
                },
            );
        }
    }
    let mut memberships: Vec<_> = history.memberships.iter().collect();
    memberships.sort_by_key(|one| one.start);
    for one in memberships {
        let spans = all.entry((one.chat, one.person)).or_default();
        let present = spans.perhaps.last_mut().filter(|span| span.to == Micros::MAX);
        match (one.added, present) {
            (true, None) => {
                spans.perhaps.push(open(one.start));
                spans.certain = one.end;
            }
            (true, Some(_)) => spans.certain = spans.certain.or(one.end),
            (false, Some(span)) => {
                span.left = one.start;
                span.to = one.end.unwrap_or(Micros::MAX);
                spans.certain = None;
            }
            (false, None) => {}
        }
    }
    all
}

/// The promises that were broken, without what shows it.
pub fn promises(verdict: &Verdict) -> BTreeSet<Broken> {
    verdict.faults.iter().map(|fault| fault.broken).collect()
}
