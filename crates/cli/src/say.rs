//! What people read, on stderr: errors with their place, notices, the progress line.

use std::{
    borrow::Cow,
    io::{self, IsTerminal, Write},
    ops::Range,
    time::{Duration, Instant},
};

use app::{
    Positions,
    api::{AppError, PolicyBlocker},
};
use driver::Notice;
use unicode_width::UnicodeWidthStr;

/// Most columns of a quoted line.
const WIDEST: usize = 100;

/// The text a statement came from.
pub(crate) struct Script<'a> {
    /// What people call it (`report.sql`); empty for one given with the command.
    pub(crate) name: &'a str,
    pub(crate) text: &'a str,
    /// The bytes of it that nobody may see quoted.
    pub(crate) secrets: &'a [Range<usize>],
}

impl Script<'_> {
    /// A part of the text with its secrets covered, sign by sign, so that carets stay where they belong.
    fn covered(&self, part: Range<usize>) -> String {
        let secret = |at: usize| self.secrets.iter().any(|secret| secret.contains(&at));
        let text = self.text.get(part.clone()).unwrap_or("");
        text.char_indices().map(|(at, c)| if secret(part.start + at) { '*' } else { c }).collect()
    }
}

/// Writes to stderr; nobody to tell is no error.
pub(crate) fn line(text: &str) {
    drop(writeln!(io::stderr().lock(), "{text}"));
}

/// A text without anything that moves the cursor or hides what follows; line breaks stay.
pub(crate) fn clean(text: &str) -> Cow<'static, str> {
    let harmless = |c: char| {
        c == '\n'
            || c == '\t'
            || !c.is_control()
                && !matches!(c, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
    };
    let mut shown = String::with_capacity(text.len());
    for c in text.chars() {
        match harmless(c) {
            true => shown.push(c),
            false => shown.extend(c.escape_unicode()),
        }
    }
    Cow::Owned(shown)
}

/// An error with everything known of it, the line it is about and a caret under the place.
pub(crate) fn error(error: &AppError, script: Option<&Script<'_>>) {
    let mut out = String::new();
    let place = script.and_then(|script| Some((script, error.range?)));
    let place = place.map(|(script, range)| Place::find(script, range.from as usize, range.to as usize));
    match &place {
        Some(place) => out.push_str(&format!("{}: error: {}\n{}", place.name, clean(&error.message), place.quote)),
        None => out.push_str(&format!("error: {}\n", clean(&error.message))),
    }
    let mut more = |label: &str, text: Option<&str>| {
        if let Some(text) = text.filter(|text| !text.is_empty()) {
            out.push_str(&format!("{label}: {}\n", clean(text).trim_end().replace('\n', "\n    ")));
        }
    };
    if let Some(native) = &error.native {
        more("detail", native.detail.as_deref());
        more("context", native.context.as_deref());
        more("internal query", native.internal.as_deref());
        more("constraint", native.constraint.as_deref());
    }
    more("hint", error.hint.as_deref());
    if let Some(native) = &error.native
        && !native.code.is_empty()
    {
        let label = if is_sqlstate(&native.code) { "SQLSTATE" } else { "code" };
        more(label, Some(&native.code));
    }
    drop(io::stderr().lock().write_all(out.as_bytes()));
}

fn is_sqlstate(code: &str) -> bool {
    code.len() == 5 && code.bytes().all(|byte| byte.is_ascii_digit() || byte.is_ascii_uppercase())
}

/// A notice of the server.
pub(crate) fn notice(notice: &Notice) {
    // A warning is looked up by its code.
    let code = notice.code.as_deref().filter(|_| notice.severity == driver::Severity::Warning);
    let code = code.map(|code| format!(" {}", clean(code))).unwrap_or_default();
    let mut out = format!("{}{code}: {}\n", clean(&notice.label), clean(&notice.message));
    for (label, text) in [("detail", &notice.detail), ("hint", &notice.hint)] {
        if let Some(text) = text {
            out.push_str(&format!("{label}: {}\n", clean(text).trim_end().replace('\n', "\n    ")));
        }
    }
    drop(io::stderr().lock().write_all(out.as_bytes()));
}

/// Who is in the way of a lock.
pub(crate) fn blocker(blocker: &PolicyBlocker) {
    let named = |name: &Option<String>| clean(name.as_deref().unwrap_or("not known")).into_owned();
    let age = blocker.age_ms.map_or(String::new(), |ms| format!(", open for {} ms", grouped(ms)));
    line(&format!(
        "held by: {} ({}), session {}{age}: {}",
        named(&blocker.user),
        named(&blocker.application),
        named(&blocker.session),
        named(&blocker.statement)
    ));
}

/// A place in a script as people name and see it.
struct Place {
    name: String,
    quote: String,
}

impl Place {
    /// `from` and `to` are UTF-16 units of the text.
    fn find(script: &Script<'_>, from: usize, to: usize) -> Self {
        let text = script.text;
        let positions = Positions::new(text);
        let (start, end) = (positions.byte(from), positions.byte(to.max(from)));
        let before = text.get(..start).unwrap_or("");
        let line = before.matches('\n').count() + 1;
        let begin = before.rfind('\n').map_or(0, |at| at + 1);
        let rest = text.get(begin..).unwrap_or("");
        let whole = rest.split('\n').next().unwrap_or("").trim_end_matches('\r');
        let whole = script.covered(begin..begin + whole.len());
        let ahead = script.covered(begin..start);
        let column = ahead.chars().count() + 1;
        let marked = script.covered(start..end);
        let marked = marked.split('\n').next().unwrap_or("").trim_end_matches('\r');
        // A line may be the whole of a large script: only what is around the place is shown.
        let skipped = ahead.chars().count().saturating_sub(WIDEST / 2);
        let head: String = ahead.chars().skip(skipped).collect();
        let shown: String = whole.chars().skip(skipped).take(WIDEST).collect();
        let flat = |text: &str| clean(&text.replace('\t', "    ")).into_owned();
        let (lead, tail) =
            (if skipped > 0 { "…" } else { "" }, if whole.chars().count() > skipped + WIDEST { "…" } else { "" });
        let indent = lead.width() + flat(&head).width();
        let room: String = marked.chars().take(WIDEST.saturating_sub(head.chars().count())).collect();
        let carets = "^".repeat(flat(&room).width().max(1));
        let number = line.to_string();
        let name = match script.name {
            "" => format!("{line}:{column}"),
            name => format!("{}:{line}:{column}", clean(name)),
        };
        let quote = format!(
            " {number} | {lead}{}{tail}\n {} | {}{carets}\n",
            flat(&shown),
            " ".repeat(number.len()),
            " ".repeat(indent),
        );
        Place { name, quote }
    }
}

/// The line that says how far it is: on a terminal's stderr only, and never between rows on the same screen.
pub(crate) struct ProgressLine {
    shown: bool,
    wanted: bool,
    begun: Instant,
    told: Instant,
}

/// Time before the line appears, and between its changes.
const BEAT: Duration = Duration::from_millis(250);

impl ProgressLine {
    pub(crate) fn new(quiet: bool, to_file: bool) -> Self {
        let now = Instant::now();
        let wanted = !quiet && io::stderr().is_terminal() && (to_file || !io::stdout().is_terminal());
        ProgressLine { shown: false, wanted, begun: now, told: now }
    }

    pub(crate) fn rows(&mut self, rows: u64) {
        if !self.wanted || self.told.elapsed() < BEAT {
            return;
        }
        self.told = Instant::now();
        self.shown = true;
        let seconds = self.begun.elapsed().as_secs_f64();
        let rate = rows as f64 / seconds.max(0.001);
        let text = format!("\r\x1b[K{} rows, {} rows/s, {seconds:.0} s", grouped(rows), grouped(rate as u64));
        let mut stderr = io::stderr().lock();
        drop(stderr.write_all(text.as_bytes()).and_then(|()| stderr.flush()));
    }

    /// Clears the line, before anything else is said.
    pub(crate) fn clear(&mut self) {
        if self.shown {
            self.shown = false;
            let mut stderr = io::stderr().lock();
            drop(stderr.write_all(b"\r\x1b[K").and_then(|()| stderr.flush()));
        }
    }
}

impl Drop for ProgressLine {
    fn drop(&mut self) {
        self.clear();
    }
}

/// `1,234,567`.
pub(crate) fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut out = String::with_capacity(digits.len() + digits.len() / 3);
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn place(text: &str, marked: &str) -> Place {
        let start = text.find(marked).map_or(0, |at| at);
        let positions = Positions::new(text);
        let script = Script { name: "a.sql", text, secrets: &[] };
        Place::find(&script, positions.unit(start), positions.unit(start + marked.len()))
    }

    #[test]
    fn a_place_is_named_by_line_and_column_and_marked() {
        let found = place("select 1;\n\tselect é, frm t", "frm");
        assert_eq!(found.name, "a.sql:2:12");
        assert_eq!(found.quote, " 2 |     select é, frm t\n   |               ^^^\n");
    }

    #[test]
    fn a_quote_covers_the_secrets_of_the_line() {
        let text = "alter role é password 'geheim' oops";
        let (from, to) = (text.find("'g").map_or(0, |at| at), text.find(" oops").map_or(0, |at| at));
        let positions = Positions::new(text);
        let secret = from..to;
        let script = Script { name: "", text, secrets: std::slice::from_ref(&secret) };
        let found = Place::find(&script, positions.unit(to + 1), positions.unit(text.len()));
        assert_eq!(found.quote, " 1 | alter role é password ******** oops\n   |                                ^^^^\n");
    }

    #[test]
    fn a_caret_stands_under_wide_characters_and_in_huge_lines() {
        assert_eq!(place("select '漢字' frm", "frm").quote, " 1 | select '漢字' frm\n   |               ^^^\n");
        let long = format!("select {} oops {}", "1,".repeat(1_000_000), "2,".repeat(1_000_000));
        let found = place(&long, "oops");
        assert!(found.quote.len() < 500, "{}", found.quote.len());
        assert!(found.quote.contains("oops"));
    }

    #[test]
    fn what_a_server_says_cannot_move_the_cursor() {
        assert_eq!(clean("a\x1b[2Jb\u{202e}c\nd"), "a\\u{1b}[2Jb\\u{202e}c\nd");
        assert_eq!(grouped(1_234_567), "1,234,567");
        assert_eq!(grouped(12), "12");
    }
}
