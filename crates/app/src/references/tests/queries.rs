//! Keys of what a person's own statement returned.

use super::{Made, equal, key, referring, worlds};
use crate::{
    api::*,
    runs::tests::{heads, play, script},
};

async fn head(made: &Made, text: &str) -> ResultHead {
    heads(&play(&made.shop, script(&made.shop, "q", text)).await).pop().unwrap()
}

#[tokio::test]
async fn columns_of_a_join_lead_where_those_of_their_relations_do() {
    for made in worlds().await {
        let (orders, users) = (made.path("orders"), made.path("users"));
        let text = format!(
            "select u.name as who, o.user_id as buyer, u.id, 1 + 1 as two from {orders} o \
             join {users} u on u.id = o.user_id order by o.id limit 3"
        );
        let head = head(&made, &text).await;
        let at = key(&head, &["user_id"]);
        assert_eq!(head.foreign_keys[at as usize].shown_at, [1], "{}", made.name);
        let followed = made.app().follow_reference(&head.hold_id, 2, at).await.unwrap();
        assert_eq!(
            (followed.object.name.as_str(), followed.filters.as_slice()),
            ("users", [equal("id", "1")].as_slice())
        );
        assert_eq!(followed.profile_id, made.shop.profile);
        let rows = made.app().referenced_by(&head.hold_id, 0).await.unwrap();
        let own = referring(&rows, "orders.user_id");
        assert_eq!(own.rows.filters, [equal("user_id", "1")]);
        made.remove().await;
    }
}

#[tokio::test]
async fn what_a_result_does_not_have_or_may_have_mixed_up_is_not_followed() {
    for made in worlds().await {
        let notes = made.path("notes");
        let half = head(&made, &format!("select line, id from {notes} order by id")).await;
        let at = key(&half, &["order_id", "line"]);
        let told = &half.foreign_keys[at as usize];
        assert_eq!(told.obstacle.as_deref(), Some("The result does not have notes.order_id."), "{}", made.name);
        assert_eq!(told.shown_at, [0]);
        let refused = made.app().follow_reference(&half.hold_id, 0, at).await.unwrap_err();
        assert_eq!(refused.code, ErrorCode::Unsupported);

        let mixed =
            head(&made, &format!("select a.order_id, b.line from {notes} a join {notes} b on b.id = a.id")).await;
        let told = &mixed.foreign_keys[key(&mixed, &["order_id", "line"]) as usize];
        assert!(told.obstacle.as_deref().is_some_and(|text| text.contains("more than once")), "{told:?}");

        let whole = head(&made, &format!("select n.line, n.order_id from {notes} n where n.id = 1")).await;
        let at = key(&whole, &["order_id", "line"]);
        let followed = made.app().follow_reference(&whole.hold_id, 0, at).await.unwrap();
        assert_eq!(followed.filters, [equal("order_id", "1"), equal("line", "2")]);

        let users = made.path("users");
        let without = head(&made, &format!("select name from {users} order by id")).await;
        let rows = made.app().referenced_by(&without.hold_id, 0).await.unwrap();
        let orders = referring(&rows, "orders.user_id");
        assert_eq!(orders.rows.nothing.as_deref(), Some("The result does not have users.id."));
        assert!(head(&made, "select 1 as one").await.foreign_keys.is_empty());
        made.remove().await;
    }
}
