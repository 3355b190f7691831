//! SQL Server's security policies as data: the same questions as for PostgreSQL, and the scripts that make them.
//!
//! A security policy binds predicates to tables: FILTER hides rows from SELECT, UPDATE and DELETE in silence, BLOCK refuses a
//! write with an error (AFTER INSERT, AFTER UPDATE, BEFORE UPDATE, BEFORE DELETE; without an operation all four). A predicate is
//! an inline table-valued function, schema-bound as a rule, called with columns of the row
//! (<https://learn.microsoft.com/sql/t-sql/statements/create-security-policy-transact-sql>; `sys.security_policies`,
//! `sys.security_predicates`). There are no roles: who asks is looked at within the function. All of a table's predicates apply
//! to everyone, `dbo` too. Live reading comes with that driver.

use serde::{Deserialize, Serialize};

use crate::coverage::Level;
use crate::effect::Command;

/// When a predicate is asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Moment {
    /// FILTER: rows that are read, also to change or remove them.
    Filter,
    /// BLOCK … AFTER INSERT.
    AfterInsert,
    /// BLOCK … AFTER UPDATE: the row as it became.
    AfterUpdate,
    /// BLOCK … BEFORE UPDATE: the row as it was.
    BeforeUpdate,
    /// BLOCK … BEFORE DELETE.
    BeforeDelete,
    /// BLOCK without an operation: all four.
    Block,
}

impl Moment {
    /// Whether it is asked by a statement of that command.
    pub fn concerns(self, command: Command) -> bool {
        match self {
            Moment::Filter => command != Command::Insert,
            Moment::AfterInsert => command == Command::Insert,
            Moment::AfterUpdate | Moment::BeforeUpdate => command == Command::Update,
            Moment::BeforeDelete => command == Command::Delete,
            Moment::Block => command != Command::Select,
        }
    }

    fn words(self) -> (&'static str, &'static str) {
        match self {
            Moment::Filter => ("FILTER", ""),
            Moment::AfterInsert => ("BLOCK", " AFTER INSERT"),
            Moment::AfterUpdate => ("BLOCK", " AFTER UPDATE"),
            Moment::BeforeUpdate => ("BLOCK", " BEFORE UPDATE"),
            Moment::BeforeDelete => ("BLOCK", " BEFORE DELETE"),
            Moment::Block => ("BLOCK", ""),
        }
    }
}

/// A name of two parts, as the server keeps it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Name {
    /// The schema.
    pub schema: String,
    /// The name.
    pub name: String,
}

impl Name {
    /// The name of these parts.
    pub fn new(schema: &str, name: &str) -> Self {
        Name { schema: schema.to_owned(), name: name.to_owned() }
    }

    /// In Transact-SQL, in brackets.
    pub fn sql(&self) -> String {
        format!("{}.{}", bracketed(&self.schema), bracketed(&self.name))
    }
}

/// A name in brackets, as `QUOTENAME` writes it.
pub fn bracketed(name: &str) -> String {
    format!("[{}]", name.replace(']', "]]"))
}

/// A predicate of a security policy.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Predicate {
    /// Its table.
    pub table: Name,
    /// When it is asked.
    pub moment: Moment,
    /// The function.
    pub function: Name,
    /// Its arguments, each an expression as the server prints it: columns, constants, built-in functions.
    pub arguments: Vec<String>,
}

/// An inline table-valued function that predicates call.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Function {
    /// Its name.
    pub name: Name,
    /// Its full text, as `OBJECT_DEFINITION` gives it; `None` where it is encrypted or the login may not see it.
    pub definition: Option<String>,
}

/// A security policy.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SecurityPolicy {
    /// Its name.
    pub name: Name,
    /// STATE = ON: its predicates are asked.
    pub enabled: bool,
    /// SCHEMABINDING = ON, as it is unless said otherwise.
    pub schema_bound: bool,
    /// NOT FOR REPLICATION.
    pub not_for_replication: bool,
    /// Its predicates.
    pub predicates: Vec<Predicate>,
}

/// Row security of a database.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Security {
    /// The tables there are, those without predicates too.
    pub tables: Vec<Name>,
    /// The policies.
    pub policies: Vec<SecurityPolicy>,
    /// The functions of their predicates.
    pub functions: Vec<Function>,
}

/// What stands between a statement and a table.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cell {
    /// The table.
    pub table: Name,
    /// The command.
    pub command: Command,
    /// [`Level::Filtered`] where a predicate is asked, else [`Level::All`]: who may do it at all is a matter of privileges.
    pub level: Level,
    /// The predicates, with the policy of each.
    pub predicates: Vec<(Name, Predicate)>,
}

/// What a script cannot be made of.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// A policy without predicates.
    #[error("{0} has no predicate")]
    Empty(String),
    /// The server takes one predicate for a table and moment in a policy, and one enabled policy for each of them.
    #[error("{table} has two predicates of one kind: {first} and {second}")]
    Twice {
        /// The table.
        table: String,
        /// The policy of the first.
        first: String,
        /// The policy of the second.
        second: String,
    },
    /// The text of a function is not known.
    #[error("the text of {0} is not known")]
    NoText(String),
}

impl Security {
    /// Which predicates are asked for which table and command: a row for each table and command, tables in their order.
    pub fn matrix(&self) -> Vec<Cell> {
        let mut cells = Vec::with_capacity(self.tables.len() * Command::ALL.len());
        for table in &self.tables {
            for command in Command::ALL {
                let asked = self.policies.iter().filter(|policy| policy.enabled).flat_map(|policy| {
                    let own = policy.predicates.iter();
                    own.filter(|one| one.table == *table && one.moment.concerns(command))
                        .map(|one| (policy.name.clone(), one.clone()))
                });
                let predicates: Vec<_> = asked.collect();
                let level = if predicates.is_empty() { Level::All } else { Level::Filtered };
                cells.push(Cell { table: table.clone(), command, level, predicates });
            }
        }
        cells
    }

    /// The functions and policies as a script, batches parted by GO. It runs in one transaction; a policy is made with the state
    /// it has, so that there is no moment without it.
    ///
    /// # Errors
    /// [`Refusal`]: what the server would refuse, or a function whose text is not known.
    pub fn script(&self) -> Result<String, Refusal> {
        self.check()?;
        let mut text = "SET XACT_ABORT ON;\nBEGIN TRANSACTION;\nGO\n".to_owned();
        for function in &self.functions {
            let definition = function.definition.as_deref().ok_or_else(|| Refusal::NoText(function.name.sql()))?;
            text.push_str(definition.trim().trim_end_matches(';'));
            text.push_str(";\nGO\n");
        }
        for policy in &self.policies {
            text.push_str(&policy.create());
            text.push_str("GO\n");
        }
        text.push_str("COMMIT TRANSACTION;\nGO\n");
        Ok(text)
    }

    /// What changes the text of a function that predicates call. The function is bound: the predicates go, the function is altered
    /// and the predicates come back, in one transaction, or there would be a moment in which every row is open.
    ///
    /// `definition` begins with `CREATE FUNCTION` or `ALTER FUNCTION`; the first is made the second.
    pub fn alter_function(&self, function: &Name, definition: &str) -> String {
        let mut text = "SET XACT_ABORT ON;\nBEGIN TRANSACTION;\nGO\n".to_owned();
        let users: Vec<(&SecurityPolicy, Vec<&Predicate>)> = self
            .policies
            .iter()
            .map(|policy| (policy, policy.predicates.iter().filter(|one| one.function == *function).collect()))
            .filter(|(_, predicates): &(_, Vec<_>)| !predicates.is_empty())
            .collect();
        let alter = |policy: &SecurityPolicy, clauses: Vec<String>| {
            format!("ALTER SECURITY POLICY {}\n  {};\nGO\n", policy.name.sql(), clauses.join(",\n  "))
        };
        for (policy, predicates) in &users {
            text.push_str(&alter(policy, predicates.iter().map(|one| one.drop()).collect()));
        }
        let definition = definition.trim();
        let is_create = definition.get(..6).is_some_and(|word| word.eq_ignore_ascii_case("create"));
        let rest = definition.get(6..).filter(|_| is_create);
        text.push_str(&rest.map_or_else(|| definition.to_owned(), |rest| format!("ALTER{rest}")));
        text.push_str("\nGO\n");
        for (policy, predicates) in &users {
            text.push_str(&alter(policy, predicates.iter().map(|one| one.add()).collect()));
        }
        text.push_str("COMMIT TRANSACTION;\nGO\n");
        text
    }

    fn check(&self) -> Result<(), Refusal> {
        let mut seen: Vec<(&Name, Moment, &SecurityPolicy)> = Vec::new();
        for policy in &self.policies {
            if policy.predicates.is_empty() {
                return Err(Refusal::Empty(policy.name.sql()));
            }
            for one in &policy.predicates {
                let clash = seen.iter().find(|(table, moment, other)| {
                    let same_policy = other.name == policy.name;
                    **table == one.table && *moment == one.moment && (same_policy || (other.enabled && policy.enabled))
                });
                if let Some((_, _, other)) = clash {
                    let (first, second) = (other.name.sql(), policy.name.sql());
                    return Err(Refusal::Twice { table: one.table.sql(), first, second });
                }
                seen.push((&one.table, one.moment, policy));
            }
        }
        Ok(())
    }
}

impl SecurityPolicy {
    fn create(&self) -> String {
        let predicates: Vec<String> = self.predicates.iter().map(Predicate::add).collect();
        let on = |is: bool| if is { "ON" } else { "OFF" };
        format!(
            "CREATE SECURITY POLICY {}\n  {}\n  WITH (STATE = {}, SCHEMABINDING = {}){};\n",
            self.name.sql(),
            predicates.join(",\n  "),
            on(self.enabled),
            on(self.schema_bound),
            if self.not_for_replication { "\n  NOT FOR REPLICATION" } else { "" },
        )
    }
}

impl Predicate {
    fn add(&self) -> String {
        let (kind, operation) = self.moment.words();
        let (function, arguments) = (self.function.sql(), self.arguments.join(", "));
        format!("ADD {kind} PREDICATE {function}({arguments}) ON {}{operation}", self.table.sql())
    }

    fn drop(&self) -> String {
        let (kind, operation) = self.moment.words();
        format!("DROP {kind} PREDICATE ON {}{operation}", self.table.sql())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn predicate(table: &str, moment: Moment) -> Predicate {
        Predicate {
            table: Name::new("dbo", table),
            moment,
            function: Name::new("sec", "may see]"),
            arguments: vec!["[tenant]".to_owned(), "1".to_owned()],
        }
    }

    fn security() -> Security {
        let policy = |name: &str, enabled, predicates| SecurityPolicy {
            name: Name::new("sec", name),
            enabled,
            schema_bound: true,
            not_for_replication: false,
            predicates,
        };
        let text = "CREATE FUNCTION sec.[may see]]](@t int, @x int) RETURNS TABLE WITH SCHEMABINDING AS \
                    RETURN SELECT 1 AS ok WHERE @t = CAST(SESSION_CONTEXT(N'tenant') AS int)";
        Security {
            tables: vec![Name::new("dbo", "orders"), Name::new("dbo", "open")],
            policies: vec![
                policy(
                    "tenants",
                    true,
                    vec![predicate("orders", Moment::Filter), predicate("orders", Moment::AfterInsert)],
                ),
                policy("off", false, vec![predicate("open", Moment::Block)]),
            ],
            functions: vec![Function { name: Name::new("sec", "may see]"), definition: Some(text.to_owned()) }],
        }
    }

    #[test]
    fn the_matrix_shows_what_is_asked() {
        let words = |security: &Security| {
            let cells = security.matrix().into_iter();
            let cells =
                cells.map(|cell| format!("{} {} {}", cell.table.name, cell.command.words(), cell.level.words()));
            cells.collect::<Vec<_>>()
        };
        let mut security = security();
        assert_eq!(
            words(&security),
            [
                "orders SELECT filtered",
                "orders INSERT filtered",
                "orders UPDATE filtered",
                "orders DELETE filtered",
                "open SELECT all",
                "open INSERT all",
                "open UPDATE all",
                "open DELETE all",
            ]
        );
        security.policies[1].enabled = true;
        assert_eq!(
            words(&security)[4..],
            ["open SELECT all", "open INSERT filtered", "open UPDATE filtered", "open DELETE filtered"]
        );
        let counts: Vec<usize> = security.matrix().iter().map(|cell| cell.predicates.len()).collect();
        assert_eq!(counts, [1, 1, 1, 1, 0, 1, 1, 1]);
    }

    #[test]
    fn scripts_make_functions_first_and_leave_no_moment_open() {
        let security = security();
        let script = security.script().unwrap();
        assert!(script.contains(
            "CREATE SECURITY POLICY [sec].[tenants]\n  ADD FILTER PREDICATE [sec].[may see]]]([tenant], 1) ON [dbo].[orders],\n  \
             ADD BLOCK PREDICATE [sec].[may see]]]([tenant], 1) ON [dbo].[orders] AFTER INSERT\n  \
             WITH (STATE = ON, SCHEMABINDING = ON);\nGO\n"
        ));
        assert!(script.contains("WITH (STATE = OFF,"));
        assert!(script.find("CREATE FUNCTION") < script.find("CREATE SECURITY POLICY"));
        let function = &security.functions[0];
        let altered = security.alter_function(&function.name, function.definition.as_deref().unwrap());
        let order = ["BEGIN TRAN", "DROP FILTER PREDICATE ON [dbo].[orders]", "ALTER FUNCTION", "ADD FILTER", "COMMIT"];
        let places: Vec<_> = order.iter().map(|word| altered.find(word).unwrap()).collect();
        assert!(places.is_sorted(), "{altered}");
    }

    #[test]
    fn what_the_server_would_refuse_is_refused() {
        let mut security = security();
        security.policies[0].predicates.push(predicate("orders", Moment::Filter));
        assert!(matches!(security.script(), Err(Refusal::Twice { .. })));
        security.policies[0].predicates.clear();
        assert!(matches!(security.script(), Err(Refusal::Empty(_))));
        let mut security = self::security();
        security.functions[0].definition = None;
        assert_eq!(security.script().unwrap_err().to_string(), "the text of [sec].[may see]]] is not known");
    }
}
