//! The JSON of both ceremonies through mfakit, stateless and with a state: what serde_json finds in it, decoded by
//! data-encoding and judged by the second writing of §7.1 and §7.2, gives the same verdict and the same code; and the record
//! that is left to store says what was verified.

use crate::assertion::{self, options};
use crate::authenticator::{self, CHALLENGE, CREDENTIAL_ID, USER_HANDLE};
use crate::input::{Input, Output};
use crate::json::{self, Members, Reference, Tree};
use crate::relying_party::{self, Policy, Refusal, require};
use crate::test_key::TestKey;
use crate::{client_data, record_text, registration, sealed_state};
use data_encoding::BASE64URL_NOPAD;
use mfakit::{
    AuthenticationState, AuthenticationVerified, BackupPolicy, CounterPolicy, CredentialRecord,
    CrossOriginPolicy, Error, Formats, Mediation, RegistrationState, RegistrationVerified,
    RelyingParty, RelyingPartyOptions, Stateless, UnixTime, UserVerification,
};

/// The first byte of an input: which call, and the record.
mod calls {
    pub(super) const REGISTRATION: u8 = 0;
    pub(super) const KNOWN: u8 = 1;
    pub(super) const DISCOVERABLE: u8 = 2;
    pub(super) const MASK: u8 = 3;
    /// The record has the second test key.
    pub(super) const ED25519: u8 = 4;
    /// The record knows the backup eligibility.
    pub(super) const KNOWS_ELIGIBILITY: u8 = 8;
    /// What it knows.
    pub(super) const ELIGIBLE: u8 = 16;
}

/// The members that both ceremonies share, and those of one's `response` besides the client data.
struct Parts<const N: usize> {
    id: Vec<u8>,
    client_data_json: Vec<u8>,
    response: [Option<Tree>; N],
    /// Whether the client's extension outputs are an object or none.
    results_fit: bool,
}

impl<const N: usize> Parts<N> {
    fn read(text: &[u8], names: [&str; N]) -> Result<Self, Refusal> {
        require(text.len() <= 65_536, Error::InputTooLarge)?;
        let tree = match json::reference(text) {
            Reference::Accepted(tree) => tree,
            Reference::Refused => return Err(Refusal::Code(Error::JsonMalformed)),
            Reference::OutOfRange => return Err(Refusal::Unknown),
        };
        let common = [
            "id",
            "rawId",
            "type",
            "response",
            "authenticatorAttachment",
            "clientExtensionResults",
        ];
        let [id, raw_id, kind, response, attachment, results] = members(&tree, common)?;
        let typed = kind == Some(Tree::String("public-key".to_owned()));
        require(typed, Error::ResponseMalformed)?;
        let (id, raw_id) = (bytes(id)?, bytes(raw_id)?);
        require(id == raw_id, Error::CredentialIdMismatch)?;
        let response = response.ok_or(Error::ResponseMalformed)?;
        // A member that stands twice is found before any is decoded.
        let ([client_data_json], response) =
            (members(&response, ["clientDataJSON"])?, members(&response, names)?);
        let client_data_json = bytes(client_data_json)?;
        match attachment {
            None | Some(Tree::Null) => {}
            Some(Tree::String(name)) if name.len() <= 64 => {}
            Some(_) => return Err(Error::ResponseMalformed.into()),
        }
        let results_fit = matches!(results, None | Some(Tree::Null | Tree::Object(_)));
        Ok(Self { id, client_data_json, response, results_fit })
    }
}

fn members<const N: usize>(tree: &Tree, names: [&str; N]) -> Result<[Option<Tree>; N], Error> {
    match tree.members(names) {
        Members::Found(found) => Ok(found),
        Members::Duplicate => Err(Error::JsonDuplicateMember),
        Members::NoObject => Err(Error::ResponseMalformed),
    }
}

fn bytes(member: Option<Tree>) -> Result<Vec<u8>, Error> {
    match member {
        Some(Tree::String(text)) => {
            BASE64URL_NOPAD.decode(text.as_bytes()).map_err(|_| Error::Base64urlMalformed)
        }
        _ => Err(Error::ResponseMalformed),
    }
}

/// Absent, null and empty are all none.
fn user_handle(member: Option<Tree>) -> Result<Option<Vec<u8>>, Error> {
    match member {
        None | Some(Tree::Null) => Ok(None),
        member => Ok(Some(bytes(member)?).filter(|handle| !handle.is_empty())),
    }
}

/// The registration in a response, and its transports.
fn read_registration(
    text: &[u8],
    policy: Policy,
) -> Result<(registration::Arguments, Vec<String>, bool), Refusal> {
    let Parts { id, client_data_json, response: [object, transports], results_fit } =
        Parts::read(text, ["attestationObject", "transports"])?;
    let transport = |transport: Tree| match transport {
        Tree::String(transport) if transport.len() <= 64 => Some(transport),
        _ => None,
    };
    let transports = match transports {
        None | Some(Tree::Null) => Some(Vec::new()),
        Some(Tree::Array(all)) if all.len() <= 16 => all.into_iter().map(transport).collect(),
        Some(_) => None,
    };
    let transports = transports.ok_or(Error::ResponseMalformed)?;
    let arguments = registration::Arguments {
        policy: policy.0,
        challenge: CHALLENGE.to_vec(),
        credential_id: id,
        client_data_json,
        attestation_object: bytes(object)?,
    };
    Ok((arguments, transports, results_fit))
}

/// The assertion in a response.
fn read_assertion(
    text: &[u8],
    call: u8,
    policy: Policy,
) -> Result<(assertion::Arguments, bool), Refusal> {
    let Parts { id, client_data_json, response: [data, signature, handle], results_fit } =
        Parts::read(text, ["authenticatorData", "signature", "userHandle"])?;
    let handle = user_handle(handle)?;
    let when = |condition, option| if condition { option } else { 0 };
    let known = call & calls::MASK == calls::KNOWN;
    let arguments = assertion::Arguments {
        policy: policy.0,
        options: if known { options::ALLOW_ID } else { options::DISCOVERABLE }
            | when(handle.is_some(), options::HAS_USER_HANDLE)
            | when(call & calls::KNOWS_ELIGIBILITY != 0, options::KNOWS_ELIGIBILITY)
            | when(call & calls::ELIGIBLE != 0, options::ELIGIBLE),
        stored_sign_count: 6,
        challenge: CHALLENGE.to_vec(),
        public_key: key(call).public_key(),
        stored_id: CREDENTIAL_ID.to_vec(),
        owner: USER_HANDLE.to_vec(),
        known_user: USER_HANDLE.to_vec(),
        allowed_id: CREDENTIAL_ID.to_vec(),
        credential_id: id,
        user_handle: handle.unwrap_or_default(),
        client_data_json,
        authenticator_data: bytes(data)?,
        signature: bytes(signature)?,
    };
    Ok((arguments, results_fit))
}

const fn key(call: u8) -> TestKey {
    if call & calls::ED25519 == 0 { TestKey::Es256 } else { TestKey::Ed25519 }
}

fn relying_party(policy: Policy) -> RelyingParty {
    let cross_origin = match policy.0 & 3 {
        Policy::FRAMES_LISTED => CrossOriginPolicy::AllowListed,
        Policy::FRAMES_ANY => CrossOriginPolicy::DangerAnyTopOrigin,
        _ => CrossOriginPolicy::Deny,
    };
    let listed = cross_origin == CrossOriginPolicy::AllowListed;
    let top_origins = relying_party::TOP_ORIGINS.iter().filter(|_| listed);
    let options = RelyingPartyOptions {
        cross_origin,
        top_origins: top_origins.map(|&origin| origin.to_owned()).collect(),
        counter: if policy.has(Policy::REPORT_COUNTER) {
            CounterPolicy::Report
        } else {
            CounterPolicy::Reject
        },
        backup: if policy.has(Policy::ALLOW_UPGRADE) {
            BackupPolicy::AllowUpgrade
        } else {
            BackupPolicy::Strict
        },
        algorithms: policy.offered().to_vec(),
        attestation_formats: Formats::NONE.and(Formats::PACKED),
        danger_allow_absent_user: policy.has(Policy::NO_PRESENCE),
        ..RelyingPartyOptions::new("Example", relying_party::ORIGINS, verification(policy))
    };
    RelyingParty::new(relying_party::ID, options).expect("a valid configuration")
}

fn verification(policy: Policy) -> UserVerification {
    if policy.has(Policy::VERIFICATION) {
        UserVerification::Required
    } else {
        UserVerification::Preferred
    }
}

/// Whether mfakit accepts the response; panics on disagreement.
pub fn check(data: &[u8]) -> bool {
    let mut input = Input::new(data);
    let (call, policy) = (input.u8(), input.u16());
    // What mfakit has no switch for.
    let policy = Policy(policy & !(Policy::STRICT_ORDER | registration::SIGN));
    let text = input.rest();
    check_read(text);
    match call & calls::MASK {
        calls::REGISTRATION => check_registration(text, policy),
        _ => check_authentication(text, call, policy),
    }
}

/// What a host looks records up by is what stands in the response.
fn check_read(text: &[u8]) {
    let expected = || -> Result<_, Refusal> {
        let Parts { id, client_data_json, response: [handle], .. } =
            Parts::read(text, ["userHandle"])?;
        let handle = user_handle(handle)?;
        let data = client_data::reference(&client_data_json).ok_or(Refusal::Unknown)??;
        Ok((id, handle, data.challenge))
    };
    match (mfakit::read_response(text), expected()) {
        (Ok(ours), Ok((id, handle, challenge))) => {
            assert_eq!(ours.credential_id, BASE64URL_NOPAD.encode(&id));
            assert_eq!(ours.user_handle, handle.map(|handle| BASE64URL_NOPAD.encode(&handle)));
            assert_eq!(ours.challenge, challenge);
        }
        (Err(ours), Err(refusal)) => refusal.compare(ours),
        (Ok(_), Err(Refusal::Unknown)) => {}
        (ours, expected) => panic!("{ours:?} {expected:?}"),
    }
}

fn check_registration(text: &[u8], policy: Policy) -> bool {
    let rp = relying_party(policy);
    let conditional = policy.has(Policy::NO_PRESENCE);
    let more = Stateless {
        mediation: conditional.then_some(Mediation::Conditional),
        ..Stateless::default()
    };
    let (challenge, user) =
        (BASE64URL_NOPAD.encode(&CHALLENGE), BASE64URL_NOPAD.encode(USER_HANDLE));
    let stateless = rp.verify_registration(text, &challenge, &user, more);
    let state = sealed_state::content("registration", verification(policy).as_str(), conditional);
    let state = RegistrationState::from_text(state);
    let finished = rp.finish_registration(text, &state, Some(UnixTime::from_seconds(1000)));
    let record = |ours: &Result<RegistrationVerified, Error>| {
        ours.as_ref().map(|ours| ours.credential().clone()).map_err(|error| *error)
    };
    assert_eq!(record(&finished), record(&stateless));

    let expected = read_registration(text, policy).and_then(|(arguments, transports, fit)| {
        let expected = registration::reference(&arguments, policy)?;
        require(fit, Error::ResponseMalformed)?;
        Ok((arguments, transports, expected))
    });
    let (ours, (arguments, transports, expected)) = match (stateless, expected) {
        (Ok(ours), Ok(expected)) => (ours, expected),
        (Err(ours), Err(refusal)) => {
            refusal.compare(ours);
            return false;
        }
        (Ok(_), Err(Refusal::Unknown)) => return true,
        (Ok(_), Err(refusal)) => panic!("only mfakit accepts: {refusal:?}"),
        (Err(error), Ok(_)) => panic!("only the reference accepts: {error:?}"),
    };
    let data = crate::auth_data::reference(&expected.auth_data).expect("it was read before");
    let attested = data.attested.as_ref().expect("it was there before");
    let record = ours.credential();
    assert_eq!(record.id(), BASE64URL_NOPAD.encode(&arguments.credential_id));
    assert_eq!(record.public_key(), BASE64URL_NOPAD.encode(attested.public_key));
    assert_eq!((record.algorithm(), record.user_handle()), (expected.algorithm, user));
    assert_eq!((record.sign_count(), ours.flags()), (data.sign_count, data.flags));
    assert_eq!(ours.user_verified(), data.flags & 0x04 != 0);
    let backup = (record.backup_eligible(), record.backed_up());
    assert_eq!(backup, (Some(data.flags & 0x08 != 0), Some(data.flags & 0x10 != 0)));
    assert_eq!(record.transports(), transports);
    let aaguid = record.aaguid().expect("it was just attested").replace('-', "");
    assert_eq!(aaguid, data_encoding::HEXLOWER.encode(attested.aaguid));
    let attestation = (ours.attestation().format(), ours.attestation().attestation_type());
    assert_eq!(attestation, expected.attestation);
    assert_eq!(ours.extensions().raw_authenticator(), data.extensions);
    let transition = ours.transition();
    assert_eq!((transition.prev, &*transition.next), (None, record.to_text()));
    let stored = CredentialRecord::from_text(&transition.next);
    assert_eq!(stored.as_ref(), Ok(record), "what registers can log in");
    true
}

fn check_authentication(text: &[u8], call: u8, policy: Policy) -> bool {
    let rp = relying_party(policy);
    let known_eligibility =
        (call & calls::KNOWS_ELIGIBILITY != 0).then_some(call & calls::ELIGIBLE != 0);
    let record = record_text::record(key(call), known_eligibility);
    let (challenge, user) =
        (BASE64URL_NOPAD.encode(&CHALLENGE), BASE64URL_NOPAD.encode(USER_HANDLE));
    let (kind, stateless) = if call & calls::MASK == calls::KNOWN {
        let more = Stateless { allow: Some(&[CREDENTIAL_ID]), ..Stateless::default() };
        ("authentication", rp.verify_authentication(text, &challenge, &user, &record, more))
    } else {
        let more = Stateless::default();
        ("discoverable", rp.verify_discoverable_authentication(text, &challenge, &record, more))
    };
    let state = sealed_state::content(kind, verification(policy).as_str(), false);
    let state = AuthenticationState::from_text(state);
    let time = Some(UnixTime::from_seconds(1000));
    let finished = rp.finish_authentication(text, &state, &record, time);
    let next = |ours: &Result<AuthenticationVerified, Error>| {
        ours.as_ref().map(|ours| ours.transition().next.clone()).map_err(|error| *error)
    };
    assert_eq!(next(&finished), next(&stateless));

    let arguments = read_assertion(text, call, policy);
    let expected = match &arguments {
        Ok((arguments, fit)) => assertion::reference(arguments)
            .and_then(|read| Ok(require(*fit, Error::ResponseMalformed).map(|()| read)?)),
        Err(refusal) => Err(*refusal),
    };
    let (ours, expected) = match (stateless, expected) {
        (Ok(ours), Ok(expected)) => (ours, expected),
        (Err(ours), Err(refusal)) => {
            refusal.compare(ours);
            return false;
        }
        (Ok(_), Err(Refusal::Unknown)) => return true,
        (Ok(_), Err(refusal)) => panic!("only mfakit accepts: {refusal:?}"),
        (Err(error), Ok(_)) => panic!("only the reference accepts: {error:?}"),
    };
    let flags = expected.data.flags;
    let (eligible, backed_up) = (flags & 0x08 != 0, flags & 0x10 != 0);
    assert_eq!((ours.credential_id(), ours.user_handle()), (&*record.id(), &*user));
    assert_eq!((ours.flags(), ours.user_verified()), (flags, flags & 0x04 != 0));
    assert_eq!((ours.backup_eligible(), ours.backed_up()), (eligible, backed_up));
    assert_eq!(ours.counter(), expected.data.sign_count);
    assert_eq!(ours.counter_regressed(), expected.regressed);
    assert_eq!(ours.extensions().raw_authenticator(), expected.data.extensions);
    let transition = ours.transition();
    assert_eq!(transition.prev.as_deref(), Some(record.to_text()));
    let stored = CredentialRecord::from_text(&transition.next).expect("the next login reads it");
    assert_eq!(stored.sign_count(), expected.data.sign_count.max(6));
    assert_eq!((stored.backup_eligible(), stored.backed_up()), (Some(eligible), Some(backed_up)));
    assert_eq!((stored.id(), stored.public_key()), (record.id(), record.public_key()));
    assert_eq!(
        (stored.user_handle(), stored.transports()),
        (record.user_handle(), record.transports())
    );
    let evidence = ours.commit(1).expect("one row");
    assert_eq!(evidence.method().as_str(), "webauthn");
    true
}

/// The input of a registration's response.
#[must_use]
pub fn registration_input(arguments: &registration::Arguments) -> Vec<u8> {
    let [id, client_data, object] =
        [&arguments.credential_id, &arguments.client_data_json, &arguments.attestation_object]
            .map(|bytes| BASE64URL_NOPAD.encode(bytes));
    let text = format!(
        r#"{{"id":"{id}","rawId":"{id}","type":"public-key","response":{{"clientDataJSON":"{client_data}","attestationObject":"{object}","transports":["internal"]}},"clientExtensionResults":{{}}}}"#
    );
    input(calls::REGISTRATION, arguments.policy, &text)
}

/// The input of an assertion's response, for the first test key's record.
#[must_use]
pub fn assertion_input(arguments: &assertion::Arguments) -> Vec<u8> {
    let has = |option| arguments.options & option != 0;
    let mut call = if has(options::DISCOVERABLE) { calls::DISCOVERABLE } else { calls::KNOWN };
    if has(options::KNOWS_ELIGIBILITY) {
        call |= calls::KNOWS_ELIGIBILITY;
    }
    if has(options::ELIGIBLE) {
        call |= calls::ELIGIBLE;
    }
    if TestKey::named(&arguments.public_key) == Some(TestKey::Ed25519) {
        call |= calls::ED25519;
    }
    let [id, client_data, data, signature, handle] = [
        &arguments.credential_id,
        &arguments.client_data_json,
        &arguments.authenticator_data,
        &arguments.signature,
        &arguments.user_handle,
    ]
    .map(|bytes| BASE64URL_NOPAD.encode(bytes));
    let handle =
        if has(options::HAS_USER_HANDLE) { format!("\"{handle}\"") } else { "null".into() };
    let text = format!(
        r#"{{"id":"{id}","rawId":"{id}","type":"public-key","response":{{"clientDataJSON":"{client_data}","authenticatorData":"{data}","signature":"{signature}","userHandle":{handle}}}}}"#
    );
    input(call, arguments.policy, &text)
}

fn input(call: u8, policy: u16, text: &str) -> Vec<u8> {
    Output::default().number([call]).number(policy.to_be_bytes()).raw(text.as_bytes()).finish()
}

/// What both ceremonies' own oracles begin with, as JSON; and JSON in every form that is taken or refused.
#[must_use]
pub fn seeds() -> Vec<Vec<u8>> {
    let mut seeds: Vec<_> =
        registration::all_seeds().map(|arguments| registration_input(&arguments)).collect();
    seeds.extend(assertion::all_signed_seeds().map(|arguments| assertion_input(&arguments)));
    let data =
        authenticator::attested_data(0x5d, CREDENTIAL_ID, &TestKey::Ed25519.public_key(), &[]);
    let none = registration::Arguments {
        policy: 0,
        challenge: CHALLENGE.to_vec(),
        credential_id: CREDENTIAL_ID.to_vec(),
        client_data_json: authenticator::client_data("webauthn.create", &CHALLENGE),
        attestation_object: authenticator::attestation_object("none", &[0xa0], &data),
    };
    let mut wholes = vec![registration_input(&none)];
    let signed =
        assertion::all_signed_seeds().filter(|a| a.options & options::HAS_USER_HANDLE != 0);
    wholes.extend(signed.map(|arguments| assertion_input(&arguments)));
    for whole in wholes {
        let (start, text) = whole.split_at(3);
        let text = std::str::from_utf8(text).expect("JSON");
        let id = BASE64URL_NOPAD.encode(CREDENTIAL_ID);
        for (part, other) in [
            ("\"id\"", "\"\\u0069d\""),
            ("\"id\"", "\"Id\""),
            ("\"id\"", "\"id\":\"\",\"id\""),
            ("\"rawId\"", "\"other\":1e999,\"rawId\""),
            ("\"rawId\"", "\"other\":1,\"other\":{\"id\":2},\"rawId\""),
            ("\"rawId\":\"", "\"rawId\":\"AAAA"),
            ("\"rawId\":\"", "\"rawId\":null,\"x\":\""),
            (&*id, "Y3JlZGVudGlhbA=="),
            (&*id, "Y3JlZGVudGlhbB"),
            (&*id, "Y3J\\u006cZGVudGlhbA"),
            (&*id, ""),
            ("public-key", "public-keys"),
            ("public-key", "p\\u0075blic-key"),
            ("\"public-key\"", "null"),
            ("\"response\":{", "\"response\":{\"clientDataJSON\":\"\","),
            ("\"response\":{", "\"response\":{\"userHandle\":\"\","),
            ("\"response\":{", "\"response\":{\"signature\":\"\","),
            ("\"response\":{", "\"response\":{\"attestationObject\":\"\","),
            ("\"response\":{", "\"response\":{\"other\":[[[[[[[[[[[[[[]]]]]]]]]]]]]],"),
            ("\"response\":{", "\"response\":{\"other\":[[[[[[[[[[[[[[[]]]]]]]]]]]]]]],"),
            ("\"response\":{", "\"response\":[{"),
            ("\"response\":", "\"answer\":"),
            ("[\"internal\"]", "null"),
            ("[\"internal\"]", "[]"),
            ("[\"internal\"]", "{}"),
            ("[\"internal\"]", "[\"internal\",null]"),
            ("[\"internal\"]", "[\"a\",\"a\",\"\\u0000\",\"\",\"\\ud83d\\ude00\"]"),
            (",\"transports\":[\"internal\"]", ""),
            ("\"userHandle\":\"dXNlcg\"", "\"userHandle\":\"\""),
            ("\"userHandle\":\"dXNlcg\"", "\"userHandle\":null"),
            ("\"userHandle\":\"dXNlcg\"", "\"userHandle\":0"),
            ("\"userHandle\":\"dXNlcg\"", "\"userHandle\":\"dXNlcw\""),
            ("\"userHandle\":\"dXNlcg\"", "\"userHandle\":\"dXNlcg=\""),
            (",\"userHandle\":\"dXNlcg\"", ""),
            ("{", "\u{feff}{"),
            ("{", " \n{ "),
            ("}", "}]"),
        ] {
            seeds.push([start, text.replacen(part, other, 1).as_bytes()].concat());
            seeds.push([start, text.replace(part, other).as_bytes()].concat());
        }
        for count in [16, 17] {
            let names = vec!["\"usb\""; count].join(",");
            seeds.push([start, text.replace("\"internal\"", &names).as_bytes()].concat());
            let name = "n".repeat(48 + count);
            seeds.push([start, text.replace("internal", &name).as_bytes()].concat());
        }
    }
    seeds
}
