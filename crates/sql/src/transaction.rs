//! Transactions, as a client that opens and ends them for a person needs to know them.

use serde::Serialize;

use crate::{dialect::Dialect, nodes::Nodes};

/// The statements that open, end and divide a transaction.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct TransactionWords {
    /// Opens one.
    pub begin: &'static str,
    /// Keeps what was done.
    pub commit: &'static str,
    /// Undoes it.
    pub rollback: &'static str,
    /// Around each statement, where one that fails would take the whole transaction with it.
    pub savepoint: Option<SavepointWords>,
}

/// The statements around one that may fail.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct SavepointWords {
    /// Marks the place.
    pub set: &'static str,
    /// Forgets the mark: the statement went well.
    pub release: &'static str,
    /// Goes back to the place and forgets the mark, one after the other.
    pub back: [&'static str; 2],
}

/// Whether a server refuses this statement inside a transaction, or does nothing for it there. A client that opens transactions
/// by itself sends such a statement without one.
pub fn stays_outside_transactions(text: &str, dialect: &Dialect) -> bool {
    let nodes = Nodes::new(text, dialect);
    let begins = |pattern: &&str| pattern.split(' ').enumerate().all(|(at, word)| nodes.is(at, word));
    dialect.outside_transactions.iter().any(begins)
}

#[cfg(test)]
mod tests {
    use super::stays_outside_transactions;
    use crate::dialect;

    #[test]
    fn statements_that_no_transaction_takes_are_known_by_their_words() {
        let postgres = dialect::postgres();
        for text in [
            "VACUUM",
            "vacuum (analyze) t",
            "CREATE DATABASE x",
            "create unique index concurrently i on t (a)",
            "CREATE INDEX /* online */ CONCURRENTLY ON t (a)",
            "DROP INDEX CONCURRENTLY i",
            "REINDEX TABLE CONCURRENTLY t",
            "ALTER SYSTEM SET work_mem = '1GB'",
            "DISCARD ALL",
        ] {
            assert!(stays_outside_transactions(text, postgres), "{text}");
        }
        for text in [
            "CREATE INDEX i ON t (a)",
            "CREATE TABLE database (a int)",
            "INSERT INTO vacuum VALUES (1)",
            "SELECT 'VACUUM'",
            "DROP TABLE system",
            "REINDEX TABLE t",
            "DISCARD PLANS",
        ] {
            assert!(!stays_outside_transactions(text, postgres), "{text}");
        }
        let sqlite = dialect::sqlite();
        assert!(stays_outside_transactions("PRAGMA foreign_keys = on", sqlite));
        assert!(stays_outside_transactions("ATTACH 'x' AS y", sqlite));
        assert!(!stays_outside_transactions("DELETE FROM t", sqlite));
        assert!(!stays_outside_transactions("CREATE TABLE t (a)", dialect::mysql()));
    }
}
