//! Lists as SQL.

use pg_query::{
    NodeEnum, ParserOptions,
    protobuf::{AlterTableType, CreatePolicyStmt, Node, ObjectType, RangeVar, RoleSpecType, Token},
};

use super::{Draft, Listing, Table, TablePolicies, Unreadable};
use crate::change::statements::{comment_on, create_policy, row_security};
use crate::expression::{Problem, field_names, with_tree};
use catalog::{PolicyCommand, RowSecurity};

pub(super) fn write(listing: &Listing) -> String {
    let mut text = String::new();
    for table in &listing.tables {
        let names = table.names();
        // What a table is made with.
        let before =
            RowSecurity { enabled: !table.row_security.unwrap_or_default(), forced: !table.forced.unwrap_or_default() };
        let after = RowSecurity {
            enabled: table.row_security.unwrap_or(before.enabled),
            forced: table.forced.unwrap_or(before.forced),
        };
        let mut statements = row_security(&names, before, after);
        for policy in &table.policies {
            statements.push(create_policy(&names, policy));
            statements.extend(super::said(&policy.comment).map(|_| comment_on(&names, policy)));
        }
        for statement in statements {
            text.push_str(&statement);
            text.push_str(";\n");
        }
        text.push('\n');
    }
    text
}

pub(super) fn read(text: &str, default_schema: &str) -> Result<Listing, Unreadable> {
    let mut listing = Listing { version: 1, tables: Vec::new() };
    let pieces = pg_query::split_with_scanner(text).map_err(|error| Unreadable::Sql {
        problem: Problem::Syntax { message: error.to_string(), at: None },
        at: 0,
    })?;
    for piece in pieces {
        let at = piece.as_ptr().addr().saturating_sub(text.as_ptr().addr());
        let read = with_tree(piece, ParserOptions::DEFAULT, |tree| {
            for statement in &tree.stmts {
                let Some(statement) = statement.stmt.as_deref().and_then(|node| node.node.as_ref()) else { continue };
                if apply(&mut listing, statement, piece, default_schema).is_none() {
                    return Ok(false);
                }
            }
            Ok(true)
        });
        match read {
            Ok(true) => {}
            Ok(false) => {
                let statement = piece.trim().lines().next().unwrap_or_default().to_owned();
                return Err(Unreadable::Statement { statement, at });
            }
            Err(problem) => return Err(Unreadable::Sql { problem, at }),
        }
    }
    Ok(listing)
}

/// Takes one statement into the list; `None` where it does not belong there.
fn apply(listing: &mut Listing, statement: &NodeEnum, text: &str, default_schema: &str) -> Option<()> {
    match statement {
        NodeEnum::CreatePolicyStmt(create) => {
            let table = named(create.table.as_ref()?, default_schema);
            let draft = draft(create, text)?;
            entry(listing, table).policies.push(draft);
        }
        NodeEnum::AlterTableStmt(alter) => {
            let table = named(alter.relation.as_ref()?, default_schema);
            for command in &alter.cmds {
                let Some(NodeEnum::AlterTableCmd(command)) = &command.node else { return None };
                let entry = entry(listing, table.clone());
                match command.subtype() {
                    AlterTableType::AtEnableRowSecurity => entry.row_security = Some(true),
                    AlterTableType::AtDisableRowSecurity => entry.row_security = Some(false),
                    AlterTableType::AtForceRowSecurity => entry.forced = Some(true),
                    AlterTableType::AtNoForceRowSecurity => entry.forced = Some(false),
                    _ => return None,
                }
            }
        }
        NodeEnum::CommentStmt(comment) if comment.objtype() == ObjectType::ObjectPolicy => {
            let Some(NodeEnum::List(object)) = &comment.object.as_ref()?.node else { return None };
            let mut names = field_names(&object.items);
            let policy = names.pop()?;
            let table = names.pop()?;
            let table = Table { schema: names.pop().unwrap_or_else(|| default_schema.to_owned()), table };
            let entry = entry(listing, table);
            let policy = entry.policies.iter_mut().find(|known| known.name == policy)?;
            policy.comment = (!comment.comment.is_empty()).then(|| comment.comment.clone());
        }
        _ => return None,
    }
    Some(())
}

fn named(range: &RangeVar, default_schema: &str) -> Table {
    let schema = if range.schemaname.is_empty() { default_schema } else { &range.schemaname };
    Table::new(schema, &range.relname)
}

fn entry(listing: &mut Listing, table: Table) -> &mut TablePolicies {
    let index = listing.tables.iter().position(|known| known.names() == table).unwrap_or_else(|| {
        listing.tables.push(TablePolicies {
            schema: table.schema,
            table: table.table,
            row_security: None,
            forced: None,
            policies: Vec::new(),
        });
        listing.tables.len() - 1
    });
    &mut listing.tables[index]
}

fn draft(create: &CreatePolicyStmt, text: &str) -> Option<Draft> {
    let command = match create.cmd_name.as_str() {
        "select" => PolicyCommand::Select,
        "insert" => PolicyCommand::Insert,
        "update" => PolicyCommand::Update,
        "delete" => PolicyCommand::Delete,
        _ => PolicyCommand::All,
    };
    let roles: Option<Vec<String>> = create.roles.iter().map(role).collect();
    let (using, with_check) = expressions(text)?;
    // What the grammar found has to have been found in the text.
    if using.is_some() != create.qual.is_some() || with_check.is_some() != create.with_check.is_some() {
        return None;
    }
    Some(Draft {
        name: create.policy_name.clone(),
        command,
        permissive: create.permissive,
        roles: roles?,
        using,
        with_check,
        comment: None,
    })
}

/// The role's name; `None` for the current user, who is not known here.
fn role(node: &Node) -> Option<String> {
    match &node.node {
        Some(NodeEnum::RoleSpec(role)) => match role.roletype() {
            RoleSpecType::RolespecCstring => Some(role.rolename.clone()),
            RoleSpecType::RolespecPublic => Some("PUBLIC".to_owned()),
            _ => None,
        },
        _ => None,
    }
}

/// The texts between the parentheses after USING and WITH CHECK: what stands there, comments and all, rather than what
/// could be made of the tree again.
fn expressions(text: &str) -> Option<(Option<String>, Option<String>)> {
    let tokens = pg_query::scan_tokens(text).ok()?;
    let (mut using, mut with_check) = (None, None);
    let mut depth = 0_usize;
    let mut open: Option<(bool, usize)> = None;
    let mut before = Token::Nul;
    for token in tokens {
        let kind = token.token();
        match kind {
            Token::Ascii40 => {
                if depth == 0 && matches!(before, Token::Using | Token::Check) {
                    open = Some((before == Token::Using, usize::try_from(token.end).ok()?));
                }
                depth += 1;
            }
            Token::Ascii41 => {
                depth = depth.checked_sub(1)?;
                if depth == 0
                    && let Some((is_using, from)) = open.take()
                {
                    let inner = text.get(from..usize::try_from(token.start).ok()?)?.trim().to_owned();
                    *(if is_using { &mut using } else { &mut with_check }) = Some(inner);
                }
            }
            _ => {}
        }
        if !matches!(kind, Token::SqlComment | Token::CComment) {
            before = kind;
        }
    }
    Some((using, with_check))
}
