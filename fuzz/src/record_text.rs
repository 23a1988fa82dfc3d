//! `CredentialRecord::from_text` against serde_json, the reference reader of CBOR and the record's rules: which texts of either
//! form are a record, and every part of it.

use crate::authenticator::{CREDENTIAL_ID, USER_HANDLE};
use crate::cose;
use crate::json::{self, Members, Reference, Tree};
use crate::test_key::TestKey;
use data_encoding::BASE64URL_NOPAD;
use mfakit::{CredentialRecord, Error, NewRecord};
use mfakit_core::encoding::cbor::Limits;
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
        uv_initialized: None,
    };
    CredentialRecord::new(&BASE64URL_NOPAD.encode(CREDENTIAL_ID), parts).expect("a valid record")
}

/// What a record says: bytes in base64url, the AAGUID as a UUID.
#[derive(Debug, PartialEq)]
pub struct Expected {
    /// The credential id.
    pub id: String,
    /// The COSE key.
    pub public_key: String,
    /// Its number.
    pub algorithm: i64,
    /// The owner.
    pub user_handle: String,
    /// The counter.
    pub sign_count: u32,
    /// BE.
    pub backup_eligible: Option<bool>,
    /// BS.
    pub backed_up: Option<bool>,
    /// The transports.
    pub transports: Vec<String>,
    /// The model.
    pub aaguid: Option<String>,
    /// Whether the user was ever verified.
    pub uv_initialized: Option<bool>,
    /// Whether hardware keeps the key.
    pub hardware: bool,
    /// The attestation object and the client data of the registration.
    pub kept: [Option<String>; 2],
}

/// The record in a text, or why there is none; `None` if serde_json cannot tell.
#[must_use]
pub fn reference(text: &str) -> Option<Result<Expected, Error>> {
    let corrupt = Some(Err(Error::RecordCorrupt));
    if text.len() > 128 * 1024 {
        return corrupt;
    }
    if text.starts_with('$') {
        return Some(compact(text));
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
        "uvInitialized",
        "hardware",
        "attestationObject",
        "attestationClientDataJSON",
    ];
    let Members::Found([version, members @ ..]) = tree.members(names) else { return corrupt };
    Some(match version {
        Some(Tree::Unsigned(1 | 2)) => parts(members).ok_or(Error::RecordCorrupt),
        Some(Tree::Unsigned(_)) => Err(Error::RecordVersionUnknown),
        _ => Err(Error::RecordCorrupt),
    })
}

fn parts(members: [Option<Tree>; 12]) -> Option<Expected> {
    let [
        Some(Tree::String(id)),
        Some(Tree::String(public_key)),
        Some(Tree::String(user_handle)),
        Some(Tree::Unsigned(sign_count)),
        backup_eligible,
        backed_up,
        Some(Tree::Array(transports)),
        aaguid,
        uv_initialized,
        hardware,
        object,
        client_data,
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
        Tree::String(transport) => Some(transport),
        _ => None,
    };
    let optional = |member: Option<Tree>| match member {
        None | Some(Tree::Null) => Some(None),
        Some(Tree::String(text)) => Some(Some(bytes(&text)?)),
        Some(_) => None,
    };
    content(Content {
        id: bytes(&id)?,
        public_key: bytes(&public_key)?,
        user_handle: bytes(&user_handle)?,
        sign_count: u32::try_from(sign_count).ok()?,
        flags: [flag(backup_eligible)?, flag(backed_up)?, flag(uv_initialized)?],
        hardware: flag(hardware)?.unwrap_or(false),
        transports: transports.into_iter().map(transport).collect::<Option<_>>()?,
        aaguid: optional(aaguid)?,
        kept: [optional(object)?, optional(client_data)?],
    })
}

/// What stands in a record of either form.
struct Content {
    id: Vec<u8>,
    public_key: Vec<u8>,
    user_handle: Vec<u8>,
    sign_count: u32,
    flags: [Option<bool>; 3],
    hardware: bool,
    transports: Vec<String>,
    aaguid: Option<Vec<u8>>,
    kept: [Option<Vec<u8>>; 2],
}

/// The rules that hold in both forms.
fn content(read: Content) -> Option<Expected> {
    let key = cose::reference(&read.public_key);
    let holds = matches!(key, Ok(_) | Err(Some(Error::AlgorithmUnsupported)))
        && (1..=1023).contains(&read.id.len())
        && (1..=64).contains(&read.user_handle.len())
        && read.transports.len() <= 16
        && read.transports.iter().all(|name| name.len() <= 64)
        && read.aaguid.as_ref().is_none_or(|aaguid| aaguid.len() == 16)
        // Both are there, or neither.
        && read.kept[0].is_some() == read.kept[1].is_some();
    let text = |bytes: &Vec<u8>| BASE64URL_NOPAD.encode(bytes);
    let uuid = |aaguid: Vec<u8>| {
        let hex = data_encoding::HEXLOWER.encode(&aaguid);
        [&hex[..8], &hex[8..12], &hex[12..16], &hex[16..20], &hex[20..]].join("-")
    };
    holds.then(|| Expected {
        algorithm: cose::algorithm(&read.public_key).unwrap_or(0),
        id: text(&read.id),
        public_key: text(&read.public_key),
        user_handle: text(&read.user_handle),
        sign_count: read.sign_count,
        backup_eligible: read.flags[0],
        backed_up: read.flags[1],
        uv_initialized: read.flags[2],
        hardware: read.hardware,
        transports: read.transports,
        aaguid: read.aaguid.map(uuid),
        kept: read.kept.map(|bytes| bytes.as_ref().map(text)),
    })
}

/// `$mfakit-cr$v=2$` and an array of nine items, by the reference reader of CBOR.
fn compact(text: &str) -> Result<Expected, Error> {
    let (version, body) = text
        .strip_prefix("$mfakit-cr$v=")
        .and_then(|rest| rest.split_once('$'))
        .ok_or(Error::RecordCorrupt)?;
    let canonical = version == "0" || !version.starts_with(['0', '+']);
    match version.parse::<u64>() {
        Ok(2) if canonical => {}
        Ok(3..) if canonical => return Err(Error::RecordVersionUnknown),
        _ => return Err(Error::RecordCorrupt),
    }
    compact_parts(body).and_then(content).ok_or(Error::RecordCorrupt)
}

fn compact_parts(body: &str) -> Option<Content> {
    use crate::cbor::{Node, reference};
    let bytes = BASE64URL_NOPAD.decode(body.as_bytes()).ok()?;
    let (Node::Array(items), _, []) = reference(&bytes, Limits::CTAP2)? else { return None };
    let [
        Node::Bytes(id),
        Node::Bytes(public_key),
        Node::Bytes(user_handle),
        Node::Integer(sign_count),
        Node::Integer(flags @ 0..=255),
        Node::Array(transports),
        aaguid,
        object,
        client_data,
    ] = &items[..]
    else {
        return None;
    };
    // Of each pair of bits, the lower one says that it is known: 2 is neither.
    let flag = |at: u32| match flags >> at & 3 {
        0 => Some(None),
        2 => None,
        bits => Some(Some(bits == 3)),
    };
    let optional = |node: &Node| match node {
        Node::Bytes(bytes) => Some(Some(bytes.clone())),
        Node::Simple(22) => Some(None),
        _ => None,
    };
    let transport = |node: &Node| match node {
        Node::Text(name) => Some(name.clone()),
        _ => None,
    };
    Some(Content {
        id: id.clone(),
        public_key: public_key.clone(),
        user_handle: user_handle.clone(),
        sign_count: u32::try_from(*sign_count).ok()?,
        flags: [flag(0)?, flag(2)?, flag(4)?],
        // One content has one text: what is not in hardware is not known to be.
        hardware: match flag(6)? {
            None => false,
            Some(true) => true,
            Some(false) => return None,
        },
        transports: transports.iter().map(transport).collect::<Option<_>>()?,
        aaguid: optional(aaguid)?,
        kept: [optional(object)?, optional(client_data)?],
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
        uv_initialized: ours.uv_initialized(),
        hardware: ours.hardware(),
        kept: [ours.attestation_object(), ours.attestation_client_data_json()],
    });
    if let Some(expected) = reference(text) {
        assert_eq!(seen, expected);
    }
    // A compare-and-set must find it.
    assert!(ours.as_ref().is_ok_and(|ours| ours.to_text() == text) || ours.is_err());
    // Either form can be written as the other, and says the same.
    if let Ok(ours) = &ours {
        let (json, compact) = (ours.to_json(), ours.to_compact());
        let again = |text: &str| CredentialRecord::from_text(text).expect("it was just written");
        assert_eq!(again(&json).to_compact(), compact);
        assert_eq!(again(&compact).to_json(), json);
        assert_eq!(ours.clone().into_compact().to_text(), compact);
    }
    ours.is_ok()
}

/// Records with each part in every form that is taken, and in ones that are not.
#[must_use]
pub fn seeds() -> Vec<Vec<u8>> {
    let mut texts = Vec::new();
    for key in TestKey::ALL {
        let second = record(key, None).to_text().to_owned();
        texts.extend(second_forms(&second));
        // The first version lacks what is behind the AAGUID.
        let (head, _) = second.split_once(",\"uvInitialized\"").expect("the second version");
        let whole = format!("{}}}", head.replacen("\"v\":2", "\"v\":1", 1));
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

/// Texts of the second version in both its forms, with what it adds in every form that is taken, and in ones that are not.
fn second_forms(text: &str) -> Vec<String> {
    let kept = r#","attestationObject":"AAEC","attestationClientDataJSON":"e30"}"#;
    let mut texts = vec![text.to_owned(), text.replacen("\"v\":2", "\"v\":3", 1)];
    for (part, other) in [
        ("uvInitialized\":null", "uvInitialized\":true"),
        ("uvInitialized\":null", "uvInitialized\":1"),
        (",\"uvInitialized\":null", ""),
        ("}", ",\"hardware\":true}"),
        ("}", ",\"hardware\":false}"),
        ("}", ",\"hardware\":1}"),
        ("}", kept),
        ("}", ",\"attestationObject\":\"AAEC\"}"),
        ("}", ",\"attestationObject\":null,\"attestationClientDataJSON\":null}"),
        ("}", ",\"attestationObject\":\"A\",\"attestationClientDataJSON\":\"\"}"),
    ] {
        texts.push(text.replacen(part, other, 1));
    }
    let read = |text: &String| CredentialRecord::from_text(text).ok();
    let compact: Vec<String> =
        texts.iter().filter_map(read).map(|record| record.to_compact()).collect();
    for text in &compact {
        for (part, other) in
            [("v=2", "v=3"), ("v=2", "v=1"), ("v=2", "v=02"), ("$i", "$j"), ("v=2$", "v=2$$")]
        {
            texts.push(text.replacen(part, other, 1));
        }
        texts.push(format!("{text}AA"));
        texts.push(text[..text.len() - 2].to_owned());
    }
    texts.extend(compact);
    texts
}
