//! Made-up messages whose words come as words of a language do: few very often, most rarely (Zipf's law).
//!
//! Everything is drawn from a fixed seed, so that two runs, and both sides of a ratio, see the same texts.

/// A small, fast random source (SplitMix64); repeatable, which the `rand` crate does not promise over versions.
pub struct Random(u64);

impl Random {
    /// The source that always gives the same numbers for the same seed.
    pub fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// The next 64 bits.
    pub fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ (mixed >> 31)
    }

    /// A number from 0 to below `bound`, which is not 0.
    pub fn below(&mut self, bound: usize) -> usize {
        (self.next() % bound.max(1) as u64) as usize
    }

    /// A number from 0 to below 1.
    pub fn share(&mut self) -> f64 {
        (self.next() >> 11) as f64 / (1u64 << 53) as f64
    }

    /// An identifier as a client makes one: a random UUID's form.
    pub fn uuid(&mut self) -> String {
        let (high, low) = (self.next(), self.next());
        format!(
            "{:08x}-{:04x}-4{:03x}-a{:03x}-{:012x}",
            high >> 32,
            (high >> 16) & 0xFFFF,
            high & 0xFFF,
            low >> 52,
            low & 0xFFFF_FFFF_FFFF
        )
    }
}

/// Syllables that stay apart when their diacritics are removed, as the search index does.
const SYLLABLES: [&str; 40] = [
    "ba", "be", "bi", "co", "cu", "da", "de", "di", "fa", "fo", "ga", "ge", "ha", "jo", "ju", "la", "le", "li", "lo",
    "ma", "me", "mi", "mu", "na", "ne", "no", "pa", "pe", "po", "ră", "re", "ri", "sâ", "se", "și", "te", "ți", "to",
    "va", "vo",
];

/// How many words there are.
const WORDS: usize = 30_000;

/// A vocabulary in the order of frequency: the word of rank r comes 1/r as often as the first.
pub struct Vocabulary {
    words: Vec<String>,
    cumulative: Vec<f64>,
}

impl Vocabulary {
    /// The one vocabulary.
    pub fn new() -> Self {
        let mut sum = 0.0;
        let cumulative = (1..=WORDS)
            .map(|rank| {
                sum += 1.0 / rank as f64;
                sum
            })
            .collect();
        Self {
            words: (0..WORDS).map(word).collect(),
            cumulative,
        }
    }

    /// A text of `count` words.
    pub fn text(&self, random: &mut Random, count: usize) -> String {
        let mut text = String::with_capacity(count * 8);
        for place in 0..count {
            if place > 0 {
                text.push(' ');
            }
            text.push_str(self.draw(random));
        }
        text
    }

    /// A text of exactly `bytes` bytes.
    pub fn text_of(&self, random: &mut Random, bytes: usize) -> String {
        let mut text = self.text(random, bytes / 4);
        let mut end = bytes.min(text.len());
        while !text.is_char_boundary(end) {
            end -= 1;
        }
        text.truncate(end);
        text.extend(std::iter::repeat_n('x', bytes - end));
        text
    }

    /// Searches as people make them: two commonish words, a commonish with a rare one, a rare one alone.
    pub fn searches(&self, random: &mut Random, count: usize) -> Vec<String> {
        (0..count)
            .map(|place| {
                let common = &self.words[30 + random.below(270)];
                let rare = &self.words[3_000 + random.below(17_000)];
                match place % 3 {
                    0 => format!("{common} {}", self.words[30 + random.below(270)]),
                    1 => format!("{common} {rare}"),
                    _ => rare.clone(),
                }
            })
            .collect()
    }

    /// The beginning of a word that is in many a text, and no word itself: words have an even number of letters.
    pub fn beginning(&self) -> String {
        self.words[1_600].chars().take(5).collect()
    }

    fn draw(&self, random: &mut Random) -> &str {
        let drawn = random.share() * self.cumulative[WORDS - 1];
        &self.words[self.cumulative.partition_point(|sum| *sum <= drawn).min(WORDS - 1)]
    }
}

/// The word of a rank: the number written in syllables, two at least, so that no two words are the same.
fn word(rank: usize) -> String {
    let mut left = rank;
    let mut word = String::new();
    for place in 0.. {
        if place >= 2 && left == 0 {
            break;
        }
        word.push_str(SYLLABLES[left % SYLLABLES.len()]);
        left /= SYLLABLES.len();
    }
    word
}
