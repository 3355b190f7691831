//! Files nobody should have to read.

use super::*;

#[tokio::test]
async fn what_is_no_list_of_connections_is_said_and_nothing_is_quoted() {
    let desk = desk().await;
    let wide: Vec<u8> =
        [0xff, 0xfe].into_iter().chain("PGHOST=db1\n".encode_utf16().flat_map(u16::to_le_bytes)).collect();
    assert_eq!(desk.preview(&desk.file("wide.env", wide), false).await.unwrap().connections.len(), 1);
    for (name, content, code) in [
        ("empty.json", &b""[..], ErrorCode::Unsupported),
        ("cut.json", b"{\"format\": \"rowhouse-connections\", \"s3cr3t", ErrorCode::Corrupt),
        ("other.json", b"{\"a\": 1}", ErrorCode::Unsupported),
        ("latin1.env", b"PGHOST=caf\xe9\n", ErrorCode::Corrupt),
        ("odd.env", &[0xff, 0xfe, 0x41], ErrorCode::Corrupt),
        ("a.xml", b"<a/>", ErrorCode::Unsupported),
        ("cut.xml", b"<project><data-source name=\"s3cr3t\">", ErrorCode::Corrupt),
        ("wrong.xml", b"<project><data-source></project>", ErrorCode::Corrupt),
        ("a.plist", b"<plist><array><dict><key>s3cr3t", ErrorCode::Corrupt),
        ("b.plist", b"bplist00\xff\xff\xff\xff", ErrorCode::Corrupt),
        ("a.db", b"SQLite format 3\0 and then s3cr3t nothing", ErrorCode::Corrupt),
        ("notes.txt", b"hello there", ErrorCode::Unsupported),
        (".mylogin.cnf", b"\0\0\0\0\x12\x13", ErrorCode::Unsupported),
        (
            "new.json",
            b"{\"format\": \"rowhouse-connections\", \"version\": 99, \"connections\": []}",
            ErrorCode::Unsupported,
        ),
        ("no.json", b"{\"format\": \"rowhouse-connections\", \"version\": 1, \"connections\": {}}", ErrorCode::Corrupt),
    ] {
        let error = desk.preview(&desk.file(name, content), true).await.unwrap_err();
        assert_eq!(error.code, code, "{name}: {}", error.message);
        assert!(!format!("{error:?}").contains("s3cr3t"), "{name}");
    }
    let missing = desk.preview(Path::new("/no/such/file"), false).await.unwrap_err();
    assert_eq!(missing.code, ErrorCode::NotFound);
    assert!(desk.app.preview_import(ImportRequest::default()).await.is_err());
}

#[tokio::test]
async fn entities_fetch_nothing_and_multiply_nothing() {
    let desk = desk().await;
    let secret = desk.file("secret.txt", "s3cr3t");
    let fetch = format!(
        "<!DOCTYPE p [<!ENTITY x SYSTEM \"file://{}\">]><project><data-source name=\"n\"><jdbc-url>&x;</jdbc-url>\
         </data-source></project>",
        secret.display()
    );
    let undeclared = "<project><data-source name=\"&x;\"/></project>";
    let laughs = "<!DOCTYPE l [<!ENTITY a \"aaaaaaaaaa\"><!ENTITY b \"&a;&a;&a;\">]><plist><array><string>&b;</string></array></plist>";
    let deep = format!("<project><data-source/>{}", "<a>".repeat(100_000));
    let deep_list = format!("<plist>{}", "<array>".repeat(100_000));
    for (name, text) in [
        ("fetch.xml", fetch.as_str()),
        ("ref.xml", undeclared),
        ("laughs.plist", laughs),
        ("deep.xml", &deep),
        ("deep.plist", &deep_list),
    ] {
        let error = desk.preview(&desk.file(name, text), false).await.unwrap_err();
        assert_eq!(error.code, ErrorCode::Corrupt, "{name}");
        assert!(!format!("{error:?}").contains("s3cr3t"));
    }
    let json = format!("{{\"connections\": {}", "[".repeat(200_000));
    assert_eq!(desk.preview(&desk.file("deep.json", json), false).await.unwrap_err().code, ErrorCode::Corrupt);
}

#[cfg(unix)]
#[tokio::test]
async fn devices_folders_loops_and_giants_are_refused_and_a_link_to_a_file_is_followed() {
    let desk = desk().await;
    assert_eq!(desk.preview(Path::new("/dev/zero"), false).await.unwrap_err().code, ErrorCode::Unsupported);
    assert_eq!(desk.preview(desk.home.path(), false).await.unwrap_err().code, ErrorCode::Unsupported);
    let real = desk.file("real.env", "PGHOST=db1\n");
    let link = desk.home.path().join("link.env");
    std::os::unix::fs::symlink(&real, &link).unwrap();
    assert_eq!(desk.preview(&link, false).await.unwrap().connections.len(), 1);
    let looped = desk.home.path().join("loop.env");
    std::os::unix::fs::symlink(&looped, &looped).unwrap();
    assert!(desk.preview(&looped, false).await.is_err());
    let giant = desk.file("giant.env", "");
    std::fs::File::options().write(true).open(&giant).unwrap().set_len(1 << 40).unwrap();
    assert_eq!(desk.preview(&giant, false).await.unwrap_err().code, ErrorCode::Exhausted);
    let cycle = desk.file("a.cnf", "[client]\nhost=db1\n!include a.cnf\n!includedir /no/such\n!include /dev/zero\n");
    let preview = desk.preview(&cycle, false).await.unwrap();
    assert_eq!(preview.connections.len(), 1);
    assert!(preview.warnings.iter().any(|warning| warning.contains("too deeply")));
    let many: String = (0..20_000).map(|number| format!("[s{number}]\nhost=h{number}\n")).collect();
    let preview = desk.preview(&desk.file("pg_service.conf", many), false).await.unwrap();
    assert_eq!(preview.connections.len(), 10_000);
}

#[tokio::test]
async fn a_shared_file_can_bring_no_secret_and_run_nothing() {
    let desk = desk().await;
    let ran = desk.home.path().join("ran");
    let text = format!(
        r#"{{"format": "rowhouse-connections", "version": 1, "connections": [
        {{"name": "A\u001b[2J", "driver": "postgres", "fields": {{"host": "db1", "password": "hunter2", "sslkey": 7, "x": {{}}}},
          "environment": "mars", "safety": "none", "password": "command", "colour": "url(x)",
          "password_command": {{"argv": ["touch", "{}"]}}, "evil": true}},
        {{"driver": "postgres", "fields": {{}}}}, 7, {{"name": "o", "driver": "oracle"}}]}}"#,
        ran.display()
    );
    let preview = desk.preview(&desk.file("team.json", text), true).await.unwrap();
    let one = &preview.connections[0];
    assert_eq!((one.environment, one.safety), (Environment::Production, Safety::ReadOnly), "the careful choice");
    assert!(!one.values.contains_key("password") && !one.name.contains('\u{1b}'));
    assert!(one.warnings.len() >= 6, "{:?}", one.warnings);
    assert!(matches!(preview.connections[1].status, FoundStatus::Unsupported { .. }));
    assert!(matches!(&preview.connections[2].status, FoundStatus::Unsupported { reason } if reason.contains("oracle")));
    let outcome = desk.import_all(&preview).await;
    assert_eq!((outcome.added.len(), outcome.failed.len()), (1, 2));
    let saved = desk.app.profiles().await.unwrap().remove(0);
    assert!(saved.untrusted_command.is_some());
    assert_eq!(desk.app.connect(&saved.id).await.unwrap_err().code, ErrorCode::Forbidden);
    assert!(!ran.exists());
    assert_eq!(desk.vault.accounts().len(), 0);
    desk.app.close().await;
    let store = std::fs::read(desk.home.path().join("rowhouse.db")).unwrap();
    assert!(!store.windows(7).any(|part| part == b"hunter2"));
}
