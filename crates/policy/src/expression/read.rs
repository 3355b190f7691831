//! From a text to its tree, and from the tree to a [`Reading`].

use pg_query::{
    NodeEnum, ParserOptions,
    protobuf::{self, AExpr, AExprKind, FuncCall, Node, SelectStmt, SubLinkType, a_const},
};

use super::{
    Call, ColumnUse, Comparison, Constant, JsonKeys, MOST_BYTES, Problem, Reading, RelationUse, Scope, SelectKind,
    SettingRead, SubSelect, place,
};

/// What the grammar says of nesting: its own stack has an end, and it looks after the thread's. What it lets through, the
/// decoder of its tree ends at a hundred levels, so that nothing here goes deeper either.
const TOO_DEEP: [&str; 3] =
    ["memory exhausted", "stack depth limit exceeded", "parse tree is nested too deeply to serialize"];

/// The stack there has to be, or another one of this size is taken for the reading. The grammar uses at most 2 MiB of it.
const STACK_LEFT: usize = 3 << 19;
const STACK: usize = 4 << 20;

/// Calls `then` with the tree of a text. Locations in it are byte offsets.
pub(crate) fn with_tree<T>(
    text: &str,
    options: ParserOptions,
    then: impl FnOnce(&protobuf::ParseResult) -> Result<T, Problem>,
) -> Result<T, Problem> {
    if text.len() > MOST_BYTES {
        return Err(Problem::TooLong);
    }
    stacker::maybe_grow(STACK_LEFT, STACK, || match pg_query::parse(text, options) {
        Ok(result) => then(&result.protobuf),
        Err(pg_query::Error::Decode(_)) => Err(Problem::TooDeep),
        Err(pg_query::Error::Conversion(error)) => Err(Problem::Syntax {
            message: "a text cannot hold a zero byte".to_owned(),
            at: Some(error.nul_position()),
        }),
        Err(pg_query::Error::Parse(message)) if TOO_DEEP.iter().any(|words| message.starts_with(words)) => {
            Err(Problem::TooDeep)
        }
        Err(pg_query::Error::Parse(message)) => {
            let at = place::of(text, &message, options);
            Err(Problem::Syntax { message, at })
        }
        Err(error) => Err(Problem::Syntax { message: error.to_string(), at: None }),
    })
}

pub(crate) fn node_of(node: &Node) -> Option<&NodeEnum> {
    node.node.as_ref()
}

pub(crate) fn string_of(node: &Node) -> Option<String> {
    match node_of(node) {
        Some(NodeEnum::String(text)) => Some(text.sval.clone()),
        _ => None,
    }
}

/// The parts of a name that are strings.
pub(crate) fn field_names(nodes: &[Node]) -> Vec<String> {
    nodes.iter().filter_map(string_of).collect()
}

fn offset(location: i32) -> usize {
    usize::try_from(location).unwrap_or(0)
}

fn only_statement(result: &protobuf::ParseResult) -> Option<&NodeEnum> {
    match result.stmts.as_slice() {
        [one] => one.stmt.as_deref().and_then(node_of),
        _ => None,
    }
}

/// Reads a text that has to be one expression.
pub(super) fn expression<T>(text: &str, then: impl FnOnce(&Node) -> T) -> Result<T, Problem> {
    let not_one = || Problem::NotOne { wanted: "expression".to_owned() };
    // This mode reads what PL/pgSQL takes for an expression: all that may follow SELECT. More than one target, or any
    // clause, is more than an expression.
    with_tree(text, ParserOptions::PLPGSQL_EXPR, |result| {
        let Some(NodeEnum::SelectStmt(select)) = only_statement(result) else { return Err(not_one()) };
        let [target] = select.target_list.as_slice() else { return Err(not_one()) };
        let Some(NodeEnum::ResTarget(target)) = node_of(target) else { return Err(not_one()) };
        let clauses = !select.from_clause.is_empty()
            || select.where_clause.is_some()
            || !select.group_clause.is_empty()
            || select.having_clause.is_some()
            || !select.window_clause.is_empty()
            || !select.sort_clause.is_empty()
            || !select.distinct_clause.is_empty()
            || select.limit_count.is_some()
            || select.limit_offset.is_some()
            || !select.locking_clause.is_empty();
        let star = matches!(
            target.val.as_deref().and_then(node_of),
            Some(NodeEnum::ColumnRef(column)) if column.fields.iter().any(|field| string_of(field).is_none())
        );
        match target.val.as_deref() {
            Some(value) if !clauses && !star && target.name.is_empty() => Ok(then(value)),
            _ => Err(not_one()),
        }
    })
}

/// Reads a text that has to be one SELECT; a semicolon may follow it.
pub(super) fn query<T>(text: &str, then: impl FnOnce(&SelectStmt) -> T) -> Result<T, Problem> {
    with_tree(text, ParserOptions::DEFAULT, |result| match only_statement(result) {
        Some(NodeEnum::SelectStmt(select)) => Ok(then(select)),
        _ => Err(Problem::NotOne { wanted: "query".to_owned() }),
    })
}

pub(super) fn reading_of_expression(node: &Node, scope: &dyn Scope) -> Reading {
    let mut reader = Reader::new(scope);
    reader.node(node);
    reader.reading
}

pub(super) fn reading_of_query(select: &SelectStmt, scope: &dyn Scope) -> Reading {
    let mut reader = Reader::new(scope);
    reader.select(select, SelectKind::Root, 0);
    reader.reading
}

/// What a FROM clause offers under one name.
struct Source {
    /// What it is called.
    name: String,
    /// The relation, where it is one.
    relation: Option<(Option<String>, String)>,
    /// Its columns, where the text says all of them.
    columns: Option<Vec<String>>,
}

struct Reader<'a> {
    scope: &'a dyn Scope,
    reading: Reading,
    /// What each sub-select's FROM offers, in step with [`Reading::selects`].
    sources: Vec<Vec<Source>>,
    /// Names that WITH defines, with the sub-select that defines them.
    defined: Vec<(usize, String)>,
    select: Option<usize>,
}

impl<'a> Reader<'a> {
    fn new(scope: &'a dyn Scope) -> Self {
        Reader { scope, reading: Reading::default(), sources: Vec::new(), defined: Vec::new(), select: None }
    }

    fn nodes(&mut self, nodes: &[Node]) {
        for node in nodes {
            self.node(node);
        }
    }

    fn maybe(&mut self, node: &Option<Box<Node>>) {
        if let Some(node) = node {
            self.node(node);
        }
    }

    fn node(&mut self, node: &Node) {
        let Some(node) = node_of(node) else { return };
        match node {
            NodeEnum::ColumnRef(column) => {
                let mut fields = field_names(&column.fields);
                let name = if fields.len() == column.fields.len() { fields.pop() } else { Some("*".to_owned()) };
                self.column(fields, name.unwrap_or_default(), offset(column.location));
            }
            NodeEnum::AConst(constant) => {
                let (text, string) = match &constant.val {
                    _ if constant.isnull => (None, false),
                    Some(a_const::Val::Ival(value)) => (Some(value.ival.to_string()), false),
                    Some(a_const::Val::Fval(value)) => (Some(value.fval.clone()), false),
                    Some(a_const::Val::Boolval(value)) => (Some(value.boolval.to_string()), false),
                    Some(a_const::Val::Sval(value)) => (Some(value.sval.clone()), true),
                    Some(a_const::Val::Bsval(value)) => (Some(value.bsval.clone()), true),
                    // The library leaves a zero out.
                    None => (Some("0".to_owned()), false),
                };
                self.reading.constants.push(Constant { text, string, at: offset(constant.location) });
            }
            NodeEnum::FuncCall(call) => self.call(call),
            NodeEnum::SqlvalueFunction(function) => {
                let name = function.op().as_str_name().trim_start_matches("SVFOP_").to_ascii_lowercase();
                self.push_call(None, name, 0, false, function.location);
            }
            NodeEnum::AExpr(expression) => self.operator(expression),
            NodeEnum::BoolExpr(expression) => self.nodes(&expression.args),
            NodeEnum::NullTest(test) => self.maybe(&test.arg),
            NodeEnum::BooleanTest(test) => self.maybe(&test.arg),
            NodeEnum::TypeCast(cast) => self.maybe(&cast.arg),
            NodeEnum::CollateClause(clause) => self.maybe(&clause.arg),
            NodeEnum::CoalesceExpr(expression) => self.nodes(&expression.args),
            NodeEnum::MinMaxExpr(expression) => self.nodes(&expression.args),
            NodeEnum::RowExpr(row) => self.nodes(&row.args),
            NodeEnum::AArrayExpr(array) => self.nodes(&array.elements),
            NodeEnum::List(list) => self.nodes(&list.items),
            NodeEnum::NamedArgExpr(argument) => self.maybe(&argument.arg),
            NodeEnum::CaseExpr(case) => {
                self.maybe(&case.arg);
                self.nodes(&case.args);
                self.maybe(&case.defresult);
            }
            NodeEnum::CaseWhen(when) => {
                self.maybe(&when.expr);
                self.maybe(&when.result);
            }
            NodeEnum::AIndirection(indirection) => {
                self.maybe(&indirection.arg);
                self.nodes(&indirection.indirection);
            }
            NodeEnum::AIndices(indices) => {
                self.maybe(&indices.lidx);
                self.maybe(&indices.uidx);
            }
            NodeEnum::ResTarget(target) => self.maybe(&target.val),
            NodeEnum::SortBy(sort) => self.maybe(&sort.node),
            NodeEnum::GroupingSet(set) => self.nodes(&set.content),
            NodeEnum::WindowDef(window) => self.window(window),
            NodeEnum::SubLink(link) => {
                self.maybe(&link.testexpr);
                let kind = match link.sub_link_type() {
                    SubLinkType::ExistsSublink => SelectKind::Exists,
                    SubLinkType::AnySublink => SelectKind::Any,
                    SubLinkType::AllSublink => SelectKind::All,
                    SubLinkType::ArraySublink => SelectKind::Array,
                    _ => SelectKind::Scalar,
                };
                if kind == SelectKind::Any {
                    self.compared(link);
                }
                if let Some(NodeEnum::SelectStmt(select)) = link.subselect.as_deref().and_then(node_of) {
                    self.select(select, kind, offset(link.location));
                }
            }
            NodeEnum::SelectStmt(select) => self.select(select, SelectKind::From, 0),
            NodeEnum::SetToDefault(_) | NodeEnum::String(_) | NodeEnum::Integer(_) | NodeEnum::AStar(_) => {}
            other => self.unread(other),
        }
    }

    /// What is not looked into is said, so that nobody takes silence for absence.
    fn unread(&mut self, node: &NodeEnum) {
        let whole = format!("{node:?}");
        let kind: String = whole.chars().take_while(char::is_ascii_alphanumeric).collect();
        if !self.reading.unread.contains(&kind) {
            self.reading.unread.push(kind);
        }
    }

    fn window(&mut self, window: &protobuf::WindowDef) {
        self.nodes(&window.partition_clause);
        self.nodes(&window.order_clause);
        self.maybe(&window.start_offset);
        self.maybe(&window.end_offset);
    }

    fn call(&mut self, call: &FuncCall) {
        let mut name = field_names(&call.funcname);
        let function = name.pop().unwrap_or_default();
        let schema = name.pop();
        let before = self.reading.columns.len();
        self.nodes(&call.args);
        self.nodes(&call.agg_order);
        self.maybe(&call.agg_filter);
        if let Some(window) = &call.over {
            self.window(window);
        }
        let takes_row = self.reading.columns.iter().skip(before).any(|column| column.own != Some(false));
        let setting = function == "current_setting" && schema.as_deref().is_none_or(|schema| schema == "pg_catalog");
        if setting {
            let name = call.args.first().and_then(string_constant);
            let missing_ok = match call.args.get(1) {
                None => Some(false),
                Some(node) => boolean_constant(node),
            };
            let at = offset(call.location);
            self.reading.settings.push(SettingRead { name, missing_ok, at, select: self.select });
        }
        self.push_call(schema, function, call.args.len(), takes_row, call.location);
    }

    fn push_call(&mut self, schema: Option<String>, name: String, arguments: usize, takes_row: bool, location: i32) {
        let (at, select) = (offset(location), self.select);
        self.reading.calls.push(Call { schema, name, arguments, takes_row, at, select });
    }

    fn operator(&mut self, expression: &AExpr) {
        let name = field_names(&expression.name).pop().unwrap_or_default();
        if expression.kind() == AExprKind::AexprOp && matches!(name.as_str(), "->" | "->>" | "#>" | "#>>") {
            self.json(expression);
        }
        let sides = [&expression.lexpr, &expression.rexpr];
        let mut ranges = Vec::with_capacity(2);
        for side in sides {
            let (columns, selects) = (self.reading.columns.len(), self.reading.selects.len());
            let calls = self.reading.calls.len();
            self.maybe(side);
            let asks = self.reading.calls.len() > calls || self.reading.selects.len() > selects;
            ranges.push((columns..self.reading.columns.len(), selects..self.reading.selects.len(), asks));
        }
        let operator = match expression.kind() {
            AExprKind::AexprOp | AExprKind::AexprOpAny => name,
            AExprKind::AexprIn if name == "=" => name,
            AExprKind::AexprBetween => "between".to_owned(),
            _ => return,
        };
        for (this, other) in [(0, 1), (1, 0)] {
            let Some(side) = sides[this].as_deref() else { continue };
            let only_right = expression.kind() != AExprKind::AexprOp;
            if !is_column(side) || (this == 1 && only_right) {
                continue;
            }
            let (columns, selects, session) = &ranges[other];
            let own = self.reading.columns[columns.clone()].iter().any(|column| column.own != Some(false));
            let moving = self.reading.selects[selects.clone()].iter().any(|select| select.correlated != Some(false));
            let operator = if this == 0 { operator.clone() } else { turned(&operator) };
            let column = ranges[this].0.start;
            self.reading.comparisons.push(Comparison { column, operator, fixed: !own && !moving, session: *session });
        }
    }

    /// `column in (select …)`; the column was just read.
    fn compared(&mut self, link: &protobuf::SubLink) {
        if link.testexpr.as_deref().is_some_and(is_column) && !self.reading.columns.is_empty() {
            let operator = field_names(&link.oper_name).pop().unwrap_or_else(|| "=".to_owned());
            let column = self.reading.columns.len() - 1;
            // A hashed sub-select is a filter: an index on the column does not help it.
            self.reading.comparisons.push(Comparison { column, operator, fixed: false, session: true });
        }
    }

    fn json(&mut self, expression: &AExpr) {
        let Some(key) = expression.rexpr.as_deref().and_then(string_constant) else { return };
        let mut keys = vec![key];
        let mut base = expression.lexpr.as_deref();
        loop {
            match base.and_then(node_of) {
                Some(NodeEnum::AExpr(inner)) => {
                    let name = field_names(&inner.name).pop().unwrap_or_default();
                    let key = inner.rexpr.as_deref().and_then(string_constant);
                    let (true, Some(key)) = (matches!(name.as_str(), "->" | "->>" | "#>" | "#>>"), key) else { return };
                    keys.insert(0, key);
                    base = inner.lexpr.as_deref();
                }
                Some(NodeEnum::TypeCast(cast)) => base = cast.arg.as_deref(),
                Some(NodeEnum::SubLink(link)) => {
                    let Some(NodeEnum::SelectStmt(select)) = link.subselect.as_deref().and_then(node_of) else {
                        return;
                    };
                    let Some(NodeEnum::ResTarget(target)) = select.target_list.first().and_then(node_of) else {
                        return;
                    };
                    base = target.val.as_deref();
                }
                Some(NodeEnum::FuncCall(call)) => {
                    let name = field_names(&call.funcname);
                    let setting = name.last().is_some_and(|name| name == "current_setting");
                    // Functions around a setting, such as nullif, are looked through.
                    let of = if setting { call.args.first().and_then(string_constant) } else { Some(name.join(".")) };
                    let (Some(of), at) = (of, offset(expression.location)) else { return };
                    self.reading.json_keys.push(JsonKeys { of, keys, at });
                    return;
                }
                Some(NodeEnum::ColumnRef(column)) => {
                    let (of, at) = (field_names(&column.fields).join("."), offset(expression.location));
                    self.reading.json_keys.push(JsonKeys { of, keys, at });
                    return;
                }
                Some(_) | None => return,
            }
        }
    }

    fn select(&mut self, select: &SelectStmt, kind: SelectKind, at: usize) {
        let index = self.reading.selects.len();
        let parent = self.select.replace(index);
        let reads = !select.from_clause.is_empty();
        self.reading.selects.push(SubSelect { kind, parent, reads, correlated: Some(false), at });
        self.sources.push(Vec::new());
        if let Some(with) = &select.with_clause {
            let names = with.ctes.iter().filter_map(|node| match node_of(node) {
                Some(NodeEnum::CommonTableExpr(cte)) => Some((index, cte.ctename.clone())),
                _ => None,
            });
            let names: Vec<_> = names.collect();
            if with.recursive {
                self.defined.extend(names.clone());
            }
            for (number, node) in with.ctes.iter().enumerate() {
                let Some(NodeEnum::CommonTableExpr(cte)) = node_of(node) else { continue };
                match cte.ctequery.as_deref().and_then(node_of) {
                    Some(NodeEnum::SelectStmt(query)) => self.select(query, SelectKind::With, offset(cte.location)),
                    Some(other) => self.unread(other),
                    None => {}
                }
                // Only the later ones see it.
                if !with.recursive {
                    self.defined.extend(names.get(number).cloned());
                }
            }
        }
        for item in &select.from_clause {
            self.from(item, index);
        }
        self.nodes(&select.target_list);
        self.maybe(&select.where_clause);
        self.nodes(&select.group_clause);
        self.maybe(&select.having_clause);
        self.nodes(&select.window_clause);
        self.nodes(&select.values_lists);
        self.nodes(&select.distinct_clause);
        if select.larg.is_none() {
            self.nodes(&select.sort_clause);
        }
        self.maybe(&select.limit_offset);
        self.maybe(&select.limit_count);
        for side in [&select.larg, &select.rarg].into_iter().flatten() {
            self.reading.selects[index].reads |= !side.from_clause.is_empty();
            self.select(side, SelectKind::Side, at);
        }
        self.defined.retain(|(owner, _)| *owner != index);
        self.select = parent;
    }

    fn from(&mut self, item: &Node, select: usize) {
        let Some(item) = node_of(item) else { return };
        match item {
            NodeEnum::RangeVar(range) => {
                let schema = (!range.schemaname.is_empty()).then(|| range.schemaname.clone());
                let alias = range.alias.as_ref().map(|alias| alias.aliasname.clone());
                let called = alias.clone().unwrap_or_else(|| range.relname.clone());
                let defined = schema.is_none() && self.defined.iter().any(|(_, name)| *name == range.relname);
                let relation = (!defined).then(|| (schema.clone(), range.relname.clone()));
                let columns = range.alias.as_ref().filter(|alias| !alias.colnames.is_empty());
                let columns = columns.map(|alias| field_names(&alias.colnames));
                self.sources[select].push(Source { name: called, relation, columns });
                if !defined {
                    let (name, at) = (range.relname.clone(), offset(range.location));
                    self.reading.relations.push(RelationUse { schema, name, alias, at, select });
                }
            }
            NodeEnum::JoinExpr(join) => {
                for side in [&join.larg, &join.rarg].into_iter().flatten() {
                    self.from(side, select);
                }
                self.maybe(&join.quals);
            }
            NodeEnum::RangeSubselect(sub) => {
                if let Some(NodeEnum::SelectStmt(query)) = sub.subquery.as_deref().and_then(node_of) {
                    self.select(query, SelectKind::From, 0);
                }
                self.derived(sub.alias.as_ref(), select);
            }
            NodeEnum::RangeFunction(function) => {
                let index = self.reading.selects.len();
                let (kind, correlated) = (SelectKind::FromFunction, Some(false));
                self.reading.selects.push(SubSelect { kind, parent: Some(select), reads: false, correlated, at: 0 });
                self.sources.push(Vec::new());
                let around = self.select.replace(index);
                self.nodes(&function.functions);
                self.select = around;
                self.derived(function.alias.as_ref(), select);
                if function.alias.is_none() {
                    // It is called as the function is, and offers columns that are not known.
                    let name = self.reading.calls.last().map(|call| call.name.clone()).unwrap_or_default();
                    self.sources[select].push(Source { name, relation: None, columns: None });
                }
            }
            NodeEnum::RangeTableSample(sample) => {
                if let Some(relation) = &sample.relation {
                    self.from(relation, select);
                }
                self.nodes(&sample.args);
            }
            other => self.unread(other),
        }
    }

    fn derived(&mut self, alias: Option<&protobuf::Alias>, select: usize) {
        if let Some(alias) = alias {
            let columns = field_names(&alias.colnames);
            let columns = (!columns.is_empty()).then_some(columns);
            self.sources[select].push(Source { name: alias.aliasname.clone(), relation: None, columns });
        }
    }

    /// Notes a column, and which sub-selects it makes depend on what is around them.
    fn column(&mut self, qualifier: Vec<String>, name: String, at: usize) {
        let mut passed = Vec::new();
        let mut here = self.select;
        let mut own = Some(true);
        while let Some(index) = here {
            let found = self.offers(index, &qualifier, &name);
            if found != Some(false) {
                own = found.map(|_| false);
                break;
            }
            passed.push(index);
            here = self.reading.selects.get(index).and_then(|select| select.parent);
        }
        if own.is_none() {
            // It may be a column of any sub-select from here on outwards.
            while let Some(index) = here {
                passed.push(index);
                here = self.reading.selects.get(index).and_then(|select| select.parent);
            }
        }
        for index in passed {
            let correlated = &mut self.reading.selects[index].correlated;
            match own {
                Some(_) => *correlated = Some(true),
                None if *correlated == Some(false) => *correlated = None,
                None => {}
            }
        }
        self.reading.columns.push(ColumnUse { qualifier, name, at, select: self.select, own });
    }

    /// Whether a sub-select's FROM offers that column.
    fn offers(&self, select: usize, qualifier: &[String], name: &str) -> Option<bool> {
        let sources = self.sources.get(select)?;
        if let Some(table) = qualifier.last() {
            return Some(sources.iter().any(|source| source.name == *table));
        }
        if name == "*" {
            return Some(true);
        }
        let mut unknown = false;
        for source in sources {
            let has = match (&source.columns, &source.relation) {
                (Some(columns), _) => Some(columns.iter().any(|column| column == name)),
                (None, Some((schema, relation))) => self.scope.has_column(schema.as_deref(), relation, name),
                (None, None) => None,
            };
            match has {
                Some(true) => return Some(true),
                Some(false) => {}
                // A function or derived table of that name stands for its only column.
                None if source.name == name => return Some(true),
                None => unknown = true,
            }
        }
        if unknown { None } else { Some(false) }
    }
}

fn is_column(node: &Node) -> bool {
    match node_of(node) {
        Some(NodeEnum::ColumnRef(_)) => true,
        Some(NodeEnum::TypeCast(cast)) => cast.arg.as_deref().is_some_and(is_column),
        _ => false,
    }
}

fn turned(operator: &str) -> String {
    match operator {
        "<" => ">",
        "<=" => ">=",
        ">" => "<",
        ">=" => "<=",
        other => other,
    }
    .to_owned()
}

fn string_constant(node: &Node) -> Option<String> {
    match node_of(node)? {
        NodeEnum::AConst(constant) => match &constant.val {
            Some(a_const::Val::Sval(text)) => Some(text.sval.clone()),
            _ => None,
        },
        NodeEnum::TypeCast(cast) => string_constant(cast.arg.as_deref()?),
        _ => None,
    }
}

fn boolean_constant(node: &Node) -> Option<bool> {
    match node_of(node)? {
        NodeEnum::AConst(constant) => match &constant.val {
            Some(a_const::Val::Boolval(value)) => Some(value.boolval),
            _ => None,
        },
        _ => None,
    }
}
