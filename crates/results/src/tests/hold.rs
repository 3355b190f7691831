use std::{fs, io::Write, os::unix::fs::FileExt, process::Command};

use driver::{Code, ValueContext};

use super::{local::TestCast, *};
use crate::{Progress, Truncation};

fn progress(hold: &Hold) -> Progress {
    hold.progress().borrow().clone()
}

/// Open files of this process that have no name any more.
fn deleted_files() -> usize {
    let links = fs::read_dir("/proc/self/fd").unwrap().filter_map(|entry| fs::read_link(entry.ok()?.path()).ok());
    links.filter(|link| link.to_string_lossy().ends_with("(deleted)")).count()
}

#[test]
fn a_small_hold_stays_in_memory_and_a_larger_one_goes_to_a_file() {
    let store = store();
    let small = hold_of(&store, 100);
    assert_eq!((store.disk_bytes(), small.file().is_none()), (0, true));
    let large = hold_of(&store, 60_000);
    assert!(large.file().is_some() && store.disk_bytes() > 1 << 20);
    assert_eq!((small.rows(), large.rows()), (100, 60_000));
}

#[test]
fn spool_files_have_no_name_and_their_folder_is_private() {
    use std::os::unix::fs::PermissionsExt;
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("spool");
    let store = Store::new(Limits { folder: Some(path.clone()), ..Limits::default() }).unwrap();
    let before = deleted_files();
    let hold = hold_of(&store, 60_000);
    assert_eq!(fs::read_dir(&path).unwrap().count(), 0);
    assert_eq!(deleted_files(), before + 1);
    assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o700);
    drop(hold);
    assert_eq!(deleted_files(), before);
}

#[test]
fn the_last_lease_frees_disk_and_memory() {
    let store = store();
    let hold = hold_of(&store, 60_000);
    hold.window(30_000, 100, &[0, 2], 4096, &TestCast).unwrap();
    assert!(store.cached_bytes() > 0);
    let lease = hold.clone();
    let batches = hold.batches(0..10);
    drop(hold);
    assert!(store.disk_bytes() > 0);
    drop(batches);
    drop(lease);
    assert_eq!((store.disk_bytes(), store.cached_bytes()), (0, 0));
}

#[test]
fn decoded_blocks_stay_within_the_cache() {
    let store = Store::new(Limits { cache_bytes: 1 << 20, ..Limits::default() }).unwrap();
    let hold = hold_of(&store, 60_000);
    for first in (0..60_000).step_by(500) {
        hold.window(first, 50, &[0, 1, 2, 3], 4096, &TestCast).unwrap();
        assert!(store.cached_bytes() <= 1 << 20);
    }
}

#[test]
fn the_store_refuses_what_exceeds_its_limit_and_keeps_the_rest() {
    let store = Store::new(Limits { total_bytes: 2 << 20, ..Limits::default() }).unwrap();
    let (mut writer, hold) = store.hold(schema(), ValueContext::default()).unwrap();
    let error = (0..).map(|part| writer.append(&batch(part * 5000..(part + 1) * 5000))).find_map(Result::err).unwrap();
    assert_eq!(error.code, Code::Exhausted);
    assert!(store.disk_bytes() <= 2 << 20);
    let rows = hold.rows();
    assert!(rows > 1000);
    hold.texts(rows - 1, &[0, 2]).unwrap();
    assert_eq!(hold.batches(0..u64::MAX).map(|batch| batch.unwrap().num_rows() as u64).sum::<u64>(), rows);
    drop(writer);
    assert!(matches!(progress(&hold).state, HoldState::Truncated(Truncation::Abandoned)));
}

#[test]
fn a_full_disk_is_exhausted_and_keeps_what_was_read() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().to_str().unwrap();
    let mounted = Command::new("mount").args(["-t", "tmpfs", "-o", "size=3m", "tmpfs", path]).status();
    if !mounted.is_ok_and(|status| status.success()) {
        writeln!(std::io::stderr(), "SKIPPED a full disk: a small file system cannot be mounted here").unwrap();
        return;
    }
    let outcome = std::panic::catch_unwind(|| {
        let store = Store::new(Limits { folder: Some(folder.path().to_owned()), ..Limits::default() }).unwrap();
        let (mut writer, hold) = store.hold(schema(), ValueContext::default()).unwrap();
        let mut append = |part: u64| writer.append(&batch(part * 1000..(part + 1) * 1000));
        let error = (0..).map(&mut append).find_map(Result::err).unwrap();
        assert_eq!(error.code, Code::Exhausted, "{error:?}");
        assert!(error.hint.is_some());
        let rows = hold.rows();
        assert!(rows > 1000);
        assert_eq!(hold.batches(0..rows).map(|batch| batch.unwrap().num_rows() as u64).sum::<u64>(), rows);
    });
    assert!(Command::new("umount").args(["-l", path]).status().unwrap().success());
    outcome.unwrap();
}

#[test]
fn a_damaged_spool_is_corrupt_and_never_a_panic() {
    let mut dice = Dice::new(7);
    for _ in 0..40 {
        let store = store();
        let hold = hold_of(&store, 20_000);
        let file = hold.file().unwrap();
        let length = file.metadata().unwrap().len();
        for _ in 0..200 {
            let byte = u8::try_from(dice.roll(256)).unwrap();
            file.write_all_at(&[byte], dice.roll(length)).unwrap();
        }
        let outcomes: Vec<_> = hold.batches(0..20_000).collect();
        let error = outcomes.into_iter().find_map(Result::err).unwrap();
        assert_eq!(error.code, Code::Corrupt);
        file.set_len(length / 2).unwrap();
        assert_eq!(hold.window(19_990, 10, &[0], 4096, &TestCast).unwrap_err().code, Code::Corrupt);
    }
}

#[test]
fn a_batch_of_other_columns_is_refused() {
    let (mut writer, _hold) = store().hold(schema(), ValueContext::default()).unwrap();
    assert_eq!(writer.append(&driver::fake::integer_batch([1])).unwrap_err().code, Code::Internal);
}

#[test]
fn a_result_without_columns_counts_its_rows() {
    let store = store();
    let empty = Arc::new(Schema::empty());
    let options = arrow_array::RecordBatchOptions::new().with_row_count(Some(3));
    let batch = RecordBatch::try_new_with_options(empty.clone(), vec![], &options).unwrap();
    let (mut writer, hold) = store.hold(empty, ValueContext::default()).unwrap();
    writer.append(&batch).unwrap();
    writer.append(&batch).unwrap();
    assert_eq!(hold.rows(), 6);
    assert!(!hold.window(0, 10, &[], 4096, &TestCast).unwrap().is_empty());
}

#[test]
fn a_batch_is_kept_without_what_its_builder_reserved() {
    let store = store();
    let mut builder = arrow_array::builder::BinaryBuilder::with_capacity(8192, 4 << 20);
    builder.append_value(b"x");
    let schema = Arc::new(Schema::new(vec![arrow::field("v", DataType::Binary, "text")]));
    let batch = RecordBatch::try_new(schema.clone(), vec![Arc::new(builder.finish())]).unwrap();
    let (mut writer, hold) = store.hold(schema, ValueContext::default()).unwrap();
    writer.append(&batch).unwrap();
    let kept = hold.batches(0..1).next().unwrap().unwrap();
    assert!(kept.get_array_memory_size() < 8192, "{}", kept.get_array_memory_size());
}

#[test]
fn columns_are_seen_in_another_order_with_their_classes_and_with_rows_that_come_later() {
    let store = store();
    let (mut writer, hold) = store.hold(schema(), ValueContext::default()).unwrap();
    let seen = hold.project(&[(3, "any"), (0, "id"), (3, "again")]).unwrap();
    writer.append(&batch(0..50)).unwrap();
    writer.append(&batch(50..60_000)).unwrap();
    assert!(hold.file().is_some(), "some of it is on disk");
    let names: Vec<&str> = seen.schema().fields().iter().map(|field| field.name().as_str()).collect();
    assert_eq!((names, seen.visible_columns()), (vec!["any", "id", "again", "0#class", "2#class"], 3));
    assert_eq!(seen.rows(), 60_000);
    for at in [7, 51, 59_999] {
        let wanted = row(at);
        for column in [0, 2] {
            let cell = seen.cell(at, column, 0..u64::MAX).unwrap();
            assert_eq!((cell.bytes, cell.class.map(|class| class as u8)), (wanted.3.clone(), Some(wanted.4)), "{at}");
        }
        let id = seen.cell(at, 1, 0..u64::MAX).unwrap().bytes;
        assert_eq!(id, wanted.0.map(|id| id.to_string().into_bytes()), "{at}");
    }
    // What is seen of what is seen.
    let one = seen.project(&[(1, "number")]).unwrap();
    assert_eq!(one.texts(7, &[0]).unwrap(), [row(7).0.map(|id| id.to_string().into_bytes())]);
    assert_eq!(hold.project(&[(4, "class")]).unwrap_err().code, Code::NotFound);
    assert_eq!(one.project(&[(1, "none")]).unwrap_err().code, Code::NotFound);
}
