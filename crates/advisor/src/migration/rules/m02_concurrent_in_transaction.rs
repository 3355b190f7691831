use crate::{
    Fix,
    migration::{action::What, rule::Found, scene::Scene},
};

crate::migration::rule::rule! {
    /// A statement that the server refuses inside a transaction stands in one: `CONCURRENTLY`, `VACUUM`, `CREATE DATABASE` and their kin.
    ///
    /// **Why.** It fails with "cannot run inside a transaction block", and with it everything before it in the transaction. Many
    /// migration tools open a transaction around each file without being asked.
    ///
    /// **How to fix it.** Give the statement a file of its own, and tell the tool to run that one without a transaction.
    ///
    /// **False positives.** None, if the tool does open a transaction.
    ///
    /// ```sql,fires
    /// create table orders (id int primary key, customer int);
    /// -- migration
    /// begin;
    /// set local lock_timeout = '2s';
    /// create index concurrently orders_customer on orders (customer);
    /// commit;
    /// ```
    ///
    /// ```sql,silent
    /// create table orders (id int primary key, customer int);
    /// -- migration
    /// set lock_timeout = '2s';
    /// create index concurrently orders_customer on orders (customer);
    /// ```
    "M-02" "concurrent_in_transaction" Error "Statement that no transaction takes, in a transaction"
}

fn check(scene: &Scene<'_>, found: &mut Found) {
    for (index, statement) in scene.statements.iter().enumerate() {
        let (true, Some(action)) = (statement.transaction.is_some(), statement.actions.iter().find(|one| one.alone))
        else {
            continue;
        };
        let whose = if statement.transaction == Some(0) {
            "the migration's tool opens one around it"
        } else {
            "the script has opened one"
        };
        let text = statement.span.of(scene.migration.text);
        let message = match action.what {
            What::AddEnumValue { .. } => {
                format!(
                    "Before PostgreSQL 12 no value is added to an enum inside a transaction, and {whose}. Run it by itself."
                )
            }
            _ => format!("The server refuses this inside a transaction, and {whose}. Run it by itself."),
        };
        found.add(index, statement, message).fix(Fix::new(format!("{text};")).outside_transactions());
    }
}
