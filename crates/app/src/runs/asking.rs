//! What a person is asked before a script changes the whole of something.
//!
//! Asked before anything of the script is sent, and told from its text. The yes is pinned to the text, its values, the
//! connection and the database: anything else needs another.

mod estimate;

use std::{sync::Arc, time::Duration};

use catalog::{Catalog, Kind, Relation, Scope};
use driver::{ExpectedRows, Language, Model, row_security::Actor};
use sha2::{Digest as _, Sha256};
use sql::{Sweep, SweepKind, TransactionKind};

use crate::{
    acting::words,
    api::*,
    connections::{Connected, Opened},
    explorer::{Shelved, grouped, kept},
    text::Positions,
};

/// Changes that are listed; how many more there are is said.
const MOST_LISTED: usize = 100;
/// Names that are typed one after the other; beyond them it is the connection's.
const MOST_TYPED: usize = 3;
/// How long the server is given to estimate a table's rows.
const ESTIMATE: Duration = Duration::from_secs(2);

/// A script on the way to a session.
pub(crate) struct Asked<'a> {
    pub(crate) connected: &'a Arc<Connected>,
    /// The database it runs in, where it is open.
    pub(crate) opened: Option<Arc<Opened>>,
    pub(crate) language: Language,
    pub(crate) database: Option<&'a str>,
    pub(crate) text: &'a str,
    pub(crate) parameters: &'a [ParameterValue],
    pub(crate) settings: Settings,
    /// The session that will run it, where there is one.
    pub(crate) session: Option<Standing>,
    /// As whom it will run; `None` is the login.
    pub(crate) acting: Option<Arc<Actor>>,
}

/// Where a session stands.
pub(crate) struct Standing {
    pub(crate) in_transaction: bool,
    pub(crate) database: Option<String>,
    /// The schemas its names are looked up in.
    pub(crate) path: Option<Vec<String>>,
}

impl Standing {
    pub(crate) fn of(session: &dyn driver::Session) -> Standing {
        let state = session.state().borrow().clone();
        let path = state.search_path.as_deref().map(|text| sql::search_path(text, state.user.as_deref()));
        Standing { in_transaction: state.transaction != driver::Transaction::Idle, database: state.database, path }
    }
}

/// Whether a person is asked before this is done through a connection of this environment and safety level.
pub(crate) fn asks(kind: SweepKind, environment: Environment, safety: Safety, settings: &Settings) -> bool {
    if safety == Safety::ConfirmWrites {
        return true;
    }
    let guarded = matches!(environment, Environment::Staging | Environment::Production);
    match kind {
        SweepKind::Other => false,
        SweepKind::Update | SweepKind::Delete => match settings.ask_whole_table {
            AskWhen::Always => true,
            AskWhen::Production => guarded,
            AskWhen::Never => false,
        },
        SweepKind::Empty | SweepKind::Drop => guarded || settings.ask_drops,
    }
}

impl Asked<'_> {
    /// The changes that are asked about.
    fn sweeps(&self) -> Vec<Sweep> {
        // A read-only connection sends none of them.
        if self.connected.read_only {
            return Vec::new();
        }
        let profile = &self.connected.profile;
        let mut sweeps = self.language.changes(self.text);
        sweeps.retain(|sweep| asks(sweep.kind, profile.environment, profile.safety, &self.settings));
        sweeps
    }

    /// Whether there is anything to ask.
    pub(crate) fn is_asked(&self) -> bool {
        !self.sweeps().is_empty()
    }

    /// The question, unless there is nothing to ask or the person has said yes to it.
    ///
    /// # Errors
    /// `Forbidden` for a yes that lacks the name it was to be given with.
    pub(crate) async fn question(&self, consent: Option<&RunConsent>) -> Result<Option<SweepQuestion>, AppError> {
        let sweeps = self.sweeps();
        if sweeps.is_empty() {
            return Ok(None);
        }
        let digest = self.digest();
        let typed = self.typed(&sweeps);
        if let Some(consent) = consent.filter(|consent| consent.digest == digest) {
            let given = consent.typed.as_deref().map(str::trim);
            return match &typed {
                Some(name) if given != Some(name.as_str()) => {
                    Err(AppError::new(ErrorCode::Forbidden, "What was typed is not the name. Nothing was sent.")
                        .with_hint(format!("Type {name} to go on.")))
                }
                _ => Ok(None),
            };
        }
        let shelved = self.shelved(&sweeps).await;
        let positions = Positions::new(self.text);
        let ways = self.ways_back(&sweeps);
        let expected = estimate::expected(self, &sweeps).await;
        let changes = sweeps.iter().zip(ways).take(MOST_LISTED).enumerate().map(|(at, (sweep, way_back))| {
            let relations: Vec<_> = sweep.names.iter().map(|name| self.relation(shelved.as_deref(), name)).collect();
            let engine = relations.iter().flatten().find_map(|relation| self.without_transactions(relation));
            let way_back = match engine {
                Some(_) if sweep.kind != SweepKind::Drop => WayBack::NoTransactions,
                _ => way_back,
            };
            SweepChange {
                action: self.action(sweep),
                targets: self.targets(sweep, &relations, expected.get(&at).copied()),
                range: positions.range(sweep.statement.start, sweep.statement.end),
                way_back,
                way_back_words: way_back_words(way_back, engine, self.language.sql().is_some()),
            }
        });
        let changes: Vec<SweepChange> = changes.collect();
        let more = u32::try_from(sweeps.len().saturating_sub(changes.len())).unwrap_or(u32::MAX);
        let (title, confirm) = title(&sweeps, &changes, self.unit());
        let profile = &self.connected.profile;
        let production = profile.environment == Environment::Production;
        let connection = profile.name.clone();
        Ok(Some(SweepQuestion {
            digest,
            title,
            confirm,
            connection,
            production,
            changes,
            more,
            notes: Vec::new(),
            typed,
        }))
    }

    fn digest(&self) -> String {
        let mut digest = Sha256::new();
        let mut add = |text: &str| {
            digest.update(text.len().to_le_bytes());
            digest.update(text);
        };
        let profile = &self.connected.profile;
        add(&profile.id);
        add(&profile.target);
        add(self.database.unwrap_or_default());
        add(self.text);
        for ParameterValue { name, value } in self.parameters {
            add(name);
            add(if value.is_some() { "value" } else { "null" });
            add(value.as_deref().unwrap_or_default());
        }
        if let Some(actor) = &self.acting {
            add(&words(actor));
        }
        digest.finalize().iter().map(|byte| format!("{byte:02x}")).collect()
    }

    /// What is typed on production, and where every change is confirmed: the names of the tables that are changed as a whole, or
    /// the connection's where there are many or none can be read.
    fn typed(&self, sweeps: &[Sweep]) -> Option<String> {
        let profile = &self.connected.profile;
        if profile.environment != Environment::Production && profile.safety != Safety::ConfirmWrites {
            return None;
        }
        let whole: Vec<&Sweep> = sweeps.iter().filter(|sweep| sweep.kind != SweepKind::Other).collect();
        if whole.is_empty() {
            return None;
        }
        let mut names: Vec<&str> = Vec::new();
        let mut unread = false;
        for sweep in whole {
            let meant: Vec<&sql::QualifiedName> = match &sweep.of {
                Some(of) => vec![of],
                None => sweep.names.iter().collect(),
            };
            unread |= meant.is_empty();
            for name in meant {
                if !names.contains(&name.name()) {
                    names.push(name.name());
                }
            }
        }
        let whole = unread || names.is_empty() || names.len() > MOST_TYPED;
        Some(if whole { profile.name.trim().to_owned() } else { names.join(", ").trim().to_owned() })
    }

    /// The catalog at hand; where there is none, what the server says of these tables at once.
    async fn shelved(&self, sweeps: &[Sweep]) -> Option<Arc<Shelved>> {
        let opened = self.opened.as_ref();
        if let Some(latest) = opened.and_then(|opened| opened.shelf.latest()) {
            return Some(latest);
        }
        if let Some(kept) = kept::of(self.connected, self.database).await {
            return Some(kept);
        }
        let opened = opened.filter(|opened| !opened.shelf.is_reading())?;
        let table = sweeps.iter().flat_map(|sweep| &sweep.names).next()?;
        let scope = Scope {
            kinds: vec![Kind::Schemas, Kind::Relations],
            definitions: false,
            sizes: false,
            ..Scope::relation(table.schema(), table.name())
        };
        let asked = opened.shelf.ask(opened.connection.as_ref(), &scope);
        let catalog: Catalog = tokio::time::timeout(ESTIMATE, asked).await.ok()?.ok()?;
        Some(Arc::new(Shelved::new(catalog, Vec::new())))
    }

    fn relation<'s>(&self, shelved: Option<&'s Shelved>, name: &sql::QualifiedName) -> Option<&'s Relation> {
        let shelved = shelved?;
        let own = &shelved.catalog.search_path;
        let session = self.session.as_ref();
        let current = session.and_then(|session| session.database.clone());
        let path = match session.and_then(|session| session.path.as_deref()) {
            Some(path) => path.to_vec(),
            None => current.into_iter().chain(own.iter().cloned()).collect(),
        };
        let same = |a: &str, b: &str| self.language.same_table_name(a, b);
        let id = shelved.meant(same, &path, name.schema(), name.name())?;
        shelved.catalog.relations.get(id.0 as usize)
    }

    /// The engine of a table that no ROLLBACK reaches.
    fn without_transactions<'r>(&self, relation: &'r Relation) -> Option<&'r str> {
        let engine = relation.options.iter().find_map(|option| option.strip_prefix("ENGINE="))?;
        self.language.plain_engines().iter().any(|one| engine.eq_ignore_ascii_case(one)).then_some(engine)
    }

    /// Whether each change can be brought back, by what the script does to its transaction around it.
    fn ways_back(&self, sweeps: &[Sweep]) -> Vec<WayBack> {
        let mut open = self.session.as_ref().is_some_and(|session| session.in_transaction);
        let mut ways: Vec<WayBack> = Vec::with_capacity(sweeps.len());
        let mut waiting = sweeps.iter().peekable();
        for piece in self.language.split(self.text) {
            let answer = self.language.classify(piece.text(self.text));
            let effect = answer.effect;
            let ends = matches!(
                effect.transaction,
                Some(TransactionKind::Commit | TransactionKind::Prepare | TransactionKind::CommitPrepared)
            );
            if ends || effect.commits_implicitly {
                open = false;
                for way in ways.iter_mut().filter(|way| **way == WayBack::Rollback) {
                    *way = WayBack::Committed;
                }
            }
            if effect.transaction == Some(TransactionKind::Rollback) {
                open = false;
            }
            while waiting.next_if(|sweep| sweep.statement.start < piece.span.end).is_some() {
                ways.push(if open { WayBack::Rollback } else { WayBack::None });
            }
            let manual = effect.settings.iter().any(|setting| {
                let off = |value: &str| value == "0" || value.eq_ignore_ascii_case("off");
                setting.name == "autocommit" && setting.value.as_deref().is_some_and(off)
            });
            open |= manual || effect.transaction == Some(TransactionKind::Begin);
        }
        ways.extend(waiting.map(|_| WayBack::None));
        ways
    }

    /// What a table, or what stands for one, is made of.
    fn unit(&self) -> &'static str {
        if self.connected.driver.model() == Model::Document { "document" } else { "row" }
    }

    fn action(&self, sweep: &Sweep) -> String {
        let unit = self.unit();
        match (sweep.kind, &sweep.of) {
            (SweepKind::Update, _) => format!("UPDATE of every {unit}"),
            (SweepKind::Delete, _) => format!("DELETE of every {unit}"),
            // As it was written: no other database has a word for it.
            (SweepKind::Empty, _) if self.language.sql().is_none() => {
                self.text.get(sweep.span.start..sweep.span.end).unwrap_or_default().to_ascii_uppercase()
            }
            (SweepKind::Empty, Some(_)) => format!("TRUNCATE {}", sweep.object),
            (SweepKind::Empty, None) => "TRUNCATE".to_owned(),
            (SweepKind::Drop, _) => format!("DROP {}", sweep.object),
            (SweepKind::Other, _) if sweep.object.is_empty() => "A statement that may change anything".to_owned(),
            (SweepKind::Other, _) => sweep.object.clone(),
        }
    }

    /// What a change that names nothing is about.
    fn unnamed(&self, sweep: &Sweep) -> String {
        match sweep.object.as_str() {
            "SERVER" => "every database of the server".to_owned(),
            "DATABASE" => {
                let session = self.session.as_ref().and_then(|session| session.database.as_deref());
                let own = self.opened.as_ref().and_then(|opened| opened.database());
                let named = session.or(self.database).or(own.as_deref());
                named.unwrap_or("the current database").to_owned()
            }
            _ => "what it names cannot be told from its text".to_owned(),
        }
    }

    fn targets(
        &self,
        sweep: &Sweep,
        relations: &[Option<&Relation>],
        expected: Option<ExpectedRows>,
    ) -> Vec<SweepTarget> {
        let unit = self.unit();
        let quoted = |name: &sql::QualifiedName| self.language.quote_path(name.parts.iter().map(String::as_str));
        let of = sweep.of.iter().map(|of| format!(" of {}", quoted(of))).collect::<String>();
        if sweep.kind == SweepKind::Other {
            // A plan counts the rows of the statement, not of each of its tables.
            let expected = expected.filter(|_| sweep.names.len() == 1);
            let (estimated_rows, rows) = expected.map(estimate::in_words).unzip();
            let target = |name| SweepTarget { name: quoted(name), estimated_rows, rows: rows.clone() };
            return sweep.names.iter().map(target).collect();
        }
        if sweep.names.is_empty() {
            let name = match &sweep.of {
                Some(of) => quoted(of),
                None => self.unnamed(sweep),
            };
            return vec![SweepTarget { name, estimated_rows: None, rows: None }];
        }
        let counted =
            sweep.of.is_none() && ["TABLE", "FOREIGN TABLE", "MATERIALIZED VIEW"].contains(&sweep.object.as_str());
        let target = |(name, relation): (&sql::QualifiedName, &Option<&Relation>)| {
            let estimate = relation.and_then(|relation| relation.estimated_rows.value().copied().flatten());
            let estimated_rows = estimate.and_then(|rows| u64::try_from(rows).ok()).filter(|_| counted);
            let rows = match estimated_rows {
                Some(1) => format!("about 1 {unit}, an estimate"),
                Some(rows) => format!("about {} {unit}s, an estimate", grouped(rows)),
                None => format!("how many {unit}s is unknown"),
            };
            SweepTarget { name: format!("{}{of}", quoted(name)), estimated_rows, rows: counted.then_some(rows) }
        };
        sweep.names.iter().zip(relations).map(target).collect()
    }
}

fn way_back_words(way_back: WayBack, engine: Option<&str>, is_sql: bool) -> String {
    match (way_back, engine) {
        (WayBack::Rollback, _) => "The transaction stays open: ROLLBACK brings it back.".to_owned(),
        (WayBack::Committed, _) => "The script commits it: there is no way back.".to_owned(),
        (WayBack::None, _) if !is_sql => "It is done at once: there is no way back.".to_owned(),
        (WayBack::None, _) => "It is committed at once: there is no way back.".to_owned(),
        (WayBack::NoTransactions, Some(engine)) => {
            format!("{engine} tables have no transactions: there is no way back.")
        }
        (WayBack::NoTransactions, None) => "Its engine has no transactions: there is no way back.".to_owned(),
    }
}

fn title(sweeps: &[Sweep], changes: &[SweepChange], unit: &str) -> (String, String) {
    let ([sweep], [change]) = (sweeps, changes) else {
        let several = sweeps.len();
        let what = match sweeps.iter().all(|sweep| sweep.kind != SweepKind::Other) {
            true => "changes of whole tables or objects",
            false => "changes",
        };
        return (format!("Run {several} {what}?"), format!("Run all {several}"));
    };
    let whose = match change.targets.as_slice() {
        [one] => one.name.clone(),
        several => format!("{} objects", several.len()),
    };
    let object = sweep.object.to_lowercase();
    match sweep.kind {
        SweepKind::Update => (format!("Update every {unit} of {whose}?"), format!("Update every {unit}")),
        SweepKind::Delete => (format!("Delete every {unit} of {whose}?"), format!("Delete every {unit}")),
        SweepKind::Empty => (format!("Empty {whose}?"), format!("Empty {object}")),
        SweepKind::Drop => (format!("Drop {object} {whose}?"), format!("Drop {object}")),
        SweepKind::Other if sweep.object.is_empty() => {
            ("Run a statement that may change anything?".to_owned(), "Run it".to_owned())
        }
        SweepKind::Other if change.targets.is_empty() => {
            (format!("Run {}?", sweep.object), format!("Run {}", sweep.object))
        }
        SweepKind::Other => (format!("Run {} on {whose}?", sweep.object), format!("Run {}", sweep.object)),
    }
}
