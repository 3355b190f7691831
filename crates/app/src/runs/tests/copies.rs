//! Rows on their way out and in: the clipboard's formats, `\copy` from a file.

use super::{postgres::servers, *};

async fn copied(shop: &Shop, hold: &str, format: CopyFormat, header: bool) -> String {
    let request = CopyRequest {
        hold_id: hold.to_owned(),
        first_row: 0,
        rows: 9,
        columns: vec![0, 1, 2],
        format,
        header,
        options: None,
    };
    let copied = shop.app.copy(request).await.unwrap();
    assert_eq!((copied.rows, copied.cut), (3, None));
    copied.text
}

#[tokio::test]
async fn rows_are_copied_in_every_format() {
    let shop = Shop::open().await;
    let events = play(&shop, script(&shop, "t", "select id, name, note from customers order by id")).await;
    let hold = &heads(&events)[0].hold_id;
    let tsv = copied(&shop, hold, CopyFormat::Tsv, true).await;
    assert_eq!(tsv, "id\tname\tnote\n1\tAda\t\n2\tGrace 🚀\t\n3\tשלום\tx\n");
    assert!(!copied(&shop, hold, CopyFormat::Tsv, false).await.contains("name"));
    let csv = copied(&shop, hold, CopyFormat::Csv, false).await;
    assert_eq!(csv, "1,Ada,\n2,Grace 🚀,\"\"\n3,שלום,x\n", "nothing is NULL, quotes are empty text");
    let json: serde_json::Value = serde_json::from_str(&copied(&shop, hold, CopyFormat::Json, true).await).unwrap();
    assert_eq!(json[1], serde_json::json!({"id": 2, "name": "Grace 🚀", "note": ""}));
    assert!(json[0]["note"].is_null());
    let markdown = copied(&shop, hold, CopyFormat::Markdown, true).await;
    assert!(markdown.starts_with("| id | name |") && markdown.lines().count() == 5, "{markdown}");
    let insert = copied(&shop, hold, CopyFormat::SqlInsert, true).await;
    let first = insert.lines().next().unwrap();
    assert!(first.starts_with("INSERT INTO main.customers (id, name, note) VALUES (1, 'Ada', NULL);"), "{insert}");
    // What was copied as statements makes the rows again.
    let again = insert.replace("main.customers", "again");
    let again = format!("create table again (id, name, note); {again}; select * from again");
    let ended = outcomes(&play(&shop, script(&shop, "t", &again)).await);
    assert!(matches!(ended.last(), Some(StatementOutcome::Completed { rows: 3, .. })), "{ended:?}");
}

#[tokio::test]
async fn what_is_released_or_not_there_cannot_be_copied() {
    let shop = Shop::open().await;
    let events = play(&shop, script(&shop, "t", "select 1")).await;
    let hold = heads(&events)[0].hold_id.clone();
    let request = |columns: Vec<u32>| CopyRequest {
        hold_id: hold.clone(),
        first_row: 0,
        rows: 1,
        columns,
        format: CopyFormat::Tsv,
        header: true,
        options: None,
    };
    assert_eq!(shop.app.copy(request(vec![7])).await.unwrap_err().code, ErrorCode::NotFound);
    shop.app.hold_release(&hold).await.unwrap();
    assert_eq!(shop.app.copy(request(vec![0])).await.unwrap_err().code, ErrorCode::NotFound);
}

#[tokio::test]
async fn booleans_are_copied_as_the_server_prints_and_reads_them() {
    for shop in servers().await {
        let text = "select true as yes, false as no, null::bool as neither";
        let events = play(&shop, script(&shop, "t", text)).await;
        let head = &heads(&events)[0];
        assert_eq!(head.booleans, ("t".to_owned(), "f".to_owned()));
        let of = |format| CopyRequest {
            hold_id: head.hold_id.clone(),
            first_row: 0,
            rows: 1,
            columns: vec![0, 1, 2],
            format,
            header: false,
            options: None,
        };
        assert_eq!(shop.app.copy(of(CopyFormat::Csv)).await.unwrap().text, "t,f,\n");
        let insert = shop.app.copy(of(CopyFormat::SqlInsert)).await.unwrap().text;
        assert!(insert.contains("VALUES (true, false, NULL)"), "{insert}");
    }
}

#[tokio::test]
async fn a_script_reads_rows_from_a_file_of_this_computer() {
    for shop in servers().await {
        let file = shop.home.path().join("people's rows.csv");
        std::fs::write(&file, "id,name\n1,Ada\n2,\"Grace, H\"\n3,\n").unwrap();
        let name = file.to_str().unwrap().replace('\'', "''");
        let text = format!(
            "create temp table t (id int, name text);\n\\copy t from '{name}' csv header\nselect count(*) from t"
        );
        let events = play(&shop, script(&shop, "t", &text)).await;
        let ended = outcomes(&events);
        assert!(ended.iter().all(|outcome| matches!(outcome, StatementOutcome::Completed { .. })), "{ended:#?}");
        let head = heads(&events).pop().unwrap();
        assert_eq!(shop.app.hold_cell(&head.hold_id, 0, 0, 0, 9).await.unwrap(), b"3");
        // A file that is not there, and rows that do not fit: nothing is half done.
        std::fs::write(&file, "4,d\nfive,e\n").unwrap();
        for wrong in ["\\copy t from 'no such file.csv' csv".to_owned(), format!("\\copy t from '{name}' csv")] {
            let ended = outcomes(&play(&shop, script(&shop, "t", &wrong)).await);
            let [StatementOutcome::Failed { error, .. }] = &ended[..] else { panic!("{ended:?}") };
            assert!(!error.message.is_empty());
        }
        let events = play(&shop, script(&shop, "t", "select count(*) from t")).await;
        let head = heads(&events).pop().unwrap();
        assert_eq!(shop.app.hold_cell(&head.hold_id, 0, 0, 0, 9).await.unwrap(), b"3");
    }
}
