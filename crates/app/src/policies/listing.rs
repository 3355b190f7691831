//! Policies in a terminal: lists of them, one table, the matrix, and lists that are made so.

use std::sync::Arc;

use advisor::Baseline;
use catalog::{Catalog, Kind, RelationId, Scope};
use policy::{
    change::ChangeSet,
    coverage::{Cell, Matrix, Ways, roles_of, tables_of},
    effect::{Command, Effects},
    listing::{Listing, Table},
    name,
};

use super::{
    applying::{self, Consent},
    drafts::Staged,
    matrix,
    plan::Planned,
    suites, table, templates,
    texts::Texts,
    without, words,
};
use crate::{
    advisor::Judged,
    api::*,
    explorer::{Place, blocking},
    terminal::Terminal,
};

/// What policies are read with.
const KINDS: [Kind; 9] = [
    Kind::Databases,
    Kind::Schemas,
    Kind::Relations,
    Kind::Columns,
    Kind::Policies,
    Kind::Types,
    Kind::Routines,
    Kind::Roles,
    Kind::Grants,
];

/// The heads of [`PolicyList::rows`].
pub const LIST_HEADS: [&str; 8] =
    ["TABLE", "ROW SECURITY", "POLICY", "KIND", "COMMAND", "ROLES", "USING", "WITH CHECK"];
/// The heads of [`PolicyCells::rows`].
pub const MATRIX_HEADS: [&str; 7] = ["TABLE", "ROLE", "SELECT", "INSERT", "UPDATE", "DELETE", "AROUND"];

/// Policies of a database.
pub struct PolicyList {
    listing: Listing,
    /// What could not be read in full, in words.
    pub unread: Vec<String>,
}

impl PolicyList {
    /// As JSON, which [`Terminal::policy_change`] takes.
    pub fn json(&self) -> String {
        self.listing.to_json()
    }

    /// As SQL, which [`Terminal::policy_change`] takes.
    pub fn sql(&self) -> String {
        self.listing.to_sql()
    }

    /// A line for each policy, and for each table without any, under [`LIST_HEADS`].
    pub fn rows(&self) -> Vec<Vec<String>> {
        let mut rows = Vec::new();
        for table in &self.listing.tables {
            let security = match (table.row_security, table.forced) {
                (Some(true), Some(true)) => "forced",
                (Some(true), _) => "on",
                (Some(false), _) => "off",
                (None, _) => "not read",
            };
            let head = [format!("{}.{}", table.schema, table.table), security.to_owned()];
            if table.policies.is_empty() {
                rows.push(head.into_iter().chain(std::iter::repeat_n(String::new(), 6)).collect());
                continue;
            }
            for policy in &table.policies {
                let text = |text: &Option<String>| text.clone().unwrap_or_default();
                let kind = if policy.permissive { "permissive" } else { "restrictive" };
                let command = format!("{:?}", policy.command).to_uppercase();
                let own = [
                    policy.name.clone(),
                    kind.to_owned(),
                    command,
                    policy.role_names().join(", "),
                    text(&policy.using),
                    text(&policy.with_check),
                ];
                rows.push(head.iter().cloned().chain(own).collect());
            }
        }
        rows
    }
}

/// The matrix of a database, printed.
pub struct PolicyCells {
    /// In the format that was asked for; as rows for people where none was.
    pub text: Option<String>,
    /// A line for each table and role, under [`MATRIX_HEADS`].
    pub rows: Vec<Vec<String>>,
    /// What could not be read in full, in words.
    pub unread: Vec<String>,
}

/// A list that is to be made so.
pub struct PolicyProposal {
    planned: Planned,
}

impl PolicyProposal {
    /// What it does, exactly.
    pub fn plan(&self) -> PolicyPlan {
        self.planned.told()
    }

    /// Whether everything is like this already.
    pub fn is_empty(&self) -> bool {
        self.planned.set.changes.is_empty()
    }
}

/// A schema that was named and is not there is an error, not an empty answer.
fn require(catalog: &Catalog, schemas: &[String]) -> Result<(), AppError> {
    match schemas.iter().find(|wanted| !catalog.schemas.iter().any(|schema| schema.name == **wanted)) {
        Some(missing) => Err(AppError::new(ErrorCode::NotFound, format!("There is no schema “{missing}”."))
            .with_hint("Names are compared letter by letter.")),
        None => Ok(()),
    }
}

impl Terminal {
    fn policy_place(&self) -> Result<Place, AppError> {
        let (connected, opened) = self.place();
        let place = Place { connected: Arc::clone(connected), opened: Arc::clone(opened), acting: None };
        match place.opened.connection.control().row_security() {
            Some(_) => Ok(place),
            None => Err(without(&place)),
        }
    }

    async fn policy_catalog(&self) -> Result<Catalog, AppError> {
        self.policy_place()?;
        let scope = Scope { kinds: KINDS.to_vec(), definitions: true, ..Scope::default() };
        self.catalog(&scope).await
    }

    /// Tables with row security or policies, of these schemas or of all.
    ///
    /// # Errors
    /// `Unsupported` for a database without row security; `NotFound` for a schema that is not there; as the driver says.
    pub async fn policy_list(&self, schemas: &[String]) -> Result<PolicyList, AppError> {
        let catalog = self.policy_catalog().await?;
        require(&catalog, schemas)?;
        let wanted = |id: RelationId| {
            schemas.is_empty()
                || catalog.relation(id).is_some_and(|walker| schemas.iter().any(|own| own == walker.schema()))
        };
        Ok(PolicyList { listing: Listing::of(&catalog, wanted), unread: super::overview::unread(&catalog) })
    }

    /// One table: `SCHEMA.TABLE`, or a name that only one schema has; its list, and everything about it.
    ///
    /// # Errors
    /// `NotFound`; `InvalidStatement` for a name that several schemas have; as [`Terminal::policy_list`].
    pub async fn policy_show(&self, named: &str) -> Result<(PolicyList, PolicyTable), AppError> {
        self.policy_place()?;
        let examined = Arc::new(self.examined().await?);
        let exposure = self.exposure(&examined).await?;
        let named = named.to_owned();
        blocking(move || {
            let judged = Judged::of(examined, exposure, Baseline::default(), None).0;
            let catalog = &judged.examined.catalog;
            let on = meant(catalog, &named)?;
            let wanted = catalog.find_relation(Some(&on.schema), &on.table);
            let listing = Listing::of(catalog, |id| Some(id) == wanted);
            let page = table::page(&judged, &on, &Staged::default(), &Texts::default())?;
            Ok((PolicyList { listing, unread: super::overview::unread(catalog) }, page))
        })
        .await?
    }

    /// Tables, roles and commands: who gets how far. Of these schemas and roles, or of all.
    ///
    /// # Errors
    /// `NotFound` for a role that is not there; as [`Terminal::policy_list`].
    pub async fn policy_matrix(
        &self,
        schemas: &[String],
        roles: &[String],
        format: Option<PolicyMatrixFormat>,
    ) -> Result<PolicyCells, AppError> {
        let catalog = self.policy_catalog().await?;
        require(&catalog, schemas)?;
        let missing =
            roles.iter().find(|role| *role != "PUBLIC" && !catalog.roles.iter().any(|known| known.name == **role));
        if let Some(missing) = missing {
            return Err(AppError::new(ErrorCode::NotFound, format!("There is no role “{missing}”.")));
        }
        let (schemas, roles) = (schemas.to_vec(), roles.to_vec());
        blocking(move || cells(&catalog, &schemas, roles, format)).await
    }

    /// What would make a list so: JSON, or SQL whose names without a schema are of `public`.
    ///
    /// # Errors
    /// `InvalidStatement` for a list that cannot be read, with the place; `NotFound` for a table that is not there; as
    /// [`Terminal::policy_list`]. Other names that are not there are part of the plan.
    pub async fn policy_change(&self, text: &str, lock_timeout_ms: Option<u32>) -> Result<PolicyProposal, AppError> {
        let is_json = text.trim_start().starts_with('{');
        let read = if is_json { Listing::from_json(text) } else { Listing::from_sql(text, "public") };
        let wanted = read.map_err(|error| templates::unreadable(&error, text))?;
        let (place, catalog) = (self.policy_place()?, self.policy_catalog().await?);
        let planned = blocking(move || {
            let missing =
                wanted.tables.iter().find(|table| catalog.find_relation(Some(&table.schema), &table.table).is_none());
            if let Some(missing) = missing {
                return Err(AppError::new(
                    ErrorCode::NotFound,
                    format!("There is no table {}.", missing.names().sql()),
                ));
            }
            let there = all(&catalog);
            let set = ChangeSet::between(&there, &wanted);
            Ok(Planned::new(&catalog, set, lock_timeout_ms))
        });
        Ok(PolicyProposal { planned: planned.await??.asked(&place).await? })
    }

    /// Makes it so; may ask first.
    ///
    /// # Errors
    /// As [`crate::App::policy_apply`].
    pub async fn policy_apply(
        &self,
        proposal: &PolicyProposal,
        acknowledged: &[String],
        confirmed: Option<&RunConsent>,
    ) -> Result<PolicyApplied, AppError> {
        let place = self.policy_place()?;
        applying::apply(self.app(), &place, &proposal.planned, &Consent { acknowledged, confirmed }).await
    }

    /// Runs a suite, and says it as JSON, as lines for people, and how many cases failed.
    ///
    /// # Errors
    /// As [`crate::App::policy_test`].
    pub async fn policy_test(&self, suite: &str) -> Result<(String, Vec<Vec<String>>, usize), AppError> {
        let place = self.policy_place()?;
        let report = suites::run(&place, &suites::read(suite)?).await?;
        let json = format!("{}\n", serde_json::to_string_pretty(&report).map_err(AppError::internal)?);
        let row = |case: &policy::suite::Verdict| {
            let word = if case.ok { "ok" } else { "FAILED" };
            vec![word.to_owned(), case.name.clone(), case.why.clone().unwrap_or_default()]
        };
        Ok((json, report.cases.iter().map(row).collect(), report.failed))
    }

    /// What became of the last changes whose answer nobody got, as long as nobody has said that it was read: found out here
    /// where it was not known. `None` where there is none, and for a connection that is not saved, of which nothing is kept.
    ///
    /// # Errors
    /// `Unsupported` for a database without row security; as the store and the server say.
    pub async fn policy_last(&self) -> Result<Option<PolicyLastApply>, AppError> {
        let place = self.policy_place()?;
        self.app().settle_sent(&place).await?;
        self.app().last_apply(&place).await
    }

    /// Tries it on the server and rolls it back.
    ///
    /// # Errors
    /// As [`crate::App::policy_check_on_server`].
    pub async fn policy_trial(&self, proposal: &PolicyProposal) -> Result<PolicyTrial, AppError> {
        let place = self.policy_place()?;
        if place.connected.read_only {
            return Err(AppError::new(ErrorCode::Forbidden, "Nothing was sent: this connection is read-only."));
        }
        applying::try_out(&place, &proposal.planned).await
    }
}

/// Row security of every table, also of those without any.
fn all(catalog: &Catalog) -> Listing {
    let mut listing = Listing::of(catalog, |_| true);
    let known: std::collections::HashSet<Table> =
        listing.tables.iter().map(policy::listing::TablePolicies::names).collect();
    for id in tables_of(catalog) {
        let on = words::named(catalog, id);
        let row = catalog.relations.get(id.0 as usize);
        let security = row.and_then(|row| row.row_security.value().copied());
        if !known.contains(&on) {
            listing.tables.push(policy::listing::TablePolicies {
                schema: on.schema,
                table: on.table,
                row_security: security.map(|is| is.enabled),
                forced: security.map(|is| is.forced),
                policies: Vec::new(),
            });
        }
    }
    listing
}

/// The table that a name means.
fn meant(catalog: &Catalog, named: &str) -> Result<PolicyOn, AppError> {
    let on = |id| words::on(&words::named(catalog, id));
    if let Some((schema, table)) = named.split_once('.')
        && let Some(id) = catalog.find_relation(Some(schema), table)
    {
        return Ok(on(id));
    }
    let found: Vec<RelationId> = tables_of(catalog)
        .into_iter()
        .filter(|id| catalog.relations.get(id.0 as usize).is_some_and(|row| row.name == named))
        .collect();
    match found.as_slice() {
        [one] => Ok(on(*one)),
        [] => Err(AppError::new(ErrorCode::NotFound, format!("There is no table “{named}”."))
            .with_hint("Names are compared letter by letter: SCHEMA.TABLE.")),
        several => {
            let names: Vec<String> = several.iter().map(|id| words::named(catalog, *id).sql()).collect();
            Err(AppError::new(ErrorCode::InvalidStatement, format!("Several tables are called “{named}”."))
                .with_hint(format!("Name one of them: {}.", names.join(", "))))
        }
    }
}

fn cells(catalog: &Catalog, schemas: &[String], roles: Vec<String>, format: Option<PolicyMatrixFormat>) -> PolicyCells {
    let effects = Effects::new(catalog);
    let roles = match roles.is_empty() {
        true => std::iter::once("PUBLIC".to_owned()).chain(roles_of(effects.rights())).collect(),
        false => roles,
    };
    let mut tables = tables_of(catalog);
    tables.retain(|id| schemas.is_empty() || schemas.contains(&words::named(catalog, *id).schema));
    tables.sort_by_key(|id| words::named(catalog, *id));
    let matrix = Matrix::new(&effects, &tables, &roles);
    let unread = matrix.not_read.iter().map(|kind| kind.words().to_owned()).collect();
    if let Some(format) = format {
        return PolicyCells { text: Some(matrix::printed(&matrix, &effects, format)), rows: Vec::new(), unread };
    }
    let ways = Ways::new(&effects);
    let powers: Vec<_> = roles.iter().map(|role| effects.rights().powers(role)).collect();
    let mut rows = Vec::new();
    for (table_at, (id, table)) in matrix.tables.iter().enumerate() {
        for (role_at, role) in roles.iter().enumerate() {
            let around = powers.get(role_at).map(|powers| ways.of(&effects, *id, powers)).unwrap_or_default();
            let around: Vec<String> = around
                .iter()
                .map(|way| format!("{} {}", way.kind.words(), name::qualified(&way.through.schema, &way.through.table)))
                .collect();
            let cells =
                Command::ALL.map(|command| matrix.cell(table_at, role_at, command).map(cell).unwrap_or_default());
            let names = [format!("{}.{}", table.schema, table.table), role.clone()];
            rows.push(names.into_iter().chain(cells).chain([around.join("; ")]).collect());
        }
    }
    PolicyCells { text: None, rows, unread }
}

fn cell(cell: &Cell) -> String {
    let columns = if cell.some_columns { " (some columns)" } else { "" };
    format!("{}{columns}", cell.level.words())
}
