//! Ways to a table's rows that its policies do not guard as one might think.

use std::collections::{BTreeMap, HashMap, HashSet};

use catalog::{RelationId, RelationKind, Routine};
use pg_query::protobuf::{KeywordKind, ScanToken, Token};
use serde::{Deserialize, Serialize};

use super::{Level, level_of};
use crate::effect::{Command, Effects};
use crate::expression::{Query, Unscoped};
use crate::listing::Table;
use crate::rights::{Powers, Privileges};

/// What kind of way it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum WayKind {
    /// A view that reads the table with its owner's rights: it has no `security_invoker` (PostgreSQL 15 and newer).
    OwnerView,
    /// A view with stored rows, which no policy filters.
    MaterializedView,
    /// A function that runs with its owner's rights and names the table.
    DefinerFunction,
    /// A function that runs with its owner's rights and whose text was not read.
    DefinerFunctionNotRead,
    /// A partition that may be addressed itself, where the parent's policies do not apply.
    Partition,
    /// TRUNCATE, which no policy stops.
    Truncate,
}

impl WayKind {
    /// In words.
    pub fn words(self) -> &'static str {
        match self {
            WayKind::OwnerView => "view with its owner's rights",
            WayKind::MaterializedView => "materialized view",
            WayKind::DefinerFunction => "security definer function",
            WayKind::DefinerFunctionNotRead => "security definer function, text not read",
            WayKind::Partition => "partition addressed directly",
            WayKind::Truncate => "TRUNCATE",
        }
    }
}

/// A way around the policies of a table, open to a role.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Way {
    /// What it is.
    pub kind: WayKind,
    /// The object it leads through: a view, function or partition; the table itself for TRUNCATE.
    pub through: Table,
    /// With whose rights, where these are not the role's own.
    pub rights_of: Option<String>,
    /// How far those rights reach by reading (for a partition: the role's own); a view may narrow that.
    pub reaches: Level,
}

#[derive(Clone, Copy, Debug)]
struct Reader {
    /// The view that a role would address.
    view: RelationId,
    /// The view whose owner's rights reach the table.
    owner_of: RelationId,
}

/// Ways of a catalog, by table; made once. Views have to have been read with their definitions, functions too.
#[derive(Debug)]
pub struct Ways<'a> {
    views: HashMap<RelationId, Vec<Reader>>,
    functions: HashMap<RelationId, Vec<&'a Routine>>,
    not_read: Vec<&'a Routine>,
    partitions: HashMap<RelationId, Vec<RelationId>>,
    /// Views whose definitions were not read or could not be.
    pub views_not_read: Vec<Table>,
}

impl<'a> Ways<'a> {
    /// The ways of the catalog.
    pub fn new(effects: &Effects<'a>) -> Self {
        let names = effects.rights().names();
        let catalog = effects.rights().catalog();
        let mut reads: BTreeMap<RelationId, Vec<RelationId>> = BTreeMap::new();
        let mut views_not_read = Vec::new();
        let mut partitions: HashMap<RelationId, Vec<RelationId>> = HashMap::new();
        for walker in catalog.walk_relations() {
            let row = walker.row();
            if let Some((schema, name)) = &row.partition_of
                && let Some(parent) = names.relation(Some(schema), name)
            {
                partitions.entry(parent).or_default().push(walker.id());
            }
            if !matches!(row.kind, RelationKind::View | RelationKind::MaterializedView) {
                continue;
            }
            let query = row.definition.value().and_then(|text| Query::parse(body(text), &Unscoped).ok());
            match query {
                Some(query) => {
                    let found = query.reading.relations.iter();
                    let found = found.filter_map(|relation| names.relation(relation.schema.as_deref(), &relation.name));
                    reads.insert(walker.id(), found.collect());
                }
                None => views_not_read.push(Table::new(walker.schema(), &row.name)),
            }
        }
        let mut views: HashMap<RelationId, Vec<Reader>> = HashMap::new();
        for view in reads.keys() {
            // Views of views: the rights that reach a table are those of the view that names it.
            let mut to_read = vec![*view];
            let mut seen = HashSet::from([*view]);
            while let Some(through) = to_read.pop() {
                for read in reads.get(&through).map_or(&[][..], Vec::as_slice) {
                    if reads.contains_key(read) {
                        if seen.insert(*read) {
                            to_read.push(*read);
                        }
                    } else {
                        views.entry(*read).or_default().push(Reader { view: *view, owner_of: through });
                    }
                }
            }
        }
        let mut by_name: HashMap<&str, Vec<RelationId>> = HashMap::new();
        for id in super::tables_of(catalog) {
            if let Some(walker) = catalog.relation(id) {
                by_name.entry(walker.row().name.as_str()).or_default().push(id);
            }
        }
        let mut functions: HashMap<RelationId, Vec<&Routine>> = HashMap::new();
        let mut not_read = Vec::new();
        let callable = |routine: &&Routine| {
            routine.security_definer && !matches!(routine.returns.as_deref(), Some("trigger" | "event_trigger"))
        };
        for routine in catalog.routines.iter().filter(callable) {
            match routine.definition.value().and_then(|text| words_of(text)) {
                Some(words) => {
                    let ids: HashSet<RelationId> =
                        words.iter().filter_map(|word| by_name.get(word.as_str())).flatten().copied().collect();
                    for id in ids {
                        functions.entry(id).or_default().push(routine);
                    }
                }
                None => not_read.push(routine),
            }
        }
        Ways { views, functions, not_read, partitions, views_not_read }
    }

    /// The ways to a table that are open to a role. For one that reads every row anyway there are none.
    pub fn of(&self, effects: &Effects<'_>, relation: RelationId, powers: &Powers) -> Vec<Way> {
        let rights = effects.rights();
        let catalog = rights.catalog();
        let named = |id: RelationId| catalog.relation(id).map(|walker| Table::new(walker.schema(), &walker.row().name));
        let own = level_of(effects, relation, powers, Command::Select);
        let mut ways = Vec::new();
        let held = rights.held(powers, relation);
        let secured = catalog
            .relation(relation)
            .and_then(|walker| walker.row().row_security.value().copied())
            .is_some_and(|security| security.enabled);
        if secured
            && held.schema
            && held.table.has(Privileges::TRUNCATE)
            && level_of(effects, relation, powers, Command::Delete) < Level::All
        {
            let through = named(relation).into_iter();
            ways.extend(through.map(|through| Way { kind: WayKind::Truncate, through, rights_of: None, reaches: own }));
        }
        if own >= Level::All {
            return ways;
        }
        for reader in self.views.get(&relation).map_or(&[][..], Vec::as_slice) {
            let (Some(view), Some(through)) = (catalog.relation(reader.owner_of), named(reader.view)) else { continue };
            let may = rights.held(powers, reader.view);
            if !may.schema || may.any() == Privileges::default() {
                continue;
            }
            let stored = view.row().kind == RelationKind::MaterializedView;
            if !stored && is_invoker(&view.row().options) {
                continue;
            }
            let Some(owner) = view.row().owner.as_deref() else { continue };
            let reaches = level_of(effects, relation, &rights.powers(owner), Command::Select);
            if stored || reaches > own {
                let kind = if stored { WayKind::MaterializedView } else { WayKind::OwnerView };
                ways.push(Way { kind, through, rights_of: Some(owner.to_owned()), reaches });
            }
        }
        let definers = self.functions.get(&relation).map_or(&[][..], Vec::as_slice);
        let definers = definers.iter().map(|routine| (WayKind::DefinerFunction, *routine));
        let unknown = self.not_read.iter().map(|routine| (WayKind::DefinerFunctionNotRead, *routine));
        for (kind, routine) in definers.chain(unknown) {
            let Some(owner) = routine.owner.as_deref().filter(|_| rights.runs(powers, routine)) else { continue };
            let reaches = level_of(effects, relation, &rights.powers(owner), Command::Select);
            if reaches > own {
                let through = Table::new(catalog.schema_name(routine.schema), &routine.name);
                ways.push(Way { kind, through, rights_of: Some(owner.to_owned()), reaches });
            }
        }
        let mut below = self.partitions.get(&relation).cloned().unwrap_or_default();
        while let Some(partition) = below.pop() {
            below.extend(self.partitions.get(&partition).into_iter().flatten());
            let reaches = level_of(effects, partition, powers, Command::Select);
            if reaches > own
                && let Some(through) = named(partition)
            {
                ways.push(Way { kind: WayKind::Partition, through, rights_of: None, reaches });
            }
        }
        ways.sort();
        ways.dedup();
        ways
    }
}

/// Whether a view reads with the rights of who asks.
pub fn is_invoker(options: &[String]) -> bool {
    options.iter().any(|option| match option.split_once('=') {
        Some(("security_invoker", value)) => matches!(value, "true" | "on" | "1" | "yes" | "t" | "y"),
        _ => option == "security_invoker",
    })
}

/// A view's query: its definition may be the query alone or the whole CREATE statement.
pub fn body(definition: &str) -> &str {
    let Ok(tokens) = pg_query::scan_tokens(definition) else { return definition };
    let is_create = tokens.first().is_some_and(|token| token.token() == Token::Create);
    let after = tokens.iter().find(|token| token.token() == Token::As);
    match after.filter(|_| is_create).and_then(|token| usize::try_from(token.end).ok()) {
        Some(from) => definition.get(from..).unwrap_or(definition),
        None => definition,
    }
}

/// The words of a function's text that could be names. A body in quotes is a text of its own; what is in quotes there
/// too is not looked into, so that dynamic SQL hides.
fn words_of(definition: &str) -> Option<HashSet<String>> {
    let mut words = HashSet::new();
    for token in pg_query::scan_tokens(definition).ok()? {
        let text = definition.get(usize::try_from(token.start).ok()?..usize::try_from(token.end).ok()?)?;
        match token.token() {
            Token::Sconst => {
                let body = text.strip_prefix('$').and_then(|text| Some(text.split_once('$')?.1));
                let body = body.and_then(|text| Some(text.strip_suffix('$')?.rsplit_once('$')?.0));
                let inner = match body {
                    Some(body) => body.to_owned(),
                    None => text.trim_matches('\'').replace("''", "'"),
                };
                // A default or a setting in quotes is no program; a word of it does no harm.
                for token in pg_query::scan_tokens(&inner).unwrap_or_default() {
                    let range = usize::try_from(token.start).ok()?..usize::try_from(token.end).ok()?;
                    words.extend(inner.get(range).filter(|_| is_word(&token)).map(unquoted));
                }
            }
            _ if is_word(&token) => {
                words.insert(unquoted(text));
            }
            _ => {}
        }
    }
    Some(words)
}

fn is_word(token: &ScanToken) -> bool {
    token.token() == Token::Ident || matches!(token.keyword_kind(), KeywordKind::UnreservedKeyword)
}

fn unquoted(word: &str) -> String {
    match word.strip_prefix('"').and_then(|word| word.strip_suffix('"')) {
        Some(quoted) => quoted.replace("\"\"", "\""),
        None => word.to_lowercase(),
    }
}
