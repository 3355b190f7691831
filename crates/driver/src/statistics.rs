/// How the answer of [`crate::Scan::statistics`] is laid out: seven columns, of which all but the counts are texts.
///
/// | part | 1 | 2 | 3 | 4 | 5 | 6 |
/// |---|---|---|---|---|---|---|
/// | [`ColumnFacts::FACTS`], one row | rows | rows that are not NULL | different values | least | greatest | mean of numbers |
/// | [`ColumnFacts::VALUE`], some rows | how often | NULL | NULL | a frequent value | NULL | NULL |
#[derive(Clone, Copy, Debug)]
pub struct ColumnFacts;

impl ColumnFacts {
    /// Columns of the answer.
    pub const COLUMNS: usize = 7;
    /// The first column of the row with the facts.
    pub const FACTS: &'static str = "facts";
    /// The first column of a frequent value's row.
    pub const VALUE: &'static str = "value";
    /// Most frequent values.
    pub const FREQUENT: usize = 10;
    /// Characters of a value that are shown; one more is read to tell whether that is all. Bytes are `0x` and digits.
    pub const CHARACTERS: usize = 256;
}
