//! One statement: its words, its command document, or its chain of names and calls from `db`.

use driver::Span;

use super::{
    lexer::{self, Kind, Token},
    literal::{Reader, Wrong},
    node::Node,
};

/// What is understood, for whoever wrote something else.
pub(crate) const UNDERSTOOD: &str = "Statements are db.collection.method(…), db.method(…), use name, show dbs, explain before a \
    statement, or a command document such as { ping: 1 }. There is no JavaScript: no variables, functions or loops.";

/// A call in a chain.
#[derive(Clone, Debug)]
pub(crate) struct Step {
    pub name: String,
    /// Where the name stands.
    pub at: Span,
    pub arguments: Vec<Node>,
    /// With its arguments.
    pub span: Span,
}

impl Step {
    /// An argument that was given and is something.
    pub(crate) fn argument(&self, at: usize) -> Option<&Node> {
        self.arguments.get(at).filter(|node| !node.is_nothing())
    }
}

/// A statement as it was written.
#[derive(Clone, Debug)]
pub(crate) enum Written {
    /// `use name`.
    Use(String),
    /// `show what`.
    Show(String, Span),
    /// A command document.
    Command(Node),
    /// Calls on a database, or on a collection of it.
    Chain {
        /// As `getSiblingDB` named it.
        database: Option<String>,
        collection: Option<(String, Span)>,
        steps: Vec<Step>,
    },
}

/// A statement and how it is to be explained, where it begins with `explain`.
#[derive(Clone, Debug)]
pub(crate) struct Parsed {
    pub written: Written,
    pub explain: Option<String>,
}

/// Reads one statement.
///
/// # Errors
/// What is wrong and where, saying what is understood where it is no statement at all.
pub(crate) fn parse(text: &str) -> Result<Parsed, Wrong> {
    let tokens = lexer::tokens(text);
    let mut reader = Reader::new(text, &tokens);
    let mut explain = None;
    if reader.peek().is_some_and(|token| token.is_word(text, "explain"))
        && reader.ahead(1).is_some_and(|next| !next.is(b'(') && !next.is(b'.'))
    {
        reader.next();
        let modes = ["queryPlanner", "executionStats", "allPlansExecution"];
        let mode = reader.peek().filter(|token| modes.iter().any(|mode| token.is_word(text, mode)));
        explain = Some(mode.map_or("queryPlanner", |token| token.text(text)).to_owned());
        reader.at += usize::from(mode.is_some());
    }
    let written = statement(&mut reader)?;
    while reader.eat(b';') {}
    match reader.peek() {
        None => Ok(Parsed { written, explain }),
        Some(_) => reader.wrong("The statement ends before this."),
    }
}

fn statement(reader: &mut Reader<'_>) -> Result<Written, Wrong> {
    let Some(first) = reader.peek() else {
        return Err(Wrong::new(reader.here(), "There is no statement."));
    };
    if first.is(b'{') {
        return reader.value().map(Written::Command);
    }
    let Kind::Word = first.kind else {
        return reader.wrong(format!("This begins no statement. {UNDERSTOOD}"));
    };
    let word = first.text(reader.text);
    let followed = reader.ahead(1).is_some_and(|next| next.is(b'(') || next.is(b'.') || next.is(b'['));
    match word {
        "use" if !followed => {
            reader.next();
            let (name, span) = words(reader);
            match name.is_empty() {
                true => Err(Wrong::new(span, "The name of a database is expected after use.")),
                false => Ok(Written::Use(name)),
            }
        }
        "show" if !followed => {
            reader.next();
            let (what, span) = words(reader);
            Ok(Written::Show(what, span))
        }
        "it" if reader.ahead(1).is_none() => {
            Err(Wrong::new(first.span, "There is nothing to go on with: results are read as far as they are scrolled."))
        }
        "db" => chain(reader),
        "rs" | "sh" if followed => replication(reader),
        _ => Err(Wrong::new(first.span, format!("{} begins no statement. {UNDERSTOOD}", dial::url::brief(word)))),
    }
}

/// The rest of the line as one text, without quotes.
fn words(reader: &mut Reader<'_>) -> (String, Span) {
    let mut span = reader.here();
    while let Some(token) = reader.peek().filter(|token| !token.is(b';')) {
        span.end = token.span.end;
        reader.at += 1;
    }
    let text = reader.text.get(span.start..span.end).unwrap_or_default().trim();
    let bare = ['"', '\'', '`'].iter().find_map(|quote| text.strip_prefix(*quote)?.strip_suffix(*quote));
    (bare.unwrap_or(text).to_owned(), span)
}

/// `rs.status()` and `rs.conf()`, which are commands by another name.
fn replication(reader: &mut Reader<'_>) -> Result<Written, Wrong> {
    let start = reader.here();
    reader.next();
    let known = reader.eat(b'.').then(|| reader.next()).flatten().and_then(|token| match token.text(reader.text) {
        "status" => Some("replSetGetStatus"),
        "conf" | "config" => Some("replSetGetConfig"),
        _ => None,
    });
    let Some(command) = known else {
        return Err(Wrong::new(
            start,
            "Only rs.status() and rs.conf() are understood; others are commands of db.adminCommand.",
        ));
    };
    reader.arguments()?;
    let span = Span { start: start.start, end: reader.before() };
    let name = Node { value: super::node::Literal::Text(command.to_owned()), span };
    let step = Step { name: "adminCommand".to_owned(), at: start, arguments: vec![name], span };
    Ok(Written::Chain { database: None, collection: None, steps: vec![step] })
}

fn chain(reader: &mut Reader<'_>) -> Result<Written, Wrong> {
    reader.next();
    let mut database = None;
    let mut collection: Option<(String, Span)> = None;
    let mut steps: Vec<Step> = Vec::new();
    loop {
        if reader.eat(b'[') {
            let at = reader.here();
            let name = match reader.peek() {
                Some(Token { kind: Kind::Text, .. }) => reader.string()?,
                _ => return reader.wrong("The name of a collection is expected in quotes."),
            };
            reader.expect(b']')?;
            if !steps.is_empty() {
                return Err(Wrong::new(at, "A result has no parts to take: there is no JavaScript."));
            }
            extend(&mut collection, &name, at);
            continue;
        }
        if !reader.eat(b'.') {
            break;
        }
        let Some(token) = reader.peek().filter(|token| token.kind == Kind::Word) else {
            return reader.wrong("A name is expected after the point.");
        };
        reader.next();
        let name = token.text(reader.text);
        if !reader.is(b'(') {
            if !steps.is_empty() {
                return Err(Wrong::new(token.span, "A result has no parts to take: there is no JavaScript."));
            }
            extend(&mut collection, name, token.span);
            continue;
        }
        let method = name;
        if let Some(wrong) = javascript(method, token.span) {
            return Err(wrong);
        }
        let arguments = reader.arguments()?;
        let span = Span { start: token.span.start, end: reader.before() };
        let named = arguments.first().and_then(Node::text);
        match (method, steps.is_empty()) {
            ("getSiblingDB" | "getSisterDB", true) if collection.is_none() => match named {
                Some(name) => database = Some(name.to_owned()),
                None => return Err(Wrong::new(span, "The name of a database is expected in quotes.")),
            },
            ("getCollection", true) if collection.is_none() => match named {
                Some(name) => collection = Some((name.to_owned(), span)),
                None => return Err(Wrong::new(span, "The name of a collection is expected in quotes.")),
            },
            _ => steps.push(Step { name: method.to_owned(), at: token.span, arguments, span }),
        }
    }
    if reader.is(b'=') {
        return reader.wrong("Nothing can be assigned: there are no variables.");
    }
    Ok(Written::Chain { database, collection, steps })
}

fn extend(collection: &mut Option<(String, Span)>, name: &str, at: Span) {
    *collection = Some(match collection.take() {
        Some((before, span)) => (format!("{before}.{name}"), Span { start: span.start, end: at.end }),
        None => (name.to_owned(), at),
    });
}

/// Methods whose arguments are functions.
fn javascript(method: &str, at: Span) -> Option<Wrong> {
    ["forEach", "map", "filter", "reduce", "mapReduce", "group"].contains(&method).then(|| {
        Wrong::new(at, format!("{method} takes a function, and there is no JavaScript here. An aggregation does the same on the server."))
    })
}
