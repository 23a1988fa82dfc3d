//! Temporary codes: verified, revoked and issued, at every border of time and number, and each way in which one can be wrong.
//!
//! A record is put together as text from docs/codes, a tag from its own HMAC and PBKDF2; secrets come from public labels.

use crate::bytes::{base64url, hex};
use crate::case::{Case, File};
use crate::json::Json;
use crate::otp::{Algorithm, mac};
use crate::recovery::{
    CORRUPT, Pepper, RULES, USER, full_width, labelled, leftover_bits, peppers_json,
};
use crate::short_codes::{ShortCode, grouped, pbkdf2};

const TYPEABLE: &str = "typeable";
const REFUSED: &str = "temporary_code_rejected";
const MALFORMED: &str = "temporary_code_malformed";
const LIMIT: &str = "temporary_code_limit";
const VALUE: &str = "argument_value_invalid";
const UNSUPPORTED: &str = "code_hash_unsupported";
const VERSION: &str = "record_version_unknown";
/// Some second of the year 2027.
const NOW: u64 = 1_800_000_000;
/// The mark of a temporary code: Z, which is no slot of a recovery code.
const MARK: u8 = 31;
/// The last second that a host may pass.
const LAST: u64 = 100_000_000_000;
const ISSUER: &str = "rosa";

pub(crate) fn file() -> File {
    let mut cases = Vec::new();
    good(&mut cases);
    live(&mut cases);
    wrong(&mut cases);
    malformed(&mut cases);
    arguments(&mut cases);
    records(&mut cases);
    slow_records(&mut cases);
    revoked(&mut cases);
    checked(&mut cases);
    commits(&mut cases);
    types(&mut cases);
    issued(&mut cases);
    limits(&mut cases);
    not_issued(&mut cases);
    File {
        topic: "temporary",
        description: "Temporary codes of administrators, of support and delivered ones: verified, revoked, issued; each way to be wrong",
        notes: vec![
            "record = $mfakit-tc$v=1,t=KIND,HASH,k=KID$ID$TAG$NOT_BEFORE.NOT_AFTER.MAX_USES.USES.REVOKED$ISSUED_BY$T.T...; HASH is \
             h=pbkdf2-sha256,i=ROUNDS for admin and support, d=DIGITS for delivered; without a pepper there is no k; T are the seconds \
             in which codes were issued lately."
                .into(),
            "fast = HMAC-SHA-256(key, \"mfakit-tc-v1\" || form || u16be(length of user_id) || user_id || id || secret); key is the \
             pepper, or the 16 bytes of id where there is none; form is 01 admin, 02 support, 03 delivered. secret is the code's 15 \
             symbols before the check symbol, a byte each, the first of them 31; or the number of digits, a byte, and the digits in \
             ASCII. TAG is fast for a delivered code, else PBKDF2-HMAC-SHA-256(fast, salt id, ROUNDS rounds, 32 bytes)."
                .into(),
            "Times are at most 100000086400. A right code is good while now + 5 >= NOT_BEFORE, now <= NOT_AFTER, USES < MAX_USES and REVOKED is 0. Records here have \
             100000 rounds."
                .into(),
        ],
        cases,
    }
}

// ---------------------------------------------------------------- the model

#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Admin,
    Support,
    Delivered,
}

impl Kind {
    const ALL: [Self; 3] = [Self::Admin, Self::Support, Self::Delivered];

    const fn name(self) -> &'static str {
        match self {
            Self::Admin => "admin",
            Self::Support => "support",
            Self::Delivered => "delivered",
        }
    }

    const fn form(self) -> u8 {
        match self {
            Self::Admin => 1,
            Self::Support => 2,
            Self::Delivered => 3,
        }
    }

    const fn max_uses(self) -> u32 {
        if matches!(self, Self::Admin) { 1000 } else { 1 }
    }

    const fn lifetime(self) -> u64 {
        if matches!(self, Self::Delivered) { 600 } else { 3600 }
    }

    const fn is_slow(self) -> bool {
        !matches!(self, Self::Delivered)
    }
}

/// What a record is made of.
#[derive(Clone)]
struct Temporary {
    kind: Kind,
    user_id: String,
    id: Vec<u8>,
    code: ShortCode,
    digits: String,
    rounds: u32,
    pepper: Option<Pepper>,
    not_before: u64,
    not_after: u64,
    uses: u32,
    revoked: bool,
    issued_by: String,
    issued: Vec<u64>,
}

impl Temporary {
    /// A code issued at [`NOW`]; a delivered one has a pepper, the others have none.
    fn new(kind: Kind) -> Self {
        Self {
            kind,
            user_id: USER.into(),
            id: labelled("temporary id", 16),
            code: ShortCode::new(MARK, &labelled("temporary code", 14)),
            digits: "407519".into(),
            rounds: 100_000,
            pepper: (kind == Kind::Delivered).then(|| Pepper::new("2026-05")),
            not_before: NOW,
            not_after: NOW + kind.lifetime(),
            uses: 0,
            revoked: false,
            issued_by: ISSUER.into(),
            issued: vec![NOW],
        }
    }

    /// What is shown.
    fn shown(&self) -> String {
        if self.kind.is_slow() { self.code.shown() } else { self.digits.clone() }
    }

    fn tag(&self) -> Vec<u8> {
        let key = self.pepper.as_ref().map_or(&self.id, |pepper| &pepper.key);
        let user = self.user_id.as_bytes();
        let length = u16::try_from(user.len()).expect("a length of two bytes").to_be_bytes();
        let digits = u8::try_from(self.digits.len()).expect("few digits");
        let secret = match self.kind.is_slow() {
            true => self.code.covered().to_vec(),
            false => [&[digits][..], self.digits.as_bytes()].concat(),
        };
        let message =
            [&b"mfakit-tc-v1"[..], &[self.kind.form()], &length, user, &self.id, &secret].concat();
        let fast = mac(Algorithm::Sha256, key, &message);
        if self.kind.is_slow() { pbkdf2(&fast, &self.id, self.rounds) } else { fast }
    }

    fn fields(&self) -> String {
        let hash = match self.kind.is_slow() {
            true => format!("h=pbkdf2-sha256,i={}", self.rounds),
            false => format!("d={}", self.digits.len()),
        };
        let key =
            self.pepper.as_ref().map(|pepper| format!(",k={}", pepper.id)).unwrap_or_default();
        format!("v=1,t={},{hash}{key}", self.kind.name())
    }

    fn numbers(&self) -> String {
        let (max, revoked) = (self.kind.max_uses(), u8::from(self.revoked));
        format!("{}.{}.{max}.{}.{revoked}", self.not_before, self.not_after, self.uses)
    }

    fn parts(&self) -> Parts {
        let issued: Vec<String> = self.issued.iter().map(u64::to_string).collect();
        Parts {
            fields: self.fields(),
            id: base64url(&self.id),
            tag: base64url(&self.tag()),
            numbers: self.numbers(),
            issued_by: base64url(self.issued_by.as_bytes()),
            issued: issued.join("."),
        }
    }

    fn record(&self) -> String {
        self.parts().text()
    }

    /// The question about this code with its own pepper, a minute after it was issued.
    fn case(&self, id: &str) -> Case {
        let peppers = self.pepper.as_ref().map(|p| peppers_json(&p.id, std::slice::from_ref(p)));
        let case = Case::new("temporary.verify", format!("temporary-{}-{id}", self.kind.name()))
            .source(RULES, "Temporary codes")
            .input("code", self.shown())
            .input("user_id", self.user_id.as_str())
            .input("record", self.record())
            .input("peppers", peppers)
            .input("now", NOW + 60);
        if self.kind.is_slow() { case.requires(TYPEABLE) } else { case }
    }

    fn audit(&self, event: &str) -> [(&'static str, Json); 9] {
        [
            ("event", event.into()),
            ("id", base64url(&self.id).into()),
            ("kind", self.kind.name().into()),
            ("issued_by", self.issued_by.as_str().into()),
            ("not_before", self.not_before.into()),
            ("not_after", self.not_after.into()),
            ("max_uses", self.kind.max_uses().into()),
            ("uses", self.uses.into()),
            ("revoked", self.revoked.into()),
        ]
    }

    /// Expects that the code is accepted: the same record with one use more.
    fn accepted(&self, case: Case, why: &str) -> Case {
        let next = Self { uses: self.uses + 1, ..self.clone() };
        let mut case = case.accept(
            "ok",
            [
                ("uses_left", (self.kind.max_uses() - next.uses).into()),
                ("prev", self.record().into()),
                ("next", next.record().into()),
            ],
        );
        for (name, value) in next.audit("verified") {
            case.expect.set(name, value);
        }
        case.why(why)
    }

    fn with_pepper(self, pepper: &Pepper) -> Self {
        Self { pepper: Some(pepper.clone()), ..self }
    }
}

/// A record's six parts, to be damaged one by one.
#[derive(Clone)]
struct Parts {
    fields: String,
    id: String,
    tag: String,
    numbers: String,
    issued_by: String,
    issued: String,
}

impl Parts {
    fn text(&self) -> String {
        let Self { fields, id, tag, numbers, issued_by, issued } = self;
        format!("$mfakit-tc${fields}${id}${tag}${numbers}${issued_by}${issued}")
    }
}

// ---------------------------------------------------------------- accepted

fn good(cases: &mut Vec<Case>) {
    for kind in Kind::ALL {
        let code = Temporary::new(kind);
        cases.push(code.accepted(code.case("first-use"), "a right code, a minute old"));
    }
    let pepper = Pepper::new("2026-05");
    for kind in [Kind::Admin, Kind::Support] {
        let code = Temporary::new(kind).with_pepper(&pepper);
        cases.push(code.accepted(code.case("peppered"), "under a pepper"));
    }
    let delivered = Temporary::new(Kind::Delivered);
    let both = [pepper, Pepper::new("2026-11")];
    let case = delivered.case("rotated").input("peppers", peppers_json("2026-11", &both));
    cases.push(delivered.accepted(case, "under an old pepper, which is still there"));
    for digits in ["000000", "999999", "0000000", "4075190", "00000001", "99999999"] {
        let code = Temporary { digits: digits.into(), ..delivered.clone() };
        let case = code.case(&format!("digits-{digits}"));
        cases.push(code.accepted(case, "6 to 8 digits, leading zeros among them"));
    }
    let text = &delivered.digits;
    for (id, typed, why) in [
        ("space", format!("{} {}", &text[..3], &text[3..]), "ASCII spaces are stripped"),
        ("hyphens", format!("-{}-{}-", &text[..2], &text[2..]), "ASCII hyphens are stripped"),
        ("64-bytes", format!("{text}{}", " ".repeat(58)), "as long as an input may be"),
    ] {
        let case = delivered.case(&format!("typed-{id}")).input("code", typed);
        cases.push(delivered.accepted(case, why));
    }
    let support = Temporary::new(Kind::Support);
    let plain = support.code.plain();
    for (id, typed, why) in [
        ("lower-case", plain.to_lowercase(), "case does not matter, hyphens only help the eye"),
        (
            "letters-for-digits",
            format!(" {} ", grouped(&plain.replace('0', "O").replace('1', "I"), " ")),
            "O for 0 and I for 1, spaces for hyphens, and around",
        ),
    ] {
        let case = support.case(&format!("typed-{id}")).input("code", typed);
        cases.push(support.accepted(case, why));
    }
    for (id, user) in [
        ("1-byte", "1".to_owned()),
        ("255-bytes", "u".repeat(255)),
        ("utf-8", "\u{1f511} jos\u{e9}".into()),
        ("dollar", "$mfakit-tc$".into()),
    ] {
        let code = Temporary { user_id: user, ..delivered.clone() };
        cases.push(code.accepted(code.case(&format!("user-{id}")), "any text is an id"));
    }
    for (id, name) in [
        ("1-byte", "x".to_owned()),
        ("255-bytes", "n".repeat(255)),
        ("utf-8", "R\u{f3}sa, support \u{2013} desk 5".into()),
        ("dollar", "a$b.c,d\n".into()),
    ] {
        let code = Temporary { issued_by: name, ..delivered.clone() };
        cases.push(code.accepted(code.case(&format!("issued-by-{id}")), "any text is a name"));
    }
    let busy =
        Temporary { issued: (1..=6).map(|n| NOW - 600 * (6 - n)).collect(), ..delivered.clone() };
    cases.push(busy.accepted(busy.case("issued-6-times"), "the times of issue are kept"));
}

/// Time and uses: at the last moment, and one beyond it.
fn live(cases: &mut Vec<Case>) {
    for kind in Kind::ALL {
        let code = Temporary::new(kind);
        let end = NOW + kind.lifetime();
        let early = "clocks may differ by 5 seconds";
        let late = "the last second counts, the next one does not";
        for (id, now, good, why) in [
            ("5-seconds-early", NOW - 5, true, early),
            ("6-seconds-early", NOW - 6, false, early),
            ("last-second", end, true, late),
            ("second-after", end + 1, false, late),
        ] {
            let case = code.case(id).input("now", now);
            cases.push(if good { code.accepted(case, why) } else { case.reject(REFUSED).why(why) });
        }
        let revoked = Temporary { revoked: true, ..code.clone() };
        cases.push(revoked.case("revoked").reject(REFUSED).why("a revoked code is void"));
        let spent = Temporary { uses: kind.max_uses(), ..code.clone() };
        cases.push(spent.case("used-up").reject(REFUSED).why("as often as it may be, and no more"));
    }
    let admin = Temporary::new(Kind::Admin);
    let last = Temporary { uses: 999, ..admin.clone() };
    cases.push(last.accepted(last.case("last-use"), "none is left after it"));
    let day = Temporary { not_after: NOW + 86_400, uses: 1, ..admin };
    cases.push(day.accepted(
        day.case("a-day-later").input("now", NOW + 86_400),
        "until it expires, again and again",
    ));
    let delivered = Temporary::new(Kind::Delivered);
    for (id, now) in [("time-0", 0), ("5-seconds", 5), ("last-host-time", LAST)] {
        let case = delivered.case(id).input("now", now);
        cases.push(case.reject(REFUSED).why("too early by far, or too late"));
    }
    let first = Temporary { not_before: 0, not_after: 600, issued: vec![0], ..delivered.clone() };
    let case = first.case("issued-at-0").input("now", 0);
    cases.push(first.accepted(case, "the first second of time"));
    let latest = Temporary { not_before: LAST, not_after: LAST + 86_400, ..delivered };
    let case = latest.case("latest-times").input("now", LAST);
    cases.push(latest.accepted(case, "the latest times that a record has"));
}

// ---------------------------------------------------------------- refused

fn wrong(cases: &mut Vec<Case>) {
    let pepper = Pepper::new("2026-05");
    let mut other_key = pepper.clone();
    other_key.key[31] ^= 1;
    let mut reject = |case: Case, why: &str| cases.push(case.reject(REFUSED).why(why));
    // Support's tags are made as an administrator's are; what tells them apart comes below.
    for kind in [Kind::Admin, Kind::Delivered] {
        let code = Temporary::new(kind).with_pepper(&pepper);
        reject(
            code.case("other-user").input("user_id", "user-0002"),
            "a code is bound to its user",
        );
        let given = peppers_json("2026-05", std::slice::from_ref(&other_key));
        reject(code.case("other-key").input("peppers", given), "the same id over another key");
        let parts = code.parts();
        let other = Parts { id: base64url(&labelled("other temporary id", 16)), ..parts.clone() };
        reject(code.case("other-id").input("record", other.text()), "a tag is bound to its record");
        let mut tag = code.tag();
        tag[31] ^= 1;
        let other = Parts { tag: base64url(&tag), ..parts };
        reject(
            code.case("tag-last-bit").input("record", other.text()),
            "the whole tag is compared",
        );
    }
    let admin = Temporary::new(Kind::Admin);
    let support = Temporary::new(Kind::Support);
    for (from, to) in [(&admin, &support), (&support, &admin)] {
        // The other kind's record in everything but the tag.
        let parts = Parts { tag: base64url(&from.tag()), ..to.parts() };
        let case = to.case(&format!("tag-of-{}", from.kind.name())).input("record", parts.text());
        reject(case, "a tag is bound to its kind");
    }
    let other = admin.code.with(14, admin.code.0[14] ^ 1);
    let case = admin.case("last-symbol").input("code", other.shown());
    reject(case, "another random symbol, and the check symbol that fits");
    let slot = admin.code.with(0, 4);
    reject(
        admin.case("slot-for-mark").input("code", slot.shown()),
        "a recovery code's first symbol",
    );
    let more = Parts { fields: "v=1,t=admin,h=pbkdf2-sha256,i=100001".into(), ..admin.parts() };
    reject(
        admin.case("rounds-changed").input("record", more.text()),
        "a tag has its number of rounds",
    );
    let delivered = Temporary::new(Kind::Delivered);
    for (id, digits) in [("wrong", "000000"), ("last-digit", "407518"), ("reversed", "915704")] {
        reject(delivered.case(id).input("code", digits), "other digits");
    }
    let seven = Parts { fields: "v=1,t=delivered,d=7,k=2026-05".into(), ..delivered.parts() };
    let case =
        delivered.case("digits-changed").input("record", seven.text()).input("code", "0407519");
    reject(case, "a tag is bound to the number of digits");
    let recovery = record_of_recovery_purpose(&delivered);
    reject(
        delivered.case("other-purpose").input("record", recovery),
        "a tag is bound to its purpose",
    );
}

/// A tag as recovery codes have it, over everything that this code has.
fn record_of_recovery_purpose(code: &Temporary) -> String {
    let pepper = code.pepper.as_ref().expect("a pepper");
    let length = u16::try_from(code.user_id.len()).expect("a length of two bytes").to_be_bytes();
    let message = [
        &b"mfakit-rc-v1"[..],
        &[3],
        &length,
        code.user_id.as_bytes(),
        &code.id,
        &[6],
        code.digits.as_bytes(),
    ]
    .concat();
    Parts { tag: base64url(&mac(Algorithm::Sha256, &pepper.key, &message)), ..code.parts() }.text()
}

fn malformed(cases: &mut Vec<Case>) {
    let delivered = Temporary::new(Kind::Delivered);
    for (id, text, why) in MALFORMED_DIGITS {
        let case = delivered.case(&format!("malformed-{id}")).input("code", text);
        cases.push(case.reject(MALFORMED).why(why));
    }
    for (id, text, why) in [
        ("65-bytes", format!("407519{}", " ".repeat(59)), "one byte too long"),
        ("symbols", Temporary::new(Kind::Admin).shown(), "a code of another kind"),
    ] {
        let case = delivered.case(&format!("malformed-{id}")).input("code", text);
        cases.push(case.reject(MALFORMED).why(why));
    }
    let admin = Temporary::new(Kind::Admin);
    let plain = admin.code.plain();
    let mut typo = admin.code.clone();
    typo.0[7] ^= 1;
    let mut swapped = admin.code.clone();
    swapped.0.swap(2, 3);
    assert_ne!(swapped, admin.code);
    for (id, text, why) in [
        ("empty", String::new(), "nothing"),
        ("typo", typo.shown(), "the check symbol does not fit: free of charge"),
        ("exchange", swapped.shown(), "the check symbol does not fit: free of charge"),
        ("15-symbols", plain[..15].into(), "the check symbol is missing"),
        ("17-symbols", format!("{plain}0"), "a symbol too many"),
        ("6-digits", "407519".into(), "a code of another kind"),
        ("u", format!("{}U", &plain[..15]), "U is no symbol"),
        ("full-width", full_width(&plain), "full-width symbols"),
        ("129-bytes", format!("{plain}{}", " ".repeat(113)), "one byte too long"),
    ] {
        let case = admin.case(&format!("malformed-{id}")).input("code", text);
        cases.push(case.reject(MALFORMED).why(why));
    }
}

const MALFORMED_DIGITS: [(&str, &str, &str); 14] = [
    ("empty", "", "nothing"),
    ("separators", " - ", "nothing but separators"),
    ("5-digits", "40751", "one is missing"),
    ("7-digits", "4075190", "one too many"),
    ("letter", "40751a", "not a digit"),
    ("letter-behind", "407519a", "junk after the code"),
    ("plus", "+07519", "a sign is no digit"),
    ("point", "407.519", "a point is no separator"),
    ("tab", "407\t519", "a tab is no separator"),
    ("line-break", "407519\n", "a line break is not stripped"),
    ("nul", "407519\0", "a text does not end at a NUL"),
    ("full-width", "\u{ff14}07519", "a full-width digit"),
    ("arabic", "40751\u{669}", "an Arabic digit"),
    ("superscript", "40751\u{b9}", "a superscript digit"),
];

fn arguments(cases: &mut Vec<Case>) {
    let delivered = Temporary::new(Kind::Delivered);
    let mut reject = |id: &str, name: &str, value: Json, code: &str, why: &str| {
        cases.push(delivered.case(id).input(name, value).reject(code).why(why));
    };
    let user = "a user id is 1 to 255 bytes of UTF-8";
    reject("user-empty", "user_id", "".into(), "user_id_invalid", user);
    reject("user-256-bytes", "user_id", "u".repeat(256).into(), "user_id_invalid", user);
    reject("user-256-bytes-utf-8", "user_id", "\u{e9}".repeat(128).into(), "user_id_invalid", user);
    reject("peppers-none", "peppers", Json::Null, "pepper_unknown", "the record names a pepper");
    let other = peppers_json("2026-11", &[Pepper::new("2026-11")]);
    reject("pepper-dropped", "peppers", other, "pepper_unknown", "the record's pepper is gone");
    let time = "beyond what a host may pass: milliseconds";
    reject("milliseconds", "now", (NOW * 1000).into(), "time_invalid", time);
    let admin = Temporary::new(Kind::Admin).with_pepper(&Pepper::new("2026-05"));
    let case = admin.case("peppers-none").input("peppers", Json::Null);
    cases.push(case.reject("pepper_unknown").why("the record names a pepper"));
}

// ---------------------------------------------------------------- what the host stores

fn records(cases: &mut Vec<Case>) {
    let code = Temporary::new(Kind::Delivered);
    let parts = code.parts();
    let whole = parts.text();
    let mut list: Vec<(String, String, &str, &str)> = Vec::new();
    let mut add = |id: &str, text: String, why: &'static str| {
        assert_ne!(text, whole, "{id}");
        list.push((id.to_owned(), text, CORRUPT, why));
    };
    let mut cut = 0;
    for part in [
        "$mfakit-tc$",
        "v=1,",
        "t=delivered,",
        "d=6,",
        "k=2026-05$",
        &parts.id,
        "$",
        &parts.tag,
        "$",
    ] {
        add(&format!("cut-at-{cut}"), whole[..cut].into(), "a record that breaks off");
        cut += part.len();
    }
    for back in [1, 2, parts.issued.len(), parts.issued.len() + 1, parts.issued.len() + 3] {
        // A cut within the last number leaves another number.
        if back >= parts.issued.len() {
            let at = whole.len() - back;
            add(&format!("cut-at-{at}"), whole[..at].into(), "a record that breaks off");
        }
    }
    for (id, text, why) in [
        ("leading-space", format!(" {whole}"), "nothing is trimmed"),
        ("trailing-space", format!("{whole} "), "nothing is trimmed"),
        ("trailing-newline", format!("{whole}\n"), "nothing is trimmed"),
        ("trailing-nul", format!("{whole}\0"), "nothing is trimmed"),
        ("trailing-dollar", format!("{whole}$"), "a part too many"),
        ("seventh-part", format!("{whole}$x"), "a part too many"),
        ("other-name", whole.replacen("mfakit-tc", "mfakit-rc", 1), "another kind of record"),
        ("upper-case", whole.replacen("mfakit-tc", "MFAKIT-TC", 1), "names are exact"),
        ("without-first-dollar", whole[1..].into(), "a record begins with $"),
        (
            "1025-bytes",
            format!("{whole}{}", "0".repeat(1025 - whole.len())),
            "longer than any record",
        ),
    ] {
        add(id, text, why);
    }
    for (id, fields, why) in [
        ("version-missing", "t=delivered,d=6,k=2026-05", "a record has a version"),
        ("version-empty", "v=,t=delivered,d=6,k=2026-05", "a record has a version"),
        ("version-letters", "v=one,t=delivered,d=6,k=2026-05", "a version is a number"),
        ("kind-missing", "v=1,d=6,k=2026-05", "a code has a kind"),
        ("kind-empty", "v=1,t=,d=6,k=2026-05", "a code has a kind"),
        ("kind-unknown", "v=1,t=friend,d=6,k=2026-05", "no such kind"),
        ("kind-upper-case", "v=1,t=Delivered,d=6,k=2026-05", "names are exact"),
        ("digits-missing", "v=1,t=delivered,k=2026-05", "a delivered code has digits"),
        ("digits-empty", "v=1,t=delivered,d=,k=2026-05", "a delivered code has digits"),
        ("digits-5", "v=1,t=delivered,d=5,k=2026-05", "6 to 8 digits"),
        ("digits-9", "v=1,t=delivered,d=9,k=2026-05", "6 to 8 digits"),
        ("digits-06", "v=1,t=delivered,d=06,k=2026-05", "a number has one form"),
        ("digits-262", "v=1,t=delivered,d=262,k=2026-05", "not cut to a byte"),
        (
            "hash-for-digits",
            "v=1,t=delivered,h=pbkdf2-sha256,i=100000,k=2026-05",
            "another kind's field",
        ),
        ("pepper-missing", "v=1,t=delivered,d=6", "so few digits are stored under a pepper only"),
        ("pepper-empty", "v=1,t=delivered,d=6,k=", "an id has 1 to 32 symbols"),
        (
            "pepper-33",
            "v=1,t=delivered,d=6,k=123456789012345678901234567890123",
            "an id has 1 to 32 symbols",
        ),
        ("pepper-space", "v=1,t=delivered,d=6,k=2026 05", "not a symbol of an id"),
        ("fields-swapped", "v=1,t=delivered,k=2026-05,d=6", "fields have one order"),
        ("field-unknown", "v=1,t=delivered,d=6,k=2026-05,x=1", "a field that does not exist"),
        ("field-twice", "v=1,t=delivered,d=6,d=6,k=2026-05", "a field that stands twice"),
        ("comma-at-the-end", "v=1,t=delivered,d=6,k=2026-05,", "a comma too many"),
        ("field-space", "v=1, t=delivered,d=6,k=2026-05", "nothing is trimmed"),
    ] {
        add(id, Parts { fields: fields.into(), ..parts.clone() }.text(), why);
    }
    for (id, text, why) in [
        ("empty", String::new(), "an id has 16 bytes"),
        ("15-bytes", base64url(&code.id[..15]), "an id has 16 bytes"),
        ("17-bytes", base64url(&[&code.id[..], &[0]].concat()), "an id has 16 bytes"),
        ("padded", format!("{}==", parts.id), "base64url is not padded"),
        ("leftover-bits", leftover_bits(&parts.id), "the last symbol's spare bits are zero"),
        ("plus", format!("+{}", &parts.id[1..]), "the alphabet of base64, not of base64url"),
        ("hex", hex(&code.id), "not base64url of 16 bytes"),
    ] {
        add(&format!("id-{id}"), Parts { id: text, ..parts.clone() }.text(), why);
    }
    for (id, text, why) in [
        ("empty", String::new(), "a tag has 32 bytes"),
        ("31-bytes", base64url(&code.tag()[..31]), "a tag has 32 bytes"),
        ("33-bytes", base64url(&[&code.tag()[..], &[0]].concat()), "a tag has 32 bytes"),
        ("padded", format!("{}=", parts.tag), "base64url is not padded"),
        ("leftover-bits", leftover_bits(&parts.tag), "the last symbol's spare bits are zero"),
        ("slash", format!("/{}", &parts.tag[1..]), "the alphabet of base64, not of base64url"),
    ] {
        add(&format!("tag-{id}"), Parts { tag: text, ..parts.clone() }.text(), why);
    }
    let (from, to) = (NOW, NOW + 600);
    let (after, beyond) = (NOW + 601, "18446744073709551616");
    for (id, numbers, why) in [
        ("empty", String::new(), "five numbers"),
        ("4", format!("{from}.{to}.1.0"), "five numbers"),
        ("6", format!("{from}.{to}.1.0.0.0"), "five numbers"),
        ("commas", format!("{from},{to},1,0,0"), "numbers are parted by dots"),
        ("not-before-empty", format!(".{to}.1.0.0"), "a number has digits"),
        ("not-before-negative", format!("-1.{to}.1.0.0"), "a number has one form"),
        ("not-before-leading-zero", format!("0{from}.{to}.1.0.0"), "a number has one form"),
        ("not-before-plus", format!("+{from}.{to}.1.0.0"), "a number has one form"),
        ("not-before-after-the-end", format!("{after}.{to}.1.0.0"), "it ends before it begins"),
        (
            "not-after-too-late",
            format!("{from}.{}.1.0.0", LAST + 86_401),
            "later than hosts can say",
        ),
        (
            "not-after-2e53-plus-1",
            format!("{from}.9007199254740993.1.0.0"),
            "later than hosts can say",
        ),
        ("not-after-max", format!("{from}.18446744073709551615.1.0.0"), "later than hosts can say"),
        (
            "both-max",
            "18446744073709551615.18446744073709551615.1.0.0".into(),
            "later than hosts can say",
        ),
        ("not-after-2e64", format!("{from}.{beyond}.1.0.0"), "beyond 64 bits"),
        ("not-after-hexadecimal", format!("{from}.0xff.1.0.0"), "a number has one form"),
        ("max-uses-0", format!("{from}.{to}.0.0.0"), "each kind has its number of uses"),
        ("max-uses-2", format!("{from}.{to}.2.0.0"), "each kind has its number of uses"),
        ("max-uses-1000", format!("{from}.{to}.1000.0.0"), "each kind has its number of uses"),
        ("max-uses-2e32-plus-1", format!("{from}.{to}.4294967297.0.0"), "not cut to 32 bits"),
        ("uses-2", format!("{from}.{to}.1.2.0"), "more uses than there are"),
        ("uses-2e32", format!("{from}.{to}.1.4294967296.0"), "not cut to 32 bits"),
        ("uses-negative", format!("{from}.{to}.1.-1.0"), "a number has one form"),
        ("revoked-2", format!("{from}.{to}.1.0.2"), "0 or 1"),
        ("revoked-true", format!("{from}.{to}.1.0.true"), "0 or 1"),
        ("revoked-00", format!("{from}.{to}.1.0.00"), "a number has one form"),
        ("revoked-empty", format!("{from}.{to}.1.0."), "a number has digits"),
    ] {
        add(&format!("numbers-{id}"), Parts { numbers, ..parts.clone() }.text(), why);
    }
    for (id, text, why) in [
        ("empty", String::new(), "somebody issued it"),
        ("padded", "cm9zYQ==".into(), "base64url is not padded"),
        ("plain", "rosa!".into(), "not base64url"),
        ("1-symbol", "c".into(), "no byte string has this length"),
        ("leftover-bits", "cm9zYR".into(), "the last symbol's spare bits are zero"),
        ("not-utf-8", base64url(b"ros\xff"), "a name is UTF-8"),
        ("256-bytes", base64url(&[b'n'; 256]), "a name has 1 to 255 bytes"),
    ] {
        add(&format!("issued-by-{id}"), Parts { issued_by: text, ..parts.clone() }.text(), why);
    }
    for (id, text, why) in [
        ("empty", String::new(), "it was issued at some time"),
        ("dot", format!("{NOW}."), "a number has digits"),
        ("dot-in-front", format!(".{NOW}"), "a number has digits"),
        ("leading-zero", format!("0{NOW}"), "a number has one form"),
        ("negative", format!("-{NOW}"), "a number has one form"),
        ("2e64", beyond.into(), "beyond 64 bits"),
        ("too-late", (LAST + 86_401).to_string(), "later than hosts can say"),
        ("first-too-late", format!("{}.{NOW}", u64::MAX), "later than hosts can say"),
        ("7", vec![NOW.to_string(); 7].join("."), "at most six are kept"),
        ("commas", format!("{NOW},{NOW}"), "numbers are parted by dots"),
    ] {
        add(&format!("issued-{id}"), Parts { issued: text, ..parts.clone() }.text(), why);
    }
    for (id, version) in [("0", "v=0"), ("2", "v=2"), ("01", "v=01"), ("10", "v=10")] {
        let text = whole.replacen("v=1", version, 1);
        list.push((format!("version-{id}"), text, VERSION, "written by another version"));
    }
    let shape = "$mfakit-tc$v=2$anything else".to_owned();
    list.push((
        "version-2-other-shape".into(),
        shape,
        VERSION,
        "another version has its own shape",
    ));
    for (id, text, error, why) in list {
        let case = code.case(&format!("record-{id}")).input("record", text.as_str());
        cases.push(case.reject(error).why(why));
    }
}

/// The fields of the slow hash; its bounds are those of typeable recovery codes.
fn slow_records(cases: &mut Vec<Case>) {
    let code = Temporary::new(Kind::Admin);
    let with = |fields: &str| Parts { fields: fields.into(), ..code.parts() }.text();
    for (id, fields, why) in [
        ("hash-missing", "v=1,t=admin", "a slow hash has its name"),
        ("digits-for-hash", "v=1,t=admin,d=6", "another kind's field"),
        ("rounds-missing", "v=1,t=admin,h=pbkdf2-sha256", "a hash has its costs"),
        ("rounds-99999", "v=1,t=admin,h=pbkdf2-sha256,i=99999", "rounds are bounded"),
        ("rounds-2000001", "v=1,t=admin,h=pbkdf2-sha256,i=2000001", "rounds are bounded"),
        ("rounds-0", "v=1,t=admin,h=pbkdf2-sha256,i=0", "rounds are bounded"),
        ("rounds-leading-zero", "v=1,t=admin,h=pbkdf2-sha256,i=0100000", "a number has one form"),
        ("hash-upper-case", "v=1,t=admin,h=PBKDF2,i=100000", "names are exact"),
        (
            "field-unknown",
            "v=1,t=admin,h=pbkdf2-sha256,i=100000,x=1",
            "a field that does not exist",
        ),
    ] {
        let case = code.case(&format!("record-{id}")).input("record", with(fields));
        cases.push(case.reject(CORRUPT).why(why));
    }
    let one = Parts { numbers: format!("{NOW}.{}.1.0.0", NOW + 3600), ..code.parts() };
    let case = code.case("record-max-uses-1").input("record", one.text());
    cases.push(case.reject(CORRUPT).why("each kind has its number of uses"));
    let more = Parts { numbers: format!("{NOW}.{}.1000.1001.0", NOW + 3600), ..code.parts() };
    let case = code.case("record-uses-1001").input("record", more.text());
    cases.push(case.reject(CORRUPT).why("more uses than there are"));
    for (id, kind, fields) in [
        ("scrypt", "admin", "h=scrypt,n=32768"),
        ("bcrypt", "support", "h=bcrypt,c=12"),
        ("pbkdf2-sha512", "admin", "h=pbkdf2-sha512,i=210000"),
    ] {
        let mut case = code.case(&format!("record-hash-{id}"));
        // No feature is needed to say that one is missing.
        case.requires.clear();
        let case = case.input("record", with(&format!("v=1,t={kind},{fields}")));
        cases.push(
            case.reject(UNSUPPORTED)
                .why("a hash of another copy: nothing here can tell right from wrong"),
        );
    }
}

fn revoked(cases: &mut Vec<Case>) {
    let revoke = |kind: Kind, id: &str, record: &str| {
        let case = Case::new("temporary.revoke", format!("temporary-revoke-{}-{id}", kind.name()))
            .source(RULES, "Temporary codes")
            .input("record", record);
        if kind.is_slow() { case.requires(TYPEABLE) } else { case }
    };
    let done = |code: &Temporary, id: &str, why: &str| {
        let next = Temporary { revoked: true, ..code.clone() };
        let case = revoke(code.kind, id, &code.record());
        let mut case =
            case.accept("ok", [("prev", code.record().into()), ("next", next.record().into())]);
        for (name, value) in next.audit("revoked") {
            case.expect.set(name, value);
        }
        case.why(why)
    };
    for kind in Kind::ALL {
        let code = Temporary::new(kind);
        cases.push(done(&code, "fresh", "the same record, revoked"));
        let spent = Temporary { uses: kind.max_uses(), ..code.clone() };
        cases.push(done(&spent, "used-up", "used up and revoked"));
        let again = Temporary { revoked: true, ..code.clone() };
        cases.push(done(&again, "again", "revoked it stays"));
        let busy = Temporary { issued: vec![NOW - 1200, NOW - 600, NOW], ..code };
        cases.push(done(
            &busy,
            "issued-3-times",
            "the times of issue are kept, so that the limit holds",
        ));
    }
    let code = Temporary::new(Kind::Delivered);
    let whole = code.record();
    for (id, text, error, why) in [
        ("empty", String::new(), CORRUPT, "a record that breaks off"),
        ("cut", whole[..whole.len() - 12].into(), CORRUPT, "a record that breaks off"),
        ("other-name", "$mfakit-rc$v=1,f=full$AA$AA".into(), CORRUPT, "another kind of record"),
        ("version-2", whole.replacen("v=1", "v=2", 1), VERSION, "written by a later version"),
        (
            "hash",
            Parts { fields: "v=1,t=admin,h=scrypt".into(), ..code.parts() }.text(),
            UNSUPPORTED,
            "a hash of another copy",
        ),
    ] {
        cases.push(revoke(Kind::Delivered, id, &text).reject(error).why(why));
    }
    for (id, value) in [("null", Json::Null), ("number", 1.into())] {
        let case = revoke(Kind::Delivered, &format!("type-{id}"), "").input("record", value);
        let why = "a wrong type is the host's mistake; it is never converted";
        cases.push(case.requires("dynamic_input").reject("argument_type_invalid").why(why));
    }
}

fn checked(cases: &mut Vec<Case>) {
    let check = |code: &Temporary, id: &str, typed: &str| {
        let case =
            Case::new("code.check", format!("code-check-temporary-{}-{id}", code.kind.name()))
                .source(RULES, "The form of a code")
                .input("factor", "temporary")
                .input("code", typed)
                .input("record", code.record());
        if code.kind.is_slow() { case.requires(TYPEABLE) } else { case }
    };
    let delivered = Temporary::new(Kind::Delivered);
    let form = "the form of a code and nothing else";
    for (id, code, typed) in [
        ("right", delivered.clone(), "407519"),
        ("wrong", delivered.clone(), "000000"),
        ("space", delivered.clone(), "407 519"),
        ("revoked", Temporary { revoked: true, ..delivered.clone() }, "407519"),
        ("used-up", Temporary { uses: 1, ..delivered.clone() }, "407519"),
        ("8-digits", Temporary { digits: "00000000".into(), ..delivered.clone() }, "12345678"),
    ] {
        cases.push(check(&code, id, typed).accept("ok", []).why(form));
    }
    for (id, typed, why) in MALFORMED_DIGITS {
        cases.push(check(&delivered, id, typed).reject(MALFORMED).why(why));
    }
    for kind in [Kind::Admin, Kind::Support] {
        let code = Temporary::new(kind);
        let mut typo = code.code.clone();
        typo.0[7] ^= 1;
        cases.push(check(&code, "right", &code.shown()).accept("ok", []).why(form));
        let wrong = code.code.with(5, code.code.0[5] ^ 1).shown();
        cases.push(check(&code, "wrong", &wrong).accept("ok", []).why(form));
        let case = check(&code, "typo", &typo.shown());
        cases.push(case.reject(MALFORMED).why("the check symbol does not fit"));
        cases
            .push(check(&code, "digits", "407519").reject(MALFORMED).why("a code of another kind"));
    }
    let case = check(&delivered, "record-corrupt", "407519").input("record", "$mfakit-tc$v=1");
    cases.push(case.reject(CORRUPT).why("a record that breaks off"));
    let case = check(&delivered, "record-version-2", "407519").input("record", "$mfakit-tc$v=2$x");
    cases.push(case.reject(VERSION).why("written by a later version"));
    let case =
        check(&delivered, "type-null", "").input("code", Json::Null).requires("dynamic_input");
    cases.push(case.reject("input_malformed").why("the client's argument"));
}

fn commits(cases: &mut Vec<Case>) {
    for kind in Kind::ALL {
        let code = Temporary::new(kind);
        let mut case = code.accepted(
            code.case("commit-1-row").input("rows", 1),
            "one row changed: the use is stored",
        );
        case.expect.set("method", format!("{}_code", kind.name()).into());
        case.expect.set("user_verified", false.into());
        cases.push(case);
    }
    let code = Temporary::new(Kind::Delivered);
    for rows in [0, 2, 10] {
        let case = code.case(&format!("commit-{rows}-rows")).input("rows", rows);
        cases.push(case.reject("state_conflict").why("anything but one row is somebody else's"));
    }
}

fn types(cases: &mut Vec<Case>) {
    let code = Temporary::new(Kind::Delivered);
    let client = "whatever stands in the client's argument, it is the client's fault";
    let host = "a wrong type is the host's mistake; it is never converted";
    for (id, name, value, error, why) in [
        ("code-null", "code", Json::Null, "input_malformed", client),
        ("code-number", "code", 407_519.into(), "input_malformed", client),
        ("code-boolean", "code", true.into(), "input_malformed", client),
        ("code-list", "code", vec!["407519"].into(), "input_malformed", client),
        ("user-id-number", "user_id", 1.into(), "argument_type_invalid", host),
        ("user-id-null", "user_id", Json::Null, "argument_type_invalid", host),
        ("record-null", "record", Json::Null, "argument_type_invalid", host),
        ("record-number", "record", 1.into(), "argument_type_invalid", host),
        ("peppers-text", "peppers", "2026-05".into(), "argument_type_invalid", host),
        ("now-text", "now", NOW.to_string().into(), "time_invalid", host),
        ("now-boolean", "now", true.into(), "time_invalid", host),
        ("now-negative", "now", (-1).into(), "time_invalid", host),
    ] {
        let case = code.case(&format!("type-{id}")).input(name, value);
        cases.push(case.requires("dynamic_input").reject(error).why(why));
    }
}

// ---------------------------------------------------------------- issuing

fn issue(kind: Kind, id: &str) -> Case {
    let pepper = Pepper::new("2026-05");
    let case = Case::new("config.temporary", format!("temporary-issue-{}-{id}", kind.name()))
        .source(RULES, "Temporary codes")
        .input("user_id", USER)
        .input("kind", kind.name())
        .input("issued_by", ISSUER)
        .input("now", NOW);
    match kind {
        Kind::Delivered => case.input("peppers", peppers_json("2026-05", &[pepper])),
        _ => case.requires(TYPEABLE),
    }
}

/// What comes of issuing: the fields that no random byte is in.
fn made(case: Case, kind: Kind, now: u64, lifetime: u64, prefix: &str, shown: usize) -> Case {
    let prev = case.inputs.get("previous").cloned().unwrap_or(Json::Null);
    let issued_by = case.inputs.get("issued_by").cloned().expect("an issuer");
    let mut case = case.accept(
        "ok",
        [
            ("code_length", u64::try_from(shown).expect("small").into()),
            ("expires_at", (now + lifetime).into()),
            ("prev", prev),
            ("prefix", prefix.into()),
            ("issued", now.to_string().into()),
            ("accepted", true.into()),
        ],
    );
    for (name, value) in [
        ("event", "issued".into()),
        ("kind", kind.name().into()),
        ("issued_by", issued_by),
        ("not_before", now.into()),
        ("not_after", (now + lifetime).into()),
        ("max_uses", kind.max_uses().into()),
        ("uses", 0.into()),
        ("revoked", false.into()),
    ] {
        case.expect.set(name, value);
    }
    case
}

const SIX: &str = "$mfakit-tc$v=1,t=delivered,d=6,k=2026-05$";

fn delivered(case: Case, lifetime: u64) -> Case {
    made(case, Kind::Delivered, NOW, lifetime, SIX, 6)
}

fn issued(cases: &mut Vec<Case>) {
    let usual = |id: &str| issue(Kind::Delivered, id);
    cases.push(delivered(usual("default"), 600).why("six digits for ten minutes, once"));
    for lifetime in [60, 61, 599, 600] {
        let case = usual(&format!("lifetime-{lifetime}")).input("lifetime", lifetime);
        cases.push(delivered(case, lifetime).why("one to ten minutes"));
    }
    for digits in [6_u64, 7, 8] {
        let case = usual(&format!("digits-{digits}")).input("digits", digits);
        let prefix = SIX.replace("d=6", &format!("d={digits}"));
        let shown = usize::try_from(digits).expect("small");
        cases.push(made(case, Kind::Delivered, NOW, 600, &prefix, shown).why("6 to 8 digits"));
    }
    let both = [Pepper::new("2026-05"), Pepper::new("2026-11")];
    let case = usual("current-pepper").input("peppers", peppers_json("2026-11", &both));
    let prefix = SIX.replace("2026-05", "2026-11");
    cases.push(made(case, Kind::Delivered, NOW, 600, &prefix, 6).why("under the current pepper"));
    for (id, name) in
        [("1-byte", "x".to_owned()), ("255-bytes", "n".repeat(255)), ("utf-8", "R\u{f3}sa".into())]
    {
        let case = usual(&format!("issued-by-{id}")).input("issued_by", name);
        cases.push(delivered(case, 600).why("1 to 255 bytes of UTF-8"));
    }
    let case = usual("user-255-bytes").input("user_id", "u".repeat(255));
    cases.push(delivered(case, 600).why("the longest user id"));
    for (id, now) in [("time-0", 0), ("last-time", LAST - 600)] {
        let case = usual(id).input("now", now);
        cases.push(made(case, Kind::Delivered, now, 600, SIX, 6).why("the ends of time"));
    }
    // What costs a slow hash, twice each: to issue, and to try.
    let admin = made(
        issue(Kind::Admin, "default"),
        Kind::Admin,
        NOW,
        3600,
        "$mfakit-tc$v=1,t=admin,h=pbkdf2-sha256,i=600000$",
        19,
    );
    cases.push(admin.why("an hour, 600000 rounds, no pepper needed"));
    let case = issue(Kind::Support, "a-day-peppered").input("lifetime", 86_400);
    let case = case.input("peppers", peppers_json("2026-05", &both));
    let prefix = "$mfakit-tc$v=1,t=support,h=pbkdf2-sha256,i=600000,k=2026-05$";
    cases.push(made(case, Kind::Support, NOW, 86_400, prefix, 19).why("the longest life"));
}

/// Six codes an hour: those of the last 3600 seconds count, and whatever the record says of the future.
fn limits(cases: &mut Vec<Case>) {
    let previous =
        |times: &[u64]| Temporary { issued: times.to_vec(), ..Temporary::new(Kind::Delivered) };
    let replaced = |id: &str, times: &[u64]| {
        issue(Kind::Delivered, id).input("previous", previous(times).record())
    };
    // Times before now, and the times that the new record has.
    let hour = 3600;
    for (id, ago, kept, why) in [
        ("previous-1", &[600][..], &[600][..], "the record before is replaced and remembered"),
        (
            "previous-5",
            &[2500, 2000, 1500, 1000, 500],
            &[2500, 2000, 1500, 1000, 500],
            "the sixth within the hour",
        ),
        ("previous-same-second", &[0, 0, 0, 0, 0], &[0, 0, 0, 0, 0], "the sixth within the second"),
        (
            "previous-6-one-old",
            &[hour, 5, 4, 3, 2, 1],
            &[5, 4, 3, 2, 1],
            "an hour ago is forgotten",
        ),
        ("previous-6-all-old", &[9000, 8000, 7000, 6000, 5000, 4000], &[], "the hour is over"),
        ("previous-boundary", &[hour + 1, hour, hour - 1], &[hour - 1], "an hour has 3600 seconds"),
    ] {
        let times: Vec<u64> = ago.iter().map(|ago| NOW - ago).collect();
        let kept: Vec<String> =
            kept.iter().map(|ago| (NOW - ago).to_string()).chain([NOW.to_string()]).collect();
        let mut case = delivered(replaced(id, &times), 600);
        case.expect.set("issued", kept.join(".").into());
        cases.push(case.why(why));
    }
    let ahead: Vec<u64> = (1..=5).map(|n| NOW + 1000 * n).collect();
    let mut case = delivered(replaced("previous-ahead", &ahead), 600);
    let kept: Vec<String> = ahead.iter().chain([&NOW]).map(u64::to_string).collect();
    case.expect.set("issued", kept.join(".").into());
    cases.push(case.why("a clock that went back forgets nothing"));
    for (id, times, why) in [
        ("6-now", vec![NOW; 6], "the seventh within the second"),
        (
            "6-within-the-hour",
            (0..6).map(|n| NOW - 700 * n).rev().collect(),
            "the seventh within the hour",
        ),
        ("6-last-second", vec![NOW - 3599; 6], "one second is left of the hour"),
        (
            "6-ahead",
            (1..=6).map(|n| NOW + 1000 * n).collect(),
            "a clock that went back forgets nothing",
        ),
        ("6-at-the-latest", vec![LAST + 86_400; 6], "a clock that went back forgets nothing"),
    ] {
        cases.push(replaced(&format!("limit-{id}"), &times).reject(LIMIT).why(why));
    }
    let revoked = Temporary { revoked: true, ..previous(&[NOW; 6]) };
    let case = issue(Kind::Delivered, "limit-revoked").input("previous", revoked.record());
    cases.push(case.reject(LIMIT).why("revoking gives no further code"));
    let admin = Temporary { issued: vec![NOW; 6], ..Temporary::new(Kind::Admin) };
    let case = issue(Kind::Delivered, "limit-of-admin")
        .input("previous", admin.record())
        .requires(TYPEABLE);
    cases.push(case.reject(LIMIT).why("the limit is the user's, whatever the kind"));
    let case = issue(Kind::Admin, "limit").input("previous", admin.record());
    cases.push(case.reject(LIMIT).why("no work is done for the seventh"));
    let mut case = delivered(
        issue(Kind::Delivered, "previous-admin")
            .input("previous", Temporary::new(Kind::Admin).record()),
        600,
    );
    case.expect.set("issued", format!("{NOW}.{NOW}").into());
    cases.push(case.requires(TYPEABLE).why("one record a user, whatever the kind"));
}

fn not_issued(cases: &mut Vec<Case>) {
    let mut reject = |case: Case, code: &str, why: &str| cases.push(case.reject(code).why(why));
    for lifetime in [0_u64, 1, 59, 601, 3600, 86_400, 1 << 32] {
        let case =
            issue(Kind::Delivered, &format!("lifetime-{lifetime}")).input("lifetime", lifetime);
        reject(case, VALUE, "one to ten minutes");
    }
    for kind in [Kind::Admin, Kind::Support] {
        for lifetime in [0_u64, 60, 600, 3599, 86_401, (1 << 32) + 3600] {
            let case = issue(kind, &format!("lifetime-{lifetime}")).input("lifetime", lifetime);
            reject(case, VALUE, "one to 24 hours");
        }
    }
    for digits in [0_u64, 1, 5, 9, 10, 256 + 6, (1 << 32) + 6] {
        let case = issue(Kind::Delivered, &format!("digits-{digits}")).input("digits", digits);
        reject(case, "digits_invalid", "6 to 8 digits");
    }
    let case = issue(Kind::Delivered, "peppers-none").input("peppers", Json::Null);
    reject(case, "pepper_required", "so few digits are stored under a pepper only");
    for kind in Kind::ALL {
        for (id, name) in [
            ("empty", String::new()),
            ("256-bytes", "n".repeat(256)),
            ("256-bytes-utf-8", "\u{e9}".repeat(128)),
        ] {
            let case = issue(kind, &format!("issued-by-{id}")).input("issued_by", name);
            reject(case, VALUE, "1 to 255 bytes of UTF-8");
        }
        for (id, user) in [("empty", String::new()), ("256-bytes", "u".repeat(256))] {
            let case = issue(kind, &format!("user-{id}")).input("user_id", user);
            reject(case, "user_id_invalid", "a user id is 1 to 255 bytes of UTF-8");
        }
        let case = issue(kind, "milliseconds").input("now", NOW * 1000);
        reject(case, "time_invalid", "beyond what a host may pass: milliseconds");
    }
    for (id, previous, code, why) in [
        ("empty", String::new(), CORRUPT, "no record is null, not an empty text"),
        ("other", "$mfakit-rc$v=1,f=full$AA$AA".into(), CORRUPT, "another kind of record"),
        ("version-2", "$mfakit-tc$v=2$anything".into(), VERSION, "written by a later version"),
        (
            "hash",
            Parts { fields: "v=1,t=admin,h=scrypt".into(), ..Temporary::new(Kind::Admin).parts() }
                .text(),
            UNSUPPORTED,
            "a hash of another copy: how often a code was issued is not known",
        ),
    ] {
        let case = issue(Kind::Delivered, &format!("previous-{id}")).input("previous", previous);
        reject(case, code, why);
    }
    let host = "the host's mistake; nothing is converted";
    for (id, name, value, code) in [
        ("kind-unknown", "kind", "friend".into(), VALUE),
        ("kind-upper-case", "kind", "Admin".into(), VALUE),
        ("kind-empty", "kind", "".into(), VALUE),
        ("kind-number", "kind", 1.into(), "argument_type_invalid"),
        ("issued-by-number", "issued_by", 1.into(), "argument_type_invalid"),
        ("user-id-number", "user_id", 1.into(), "argument_type_invalid"),
        ("previous-number", "previous", 1.into(), "argument_type_invalid"),
        ("lifetime-text", "lifetime", "600".into(), "argument_type_invalid"),
        ("lifetime-boolean", "lifetime", true.into(), "argument_type_invalid"),
        ("digits-text", "digits", "6".into(), "argument_type_invalid"),
        ("digits-boolean", "digits", true.into(), "argument_type_invalid"),
        ("peppers-text", "peppers", "2026-05".into(), "argument_type_invalid"),
        ("now-text", "now", Json::from(NOW.to_string()), "time_invalid"),
    ] {
        let case = issue(Kind::Delivered, &format!("type-{id}")).input(name, value);
        reject(case.requires("dynamic_input"), code, host);
    }
}
