//! No input makes a function panic, loses a byte, or cuts a character; the texts here were made to try.
#![allow(clippy::unwrap_used, clippy::panic)]

use sql::{
    Dialect, Span, TokenKind, classify, complete_context, dialect, outline, placeholders, read_only_verdict, redact,
    secret_spans, split, statement_at, sweeps, tokenize,
};

/// A generator that gives the same numbers every time, so that a failure can be seen again.
struct Random(u64);

impl Random {
    fn below(&mut self, bound: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).unwrap() % bound.max(1)
    }
}

fn facts() -> Vec<Dialect> {
    let mut other = dialect::sqlite().clone();
    other.delimiter_command = true;
    other.batch_separator = Some("GO");
    other.hash_comments = true;
    other.conditional_comments = true;
    other.backslash_escapes = true;
    other.double_quoted_strings = true;
    other.dashes_need_space = true;
    other.identifier_start_extra = "@#";
    let switched = dialect::postgres().with_backslash_escapes(true);
    let mysql = dialect::mysql();
    let server = dialect::ConditionalServer { version: 80_036, rule: dialect::ConditionalRule::SixBeforeSpace };
    let plain = mysql.with_ansi_quotes(true).with_backslash_escapes(false).with_conditional_server(Some(server));
    let tsql = dialect::tsql();
    vec![
        dialect::oracle().clone(),
        tsql.clone(),
        tsql.with_ansi_quotes(false),
        dialect::postgres().clone(),
        dialect::sqlite().clone(),
        mysql.clone(),
        switched,
        other,
        plain,
    ]
}

fn check(text: &str, facts: &Dialect, caret: usize) {
    let sound = |span: Span| {
        assert!(span.start <= span.end && text.get(span.start..span.end).is_some(), "{text:?}: {span:?}");
    };
    let tokens = tokenize(text, facts);
    let joined: String = tokens.iter().map(|token| token.span.of(text)).collect();
    assert_eq!(joined, text);
    assert!(tokens.iter().all(|token| !token.span.is_empty()));
    let statements = split(text, facts);
    for statement in &statements {
        [statement.span, statement.full].into_iter().for_each(sound);
        statement.copy_data.into_iter().chain(statement.title).for_each(sound);
        assert!(statement.full.start <= statement.span.start && statement.span.end <= statement.full.end);
    }
    assert!(statements.windows(2).all(|pair| pair[0].full.end <= pair[1].full.start), "{text:?}");
    if let Some(statement) = statement_at(text, caret, facts) {
        sound(statement.full);
    }
    let _ = (classify(text, facts), outline(text, facts), redact(text, facts));
    if let Err(refusal) = read_only_verdict(text, facts) {
        sound(refusal.span);
    }
    secret_spans(text, facts).into_iter().for_each(sound);
    placeholders(text, facts).into_iter().for_each(|one| sound(one.span));
    sound(complete_context(text, caret, facts).replace);
    for sweep in sweeps(text, facts) {
        sound(sweep.span);
        sound(sweep.statement);
    }
}

const SEEDS: &str = concat!(
    include_str!("cases/split.postgresql.sql"),
    include_str!("cases/split.sqlite.sql"),
    include_str!("cases/split.mysql.sql"),
    include_str!("cases/readonly.mysql.txt"),
    include_str!("cases/readonly.postgresql.txt"),
    include_str!("cases/classify.sqlite.txt"),
    include_str!("cases/complete.postgresql.txt"),
    include_str!("cases/redact.txt"),
    include_str!("cases/sweep.postgresql.txt"),
    include_str!("cases/sweep.mysql.txt"),
);

const PIECES: &[&str] = &[
    "'",
    "\"",
    "`",
    "[",
    "]",
    "(",
    ")",
    "$$",
    "$a$",
    "$1",
    "?",
    "?1",
    ":a",
    "@a",
    "#",
    "--",
    "/*",
    "*/",
    "/*!",
    "/*+",
    "\\",
    "\\.",
    ";",
    "\n",
    "\r",
    "\0",
    " ",
    ".",
    "..",
    "::",
    ":",
    ",",
    "E'",
    "U&\"",
    "U&'",
    "x'",
    "1e",
    "0x",
    "é",
    "🚀",
    "\u{a0}",
    "BEGIN",
    "ATOMIC",
    "END",
    "CASE",
    "CREATE TRIGGER",
    "CREATE FUNCTION",
    "COPY t FROM STDIN;",
    "SELECT",
    "FROM",
    "JOIN",
    "ON",
    "USING",
    "WITH",
    "AS",
    "INSERT INTO",
    "UPDATE",
    "DELETE FROM",
    "SET",
    "RETURNING",
    "UNION",
    "EXPLAIN",
    "PREPARE",
    "PASSWORD",
    "set_config",
    "postgres://a:b@",
    "://",
    "@",
    "DELIMITER",
    "\nDELIMITER //\n",
    "//",
    "\\G",
    "/*!80000",
    "/*M!100100",
    "@@",
    "@'",
    "_utf8mb4'",
    "CREATE PROCEDURE p() BEGIN",
    "IF",
    "THEN",
    "LOOP",
    "WHILE",
    "DO",
    "REPEAT",
    "UNTIL",
    "DECLARE",
    "HANDLER FOR",
    "1e5a",
    "SET GLOBAL",
    "INTO OUTFILE",
    "GO",
    "UESCAPE",
    "t",
    "a.b",
    "*",
    "-",
    "+",
    "=",
];

#[test]
fn random_slices_of_real_texts_are_read_without_loss() {
    let mut random = Random(7);
    let facts = facts();
    for round in 0..3000 {
        let mut text = String::new();
        for _ in 0..=random.below(3) {
            let from = random.below(SEEDS.len());
            let to = (from + random.below(160)).min(SEEDS.len());
            text.push_str(&String::from_utf8_lossy(&SEEDS.as_bytes()[from..to]));
        }
        let caret = random.below(text.len() + 2);
        check(&text, &facts[round % facts.len()], caret);
    }
}

#[test]
fn random_runs_of_awkward_pieces_are_read_without_loss() {
    let mut random = Random(11);
    let facts = facts();
    for round in 0..6000 {
        let text: String = (0..random.below(24))
            .map(|_| {
                let piece = PIECES[random.below(PIECES.len())];
                if random.below(2) == 0 { format!("{piece} ") } else { piece.to_owned() }
            })
            .collect();
        let caret = random.below(text.len() + 2);
        check(&text, &facts[round % facts.len()], caret);
    }
}

#[test]
fn deep_and_repeated_texts_neither_overflow_the_stack_nor_take_their_square_in_time() {
    for piece in PIECES.iter().chain(&[
        "(SELECT ",
        "WITH a AS (",
        "WITH a AS (x) (",
        "PREPARE a AS ",
        "EXPLAIN ",
        "(DELETE FROM t",
        "(WITH a (",
        "set_config(",
        "password(",
        "SELECT * FROM (",
        "a,",
        "f(",
        "COPY t FROM STDIN;\n",
        ":a(",
        "'a' ",
        "CASE WHEN ",
        "DECLARE c CURSOR FOR ",
        "://a",
        "a.",
        "-- x\n",
        "JOIN t ON ",
        "(SELECT 1) a, ",
        "$a$ $b$ ",
        "UNION SELECT ",
    ]) {
        let text = piece.repeat(2_500);
        for facts in &facts()[..3] {
            check(&text, facts, text.len() / 2);
        }
    }
}

#[test]
fn open_quotes_and_comments_are_marked() {
    for (text, kind) in [
        ("'a", TokenKind::String),
        ("\"a", TokenKind::QuotedName),
        ("/* /* */", TokenKind::BlockComment),
        ("$a$ $b$", TokenKind::DollarString),
        ("E'\\'", TokenKind::EscapeString),
        ("U&'a", TokenKind::UnicodeString),
        ("B'1", TokenKind::BitString),
    ] {
        let token = tokenize(text, dialect::postgres())[0];
        assert_eq!((token.kind, token.terminated, token.span.end), (kind, false, text.len()), "{text}");
    }
}

#[test]
fn tokens_are_those_of_the_server() {
    let kinds = |text: &str, facts: &Dialect| -> Vec<String> {
        let tokens = tokenize(text, facts).into_iter().filter(|token| !token.kind.is_trivia());
        tokens.map(|token| token.span.of(text).to_owned()).collect()
    };
    let postgres = dialect::postgres();
    for (text, expected) in [
        ("a=-1", "a = - 1"),
        ("a@-1", "a @- 1"),
        ("a::int[]", "a :: int [ ]"),
        ("1.5e-3.x", "1.5e-3 . x"),
        ("1..10", "1 . . 10"),
        ("0xFF_0 1_000 .5", "0xFF_0 1_000 .5"),
        ("a$1$b", "a$1$b"),
        ("$1$2", "$1 $2"),
        ("a->>'b'#>c", "a ->> 'b' #> c"),
        ("a:=b", "a := b"),
        ("U&\"d\\0061t\" u & x", "U&\"d\\0061t\" u & x"),
        ("N'a' e 'b' n'c'", "N'a' e 'b' n'c'"),
        ("'a'\n'b' 'c' /* */ 'd'", "'a'\n'b' 'c' 'd'"),
    ] {
        assert_eq!(kinds(text, postgres).join(" "), expected, "{text}");
    }
    let sqlite = dialect::sqlite();
    for (text, expected) in [
        ("[a b]`c``d`\"e\"x'00'", "[a b] `c``d` \"e\" x'00'"),
        ("?1?:a@b,$c(d)", "?1 ? :a @b , $c(d)"),
        ("a->>b||c<>d", "a ->> b || c <> d"),
        ("'a'\n'b'", "'a' 'b'"),
    ] {
        assert_eq!(kinds(text, sqlite).join(" "), expected, "{text}");
    }
}

#[test]
fn random_bytes_are_read_without_loss() {
    let mut random = Random(13);
    let facts = facts();
    let alphabet = b"'\"`\\;/*!-# @$?:=()[]{}.,01eExXbBnN_aGM\n\r\t\0\x1a\x80\xc3\xa9\xf0\x9f\x9a\x80\xff";
    for round in 0..6000 {
        let narrow = round % 2 == 0;
        let bytes: Vec<u8> =
            (0..random.below(60))
                .map(|_| {
                    if narrow {
                        alphabet[random.below(alphabet.len())]
                    } else {
                        u8::try_from(random.below(256)).unwrap()
                    }
                })
                .collect();
        let text = String::from_utf8_lossy(&bytes);
        let caret = random.below(text.len() + 2);
        check(&text, &facts[round % facts.len()], caret);
    }
}
