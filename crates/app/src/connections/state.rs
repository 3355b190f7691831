//! What faces see of a connection.

use driver::Capabilities;

use super::{Connected, lock};
use crate::{
    api::{AppEvent, ConnectionPhase, ConnectionState},
    registry,
};

impl Connected {
    /// The state now.
    pub(crate) fn state(&self) -> ConnectionState {
        let main = self.main();
        let can = main.as_ref().map(|main| Capabilities::of(main.connection.control())).unwrap_or_default();
        ConnectionState {
            profile_id: self.profile.id.clone(),
            phase: lock(&self.phase).clone(),
            server: self.server(),
            database: main
                .as_ref()
                .and_then(|main| main.database())
                .or_else(|| self.profile.values.get("database").cloned()),
            can_browse: can.scan,
            can_show_ddl: can.ddl,
            can_explain: can.explain,
            can_browse_keys: can.keys,
            can_browse_documents: can.documents,
            can_watch: can.activity,
            can_report: can.report,
            can_list_slow: can.slow_log,
            can_follow: can.live,
            can_secure: can.row_security,
            can_act_as: can.act_as,
            can_advise: can.advice,
            can_alter: can.alter,
            can_alter_roles: can.alter && self.stages_roles(),
            read_only: self.read_only_by(),
            sessions: self.sessions(),
            session_limit: self.session_limit(),
        }
    }

    fn stages_roles(&self) -> bool {
        self.server().is_some_and(|server| registry::stages_roles(self.driver.as_ref(), &server.product))
    }

    /// Who refuses writes, in words.
    fn read_only_by(&self) -> Option<String> {
        let server = self.server();
        let fact = server.as_ref().and_then(|server| server.facts.get("read_only")).filter(|fact| *fact != "no");
        match (self.read_only, server.as_ref(), fact) {
            (true, Some(server), Some(_)) => {
                Some(format!("Read-only by its safety level: guarded by Rowhouse and enforced by {}.", server.product))
            }
            (true, ..) => Some("Read-only by its safety level: guarded by Rowhouse.".to_owned()),
            (false, Some(server), Some(why)) => Some(format!("{} refuses writes: {why}.", server.product)),
            (false, ..) => None,
        }
    }

    pub(super) fn set_phase(&self, phase: ConnectionPhase) {
        *lock(&self.phase) = phase;
        self.emit();
    }

    /// Tells the windows.
    pub(crate) fn emit(&self) {
        // A connection of the terminal's own is nobody else's.
        if let Some(app) = self.app.upgrade().filter(|_| !self.profile.id.is_empty()) {
            app.events.emit(AppEvent::Connection { state: self.state() });
        }
    }
}
