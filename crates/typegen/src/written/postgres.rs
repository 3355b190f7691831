// Written by `rowhouse types`. What is changed here is lost.
// For sqlx with bigdecimal, time, uuid, json, bit-vec, ipnetwork and mac_address, and serde_json with raw_value.

/// How somebody is
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, sqlx::Type)]
#[sqlx(type_name = "mood")]
pub enum Mood {
    #[sqlx(rename = "sad")]
    Sad,
    #[sqlx(rename = "so-so")]
    SoSo,
    #[sqlx(rename = "it's \"fine\"")]
    ItSFine,
    #[sqlx(rename = "注文")]
    注文,
    #[sqlx(rename = "")]
    _2,
}

#[derive(Debug, Clone, sqlx::Type)]
#[sqlx(type_name = "\"odd schema\".\"Order\"")]
pub struct OddSchemaOrder {
    pub r#type: Option<i32>,
    pub b: Option<Vec<Option<String>>>,
}

#[derive(Debug, Clone, sqlx::FromRow)]
pub struct OddSchemaX {
    pub größe: i32,
    #[sqlx(rename = "*/ `${x}` \"'\\ \u{2028}//\u{202e} ?>")]
    pub x: i64,
    pub 注文: Option<String>,
    #[sqlx(rename = "__proto__")]
    pub proto: Option<i32>,
}

#[derive(Debug, Clone, sqlx::FromRow)]
pub struct People {
    #[sqlx(rename = "a-b")]
    pub a_b: Option<String>,
    #[sqlx(rename = "a_b")]
    pub a_b2: Option<String>,
    /// sqlx has no type for xml: select it as text.
    pub new: Option<String>,
}

#[derive(Debug, Clone, sqlx::FromRow)]
pub struct Adults {
    pub id: Option<i64>,
    pub mood: Option<Mood>,
}

#[derive(Debug, Clone, sqlx::FromRow)]
pub struct Date {
    pub person: i64,
    pub other: Option<i64>,
    pub size: i32,
    pub home: i64,
}

/// Who is known
/// here *∕ `${x}` "'\  //  ?>
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct People2 {
    pub id: i64,
    /// *∕ `${x}` "'\  //  ?>
    pub email: String,
    pub mood: Option<Mood>,
    pub moods: Vec<Option<Mood>>,
    pub balance: sqlx::types::BigDecimal,
    pub rates: Option<Vec<Option<sqlx::types::BigDecimal>>>,
    pub born: Option<sqlx::types::time::Date>,
    pub seen: sqlx::types::time::OffsetDateTime,
    pub logged: Option<sqlx::types::time::PrimitiveDateTime>,
    pub nap: Option<sqlx::postgres::types::PgInterval>,
    pub at: Option<sqlx::postgres::types::PgTimeTz>,
    pub data: Option<sqlx::types::Json<Box<serde_json::value::RawValue>>>,
    pub picture: Option<Vec<u8>>,
    pub tags: Vec<Option<String>>,
    /// sqlx has no type for point: select it as text.
    pub place: Option<String>,
    pub span: Option<sqlx::postgres::types::PgRange<i32>>,
    pub last: Option<OddSchemaOrder>,
    pub emails: Option<Vec<Option<String>>>,
    pub flags: Option<sqlx::types::BitVec>,
    pub key: sqlx::types::Uuid,
    pub initial: Option<i8>,
    pub boss: Option<i64>,
    pub shouted: Option<String>,
    pub class: i16,
    pub number: Option<sqlx::postgres::types::Oid>,
    pub ratio: Option<f64>,
}

// rowhouse-types {"version":1,"language":"rust","engine":"postgres"}
// rowhouse-types {"enumeration":{"schema":"public","name":"mood"},"labels":["sad","so-so","it's \"fine\"","注文",""]}
// rowhouse-types {"relation":{"schema":"odd schema","name":"*/ `${x}` \"'\\ \u2028//\u202e ?>"},"writable":true,"columns":[{"name":"größe","native":"integer","type":{"scalar":{"integer":{"bits":32,"signed":true}}},"nullable":false,"given":"optional"},{"name":"*/ `${x}` \"'\\ \u2028//\u202e ?>","native":"bigint","type":{"scalar":{"integer":{"bits":64,"signed":true}}},"nullable":false,"given":"required"},{"name":"注文","native":"text","type":{"scalar":{"text":{"most":null}}},"nullable":true,"given":"optional"},{"name":"__proto__","native":"integer","type":{"scalar":{"integer":{"bits":32,"signed":true}}},"nullable":true,"given":"optional"}]}
// rowhouse-types {"relation":{"schema":"public","name":"People"},"writable":true,"columns":[{"name":"a-b","native":"text","type":{"scalar":{"text":{"most":null}}},"nullable":true,"given":"optional"},{"name":"a_b","native":"text","type":{"scalar":{"text":{"most":null}}},"nullable":true,"given":"optional"},{"name":"new","native":"xml","type":{"scalar":{"other":"xml"}},"nullable":true,"given":"optional"}]}
// rowhouse-types {"relation":{"schema":"public","name":"adults"},"writable":false,"columns":[{"name":"id","native":"bigint","type":{"scalar":{"integer":{"bits":64,"signed":true}}},"nullable":true,"given":"optional"},{"name":"mood","native":"public.mood","type":{"enumeration":{"schema":"public","name":"mood"}},"nullable":true,"given":"optional"}]}
// rowhouse-types {"relation":{"schema":"public","name":"date"},"writable":true,"columns":[{"name":"person","native":"bigint","type":{"scalar":{"integer":{"bits":64,"signed":true}}},"nullable":false,"given":"required"},{"name":"other","native":"bigint","type":{"scalar":{"integer":{"bits":64,"signed":true}}},"nullable":true,"given":"optional"},{"name":"size","native":"integer","type":{"scalar":{"integer":{"bits":32,"signed":true}}},"nullable":false,"given":"required"},{"name":"home","native":"bigint","type":{"scalar":{"integer":{"bits":64,"signed":true}}},"nullable":false,"given":"required"}]}
// rowhouse-types {"relation":{"schema":"public","name":"people"},"writable":true,"columns":[{"name":"id","native":"bigint","type":{"scalar":{"integer":{"bits":64,"signed":true}}},"nullable":false,"given":"never"},{"name":"email","native":"public.work_email","type":{"scalar":{"text":{"most":80}}},"nullable":false,"given":"required"},{"name":"mood","native":"public.mood","type":{"enumeration":{"schema":"public","name":"mood"}},"nullable":true,"given":"optional"},{"name":"moods","native":"public.mood[]","type":{"array":{"enumeration":{"schema":"public","name":"mood"}}},"nullable":false,"given":"required"},{"name":"balance","native":"numeric(12,2)","type":{"scalar":{"decimal":{"precision":12,"scale":2}}},"nullable":false,"given":"required"},{"name":"rates","native":"numeric[]","type":{"array":{"scalar":{"decimal":{"precision":null,"scale":null}}}},"nullable":true,"given":"optional"},{"name":"born","native":"date","type":{"scalar":"date"},"nullable":true,"given":"optional"},{"name":"seen","native":"timestamp(3) with time zone","type":{"scalar":"zoned_timestamp"},"nullable":false,"given":"optional"},{"name":"logged","native":"timestamp without time zone","type":{"scalar":"timestamp"},"nullable":true,"given":"optional"},{"name":"nap","native":"interval","type":{"scalar":"interval"},"nullable":true,"given":"optional"},{"name":"at","native":"time with time zone","type":{"scalar":"zoned_time"},"nullable":true,"given":"optional"},{"name":"data","native":"jsonb","type":{"scalar":"json"},"nullable":true,"given":"optional"},{"name":"picture","native":"bytea","type":{"scalar":{"bytes":{"most":null}}},"nullable":true,"given":"optional"},{"name":"tags","native":"character varying(20)[]","type":{"array":{"scalar":{"text":{"most":20}}}},"nullable":false,"given":"optional"},{"name":"place","native":"point","type":{"scalar":{"other":"point"}},"nullable":true,"given":"optional"},{"name":"span","native":"int4range","type":{"scalar":{"other":"int4range"}},"nullable":true,"given":"optional"},{"name":"last","native":"\"odd schema\".\"Order\"","type":{"composite":{"schema":"odd schema","name":"Order"}},"nullable":true,"given":"optional"},{"name":"emails","native":"public.email[]","type":{"array":{"domain":{"scalar":{"text":{"most":80}}}}},"nullable":true,"given":"optional"},{"name":"flags","native":"bit(3)","type":{"scalar":"bits"},"nullable":true,"given":"optional"},{"name":"key","native":"uuid","type":{"scalar":"uuid"},"nullable":false,"given":"optional"},{"name":"initial","native":"\"char\"","type":{"scalar":{"other":"char"}},"nullable":true,"given":"optional"},{"name":"boss","native":"bigint","type":{"scalar":{"integer":{"bits":64,"signed":true}}},"nullable":true,"given":"optional"},{"name":"shouted","native":"text","type":{"scalar":{"text":{"most":null}}},"nullable":true,"given":"never"},{"name":"class","native":"smallint","type":{"scalar":{"integer":{"bits":16,"signed":true}}},"nullable":false,"given":"required"},{"name":"number","native":"oid","type":{"scalar":{"integer":{"bits":32,"signed":false}}},"nullable":true,"given":"optional"},{"name":"ratio","native":"double precision","type":{"scalar":{"float":{"bits":64}}},"nullable":true,"given":"optional"}]}
