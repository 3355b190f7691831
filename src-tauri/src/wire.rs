//! How bytes and whole numbers cross to the webview.

use serde::{Deserialize, Serialize};
use specta::{Type, Types, datatype::DataType};
use tauri::ipc::{InvokeResponseBody, IpcResponse};

/// Bytes that stay bytes: an `ArrayBuffer` on the other side.
pub struct Raw(pub Vec<u8>);

impl IpcResponse for Raw {
    fn body(self) -> tauri::Result<InvokeResponseBody> {
        Ok(InvokeResponseBody::Raw(self.0))
    }
}

impl Type for Raw {
    fn definition(_: &mut Types) -> DataType {
        specta_typescript::define("ArrayBuffer").into()
    }
}

/// A row number or byte offset: a whole number that a double holds exactly.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Whole(pub u64);

impl Type for Whole {
    fn definition(_: &mut Types) -> DataType {
        specta_typescript::define("number").into()
    }
}
