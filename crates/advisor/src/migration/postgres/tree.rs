//! Small readers of the grammar's trees.

use policy::{
    grammar::{
        NodeEnum,
        protobuf::{DefElem, Node, ObjectType, RangeVar, a_const},
    },
    statement::Named,
};

use crate::migration::action::Kind;

pub(super) fn named(range: &RangeVar) -> Named {
    Named { schema: (!range.schemaname.is_empty()).then(|| range.schemaname.clone()), name: range.relname.clone() }
}

/// A name given as a list of its parts.
pub(super) fn named_by(parts: &[Node]) -> Option<Named> {
    let mut parts = strings(parts);
    let name = parts.pop()?;
    Some(Named { schema: parts.pop(), name })
}

pub(super) fn strings(nodes: &[Node]) -> Vec<String> {
    nodes.iter().filter_map(string).collect()
}

pub(super) fn string(node: &Node) -> Option<String> {
    match node.node.as_ref()? {
        NodeEnum::String(text) => Some(text.sval.clone()),
        _ => None,
    }
}

pub(super) fn some(text: &str) -> Option<String> {
    (!text.is_empty()).then(|| text.to_owned())
}

/// Whether an option such as `CONCURRENTLY` or `(FULL off)` is on.
pub(super) fn is_on(options: &[Node], name: &str) -> bool {
    options.iter().filter_map(option).any(|option| option.defname == name && !is_off(option.arg.as_deref()))
}

pub(super) fn option(node: &Node) -> Option<&DefElem> {
    match node.node.as_ref()? {
        NodeEnum::DefElem(option) => Some(option),
        _ => None,
    }
}

fn is_off(value: Option<&Node>) -> bool {
    match value.and_then(|value| value.node.as_ref()) {
        Some(NodeEnum::String(text)) => ["off", "false", "0"].contains(&text.sval.as_str()),
        Some(NodeEnum::Integer(number)) => number.ival == 0,
        Some(NodeEnum::Boolean(value)) => !value.boolval,
        _ => false,
    }
}

/// Whether a setting's value is no limit.
pub(super) fn is_zero(value: &Node) -> bool {
    match value.node.as_ref() {
        Some(NodeEnum::AConst(constant)) => match &constant.val {
            Some(a_const::Val::Ival(number)) => number.ival == 0,
            Some(a_const::Val::Sval(text)) => text.sval.trim_start_matches('0').chars().all(char::is_alphabetic),
            // The library leaves a zero out.
            None => !constant.isnull,
            Some(_) => false,
        },
        _ => false,
    }
}

pub(super) fn kind(object: ObjectType) -> Kind {
    match object {
        ObjectType::ObjectTable => Kind::Table,
        ObjectType::ObjectView => Kind::View,
        ObjectType::ObjectMatview => Kind::MaterializedView,
        ObjectType::ObjectForeignTable => Kind::ForeignTable,
        ObjectType::ObjectIndex => Kind::Index,
        ObjectType::ObjectSequence => Kind::Sequence,
        ObjectType::ObjectSchema => Kind::Schema,
        ObjectType::ObjectDatabase => Kind::Database,
        ObjectType::ObjectTrigger => Kind::Trigger,
        ObjectType::ObjectPolicy => Kind::Policy,
        ObjectType::ObjectRule => Kind::Rule,
        ObjectType::ObjectType | ObjectType::ObjectDomain => Kind::Type,
        ObjectType::ObjectFunction
        | ObjectType::ObjectProcedure
        | ObjectType::ObjectRoutine
        | ObjectType::ObjectAggregate => Kind::Function,
        ObjectType::ObjectColumn | ObjectType::ObjectAttribute => Kind::Column,
        ObjectType::ObjectTabconstraint | ObjectType::ObjectDomconstraint => Kind::Constraint,
        _ => Kind::Other,
    }
}
