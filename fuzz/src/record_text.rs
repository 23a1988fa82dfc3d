//! `CredentialRecord::from_text` against serde_json and the record's rules: which texts are a record, and every part of it.

use crate::authenticator::{CREDENTIAL_ID, USER_HANDLE};
use crate::cose;
use crate::json::{self, Members, Reference, Tree};
use crate::test_key::TestKey;
use data_encoding::BASE64URL_NOPAD;
use mfakit::{CredentialRecord, Error, NewRecord};
use std::sync::LazyLock;

/// The record of the seeds' credential with the first test key, its counter at 6.
pub static RECORD: LazyLock<CredentialRecord> = LazyLock::new(|| record(TestKey::Es256, None));

/// The record of the seeds' credential with this key, and this known of its backup eligibility.
#[must_use]
pub fn record(key: TestKey, backup_eligible: Option<bool>) -> CredentialRecord {
    let parts = NewRecord {
        public_key: &BASE64URL_NOPAD.encode(&key.public_key()),
        user_handle: &BASE64URL_NOPAD.encode(USER_HANDLE),
        sign_count: 6,
        transports: vec!["internal".to_owned(), "x-\u{7f}\u{2028}\"".to_owned()],
        backup_eligible,
        backed_up: None,
        aaguid: None,
    };
    CredentialRecord::new(&BASE64URL_NOPAD.encode(CREDENTIAL_ID), parts).expect("a valid record")
}

/// What a record says.
#[derive(Debug, PartialEq)]
struct Expected {
    id: String,
    public_key: String,
    algorithm: i64,
    user_handle: String,
    sign_count: u32,
    backup_eligible: Option<bool>,
    backed_up: Option<bool>,
    transports: Vec<String>,
    aaguid: Option<String>,
}

/// The record in a text, or why there is none; `None` if serde_json cannot tell.
fn reference(text: &str) -> Option<Result<Expected, Error>> {
    let corrupt = Some(Err(Error::RecordCorrupt));
    if text.len() > 16 * 1024 {
        return corrupt;
    }
    let tree = match json::reference(text.as_bytes()) {
        Reference::Accepted(tree) => tree,
        Reference::Refused => return corrupt,
        Reference::OutOfRange => return None,
    };
    let names = [
        "v",
        "id",
        "publicKey",
        "userHandle",
        "signCount",
        "backupEligible",
        "backedUp",
        "transports",
        "aaguid",
    ];
    let Members::Found([version, members @ ..]) = tree.members(names) else { return corrupt };
    Some(match version {
        Some(Tree::Unsigned(1)) => parts(members).ok_or(Error::RecordCorrupt),
        Some(Tree::Unsigned(_)) => Err(Error::RecordVersionUnknown),
        _ => Err(Error::RecordCorrupt),
    })
}

fn parts(members: [Option<Tree>; 8]) -> Option<Expected> {
    let [
        Some(Tree::String(id)),
        Some(Tree::String(public_key)),
        Some(Tree::String(user_handle)),
        Some(Tree::Unsigned(sign_count)),
        backup_eligible,
        backed_up,
        Some(Tree::Array(transports)),
        aaguid,
    ] = members
    else {
        return None;
    };
    let bytes = |text: &str| BASE64URL_NOPAD.decode(text.as_bytes()).ok();
    let flag = |flag: Option<Tree>| match flag {
        None | Some(Tree::Null) => Some(None),
        Some(Tree::Bool(flag)) => Some(Some(flag)),
        Some(_) => None,
    };
    let transport = |transport: Tree| match transport {
        Tree::String(transport) if transport.len() <= 64 => Some(transport),
        _ => None,
    };
    let key = bytes(&public_key)?;
    let readable = matches!(cose::reference(&key), Ok(_) | Err(Some(Error::AlgorithmUnsupported)));
    let lengths_hold = (1..=1023).contains(&bytes(&id)?.len())
        && (1..=64).contains(&bytes(&user_handle)?.len())
        && transports.len() <= 16;
    if !readable || !lengths_hold {
        return None;
    }
    let aaguid = match aaguid {
        None | Some(Tree::Null) => None,
        Some(Tree::String(text)) => {
            let aaguid = <[u8; 16]>::try_from(bytes(&text)?).ok()?;
            let hex = data_encoding::HEXLOWER.encode(&aaguid);
            Some([&hex[..8], &hex[8..12], &hex[12..16], &hex[16..20], &hex[20..]].join("-"))
        }
        Some(_) => return None,
    };
    Some(Expected {
        algorithm: cose::algorithm(&key).ok()?,
        id,
        public_key,
        user_handle,
        sign_count: u32::try_from(sign_count).ok()?,
        backup_eligible: flag(backup_eligible)?,
        backed_up: flag(backed_up)?,
        transports: transports.into_iter().map(transport).collect::<Option<_>>()?,
        aaguid,
    })
}

/// Whether mfakit takes the record; panics on disagreement.
pub fn check(data: &[u8]) -> bool {
    // Records come from the host's own database: to mfakit they are a `str`.
    let Ok(text) = std::str::from_utf8(data) else { return false };
    let ours = CredentialRecord::from_text(text);
    let seen = ours.as_ref().map_err(|error| *error).map(|ours| Expected {
        id: ours.id(),
        public_key: ours.public_key(),
        algorithm: ours.algorithm(),
        user_handle: ours.user_handle(),
        sign_count: ours.sign_count(),
        backup_eligible: ours.backup_eligible(),
        backed_up: ours.backed_up(),
        transports: ours.transports().to_vec(),
        aaguid: ours.aaguid(),
    });
    if let Some(expected) = reference(text) {
        assert_eq!(seen, expected);
    }
    // A compare-and-set must find it.
    assert!(ours.as_ref().is_ok_and(|ours| ours.to_text() == text) || ours.is_err());
    ours.is_ok()
}

/// Records with each part in every form that is taken, and in ones that are not.
#[must_use]
pub fn seeds() -> Vec<Vec<u8>> {
    let mut texts = Vec::new();
    for key in TestKey::ALL {
        let whole = record(key, None).to_text().to_owned();
        let cose = BASE64URL_NOPAD.encode(&key.public_key());
        for (part, other) in [
            ("\"v\":1", "\"v\":2"),
            ("\"v\":1", "\"v\":0"),
            ("\"v\":1", "\"v\":-1"),
            ("\"v\":1", "\"v\":1.0"),
            ("\"v\":1", "\"v\":\"1\""),
            ("\"v\":1", "\"v\":1,\"v\":1"),
            ("\"v\":1", "\"v\":1,\"aaguid\":null"),
            ("\"v\":1", "\"v\":1,\"w\":1,\"w\":1e999"),
            ("\"v\":1,", ""),
            ("signCount\":6", "signCount\":4294967295"),
            ("signCount\":6", "signCount\":4294967296"),
            ("signCount\":6", "signCount\":-0"),
            ("signCount\":6", "signCount\":6.0"),
            ("signCount\":6", "signCount\":null"),
            ("backupEligible\":null", "backupEligible\":true"),
            ("backupEligible\":null", "backupEligible\":0"),
            ("\"backupEligible\":null,", ""),
            ("backedUp\":null", "backedUp\":false"),
            ("backedUp\":null", "backedUp\":\"\""),
            ("aaguid\":null", "aaguid\":\"q6urq6urq6urq6urq6urqw\""),
            ("aaguid\":null", "aaguid\":\"q6urq6urq6urq6urq6urqx\""),
            ("aaguid\":null", "aaguid\":\"q6urq6urq6urq6urq6ur\""),
            ("aaguid\":null", "aaguid\":\"\""),
            ("aaguid\":null", "aaguid\":0"),
            ("\"transports\":[", "\"transports\":[null,"),
            ("\"internal\"", "\"\\u0069nternal\""),
            ("\"internal\"", "\"\""),
            (",\"transports\"", ",\"Transports\""),
            ("userHandle\":\"", "userHandle\":\"AAAA"),
            ("dXNlcg", ""),
            ("dXNlcg", "dXNlcg=="),
            ("dXNlcg", "dXNlch"),
            ("\"id\":\"", "\"id\":\"AA+A"),
            ("{", "[{"),
            ("{", " {\n"),
            ("{", "\u{feff}{"),
            ("}", "}}"),
            ("}", ",\"other\":[[]]}"),
        ] {
            texts.push(whole.replacen(part, other, 1));
        }
        let id = BASE64URL_NOPAD.encode(CREDENTIAL_ID);
        for len in [0, 1, 1023, 1024] {
            texts.push(whole.replace(&id, &BASE64URL_NOPAD.encode(&vec![7; len])));
        }
        for len in [64, 65] {
            texts.push(whole.replace("dXNlcg", &BASE64URL_NOPAD.encode(&vec![7; len])));
            texts.push(whole.replace("internal", &"t".repeat(len)));
        }
        for len in [14, 15] {
            texts.push(whole.replace("\"internal\"", &vec!["\"usb\""; len + 1].join(",")));
        }
        // A key of an algorithm that is not built in, one of the other's, and no key.
        for (at, value) in [(4, 0x28), (4, 0x26), (4, 0x27), (2, 3), (20, 0)] {
            let mut key = key.public_key();
            key[at] = value;
            texts.push(whole.replace(&cose, &BASE64URL_NOPAD.encode(&key)));
        }
        texts.push(whole.replace(&cose, "oA"));
        texts.push(whole.replace(&cose, ""));
        texts.push(whole);
    }
    texts.into_iter().map(String::into_bytes).collect()
}
