// Written by `rowhouse types`. What is changed here is lost.
// For sqlx with bigdecimal, time, uuid, json, bit-vec, ipnetwork and mac_address, and serde_json with raw_value.

#[derive(Debug, Clone, sqlx::FromRow)]
pub struct Customers {
    pub id: i64,
    pub name: String,
}

#[derive(Debug, Clone, sqlx::FromRow)]
pub struct Orders {
    pub id: i64,
    pub customer: i64,
    /// sqlx has no type for DECIMAL(10,2): select it as text.
    pub total: Option<String>,
    pub note: Option<String>,
    /// sqlx has no type for : select it as text.
    pub any: Option<String>,
    pub weight: f64,
    pub picture: Option<Vec<u8>>,
    /// sqlx has no type for BOOLEAN: select it as text.
    pub paid: String,
    /// sqlx has no type for DATETIME: select it as text.
    pub at: String,
}

// rowhouse-types {"version":1,"language":"rust","engine":"sqlite"}
// rowhouse-types {"relation":{"schema":"main","name":"customers"},"writable":true,"columns":[{"name":"id","native":"INTEGER","type":{"scalar":{"integer":{"bits":64,"signed":true}}},"nullable":false,"given":"optional"},{"name":"name","native":"VARCHAR(20)","type":{"scalar":{"text":{"most":null}}},"nullable":false,"given":"required"}]}
// rowhouse-types {"relation":{"schema":"main","name":"orders"},"writable":true,"columns":[{"name":"id","native":"INTEGER","type":{"scalar":{"integer":{"bits":64,"signed":true}}},"nullable":false,"given":"optional"},{"name":"customer","native":"INT","type":{"scalar":{"integer":{"bits":64,"signed":true}}},"nullable":false,"given":"required"},{"name":"total","native":"DECIMAL(10,2)","type":{"scalar":{"loose":{"bytes":false}}},"nullable":true,"given":"optional"},{"name":"note","native":"TEXT","type":{"scalar":{"text":{"most":null}}},"nullable":true,"given":"optional"},{"name":"any","native":"","type":{"scalar":{"loose":{"bytes":true}}},"nullable":true,"given":"optional"},{"name":"weight","native":"REAL","type":{"scalar":{"float":{"bits":64}}},"nullable":false,"given":"required"},{"name":"picture","native":"BLOB","type":{"scalar":{"bytes":{"most":null}}},"nullable":true,"given":"optional"},{"name":"paid","native":"BOOLEAN","type":{"scalar":{"loose":{"bytes":false}}},"nullable":false,"given":"optional"},{"name":"at","native":"DATETIME","type":{"scalar":{"loose":{"bytes":false}}},"nullable":false,"given":"required"}]}
