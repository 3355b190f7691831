//! Who we are, and proof of who they are.

use bytes::BytesMut;
use postgres_protocol::{
    authentication::{
        md5_hash,
        sasl::{self, SCRAM_SHA_256, SCRAM_SHA_256_PLUS, ScramSha256},
    },
    message::frontend,
};

use super::{
    ChannelBinding, Error, Unbound, Violation,
    frame::{Reader, lossy},
};

/// The conversation from the first authentication request to AuthenticationOk.
///
/// One method only, once: a server that changes its mind half-way (after a SCRAM exchange it could not finish, say) is
/// refused, and so is one that says "ok" before its own SCRAM proof was checked.
pub(crate) struct Authentication<'a> {
    user: &'a str,
    password: Option<&'a str>,
    channel: Channel,
    state: State,
}

/// What the login goes over.
pub(crate) struct Channel {
    pub encrypted: bool,
    /// What to bind to.
    pub end_point: Option<Vec<u8>>,
    pub binding: ChannelBinding,
}

enum State {
    Start,
    /// A password was sent in the clear or hashed; nothing proves the server.
    Answered,
    Scram(Box<ScramSha256>),
    Proven,
    Done,
}

impl<'a> Authentication<'a> {
    pub(crate) fn new(user: &'a str, password: Option<&'a str>, channel: Channel) -> Self {
        Authentication { user, password, channel, state: State::Start }
    }

    pub(crate) fn is_done(&self) -> bool {
        matches!(self.state, State::Done)
    }

    /// Handles one Authentication message; what is to be answered is put into `output`. Returns the name of the method
    /// when this message decides on one.
    pub(crate) fn handle(
        &mut self,
        tag: u8,
        body: &[u8],
        output: &mut BytesMut,
    ) -> Result<Option<&'static str>, Error> {
        let mut reader = Reader::new(tag, body);
        let request = reader.i32()?;
        if self.channel.binding == ChannelBinding::Require {
            self.may_bind(request)?;
        }
        match (request, std::mem::replace(&mut self.state, State::Done)) {
            (0, State::Start) => Ok(Some("trust")),
            (0, State::Answered | State::Proven) => Ok(None),
            (0, State::Scram(_)) => Err(Error::Unproven("it skipped its part of the SCRAM exchange".to_owned())),
            (3, State::Start) => {
                let password = self.password()?;
                sendable(frontend::password_message(password.as_bytes(), output))?;
                self.state = State::Answered;
                Ok(Some("password"))
            }
            (5, State::Start) => {
                let salt = reader.u32()?.to_be_bytes();
                let hash = md5_hash(self.user.as_bytes(), self.password()?.as_bytes(), salt);
                sendable(frontend::password_message(hash.as_bytes(), output))?;
                self.state = State::Answered;
                Ok(Some("md5"))
            }
            (10, State::Start) => self.start_scram(reader, output).map(Some),
            (11, State::Scram(mut scram)) => {
                scram.update(reader.rest()).map_err(unproven)?;
                sendable(frontend::sasl_response(scram.message(), output))?;
                self.state = State::Scram(scram);
                Ok(None)
            }
            (12, State::Scram(mut scram)) => {
                scram.finish(reader.rest()).map_err(unproven)?;
                self.state = State::Proven;
                Ok(None)
            }
            (2, State::Start) => Err(Error::UnsupportedAuthentication("Kerberos V5")),
            (6, State::Start) => Err(Error::UnsupportedAuthentication("SCM credential")),
            (7, State::Start) => Err(Error::UnsupportedAuthentication("GSSAPI")),
            (9, State::Start) => Err(Error::UnsupportedAuthentication("SSPI")),
            (0..=12, _) => Err(Violation::OutOfTurn(tag).into()),
            _ => Err(Error::UnsupportedAuthentication("an unknown kind of")),
        }
    }

    fn start_scram(&mut self, mut reader: Reader<'_>, output: &mut BytesMut) -> Result<&'static str, Error> {
        let (mut plain, mut plus) = (false, false);
        loop {
            match reader.cstr()? {
                b"" => break,
                name => {
                    plain |= name == SCRAM_SHA_256.as_bytes();
                    plus |= name == SCRAM_SHA_256_PLUS.as_bytes();
                }
            }
        }
        reader.end()?;
        let end_point = self.channel.end_point.take().filter(|_| self.channel.binding != ChannelBinding::Disable);
        let (method, binding) = match (end_point, plus, plain) {
            (Some(data), true, _) => (SCRAM_SHA_256_PLUS, sasl::ChannelBinding::tls_server_end_point(data)),
            _ if self.channel.binding == ChannelBinding::Require => {
                return Err(Error::Unbound(if plus { Unbound::Certificate } else { Unbound::NotOffered }));
            }
            // "We could have bound": the server notices if somebody struck -PLUS from its list.
            (Some(_), false, true) => (SCRAM_SHA_256, sasl::ChannelBinding::unrequested()),
            (None, _, true) => (SCRAM_SHA_256, sasl::ChannelBinding::unsupported()),
            _ => return Err(Error::UnsupportedAuthentication("an unknown kind of SASL")),
        };
        let scram = ScramSha256::new(self.password()?.as_bytes(), binding);
        sendable(frontend::sasl_initial_response(method, scram.message(), output))?;
        self.state = State::Scram(Box::new(scram));
        Ok(method)
    }

    /// Refuses every way to log in that binds nothing, before anything is sent for it. What follows a SCRAM exchange is
    /// checked where that is: it was one with binding.
    fn may_bind(&self, request: i32) -> Result<(), Error> {
        if !matches!(self.state, State::Start) {
            return Ok(());
        }
        let method = match request {
            10 if self.channel.encrypted => return Ok(()),
            10 => return Err(Error::Unbound(Unbound::NotEncrypted)),
            0 => "trust",
            3 => "password",
            5 => "md5",
            // Not supported either way, which says more.
            _ => return Ok(()),
        };
        Err(Error::Unbound(if self.channel.encrypted { Unbound::Method(method) } else { Unbound::NotEncrypted }))
    }

    fn password(&self) -> Result<&'a str, Error> {
        self.password.ok_or(Error::PasswordWanted)
    }
}

fn sendable(result: std::io::Result<()>) -> Result<(), Error> {
    result.map_err(|_| Error::Unsendable("The password contains a NUL character."))
}

fn unproven(error: std::io::Error) -> Error {
    Error::Unproven(lossy(error.to_string().as_bytes()))
}
