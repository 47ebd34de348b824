//! What was said in the demo's class, and what its bots say.

use Step::{Ago, Edit, File, Photo, React, Reply, Say};

/// One thing that happened in a chat.
pub enum Step {
    /// What follows happened so many minutes ago; without, a minute or two after what stands before.
    Ago(i64),
    Say(&'static str, &'static str),
    /// An answer to the message before.
    Reply(&'static str, &'static str),
    /// With a text, and the number of the picture.
    Photo(&'static str, &'static str, u32),
    /// With a text, the file's name and what is in it.
    File(&'static str, &'static str, &'static str, &'static str),
    /// To the message before.
    React(&'static str, &'static str),
    /// The message before, reworded by its author.
    Edit(&'static str),
}

/// A chat with its history.
pub struct Story {
    /// Empty: a private one.
    pub name: &'static str,
    /// The first owns it. Empty: the whole class.
    pub people: &'static [&'static str],
    pub steps: &'static [Step],
    /// Messages at its end that those who can sign in have not read.
    pub unread: i64,
}

const DAY: i64 = 24 * 60;

const TIMETABLE: &str = "Ziua,8:00,9:00,10:00,11:00,12:00\nLuni,Fizică,Matematică,Română,Engleză,Sport\n\
Marți,Informatică,Informatică,Chimie,Matematică,Istorie\nMiercuri,Biologie,Română,Engleză,Geografie,Desen\n\
Joi,Matematică,Fizică,Română,Informatică,Sport\nVineri,Chimie,Istorie,Engleză,Matematică,Dirigenție\n";

const LAB: &str =
    "Laborator de fizică: pendulul\n\n1. Măsoară lungimea firului de cinci ori.\n2. Numără zece oscilații și \
împarte timpul la zece.\n3. Calculează g și compară cu 9,81 m/s2.\n\nRaportul: cel mult o pagină, până luni.\n";

const READINGS: &str =
    "panel,tilt_degrees,watts\nA,0,3.1\nA,15,3.9\nA,30,4.6\nA,45,4.4\nB,0,2.8\nB,15,3.6\nB,30,4.5\nB,45,4.5\n";

const PARTS: &str =
    "# Line follower\n\n- 2 gear motors\n- 5 infrared sensors\n- 1 battery pack, 4 x AA\n- a lot of tape\n";

/// The chats, the first that all are in.
pub const STORIES: [Story; 8] = [
    Story {
        name: super::cast::CLASS,
        people: &[],
        unread: 3,
        steps: &[
            Ago(5 * DAY + 40),
            Say(
                "catalin",
                "Bună ziua tuturor! Aici e grupul clasei. Temele și fișierele le găsiți mereu sus, la Detalii.",
            ),
            React("ana", "👋"),
            React("bogdan", "👋"),
            File("catalin", "Orarul de săptămâna asta", "orar.csv", TIMETABLE),
            React("ioana", "🙏"),
            Say(
                "emma",
                "Hi everyone! I'm here till December, my Romanian is still… a work in progress 😅",
            ),
            Reply("daria", "You're doing great! Ask anything."),
            React("emma", "❤️"),
            React("sophie", "❤️"),
            Ago(4 * DAY + 65),
            Photo("matei", "Răsăritul din drum spre școală", 1),
            React("ana", "😍"),
            React("costin", "🔥"),
            React("oliver", "😍"),
            Say("sophie", "Where was this taken?"),
            Reply("matei", "On the hill behind the station, at half past six."),
            Ago(3 * DAY + 30),
            File("catalin", "Fișa pentru laboratorul de joi", "laborator-pendul.txt", LAB),
            Say("costin", "Raportul e individual sau pe echipe?"),
            Reply("catalin", "Pe echipe de câte doi. Termenul e vineri."),
            Edit("Pe echipe de câte doi. Termenul e **luni**, nu vineri."),
            React("costin", "👍"),
            React("bogdan", "🎉"),
            Ago(DAY + 90),
            Say("ana", "Cine are notițele de la istorie?"),
            Reply("ioana", "Le scanez diseară și le pun aici."),
            Photo("oliver", "Our trip to the mountains, first stop", 2),
            React("emma", "🏔️"),
            React("daria", "😍"),
            React("catalin", "👏"),
            Ago(55),
            Say(
                "catalin",
                "Mâine la prima oră: verificăm împreună rezultatele de la pendul. Aduceți telefoanele încărcate.",
            ),
            React("matei", "👍"),
            Say("bogdan", "Și cablul de la proiector e găsit 😄"),
            Reply("daria", "Minune!"),
            Say("sophie", "See you all tomorrow!"),
        ],
    },
    Story {
        name: "Proiect: energie verde",
        people: &["costin", "ana", "emma", "bogdan", "mira", "catalin"],
        unread: 1,
        steps: &[
            Ago(4 * DAY + 20),
            Say(
                "costin",
                "Am făcut grup separat pentru proiect. Cine măsoară panourile?",
            ),
            Reply("ana", "Eu și Emma, mâine pe acoperiș."),
            React("costin", "💪"),
            Ago(3 * DAY + 10),
            Photo("emma", "Panel A at 30 degrees, nice and sunny", 3),
            React("ana", "☀️"),
            React("bogdan", "☀️"),
            File("emma", "All readings so far", "readings.csv", READINGS),
            Say("costin", "Deci 30 de grade e cel mai bun unghi?"),
            Reply("ana", "La A da. La B e aproape la fel cu 45."),
            Ago(DAY + 15),
            Say("bogdan", "Posterul e pe jumătate gata. Îmi trebuie un titlu."),
            Reply("emma", "“Sunny side up”?"),
            React("costin", "😂"),
            React("ana", "😂"),
            React("bogdan", "🎯"),
            Ago(80),
            Say("ana", "Am verificat calculele de două ori, se potrivesc."),
        ],
    },
    Story {
        name: "Science fair robots",
        people: &["oliver", "matei", "sophie", "costin", "leo", "catalin"],
        unread: 0,
        steps: &[
            Ago(3 * DAY + 75),
            File("oliver", "The list of parts", "parts.md", PARTS),
            Say("matei", "Motors are here. Sensors on Thursday."),
            React("oliver", "🤖"),
            Ago(2 * DAY + 45),
            Say("sophie", "It follows the line! Mostly. It doesn't like corners."),
            Reply("costin", "Încetinește la curbe: citește senzorii din margine primii."),
            React("sophie", "💡"),
            Reply("sophie", "That did it, thank you!"),
            React("costin", "🎉"),
            Ago(DAY + 50),
            Photo("matei", "The view from the workshop. The robot watched, too.", 4),
            React("leo", "🤖"),
        ],
    },
    Story {
        name: "Fotbal joi",
        people: &["bogdan", "costin", "matei", "oliver", "zoe"],
        unread: 2,
        steps: &[
            Ago(2 * DAY + 25),
            Say("bogdan", "Joi la 17, terenul mic. Suntem 7, mai trebuie 3."),
            Reply("costin", "Vin!"),
            React("bogdan", "⚽"),
            Say("oliver", "Count me in, if you explain the offside rule again."),
            Reply("matei", "There is no offside on the small pitch 😄"),
            React("oliver", "🙌"),
            Ago(DAY + 5),
            Say("bogdan", "Minge are cineva?"),
            Say("matei", "Am eu."),
        ],
    },
    Story {
        name: "",
        people: &["catalin", "costin"],
        unread: 0,
        steps: &[
            Ago(2 * DAY + 90),
            Say("costin", "Bună ziua, pot preda raportul pe hârtie?"),
            Reply("catalin", "Sigur. Sau o poză aici, dacă se citește."),
            Photo("costin", "", 5),
            React("catalin", "👍"),
            Say("catalin", "Se citește. Foarte frumos!"),
        ],
    },
    Story {
        name: "",
        people: &["costin", "ana"],
        unread: 0,
        steps: &[
            Ago(DAY + 30),
            Say("ana", "Mergem împreună la bibliotecă mâine?"),
            Reply("costin", "Da, după ora de sport."),
            React("ana", "📚"),
        ],
    },
    Story {
        name: "",
        people: &["catalin", "mira"],
        unread: 1,
        steps: &[
            Ago(35),
            Say(
                "mira",
                "Bună! Sunt un robot. Scrie-mi ceva și răspund. Or write in English, I understand both.",
            ),
        ],
    },
    Story {
        name: "",
        people: &["costin", "leo"],
        unread: 1,
        steps: &[
            Ago(33),
            Say(
                "leo",
                "Hi Costin, I'm a bot. Say something and I'll answer. Vorbesc și românește.",
            ),
        ],
    },
];

/// What the bots say to each other in the class while somebody is looking, again and again.
pub const TALK: [(&str, &str); 14] = [
    (
        "mira",
        "Știați că un fulger e de cinci ori mai fierbinte decât suprafața Soarelui?",
    ),
    ("leo", "And it only lasts a few microseconds. I have answered slower."),
    ("zoe", "Cine a rezolvat problema 4? Mie îmi dă cu minus."),
    ("leo", "Check the sign in the second step, it flips."),
    ("zoe", "Așa era. Mulțumesc, Leo!"),
    ("mira", "Întrebarea zilei: de ce e cerul albastru ziua și roșu seara?"),
    ("zoe", "Pentru că lumina albastră se împrăștie mai mult?"),
    ("mira", "Exact. Seara are drum mai lung prin aer și rămâne roșul."),
    ("leo", "Fun fact: this whole conversation fits in one file."),
    ("zoe", "And we live in a temporary folder. Poetic."),
    ("mira", "Recomandați-mi o carte pentru weekend, vă rog."),
    ("leo", "Anything by Ursula K. Le Guin."),
    ("zoe", "„Enigma Otiliei”, dacă vrei să fie și pentru școală."),
    ("mira", "Le iau pe amândouă."),
];

/// What bots react with.
pub const REACTIONS: [&str; 5] = ["👍", "❤️", "😄", "🎉", "💡"];

/// What is answered to somebody, in his language.
pub fn answer(text: &str) -> &'static str {
    let folded = crate::accounts::names::fold(text);
    let has = |words: &[&str]| {
        folded
            .split(|letter: char| !letter.is_alphanumeric())
            .any(|word| words.contains(&word))
    };
    let romanian = has(&[
        "buna",
        "salut",
        "ce",
        "cum",
        "si",
        "nu",
        "da",
        "unde",
        "cine",
        "cand",
        "multumesc",
        "mersi",
        "esti",
        "sunt",
        "la",
        "pe",
        "imi",
        "te",
        "faci",
        "pa",
    ]);
    let choose = |ro, en| if romanian { ro } else { en };
    if has(&["multumesc", "mersi", "thanks", "thank"]) {
        choose("Cu plăcere!", "You're welcome!")
    } else if has(&["buna", "salut", "hello", "hi", "hey", "hei"]) {
        choose("Salut! Ce mai faci?", "Hello! How are you?")
    } else if has(&["pa", "bye", "goodbye"]) {
        choose("Pa! Pe curând.", "Bye! See you soon.")
    } else if text.contains('?') {
        choose(
            "Bună întrebare. Sunt doar un robot, dar cineva din clasă știe sigur.",
            "Good question. I'm only a bot, but somebody in the class knows for sure.",
        )
    } else {
        choose("Interesant, spune-mi mai mult!", "Interesting, tell me more!")
    }
}

#[cfg(test)]
mod tests {
    use super::super::cast::{BOTS, CAST};
    use super::*;

    #[test]
    fn everybody_in_the_story_is_of_the_class_and_in_his_chat() {
        let is_cast = |name: &str| CAST.iter().any(|part| part.username == name);
        for story in &STORIES {
            let is_in = |name: &str| is_cast(name) && (story.people.is_empty() || story.people.contains(&name));
            assert!(story.people.iter().all(|name| is_cast(name)), "{}", story.name);
            assert!(
                matches!(story.steps.first(), Some(Ago(_))),
                "{} begins at a time",
                story.name
            );
            for step in story.steps {
                match step {
                    Say(who, _) | Reply(who, _) | Photo(who, ..) | File(who, ..) => {
                        assert!(is_in(who), "{who} in {}", story.name);
                    }
                    React(who, emoji) => {
                        assert!(is_in(who), "{who} in {}", story.name);
                        assert!(crate::messages::reactions::is_emoji(emoji), "{emoji}");
                    }
                    Ago(_) | Edit(_) => {}
                }
            }
        }
        assert!(TALK.iter().all(|(who, _)| BOTS.contains(who)));
        assert!(REACTIONS
            .iter()
            .all(|emoji| crate::messages::reactions::is_emoji(emoji)));
    }

    #[test]
    fn an_answer_is_in_the_language_of_who_asks() {
        assert_eq!(answer("Salut, Mira"), "Salut! Ce mai faci?");
        assert_eq!(answer("Hi there"), "Hello! How are you?");
        assert_eq!(answer("Mulțumesc mult"), "Cu plăcere!");
        assert_eq!(answer("I built a robot"), "Interesting, tell me more!");
        assert!(answer("Ce faci?").starts_with("Bună"));
    }
}
