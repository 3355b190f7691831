//! A saved query as a file: the text under a few lines of comment that say what a file's name cannot. Pure.
//!
//! The header begins with a line of its own, so that other tools' comments (`-- name: get_user :one`) are text like any
//! other. What is written twice is the same, byte for byte: it is fit for a repository.

/// The first line of a file that has a header.
const MARK: &str = "-- rowhouse: saved query";

/// What a file says.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Contents {
    /// The name, where the file says one.
    pub(super) name: Option<String>,
    /// The tags.
    pub(super) tags: Vec<String>,
    /// The engine it is written for.
    pub(super) engine: Option<String>,
    /// The name of the connection it is for.
    pub(super) connection: Option<String>,
    /// The text.
    pub(super) text: String,
}

/// The bytes of a file.
pub(super) fn write(contents: &Contents) -> String {
    let mut file = format!("{MARK}\n");
    let mut line = |key: &str, value: &str| {
        // Nothing may leave its line: what follows would be run.
        let value: String = value.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
        file.push_str(&format!("-- {key}: {}\n", value.trim()));
    };
    if let Some(name) = &contents.name {
        line("name", name);
    }
    if !contents.tags.is_empty() {
        line("tags", &contents.tags.join(", "));
    }
    if let Some(engine) = &contents.engine {
        line("engine", engine);
    }
    if let Some(connection) = &contents.connection {
        line("connection", connection);
    }
    file.push('\n');
    file.push_str(&contents.text);
    if !contents.text.ends_with('\n') {
        file.push('\n');
    }
    file
}

/// What a file says; one without the mark is all text.
pub(super) fn read(file: &str) -> Contents {
    let unified = file.strip_prefix('\u{feff}').unwrap_or(file).replace("\r\n", "\n").replace('\r', "\n");
    let mut contents = Contents::default();
    let Some(mut rest) = unified.strip_prefix(MARK).and_then(|rest| rest.strip_prefix('\n')) else {
        contents.text = unified;
        return contents;
    };
    while let Some((line, after)) = rest.split_once('\n') {
        let Some((key, value)) = line.strip_prefix("-- ").and_then(|line| line.split_once(':')) else { break };
        let value = Some(value.trim()).filter(|value| !value.is_empty());
        match key {
            "name" => contents.name = value.map(str::to_owned),
            "tags" => {
                contents.tags =
                    value.into_iter().flat_map(|tags| tags.split(',')).map(|tag| tag.trim().to_owned()).collect()
            }
            "engine" => contents.engine = value.map(str::to_owned),
            "connection" => contents.connection = value.map(str::to_owned),
            // Of a later version: left out, rather than taken for text.
            _ => {}
        }
        rest = after;
    }
    contents.text = rest.strip_prefix('\n').unwrap_or(rest).to_owned();
    contents
}

/// Whether two texts say the same: a file ends with a line end, an editor's text need not.
pub(super) fn same_text(one: &str, other: &str) -> bool {
    one.trim_end() == other.trim_end()
}

/// A file's or folder's name for a name: the same on every system.
pub(super) fn file_name(name: &str) -> String {
    let odd = |c: char| c.is_control() || matches!(c, '/' | '\\' | ':' | '*' | '?' | '"' | '<' | '>' | '|');
    let plain: String = name.chars().map(|c| if odd(c) { '_' } else { c }).collect();
    let plain = plain.trim().trim_end_matches('.').trim_end();
    let stem = plain.split('.').next().unwrap_or_default().to_ascii_lowercase();
    let device = matches!(stem.as_str(), "con" | "prn" | "aux" | "nul")
        || (stem.len() == 4
            && (stem.starts_with("com") || stem.starts_with("lpt"))
            && stem.ends_with(|c: char| c.is_ascii_digit()));
    let hidden = plain.starts_with('.');
    if plain.is_empty() {
        "_".to_owned()
    } else if device || hidden {
        format!("_{plain}")
    } else {
        plain.to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn contents(text: &str) -> Contents {
        Contents {
            name: Some("Orders: by day".to_owned()),
            tags: vec!["sales".to_owned(), "by day".to_owned()],
            engine: Some("postgres".to_owned()),
            connection: None,
            text: text.to_owned(),
        }
    }

    #[test]
    fn what_was_written_is_read_again() {
        for text in
            ["select 1;\n", "", "\n\nselect 1\n", "-- rowhouse: saved query\n-- name: mine\nselect 2\n", "-- a: b\n"]
        {
            let file = write(&contents(text));
            let back = read(&file.replace('\n', "\r\n"));
            assert_eq!((&back.name, &back.engine), (&contents("").name, &contents("").engine), "{file}");
            assert_eq!(back.tags, ["sales", "by day"]);
            assert!(same_text(&back.text, text), "{file}");
            assert_eq!(write(&back), file, "written twice it is the same");
        }
    }

    #[test]
    fn other_tools_comments_are_text() {
        for file in ["-- name: get_user :one\nselect 1\n", "select 1", "", "--rowhouse: saved query\n"] {
            assert_eq!(read(file), Contents { text: file.to_owned(), ..Contents::default() });
        }
    }

    #[test]
    fn a_name_cannot_leave_its_line() {
        let odd = Contents { name: Some("a\n; drop table t; --".to_owned()), ..Contents::default() };
        assert_eq!(write(&odd), "-- rowhouse: saved query\n-- name: a ; drop table t; --\n\n\n");
    }

    #[test]
    fn a_file_can_be_made_of_every_name() {
        let cases = [
            ("a/b: c?", "a_b_ c_"),
            ("con", "_con"),
            ("Com1.x", "_Com1.x"),
            ("..", "_"),
            ("x. ", "x"),
            (".git", "_.git"),
        ];
        for (name, file) in cases {
            assert_eq!(file_name(name), file);
        }
    }
}
