//! One file of HTML: its style, its script and its pictures are in it, and its policy lets nothing else in.

use std::fmt::Write as _;

use base64::{Engine as _, engine::general_purpose::STANDARD};
use sha2::{Digest, Sha256};

use crate::book::{Block, Book, Cell, Page, Span};

const STYLE: &str = include_str!("style.css");
const SCRIPT: &str = include_str!("search.js");

/// The diagram of what is described, as SVG.
#[derive(Clone, Copy, Debug)]
pub struct Diagram<'a> {
    /// Dark on light.
    pub light: &'a str,
    /// Light on dark.
    pub dark: &'a str,
}

/// The book as one file. No sign of a name or a comment is read as anything but itself, and if one were, the file's own policy
/// (<https://www.w3.org/TR/CSP3/>) lets no script run but the one that it carries.
pub fn html(book: &Book, diagram: Option<Diagram<'_>>) -> String {
    let mut text = String::new();
    let digest = STANDARD.encode(Sha256::digest(SCRIPT.as_bytes()));
    let policy = format!("default-src 'none'; img-src data:; style-src 'unsafe-inline'; script-src 'sha256-{digest}'");
    let title = escaped(&book.title);
    let _ = write!(
        text,
        "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta http-equiv=\"Content-Security-Policy\" content=\"{policy}\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<meta name=\"color-scheme\" content=\"light dark\">\n\
         <title>{title}</title>\n<style>\n{STYLE}</style>\n</head>\n<body>\n"
    );
    contents(book, diagram.is_some(), &mut text);
    let _ = write!(text, "<main>\n<section id=\"overview\">\n<h1>{title}</h1>\n");
    book.overview.iter().for_each(|one| block(one, &mut text));
    text.push_str("</section>\n");
    if let Some(diagram) = diagram {
        let data = |svg: &str| format!("data:image/svg+xml;base64,{}", STANDARD.encode(svg));
        let _ = write!(
            text,
            "<section id=\"diagram\">\n<h2>Diagram</h2>\n<div class=\"picture\" tabindex=\"0\"><picture>\
             <source srcset=\"{}\" media=\"screen and (prefers-color-scheme: dark)\">\
             <img src=\"{}\" alt=\"Diagram of the tables and what refers to what\"></picture></div>\n</section>\n",
            data(diagram.dark),
            data(diagram.light)
        );
    }
    book.pages.iter().for_each(|one| page(one, &mut text));
    let _ = write!(text, "</main>\n<script>{SCRIPT}</script>\n</body>\n</html>\n");
    text
}

/// What is beside the pages: the search and a link to each.
fn contents(book: &Book, has_diagram: bool, text: &mut String) {
    text.push_str(
        "<nav aria-label=\"Contents\">\n<label for=\"search\">Find</label>\n\
         <input id=\"search\" type=\"search\" placeholder=\"Table, column, comment …\" autocomplete=\"off\" spellcheck=\"false\">\n\
         <p id=\"found\" role=\"status\"></p>\n<ul>\n<li><a href=\"#overview\">Overview</a></li>\n",
    );
    if has_diagram {
        text.push_str("<li><a href=\"#diagram\">Diagram</a></li>\n");
    }
    for page in &book.pages {
        let mut words = vec![page.title.as_str(), page.kind];
        words.extend(page.schema.as_deref());
        words.extend(page.words.iter().map(String::as_str));
        let class = if page.schema.is_none() { " class=\"schema\"" } else { "" };
        let _ = writeln!(
            text,
            "<li{class} data-words=\"{}\"><a href=\"#{}\">{}</a> <small>{}</small></li>",
            escaped(&words.join("\n").to_lowercase()),
            escaped(&page.anchor),
            escaped(&page.title),
            page.kind
        );
    }
    text.push_str("</ul>\n</nav>\n");
}

fn page(page: &Page, text: &mut String) {
    let schema =
        page.schema.as_deref().map(|schema| format!("<small>{}</small> ", escaped(schema))).unwrap_or_default();
    let _ = writeln!(
        text,
        "<section id=\"{}\">\n<h2>{schema}{} <em>{}</em></h2>",
        escaped(&page.anchor),
        escaped(&page.title),
        page.kind
    );
    page.blocks.iter().for_each(|one| block(one, text));
    text.push_str("</section>\n");
}

fn block(block: &Block, text: &mut String) {
    match block {
        Block::Comment(comment) => {
            let _ = writeln!(text, "<p class=\"comment\">{}</p>", escaped(comment));
        }
        Block::Remark(remark) => {
            let _ = writeln!(text, "<p class=\"remark\">{}</p>", escaped(remark));
        }
        Block::Facts(facts) => {
            text.push_str("<dl>\n");
            for (name, value) in facts {
                let _ = writeln!(text, "<div><dt>{name}</dt><dd>{}</dd></div>", cell(value));
            }
            text.push_str("</dl>\n");
        }
        Block::Table { title, head, rows } => {
            let heads: String = head.iter().map(|name| format!("<th scope=\"col\">{name}</th>")).collect();
            let _ = writeln!(
                text,
                "<h3>{title}</h3>\n<div class=\"table\" tabindex=\"0\" role=\"region\" aria-label=\"{title}\"><table>\n<thead><tr>{heads}</tr></thead>\n<tbody>"
            );
            for row in rows {
                let cells: String = row.iter().map(|one| format!("<td>{}</td>", cell(one))).collect();
                let _ = writeln!(text, "<tr>{cells}</tr>");
            }
            text.push_str("</tbody></table></div>\n");
        }
        Block::Code { title, text: code } => {
            let _ =
                writeln!(text, "<h3>{}</h3>\n<pre tabindex=\"0\"><code>{}</code></pre>", escaped(title), escaped(code));
        }
    }
}

fn cell(cell: &Cell) -> String {
    let span = |one: &Span| match one {
        Span::Text(text) => escaped(text),
        Span::Code(text) => format!("<code>{}</code>", escaped(text)),
        Span::Link { text, to } => format!("<a href=\"#{}\"><code>{}</code></a>", escaped(to), escaped(text)),
    };
    cell.iter().map(span).collect()
}

/// A text that stands for itself, between tags and in quotes. Signs that would turn what follows are shown by number.
fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for sign in text.chars() {
        match sign {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            '\n' | '\t' => out.push(sign),
            '\r' => {}
            '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' => {
                let _ = write!(out, "\\u{{{:x}}}", u32::from(sign));
            }
            sign if sign.is_control() => {
                let _ = write!(out, "\\u{{{:x}}}", u32::from(sign));
            }
            sign => out.push(sign),
        }
    }
    out
}
