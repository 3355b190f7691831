//! SCRAM (RFC 5802 and 7677) as this server uses it: with SHA-1 the password is an MD5 of user and password, with SHA-256 it is
//! prepared by SASLprep.

use std::num::NonZeroU32;

use base64::{Engine, prelude::BASE64_STANDARD};
use md5::{Digest, Md5};
use ring::{digest, hmac, pbkdf2};
use zeroize::Zeroizing;

use super::Error;

/// Fewer rounds than these make guessing too easy; the specification forbids them.
const LEAST_ROUNDS: u32 = 4096;
/// More than these would only keep us busy.
const MOST_ROUNDS: u32 = 10_000_000;

/// One sign-in.
pub(super) struct Scram {
    sha256: bool,
    password: Zeroizing<String>,
    nonce: String,
    first_bare: String,
    server_signature: Option<Vec<u8>>,
}

impl Scram {
    pub(super) fn begin(sha256: bool, user: &str, password: &str) -> Result<Self, Error> {
        let mut random = [0; 24];
        getrandom::fill(&mut random).map_err(|_| Error::Protocol("there are no random numbers"))?;
        Self::with_nonce(sha256, user, password, BASE64_STANDARD.encode(random))
    }

    fn with_nonce(sha256: bool, user: &str, password: &str, nonce: String) -> Result<Self, Error> {
        let password = match sha256 {
            true => Zeroizing::new(stringprep::saslprep(password).map_err(|_| Error::UnusablePassword)?.into_owned()),
            false => {
                let digested = Zeroizing::new(format!("{user}:mongo:{password}"));
                Zeroizing::new(crate::documents::hex(&Md5::digest(digested.as_bytes())))
            }
        };
        let escaped = user.replace('=', "=3D").replace(',', "=2C");
        let first_bare = format!("n={escaped},r={nonce}");
        Ok(Scram { sha256, password, nonce, first_bare, server_signature: None })
    }

    /// The first message.
    pub(super) fn first(&self) -> String {
        format!("n,,{}", self.first_bare)
    }

    /// The answer to the server's first message.
    pub(super) fn answer(&mut self, challenge: &[u8]) -> Result<String, Error> {
        let wrong = || Error::Protocol("the server's challenge is none");
        let challenge = std::str::from_utf8(challenge).map_err(|_| wrong())?;
        let part = |key: &str| challenge.split(',').find_map(|part| part.strip_prefix(key));
        let (nonce, salt, rounds) =
            (part("r=").ok_or_else(wrong)?, part("s=").ok_or_else(wrong)?, part("i=").ok_or_else(wrong)?);
        let rounds: u32 = rounds.parse().map_err(|_| wrong())?;
        if !nonce.starts_with(&self.nonce)
            || nonce.len() == self.nonce.len()
            || !(LEAST_ROUNDS..=MOST_ROUNDS).contains(&rounds)
        {
            return Err(wrong());
        }
        let salt = BASE64_STANDARD.decode(salt).map_err(|_| wrong())?;
        let rounds = NonZeroU32::new(rounds).ok_or_else(wrong)?;
        let (derivation, algorithm, hash) = match self.sha256 {
            true => (pbkdf2::PBKDF2_HMAC_SHA256, hmac::HMAC_SHA256, &digest::SHA256),
            false => (pbkdf2::PBKDF2_HMAC_SHA1, hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY, &digest::SHA1_FOR_LEGACY_USE_ONLY),
        };
        let mut salted = Zeroizing::new(vec![0; hash.output_len()]);
        pbkdf2::derive(derivation, rounds, &salt, self.password.as_bytes(), &mut salted);
        let salted = hmac::Key::new(algorithm, &salted);
        let client_key = hmac::sign(&salted, b"Client Key");
        let stored_key = digest::digest(hash, client_key.as_ref());
        let without_proof = format!("c=biws,r={nonce}");
        let message = format!("{},{challenge},{without_proof}", self.first_bare);
        let signature = hmac::sign(&hmac::Key::new(algorithm, stored_key.as_ref()), message.as_bytes());
        let proof: Vec<u8> = client_key.as_ref().iter().zip(signature.as_ref()).map(|(key, sign)| key ^ sign).collect();
        let server_key = hmac::sign(&salted, b"Server Key");
        let server = hmac::sign(&hmac::Key::new(algorithm, server_key.as_ref()), message.as_bytes());
        self.server_signature = Some(server.as_ref().to_vec());
        Ok(format!("{without_proof},p={}", BASE64_STANDARD.encode(proof)))
    }

    /// Whether the server knows the password, too.
    pub(super) fn verify(&self, last: &[u8]) -> Result<(), Error> {
        let given =
            std::str::from_utf8(last).ok().and_then(|text| text.split(',').find_map(|part| part.strip_prefix("v=")));
        let given = given.and_then(|given| BASE64_STANDARD.decode(given).ok());
        match given.is_some() && given == self.server_signature {
            true => Ok(()),
            false => Err(Error::ServerNotProven),
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn the_examples_of_the_specification_are_kept() {
        // `source/auth/auth.md`: SCRAM-SHA-1 step by step.
        let mut one = Scram::with_nonce(false, "user", "pencil", "fyko+d2lbbFgONRv9qkxdawL".into()).unwrap();
        assert_eq!(one.first(), "n,,n=user,r=fyko+d2lbbFgONRv9qkxdawL");
        let challenge = "r=fyko+d2lbbFgONRv9qkxdawLHo+Vgk7qvUOKUwuWLIWg4l/9SraGMHEE,s=rQ9ZY3MntBeuP3E1TDVC4w==,i=10000";
        assert_eq!(
            one.answer(challenge.as_bytes()).unwrap(),
            "c=biws,r=fyko+d2lbbFgONRv9qkxdawLHo+Vgk7qvUOKUwuWLIWg4l/9SraGMHEE,p=MC2T8BvbmWRckDw8oWl5IVghwCY="
        );
        one.verify(b"v=UMWeI25JD1yNYZRMpZ4VHvhZ9e0=").unwrap();
        // RFC 7677.
        let mut two = Scram::with_nonce(true, "user", "pencil", "rOprNGfwEbeRWgbNEkqO".into()).unwrap();
        let challenge = "r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096";
        assert_eq!(
            two.answer(challenge.as_bytes()).unwrap(),
            "c=biws,r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,p=dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ="
        );
        two.verify(b"v=6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4=").unwrap();
        assert!(matches!(two.verify(b"v=AAAA"), Err(Error::ServerNotProven)));
        assert!(matches!(two.verify(b"e=other-error"), Err(Error::ServerNotProven)));
    }

    #[test]
    fn a_challenge_that_is_none_is_refused() {
        for challenge in [
            "",
            "r=abc,s=QUJD,i=4096",
            "r=nonce,s=QUJD,i=4096",
            "r=nonceX,s=!,i=4096",
            "r=nonceX,s=QUJD,i=4095",
            "r=nonceX,s=QUJD,i=99999999",
            "r=nonceX,s=QUJD,i=x",
        ] {
            let mut scram = Scram::with_nonce(true, "a,b=c", "p", "nonce".into()).unwrap();
            assert_eq!(scram.first(), "n,,n=a=2Cb=3Dc,r=nonce");
            assert!(matches!(scram.answer(challenge.as_bytes()), Err(Error::Protocol(_))), "{challenge}");
        }
        assert!(matches!(Scram::with_nonce(true, "u", "a\u{7}", "n".into()), Err(Error::UnusablePassword)));
    }
}
