//! The demo's people and what they have said, written as everything else is written and then given its times.

use super::cast::{Part, CAST};
use super::pictures::{face, hills};
use super::script::{Step, Story, STORIES};
use super::store;
use crate::accounts::passwords;
use crate::accounts::store::{insert_user, update_picture, NewUser};
use crate::chats::members::store::{find_member, update_read};
use crate::chats::store::{insert_chat, update_picture as update_chat_picture, NewChat};
use crate::clock;
use crate::config::Config;
use crate::db::{Db, Tx};
use crate::error::{Error, Result};
use crate::ids::{random_hex, ChatId, UserId};
use crate::media::picture::{inspect, portrait, Picture};
use crate::media::store::{claim_portrait, insert_chunk, insert_pending, update_facts, Facts};
use crate::media::{Uploaded, CHUNK};
use crate::messages::reactions::store::insert_reaction;
use crate::messages::store::{insert, update_text};
use crate::messages::{MessageRow, NewMessage};
use sha2::{Digest, Sha256};

const MINUTE: i64 = 60_000_000;

/// Writes the class with its history into an empty database.
///
/// # Errors
/// Where it can't be written; then nothing is.
pub async fn fill(db: &Db, config: &Config) -> Result<()> {
    let iterations = config.password_iterations;
    db.write(move |tx| {
        let now = clock::now();
        let mut people = Vec::new();
        for (part, seed) in CAST.iter().zip(1..) {
            people.push((part.username, add(tx, part, seed, iterations, now)?));
        }
        let mut class = Class { people, now };
        for (story, seed) in STORIES.iter().zip(100..) {
            class.tell(tx, story, seed)?;
        }
        Ok(())
    })
    .await
}

fn add(tx: &mut Tx<'_>, part: &Part, seed: u32, iterations: u32, now: i64) -> Result<UserId> {
    let user = NewUser {
        username: part.username.to_owned(),
        email: String::new(),
        first_name: part.first_name.to_owned(),
        last_name: part.last_name.to_owned(),
        // What is no hash is nobody's password.
        password: part
            .password
            .map_or_else(|| "!".to_owned(), |password| passwords::hash(password, iterations)),
        role: part.role,
    };
    let id = insert_user(tx, &user, now - 6 * 24 * 60 * MINUTE)?;
    let picture = portrait(face(seed)?).map_err(Error::internal)?;
    let uploaded = upload(tx, id, "face.png", picture_facts(&picture), &picture.bytes, now)?;
    claim_portrait(tx, uploaded.id)?;
    update_picture(tx, id, Some(uploaded.id))?;
    Ok(id)
}

fn picture_facts(picture: &Picture) -> Facts {
    Facts {
        content_type: picture.format.content_type(),
        size: i64::try_from(picture.bytes.len()).unwrap_or(i64::MAX),
        sha256: Sha256::digest(&picture.bytes).to_vec(),
        width: Some(picture.width),
        height: Some(picture.height),
        thumb: Some((picture.thumb_format.content_type(), picture.thumb.clone())),
    }
}

fn upload(tx: &mut Tx<'_>, owner: UserId, name: &str, facts: Facts, bytes: &[u8], now: i64) -> Result<Uploaded> {
    let id = insert_pending(tx, &random_hex(16), owner, name, now)?;
    for (number, row) in (0..).zip(bytes.chunks(CHUNK)) {
        insert_chunk(tx, id, number, row)?;
    }
    update_facts(tx, id, &facts)?;
    Ok(Uploaded {
        id,
        sha256: facts.sha256,
    })
}

/// Who is who.
struct Class {
    people: Vec<(&'static str, UserId)>,
    now: i64,
}

impl Class {
    fn id(&self, username: &str) -> Result<UserId> {
        let found = self.people.iter().find(|(name, _)| *name == username);
        found
            .map(|(_, id)| *id)
            .ok_or_else(|| Error::internal("nobody of the class"))
    }

    /// Makes a chat and lets happen in it what happened.
    fn tell(&mut self, tx: &mut Tx<'_>, story: &Story, seed: u32) -> Result<()> {
        let users = match story.people {
            [] => self.people.iter().map(|(_, id)| *id).collect(),
            named => named.iter().map(|name| self.id(name)).collect::<Result<Vec<_>>>()?,
        };
        let creator = users.first().copied().unwrap_or(UserId(0));
        let is_group = !story.name.is_empty();
        let new = NewChat {
            name: if is_group {
                story.name.to_owned()
            } else {
                story.people.join(", ")
            },
            kind: if is_group { "group" } else { "privat" }.to_owned(),
            creator,
            users: users.clone(),
            client_id: None,
        };
        let chat = insert_chat(tx, &new)?;
        if is_group {
            let picture = portrait(hills(seed)?).map_err(Error::internal)?;
            let uploaded = upload(
                tx,
                creator,
                "group.jpg",
                picture_facts(&picture),
                &picture.bytes,
                self.now,
            )?;
            claim_portrait(tx, uploaded.id)?;
            update_chat_picture(tx, chat, uploaded.id)?;
        }
        self.play(tx, chat, story.steps)?;
        for user in users {
            let Some(member) = find_member(tx, chat, user)? else {
                continue;
            };
            update_read(tx, &member, member.last_seq - story.unread)?;
        }
        Ok(())
    }

    fn play(&self, tx: &mut Tx<'_>, chat: ChatId, steps: &[Step]) -> Result<()> {
        let mut at = self.now;
        let mut last: Option<MessageRow> = None;
        for step in steps {
            let reply_to = last.as_ref().map(|row| row.id);
            let new = |text: &str| NewMessage {
                text: text.to_owned(),
                client_id: None,
                reply_to: None,
                photo: None,
                file: None,
            };
            let (who, message) = match step {
                Step::Ago(minutes) => {
                    at = self.now - minutes * MINUTE;
                    if last.is_none() {
                        store::update_chat_time(tx, chat, at)?;
                    }
                    continue;
                }
                Step::React(who, emoji) => {
                    if let Some(row) = &last {
                        insert_reaction(tx, (chat, row.id), self.id(who)?, emoji)?;
                    }
                    continue;
                }
                Step::Edit(text) => {
                    if let Some(row) = &last {
                        update_text(tx, row, text)?;
                        store::update_edited_time(tx, row.id, at + MINUTE / 2)?;
                    }
                    continue;
                }
                Step::Say(who, text) => (*who, new(text)),
                Step::Reply(who, text) => (*who, NewMessage { reply_to, ..new(text) }),
                Step::Photo(who, text, seed) => {
                    let picture = inspect(hills(*seed)?).map_err(Error::internal)?;
                    let (owner, facts) = (self.id(who)?, picture_facts(&picture));
                    let photo = Some(upload(tx, owner, "photo.jpg", facts, &picture.bytes, at)?);
                    (*who, NewMessage { photo, ..new(text) })
                }
                Step::File(who, text, name, content) => {
                    let facts = file_facts(content);
                    let file = Some(upload(tx, self.id(who)?, name, facts, content.as_bytes(), at)?);
                    (*who, NewMessage { file, ..new(text) })
                }
            };
            let member = find_member(tx, chat, self.id(who)?)?.ok_or_else(|| Error::internal("not in his chat"))?;
            let row = insert(tx, &member, message)?;
            store::update_message_time(tx, row.id, at)?;
            // People take a while to type; how long is the same at each start.
            at += MINUTE + row.text.len() as i64 % 90 * 1_000_000;
            last = Some(row);
        }
        Ok(())
    }
}

fn file_facts(content: &str) -> Facts {
    Facts {
        content_type: "application/octet-stream",
        size: i64::try_from(content.len()).unwrap_or(i64::MAX),
        sha256: Sha256::digest(content).to_vec(),
        width: None,
        height: None,
        thumb: None,
    }
}
