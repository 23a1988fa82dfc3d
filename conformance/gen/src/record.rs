//! Credential records: one content in two forms, each member with what stands for it, and bounds. What breaks a record is in
//! the file `state`.

use crate::bytes::{base64url, hex};
use crate::case::{Case, File};
use crate::json::Json;
use crate::webauthn::recipe;
use mfakit_testing::cbor::{Item, array, bytes, int, text};

const CORRUPT: &str = "record_corrupt";
const PREFIX: &str = "$mfakit-cr$v=2$";

pub(crate) fn file() -> File {
    let mut cases = Vec::new();
    contents(&mut cases);
    first_version(&mut cases);
    bounds(&mut cases);
    compact(&mut cases);
    File {
        topic: "record",
        description: "Credential records: their two forms, their versions, their bounds",
        notes: vec![
            "The compact form is $mfakit-cr$v=2$ and, in base64url, a CBOR array of nine items: id, key, user handle, counter, \
             flags, transports, AAGUID, attestation object and client data, null for what is not known. The flags are three pairs \
             of bits, the lower one for \"is known\", the upper one for \"is true\": backup eligible, backed up, user verification \
             initialised."
                .into(),
        ],
        cases,
    }
}

/// What a record says.
#[derive(Clone)]
struct Record {
    id: Vec<u8>,
    public_key: Vec<u8>,
    user_handle: Vec<u8>,
    sign_count: u32,
    backup_eligible: Option<bool>,
    backed_up: Option<bool>,
    uv_initialized: Option<bool>,
    transports: Vec<String>,
    aaguid: Option<Vec<u8>>,
    /// Attestation object and client data.
    kept: Option<(Vec<u8>, Vec<u8>)>,
}

impl Record {
    /// The credential of the first Level 3 test vector.
    fn new() -> Self {
        let (registration, _) = recipe::build(recipe::PLAIN);
        let attested = registration.auth_data.attested.clone().expect("attested data");
        Self {
            id: attested.credential_id,
            public_key: attested.public_key,
            user_handle: b"user".to_vec(),
            sign_count: 7,
            backup_eligible: Some(true),
            backed_up: Some(false),
            uv_initialized: Some(true),
            transports: vec!["internal".into(), "hybrid".into()],
            aaguid: Some(attested.aaguid),
            kept: None,
        }
    }

    /// With what was kept of the registration.
    fn kept() -> Self {
        let (registration, _) = recipe::build(recipe::PLAIN);
        let client_data = registration.ceremony.client_data.clone();
        Self { kept: Some((registration.object(), client_data)), ..Self::new() }
    }

    fn json(&self) -> String {
        let encoded = |bytes: &[u8]| Json::from(base64url(bytes));
        let mut object = Json::object([
            ("v", 2_u8.into()),
            ("id", encoded(&self.id)),
            ("publicKey", encoded(&self.public_key)),
            ("userHandle", encoded(&self.user_handle)),
            ("signCount", self.sign_count.into()),
            ("backupEligible", self.backup_eligible.into()),
            ("backedUp", self.backed_up.into()),
            ("transports", self.transports.clone().into()),
            ("aaguid", self.aaguid.as_deref().map(base64url).into()),
            ("uvInitialized", self.uv_initialized.into()),
        ]);
        if let Some((attestation_object, client_data)) = &self.kept {
            object.set("attestationObject", encoded(attestation_object));
            object.set("attestationClientDataJSON", encoded(client_data));
        }
        // Nothing in these texts has a space or a colon of its own.
        object.compact().replace(": ", ":").replace(", ", ",")
    }

    fn items(&self) -> Vec<Item> {
        let flags = [self.backup_eligible, self.backed_up, self.uv_initialized];
        let flags = flags.iter().rev().fold(0, |bits, flag| {
            bits << 2 | flag.map_or(0, |is_true| if is_true { 3 } else { 1 })
        });
        let transports: Vec<Item> = self.transports.iter().map(|name| text(name)).collect();
        let optional = |content: Option<&[u8]>| content.map_or_else(|| vec![0xf6], bytes);
        vec![
            bytes(&self.id),
            bytes(&self.public_key),
            bytes(&self.user_handle),
            int(self.sign_count.into()),
            int(flags),
            array(&transports),
            optional(self.aaguid.as_deref()),
            optional(self.kept.as_ref().map(|(object, _)| &object[..])),
            optional(self.kept.as_ref().map(|(_, client_data)| &client_data[..])),
        ]
    }

    fn compact(&self) -> String {
        written(&self.items())
    }

    /// The record in this text, with everything that is asked of it.
    fn accepted(&self, id: &str, text: &str) -> Case {
        read(id, text).accept(
            "ok",
            [
                ("credential_id_hex", hex(&self.id).into()),
                ("public_key_cose_hex", hex(&self.public_key).into()),
                ("user_handle_hex", hex(&self.user_handle).into()),
                ("sign_count", self.sign_count.into()),
                ("backup_eligible", self.backup_eligible.into()),
                ("backed_up", self.backed_up.into()),
                ("uv_initialized", self.uv_initialized.into()),
                ("transports", self.transports.clone().into()),
                ("aaguid_hex", self.aaguid.as_deref().map(hex).into()),
                (
                    "attestation_object_hex",
                    self.kept.as_ref().map(|(object, _)| hex(object)).into(),
                ),
                (
                    "attestation_client_data_json_hex",
                    self.kept.as_ref().map(|(_, client_data)| hex(client_data)).into(),
                ),
                ("record", text.into()),
                ("json", self.json().into()),
                ("compact", self.compact().into()),
            ],
        )
    }
}

/// The compact form around these items.
fn written(items: &[Item]) -> String {
    format!("{PREFIX}{}", base64url(&array(items)))
}

fn read(id: &str, text: &str) -> Case {
    Case::new("record.read", id)
        .source("mfakit docs/storage", "Credential records")
        .input("record", text)
}

/// Every content in both forms.
fn contents(cases: &mut Vec<Case>) {
    let whole = Record::new();
    let names = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect();
    let mut rows = vec![
        ("whole".to_owned(), whole.clone(), "all is known"),
        ("kept".into(), Record::kept(), "the registration is kept"),
        (
            "aaguid-unknown".into(),
            Record { aaguid: None, ..whole.clone() },
            "the model was never kept",
        ),
        ("counter-0".into(), Record { sign_count: 0, ..whole.clone() }, "the smallest counter"),
        ("counter-24".into(), Record { sign_count: 24, ..whole.clone() }, "a head of two bytes"),
        (
            "counter-max".into(),
            Record { sign_count: u32::MAX, ..whole.clone() },
            "the largest counter",
        ),
        (
            "transports-none".into(),
            Record { transports: Vec::new(), ..whole.clone() },
            "no transports",
        ),
        (
            "transports-order".into(),
            Record { transports: names(&["usb", "nfc", "ble", "usb", "x-new"]), ..whole.clone() },
            "in the order in which they came",
        ),
    ];
    let words = [("unknown", None), ("false", Some(false)), ("true", Some(true))];
    for (first, backup_eligible) in words {
        for (second, backed_up) in words {
            for (third, uv_initialized) in words {
                let record = Record { backup_eligible, backed_up, uv_initialized, ..whole.clone() };
                let id = format!("flags-{first}-{second}-{third}");
                rows.push((id, record, "three flags, each true, false or unknown"));
            }
        }
    }
    for (id, record, why) in rows {
        cases.push(record.accepted(&format!("json-{id}"), &record.json()).why(why));
        cases.push(record.accepted(&format!("compact-{id}"), &record.compact()).why(why));
    }
}

/// What the first version wrote, and what others may write beside it.
fn first_version(cases: &mut Vec<Case>) {
    let whole = Record::new();
    let before = Record { uv_initialized: None, ..whole.clone() };
    let first = before.json().replace("\"v\":2", "\"v\":1").replace(",\"uvInitialized\":null", "");
    cases.push(before.accepted("version-1", &first).why("the first version is read for ever"));
    let spaced = whole.json().replace(':', ": ").replace(',', ", ");
    cases.push(
        whole
            .accepted("white-space", &spaced)
            .why("the same content, another text: it is given back as it is"),
    );
    let more = whole.json().replacen('{', "{\"note\":{\"x\":[1,2]},", 1);
    cases.push(whole.accepted("member-more", &more).why("members of a host's own are let be"));
}

fn bounds(cases: &mut Vec<Case>) {
    let whole = Record::new();
    let with = |transports: Vec<String>| Record { transports, ..whole.clone() };
    for (id, record, why) in [
        ("transports-16", with(vec!["usb".into(); 16]), "the most transports"),
        ("transport-64-bytes", with(vec!["x".repeat(64)]), "the longest name"),
        ("id-1-byte", Record { id: vec![0], ..whole.clone() }, "the shortest id"),
        ("id-1023-bytes", Record { id: vec![7; 1023], ..whole.clone() }, "the longest id"),
        (
            "user-handle-64-bytes",
            Record { user_handle: vec![7; 64], ..whole.clone() },
            "the longest handle",
        ),
    ] {
        cases.push(record.accepted(&format!("json-{id}"), &record.json()).why(why));
        cases.push(record.accepted(&format!("compact-{id}"), &record.compact()).why(why));
    }
    for (id, record, why) in [
        ("transports-17", with(vec!["usb".into(); 17]), "one too many"),
        ("transport-65-bytes", with(vec!["x".repeat(65)]), "a name of more than 64 bytes"),
        ("id-empty", Record { id: Vec::new(), ..whole.clone() }, "an id has 1 to 1023 bytes"),
        (
            "id-1024-bytes",
            Record { id: vec![7; 1024], ..whole.clone() },
            "an id has 1 to 1023 bytes",
        ),
        (
            "user-handle-empty",
            Record { user_handle: Vec::new(), ..whole.clone() },
            "a handle has 1 to 64 bytes",
        ),
        (
            "user-handle-65-bytes",
            Record { user_handle: vec![7; 65], ..whole.clone() },
            "a handle has 1 to 64 bytes",
        ),
        (
            "aaguid-15-bytes",
            Record { aaguid: Some(vec![7; 15]), ..whole.clone() },
            "an AAGUID has 16 bytes",
        ),
        (
            "key-cut",
            Record { public_key: whole.public_key[1..].to_vec(), ..whole.clone() },
            "no key",
        ),
    ] {
        cases.push(read(&format!("json-{id}"), &record.json()).reject(CORRUPT).why(why));
        cases.push(read(&format!("compact-{id}"), &record.compact()).reject(CORRUPT).why(why));
    }
    let kept = Record::kept().json();
    let (whole, _) = kept.split_once(",\"attestationClientDataJSON\"").expect("what was kept");
    let half = format!("{whole}}}");
    cases
        .push(read("json-kept-half", &half).reject(CORRUPT).why("one is no use without the other"));
}

/// One content has one compact text: whatever else could be read as it is refused.
fn compact(cases: &mut Vec<Case>) {
    let whole = Record::new();
    let items = whole.items();
    let with = |at: usize, item: Item| {
        let mut items = items.clone();
        items[at] = item;
        written(&items)
    };
    let good = array(&items);
    let around = |content: &[u8]| format!("{PREFIX}{}", base64url(content));
    for (id, text, why) in [
        ("eight-items", written(&items[..8]), "an item is missing"),
        ("ten-items", written(&[items.clone(), vec![vec![0xf6]]].concat()), "one item too many"),
        ("trailing", around(&[&good[..], &[0]].concat()), "nothing follows the array"),
        ("cut", around(&good[..good.len() - 1]), "an array that breaks off"),
        ("map", around(&[0xa0]), "another shape"),
        ("empty", PREFIX.to_owned(), "nothing"),
        ("padded", format!("{}=", whole.compact()), "base64url is not padded"),
        ("flag-true-and-unknown", with(4, int(2)), "true, and not known"),
        ("flag-of-a-fourth", with(4, int(64)), "there are three"),
        ("flags-negative", with(4, int(-1)), "flags are no negative number"),
        ("counter-negative", with(3, int(-1)), "a counter is no negative number"),
        ("counter-wide", with(3, int(4_294_967_296)), "a counter has 32 bits"),
        ("counter-long-head", with(3, vec![0x18, 7]), "a number has its shortest form"),
        ("counter-text", with(3, text("7")), "an item of another type"),
        ("id-text", with(0, text("x")), "an item of another type"),
        ("id-null", with(0, vec![0xf6]), "a record says this"),
        ("aaguid-undefined", with(6, vec![0xf7]), "null is what stands for nothing"),
        ("transport-bytes", with(5, array(&[bytes(b"usb")])), "an item of another type"),
        ("kept-half", with(7, bytes(&[1])), "one is no use without the other"),
    ] {
        cases.push(read(&format!("compact-{id}"), &text).reject(CORRUPT).why(why));
    }
}
