//! Countries, staff, customers and where they live.

use rusqlite::{Connection, params};

use super::{
    calendar::{DAYS, FIRST_DAY, date, moment, money},
    dice::Dice,
    words::{COMPANIES, COUNTRIES, PLACES, Place, TITLES},
};

pub(super) const EMPLOYEES: i64 = 64;
pub(super) const CUSTOMERS: i64 = 3_200;

/// Which addresses belong to which customer, by customer number.
pub(super) struct Customers {
    pub(super) addresses: Vec<Vec<i64>>,
}

pub(super) fn settings(connection: &Connection) -> Result<(), rusqlite::Error> {
    let mut insert = connection.prepare("INSERT INTO settings VALUES (?1, ?2)")?;
    insert.execute(params!["shop.name", "Rowhouse Bricks & Home 🧱"])?;
    insert.execute(params!["shop.motto", "بيت من طوب · בית מלבנים"])?;
    insert.execute(params!["shop.founded", 2024])?;
    insert.execute(params!["shop.vat", 0.19])?;
    insert.execute(params!["shop.logo", super::picture::png(7)])?;
    insert.execute(params!["shop.slogan", ""])?;
    insert.execute(params!["shop.closed_on", rusqlite::types::Null])?;
    insert.execute(params!["limits.orders", i64::MAX])?;
    insert.execute(params!["limits.lowest", i64::MIN])?;
    insert.execute(params!["limits.precision", 0.1 + 0.2])?;
    insert.execute(params!["feature.flags", "{\"reviews\": true, \"coupons\": [\"SPRING\", null]}"])?;
    insert.execute(params!["mail.from", "shop@example.com"])?;
    Ok(())
}

pub(super) fn countries(connection: &Connection) -> Result<(), rusqlite::Error> {
    let mut insert = connection.prepare("INSERT INTO countries VALUES (?1, ?2, ?3)")?;
    for (code, name, currency) in COUNTRIES {
        insert.execute((code, name, currency))?;
    }
    Ok(())
}

fn place<'a>(dice: &mut Dice) -> &'a Place {
    // Half of them live next door.
    let index = if dice.chance(50) { dice.below(2) } else { dice.below(8) };
    PLACES.get(usize::try_from(index).unwrap_or(0)).unwrap_or(&PLACES[0])
}

fn full_name(dice: &mut Dice, place: &Place) -> String {
    format!("{} {}", dice.pick(place.given), dice.pick(place.surnames))
}

pub(super) fn employees(connection: &Connection, dice: &mut Dice) -> Result<(), rusqlite::Error> {
    let mut insert = connection.prepare("INSERT INTO employees VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)")?;
    for id in 1..=EMPLOYEES {
        // Each manager has at most five people.
        let manager = (id > 1).then_some((id + 3) / 5);
        let title = if id == 1 { "Owner" } else { dice.pick(&TITLES) };
        let home = place(dice);
        let name = full_name(dice, home);
        let email = format!("staff{id:02}@rowhouse-bricks.example");
        let hired = date(FIRST_DAY - dice.below(900));
        // A few salaries are nobody's business.
        let salary = (!dice.chance(8)).then(|| money(dice.between(2_600_000, 9_400_000)));
        insert.execute(params![id, manager, name, email, title, hired, salary])?;
    }
    Ok(())
}

pub(super) fn customers(connection: &Connection, dice: &mut Dice) -> Result<Customers, rusqlite::Error> {
    let mut insert = connection.prepare(
        "INSERT INTO customers (id, email, name, phone, company, newsletter, credit_limit, tags, created_at, notes) \
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)",
    )?;
    let mut address = connection.prepare("INSERT INTO addresses VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)")?;
    let mut next = 0;
    let mut addresses = vec![Vec::new()];
    for id in 1..=CUSTOMERS {
        let home = place(dice);
        let name = full_name(dice, home);
        let email = if dice.chance(3) {
            format!("kunde.{id}+ä@bücher.example")
        } else {
            format!("{}{id}@example.{}", dice.pick(&["mail", "home", "post", "hello"]), home.country.to_lowercase())
        };
        let phone = match dice.below(10) {
            0 | 1 => None,
            2 => Some(String::new()),
            _ => Some(format!("+{} {:07}", dice.between(20, 99), dice.below(10_000_000))),
        };
        let company = dice.chance(12).then(|| dice.pick(&COMPANIES));
        let credit = dice.chance(20).then(|| money(dice.between(1, 400) * 12_345));
        let tags = match dice.below(6) {
            0 => "[\"trade\"]",
            1 => "[\"vip\", \"early 🐦\"]",
            2 => "[\"newsletter\", {\"since\": 2024, \"via\": null}]",
            _ => "[]",
        };
        let created = moment((FIRST_DAY + dice.below(DAYS)) * 86_400 + dice.below(86_400));
        let notes = match dice.below(40) {
            0 => Some("Rings twice. Delivers to the back door; mind the dog 🐕."),
            1 => Some("العميل يفضل التواصل بالعربية"),
            2 => Some("מעדיפים משלוח בבוקר"),
            3 => Some(""),
            _ => None,
        };
        insert.execute(params![id, email, name, phone, company, dice.chance(40), credit, tags, created, notes])?;
        let count = if dice.chance(20) { 2 } else { 1 };
        let mut own = Vec::new();
        for kind in ["billing", "delivery"].iter().take(count) {
            next += 1;
            let (city, latitude, longitude) = dice.pick(home.cities);
            let street = dice.pick(home.streets);
            let line1 = format!("{street} {}", dice.between(1, 240));
            let line2 = match dice.below(8) {
                0 => Some(format!("Flat {}", dice.between(1, 40))),
                1 => Some(String::new()),
                _ => None,
            };
            let code = (!dice.chance(4)).then(|| format!("{:05}", dice.below(100_000)));
            let exact = dice.chance(70).then(|| {
                (
                    latitude + dice.between(-900, 900) as f64 / 10_000.0,
                    longitude + dice.between(-900, 900) as f64 / 10_000.0,
                )
            });
            address.execute(params![
                next,
                id,
                kind,
                line1,
                line2,
                city,
                code,
                home.country,
                exact.map(|place| place.0),
                exact.map(|place| place.1)
            ])?;
            own.push(next);
        }
        addresses.push(own);
    }
    Ok(Customers { addresses })
}
