//! Where the body of a stored program ends: `;` separates the statements inside it and does not end it.
//!
//! Told from the words alone. A word opens a block only where a statement of the body may begin, because `if`, `repeat` and
//! `case` are also functions and expressions, and `begin` and `end` also names.

use crate::TokenKind;

/// What is known so far of one statement.
#[derive(Debug, Default)]
pub(super) struct Compound {
    stage: Stage,
    /// How many blocks are open.
    depth: usize,
    place: Place,
    /// How many `CASE` expressions are open in the statement of the body being read.
    cases: usize,
    clause: Clause,
    /// Whether the last token was `=`, so that a word is a value (`DEFINER = trigger`).
    assigned: bool,
    returns: bool,
    each: bool,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Stage {
    #[default]
    Start,
    /// After `CREATE`, or `ALTER` when true.
    Verb(bool),
    /// At the name of the program.
    Name(Kind),
    /// After its name, before its body.
    Heading(Kind),
    /// After a `BEGIN` that begins the statement: a transaction, or a block without a name.
    Begin,
    Body,
    /// Nothing that follows can open a body.
    Over,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    /// The body may begin with the next word.
    Routine,
    /// It begins after `FOR EACH ROW`.
    Trigger,
    /// It begins after `DO`.
    Event,
}

/// Where in the body the next word stands.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Place {
    /// Where a statement may begin.
    #[default]
    Boundary,
    /// After its first word, which may be a label.
    First,
    Inside,
    /// After an `END`: a word there says what ended, and opens nothing.
    Ended,
}

/// What in the statement of the body changes the meaning of its next words.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Clause {
    #[default]
    None,
    /// A `DECLARE`, which may turn out to be of a handler.
    Declare,
    /// A handler, whose statement comes after its conditions.
    Handler,
    /// The head of a `WHILE` or `FOR`, up to `DO`.
    LoopHead,
    /// The condition of an `UNTIL`, up to the `END` of its `REPEAT`.
    Until,
}

const OPENERS: [&str; 7] = ["BEGIN", "IF", "CASE", "LOOP", "WHILE", "REPEAT", "FOR"];

/// Words that may stand between `CREATE` and what is created without saying what that is.
const BEFORE_KIND: [&str; 11] = [
    "OR",
    "REPLACE",
    "DEFINER",
    "AGGREGATE",
    "SQL",
    "SECURITY",
    "INVOKER",
    "TEMPORARY",
    "ALGORITHM",
    "CURRENT_USER",
    "CURRENT_ROLE",
];

/// Words that begin a body of one plain statement, or say that there is none.
const PLAIN_BODIES: [&str; 25] = [
    "SELECT", "INSERT", "UPDATE", "DELETE", "REPLACE", "SET", "CALL", "RETURN", "WITH", "VALUES", "DO", "SIGNAL",
    "RESIGNAL", "CREATE", "DROP", "ALTER", "TRUNCATE", "START", "COMMIT", "ROLLBACK", "PREPARE", "EXECUTE", "ANALYZE",
    "OPTIMIZE", "SONAME",
];

fn any(word: &str, words: &[&str]) -> bool {
    words.iter().any(|one| word.eq_ignore_ascii_case(one))
}

impl Compound {
    /// Whether a `;` belongs to the statement.
    pub(super) fn holds(&self) -> bool {
        self.stage == Stage::Body
    }

    /// Whether the statement makes a routine whose body has not begun.
    pub(super) fn awaits_body(&self) -> bool {
        self.stage == Stage::Heading(Kind::Routine)
    }

    /// Reads the next token, `parentheses` deep in parentheses.
    pub(super) fn token(&mut self, kind: TokenKind, text: &str, parentheses: usize) {
        match self.stage {
            Stage::Over => {}
            Stage::Body => self.body(kind, text),
            _ => self.before_body(kind, text, parentheses),
        }
        self.assigned = kind == TokenKind::Operator && text == "=";
    }

    fn before_body(&mut self, kind: TokenKind, text: &str, parentheses: usize) {
        let word = kind == TokenKind::Word;
        let is = |keyword: &str| word && text.eq_ignore_ascii_case(keyword);
        self.stage = match self.stage {
            Stage::Start if is("CREATE") => Stage::Verb(false),
            Stage::Start if is("ALTER") => Stage::Verb(true),
            Stage::Start if is("BEGIN") => Stage::Begin,
            Stage::Start if word && any(text, &OPENERS) => return self.open(text),
            Stage::Begin if is("NOT") => Stage::Begin,
            Stage::Begin if is("ATOMIC") => return self.open("BEGIN"),
            Stage::Verb(_) if !word || self.assigned => self.stage,
            Stage::Verb(false) if is("PROCEDURE") || is("FUNCTION") => Stage::Name(Kind::Routine),
            Stage::Verb(false) if is("TRIGGER") => Stage::Name(Kind::Trigger),
            Stage::Verb(_) if is("EVENT") => Stage::Name(Kind::Event),
            Stage::Verb(_) if any(text, &BEFORE_KIND) => self.stage,
            Stage::Name(_) if word && any(text, &["IF", "NOT", "EXISTS"]) => self.stage,
            Stage::Name(kind) => Stage::Heading(kind),
            Stage::Heading(kind) if text == "." => Stage::Name(kind),
            Stage::Heading(Kind::Trigger) if self.each && is("ROW") => Stage::Heading(Kind::Routine),
            Stage::Heading(Kind::Event) if parentheses == 0 && is("DO") => Stage::Heading(Kind::Routine),
            Stage::Heading(Kind::Routine) if word && parentheses == 0 => {
                if any(text, &OPENERS) {
                    return self.open(text);
                }
                let plain = any(text, &PLAIN_BODIES) && !(self.returns && is("SET"));
                if plain { Stage::Over } else { self.stage }
            }
            Stage::Heading(_) => self.stage,
            _ => Stage::Over,
        };
        self.each = is("EACH");
        self.returns = is("RETURNS");
    }

    /// A block begins with `word`.
    fn open(&mut self, word: &str) {
        self.stage = Stage::Body;
        self.depth += 1;
        self.cases = 0;
        self.clause = if any(word, &["WHILE", "FOR"]) { Clause::LoopHead } else { Clause::None };
        self.place = if any(word, &["BEGIN", "LOOP", "REPEAT"]) { Place::Boundary } else { Place::Inside };
    }

    fn body(&mut self, kind: TokenKind, text: &str) {
        match kind {
            TokenKind::Semicolon => {
                self.place = Place::Boundary;
                self.clause = Clause::None;
                self.cases = 0;
            }
            TokenKind::Word => self.word(text),
            TokenKind::Colon if self.place == Place::First && text == ":" => self.place = Place::Boundary,
            // A label may be in quotes.
            TokenKind::QuotedName if self.place == Place::Boundary => self.place = Place::First,
            _ => self.place = Place::Inside,
        }
    }

    fn word(&mut self, word: &str) {
        let is = |keyword: &str| word.eq_ignore_ascii_case(keyword);
        match self.place {
            Place::Ended => self.place = Place::Inside,
            Place::Boundary if any(word, &OPENERS) => self.open(word),
            Place::Boundary if is("END") => self.close(),
            Place::Boundary if is("ELSE") => {}
            Place::Boundary => {
                self.place = Place::First;
                self.clause = if is("DECLARE") {
                    Clause::Declare
                } else if is("UNTIL") {
                    Clause::Until
                } else {
                    Clause::None
                };
            }
            Place::First | Place::Inside => {
                self.place = Place::Inside;
                self.inside(word);
            }
        }
    }

    fn inside(&mut self, word: &str) {
        let is = |keyword: &str| word.eq_ignore_ascii_case(keyword);
        match self.clause {
            Clause::Declare if is("HANDLER") => self.clause = Clause::Handler,
            // The `FOR` of a handler names its conditions.
            Clause::Handler if any(word, &OPENERS) && !is("FOR") => self.open(word),
            Clause::Handler if any(word, &PLAIN_BODIES) => self.clause = Clause::None,
            Clause::LoopHead if is("DO") && self.cases == 0 => {
                self.clause = Clause::None;
                self.place = Place::Boundary;
            }
            _ if is("CASE") => self.cases += 1,
            _ if is("END") && self.cases > 0 => self.cases -= 1,
            Clause::Until if is("END") => self.close(),
            _ if self.cases == 0 && any(word, &["THEN", "ELSE"]) => self.place = Place::Boundary,
            _ => {}
        }
    }

    fn close(&mut self) {
        self.depth = self.depth.saturating_sub(1);
        self.clause = Clause::None;
        self.place = Place::Ended;
        if self.depth == 0 {
            self.stage = Stage::Over;
        }
    }
}
