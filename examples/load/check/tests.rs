//! A judge who finds nothing proves nothing: each kind of fault is planted in a history that is otherwise good.

use super::super::history::{
    digest, Attempt, Cast, Done, Edit, Entry, Heard, History, Kind, Look, Membership, Stored, Stream, Told, Wire,
};
use super::{check, promises, Broken};

const ANA: i64 = 1;
const BOGDAN: i64 = 2;
const CARMEN: i64 = 3;
/// Ana's and Bogdan's; Carmen comes into it at 1000 and leaves at 3000.
const CHAT: i64 = 10;
/// Carmen's and Ana's own.
const OTHER: i64 = 11;

fn attempt(person: i64, number: i64, start: u64, end: u64) -> Attempt {
    Attempt {
        person,
        chat: CHAT,
        client_id: format!("m{number}"),
        text: format!("text {number}"),
        wire: Wire::Socket,
        start,
        end,
        told: Told::Ok {
            id: 100 + number,
            seq: number,
            event: Some(1000 + 10 * number),
        },
        due: Some(start),
    }
}

fn heard(kind: Kind, id: i64, subject: i64, at: u64) -> Heard {
    Heard {
        at,
        id,
        kind,
        chat: CHAT,
        subject,
        seq: 0,
        from: 0,
        name: digest(""),
        text: digest(""),
        deleted: false,
        live: true,
    }
}

/// The event of message `number`.
fn created(person: i64, number: i64, at: u64) -> Heard {
    Heard {
        seq: number,
        from: person,
        name: digest(&format!("m{number}")),
        text: digest(&format!("text {number}")),
        ..heard(Kind::Created, 1000 + 10 * number, 100 + number, at)
    }
}

fn stored(person: i64, number: i64) -> Stored {
    Stored {
        chat: CHAT,
        id: 100 + number,
        seq: number,
        from: person,
        client_id: format!("m{number}"),
        text: format!("text {number}"),
        deleted: false,
    }
}

fn opened(since: Option<i64>, head: i64, at: u64) -> [Entry; 3] {
    [
        Entry::Opened { at, since },
        Entry::Ready { at: at + 1, head },
        Entry::Live {
            at: at + 2,
            cursor: head,
        },
    ]
}

/// Five messages: m1 and m2 before Carmen comes, m3 while she is there, m4 after she left, m5 of Ana's whose answer was
/// lost and which she sent twice. Bogdan's connection breaks after m1; m2 is edited; Carmen hears m3.
fn good() -> History {
    let casts = [(CHAT, vec![ANA, BOGDAN]), (OTHER, vec![CARMEN, ANA])];
    let mut lost = attempt(ANA, 5, 5000, 5100);
    lost.told = Told::Info {
        why: "the connection broke".to_owned(),
    };
    let attempts = vec![
        attempt(ANA, 1, 100, 200),
        attempt(BOGDAN, 2, 300, 400),
        attempt(ANA, 3, 2000, 2100),
        attempt(BOGDAN, 4, 4000, 4100),
        lost,
        attempt(ANA, 5, 5200, 5300),
    ];
    let edit = Edit {
        person: BOGDAN,
        chat: CHAT,
        message: 102,
        text: Some("better".to_owned()),
        start: 500,
        end: 600,
        done: Done::Yes,
    };
    let membership = |added, start, end| Membership {
        chat: CHAT,
        person: CARMEN,
        added,
        start,
        end: Some(end),
    };
    let updated = Heard {
        text: digest("better"),
        ..Heard {
            kind: Kind::Updated,
            id: 1025,
            ..created(BOGDAN, 2, 560)
        }
    };
    let added = heard(Kind::Added, 1026, CARMEN, 1050);
    let removed = heard(Kind::Removed, 1035, CARMEN, 3050);
    let all = |at: u64| {
        vec![
            Entry::Event(created(ANA, 1, 150 + at)),
            Entry::Event(created(BOGDAN, 2, 350 + at)),
            Entry::Event(Heard {
                at: 560 + at,
                ..updated
            }),
            Entry::Event(added),
            Entry::Event(created(ANA, 3, 2050 + at)),
            Entry::Event(removed),
            Entry::Event(created(BOGDAN, 4, 4050 + at)),
            Entry::Event(created(ANA, 5, 5050 + at)),
        ]
    };
    let ana = [opened(None, 1000, 10).to_vec(), all(0)].concat();
    let mut bogdan = [opened(None, 1000, 11).to_vec(), all(1)].concat();
    // He comes back with the cursor he had, and hears of m2 as it is by then.
    bogdan.splice(
        4..5,
        [
            Entry::Closed { at: 160, code: None },
            Entry::Opened {
                at: 540,
                since: Some(1010),
            },
            Entry::Ready { at: 541, head: 1020 },
            Entry::Event(Heard {
                text: digest("better"),
                live: false,
                ..created(BOGDAN, 2, 550)
            }),
            Entry::Live { at: 552, cursor: 1020 },
        ],
    );
    let carmen = [
        opened(None, 1000, 12).to_vec(),
        vec![
            Entry::Event(added),
            Entry::Event(created(ANA, 3, 2051)),
            Entry::Aside { at: 2060, chat: CHAT },
            Entry::Presence {
                at: 2070,
                people: Box::new([ANA, BOGDAN]),
            },
            Entry::Event(removed),
        ],
    ]
    .concat();
    let mut texts: Vec<Stored> = vec![
        stored(ANA, 1),
        stored(BOGDAN, 2),
        stored(ANA, 3),
        stored(BOGDAN, 4),
        stored(ANA, 5),
    ];
    texts[1].text = "better".to_owned();
    let stream = |person, entries| Stream { person, entries };
    History {
        casts: casts.map(|(chat, members)| Cast { chat, members }).to_vec(),
        attempts,
        edits: vec![edit],
        memberships: vec![membership(true, 1000, 1100), membership(false, 3000, 3100)],
        looks: vec![Look {
            person: ANA,
            chat: CHAT,
            message: 101,
            start: 210,
            found: true,
        }],
        streams: vec![stream(ANA, ana), stream(BOGDAN, bogdan), stream(CARMEN, carmen)],
        stored: texts,
        ..History::default()
    }
}

/// The good history with something done to it breaks this promise.
#[track_caller]
fn broken(broken: Broken, plant: impl FnOnce(&mut History)) {
    let mut history = good();
    plant(&mut history);
    let verdict = check(&history);
    assert!(promises(&verdict).contains(&broken), "{:#?}", verdict.faults);
}

/// It breaks this promise and no other.
#[track_caller]
fn only(broken: Broken, plant: impl FnOnce(&mut History)) {
    let mut history = good();
    plant(&mut history);
    let verdict = check(&history);
    assert_eq!(promises(&verdict), [broken].into(), "{:#?}", verdict.faults);
}

/// It breaks nothing.
#[track_caller]
fn fine(change: impl FnOnce(&mut History)) {
    let mut history = good();
    change(&mut history);
    let verdict = check(&history);
    assert_eq!(verdict.faults, [], "{verdict:#?}");
}

/// The entries of somebody's stream.
fn of(history: &mut History, person: i64) -> &mut Vec<Entry> {
    let stream = history.streams.iter_mut().find(|stream| stream.person == person);
    &mut stream.expect("a stream").entries
}

/// The event of message `number` in somebody's stream.
fn told(history: &mut History, person: i64, number: i64) -> &mut Heard {
    let found = of(history, person).iter_mut().find_map(|entry| match entry {
        Entry::Event(heard) if heard.kind == Kind::Created && heard.seq == number => Some(heard),
        _ => None,
    });
    found.expect("the event of a message")
}

fn without(history: &mut History, person: i64, number: i64) {
    of(history, person).retain(|entry| match entry {
        Entry::Event(heard) => heard.kind != Kind::Created || heard.seq != number,
        _ => true,
    });
}

#[test]
fn a_good_history_is_good() {
    let verdict = check(&good());
    assert_eq!(verdict.faults, [], "{verdict:#?}");
    assert_eq!((verdict.messages, verdict.acknowledged, verdict.stored), (5, 5, 5));
    assert_eq!((verdict.streams, verdict.connections), (3, 4));
    assert_eq!(
        verdict.obliged, 10,
        "five messages to each of the two who were always there"
    );
}

#[test]
fn an_acknowledged_message_that_is_not_there() {
    broken(Broken::Lost, |history| {
        history.stored.pop();
    });
    // Nobody heard of it either: what its sender was told is enough.
    broken(Broken::Lost, |history| {
        history.stored.pop();
        without(history, ANA, 5);
        without(history, BOGDAN, 5);
    });
}

#[test]
fn a_message_that_was_heard_and_is_not_there() {
    broken(Broken::Lost, |history| {
        history.attempts.pop();
        history.stored.pop();
    });
}

#[test]
fn a_message_without_an_answer_may_be_there_or_not() {
    fine(|history| {
        history.attempts.pop();
    });
    fine(|history| {
        history.attempts.pop();
        history.stored.pop();
        without(history, ANA, 5);
        without(history, BOGDAN, 5);
    });
}

#[test]
fn a_refused_message_that_is_there() {
    broken(Broken::Refused, |history| {
        history.attempts.retain(|attempt| attempt.told.is_ok());
        history.attempts[4].told = Told::Fail { status: 503 };
    });
}

#[test]
fn a_message_that_nobody_sent() {
    broken(Broken::Invented, |history| {
        let mut one = stored(ANA, 6);
        one.client_id = "unheard of".to_owned();
        history.stored.push(one);
    });
    broken(Broken::Invented, |history| {
        history.stored[0].text = "another".to_owned()
    });
    broken(Broken::Invented, |history| history.stored[0].from = BOGDAN);
    broken(Broken::Invented, |history| {
        told(history, ANA, 1).name = digest("unheard of")
    });
    broken(Broken::Invented, |history| {
        told(history, ANA, 1).text = digest("another")
    });
    broken(Broken::Invented, |history| told(history, ANA, 1).at = 50);
    // A text that is asked for only later.
    broken(Broken::Invented, |history| {
        told(history, ANA, 2).text = digest("better")
    });
}

#[test]
fn a_message_twice() {
    broken(Broken::Twice, |history| {
        let mut again = stored(ANA, 6);
        again.client_id = "m5".to_owned();
        history.stored.push(again);
    });
    // One id for two messages.
    broken(Broken::Twice, |history| history.stored[1].id = 101);
    broken(Broken::Twice, |history| {
        let again = *told(history, BOGDAN, 4);
        of(history, BOGDAN).push(Entry::Event(again));
    });
    broken(Broken::Twice, |history| {
        let again = *told(history, BOGDAN, 4);
        of(history, BOGDAN).push(Entry::Event(Heard { id: 1090, ..again }));
    });
}

#[test]
fn one_client_id_with_two_messages_and_one_message_with_two() {
    broken(Broken::Identity, |history| {
        let mut again = attempt(ANA, 1, 6000, 6100);
        again.told = Told::Ok {
            id: 106,
            seq: 6,
            event: Some(1060),
        };
        history.attempts.push(again);
    });
    broken(Broken::Identity, |history| {
        let mut other = attempt(ANA, 1, 6000, 6100);
        other.client_id = "m6".to_owned();
        history.attempts.push(other);
    });
    broken(Broken::Identity, |history| history.stored[0].id = 199);
}

#[test]
fn a_hole_in_seq() {
    broken(Broken::Hole, |history| history.stored[4].seq = 6);
    broken(Broken::Hole, |history| {
        history.stored.remove(0);
    });
    broken(Broken::Hole, |history| history.stored[1].seq = 1);
}

#[test]
fn what_was_acknowledged_first_stands_behind() {
    // m2 was sent after m1 was acknowledged. Nobody listens: the acknowledgements and the final read are enough.
    let placed = |history: &mut History, places: [(i64, i64); 2]| {
        history.streams.clear();
        for (number, (id, seq)) in places.into_iter().enumerate() {
            let event = None;
            history.attempts[number].told = Told::Ok { id, seq, event };
            (history.stored[number].id, history.stored[number].seq) = (id, seq);
        }
        history.edits.clear();
        history.stored[1].text = "text 2".to_owned();
    };
    fine(|history| placed(history, [(101, 1), (102, 2)]));
    only(Broken::Order, |history| placed(history, [(102, 2), (101, 1)]));
    // Its seq is right, and its id stands behind.
    only(Broken::Order, |history| placed(history, [(102, 1), (101, 2)]));
    // At one moment they overlap, and any order is right.
    fine(|history| history.attempts[1].start = 200);
}

#[test]
fn a_stream_out_of_order() {
    broken(Broken::Order, |history| {
        let entries = of(history, ANA);
        let count = entries.len();
        entries.swap(count - 1, count - 2);
    });
    broken(Broken::Order, |history| {
        let entries = of(history, BOGDAN);
        entries.retain(|entry| !matches!(entry, Entry::Live { at: 552, .. }));
        // The server said that it had told everything up to here, and then tells of m3.
        let place = entries
            .iter()
            .position(|entry| matches!(entry, Entry::Event(heard) if heard.seq == 3))
            .expect("m3");
        entries.insert(place, Entry::Live { at: 1500, cursor: 1030 });
    });
    // It says that it is live from before what it has just told.
    only(Broken::Order, |history| {
        let entries = of(history, BOGDAN);
        let live = entries
            .iter_mut()
            .find(|entry| matches!(entry, Entry::Live { at: 552, .. }));
        *live.expect("his second connection") = Entry::Live { at: 552, cursor: 1015 };
    });
    broken(Broken::Order, |history| {
        // seq and event ids disagree.
        let (three, four) = (*told(history, ANA, 3), *told(history, ANA, 4));
        *told(history, ANA, 3) = Heard { id: three.id, ..four };
        told(history, ANA, 4).id = three.id;
    });
}

#[test]
fn one_hears_otherwise_than_another() {
    broken(Broken::Differs, |history| told(history, ANA, 3).seq = 6);
    broken(Broken::Differs, |history| told(history, ANA, 5).id = 1055);
}

#[test]
fn a_member_who_does_not_hear() {
    for number in [1, 3, 5] {
        broken(Broken::Missed, |history| without(history, BOGDAN, number));
    }
    // Nobody but he himself was told of it.
    broken(Broken::Missed, |history| {
        without(history, ANA, 5);
        without(history, BOGDAN, 5);
        history.attempts.pop();
    });
    // While he was away.
    broken(Broken::Missed, |history| without(history, BOGDAN, 2));
}

#[test]
fn who_comes_and_goes_need_not_hear_at_the_edges() {
    fine(|history| without(history, CARMEN, 3));
    // She stays, and has to.
    broken(Broken::Missed, |history| {
        history.memberships.pop();
        for person in [ANA, BOGDAN, CARMEN] {
            of(history, person).retain(|entry| !matches!(entry, Entry::Event(heard) if heard.kind == Kind::Removed));
        }
    });
}

#[test]
fn who_hears_of_a_chat_that_is_not_his() {
    let before = Entry::Event(created(ANA, 1, 150));
    broken(Broken::Leak, |history| of(history, CARMEN).insert(3, before));
    // After she left: sent later, connected later, or heard after the event that told her.
    broken(Broken::Leak, |history| {
        of(history, CARMEN).push(Entry::Event(created(BOGDAN, 4, 4050)));
    });
    broken(Broken::Leak, |history| {
        of(history, CARMEN).extend(opened(Some(1035), 1050, 6000));
        of(history, CARMEN).push(Entry::Event(created(ANA, 5, 6010)));
    });
    broken(Broken::Leak, |history| {
        let update = Heard {
            kind: Kind::Updated,
            id: 1036,
            at: 3060,
            ..created(ANA, 3, 0)
        };
        of(history, CARMEN).push(Entry::Event(update));
    });
    broken(Broken::Leak, |history| {
        history.streams[2].person = 4;
    });
}

#[test]
fn what_was_on_its_way_when_she_left_may_arrive() {
    fine(|history| {
        told(history, CARMEN, 3).at = 3200;
        let last = of(history, CARMEN);
        last.retain(|entry| !matches!(entry, Entry::Event(heard) if heard.kind == Kind::Removed));
        last.push(Entry::Event(heard(Kind::Removed, 1035, CARMEN, 3201)));
    });
    // And she hears that she was taken out when she connects later.
    fine(|history| {
        let entries = of(history, CARMEN);
        entries.pop();
        entries.extend(opened(Some(1030), 1035, 6000));
        entries.insert(
            entries.len() - 1,
            Entry::Event(heard(Kind::Removed, 1035, CARMEN, 6001)),
        );
    });
}

#[test]
fn who_comes_back_may_hear_what_was_said_meanwhile() {
    fine(|history| {
        history.memberships.push(Membership {
            chat: CHAT,
            person: CARMEN,
            added: true,
            start: 4500,
            end: Some(4600),
        });
        let entries = of(history, CARMEN);
        entries.push(Entry::Event(created(BOGDAN, 4, 4550)));
        entries.push(Entry::Event(heard(Kind::Added, 1045, CARMEN, 4551)));
        entries.push(Entry::Event(created(ANA, 5, 5050)));
    });
}

#[test]
fn asides_and_presence_are_for_those_concerned() {
    broken(Broken::Leak, |history| {
        of(history, CARMEN).insert(3, Entry::Aside { at: 500, chat: CHAT });
    });
    broken(Broken::Leak, |history| {
        of(history, CARMEN).extend(opened(Some(1035), 1050, 6000));
        of(history, CARMEN).push(Entry::Aside { at: 6010, chat: CHAT });
    });
    broken(Broken::Leak, |history| {
        let people = Box::new([99]);
        of(history, ANA).push(Entry::Presence { at: 6000, people });
    });
    broken(Broken::Leak, |history| {
        of(history, ANA).push(Entry::Event(heard(Kind::Read, 1090, BOGDAN, 6000)));
    });
    broken(Broken::Leak, |history| {
        let news = Heard {
            chat: 0,
            ..heard(Kind::User, 1090, 99, 6000)
        };
        of(history, ANA).push(Entry::Event(news));
    });
    fine(|history| {
        of(history, ANA).push(Entry::Event(heard(Kind::Read, 1090, ANA, 6000)));
        let news = Heard {
            chat: 0,
            ..heard(Kind::User, 1091, BOGDAN, 6000)
        };
        of(history, ANA).push(Entry::Event(news));
    });
}

#[test]
fn who_writes_into_a_chat_that_is_not_his() {
    broken(Broken::Intruder, |history| {
        history.attempts.push(attempt(CARMEN, 6, 6000, 6100));
        history.stored.push(stored(CARMEN, 6));
        for person in [ANA, BOGDAN] {
            of(history, person).push(Entry::Event(created(CARMEN, 6, 6050)));
        }
    });
}

#[test]
fn what_is_acknowledged_and_then_not_found() {
    broken(Broken::Unseen, |history| history.looks[0].found = false);
}

#[test]
fn an_edit_that_does_not_stay() {
    broken(Broken::Edit, |history| history.stored[1].text = "text 2".to_owned());
    // Without an answer either is right.
    fine(|history| history.edits[0].done = Done::Unknown);
    fine(|history| {
        history.edits[0].done = Done::Unknown;
        history.stored[1].text = "text 2".to_owned();
    });
}

#[test]
fn a_deletion_that_does_not_stay() {
    let deleted = |history: &mut History| {
        history.edits.push(Edit {
            person: ANA,
            chat: CHAT,
            message: 105,
            text: None,
            start: 5400,
            end: 5500,
            done: Done::Yes,
        });
        let gone = |at| Heard {
            kind: Kind::Deleted,
            id: 1060,
            text: digest(""),
            deleted: true,
            ..created(ANA, 5, at)
        };
        of(history, ANA).push(Entry::Event(gone(5450)));
        of(history, BOGDAN).push(Entry::Event(gone(5451)));
        history.stored[4].text.clear();
        history.stored[4].deleted = true;
    };
    fine(deleted);
    broken(Broken::Edit, |history| {
        deleted(history);
        history.stored[4] = stored(ANA, 5);
    });
    broken(Broken::Edit, |history| {
        history.stored[4].text.clear();
        history.stored[4].deleted = true;
    });
    // A replay after the deletion may show that there was a message, and not its text.
    let back = |history: &mut History, heard: Heard| {
        deleted(history);
        without(history, BOGDAN, 5);
        let entries = of(history, BOGDAN);
        let gone = entries.pop().expect("the deletion");
        entries.extend(opened(Some(1040), 1040, 6000));
        entries.push(Entry::Event(heard));
        entries.push(gone);
    };
    fine(|history| {
        let heard = Heard {
            text: digest(""),
            deleted: true,
            ..created(ANA, 5, 6010)
        };
        back(history, heard);
    });
    broken(Broken::Edit, |history| back(history, created(ANA, 5, 6010)));
}

#[test]
fn a_reset_is_followed_by_the_snapshot() {
    let reset = |history: &mut History| {
        without(history, BOGDAN, 5);
        of(history, BOGDAN).extend([
            Entry::Opened {
                at: 6000,
                since: Some(1040),
            },
            Entry::Ready { at: 6001, head: 1050 },
            Entry::Reset {
                at: 6002,
                cursor: 1050,
                reason: "too_far".to_owned(),
            },
        ]);
    };
    broken(Broken::Reset, reset);
    fine(|history| {
        reset(history);
        of(history, BOGDAN).push(Entry::Snapshot { at: 6003, cursor: 1050 });
    });
    // A snapshot from before the reset leaves a hole between them.
    only(Broken::Reset, |history| {
        reset(history);
        of(history, BOGDAN).push(Entry::Snapshot { at: 6003, cursor: 1049 });
    });
    // It excuses what is before its cursor, and nothing else.
    broken(Broken::Missed, |history| {
        reset(history);
        without(history, BOGDAN, 3);
        of(history, BOGDAN).push(Entry::Snapshot { at: 6003, cursor: 1050 });
    });
    let mut counted = good();
    reset(&mut counted);
    assert_eq!(check(&counted).resets, 1);
}

#[test]
fn what_can_not_be_is_a_fault() {
    broken(Broken::Protocol, |history| {
        let what = "a frame of another kind".to_owned();
        of(history, ANA).push(Entry::Odd { at: 6000, what });
    });
    broken(Broken::Protocol, |history| {
        history.ill.push("answered with 500".to_owned())
    });
}

#[test]
fn a_history_is_the_same_after_a_file() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("history.jsonl");
    let history = good();
    history.write(&file).expect("a written history");
    assert_eq!(History::read(&file).expect("a history"), history);
}
