//! The states of ceremonies, sealed and not: mfakit opens exactly what the key sealed in its one form, and of that what a
//! ceremony of some kind can have written; HMAC and serde_json are the other side.
//!
//! Mutations do not find tags. So the input may ask for its text to be sealed, as the content of a state; then the verdict is
//! that of the content.

use crate::hmac::hmac_sha256;
use crate::input::{Input, Output};
use crate::json::{self, Members, Reference, Tree};
use crate::relying_party;
use data_encoding::BASE64URL_NOPAD;
use mfakit::{
    AuthenticationState, Error, RegistrationState, RelyingParty, RelyingPartyOptions, UnixTime,
    UserVerification,
};
use std::sync::LazyLock;

/// The key of the oracles.
const KEY: &[u8; 32] = b"a key that the oracles share, 32";

/// What the text of an input is.
mod forms {
    /// A state as it stands, for a relying party with a key.
    pub(super) const SEALED: u8 = 0;
    /// A content that is sealed first.
    pub(super) const SEAL: u8 = 1;
    /// A state as it stands, for a relying party without a key.
    pub(super) const PLAIN: u8 = 2;
}

static PLAIN: LazyLock<RelyingParty> = LazyLock::new(|| {
    let policy = UserVerification::Preferred;
    let options = RelyingPartyOptions::new("Example", relying_party::ORIGINS, policy);
    RelyingParty::new(relying_party::ID, options).expect("a valid configuration")
});
static SEALING: LazyLock<RelyingParty> =
    LazyLock::new(|| PLAIN.clone().with_state_key(KEY).expect("32 bytes"));

/// The one sealed text of a content.
#[must_use]
pub fn sealed(content: &[u8]) -> String {
    let id = &hmac_sha256(KEY, b"mfakit-st-key-id")[..8];
    let tag = hmac_sha256(KEY, &[b"mfakit-st-v1", id, content].concat());
    let [id, content, tag] = [id, content, &tag].map(|bytes| BASE64URL_NOPAD.encode(bytes));
    format!("$mfakit-st$v=1,k={id}${content}${tag}")
}

/// The content of a text that is the sealed form of something; whatever else it is, it is not.
fn unsealed(text: &str) -> Option<String> {
    let content = text.split('$').nth(3)?;
    let content = BASE64URL_NOPAD.decode(content.as_bytes()).ok()?;
    (sealed(&content) == text && text.len() <= 64 * 1024).then_some(())?;
    String::from_utf8(content).ok()
}

/// What a state holds that decides about it.
#[derive(Debug, PartialEq)]
struct Expected {
    kind: Kind,
    rp_id: String,
    id: String,
    issued: u64,
    expires: u64,
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum Kind {
    Registration,
    Authentication,
    Discoverable,
}

/// The state in a content; `Err` if there is none; `None` if serde_json cannot tell.
fn reference(content: &str) -> Option<Result<Expected, ()>> {
    match json::reference(content.as_bytes()) {
        Reference::Refused => Some(Err(())),
        Reference::OutOfRange => None,
        Reference::Accepted(tree) => Some(read(&tree).ok_or(())),
    }
}

fn read(tree: &Tree) -> Option<Expected> {
    let names = [
        "v",
        "kind",
        "rp",
        "id",
        "challenge",
        "user",
        "uv",
        "conditional",
        "allow",
        "issued",
        "expires",
        "extensions",
        "appid",
        "owner",
    ];
    let Members::Found(
        [
            Some(Tree::Unsigned(1)),
            Some(Tree::String(kind)),
            Some(Tree::String(rp_id)),
            Some(Tree::String(id)),
            Some(Tree::String(challenge)),
            Some(Tree::String(user)),
            Some(Tree::String(uv)),
            Some(Tree::Bool(conditional)),
            Some(allow),
            Some(Tree::Unsigned(issued)),
            Some(Tree::Unsigned(expires)),
            extensions,
            appid,
            owner,
        ],
    ) = tree.members(names)
    else {
        return None;
    };
    let bytes = |text: &str| BASE64URL_NOPAD.decode(text.as_bytes()).ok();
    let (challenge, user) = (bytes(&challenge)?, bytes(&user)?);
    let known = ["required", "preferred", "discouraged"].contains(&uv.as_str());
    let hash = |hash: &Tree| match hash {
        Tree::String(hash) => bytes(hash).is_some_and(|hash| hash.len() == 16),
        _ => false,
    };
    let allowed = match &allow {
        Tree::Null => None,
        Tree::Array(hashes) if hashes.iter().all(hash) => Some(hashes.len()),
        _ => return None,
    };
    let tagged = match owner {
        None | Some(Tree::Null) => false,
        Some(Tree::String(tag)) => bytes(&tag).filter(|tag| tag.len() == 16).map(|_| true)?,
        Some(_) => return None,
    };
    // A registration is of a user and allows nothing; a login of a known user, who may be
    // named by a tag, allows something; one of nobody, nothing.
    let kind = match (kind.as_str(), user.len(), tagged, allowed, conditional) {
        ("registration", 1..=64, false, None, _) => Kind::Registration,
        ("authentication", 1..=64, false, Some(1..), false) => Kind::Authentication,
        ("authentication", 0, true, Some(1..), false) => Kind::Authentication,
        ("discoverable", 0, false, None, _) => Kind::Discoverable,
        _ => return None,
    };
    let asked = match extensions {
        None | Some(Tree::Null) => Vec::new(),
        Some(Tree::Array(names)) => names,
        Some(_) => return None,
    };
    let named = |name: &Tree| matches!(name, Tree::String(name) if name.len() <= 64);
    let appid = match appid {
        None | Some(Tree::Null) => false,
        Some(Tree::String(_)) => true,
        Some(_) => return None,
    };
    // The AppID is there if it was asked for, and only then.
    let coherent = asked.len() <= 32
        && asked.iter().all(named)
        && asked.contains(&Tree::String("appid".to_owned())) == appid;
    let good = known && challenge.len() >= 16 && coherent;
    good.then_some(Expected { kind, rp_id, id, issued, expires })
}

/// Whether mfakit opens the state; panics on disagreement.
pub fn check(data: &[u8]) -> bool {
    let mut input = Input::new(data);
    let form = input.u8() % 3;
    let now = input.u64() % 100_000_000_001;
    let Ok(text) = std::str::from_utf8(input.rest()) else { return false };
    let text = if form == forms::SEAL { sealed(text.as_bytes()) } else { text.to_owned() };
    let rp = if form == forms::PLAIN { &*PLAIN } else { &*SEALING };
    let content = if form == forms::PLAIN { Some(text.clone()) } else { unsealed(&text) };
    let expected = match content.as_deref().map(reference) {
        None => Err(()),
        Some(Some(expected)) => expected,
        // A number that serde_json cannot hold.
        Some(None) => return rp.ceremony_id(&text).is_ok(),
    };

    let id = rp.ceremony_id(&text);
    assert_eq!(
        id.as_ref().map_err(|error| *error),
        expected_id(&expected).as_ref().map_err(|e| *e)
    );
    // Of the other relying party it is no state at all.
    let other = if form == forms::PLAIN { &*SEALING } else { &*PLAIN };
    assert!(id.is_err() || other.ceremony_id(&text).err() == Some(Error::StateMalformed));
    check_finish(rp, &text, &expected, now);
    id.is_ok()
}

fn expected_id(expected: &Result<Expected, ()>) -> Result<String, Error> {
    expected.as_ref().map(|state| state.id.clone()).map_err(|()| Error::StateMalformed)
}

/// The state comes before the response: where it opens, the empty response is what is wrong.
fn check_finish(rp: &RelyingParty, text: &str, expected: &Result<Expected, ()>, now: u64) {
    let time = Some(UnixTime::from_seconds(now));
    let registration = rp
        .finish_registration(b"{}", &RegistrationState::from_text(text), time)
        .expect_err("an empty response");
    let verdict = |registers: bool| match expected {
        Err(()) => Error::StateMalformed,
        Ok(state) if (state.kind == Kind::Registration) != registers => Error::StateKindMismatch,
        Ok(state) if state.rp_id != relying_party::ID => Error::StateKindMismatch,
        // A clock may go back five seconds.
        Ok(state) if now > state.expires || now + 5 < state.issued => Error::CeremonyExpired,
        Ok(_) => Error::ResponseMalformed,
    };
    assert_eq!(registration, verdict(true));
    let authentication = rp
        .finish_authentication(
            b"{}",
            &AuthenticationState::from_text(text),
            &crate::record_text::RECORD,
            time,
        )
        .expect_err("an empty response");
    assert_eq!(authentication, verdict(false));
}

/// The input in which a state stands as it is, for a relying party with a key or without.
#[must_use]
pub fn input(sealed: bool, now: u64, text: &[u8]) -> Vec<u8> {
    let form = if sealed { forms::SEALED } else { forms::PLAIN };
    Output::default().number([form]).number(now.to_be_bytes()).raw(text).finish()
}

/// The content of a state of this kind for the user and credential of the seeds, from 1000 to 1300.
#[must_use]
pub fn content(kind: &str, uv: &str, conditional: bool) -> String {
    let challenge = BASE64URL_NOPAD.encode(&crate::authenticator::CHALLENGE);
    let id_hash = mfakit_core::webauthn::assertion::id_hash(crate::authenticator::CREDENTIAL_ID);
    let user = BASE64URL_NOPAD.encode(crate::authenticator::USER_HANDLE);
    let (user, allow) = match kind {
        "authentication" => (user, format!(r#"["{}"]"#, BASE64URL_NOPAD.encode(&id_hash))),
        "registration" => (user, "null".to_owned()),
        _ => (String::new(), "null".to_owned()),
    };
    format!(
        r#"{{"v":1,"kind":"{kind}","rp":"{}","id":"aWQ","challenge":"{challenge}","user":"{user}","uv":"{uv}","conditional":{conditional},"allow":{allow},"issued":1000,"expires":1300}}"#,
        relying_party::ID
    )
}

/// States of every kind and shape at the ends of their time; sealed ones with each part wrong.
#[must_use]
pub fn seeds() -> Vec<Vec<u8>> {
    let seed = |form: u8, now: u64, text: &str| {
        Output::default().number([form]).number(now.to_be_bytes()).raw(text.as_bytes()).finish()
    };
    let mut contents = Vec::new();
    for kind in ["registration", "authentication", "discoverable"] {
        for uv in ["required", "preferred", "discouraged", "Required", ""] {
            contents.push(content(kind, uv, false));
        }
        contents.push(content(kind, "required", true));
        let whole = content(kind, "required", false);
        for (part, other) in [
            (
                "\"issued\"",
                "\"extensions\":[\"appid\",\"x\"],\"appid\":\"https://example.org\",\"issued\"",
            ),
            ("\"issued\"", "\"extensions\":[\"x\"],\"appid\":\"https://example.org\",\"issued\""),
            ("\"issued\"", "\"extensions\":[\"appid\"],\"appid\":null,\"issued\""),
            ("\"issued\"", "\"extensions\":[1],\"issued\""),
            ("\"issued\"", "\"extensions\":null,\"appid\":null,\"issued\""),
            ("\"uv\"", "\"owner\":\"AAECAwQFBgcICQoLDA0ODw\",\"uv\""),
            ("\"uv\"", "\"owner\":\"AAECAwQFBgcICQoLDA0O\",\"uv\""),
            ("\"user\":\"dXNlcg\"", "\"user\":\"\",\"owner\":\"AAECAwQFBgcICQoLDA0ODw\""),
            ("\"uv\"", "\"owner\":null,\"uv\""),
            ("\"v\":1", "\"v\":2"),
            ("\"v\":1", "\"v\":1.0"),
            ("\"v\":1", "\"v\":\"1\""),
            ("\"v\":1,", ""),
            ("\"v\":1", "\"v\":1,\"v\":1"),
            ("\"v\":1", "\"v\":1,\"n\":1e999"),
            ("\"v\":1", "\"\\u0076\":1"),
            ("example.org", "example.com"),
            (kind, "registration"),
            (kind, "authentication"),
            (kind, "discoverable"),
            (kind, "other"),
            ("null", "[]"),
            ("null", "[\"AAAAAAAAAAAAAAAAAAAAAA\"]"),
            ("\"allow\":[", "\"allow\":[\"AAAAAAAAAAAAAAAAAAAAAA\","),
            ("\"allow\":[", "\"allow\":[\"AAAAAAAAAAAAAAAAAAAA\","),
            ("\"allow\":[", "\"allow\":[1,"),
            ("\"user\":\"", "\"user\":\"AAAA"),
            ("dXNlcg", ""),
            ("dXNlcg", "dXNlcg=="),
            ("KioqKioqKio", ""),
            ("false", "null"),
            (":1000", ":1301"),
            (":1300", ":18446744073709551615"),
            (":1300", ":18446744073709551616"),
            (":1300", ":-1"),
            (":1300", ":1300.0"),
            ("\"aWQ\"", "\"\""),
            ("\"aWQ\"", "null"),
        ] {
            contents.push(whole.replacen(part, other, 1));
        }
        contents.push(whole.replace("dXNlcg", &"A".repeat(86)));
        contents.push(whole.replace("dXNlcg", &"A".repeat(87)));
    }
    let mut seeds = Vec::new();
    for content in &contents {
        for form in [forms::SEAL, forms::PLAIN] {
            seeds.push(seed(form, 1000, content));
        }
    }
    let whole = content("registration", "required", false);
    for now in [0, 994, 995, 1000, 1300, 1301, 100_000_000_000] {
        seeds.push(seed(forms::PLAIN, now, &whole));
    }
    let text = sealed(whole.as_bytes());
    seeds.push(seed(forms::SEALED, 1000, &text));
    seeds.push(seed(forms::PLAIN, 1000, &text));
    seeds.push(seed(forms::SEALED, 1000, &whole));
    for at in 0..text.len() {
        for change in [1, 0x20] {
            let mut bytes = text.clone().into_bytes();
            bytes[at] ^= change;
            seeds.push(seed(forms::SEALED, 1000, &String::from_utf8_lossy(&bytes)));
        }
    }
    for end in ["$", "=", "$AAAA", "\n", "A"] {
        seeds.push(seed(forms::SEALED, 1000, &format!("{text}{end}")));
    }
    for (part, other) in [
        ("v=1", "v=2"),
        ("v=1,", "v=1$"),
        (",k=", ",K="),
        ("$mfakit-st$", "$mfakit-rc$"),
        ("$", ""),
    ] {
        seeds.push(seed(forms::SEALED, 1000, &text.replacen(part, other, 1)));
    }
    // Sealed contents of others' parts: the tag of one with the content of another.
    let other = sealed(content("discoverable", "required", false).as_bytes());
    let (start, _) = text.rsplit_once('$').expect("a sealed text");
    let (_, tag) = other.rsplit_once('$').expect("a sealed text");
    seeds.push(seed(forms::SEALED, 1000, &format!("{start}${tag}")));
    // At the longest and one byte above is too long for libFuzzer; a long list is not.
    let hashes = ["\"AAAAAAAAAAAAAAAAAAAAAA\""; 100].join(",");
    let long = content("authentication", "required", false)
        .replace("\"allow\":[", &format!("\"allow\":[{hashes},"));
    seeds.push(seed(forms::SEAL, 1000, &long));
    seeds
}
