//! Faults in a row, each undone after a while.

use std::{
    process::{Command, Stdio},
    sync::{Arc, Mutex},
    time::Duration,
};

use tokio::{sync::watch, task::spawn_blocking};

use super::{
    cluster::Cluster,
    people::{Dice, Tally},
    wire::{Mode, Wire},
};
use crate::sshd::Sshd;

/// Everything that can be hurt.
#[derive(Clone)]
pub struct World {
    /// The database of this soak on the servers it shares.
    pub database: String,
    pub cluster: Arc<Cluster>,
    pub ssh: Option<Arc<Mutex<Sshd>>>,
    pub wires: Arc<Vec<Wire>>,
    /// The user of MariaDB's server whose statements and sessions may be killed, and the way to its socket.
    pub mariadb: Option<(String, String)>,
    pub pooled: Option<String>,
}

impl World {
    /// Asks a PostgreSQL server past the program; nothing while it is down.
    pub fn psql(url: &str, text: &str) -> Option<String> {
        let program = tests::servers::postgres(18)?.client_bin.join("psql");
        let output = Command::new(program).args(["-XAtq", "-d", url, "-c", text]).stdin(Stdio::null()).output().ok()?;
        output.status.success().then(|| String::from_utf8_lossy(&output.stdout).trim().to_owned())
    }

    pub fn mariadb(&self, text: &str) -> Option<String> {
        let (socket, password) = self.mariadb.as_ref()?;
        let output = Command::new("mariadb")
            .args(["--no-defaults", "--batch", "--skip-column-names", "--user=rowhouse"])
            .arg(format!("--socket={socket}"))
            .args(["-e", text])
            .env("MYSQL_PWD", password)
            .stdin(Stdio::null())
            .output()
            .ok()?;
        output.status.success().then(|| String::from_utf8_lossy(&output.stdout).trim().to_owned())
    }

    /// One fault, from its beginning to its end.
    async fn hurt(&self, which: u64, dice: &mut Dice) -> &'static str {
        let wire = &self.wires[dice.below(self.wires.len() as u64) as usize];
        match which {
            0..=2 => {
                let world = self.clone();
                spawn_blocking(move || {
                    let text = "select pg_terminate_backend(pid) from (select pid from pg_stat_activity where \
                                application_name ilike 'rowhouse%' order by random() limit 2) chosen";
                    World::psql(&world.cluster.url(), text);
                    let database = &world.database;
                    if let Some(pooled) = &world.pooled {
                        World::psql(pooled, &text.replace("where", &format!("where datname = '{database}' and")));
                    }
                    let text = format!(
                        "select id from information_schema.processlist where db = '{database}' order by rand() limit 1"
                    );
                    if let Some(id) = world.mariadb(&text).filter(|id| !id.is_empty()) {
                        world.mariadb(&format!("kill {id}"));
                    }
                })
                .await
                .unwrap();
                "backends killed"
            }
            3 | 4 => {
                wire.set(Mode::Cut);
                tokio::time::sleep(Duration::from_millis(dice.below(1500))).await;
                wire.set(Mode::Up);
                "wire cut"
            }
            5 | 6 => {
                wire.set(Mode::Silent);
                tokio::time::sleep(Duration::from_millis(1000 + dice.below(6000))).await;
                wire.set(Mode::Up);
                "wire silent"
            }
            7 | 8 => {
                let Some(ssh) = self.ssh.clone() else { return "nothing" };
                let stands = which == 8;
                let pause = Duration::from_millis(500 + dice.below(5000));
                spawn_blocking(move || {
                    let mut ssh = ssh.lock().unwrap();
                    if stands {
                        ssh.signal("-STOP");
                        std::thread::sleep(pause);
                        ssh.signal("-CONT");
                    } else {
                        ssh.kill();
                        std::thread::sleep(pause / 5);
                        ssh.launch();
                    }
                })
                .await
                .unwrap();
                if stands { "sshd stopped" } else { "sshd killed" }
            }
            _ => {
                let (cluster, pause) = (Arc::clone(&self.cluster), Duration::from_millis(dice.below(2500)));
                spawn_blocking(move || {
                    cluster.stop();
                    std::thread::sleep(pause);
                    cluster.launch();
                })
                .await
                .unwrap();
                "server restarted"
            }
        }
    }

    /// Hurts until told to stop; everything is whole again then.
    pub async fn trouble(self, mut dice: Dice, tally: Tally, stop: watch::Receiver<bool>) -> Dice {
        while !*stop.borrow() {
            tokio::time::sleep(Duration::from_millis(300 + dice.below(2500))).await;
            let which = dice.below(10);
            tally.note(self.hurt(which, &mut dice).await);
        }
        dice
    }
}
