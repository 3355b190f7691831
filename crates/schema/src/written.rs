//! A definition as a person writes it: one `CREATE` statement of a view, routine, trigger, event or index.
//!
//! What is read of it is what tells which object it makes, and what the engine keeps apart; all else stays as it was written.

use std::{collections::BTreeMap, fmt};

use catalog::{Enabled, ObjectKey, ObjectKind, RoutineKind};
use sql::{Token, TokenKind, tokenize};

use crate::{definition::*, elements};

/// Why a text is not the definition of an object.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum WrittenError {
    /// It is no statement, or several.
    NotOne,
    /// It makes nothing that is defined by a text as a whole.
    Other,
    /// It makes something for the session only.
    Temporary,
    /// A name or keyword that has to follow is missing.
    Missing(&'static str),
}

impl fmt::Display for WrittenError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            WrittenError::NotOne => f.write_str("This has to be one statement."),
            WrittenError::Other => f.write_str(
                "This has to be a CREATE statement of a view, function, procedure, trigger, event or index.",
            ),
            WrittenError::Temporary => f.write_str("What is temporary belongs to one session and cannot be staged."),
            WrittenError::Missing(what) => write!(f, "Here {what} is missing."),
        }
    }
}

impl std::error::Error for WrittenError {}

/// A text by its tokens.
struct Reading<'a> {
    text: &'a str,
    tokens: Vec<Token>,
    server: Server,
}

/// Where a name was read, and up to where.
struct Named {
    schema: Option<String>,
    name: String,
    end: usize,
}

impl Server {
    /// What a `CREATE` statement defines, under its identity; names without a schema are in `schema`. Where the object is there
    /// already, `before` is it as it is now: what only the server writes (the types of arguments) stays as it was where the text says
    /// the same.
    ///
    /// # Errors
    /// [`WrittenError`].
    pub fn written(
        self,
        text: &str,
        schema: Option<&str>,
        before: Option<(&ObjectKey, &Object)>,
    ) -> Result<(ObjectKey, Body), WrittenError> {
        let statements = sql::split(text, self.dialect());
        let [one] = statements.as_slice() else { return Err(WrittenError::NotOne) };
        let text = text.get(one.span.start..one.span.end).unwrap_or_default().trim().trim_end_matches(';').trim_end();
        let tokens = tokenize(text, self.dialect()).into_iter().filter(|token| !token.kind.is_trivia()).collect();
        let reading = Reading { text, tokens, server: self };
        let schema = if matches!(self.engine, Engine::MySql | Engine::MariaDb) { None } else { schema };
        reading.read(schema, before)
    }
}

impl Reading<'_> {
    fn at(&self, place: usize) -> &str {
        self.tokens.get(place).map_or("", |token| self.text.get(token.span.start..token.span.end).unwrap_or_default())
    }

    fn is(&self, place: usize, word: &str) -> bool {
        self.tokens.get(place).is_some_and(|token| token.kind == TokenKind::Word)
            && self.at(place).eq_ignore_ascii_case(word)
    }

    /// The first place from there that is this word outside of parentheses.
    fn find(&self, from: usize, word: &str) -> Option<usize> {
        let mut depth = 0_usize;
        for place in from..self.tokens.len() {
            match self.tokens[place].kind {
                TokenKind::OpenParen => depth += 1,
                TokenKind::CloseParen => depth = depth.saturating_sub(1),
                _ if depth == 0 && self.is(place, word) => return Some(place),
                _ => {}
            }
        }
        None
    }

    /// One past the parenthesis that closes the one at this place.
    fn behind_parenthesis(&self, open: usize) -> usize {
        let mut depth = 0_usize;
        for place in open..self.tokens.len() {
            match self.tokens[place].kind {
                TokenKind::OpenParen => depth += 1,
                TokenKind::CloseParen => {
                    depth = depth.saturating_sub(1);
                    if depth == 0 {
                        return place + 1;
                    }
                }
                _ => {}
            }
        }
        self.tokens.len()
    }

    /// What is written from one place up to another, spaces and comments included.
    fn slice(&self, from: usize, to: usize) -> &str {
        let start = self.tokens.get(from).map_or(self.text.len(), |token| token.span.start);
        let end = to.checked_sub(1).and_then(|last| self.tokens.get(last)).map_or(start, |token| token.span.end);
        self.text.get(start..end.max(start)).unwrap_or_default()
    }

    /// All of it but these places. A name of PostgreSQL's at `unqualified` gets its schema: where it is sent, another one may be looked
    /// in first.
    fn rewritten(&self, left_out: &[usize], unqualified: Option<(usize, &str)>) -> String {
        let mut out = String::new();
        let mut end = None;
        for (place, token) in self.tokens.iter().enumerate() {
            let between = end.and_then(|end| self.text.get(end..token.span.start)).unwrap_or_default();
            end = Some(token.span.end);
            if left_out.contains(&place) {
                continue;
            }
            out.push_str(between);
            if let Some((_, schema)) = unqualified.filter(|(name, _)| *name == place) {
                out.push_str(&self.server.quote(schema));
                out.push('.');
            }
            out.push_str(self.at(place));
        }
        out
    }

    fn name_of(&self, place: usize) -> Option<String> {
        let token = self.tokens.get(place)?;
        let written = self.at(place);
        match token.kind {
            TokenKind::QuotedName => Some(elements::name(written)),
            TokenKind::Word if self.server.engine == Engine::Postgres => Some(written.to_lowercase()),
            TokenKind::Word => Some(written.to_owned()),
            _ => None,
        }
    }

    fn named(&self, place: usize) -> Option<Named> {
        let first = self.name_of(place)?;
        if self.tokens.get(place + 1).is_some_and(|token| token.kind == TokenKind::Dot) {
            let name = self.name_of(place + 2)?;
            return Some(Named { schema: Some(first), name, end: place + 3 });
        }
        Some(Named { schema: None, name: first, end: place + 1 })
    }

    fn read(
        &self,
        schema: Option<&str>,
        before: Option<(&ObjectKey, &Object)>,
    ) -> Result<(ObjectKey, Body), WrittenError> {
        if !self.is(0, "CREATE") {
            return Err(WrittenError::Other);
        }
        const KINDS: [&str; 6] = ["VIEW", "FUNCTION", "PROCEDURE", "TRIGGER", "EVENT", "INDEX"];
        let mut kind_at = 1;
        while kind_at < self.tokens.len() && !KINDS.iter().any(|kind| self.is(kind_at, kind)) {
            if ["TEMP", "TEMPORARY"].iter().any(|word| self.is(kind_at, word)) {
                return Err(WrittenError::Temporary);
            }
            let foreign = ["TABLE", "TYPE", "SCHEMA", "DOMAIN", "SEQUENCE", "POLICY", "ROLE", "USER", "AGGREGATE"];
            if foreign.iter().any(|word| self.is(kind_at, word)) {
                return Err(WrittenError::Other);
            }
            kind_at += 1;
        }
        if kind_at >= self.tokens.len() {
            return Err(WrittenError::Other);
        }
        // Whether something is there already is the plan's to know.
        let mut left_out: Vec<usize> = Vec::new();
        if self.is(1, "OR") && self.is(2, "REPLACE") {
            left_out.extend([1, 2]);
        }
        let mut at = kind_at + 1;
        if self.is(at, "CONCURRENTLY") {
            left_out.push(at);
            at += 1;
        }
        if self.is(at, "IF") {
            left_out.extend([at, at + 1, at + 2]);
            at += 3;
        }
        let own = self.named(at).ok_or(WrittenError::Missing("a name"))?;
        let place = self.place(&own, schema);
        match self.at(kind_at).to_ascii_uppercase().as_str() {
            "VIEW" => self.view(&own, place, self.is(kind_at - 1, "MATERIALIZED"), &left_out),
            "FUNCTION" => Ok(self.routine(&own, place, RoutineKind::Function, &left_out, before)),
            "PROCEDURE" => Ok(self.routine(&own, place, RoutineKind::Procedure, &left_out, before)),
            "TRIGGER" => {
                let on = self.find(own.end, "ON").ok_or(WrittenError::Missing("ON and a table"))?;
                let table = self.named(on + 1).ok_or(WrittenError::Missing("a table"))?;
                let table_place = self.place(&table, schema);
                let unqualified = self.unqualified(on + 1, &table, table_place.as_deref());
                let key = ObjectKey {
                    kind: ObjectKind::Trigger,
                    name: own.name,
                    signature: Some(table.name),
                    ..ObjectKey::relation(None, table_place.as_deref(), "")
                };
                let enabled = before.and_then(|(_, one)| match &one.body {
                    Body::Trigger(one) => Some(one.enabled),
                    _ => None,
                });
                let text = self.rewritten(&left_out, unqualified);
                Ok((key, Body::Trigger(Trigger { enabled: enabled.unwrap_or(Enabled::Origin), text })))
            }
            "EVENT" => {
                let key = ObjectKey { kind: ObjectKind::Event, ..ObjectKey::relation(None, None, &own.name) };
                Ok((key, Body::Event(self.rewritten(&left_out, None))))
            }
            _ => self.index(own, schema, &left_out),
        }
    }

    fn place(&self, named: &Named, schema: Option<&str>) -> Option<String> {
        match self.server.engine {
            Engine::MySql | Engine::MariaDb => None,
            _ => named.schema.clone().or_else(|| schema.map(str::to_owned)),
        }
    }

    /// Where the schema of a name has to be written, and which.
    fn unqualified<'p>(&self, place: usize, named: &Named, schema: Option<&'p str>) -> Option<(usize, &'p str)> {
        let wanted = self.server.engine == Engine::Postgres && named.schema.is_none();
        schema.filter(|_| wanted).map(|schema| (place, schema))
    }

    fn view(
        &self,
        own: &Named,
        place: Option<String>,
        materialized: bool,
        left_out: &[usize],
    ) -> Result<(ObjectKey, Body), WrittenError> {
        let key = ObjectKey::relation(None, place.as_deref(), &own.name);
        let mut view = View {
            materialized,
            columns: Vec::new(),
            column_comments: BTreeMap::new(),
            options: Vec::new(),
            query: String::new(),
        };
        let of = self.find(own.end, "AS").ok_or(WrittenError::Missing("AS and a query"))?;
        if self.server.engine != Engine::Postgres {
            view.query = self.rewritten(left_out, None);
            return Ok((key, Body::View(view)));
        }
        let mut at = own.end;
        if self.tokens.get(at).is_some_and(|token| token.kind == TokenKind::OpenParen) {
            let end = self.behind_parenthesis(at);
            view.columns =
                (at + 1..end).filter_map(|place| self.name_of(place)).map(|name| (name, String::new())).collect();
            at = end;
        }
        if self.is(at, "WITH") {
            let end = self.behind_parenthesis(at + 1);
            let inside = self.slice(at + 2, end.saturating_sub(1));
            view.options = inside.split(',').map(|option| option.replace(' ', "")).collect();
        }
        let mut end = self.tokens.len();
        if materialized {
            for words in [&["WITH", "NO", "DATA"][..], &["WITH", "DATA"]] {
                if self.ends_with(end, words) {
                    end -= words.len();
                }
            }
        } else if self.ends_with(end, &["CHECK", "OPTION"]) {
            let (how, words) = match end {
                _ if self.ends_with(end, &["WITH", "LOCAL", "CHECK", "OPTION"]) => ("local", 4),
                _ if self.ends_with(end, &["WITH", "CASCADED", "CHECK", "OPTION"]) => ("cascaded", 4),
                _ => ("cascaded", 3),
            };
            view.options.push(format!("check_option={how}"));
            end = end.saturating_sub(words);
        }
        view.query = self.slice(of + 1, end).to_owned();
        if view.query.is_empty() { Err(WrittenError::Missing("a query")) } else { Ok((key, Body::View(view))) }
    }

    fn ends_with(&self, end: usize, words: &[&str]) -> bool {
        end.checked_sub(words.len())
            .is_some_and(|start| words.iter().enumerate().all(|(place, word)| self.is(start + place, word)))
    }

    fn routine(
        &self,
        own: &Named,
        place: Option<String>,
        kind: RoutineKind,
        left_out: &[usize],
        before: Option<(&ObjectKey, &Object)>,
    ) -> (ObjectKey, Body) {
        let new = |signature: String| ObjectKey {
            kind: ObjectKind::Routine,
            signature: Some(signature),
            ..ObjectKey::relation(None, place.as_deref(), &own.name)
        };
        if self.server.engine != Engine::Postgres {
            let word = if kind == RoutineKind::Procedure { "procedure" } else { "function" };
            let text = self.rewritten(left_out, None);
            let body = Routine { routine: kind, arguments: String::new(), returns: None, text };
            return (new(word.to_owned()), Body::Routine(body));
        }
        let (arguments, returns) = self.head(own.end);
        // As the server prints it, which can be sent for one that is there and one that is not.
        let name_at = own.end - if own.schema.is_some() { 3 } else { 1 };
        let text = self.rewritten(left_out, self.unqualified(name_at, own, place.as_deref()));
        let text = format!("CREATE OR REPLACE{}", text.get("CREATE".len()..).unwrap_or_default());
        if let Some((key, Object { body: Body::Routine(there), .. })) = before
            && (&key.name, &key.schema) == (&own.name, &place)
        {
            let tokens = tokenize(&there.text, self.server.dialect());
            let tokens = tokens.into_iter().filter(|token| !token.kind.is_trivia()).collect();
            let old = Reading { text: &there.text, tokens, server: self.server };
            let kind_at = if old.is(1, "OR") { 3 } else { 1 };
            if let Some(name) = old.named(kind_at + 1)
                && old.head(name.end) == (arguments.clone(), returns.clone())
            {
                return (key.clone(), Body::Routine(Routine { text, ..there.clone() }));
            }
        }
        let signature = identity_of(&arguments, kind);
        let body = Routine { routine: kind, arguments: arguments.join(", "), returns, text };
        (new(signature), Body::Routine(body))
    }

    /// The arguments of a routine and what it returns, spaced alike.
    fn head(&self, open: usize) -> (Vec<String>, Option<String>) {
        let end = self.behind_parenthesis(open);
        let words = |from: usize, to: usize| {
            let words: Vec<String> = (from..to)
                .map(|place| match self.tokens[place].kind {
                    TokenKind::Word => self.at(place).to_lowercase(),
                    _ => self.at(place).to_owned(),
                })
                .collect();
            words.join(" ")
        };
        let (mut arguments, mut from, mut depth) = (Vec::new(), open + 1, 0_usize);
        for place in open..end {
            match self.tokens[place].kind {
                TokenKind::OpenParen => depth += 1,
                TokenKind::CloseParen if depth > 1 => depth -= 1,
                TokenKind::CloseParen if place > from => arguments.push(words(from, place)),
                TokenKind::Comma if depth == 1 => {
                    arguments.push(words(from, place));
                    from = place + 1;
                }
                _ => {}
            }
        }
        const ENDS: [&str; 18] = [
            "LANGUAGE",
            "AS",
            "IMMUTABLE",
            "STABLE",
            "VOLATILE",
            "STRICT",
            "CALLED",
            "SECURITY",
            "PARALLEL",
            "COST",
            "ROWS",
            "SET",
            "WINDOW",
            "LEAKPROOF",
            "NOT",
            "RETURN",
            "BEGIN",
            "TRANSFORM",
        ];
        let returns = self.is(end, "RETURNS").then(|| {
            let mut depth = 0_usize;
            let mut to = end + 1;
            while to < self.tokens.len() {
                match self.tokens[to].kind {
                    TokenKind::OpenParen => depth += 1,
                    TokenKind::CloseParen => depth = depth.saturating_sub(1),
                    _ if depth == 0 && ENDS.iter().any(|word| self.is(to, word)) => break,
                    _ => {}
                }
                to += 1;
            }
            words(end + 1, to)
        });
        (arguments, returns)
    }

    fn index(&self, own: Named, schema: Option<&str>, left_out: &[usize]) -> Result<(ObjectKey, Body), WrittenError> {
        let on = self.find(own.end, "ON").ok_or(WrittenError::Missing("ON and a table"))?;
        let at = if self.is(on + 1, "ONLY") { on + 2 } else { on + 1 };
        let table = self.named(at).ok_or(WrittenError::Missing("a table"))?;
        let of_mysql = matches!(self.server.engine, Engine::MySql | Engine::MariaDb);
        if of_mysql {
            // There an index is a part of its table's text.
            return Err(WrittenError::Other);
        }
        let table_place = self.place(&table, schema);
        let relation = ObjectKey::relation(None, table_place.as_deref(), &table.name);
        let open = (table.end..self.tokens.len()).find(|place| self.tokens[*place].kind == TokenKind::OpenParen);
        let open = open.ok_or(WrittenError::Missing("its columns"))?;
        let end = self.behind_parenthesis(open);
        let keys = (open + 1..end).filter_map(|place| self.name_of(place)).collect();
        let text = match self.server.engine {
            Engine::Sqlite => self.slice(open, self.tokens.len()).to_owned(),
            _ => self.rewritten(left_out, self.unqualified(at, &table, table_place.as_deref())),
        };
        let key = ObjectKey { kind: ObjectKind::Index, ..ObjectKey::relation(None, table_place.as_deref(), &own.name) };
        Ok((key, Body::Index(Index { relation, unique: self.is(1, "UNIQUE"), keys, text })))
    }
}

/// Arguments without their defaults, as the server prints them for an identity, as far as their words tell.
fn identity_of(arguments: &[String], kind: RoutineKind) -> String {
    const MODES: [&str; 4] = ["in", "out", "inout", "variadic"];
    const WORDS: [(&str, &str); 12] = [
        ("int", "integer"),
        ("int4", "integer"),
        ("int8", "bigint"),
        ("int2", "smallint"),
        ("bool", "boolean"),
        ("varchar", "character varying"),
        ("decimal", "numeric"),
        ("float8", "double precision"),
        ("float4", "real"),
        ("timestamptz", "timestamp with time zone"),
        ("timestamp", "timestamp without time zone"),
        ("char", "character"),
    ];
    const TWO: [&str; 5] = ["double", "character", "timestamp", "time", "bit"];
    let one = |text: &String| {
        let mut words: Vec<&str> = text.split(' ').collect();
        if let Some(end) = words.iter().position(|word| *word == "default" || *word == "=") {
            words.truncate(end);
        }
        let mode = words.first().copied().filter(|word| MODES.contains(word));
        if mode.is_some() {
            words.remove(0);
        }
        if mode == Some("out") {
            return None;
        }
        // A name stands before its type.
        let mut name = String::new();
        if words.len() > 1
            && !TWO.contains(&words[0])
            && words.get(1).is_some_and(|word| word.starts_with(|sign: char| sign.is_alphabetic() || sign == '"'))
        {
            name = format!("{} ", words.remove(0));
        }
        // Modifiers are no part of it.
        let mut kept = Vec::new();
        let mut depth = 0_usize;
        for word in words {
            match word {
                "(" => depth += 1,
                ")" => depth = depth.saturating_sub(1),
                _ if depth == 0 => kept.push(word),
                _ => {}
            }
        }
        let text = kept.join(" ").replace(" [ ]", "[]").replace(" . ", ".");
        let stem = text.trim_end_matches("[]");
        let stem = WORDS.iter().find(|(short, _)| *short == stem).map_or(stem, |(_, full)| *full);
        // Of a procedure's the server says so.
        let usual = (kind == RoutineKind::Procedure).then_some("in");
        let mode = mode
            .filter(|mode| *mode != "in")
            .or(usual)
            .map(|mode| format!("{} ", mode.to_uppercase()))
            .unwrap_or_default();
        Some(format!("{mode}{name}{stem}{}", if text.ends_with("[]") { "[]" } else { "" }))
    };
    arguments.iter().filter_map(one).collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pg() -> Server {
        Server::postgres(180_000)
    }

    fn read(server: Server, text: &str) -> (ObjectKey, Body) {
        server.written(text, Some("public"), None).unwrap()
    }

    #[test]
    fn views_are_read() {
        let text = "create or replace view Shop.\"Late orders\" (id, \"AS\") with (security_invoker = true, \
            security_barrier) as -- those\nselect id, 'as' from orders with local check option;";
        let (key, body) = read(pg(), text);
        assert_eq!(key, ObjectKey::relation(None, Some("shop"), "Late orders"));
        let Body::View(view) = body else { panic!("{body:?}") };
        assert_eq!(view.options, ["security_invoker=true", "security_barrier", "check_option=local"]);
        assert_eq!(view.query, "select id, 'as' from orders");
        assert_eq!(view.columns.len(), 2);
        let (key, body) = read(pg(), "CREATE MATERIALIZED VIEW IF NOT EXISTS mv AS (SELECT 1) WITH NO DATA");
        assert_eq!(key, ObjectKey::relation(None, Some("public"), "mv"));
        assert!(matches!(body, Body::View(View { materialized: true, query, .. }) if query == "(SELECT 1)"));
        let maria = Server { engine: Engine::MariaDb, version: 110_800 };
        let (key, body) = read(maria, "CREATE OR REPLACE VIEW shop.late AS SELECT 1");
        assert_eq!(key, ObjectKey::relation(None, None, "late"));
        assert!(matches!(body, Body::View(view) if view.query == "CREATE VIEW shop.late AS SELECT 1"));
    }

    #[test]
    fn routines_keep_their_identity() {
        let text = "CREATE FUNCTION add(a int, b integer DEFAULT (1 + 2), VARIADIC c varchar(3)[]) RETURNS SETOF int8\n\
            LANGUAGE sql AS $$ select 1; $$";
        let (key, body) = read(pg(), text);
        assert_eq!(key.signature.as_deref(), Some("a integer, b integer, VARIADIC c character varying[]"));
        let Body::Routine(one) = &body else { panic!("{body:?}") };
        assert_eq!(one.returns.as_deref(), Some("setof int8"));
        assert!(one.text.starts_with("CREATE OR REPLACE FUNCTION public.add("), "{}", one.text);
        let mut there = Definition::new(pg());
        let server_key = ObjectKey { signature: Some("as the server says".to_owned()), ..key };
        there.insert(server_key.clone(), body.clone());
        let before = Some((&server_key, &there.objects[&server_key]));
        let same = text.replace("select 1", "select 2").replace("CREATE", "create or replace");
        assert_eq!(pg().written(&same, Some("public"), before).unwrap().0, server_key);
        let other = text.replace("a int,", "a text,");
        assert_ne!(pg().written(&other, Some("public"), before).unwrap().0, server_key);
    }

    #[test]
    fn triggers_events_and_indexes_are_read() {
        let text = "CREATE TRIGGER stamp BEFORE UPDATE OF \"on\" ON app.orders FOR EACH ROW EXECUTE FUNCTION touch()";
        let (key, _) = read(pg(), text);
        assert_eq!(
            (key.kind, key.signature.as_deref(), key.schema.as_deref()),
            (ObjectKind::Trigger, Some("orders"), Some("app"))
        );
        let unqualified = text.replace("app.orders", "orders");
        let (_, body) = pg().written(&unqualified, Some("app"), None).unwrap();
        assert!(matches!(body, Body::Trigger(one) if one.text == text), "the table is the one that is meant");
        let (key, body) = read(
            pg(),
            "create unique index concurrently if not exists i on only t using btree (a, lower(b)) where a > 0",
        );
        assert_eq!((key.kind, key.name.as_str()), (ObjectKind::Index, "i"));
        let Body::Index(one) = body else { panic!("{body:?}") };
        assert_eq!(one.text, "create unique index i on only public.t using btree (a, lower(b)) where a > 0");
        assert!(one.unique && one.keys == ["a", "lower", "b"]);
        let lite = Server { engine: Engine::Sqlite, version: 3_050_000 };
        let (key, body) = lite.written("CREATE INDEX [an index] ON t (a DESC) WHERE b", Some("main"), None).unwrap();
        assert_eq!(key.name, "an index");
        assert!(matches!(body, Body::Index(one) if one.text == "(a DESC) WHERE b"));
        let maria = Server { engine: Engine::MariaDb, version: 110_800 };
        let (key, _) = read(maria, "CREATE DEFINER=`a`@`%` EVENT tick ON SCHEDULE EVERY 1 HOUR DO DELETE FROM log");
        assert_eq!((key.kind, key.name.as_str()), (ObjectKind::Event, "tick"));
    }

    #[test]
    fn what_is_none_says_why() {
        let why = |text: &str| pg().written(text, None, None).unwrap_err();
        assert_eq!(why(""), WrittenError::NotOne);
        assert_eq!(why("create view a as select 1; create view b as select 2"), WrittenError::NotOne);
        assert_eq!(why("drop view a"), WrittenError::Other);
        assert_eq!(why("create table view (a int)"), WrittenError::Other);
        assert_eq!(why("create temp view a as select 1"), WrittenError::Temporary);
        assert_eq!(why("create view a"), WrittenError::Missing("AS and a query"));
        assert_eq!(why("create view"), WrittenError::Missing("a name"));
        for text in [
            "create",
            "create view (",
            "create function f",
            "create trigger t on",
            "create index i on t",
            "create function f((",
        ] {
            let _ = pg().written(text, None, None);
        }
    }
}
