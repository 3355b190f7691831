//! Which server to talk to: from some addresses to the member that is wanted.

use std::{collections::VecDeque, time::Duration};

use dial::{Way, tls::Encryption};
use driver::Secret;
use route::{Endpoint, Hop, Route, TlsMode, Trace};

use super::settings::{self, Preference, Settings};
use crate::wire::{Client, Error, Login, Part, Report};

/// Longest time for a TLS handshake with a server that may have none: one that has none may also just keep silent.
const TLS_OR_NOT: Duration = Duration::from_secs(3);
/// The same where the server is on this computer.
const TLS_OR_NOT_HERE: Duration = Duration::from_millis(800);
/// Members that are asked at most.
const MOST: usize = 60;

/// How servers are reached.
pub(crate) struct Reach {
    pub settings: Settings,
    /// The first addresses to ask.
    pub seeds: Vec<Endpoint>,
    pub way: Way,
    pub passphrase: Option<Secret>,
    pub timeout: Duration,
}

/// A server that was found, before anybody signs in.
pub(crate) struct Found {
    pub client: Client,
    pub endpoint: Endpoint,
}

impl Reach {
    /// The member that is wanted; `first` is asked before the others, because it was the one last time.
    ///
    /// # Errors
    /// The error of the first address that failed, or that no member is the one that is wanted.
    pub(crate) async fn find(
        &self,
        first: Option<Endpoint>,
        login: &Login,
        trace: &(dyn Fn() -> Trace + Sync),
    ) -> Result<Found, Error> {
        let mut asked: Vec<Endpoint> = Vec::new();
        let mut queue: VecDeque<Endpoint> = first.into_iter().chain(self.seeds.iter().cloned()).collect();
        let (mut second_best, mut failure, mut unfit) = (None, None, None);
        while let Some(endpoint) = queue.pop_front() {
            if asked.contains(&endpoint) || asked.len() >= MOST {
                continue;
            }
            asked.push(endpoint.clone());
            let client = match self.greet(&endpoint, login, trace).await {
                Ok(client) => client,
                Err(error) => {
                    failure.get_or_insert(error);
                    continue;
                }
            };
            let hello = client.hello();
            // Those that it knows: its primary first.
            if !self.settings.direct {
                let known = hello.hosts.iter().filter_map(|host| settings::address(host).ok());
                queue.extend(known);
                if let Some(primary) = hello.primary.as_ref().and_then(|host| settings::address(host).ok()) {
                    queue.push_front(primary);
                }
            }
            match self.judge(hello.part, hello.set_name.as_deref()) {
                Fit::Good => return Ok(Found { client, endpoint }),
                Fit::Second => second_best = second_best.or(Some(Found { client, endpoint })),
                Fit::No(why) => {
                    unfit.get_or_insert(why);
                }
            }
        }
        match (second_best, failure, unfit) {
            (Some(found), ..) => Ok(found),
            (None, Some(error), None) => Err(error),
            (None, _, why) => Err(Error::Server(Box::new(Report {
                code: 133,
                name: "FailedToSatisfyReadPreference".to_owned(),
                message: why.unwrap_or("There is no server to connect to").to_owned(),
                ..Report::default()
            }))),
        }
    }

    fn judge(&self, part: Part, set: Option<&str>) -> Fit {
        if let Some(wanted) = &self.settings.replica_set
            && set != Some(wanted)
            && part != Part::Router
        {
            return Fit::No("The server is no member of that replica set");
        }
        let preference = self.settings.preference;
        match part {
            _ if self.settings.direct => Fit::Good,
            Part::Standalone | Part::Router => Fit::Good,
            Part::Primary => match preference {
                Preference::Primary | Preference::PrimaryPreferred | Preference::Nearest => Fit::Good,
                Preference::SecondaryPreferred => Fit::Second,
                Preference::Secondary => Fit::No("No secondary of the replica set can be reached"),
            },
            Part::Secondary => match preference {
                Preference::Secondary | Preference::SecondaryPreferred | Preference::Nearest => Fit::Good,
                Preference::PrimaryPreferred => Fit::Second,
                Preference::Primary => Fit::No("The primary of the replica set cannot be reached from here"),
            },
            Part::Other => Fit::No("The server is a member of a replica set that holds no data for us"),
        }
    }

    async fn greet(
        &self,
        endpoint: &Endpoint,
        login: &Login,
        trace: &(dyn Fn() -> Trace + Sync),
    ) -> Result<Client, Error> {
        let limit = self.settings.step_timeout.min(self.timeout);
        match self.settings.encryption {
            _ if matches!(endpoint, Endpoint::Unix(_)) => {
                self.greet_once(endpoint, login, TlsMode::Disable, limit, trace).await
            }
            Encryption::Fixed(mode) => self.greet_once(endpoint, login, mode, limit, trace).await,
            Encryption::IfOffered => {
                let patience = if endpoint.is_local() { TLS_OR_NOT_HERE } else { TLS_OR_NOT };
                match self.greet_once(endpoint, login, TlsMode::Require, limit.min(patience), trace).await {
                    Err(Error::Route(hop)) if hop.hop == Hop::Tls && hop.kind != route::ErrorKind::Settings => {
                        self.greet_once(endpoint, login, TlsMode::Disable, limit, trace).await
                    }
                    result => result,
                }
            }
        }
    }

    async fn greet_once(
        &self,
        endpoint: &Endpoint,
        login: &Login,
        mode: TlsMode,
        limit: Duration,
        trace: &(dyn Fn() -> Trace + Sync),
    ) -> Result<Client, Error> {
        let tls = self.settings.files.load(mode, self.passphrase.as_ref()).await?;
        let route = self.way.lead(Route::new(endpoint.clone())).with_tls(tls).with_connect_timeout(limit);
        Client::greet(&route, login, &mut trace()).await
    }
}

enum Fit {
    Good,
    Second,
    No(&'static str),
}
