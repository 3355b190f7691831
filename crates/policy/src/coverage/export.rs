//! A matrix as CSV, JSON and HTML.

use catalog::Catalog;
use serde::Serialize;
use serde_json::{Value, json};

use super::{Cell, Matrix, Way, Ways, Why};
use crate::effect::{Bypass, Command, Effects};

impl Matrix {
    /// As CSV (RFC 4180): `schema,table,role,command,access,policies,because,around`, a line for each cell.
    pub fn to_csv(&self, effects: &Effects<'_>, ways: &Ways<'_>) -> String {
        let mut text = "schema,table,role,command,access,policies,because,around\r\n".to_owned();
        self.each(effects, ways, |place, cells, around| {
            for (command, cell) in cells {
                let catalog = effects.rights().catalog();
                let fields = [
                    place.schema,
                    place.table,
                    place.role,
                    command.words(),
                    cell.level.words(),
                    &policies_of(cell, catalog).join("; "),
                    &because(cell),
                    &around.iter().map(way_words).collect::<Vec<_>>().join("; "),
                ];
                text.push_str(&fields.map(csv_field).join(","));
                text.push_str("\r\n");
            }
        });
        text
    }

    /// As JSON: `{"version":1,"not_read":[kind…],"tables":[{"schema","table","roles":[{"role","select":{"access","policies",
    /// "because","some_columns"},"insert":…,"update":…,"delete":…,"around":[{"kind","schema","name","rights_of","reaches"}]}]}]}`.
    pub fn to_json(&self, effects: &Effects<'_>, ways: &Ways<'_>) -> String {
        #[derive(Serialize)]
        struct OfTable<'a> {
            schema: &'a str,
            table: &'a str,
            roles: Vec<Value>,
        }
        let mut tables: Vec<OfTable<'_>> = Vec::new();
        let catalog = effects.rights().catalog();
        self.each(effects, ways, |place, cells, around| {
            let mut role = serde_json::Map::new();
            role.insert("role".to_owned(), json!(place.role));
            for (command, cell) in cells {
                let cell = json!({
                    "access": cell.level,
                    "policies": policies_of(cell, catalog),
                    "because": because(cell),
                    "some_columns": cell.some_columns,
                });
                role.insert(command.words().to_lowercase(), cell);
            }
            let around = around.iter().map(|way| {
                json!({"kind": way.kind, "schema": way.through.schema, "name": way.through.table,
                       "rights_of": way.rights_of, "reaches": way.reaches})
            });
            role.insert("around".to_owned(), around.collect());
            match tables.last_mut() {
                Some(last) if last.schema == place.schema && last.table == place.table => {
                    last.roles.push(Value::Object(role));
                }
                _ => {
                    tables.push(OfTable { schema: place.schema, table: place.table, roles: vec![Value::Object(role)] })
                }
            }
        });
        let whole = json!({"version": 1, "not_read": self.not_read, "tables": tables});
        let mut text = serde_json::to_string_pretty(&whole).unwrap_or_default();
        text.push('\n');
        text
    }

    /// As a page of HTML that stands alone: tables down, roles across, the commands in each cell as words.
    pub fn to_html(&self, effects: &Effects<'_>, ways: &Ways<'_>) -> String {
        let mut text = HEAD.to_owned();
        if !self.not_read.is_empty() {
            let kinds: Vec<String> = self.not_read.iter().map(|kind| format!("{kind:?}").to_lowercase()).collect();
            text.push_str(&format!("<p><strong>Not read in full: {}.</strong></p>\n", escaped(&kinds.join(", "))));
        }
        text.push_str("<table>\n<thead><tr><th scope=\"col\">Table</th>");
        for role in &self.roles {
            text.push_str(&format!("<th scope=\"col\">{}</th>", escaped(role)));
        }
        text.push_str("</tr></thead>\n<tbody>\n");
        let catalog = effects.rights().catalog();
        let mut column = 0;
        self.each(effects, ways, |place, cells, around| {
            if column == 0 {
                let name = format!("{}.{}", place.schema, place.table);
                text.push_str(&format!("<tr><th scope=\"row\">{}</th>", escaped(&name)));
            }
            text.push_str("<td>");
            for (command, cell) in cells {
                let policies = policies_of(cell, catalog).join(", ");
                let detail = if policies.is_empty() { because(cell) } else { policies };
                let class = cell.level.words().replace(' ', "-");
                text.push_str(&format!(
                    "<div class=\"{class}\" title=\"{}\">{} <b>{}</b></div>",
                    escaped(&detail),
                    command.words(),
                    cell.level.words()
                ));
            }
            for way in around {
                text.push_str(&format!("<div class=\"around\">around: {}</div>", escaped(&way_words(way))));
            }
            text.push_str("</td>");
            column += 1;
            if column == self.roles.len() {
                text.push_str("</tr>\n");
                column = 0;
            }
        });
        text.push_str("</tbody>\n</table>\n</body>\n</html>\n");
        text
    }

    fn each<'m>(
        &'m self,
        effects: &Effects<'_>,
        ways: &Ways<'_>,
        mut to: impl FnMut(Place<'m>, [(Command, &'m Cell); 4], &[Way]),
    ) {
        let powers: Vec<_> = self.roles.iter().map(|role| effects.rights().powers(role)).collect();
        for (table_at, (id, table)) in self.tables.iter().enumerate() {
            for (role_at, role) in self.roles.iter().enumerate() {
                let cell = |command| self.cell(table_at, role_at, command).map(|cell| (command, cell));
                let [Some(select), Some(insert), Some(update), Some(delete)] = Command::ALL.map(cell) else { continue };
                let around = powers.get(role_at).map(|powers| ways.of(effects, *id, powers)).unwrap_or_default();
                let place = Place { schema: &table.schema, table: &table.table, role };
                to(place, [select, insert, update, delete], &around);
            }
        }
    }
}

struct Place<'a> {
    schema: &'a str,
    table: &'a str,
    role: &'a str,
}

const HEAD: &str = "<!doctype html>
<html lang=\"en\">
<head>
<meta charset=\"utf-8\">
<title>Row security</title>
<style>
body { font: 13px/1.4 system-ui, sans-serif; margin: 2em; }
table { border-collapse: collapse; }
th, td { border: 1px solid #bbb; padding: .3em .6em; text-align: left; vertical-align: top; }
.none { color: #555; } .filtered { color: #116329; } .all { color: #9a6700; } .bypass { color: #a40e26; } .around { color: #a40e26; }
</style>
</head>
<body>
<h1>Row security</h1>
";

fn policies_of<'c>(cell: &Cell, catalog: &'c Catalog) -> Vec<&'c str> {
    match &cell.why {
        Why::Policies { indexes } => indexes
            .iter()
            .filter_map(|index| catalog.policies.get(*index as usize))
            .map(|policy| policy.name.as_str())
            .collect(),
        _ => Vec::new(),
    }
}

fn because(cell: &Cell) -> String {
    let why = match &cell.why {
        Why::Missing { privilege } => format!("no {privilege} privilege"),
        Why::NoPolicy => "no policy lets a row through".to_owned(),
        Why::Policies { .. } => String::new(),
        Why::Off => "row security is off".to_owned(),
        Why::Bypass { reason: Bypass::Superuser } => "superuser".to_owned(),
        Why::Bypass { reason: Bypass::BypassRowSecurity } => "BYPASSRLS".to_owned(),
        Why::Bypass { reason: Bypass::Owner } => "owner, not forced".to_owned(),
        Why::NotRead => "not read".to_owned(),
    };
    if cell.some_columns && !why.is_empty() { format!("{why}; some columns only") } else { why }
}

fn way_words(way: &Way) -> String {
    let rights = way.rights_of.as_ref().map_or(String::new(), |owner| format!(" as {owner}"));
    format!("{} {}.{}{rights}", way.kind.words(), way.through.schema, way.through.table)
}

fn csv_field(field: &str) -> String {
    if field.contains([',', '"', '\n', '\r']) {
        format!("\"{}\"", field.replace('"', "\"\""))
    } else {
        field.to_owned()
    }
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}
