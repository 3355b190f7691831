//! The files of other tools, by their published forms.

use aes::cipher::{BlockModeEncrypt, KeyIvInit, block_padding::Pkcs7};

use super::*;

fn by_name<'a>(preview: &'a ImportPreview, name: &str) -> &'a FoundConnection {
    preview.connections.iter().find(|one| one.name == name).unwrap_or_else(|| panic!("{name} in {preview:?}"))
}

fn fields(one: &FoundConnection) -> Vec<(&str, &str)> {
    one.values.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect()
}

const DBEAVER: &str = r#"{"folders": {"Team": {}}, "connections": {
  "postgres-jdbc-1": {"provider": "postgresql", "driver": "postgres-jdbc", "name": "Shop", "folder": "Team", "read-only": true,
    "configuration": {"host": "db1", "port": "5433", "database": "shop", "url": "jdbc:postgresql://db1:5433/shop",
      "type": "prod", "color": "255,0,16", "handlers": {"ssh_tunnel": {"type": "TUNNEL", "enabled": true,
      "properties": {"host": "bastion", "port": 2222, "authType": "PUBLIC_KEY", "keyPath": "/k/id", "jumpServer0.enabled": true,
      "jumpServer0.host": "outer", "jumpServer0.name": "jo", "jumpServer0.port": 22, "jumpServer1.enabled": false,
      "jumpServer1.host": "off"}}, "postgre_ssl": {"enabled": true, "properties": {"sslMode": "verify-ca",
      "ssl.ca.cert": "/etc/ca.pem"}}}}},
  "sqlite-1": {"provider": "sqlite", "driver": "sqlite_jdbc", "name": "File", "configuration": {"database": "/srv/a.db",
    "url": "jdbc:sqlite:/srv/a.db", "type": "dev"}},
  "url-1": {"provider": "postgresql", "driver": "postgres-jdbc", "name": "Url", "configuration":
    {"url": "jdbc:postgresql://db2/other?sslmode=require", "configurationType": "URL", "type": "test"}},
  "oracle-1": {"provider": "oracle", "driver": "oracle_thin", "name": "Old", "configuration": {"host": "ora"}}}}"#;

fn sealed(text: &str) -> Vec<u8> {
    let key = [0xba, 0xbb, 0x4a, 0x9f, 0x77, 0x4a, 0xb8, 0x53, 0xc9, 0x6c, 0x2d, 0x65, 0x3d, 0xfe, 0x54, 0x4a];
    let sealer = cbc::Encryptor::<aes::Aes128>::new_from_slices(&key, &[7; 16]).unwrap();
    [vec![7; 16], sealer.encrypt_padded_vec::<Pkcs7>(text.as_bytes())].concat()
}

#[tokio::test]
async fn dbeaver_with_its_logins_only_when_they_are_asked_for() {
    let desk = desk().await;
    let path = desk.file("data-sources.json", DBEAVER);
    let logins = r##"{"postgres-jdbc-1": {"#connection": {"user": "ann", "password": "hunter2"},
        "network/ssh_tunnel": {"user": "joe", "password": "hunter2-ssh"}}}"##;
    desk.file("credentials-config.json", sealed(logins));
    let without = desk.preview(&path, false).await.unwrap();
    let shop = by_name(&without, "Shop");
    assert!(!shop.has_password && shop.warnings.iter().any(|warning| warning.contains("encrypted file")));
    let with = desk.preview(&path, true).await.unwrap();
    assert!(!format!("{with:?}").contains("hunter2"));
    let shop = by_name(&with, "Shop");
    assert!(shop.has_password);
    assert_eq!(
        fields(shop),
        [
            ("database", "shop"),
            ("host", "db1"),
            ("port", "5433"),
            ("ssh", "key"),
            ("ssh_host", "bastion"),
            ("ssh_jump", "jo@outer"),
            ("ssh_key", "/k/id"),
            ("ssh_port", "2222"),
            ("ssh_user", "joe"),
            ("sslmode", "verify-ca"),
            ("sslrootcert", "/etc/ca.pem"),
            ("user", "ann")
        ]
    );
    assert_eq!(
        (shop.environment, shop.safety, shop.colour.as_deref()),
        (Environment::Production, Safety::ReadOnly, Some("#ff0010"))
    );
    assert_eq!((shop.group.as_deref(), shop.warnings.as_slice()), (Some("Team"), &[][..]));
    assert_eq!(fields(by_name(&with, "Url")), [("database", "other"), ("host", "db2"), ("sslmode", "require")]);
    assert_eq!(fields(by_name(&with, "File")), [("file", "/srv/a.db")]);
    assert!(matches!(by_name(&with, "Old").status, FoundStatus::Unsupported { .. }), "listed, not dropped");
    let outcome = desk.import_all(&with).await;
    assert_eq!((outcome.added.len(), outcome.failed.len()), (3, 1));
    let saved = desk.app.profile_named("Shop").await.unwrap().unwrap();
    let secrets = desk.app.secrets_of(&saved).await.unwrap();
    assert_eq!(secrets.password.unwrap().expose(), "hunter2");
    assert_eq!(secrets.others["ssh_key_passphrase"].expose(), "hunter2-ssh");
    let again = desk.preview(&path, false).await.unwrap();
    assert_eq!(by_name(&again, "Url 2").status, FoundStatus::Duplicate { of: "Url".into() });
    desk.file("credentials-config.json", b"0123456789abcdef not ours");
    let foreign = desk.preview(&path, true).await.unwrap();
    assert!(foreign.warnings[0].contains("master password"));
    desk.app.close().await;
    let store = std::fs::read(desk.home.path().join("rowhouse.db")).unwrap();
    assert!(!store.windows(7).any(|part| part == b"hunter2"));
}

#[tokio::test]
async fn without_a_keychain_a_connection_is_saved_without_its_password_and_said() {
    let home = testing::home();
    let app = testing::open_over(home.path(), Face::Window, Arc::new(testing::Missing)).await;
    let desk = Desk { app, vault: Arc::default(), home };
    let path = desk.file(".env", "DATABASE_URL=postgres://ann:hunter2@db1/shop\n");
    let preview = desk.preview(&path, true).await.unwrap();
    let outcome = desk.import_all(&preview).await;
    assert_eq!((outcome.added.len(), outcome.failed.len()), (1, 1));
    assert!(outcome.failed[0].contains("without its password"));
}

#[tokio::test]
async fn datagrip_with_its_local_file() {
    let desk = desk().await;
    let path = desk.file(
        ".idea/dataSources.xml",
        r#"<?xml version="1.0" encoding="UTF-8"?><project version="4"><component name="DataSourceManagerImpl" format="xml">
        <data-source source="LOCAL" name="Shop &amp; Co" uuid="u1" group-name="Team" read-only="true"><driver-ref>postgresql</driver-ref>
        <jdbc-driver>org.postgresql.Driver</jdbc-driver><jdbc-url>jdbc:postgresql://db1:5433/shop</jdbc-url></data-source>
        <data-source name="File" uuid="u2"><driver-ref>sqlite.xerial</driver-ref><jdbc-url>jdbc:sqlite:$PROJECT_DIR$/a.db</jdbc-url></data-source>
        <data-source name="Ms" uuid="u3"><driver-ref>sqlserver.ms</driver-ref><jdbc-url>jdbc:sqlserver://h:1444;databaseName=shop;x=y</jdbc-url></data-source>
        <data-source name="Old" uuid="u4"><driver-ref>oracle</driver-ref><jdbc-url>jdbc:oracle:thin:@h:1521/x</jdbc-url></data-source>
        </component></project>"#,
    );
    desk.file(
        ".idea/dataSources.local.xml",
        r#"<project><component><data-source name="Shop" uuid="u1"><user-name>ann</user-name><ssh-properties><enabled>true</enabled>
        <ssh-config-id>s2</ssh-config-id></ssh-properties><ssl-config><enabled>true</enabled><mode>VERIFY_CA</mode><ca-cert>$PROJECT_DIR$/ca.pem</ca-cert></ssl-config></data-source></component></project>"#,
    );
    desk.file(
        ".idea/sshConfigs.xml",
        r#"<project><component name="SshConfigs"><configs><sshConfig authType="PASSWORD" host="other" id="s1" port="22" username="x"/>
        <sshConfig authType="KEY_PAIR" host="bastion" id="s2" keyPath="$PROJECT_DIR$/id" port="2200" username="joe"/></configs></component></project>"#,
    );
    let preview = desk.preview(&path, true).await.unwrap();
    let shop = by_name(&preview, "Shop & Co");
    let project = desk.home.path().join("files").display().to_string();
    assert_eq!(
        fields(shop),
        [
            ("database", "shop"),
            ("host", "db1"),
            ("port", "5433"),
            ("ssh", "key"),
            ("ssh_host", "bastion"),
            ("ssh_key", &format!("{project}/id")),
            ("ssh_port", "2200"),
            ("ssh_user", "joe"),
            ("sslmode", "verify-ca"),
            ("sslrootcert", &format!("{project}/ca.pem")),
            ("user", "ann")
        ]
    );
    assert_eq!((shop.safety, shop.group.as_deref()), (Safety::ReadOnly, Some("Team")));
    assert_eq!(fields(by_name(&preview, "File")), [("file", format!("{project}/a.db").as_str())]);
    let server = by_name(&preview, "Ms");
    assert_eq!((server.driver.as_deref(), server.target.as_str()), (Some("mssql"), "h:1444/shop"));
    assert!(matches!(by_name(&preview, "Old").status, FoundStatus::Unsupported { .. }));
    assert!(preview.warnings[0].contains("key store"));
}

#[tokio::test]
async fn pgadmin_from_its_export_and_from_its_store() {
    let desk = desk().await;
    let export = desk.file(
        "servers.json",
        r##"{"Servers": {"10": {"Name": "Ten", "Group": "G", "Host": "h10", "Port": 5432, "MaintenanceDB": "postgres", "Username": "u"},
        "2": {"Name": "Two", "Group": "G", "Host": "h2", "Port": 5433, "MaintenanceDB": "db", "Username": "u", "UseSSHTunnel": 1,
        "TunnelHost": "bastion", "TunnelPort": "22", "TunnelUsername": "joe", "TunnelAuthentication": 0, "BGColor": "#f0f", "ConnectionParameters": {"sslmode": "verify-full", "passfile": "/p", "channel_binding": "require",
        "sslcert": "<STORAGE_DIR>/.postgresql/c.crt", "connect_timeout": 10}}}}"##,
    );
    let preview = desk.preview(&export, false).await.unwrap();
    assert_eq!(preview.connections.iter().map(|one| one.name.as_str()).collect::<Vec<_>>(), ["Two", "Ten"]);
    let two = by_name(&preview, "Two");
    assert_eq!(
        fields(two),
        [
            ("channel_binding", "require"),
            ("connect_timeout", "10"),
            ("database", "db"),
            ("host", "h2"),
            ("port", "5433"),
            ("ssh", "password"),
            ("ssh_host", "bastion"),
            ("ssh_user", "joe"),
            ("sslmode", "verify-full"),
            ("user", "u")
        ]
    );
    assert_eq!((two.colour.as_deref(), two.warnings.len()), (Some("#ff00ff"), 1));
    let path = desk.home.path().join("files/pgadmin4.db");
    let store = rusqlite::Connection::open(&path).unwrap();
    store
        .execute_batch(
            "CREATE TABLE servergroup (id INTEGER PRIMARY KEY, user_id INTEGER, name TEXT);
             CREATE TABLE server (id INTEGER PRIMARY KEY, user_id INTEGER, servergroup_id INTEGER, name TEXT, host TEXT, port INTEGER,
               maintenance_db TEXT, username TEXT, password TEXT, role TEXT, hostaddr TEXT, service TEXT, use_ssh_tunnel INTEGER,
               tunnel_host TEXT, bgcolor TEXT, connection_params TEXT);
             INSERT INTO servergroup VALUES (1, 1, 'Servers');
             INSERT INTO server VALUES (1, 1, 1, 'Kept', 'db1', 5432, 'postgres', 'ann', 'c2VhbGVk', NULL, NULL, NULL, 0, NULL, NULL,
               '{\"sslmode\": \"require\"}');",
        )
        .unwrap();
    drop(store);
    let before = std::fs::read(&path).unwrap();
    let preview = desk.preview(&path, true).await.unwrap();
    let kept = by_name(&preview, "Kept");
    assert_eq!(
        fields(kept),
        [("database", "postgres"), ("host", "db1"), ("port", "5432"), ("sslmode", "require"), ("user", "ann")]
    );
    assert!(!kept.has_password && kept.group.as_deref() == Some("Servers"));
    assert_eq!(std::fs::read(&path).unwrap(), before, "not a byte is changed");
    let other = desk.home.path().join("files/other.db");
    rusqlite::Connection::open(&other).unwrap().execute_batch("CREATE VIEW server AS SELECT 1").unwrap();
    assert_eq!(desk.preview(&other, false).await.unwrap_err().code, ErrorCode::Corrupt);
}

#[tokio::test]
async fn tableplus_with_its_groups() {
    let desk = desk().await;
    let head = r#"<?xml version="1.0" encoding="UTF-8"?><!DOCTYPE plist PUBLIC "-//Apple//DTD PLIST 1.0//EN" "http://www.apple.com/DTDs/PropertyList-1.0.dtd"><plist version="1.0"><array>"#;
    let entry = |pairs: &[(&str, &str)]| {
        let inner: String = pairs.iter().map(|(key, value)| format!("<key>{key}</key>{value}")).collect();
        format!("<dict>{inner}</dict>")
    };
    let shop = entry(&[
        ("ConnectionName", "<string>Shop</string>"),
        ("Driver", "<string>PostgreSQL</string>"),
        ("DatabaseHost", "<string>db1</string>"),
        ("DatabasePort", "<string>5433</string>"),
        ("DatabaseName", "<string>shop</string>"),
        ("DatabaseUser", "<string>ann</string>"),
        ("Enviroment", "<string>staging</string>"),
        ("statusColor", "<string>#AABBCC</string>"),
        ("GroupID", "<string>g1</string>"),
        ("tLSMode", "<integer>4</integer>"),
        ("isOverSSH", "<true/>"),
        ("ServerAddress", "<string>bastion</string>"),
    ]);
    let of = |name: &str, driver: &str, database: &str| {
        let [name, driver, database] = [name, driver, database].map(|text| format!("<string>{text}</string>"));
        entry(&[
            ("ConnectionName", &name),
            ("Driver", &driver),
            ("DatabaseHost", "<string>db2</string>"),
            ("DatabasePort", "<string>7001</string>"),
            ("DatabaseName", &database),
        ])
    };
    let others = [of("Cache", "Redis", "2"), of("Events", "Mongo", "log"), of("Ring", "Cassandra", "")].concat();
    let path = desk.file("Connections.plist", format!("{head}{shop}{others}</array></plist>"));
    let group = entry(&[("ID", "<string>g1</string>"), ("Name", "<string>Team</string>")]);
    desk.file("ConnectionGroups.plist", format!("{head}{group}</array></plist>"));
    let preview = desk.preview(&path, false).await.unwrap();
    let shop = by_name(&preview, "Shop");
    assert_eq!(
        fields(shop),
        [
            ("database", "shop"),
            ("host", "db1"),
            ("port", "5433"),
            ("ssh", "password"),
            ("ssh_host", "bastion"),
            ("sslmode", "verify-full"),
            ("user", "ann")
        ]
    );
    assert_eq!((shop.environment, shop.group.as_deref()), (Environment::Staging, Some("Team")));
    assert_eq!(shop.colour.as_deref(), Some("#aabbcc"));
    assert_eq!(fields(by_name(&preview, "Cache")), [("database", "2"), ("host", "db2"), ("port", "7001")]);
    // A driver that names members in one field, and sees every database of the server.
    assert_eq!(fields(by_name(&preview, "Events")), [("hosts", "db2:7001"), ("schema", "log")]);
    assert!(
        matches!(&by_name(&preview, "Ring").status, FoundStatus::Unsupported { reason } if reason.contains("Cassandra"))
    );
}

#[tokio::test]
async fn environment_files_service_files_and_option_files() {
    let desk = desk().await;
    let env = desk.file(
        "app/.env",
        "# a comment\nexport DB_HOST=db9\nDB_CONNECTION=pgsql\nDB_DATABASE=laravel\nDB_USERNAME=root\nDB_PASSWORD='a$b#c'\n\
         PW=hunter2\nDATABASE_URL=\"postgresql+psycopg2://ann:${PW}@db1:5433/shop?sslmode=require\" \nHOMEPAGE=https://x.example\n\
         PGHOST=db2\nPGPASSWORD=x # no\nCACHE_URL=redis://c\nMONGO_DB_URL=mongodb://m/x\nRING_DB_URL=cassandra://r\n",
    );
    let preview = desk.preview(&env, true).await.unwrap();
    let url = by_name(&preview, "app DATABASE_URL");
    assert_eq!(
        fields(url),
        [("database", "shop"), ("host", "db1"), ("port", "5433"), ("sslmode", "require"), ("user", "ann")]
    );
    assert!(url.has_password);
    assert_eq!(fields(by_name(&preview, "app DB")), [("database", "laravel"), ("host", "db9"), ("user", "root")]);
    assert_eq!(fields(by_name(&preview, "app CACHE_URL")), [("host", "c"), ("sslmode", "disable")]);
    assert_eq!(fields(by_name(&preview, "app MONGO_DB_URL")), [("hosts", "m"), ("schema", "x")]);
    assert!(matches!(by_name(&preview, "app RING_DB_URL").status, FoundStatus::Unsupported { .. }));
    assert_eq!(preview.connections.len(), 6, "{preview:?}");
    desk.import_all(&preview).await;
    let saved = desk.app.profile_named("app DB").await.unwrap().unwrap();
    assert_eq!(desk.app.secrets_of(&saved).await.unwrap().password.unwrap().expose(), "a$b#c");
    let saved = desk.app.profile_named("app DATABASE_URL").await.unwrap().unwrap();
    assert_eq!(desk.app.secrets_of(&saved).await.unwrap().password.unwrap().expose(), "hunter2");

    let service = desk.file(
        "pg_service.conf",
        "[prod-shop]\nhost=db1\nport=5433\ndbname=shop\nuser=ann\n[b]\nhost=db3\npassword=x\n",
    );
    let preview = desk.preview(&service, false).await.unwrap();
    assert_eq!(preview.kind, ImportKind::Pgservice);
    let prod = by_name(&preview, "prod-shop");
    assert_eq!((prod.environment, prod.safety), (Environment::Production, Safety::ConfirmWrites), "by its name");
    assert_eq!(prod.status, FoundStatus::Duplicate { of: "app DATABASE_URL".into() });
    assert!(by_name(&preview, "b").warnings.iter().any(|warning| warning.contains("not asked for")));

    desk.file("conf.d/more.cnf", "[client_staging]\nhost=stage\n");
    let options = desk.file(
        "my.cnf",
        "!includedir conf.d\n[client]\nuser=ann\npassword=\"a#b\\\"c\"\nssl-mode=VERIFY_IDENTITY\n[mysqld]\nport=1\n[mysql]\nprompt=x\nloose_host = 'db1'\n",
    );
    let preview = desk.preview(&options, true).await.unwrap();
    assert_eq!(preview.kind, ImportKind::Mycnf);
    assert_eq!(fields(by_name(&preview, "my.cnf")), [("host", "db1"), ("sslmode", "verify-full"), ("user", "ann")]);
    assert_eq!(fields(by_name(&preview, "staging"))[0], ("host", "stage"));
    desk.import_all(&preview).await;
    let saved = desk.app.profile_named("my.cnf").await.unwrap().unwrap();
    assert_eq!(desk.app.secrets_of(&saved).await.unwrap().password.unwrap().expose(), "a#b\"c");
}
