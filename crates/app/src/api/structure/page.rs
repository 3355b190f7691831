//! What is told of a database and of an object in it, for editing.

use serde::{Deserialize, Serialize};
use specta::Type;

use super::{
    ObjectRef, StructureChange, StructureCheckForm, StructureColumnForm, StructureEdit, StructureForeignKeyForm,
    StructureGrant, StructureIndexForm, StructureKeyForm, StructurePartitionAbilities, StructurePartitions,
    StructureRoleAbilities,
};

/// What the engine can do: what it cannot is not offered.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct StructureAbilities {
    /// The product's name.
    pub product: String,
    /// Schemas a new object may be in; empty where the engine has none.
    pub schemas: Vec<String>,
    /// The one that is meant where none is said.
    pub schema: Option<String>,
    /// Whether changes are kept together or not at all.
    pub transactional: bool,
    /// Objects have comments.
    pub comments: bool,
    /// Columns can be numbered, and whether `ByDefault` is another way.
    pub numbering: bool,
    /// As above.
    pub numbering_by_default: bool,
    /// Columns can be computed without being stored.
    pub virtual_columns: bool,
    /// Columns may be without a type.
    pub typeless_columns: bool,
    /// Foreign keys can be deferred.
    pub deferrable: bool,
    /// Access methods of indexes, the usual one first.
    pub index_methods: Vec<String>,
    /// Indexes can carry columns along.
    pub included_columns: bool,
    /// Indexes can be of some rows only.
    pub partial_indexes: bool,
    /// Indexes can be of expressions.
    pub expression_indexes: bool,
    /// Tables have row security, and new ones in these schemas are reached by untrusted clients.
    pub row_security: bool,
    /// As above.
    pub exposed_schemas: Vec<String>,
    /// Types to propose, the usual ones first.
    pub types: Vec<String>,
    /// Collations to propose.
    pub collations: Vec<String>,
    /// What can be created, of: `schema`, `table`, `view`, `materialized_view`, `function`, `procedure`, `trigger`, `enum`, `domain`,
    /// `sequence`, `extension`, `event`, `role`.
    pub kinds: Vec<String>,
    /// Objects have owners that can be staged.
    pub owners: bool,
    /// What can be granted, by the kind of an object ([`ObjectRef::kind`]); empty where no rights can be staged.
    pub privileges: Vec<StructurePrivileges>,
    /// What a person may say of how values become those of another type.
    pub converts: bool,
    /// How tables are divided; `None` where they are not.
    pub partitions: Option<StructurePartitionAbilities>,
    /// Roles can be staged; `None` where they cannot, or were not read.
    pub roles: Option<StructureRoleAbilities>,
    /// What a text of a new object begins as, by kind.
    pub templates: Vec<StructureTemplate>,
}

/// What can be granted on objects of a kind.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct StructurePrivileges {
    /// Of which kind: `relation`, `routine` …
    pub kind: String,
    /// As GRANT says them, the usual one first.
    pub privileges: Vec<String>,
}

/// What a text of a new object begins as.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct StructureTemplate {
    /// Of which kind, as in [`StructureAbilities::kinds`].
    pub kind: String,
    /// The text; `{schema}` stands for the schema and its dot, where there is one.
    pub text: String,
}

/// A column in the editor.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct StructureColumn {
    /// As it is staged.
    pub form: StructureColumnForm,
    /// What becomes of it.
    pub change: Option<StructureChange>,
    /// As it is now, where that is another.
    pub was: Option<StructureColumnForm>,
    /// It is of the primary key.
    pub primary: bool,
    /// Why it cannot be changed here (`inherited from parent`).
    pub fixed: Option<String>,
}

/// A key, check, foreign key or index in the editor.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct StructurePart<Form> {
    /// Which.
    pub object: ObjectRef,
    /// As it is staged; `None` where the form has no room for all of it, and only the text tells.
    pub form: Option<Form>,
    /// Its definition.
    pub text: String,
    /// What becomes of it.
    pub change: Option<StructureChange>,
    /// Why it cannot be changed here.
    pub fixed: Option<String>,
    /// Its comment.
    pub comment: Option<String>,
}

/// What has only a text: a trigger, a policy.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct StructureText {
    /// Which.
    pub object: ObjectRef,
    /// Its definition.
    pub text: String,
    /// What becomes of it.
    pub change: Option<StructureChange>,
    /// Its comment.
    pub comment: Option<String>,
}

/// An object as it would be, for editing.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct StructurePage {
    /// Which; by its new name.
    pub object: ObjectRef,
    /// What it is, in words (`table`, `view`, `enum` …).
    pub kind: String,
    /// What becomes of it.
    pub change: Option<StructureChange>,
    /// The name it has now, where that is another.
    pub was: Option<String>,
    /// Its comment.
    pub comment: Option<String>,
    /// Who owns it.
    pub owner: Option<String>,
    /// Who may do what with it, the owner left out.
    pub grants: Vec<StructureGrant>,
    /// Row security: enabled, and for the owner too.
    pub row_security: Option<(bool, bool)>,
    /// Its columns.
    pub columns: Vec<StructureColumn>,
    /// Primary and unique keys.
    pub keys: Vec<StructurePart<StructureKeyForm>>,
    /// Checks; exclusion constraints and the like have no form.
    pub checks: Vec<StructurePart<StructureCheckForm>>,
    /// Foreign keys of it.
    pub foreign_keys: Vec<StructurePart<StructureForeignKeyForm>>,
    /// Indexes that are no key's.
    pub indexes: Vec<StructurePart<StructureIndexForm>>,
    /// Triggers.
    pub triggers: Vec<StructureText>,
    /// Policies: edited at their own place.
    pub policies: Vec<StructureText>,
    /// How it is divided, and of what it is a part; `None` where it is neither divided nor a part.
    pub partitions: Option<StructurePartitions>,
    /// What keeps a role from being dropped, in sentences; none for anything else.
    pub held: Vec<String>,
    /// What is not a table, as it is filled in: the edit that would make it again.
    pub edit: Option<StructureEdit>,
    /// All of it as statements that would make it as it is staged.
    pub text: String,
    /// Tables that refer to it.
    pub referenced_by: Vec<ObjectRef>,
}
