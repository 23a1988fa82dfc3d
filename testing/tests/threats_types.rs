//! What cannot be written down: attacks and mistakes that the types of the Rust API rule out. The ids are those of
//! docs/threat-model.md. Each claim is checked when this file is compiled: a call that gained an argument, a proof that can be
//! copied, or a text that passes for a state, and it does not compile.
#![allow(clippy::type_complexity, reason = "a signature is the claim: nothing is left out")]

use mfakit::{
    AttestationReport, AuthenticationState, AuthenticationVerified, BeginAuthentication,
    BeginRegistration, Ceremony, CredentialRecord, Error, Evidence, GenerateRecoveryCodes, Hotp,
    HotpVerified, IssueTemporaryCode, Otpauth, PendingTotp, Peppers, RecoverySet, RecoveryVerified,
    RegistrationState, RegistrationVerified, RelyingParty, RelyingPartyOptions, Stateless,
    TemporaryCode, TemporaryVerified, Totp, TotpConfirmed, TotpVerified, Transition, Trust,
    UnixTime, UserVerification, VerifyRecoveryCode, VerifyTemporaryCode, VerifyTotp,
};
use std::fmt::Display;
use std::ops::Deref;

/// Fails to compile if the type has any of the traits: `some_item` is then found twice.
macro_rules! assert_not_impl {
    ($type:ty: $($trait:path),+ $(,)?) => {{
        $({
            trait Ambiguous<A> { fn some_item() {} }
            impl<T: ?Sized> Ambiguous<()> for T {}
            impl<T: ?Sized + $trait> Ambiguous<u8> for T {}
            let _ = <$type as Ambiguous<_>>::some_item;
        })+
    }};
}

/// A1, D10, I1: a proof is spent by `commit`, which takes it away. It cannot be copied, cloned, made from nothing, or read as
/// true or false.
#[test]
fn a_proof_is_spent_once() {
    macro_rules! assert_spent_once {
        ($($proof:ty => $result:ty),+ $(,)?) => {$(
            let _: fn($proof, u64) -> Result<$result, Error> = <$proof>::commit;
            assert_not_impl!($proof: Clone, Copy, Default, From<bool>, From<()>, Into<bool>, Deref);
        )+};
    }
    assert_spent_once! {
        TotpVerified => Evidence,
        HotpVerified => Evidence,
        RecoveryVerified => Evidence,
        AuthenticationVerified => Evidence,
        // C10: a registration is no login. What its commit gives is the record.
        RegistrationVerified => CredentialRecord,
    }
    assert_not_impl!(RegistrationVerified: Into<AuthenticationVerified>, Into<Evidence>);
    assert_not_impl!(CredentialRecord: Into<Evidence>);
}

/// L1: evidence comes from a commit and from nowhere else, and is spent by whoever takes it.
#[test]
fn evidence_is_not_made_and_not_copied() {
    assert_not_impl!(Evidence: Clone, Copy, Default, From<bool>, From<()>, From<u64>, std::str::FromStr, Display);
    assert_not_impl!(Evidence: TryFrom<String>, TryFrom<&'static str>, From<mfakit::Method>);
}

/// A4: the states of the two kinds of ceremony are two types, and neither is a text that happens to fit.
#[test]
fn a_state_of_one_kind_is_no_state_of_the_other() {
    assert_not_impl!(RegistrationState: Into<AuthenticationState>, From<String>, From<AuthenticationState>, Deref);
    assert_not_impl!(AuthenticationState: Into<RegistrationState>, From<String>, From<RegistrationState>, Deref);
    type Finish<State, Verified> =
        fn(&RelyingParty, &[u8], &State, Option<UnixTime>) -> Result<Verified, Error>;
    // A3, A10, B11, C9, D11: what finishing takes besides the answer is the state: no challenge, no origin, no key, no user.
    let _: Finish<RegistrationState, RegistrationVerified> = RelyingParty::finish_registration;
    let _: fn(
        &RelyingParty,
        &[u8],
        &AuthenticationState,
        &CredentialRecord,
        Option<UnixTime>,
    ) -> Result<AuthenticationVerified, Error> = RelyingParty::finish_authentication;
}

/// C4: who signs in without a name is asked by a call of its own, never by leaving an argument out.
#[test]
fn a_known_user_and_an_unknown_one_are_two_calls() {
    type Begun = Result<Ceremony<AuthenticationState>, Error>;
    let _: fn(&RelyingParty, &str, &[CredentialRecord], BeginAuthentication) -> Begun =
        RelyingParty::begin_authentication;
    let _: fn(&RelyingParty, BeginAuthentication) -> Begun =
        RelyingParty::begin_discoverable_authentication;
    let _: fn(
        &RelyingParty,
        &str,
        BeginRegistration<'_>,
    ) -> Result<Ceremony<RegistrationState>, Error> = RelyingParty::begin_registration;
}

/// D2: user verification has no default.
#[test]
fn user_verification_is_always_named() {
    let _: fn(&str, &[&str], UserVerification) -> RelyingPartyOptions = RelyingPartyOptions::new;
    assert_not_impl!(RelyingPartyOptions: Default);
    assert_not_impl!(RelyingParty: Default);
    assert_not_impl!(UserVerification: Default, From<bool>);
}

/// A11: the calls without a state are called `verify_…`, take the challenge themselves, and say who sees to it that it counts once.
#[test]
fn a_call_without_a_state_takes_the_challenge_and_says_whose_it_is() {
    type Verified = Result<AuthenticationVerified, Error>;
    let _: fn(
        &RelyingParty,
        &[u8],
        &str,
        &str,
        Stateless<'_>,
    ) -> Result<RegistrationVerified, Error> = RelyingParty::verify_registration;
    let _: fn(&RelyingParty, &[u8], &str, &str, &CredentialRecord, Stateless<'_>) -> Verified =
        RelyingParty::verify_authentication;
    let _: fn(&RelyingParty, &[u8], &str, &CredentialRecord, Stateless<'_>) -> Verified =
        RelyingParty::verify_discoverable_authentication;
    let source = include_str!("../../bindings/rust/src/relying_party/finish.rs");
    let (mut doc, mut calls) = (String::new(), 0);
    for line in source.lines().map(str::trim) {
        if let Some(text) = line.strip_prefix("///") {
            doc += text;
            continue;
        }
        if line.starts_with("pub fn verify_") {
            assert!(
                doc.contains("The caller sees to it that a challenge is accepted once"),
                "{line}"
            );
            calls += 1;
        }
        doc.clear();
    }
    assert_eq!(calls, 3);
}

/// I15, I5: a code is text, a time is whole seconds since 1970 that cannot be negative, and a number is neither.
#[test]
fn codes_are_texts_and_times_are_not_negative() {
    let _: fn(&Totp, &str, VerifyTotp) -> Result<TotpVerified, Error> = Totp::verify;
    let _: fn(&Totp, &str, Option<UnixTime>) -> Result<TotpVerified, Error> = Totp::confirm;
    let _: fn(&Hotp, &str, u64, u64) -> Result<HotpVerified, Error> = Hotp::verify;
    let _: fn(u64) -> UnixTime = UnixTime::from_seconds;
    assert_not_impl!(UnixTime: From<i64>, From<f64>, From<u64>);
}

/// I1, I14: which step or counter matched is part of the proof and of nothing else; a refusal holds no number at all.
#[test]
fn a_refusal_says_nothing_about_the_steps() {
    let _: fn(&TotpVerified) -> Transition<u64> = TotpVerified::transition;
    let _: fn(&HotpVerified) -> Transition<u64> = HotpVerified::transition;
    // L11, L23: an error is a number of the table. There is no room in it for what was sent, nor for a secret.
    assert!(size_of::<Error>() <= 2);
    fn is_copy<T: Copy + Eq + Send + Sync + std::error::Error + 'static>() {}
    is_copy::<Error>();
}

/// I23: a pending authenticator confirms its first code and verifies no sign-in; what it gives is no evidence.
#[test]
fn an_enrolment_is_no_sign_in() {
    let _: fn(&PendingTotp, &str, Option<UnixTime>) -> Result<TotpConfirmed, Error> =
        PendingTotp::confirm;
    let _: fn(TotpConfirmed, u64) -> Result<(), Error> = TotpConfirmed::commit;
    let _: fn(PendingTotp, &TotpConfirmed) -> Totp = PendingTotp::confirmed;
    assert_not_impl!(PendingTotp: Deref<Target = Totp>, Into<Totp>, AsRef<Totp>);
    assert_not_impl!(TotpConfirmed: Into<TotpVerified>, Clone);
}

/// N1, N5: a temporary code is verified for a user, and what it leaves behind is the whole record.
#[test]
fn a_temporary_code_is_verified_for_a_user_and_leaves_a_record() {
    let _: fn(&str, VerifyTemporaryCode<'_>) -> Result<TemporaryVerified, Error> =
        mfakit::verify_temporary_code;
    let _: fn(&TemporaryVerified) -> &Transition<String> = TemporaryVerified::transition;
    let _: fn(TemporaryVerified, u64) -> Result<Evidence, Error> = TemporaryVerified::commit;
    assert_not_impl!(VerifyTemporaryCode<'_>: Default);
    assert_not_impl!(IssueTemporaryCode<'_>: Default);
    assert_not_impl!(TemporaryVerified: Clone);
}

/// J3: what a code leaves behind is a bit of the stored mask, and the user is always named.
#[test]
fn a_recovery_code_is_verified_for_a_user_and_leaves_a_bit() {
    let _: fn(&RecoveryVerified) -> Transition<u32> = RecoveryVerified::transition;
    let _: fn(&str, VerifyRecoveryCode<'_>) -> Result<RecoveryVerified, Error> =
        mfakit::verify_recovery_code;
    let _: fn(&str, GenerateRecoveryCodes<'_>) -> Result<RecoverySet, Error> =
        mfakit::generate_recovery_codes;
    assert_not_impl!(VerifyRecoveryCode<'_>: Default);
}

/// L11, J16: what holds a secret cannot be compared, cloned or displayed by accident. (`Debug` is tested where it is.)
#[test]
fn what_holds_secrets_is_not_cloned_compared_or_shown() {
    assert_not_impl!(Totp: Clone, PartialEq, Display);
    assert_not_impl!(Hotp: Clone, PartialEq, Display);
    assert_not_impl!(Peppers: Clone, PartialEq, Display);
    assert_not_impl!(RecoverySet: Clone, PartialEq, Display);
    assert_not_impl!(PendingTotp: Clone, PartialEq, Display);
    assert_not_impl!(Otpauth: Clone, PartialEq, Display);
    assert_not_impl!(TemporaryCode: Clone, PartialEq, Display);
}

/// H29: an attestation is called trusted in one place of the core, after a path led to an anchor of the caller's; nobody else can
/// make such a report.
#[test]
fn no_attestation_is_called_trusted() {
    assert_not_impl!(AttestationReport: Default, From<Trust>);
    let source = include_str!("../../core/src/webauthn/attestation/mod.rs");
    let code = || source.lines().filter(|line| !line.trim_start().starts_with("//"));
    let made = code().filter(|line| line.contains("map(Trust::Trusted)")).count();
    let named = code().filter(|line| line.contains("Trust::Trusted(")).count();
    // Read, never made, but for that one place: the accessor of the AAGUID.
    assert_eq!((made, named), (1, 1));
    let body = source.split("fn find_anchor").nth(1).unwrap_or_default();
    let verify = body.find("path::verify(").expect("the path is followed");
    assert!(body.find("map(Trust::Trusted)").is_some_and(|at| at > verify));
}

/// L18: what threads share is shared without a lock, and results may cross to another thread.
#[test]
fn relying_parties_and_results_may_cross_threads() {
    fn crosses<T: Send + Sync + 'static>() {}
    crosses::<RelyingParty>();
    crosses::<Totp>();
    crosses::<Hotp>();
    crosses::<Peppers>();
    crosses::<TotpVerified>();
    crosses::<AuthenticationVerified>();
    crosses::<RegistrationVerified>();
    crosses::<RecoveryVerified>();
    crosses::<CredentialRecord>();
}
