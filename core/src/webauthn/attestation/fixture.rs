//! For tests: a registration, and statements about it that are made to order.

use super::{AttestationPolicy, AttestationType, Subject};
use crate::encoding::cbor::{self, Limits};
use crate::encoding::cose;
use crate::error::Error;
use crate::time::UnixTime;
use crate::webauthn::auth_data::AuthData;
use mfakit_testing::auth_data::{AT, Attested, UP};
use mfakit_testing::keys::{Es256Key, Key};
use mfakit_testing::{auth_data, sha256};
use std::vec::Vec;

pub(super) const AAGUID: [u8; 16] = [0xa5; 16];
pub(super) const NOW: u64 = 1_800_000_000;

/// A P-256 key.
pub(super) fn key(private: u8) -> Key {
    Key::Es256(Es256Key::new(&[private; 32]))
}

pub(super) struct Registration {
    pub(super) key: Key,
    pub(super) auth_data: Vec<u8>,
    pub(super) client_data_hash: [u8; 32],
}

/// What a statement proved.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Proven {
    pub(super) kind: AttestationType,
    pub(super) covers_aaguid: bool,
    pub(super) path: Vec<Vec<u8>>,
}

impl Registration {
    pub(super) fn new(key: Key) -> Self {
        let mut data = auth_data::AuthData::new("example.org", UP | AT, 0);
        data.attested = Some(Attested::new(&AAGUID, b"id", &key.cose()));
        let client_data_hash = sha256(b"client data").try_into().unwrap();
        Self { key, auth_data: data.bytes(), client_data_hash }
    }

    /// What statements sign: the authenticator data and the hash of the client data.
    pub(super) fn signed(&self) -> Vec<u8> {
        [&self.auth_data[..], &self.client_data_hash].concat()
    }

    pub(super) fn verify(
        &self,
        format: &str,
        statement: &[u8],
        policy: AttestationPolicy<'_>,
    ) -> Result<Proven, Error> {
        self.verify_at(format, statement, policy, Some(UnixTime::from_seconds(NOW)))
    }

    pub(super) fn verify_at(
        &self,
        format: &str,
        statement: &[u8],
        policy: AttestationPolicy<'_>,
        now: Option<UnixTime>,
    ) -> Result<Proven, Error> {
        let data = AuthData::parse(&self.auth_data)?;
        let attested = data.attested.ok_or(Error::AttestedDataMissing)?;
        let subject = Subject {
            auth_data: &self.auth_data,
            rp_id_hash: data.rp_id_hash,
            attested,
            key: cose::parse(&attested.public_key)?,
            client_data_hash: &self.client_data_hash,
            es256: crate::crypto::Es256Backend::default(),
            policy,
            now,
        };
        let statement = cbor::read_all(statement, Limits::ATTESTATION_OBJECT)?;
        let attestation = super::verify(format, statement, &subject)?;
        Ok(Proven {
            kind: attestation.kind,
            covers_aaguid: attestation.aaguid == Some(&AAGUID),
            path: attestation.path.iter().map(|der| der.to_vec()).collect(),
        })
    }
}
