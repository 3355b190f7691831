//! Texts: by what they are about, within their lengths, and distinct where they must be.

use crate::check::Comparison;
use crate::meaning::Topic;
use crate::mix::{self, Draw, Permutation, count, place};
use crate::words::*;

/// How the texts of a column are made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Text {
    pub(crate) topic: Topic,
    /// The least characters.
    pub(crate) least: usize,
    /// The most characters.
    pub(crate) most: usize,
    /// Whether only ASCII can be stored.
    pub(crate) ascii: bool,
    /// The key that columns about the same person or place share.
    pub(crate) subject: u64,
}

/// The characters of codes, which no collation takes for one another.
const SIGNS: &[u8; 36] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ";
/// More characters than this are not filled without need.
const ROOMY: usize = 400;
/// The area codes and line numbers kept for fiction.
const PHONES: u64 = 800 * 100;

impl Text {
    /// How many different texts there are room for.
    pub(crate) fn capacity(&self) -> u64 {
        codes(self.most)
    }

    /// Obeys a comparison of the length. `None` when it cannot.
    pub(crate) fn narrow(&mut self, comparison: Comparison, characters: i128) -> Option<()> {
        let (least, most) = match comparison {
            Comparison::Less => (None, Some(characters.saturating_sub(1))),
            Comparison::AtMost => (None, Some(characters)),
            Comparison::AtLeast => (Some(characters), None),
            Comparison::More => (Some(characters.saturating_add(1)), None),
            Comparison::Equal => (Some(characters), Some(characters)),
            Comparison::Unequal if characters == 0 => (Some(1), None),
            Comparison::Unequal => return None,
        };
        if let Some(least) = least {
            // A text longer than this would be all padding.
            let least = usize::try_from(least.max(0)).ok().filter(|least| *least <= 10_000)?;
            self.least = self.least.max(least);
        }
        if let Some(most) = most {
            self.most = self.most.min(usize::try_from(most.max(0)).unwrap_or(usize::MAX));
        }
        Some(())
    }

    /// A text of one row.
    pub(crate) fn draw(&self, draw: &mut Draw, row: u64) -> String {
        let text = match self.topic {
            Topic::Code | Topic::Words if self.most <= 3 => coded(draw.below(codes(self.most)), self.most),
            _ => self.free(draw, row),
        };
        self.fit(text)
    }

    fn free(&self, draw: &mut Draw, row: u64) -> String {
        let mut subject = Draw::new(self.subject, row);
        match self.topic {
            Topic::Given | Topic::Family | Topic::Person | Topic::User | Topic::Email => {
                let (given, family) = self.person(&mut subject);
                let slug = format!("{}.{}", given.1, family.1);
                match self.topic {
                    Topic::Given => self.spelled(given),
                    Topic::Family => self.spelled(family),
                    Topic::Person => format!("{} {}", self.spelled(given), self.spelled(family)),
                    Topic::User => format!("{slug}{}", draw.below(100)),
                    // What does not fit goes from the front part: a cut domain would be somebody's.
                    _ => match self.most.checked_sub("@example.com".len()).filter(|room| *room > 0) {
                        Some(room) => {
                            let local: String = slug.chars().take(room).collect();
                            format!("{}@{}", local.trim_end_matches(['.', '-']), example(draw))
                        }
                        None => slug.replace(['.', '-'], ""),
                    },
                }
            }
            Topic::City | Topic::Country | Topic::CountryCode | Topic::Postcode => self.place(&mut subject, draw),
            Topic::Phone => self.phone(draw.below(PHONES), 0),
            Topic::Company => format!("{} {}", self.word(draw, FIRMS), self.word(draw, TRADES)),
            Topic::Street => format!("{} {}", draw.below(199) + 1, self.word(draw, STREETS)),
            Topic::Url if self.most < 24 => format!("/{}", draw.word(ADJECTIVES)),
            Topic::Domain if self.most < 22 => draw.word(ADJECTIVES).to_owned(),
            Topic::Url => format!("https://{}/{}-{}", example(draw), draw.word(ADJECTIVES), draw.below(10_000)),
            Topic::Domain => format!("{}-{}.{}", draw.word(ADJECTIVES), draw.below(100), example(draw)),
            Topic::Ip => format!("{}.{}", draw.word(&["192.0.2", "198.51.100", "203.0.113"]), draw.below(254) + 1),
            Topic::Title => capital(&format!("{} {}", draw.word(ADJECTIVES), self.word(draw, THINGS))),
            Topic::Prose => {
                let room = self.most.min(ROOMY);
                let mut text = self.word(draw, SENTENCES).to_owned();
                for _ in 0..draw.below(4) {
                    let more = self.word(draw, SENTENCES);
                    if !text.contains(more) && text.chars().count() + 1 + more.chars().count() <= room {
                        text = format!("{text} {more}");
                    }
                }
                text
            }
            Topic::Code => {
                let letters: String = (0..2).map(|_| letter(draw.below(26))).collect();
                format!("{letters}-{:04}", draw.below(10_000))
            }
            Topic::Words => format!("{} {}", draw.word(ADJECTIVES), self.word(draw, THINGS)),
            _ => self.word(draw, self.list().unwrap_or(CATEGORIES)).to_owned(),
        }
    }

    /// Texts that are taken from a list as they are.
    fn list(&self) -> Option<&'static [&'static str]> {
        Some(match self.topic {
            Topic::Region => REGIONS,
            Topic::Status => STATUSES,
            Topic::Category => CATEGORIES,
            Topic::Colour => COLOURS,
            Topic::Currency => CURRENCIES,
            Topic::Language => LANGUAGES,
            _ => return None,
        })
    }

    /// The text with a place among `wanted` distinct ones.
    pub(crate) fn distinct(&self, at: u64, wanted: u64, key: u64) -> String {
        let listed = self.listed();
        if wanted <= count(listed.len())
            && listed.iter().all(|word| (self.least..=self.most).contains(&word.chars().count()))
        {
            let chosen = Permutation::new(count(listed.len()), key).at(at);
            return listed.get(place(chosen)).map(|&word| word.to_owned()).unwrap_or_default();
        }
        let digits = wanted.max(1).to_string().len();
        let number = at + 1;
        let mut draw = Draw::new(key, at);
        let room = |around: usize| self.most.checked_sub(around + digits).filter(|room| *room > 0);
        let made = match self.topic {
            Topic::Email => room("@example.com".len()).map(|room| {
                let base = self.slug(at);
                let base: String = base.chars().take(room).collect();
                format!("{}{number}@{}", base.trim_end_matches(['.', '-']), example(&mut draw))
            }),
            Topic::User => {
                room(0).map(|room| format!("{}{number}", self.slug(at).chars().take(room).collect::<String>()))
            }
            Topic::Url => {
                room("https://example.com/item-".len()).map(|_| format!("https://{}/item-{number}", example(&mut draw)))
            }
            Topic::Domain => room("host-.example.com".len()).map(|_| format!("host-{number}.{}", example(&mut draw))),
            Topic::Phone if self.most >= 23 || (self.most >= 8 && wanted <= phones(self.most)) => {
                let at_once = phones(self.most);
                Some(self.phone(Permutation::new(at_once, key).at(at % at_once), at / at_once))
            }
            Topic::Ip if self.most >= 15 && wanted <= 1 << 24 => {
                let [_, second, third, fourth] =
                    u32::try_from(Permutation::new(1 << 24, key).at(at)).unwrap_or(0).to_be_bytes();
                Some(format!("10.{second}.{third}.{fourth}"))
            }
            Topic::Code => room(3).map(|_| {
                let size = 10_u64.checked_pow(u32::try_from(digits).unwrap_or(20)).unwrap_or(u64::MAX);
                let code = Permutation::new(size, key).at(at);
                let letters: String = (0..2).map(|_| letter(draw.below(26))).collect();
                format!("{letters}-{code:0digits$}")
            }),
            Topic::CountryCode | Topic::Currency | Topic::Language | Topic::Postcode => None,
            _ => room(1).filter(|room| *room >= 3).map(|room| {
                let base: String = self.free(&mut draw, at).chars().take(room.min(ROOMY)).collect();
                format!("{} {number}", base.trim_end())
            }),
        };
        match made {
            // A text that is too short is one the number of which would be lost in padding: a code says it all.
            Some(text) if self.least <= text.chars().count() => text,
            Some(text) if self.least > 0 => self.padded(&text),
            _ => self.code(at, wanted, key),
        }
    }

    /// Filled up in front, where the number at the end is safe.
    fn padded(&self, text: &str) -> String {
        let missing = self.least.saturating_sub(text.chars().count());
        // The mark ends the padding, so that no two texts meet: none begins with it.
        let padding: String = std::iter::repeat_n('x', missing.saturating_sub(1)).collect();
        format!("{padding}_{text}")
    }

    /// Words of which each is one value.
    fn listed(&self) -> Vec<&'static str> {
        let all: Vec<&'static str> = match self.topic {
            Topic::City if self.ascii => PLACES.iter().map(|place| place.1).collect(),
            Topic::City => PLACES.iter().map(|place| place.0).collect(),
            Topic::Country if self.most > 3 => PLACES.iter().map(|place| place.2).collect(),
            Topic::Country | Topic::CountryCode => PLACES.iter().map(|place| place.3).collect(),
            _ => self.list().map(<[_]>::to_vec).unwrap_or_default(),
        };
        all.into_iter().filter(|word| self.takes(word)).collect()
    }

    /// The place among `wanted` as signs, in no visible order.
    fn code(&self, at: u64, wanted: u64, key: u64) -> String {
        let mut length = self.least.max(2).min(self.most);
        while length < self.most && codes(length) < wanted {
            length += 1;
        }
        coded(Permutation::new(codes(length), key).at(at), length)
    }

    fn takes(&self, text: &str) -> bool {
        !self.ascii || text.is_ascii()
    }

    /// A word of a list, in ASCII where nothing else can be stored.
    fn word(&self, draw: &mut Draw, list: &[&'static str]) -> &'static str {
        let from = place(draw.below(count(list.len())));
        list.iter().cycle().skip(from).take(list.len()).find(|word| self.takes(word)).copied().unwrap_or_default()
    }

    fn person(&self, subject: &mut Draw) -> ((&'static str, &'static str), (&'static str, &'static str)) {
        let given = subject.pick(GIVEN).copied().unwrap_or_default();
        (given, subject.pick(FAMILY).copied().unwrap_or_default())
    }

    fn spelled(&self, (name, ascii): (&str, &str)) -> String {
        if self.takes(name) { name.to_owned() } else { capital(ascii) }
    }

    fn slug(&self, row: u64) -> String {
        let (given, family) = self.person(&mut Draw::new(self.subject, row));
        format!("{}.{}", given.1, family.1)
    }

    fn place(&self, subject: &mut Draw, draw: &mut Draw) -> String {
        let (city, ascii, country, code, pattern) = subject.pick(PLACES).copied().unwrap_or_default();
        match self.topic {
            Topic::City if self.takes(city) => city.to_owned(),
            Topic::City => ascii.to_owned(),
            Topic::Country if self.most > 3 && self.takes(country) => country.to_owned(),
            Topic::Country | Topic::CountryCode => code.to_owned(),
            _ => pattern
                .chars()
                .map(|sign| if sign == '#' { char::from(b'0' + digit(draw.below(10))) } else { sign })
                .collect(),
        }
    }

    /// A number of the range kept for fiction, as long as there is room for.
    fn phone(&self, number: u64, extension: u64) -> String {
        let (area, line) = (200 + number / 100 % 800, number % 100);
        let after = if extension > 0 { format!(" x{extension}") } else { String::new() };
        match self.most {
            15.. => format!("+1 {area} 555 01{line:02}{after}"),
            12..=14 => format!("{area}-555-01{line:02}"),
            _ => format!("555-01{line:02}"),
        }
    }

    /// Brings a text to its length, without a space at its end.
    fn fit(&self, text: String) -> String {
        let mut text = if text.chars().nth(self.most).is_some() {
            let cut: String = text.chars().take(self.most).collect();
            cut.trim_end().to_owned()
        } else {
            text
        };
        let missing = self.least.min(self.most).saturating_sub(text.chars().count());
        let padding = "x".repeat(missing);
        match self.topic {
            Topic::Email | Topic::Domain => text.insert_str(0, &padding),
            _ => text.push_str(&padding),
        }
        text
    }
}

/// The phone numbers there are at a length without an extension.
fn phones(most: usize) -> u64 {
    if most >= 12 { PHONES } else { 100 }
}

/// How many codes of a length there are.
fn codes(length: usize) -> u64 {
    36_u64.saturating_pow(u32::try_from(length).unwrap_or(u32::MAX))
}

fn coded(mut number: u64, length: usize) -> String {
    let mut signs = Vec::new();
    for _ in 0..length {
        signs.push(SIGNS.get(place(number % 36)).copied().map_or('0', char::from));
        number /= 36;
    }
    signs.into_iter().rev().collect()
}

fn digit(number: u64) -> u8 {
    u8::try_from(number % 10).unwrap_or(0)
}

fn letter(number: u64) -> char {
    char::from(b'A' + u8::try_from(number % 26).unwrap_or(0))
}

fn example(draw: &mut Draw) -> &'static str {
    draw.word(&["example.com", "example.org", "example.net"])
}

fn capital(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map(|first| first.to_uppercase().chain(letters).collect()).unwrap_or_default()
}

/// A key that columns about the same subject of a table share.
pub(crate) fn subject(table: u64, name: &str) -> u64 {
    mix::named(mix::join(table, 0x50), name)
}
