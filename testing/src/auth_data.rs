//! Authenticator data (WebAuthn Level 3 §6.1), part by part, so that each part can be changed alone.

use crate::cbor::Item;

/// The user was present.
pub const UP: u8 = 0x01;
/// The user was verified.
pub const UV: u8 = 0x04;
/// The credential is eligible for backup.
pub const BE: u8 = 0x08;
/// The credential is backed up.
pub const BS: u8 = 0x10;
/// Attested credential data follow.
pub const AT: u8 = 0x40;
/// Extension outputs follow.
pub const ED: u8 = 0x80;

/// Authenticator data. What the flags announce and what is there are two things: a test may want them to differ.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AuthData {
    /// The SHA-256 hash of the RP ID; 32 bytes where it is genuine.
    pub rp_id_hash: Vec<u8>,
    /// [`UP`] and its like.
    pub flags: u8,
    /// The signature counter.
    pub sign_count: u32,
    /// What a registration adds.
    pub attested: Option<Attested>,
    /// The extension outputs: a CBOR map where they are genuine.
    pub extensions: Option<Item>,
}

/// Attested credential data (§6.5.2).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Attested {
    /// The authenticator's model; 16 bytes where it is genuine.
    pub aaguid: Vec<u8>,
    /// The credential id; 1 to 1023 bytes where it is genuine.
    pub credential_id: Vec<u8>,
    /// The length that is written, if it is not the id's.
    pub length: Option<u16>,
    /// The COSE key.
    pub public_key: Item,
}

impl AuthData {
    /// The authenticator data of an assertion for this RP ID.
    #[must_use]
    pub fn new(rp_id: &str, flags: u8, sign_count: u32) -> Self {
        let rp_id_hash = crate::sha256(rp_id.as_bytes());
        Self { rp_id_hash, flags, sign_count, attested: None, extensions: None }
    }

    /// The bytes.
    #[must_use]
    pub fn bytes(&self) -> Vec<u8> {
        let mut out = self.rp_id_hash.clone();
        out.push(self.flags);
        out.extend(self.sign_count.to_be_bytes());
        if let Some(attested) = &self.attested {
            out.extend(attested.bytes());
        }
        out.extend(self.extensions.iter().flatten());
        out
    }
}

impl Attested {
    /// Attested credential data.
    #[must_use]
    pub fn new(aaguid: &[u8], credential_id: &[u8], public_key: &[u8]) -> Self {
        Self {
            aaguid: aaguid.to_vec(),
            credential_id: credential_id.to_vec(),
            length: None,
            public_key: public_key.to_vec(),
        }
    }

    /// The bytes.
    ///
    /// # Panics
    ///
    /// If the credential id has more than 65 535 bytes and no other length is written.
    #[must_use]
    pub fn bytes(&self) -> Vec<u8> {
        let length = self.length.unwrap_or_else(|| {
            u16::try_from(self.credential_id.len()).expect("a length of two bytes")
        });
        [&self.aaguid[..], &length.to_be_bytes(), &self.credential_id, &self.public_key].concat()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_part_stands_where_the_specification_puts_it() {
        let mut data = AuthData::new("example.org", UP | AT | ED, 0x0102_0304);
        data.attested = Some(Attested::new(&[0xaa; 16], &[0xbb; 3], &[0xcc]));
        data.extensions = Some(vec![0xa0]);
        let bytes = data.bytes();
        assert_eq!(bytes[..32], crate::sha256(b"example.org"));
        assert_eq!(bytes[32..37], [0xc1, 1, 2, 3, 4]);
        assert_eq!(bytes[37..53], [0xaa; 16]);
        assert_eq!(bytes[53..], [0, 3, 0xbb, 0xbb, 0xbb, 0xcc, 0xa0]);
        data.attested.as_mut().expect("there").length = Some(0xffff);
        assert_eq!(data.bytes()[53..55], [0xff, 0xff]);
    }
}
