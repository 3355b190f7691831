#![allow(clippy::unwrap_used, clippy::panic)]
use std::collections::BTreeMap;

use driver::fake::FakeDriver;
use tempfile::TempDir;

use super::*;
use crate::{Face, Parts, connections::tests::until as becomes, keychain::Keychain, registry::Registry, testing};

struct Place {
    app: Arc<App>,
    server: FakeDriver,
    profile: String,
    heard: Mutex<mpsc::UnboundedReceiver<AppEvent>>,
    _home: TempDir,
}

impl Place {
    async fn open(safety: Safety) -> Place {
        let server = FakeDriver::builder("1").tells().build();
        let home = testing::home();
        let parts = Parts {
            keychain: Keychain::over(Arc::new(testing::Memory::default())),
            registry: Registry::of(vec![Arc::new(server.clone())]),
        };
        let app = testing::open_parts(home.path(), Face::Window, parts).await;
        let draft = ProfileDraft {
            name: "shop".to_owned(),
            driver: "fake".to_owned(),
            values: BTreeMap::from([("host".to_owned(), "fake".to_owned())]),
            password_policy: PasswordPolicy::None,
            safety,
            ..ProfileDraft::default()
        };
        let profile = app.save_profile(draft).await.unwrap().id;
        app.connect(&profile).await.unwrap();
        let heard = Mutex::new(app.events());
        Place { app, server, profile, heard, _home: home }
    }

    fn request(&self, kind: &str, topic: &str) -> LiveRequest {
        LiveRequest {
            tab_id: "tab".to_owned(),
            profile_id: self.profile.clone(),
            database: None,
            kind: kind.to_owned(),
            topic: topic.to_owned(),
            limit_s: None,
        }
    }

    async fn start(&self) -> LiveState {
        self.app.live_start(self.request("messages", "a b")).await.unwrap()
    }

    fn state(&self) -> LiveState {
        self.app.live_state("tab").unwrap()
    }

    /// Says numbers, one batch for each ten.
    async fn say(&self, numbers: std::ops::Range<u32>) {
        let texts: Vec<String> = numbers.map(|number| number.to_string()).collect();
        for ten in texts.chunks(10) {
            self.server.says(&ten.iter().map(String::as_str).collect::<Vec<_>>()).await;
        }
    }

    async fn texts(&self, state: &LiveState) -> Vec<String> {
        let request = CopyRequest {
            hold_id: state.head.hold_id.clone(),
            first_row: 0,
            rows: 10_000,
            columns: vec![0],
            format: CopyFormat::Tsv,
            header: false,
            options: None,
        };
        let copied = self.app.copy(request).await.unwrap();
        copied.text.lines().map(str::to_owned).collect()
    }

    fn emitted(&self) -> Vec<LiveState> {
        let mut heard = lock(&self.heard);
        let mut found = Vec::new();
        while let Ok(event) = heard.try_recv() {
            if let AppEvent::Live { state } = event {
                found.push(state);
            }
        }
        found
    }

    fn used(&self) -> u32 {
        self.app.connection_states()[0].sessions
    }
}

#[tokio::test]
async fn rows_come_into_a_hold_that_is_read_copied_and_filtered_like_any_other() {
    let place = Place::open(Safety::Free).await;
    assert!(place.app.connection_states()[0].can_follow);
    let offers = place.app.live_offers(&place.profile, None).await.unwrap();
    assert_eq!((offers[0].id.as_str(), offers[1].most_s), ("messages", Some(600)));
    let before = place.used();
    let begun = place.start().await;
    assert_eq!((begun.rows, &begun.phase, place.used()), (0, &LivePhase::Following, before + 1));
    place.say(0..25).await;
    becomes(|| place.state().rows == 25).await;
    let state = place.state();
    assert_eq!((state.received, state.dropped, &state.head.hold_id), (25, 0, &begun.head.hold_id));
    assert_eq!(place.texts(&state).await, (0..25).map(|n| n.to_string()).collect::<Vec<_>>());
    assert!(!place.app.hold_window(&state.head.hold_id, 20, 5, vec![0]).await.unwrap().is_empty());
    let told = place.emitted();
    assert!(told.last().is_some_and(|last| last.rows == 25), "{}", told.len());
    assert!(told.windows(2).all(|two| two[0].turn < two[1].turn), "a later state has a higher number");

    place.app.live_order("tab", LiveOrder::Stop).unwrap();
    becomes(|| matches!(place.state().phase, LivePhase::Ended { .. })).await;
    assert_eq!(place.used(), before, "its session is given back");
    assert_eq!(place.server.says(&["late"]).await, 0, "nobody listens any more");
    assert_eq!(place.texts(&place.state()).await.len(), 25, "the rows stay");
    place.app.live_order("tab", LiveOrder::Close).unwrap();
    assert!(place.app.live_state("tab").is_none());
    let held = || place.app.live.holds.get(&state.head.hold_id).is_ok();
    becomes(|| !held()).await;
}

#[tokio::test]
async fn where_there_is_no_more_room_the_oldest_go_and_are_counted() {
    let place = Place::open(Safety::Free).await;
    *lock(&place.app.live.followings.room) = Some((100, 1 << 20));
    let begun = place.start().await;
    place.say(0..250).await;
    becomes(|| place.state().received == 250).await;
    becomes(|| place.state().rows + place.state().dropped == 250).await;
    let state = place.state();
    assert!(state.dropped >= 150 && state.rows <= 100, "{state:?}");
    assert_ne!(state.head.hold_id, begun.head.hold_id);
    let texts = place.texts(&state).await;
    assert_eq!(texts, (state.dropped..250).map(|n| n.to_string()).collect::<Vec<_>>(), "the newest, in order");
    assert!(place.app.live.holds.get(&begun.head.hold_id).is_err(), "what nobody looks at any more is given up");
}

#[tokio::test]
async fn while_it_is_paused_nothing_that_is_seen_goes_and_what_finds_no_room_is_counted() {
    let place = Place::open(Safety::Free).await;
    *lock(&place.app.live.followings.room) = Some((100, 1 << 20));
    let begun = place.start().await;
    place.say(0..50).await;
    becomes(|| place.state().rows == 50).await;
    place.app.live_order("tab", LiveOrder::Pause).unwrap();
    becomes(|| place.state().paused).await;
    place.say(50..200).await;
    becomes(|| place.state().received == 200).await;
    becomes(|| place.state().rows + place.state().dropped == 200).await;
    let state = place.state();
    assert_eq!((state.rows, state.dropped, &state.head.hold_id), (100, 100, &begun.head.hold_id));
    assert_eq!(place.texts(&state).await.last().unwrap(), "99");
    place.app.live_order("tab", LiveOrder::Resume).unwrap();
    becomes(|| !place.state().paused).await;
    place.say(200..210).await;
    becomes(|| place.state().received == 210).await;
    becomes(|| place.state().rows == 60).await;
    assert_eq!(place.texts(&place.state()).await.last().unwrap(), "209");
    place.app.live_order("tab", LiveOrder::Clear).unwrap();
    becomes(|| place.state().rows == 0 && place.state().received == 0 && place.state().dropped == 0).await;
    place.say(0..3).await;
    becomes(|| place.state().rows == 3).await;
}

#[tokio::test]
async fn a_lost_connection_is_told_and_so_is_the_end_of_time() {
    let place = Place::open(Safety::Free).await;
    let state = place.app.live_start(place.request("limited", "")).await.unwrap();
    let left = state.ends_ms.unwrap() - now_ms();
    assert!((29_000..=30_000).contains(&left), "{left}");
    let lost = || LiveEvent::Lost(driver::Error::new(driver::Code::Unreachable, "The server hung up."));
    place.server.happens(lost).await;
    becomes(|| matches!(place.state().phase, LivePhase::Lost { .. })).await;
    place.server.happens(|| LiveEvent::Back { missed: true }).await;
    becomes(|| place.state().phase == LivePhase::Following && place.state().gaps == 1).await;
    place.server.happens(|| LiveEvent::Ended(LiveEnd::Limit(Duration::from_secs(90)))).await;
    let ended = |state: LiveState| match state.phase {
        LivePhase::Ended { reason, .. } => Some(reason),
        _ => None,
    };
    becomes(|| ended(place.state()).is_some()).await;
    assert_eq!(ended(place.state()).unwrap(), "Its time of 1 min 30 s is up.");
    assert_eq!(place.state().ends_ms, None);
    let long = LiveRequest { limit_s: Some(9999), ..place.request("limited", "") };
    let state = place.app.live_start(long).await.unwrap();
    assert!(state.ends_ms.unwrap() - now_ms() <= 600_000, "never longer than the kind allows");
}

#[tokio::test]
async fn it_ends_with_its_connection_and_with_its_tab() {
    let place = Place::open(Safety::Free).await;
    place.start().await;
    place.say(0..3).await;
    becomes(|| place.state().rows == 3).await;
    place.app.disconnect(&place.profile).await.unwrap();
    becomes(|| matches!(place.state().phase, LivePhase::Ended { .. })).await;
    assert_eq!(place.texts(&place.state()).await.len(), 3, "what was read stays");
    let error = place.app.live_order("other", LiveOrder::Pause).unwrap_err();
    assert_eq!(error.code, ErrorCode::NotFound);
    place.app.close_tab("tab").await.unwrap();
    assert!(place.app.live_state("tab").is_none());
    let wrong = place.app.live_start(place.request("messages", " ")).await.unwrap_err();
    assert_eq!(wrong.code, ErrorCode::InvalidStatement);
    let again = place.start().await;
    assert_eq!(again.rows, 0);
}

#[tokio::test]
async fn settings_are_changed_and_messages_sent_as_the_safety_level_says() {
    let place = Place::open(Safety::ConfirmWrites).await;
    let request = place.request("messages", "a");
    let LiveOutlook::Off { statement, .. } = place.app.live_outlook(request.clone()).await.unwrap() else { panic!() };
    let statement = statement.unwrap();
    let asked = place.app.live_switch_on(request.clone(), statement.clone(), false).await.unwrap();
    assert!(matches!(&asked, ServerDeed::Confirm { statement: shown, .. } if *shown == statement), "{asked:?}");
    assert!(matches!(place.app.live_outlook(request.clone()).await.unwrap(), LiveOutlook::Off { .. }));
    place.app.live_switch_on(request.clone(), statement.clone(), true).await.unwrap();
    assert_eq!(place.app.live_outlook(request.clone()).await.unwrap(), LiveOutlook::Ready);
    let publish = LivePublish {
        profile_id: place.profile.clone(),
        database: None,
        kind: "messages".to_owned(),
        topic: "a".to_owned(),
        payload: "hello".to_owned(),
        confirmed: false,
    };
    let asked = place.app.live_publish(publish.clone()).await.unwrap();
    assert!(matches!(&asked, ServerDeed::Confirm { statement, .. } if statement == "send a hello"), "{asked:?}");
    assert_eq!(place.server.published(), Vec::<String>::new());
    let sent = place.app.live_publish(LivePublish { confirmed: true, ..publish.clone() }).await.unwrap();
    assert_eq!(
        sent,
        ServerDeed::Done { message: "It was sent. Nobody received it, as far as the server tells.".to_owned() }
    );
    assert_eq!(place.server.published(), ["a hello"]);
    let nowhere = LivePublish { topic: String::new(), ..publish.clone() };
    assert_eq!(place.app.live_publish(nowhere).await.unwrap_err().code, ErrorCode::InvalidStatement);
    let trail = place.app.audit(AuditQuery { limit: 9, ..AuditQuery::default() }).await.unwrap();
    assert_eq!(trail.iter().map(|line| line.text.as_str()).collect::<Vec<_>>(), ["send a hello", statement.as_str()]);

    let free = Place::open(Safety::Free).await;
    let publish = LivePublish { profile_id: free.profile.clone(), ..publish };
    assert!(matches!(free.app.live_publish(publish.clone()).await.unwrap(), ServerDeed::Done { .. }));
    let asked = free.app.live_switch_on(free.request("messages", "a"), statement.clone(), false).await.unwrap();
    assert!(matches!(asked, ServerDeed::Confirm { .. }), "a setting of the server is never changed without a yes");

    let closed = Place::open(Safety::ReadOnly).await;
    let publish = LivePublish { profile_id: closed.profile.clone(), confirmed: true, ..publish };
    assert_eq!(closed.app.live_publish(publish).await.unwrap_err().code, ErrorCode::Forbidden);
    let refused = closed.app.live_switch_on(closed.request("messages", "a"), statement, true).await.unwrap_err();
    assert_eq!(refused.code, ErrorCode::Forbidden);
    assert_eq!((closed.server.published().len(), closed.start().await.rows), (0, 0));
}

#[tokio::test]
async fn slow_statements_are_forgotten_after_a_yes_and_never_on_a_read_only_connection() {
    let place = Place::open(Safety::Free).await;
    let state = &place.app.connection_states()[0];
    assert!(state.can_report && state.can_list_slow);
    assert_eq!(place.app.server_report(&place.profile).await.unwrap().advice[0].text, "All is well.");
    assert_eq!(place.app.slow_statements(&place.profile).await.unwrap().statements[0].at_ms, 1_795_460_689_000);
    let asked = place.app.forget_slow(&place.profile, false).await.unwrap();
    assert!(matches!(&asked, ServerDeed::Confirm { statement, .. } if statement == "forget slow"), "{asked:?}");
    assert_eq!(place.app.slow_statements(&place.profile).await.unwrap().statements.len(), 1);
    place.app.forget_slow(&place.profile, true).await.unwrap();
    assert!(place.app.slow_statements(&place.profile).await.unwrap().statements.is_empty());
    let trail = place.app.audit(AuditQuery { limit: 9, ..AuditQuery::default() }).await.unwrap();
    assert_eq!((trail.len(), trail[0].text.as_str()), (1, "forget slow"));
    let closed = Place::open(Safety::ReadOnly).await;
    let refused = closed.app.forget_slow(&closed.profile, true).await.unwrap_err();
    assert_eq!(refused.code, ErrorCode::Forbidden);
    assert_eq!(closed.app.slow_statements(&closed.profile).await.unwrap().statements.len(), 1);
    closed.app.disconnect(&closed.profile).await.unwrap();
    assert_eq!(closed.app.server_report(&closed.profile).await.unwrap_err().code, ErrorCode::Unreachable);
}
