#![allow(clippy::unwrap_used, clippy::panic)]

use driver::{
    Code, DocumentForm,
    documents::{DOCUMENT, Patch, Step, TextStyle},
};

use super::BsonForm;
use crate::bson::{self, Writer, kind};

const STYLES: [TextStyle; 3] = [TextStyle::Canonical, TextStyle::Relaxed, TextStyle::Shell];

fn parse(text: &str) -> Vec<u8> {
    BsonForm.parse(text).unwrap_or_else(|error| panic!("{text}: {error} {:?}", error.span))
}

fn print(raw: &[u8], style: TextStyle) -> String {
    BsonForm.text(DOCUMENT, raw, style, false)
}

fn bytes(hex: &str) -> Vec<u8> {
    crate::language::hex_bytes(hex).unwrap()
}

/// Name, bytes, canonical, relaxed and shell: after the corpus of mongodb/specifications (`source/bson-corpus/tests`).
const CORPUS: &[(&str, &str, &str, &str, &str)] = &[
    ("double", "10000000016400000000000000f03f00", r#"{"d": {"$numberDouble": "1.0"}}"#, r#"{"d": 1.0}"#, "{ d: 1.0 }"),
    (
        "-0.0",
        "10000000016400000000000000008000",
        r#"{"d": {"$numberDouble": "-0.0"}}"#,
        r#"{"d": -0.0}"#,
        "{ d: -0.0 }",
    ),
    (
        "NaN",
        "10000000016400000000000000f87f00",
        r#"{"d": {"$numberDouble": "NaN"}}"#,
        r#"{"d": {"$numberDouble": "NaN"}}"#,
        "{ d: NaN }",
    ),
    (
        "-inf",
        "10000000016400000000000000f0ff00",
        r#"{"d": {"$numberDouble": "-Infinity"}}"#,
        r#"{"d": {"$numberDouble": "-Infinity"}}"#,
        "{ d: -Infinity }",
    ),
    ("empty text", "0d000000026100010000000000", r#"{"a": ""}"#, r#"{"a": ""}"#, r#"{ a: "" }"#),
    (
        "NUL in text",
        "190000000261000d0000006162006261620062616261620000",
        "{\"a\": \"ab\\u0000bab\\u0000babab\"}",
        "{\"a\": \"ab\\u0000bab\\u0000babab\"}",
        "{ a: \"ab\\u0000bab\\u0000babab\" }",
    ),
    ("document", "0d000000037800050000000000", r#"{"x": {}}"#, r#"{"x": {}}"#, "{ x: {} }"),
    (
        "array",
        "140000000461000c0000001030000a0000000000",
        r#"{"a": [{"$numberInt": "10"}]}"#,
        r#"{"a": [10]}"#,
        "{ a: [ 10 ] }",
    ),
    (
        "binary 0",
        "0f0000000578000200000000ffff00",
        r#"{"x": {"$binary": {"base64": "//8=", "subType": "00"}}}"#,
        r#"{"x": {"$binary": {"base64": "//8=", "subType": "00"}}}"#,
        r#"{ x: BinData(0, "//8=") }"#,
    ),
    (
        "uuid",
        "1d000000057800100000000473ffd26444b34c6990e8e7d1dfc035d400",
        r#"{"x": {"$binary": {"base64": "c//SZESzTGmQ6OfR38A11A==", "subType": "04"}}}"#,
        r#"{"x": {"$binary": {"base64": "c//SZESzTGmQ6OfR38A11A==", "subType": "04"}}}"#,
        r#"{ x: UUID("73ffd264-44b3-4c69-90e8-e7d1dfc035d4") }"#,
    ),
    (
        "undefined",
        "0800000006610000",
        r#"{"a": {"$undefined": true}}"#,
        r#"{"a": {"$undefined": true}}"#,
        "{ a: undefined }",
    ),
    (
        "object id",
        "1400000007610056e1fc72e0c917e9c471416100",
        r#"{"a": {"$oid": "56e1fc72e0c917e9c4714161"}}"#,
        r#"{"a": {"$oid": "56e1fc72e0c917e9c4714161"}}"#,
        r#"{ a: ObjectId("56e1fc72e0c917e9c4714161") }"#,
    ),
    ("bool", "090000000862000100", r#"{"b": true}"#, r#"{"b": true}"#, "{ b: true }"),
    (
        "date",
        "10000000096100c5d8d6cc3b01000000",
        r#"{"a": {"$date": {"$numberLong": "1356351330501"}}}"#,
        r#"{"a": {"$date": "2012-12-24T12:15:30.501Z"}}"#,
        r#"{ a: ISODate("2012-12-24T12:15:30.501Z") }"#,
    ),
    (
        "date before",
        "10000000096100c33ce7b9bdffffff00",
        r#"{"a": {"$date": {"$numberLong": "-284643869501"}}}"#,
        r#"{"a": {"$date": {"$numberLong": "-284643869501"}}}"#,
        r#"{ a: ISODate("1960-12-24T12:15:30.499Z") }"#,
    ),
    (
        "date far",
        "1000000009610000dc1fd277e6000000",
        r#"{"a": {"$date": {"$numberLong": "253402300800000"}}}"#,
        r#"{"a": {"$date": {"$numberLong": "253402300800000"}}}"#,
        "{ a: new Date(253402300800000n) }",
    ),
    ("null", "080000000a610000", r#"{"a": null}"#, r#"{"a": null}"#, "{ a: null }"),
    (
        "regex plain",
        "0f0000000b610061626300696d0000",
        r#"{"a": {"$regularExpression": {"pattern": "abc", "options": "im"}}}"#,
        r#"{"a": {"$regularExpression": {"pattern": "abc", "options": "im"}}}"#,
        "{ a: /abc/im }",
    ),
    (
        "db pointer",
        "1a0000000c610002000000620056e1fc72e0c917e9c471416100",
        r#"{"a": {"$dbPointer": {"$ref": "b", "$id": {"$oid": "56e1fc72e0c917e9c4714161"}}}}"#,
        r#"{"a": {"$dbPointer": {"$ref": "b", "$id": {"$oid": "56e1fc72e0c917e9c4714161"}}}}"#,
        r#"{ a: DBPointer("b", ObjectId("56e1fc72e0c917e9c4714161")) }"#,
    ),
    (
        "code",
        "0e0000000d610002000000620000",
        r#"{"a": {"$code": "b"}}"#,
        r#"{"a": {"$code": "b"}}"#,
        r#"{ a: Code("b") }"#,
    ),
    (
        "symbol",
        "0e0000000e610002000000620000",
        r#"{"a": {"$symbol": "b"}}"#,
        r#"{"a": {"$symbol": "b"}}"#,
        r#"{ a: BSONSymbol("b") }"#,
    ),
    (
        "code with scope",
        "210000000f6100190000000500000061626364000c000000107800010000000000",
        r#"{"a": {"$code": "abcd", "$scope": {"x": {"$numberInt": "1"}}}}"#,
        r#"{"a": {"$code": "abcd", "$scope": {"x": 1}}}"#,
        r#"{ a: Code("abcd", { x: 1 }) }"#,
    ),
    (
        "int32",
        "0c0000001069000000008000",
        r#"{"i": {"$numberInt": "-2147483648"}}"#,
        r#"{"i": -2147483648}"#,
        "{ i: -2147483648 }",
    ),
    (
        "timestamp",
        "100000001161002a00000015cd5b0700",
        r#"{"a": {"$timestamp": {"t": 123456789, "i": 42}}}"#,
        r#"{"a": {"$timestamp": {"t": 123456789, "i": 42}}}"#,
        "{ a: Timestamp({ t: 123456789, i: 42 }) }",
    ),
    (
        "int64",
        "10000000126100000000000000008000",
        r#"{"a": {"$numberLong": "-9223372036854775808"}}"#,
        r#"{"a": -9223372036854775808}"#,
        r#"{ a: NumberLong("-9223372036854775808") }"#,
    ),
    (
        "decimal",
        "18000000136400f2af967ed05c82de3297ff6fde3c40b000",
        r#"{"d": {"$numberDecimal": "-1234567890123456789012345678901234"}}"#,
        r#"{"d": {"$numberDecimal": "-1234567890123456789012345678901234"}}"#,
        r#"{ d: NumberDecimal("-1234567890123456789012345678901234") }"#,
    ),
    ("min key", "08000000ff610000", r#"{"a": {"$minKey": 1}}"#, r#"{"a": {"$minKey": 1}}"#, "{ a: MinKey() }"),
    ("max key", "080000007f610000", r#"{"a": {"$maxKey": 1}}"#, r#"{"a": {"$maxKey": 1}}"#, "{ a: MaxKey() }"),
];

#[test]
fn every_type_prints_and_reads_back_byte_for_byte() {
    for (name, hex, canonical, relaxed, shell) in CORPUS {
        let raw = bytes(hex);
        let texts = STYLES.map(|style| print(&raw, style));
        assert_eq!(texts.each_ref().map(String::as_str), [*canonical, *relaxed, *shell], "{name}");
        assert_eq!(parse(canonical), raw, "{name}");
        assert_eq!(parse(shell), raw, "{name}");
    }
}

#[test]
fn indented_text_reads_back_too() {
    let raw = parse(r#"{a: {b: [1, {c: NumberLong("2")}, []], "odd name": {}}, f: Code("x", {y: [1]})}"#);
    for style in [TextStyle::Canonical, TextStyle::Shell] {
        let text = BsonForm.text(DOCUMENT, &raw, style, true);
        assert_eq!(parse(&text), raw, "{text}");
    }
    let text = BsonForm.text(DOCUMENT, &raw, TextStyle::Shell, true);
    assert!(text.starts_with("{\n  a: {\n    b: [\n      1,\n"), "{text}");
}

#[test]
fn what_people_write_is_read() {
    let wanted = parse(r#"{"a": {"$numberInt": "1"}, "b": "x", "c": [true, null], "$d": {"$numberDouble": "-0.5"}}"#);
    for text in [
        "{a: 1, b: 'x', c: [true, null,], $d: -.5,}",
        "// a comment\n{ 'a': 0x1, /* b */ b: `x`, \"c\": [ true, null ], $d: -5e-1 }",
        "{a:+1,b:\"\\u0078\",c:[true,null],$d:-0.5}",
    ] {
        assert_eq!(parse(text), wanted, "{text}");
    }
    for (text, canonical) in [
        ("{n: 2147483648}", r#"{"n": {"$numberDouble": "2147483648.0"}}"#),
        ("{n: 9007199254740993}", r#"{"n": {"$numberLong": "9007199254740993"}}"#),
        ("{n: 5n}", r#"{"n": {"$numberLong": "5"}}"#),
        ("{n: 1.0}", r#"{"n": {"$numberDouble": "1.0"}}"#),
        ("{n: 1_000}", r#"{"n": {"$numberInt": "1000"}}"#),
        ("{n: 18446744073709551616}", r#"{"n": {"$numberDouble": "1.8446744073709552E+19"}}"#),
        ("{n: NumberLong(5)}", r#"{"n": {"$numberLong": "5"}}"#),
        ("{n: Long.fromString('-7')}", r#"{"n": {"$numberLong": "-7"}}"#),
        ("{n: Decimal128('1.50')}", r#"{"n": {"$numberDecimal": "1.50"}}"#),
        ("{n: new Date(0)}", r#"{"n": {"$date": {"$numberLong": "0"}}}"#),
        ("{n: ISODate('2024-02-29')}", r#"{"n": {"$date": {"$numberLong": "1709164800000"}}}"#),
        ("{n: {$date: '2024-02-29T00:00:00Z'}}", r#"{"n": {"$date": {"$numberLong": "1709164800000"}}}"#),
        ("{n: {$binary: '//8=', $type: '00'}}", r#"{"n": {"$binary": {"base64": "//8=", "subType": "00"}}}"#),
        ("{n: HexData(2, 'ffff')}", r#"{"n": {"$binary": {"base64": "//8=", "subType": "02"}}}"#),
        ("{n: {$regex: 'a', $options: 'i'}}", r#"{"n": {"$regex": "a", "$options": "i"}}"#),
        (r"{n: /a\/b[/]c/mi}", r#"{"n": {"$regularExpression": {"pattern": "a\\/b[/]c", "options": "im"}}}"#),
        ("{n: DBRef('c', 1)}", r#"{"n": {"$ref": "c", "$id": {"$numberInt": "1"}}}"#),
        ("{n: '\\ud83d\\ude80'}", r#"{"n": "🚀"}"#),
    ] {
        assert_eq!(print(&parse(text), TextStyle::Canonical), canonical, "{text}");
    }
    assert_ne!(parse("{_id: ObjectId()}"), parse("{_id: ObjectId()}"));
}

#[test]
fn what_is_wrong_is_said_with_its_place() {
    for (text, place) in [
        ("", ""),
        ("{a: 1", ""),
        ("{a 1}", "1"),
        ("{a: b}", "b"),
        ("{a: 1 + 2}", "+"),
        ("{a: function() {}}", "function"),
        ("{a: ObjectId('xyz')}", "ObjectId('xyz')"),
        ("{a: NumberDecimal('1.2.3')}", "NumberDecimal('1.2.3')"),
        ("{a: {$oid: 'xyz'}}", "{$oid: 'xyz'}"),
        ("{a: 'x}", "'x}"),
        ("{a: 12x}", "12x"),
        ("{a: 1} {b: 2}", "{b: 2}"),
        ("[1]", "[1]"),
        ("{a: `${b}`}", "${b}`"),
        ("{a: '\\ud83d'}", "'"),
        ("{a: #}", "#"),
    ] {
        let error = BsonForm.parse(text).unwrap_err();
        assert_eq!(error.code, Code::InvalidStatement, "{text}");
        let span = error.span.unwrap();
        let found = text.get(span.start..span.end).unwrap();
        assert!(
            found.starts_with(place.get(..1).unwrap_or("")) && text[span.start..].starts_with(place),
            "{text}: {found:?}: {error}"
        );
    }
}

fn nested(levels: usize) -> Vec<u8> {
    let mut writer = Writer::new();
    for _ in 0..levels {
        writer.open(kind::DOCUMENT, b"a");
    }
    writer.finish()
}

#[test]
fn two_hundred_levels_are_read_and_more_are_refused_without_harm() {
    let raw = nested(200);
    for style in STYLES {
        assert_eq!(parse(&print(&raw, style)), raw);
    }
    let path: Vec<Step> = std::iter::repeat_n(Step::Name("a".into()), 200).collect();
    let patched = BsonForm.patch(&raw, &[Patch::Append(path.clone(), "b".into(), "NumberLong(1)".into())]).unwrap();
    assert_eq!(BsonForm.patch(&patched, &[Patch::Remove([path, vec![Step::Name("b".into())]].concat())]).unwrap(), raw);
    // A hundred thousand levels print, and are refused where they would have to be held.
    let deep = nested(100_000);
    let text = print(&deep, TextStyle::Relaxed);
    assert_eq!(BsonForm.parse(&text).unwrap_err().code, Code::InvalidStatement);
    assert_eq!(BsonForm.parse(&"[".repeat(1_000_000)).unwrap_err().code, Code::InvalidStatement);
}

#[test]
fn a_document_of_16_megabytes_is_printed_read_and_patched() {
    let mut writer = Writer::new();
    writer.string("text", &"é\n".repeat(5 << 20)).int64("n", 1);
    let raw = writer.finish();
    assert_eq!(parse(&print(&raw, TextStyle::Canonical)), raw);
    let patched = BsonForm.patch(&raw, &[Patch::SetAlike(vec![Step::Name("n".into())], "2".into())]).unwrap();
    assert_eq!(patched.len(), raw.len());
    assert_eq!(bson::get(&patched, "n").unwrap().integer(), Some(2));
}

#[test]
fn damage_is_remarked_and_nothing_panics() {
    let mut writer = Writer::new();
    writer.raw(kind::STRING, b"s", &[3, 0, 0, 0, 0xff, b'x', 0]).raw(kind::INT32, b"\xffn", &[1, 0, 0, 0]);
    let raw = writer.finish();
    let text = print(&raw, TextStyle::Canonical);
    assert!(text.contains("invalid UTF-8"), "{text}");
    assert_eq!(BsonForm.fields(DOCUMENT, &raw).unwrap().len(), 2);
    // What is damaged stays as it was where something else is changed.
    let patched = BsonForm.patch(&raw, &[Patch::SetAlike(vec![Step::At(1)], "7".into())]).unwrap();
    assert!(patched.windows(5).any(|part| part == [0xff, b'n', 0, 7, 0]));
    assert!(patched.windows(3).any(|part| part == [0xff, b'x', 0]));

    let whole =
        parse("{a: [1, {b: 'text'}], c: /x/, d: UUID('73ffd264-44b3-4c69-90e8-e7d1dfc035d4'), e: Code('x', {y: 1})}");
    for cut in 0..whole.len() {
        let mut damaged = whole[..cut].to_vec();
        for style in STYLES {
            let text = BsonForm.text(DOCUMENT, &damaged, style, true);
            assert!(text.contains("damaged"), "{cut}: {text}");
        }
        assert_eq!(BsonForm.fields(DOCUMENT, &damaged).unwrap_err().code, Code::Corrupt);
        damaged.extend_from_slice(&whole[cut..]);
        damaged[cut] ^= 0x55;
        for style in STYLES {
            BsonForm.text(DOCUMENT, &damaged, style, false);
        }
        let _ = BsonForm.fields(DOCUMENT, &damaged);
        let _ = BsonForm.patch(&damaged, &[Patch::Remove(vec![Step::Name("a".into()), Step::At(0)])]);
    }
}

#[test]
fn random_bytes_and_texts_never_panic() {
    let mut state = 0x2545_f491_4f6c_dd1d_u64;
    let mut next = move || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        state
    };
    let signs: Vec<&str> = "{ } [ ] ( ) , : ' \" ` / \\ . - + 1 0x e5 n a $ ObjectId ISODate new é 🚀 \n // /* */ \\u d8 $date $binary NaN Timestamp t".split(' ').collect();
    for _ in 0..20_000 {
        let length = (next() % 64) as usize;
        let mut raw: Vec<u8> = (0..length).map(|_| (next() >> 11) as u8 % 24).collect();
        if raw.len() > 5 {
            let size = i32::try_from(raw.len()).unwrap();
            raw[..4].copy_from_slice(&size.to_le_bytes());
            *raw.last_mut().unwrap() = 0;
        }
        for style in STYLES {
            BsonForm.text(DOCUMENT, &raw, style, length.is_multiple_of(2));
        }
        let _ = BsonForm.fields(DOCUMENT, &raw);
        let text: String = (0..length).map(|_| signs[next() as usize % signs.len()]).collect();
        if let Err(error) = BsonForm.parse(&text) {
            let span = error.span.unwrap();
            assert!(text.get(span.start..span.end).is_some(), "{text:?} {span:?}");
        }
    }
}

fn name(path: &str) -> Vec<Step> {
    path.split('.').map(|step| step.parse().map_or_else(|_| Step::Name(step.to_owned()), Step::At)).collect()
}

#[test]
fn an_edit_keeps_the_type_and_all_other_bytes() {
    let raw = parse(
        "{_id: 1, long: NumberLong(5), double: 1.0, decimal: NumberDecimal('1.10'), text: 'x', flag: true, \
         at: ISODate('2024-01-01'), id: ObjectId('56e1fc72e0c917e9c4714161'), u: UUID('73ffd264-44b3-4c69-90e8-e7d1dfc035d4')}",
    );
    for (path, typed, canonical) in [
        ("long", "12", r#"{"$numberLong": "12"}"#),
        ("long", "1.5", r#"{"$numberDouble": "1.5"}"#),
        ("long", "99999999999999999999", r#"{"$numberDouble": "1E+20"}"#),
        ("_id", "12", r#"{"$numberInt": "12"}"#),
        ("_id", "3000000000", r#"{"$numberDouble": "3000000000.0"}"#),
        ("double", "12", r#"{"$numberDouble": "12.0"}"#),
        ("double", "9007199254740993", r#"{"$numberLong": "9007199254740993"}"#),
        ("decimal", "1.50", r#"{"$numberDecimal": "1.50"}"#),
        ("text", "12", r#""12""#),
        ("text", "\"a\\nb\"", r#""a\nb""#),
        ("text", "say \"x\"", r#""say \"x\"""#),
        ("flag", "false", "false"),
        ("at", "2024-02-29T10:00:00Z", r#"{"$date": {"$numberLong": "1709200800000"}}"#),
        ("id", "56e1fc72e0c917e9c4714162", r#"{"$oid": "56e1fc72e0c917e9c4714162"}"#),
        (
            "u",
            "73ffd264-44b3-4c69-90e8-e7d1dfc035d5",
            r#"{"$binary": {"base64": "c//SZESzTGmQ6OfR38A11Q==", "subType": "04"}}"#,
        ),
        ("at", "null", "null"),
    ] {
        let patched = BsonForm.patch(&raw, &[Patch::SetAlike(name(path), typed.into())]).unwrap();
        let value = bson::get(&patched, path).unwrap();
        assert_eq!(
            BsonForm.text(bson::type_name(value.kind), value.raw, TextStyle::Canonical, false),
            canonical,
            "{path} {typed}"
        );
        for element in bson::elements(&raw).unwrap().map(Result::unwrap) {
            let same = bson::get(&patched, &element.name()).unwrap();
            assert!(element.name() == path || (same.kind, same.raw) == (element.kind, element.raw));
        }
    }
    assert_eq!(
        BsonForm.patch(&raw, &[Patch::SetAlike(name("long"), "{".into())]).unwrap_err().code,
        Code::InvalidStatement
    );
}

#[test]
fn patches_follow_one_another_at_any_depth() {
    let raw = parse("{a: {b: [10, 20, 30]}, a: 'twice', z: 1}");
    let patched = |patches: &[Patch]| BsonForm.patch(&raw, patches).map(|raw| print(&raw, TextStyle::Shell));
    assert_eq!(
        patched(&[
            Patch::Remove(name("a.b.0")),
            Patch::Append(name("a.b"), "ignored".into(), "{x: 1}".into()),
            Patch::Set(name("a.b.2.x"), "[]".into()),
            Patch::Rename(name("z"), "y z".into()),
            Patch::Set(name("1"), "NumberLong(1)".into()),
            Patch::Append(vec![], "end".into(), "null".into()),
        ])
        .unwrap(),
        r#"{ a: { b: [ 20, 30, { x: [] } ] }, a: NumberLong("1"), "y z": 1, end: null }"#
    );
    let array = bson::get_path(&BsonForm.patch(&raw, &[Patch::Remove(name("a.b.0"))]).unwrap(), &["a", "b", "1"])
        .map(|element| element.integer());
    assert_eq!(array, Some(Some(30)));
    for (patch, code) in [
        (Patch::Remove(name("nope")), Code::NotFound),
        (Patch::Remove(name("z.deeper")), Code::NotFound),
        (Patch::Remove(vec![]), Code::NotFound),
        (Patch::Rename(name("a.b.0"), "x".into()), Code::InvalidStatement),
        (Patch::Rename(name("z"), "x\0y".into()), Code::InvalidStatement),
        (Patch::Set(name("z"), "1 2".into()), Code::InvalidStatement),
    ] {
        assert_eq!(patched(std::slice::from_ref(&patch)).unwrap_err().code, code, "{patch:?}");
    }
    assert_eq!(BsonForm.patch(&raw[..10], &[]).unwrap_err().code, Code::Corrupt);
}
