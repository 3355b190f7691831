//! Browsing a collection by the conditions of a grid: filters as a person types them become a filter document.
//!
//! What is typed has no type, and neither have fields: `12` may be meant as a number or as a text. A condition is met by a value
//! of any type that the text can be of; the server compares only values of one type.

use std::sync::Arc;

use catalog::{Catalog, ObjectKey};
use driver::{
    Code, Comparison, Condition, DocumentForm, Documents, Error, Filter, KeySource, Lookup, Page, PageRequest, Scan,
    Sort, Statement, documents::DocumentPage,
};

use crate::documents::quoted;

/// Pages of collections.
pub(crate) struct Scanning {
    documents: Arc<dyn Documents>,
    form: &'static dyn DocumentForm,
}

impl Scanning {
    pub(crate) fn new(documents: Arc<dyn Documents>, form: &'static dyn DocumentForm) -> Self {
        Scanning { documents, form }
    }
}

impl Scan for Scanning {
    fn page(&self, _catalog: &Catalog, request: &PageRequest) -> Result<Page, Error> {
        let after = match request.after.as_deref() {
            Some([Some(document)]) => Some(self.form.parse(document)?),
            _ => None,
        };
        let sorted = !request.sort.is_empty();
        let page = DocumentPage {
            collection: request.relation.clone(),
            filter: filter_document(&request.filters),
            sort: sorted.then(|| sort_document(&request.sort)),
            projection: None,
            after: after.filter(|_| !sorted),
            offset: request.offset,
            limit: request.limit,
        };
        Ok(Page {
            statement: self.documents.page(&page)?,
            source: if sorted { KeySource::Offset } else { KeySource::PrimaryKey },
            key: vec![0],
            visible_columns: 1,
            identity: Some(vec![0]),
        })
    }

    fn count(&self, _catalog: &Catalog, relation: &ObjectKey, filters: &[Condition]) -> Result<Statement, Error> {
        self.documents.count(relation, filter_document(filters).as_deref())
    }

    fn count_up_to(
        &self,
        _catalog: &Catalog,
        relation: &ObjectKey,
        filters: &[Filter],
        cap: u32,
    ) -> Result<Statement, Error> {
        let conditions: Vec<Condition> = filters.iter().cloned().map(Condition::One).collect();
        let filter = filter_document(&conditions).unwrap_or_else(|| "{}".to_owned());
        let database = relation.schema.as_deref().map(|name| format!(".getSiblingDB({})", quoted(name)));
        let database = database.unwrap_or_default();
        let collection = quoted(&relation.name);
        Ok(Statement::new(format!(
            "db{database}.getCollection({collection}).countDocuments({filter}, {{ limit: {cap} }})"
        )))
    }

    fn lookup(&self, _catalog: &Catalog, _request: &Lookup) -> Result<Statement, Error> {
        Err(Error::new(Code::Unsupported, "Collections have no foreign keys to choose by."))
    }
}

fn sort_document(sort: &[Sort]) -> String {
    let key = |key: &Sort| format!("{}: {}", quoted(&key.column), if key.descending { -1 } else { 1 });
    // The order is total, so that pages by number are apart.
    let id = sort.iter().all(|key| key.column != "_id").then(|| "\"_id\": 1".to_owned());
    let keys: Vec<String> = sort.iter().map(key).chain(id).collect();
    format!("{{ {} }}", keys.join(", "))
}

/// The filter document of conditions that all must hold; `None` where there are none.
fn filter_document(conditions: &[Condition]) -> Option<String> {
    match conditions {
        [] => None,
        [one] => Some(condition(one)),
        several => Some(joined("$and", several)),
    }
}

fn joined(operator: &str, conditions: &[Condition]) -> String {
    let all: Vec<String> = conditions.iter().map(condition).collect();
    format!("{{ {operator}: [{}] }}", all.join(", "))
}

fn condition(condition: &Condition) -> String {
    match condition {
        Condition::One(filter) => comparison(filter),
        Condition::All(conditions) if conditions.is_empty() => "{}".to_owned(),
        Condition::All(conditions) => joined("$and", conditions),
        Condition::Any(conditions) if conditions.is_empty() => "{ $nor: [{}] }".to_owned(),
        Condition::Any(conditions) => joined("$or", conditions),
        // A comment in it ends with its line.
        Condition::Text(text) => format!("\n{text}\n"),
    }
}

fn comparison(filter: &Filter) -> String {
    let field = quoted(&filter.column);
    let first = filter.values.first().map_or("", String::as_str);
    let all = || filter.values.iter().flat_map(|value| meanings(value)).collect::<Vec<_>>().join(", ");
    let pattern = |before: &str, after: &str| {
        format!(
            "{{ {field}: {{ $regex: {}, $options: \"i\" }} }}",
            quoted(&format!("{before}{}{after}", escaped(first)))
        )
    };
    let ordered = |operator: &str, value: &str| {
        let each: Vec<String> =
            meanings(value).iter().map(|meaning| format!("{{ {field}: {{ {operator}: {meaning} }} }}")).collect();
        format!("{{ $or: [{}] }}", each.join(", "))
    };
    match filter.comparison {
        Comparison::Equal | Comparison::In => format!("{{ {field}: {{ $in: [{}] }} }}", all()),
        Comparison::NotEqual | Comparison::NotIn => format!("{{ {field}: {{ $nin: [{}] }} }}", all()),
        Comparison::Less => ordered("$lt", first),
        Comparison::LessOrEqual => ordered("$lte", first),
        Comparison::Greater => ordered("$gt", first),
        Comparison::GreaterOrEqual => ordered("$gte", first),
        Comparison::Between => {
            let last = filter.values.get(1).map_or("", String::as_str);
            format!("{{ $and: [{}, {}] }}", ordered("$gte", first), ordered("$lte", last))
        }
        Comparison::Contains => pattern("", ""),
        Comparison::NotContains => format!("{{ $nor: [{}] }}", pattern("", "")),
        Comparison::StartsWith => pattern("^", ""),
        Comparison::EndsWith => pattern("", "$"),
        Comparison::Like => format!("{{ {field}: {{ $regex: {} }} }}", quoted(first)),
        Comparison::IsEmpty => format!("{{ {field}: {{ $in: [\"\", [], {{}}] }} }}"),
        Comparison::IsNotEmpty => format!("{{ {field}: {{ $exists: true, $nin: [null, \"\", [], {{}}] }} }}"),
        Comparison::IsNull => format!("{{ {field}: {{ $type: 10 }} }}"),
        Comparison::IsNotNull => format!("{{ {field}: {{ $exists: true, $not: {{ $type: 10 }} }} }}"),
    }
}

/// A text with nothing in it that a regular expression reads as more than itself.
fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for character in text.chars() {
        if "\\^$.|?*+()[]{}/".contains(character) {
            escaped.push('\\');
        }
        escaped.push(character);
    }
    escaped
}

/// The literals that a typed text may mean, its text itself among them.
fn meanings(text: &str) -> Vec<String> {
    let trimmed = text.trim();
    let mut meanings = vec![quoted(text)];
    if is_number(trimmed) {
        // A decimal compares with numbers of every width, and loses no digit.
        meanings.push(format!("NumberDecimal({})", quoted(trimmed)));
    }
    match trimmed {
        "true" | "false" => meanings.push(trimmed.to_owned()),
        "null" => meanings.push("null".to_owned()),
        _ => {}
    }
    if trimmed.len() == 24 && trimmed.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        meanings.push(format!("ObjectId({})", quoted(trimmed)));
    }
    if is_date(trimmed) {
        meanings.push(format!("ISODate({})", quoted(trimmed)));
    }
    let uuid = |at: usize, byte: u8| match at {
        8 | 13 | 18 | 23 => byte == b'-',
        _ => byte.is_ascii_hexdigit(),
    };
    if trimmed.len() == 36 && trimmed.bytes().enumerate().all(|(at, byte)| uuid(at, byte)) {
        meanings.push(format!("UUID({})", quoted(trimmed)));
    }
    meanings
}

fn is_number(text: &str) -> bool {
    let digits = text.strip_prefix(['-', '+']).unwrap_or(text);
    let (mantissa, exponent) = digits.split_once(['e', 'E']).map_or((digits, None), |(m, e)| (m, Some(e)));
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let all = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    let exponent = exponent.is_none_or(|exponent| {
        let digits = exponent.strip_prefix(['-', '+']).unwrap_or(exponent);
        !digits.is_empty() && digits.len() <= 4 && all(digits)
    });
    exponent && all(whole) && all(fraction) && whole.len() + fraction.len() > 0 && whole.len() + fraction.len() <= 34
}

/// `2026-11-20`, with or without a time.
fn is_date(text: &str) -> bool {
    let Some((day, time)) = text.split_at_checked(10) else { return false };
    let form = |at: usize, byte: u8| if matches!(at, 4 | 7) { byte == b'-' } else { byte.is_ascii_digit() };
    let known = |byte: u8| byte.is_ascii_digit() || b":.TZ+- ".contains(&byte);
    day.bytes().enumerate().all(|(at, byte)| form(at, byte))
        && (time.is_empty() || time.starts_with(['T', ' ']) && time.bytes().all(known))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn one(comparison: Comparison, values: &[&str]) -> Condition {
        let values = values.iter().map(|value| (*value).to_owned()).collect();
        Condition::One(Filter { column: "a.b".to_owned(), comparison, values })
    }

    #[test]
    fn a_typed_text_means_every_value_it_can_be_of() {
        assert_eq!(meanings("12"), ["\"12\"", "NumberDecimal(\"12\")"]);
        assert_eq!(meanings("true"), ["\"true\"", "true"]);
        assert_eq!(meanings("6739b1f0c2a94e0017d3aa41").len(), 2);
        assert_eq!(meanings("2026-11-20T10:00:00Z").len(), 2);
        assert_eq!(meanings("2026-11-2").len(), 1);
        assert_eq!(meanings("1e"), ["\"1e\""]);
        assert_eq!(meanings("say \"x\"\n"), ["\"say \\\"x\\\"\\n\""]);
    }

    #[test]
    fn conditions_become_a_filter_document() {
        assert_eq!(filter_document(&[]), None);
        assert_eq!(
            filter_document(&[one(Comparison::Equal, &["x"])]).as_deref(),
            Some("{ \"a.b\": { $in: [\"x\"] } }")
        );
        assert_eq!(
            filter_document(&[one(Comparison::Greater, &["1"])]).as_deref(),
            Some("{ $or: [{ \"a.b\": { $gt: \"1\" } }, { \"a.b\": { $gt: NumberDecimal(\"1\") } }] }")
        );
        let any = Condition::Any(vec![one(Comparison::IsNull, &[]), one(Comparison::Contains, &["a.c"])]);
        assert_eq!(
            filter_document(&[any, Condition::Text("{ x: 1 } // note".to_owned())]).as_deref(),
            Some(
                "{ $and: [{ $or: [{ \"a.b\": { $type: 10 } }, { \"a.b\": { $regex: \"a\\\\.c\", $options: \"i\" } }] }, \n{ x: 1 } // note\n] }"
            )
        );
        assert_eq!(filter_document(&[Condition::Any(Vec::new())]).as_deref(), Some("{ $nor: [{}] }"));
    }

    #[test]
    fn a_sort_is_total() {
        let sort = [Sort { column: "price".to_owned(), descending: true }];
        assert_eq!(sort_document(&sort), "{ \"price\": -1, \"_id\": 1 }");
    }
}
