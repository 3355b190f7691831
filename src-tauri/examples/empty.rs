//! An empty Tauri window, to compare with: what the shell and the webview cost before there is anything in them.

#![cfg_attr(all(windows, not(debug_assertions)), windows_subsystem = "windows")]

use std::borrow::Cow;

use tauri::{
    WebviewUrl, WebviewWindowBuilder,
    http::{Response, header},
};

/// One line, so that there is a first paint to wait for.
const PAGE: &[u8] = b"<!doctype html><title>Empty</title><body data-shell>Empty</body>";

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let address = "empty://localhost/".parse()?;
    tauri::Builder::default()
        .register_uri_scheme_protocol("empty", |_, _| {
            let mut page = Response::new(Cow::Borrowed(PAGE));
            page.headers_mut().insert(header::CONTENT_TYPE, header::HeaderValue::from_static("text/html"));
            page
        })
        .setup(move |shell| {
            WebviewWindowBuilder::new(shell, "empty", WebviewUrl::CustomProtocol(address))
                .title("Empty")
                .inner_size(1440.0, 900.0)
                .build()?;
            Ok(())
        })
        .run(tauri::generate_context!())?;
    Ok(())
}
