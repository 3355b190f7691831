// Written by `rowhouse types`. What is changed here is lost.
// For sqlx with bigdecimal, time, uuid, json, bit-vec, ipnetwork and mac_address, and serde_json with raw_value.

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, sqlx::Type)]
pub enum OrdersState {
    #[sqlx(rename = "new")]
    New,
    #[sqlx(rename = "it's (paid)")]
    ItSPaid,
    #[sqlx(rename = "")]
    _2,
}

#[derive(Debug, Clone, sqlx::FromRow)]
pub struct Orders {
    pub id: u64,
    pub state: OrdersState,
    /// sqlx has no type for set('a','b'): select it as text.
    pub marks: Option<String>,
    pub total: sqlx::types::BigDecimal,
    pub small: i8,
    pub middle: Option<u32>,
    pub whole: Option<u32>,
    pub year: Option<u16>,
    pub at: Option<sqlx::types::time::PrimitiveDateTime>,
    pub changed: sqlx::types::time::OffsetDateTime,
    pub lasted: Option<sqlx::mysql::types::MySqlTime>,
    pub note: Option<String>,
    pub name: String,
    pub bits: Option<u64>,
    pub raw: Option<Vec<u8>>,
    pub facts: Option<sqlx::types::Json<Box<serde_json::value::RawValue>>>,
    /// sqlx has no type for point: select it as text.
    pub place: Option<String>,
    pub upper_name: Option<String>,
    pub born: Option<sqlx::types::time::Date>,
    pub parent: Option<u64>,
}

// rowhouse-types {"version":1,"language":"rust","engine":"my_sql"}
// rowhouse-types {"enumeration":{"schema":"shop","name":"orders_state"},"labels":["new","it's (paid)",""]}
// rowhouse-types {"relation":{"schema":"shop","name":"orders"},"writable":true,"columns":[{"name":"id","native":"bigint(20) unsigned","type":{"scalar":{"integer":{"bits":64,"signed":false}}},"nullable":false,"given":"optional"},{"name":"state","native":"enum('new','it''s (paid)','')","type":{"enumeration":{"schema":"shop","name":"orders_state"}},"nullable":false,"given":"required"},{"name":"marks","native":"set('a','b')","type":{"scalar":{"other":"set"}},"nullable":true,"given":"optional"},{"name":"total","native":"decimal(10,2) unsigned","type":{"scalar":{"decimal":{"precision":10,"scale":2}}},"nullable":false,"given":"required"},{"name":"small","native":"tinyint(1)","type":{"scalar":{"integer":{"bits":8,"signed":true}}},"nullable":false,"given":"required"},{"name":"middle","native":"mediumint(8) unsigned","type":{"scalar":{"integer":{"bits":24,"signed":false}}},"nullable":true,"given":"optional"},{"name":"whole","native":"int(10) unsigned","type":{"scalar":{"integer":{"bits":32,"signed":false}}},"nullable":true,"given":"optional"},{"name":"year","native":"year(4)","type":{"scalar":{"integer":{"bits":16,"signed":false}}},"nullable":true,"given":"optional"},{"name":"at","native":"datetime(6)","type":{"scalar":"timestamp"},"nullable":true,"given":"optional"},{"name":"changed","native":"timestamp","type":{"scalar":"zoned_timestamp"},"nullable":false,"given":"optional"},{"name":"lasted","native":"time","type":{"scalar":"time"},"nullable":true,"given":"optional"},{"name":"note","native":"longtext","type":{"scalar":{"text":{"most":null}}},"nullable":true,"given":"optional"},{"name":"name","native":"varchar(80)","type":{"scalar":{"text":{"most":80}}},"nullable":false,"given":"required"},{"name":"bits","native":"bit(4)","type":{"scalar":"bits"},"nullable":true,"given":"optional"},{"name":"raw","native":"varbinary(16)","type":{"scalar":{"bytes":{"most":16}}},"nullable":true,"given":"optional"},{"name":"facts","native":"json","type":{"scalar":"json"},"nullable":true,"given":"optional"},{"name":"place","native":"point","type":{"scalar":{"other":"point"}},"nullable":true,"given":"optional"},{"name":"upper_name","native":"varchar(80)","type":{"scalar":{"text":{"most":80}}},"nullable":true,"given":"never"},{"name":"born","native":"date","type":{"scalar":"date"},"nullable":true,"given":"optional"},{"name":"parent","native":"bigint(20) unsigned","type":{"scalar":{"integer":{"bits":64,"signed":false}}},"nullable":true,"given":"optional"}]}
