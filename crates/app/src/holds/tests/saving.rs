//! Single values into files.

use super::*;
use crate::{
    runs::tests::{heads, play, script},
    testing::servers::server,
};

async fn held(shop: &Shop, query: &str) -> String {
    heads(&play(shop, script(shop, "t", query)).await).pop().unwrap().hold_id
}

fn cell(hold_id: &str, column: u32) -> SavedCell {
    SavedCell::Held { hold_id: hold_id.to_owned(), row: 0, column }
}

#[tokio::test]
async fn a_value_goes_into_a_file_as_it_is_and_bytes_are_not_their_digits() {
    let shop = Shop::open().await;
    let hold = held(&shop, "select x'00ff10' as b, 'שלום' as t, 9007199254740993 as n, null as z").await;
    let file = shop.home.path().join("value");
    let path = file.to_str().unwrap();
    for (column, expected) in [(0, &b"\x00\xff\x10"[..]), (1, "שלום".as_bytes()), (2, b"9007199254740993")] {
        assert_eq!(shop.app.save_cell(path, cell(&hold, column)).await.unwrap(), expected.len() as u64);
        assert_eq!(std::fs::read(&file).unwrap(), expected);
    }
    let before = std::fs::read(&file).unwrap();
    assert_eq!(shop.app.save_cell(path, cell(&hold, 3)).await.unwrap_err().code, ErrorCode::NotFound, "NULL");
    assert_eq!(shop.app.save_cell(path, cell(&hold, 9)).await.unwrap_err().code, ErrorCode::NotFound);
    let wrong = SavedCell::Bytes { base64: "no base64!".to_owned() };
    assert_eq!(shop.app.save_cell(path, wrong).await.unwrap_err().code, ErrorCode::InvalidStatement);
    assert_eq!(std::fs::read(&file).unwrap(), before, "what stood there stays");
    shop.app.save_cell(path, SavedCell::Bytes { base64: "AAEC".to_owned() }).await.unwrap();
    assert_eq!(std::fs::read(&file).unwrap(), [0, 1, 2]);
    let nowhere = shop.home.path().join("no/folder");
    let missing = shop.app.save_cell(nowhere.to_str().unwrap(), cell(&hold, 1)).await.unwrap_err();
    assert_eq!(missing.code, ErrorCode::NotFound, "{missing:?}");
}

#[tokio::test]
async fn what_servers_print_of_bytes_is_read_back() {
    for (variable, query) in [
        ("ROWHOUSE_TEST_POSTGRES_18_URL", "select '\\x00ff10'::bytea, 'a\tb'"),
        ("ROWHOUSE_TEST_MARIADB_URL", "select cast(x'00ff10' as binary(3)), 'a\tb'"),
    ] {
        let Some(shop) = server(variable).await else { continue };
        let hold = held(&shop, query).await;
        let file = shop.home.path().join("value");
        for (column, expected) in [(0, &b"\x00\xff\x10"[..]), (1, b"a\tb")] {
            shop.app.save_cell(file.to_str().unwrap(), cell(&hold, column)).await.unwrap();
            assert_eq!(std::fs::read(&file).unwrap(), expected, "{variable}");
        }
    }
}
