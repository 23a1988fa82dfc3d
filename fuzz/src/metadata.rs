//! FIDO metadata (Metadata Service 3 §3.1): payloads, signed under a root of ours after they were mutated, and BLOBs as they
//! come, against serde_json's reading of the same; and the short form of an entry, which says what the entry says.

use crate::certified::{self, LEAF_KEY, NOW, ROOT};
use crate::json::{self, Members, Reference, Tree};
use data_encoding::{BASE64, HEXLOWER};
use mfakit::{Error, Metadata, MetadataEntry, MetadataOptions, UnixTime};
use mfakit_testing::android::{base64, jws_header};
use mfakit_testing::text::base64url;

/// The first byte of an input: whether the rest is a whole BLOB.
const WHOLE: u8 = 1;

fn options() -> MetadataOptions<'static> {
    static ROOTS: std::sync::LazyLock<Vec<&[u8]>> = std::sync::LazyLock::new(|| vec![&ROOT[..]]);
    MetadataOptions {
        roots: &ROOTS,
        now: Some(UnixTime::from_seconds(NOW)),
        previous_number: Some(3),
        allow_stale: false,
        signer: Some("attest.android.com"),
    }
}

/// The BLOB around a payload.
fn sign(payload: &[u8]) -> String {
    // A certificate for a host, as FIDO's signer has one.
    let leaf = certified::safetynet_leaf();
    let header = base64url(jws_header("ES256", &[leaf]).as_bytes());
    let signed = format!("{header}.{}", base64url(payload));
    let (r, s) = LEAF_KEY.es256().sign(signed.as_bytes());
    format!("{signed}.{}", base64url(&[r, s].concat()))
}

/// What a payload says: its number, its entries that can be read, and how many cannot.
struct Expected {
    number: u64,
    next_update: String,
    entries: Vec<Entry>,
    skipped: usize,
}

struct Entry {
    aaguid: Option<Vec<u8>>,
    identifiers: Vec<Vec<u8>>,
    statuses: Vec<String>,
    description: Option<String>,
    types: Vec<String>,
}

fn members<const N: usize>(tree: &Tree, names: [&str; N]) -> Option<[Option<Tree>; N]> {
    match tree.members(names) {
        Members::Found(found) => Some(found.map(|member| member.filter(|m| *m != Tree::Null))),
        _ => None,
    }
}

fn text(member: Option<Tree>) -> Option<String> {
    match member {
        Some(Tree::String(text)) => Some(text),
        _ => None,
    }
}

fn list(member: Option<Tree>) -> Option<Vec<Tree>> {
    match member {
        None => Some(Vec::new()),
        Some(Tree::Array(items)) => Some(items),
        Some(_) => None,
    }
}

fn texts(member: Option<Tree>) -> Option<Vec<String>> {
    list(member)?.into_iter().map(|item| text(Some(item))).collect()
}

fn aaguid(member: Option<Tree>) -> Option<Option<Vec<u8>>> {
    let Some(member) = member else { return Some(None) };
    let text = text(Some(member))?;
    let dashes: Vec<usize> = text.match_indices('-').map(|(at, _)| at).collect();
    let digits = text.replace('-', "").to_ascii_lowercase();
    let bytes = HEXLOWER.decode(digits.as_bytes()).ok()?;
    (dashes == [8, 13, 18, 23] && bytes.len() == 16).then_some(Some(bytes))
}

fn entry(tree: &Tree) -> Option<Entry> {
    let [id, identifiers, statuses, statement] = members(
        tree,
        ["aaguid", "attestationCertificateKeyIdentifiers", "statusReports", "metadataStatement"],
    )?;
    // A name that stands twice spoils the entry, whichever it is that is read.
    members(tree, ["timeOfLastStatusChange"])?;
    let id = aaguid(id)?;
    let identifiers = texts(identifiers)?
        .into_iter()
        .map(|hex| {
            let hex = hex.to_ascii_lowercase();
            HEXLOWER.decode(hex.as_bytes()).ok().filter(|bytes| bytes.len() == 20)
        })
        .collect::<Option<Vec<_>>>()?;
    let statuses = list(statuses)?
        .iter()
        .map(|report| {
            let names = [
                "status",
                "effectiveDate",
                "authenticatorVersion",
                "certificate",
                "batchCertificate",
                "url",
            ];
            let [status, ..] = members(report, names)?;
            text(status)
        })
        .collect::<Option<Vec<_>>>()?;
    let mut read =
        Entry { aaguid: id, identifiers, statuses, description: None, types: Vec::new() };
    if read.statuses.is_empty() {
        return None;
    }
    if let Some(statement) = statement {
        let names = [
            "aaguid",
            "description",
            "attestationTypes",
            "attestationRootCertificates",
            "authenticationAlgorithms",
            "attachmentHint",
            "keyProtection",
            "protocolFamily",
            "authenticatorVersion",
        ];
        let [named, description, types, roots, algorithms, hints, protection, ..] =
            members(&statement, names)?;
        if let Some(named) = aaguid(named)? {
            (read.aaguid.as_ref() == Some(&named)).then_some(())?;
        }
        texts(roots)?;
        texts(algorithms)?;
        texts(hints)?;
        texts(protection)?;
        (read.description, read.types) = (text(description), texts(types)?);
    }
    Some(read)
}

/// `None`: serde_json cannot tell. A payload that is none is an error.
fn reference(payload: &[u8]) -> Option<Result<Expected, Error>> {
    let malformed = Some(Err(Error::MetadataMalformed));
    let tree = match json::reference(payload) {
        Reference::Accepted(tree) => tree,
        Reference::Refused => return malformed,
        Reference::OutOfRange => return None,
    };
    let Some([Some(Tree::Unsigned(number)), next_update, Some(Tree::Array(all))]) =
        members(&tree, ["no", "nextUpdate", "entries"])
    else {
        return malformed;
    };
    let Some(next_update) = text(next_update).filter(|day| is_day(day)) else { return malformed };
    let read: Vec<Option<Entry>> = all.iter().map(entry).collect();
    let skipped = read.iter().filter(|entry| entry.is_none()).count();
    let expected =
        Expected { number, next_update, entries: read.into_iter().flatten().collect(), skipped };
    Some(if number < 3 {
        Err(Error::MetadataRollback)
    } else if *expected.next_update < *"2027-01-15" {
        // NOW is on that day.
        Err(Error::MetadataStale)
    } else {
        Ok(expected)
    })
}

fn is_day(text: &str) -> bool {
    let digits = text.bytes().enumerate().all(|(at, byte)| match at {
        4 | 7 => byte == b'-',
        _ => byte.is_ascii_digit(),
    });
    if text.len() != 10 || !digits {
        return false;
    }
    let number = |range: std::ops::Range<usize>| text[range].parse::<u32>().expect("digits");
    let (year, month, day) = (number(0..4), number(5..7), number(8..10));
    let leap = year.is_multiple_of(4) && !year.is_multiple_of(100) || year.is_multiple_of(400);
    let last = match month {
        2 if leap => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    };
    year >= 1970 && (1..=12).contains(&month) && (1..=last).contains(&day)
}

fn compare(ours: &MetadataEntry, expected: &Entry) {
    assert_eq!(ours.aaguid().map(<[u8; 16]>::as_slice), expected.aaguid.as_deref());
    assert!(ours.key_identifiers().iter().map(|id| &id[..]).eq(expected.identifiers.iter()));
    assert!(ours.status_reports().iter().map(|report| report.status()).eq(&expected.statuses));
    assert_eq!(ours.description(), expected.description.as_deref());
    assert_eq!(ours.attestation_types(), expected.types);
    // The short form says the same.
    let again = Metadata::from_trusted_entries(&[ours.json()]).expect("it was just written");
    let again = again.entries().next().expect("one entry");
    assert_eq!(again, ours);
    assert_eq!(again.json(), ours.json());
}

/// Whether mfakit accepts; panics on disagreement.
pub fn check(data: &[u8]) -> bool {
    let (&kind, rest) = data.split_first().unwrap_or((&0, &[]));
    if kind == WHOLE {
        let ours = Metadata::parse(rest, options());
        let signed: Vec<&[u8]> = rest.trim_ascii().split(|byte| *byte == b'.').collect();
        if ours.is_ok() {
            let known = [blob(1), blob(2)].iter().any(|blob| {
                blob.split('.').take(2).map(str::as_bytes).eq(signed.iter().take(2).copied())
            });
            assert!(known, "nobody signed it");
        }
        return ours.is_ok();
    }
    let ours = Metadata::parse(sign(rest).as_bytes(), options());
    let entries = Metadata::from_trusted_entries(&[&String::from_utf8_lossy(rest)]);
    assert!(entries.is_ok() || entries.err() == Some(Error::MetadataMalformed));
    let Some(expected) = reference(rest) else { return ours.is_ok() };
    match (&ours, expected) {
        (Ok(ours), Ok(expected)) => {
            assert_eq!((ours.number(), ours.skipped()), (expected.number, expected.skipped));
            assert_eq!(ours.next_update(), expected.next_update);
            assert_eq!(ours.entries().len(), expected.entries.len());
            for (ours, expected) in ours.entries().zip(&expected.entries) {
                compare(ours, expected);
            }
            for entry in ours.entries() {
                let found = entry.aaguid().map(|aaguid| ours.find(aaguid).is_some());
                assert_ne!(found, Some(false));
            }
            true
        }
        (Err(error), Err(expected)) => {
            assert_eq!(*error, expected);
            false
        }
        (ours, Err(expected)) => panic!("{ours:?} {expected:?}"),
        (ours, Ok(_)) => panic!("only the reference accepts: {ours:?}"),
    }
}

fn payload(kind: u8) -> String {
    let root = BASE64.encode(&ROOT);
    let (entry, other) = (
        format!(
            r#"{{"aaguid":"abababab-abab-abab-abab-abababababab","statusReports":[{{"status":"FIDO_CERTIFIED_L1","effectiveDate":"2024-02-29"}},{{"status":"REVOKED","effectiveDate":"2030-01-01","authenticatorVersion":2,"certificate":"{root}","url":"https://example.org"}}],"timeOfLastStatusChange":"2024-02-29","metadataStatement":{{"aaguid":"abababab-abab-abab-abab-abababababab","description":"A \"key\"","protocolFamily":"fido2","authenticatorVersion":3,"attestationRootCertificates":["{root}"],"attestationTypes":["basic_full"],"authenticationAlgorithms":["secp256r1_ecdsa_sha256_raw"],"attachmentHint":["external"],"keyProtection":["hardware"]}}}}"#
        ),
        format!(
            r#"{{"attestationCertificateKeyIdentifiers":["{}"],"statusReports":[{{"status":"NOT_FIDO_CERTIFIED"}}]}}"#,
            "ab".repeat(20)
        ),
    );
    let entries = if kind == 1 { entry } else { format!("{entry},{other}") };
    format!(
        r#"{{"legalHeader":"x","no":{},"nextUpdate":"2027-06-01","entries":[{entries}]}}"#,
        3 + kind
    )
}

fn blob(kind: u8) -> String {
    sign(payload(kind).as_bytes())
}

/// Good payloads and BLOBs, and payloads with every member wrong or missing.
#[must_use]
pub fn seeds() -> Vec<Vec<u8>> {
    let mut seeds: Vec<Vec<u8>> =
        [1, 2].map(|kind| [&[WHOLE], blob(kind).as_bytes()].concat()).to_vec();
    let whole = payload(2);
    let mut texts = vec![payload(1), whole.clone(), "{}".to_owned()];
    for (part, other) in [
        ("\"no\":5", "\"no\":2"),
        ("\"no\":5", "\"no\":-1"),
        ("\"no\":5", "\"no\":5,\"no\":6"),
        ("2027-06-01", "2027-01-15"),
        ("2027-06-01", "2027-01-14"),
        ("2027-06-01", "2027-02-29"),
        ("2027-06-01", "2027-6-1"),
        ("\"entries\":[", "\"entries\":[1,{},"),
        ("abababab-", "ABABABAB-"),
        ("abababab-", "ababab-ab"),
        ("\"statusReports\":[{", "\"statusReports\":[],\"x\":[{"),
        ("\"statusReports\":[{", "\"statusReports\":[1,{"),
        ("\"status\":\"REVOKED\",", ""),
        ("2030-01-01", "soon"),
        ("\"keyProtection\":[", "\"keyProtection\":[1,"),
        ("\"attestationRootCertificates\":[\"", "\"attestationRootCertificates\":[\"AA==\",\""),
        ("\"description\":", "\"description\":1,\"description\":"),
        ("\"description\":\"A", "\"description\":\"\\ud83d\\ude00"),
        ("\"protocolFamily\":\"fido2\"", "\"protocolFamily\":null"),
    ] {
        texts.push(whole.replacen(part, other, 1));
    }
    // An entry alone is what the short form is read from.
    let begin = whole.find("[{").expect("entries") + 1;
    texts.push(whole[begin..whole.len() - 2].to_owned());
    seeds.extend(texts.iter().map(|text| [&[0], text.as_bytes()].concat()));
    assert!(base64(&[0]).ends_with('='), "BLOBs carry certificates in padded base64");
    seeds
}
