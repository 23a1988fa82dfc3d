//! Recovery codes in the full format: the codes, tags and records themselves, and every way in which one can be wrong.
//!
//! Written from docs/codes without the core: the check symbol is a sum of products by a table of powers, a record is put
//! together as text. Sets come from public labels: the same bytes on every run, secrets of nobody.

use crate::bytes::{base64url, hex};
use crate::case::{Case, File};
use crate::json::Json;
use crate::otp::{Algorithm, mac};

pub(crate) const RULES: &str = "mfakit docs/codes";
pub(crate) const ALPHABET: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";
/// Slot, 24 random symbols, check symbol.
const SYMBOLS: usize = 26;
pub(crate) const USER: &str = "user-0001";
pub(crate) const REFUSED: &str = "recovery_code_rejected";
pub(crate) const MALFORMED: &str = "recovery_code_malformed";
pub(crate) const CORRUPT: &str = "record_corrupt";

pub(crate) fn file() -> File {
    let mut cases = Vec::new();
    slots_and_counts(&mut cases);
    normalisation(&mut cases);
    remaining(&mut cases);
    users(&mut cases);
    peppers(&mut cases);
    wrong_codes(&mut cases);
    typing_errors(&mut cases);
    malformed_codes(&mut cases);
    records(&mut cases);
    used(&mut cases);
    commits(&mut cases);
    types(&mut cases);
    configuration(&mut cases);
    generation(&mut cases);
    File {
        topic: "recovery",
        description: "Recovery codes in the full format: codes, tags, records, peppers, and each way to be wrong",
        notes: vec![
            "A code is 26 symbols of 0123456789ABCDEFGHJKMNPQRSTVWXYZ, values 0 to 31: slot s0, random s1 to s24, check s25. \
             In GF(2)[x]/(x^5 + x^2 + 1) the sum of s[i] * x^(25 - i) over all 26 is 0."
                .into(),
            "tag = HMAC-SHA-256(key, \"mfakit-rc-v1\" || 01 || u16be(length of user_id) || user_id || set_id || s0 || s1 .. s24), \
             a byte a symbol; key is the pepper, or the 16 bytes of set_id where there is none."
                .into(),
            "record = $mfakit-rc$v=1,f=full,k=KID$SETID$TAG.TAG... in unpadded base64url; without a pepper there is no k."
                .into(),
            "Set id and random symbols are bytes of HMAC-SHA-256(\"mfakit recovery vectors\", label)."
                .into(),
        ],
        cases,
    }
}

// ---------------------------------------------------------------- the model

/// x^0, x^1 and so on in GF(2)[x]/(x^5 + x^2 + 1).
fn powers_of_x(count: usize) -> Vec<u8> {
    let next = |power: &u8| {
        let doubled = power << 1;
        Some(if doubled & 0b10_0000 == 0 { doubled } else { doubled ^ 0b10_0101 })
    };
    std::iter::successors(Some(1), next).take(count).collect()
}

/// The product of two elements: the sum of the first's multiples by the powers of x in the second.
fn product(a: u8, b: u8) -> u8 {
    let mut sum = 0;
    let mut multiple = a;
    for bit in 0..5 {
        if (b >> bit) & 1 == 1 {
            sum ^= multiple;
        }
        multiple <<= 1;
        if multiple & 0b10_0000 != 0 {
            multiple ^= 0b10_0101;
        }
    }
    sum
}

/// The weighted sum of a whole code's symbols; 0 for a code without a typing error.
pub(crate) fn weighted_sum(symbols: &[u8]) -> u8 {
    let powers = powers_of_x(symbols.len());
    symbols.iter().zip(powers.iter().rev()).fold(0, |sum, (s, x)| sum ^ product(*s, *x))
}

/// A code by its symbols' values.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Code([u8; SYMBOLS]);

impl Code {
    /// The code of a slot and 24 random symbols: the check symbol has weight 1, so it is the sum of the others.
    fn new(slot: u8, random: &[u8]) -> Self {
        let mut symbols = [0; SYMBOLS];
        symbols[0] = slot;
        symbols[1..25].copy_from_slice(random);
        symbols[25] = weighted_sum(&symbols);
        assert_eq!(weighted_sum(&symbols), 0);
        Self(symbols)
    }

    /// With one of the symbols before the check symbol changed, and the check symbol made to fit.
    fn with(&self, position: usize, value: u8) -> Self {
        let mut symbols = self.0;
        symbols[position] = value;
        Self::new(symbols[0], &symbols[1..25])
    }

    /// The symbols without hyphens.
    fn plain(&self) -> String {
        self.0.iter().map(|value| char::from(ALPHABET[usize::from(*value)])).collect()
    }

    /// As it is shown: 5-5-5-5-6.
    fn shown(&self) -> String {
        grouped(&self.plain(), "-")
    }
}

/// Groups of five, the last of six.
fn grouped(plain: &str, between: &str) -> String {
    let groups = [&plain[..5], &plain[5..10], &plain[10..15], &plain[15..20], &plain[20..]];
    groups.join(between)
}

/// As many bytes as are asked for, from a public label.
pub(crate) fn labelled(label: &str, len: usize) -> Vec<u8> {
    let mut out = mac(Algorithm::Sha256, b"mfakit recovery vectors", label.as_bytes());
    while out.len() < len {
        out.extend(mac(Algorithm::Sha256, b"mfakit recovery vectors", &out));
    }
    out.truncate(len);
    out
}

/// A pepper.
#[derive(Clone, Debug)]
pub(crate) struct Pepper {
    pub(crate) id: String,
    pub(crate) key: Vec<u8>,
}

impl Pepper {
    pub(crate) fn new(id: &str) -> Self {
        Self { id: id.into(), key: labelled(&format!("pepper {id}"), 32) }
    }

    fn json(&self) -> Json {
        Json::object([("id", self.id.as_str().into()), ("key_hex", hex(&self.key).into())])
    }
}

pub(crate) fn peppers_json(current: &str, peppers: &[Pepper]) -> Json {
    let keys: Vec<Json> = peppers.iter().map(Pepper::json).collect();
    Json::object([("current", current.into()), ("keys", keys.into())])
}

/// A set of codes and what its record is made of.
#[derive(Clone, Debug)]
struct Set {
    user_id: String,
    set_id: Vec<u8>,
    codes: Vec<Code>,
    pepper: Option<Pepper>,
}

impl Set {
    fn new(label: &str, count: u8, pepper: Option<&Pepper>) -> Self {
        let codes = (0..count).map(|slot| {
            let bytes = labelled(&format!("{label} code {slot}"), 24);
            let random: Vec<u8> = bytes.iter().map(|byte| byte & 31).collect();
            Code::new(slot, &random)
        });
        Self {
            user_id: USER.into(),
            set_id: labelled(&format!("{label} set"), 16),
            codes: codes.collect(),
            pepper: pepper.cloned(),
        }
    }

    /// The set with a code of its own choice in a slot.
    fn holding(mut self, code: Code) -> Self {
        let slot = usize::from(code.0[0]);
        self.codes[slot] = code;
        self
    }

    fn of(mut self, user_id: &str) -> Self {
        self.user_id = user_id.into();
        self
    }

    fn tag(&self, code: &Code) -> Vec<u8> {
        let key = self.pepper.as_ref().map_or(&self.set_id, |pepper| &pepper.key);
        let user = self.user_id.as_bytes();
        let length = u16::try_from(user.len()).expect("a length of two bytes").to_be_bytes();
        let message =
            [&b"mfakit-rc-v1"[..], &[1], &length, user, &self.set_id, &code.0[..25]].concat();
        mac(Algorithm::Sha256, key, &message)
    }

    fn tags(&self) -> Vec<String> {
        self.codes.iter().map(|code| base64url(&self.tag(code))).collect()
    }

    /// The text between the first two `$` of the record's end: its fields.
    fn fields(&self) -> String {
        let key = self.pepper.as_ref().map(|pepper| format!(",k={}", pepper.id));
        format!("v=1,f=full{}", key.unwrap_or_default())
    }

    fn record(&self) -> String {
        record(&self.fields(), &base64url(&self.set_id), &self.tags().join("."))
    }

    /// The question about one code, with nothing used and only the set's own pepper.
    fn case(&self, id: &str, code: &str) -> Case {
        let peppers = self.pepper.as_ref().map(|p| peppers_json(&p.id, std::slice::from_ref(p)));
        Case::new("recovery.verify", format!("recovery-{id}"))
            .source(RULES, "Recovery codes")
            .input("code", code)
            .input("user_id", self.user_id.as_str())
            .input("record", self.record())
            .input("used", 0)
            .input("peppers", peppers)
    }

    /// Expects the code in `slot` to be accepted, with `used` stored before.
    fn accepted(&self, case: Case, slot: u32, used: u64, needs_regeneration: bool) -> Case {
        let bit = 1_u64 << slot;
        let next = used | bit;
        let remaining =
            u64::try_from(self.codes.len()).expect("small") - u64::from(next.count_ones());
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
}

fn record(fields: &str, set_id: &str, tags: &str) -> String {
    format!("$mfakit-rc${fields}${set_id}${tags}")
}

/// Ten codes without a pepper, whose code in slot 4 has both 0 and 1 in it and no symbol twice in a row.
fn plain_set() -> Set {
    Set::new("plain", 10, None).holding(telling_code())
}

/// The first code of slot 4 by counted labels in which every exchange of neighbours shows and both 0 and 1 occur.
fn telling_code() -> Code {
    (0..)
        .map(|n| {
            let bytes = labelled(&format!("telling {n}"), 24);
            Code::new(4, &bytes.iter().map(|byte| byte & 31).collect::<Vec<_>>())
        })
        .find(|code| {
            code.0.windows(2).all(|pair| pair[0] != pair[1])
                && code.0.iter().filter(|s| **s == 0).count() >= 2
                && code.0.iter().filter(|s| **s == 1).count() >= 2
        })
        .expect("some label fits")
}

// ---------------------------------------------------------------- accepted

fn slots_and_counts(cases: &mut Vec<Case>) {
    let pepper = Pepper::new("2026-05");
    for count in [1, 2, 10, 31] {
        for pepper in [None, Some(&pepper)] {
            let kind = if pepper.is_some() { "peppered" } else { "plain" };
            let set = Set::new(&format!("{kind} {count}"), count, pepper);
            let mut slots = vec![0, count / 2, count - 1];
            slots.dedup();
            for slot in slots {
                let code = set.codes[usize::from(slot)].shown();
                let case = set.case(&format!("{kind}-{count}-slot-{slot}"), &code);
                cases.push(set.accepted(case, slot.into(), 0, false));
            }
        }
    }
    let mut longest = pepper;
    longest.key = labelled("pepper of 64 bytes", 64);
    longest.id = "A-Za-z0-9._-0123456789abcdefghij".into();
    assert_eq!(longest.id.len(), 32);
    let set = Set::new("longest pepper", 10, Some(&longest));
    let case = set.case("pepper-64-bytes-id-32", &set.codes[3].shown());
    cases.push(set.accepted(case, 3, 0, false).why("the ends of what a pepper may be"));
}

fn normalisation(cases: &mut Vec<Case>) {
    let set = plain_set();
    let code = &set.codes[4];
    let plain = code.plain();
    let accepted = |id: &str, text: &str, why: &str| {
        set.accepted(set.case(&format!("typed-{id}"), text), 4, 0, false).why(why)
    };
    for (id, text, why) in [
        ("without-hyphens", plain.clone(), "hyphens only help the eye"),
        ("lower-case", code.shown().to_lowercase(), "case does not matter"),
        ("mixed-case", alternate_case(&plain), "case does not matter"),
        ("spaces", grouped(&plain, " "), "spaces for hyphens"),
        ("spaces-around", format!("  {}   ", code.shown()), "pasted with its surroundings"),
        ("space-and-hyphen", grouped(&plain, " - "), "hyphens with spaces around"),
        ("every-symbol-apart", apart(&plain, "-"), "wherever the hyphens stand"),
        ("no-break-space", grouped(&plain, "\u{a0}"), "U+00A0, which web pages show as a space"),
        ("hyphen-2010", grouped(&plain, "\u{2010}"), "U+2010, the unambiguous hyphen"),
        ("hyphen-2011", grouped(&plain, "\u{2011}"), "U+2011, the hyphen that does not break"),
        ("en-dash", grouped(&plain, "\u{2013}"), "U+2013, which word processors make of a hyphen"),
        ("letter-o", plain.replace('0', "O"), "O for 0"),
        ("letter-o-small", plain.replace('0', "o"), "o for 0"),
        ("letter-i", plain.replace('1', "I"), "I for 1"),
        ("letter-i-small", plain.replace('1', "i"), "i for 1"),
        ("letter-l", plain.replace('1', "L"), "L for 1"),
        ("letter-l-small", plain.replace('1', "l"), "l for 1"),
        (
            "all-at-once",
            grouped(&plain.replace('0', "o").replace('1', "l").to_lowercase(), "\u{2011} "),
            "all of these together",
        ),
        (
            "128-bytes",
            format!("{plain}{}", " ".repeat(128 - SYMBOLS)),
            "as long as an input may be",
        ),
        (
            "128-bytes-of-dashes",
            format!("{plain}{}", "\u{2013}".repeat((128 - SYMBOLS) / 3)),
            "as long as an input may be, counted in bytes of UTF-8",
        ),
    ] {
        assert!(text.len() <= 128, "{id}");
        cases.push(accepted(id, &text, why));
    }
}

fn alternate_case(text: &str) -> String {
    let flip = |(i, c): (usize, char)| if i % 2 == 0 { c.to_ascii_lowercase() } else { c };
    text.chars().enumerate().map(flip).collect()
}

pub(crate) fn apart(text: &str, between: &str) -> String {
    text.chars().map(String::from).collect::<Vec<_>>().join(between)
}

fn remaining(cases: &mut Vec<Case>) {
    let set = plain_set();
    let mut push = |id: &str, slot: u32, used: u64, why: &str| {
        let code = set.codes[usize::try_from(slot).expect("small")].shown();
        cases.push(set.accepted(set.case(id, &code), slot, used, false).why(why));
    };
    push("others-used", 4, 0b01_0010_0001, "other bits are no hindrance");
    push("used-around", 4, 0b00_0010_1000, "the bits on both sides");
    push("four-remain", 9, 0b00_0001_1111, "four remain: not low yet");
    push("three-remain", 9, 0b00_0011_1111, "three remain: low");
    push("one-remains", 9, 0b00_1111_1111, "one remains");
    push("last-one", 9, 0b01_1111_1111, "none remains");
    push("last-one-is-the-first", 0, 0b11_1111_1110, "none remains");
    let all = Set::new("plain 31", 31, None);
    let case = all.case("last-one-of-31", &all.codes[30].shown());
    cases.push(all.accepted(case, 30, (1 << 30) - 1, false).why("every bit of a signed column"));
    let four = Set::new("plain 4", 4, None);
    let case = four.case("first-of-four", &four.codes[0].shown());
    cases.push(four.accepted(case, 0, 0, false).why("a small set is low after its first code"));
}

fn users(cases: &mut Vec<Case>) {
    let set = Set::new("users", 10, None);
    for (id, user, why) in [
        ("1-byte", "1".into(), "the shortest user id"),
        ("255-bytes", "u".repeat(255), "the longest user id"),
        ("255-bytes-utf-8", format!("{}u", "\u{e9}".repeat(127)), "counted in bytes of UTF-8"),
        ("astral", "\u{1f511}".into(), "four bytes of UTF-8"),
        ("nul", "a\0b".into(), "any text is an id"),
        ("spaces", " alice ".into(), "nothing is trimmed"),
        ("dollar", "$mfakit-rc$".into(), "no text has a meaning of its own"),
    ] {
        let set = set.clone().of(&user);
        let case = set.case(&format!("user-{id}"), &set.codes[2].shown());
        cases.push(set.accepted(case, 2, 0, false).why(why));
    }
    for (id, user) in [
        ("empty", String::new()),
        ("256-bytes", "u".repeat(256)),
        ("256-bytes-utf-8", "\u{e9}".repeat(128)),
        ("65537-bytes", "u".repeat(65537)),
    ] {
        let case = set.case(&format!("user-{id}"), &set.codes[2].shown()).input("user_id", user);
        let case = if id == "65537-bytes" { case.requires("large_inputs") } else { case };
        cases.push(case.reject("user_id_invalid").why("a user id is 1 to 255 bytes of UTF-8"));
    }
}

fn peppers(cases: &mut Vec<Case>) {
    let (old, new) = (Pepper::new("2026-05"), Pepper::new("2026-11"));
    let both = [old.clone(), new.clone()];
    let of_old = Set::new("rotated", 10, Some(&old));
    let of_none = Set::new("rotated", 10, None);
    let code = of_old.codes[5].shown();
    let mut push = |set: &Set, id: &str, peppers: Json, needs: bool, why: &str| {
        let case = set.case(&format!("pepper-{id}"), &code).input("peppers", peppers);
        cases.push(set.accepted(case, 5, 0, needs).why(why));
    };
    push(&of_old, "current-of-two", peppers_json("2026-05", &both), false, "the current one");
    push(
        &of_old,
        "rotated",
        peppers_json("2026-11", &both),
        true,
        "an old one: time for a new set",
    );
    push(
        &of_none,
        "introduced",
        peppers_json("2026-11", &both),
        true,
        "no pepper where there is one by now: time for a new set",
    );
    push(&of_none, "none", Json::Null, false, "no pepper anywhere");
    for id in ["__proto__", "constructor", "toString", "-", ".", "_", "0"] {
        let odd = Pepper::new(id);
        let set = Set::new("odd ids", 10, Some(&odd));
        let code = set.codes[5].shown();
        let case = set.case(&format!("pepper-id-{id}"), &code);
        cases.push(set.accepted(case, 5, 0, false).why("an id is a name and nothing else"));
    }

    let mut reject = |set: &Set, id: &str, peppers: Json, code: &str, why: &str| {
        let case = set.case(&format!("pepper-{id}"), &set.codes[5].shown());
        cases.push(case.input("peppers", peppers).reject(code).why(why));
    };
    let unknown = "pepper_unknown";
    let only_new = peppers_json("2026-11", &both[1..]);
    reject(
        &of_old,
        "dropped",
        only_new,
        unknown,
        "the record's pepper is gone: the host's mistake",
    );
    reject(&of_old, "none-given", Json::Null, unknown, "the record names a pepper");
    let mut upper = old.clone();
    upper.id = "2026-05A".into();
    let mut lower = old.clone();
    lower.id = "2026-05a".into();
    let set = Set::new("rotated", 10, Some(&upper));
    let given = peppers_json("2026-05a", &[lower]);
    reject(&set, "other-case", given, unknown, "ids are compared exactly");
    let prefix = Set::new("rotated", 10, Some(&Pepper { id: "2026-0".into(), ..old.clone() }));
    let given = peppers_json("2026-05", &both);
    reject(&prefix, "prefix", given, unknown, "the start of an id is another id");
    for id in ["__proto__", "constructor", "hasOwnProperty"] {
        let set = Set::new("rotated", 10, Some(&Pepper { id: id.into(), ..old.clone() }));
        let given = peppers_json("2026-05", &both);
        reject(&set, &format!("unknown-{id}"), given, unknown, "nobody gave a pepper of that name");
    }

    let mut other_key = old.clone();
    other_key.key[31] ^= 1;
    let given = peppers_json("2026-05", &[other_key]);
    reject(&of_old, "other-key", given, REFUSED, "the same id over another key");
    let mut swapped = both.clone();
    swapped[0].key.clone_from(&new.key);
    swapped[1].key.clone_from(&old.key);
    let given = peppers_json("2026-05", &swapped);
    reject(&of_old, "keys-swapped", given, REFUSED, "the record's id picks the key, not the tag");
    let mut stripped =
        of_old.case("pepper-stripped", &code).input("record", of_none_fields(&of_old));
    stripped = stripped.input("peppers", Json::Null);
    cases.push(stripped.reject(REFUSED).why("without k the key is the set id"));
    let added =
        record("v=1,f=full,k=2026-05", &base64url(&of_none.set_id), &of_none.tags().join("."));
    let case = of_old.case("pepper-added", &code).input("record", added);
    cases.push(case.reject(REFUSED).why("with k the key is the pepper"));
}

/// The record of a peppered set with its `k` taken away.
fn of_none_fields(set: &Set) -> String {
    record("v=1,f=full", &base64url(&set.set_id), &set.tags().join("."))
}

// ---------------------------------------------------------------- refused

fn wrong_codes(cases: &mut Vec<Case>) {
    let pepper = Pepper::new("2026-05");
    let mut reject = |case: Case, why: &str| cases.push(case.reject(REFUSED).why(why));
    for (kind, pepper) in [("plain", None), ("peppered", Some(&pepper))] {
        let set = Set::new(&format!("{kind} 10"), 10, pepper);
        let other = Set::new(&format!("{kind} other"), 10, pepper);
        let case = |id: &str, code: &Code| set.case(&format!("{kind}-{id}"), &code.shown());
        for slot in [0_u32, 4, 9] {
            let code = &set.codes[usize::try_from(slot).expect("small")];
            reject(
                case(&format!("used-{slot}"), code).input("used", 1_u64 << slot),
                "a code works once",
            );
        }
        reject(case("all-used", &set.codes[4]).input("used", 1023), "a code works once");
        for position in [1, 12, 24] {
            let code = &set.codes[4];
            reject(
                case(&format!("symbol-{position}"), &code.with(position, code.0[position] ^ 1)),
                "another random symbol, and the check symbol that fits",
            );
        }
        reject(
            case("random-zero", &Code::new(4, &[0; 24])),
            "a code of nothing, with its check symbol",
        );
        reject(
            case("other-slot", &set.codes[4].with(0, 5)),
            "the same symbols in the next slot, with the check symbol that fits",
        );
        reject(
            case("slot-beyond", &set.codes[4].with(0, 10)),
            "the first slot that the set does not have",
        );
        reject(case("slot-31", &set.codes[4].with(0, 31)), "a slot that no set has");
        reject(case("other-set", &other.codes[4]), "a code of another set of the same user");
        let text = record(&set.fields(), &base64url(&other.set_id), &set.tags().join("."));
        reject(
            case("other-set-id", &set.codes[4]).input("record", text),
            "a tag is bound to its set",
        );
        let mut tags = set.tags();
        tags.swap(4, 5);
        let text = record(&set.fields(), &base64url(&set.set_id), &tags.join("."));
        reject(
            case("tags-swapped", &set.codes[4]).input("record", text),
            "a tag is bound to its slot",
        );
        let mut tag = set.tag(&set.codes[4]);
        tag[31] ^= 1;
        tags = set.tags();
        tags[4] = base64url(&tag);
        let text = record(&set.fields(), &base64url(&set.set_id), &tags.join("."));
        reject(
            case("tag-last-bit", &set.codes[4]).input("record", text),
            "the whole tag is compared",
        );
        tag[31] ^= 1;
        tag[0] ^= 0x80;
        tags[4] = base64url(&tag);
        let text = record(&set.fields(), &base64url(&set.set_id), &tags.join("."));
        reject(
            case("tag-first-bit", &set.codes[4]).input("record", text),
            "the whole tag is compared",
        );
        for (id, user) in [
            ("other", "user-0002"),
            ("case", "User-0001"),
            ("space", "user-0001 "),
            ("shorter", "user-000"),
            ("longer", "user-00010"),
            ("number", "1"),
        ] {
            reject(
                case(&format!("user-{id}"), &set.codes[4]).input("user_id", user),
                "a code is bound to its user",
            );
        }
        let composed = set.clone().of("jos\u{e9}");
        reject(
            composed
                .case(&format!("{kind}-user-decomposed"), &set.codes[4].shown())
                .input("user_id", "jose\u{301}"),
            "ids are bytes: nothing is normalised",
        );
    }
    let one = Set::new("plain 1", 1, None);
    reject(
        one.case("slot-1-of-1", &one.codes[0].with(0, 1).shown()),
        "the first slot that the set does not have",
    );
    let all = Set::new("plain 31", 31, None);
    let case = all.case("all-31-used", &all.codes[30].shown());
    reject(case.input("used", (1_u64 << 31) - 1), "a code works once");
    reject(
        all.case("slot-31-of-31", &all.codes[30].with(0, 31).shown()),
        "the one slot that no record can hold",
    );
}

/// Every single place where a finger can slip; which symbol it hits makes no difference, as a unit test of the core shows.
fn typing_errors(cases: &mut Vec<Case>) {
    let set = plain_set();
    let code = &set.codes[4];
    for position in 0..SYMBOLS {
        let mut typed = code.clone();
        typed.0[position] = (typed.0[position] + 1 + u8::try_from(position).expect("small")) & 31;
        assert_ne!(typed, *code);
        assert_ne!(weighted_sum(&typed.0), 0);
        let case = set.case(&format!("typo-{position}"), &typed.shown());
        cases.push(case.reject(MALFORMED).why("one wrong symbol: a typing error, free of charge"));
    }
    for position in 0..SYMBOLS - 1 {
        let mut typed = code.clone();
        typed.0.swap(position, position + 1);
        assert_ne!(typed, *code);
        assert_ne!(weighted_sum(&typed.0), 0);
        let case = set.case(&format!("exchange-{position}"), &typed.shown());
        cases.push(case.reject(MALFORMED).why("two neighbours exchanged: a typing error"));
    }
}

fn malformed_codes(cases: &mut Vec<Case>) {
    let set = plain_set();
    let plain = set.codes[4].plain();
    let shown = set.codes[4].shown();
    let mut reject = |id: &str, text: String, why: &str| {
        cases.push(set.case(&format!("malformed-{id}"), &text).reject(MALFORMED).why(why));
    };
    // The replaced symbol is a 0 or a 1 where the replacement looks like one, so that nothing but the rule decides.
    let zero = |with: &str| plain.replacen('0', with, 1);
    let one = |with: &str| plain.replacen('1', with, 1);
    for (id, text, why) in [
        ("empty", String::new(), "nothing"),
        ("hyphens", "-----".into(), "nothing but hyphens"),
        ("spaces", " ".repeat(26), "nothing but spaces"),
        ("25-symbols", plain[..25].into(), "the check symbol is missing"),
        ("25-symbols-first-missing", plain[1..].into(), "the slot is missing"),
        ("27-symbols", format!("{plain}0"), "a symbol too many, which adds nothing to a sum"),
        ("27-symbols-leading", format!("0{plain}"), "a leading 0 is a symbol"),
        ("52-symbols", format!("{plain}{plain}"), "twice the same code"),
        ("52-symbols-two-codes", format!("{plain}\u{20}{}", set.codes[5].plain()), "one at a time"),
        ("13-symbols", plain[..13].into(), "half a code"),
        ("6-digits", "123456".into(), "a one-time password is no recovery code"),
        ("u", one("U"), "U is no symbol"),
        ("u-small", one("u"), "U is no symbol"),
        ("full-width-digit", zero("\u{ff10}"), "a full-width 0"),
        ("full-width-all", full_width(&plain), "full-width symbols"),
        ("arabic-digit", zero("\u{660}"), "an Arabic 0"),
        ("dotless-i", one("\u{131}"), "its upper-case form is I"),
        ("dotted-i", one("\u{130}"), "its lower-case form has an i in it"),
        ("greek-omicron", zero("\u{39f}"), "a look-alike of O"),
        ("cyrillic-o", zero("\u{41e}"), "a look-alike of O"),
        ("kelvin-sign", swap_letter(&plain, "\u{212a}"), "its lower-case form is k"),
        ("long-s", swap_letter(&plain, "\u{17f}"), "its upper-case form is S"),
        ("combining-mark", format!("{plain}\u{301}"), "an accent"),
        ("nul-inside", format!("{}\0{}", &plain[..13], &plain[13..]), "NUL is not skipped"),
        ("nul-after", format!("{plain}\0"), "a string does not end there"),
        ("tab", grouped(&plain, "\t"), "a tab is not skipped"),
        ("newline-after", format!("{shown}\n"), "a line break is not skipped"),
        ("return-after", format!("{shown}\r\n"), "a line break is not skipped"),
        ("two-lines", format!("{shown}\n{}", set.codes[5].shown()), "two codes"),
        ("em-dash", grouped(&plain, "\u{2014}"), "U+2014 is not skipped"),
        ("minus-sign", grouped(&plain, "\u{2212}"), "U+2212 is not skipped"),
        ("soft-hyphen", grouped(&plain, "\u{ad}"), "U+00AD is not skipped"),
        ("zero-width-space", grouped(&plain, "\u{200b}"), "U+200B is not skipped"),
        ("thin-space", grouped(&plain, "\u{2009}"), "U+2009 is not skipped"),
        ("narrow-space", grouped(&plain, "\u{202f}"), "U+202F is not skipped"),
        ("ideographic-space", grouped(&plain, "\u{3000}"), "U+3000 is not skipped"),
        ("byte-order-mark", format!("\u{feff}{plain}"), "U+FEFF is not skipped"),
        ("underscore", grouped(&plain, "_"), "an underscore is no hyphen"),
        ("dots", grouped(&plain, "."), "a dot is no hyphen"),
        ("slash", grouped(&plain, "/"), "a slash is no hyphen"),
        ("quotes", format!("\"{shown}\""), "quotation marks"),
        ("number-in-front", format!("5. {shown}"), "its number in a printed list"),
        ("percent-20", grouped(&plain, "%20"), "nothing is unescaped"),
        ("plus", grouped(&plain, "+"), "nothing is unescaped"),
        (
            "asterisk",
            format!("{}*", &plain[..25]),
            "a check symbol of Crockford's own, which is another",
        ),
        ("trailing-junk", format!("{shown}!"), "junk after the code"),
        ("trailing-full-stop", format!("{shown}."), "the end of a sentence"),
        ("lambda-127-bytes", format!("{plain}\u{3bb}{}", " ".repeat(99)), "a letter among spaces"),
        ("129-bytes", format!("{plain}{}", " ".repeat(129 - SYMBOLS)), "one byte too long"),
        (
            "129-bytes-42-characters",
            format!("{plain}  {}  ", "\u{2013}".repeat(33)),
            "one byte too long, counted in UTF-8",
        ),
        ("4096-bytes", format!("{plain}{}", "-".repeat(4070)), "far too long"),
    ] {
        match id {
            "129-bytes" | "129-bytes-42-characters" => assert_eq!(text.len(), 129, "{id}"),
            _ => {}
        }
        reject(id, text, why);
    }
    let long = format!("{plain}{}", " ".repeat(20_000));
    let case = set.case("malformed-20-kb", &long).requires("large_inputs");
    cases.push(case.reject(MALFORMED).why("twenty kilobytes"));
}

pub(crate) fn full_width(plain: &str) -> String {
    let wide = |c: char| char::from_u32(u32::from(c) + 0xfee0).expect("a full-width form");
    plain.chars().map(wide).collect()
}

/// The first letter replaced.
fn swap_letter(plain: &str, with: &str) -> String {
    let at = plain.find(|c: char| c.is_ascii_uppercase()).expect("a letter");
    format!("{}{with}{}", &plain[..at], &plain[at + 1..])
}

// ---------------------------------------------------------------- what the host stores

fn records(cases: &mut Vec<Case>) {
    let pepper = Pepper::new("2026-05");
    let set = Set::new("records", 3, Some(&pepper));
    let whole = set.record();
    let (set_id, tags) = (base64url(&set.set_id), set.tags());
    let all_tags = tags.join(".");
    let code = set.codes[1].shown();
    let case = set.case("record-whole", &code);
    cases.push(set.accepted(case, 1, 0, false).why("what the damaged records below come from"));
    let mut refuse = |id: &str, text: String, code: &str, why: &str| {
        assert_ne!(text, whole, "{id}");
        let case = set.case(&format!("record-{id}"), &set.codes[1].shown());
        cases.push(case.input("record", text).reject(code).why(why));
    };

    // Cut where a field begins, within each field, and where it ends.
    let starts = [
        "$mfakit-rc$v=1,f=full,k=2026-05$".len() + set_id.len() + 1 + 2 * 44,
        "$mfakit-rc$v=1,f=full,k=2026-05$".len() + set_id.len() + 1 + 44,
        "$mfakit-rc$v=1,f=full,k=2026-05$".len() + set_id.len() + 1,
        "$mfakit-rc$v=1,f=full,k=2026-05$".len() + set_id.len(),
        "$mfakit-rc$v=1,f=full,k=2026-05$".len(),
        "$mfakit-rc$v=1,f=full,k=2026-05".len(),
        "$mfakit-rc$v=1,f=full,k=".len(),
        "$mfakit-rc$v=1,f=full,".len(),
        "$mfakit-rc$v=1,f=full".len(),
        "$mfakit-rc$v=1,f=".len(),
        "$mfakit-rc$v=1,".len(),
        "$mfakit-rc$v=1".len(),
        "$mfakit-rc$v=".len(),
        "$mfakit-rc$".len(),
        "$mfakit-rc".len(),
        1,
        0,
    ];
    for end in starts {
        refuse(&format!("cut-at-{end}"), whole[..end].into(), CORRUPT, "a record that breaks off");
    }
    let middle = whole.len();
    for end in [middle - 1, middle - 20, middle - 42, starts[3] - 5, starts[6] - 1] {
        refuse(&format!("cut-at-{end}"), whole[..end].into(), CORRUPT, "a record that breaks off");
    }
    for (id, text, why) in [
        ("leading-space", format!(" {whole}"), "nothing is trimmed"),
        ("trailing-space", format!("{whole} "), "nothing is trimmed"),
        ("trailing-newline", format!("{whole}\n"), "nothing is trimmed"),
        ("trailing-nul", format!("{whole}\0"), "nothing is trimmed"),
        ("trailing-dollar", format!("{whole}$"), "a fifth part"),
        ("without-first-dollar", whole[1..].into(), "a record begins with $"),
        ("other-name", whole.replace("mfakit-rc", "mfakit-tc"), "another kind of record"),
        ("name-upper-case", whole.replace("mfakit-rc", "MFAKIT-RC"), "names are exact"),
        ("twice", format!("{whole}{whole}"), "two records"),
        ("json", "{\"v\":1}".into(), "another kind of record"),
        ("throttle", "$mfakit-throttle$v=1$3$1700000000".into(), "another kind of record"),
        ("a-code", code.clone(), "a code where the record belongs"),
    ] {
        refuse(id, text, CORRUPT, why);
    }
    let with_fields = |fields: &str| record(fields, &set_id, &all_tags);
    let version = "record_version_unknown";
    for (id, fields) in [
        ("0", "v=0,f=full,k=2026-05"),
        ("2", "v=2,f=full,k=2026-05"),
        ("10", "v=10,f=full,k=2026-05"),
        ("11", "v=11,f=full,k=2026-05"),
        ("2-alone", "v=2"),
        ("2-other-fields", "v=2,z=new"),
    ] {
        refuse(
            &format!("version-{id}"),
            with_fields(fields),
            version,
            "written by a later version",
        );
    }
    let other_shape = "$mfakit-rc$v=2$anything else";
    refuse(
        "version-2-other-shape",
        other_shape.into(),
        version,
        "a later version has its own shape",
    );
    for (id, fields, why) in [
        ("version-then-dollar", "v=1$f=full,k=2026-05", "parameters have commas between them"),
        ("version-empty", "v=,f=full,k=2026-05", "no version"),
        ("version-word", "v=one,f=full,k=2026-05", "a version is a number"),
        ("version-negative", "v=-1,f=full,k=2026-05", "a version is a number"),
        ("version-plus", "v=+1,f=full,k=2026-05", "a number has one form"),
        ("version-space", "v= 1,f=full,k=2026-05", "nothing is trimmed"),
        ("version-missing", "f=full,k=2026-05", "a record says its version"),
        ("version-after", "f=full,v=1,k=2026-05", "fields have one order"),
        ("version-twice", "v=1,v=1,f=full,k=2026-05", "a field stands once"),
        ("fields-empty", "", "no fields"),
        ("format-missing", "v=1,k=2026-05", "a record says its format"),
        ("format-empty", "v=1,f=,k=2026-05", "a record says its format"),
        ("format-unknown", "v=1,f=other,k=2026-05", "a format that does not exist"),
        ("format-upper-case", "v=1,f=FULL,k=2026-05", "names are exact"),
        ("format-longer", "v=1,f=fuller,k=2026-05", "names are exact"),
        ("format-twice", "v=1,f=full,f=full,k=2026-05", "a field stands once"),
        ("format-after", "v=1,k=2026-05,f=full", "fields have one order"),
        ("pepper-twice", "v=1,f=full,k=2026-05,k=2026-05", "a field stands once"),
        ("pepper-empty", "v=1,f=full,k=", "an id is not empty"),
        (
            "pepper-33-bytes",
            "v=1,f=full,k=123456789012345678901234567890123",
            "an id is at most 32 bytes",
        ),
        ("pepper-space", "v=1,f=full,k=2026 05", "not a symbol of an id"),
        ("pepper-slash", "v=1,f=full,k=2026/05", "not a symbol of an id"),
        ("pepper-equals", "v=1,f=full,k=2026=05", "not a symbol of an id"),
        ("pepper-plus", "v=1,f=full,k=2026+05", "not a symbol of an id"),
        ("pepper-non-ascii", "v=1,f=full,k=2026-0\u{665}", "not a symbol of an id"),
        ("pepper-nul", "v=1,f=full,k=2026-05\0", "not a symbol of an id"),
        ("field-unknown", "v=1,f=full,k=2026-05,x=1", "a field that does not exist"),
        ("field-without-value", "v=1,f=full,k", "a field has a value"),
        ("field-empty", "v=1,f=full,k=2026-05,", "a comma too many"),
        ("field-doubled-comma", "v=1,,f=full,k=2026-05", "a comma too many"),
        ("field-upper-case", "v=1,F=full,k=2026-05", "names are exact"),
        ("field-space", "v=1, f=full,k=2026-05", "nothing is trimmed"),
    ] {
        refuse(id, with_fields(fields), CORRUPT, why);
    }

    let with_set_id = |id: &str| record(&set.fields(), id, &all_tags);
    for (id, text, why) in [
        ("empty", String::new(), "a set id has 16 bytes"),
        ("15-bytes", base64url(&set.set_id[..15]), "a set id has 16 bytes"),
        ("17-bytes", base64url(&[&set.set_id[..], &[0]].concat()), "a set id has 16 bytes"),
        ("padded", format!("{set_id}=="), "base64url is not padded"),
        ("leftover-bits", leftover_bits(&set_id), "the last symbol's spare bits are zero"),
        ("plus", format!("+{}", &set_id[1..]), "the alphabet of base64, not of base64url"),
        ("space", format!(" {}", &set_id[1..]), "not base64url"),
        ("non-ascii", format!("{}\u{e9}", &set_id[..20]), "not base64url"),
        ("hex", hex(&set.set_id), "not base64url of 16 bytes"),
    ] {
        refuse(&format!("set-id-{id}"), with_set_id(&text), CORRUPT, why);
    }

    let with_tags = |tags: &[String]| record(&set.fields(), &set_id, &tags.join("."));
    let replaced = |at: usize, tag: &str| {
        let mut tags = tags.clone();
        tags[at] = tag.into();
        with_tags(&tags)
    };
    let raw = set.tag(&set.codes[2]);
    for (id, tag, why) in [
        ("empty", String::new(), "a tag has 32 bytes"),
        ("31-bytes", base64url(&raw[..31]), "a tag has 32 bytes"),
        ("33-bytes", base64url(&[&raw[..], &[0]].concat()), "a tag has 32 bytes"),
        ("padded", format!("{}=", tags[2]), "base64url is not padded"),
        ("leftover-bits", leftover_bits(&tags[2]), "the last symbol's spare bits are zero"),
        ("slash", format!("/{}", &tags[2][1..]), "the alphabet of base64, not of base64url"),
        ("space", format!(" {}", &tags[2][1..]), "not base64url"),
        ("nul", format!("\0{}", &tags[2][1..]), "not base64url"),
        ("hex", hex(&raw), "not base64url of 32 bytes"),
    ] {
        // Another code's tag: the whole record is read, not only what this code needs.
        refuse(&format!("tag-{id}"), replaced(2, &tag), CORRUPT, why);
        refuse(&format!("own-tag-{id}"), replaced(1, &tag), CORRUPT, why);
    }
    for (id, text, why) in [
        ("dot-in-front", format!(".{all_tags}"), "an empty tag"),
        ("dot-at-the-end", format!("{all_tags}."), "an empty tag"),
        ("two-dots", tags.join(".."), "an empty tag"),
        ("commas", tags.join(","), "tags are parted by dots"),
        ("run-together", tags.concat(), "tags are parted by dots"),
    ] {
        refuse(&format!("tags-{id}"), record(&set.fields(), &set_id, &text), CORRUPT, why);
    }
    let many = Set::new("records", 32, Some(&pepper));
    refuse(
        "tags-32",
        many.record(),
        CORRUPT,
        "a set has at most 31 codes: used is a signed column",
    );
    refuse("tags-0", record(&set.fields(), &set_id, ""), CORRUPT, "a set has at least one code");
    let endless = record(&set.fields(), &set_id, &vec![tags[0].as_str(); 300].join("."));
    let case = set.case("record-tags-300", &code).input("record", endless);
    cases.push(case.requires("large_inputs").reject(CORRUPT).why("far too many"));
}

/// The same bytes to a lenient reader: the lowest bit of the last symbol, which belongs to no byte, is set.
pub(crate) fn leftover_bits(text: &str) -> String {
    const SYMBOLS: &str = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    let last = text.chars().next_back().and_then(|c| SYMBOLS.find(c)).expect("a symbol");
    let changed = SYMBOLS.as_bytes()[last ^ 1];
    format!("{}{}", &text[..text.len() - 1], char::from(changed))
}

fn used(cases: &mut Vec<Case>) {
    let ten = plain_set();
    let one = Set::new("plain 1", 1, None);
    let thirty = Set::new("plain 30", 30, None);
    let all = Set::new("plain 31", 31, None);
    for (set, id, used, why) in [
        (&ten, "negative", -1, "a mask is not negative"),
        (&ten, "lowest", -(1 << 31), "a mask is not negative"),
        (&ten, "bit-10-of-10", 1 << 10, "a bit beyond the set"),
        (&ten, "bit-30-of-10", 1 << 30, "a bit beyond the set"),
        (&one, "bit-1-of-1", 0b10, "a bit beyond the set"),
        (&thirty, "bit-30-of-30", 1 << 30, "a bit beyond the set"),
        (&all, "bit-31", 1 << 31, "a bit that a signed column does not have"),
        (&all, "bit-32", 1 << 32, "a bit beyond 32 is not dropped"),
        (&all, "2e53", (1_i64 << 53) - 1, "bits beyond 32 are not dropped"),
    ] {
        let case = set.case(&format!("used-{id}"), &set.codes[0].shown()).input("used", used);
        cases.push(case.reject(CORRUPT).why(why));
    }
}

// ---------------------------------------------------------------- what calls take and give

fn commits(cases: &mut Vec<Case>) {
    let set = plain_set();
    let code = set.codes[4].shown();
    let mut case = set.case("commit-1-row", &code).input("rows", 1);
    case = set.accepted(case, 4, 0b10, false);
    case.expect.set("method", "recovery_code".into());
    case.expect.set("user_verified", false.into());
    cases.push(case.why("one row changed: the proof is stored"));
    for rows in [0, 2, 10] {
        let case = set.case(&format!("commit-{rows}-rows"), &code).input("rows", rows);
        cases.push(case.reject("state_conflict").why("anything but one row is somebody else's"));
    }
}

fn types(cases: &mut Vec<Case>) {
    let set = plain_set();
    let code = set.codes[4].shown();
    let mut reject = |id: &str, name: &str, value: Json, code: &str, why: &str| {
        let case = set.case(&format!("type-{id}"), &set.codes[4].shown()).input(name, value);
        cases.push(case.requires("dynamic_input").reject(code).why(why));
    };
    let client = "whatever stands in the client's argument, it is the client's fault";
    for (id, value) in [
        ("code-null", Json::Null),
        ("code-number", 5.into()),
        ("code-boolean", true.into()),
        ("code-list", vec![code.as_str()].into()),
        ("code-object", Json::object([("code", code.as_str().into())])),
    ] {
        reject(id, "code", value, "input_malformed", client);
    }
    let host = "a wrong type is the host's mistake; it is never converted";
    for (id, name, value) in [
        ("user-id-null", "user_id", Json::Null),
        ("user-id-number", "user_id", 1.into()),
        ("record-null", "record", Json::Null),
        ("record-number", "record", 1.into()),
        ("used-null", "used", Json::Null),
        ("used-text", "used", "0".into()),
        ("used-boolean", "used", false.into()),
        ("peppers-text", "peppers", "2026-05".into()),
    ] {
        reject(id, name, value, "argument_type_invalid", host);
    }
}

fn configuration(cases: &mut Vec<Case>) {
    let config = |id: &str, current: &str, keys: &[(&str, usize)]| {
        let key = |(id, len): &(&str, usize)| {
            let pepper = Pepper { id: (*id).into(), key: labelled(&format!("key {id}"), *len) };
            pepper.json()
        };
        Case::new("config.peppers", format!("peppers-{id}"))
            .source(RULES, "Peppers")
            .input("keys", keys.iter().map(key).collect::<Vec<Json>>())
            .input("current", current)
    };
    for (id, current, keys) in [
        ("one", "2026-05", &[("2026-05", 32)][..]),
        ("two", "b", &[("a", 32), ("b", 64)]),
        ("48-bytes", "a", &[("a", 48)]),
        (
            "id-32-bytes",
            "12345678901234567890123456789012",
            &[("12345678901234567890123456789012", 32)],
        ),
        ("id-symbols", "aZ09._-", &[("aZ09._-", 32)]),
        ("id-proto", "__proto__", &[("__proto__", 32), ("constructor", 32)]),
    ] {
        cases.push(config(id, current, keys).accept("ok", []));
    }
    let mut reject = |id: &str, current: &str, keys: &[(&str, usize)], why: &str| {
        cases.push(config(id, current, keys).reject("pepper_invalid").why(why));
    };
    for len in [0, 1, 16, 31, 65, 1000] {
        reject(&format!("{len}-bytes"), "a", &[("a", len)], "a pepper has 32 to 64 bytes");
    }
    reject("second-31-bytes", "a", &[("a", 32), ("b", 31)], "every pepper is checked");
    for (id, name) in [
        ("empty", ""),
        ("33-bytes", "123456789012345678901234567890123"),
        ("space", "2026 05"),
        ("comma", "2026,05"),
        ("dollar", "2026$05"),
        ("equals", "k=2026"),
        ("slash", "2026/05"),
        ("colon", "2026:05"),
        ("nul", "2026\0"),
        ("non-ascii", "2026-\u{e9}"),
        ("newline", "2026-05\n"),
    ] {
        reject(
            &format!("id-{id}"),
            name,
            &[(name, 32)],
            "an id is 1 to 32 of A-Z, a-z, 0-9, dot, - and _",
        );
        reject(&format!("second-id-{id}"), "a", &[("a", 32), (name, 32)], "every id is checked");
    }
    for (id, current) in [
        ("unknown", "2026-11"),
        ("empty", ""),
        ("other-case", "A"),
        ("longer", "aa"),
        ("proto", "__proto__"),
        ("constructor", "constructor"),
    ] {
        reject(
            &format!("current-{id}"),
            current,
            &[("a", 32)],
            "the current pepper is one of them",
        );
    }
    reject("none", "a", &[], "there is no current pepper without peppers");
    for (id, name, value) in [
        ("keys-null", "keys", Json::Null),
        ("current-null", "current", Json::Null),
        ("current-number", "current", 1.into()),
    ] {
        let case = config(&format!("type-{id}"), "a", &[("a", 32)]).input(name, value);
        cases.push(
            case.requires("dynamic_input")
                .reject("argument_type_invalid")
                .why("a wrong type is the host's mistake; it is never converted"),
        );
    }
}

fn generation(cases: &mut Vec<Case>) {
    let generate = |id: &str| {
        Case::new("config.recovery", format!("generate-{id}"))
            .source(RULES, "Recovery codes")
            .input("user_id", USER)
    };
    let made = |case: Case, count: u64| {
        case.accept(
            "ok",
            [("codes", count.into()), ("accepted", count.into()), ("lines", true.into())],
        )
    };
    let mut default = made(generate("default"), 10);
    default.expect.set("prefix", "$mfakit-rc$v=1,f=full$".into());
    cases.push(default.why("ten codes unless said otherwise, in the full format"));
    for count in [1_u64, 2, 31] {
        cases.push(made(generate(&count.to_string()).input("count", count), count));
    }
    let pepper = Pepper::new("2026-05");
    let peppers = peppers_json("2026-05", std::slice::from_ref(&pepper));
    let mut peppered = made(generate("peppered").input("peppers", peppers), 10);
    peppered.expect.set("prefix", "$mfakit-rc$v=1,f=full,k=2026-05$".into());
    cases.push(peppered.why("under the current pepper"));
    cases.push(made(generate("format-full").input("format", "full"), 10).why("the usual one"));
    let typeable = generate("format-typeable").input("format", "typeable").input("count", 1);
    let mut typeable = made(typeable, 1).requires("typeable");
    typeable.expect.set("prefix", "$mfakit-rc$v=1,f=typeable,h=pbkdf2-sha256,i=600000$".into());
    cases.push(typeable.why("PBKDF2 with 600000 rounds"));
    cases.push(made(generate("user-255-bytes").input("user_id", "u".repeat(255)), 10));
    for (id, count) in
        [("0", 0_u64), ("32", 32), ("33", 33), ("1000", 1000), ("2e32-plus-10", (1 << 32) + 10)]
    {
        cases.push(
            generate(&format!("count-{id}"))
                .input("count", count)
                .reject("argument_value_invalid")
                .why("a set has 1 to 31 codes"),
        );
    }
    for (id, user) in [("empty", String::new()), ("256-bytes", "u".repeat(256))] {
        let case = generate(&format!("user-{id}")).input("user_id", user);
        cases.push(case.reject("user_id_invalid").why("a user id is 1 to 255 bytes of UTF-8"));
    }
    for (id, name, value, code) in [
        ("format-unknown", "format", "short".into(), "argument_value_invalid"),
        ("format-empty", "format", "".into(), "argument_value_invalid"),
        ("count-text", "count", "10".into(), "argument_type_invalid"),
        ("count-boolean", "count", true.into(), "argument_type_invalid"),
        ("user-id-number", "user_id", Json::from(1), "argument_type_invalid"),
        ("peppers-text", "peppers", "2026-05".into(), "argument_type_invalid"),
    ] {
        cases.push(
            generate(&format!("type-{id}"))
                .input(name, value)
                .requires("dynamic_input")
                .reject(code)
                .why("the host's mistake; nothing is converted"),
        );
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_field_is_a_field() {
        // x generates it: 31 different powers, and 31 = 2^5 - 1 is the order of its units.
        let powers = powers_of_x(SYMBOLS);
        for (i, power) in powers.iter().enumerate() {
            assert!(!powers[..i].contains(power), "x^{i}");
            assert!((1..32).contains(power));
        }
        for a in 1..32 {
            assert_eq!(product(a, 1), a);
            assert_eq!((1..32).filter(|b| product(a, *b) == 1).count(), 1, "an inverse of {a}");
        }
        // By hand: x^4 * x = x^5 = x^2 + 1.
        assert_eq!(product(0b1_0000, 0b10), 0b0_0101);
    }

    #[test]
    fn codes_sum_to_nothing_and_changed_ones_do_not() {
        let code = telling_code();
        assert_eq!(weighted_sum(&code.0), 0);
        for position in 0..SYMBOLS {
            let mut changed = code.0;
            changed[position] ^= 9;
            assert_ne!(weighted_sum(&changed), 0, "{position}");
        }
        assert_eq!(code.shown().len(), 30);
        assert_eq!(code.with(3, 7).0[3], 7);
    }

    #[test]
    fn leftover_bits_are_no_byte_of_their_own() {
        let changed = leftover_bits(&base64url(&[0xff; 16]));
        assert_ne!(changed, base64url(&[0xff; 16]));
        assert_eq!(crate::bytes::from_base64url(&changed), None);
    }
}
