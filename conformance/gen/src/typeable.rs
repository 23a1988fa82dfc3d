//! Recovery codes in the typeable format: 16 symbols under a slow hash, and every way in which code, record or hash can be wrong.
//!
//! Records here have 100000 rounds, the fewest that are read, so that a run stays quick.

use crate::bytes::{base64url, hex};
use crate::case::{Case, File};
use crate::json::Json;
use crate::otp::{Algorithm, mac};
use crate::recovery::{
    CORRUPT, MALFORMED, Pepper, REFUSED, RULES, USER, apart, full_width, labelled, peppers_json,
    weighted_sum,
};
use crate::short_codes::{SYMBOLS, ShortCode, grouped, pbkdf2};

const TYPEABLE: &str = "typeable";
const UNSUPPORTED: &str = "code_hash_unsupported";
const ROUNDS: u32 = 100_000;

pub(crate) fn file() -> File {
    let mut cases = Vec::new();
    accepted(&mut cases);
    typed(&mut cases);
    wrong_codes(&mut cases);
    typing_errors(&mut cases);
    malformed_codes(&mut cases);
    records(&mut cases);
    unknown_hashes(&mut cases);
    commits(&mut cases);
    checked(&mut cases);
    argon2(&mut cases);
    File {
        topic: "recovery-typeable",
        description: "Recovery codes in the typeable format: codes, slow hashes and their bounds, records, typing errors",
        notes: vec![
            "A code is 16 symbols of 0123456789ABCDEFGHJKMNPQRSTVWXYZ, values 0 to 31: slot s0, random s1 to s14, check s15. \
             In GF(2)[x]/(x^5 + x^2 + 1) the sum of s[i] * x^(15 - i) over all 16 is 0."
                .into(),
            "fast = HMAC-SHA-256(key, \"mfakit-rc-v1\" || 02 || u16be(length of user_id) || user_id || set_id || s0 || s1 .. s14), \
             a byte a symbol; tag = PBKDF2-HMAC-SHA-256(fast, salt set_id, i rounds, 32 bytes), or Argon2id of the same with p = 1."
                .into(),
            "record = $mfakit-rc$v=1,f=typeable,h=pbkdf2-sha256,i=ROUNDS,k=KID$SETID$TAG.TAG...; 100000 to 2000000 rounds are read; \
             fewer than 600000 ask for a new set."
                .into(),
        ],
        cases,
    }
}

// ---------------------------------------------------------------- the model

#[derive(Clone)]
struct Set {
    user_id: &'static str,
    set_id: Vec<u8>,
    codes: Vec<ShortCode>,
    pepper: Option<Pepper>,
    rounds: u32,
}

impl Set {
    fn new(label: &str, count: u8, pepper: Option<&Pepper>) -> Self {
        let code = |slot| ShortCode::new(slot, &labelled(&format!("{label} typeable {slot}"), 14));
        Self {
            user_id: USER,
            set_id: labelled(&format!("{label} typeable set"), 16),
            codes: (0..count).map(code).collect(),
            pepper: pepper.cloned(),
            rounds: ROUNDS,
        }
    }

    fn fast(&self, code: &ShortCode) -> Vec<u8> {
        let key = self.pepper.as_ref().map_or(&self.set_id, |pepper| &pepper.key);
        let user = self.user_id.as_bytes();
        let length = u16::try_from(user.len()).expect("a length of two bytes").to_be_bytes();
        let message =
            [&b"mfakit-rc-v1"[..], &[2], &length, user, &self.set_id, code.covered()].concat();
        mac(Algorithm::Sha256, key, &message)
    }

    fn tags(&self) -> Vec<String> {
        let tag = |code| base64url(&pbkdf2(&self.fast(code), &self.set_id, self.rounds));
        self.codes.iter().map(tag).collect()
    }

    fn fields(&self) -> String {
        let key = self.pepper.as_ref().map(|pepper| format!(",k={}", pepper.id));
        let rounds = self.rounds;
        format!("v=1,f=typeable,h=pbkdf2-sha256,i={rounds}{}", key.unwrap_or_default())
    }

    fn record(&self) -> String {
        self.record_with(&self.fields())
    }

    fn record_with(&self, fields: &str) -> String {
        record(fields, &base64url(&self.set_id), &self.tags().join("."))
    }

    fn case(&self, id: &str, code: &str) -> Case {
        let peppers = self.pepper.as_ref().map(|p| peppers_json(&p.id, std::slice::from_ref(p)));
        question(id, code, self.user_id, self.record()).input("peppers", peppers).requires(TYPEABLE)
    }

    /// Expects the code in `slot` to be accepted, with `used` stored before.
    fn accepted(&self, case: Case, slot: u32, used: u64) -> Case {
        let count = u64::try_from(self.codes.len()).expect("small");
        right(case, count, slot, used, self.rounds < 600_000)
    }
}

fn question(id: &str, code: &str, user: &str, record: String) -> Case {
    Case::new("recovery.verify", format!("typeable-{id}"))
        .source(RULES, "Typeable recovery codes")
        .input("code", code)
        .input("user_id", user)
        .input("record", record)
        .input("used", 0)
        .input("peppers", Json::Null)
}

fn right(case: Case, count: u64, slot: u32, used: u64, needs_regeneration: bool) -> Case {
    let bit = 1_u64 << slot;
    let next = used | bit;
    let remaining = count - u64::from(next.count_ones());
    case.input("used", used).accept(
        "ok",
        [
            ("bit", bit.into()),
            ("remaining", remaining.into()),
            ("low", (remaining <= 3).into()),
            ("needs_regeneration", needs_regeneration.into()),
            ("prev", used.into()),
            ("next", next.into()),
        ],
    )
}

fn record(fields: &str, set_id: &str, tags: &str) -> String {
    format!("$mfakit-rc${fields}${set_id}${tags}")
}

/// Three codes without a pepper, of which the middle one has both 0 and 1 in it and no symbol twice in a row.
fn plain_set() -> Set {
    let mut set = Set::new("plain", 3, None);
    let fits = |code: &ShortCode| {
        code.0.windows(2).all(|pair| pair[0] != pair[1])
            && code.covered()[1..].contains(&0)
            && code.covered()[1..].contains(&1)
    };
    let codes = (0..).map(|n| ShortCode::new(1, &labelled(&format!("telling typeable {n}"), 14)));
    set.codes[1] = codes.into_iter().find(fits).expect("some label fits");
    set
}

// ---------------------------------------------------------------- accepted

fn accepted(cases: &mut Vec<Case>) {
    let plain = plain_set();
    for slot in 0..3_u32 {
        let code = plain.codes[usize::try_from(slot).expect("small")].shown();
        let case = plain.case(&format!("plain-slot-{slot}"), &code);
        cases.push(
            plain.accepted(case, slot, 0).why("100000 rounds: accepted, and time for a new set"),
        );
    }
    let case = plain.case("others-used", &plain.codes[1].shown());
    cases.push(plain.accepted(case, 1, 0b101).why("the last one left"));
    let pepper = Pepper::new("2026-05");
    let peppered = Set::new("peppered", 2, Some(&pepper));
    let case = peppered.case("peppered", &peppered.codes[1].shown());
    cases.push(peppered.accepted(case, 1, 0).why("under a pepper"));
    let both = [pepper, Pepper::new("2026-11")];
    let case = peppered
        .case("rotated", &peppered.codes[0].shown())
        .input("peppers", peppers_json("2026-11", &both));
    cases.push(peppered.accepted(case, 0, 0).why("under an old pepper"));
    let strong = Set { rounds: 600_000, ..Set::new("strong", 1, None) };
    let case = strong.case("600000-rounds", &strong.codes[0].shown());
    cases.push(strong.accepted(case, 0, 0).why("as sets are made today: no need for a new one"));
    let mut of_user = Set::new("users", 1, None);
    of_user.user_id = "\u{1f511} jos\u{e9}";
    let case = of_user.case("user-utf-8", &of_user.codes[0].shown());
    cases.push(of_user.accepted(case, 0, 0).why("a user id is bytes of UTF-8"));
}

fn typed(cases: &mut Vec<Case>) {
    let set = plain_set();
    let plain = set.codes[1].plain();
    for (id, text, why) in [
        ("lower-case", plain.to_lowercase(), "case does not matter, hyphens only help the eye"),
        ("spaces", format!(" {} ", grouped(&plain, " ")), "spaces for hyphens, and around"),
        ("letters-for-digits", plain.replace('0', "o").replace('1', "l"), "o for 0 and l for 1"),
        ("dashes", apart(&plain, "\u{2013}"), "what word processors make of a hyphen, everywhere"),
        (
            "128-bytes",
            format!("{plain}{}", " ".repeat(128 - SYMBOLS)),
            "as long as an input may be",
        ),
    ] {
        cases.push(set.accepted(set.case(&format!("typed-{id}"), &text), 1, 0).why(why));
    }
}

// ---------------------------------------------------------------- refused

fn wrong_codes(cases: &mut Vec<Case>) {
    let set = plain_set();
    let code = &set.codes[1];
    let pepper = Pepper::new("2026-05");
    let peppered = Set::new("peppered", 2, Some(&pepper));
    let mut reject = |case: Case, why: &str| cases.push(case.reject(REFUSED).why(why));
    let case = |id: &str, code: &ShortCode| set.case(id, &code.shown());
    reject(case("used", code).input("used", 0b010), "a code works once");
    reject(case("all-used", code).input("used", 0b111), "a code works once");
    for position in [1, 14] {
        let id = format!("symbol-{position}");
        let why = "another random symbol, and the check symbol that fits";
        reject(case(&id, &code.with(position, code.0[position] ^ 1)), why);
    }
    reject(case("other-slot", &code.with(0, 2)), "the same symbols in the next slot");
    reject(case("slot-beyond", &code.with(0, 3)), "the first slot that the set does not have");
    reject(case("slot-31", &code.with(0, 31)), "the mark of a temporary code, which is no slot");
    reject(case("other-user", code).input("user_id", "user-0002"), "a code is bound to its user");
    let other = base64url(&labelled("other typeable set", 16));
    let text = record(&set.fields(), &other, &set.tags().join("."));
    reject(case("other-set-id", code).input("record", text), "a tag is bound to its set");
    let mut tags = set.tags();
    tags.swap(1, 2);
    let text = record(&set.fields(), &base64url(&set.set_id), &tags.join("."));
    reject(case("tags-swapped", code).input("record", text), "a tag is bound to its slot");
    let more = set.record_with(&set.fields().replace("i=100000", "i=100001"));
    reject(case("rounds-changed", code).input("record", more), "a tag has its number of rounds");
    let mut other = pepper.clone();
    other.key[0] ^= 1;
    let given = peppers_json("2026-05", &[other]);
    let case = peppered.case("other-key", &peppered.codes[0].shown()).input("peppers", given);
    reject(case, "the same id over another key");
    let stripped = peppered.record_with("v=1,f=typeable,h=pbkdf2-sha256,i=100000");
    let case = peppered.case("pepper-stripped", &peppered.codes[0].shown());
    reject(
        case.input("record", stripped).input("peppers", Json::Null),
        "without k the key is the set id",
    );
    let unknown =
        peppered.case("pepper-unknown", &peppered.codes[0].shown()).input("peppers", Json::Null);
    cases.push(unknown.reject("pepper_unknown").why("the record names a pepper"));
}

fn typing_errors(cases: &mut Vec<Case>) {
    let set = plain_set();
    let code = &set.codes[1];
    for position in 0..SYMBOLS {
        let mut typed = code.clone();
        typed.0[position] = (typed.0[position] + 1 + u8::try_from(position).expect("small")) & 31;
        assert_ne!(weighted_sum(&typed.0), 0);
        let case = set.case(&format!("typo-{position}"), &typed.shown());
        cases.push(case.reject(MALFORMED).why("one wrong symbol: a typing error, free of charge"));
    }
    for position in 0..SYMBOLS - 1 {
        let mut typed = code.clone();
        typed.0.swap(position, position + 1);
        assert_ne!(weighted_sum(&typed.0), 0);
        let case = set.case(&format!("exchange-{position}"), &typed.shown());
        cases.push(case.reject(MALFORMED).why("two neighbours exchanged: a typing error"));
    }
}

fn malformed_codes(cases: &mut Vec<Case>) {
    let set = plain_set();
    let plain = set.codes[1].plain();
    for (id, text, why) in [
        ("empty", String::new(), "nothing"),
        ("15-symbols", plain[..15].into(), "the check symbol is missing"),
        ("17-symbols", format!("{plain}0"), "a symbol too many, which adds nothing to a sum"),
        ("17-symbols-leading", format!("0{plain}"), "a leading 0 is a symbol"),
        ("32-symbols", format!("{plain}{plain}"), "twice the same code"),
        ("26-symbols", "00000-00000-00000-00000-000000".into(), "a code of the full format"),
        ("6-digits", "123456".into(), "a one-time password is no recovery code"),
        ("u", plain.replacen('1', "U", 1), "U is no symbol"),
        ("full-width", full_width(&plain), "full-width symbols"),
        ("nul", format!("{plain}\0"), "a text does not end at a NUL"),
        ("line-break", format!("{plain}\n"), "a line break is not skipped"),
        ("129-bytes", format!("{plain}{}", " ".repeat(129 - SYMBOLS)), "one byte too long"),
    ] {
        cases.push(set.case(&format!("malformed-{id}"), &text).reject(MALFORMED).why(why));
    }
    for (id, value) in
        [("null", Json::Null), ("number", 5.into()), ("list", vec![plain.as_str()].into())]
    {
        let case = set.case(&format!("type-code-{id}"), "").input("code", value);
        let why = "whatever stands in the client's argument, it is the client's fault";
        cases.push(case.requires("dynamic_input").reject("input_malformed").why(why));
    }
}

// ---------------------------------------------------------------- what the host stores

/// Every field but the hash is read as in the full format, whose vectors have the rest.
fn records(cases: &mut Vec<Case>) {
    let set = plain_set();
    let mut refuse = |id: &str, fields: &str, why: &str| {
        let case = set.case(&format!("record-{id}"), &set.codes[1].shown());
        cases.push(case.input("record", set.record_with(fields)).reject(CORRUPT).why(why));
    };
    let bounds = "rounds are bounded, so that no record costs more than it may";
    for (id, rounds) in [
        ("0", "0"),
        ("1", "1"),
        ("99999", "99999"),
        ("2000001", "2000001"),
        ("2e32-plus-100000", "4295067296"),
        ("2e64", "18446744073709551616"),
        ("40-digits", "1000000000000000000000000000000000000000"),
    ] {
        refuse(
            &format!("rounds-{id}"),
            &format!("v=1,f=typeable,h=pbkdf2-sha256,i={rounds}"),
            bounds,
        );
    }
    let form = "a number has one form";
    for (id, rounds) in [
        ("empty", ""),
        ("negative", "-100000"),
        ("plus", "+100000"),
        ("leading-zero", "0100000"),
        ("space", " 100000"),
        ("hexadecimal", "0x186a0"),
        ("exponent", "1e5"),
        ("separator", "100_000"),
        ("arabic", "\u{661}00000"),
    ] {
        refuse(
            &format!("rounds-{id}"),
            &format!("v=1,f=typeable,h=pbkdf2-sha256,i={rounds}"),
            form,
        );
    }
    for (id, fields, why) in [
        ("rounds-missing", "v=1,f=typeable,h=pbkdf2-sha256", "a hash has its costs"),
        ("rounds-first", "v=1,f=typeable,i=100000,h=pbkdf2-sha256", "fields have one order"),
        (
            "rounds-twice",
            "v=1,f=typeable,h=pbkdf2-sha256,i=100000,i=100000",
            "a field that stands twice",
        ),
        ("hash-missing", "v=1,f=typeable", "a slow hash has its name"),
        ("hash-missing-rounds", "v=1,f=typeable,i=100000", "a slow hash has its name"),
        ("hash-empty", "v=1,f=typeable,h=,i=100000", "a slow hash has its name"),
        ("hash-upper-case", "v=1,f=typeable,h=PBKDF2-SHA256,i=100000", "names are exact"),
        (
            "hash-33-letters",
            "v=1,f=typeable,h=abcdefghijklmnopqrstuvwxyz0123456,i=100000",
            "no hash is called that",
        ),
        ("hash-dot", "v=1,f=typeable,h=pbkdf2.sha256,i=100000", "no hash is called that"),
        ("hash-before-format", "v=1,h=pbkdf2-sha256,i=100000,f=typeable", "fields have one order"),
        (
            "field-unknown",
            "v=1,f=typeable,h=pbkdf2-sha256,i=100000,x=1",
            "a field that does not exist",
        ),
        (
            "field-of-argon2",
            "v=1,f=typeable,h=pbkdf2-sha256,i=100000,m=19456",
            "another hash's field",
        ),
        (
            "pepper-before-rounds",
            "v=1,f=typeable,h=pbkdf2-sha256,k=a,i=100000",
            "fields have one order",
        ),
        ("comma-at-the-end", "v=1,f=typeable,h=pbkdf2-sha256,i=100000,", "a comma too many"),
        ("format-upper-case", "v=1,f=Typeable,h=pbkdf2-sha256,i=100000", "names are exact"),
        ("format-unknown", "v=1,f=short,h=pbkdf2-sha256,i=100000", "a format that does not exist"),
        (
            "full-with-hash",
            "v=1,f=full,h=pbkdf2-sha256,i=100000",
            "the full format has no slow hash",
        ),
    ] {
        refuse(id, fields, why);
    }
    let later = set.record_with("v=2,f=typeable,h=pbkdf2-sha256,i=100000");
    let case = set.case("record-version-2", &set.codes[1].shown()).input("record", later);
    cases.push(case.reject("record_version_unknown").why("written by a later version"));
    let case = set.case("used-beyond", &set.codes[1].shown()).input("used", 0b1000);
    cases.push(case.reject(CORRUPT).why("a bit beyond the set"));
}

/// No feature is needed to say that one is missing.
fn unknown_hashes(cases: &mut Vec<Case>) {
    let set = plain_set();
    for (id, fields) in [
        ("scrypt", "v=1,f=typeable,h=scrypt,n=32768,r=8,p=1"),
        ("bcrypt", "v=1,f=typeable,h=bcrypt,c=12"),
        ("pbkdf2-sha512", "v=1,f=typeable,h=pbkdf2-sha512,i=210000"),
        ("pbkdf2-sha1", "v=1,f=typeable,h=pbkdf2-sha1,i=1300000"),
        ("argon2i", "v=1,f=typeable,h=argon2i,m=19456,t=2,p=1"),
        ("one-letter", "v=1,f=typeable,h=x"),
        ("32-letters", "v=1,f=typeable,h=abcdefghijklmnopqrstuvwxyz012345,i=1"),
    ] {
        let record = set.record_with(fields);
        let case = question(&format!("hash-{id}"), &set.codes[1].shown(), USER, record);
        cases.push(
            case.reject(UNSUPPORTED)
                .why("a hash of another copy: nothing here can tell right from wrong"),
        );
    }
}

fn commits(cases: &mut Vec<Case>) {
    let set = plain_set();
    let code = set.codes[1].shown();
    let mut one = set.accepted(set.case("commit-1-row", &code).input("rows", 1), 1, 0);
    one.expect.set("method", "recovery_code".into());
    one.expect.set("user_verified", false.into());
    cases.push(one.why("one row changed: the proof is stored"));
    let none = set.case("commit-0-rows", &code).input("rows", 0);
    cases.push(none.reject("state_conflict").why("anything but one row is somebody else's"));
}

/// The form of a code and nothing else: nothing is hashed, so the bounds of the hash can be seen for nothing.
fn checked(cases: &mut Vec<Case>) {
    let set = plain_set();
    let check = |id: &str, code: &str, record: String| {
        Case::new("code.check", format!("code-check-recovery-{id}"))
            .source(RULES, "The form of a code")
            .input("factor", "recovery")
            .input("code", code)
            .input("record", record)
    };
    let full = format!("$mfakit-rc$v=1,f=full${}${}", base64url(&set.set_id), base64url(&[7; 32]));
    let typeable = |fields: &str| set.record_with(fields);
    let code = set.codes[1].shown();
    let wrong = set.codes[1].with(3, set.codes[1].0[3] ^ 1).shown();
    let zeros = "00000-00000-00000-00000-000000";
    let mut typo = set.codes[1].clone();
    typo.0[3] ^= 1;
    cases.push(
        check("typeable", &code, set.record())
            .requires(TYPEABLE)
            .accept("ok", [])
            .why("a code of the set"),
    );
    cases.push(
        check("typeable-wrong", &wrong, set.record())
            .requires(TYPEABLE)
            .accept("ok", [])
            .why("wrong codes have the form, too"),
    );
    let case = check("typeable-typo", &typo.shown(), set.record()).requires(TYPEABLE);
    cases.push(case.reject(MALFORMED).why("the check symbol does not fit"));
    let case = check("typeable-full-code", zeros, set.record()).requires(TYPEABLE);
    cases.push(case.reject(MALFORMED).why("a code of the other format"));
    cases.push(
        check("full", zeros, full.clone())
            .accept("ok", [])
            .why("symbols that all are 0 fit together"),
    );
    cases.push(
        check("full-typeable-code", &code, full.clone())
            .reject(MALFORMED)
            .why("a code of the other format"),
    );
    cases.push(
        check("full-typo", "10000-00000-00000-00000-000000", full.clone())
            .reject(MALFORMED)
            .why("the check symbol does not fit"),
    );
    cases.push(check("full-empty", "", full.clone()).reject(MALFORMED).why("nothing"));
    for rounds in [100_000, 100_001, 600_000, 1_999_999, 2_000_000] {
        let fields = format!("v=1,f=typeable,h=pbkdf2-sha256,i={rounds}");
        let case = check(&format!("rounds-{rounds}"), &code, typeable(&fields)).requires(TYPEABLE);
        cases.push(case.accept("ok", []).why("within the bounds of what is read"));
    }
    for (id, record, code, why) in [
        ("record-empty", String::new(), CORRUPT, "a record that breaks off"),
        ("record-other", "$mfakit-tc$v=1".into(), CORRUPT, "another kind of record"),
        (
            "record-version-2",
            typeable("v=2,f=new"),
            "record_version_unknown",
            "written by a later version",
        ),
        ("record-hash", typeable("v=1,f=typeable,h=scrypt"), UNSUPPORTED, "a hash of another copy"),
    ] {
        cases.push(check(id, zeros, record).reject(code).why(why));
    }
    let case = check("type-null", zeros, full).input("code", Json::Null).requires("dynamic_input");
    cases.push(case.reject("input_malformed").why("the client's argument"));
}

// ---------------------------------------------------------------- Argon2id

/// Argon2id (RFC 9106, version 19, one lane, 32 bytes) of the fast hash with the set's id as salt, as the reference implementation
/// computes it: `argon2.low_level.hash_secret_raw(fast, set_id, time_cost=t, memory_cost=m, parallelism=1, hash_len=32,
/// type=Type.ID)` of argon2-cffi 25.1.0. Here are the two inputs, which are checked against the model.
const HASHED: [&str; 2] = [
    "9f67d7175c8d341b248a9d6277bf1f99f6b34e22706865f965442b3a922e9211",
    "6c258cd1c90192279a57b147f4d6cf04",
];
/// Memory in KiB, passes, and the tag of [`HASHED`].
const ARGON2: [(u32, u32, &str); 2] = [
    (19_456, 2, "PNHtCwnDqVhIs6l8cpV2G2S3RkMABL7R1TYqPqUaNqQ"),
    (19_456, 3, "GrFdXVeXTU7cOm4l3jtYWeRVXb_pRDgwzEWq2WUdXl8"),
];

fn argon2(cases: &mut Vec<Case>) {
    const FEATURE: &str = "argon2";
    let set = Set::new("argon2id", 1, None);
    let code = set.codes[0].shown();
    let hashed = [hex(&set.fast(&set.codes[0])), hex(&set.set_id)];
    assert_eq!(hashed, HASHED, "what the tags below are of");
    let text = |fields: &str, tag: &str| record(fields, &base64url(&set.set_id), tag);
    let ask = |id: &str, record: String| {
        question(&format!("argon2-{id}"), &code, USER, record).requires(FEATURE)
    };
    for (memory, passes, tag) in ARGON2 {
        let fields = format!("v=1,f=typeable,h=argon2id,m={memory},t={passes},p=1");
        let case = ask(&format!("m{memory}-t{passes}"), text(&fields, tag));
        cases.push(right(case, 1, 0, 0, false).why("Argon2id by the reference implementation"));
        let fields = format!("v=1,f=typeable,h=argon2id,m={memory},t={},p=1", passes + 2);
        let case = ask(&format!("m{memory}-t{passes}-as-{}", passes + 2), text(&fields, tag));
        cases.push(case.reject(REFUSED).why("a tag has its number of passes"));
    }
    let (.., tag) = ARGON2[0];
    let check = |id: &str, fields: &str| {
        Case::new("code.check", format!("code-check-recovery-argon2-{id}"))
            .source(RULES, "The form of a code")
            .input("factor", "recovery")
            .input("code", code.as_str())
            .input("record", text(&format!("v=1,f=typeable,h=argon2id,{fields}"), tag))
            .requires(FEATURE)
    };
    for (id, fields) in [("least", "m=19456,t=2,p=1"), ("most", "m=131072,t=8,p=1")] {
        cases.push(check(id, fields).accept("ok", []).why("the ends of the bounds"));
    }
    let bounds = "memory and passes are bounded, so that no record costs more than it may";
    for (id, fields, why) in [
        ("memory-19455", "m=19455,t=2,p=1", bounds),
        ("memory-131073", "m=131073,t=2,p=1", bounds),
        ("memory-2e32", "m=4294967296,t=2,p=1", bounds),
        ("passes-1", "m=19456,t=1,p=1", bounds),
        ("passes-9", "m=19456,t=9,p=1", bounds),
        ("lanes-0", "m=19456,t=2,p=0", "one lane"),
        ("lanes-2", "m=19456,t=2,p=2", "one lane"),
        ("lanes-missing", "m=19456,t=2", "a hash has its costs"),
        ("passes-missing", "m=19456,p=1", "a hash has its costs"),
        ("memory-missing", "t=2,p=1", "a hash has its costs"),
        ("other-order", "t=2,m=19456,p=1", "fields have one order"),
        ("leading-zero", "m=019456,t=2,p=1", "a number has one form"),
        ("rounds", "i=600000", "another hash's field"),
    ] {
        cases.push(check(id, fields).reject(CORRUPT).why(why));
    }
}
