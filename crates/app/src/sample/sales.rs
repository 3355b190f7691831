//! Orders and what follows from them.

use rusqlite::{Connection, params};

use super::{
    calendar::{DAYS, FIRST_DAY, date, moment, money},
    dice::Dice,
    goods::{Goods, PRODUCTS},
    people::{CUSTOMERS, Customers, EMPLOYEES},
    words::{CARRIERS, LONG_PARAGRAPH, METHODS, OPINIONS, REASONS},
};

const COUPONS: i64 = 60;
const ORDERS: i64 = 7_600;
const REVIEWS: i64 = 3_000;
const EVENTS: i64 = 3_400;

pub(super) fn coupons(connection: &Connection, dice: &mut Dice) -> Result<(), rusqlite::Error> {
    let mut insert = connection.prepare(
        "INSERT INTO coupons (code, percent_off, amount_off, valid_from, valid_until, max_uses) \
         VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
    )?;
    for index in 1..=COUPONS {
        let percent = dice.chance(60).then(|| dice.between(1, 8) * 5);
        let amount = percent.is_none().then(|| money(dice.between(1, 40) * 250));
        let from = FIRST_DAY + dice.below(DAYS - 60);
        let until = dice.chance(70).then(|| date(from + dice.between(7, 90)));
        let uses = if dice.chance(20) { i64::MAX } else { dice.between(1, 500) };
        insert.execute(params![coupon(index), percent, amount, date(from), until, uses])?;
    }
    Ok(())
}

fn coupon(index: i64) -> String {
    format!("BRICK-{index:03}")
}

pub(super) fn orders(
    connection: &Connection,
    dice: &mut Dice,
    customers: &Customers,
    goods: &Goods,
) -> Result<(), rusqlite::Error> {
    let mut order = connection.prepare("INSERT INTO orders VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)")?;
    let mut item = connection.prepare(
        "INSERT INTO order_items (order_id, line, product_id, quantity, unit_price, discount_percent) \
         VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
    )?;
    let mut payment = connection.prepare("INSERT INTO payments VALUES (NULL, ?1, ?2, ?3, ?4, ?5, ?6)")?;
    let mut refund = connection.prepare("INSERT INTO refunds VALUES (NULL, ?1, ?2, ?3, ?4, ?5)")?;
    let mut shipment = connection.prepare("INSERT INTO shipments VALUES (NULL, ?1, ?2, ?3, ?4, ?5, ?6)")?;
    let mut payments = 0;
    for id in 1..=ORDERS {
        // More of them each month, and never two at the same second.
        let second = FIRST_DAY * 86_400 + id * (DAYS * 86_400 / (ORDERS + 1)) + dice.below(7_000);
        let age = ORDERS - id;
        let status = match dice.below(100) {
            0..=3 => "cancelled",
            4..=6 => "refunded",
            _ if age < 60 => "pending",
            _ if age < 140 => "paid",
            _ if age < 260 => "shipped",
            _ => "delivered",
        };
        let customer = dice.between(1, CUSTOMERS);
        let own = usize::try_from(customer).ok().and_then(|place| customers.addresses.get(place));
        let address = own.map(|own| dice.pick(own)).filter(|_| !dice.chance(5));
        let employee = dice.chance(30).then(|| dice.between(1, EMPLOYEES));
        let code = dice.chance(8).then(|| coupon(dice.between(1, COUPONS)));
        let lines = match dice.below(10) {
            0..=3 => 1,
            4..=6 => 2,
            7 | 8 => 3,
            _ => dice.between(4, 7),
        };
        let mut total = 0;
        let mut parts = Vec::new();
        for line in 1..=lines {
            // Some things sell much better than others.
            let product = dice.between(1, PRODUCTS).min(dice.between(1, PRODUCTS));
            let price = usize::try_from(product).ok().and_then(|place| goods.prices.get(place)).copied().unwrap_or(100);
            let quantity = if dice.chance(70) { dice.between(1, 3) } else { dice.between(4, 250) };
            let discount = if dice.chance(12) { dice.between(1, 6) * 5 } else { 0 };
            total += (price * quantity * (100 - discount) + 50) / 100;
            parts.push((line, product, quantity, money(price), discount));
        }
        let note = match dice.below(60) {
            0 => Some("Please call before delivery ☎️"),
            1 => Some("اتركه عند الباب من فضلك"),
            2 => Some("להשאיר ליד הדלת"),
            3 => Some(""),
            4 => Some("It's urgent; -- not a comment\r\nThanks!"),
            _ => None,
        };
        order.execute(params![id, customer, address, employee, code, status, moment(second), money(total), note])?;
        for (line, product, quantity, price, discount) in parts {
            item.execute(params![id, line, product, quantity, price, discount])?;
        }
        if status != "cancelled" {
            payments += 1;
            let method = dice.pick(&METHODS);
            let paid = (status != "pending").then(|| moment(second + dice.between(60, 90_000)));
            let reference = (method != "cash").then(|| format!("{method}:{:016x}", dice.bits()));
            payment.execute(params![
                id,
                method,
                money(total),
                dice.pick(&["EUR", "EUR", "EUR", "GBP", "USD"]),
                paid,
                reference
            ])?;
            if status == "refunded" {
                let part = if dice.chance(60) { total } else { total / 2 };
                let reason = (!dice.chance(10)).then(|| dice.pick(&REASONS));
                let made = moment(second + dice.between(3, 20) * 86_400);
                refund.execute(params![payments, money(part), reason, made, dice.between(1, EMPLOYEES)])?;
            }
        }
        if matches!(status, "shipped" | "delivered" | "refunded") {
            let shipped = second + dice.between(4_000, 200_000);
            let delivered = (status != "shipped").then(|| moment(shipped + dice.between(20_000, 600_000)));
            let carrier = dice.pick(&CARRIERS);
            let tracking = (carrier != "Collected in store").then(|| format!("{:012}", id * 104_729 + dice.below(9)));
            shipment.execute(params![id, dice.between(1, 4), carrier, tracking, moment(shipped), delivered])?;
        }
    }
    Ok(())
}

pub(super) fn reviews(connection: &Connection, dice: &mut Dice) -> Result<(), rusqlite::Error> {
    let mut insert = connection.prepare("INSERT INTO reviews VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)")?;
    for id in 1..=REVIEWS {
        let (language, title, body) = dice.pick(&OPINIONS);
        let customer = (!dice.chance(6)).then(|| dice.between(1, CUSTOMERS));
        let title = (!dice.chance(15)).then_some(title);
        // Every 200th has a lot to say: more than 4 KiB.
        let body = if id % 200 == 0 { LONG_PARAGRAPH.repeat(10) } else { body.to_owned() };
        let stars = dice.between(1, 5).max(dice.between(1, 5));
        let day = date(FIRST_DAY + dice.below(DAYS));
        insert.execute(params![id, dice.between(1, PRODUCTS), customer, stars, title, body, language, day])?;
    }
    Ok(())
}

pub(super) fn audit(connection: &Connection, dice: &mut Dice) -> Result<(), rusqlite::Error> {
    let mut insert = connection
        .prepare("INSERT INTO audit_events (id, at, actor, action, payload, trace) VALUES (?1, ?2, ?3, ?4, ?5, ?6)")?;
    for id in 1..=EVENTS {
        let at = (FIRST_DAY * 86_400 + id * (DAYS * 86_400 / (EVENTS + 1))) * 1000 + dice.below(1000);
        let actor = (!dice.chance(25)).then(|| dice.between(1, EMPLOYEES));
        let action = dice.pick(&["insert", "update", "update", "update", "delete", "login"]);
        let table = dice.pick(&["products", "orders", "customers", "inventory", "coupons"]);
        let payload = if action == "login" {
            format!("{{\"from\": \"192.0.2.{}\", \"ok\": {}}}", dice.below(255), !dice.chance(10))
        } else {
            format!(
                "{{\"table\": \"{table}\", \"id\": {}, \"changes\": {{\"note\": [null, \"größer 🧱\"], \"n\": [{}, {}.50]}}}}",
                dice.between(1, 5_000),
                dice.below(100),
                dice.below(100)
            )
        };
        let trace = match id % 500 {
            0 => i64::MAX,
            1 => i64::MIN,
            _ => i64::from_ne_bytes(dice.bits().to_ne_bytes()),
        };
        insert.execute(params![id, at, actor, action, payload, trace])?;
    }
    Ok(())
}
