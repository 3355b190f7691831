//! What the lines of INFO are called, what they count and what they mean. A line that is not here is shown by its own name.
//!
//! Source: <https://redis.io/docs/latest/commands/info/>.

use driver::report::{Fact, FactUnit, Trend};

/// A known line: name, label, unit, trend, meaning.
type Known = (&'static str, &'static str, FactUnit, Trend, &'static str);

use FactUnit::{Bytes, Count, Microseconds, Moment, PerSecond, Ratio, Seconds, Text};
use Trend::{Counter, Level, None as Never};

/// The lines worth a name, in the order they are shown.
const KNOWN: &[Known] = &[
    ("redis_version", "Version", Text, Never, ""),
    ("valkey_version", "Version", Text, Never, ""),
    ("redis_mode", "Mode", Text, Never, "standalone, cluster or sentinel"),
    ("server_mode", "Mode", Text, Never, "standalone, cluster or sentinel"),
    ("uptime_in_seconds", "Running for", Seconds, Never, ""),
    ("os", "Operating system", Text, Never, ""),
    ("process_id", "Process", Text, Never, ""),
    ("tcp_port", "Port", Text, Never, ""),
    ("executable", "Program", Text, Never, ""),
    ("config_file", "Settings file", Text, Never, ""),
    ("connected_clients", "Connected clients", Count, Level, "Without replicas."),
    ("maxclients", "Most clients", Count, Never, "More are refused."),
    ("blocked_clients", "Blocked clients", Count, Level, "They wait in BLPOP, XREAD BLOCK and the like."),
    ("tracking_clients", "Tracking clients", Count, Never, "They are told of changes of the keys they have read."),
    ("pubsub_clients", "Subscribed clients", Count, Level, ""),
    ("used_memory", "Memory used", Bytes, Level, "What the server allocated for itself and its data."),
    (
        "used_memory_rss",
        "Memory of the process",
        Bytes,
        Level,
        "What the system sees; more than is used is fragmentation.",
    ),
    ("used_memory_peak", "Most memory used", Bytes, Never, "Since the server began."),
    ("used_memory_dataset", "Memory of the data", Bytes, Level, "Without what the server needs for itself."),
    ("used_memory_overhead", "Memory of the server", Bytes, Never, "Buffers, tables and scripts: what is not data."),
    ("maxmemory", "Most memory", Bytes, Never, "0 is no limit: then the system's memory is one."),
    ("maxmemory_policy", "When memory is full", Text, Never, "What is evicted; noeviction refuses writes instead."),
    (
        "mem_fragmentation_ratio",
        "Fragmentation",
        Count,
        Level,
        "Memory of the process beside memory used: over 1.5 is much, under 1 the system swaps. Means little while little is used.",
    ),
    ("total_system_memory", "Memory of the computer", Bytes, Never, ""),
    ("mem_allocator", "Allocator", Text, Never, ""),
    ("loading", "Loading its data", Text, Never, "1 while a file is read: nothing else is answered."),
    ("rdb_last_bgsave_status", "Last snapshot", Text, Never, "Whether the last file of all data was written."),
    ("rdb_last_save_time", "Last snapshot at", Moment, Never, ""),
    (
        "rdb_changes_since_last_save",
        "Changes since then",
        Count,
        Level,
        "Lost if the server died now and had no append-only file.",
    ),
    ("rdb_bgsave_in_progress", "Snapshot under way", Text, Never, ""),
    ("aof_enabled", "Append-only file", Text, Never, "1 where every write goes to a file, too."),
    ("aof_last_write_status", "Last write to it", Text, Never, ""),
    ("aof_last_bgrewrite_status", "Last rewrite of it", Text, Never, ""),
    ("aof_current_size", "Size of it", Bytes, Level, ""),
    ("instantaneous_ops_per_sec", "Commands", PerSecond, Level, ""),
    ("total_commands_processed", "Commands in all", Count, Counter, "Since the server began."),
    ("total_connections_received", "Connections in all", Count, Counter, "Many new ones: clients do not keep theirs."),
    ("rejected_connections", "Connections refused", Count, Counter, "More than the most clients."),
    ("keyspace_hits", "Keys found", Count, Counter, ""),
    ("keyspace_misses", "Keys not found", Count, Counter, ""),
    ("expired_keys", "Keys expired", Count, Counter, ""),
    ("evicted_keys", "Keys evicted", Count, Counter, "Removed because memory was full."),
    ("total_net_input_bytes", "Bytes received", Bytes, Counter, ""),
    ("total_net_output_bytes", "Bytes sent", Bytes, Counter, ""),
    ("pubsub_channels", "Channels with subscribers", Count, Level, ""),
    ("pubsub_patterns", "Patterns with subscribers", Count, Level, ""),
    ("pubsubshard_channels", "Sharded channels with subscribers", Count, Level, ""),
    ("total_error_replies", "Errors answered", Count, Counter, ""),
    ("latest_fork_usec", "Last fork took", Microseconds, Never, "Everybody waits meanwhile; it begins a snapshot."),
    ("role", "Role", Text, Never, ""),
    ("connected_slaves", "Replicas", Count, Level, ""),
    ("master_host", "Follows", Text, Never, ""),
    ("master_link_status", "Link to its master", Text, Never, ""),
    ("master_last_io_seconds_ago", "Heard of it before", Seconds, Never, ""),
    ("master_repl_offset", "Replication offset", Count, Never, ""),
    (
        "repl_backlog_size",
        "Replication backlog",
        Bytes,
        Never,
        "How far a replica may fall behind without a full copy.",
    ),
    ("used_cpu_sys", "CPU in the system", Seconds, Counter, "Seconds since the server began; its growth is its load."),
    ("used_cpu_user", "CPU in the server", Seconds, Counter, "Seconds since the server began; its growth is its load."),
    ("cluster_enabled", "Cluster", Text, Never, ""),
];

/// A name of the server's as words.
fn spoken(name: &str) -> String {
    let mut words = name.replace('_', " ");
    if let Some(first) = words.get_mut(..1) {
        first.make_ascii_uppercase();
    }
    words
}

/// A line as a fact.
pub(super) fn fact(name: &str, value: &str) -> Fact {
    let known = KNOWN.iter().find(|(known, ..)| *known == name);
    let (label, unit, trend, about) = match known {
        Some((_, label, unit, trend, about)) => ((*label).to_owned(), *unit, *trend, *about),
        None => (spoken(name), Text, Never, ""),
    };
    Fact {
        name: name.to_owned(),
        label,
        value: value.to_owned(),
        // What the server did not write as a number is shown as it is.
        unit: if value.parse::<f64>().is_ok() { unit } else { Text },
        trend,
        about: Some(about.to_owned()).filter(|about| !about.is_empty()),
        computed: None,
        minor: known.is_none(),
    }
}

/// Where a line stands among those that are known.
fn place(name: &str) -> usize {
    KNOWN.iter().position(|(known, ..)| *known == name).unwrap_or(KNOWN.len())
}

/// The facts of one section: those that are known first, in their order, then the others as they came.
pub(super) fn facts(section: &str, lines: &[(&str, &str)]) -> Vec<Fact> {
    let mut facts: Vec<Fact> = Vec::new();
    for (name, value) in lines {
        if let Some(plain) = name.strip_suffix("_human")
            && lines.iter().any(|(other, _)| *other == plain)
        {
            // The same once more, rounded.
            continue;
        }
        match section {
            "Keyspace" => facts.extend(keyspace(name, value)),
            _ => facts.push(fact(name, value)),
        }
    }
    facts.sort_by_key(|fact| place(&fact.name));
    facts
}

/// `db0:keys=8,expires=1,avg_ttl=2959796` as facts of their own.
fn keyspace(database: &str, value: &str) -> Vec<Fact> {
    let mut facts = Vec::new();
    for (name, number) in value.split(',').filter_map(|pair| pair.split_once('=')) {
        let (label, unit, trend, about) = match name {
            "keys" => ("keys", Count, Level, ""),
            "expires" => ("keys that expire", Count, Level, ""),
            "avg_ttl" => ("average time to live", FactUnit::Milliseconds, Never, "An estimate of the server's."),
            other => (other, Count, Never, ""),
        };
        facts.push(Fact {
            label: format!("{database} {label}"),
            unit,
            trend,
            about: Some(about.to_owned()).filter(|about| !about.is_empty()),
            minor: !matches!(name, "keys" | "expires" | "avg_ttl"),
            ..fact(&format!("{database}.{name}"), number)
        });
    }
    facts
}

/// A fact that was computed.
pub(super) fn computed(name: &str, label: &str, value: String, unit: FactUnit, from: &str) -> Fact {
    Fact {
        name: name.to_owned(),
        label: label.to_owned(),
        value,
        unit,
        trend: Level,
        about: None,
        computed: Some(from.to_owned()),
        minor: false,
    }
}

/// The part of the lookups that found their key; none where nothing was looked up.
pub(super) fn hit_ratio(hits: u64, misses: u64) -> Option<Fact> {
    let all = hits.checked_add(misses).filter(|all| *all > 0)?;
    #[allow(clippy::cast_precision_loss, reason = "four digits are shown")]
    let ratio = hits as f64 / all as f64;
    let from = "keyspace_hits ÷ (keyspace_hits + keyspace_misses), since the server began";
    let about = "Of the keys that were read, how many were there.".to_owned();
    let fact = computed("hit_ratio", "Hit ratio", format!("{ratio:.4}"), Ratio, from);
    Some(Fact { about: Some(about), ..fact })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_known_line_has_a_name_and_a_unit_and_any_other_its_own() {
        let known = fact("used_memory", "2365928");
        assert_eq!((known.label.as_str(), known.unit, known.minor), ("Memory used", Bytes, false));
        let odd = fact("used_memory", "much");
        assert_eq!(odd.unit, Text, "what is no number is shown as it came");
        let other = fact("reply_buffer_shrinks", "10");
        assert_eq!((other.label.as_str(), other.minor, other.value.as_str()), ("Reply buffer shrinks", true, "10"));
    }

    #[test]
    fn rounded_twins_are_left_out_and_known_lines_come_first() {
        let lines = [("used_memory_lua", "1"), ("used_memory", "5"), ("used_memory_human", "5B"), ("only_human", "x")];
        let names: Vec<String> = facts("Memory", &lines).into_iter().map(|fact| fact.name).collect();
        assert_eq!(names, ["used_memory", "used_memory_lua", "only_human"]);
        let keys = facts("Keyspace", &[("db9", "keys=8,expires=1,avg_ttl=2959796,subexpiry=0")]);
        let told: Vec<(&str, &str)> = keys.iter().map(|fact| (fact.label.as_str(), fact.value.as_str())).collect();
        assert_eq!(told[..2], [("db9 keys", "8"), ("db9 keys that expire", "1")]);
        assert_eq!((keys[2].unit, keys[3].minor), (FactUnit::Milliseconds, true));
    }

    #[test]
    fn the_hit_ratio_is_told_only_where_something_was_looked_up() {
        assert_eq!(hit_ratio(0, 0), None);
        assert_eq!(hit_ratio(3, 1).map(|fact| fact.value), Some("0.7500".to_owned()));
        assert_eq!(hit_ratio(u64::MAX, 1), None);
    }
}
