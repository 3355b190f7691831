use crate::{
    Fix, Level,
    migration::{
        action::{Kind, What},
        rule::Found,
        scene::{Scene, Statement},
    },
};

crate::migration::rule::rule! {
    /// A transaction within one, one that is never ended, a statement that fails when the script is run again after it stopped half-way, and
    /// tables without their schema.
    ///
    /// **Why.** `BEGIN` inside a transaction is only a warning, and the `COMMIT` that follows ends the tool's own. A script outside a
    /// transaction that stops in the middle has to be run again from its beginning. Which table a bare name means depends on the
    /// `search_path` of whoever runs it.
    ///
    /// **How to fix it.** One transaction, ended; `IF EXISTS` and `IF NOT EXISTS` where there is none; schemas in names.
    ///
    /// **False positives.** A tool that runs one statement at a time and knows where it stopped.
    ///
    /// ```sql,fires
    /// create table orders (id int primary key);
    /// -- migration
    /// begin;
    /// alter table public.orders add column note text;
    /// ```
    ///
    /// ```sql,silent
    /// create table orders (id int primary key);
    /// -- migration
    /// begin;
    /// alter table public.orders add column note text;
    /// commit;
    /// ```
    "M-11" "transaction_and_names" Info "Transactions, repeatability and names"
}

fn check(scene: &Scene<'_>, found: &mut Found) {
    let mut transaction = scene.migration.in_transaction.then_some(0);
    for (index, statement) in scene.statements.iter().enumerate() {
        match statement.actions.first().map(|action| &action.what) {
            Some(What::Begin) if transaction.is_some() => {
                let message = "There is a transaction already: this one does nothing, and the COMMIT that follows ends the outer one.";
                found.add(index, statement, message.to_owned()).level(Level::Error);
            }
            Some(What::Commit | What::Rollback) if statement.transaction == Some(0) => {
                let message = "This ends the transaction that the migration's tool has opened: what follows is not taken back with it.";
                found.add(index, statement, message.to_owned()).level(Level::Error);
                transaction = None;
            }
            Some(What::Commit | What::Rollback) if transaction.is_none() && scene.postgres().is_some() => {
                let message = "There is no transaction to end here.";
                found.add(index, statement, message.to_owned()).level(Level::Warning);
            }
            Some(What::Commit | What::Rollback) => transaction = None,
            Some(What::Begin) => transaction = statement.transaction,
            _ => {}
        }
    }
    if let (true, Some((index, statement))) = (scene.left_open, scene.statements.iter().enumerate().next_back()) {
        let message = "The transaction is not ended: nothing of it stays when the connection closes.";
        found.add(index, statement, message.to_owned()).level(Level::Error).fix(Fix::new("COMMIT;"));
    }
    unrepeatable(scene, found);
    bare_names(scene, found);
}

/// The first statement that fails when what is before it was done already.
fn unrepeatable(scene: &Scene<'_>, found: &mut Found) {
    let alone = |statement: &Statement| statement.transaction.is_none();
    if scene.statements.iter().filter(|one| alone(one)).count() < 2 {
        return;
    }
    let first = scene.statements.iter().enumerate().filter(|(_, one)| alone(one)).find_map(|(index, statement)| {
        statement.actions.iter().find_map(without_if).map(|words| (index, statement, words))
    });
    if let Some((index, statement, words)) = first {
        let message = format!(
            "Without a transaction the script may stop half-way; run again, it fails here if this was done. {words} makes it repeatable."
        );
        found.add(index, statement, message);
    }
}

fn without_if(action: &crate::migration::action::Action) -> Option<&'static str> {
    match &action.what {
        What::CreateTable { if_not_exists: false, .. }
        | What::CreateIndex { if_not_exists: false, name: Some(_), .. }
        | What::AddEnumValue { if_not_exists: false, .. } => Some("IF NOT EXISTS"),
        What::AddColumn(column) if !column.if_not_exists => Some("ADD COLUMN IF NOT EXISTS"),
        What::Create { kind: Kind::Schema | Kind::Sequence, may_exist: false, .. } => Some("IF NOT EXISTS"),
        What::Create { kind: Kind::View, may_exist: false, .. } => Some("OR REPLACE"),
        What::Drop { if_exists: false, .. } | What::DropColumn { if_exists: false, .. } => Some("IF EXISTS"),
        What::DropConstraint { if_exists: false, .. } => Some("IF EXISTS"),
        _ => None,
    }
}

/// The first relation without its schema, where the server has several.
fn bare_names(scene: &Scene<'_>, found: &mut Found) {
    if scene.postgres().is_none() {
        return;
    }
    for (index, statement) in scene.statements.iter().enumerate() {
        let sets_path = |action: &crate::migration::action::Action| matches!(&action.what, What::Set { name, .. } if name == "search_path");
        if statement.actions.iter().any(sets_path) {
            return;
        }
        let bare = statement.actions.iter().filter_map(|action| action.on.as_ref()).find(|on| on.schema.is_none());
        if let Some(on) = bare {
            let message =
                format!("Which {} is meant depends on the search_path of whoever runs it. Name its schema.", on.sql());
            found.add(index, statement, message);
            return;
        }
    }
}
