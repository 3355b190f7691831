//! Roles: made, changed, renamed, members of others, dropped, and back.

use super::{
    applying::{Made, run},
    *,
};

fn plain() -> StructureRoleForm {
    StructureRoleForm {
        login: false,
        superuser: false,
        create_database: false,
        create_role: false,
        inherit: true,
        replication: false,
        bypass_row_security: false,
        connection_limit: None,
        valid_until: None,
        member_of: Vec::new(),
    }
}

fn reference(name: &str) -> ObjectRef {
    ObjectRef { database: None, schema: None, kind: "role".to_owned(), name: name.to_owned(), signature: None }
}

fn create(name: &str, role: StructureRoleForm) -> StructureEdit {
    StructureEdit::Role { object: None, name: name.to_owned(), role }
}

fn texts(review: &StructureReview) -> Vec<&str> {
    review.steps.iter().map(|step| step.sql.as_str()).collect()
}

#[tokio::test]
async fn roles_are_there_and_back() {
    let Some(made) = Made::on("ROWHOUSE_TEST_POSTGRES_18_URL", "CREATE TABLE notes (id int)").await else { return };
    let shop = &made.shop;
    // They are the whole cluster's.
    let (team, ada) = (format!("{}_Team", made.name), format!("{}_ada", made.name));
    shop.staged(create(&team, plain())).await;
    let own = StructureMembership { role: team.clone(), admin: true, inherit: Some(false), set: None };
    let login = StructureRoleForm {
        login: true,
        connection_limit: Some(3),
        valid_until: Some("2031-01-01 00:00:00+00".to_owned()),
        member_of: vec![own.clone()],
        ..plain()
    };
    shop.staged(create(&ada, login.clone())).await;
    for (edit, code) in [
        (create(&ada, plain()), ErrorCode::AlreadyExists),
        (create("", plain()), ErrorCode::InvalidStatement),
        (create("x", StructureRoleForm { connection_limit: Some(-5), ..plain() }), ErrorCode::InvalidStatement),
        (
            StructureEdit::Role {
                object: Some(reference(&team)),
                name: team.clone(),
                role: StructureRoleForm {
                    member_of: vec![StructureMembership { role: ada.clone(), ..own.clone() }],
                    ..plain()
                },
            },
            ErrorCode::InvalidStatement,
        ),
        (
            create(
                "x",
                StructureRoleForm {
                    member_of: vec![StructureMembership { role: "no such".into(), ..own.clone() }],
                    ..plain()
                },
            ),
            ErrorCode::NotFound,
        ),
    ] {
        assert_eq!(shop.stage(vec![edit.clone()]).await.unwrap_err().code, code, "{edit:?}");
    }
    let comment = StructureEdit::Comment { object: reference(&ada), text: Some("it's her".to_owned()) };
    shop.staged(comment).await;
    let review = shop.review().await;
    assert_eq!(
        texts(&review),
        [
            format!("CREATE ROLE \"{team}\""),
            format!("CREATE ROLE {ada} WITH LOGIN CONNECTION LIMIT 3 VALID UNTIL '2031-01-01 00:00:00+00'"),
            format!("COMMENT ON ROLE {ada} IS 'it''s her'"),
            format!("GRANT \"{team}\" TO {ada} WITH ADMIN TRUE, INHERIT FALSE, SET TRUE"),
        ]
    );
    let applied = shop.applied().await;
    let page = shop.page(reference(&ada)).await;
    assert_eq!((page.kind.as_str(), page.comment.as_deref()), ("role", Some("it's her")));
    let Some(StructureEdit::Role { role, .. }) = page.edit else { panic!("{:?}", page.edit) };
    assert_eq!(role.member_of, [StructureMembership { set: Some(true), ..own }]);
    assert_eq!((role.login, role.connection_limit), (true, Some(3)));
    // Renamed and changed at once.
    let crew = format!("{}_crew", made.name);
    shop.staged(StructureEdit::Role {
        object: Some(reference(&team)),
        name: crew.clone(),
        role: StructureRoleForm { create_database: true, ..plain() },
    })
    .await;
    assert_eq!(
        texts(&shop.review().await),
        [format!("ALTER ROLE \"{team}\" RENAME TO {crew}"), format!("ALTER ROLE {crew} WITH CREATEDB")]
    );
    let renamed = shop.applied().await;
    shop.staged(StructureEdit::TakeBack { applied: renamed }).await;
    shop.applied().await;
    shop.staged(StructureEdit::TakeBack { applied }).await;
    shop.applied().await;
    let error = shop.app.structure_page(&shop.profile, None, reference(&ada)).await.unwrap_err();
    assert_eq!(error.code, ErrorCode::NotFound);
    made.remove().await;
}

#[tokio::test]
async fn what_keeps_a_role_is_told_and_given_away() {
    let Some(made) =
        Made::on("ROWHOUSE_TEST_POSTGRES_18_URL", "CREATE TABLE notes (id int); CREATE TABLE more (id int)").await
    else {
        return;
    };
    let shop = &made.shop;
    let bob = format!("{}_bob", made.name);
    let text = format!(
        "CREATE ROLE {bob}; ALTER TABLE notes OWNER TO {bob}; GRANT SELECT ON more TO {bob}; \
         CREATE POLICY mine ON more USING (true); ALTER DATABASE {} OWNER TO {bob}",
        made.name
    );
    run(shop, &text).await;
    shop.app.refresh_catalog(&shop.profile, None).await.unwrap();
    let role = reference(&bob);
    assert_eq!(shop.page(role.clone()).await.held, ["It owns notes.", "It has rights on, or is named by, more."]);
    shop.staged(StructureEdit::Drop { object: role.clone() }).await;
    let review = shop.review().await;
    assert!(
        review.warnings.iter().any(|text| text.contains("cannot be dropped") && text.contains("notes")),
        "{:?}",
        review.warnings
    );
    let risks = shop.app.weigh_structure(&shop.profile, None, &review.digest, Vec::new()).await.unwrap();
    assert!(risks.iter().any(|risk| risk.rows == Some(1) && risk.fails && risk.words.contains(&bob)), "{risks:?}");
    shop.staged(StructureEdit::DiscardAll).await;
    run(shop, &format!("ALTER DATABASE {} OWNER TO current_user", made.name)).await;
    let disown = |owner: &str| StructureEdit::Disown { role: role.clone(), owner: owner.to_owned() };
    assert_eq!(shop.stage(vec![disown(&bob)]).await.unwrap_err().code, ErrorCode::NotFound);
    let me = shop.page(made.table("more")).await.owner.unwrap();
    shop.stage(vec![disown(&me), StructureEdit::Drop { object: role }]).await.unwrap();
    let review = shop.review().await;
    assert_eq!(review.warnings, Vec::<String>::new());
    assert_eq!(texts(&review).last().unwrap(), &format!("DROP ROLE {bob}"));
    shop.applied().await;
    made.remove().await;
}

#[tokio::test]
async fn roles_are_staged_where_the_server_has_them_only() {
    let shop = Shop::open().await;
    assert_eq!(shop.stage(vec![create("x", plain())]).await.unwrap_err().code, ErrorCode::Unsupported);
    let abilities = shop.app.structure_abilities(&shop.profile, None).await.unwrap();
    assert!(abilities.roles.is_none() && !abilities.kinds.contains(&"role".to_owned()));
}
