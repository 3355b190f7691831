//! What a certificate says about itself.

use rustls_pki_types::CertificateDer;
use sha2::{Digest, Sha224, Sha256, Sha384, Sha512};
use x509_parser::{
    oid_registry::{
        OID_HASH_SHA1, OID_MD5_WITH_RSA, OID_NIST_HASH_SHA256, OID_NIST_HASH_SHA384, OID_NIST_HASH_SHA512,
        OID_PKCS1_MD5WITHRSAENC, OID_PKCS1_RSASSAPSS, OID_PKCS1_SHA1WITHRSA, OID_PKCS1_SHA224WITHRSA,
        OID_PKCS1_SHA256WITHRSA, OID_PKCS1_SHA384WITHRSA, OID_PKCS1_SHA512WITHRSA, OID_SHA1_WITH_RSA,
        OID_SIG_ECDSA_WITH_SHA224, OID_SIG_ECDSA_WITH_SHA256, OID_SIG_ECDSA_WITH_SHA384, OID_SIG_ECDSA_WITH_SHA512,
    },
    prelude::{FromDer, GeneralName, X509Certificate},
    signature_algorithm::SignatureAlgorithm,
};

/// Facts about the certificate a server showed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PeerCertificate {
    /// The subject's distinguished name, as `CN=db.example.org, O=Example`.
    pub subject: String,
    /// The issuer's distinguished name.
    pub issuer: String,
    /// The DNS names and IP addresses it is for.
    pub names: Vec<String>,
    /// Start of its validity, in seconds since 1970 UTC.
    pub not_before_unix_s: i64,
    /// End of its validity, in seconds since 1970 UTC.
    pub not_after_unix_s: i64,
    /// SHA-256 of the DER bytes, lower-case hex.
    pub sha256: String,
}

impl PeerCertificate {
    pub(crate) fn read(der: &CertificateDer<'_>) -> Option<Self> {
        let (_, certificate) = X509Certificate::from_der(der).ok()?;
        let names = certificate
            .subject_alternative_name()
            .ok()
            .flatten()
            .map(|extension| extension.value.general_names.iter().filter_map(name).collect())
            .unwrap_or_default();
        Some(PeerCertificate {
            subject: certificate.subject().to_string(),
            issuer: certificate.issuer().to_string(),
            names,
            not_before_unix_s: certificate.validity().not_before.timestamp(),
            not_after_unix_s: certificate.validity().not_after.timestamp(),
            sha256: Sha256::digest(der).iter().map(|byte| format!("{byte:02x}")).collect(),
        })
    }
}

fn name(name: &GeneralName<'_>) -> Option<String> {
    match name {
        GeneralName::DNSName(name) => Some((*name).to_owned()),
        GeneralName::IPAddress(bytes) => match <[u8; 4]>::try_from(*bytes) {
            Ok(v4) => Some(std::net::Ipv4Addr::from(v4).to_string()),
            Err(_) => <[u8; 16]>::try_from(*bytes).ok().map(|v6| std::net::Ipv6Addr::from(v6).to_string()),
        },
        _ => None,
    }
}

/// `tls-server-end-point`: the certificate hashed as its own signature hashes, SHA-256 in place of MD5 and SHA-1.
/// `None` where the signature names no single hash (Ed25519, Ed448) or an unknown one: the binding is undefined then.
///
/// # Source
/// RFC 5929 section 4.1.
pub(crate) fn end_point(der: &CertificateDer<'_>) -> Option<Vec<u8>> {
    let (_, certificate) = X509Certificate::from_der(der).ok()?;
    let algorithm = &certificate.signature_algorithm;
    let oid = &algorithm.algorithm;
    let is = |list: &[&x509_parser::der_parser::Oid<'_>]| list.contains(&oid);
    if is(&[&OID_PKCS1_RSASSAPSS]) {
        let Ok(SignatureAlgorithm::RSASSA_PSS(params)) = SignatureAlgorithm::try_from(algorithm) else { return None };
        let hash = params.hash_algorithm_oid();
        return if *hash == OID_NIST_HASH_SHA256 || *hash == OID_HASH_SHA1 {
            Some(Sha256::digest(der).to_vec())
        } else if *hash == OID_NIST_HASH_SHA384 {
            Some(Sha384::digest(der).to_vec())
        } else if *hash == OID_NIST_HASH_SHA512 {
            Some(Sha512::digest(der).to_vec())
        } else {
            None
        };
    }
    // ecdsa-with-SHA1 (RFC 5758) has no constant of its own in the registry.
    let weak = oid.to_id_string() == "1.2.840.10045.4.1"
        || is(&[&OID_MD5_WITH_RSA, &OID_PKCS1_MD5WITHRSAENC, &OID_PKCS1_SHA1WITHRSA, &OID_SHA1_WITH_RSA]);
    if weak || is(&[&OID_PKCS1_SHA256WITHRSA, &OID_SIG_ECDSA_WITH_SHA256]) {
        Some(Sha256::digest(der).to_vec())
    } else if is(&[&OID_PKCS1_SHA384WITHRSA, &OID_SIG_ECDSA_WITH_SHA384]) {
        Some(Sha384::digest(der).to_vec())
    } else if is(&[&OID_PKCS1_SHA512WITHRSA, &OID_SIG_ECDSA_WITH_SHA512]) {
        Some(Sha512::digest(der).to_vec())
    } else if is(&[&OID_PKCS1_SHA224WITHRSA, &OID_SIG_ECDSA_WITH_SHA224]) {
        Some(Sha224::digest(der).to_vec())
    } else {
        None
    }
}
