//! A folder of Markdown, as GitHub reads it (<https://github.github.com/gfm/>): one file for each page.

use std::fmt::Write as _;

use crate::book::{Block, Book, Cell, Page, Span};

/// The first line of every file: what has it may be written anew.
pub const MARK: &str = "<!-- Written by rowhouse docs. -->";

/// A file of the folder.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct File {
    /// Its name, of ASCII; no two are alike but for case.
    pub name: String,
    /// What is in it.
    pub text: String,
}

/// The book as files; the first one is `README.md`. `diagram` is Mermaid.
pub fn markdown(book: &Book, diagram: Option<&str>) -> Vec<File> {
    let mut text = format!("{MARK}\n\n# {}\n", escaped(&book.title));
    book.overview.iter().for_each(|one| block(one, &mut text));
    text.push_str("\n## Contents\n");
    for page in &book.pages {
        let link = format!("[{}]({})", escaped(&page.title), name(&page.anchor));
        match page.schema {
            None => {
                let _ = writeln!(text, "\n**{link}**\n");
            }
            Some(_) => {
                let _ = writeln!(text, "- {link}: {}", page.kind);
            }
        }
    }
    if let Some(diagram) = diagram {
        text.push_str("\n## Diagram\n");
        fenced("mermaid", diagram, &mut text);
    }
    let mut files = vec![File { name: "README.md".to_owned(), text }];
    files.extend(book.pages.iter().map(page));
    files
}

/// The file of a page. Anchors begin with what they are of, so that none is `README`.
fn name(anchor: &str) -> String {
    format!("{anchor}.md")
}

fn page(page: &Page) -> File {
    let schema = page.schema.as_deref().map(|schema| format!("{}.", escaped(schema))).unwrap_or_default();
    let mut text = format!("{MARK}\n\n# {schema}{}\n\n{}. [Overview](README.md)\n", escaped(&page.title), page.kind);
    page.blocks.iter().for_each(|one| block(one, &mut text));
    File { name: name(&page.anchor), text }
}

fn block(block: &Block, text: &mut String) {
    match block {
        Block::Comment(comment) => {
            let lines: Vec<String> = comment.lines().map(escaped).collect();
            let _ = writeln!(text, "\n{}", lines.join("  \n"));
        }
        Block::Remark(remark) => {
            let _ = writeln!(text, "\n_{}_", escaped(remark));
        }
        Block::Facts(facts) => {
            text.push('\n');
            for (name, value) in facts {
                let _ = writeln!(text, "- {name}: {}", cell(value));
            }
        }
        Block::Table { title, head, rows } => {
            let _ = writeln!(text, "\n## {title}\n\n| {} |\n|{}", head.join(" | "), " --- |".repeat(head.len()));
            for row in rows {
                let cells: Vec<String> = row.iter().map(cell).collect();
                let _ = writeln!(text, "| {} |", cells.join(" | "));
            }
        }
        Block::Code { title, text: code } => {
            let _ = writeln!(text, "\n## {}", escaped(title));
            fenced("sql", code, text);
        }
    }
}

/// A text between fences that are longer than any in it.
fn fenced(language: &str, code: &str, text: &mut String) {
    let longest = code.split(|sign| sign != '`').map(str::len).max().unwrap_or(0);
    let fence = "`".repeat(longest.max(2) + 1);
    let shown: String = code.chars().filter(|sign| *sign == '\n' || *sign == '\t' || !is_treacherous(*sign)).collect();
    let _ = writeln!(text, "\n{fence}{language}\n{}\n{fence}", shown.trim_end());
}

fn cell(cell: &Cell) -> String {
    let span = |one: &Span| match one {
        Span::Text(text) => escaped(text),
        // As HTML, in which no sign of Markdown means anything once it is escaped: a code span of Markdown cannot hold a bar in a table.
        Span::Code(text) => format!("<code>{}</code>", escaped(text)),
        Span::Link { text, to } => format!("[{}]({})", escaped(text), name(to)),
    };
    cell.iter().map(span).collect()
}

fn is_treacherous(sign: char) -> bool {
    sign.is_control()
        || matches!(sign, '\u{200e}' | '\u{200f}' | '\u{2028}' | '\u{2029}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

/// A text on one line that stands for itself: every sign that Markdown or HTML could read otherwise is written by number.
fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut before: Option<char> = None;
    let mut signs = text.chars().peekable();
    while let Some(sign) = signs.next() {
        let within = |one: char| before.is_some_and(char::is_alphanumeric) && one.is_alphanumeric();
        let plain = match sign {
            ' ' | ',' | '(' | ')' | '=' | '%' | ';' | '/' | '→' | '…' | '’' => true,
            '\'' | '"' | '?' | '!' => true,
            // Signs of lists, of addresses and of pictures by name.
            '+' => before.is_some_and(|one| one != '\n'),
            ':' => signs.peek().is_none_or(|next| *next == ' '),
            // Within a word they mean nothing, but for what would be a link by itself.
            '_' | '-' => signs.peek().copied().is_some_and(within),
            '.' => before.is_some_and(char::is_alphabetic) && !out.to_ascii_lowercase().ends_with("www"),
            sign => sign.is_alphanumeric(),
        };
        match sign {
            '\n' => out.push_str("<br>"),
            sign if plain => out.push(sign),
            sign if is_treacherous(sign) => {}
            sign => {
                let _ = write!(out, "&#{};", u32::from(sign));
            }
        }
        before = Some(sign);
    }
    out
}
