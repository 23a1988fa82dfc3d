//! SafetyNet's answer (§8.5; RFC 7515): header and payload, mutated and signed afterwards, against serde_json's reading of both.

use crate::certified::{self, CREDENTIAL_KEY, LEAF_KEY, NOW};
use crate::input::{Input, Output};
use crate::json::{self, Members, Reference, Tree};
use crate::relying_party::{Refusal, require};
use data_encoding::BASE64;
use mfakit_core::Error;
use mfakit_testing::android::jws_header;
use mfakit_testing::text::base64url;
use mfakit_testing::{attestation, sha256};

fn tree(text: &[u8]) -> Result<Tree, Refusal> {
    match json::reference(text) {
        Reference::Accepted(tree) => Ok(tree),
        Reference::Refused => Err(Error::AttestationStatementMalformed.into()),
        Reference::OutOfRange => Err(Refusal::Unknown),
    }
}

fn found<const N: usize>(tree: &Tree, names: [&str; N]) -> Result<[Option<Tree>; N], Error> {
    match tree.members(names) {
        Members::Found(found) => Ok(found),
        _ => Err(Error::AttestationStatementMalformed),
    }
}

fn check_header(header: &[u8]) -> Result<(), Refusal> {
    let malformed = Error::AttestationStatementMalformed;
    let tree = tree(header)?;
    let [algorithm, x5c] = found(&tree, ["alg", "x5c"])?;
    let Tree::Object(members) = &tree else { return Err(malformed.into()) };
    let refused = |name: &String| ["jwk", "jku", "x5u", "crit"].contains(&&**name);
    require(!members.iter().any(|(name, _)| refused(name)), malformed)?;
    let Some(Tree::String(algorithm)) = algorithm else { return Err(malformed.into()) };
    require(!["none", "HS256", "HS384", "HS512"].contains(&&*algorithm), malformed)?;
    let known = ["RS", "PS", "ES"]
        .iter()
        .flat_map(|kind| ["256", "384", "512"].map(|bits| format!("{kind}{bits}")))
        .chain(["EdDSA".to_owned()])
        .any(|name| name == algorithm);
    require(known, Error::AlgorithmUnsupported)?;
    let Some(Tree::Array(x5c)) = x5c else { return Err(malformed.into()) };
    let decoded: Option<Vec<Vec<u8>>> = x5c
        .into_iter()
        .map(|item| match item {
            Tree::String(text) => BASE64.decode(text.as_bytes()).ok(),
            _ => None,
        })
        .collect();
    let sized = |der: &Vec<u8>| (1..=16 * 1024).contains(&der.len());
    let decoded = decoded
        .filter(|all| (1..=8).contains(&all.len()) && all.iter().all(sized))
        .ok_or(malformed)?;
    // What another certificate is, and what its key would say, is for other oracles.
    if decoded[0] != certified::safetynet_leaf() {
        return Err(Refusal::Unknown);
    }
    require(algorithm == "ES256", Error::AttestationStatementMismatch)?;
    Ok(())
}

fn check_payload(payload: &[u8], auth_data: &[u8]) -> Result<(), Refusal> {
    let malformed = Error::AttestationStatementMalformed;
    let names = ["nonce", "timestampMs", "ctsProfileMatch", "basicIntegrity"];
    let [nonce, timestamp, profile, integrity] = found(&tree(payload)?, names)?;
    let nonce = match nonce {
        Some(Tree::String(text)) => BASE64.decode(text.as_bytes()).ok(),
        _ => None,
    };
    let nonce = nonce.filter(|nonce| nonce.len() <= 32).ok_or(malformed)?;
    let (Some(Tree::Unsigned(timestamp)), Some(Tree::Bool(profile))) = (timestamp, profile) else {
        return Err(malformed.into());
    };
    let integrity = match integrity {
        None => true,
        Some(Tree::Bool(integrity)) => integrity,
        Some(_) => return Err(malformed.into()),
    };
    require(nonce == sha256(&certified::message(auth_data)), Error::AttestationNonceMismatch)?;
    let fresh = (NOW - 60..=NOW + 5).contains(&(timestamp / 1000));
    require(profile && integrity && fresh, Error::AttestationClaimRejected)?;
    Ok(())
}

/// Whether core accepts; panics on disagreement.
pub fn check(data: &[u8]) -> bool {
    let mut input = Input::new(data);
    let (header, payload) = (input.bytes(), input.rest());
    let auth_data = certified::auth_data(&CREDENTIAL_KEY);
    let signed = format!("{}.{}", base64url(header), base64url(payload));
    let (r, s) = LEAF_KEY.es256().sign(signed.as_bytes());
    let response = format!("{signed}.{}", base64url(&[r, s].concat()));
    if response.len() > 48 * 1024 {
        return false;
    }
    let statement = certified::safetynet(&response);
    let object = attestation::object("android-safetynet", &statement, &auth_data);
    let client_data = certified::client_data();
    let ours = certified::verify(0, &client_data, &object).map(|_| ());
    match (ours, check_header(header).and_then(|()| check_payload(payload, &auth_data))) {
        (Ok(()), Ok(()) | Err(Refusal::Unknown)) => true,
        (Err(ours), Err(refusal)) => {
            refusal.compare(ours);
            false
        }
        (ours, expected) => panic!("{ours:?} {expected:?}"),
    }
}

/// Good answers, and ones with every member wrong or missing.
#[must_use]
pub fn seeds() -> Vec<Vec<u8>> {
    let auth_data = certified::auth_data(&CREDENTIAL_KEY);
    let payload = certified::safetynet_payload(&auth_data);
    let header = jws_header("ES256", &[certified::safetynet_leaf()]);
    let input = |header: &str, payload: &str| {
        Output::default().bytes(header.as_bytes()).raw(payload.as_bytes()).finish()
    };
    let mut seeds = vec![input(&header, &payload)];
    for (part, other) in [
        ("\"ctsProfileMatch\":true", "\"ctsProfileMatch\":false"),
        ("\"basicIntegrity\":true", "\"basicIntegrity\":false"),
        (",\"basicIntegrity\":true", ""),
        ("1800000000000", "1799999940000"),
        ("1800000000000", "1799999939999"),
        ("1800000000000", "1800000005999"),
        ("1800000000000", "1800000006000"),
        ("1800000000000", "\"1800000000000\""),
        ("\"nonce\":\"", "\"nonce\":\"AAAA"),
        ("{", "{\"error\":1,"),
        ("{", "{\"nonce\":1,"),
    ] {
        seeds.push(input(&header, &payload.replacen(part, other, 1)));
    }
    for (part, other) in [
        ("ES256", "RS256"),
        ("ES256", "none"),
        ("ES256", "HS256"),
        ("ES256", "ES256K"),
        ("{", "{\"jwk\":{},"),
        ("{", "{\"crit\":[],"),
        ("{", "{\"kid\":\"\","),
        ("{", "{\"alg\":\"ES256\","),
        ("[\"", "[\"AA==\",\""),
        ("[\"", "[\""),
        ("\"x5c\"", "\"X5c\""),
    ] {
        seeds.push(input(&header.replacen(part, other, 1), &payload));
    }
    seeds
}
