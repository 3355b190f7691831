//! Values of single columns: within their types, obeying checks, and looking like what they are called.

use generate::{BytesForm, Kind, Table};

use super::declare::*;

fn of(column: generate::Column, checks: &[&str]) -> Vec<String> {
    let checks = checks.iter().map(|&check| check.to_owned()).collect();
    let plan = planned(&[Table { checks, ..table("things", 2_000, vec![column]) }]);
    assert!(plan.notes().is_empty(), "{:?}", plan.notes());
    values(&plan, 0, 0)
}

#[test]
fn checks_are_obeyed() {
    let price = || column("price", Kind::Decimal { precision: Some(10), scale: 2 });
    let cents = |text: &String| text.replace('.', "").parse::<i64>().unwrap();
    let prices = of(price(), &["CHECK ((price > (0)::numeric))", "CHECK ((price <= 19.99))"]);
    assert!(prices.iter().map(cents).all(|price| price > 0 && price <= 1999));
    assert!(different(prices) > 60);
    let ages = of(column("age", integer()), &["(`age` between 21 and 30)"]);
    assert_eq!(different(ages.iter().inspect(|age| assert!((21..=30).contains(&age.parse::<i64>().unwrap())))), 10);
    let states = of(
        column("state", text(10)),
        &["CHECK (((state)::text = ANY ((ARRAY['a'::character varying, 'b'::character varying])::text[])))"],
    );
    assert_eq!(different(states), 2);
    assert_eq!(different(of(column("n", integer()), &["n IN (3, 5, 8)"])), 3);
    let days = of(
        column("created_on", Kind::Date),
        &["CHECK ((created_on >= '2020-01-01'::date))", "created_on < '2020-02-01'"],
    );
    assert_eq!(different(days.iter().inspect(|day| assert!(day.starts_with("2020-01-"), "{day}"))), 31);
    let names =
        of(column("full_name", text(60)), &["CHECK ((char_length((full_name)::text) <= 7))", "full_name <> ''"]);
    assert!(names.iter().all(|name| (1..=7).contains(&name.chars().count())));
    let far = of(column("n", integer()), &["n >= 1000000"]);
    assert!(different(&far) > 100 && far.iter().all(|n| n.parse::<i64>().unwrap() >= 1_000_000));
    let counted = Table { checks: vec!["id > 100".to_owned()], ..unique(integer(), "id", 3) };
    let counted = Table { columns: vec![id("id")], ..counted };
    assert_eq!(values(&planned(&[counted]), 0, 0), ["101", "102", "103"]);
}

#[test]
fn a_check_that_is_not_understood_is_said() {
    let checks = vec!["CHECK ((a < b))".to_owned(), "a ~ '^x'".to_owned()];
    let plan = planned(&[Table { checks, ..table("t", 1, vec![column("a", integer()), column("b", integer())]) }]);
    assert_eq!(
        plan.notes(),
        ["t: the server may refuse rows: CHECK ((a < b))", "t: the server may refuse rows: CHECK (a ~ '^x')"]
    );
}

#[test]
fn texts_fit_and_have_no_spaces_at_their_ends() {
    let names = ["email", "full_name", "phone", "url", "description", "title", "city", "status", "code", "x", "street"];
    for name in names {
        for max in [1, 2, 3, 5, 8, 13, 21, 60] {
            for text in of(column(name, text(max)), &[]) {
                assert!(text.chars().count() <= usize::try_from(max).unwrap(), "{name}: {text}");
                assert!(!text.is_empty() && text.trim() == text, "{name} of {max}: {text:?}");
            }
        }
        for text in of(column(name, Kind::Text { max: Some(40), ascii: true }), &[]) {
            assert!(text.is_ascii(), "{text}");
        }
    }
}

#[test]
fn numbers_fit_their_types() {
    for name in ["price", "percent", "quantity", "year", "latitude", "longitude", "plain"] {
        for (precision, scale) in [(3, 2), (4, 0), (5, 2), (3, 3), (2, 4)] {
            for value in of(column(name, Kind::Decimal { precision: Some(precision), scale }), &[]) {
                let digits: String = value.chars().filter(char::is_ascii_digit).collect();
                let digits = digits.trim_start_matches('0');
                assert!(digits.len() <= usize::try_from(precision).unwrap(), "{name}: {value}");
                let after = value.split_once('.').map_or(0, |(_, after)| after.len());
                assert_eq!(after, usize::try_from(scale).unwrap(), "{name}: {value}");
            }
        }
        for value in of(column(name, Kind::Integer { min: 0, max: 10 }), &[]) {
            assert!((0..=10).contains(&value.parse::<i64>().unwrap()), "{name}: {value}");
        }
    }
}

#[test]
fn moments_of_a_row_follow_one_another() {
    let moment = |name: &str| column(name, Kind::Timestamp);
    let columns = vec![
        moment("created_at"),
        moment("updated_at"),
        nullable(moment("deleted_at")),
        column("due_date", Kind::Date),
        moment("shipped_at"),
        moment("delivered_at"),
        column("date_of_birth", Kind::Date),
    ];
    let plan = planned(&[table("orders", 2_000, columns)]);
    let rows = all(&plan, 0);
    for row in &rows {
        assert!(row[0] <= row[1] && row[0] <= row[4] && row[4] <= row[5], "{row:?}");
        assert!(row[2].is_none() || row[1] <= row[2]);
        assert!(row[3] > row[0]);
        for place in [0, 1, 4, 5] {
            let text = row[place].as_deref().unwrap();
            assert!(("2022-06".."2025-06-30 00:00:01").contains(&text), "{text}");
        }
        assert!(row[6].as_deref().unwrap() < "2007-08");
    }
    let deleted = rows.iter().filter(|row| row[2].is_some()).count();
    assert!((100..400).contains(&deleted), "mostly NULL: {deleted}");
}

#[test]
fn a_person_and_a_place_are_the_same_in_all_columns_of_a_row() {
    let names = ["first_name", "last_name", "email", "billing_city", "billing_country_code"];
    let columns = names.iter().map(|name| column(name, Kind::Text { max: Some(60), ascii: true })).collect();
    for row in all(&planned(&[table("people", 300, columns)]), 0) {
        let cell = |place: usize| row[place].clone().unwrap();
        let slug = cell(2).split('@').next().unwrap().to_owned();
        assert_eq!(slug, format!("{}.{}", cell(0).to_lowercase(), cell(1).to_lowercase().replace(['\'', ' '], "")));
        assert_eq!(cell(3) == "Lisboa", cell(4) == "PT");
    }
}

#[test]
fn addresses_and_numbers_lie_where_nobody_lives() {
    for email in of(column("email", text(60)), &[]) {
        assert!(["@example.com", "@example.org", "@example.net"].iter().any(|end| email.ends_with(end)), "{email}");
    }
    for email in of(column("email", text(20)), &["length(email) >= 20"]) {
        assert!(email.len() == 20 && email.contains("@example."), "{email}");
    }
    assert!(of(column("email", text(9)), &[]).iter().all(|short| !short.contains(['@', '.'])));
    assert!(of(column("phone", text(20)), &[]).iter().all(|phone| phone.contains(" 555 01")));
    assert!(
        of(column("ip", text(20)), &[])
            .iter()
            .all(|ip| ip.starts_with("192.0.2.") || ip.starts_with("198.51.100.") || ip.starts_with("203.0.113."))
    );
}

#[test]
fn names_come_in_many_scripts() {
    let names = of(column("full_name", text(60)), &[]);
    assert!(names.iter().any(|name| name.is_ascii()));
    assert!(names.iter().any(|name| name.contains('佐')));
    assert!(names.iter().any(|name| name.contains('\'')));
}

#[test]
fn nullable_columns_are_null_now_and_then() {
    let nulls = 2_000 - of(nullable(column("n", integer())), &[]).len();
    assert!((180..320).contains(&nulls), "{nulls}");
    assert_eq!(of(nullable(column("n", integer())), &["n IS NOT NULL"]).len(), 2_000);
}

#[test]
fn odd_kinds_are_well_formed() {
    for uuid in of(column("key", Kind::Uuid), &[]) {
        let signs: Vec<char> = uuid.chars().collect();
        assert!(signs.len() == 36 && signs[14] == '4' && "89ab".contains(signs[19]), "{uuid}");
    }
    for bytes in of(column("b", Kind::Bytes { form: BytesForm::Backslash, max: Some(5) }), &[]) {
        assert!(bytes.len() == 12 && bytes.starts_with("\\x"), "{bytes}");
    }
    for list in of(column("l", Kind::Array(Box::new(Kind::Array(Box::new(text(80)))))), &[]) {
        assert!(list.starts_with("{\"") && list.ends_with("\"}"), "{list}");
    }
    for json in of(column("j", Kind::Json), &[]) {
        assert!(
            json.starts_with("{\"number\": ") && json.matches('"').count() % 2 == 0 && !json.contains('\\'),
            "{json}"
        );
    }
    for time in of(column("t", Kind::Time), &[]) {
        assert!(time.as_str() <= "23:59:59" && time.len() == 8, "{time}");
    }
}

#[test]
fn days_and_flags_are_told_by_name_where_there_is_no_type_for_them() {
    assert!(of(column("created_at", text(40)), &[]).iter().all(|at| at.len() == 19 && at.as_bytes()[10] == b' '));
    assert!(of(column("birth_date", text(40)), &[]).iter().all(|day| day.len() == 10));
    assert_eq!(different(of(column("is_open", integer()), &[])), 2);
    assert_eq!(different(of(column("created_at", text(40)), &["created_at >= '2030-01-01'"])), 2_000);
}
