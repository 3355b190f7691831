//! What a boolean expression can be, in SQL's three values, by evaluation of the tree.
//!
//! Parts are taken to be independent of each other, so what is said always holds, and sometimes less is said than could
//! be (`a or not a` is true unless null, and is not recognised as that).

use pg_query::{
    NodeEnum,
    protobuf::{
        AConst, AExpr, AExprKind, BoolExprType, BoolTestType, CaseExpr, Node, NullTestType, SelectStmt, SubLink,
        SubLinkType, TypeCast, a_const,
    },
};
use serde::{Deserialize, Serialize};

use super::{
    Scope,
    read::{field_names, node_of},
};

/// Which of true, false and NULL an expression can be, whatever the row holds. A row passes only where it is true.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Truth {
    /// It can be true.
    pub can_be_true: bool,
    /// It can be false.
    pub can_be_false: bool,
    /// It can be NULL.
    pub can_be_null: bool,
}

impl Truth {
    /// Nothing is known.
    pub const ANY: Truth = Truth { can_be_true: true, can_be_false: true, can_be_null: true };
    /// True.
    pub const TRUE: Truth = Truth { can_be_true: true, can_be_false: false, can_be_null: false };
    /// False.
    pub const FALSE: Truth = Truth { can_be_true: false, can_be_false: true, can_be_null: false };
    /// NULL.
    pub const NULL: Truth = Truth { can_be_true: false, can_be_false: false, can_be_null: true };

    /// Every row passes.
    pub fn is_always_true(self) -> bool {
        self == Truth::TRUE
    }

    /// No row passes: it is false or NULL.
    pub fn is_never_true(self) -> bool {
        !self.can_be_true
    }

    /// Every row passes for which no column of it is NULL (`id = id`), and one can be.
    pub fn is_true_unless_null(self) -> bool {
        self.can_be_true && !self.can_be_false && self.can_be_null
    }

    /// It is true or false, never NULL.
    pub fn is_never_null(self) -> bool {
        !self.can_be_null
    }

    /// In words for a person.
    pub fn words(self) -> &'static str {
        match (self.can_be_true, self.can_be_false, self.can_be_null) {
            (true, false, false) => "always true",
            (false, true, false) => "always false",
            (false, false, true) => "always null",
            (true, false, true) => "true unless null",
            (false, true, true) => "never true",
            (true, true, false) => "never null",
            _ => "depends on the row",
        }
    }

    fn either(self, other: Truth) -> Truth {
        Truth {
            can_be_true: self.can_be_true || other.can_be_true,
            can_be_false: self.can_be_false || other.can_be_false,
            can_be_null: self.can_be_null || other.can_be_null,
        }
    }

    pub(crate) fn and(self, other: Truth) -> Truth {
        Truth {
            can_be_true: self.can_be_true && other.can_be_true,
            can_be_false: self.can_be_false || other.can_be_false,
            can_be_null: (self.can_be_null && (other.can_be_null || other.can_be_true))
                || (other.can_be_null && self.can_be_true),
        }
    }

    fn not(self) -> Truth {
        Truth { can_be_true: self.can_be_false, can_be_false: self.can_be_true, ..self }
    }

    pub(crate) fn or(self, other: Truth) -> Truth {
        let or = self.not().and(other.not()).not();
        // `flag or null` follows the flag: being NULL is its way of being false.
        if self == Truth::NULL || other == Truth::NULL { or.following() } else { or }
    }

    /// One of two, by a condition. Where one is NULL and the other true, the result follows the condition.
    fn one_of(self, other: Truth) -> Truth {
        self.either(other).following()
    }

    /// Less is said of what is true or NULL by a condition, so that it is not taken for true unless a column is NULL.
    fn following(self) -> Truth {
        Truth { can_be_false: self.can_be_false || self.is_true_unless_null(), ..self }
    }
}

/// A value that is not a condition, as far as it matters.
#[derive(Clone, Debug, PartialEq)]
enum Value {
    Null,
    Integer(i64),
    /// Its text and the type it is cast to.
    Text(String, Option<String>),
    /// A column of the row, by its name, or a word such as `current_user`: the same each time it is read.
    Same(String, bool),
    /// Anything.
    Any {
        can_be_null: bool,
    },
}

impl Value {
    fn can_be_null(&self) -> bool {
        match self {
            Value::Null => true,
            Value::Integer(_) | Value::Text(..) => false,
            Value::Same(_, can_be_null) | Value::Any { can_be_null } => *can_be_null,
        }
    }
}

/// What the expression can be.
pub(super) fn of(node: &Node, scope: &dyn Scope) -> Truth {
    Evaluation { scope, inner: false }.truth(node)
}

struct Evaluation<'a> {
    scope: &'a dyn Scope,
    /// Within a sub-select, where a bare name may be another relation's column.
    inner: bool,
}

impl Evaluation<'_> {
    fn truth(&self, node: &Node) -> Truth {
        let Some(node) = &node.node else { return Truth::ANY };
        match node {
            NodeEnum::AConst(constant) => constant_truth(constant),
            NodeEnum::TypeCast(cast) => self.cast(cast),
            NodeEnum::BoolExpr(expression) => {
                let mut arguments = expression.args.iter().map(|argument| self.truth(argument));
                match expression.boolop() {
                    BoolExprType::AndExpr => arguments.fold(Truth::TRUE, Truth::and),
                    BoolExprType::OrExpr => arguments.fold(Truth::FALSE, Truth::or),
                    BoolExprType::NotExpr => arguments.next().map_or(Truth::ANY, Truth::not),
                    BoolExprType::Undefined => Truth::ANY,
                }
            }
            NodeEnum::NullTest(test) => {
                let value = test.arg.as_deref().map_or(Value::Any { can_be_null: true }, |arg| self.value(arg));
                // A row is null when all of it is, and not null when none of it is: neither is the other's opposite.
                let is_null = match value {
                    Value::Null => Truth::TRUE,
                    ref value if !value.can_be_null() => Truth::FALSE,
                    _ => Truth { can_be_null: false, ..Truth::ANY },
                };
                if test.nulltesttype() == NullTestType::IsNotNull { is_null.not() } else { is_null }
            }
            NodeEnum::BooleanTest(test) => {
                let truth = test.arg.as_deref().map_or(Truth::ANY, |arg| self.truth(arg));
                let of = |yes: bool, no: bool| Truth { can_be_true: yes, can_be_false: no, can_be_null: false };
                let (is_true, is_false, is_null) = (truth.can_be_true, truth.can_be_false, truth.can_be_null);
                match test.booltesttype() {
                    BoolTestType::IsTrue => of(is_true, is_false || is_null),
                    BoolTestType::IsNotTrue => of(is_false || is_null, is_true),
                    BoolTestType::IsFalse => of(is_false, is_true || is_null),
                    BoolTestType::IsNotFalse => of(is_true || is_null, is_false),
                    BoolTestType::IsUnknown => of(is_null, is_true || is_false),
                    BoolTestType::IsNotUnknown => of(is_true || is_false, is_null),
                    BoolTestType::Undefined => Truth::ANY,
                }
            }
            NodeEnum::CoalesceExpr(expression) => {
                let mut all = Truth::NULL;
                for argument in &expression.args {
                    let truth = self.truth(argument);
                    all = Truth { can_be_null: false, ..all }.either(truth);
                    if truth.is_never_null() {
                        break;
                    }
                }
                all
            }
            NodeEnum::CaseExpr(case) => self.case(case),
            NodeEnum::AExpr(expression) => self.operator(expression),
            NodeEnum::SubLink(link) => self.sub_select(link),
            NodeEnum::ColumnRef(_) => Truth { can_be_null: self.value_of(node).can_be_null(), ..Truth::ANY },
            _ => Truth::ANY,
        }
    }

    fn cast(&self, cast: &TypeCast) -> Truth {
        let to = cast.type_name.as_ref().map(|name| field_names(&name.names)).unwrap_or_default();
        let boolean = matches!(to.last().map(String::as_str), Some("bool" | "boolean"));
        let Some(argument) = cast.arg.as_deref().filter(|_| boolean) else { return Truth::ANY };
        if let Some(NodeEnum::AConst(AConst { val: Some(a_const::Val::Sval(text)), .. })) = &argument.node {
            return match text.sval.trim().to_ascii_lowercase().as_str() {
                "t" | "true" | "y" | "yes" | "on" | "1" => Truth::TRUE,
                "f" | "false" | "n" | "no" | "off" | "0" => Truth::FALSE,
                _ => Truth::ANY,
            };
        }
        match self.value(argument) {
            Value::Integer(0) => Truth::FALSE,
            Value::Integer(_) => Truth::TRUE,
            _ => self.truth(argument),
        }
    }

    fn case(&self, case: &CaseExpr) -> Truth {
        let mut all: Option<Truth> = None;
        for when in &case.args {
            let Some(NodeEnum::CaseWhen(when)) = &when.node else { return Truth::ANY };
            let (Some(condition), Some(result)) = (when.expr.as_deref(), when.result.as_deref()) else {
                return Truth::ANY;
            };
            // `case x when y`: whether they are equal is not looked into.
            let condition = if case.arg.is_some() { Truth::ANY } else { self.truth(condition) };
            if condition.is_never_true() {
                continue;
            }
            let result = self.truth(result);
            all = Some(all.map_or(result, |all| all.one_of(result)));
            if condition.is_always_true() {
                return all.unwrap_or(Truth::ANY);
            }
        }
        let otherwise = case.defresult.as_deref().map_or(Truth::NULL, |node| self.truth(node));
        all.map_or(otherwise, |all| all.one_of(otherwise))
    }

    fn operator(&self, expression: &AExpr) -> Truth {
        let (Some(left), Some(right)) = (expression.lexpr.as_deref(), expression.rexpr.as_deref()) else {
            return Truth::ANY;
        };
        let names = field_names(&expression.name);
        let Some(name) = names.last().map(String::as_str) else { return Truth::ANY };
        match expression.kind() {
            AExprKind::AexprOp => compare(name, &self.value(left), &self.value(right)),
            AExprKind::AexprDistinct | AExprKind::AexprNotDistinct => {
                let (left, right) = (self.value(left), self.value(right));
                let same = if left == Value::Null && right == Value::Null {
                    Truth::TRUE
                } else if (left == Value::Null && !right.can_be_null()) || (right == Value::Null && !left.can_be_null())
                {
                    Truth::FALSE
                } else {
                    match compare("=", &left, &right) {
                        // Of the same thing twice, both are NULL where one is.
                        truth if truth.is_always_true() || truth.is_true_unless_null() => Truth::TRUE,
                        Truth::FALSE => Truth::FALSE,
                        _ => Truth { can_be_null: false, ..Truth::ANY },
                    }
                };
                if expression.kind() == AExprKind::AexprDistinct { same.not() } else { same }
            }
            AExprKind::AexprIn => {
                let Some(NodeEnum::List(list)) = &right.node else { return Truth::ANY };
                let left = self.value(left);
                let each = list.items.iter().map(|item| compare(name, &left, &self.value(item)));
                // `<>` is how NOT IN is written.
                if name == "<>" { each.fold(Truth::TRUE, Truth::and) } else { each.fold(Truth::FALSE, Truth::or) }
            }
            AExprKind::AexprOpAny | AExprKind::AexprOpAll => {
                let Some(items) = array_items(right) else { return Truth::ANY };
                let left = self.value(left);
                let each = items.iter().map(|item| compare(name, &left, &self.value(item)));
                if expression.kind() == AExprKind::AexprOpAny {
                    each.fold(Truth::FALSE, Truth::or)
                } else {
                    each.fold(Truth::TRUE, Truth::and)
                }
            }
            AExprKind::AexprLike | AExprKind::AexprIlike => {
                let pattern = self.value(right);
                let all =
                    matches!(&pattern, Value::Text(text, _) if !text.is_empty() && text.chars().all(|c| c == '%'));
                match (all, name.starts_with('!')) {
                    (false, _) => Truth::ANY,
                    (true, not) => {
                        let truth = Truth { can_be_null: self.value(left).can_be_null(), ..Truth::TRUE };
                        if not { truth.not() } else { truth }
                    }
                }
            }
            AExprKind::AexprBetween | AExprKind::AexprNotBetween => {
                let Some(NodeEnum::List(list)) = &right.node else { return Truth::ANY };
                let [low, high] = list.items.as_slice() else { return Truth::ANY };
                let value = self.value(left);
                let within = compare(">=", &value, &self.value(low)).and(compare("<=", &value, &self.value(high)));
                if expression.kind() == AExprKind::AexprNotBetween { within.not() } else { within }
            }
            _ => Truth::ANY,
        }
    }

    fn sub_select(&self, link: &SubLink) -> Truth {
        let Some(NodeEnum::SelectStmt(select)) = link.subselect.as_deref().and_then(|node| node.node.as_ref()) else {
            return Truth::ANY;
        };
        let inner = Evaluation { scope: self.scope, inner: self.inner || !select.from_clause.is_empty() };
        let rows = inner.rows(select);
        match link.sub_link_type() {
            SubLinkType::ExistsSublink => Truth { can_be_null: false, ..rows },
            SubLinkType::ExprSublink => {
                let [target] = select.target_list.as_slice() else { return Truth::ANY };
                let Some(NodeEnum::ResTarget(target)) = &target.node else { return Truth::ANY };
                let value = target.val.as_deref().map_or(Truth::ANY, |value| inner.truth(value));
                match rows {
                    Truth::TRUE => value,
                    Truth::FALSE => Truth::NULL,
                    _ => value.one_of(Truth::NULL),
                }
            }
            SubLinkType::AnySublink if rows == Truth::FALSE => Truth::FALSE,
            SubLinkType::AllSublink if rows == Truth::FALSE => Truth::TRUE,
            _ => Truth::ANY,
        }
    }

    /// Whether the sub-select gives a row: certainly (true), never (false), or perhaps.
    fn rows(&self, select: &SelectStmt) -> Truth {
        let perhaps = Truth { can_be_null: false, ..Truth::ANY };
        let plain = select.larg.is_none()
            && select.values_lists.is_empty()
            && select.group_clause.is_empty()
            && select.having_clause.is_none()
            && select.limit_count.is_none()
            && select.limit_offset.is_none();
        let simple = select.target_list.iter().all(gives_one_value);
        let condition = select.where_clause.as_deref().map_or(Truth::TRUE, |node| self.truth(node));
        if !plain || !simple {
            return perhaps;
        }
        match (select.from_clause.is_empty(), condition) {
            (true, Truth::TRUE) => Truth::TRUE,
            (_, condition) if condition.is_never_true() => Truth::FALSE,
            _ => perhaps,
        }
    }

    fn value(&self, node: &Node) -> Value {
        node.node.as_ref().map_or(Value::Any { can_be_null: true }, |node| self.value_of(node))
    }

    fn value_of(&self, node: &NodeEnum) -> Value {
        let any = Value::Any { can_be_null: true };
        match node {
            NodeEnum::AConst(constant) if constant.isnull => Value::Null,
            NodeEnum::AConst(constant) => match &constant.val {
                Some(a_const::Val::Ival(number)) => Value::Integer(i64::from(number.ival)),
                Some(a_const::Val::Sval(text)) => Value::Text(text.sval.clone(), None),
                Some(_) | None => Value::Any { can_be_null: false },
            },
            NodeEnum::TypeCast(cast) => {
                let inner = cast.arg.as_deref().map_or(any, |arg| self.value(arg));
                let to = cast.type_name.as_ref().map(|name| field_names(&name.names).join("."));
                match inner {
                    Value::Text(text, _) => Value::Text(text, to),
                    Value::Same(name, can_be_null) => {
                        Value::Same(format!("{name}::{}", to.unwrap_or_default()), can_be_null)
                    }
                    // What a number is as another type, and how that compares, is not looked into.
                    Value::Integer(number) => match to.as_deref() {
                        Some("pg_catalog.int4" | "pg_catalog.int8") => Value::Integer(number),
                        _ => Value::Any { can_be_null: false },
                    },
                    other => other,
                }
            }
            NodeEnum::ColumnRef(column) => {
                let fields = field_names(&column.fields);
                let can_be_null = match fields.last() {
                    Some(name) if !self.inner => self.scope.can_be_null(name).unwrap_or(true),
                    _ => true,
                };
                if fields.len() == column.fields.len() {
                    Value::Same(fields.join("\u{0}"), can_be_null)
                } else {
                    Value::Any { can_be_null: true }
                }
            }
            NodeEnum::SqlvalueFunction(function) => Value::Same(format!("\u{0}{}", function.op), false),
            NodeEnum::SubLink(link) => match link.sub_link_type() {
                SubLinkType::ExistsSublink | SubLinkType::ArraySublink => Value::Any { can_be_null: false },
                SubLinkType::ExprSublink => {
                    let Some(NodeEnum::SelectStmt(select)) = link.subselect.as_deref().and_then(node_of) else {
                        return any;
                    };
                    if !select.from_clause.is_empty() || self.rows(select) != Truth::TRUE {
                        return any;
                    }
                    match select.target_list.first().and_then(node_of) {
                        Some(NodeEnum::ResTarget(target)) => target.val.as_deref().map_or(any, |node| self.value(node)),
                        _ => any,
                    }
                }
                _ => any,
            },
            NodeEnum::CoalesceExpr(expression) => {
                Value::Any { can_be_null: expression.args.iter().all(|argument| self.value(argument).can_be_null()) }
            }
            NodeEnum::BoolExpr(_) | NodeEnum::AExpr(_) | NodeEnum::NullTest(_) | NodeEnum::BooleanTest(_) => {
                let truth = self.truth(&Node { node: Some(node.clone()) });
                if truth == Truth::NULL { Value::Null } else { Value::Any { can_be_null: truth.can_be_null } }
            }
            NodeEnum::AArrayExpr(_) => Value::Any { can_be_null: false },
            _ => any,
        }
    }
}

fn constant_truth(constant: &AConst) -> Truth {
    match &constant.val {
        _ if constant.isnull => Truth::NULL,
        Some(a_const::Val::Boolval(value)) if value.boolval => Truth::TRUE,
        Some(a_const::Val::Boolval(_)) => Truth::FALSE,
        Some(a_const::Val::Sval(text)) => match text.sval.trim().to_ascii_lowercase().as_str() {
            "t" | "true" | "y" | "yes" | "on" | "1" => Truth::TRUE,
            "f" | "false" | "n" | "no" | "off" | "0" => Truth::FALSE,
            _ => Truth::ANY,
        },
        _ => Truth::ANY,
    }
}

/// Whether there is no function in it: one could give several rows or none, an aggregate one row where there was none.
fn gives_one_value(node: &Node) -> bool {
    let each = |node: &Option<Box<Node>>| node.as_deref().is_none_or(gives_one_value);
    match node_of(node) {
        Some(NodeEnum::AConst(_) | NodeEnum::ColumnRef(_) | NodeEnum::SqlvalueFunction(_) | NodeEnum::SubLink(_)) => {
            true
        }
        Some(NodeEnum::ResTarget(target)) => each(&target.val),
        Some(NodeEnum::TypeCast(cast)) => each(&cast.arg),
        Some(NodeEnum::NullTest(test)) => each(&test.arg),
        Some(NodeEnum::BooleanTest(test)) => each(&test.arg),
        Some(NodeEnum::BoolExpr(expression)) => expression.args.iter().all(gives_one_value),
        Some(NodeEnum::CoalesceExpr(expression)) => expression.args.iter().all(gives_one_value),
        Some(NodeEnum::List(list)) => list.items.iter().all(gives_one_value),
        Some(NodeEnum::AExpr(expression)) => each(&expression.lexpr) && each(&expression.rexpr),
        _ => false,
    }
}

/// The items of `ARRAY[…]`, also where the array is cast.
fn array_items(node: &Node) -> Option<&[Node]> {
    match node_of(node)? {
        NodeEnum::AArrayExpr(array) => Some(&array.elements),
        NodeEnum::TypeCast(cast) => array_items(cast.arg.as_deref()?),
        _ => None,
    }
}

fn compare(operator: &str, left: &Value, right: &Value) -> Truth {
    if !matches!(operator, "=" | "<>" | "!=" | "<" | "<=" | ">" | ">=" | "~~" | "!~~" | "~~*" | "!~~*") {
        return Truth::ANY;
    }
    // Each of these operators is NULL where one side is.
    if *left == Value::Null || *right == Value::Null {
        return Truth::NULL;
    }
    if let ("~~" | "~~*", Value::Text(pattern, _)) = (operator, right)
        && !pattern.is_empty()
        && pattern.chars().all(|character| character == '%')
    {
        return Truth { can_be_null: left.can_be_null(), ..Truth::TRUE };
    }
    let of = |yes: bool| if yes { Truth::TRUE } else { Truth::FALSE };
    let equal = match (left, right) {
        (Value::Integer(left), Value::Integer(right)) => match operator {
            "<" => return of(left < right),
            "<=" => return of(left <= right),
            ">" => return of(left > right),
            ">=" => return of(left >= right),
            _ => of(left == right),
        },
        (Value::Text(left, left_type), Value::Text(right, right_type)) if left_type == right_type => {
            if left == right {
                Truth::TRUE
            } else if left_type.as_deref().is_none_or(|name| matches!(name, "text" | "pg_catalog.text")) {
                Truth::FALSE
            } else {
                Truth { can_be_null: false, ..Truth::ANY }
            }
        }
        (Value::Same(left, can_be_null), Value::Same(right, _)) if left == right => {
            Truth { can_be_null: *can_be_null, ..Truth::TRUE }
        }
        _ => return Truth { can_be_null: true, ..Truth::ANY },
    };
    match operator {
        "=" | "<=" | ">=" => {
            if operator != "=" && matches!(left, Value::Text(..)) && equal != Truth::TRUE {
                return Truth { can_be_null: false, ..Truth::ANY };
            }
            equal
        }
        "<>" | "!=" => equal.not(),
        "<" | ">" if !equal.can_be_false => equal.not(),
        _ => Truth { can_be_null: left.can_be_null() || right.can_be_null(), ..Truth::ANY },
    }
}
