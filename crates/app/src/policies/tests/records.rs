//! What was sent and whose answer nobody got: found out afterwards, told, and never lost.

use super::*;
use crate::testing::{
    Memory, crashed_over,
    relay::{Relay, Wire},
    servers::shop_over,
};

/// A database behind a relay, the direct way beside it, and the keychain that outlives a crash.
struct Behind {
    made: Made,
    shop: Shop,
    relay: Relay,
    vault: Arc<Memory>,
}

impl Behind {
    async fn a_relay(variable: &str) -> Option<Behind> {
        let made = Made::on(variable, Safety::Free).await?;
        let url = url::Url::parse(&address(variable)?).unwrap();
        let server = format!("{}:{}", url.host_str().unwrap(), url.port().unwrap_or(5432));
        let relay = Relay::to(server, "CREATE POLICY").await;
        let mut through = url.clone();
        through.set_host(Some("127.0.0.1")).unwrap();
        through.set_port(Some(relay.port)).unwrap();
        through.set_path(&made.name);
        through.set_query(Some("sslmode=disable"));
        let vault = Arc::new(Memory::default());
        let shop = shop_over(through.as_str(), Safety::Free, Arc::clone(&vault) as _).await;
        let edits = vec![
            PolicyEdit::Create {
                id: None,
                on: on("nothing"),
                policy: draft("new", PolicyCommand::Select, "id in (1, 2)"),
            },
            PolicyEdit::RowSecurity { on: on("quiet"), enabled: true, forced: false },
        ];
        shop.app.policy_stage(&shop.profile, None, edits).await.unwrap();
        Some(Behind { made, shop, relay, vault })
    }

    async fn apply(&self) -> Result<PolicyApplied, AppError> {
        self.shop.app.policy_apply(&self.shop.profile, None, Vec::new(), None, None).await
    }

    /// What is staged, once it is known what became of what was sent.
    async fn staged(&self) -> PolicyDrafts {
        loop {
            let drafts = self.shop.app.policy_staged(&self.shop.profile, None).await.unwrap();
            if !drafts.last.as_ref().is_some_and(|last| last.words.contains("on their way")) {
                return drafts;
            }
        }
    }

    async fn policies(&self) -> String {
        self.made.value("SELECT count(*) FROM pg_policy WHERE polname = 'new'").await
    }

    /// Stops the store from noting the end of what is sent, as when the program ends before it can.
    async fn forgetful(&self) {
        for (name, on) in [("stays", "UPDATE OF state ON change_sets"), ("drafts", "DELETE ON policy_drafts")] {
            let stays =
                format!("CREATE TRIGGER {name} BEFORE {on} BEGIN SELECT RAISE(ABORT, 'the program has ended'); END");
            self.in_store(&stays).await;
        }
    }

    async fn in_store(&self, text: &str) {
        let mut change = self.shop.app.store.write().await.unwrap();
        sqlx::query(sqlx::AssertSqlSafe(text.to_owned())).execute(&mut *change).await.unwrap();
        change.commit().await.unwrap();
    }

    /// The program is killed and begins anew.
    async fn crash(self) -> Behind {
        let shop = crashed_over(self.shop, Arc::clone(&self.vault) as _).await;
        Behind { shop, ..self }
    }

    async fn remove(self) {
        self.shop.app.disconnect(&self.shop.profile).await.unwrap();
        self.made.remove().await;
    }
}

#[tokio::test]
async fn a_commit_that_arrived_without_its_answer_is_found_out_and_told_until_it_is_read() {
    for variable in SERVERS {
        let Some(behind) = Behind::a_relay(variable).await else { continue };
        behind.relay.set(Wire::Answerless);
        let lost = behind.apply().await.unwrap_err();
        assert_eq!(lost.code, ErrorCode::Unreachable, "{lost:?}");
        behind.shop.app.connect(&behind.shop.profile).await.unwrap();
        let drafts = behind.staged().await;
        let last = drafts.last.unwrap();
        assert_eq!((last.state, drafts.changes), (PolicyFate::Applied, Vec::new()), "{}", last.words);
        assert!(
            last.words.contains("had arrived") && last.statements.iter().any(|text| text.contains("CREATE POLICY"))
        );
        assert_eq!(behind.policies().await, "1");
        // It can be taken back as what was applied with an answer.
        let applied: i64 = sqlx::query_scalar("SELECT max(id) FROM policy_applied")
            .fetch_one(behind.shop.app.store.read())
            .await
            .unwrap();
        let undo = vec![PolicyEdit::Undo { applied }];
        let undo = behind.shop.app.policy_stage(&behind.shop.profile, None, undo).await.unwrap();
        assert_eq!((undo.changes.len(), undo.last.map(|last| last.state)), (2, Some(PolicyFate::Applied)));
        behind.shop.app.forget_policy_apply(&behind.shop.profile, last.id).await.unwrap();
        assert_eq!(behind.staged().await.last, None);
        behind.remove().await;
    }
}

#[tokio::test]
async fn a_commit_that_did_not_arrive_leaves_everything_staged() {
    for variable in SERVERS {
        let Some(behind) = Behind::a_relay(variable).await else { continue };
        behind.relay.set(Wire::Cut);
        assert_eq!(behind.apply().await.unwrap_err().code, ErrorCode::Unreachable);
        behind.shop.app.connect(&behind.shop.profile).await.unwrap();
        let drafts = behind.staged().await;
        assert_eq!((drafts.last.unwrap().state, drafts.changes.len()), (PolicyFate::NotApplied, 2));
        assert_eq!(behind.policies().await, "0");
        assert!(matches!(behind.apply().await.unwrap(), PolicyApplied::Applied { changes: 2, .. }));
        assert_eq!(behind.policies().await, "1");
        behind.remove().await;
    }
}

#[tokio::test]
async fn what_was_committed_before_the_program_was_killed_is_not_staged_afterwards() {
    for variable in SERVERS {
        let Some(behind) = Behind::a_relay(variable).await else { continue };
        behind.forgetful().await;
        behind.apply().await.unwrap_err();
        assert_eq!(behind.policies().await, "1", "it was committed");
        let behind = behind.crash().await;
        for name in ["stays", "drafts"] {
            behind.in_store(&format!("DROP TRIGGER {name}")).await;
        }
        let kept = drafts::load(&behind.shop.app.store, &behind.shop.profile, &behind.made.name).await.unwrap();
        assert_eq!(kept.set().changes.len(), 2, "the store still has them");
        let drafts = behind.staged().await;
        assert_eq!((drafts.last.unwrap().state, drafts.changes), (PolicyFate::Applied, Vec::new()));
        behind.remove().await;
    }
}

#[tokio::test]
async fn what_was_sent_and_never_about_to_be_committed_was_not_applied() {
    for variable in SERVERS {
        let Some(behind) = Behind::a_relay(variable).await else { continue };
        // It ends where the mark would be written.
        behind
            .in_store(
                "CREATE TRIGGER marks BEFORE UPDATE OF mark ON change_sets BEGIN SELECT RAISE(ABORT, 'ended'); END",
            )
            .await;
        behind.forgetful().await;
        let refused = behind.apply().await.unwrap_err();
        assert!(refused.message.contains("could not be written down"), "{refused:?}");
        assert_eq!(behind.policies().await, "0", "without a record nothing is committed");
        let behind = behind.crash().await;
        for name in ["stays", "drafts", "marks"] {
            behind.in_store(&format!("DROP TRIGGER {name}")).await;
        }
        let drafts = behind.staged().await;
        assert_eq!((drafts.last.unwrap().state, drafts.changes.len()), (PolicyFate::NotApplied, 2));
        behind.remove().await;
    }
}

#[tokio::test]
async fn where_the_server_does_not_remember_the_catalog_tells_or_nobody_does() {
    for variable in SERVERS {
        let Some(behind) = Behind::a_relay(variable).await else { continue };
        // A number that no transaction of this server has yet.
        let elsewhere = "UPDATE change_sets SET mark = '4000000000000', state = 'sent', untold = NULL";
        assert!(matches!(behind.apply().await.unwrap(), PolicyApplied::Applied { .. }));
        behind.in_store(elsewhere).await;
        let id = behind.staged().await.last.unwrap();
        assert_eq!(id.state, PolicyFate::Applied, "{}", id.words);
        run(&behind.made.shop, "DROP POLICY new ON app.nothing; ALTER TABLE app.quiet DISABLE ROW LEVEL SECURITY")
            .await;
        behind.in_store(elsewhere).await;
        assert_eq!(behind.staged().await.last.unwrap().state, PolicyFate::NotApplied);
        run(&behind.made.shop, "ALTER TABLE app.quiet ENABLE ROW LEVEL SECURITY").await;
        behind.in_store(elsewhere).await;
        let last = behind.staged().await.last.unwrap();
        assert_eq!(last.state, PolicyFate::Unknown);
        assert!(last.words.contains("look at the tables"), "{}", last.words);
        behind.remove().await;
    }
}
