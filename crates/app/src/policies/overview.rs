//! How the tables of a database stand, made once of what is known.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex},
};

use advisor::{Exposure, Level as Severity};
use catalog::{Catalog, Kind, Known, PolicyCommand as Command, RelationId, RowSecurity};
use policy::{
    coverage::{Level, Matrix, level_of, tables_of},
    effect::{self, Bypass, Effect, Effects, Shape},
    listing::Table,
    rights::{Powers, Privileges},
};

use super::{drafts::Staged, words};
use crate::{
    advisor as advice,
    advisor::{Examined, Glance, Judged},
    api::*,
    connections::lock,
    explorer,
};

/// The latest overview of an open database.
#[derive(Default)]
pub(crate) struct Kept(Mutex<Option<Arc<Overview>>>);

impl Kept {
    /// The overview of what is known; made where it is not.
    pub(super) fn of(&self, glance: &Glance) -> Arc<Overview> {
        if let Some(kept) = lock(&self.0).as_ref().filter(|kept| kept.glance.is(glance)) {
            return Arc::clone(kept);
        }
        let made = Arc::new(Overview::new(glance.clone()));
        *lock(&self.0) = Some(Arc::clone(&made));
        made
    }

    /// The latest one, whatever has changed since.
    pub(super) fn latest(&self) -> Option<Arc<Overview>> {
        lock(&self.0).clone()
    }
}

/// How far a role gets with a table, for each of the four commands.
type Levels = Arc<Vec<[Level; 4]>>;

/// Every table that people declared, partitions left to their parents.
pub(super) struct Overview {
    glance: Glance,
    /// By schema and name.
    rows: Vec<(RelationId, PolicyTableRow)>,
    counts: PolicyCounts,
    login: PolicyLogin,
    roles: Vec<PolicyRole>,
    /// By role, in the order of the rows.
    levels: Mutex<HashMap<String, Levels>>,
}

impl Overview {
    fn new(glance: Glance) -> Self {
        let catalog = &glance.examined.catalog;
        let effects = Effects::new(catalog);
        let exposed = Exposed::new(glance.exposure.as_ref(), &effects);
        let findings = glance.judged.as_deref().map(findings_of).unwrap_or_default();
        let mut rows: Vec<(RelationId, PolicyTableRow)> =
            declared(catalog).filter_map(|id| Some((id, row(&effects, &exposed, &findings, id)?))).collect();
        rows.sort_by(|(_, one), (_, other)| one.on.cmp(&other.on));
        let counts = counted(&rows);
        let login = login(&glance.examined, &effects);
        let roles = roles(catalog, glance.exposure.as_ref(), |_| true);
        Overview { rows, counts, login, roles, levels: Mutex::default(), glance }
    }

    pub(super) fn catalog(&self) -> &Catalog {
        &self.glance.examined.catalog
    }

    pub(super) fn exposure(&self) -> Option<&Exposure> {
        self.glance.exposure.as_ref()
    }

    /// Whether the rules were asked: findings are counted.
    pub(super) fn is_judged(&self) -> bool {
        self.glance.judged.is_some()
    }

    /// How many roles can hold rights.
    pub(super) fn roles(&self) -> usize {
        self.roles.len()
    }

    /// When it was read, in ms since the epoch.
    pub(super) fn at_ms(&self) -> i64 {
        self.glance.examined.at_ms
    }

    pub(super) fn told(&self, staged: &Staged) -> PolicyOverview {
        let mut schemas: Vec<String> = self.rows.iter().map(|(_, row)| row.on.schema.clone()).collect();
        schemas.dedup();
        let of_tables = staged.by_table();
        let staged = self.rows.iter().filter(|(_, row)| of_tables.contains_key(&row.on)).count();
        PolicyOverview {
            login: self.login.clone(),
            score: self.glance.judged.as_deref().map(advice::told_score),
            exposure: self.exposure().map(advice::told_exposure),
            counts: PolicyCounts { staged: advice::number(staged), ..self.counts },
            schemas,
            roles: self.roles.clone(),
            unread: unread(self.catalog()),
            at_ms: self.at_ms(),
        }
    }

    /// Tables that pass a filter, in its order.
    pub(super) fn find(&self, filter: &PolicyTablesFilter, staged: &Staged) -> Vec<(RelationId, PolicyTableRow)> {
        let text = filter.text.trim().to_lowercase();
        let of_tables = staged.by_table();
        let levels = filter.role.as_deref().map(|role| self.levels(role));
        let mut found: Vec<(RelationId, PolicyTableRow)> = Vec::new();
        for (at, (id, row)) in self.rows.iter().enumerate() {
            let levels = levels.as_ref().and_then(|levels| levels.get(at)).copied();
            let here = of_tables.get(&row.on).copied().unwrap_or(0);
            let named = || format!("{}.{}", row.on.schema, row.on.table).to_lowercase().contains(&text);
            let passes = (text.is_empty() || named())
                && (filter.schemas.is_empty() || filter.schemas.contains(&row.on.schema))
                && (filter.states.is_empty() || filter.states.contains(&row.state))
                && (!filter.needs_work || row.errors + row.warnings > 0)
                && (!filter.staged || here > 0)
                && levels.is_none_or(|levels| levels.iter().any(|level| *level != Level::None));
            if passes {
                found.push((*id, PolicyTableRow { staged: here, access: levels.map(words::access), ..row.clone() }));
            }
        }
        if filter.worst_first {
            found.sort_by_key(|(_, row)| (rank(row.state), std::cmp::Reverse((row.errors, row.warnings))));
        }
        found
    }

    /// How far a role gets with each of the rows' tables.
    fn levels(&self, role: &str) -> Levels {
        if let Some(levels) = lock(&self.levels).get(role) {
            return Arc::clone(levels);
        }
        let effects = Effects::new(self.catalog());
        let tables: Vec<RelationId> = self.rows.iter().map(|(id, _)| *id).collect();
        let matrix = Matrix::new(&effects, &tables, &[role.to_owned()]);
        let of = |at| {
            effect::Command::ALL.map(|command| matrix.cell(at, 0, command).map_or(Level::NotKnown, |cell| cell.level))
        };
        let levels = Arc::new((0..tables.len()).map(of).collect::<Vec<_>>());
        lock(&self.levels).insert(role.to_owned(), Arc::clone(&levels));
        levels
    }
}

/// Tables that people declared: partitions are left to their parents.
pub(super) fn declared(catalog: &Catalog) -> impl Iterator<Item = RelationId> {
    let whole = |id: &RelationId| catalog.relations.get(id.0 as usize).is_some_and(|row| row.partition_of.is_none());
    tables_of(catalog).into_iter().filter(whole)
}

/// One table outside of the overview: a partition, or one with its changes as if they were made.
pub(super) fn single(judged: &Judged, effects: &Effects<'_>, id: RelationId) -> Option<PolicyTableRow> {
    row(effects, &Exposed::new(judged.exposure.as_ref(), effects), &findings_of(judged), id)
}

/// The roles that untrusted clients have, with their rights.
struct Exposed {
    schemas: Vec<String>,
    powers: Vec<Powers>,
}

impl Exposed {
    fn new(exposure: Option<&Exposure>, effects: &Effects<'_>) -> Self {
        let Some(exposure) = exposure else {
            return Exposed { schemas: Vec::new(), powers: Vec::new() };
        };
        let powers = exposure.roles().map(|role| effects.rights().powers(role)).collect();
        Exposed { schemas: exposure.schemas.clone(), powers }
    }

    /// Whether any of them has any privilege on it.
    fn reach(&self, effects: &Effects<'_>, id: RelationId) -> bool {
        self.powers.iter().any(|powers| {
            let held = effects.rights().held(powers, id);
            let any = [Privileges::SELECT, Privileges::INSERT, Privileges::UPDATE, Privileges::DELETE];
            held.schema && any.into_iter().any(|one| held.any().has(one))
        })
    }

    /// Whether any of them sees, changes or removes whatever row it likes.
    fn get_all(&self, effects: &Effects<'_>, id: RelationId) -> bool {
        let commands = [effect::Command::Select, effect::Command::Update, effect::Command::Delete];
        self.powers.iter().any(|powers| {
            let level = |command| level_of(effects, id, powers, command);
            commands.into_iter().any(|command| matches!(level(command), Level::All | Level::Bypass))
        })
    }
}

/// Findings of a relation: errors, warnings, infos, and the worst in words.
#[derive(Clone, Debug, Default)]
struct Found {
    counts: [u32; 3],
    worst: Option<(Severity, String)>,
}

fn findings_of(judged: &Judged) -> HashMap<Table, Found> {
    let mut found: HashMap<Table, Found> = HashMap::new();
    for finding in &judged.report.findings {
        let Some(table) = advice::relation_of(finding) else { continue };
        let of = found.entry(table).or_default();
        let at = match finding.level {
            Severity::Error => 0,
            Severity::Warning => 1,
            Severity::Info => 2,
        };
        of.counts[at] += 1;
        if of.worst.as_ref().is_none_or(|(level, _)| *level < finding.level) {
            of.worst = Some((finding.level, finding.message.clone()));
        }
    }
    found
}

fn row(
    effects: &Effects<'_>,
    exposed: &Exposed,
    findings: &HashMap<Table, Found>,
    id: RelationId,
) -> Option<PolicyTableRow> {
    let walker = effects.rights().catalog().relation(id)?;
    let relation = walker.row();
    let table = Table::new(walker.schema(), &relation.name);
    let security = match &relation.row_security {
        Known::Value(security) => Some(*security),
        Known::Unsupported => Some(RowSecurity::default()),
        Known::NotLoaded | Known::Denied => None,
    };
    let in_reach = exposed.schemas.iter().any(|schema| schema == walker.schema());
    let state = match security {
        None => PolicyState::NotKnown,
        Some(RowSecurity { enabled: false, .. }) if in_reach && exposed.reach(effects, id) => PolicyState::Exposed,
        Some(RowSecurity { enabled: false, .. }) => PolicyState::Off,
        Some(_) if walker.policies().is_empty() => PolicyState::NoPolicy,
        Some(_) if in_reach && exposed.get_all(effects, id) => PolicyState::Open,
        Some(RowSecurity { forced: true, .. }) => PolicyState::Forced,
        Some(_) => PolicyState::On,
    };
    let mut commands: Vec<PolicyCommand> = Vec::new();
    for policy in walker.policies().iter().filter(|policy| policy.permissive) {
        match policy.command {
            Command::All => commands.extend(effect::Command::ALL.map(words::of_statement)),
            one => commands.push(words::command(one)),
        }
    }
    commands.sort();
    commands.dedup();
    let found = findings.get(&table).cloned().unwrap_or_default();
    let [errors, warnings, infos] = found.counts;
    Some(PolicyTableRow {
        on: words::on(&table),
        icon: explorer::icon(relation.kind),
        owner: relation.owner.clone(),
        enabled: security.map(|is| is.enabled),
        forced: security.map(|is| is.forced),
        state,
        words: state_words(state, security).to_owned(),
        policies: advice::number(walker.policies().len()),
        commands,
        errors,
        warnings,
        infos,
        finding: found.worst.map(|(_, message)| message),
        staged: 0,
        partition_of: relation
            .partition_of
            .as_ref()
            .map(|(schema, table)| PolicyOn { schema: schema.clone(), table: table.clone() }),
        access: None,
    })
}

fn state_words(state: PolicyState, security: Option<RowSecurity>) -> &'static str {
    let forced = security.is_some_and(|is| is.forced);
    match state {
        PolicyState::Exposed => "Off, exposed",
        PolicyState::Off => "Off",
        PolicyState::NoPolicy if forced => "Forced, no policy",
        PolicyState::NoPolicy => "On, no policy",
        PolicyState::Open if forced => "Forced, all rows exposed",
        PolicyState::Open => "On, all rows exposed",
        PolicyState::On => "On",
        PolicyState::Forced => "Forced",
        PolicyState::NotKnown => "Not read",
    }
}

/// The worst first.
fn rank(state: PolicyState) -> u8 {
    match state {
        PolicyState::Exposed => 0,
        PolicyState::Open => 1,
        PolicyState::NoPolicy => 2,
        PolicyState::NotKnown => 3,
        PolicyState::Off => 4,
        PolicyState::On => 5,
        PolicyState::Forced => 6,
    }
}

fn counted(rows: &[(RelationId, PolicyTableRow)]) -> PolicyCounts {
    let of = |state| advice::number(rows.iter().filter(|(_, row)| row.state == state).count());
    PolicyCounts {
        tables: advice::number(rows.len()),
        exposed: of(PolicyState::Exposed),
        off: of(PolicyState::Off),
        no_policy: of(PolicyState::NoPolicy),
        open: of(PolicyState::Open),
        on: of(PolicyState::On),
        forced: of(PolicyState::Forced),
        not_known: of(PolicyState::NotKnown),
        needs_work: advice::number(rows.iter().filter(|(_, row)| row.errors + row.warnings > 0).count()),
        staged: 0,
        policies: rows.iter().map(|(_, row)| row.policies).sum(),
    }
}

fn login(examined: &Examined, effects: &Effects<'_>) -> PolicyLogin {
    let Some(login) = examined.facts.login.value() else {
        let words = "Who is connected was not read: it is not known whether row security applies to this login.";
        return PolicyLogin { name: None, superuser: false, bypass: false, owned: 0, words: Some(words.to_owned()) };
    };
    let powers = effects.rights().powers(&login.name);
    let is_owner = |id: &RelationId| {
        matches!(
            effects.without_rights(*id, &powers, Shape::usual(effect::Command::Select)),
            Effect::Bypassed { why: Bypass::Owner }
        )
    };
    let owned = advice::number(tables_of(&examined.catalog).iter().filter(|id| is_owner(id)).count());
    let name = &login.name;
    let words = match (login.superuser, login.bypass_row_security, owned) {
        (true, ..) => Some(format!("You are connected as {name}, a superuser: row security does not apply to you.")),
        (_, true, _) => {
            Some(format!("You are connected as {name}, which has BYPASSRLS: row security does not apply to you."))
        }
        (.., 0) => None,
        (.., 1) => Some(format!(
            "You are connected as {name}, which owns a table with row security that is not forced: it does not apply to \
             you there."
        )),
        (.., owned) => Some(format!(
            "You are connected as {name}, which owns {} tables with row security that is not forced: it does not apply to \
             you there.",
            explorer::grouped(owned.into())
        )),
    };
    PolicyLogin {
        name: Some(name.clone()),
        superuser: login.superuser,
        bypass: login.bypass_row_security,
        owned,
        words,
    }
}

/// Roles that can hold rights, `PUBLIC` first.
pub(super) fn roles(catalog: &Catalog, exposure: Option<&Exposure>, wanted: impl Fn(&str) -> bool) -> Vec<PolicyRole> {
    let is_exposed = |name: &str| exposure.is_some_and(|exposure| exposure.roles().any(|role| role == name));
    let everyone = PolicyRole {
        name: "PUBLIC".to_owned(),
        login: false,
        superuser: false,
        bypass: false,
        exposed: is_exposed("PUBLIC"),
    };
    let own = catalog.roles.iter().filter(|role| !role.name.starts_with("pg_")).map(|role| PolicyRole {
        name: role.name.clone(),
        login: role.login,
        superuser: role.superuser,
        bypass: role.bypass_row_security,
        exposed: is_exposed(&role.name),
    });
    std::iter::once(everyone).chain(own).filter(|role| wanted(&role.name)).collect()
}

/// What was not read in full, so that what is said may be too much or too little.
pub(super) fn unread(catalog: &Catalog) -> Vec<String> {
    [Kind::Relations, Kind::Policies, Kind::Roles, Kind::Grants, Kind::Routines]
        .into_iter()
        .filter(|kind| catalog.complete(&[*kind]).is_err())
        .map(|kind| kind.words().to_owned())
        .collect()
}
