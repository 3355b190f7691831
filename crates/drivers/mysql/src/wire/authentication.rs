//! Proving who we are, method by method.

use num_bigint::BigUint;
use sha1::Sha1;
use sha2::{Digest, Sha256, Sha512};
use zeroize::Zeroizing;

use super::{Error, Violation};

/// The methods there are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Method {
    Native,
    CachingSha2,
    Sha256,
    Ed25519,
    Clear,
    /// The operating system vouches for us over a Unix socket.
    Socket,
}

impl Method {
    pub(crate) fn named(name: &str) -> Result<Self, Error> {
        Ok(match name {
            "mysql_native_password" => Method::Native,
            "caching_sha2_password" => Method::CachingSha2,
            "sha256_password" => Method::Sha256,
            "client_ed25519" => Method::Ed25519,
            "mysql_clear_password" => Method::Clear,
            "auth_socket" | "unix_socket" => Method::Socket,
            other => return Err(Error::UnsupportedAuthentication(other.chars().take(60).collect())),
        })
    }

    pub(crate) fn name(self) -> &'static str {
        match self {
            Method::Native => "mysql_native_password",
            Method::CachingSha2 => "caching_sha2_password",
            Method::Sha256 => "sha256_password",
            Method::Ed25519 => "client_ed25519",
            Method::Clear => "mysql_clear_password",
            Method::Socket => "auth_socket",
        }
    }
}

/// How exposed the connection is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Cover {
    /// Nobody can listen, and the server's identity was checked or it is this computer.
    Trusted,
    /// Encrypted, but for whoever answers.
    Encrypted,
    /// Anybody on the way can listen.
    Open {
        /// Whether a key the server shows on such a way is to be believed.
        believe_key: bool,
    },
}

/// What to send next.
pub(crate) enum Reply {
    /// These bytes.
    Send(Zeroizing<Vec<u8>>),
    /// Nothing: the server speaks next.
    Wait,
}

/// The talk with the server about who we are.
pub(crate) struct Authentication<'a> {
    method: Method,
    nonce: Vec<u8>,
    password: &'a str,
    cover: Cover,
}

impl<'a> Authentication<'a> {
    pub(crate) fn new(method: Method, nonce: &[u8], password: &'a str, cover: Cover) -> Self {
        // Scrambles are of 20 bytes (ed25519: 32), sent with a NUL behind.
        let nonce = match nonce {
            [rest @ .., 0] if rest.len() == 20 || rest.len() == 32 => rest,
            all => all,
        };
        Authentication { method, nonce: nonce.to_vec(), password, cover }
    }

    pub(crate) fn method(&self) -> Method {
        self.method
    }

    /// What the method begins with.
    pub(crate) fn first(&self) -> Result<Zeroizing<Vec<u8>>, Error> {
        let password = self.password.as_bytes();
        Ok(Zeroizing::new(match self.method {
            Method::Socket => Vec::new(),
            Method::Native if password.is_empty() => Vec::new(),
            Method::Native => native(password, &self.nonce).to_vec(),
            Method::CachingSha2 | Method::Sha256 if password.is_empty() => vec![0],
            Method::CachingSha2 => fast_sha2(password, &self.nonce).to_vec(),
            Method::Sha256 if self.cover == (Cover::Open { believe_key: true }) => vec![1],
            Method::Sha256 => return self.in_clear(),
            Method::Ed25519 => ed25519(password, &self.nonce).to_vec(),
            Method::Clear => {
                // Any server can ask for this, so only a proven one gets it.
                if self.cover != Cover::Trusted {
                    return Err(Error::PasswordExposed(self.method.name().to_owned()));
                }
                return self.in_clear();
            }
        }))
    }

    /// Answers what the server says in the middle of the method.
    pub(crate) fn more(&self, data: &[u8]) -> Result<Reply, Error> {
        match (self.method, data) {
            (Method::CachingSha2, [3]) => Ok(Reply::Wait),
            (Method::CachingSha2, [4]) => match self.cover {
                Cover::Trusted | Cover::Encrypted => Ok(Reply::Send(self.in_clear()?)),
                Cover::Open { believe_key: true } => Ok(Reply::Send(Zeroizing::new(vec![2]))),
                Cover::Open { believe_key: false } => Err(Error::PasswordExposed(self.method.name().to_owned())),
            },
            (Method::CachingSha2 | Method::Sha256, pem) if self.cover == (Cover::Open { believe_key: true }) => {
                Ok(Reply::Send(self.encrypted(pem)?))
            }
            _ => Err(Violation::OutOfTurn.into()),
        }
    }

    fn in_clear(&self) -> Result<Zeroizing<Vec<u8>>, Error> {
        if matches!(self.cover, Cover::Open { .. }) {
            return Err(Error::PasswordExposed(self.method.name().to_owned()));
        }
        let mut bytes = Zeroizing::new(Vec::with_capacity(self.password.len() + 1));
        bytes.extend_from_slice(self.password.as_bytes());
        bytes.push(0);
        Ok(bytes)
    }

    /// The password under the server's RSA key.
    fn encrypted(&self, pem: &[u8]) -> Result<Zeroizing<Vec<u8>>, Error> {
        let key = PublicKey::read(pem).ok_or(Violation::Malformed)?;
        let mut password = Zeroizing::new(self.password.as_bytes().to_vec());
        password.push(0);
        for (byte, mask) in password.iter_mut().zip(self.nonce.iter().cycle()) {
            *byte ^= mask;
        }
        let mut seed = [0u8; 20];
        getrandom::fill(&mut seed).map_err(|error| Error::Io(std::io::Error::other(error)))?;
        let sealed = key.seal(&password, seed).ok_or(Violation::Malformed)?;
        Ok(Zeroizing::new(sealed))
    }
}

fn xor<const N: usize>(mut left: [u8; N], right: [u8; N]) -> [u8; N] {
    for (left, right) in left.iter_mut().zip(right) {
        *left ^= right;
    }
    left
}

/// SHA1(password) XOR SHA1(nonce, SHA1(SHA1(password)))
fn native(password: &[u8], nonce: &[u8]) -> [u8; 20] {
    let once: [u8; 20] = Sha1::digest(password).into();
    let twice = Sha1::digest(once);
    xor(once, Sha1::new().chain_update(nonce).chain_update(twice).finalize().into())
}

/// SHA256(password) XOR SHA256(SHA256(SHA256(password)), nonce)
fn fast_sha2(password: &[u8], nonce: &[u8]) -> [u8; 32] {
    let once: [u8; 32] = Sha256::digest(password).into();
    let twice = Sha256::digest(once);
    xor(once, Sha256::new().chain_update(twice).chain_update(nonce).finalize().into())
}

/// MariaDB's Ed25519: as RFC 8032, with the password in place of the 32 bytes of the seed.
fn ed25519(password: &[u8], nonce: &[u8]) -> [u8; 64] {
    use curve25519_dalek::{EdwardsPoint, Scalar};
    let expanded: [u8; 64] = Sha512::digest(password).into();
    let mut key = [0u8; 32];
    let (low, prefix) = expanded.split_at(32);
    key.copy_from_slice(low);
    let secret = Scalar::from_bytes_mod_order(curve25519_dalek::scalar::clamp_integer(key));
    let public = EdwardsPoint::mul_base(&secret).compress();
    let wide = |hash: Sha512| Scalar::from_bytes_mod_order_wide(&hash.finalize().into());
    let once = wide(Sha512::new().chain_update(prefix).chain_update(nonce));
    let point = EdwardsPoint::mul_base(&once).compress();
    let challenge =
        wide(Sha512::new().chain_update(point.as_bytes()).chain_update(public.as_bytes()).chain_update(nonce));
    let answer = once + challenge * secret;
    let mut signature = [0u8; 64];
    let (left, right) = signature.split_at_mut(32);
    left.copy_from_slice(point.as_bytes());
    right.copy_from_slice(answer.as_bytes());
    signature
}

/// A server's RSA key.
struct PublicKey {
    modulus: BigUint,
    exponent: BigUint,
    bytes: usize,
}

impl PublicKey {
    fn read(pem: &[u8]) -> Option<Self> {
        use x509_parser::prelude::{FromDer, SubjectPublicKeyInfo, parse_x509_pem};
        use x509_parser::public_key::PublicKey as Parsed;
        let (_, pem) = parse_x509_pem(pem).ok()?;
        let (_, info) = SubjectPublicKeyInfo::from_der(&pem.contents).ok()?;
        let Parsed::RSA(key) = info.parsed().ok()? else { return None };
        let modulus = BigUint::from_bytes_be(key.modulus);
        let exponent = BigUint::from_bytes_be(key.exponent);
        let bytes = usize::try_from(modulus.bits().div_ceil(8)).ok()?;
        // Less is broken, more would only keep us busy.
        let sound = (128..=2048).contains(&bytes) && exponent.bits() <= 64 && exponent >= BigUint::from(3u8);
        sound.then_some(PublicKey { modulus, exponent, bytes })
    }

    /// RSAES-OAEP with SHA-1 (RFC 8017, 7.1.1).
    fn seal(&self, message: &[u8], mut seed: [u8; 20]) -> Option<Vec<u8>> {
        let room = self.bytes.checked_sub(42)?;
        let mut data = Zeroizing::new(Sha1::digest(b"").to_vec());
        data.resize(20 + room.checked_sub(message.len())?, 0);
        data.push(1);
        data.extend_from_slice(message);
        mask(&mut data, &seed);
        mask(&mut seed, &data);
        let mut block = Zeroizing::new(vec![0]);
        block.extend_from_slice(&seed);
        block.extend_from_slice(&data);
        let sealed = BigUint::from_bytes_be(&block).modpow(&self.exponent, &self.modulus).to_bytes_be();
        let mut padded = vec![0; self.bytes.checked_sub(sealed.len())?];
        padded.extend_from_slice(&sealed);
        Some(padded)
    }
}

/// MGF1 with SHA-1, over `target`.
fn mask(target: &mut [u8], seed: &[u8]) {
    for (counter, block) in (0u32..).zip(target.chunks_mut(20)) {
        let stream = Sha1::new().chain_update(seed).chain_update(counter.to_be_bytes()).finalize();
        for (byte, mask) in block.iter_mut().zip(stream) {
            *byte ^= mask;
        }
    }
}

#[cfg(test)]
mod tests;
