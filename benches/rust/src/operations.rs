//! The operations: in each contest mfakit and its peers do the same work on the same bytes.
//!
//! Keys, signatures and texts are decoded inside what is timed; what a server keeps from login to login, such as the relying
//! party or a curve's parameters, is made before.

use crate::inputs::{self, CHALLENGE, NOW, ORIGIN, RP_ID, SECRET, SignIn, USER};
use mfakit_core::crypto::SignatureVerifier;
use mfakit_core::crypto::es256::Es256;
use mfakit_core::crypto::rsassa_pkcs1::RsassaPkcs1;
use mfakit_core::encoding::cose;
use mfakit_testing::text::base64url;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

/// One of the libraries in a contest: `run(true)` verifies the good input, `run(false)` the bad one; each says what it found.
pub struct Contestant {
    /// What the table calls it.
    pub name: &'static str,
    /// The work.
    pub run: Box<dyn Fn(bool) -> bool>,
}

/// What is timed together, in turns.
pub struct Contest {
    /// What the table calls it.
    pub name: &'static str,
    /// mfakit first.
    pub contestants: Vec<Contestant>,
}

/// All of them.
pub fn contests() -> Vec<Contest> {
    vec![
        Contest { name: "es256", contestants: es256() },
        Contest { name: "rs256", contestants: rs256() },
        Contest { name: "totp", contestants: totp() },
    ]
}

fn contestant(name: &'static str, run: impl Fn(bool) -> bool + 'static) -> Contestant {
    Contestant { name, run: Box::new(run) }
}

/// A contestant that is given the good input, or the bad one.
fn on<T: 'static>(
    name: &'static str,
    [good, bad]: [T; 2],
    run: impl Fn(&T) -> bool + 'static,
) -> Contestant {
    contestant(name, move |which| run(if which { &good } else { &bad }))
}

/// One signature of one credential, by each library, and the whole authentication that it is in.
fn es256() -> Vec<Contestant> {
    let good = inputs::sign_in("one");
    let both = [good.clone(), good.flipped()];
    let on_both = |name, run: fn(&SignIn) -> bool| on(name, both.clone(), run);
    vec![
        on_both("mfakit", |input| {
            let key = Es256::new((&input.point.0, &input.point.1));
            key.is_ok_and(|key| key.verify(&[&input.message], &input.signature).is_ok())
        }),
        prepared(both.clone()),
        whole("mfakit whole", both.clone(), false),
        whole("mfakit whole, record read too", both.clone(), true),
        webauthn_rp(both.clone()),
        on_both("p256 0.14", |input| {
            use p256_14::ecdsa::{Signature, VerifyingKey, signature::Verifier};
            let key = VerifyingKey::from_sec1_bytes(&input.sec1());
            let signature = Signature::from_der(&input.signature);
            key.is_ok_and(|key| signature.is_ok_and(|s| key.verify(&input.message, &s).is_ok()))
        }),
        on_both("p256 0.13", |input| {
            use p256_13::ecdsa::{Signature, VerifyingKey, signature::Verifier};
            let key = VerifyingKey::from_sec1_bytes(&input.sec1());
            let signature = Signature::from_der(&input.signature);
            key.is_ok_and(|key| signature.is_ok_and(|s| key.verify(&input.message, &s).is_ok()))
        }),
        on_both("ring", |input| {
            use ring::signature::{ECDSA_P256_SHA256_ASN1, UnparsedPublicKey};
            let key = UnparsedPublicKey::new(&ECDSA_P256_SHA256_ASN1, input.sec1());
            key.verify(&input.message, &input.signature).is_ok()
        }),
        on_both("aws-lc-rs", |input| {
            use aws_lc_rs::signature::{ECDSA_P256_SHA256_ASN1, UnparsedPublicKey};
            let key = UnparsedPublicKey::new(&ECDSA_P256_SHA256_ASN1, input.sec1());
            key.verify(&input.message, &input.signature).is_ok()
        }),
        openssl(both.clone()),
        openssl_high_level(both.clone()),
    ]
}

/// The key's tables were made before, at an earlier login.
fn prepared(both: [SignIn; 2]) -> Contestant {
    use mfakit_p256::VerifyingKey;
    let (x, y) = both[0].point;
    let key = VerifyingKey::new(&x, &y).expect("a key").prepare();
    on("mfakit prepared", both, move |input| {
        let signature = mfakit_core::crypto::es256::parse_signature(&input.signature);
        let digest = mfakit_core::crypto::sha256(&[&input.message]);
        signature.is_ok_and(|(r, s)| key.verify(&digest, &r, &s).is_ok())
    })
}

/// From the text that a browser posted to the verdict; perhaps from the stored record's text as well.
fn whole(name: &'static str, both: [SignIn; 2], read_record: bool) -> Contestant {
    use mfakit::{
        CredentialRecord, RelyingParty, RelyingPartyOptions, Stateless, UserVerification,
    };
    let options = RelyingPartyOptions::new("Example", &[ORIGIN], UserVerification::Required);
    let rp = RelyingParty::new(RP_ID, options).expect("a relying party");
    let stored = CredentialRecord::from_text(&both[0].record).expect("a record");
    let (challenge, user) = (base64url(&CHALLENGE), base64url(&USER));
    on(name, both, move |input| {
        let read = read_record.then(|| CredentialRecord::from_text(&input.record).expect("it"));
        let record = read.as_ref().unwrap_or(&stored);
        let response = input.response.as_bytes();
        let more = Stateless::default();
        rp.verify_authentication(response, &challenge, &user, record, more).is_ok()
    })
}

/// The same by webauthn_rp: its state is used up by verifying, so that it is read from its stored form each time.
fn webauthn_rp(both: [SignIn; 2]) -> Contestant {
    use webauthn_rp::bin::{Decode, Encode};
    use webauthn_rp::request::auth::AuthenticationVerificationOptions;
    use webauthn_rp::request::register::UserHandle64;
    use webauthn_rp::request::{AsciiDomain, RpId};
    use webauthn_rp::response::register::{
        AuthenticatorExtensionOutputStaticState, CompressedP256PubKey, CompressedPubKey,
        CredentialProtectionPolicy, DynamicState, StaticState,
    };
    use webauthn_rp::response::{AuthenticatorAttachment, Backup, CredentialId};
    use webauthn_rp::{
        AuthenticatedCredential, DiscoverableAuthentication64,
        DiscoverableAuthenticationServerState, DiscoverableCredentialRequestOptions,
    };

    let rp_id = RpId::Domain(AsciiDomain::try_from(RP_ID.to_owned()).expect("a domain"));
    let options = DiscoverableCredentialRequestOptions::passkey(&rp_id);
    let (state, _) = options.start_ceremony().expect("a ceremony");
    let mut state = state.encode().expect("a state");
    // Its challenge is random: this is the inputs'. Its end is in five minutes: that is in ten years.
    state[..CHALLENGE.len()].copy_from_slice(&CHALLENGE);
    let end = SystemTime::now() + Duration::from_secs(10 * 365 * 86400);
    let end = end.duration_since(UNIX_EPOCH).expect("after 1970").as_secs();
    let seconds = state.len() - 12;
    state[seconds..seconds + 8].copy_from_slice(&end.to_le_bytes());

    let user = UserHandle64::from(USER);
    on("webauthn_rp whole", both, move |input| {
        let Ok(response) =
            DiscoverableAuthentication64::from_json_relaxed(input.response.as_bytes())
        else {
            return false;
        };
        let key = (&input.point.0[..], input.point.1[31] & 1 == 1);
        let key: CompressedPubKey<&[u8], &[u8], &[u8], &[u8]> =
            CompressedPubKey::P256(CompressedP256PubKey::try_from(key).expect("32 bytes"));
        let extensions = AuthenticatorExtensionOutputStaticState {
            cred_protect: CredentialProtectionPolicy::None,
            hmac_secret: None,
        };
        let dynamic = DynamicState {
            user_verified: true,
            backup: Backup::NotEligible,
            sign_count: 0,
            authenticator_attachment: AuthenticatorAttachment::Platform,
        };
        let id = CredentialId::try_from(input.id.as_slice()).expect("an id");
        let fixed = StaticState { credential_public_key: key, extensions };
        let mut credential =
            AuthenticatedCredential::new(id, &user, fixed, dynamic).expect("a credential");
        let state = DiscoverableAuthenticationServerState::decode(&state).expect("a state");
        let options = AuthenticationVerificationOptions::<&str, &str>::default();
        state.verify(&rp_id, &response, &mut credential, &options).is_ok()
    })
}

/// The fastest way that OpenSSL has: point and signature read, ECDSA called, by names that its version 3 deprecates.
fn openssl(both: [SignIn; 2]) -> Contestant {
    use openssl::{bn::BigNumContext, ec, ecdsa::EcdsaSig, error::ErrorStack, nid::Nid, sha};
    let group = ec::EcGroup::from_curve_name(Nid::X9_62_PRIME256V1).expect("P-256");
    on("OpenSSL", both, move |input| {
        let verify = || -> Result<bool, ErrorStack> {
            // It checks that the point is on the curve. By coordinates it would multiply by the order as well.
            let mut context = BigNumContext::new()?;
            let point = ec::EcPoint::from_bytes(&group, &input.sec1(), &mut context)?;
            let key = ec::EcKey::from_public_key(&group, &point)?;
            EcdsaSig::from_der(&input.signature)?.verify(&sha::sha256(&input.message), &key)
        };
        verify().unwrap_or(false)
    })
}

/// The way that its documents recommend: the key loaded from its X.509 form, the signature verified by EVP.
fn openssl_high_level(both: [SignIn; 2]) -> Contestant {
    use openssl::{error::ErrorStack, hash::MessageDigest, pkey::PKey, sign::Verifier};
    let both = both.map(|input| (input.spki(), input));
    on("OpenSSL EVP", both, |(spki, input)| {
        let verify = || -> Result<bool, ErrorStack> {
            let key = PKey::public_key_from_der(spki)?;
            let mut verifier = Verifier::new(MessageDigest::sha256(), &key)?;
            verifier.verify_oneshot(&input.signature, &input.message)
        };
        verify().unwrap_or(false)
    })
}

/// RSASSA-PKCS1-v1_5 with SHA-256 under a key of 2048 bits, modulus and exponent read each time.
fn rs256() -> Vec<Contestant> {
    let (n, e, message, signature) = inputs::rs256();
    let mut flipped = signature.clone();
    flipped[255] ^= 1;
    let both = [signature, flipped].map(|signature| Rs256 {
        n: n.clone(),
        e: e.clone(),
        message: message.clone(),
        signature,
    });
    let on_both = |name, run: fn(&Rs256) -> bool| on(name, both.clone(), run);
    vec![
        on_both("mfakit", |input| {
            let key = RsassaPkcs1::new((cose::Hash::Sha256, &input.n, &input.e));
            key.is_ok_and(|key| key.verify(&[&input.message], &input.signature).is_ok())
        }),
        on_both("rsa 0.10", |input| {
            use rsa_10::{BoxedUint, Pkcs1v15Sign, RsaPublicKey};
            use sha2::{Digest, Sha256};
            let number = BoxedUint::from_be_slice_vartime;
            RsaPublicKey::new(number(&input.n), number(&input.e)).is_ok_and(|key| {
                let digest = Sha256::digest(&input.message);
                key.verify(Pkcs1v15Sign::new::<Sha256>(), &digest, &input.signature).is_ok()
            })
        }),
        on_both("rsa 0.9", |input| {
            use rsa_09::{BigUint, Pkcs1v15Sign, RsaPublicKey};
            use sha2_010::{Digest, Sha256};
            let number = BigUint::from_bytes_be;
            RsaPublicKey::new(number(&input.n), number(&input.e)).is_ok_and(|key| {
                let digest = Sha256::digest(&input.message);
                key.verify(Pkcs1v15Sign::new::<Sha256>(), &digest, &input.signature).is_ok()
            })
        }),
        on_both("ring", |input| {
            use ring::signature::{RSA_PKCS1_2048_8192_SHA256, RsaPublicKeyComponents};
            let key = RsaPublicKeyComponents { n: &input.n, e: &input.e };
            key.verify(&RSA_PKCS1_2048_8192_SHA256, &input.message, &input.signature).is_ok()
        }),
        on_both("aws-lc-rs", |input| {
            use aws_lc_rs::signature::{RSA_PKCS1_2048_8192_SHA256, RsaPublicKeyComponents};
            let key = RsaPublicKeyComponents { n: &input.n, e: &input.e };
            key.verify(&RSA_PKCS1_2048_8192_SHA256, &input.message, &input.signature).is_ok()
        }),
    ]
}

#[derive(Clone)]
struct Rs256 {
    n: Vec<u8>,
    e: Vec<u8>,
    message: Vec<u8>,
    signature: Vec<u8>,
}

/// One step each side; the code is the last of the three that are tried, and the step that was accepted last is long ago.
fn totp() -> Vec<Contestant> {
    use mfakit::{Totp, TotpOptions, UnixTime, VerifyTotp};
    let totp = Totp::from_key(SECRET, TotpOptions::default()).expect("a secret");
    let peer = totp_rs::Builder::new().with_secret(SECRET.as_slice()).build().expect("a secret");
    let codes = [inputs::code(), "000000".to_owned()];
    vec![
        on("mfakit", codes.clone(), move |code| {
            let options = VerifyTotp {
                now: Some(UnixTime::from_seconds(NOW)),
                last_step: Some(NOW / 30 - 1000),
                ..VerifyTotp::default()
            };
            totp.verify(code, options).is_ok()
        }),
        on("totp-rs", codes, move |code| peer.check(code, NOW).is_some()),
    ]
}
