//! A small reader of conditions, as far as CHECK constraints need it. What it does not know becomes
//! [`Node::Unknown`], or nothing at all when even its extent is unclear.

/// How two things compare.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Operator {
    Less,
    AtMost,
    Equal,
    Unequal,
    AtLeast,
    More,
    /// Any other sign between two things.
    Other,
}

/// A condition or a part of one. Casts and parentheses leave no trace.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Node {
    And(Vec<Node>),
    Or(Vec<Node>),
    Compare(Operator, Box<Node>, Box<Node>),
    In(Box<Node>, Vec<Node>),
    Between(Box<Node>, Box<Node>, Box<Node>),
    Null { tested: Box<Node>, not: bool },
    Column(String),
    Literal(String),
    Call(String, Vec<Node>),
    List(Vec<Node>),
    Any(Vec<Node>),
    Unknown,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Token {
    /// A bare word, as it is written.
    Word(String),
    /// A name in quotes.
    Name(String),
    Text(String),
    Number(String),
    Sign(String),
}

/// Reads a constraint, with or without the word CHECK before it. `None` when it cannot.
pub(crate) fn parse(text: &str) -> Option<Node> {
    let mut reader = Reader { tokens: tokens(text)?, at: 0, depth: 0 };
    reader.word("check");
    let node = reader.any_of()?;
    if reader.word("not") {
        reader.word("valid").then_some(())?;
    }
    if reader.word("no") {
        reader.word("inherit").then_some(())?;
    }
    reader.tokens.get(reader.at).is_none().then_some(node)
}

fn tokens(text: &str) -> Option<Vec<Token>> {
    let mut tokens = Vec::new();
    let mut rest = text.trim_start();
    while let Some(first) = rest.chars().next() {
        let (token, after) = match first {
            '\'' => quoted(rest, "'", "'").map(|(text, after)| (Token::Text(text), after))?,
            // MySQL's information_schema escapes the quotes themselves.
            '\\' => quoted(rest, "\\'", "\\'").map(|(text, after)| (Token::Text(text), after))?,
            '"' | '`' => {
                let mark = if first == '"' { "\"" } else { "`" };
                quoted(rest, mark, mark).map(|(name, after)| (Token::Name(name), after))?
            }
            // A bracket opens a name in SQL Server and a list after the word ARRAY.
            '[' if !matches!(tokens.last(), Some(Token::Word(word)) if word.eq_ignore_ascii_case("array"))
                && !rest.starts_with("[]") =>
            {
                quoted(rest, "[", "]").map(|(name, after)| (Token::Name(name), after))?
            }
            _ if first.is_ascii_digit()
                || (first == '.' && rest.chars().nth(1).is_some_and(|c| c.is_ascii_digit())) =>
            {
                let (number, after) = split(rest, |c| c.is_ascii_alphanumeric() || c == '.');
                (Token::Number(number.to_owned()), after)
            }
            _ if first.is_alphabetic() || first == '_' => {
                let (word, after) = split(rest, |c| c.is_alphanumeric() || c == '_' || c == '$');
                if after.starts_with(['\'', '\\']) && (word.starts_with('_') || prefix(word)) {
                    rest = after;
                    continue;
                }
                (Token::Word(word.to_owned()), after)
            }
            _ => {
                let sign = ["::", "<=", ">=", "<>", "!=", "||", "=="].iter().find(|sign| rest.starts_with(**sign));
                let length = sign.map_or(first.len_utf8(), |sign| sign.len());
                let (sign, after) = rest.split_at_checked(length)?;
                (Token::Sign(sign.to_owned()), after)
            }
        };
        tokens.push(token);
        rest = after.trim_start();
    }
    Some(tokens)
}

/// Words that stand right before a literal and say of what kind it is.
fn prefix(word: &str) -> bool {
    ["n", "e", "date", "timestamp", "time"].iter().any(|prefix| word.eq_ignore_ascii_case(prefix))
}

fn split(text: &str, belongs: impl Fn(char) -> bool) -> (&str, &str) {
    let end = text.find(|c| !belongs(c)).unwrap_or(text.len());
    text.split_at_checked(end).unwrap_or((text, ""))
}

/// The inside of quotes, in which a doubled closing mark stands for itself, and what follows.
fn quoted<'a>(text: &'a str, open: &str, close: &str) -> Option<(String, &'a str)> {
    let mut rest = text.strip_prefix(open)?;
    let mut inside = String::new();
    loop {
        let (before, after) = rest.split_once(close)?;
        inside.push_str(before);
        let Some(more) = after.strip_prefix(close) else { return Some((inside, after)) };
        inside.push_str(close.trim_start_matches('\\'));
        rest = more;
    }
}

struct Reader {
    tokens: Vec<Token>,
    at: usize,
    depth: u32,
}

impl Reader {
    /// Conditions deeper than this are left unread rather than exhausting the stack.
    const DEEPEST: u32 = 60;

    fn peek_word(&self, word: &str) -> bool {
        matches!(self.tokens.get(self.at), Some(Token::Word(found)) if found.eq_ignore_ascii_case(word))
    }

    fn word(&mut self, word: &str) -> bool {
        let found = self.peek_word(word);
        self.at += usize::from(found);
        found
    }

    fn sign(&mut self, sign: &str) -> bool {
        let found = matches!(self.tokens.get(self.at), Some(Token::Sign(found)) if found == sign);
        self.at += usize::from(found);
        found
    }

    fn any_of(&mut self) -> Option<Node> {
        self.depth += 1;
        if self.depth > Self::DEEPEST {
            return None;
        }
        let mut parts = vec![self.all_of()?];
        while self.word("or") {
            parts.push(self.all_of()?);
        }
        self.depth -= 1;
        if parts.len() == 1 { parts.pop() } else { Some(Node::Or(parts)) }
    }

    fn all_of(&mut self) -> Option<Node> {
        let mut parts = vec![self.condition()?];
        while self.word("and") {
            parts.push(self.condition()?);
        }
        if parts.len() == 1 { parts.pop() } else { Some(Node::And(parts)) }
    }

    fn condition(&mut self) -> Option<Node> {
        if self.word("not") {
            self.operand()?;
            return Some(Node::Unknown);
        }
        let tested = self.operand()?;
        if self.word("is") {
            let not = self.word("not");
            let null = self.word("null");
            self.at += usize::from(!null);
            return Some(if null { Node::Null { tested: Box::new(tested), not } } else { Node::Unknown });
        }
        let not = self.peek_word("not") && !self.at_tail();
        self.at += usize::from(not);
        let found = if self.word("in") {
            self.sign("(").then_some(())?;
            Node::In(Box::new(tested), self.list(")")?)
        } else if self.word("between") {
            let low = self.operand()?;
            self.word("and").then_some(())?;
            Node::Between(Box::new(tested), Box::new(low), Box::new(self.operand()?))
        } else if ["like", "ilike", "regexp", "rlike", "glob", "similar"].iter().any(|word| self.word(word)) {
            self.word("to");
            self.operand()?;
            Node::Unknown
        } else if let Some(operator) = self.operator() {
            let right = self.operand()?;
            Node::Compare(operator, Box::new(tested), Box::new(right))
        } else {
            return (!not).then_some(tested);
        };
        Some(if not { Node::Unknown } else { found })
    }

    /// Whether the word NOT here belongs to the `NOT VALID` behind a constraint.
    fn at_tail(&self) -> bool {
        matches!(self.tokens.get(self.at + 1), Some(Token::Word(word)) if word.eq_ignore_ascii_case("valid"))
    }

    fn operator(&mut self) -> Option<Operator> {
        let Some(Token::Sign(sign)) = self.tokens.get(self.at) else { return None };
        let operator = match sign.as_str() {
            "<" => Operator::Less,
            "<=" => Operator::AtMost,
            "=" | "==" => Operator::Equal,
            "<>" | "!=" => Operator::Unequal,
            ">=" => Operator::AtLeast,
            ">" => Operator::More,
            "~" | "!" | "@" | "&" | "#" => Operator::Other,
            _ => return None,
        };
        self.at += 1;
        if operator == Operator::Other {
            while ["~", "*", "<=", ">=", "<", ">", "=", "@", "&", "#"].iter().any(|sign| self.sign(sign)) {}
        }
        Some(operator)
    }

    fn operand(&mut self) -> Option<Node> {
        let mut node = self.single()?;
        while ["+", "-", "*", "/", "%", "||", "^"].iter().any(|sign| self.sign(sign)) {
            self.single()?;
            node = Node::Unknown;
        }
        Some(node)
    }

    fn single(&mut self) -> Option<Node> {
        self.depth += 1;
        if self.depth > Self::DEEPEST {
            return None;
        }
        let token = self.tokens.get(self.at)?.clone();
        self.at += 1;
        let node = match token {
            Token::Text(text) | Token::Number(text) => Node::Literal(text),
            Token::Name(name) => self.column(name)?,
            Token::Word(word) => self.begun(&word)?,
            Token::Sign(sign) => match sign.as_str() {
                "(" => {
                    let inside = self.any_of()?;
                    self.sign(")").then_some(inside)?
                }
                "-" | "+" => match self.single()? {
                    Node::Literal(text) if sign == "+" || text.starts_with('-') => Node::Literal(text),
                    Node::Literal(text) => Node::Literal(format!("-{text}")),
                    _ => Node::Unknown,
                },
                _ => return None,
            },
        };
        while self.sign("::") {
            self.type_name()?;
        }
        self.depth -= 1;
        Some(node)
    }

    /// What begins with a bare word: a call, a list, a keyword or a column.
    fn begun(&mut self, word: &str) -> Option<Node> {
        let lower = word.to_ascii_lowercase();
        match lower.as_str() {
            "array" if self.sign("[") => return Some(Node::List(self.list("]")?)),
            "any" if self.sign("(") => {
                let inside = self.list(")")?;
                return Some(match inside.into_iter().next() {
                    Some(Node::List(words)) => Node::Any(words),
                    _ => Node::Unknown,
                });
            }
            "cast" if self.sign("(") => {
                let inside = self.any_of()?;
                self.word("as").then_some(())?;
                self.type_name()?;
                return self.sign(")").then_some(inside);
            }
            "null" | "true" | "false" => return Some(Node::Unknown),
            "case" | "exists" | "select" | "interval" | "extract" => return None,
            _ => {}
        }
        if self.sign("(") {
            return Some(Node::Call(lower, self.list(")")?));
        }
        self.column(word.to_owned())
    }

    /// A column, of which only the last part of a dotted name counts.
    fn column(&mut self, mut name: String) -> Option<Node> {
        while self.sign(".") {
            let Some(Token::Word(part) | Token::Name(part)) = self.tokens.get(self.at) else { return None };
            name.clone_from(part);
            self.at += 1;
        }
        Some(Node::Column(name))
    }

    fn list(&mut self, close: &str) -> Option<Vec<Node>> {
        let mut nodes = Vec::new();
        if self.sign(close) {
            return Some(nodes);
        }
        loop {
            nodes.push(self.any_of()?);
            if self.sign(close) {
                return Some(nodes);
            }
            self.sign(",").then_some(())?;
        }
    }

    /// Passes over the name of a type: words, dots, lengths and list brackets.
    fn type_name(&mut self) -> Option<()> {
        let Some(Token::Word(_) | Token::Name(_)) = self.tokens.get(self.at) else { return None };
        self.at += 1;
        loop {
            if self.sign(".") {
                self.at += 1;
            } else if self.sign("(") {
                self.list(")")?;
            } else if self.sign("[") {
                self.sign("]").then_some(())?;
            } else if !["varying", "precision", "with", "without", "time", "zone", "unsigned", "signed", "set"]
                .iter()
                .any(|word| self.word(word))
            {
                return Some(());
            }
        }
    }
}
