//! What a process holds: memory, files, sockets, tasks; and whether it grows.

use std::fs;

#[derive(Clone, Copy, Debug)]
pub struct Held {
    /// Bytes of resident memory.
    pub memory: u64,
    pub files: usize,
    pub sockets: usize,
    /// Files without a name: results on disk.
    pub nameless: usize,
}

impl Held {
    pub fn now() -> Held {
        let mut held = Held { memory: resident(), files: 0, sockets: 0, nameless: 0 };
        for link in fs::read_dir("/proc/self/fd").unwrap().flatten() {
            let Ok(target) = fs::read_link(link.path()) else { continue };
            let target = target.to_string_lossy().into_owned();
            match target.as_str() {
                _ if target.starts_with("socket:") => held.sockets += 1,
                _ if target.ends_with("(deleted)") => held.nameless += 1,
                _ => held.files += 1,
            }
        }
        held
    }
}

pub fn tasks() -> usize {
    tokio::runtime::Handle::current().metrics().num_alive_tasks()
}

fn resident() -> u64 {
    let status = fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find(|line| line.starts_with("VmRSS:")).unwrap();
    line.split_whitespace().nth(1).unwrap().parse::<u64>().unwrap() * 1024
}

/// How much a row of samples grows from its first to its last, by the line of least squares: one odd sample says little.
pub fn growth(samples: &[u64]) -> f64 {
    let count = samples.len() as f64;
    if samples.len() < 2 {
        return 0.0;
    }
    let middle = (count - 1.0) / 2.0;
    let mean = samples.iter().map(|sample| *sample as f64).sum::<f64>() / count;
    let (mut both, mut square) = (0.0, 0.0);
    for (at, sample) in samples.iter().enumerate() {
        let away = at as f64 - middle;
        both += away * (*sample as f64 - mean);
        square += away * away;
    }
    both / square * (count - 1.0)
}

#[test]
fn growth_is_seen_and_noise_is_not() {
    assert!((growth(&[10, 20, 30, 40]) - 30.0).abs() < 1e-9);
    assert!((growth(&[40, 30, 20, 10]) + 30.0).abs() < 1e-9);
    assert!(growth(&[10, 14, 10, 14, 10, 14, 10, 12]).abs() < 2.0);
    assert!(growth(&[]).abs() + growth(&[7]).abs() < 1e-9);
}
