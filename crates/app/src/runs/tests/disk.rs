//! What a full disk leaves of a result.
#![cfg(target_os = "linux")]

use std::{path::Path, process::Command};

use super::*;

/// A small file system in place of a folder, gone with its value.
struct Small<'a>(&'a Path);

impl<'a> Small<'a> {
    /// `None`, with words, where nothing can be mounted.
    fn at(folder: &'a Path, megabytes: u32) -> Option<Self> {
        std::fs::create_dir_all(folder).unwrap();
        let size = format!("size={megabytes}m");
        let mounted = Command::new("mount").args(["-t", "tmpfs", "-o", &size, "tmpfs"]).arg(folder).output();
        if mounted.is_ok_and(|mounted| mounted.status.success()) {
            return Some(Small(folder));
        }
        println!("skipped: only root can mount a small file system here");
        None
    }
}

impl Drop for Small<'_> {
    fn drop(&mut self) {
        drop(Command::new("umount").arg("-l").arg(self.0).status());
    }
}

const MANY: &str = "with recursive n(i) as (select 1 union all select i + 1 from n where i < 200000) \
                    select i, hex(randomblob(200)) as noise from n";

#[tokio::test(flavor = "multi_thread")]
async fn a_disk_that_fills_while_rows_come_keeps_the_rows_before_it() {
    let shop = Shop::open().await;
    let folder = shop.home.path().join("results");
    let Some(_small) = Small::at(&folder, 8) else { return };
    // Something else takes the room that was free when the result began.
    std::fs::write(folder.join("others"), vec![1; 5 << 20]).unwrap();
    let events = play(&shop, script(&shop, "t", MANY)).await;
    let head = &heads(&events)[0];
    let progress = last_progress(&events, &head.hold_id);
    let HoldState::Truncated { reason } = &progress.state else { panic!("{:?}", progress.state) };
    assert!(reason.contains("disk") || reason.contains("room"), "{reason}");
    assert!(progress.rows > 1000 && progress.rows < 200_000, "{}", progress.rows);
    for row in [0, progress.rows / 2, progress.rows - 1] {
        let cell = shop.app.hold_cell(&head.hold_id, row, 0, 0, 20).await.unwrap();
        assert_eq!(cell, (row + 1).to_string().as_bytes());
    }
    // The session goes on, and room that is given back is used again.
    shop.app.hold_release(&head.hold_id).await.unwrap();
    std::fs::remove_file(folder.join("others")).unwrap();
    let ended = outcomes(&play(&shop, script(&shop, "t", "select count(*) from orders")).await);
    assert!(matches!(ended[..], [StatementOutcome::Completed { rows: 1, .. }]), "{ended:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_disk_that_is_full_from_the_start_still_shows_what_fits_in_memory() {
    let shop = Shop::open().await;
    let folder = shop.home.path().join("results");
    let Some(_small) = Small::at(&folder, 1) else { return };
    drop(std::fs::write(folder.join("others"), vec![1; 2 << 20]));
    let events = play(&shop, script(&shop, "t", MANY)).await;
    let head = &heads(&events)[0];
    let progress = last_progress(&events, &head.hold_id);
    assert!(matches!(progress.state, HoldState::Truncated { .. }), "{:?}", progress.state);
    assert!(progress.rows > 0);
    let last = shop.app.hold_cell(&head.hold_id, progress.rows - 1, 0, 0, 20).await.unwrap();
    assert_eq!(last, progress.rows.to_string().as_bytes());
}
