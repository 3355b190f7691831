//! What the shop sells, from whom, and where it lies.

use rusqlite::{Connection, params};

use super::{
    calendar::{DAYS, FIRST_DAY, date, moment, money},
    dice::Dice,
    picture,
    words::{CATEGORIES, COLOURS, COUNTRIES, LOOKS, MATERIALS, SUPPLIERS},
};

pub(super) const PRODUCTS: i64 = 1_200;
const WAREHOUSES: [(&str, &str, &str); 4] =
    [("Central", "Leeds", "GB"), ("Nord", "Köln", "DE"), ("Sud", "Lyon", "FR"), ("النيل", "القاهرة", "EG")];

/// Prices in cents, by product number.
pub(super) struct Goods {
    pub(super) prices: Vec<i64>,
}

pub(super) fn categories(connection: &Connection) -> Result<Vec<(i64, &'static str)>, rusqlite::Error> {
    let mut insert = connection.prepare("INSERT INTO categories VALUES (?1, ?2, ?3, ?4, ?5)")?;
    let mut leaves = Vec::new();
    let mut id = 0;
    for (position, (top, children)) in CATEGORIES.iter().enumerate() {
        id += 1;
        let parent = id;
        let place = i64::try_from(position).unwrap_or(0);
        insert.execute(params![id, rusqlite::types::Null, top, format!("/{}", slug(top)), place])?;
        for (position, child) in children.iter().enumerate() {
            id += 1;
            let path = format!("/{}/{}", slug(top), slug(child));
            insert.execute(params![id, parent, child, path, i64::try_from(position).unwrap_or(0)])?;
            leaves.push((id, *child));
        }
    }
    Ok(leaves)
}

fn slug(name: &str) -> String {
    let words: Vec<String> =
        name.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).map(str::to_lowercase).collect();
    words.join("-")
}

pub(super) fn suppliers(connection: &Connection, dice: &mut Dice) -> Result<(), rusqlite::Error> {
    let mut insert = connection.prepare("INSERT INTO suppliers VALUES (?1, ?2, ?3, ?4, ?5, ?6)")?;
    for (index, name) in SUPPLIERS.iter().enumerate() {
        let id = i64::try_from(index).unwrap_or(0) + 1;
        let country = dice.pick(&COUNTRIES).0;
        let contact = (!dice.chance(15)).then(|| {
            format!(
                "{{\"name\": \"Desk {id}\", \"phones\": [\"+{} {}\"], \"hours\": {{\"from\": 8, \"to\": {}}}}}",
                dice.between(30, 49),
                dice.between(100_000, 999_999),
                dice.between(16, 20)
            )
        });
        let rating = (!dice.chance(10)).then(|| dice.between(20, 50) as f64 / 10.0);
        insert.execute(params![id, name, country, contact, rating, !dice.chance(10)])?;
    }
    Ok(())
}

pub(super) fn products(
    connection: &Connection,
    dice: &mut Dice,
    categories: &[(i64, &'static str)],
) -> Result<Goods, rusqlite::Error> {
    let mut insert = connection.prepare(
        "INSERT INTO products (id, sku, name, description, category_id, price, cost, weight_kg, attributes, barcode, discontinued, created_at) \
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12)",
    )?;
    let mut source = connection.prepare("INSERT OR IGNORE INTO product_suppliers VALUES (?1, ?2, ?3)")?;
    let mut image = connection.prepare("INSERT INTO product_images VALUES (NULL, ?1, ?2, ?3, ?4)")?;
    let mut history = connection.prepare("INSERT OR IGNORE INTO price_history VALUES (?1, ?2, ?3)")?;
    let suppliers = i64::try_from(SUPPLIERS.len()).unwrap_or(1);
    let mut prices = vec![0];
    for id in 1..=PRODUCTS {
        let (category, kind) = dice.pick(categories);
        let (look, material) = (dice.pick(&LOOKS), dice.pick(&MATERIALS));
        let name = format!("{look} {} {}", material.to_lowercase(), kind.to_lowercase());
        let price = dice.between(4, 900) * 50 - 1;
        let cost = price * dice.between(38, 82) / 100;
        let (width, height) = (dice.between(4, 120), dice.between(2, 90));
        let attributes = format!(
            "{{\"colour\": \"{}\", \"size_cm\": [{width}, {height}], \"fragile\": {}, \"origin\": null}}",
            dice.pick(&COLOURS),
            dice.chance(25)
        );
        let description = match dice.below(12) {
            0 => None,
            1 => Some(String::new()),
            2 => Some(format!("{name} – جودة عالية، {width}×{height} سم")),
            _ => Some(format!("{look} look, {} x {} cm. Made of {}.", width, height, material.to_lowercase())),
        };
        // Thirteen digits, and every hundredth as large as a number can be.
        let barcode = match id % 100 {
            0 => Some(i64::MAX - id / 100 + 1),
            7 => None,
            _ => Some(4_000_000_000_000 + id * 7_919),
        };
        let weight = (!dice.chance(6)).then(|| dice.between(5, 30_000) as f64 / 1000.0);
        let created = moment((FIRST_DAY + dice.below(200)) * 86_400 + dice.below(86_400));
        insert.execute(params![
            id,
            format!("RH-{id:05}"),
            name,
            description,
            category,
            money(price),
            money(cost),
            weight,
            attributes,
            barcode,
            dice.chance(5),
            created
        ])?;
        for _ in 0..=dice.below(2) {
            source.execute((id, dice.between(1, suppliers), dice.between(2, 45)))?;
        }
        let alt = if dice.chance(10) { String::new() } else { format!("{name}, front view") };
        image.execute(params![id, 1, alt, picture::png(dice.bits())])?;
        let mut day = FIRST_DAY;
        let mut old = price * dice.between(80, 110) / 100;
        for _ in 0..dice.between(1, 3) {
            history.execute((id, date(day), money(old)))?;
            day += dice.between(30, 200);
            old = old * dice.between(92, 109) / 100;
        }
        history.execute((id, date(FIRST_DAY + DAYS - 30), money(price)))?;
        prices.push(price);
    }
    Ok(Goods { prices })
}

pub(super) fn inventory(connection: &Connection, dice: &mut Dice) -> Result<(), rusqlite::Error> {
    let mut warehouse = connection.prepare("INSERT INTO warehouses VALUES (?1, ?2, ?3, ?4, ?5)")?;
    let mut stock = connection.prepare("INSERT INTO inventory VALUES (?1, ?2, ?3, ?4, ?5)")?;
    for (index, (name, city, country)) in WAREHOUSES.iter().enumerate() {
        let id = i64::try_from(index).unwrap_or(0) + 1;
        let manager = (id != 4).then(|| dice.between(2, 12));
        warehouse.execute(params![id, name, city, country, manager])?;
        for product in 1..=PRODUCTS {
            // The first has everything, the others a part.
            if id > 1 && !dice.chance(50) {
                continue;
            }
            let quantity = if dice.chance(6) { 0 } else { dice.below(400) };
            let counted = (!dice.chance(12)).then(|| date(FIRST_DAY + dice.below(DAYS)));
            stock.execute(params![id, product, quantity, dice.between(2, 40), counted])?;
        }
    }
    Ok(())
}
