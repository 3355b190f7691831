//! The rule behind an error: names come from the server's message, and count only where the catalog knows them.

use catalog::{ConstraintKind, RelationWalker};
use driver::{Error, Violation, ViolationKind};

pub(super) fn of(relation: RelationWalker<'_>, error: &Error) -> Option<Violation> {
    let native = error.native.as_deref()?;
    let named = native.constraint.as_deref();
    let column = native.column.clone().filter(|name| relation.columns().iter().any(|column| column.name == *name));
    let found = |kind, constraint: Option<&str>, columns: Vec<String>| {
        Some(Violation { kind, constraint: constraint.map(str::to_owned), columns })
    };
    let of_column = |kind| found(kind, None, column.clone().into_iter().collect());
    match native.code.parse::<i32>().ok()? {
        515 => of_column(ViolationKind::NotNull),
        2601 | 2627 => {
            let index = relation.indexes().iter().find(|index| named == Some(index.name.as_str()));
            let columns =
                index.map(|index| index.keys.iter().map(|key| key.text.clone()).collect()).unwrap_or_default();
            found(ViolationKind::Unique, named, columns)
        }
        547 => {
            if let Some(key) =
                relation.foreign_keys().iter().find(|key| named.is_some() && key.name.as_deref() == named)
            {
                return found(ViolationKind::Reference, named, key.columns.clone());
            }
            if let Some(key) = relation.referenced_by().find(|key| named.is_some() && key.name.as_deref() == named) {
                return found(ViolationKind::Referenced, named, key.referenced_columns.clone());
            }
            let check = relation
                .constraints()
                .iter()
                .any(|one| one.kind == ConstraintKind::Check && one.name.as_deref() == named);
            // A key of a table that is not in this catalog refers here.
            let kind = if check { ViolationKind::Check } else { ViolationKind::Referenced };
            found(kind, named, if check { column.into_iter().collect() } else { Vec::new() })
        }
        2628 | 8152 => of_column(ViolationKind::TooLong),
        220 | 232 | 244 | 248 | 8115 => of_column(ViolationKind::OutOfRange),
        241 | 242 | 245 | 257 | 295 | 8114 | 8169 | 9400 | 9420 => of_column(ViolationKind::NotOfType),
        33504 => found(ViolationKind::RowSecurity, None, Vec::new()),
        _ => None,
    }
}
