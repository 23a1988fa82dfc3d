//! What Google Authenticator exports: protocol buffers in base64 in a URI, written here field by field, whole and damaged.

use crate::bytes::base64;
use crate::case::{Case, File};
use crate::json::Json;
use crate::otp::Algorithm;
use crate::otpauth::{ALGORITHM, MISMATCH, Read, SHORT, UNSUPPORTED};

const RULES: &str = "otpauth-migration";
const MALFORMED: &str = "migration_malformed";
const BAD_SECRET: &str = "otpauth_secret_invalid";
const KEY: &[u8] = b"12345678901234567890";

pub(crate) fn file() -> File {
    let mut cases = Vec::new();
    published(&mut cases);
    entries(&mut cases);
    names(&mut cases);
    batches(&mut cases);
    encodings(&mut cases);
    tolerated(&mut cases);
    bad_entries(&mut cases);
    bad_payloads(&mut cases);
    bad_uris(&mut cases);
    File {
        topic: "migration",
        description: "Exports of Google Authenticator: every field, batches, what is skipped, and each way to be damaged",
        notes: vec![
            "payload: 1 repeated OtpParameters, 2 version, 3 batch_size, 4 batch_index, 5 batch_id. OtpParameters: 1 secret, 2 name, \
             3 issuer, 4 algorithm (0 or 1 SHA1, 2 SHA256, 3 SHA512, 4 MD5), 5 digits (0 or 1 six, 2 eight), 6 type (1 HOTP, 2 \
             TOTP), 7 counter, 8 unique_id. The period is 30 seconds."
                .into(),
            "A field that is known stands once at most and has its wire type; any other field is skipped.".into(),
        ],
        cases,
    }
}

// ---------------------------------------------------------------- the encoding

/// A message of protocol buffers, as it grows.
#[derive(Clone, Default)]
struct Message(Vec<u8>);

impl Message {
    /// Seven bits a byte, the lowest first; the top bit says that more follow.
    fn varint(mut self, mut value: u64) -> Self {
        while value > 0x7f {
            self.0.push(u8::try_from(value & 0x7f).expect("seven bits") | 0x80);
            value >>= 7;
        }
        self.0.push(u8::try_from(value).expect("seven bits"));
        self
    }

    fn raw(mut self, bytes: &[u8]) -> Self {
        self.0.extend(bytes);
        self
    }

    /// A field's number and wire type.
    fn key(self, field: u64, wire: u64) -> Self {
        self.varint(field << 3 | wire)
    }

    fn number(self, field: u64, value: u64) -> Self {
        self.key(field, 0).varint(value)
    }

    fn bytes(self, field: u64, bytes: &[u8]) -> Self {
        self.key(field, 2).varint(u64::try_from(bytes.len()).expect("small")).raw(bytes)
    }

    fn entry(self, entry: &Self) -> Self {
        self.bytes(1, &entry.0)
    }
}

fn uri(payload: &Message) -> String {
    with_data(&percent_encoded(&base64(&payload.0)))
}

fn with_data(data: &str) -> String {
    format!("otpauth-migration://offline?data={data}")
}

/// What base64 has and a query may not hold plainly.
fn percent_encoded(text: &str) -> String {
    text.replace('+', "%2B").replace('/', "%2F").replace('=', "%3D")
}

/// Alice's account at Acme, as the app writes it.
fn alice() -> Message {
    entry(KEY, "Acme:alice", "Acme")
}

fn entry(secret: &[u8], name: &str, issuer: &str) -> Message {
    head(secret, name, issuer).number(4, 1).number(5, 1).number(6, 2)
}

/// The first three fields.
fn head(secret: &[u8], name: &str, issuer: &str) -> Message {
    Message::default().bytes(1, secret).bytes(2, name.as_bytes()).bytes(3, issuer.as_bytes())
}

/// A whole export: version 1, one QR code, a batch id.
fn export(entries: &[Message]) -> Message {
    batch(entries).number(2, 1).number(3, 1).number(4, 0).number(5, 77)
}

fn batch(entries: &[Message]) -> Message {
    entries.iter().fold(Message::default(), |payload, entry| payload.entry(entry))
}

/// What is read: the entry, and where it stood.
#[derive(Clone)]
struct Imported {
    read: Read,
    index: u32,
    size: u32,
    id: i32,
    unique_id: Option<&'static str>,
}

impl Imported {
    fn of(read: Read) -> Self {
        Self { read, index: 0, size: 1, id: 77, unique_id: None }
    }

    fn json(&self) -> Json {
        let mut entry = Json::object(self.read.fields());
        entry.set("batch_index", self.index.into());
        entry.set("batch_size", self.size.into());
        entry.set("batch_id", self.id.into());
        entry.set("unique_id", self.unique_id.into());
        entry
    }
}

fn named(issuer: Option<&str>, account: &str) -> Read {
    Read { issuer: issuer.map(Into::into), account: account.into(), ..Read::usual() }
}

fn case(id: &str, uri: impl Into<Json>) -> Case {
    Case::new("migration.parse", format!("migration-{id}"))
        .source(RULES, "MigrationPayload")
        .input("uri", uri)
}

fn accepted(id: &str, uri: impl Into<Json>, entries: &[Imported], why: &str) -> Case {
    let entries: Vec<Json> = entries.iter().map(Imported::json).collect();
    case(id, uri).accept("ok", [("entries", entries.into())]).why(why)
}

fn refused(id: &str, payload: &Message, code: &str, why: &str) -> Case {
    case(id, uri(payload)).reject(code).why(why)
}

fn usual() -> Imported {
    Imported::of(named(Some("Acme"), "alice"))
}

// ---------------------------------------------------------------- accepted

/// The example that readers of the format print: the key is the one of the Key URI format's page.
fn published(cases: &mut Vec<Case>) {
    let data = "CjEKCkhlbGxvId6tvu8SGEV4YW1wbGU6YWxpY2VAZ29vZ2xlLmNvbRoHRXhhbXBsZTAC";
    let secret = b"Hello!\xde\xad\xbe\xef".to_vec();
    let payload = batch(&[head(&secret, "Example:alice@google.com", "Example").number(6, 2)]);
    assert_eq!(base64(&payload.0), data, "the encoding is the published one");
    let read = Read { secret, warnings: vec![SHORT], ..named(Some("Example"), "alice@google.com") };
    let read = Imported { id: 0, ..Imported::of(read) };
    cases.push(
        accepted(
            "published",
            with_data(data),
            &[read],
            "no algorithm, digits, version or batch: defaults",
        )
        .source("github.com/dim13/otpauth", "README"),
    );
}

fn entries(cases: &mut Vec<Case>) {
    cases.push(accepted("usual", uri(&export(&[alice()])), &[usual()], "as the app writes it"));
    let start = || head(KEY, "Acme:alice", "Acme");
    for (id, number, algorithm) in [
        ("unspecified", 0, Algorithm::Sha1),
        ("sha1", 1, Algorithm::Sha1),
        ("sha256", 2, Algorithm::Sha256),
        ("sha512", 3, Algorithm::Sha512),
    ] {
        let warnings = if algorithm == Algorithm::Sha1 { vec![] } else { vec![ALGORITHM] };
        let read = Read { algorithm, warnings, ..usual().read };
        let payload = export(&[start().number(4, number).number(6, 2)]);
        let id = format!("algorithm-{id}");
        cases.push(accepted(&id, uri(&payload), &[Imported::of(read)], "by its number"));
    }
    for (id, number, digits) in [("unspecified", 0, 6), ("six", 1, 6), ("eight", 2, 8)] {
        let read = Read { digits, ..usual().read };
        let payload = export(&[start().number(5, number).number(6, 2)]);
        let id = format!("digits-{id}");
        cases.push(accepted(
            &id,
            uri(&payload),
            &[Imported::of(read)],
            "a number that names a number",
        ));
    }
    let hotp = |counter| Read { issuer: Some("Acme".into()), ..Read::hotp(counter) };
    let largest = u64::try_from(i64::MAX).expect("not negative");
    for (id, counter) in [("0", 0), ("5", 5), ("2e53-plus-1", (1 << 53) + 1), ("largest", largest)]
    {
        let payload = export(&[start().number(6, 1).number(7, counter)]);
        let read = Imported::of(hotp(counter));
        cases.push(accepted(&format!("counter-{id}"), uri(&payload), &[read], "the next counter"));
    }
    let payload = export(&[start().number(6, 1)]);
    let why = "a field that is left out has its default, 0";
    cases.push(accepted("counter-left-out", uri(&payload), &[Imported::of(hotp(0))], why));
    let payload = export(&[alice().number(7, 9)]);
    cases.push(accepted(
        "counter-of-totp",
        uri(&payload),
        &[usual()],
        "the app writes it to every entry",
    ));
    let payload = export(&[alice().number(7, u64::MAX)]);
    cases.push(accepted("counter-of-totp-negative", uri(&payload), &[usual()], "nobody reads it"));
    let payload = export(&[alice().bytes(8, b"01J-unique")]);
    let read = Imported { unique_id: Some("01J-unique"), ..usual() };
    cases.push(accepted("unique-id", uri(&payload), &[read], "what version 2 added"));
    for len in [1_usize, 10, 15, 16, 128] {
        let secret: Vec<u8> = KEY.iter().copied().cycle().take(len).collect();
        let payload = export(&[entry(&secret, "Acme:alice", "Acme")]);
        let warnings = if len < 16 { vec![SHORT] } else { vec![] };
        let read = Read { secret, warnings, ..usual().read };
        let id = format!("secret-{len}-bytes");
        cases.push(accepted(&id, uri(&payload), &[Imported::of(read)], "1 to 128 bytes"));
    }
    let payload = export(&[entry(&[0xff; 20], "Acme:alice", "Acme")]);
    let read = Imported::of(Read { secret: vec![0xff; 20], ..usual().read });
    cases.push(accepted("secret-any-bytes", uri(&payload), &[read], "a secret is bytes, not text"));
    let several = [
        alice(),
        start().number(4, 2).number(5, 2).number(6, 1).number(7, 3),
        entry(KEY, "bob", "").bytes(8, b"b"),
    ];
    let second =
        Read { algorithm: Algorithm::Sha256, digits: 8, warnings: vec![ALGORITHM], ..hotp(3) };
    let third = Imported { unique_id: Some("b"), ..Imported::of(named(None, "bob")) };
    let read = [usual(), Imported::of(second), third];
    cases.push(accepted("several", uri(&export(&several)), &read, "in their order"));
    let same = [alice(), alice()];
    cases.push(accepted("twice", uri(&export(&same)), &[usual(), usual()], "nothing is left out"));
}

fn names(cases: &mut Vec<Case>) {
    for (id, name, issuer, read_issuer, account, why) in [
        (
            "issuer-and-prefix",
            "Acme:alice",
            "Acme",
            Some("Acme"),
            "alice",
            "the prefix is the issuer",
        ),
        ("issuer-alone", "alice", "Acme", Some("Acme"), "alice", "a name without prefix"),
        ("prefix-alone", "Acme:alice", "", Some("Acme"), "alice", "the prefix names the issuer"),
        ("neither", "alice", "", None, "alice", "an account and nothing else"),
        ("nothing", "", "", None, "", "no name at all"),
        (
            "prefix-empty",
            ":alice",
            "Acme",
            Some("Acme"),
            "alice",
            "an empty prefix contradicts nobody",
        ),
        ("issuer-of-spaces", "Acme:alice", "  ", Some("Acme"), "alice", "an empty issuer is none"),
        ("spaces-around", " Acme : alice ", " Acme ", Some("Acme"), "alice", "trimmed as in a URI"),
        ("space-after-colon", "Acme: alice", "Acme", Some("Acme"), "alice", "trimmed as in a URI"),
        (
            "colon-in-issuer",
            "Text: More:alice",
            "Text: More",
            Some("Text: More"),
            "alice",
            "the issuer's own colon",
        ),
        (
            "utf-8",
            "Gro\u{df}e:\u{1f511}",
            "Gro\u{df}e",
            Some("Gro\u{df}e"),
            "\u{1f511}",
            "text is UTF-8",
        ),
        (
            "escapes",
            "a%20b",
            "100%",
            Some("100%"),
            "a%20b",
            "text is no part of a URI: nothing is decoded",
        ),
    ] {
        let payload = export(&[entry(KEY, name, issuer)]);
        let read = Imported::of(named(read_issuer, account));
        cases.push(accepted(&format!("name-{id}"), uri(&payload), &[read], why));
    }
    for (id, name, issuer, account, why) in [
        ("other", "Shop:alice", "Acme", "alice", "the field wins, as a URI's parameter does"),
        ("case", "acme:alice", "Acme", "alice", "names are compared exactly"),
        ("first-colon", "a:b:c", "Acme", "b:c", "the name is parted at its first colon"),
        ("shorter", "Acme Shop:alice", "Acme", "alice", "a part of the prefix is another name"),
    ] {
        let payload = export(&[entry(KEY, name, issuer)]);
        let read = Read { warnings: vec![MISMATCH], ..named(Some(issuer), account) };
        let id = format!("issuer-mismatch-{id}");
        cases.push(accepted(&id, uri(&payload), &[Imported::of(read)], why));
    }
    let payload = export(&[head(b"short", "Shop:alice", "Acme").number(4, 3).number(6, 2)]);
    let read = Read {
        secret: b"short".to_vec(),
        algorithm: Algorithm::Sha512,
        warnings: vec![MISMATCH, ALGORITHM, SHORT],
        ..usual().read
    };
    let why = "every warning that an entry can have, in the one order that they have";
    cases.push(accepted("all-warnings", uri(&payload), &[Imported::of(read)], why));
    let payload = export(&[Message::default().bytes(1, KEY).number(6, 2)]);
    let read = Imported::of(named(None, ""));
    cases.push(accepted("name-left-out", uri(&payload), &[read], "no name at all"));
}

fn batches(cases: &mut Vec<Case>) {
    let of = |size: u64, index: u64, id: u64| {
        batch(&[alice()]).number(2, 1).number(3, size).number(4, index).number(5, id)
    };
    for (id, size, index, batch_id, read_id) in [
        ("first-of-3", 3, 0, 1, 1),
        ("last-of-3", 3, 2, 1, 1),
        ("id-largest", 1, 0, 0x7fff_ffff, i32::MAX),
        ("id-negative", 1, 0, u64::MAX, -1),
        ("id-lowest", 1, 0, 0xffff_ffff_8000_0000, i32::MIN),
        ("size-0", 0, 0, 1, 1),
    ] {
        let read_size = u32::try_from(size).expect("small").max(1);
        let index_read = u32::try_from(index).expect("small");
        let read = Imported { index: index_read, size: read_size, id: read_id, ..usual() };
        let why = "which QR code this is, of how many";
        cases.push(accepted(&format!("batch-{id}"), uri(&of(size, index, batch_id)), &[read], why));
    }
    let read = Imported { id: 0, ..usual() };
    cases.push(accepted("batch-left-out", uri(&batch(&[alice()])), &[read], "one QR code"));
    for version in [0, 1, 2] {
        let payload = batch(&[alice()]).number(2, version).number(5, 77);
        let id = format!("version-{version}");
        cases.push(accepted(&id, uri(&payload), &[usual()], "the versions that are known"));
    }
    for version in [3, 4, 1 << 31, u64::MAX] {
        let payload = batch(&[alice()]).number(2, version);
        let why = "a later version may mean something else by the same numbers";
        cases.push(refused(&format!("version-{version}"), &payload, UNSUPPORTED, why));
    }
    for (id, payload) in [
        ("index-is-size", of(1, 1, 1)),
        ("index-beyond-size", of(3, 7, 1)),
        ("index-without-size", batch(&[alice()]).number(4, 1)),
        ("index-negative", of(1, u64::MAX, 1)),
        ("size-negative", of(u64::MAX, 0, 1)),
        ("size-2e32-plus-1", of((1 << 32) + 1, 0, 1)),
        ("index-2e32", of(1, 1 << 32, 1)),
        ("id-2e31", of(1, 0, 1 << 31)),
        ("id-2e32-plus-1", of(1, 0, (1 << 32) + 1)),
    ] {
        let why = "not a place in a batch, or no 32-bit number";
        cases.push(refused(&format!("batch-{id}"), &payload, MALFORMED, why));
    }
}

/// One payload whose base64 has both of the symbols that a query escapes, and padding.
fn encodings(cases: &mut Vec<Case>) {
    let secret: Vec<u8> = [0xfb, 0xef, 0xbe, 0xff, 0xff, 0xff].repeat(4);
    let payload = (0..)
        .map(|n| export(&[entry(&secret, &format!("Acme:{}", "x".repeat(n)), "Acme")]))
        .find(|payload| {
            let text = base64(&payload.0);
            text.contains('+') && text.contains('/') && text.ends_with("==")
        })
        .expect("some length fits");
    let data = base64(&payload.0);
    let account = payload.0.iter().filter(|byte| **byte == b'x').count();
    let read = Read { secret: secret.clone(), ..named(Some("Acme"), &"x".repeat(account)) };
    let read = [Imported::of(read)];
    let lower =
        percent_encoded(&data).replace("%2B", "%2b").replace("%2F", "%2f").replace("%3D", "%3d");
    let all: String = data.bytes().map(|byte| format!("%{byte:02X}")).collect();
    for (id, text, why) in [
        ("escaped", percent_encoded(&data), "as the app writes it"),
        ("escaped-lower-case", lower, "hexadecimal digits in either case"),
        ("escaped-all", all, "an escape and its character are the same"),
        ("raw", data.clone(), "as scanners hand it on after decoding"),
        ("unpadded", data.trim_end_matches('=').into(), "padding adds nothing"),
    ] {
        cases.push(accepted(&format!("base64-{id}"), with_data(&text), &read, why));
    }
    for (id, text, why) in [
        ("url-alphabet", data.replace('+', "-").replace('/', "_"), "the alphabet of base64url"),
        ("space-for-plus", data.replace('+', " "), "a plus sign that a form took for a space"),
        ("one-pad", data.trim_end_matches('=').to_owned() + "=", "padding of another length"),
        ("three-pads", data.trim_end_matches('=').to_owned() + "===", "padding of another length"),
        ("pad-inside", format!("{}=={}", &data[..6], &data[8..]), "padding ends a text"),
        ("cut", data[..data.len() - 3].into(), "a length that no byte string has"),
        ("leftover-bits", last_bit_set(&data), "the bits that belong to no byte are not zero"),
        ("asterisk", data.replacen('/', "*", 1), "no symbol"),
        ("line-break", format!("{data}\n"), "no symbol"),
        ("escape", format!("%4{data}"), "two hexadecimal digits follow a percent sign"),
        (
            "escape-at-the-end",
            format!("{}%3", &data[..data.len() - 2]),
            "two hexadecimal digits follow a percent sign",
        ),
        ("non-ascii", data.replacen('/', "\u{e9}", 1), "no symbol"),
        ("twice-escaped", percent_encoded(&data).replace('%', "%25"), "decoded once"),
        ("empty", String::new(), "nothing"),
    ] {
        cases.push(case(&format!("base64-{id}"), with_data(&text)).reject(MALFORMED).why(why));
    }
}

/// The lowest bit of the last symbol before two pads, which belongs to no byte.
fn last_bit_set(data: &str) -> String {
    let symbols = data.trim_end_matches('=');
    let (start, last) = symbols.split_at(symbols.len() - 1);
    assert!("AQgw".contains(last), "four spare bits, all zero");
    format!("{start}{}==", char::from(last.as_bytes()[0] + 1))
}

fn tolerated(cases: &mut Vec<Case>) {
    for (id, payload, why) in [
        ("varint", export(&[alice()]).number(6, 5), "a number"),
        ("bytes", export(&[alice()]).bytes(7, b"whatever"), "a text"),
        ("64-bit", export(&[alice()]).key(8, 1).raw(&[1; 8]), "eight bytes"),
        ("32-bit", export(&[alice()]).key(9, 5).raw(&[1; 4]), "four bytes"),
        ("twice", export(&[alice()]).number(6, 5).number(6, 6), "nobody reads it"),
        (
            "large-number",
            export(&[alice()]).number(0x1fff_ffff, 5),
            "the largest number of a field",
        ),
        ("in-front", Message::default().number(6, 5).raw(&export(&[alice()]).0), "in any place"),
        ("entry-varint", export(&[alice().number(9, 5)]), "a number within an entry"),
        ("entry-bytes", export(&[alice().bytes(100, b"whatever")]), "a text within an entry"),
        ("entry-64-bit", export(&[alice().key(9, 1).raw(&[1; 8])]), "eight bytes within an entry"),
        ("entry-32-bit", export(&[alice().key(9, 5).raw(&[1; 4])]), "four bytes within an entry"),
    ] {
        let why = format!("an unknown field is skipped: {why}");
        cases.push(accepted(&format!("unknown-{id}"), uri(&payload), &[usual()], &why));
    }
    let shuffled = Message::default().number(5, 77).number(4, 0).number(3, 1).entry(
        &Message::default()
            .number(6, 2)
            .number(5, 1)
            .number(4, 1)
            .bytes(3, b"Acme")
            .bytes(2, b"Acme:alice")
            .bytes(1, KEY),
    );
    let why = "fields stand in any order";
    cases.push(accepted("fields-backwards", uri(&shuffled), &[usual()], why));
    let long = batch(&[alice()]).key(2, 0).raw(&[0x81, 0x80, 0x00]).number(5, 77);
    let why = "a varint may be longer than it need be";
    cases.push(accepted("varint-longer", uri(&long), &[usual()], why));
    let data = percent_encoded(&base64(&export(&[alice()]).0));
    for (id, text, why) in [
        (
            "upper-case",
            format!("OTPAUTH-MIGRATION://OFFLINE?data={data}"),
            "schemes and hosts have no case",
        ),
        (
            "parameter-in-front",
            format!("otpauth-migration://offline?x=1&data={data}"),
            "another parameter",
        ),
        (
            "parameter-behind",
            format!("otpauth-migration://offline?data={data}&x=1"),
            "another parameter",
        ),
    ] {
        cases.push(accepted(&format!("uri-{id}"), text, &[usual()], why));
    }
}

// ---------------------------------------------------------------- refused

fn bad_entries(cases: &mut Vec<Case>) {
    let start = || head(KEY, "Acme:alice", "Acme");
    let without_secret = Message::default().bytes(2, b"alice").number(6, 2);
    for (id, entry, code, why) in [
        ("algorithm-md5", start().number(4, 4).number(6, 2), UNSUPPORTED, "MD5 is not built in"),
        (
            "algorithm-5",
            start().number(4, 5).number(6, 2),
            UNSUPPORTED,
            "no algorithm has this number",
        ),
        (
            "algorithm-negative",
            start().number(4, u64::MAX).number(6, 2),
            UNSUPPORTED,
            "no algorithm has this number",
        ),
        (
            "algorithm-2e32-plus-1",
            start().number(4, (1 << 32) + 1).number(6, 2),
            UNSUPPORTED,
            "not cut to 32 bits",
        ),
        (
            "digits-3",
            start().number(5, 3).number(6, 2),
            UNSUPPORTED,
            "no number of digits has this number",
        ),
        ("digits-6", start().number(5, 6).number(6, 2), UNSUPPORTED, "1 is six, 6 is nothing"),
        (
            "type-unspecified",
            start().number(6, 0),
            UNSUPPORTED,
            "time-based or counter-based: one must be said",
        ),
        ("type-left-out", start(), UNSUPPORTED, "time-based or counter-based: one must be said"),
        ("type-3", start().number(6, 3), UNSUPPORTED, "no type has this number"),
        (
            "counter-negative",
            start().number(6, 1).number(7, u64::MAX),
            "otpauth_parameter_invalid",
            "counters are not negative",
        ),
        (
            "counter-lowest",
            start().number(6, 1).number(7, 1 << 63),
            "otpauth_parameter_invalid",
            "counters are not negative",
        ),
        ("secret-left-out", without_secret.clone(), BAD_SECRET, "no secret"),
        ("secret-empty", without_secret.bytes(1, b""), BAD_SECRET, "no secret"),
        ("secret-129-bytes", entry(&[7; 129], "alice", "Acme"), BAD_SECRET, "more than 128 bytes"),
        ("entry-empty", Message::default(), BAD_SECRET, "no secret"),
    ] {
        cases.push(refused(id, &export(std::slice::from_ref(&entry)), code, why));
        let why = "one entry that fails fails them all: nothing is left out silently";
        cases.push(refused(&format!("second-{id}"), &export(&[alice(), entry]), code, why));
    }
    for (id, field, text, why) in [
        ("name-not-utf-8", 2, &b"alice\xff"[..], "text is UTF-8"),
        ("issuer-not-utf-8", 3, b"\xc3\x28", "text is UTF-8"),
        ("unique-id-not-utf-8", 8, b"\x80", "text is UTF-8"),
        ("name-nul", 2, b"alice\0", "a control character"),
        ("issuer-line-break", 3, b"Acme\n", "a control character"),
        ("unique-id-escape", 8, b"\x1b[2J", "a control character"),
        ("name-c1", 2, b"a\xc2\x85", "a control character"),
        ("name-right-to-left-override", 2, "\u{202e}knab".as_bytes(), "one name shows as another"),
        ("issuer-line-separator", 3, "a\u{2028}b".as_bytes(), "a line break by another name"),
        ("issuer-isolate", 3, "a\u{2067}b".as_bytes(), "one name shows as another"),
    ] {
        let entry = Message::default().bytes(1, KEY).number(6, 2).bytes(field, text);
        cases.push(refused(id, &export(&[entry]), MALFORMED, why));
    }
    for (id, field) in [
        ("secret", alice().bytes(1, KEY)),
        ("name", alice().bytes(2, b"alice")),
        ("issuer", alice().bytes(3, b"Acme")),
        ("algorithm", alice().number(4, 1)),
        ("digits", alice().number(5, 1)),
        ("type", alice().number(6, 2)),
        ("counter", alice().number(7, 1).number(7, 1)),
        ("unique-id", alice().bytes(8, b"a").bytes(8, b"a")),
    ] {
        let why = "a field that stands twice has two meanings";
        cases.push(refused(&format!("duplicate-{id}"), &export(&[field]), MALFORMED, why));
    }
    let plain = |field| match field {
        1 => Message::default().number(6, 2),
        6 => Message::default().bytes(1, KEY),
        _ => Message::default().bytes(1, KEY).number(6, 2),
    };
    for (id, field) in [("secret", 1), ("name", 2), ("issuer", 3), ("unique-id", 8)] {
        let entry = plain(field).number(field, 5);
        let why = "a number where bytes belong";
        cases.push(refused(&format!("wire-type-{id}"), &export(&[entry]), MALFORMED, why));
    }
    for (id, field) in [("algorithm", 4), ("digits", 5), ("type", 6), ("counter", 7)] {
        for (wire, entry) in [
            ("bytes", plain(field).bytes(field, &[1])),
            ("32-bit", plain(field).key(field, 5).raw(&[1, 0, 0, 0])),
            ("64-bit", plain(field).key(field, 1).raw(&[1, 0, 0, 0, 0, 0, 0, 0])),
        ] {
            let why = "another wire type where a varint belongs";
            cases.push(refused(
                &format!("wire-type-{id}-{wire}"),
                &export(&[entry]),
                MALFORMED,
                why,
            ));
        }
    }
}

fn bad_payloads(cases: &mut Vec<Case>) {
    let whole = || export(&[alice()]);
    let after = |bytes: &[u8]| whole().raw(bytes);
    for (id, payload, why) in [
        ("no-entry", export(&[]), "nothing to import"),
        ("version-twice", whole().number(2, 1), "a field that stands twice has two meanings"),
        ("batch-size-twice", whole().number(3, 1), "a field that stands twice has two meanings"),
        ("batch-index-twice", whole().number(4, 0), "a field that stands twice has two meanings"),
        ("batch-id-twice", whole().number(5, 77), "a field that stands twice has two meanings"),
        ("entry-varint", whole().number(1, 5), "a number where an entry belongs"),
        ("version-bytes", batch(&[alice()]).bytes(2, &[1]), "bytes where a varint belongs"),
        ("batch-id-32-bit", batch(&[alice()]).key(5, 5).raw(&[1; 4]), "another wire type"),
        ("field-0", whole().number(0, 1), "no field has the number 0"),
        ("field-2e29", whole().number(1 << 29, 1), "numbers of fields have 29 bits"),
        ("group-start", after(&[6 << 3 | 3]), "groups are gone"),
        ("group-end", after(&[6 << 3 | 4]), "groups are gone"),
        ("wire-type-6", after(&[6 << 3 | 6]), "no such wire type"),
        ("wire-type-7", after(&[6 << 3 | 7]), "no such wire type"),
        ("key-cut", after(&[0x80]), "a varint that breaks off"),
        ("value-missing", after(&[6 << 3]), "a varint that breaks off"),
        ("value-cut", after(&[6 << 3, 0xff, 0xff]), "a varint that breaks off"),
        (
            "value-11-bytes",
            after(&[&[6 << 3][..], &[0xff; 10], &[1]].concat()),
            "a varint of more than ten bytes",
        ),
        (
            "value-65-bits",
            after(&[&[6 << 3][..], &[0xff; 9], &[2]].concat()),
            "a varint of more than 64 bits",
        ),
        ("length-missing", after(&[6 << 3 | 2]), "a length that breaks off"),
        ("length-beyond", after(&[6 << 3 | 2, 2, 1]), "more bytes than there are"),
        (
            "length-2e63",
            after(&[&[6 << 3 | 2][..], &[0x80; 9], &[1]].concat()),
            "more bytes than there are",
        ),
        ("64-bit-cut", after(&[6 << 3 | 1, 1, 1, 1, 1, 1, 1, 1]), "seven bytes of eight"),
        ("32-bit-cut", after(&[6 << 3 | 5, 1, 1, 1]), "three bytes of four"),
        ("trailing-0", after(&[0]), "the key of a field 0"),
    ] {
        cases.push(refused(&format!("payload-{id}"), &payload, MALFORMED, why));
    }
    let whole = batch(&[alice()]);
    for cut in [1, 2, 3, 10, 24, 25, 30] {
        let payload = Message(whole.0[..whole.0.len() - cut].to_vec());
        cases.push(refused(
            &format!("payload-cut-{cut}"),
            &payload,
            MALFORMED,
            "an export that breaks off",
        ));
    }
    let inner = alice();
    for cut in [1, 3, 8] {
        let entry = Message(inner.0[..inner.0.len() - cut].to_vec());
        let why = "an entry that breaks off within its own length";
        cases.push(refused(&format!("entry-cut-{cut}"), &export(&[entry]), MALFORMED, why));
    }
    let text = Message(b"otpauth://totp/alice?secret=GEZDGNBV".to_vec());
    cases.push(refused("payload-text", &text, MALFORMED, "a URI where an export belongs"));
}

fn bad_uris(cases: &mut Vec<Case>) {
    let data = percent_encoded(&base64(&export(&[alice()]).0));
    for (id, text, why) in [
        ("empty", String::new(), "nothing"),
        ("other-scheme", format!("https://offline?data={data}"), "another scheme"),
        ("other-host", format!("otpauth-migration://online?data={data}"), "another host"),
        (
            "otpauth",
            "otpauth://totp/alice?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ".into(),
            "read by another function",
        ),
        ("leading-space", format!(" {}", with_data(&data)), "nothing is trimmed"),
        ("no-query", "otpauth-migration://offline".into(), "no data"),
        ("no-data", "otpauth-migration://offline?x=1".into(), "no data"),
        ("data-without-value", "otpauth-migration://offline?data".into(), "no data"),
        ("data-twice", format!("{}&data={data}", with_data(&data)), "two exports in one"),
        ("fragment", format!("{}#x", with_data(&data)), "no symbol"),
    ] {
        cases.push(case(&format!("uri-{id}"), text).reject(MALFORMED).why(why));
    }
    let long = |len: usize| {
        let start = format!("{}&x=", with_data(&data));
        format!("{start}{}", "x".repeat(len - start.len()))
    };
    let why = "more than a QR code holds, and some";
    cases.push(accepted("4096-bytes", long(4096), &[usual()], "as much as is looked at"));
    cases.push(case("4097-bytes", long(4097)).reject("input_too_large").why(why));
    let far = case("20-kb", long(20_000)).reject("input_too_large").why("far too much");
    cases.push(far.requires("large_inputs"));
    for (id, value) in [
        ("null", Json::Null),
        ("number", 5.into()),
        ("boolean", true.into()),
        ("list", vec![with_data(&data)].into()),
    ] {
        let why = "whatever stands in the client's argument, it is the client's fault";
        let case = case(&format!("uri-type-{id}"), value).reject("input_malformed").why(why);
        cases.push(case.requires("dynamic_input"));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The examples of the encoding's own page.
    #[test]
    fn varints_and_fields_are_written_as_protobuf_shows_them() {
        assert_eq!(Message::default().number(1, 150).0, [0x08, 0x96, 0x01]);
        let testing = Message::default().bytes(2, b"testing");
        assert_eq!(testing.0, [0x12, 0x07, 0x74, 0x65, 0x73, 0x74, 0x69, 0x6e, 0x67]);
        let minus_two = Message::default().varint(u64::MAX - 1);
        assert_eq!(minus_two.0, [0xfe, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x01]);
    }

    #[test]
    fn spare_bits_are_set_and_nothing_else() {
        assert_eq!(last_bit_set("AA=="), "AB==");
        assert_eq!(percent_encoded("a+b/c="), "a%2Bb%2Fc%3D");
    }
}
