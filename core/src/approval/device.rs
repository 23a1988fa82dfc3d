//! The device's side: reading what is asked, and signing the answer.
//!
//! A device keeps a [`DeviceKey`], or has its key in hardware and keeps a [`DeviceRecord`]: then what is to be signed goes out as
//! bytes ([`ToSign`]) and the signature comes back ([`ToSign::answer`]). ES256 signatures are deterministic (RFC 6979) and made in
//! constant time by the crate `p256`. Invariant: a device signs only for the audience and the user that it was enrolled for. Leaks: of
//! the private key nothing; requests and answers are public.

use super::message::{
    self, APPROVE, DENY, MAX_ANSWER, MAX_PAYLOAD, MAX_SIGNATURE, MAX_TO_SIGN, Members, key, label,
    read_to_sign, write_sign1, write_to_sign,
};
use super::record::{DeviceRecord, Key};
use super::request::is_number;
use super::text::{Name, is_context, is_line, is_user};
use crate::crypto::sha256;
use crate::ct;
use crate::encoding::cbor_writer::Writer;
use crate::encoding::cose::{Curve, ES256, PublicKey, Scheme};
use crate::encoding::{der, stored};
use crate::error::Error;
use crate::time::{CLOCK_SKEW, UnixTime};
use core::fmt;
use p256::ecdsa::signature::hazmat::PrehashSigner;
use p256::ecdsa::{Signature, SigningKey};
use subtle::Choice;
use zeroize::{Zeroize, ZeroizeOnDrop, Zeroizing};

const PREFIX: &str = "$mfakit-ak$";
/// Two names in base64url take 680 bytes, id and private key 86.
const MAX_KEY_TEXT: usize = 800;

/// A request to approve. Show the audience, the action and the context, ask for the number on the login screen, then sign.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ApprovalRequest<'a> {
    audience: &'a str,
    id: &'a [u8; 16],
    user: &'a str,
    expires_at: u64,
    action: &'a str,
    context: &'a str,
}

/// What the person decided.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Decision<'a> {
    /// Yes.
    Approve {
        /// The two digits that the person typed.
        number: &'a str,
    },
    /// No.
    Deny,
}

impl<'a> ApprovalRequest<'a> {
    /// Reads a request's text into `buffer`.
    ///
    /// # Errors
    ///
    /// [`Error::ApprovalMalformed`], also if `buffer` is too small: [`super::MAX_REQUEST`] never is.
    pub fn read(text: &[u8], buffer: &'a mut [u8]) -> Result<Self, Error> {
        Self::parse(message::decode(text, buffer)?).ok_or(Error::ApprovalMalformed)
    }

    fn parse(message: &'a [u8]) -> Option<Self> {
        let mut members = Members::read(message, label::REQUEST)?;
        let request = Self {
            audience: members.text(key::AUDIENCE).filter(|text| is_line(text))?,
            id: members.array(key::REQUEST_ID)?,
            user: members.text(key::USER).filter(|text| is_user(text))?,
            expires_at: members.uint(key::EXPIRY)?,
            action: members.text(key::ACTION).filter(|text| is_line(text))?,
            context: members.text(key::CONTEXT).filter(|text| is_context(text))?,
        };
        members.end()?;
        Some(request)
    }

    /// Who asks.
    #[must_use]
    pub const fn audience(&self) -> &'a str {
        self.audience
    }
    /// Names the request.
    #[must_use]
    pub const fn id(&self) -> &'a [u8; 16] {
        self.id
    }
    /// The id of the user who is asked.
    #[must_use]
    pub const fn user_id(&self) -> &'a str {
        self.user
    }
    /// What is asked.
    #[must_use]
    pub const fn action(&self) -> &'a str {
        self.action
    }
    /// Where it is asked from, as far as the host told; may be empty.
    #[must_use]
    pub const fn context(&self) -> &'a str {
        self.context
    }
    /// The last second in which an answer counts.
    #[must_use]
    pub const fn expires_at(&self) -> UnixTime {
        UnixTime::from_seconds(self.expires_at)
    }

    /// Signs the answer. A device without a clock passes no time; the host checks it in any case.
    ///
    /// # Errors
    ///
    /// Those of [`ApprovalRequest::to_sign`].
    pub fn sign(
        &self,
        device: &DeviceKey,
        decision: Decision<'_>,
        now: Option<UnixTime>,
    ) -> Result<SignedAnswer, Error> {
        device.sign(&self.to_sign(device.record(), decision, now)?)
    }

    /// What a key in hardware must sign.
    ///
    /// # Errors
    ///
    /// [`Error::ApprovalExpired`]; [`Error::ApprovalAudienceMismatch`]; [`Error::ApprovalRequestMismatch`] for another user than the
    /// device's. The caller's: [`Error::ArgumentValueInvalid`] for a number that is not two digits.
    pub fn to_sign(
        &self,
        device: &DeviceRecord,
        decision: Decision<'_>,
        now: Option<UnixTime>,
    ) -> Result<ToSign, Error> {
        check(self.audience, self.user, self.expires_at, device, now)?;
        let (decision, number) = match decision {
            Decision::Deny => (DENY, ""),
            Decision::Approve { number } if is_number(number) => (APPROVE, number),
            Decision::Approve { .. } => return Err(Error::ArgumentValueInvalid),
        };
        let mut payload = [0; MAX_PAYLOAD];
        let mut writer = Writer::new(&mut payload);
        writer.map(9).int(key::LABEL).text(label::ANSWER);
        writer.int(key::AUDIENCE).text(self.audience);
        writer.int(key::REQUEST_ID).bytes(self.id);
        writer.int(key::USER).text(self.user);
        writer.int(key::EXPIRY).uint(self.expires_at);
        writer.int(key::DEVICE_ID).bytes(device.id());
        writer.int(key::CONTENT_HASH).bytes(&message::content_hash(self.action, self.context));
        writer.int(key::DECISION).text(decision);
        let len = writer.int(key::NUMBER).text(number).finish()?;
        ToSign::new(device.algorithm(), payload.get(..len).unwrap_or_default())
    }
}

/// A request to enrol. Show the audience, make a key, answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct EnrollmentRequest<'a> {
    audience: &'a str,
    user: &'a str,
    expires_at: u64,
    id: &'a [u8; 16],
}

impl<'a> EnrollmentRequest<'a> {
    /// Reads a request's text into `buffer`.
    ///
    /// # Errors
    ///
    /// [`Error::ApprovalMalformed`], also if `buffer` is too small: [`super::MAX_REQUEST`] never is.
    pub fn read(text: &[u8], buffer: &'a mut [u8]) -> Result<Self, Error> {
        Self::parse(message::decode(text, buffer)?).ok_or(Error::ApprovalMalformed)
    }

    fn parse(message: &'a [u8]) -> Option<Self> {
        let mut members = Members::read(message, label::DEVICE_REQUEST)?;
        let request = Self {
            audience: members.text(key::AUDIENCE).filter(|text| is_line(text))?,
            user: members.text(key::USER).filter(|text| is_user(text))?,
            expires_at: members.uint(key::EXPIRY)?,
            id: members.array(key::DEVICE_ID)?,
        };
        members.end()?;
        Some(request)
    }

    /// Who asks.
    #[must_use]
    pub const fn audience(&self) -> &'a str {
        self.audience
    }
    /// The id of the user that the device will belong to.
    #[must_use]
    pub const fn user_id(&self) -> &'a str {
        self.user
    }
    /// The id that the device will have.
    #[must_use]
    pub const fn device_id(&self) -> &'a [u8; 16] {
        self.id
    }
    /// The last second in which an answer counts.
    #[must_use]
    pub const fn expires_at(&self) -> UnixTime {
        UnixTime::from_seconds(self.expires_at)
    }

    /// The record of this device, whose key lives in hardware: a COSE key, in its canonical encoding and without other parameters.
    ///
    /// # Errors
    ///
    /// Of the key [`Error::CoseKeyMalformed`], [`Error::CoseKeyMismatch`], [`Error::CosePointInvalid`],
    /// [`Error::AlgorithmUnsupported`]. The caller's: [`Error::ArgumentValueInvalid`] for a name out of bounds.
    pub fn device(&self, public_key: &[u8], name: Option<&str>) -> Result<DeviceRecord, Error> {
        let key = Key::read(public_key)?.check()?;
        DeviceRecord::new(self.id, self.audience, self.user, key, name)
            .ok_or(Error::ArgumentValueInvalid)
    }

    /// Signs the answer: the device's public key, proven by a signature under it. A device without a clock passes no time.
    ///
    /// # Errors
    ///
    /// Those of [`EnrollmentRequest::to_sign`]. The caller's: [`Error::ArgumentValueInvalid`] for a name out of bounds.
    pub fn sign(
        &self,
        device: &DeviceKey,
        name: Option<&str>,
        now: Option<UnixTime>,
    ) -> Result<SignedAnswer, Error> {
        let record = device.record.named(name).ok_or(Error::ArgumentValueInvalid)?;
        device.sign(&self.to_sign(&record, now)?)
    }

    /// What a key in hardware must sign.
    ///
    /// # Errors
    ///
    /// [`Error::ApprovalExpired`]; [`Error::ApprovalAudienceMismatch`]; [`Error::ApprovalRequestMismatch`] for the record of another
    /// user or enrolment.
    pub fn to_sign(&self, device: &DeviceRecord, now: Option<UnixTime>) -> Result<ToSign, Error> {
        check(self.audience, self.user, self.expires_at, device, now)?;
        if device.id() != self.id {
            return Err(Error::ApprovalRequestMismatch);
        }
        let mut payload = [0; MAX_PAYLOAD];
        let mut writer = Writer::new(&mut payload);
        writer.map(if device.name().is_some() { 7 } else { 6 });
        writer.int(key::LABEL).text(label::DEVICE_ANSWER);
        writer.int(key::AUDIENCE).text(self.audience);
        writer.int(key::USER).text(self.user);
        writer.int(key::EXPIRY).uint(self.expires_at);
        writer.int(key::DEVICE_ID).bytes(self.id);
        writer.int(key::PUBLIC_KEY).raw(device.public_key());
        if let Some(name) = device.name() {
            writer.int(key::NAME).text(name);
        }
        let len = writer.finish()?;
        ToSign::new(device.algorithm(), payload.get(..len).unwrap_or_default())
    }
}

/// Whether a request is for this device, and not over.
fn check(
    audience: &str,
    user: &str,
    expires_at: u64,
    device: &DeviceRecord,
    now: Option<UnixTime>,
) -> Result<(), Error> {
    if now.is_some_and(|now| now.seconds() > expires_at.saturating_add(CLOCK_SKEW)) {
        return Err(Error::ApprovalExpired);
    }
    if device.audience() != audience {
        return Err(Error::ApprovalAudienceMismatch);
    }
    if device.user_id() != user {
        return Err(Error::ApprovalRequestMismatch);
    }
    Ok(())
}

/// What must be signed for an answer: the Sig_structure of RFC 9052 §4.4.
#[derive(Clone, Copy)]
pub struct ToSign {
    bytes: [u8; MAX_TO_SIGN],
    len: usize,
}

impl ToSign {
    fn new(algorithm: i64, payload: &[u8]) -> Result<Self, Error> {
        let mut bytes = [0; MAX_TO_SIGN];
        let len = write_to_sign(algorithm, payload, &mut bytes)?;
        Ok(Self { bytes, len })
    }

    /// The bytes, where they come back from a program's other half.
    ///
    /// # Errors
    ///
    /// The caller's: [`Error::ArgumentValueInvalid`] for anything else than a Sig_structure of this module's.
    pub fn from_bytes(signed: &[u8]) -> Result<Self, Error> {
        let (_, algorithm, payload) = read_to_sign(signed).ok_or(Error::ArgumentValueInvalid)?;
        // Canonical CBOR has one encoding: these are the same bytes again.
        Self::new(algorithm, payload).map_err(|_| Error::ArgumentValueInvalid)
    }

    /// The bytes to sign; of ECDSA, hashing them is part of signing.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8] {
        self.bytes.get(..self.len).unwrap_or_default()
    }

    /// The answer with this signature. Of ECDSA it may be in DER, as hardware gives it, or r and s one after the other.
    ///
    /// # Errors
    ///
    /// [`Error::SignatureMalformed`]. Whether it is right is the host's to tell.
    pub fn answer(&self, signature: &[u8]) -> Result<SignedAnswer, Error> {
        let (protected, algorithm, payload) =
            read_to_sign(self.as_bytes()).ok_or(Error::ArgumentValueInvalid)?;
        let mut fixed = [0; MAX_SIGNATURE];
        let len =
            fixed_signature(algorithm, signature, &mut fixed).ok_or(Error::SignatureMalformed)?;
        let mut bytes = [0; MAX_ANSWER];
        let signature = fixed.get(..len).unwrap_or_default();
        let len = write_sign1(protected, payload, signature, &mut bytes)?;
        Ok(SignedAnswer { bytes, len })
    }
}

impl fmt::Debug for ToSign {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ToSign(…)")
    }
}

/// RFC 9053 §2.1: of ECDSA, r and s of the curve's size. Returns the length.
fn fixed_signature(
    algorithm: i64,
    signature: &[u8],
    out: &mut [u8; MAX_SIGNATURE],
) -> Option<usize> {
    fn scalars<const N: usize>(signature: &[u8], out: &mut [u8]) -> Option<usize> {
        let fixed = signature.split_first_chunk::<N>();
        let (r, s) = match fixed.and_then(|(r, s)| Some((*r, s.try_into().ok()?))) {
            Some(scalars) => scalars,
            None => der::read_ecdsa::<N>(signature).ok()?,
        };
        let (first, rest) = out.split_first_chunk_mut::<N>()?;
        *first = r;
        *rest.first_chunk_mut::<N>()? = s;
        N.checked_mul(2)
    }
    match Scheme::built_in(algorithm)? {
        Scheme::EcDsa(Curve::P384, _) => scalars::<48>(signature, out),
        Scheme::EcDsa(Curve::P521, _) => scalars::<66>(signature, out),
        Scheme::EcDsa(..) => scalars::<32>(signature, out),
        _ => {
            out.get_mut(..signature.len())?.copy_from_slice(signature);
            Some(signature.len())
        }
    }
}

/// An answer. `Display` writes it as base64url text, for the host.
#[derive(Clone, Copy)]
pub struct SignedAnswer {
    bytes: [u8; MAX_ANSWER],
    len: usize,
}

impl SignedAnswer {
    /// The same in bytes.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8] {
        self.bytes.get(..self.len).unwrap_or_default()
    }
}

impl fmt::Display for SignedAnswer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        stored::write_base64url(f, self.as_bytes())
    }
}

impl fmt::Debug for SignedAnswer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SignedAnswer({self})")
    }
}

/// A device's private key for ES256, and whom it is for. Wiped on drop; no `Clone`, no `PartialEq`; `Debug` shows nothing.
pub struct DeviceKey {
    record: DeviceRecord,
    secret: SigningKey,
}

impl DeviceKey {
    /// Makes a key for the device that is being enrolled, of 32 fresh random bytes.
    ///
    /// # Errors
    ///
    /// [`Error::EntropyUnavailable`] for bytes that are not the number of a key, once in 2^32: draw others (FIPS 186-5 §A.2.2).
    pub fn new(request: &EnrollmentRequest<'_>, entropy: &[u8; 32]) -> Result<Self, Error> {
        Self::of(request.id, request.audience, request.user, entropy)
            .ok_or(Error::EntropyUnavailable)
    }

    fn of(id: &[u8; 16], audience: &str, user: &str, secret: &[u8; 32]) -> Option<Self> {
        let secret = SigningKey::from_slice(secret).ok()?;
        let point = secret.verifying_key().to_sec1_point(false);
        let (x, y) = point.x().zip(point.y())?;
        let (x, y) = (x.as_slice().try_into().ok()?, y.as_slice().try_into().ok()?);
        let key = Key::of(&PublicKey::Es256 { algorithm: ES256, x, y }).ok()?;
        Some(Self { record: DeviceRecord::new(id, audience, user, key, None)?, secret })
    }

    /// Whom the key is for, and its public half; without a name.
    #[must_use]
    pub const fn record(&self) -> &DeviceRecord {
        &self.record
    }

    fn sign(&self, to_sign: &ToSign) -> Result<SignedAnswer, Error> {
        let signature: Result<Signature, _> =
            self.secret.sign_prehash(&sha256(&[to_sign.as_bytes()]));
        to_sign.answer(&signature.map_err(|_| Error::SignatureMalformed)?.to_bytes())
    }

    /// Writes the key's text, `$mfakit-ak$v=1,a=-7$ID$AUDIENCE$USER$PRIVATE`, the last in hexadecimal. It is a secret: keep it where
    /// the system keeps keys.
    ///
    /// # Errors
    ///
    /// Those of `out`.
    ///
    /// # Leakage
    ///
    /// Writing a secret makes it public to whoever reads the text; nothing before that depends on it.
    pub fn write_text(&self, out: &mut impl fmt::Write) -> fmt::Result {
        write!(out, "{PREFIX}v=1,a={ES256}$")?;
        stored::write_base64url(out, self.record.id())?;
        for name in [self.record.audience(), self.record.user_id()] {
            out.write_str("$")?;
            stored::write_base64url(out, name.as_bytes())?;
        }
        out.write_str("$")?;
        let mut scalar = self.secret.to_bytes();
        let mut digits = Zeroizing::new([0; 64]);
        for (pair, byte) in digits.chunks_exact_mut(2).zip(&scalar) {
            pair.copy_from_slice(&[hex_digit(byte >> 4), hex_digit(byte & 15)]);
        }
        scalar.as_mut_slice().zeroize();
        ct::declassify_bytes(&mut digits[..]);
        digits.iter().try_for_each(|digit| out.write_char(char::from(*digit)))
    }

    /// Takes a text apart that [`DeviceKey::write_text`] wrote.
    ///
    /// # Errors
    ///
    /// [`Error::RecordVersionUnknown`] for a later version, else [`Error::RecordCorrupt`].
    ///
    /// # Leakage
    ///
    /// Of the private key, whether it is one.
    pub fn parse(text: &str) -> Result<Self, Error> {
        let rest = stored::version_1(text, PREFIX, MAX_KEY_TEXT)?;
        Self::rest(rest).ok_or(Error::RecordCorrupt)
    }

    fn rest(text: &str) -> Option<Self> {
        let mut parts = text.strip_prefix("a=-7$")?.splitn(4, '$');
        let id = stored::read_base64url(parts.next()?)?;
        let (audience, user) = (Name::read(parts.next()?)?, Name::read(parts.next()?)?);
        let digits: &[u8; 64] = parts.next()?.as_bytes().try_into().ok()?;
        let mut secret = Zeroizing::new([0; 32]);
        let mut all = Choice::from(1);
        for (byte, pair) in secret.iter_mut().zip(digits.chunks_exact(2)) {
            for digit in pair {
                // Lower case alone: one key has one text.
                let (value, known) =
                    ct::value_in_ranges(*digit, &[(b'0', b'9', 0), (b'a', b'f', 10)]);
                *byte = (*byte << 4) | value;
                all &= known;
            }
        }
        ct::declassify(all).then_some(())?;
        Self::of(&id, audience.as_str(), user.as_str(), &secret)
    }
}

/// The digit of a number below 16. Arithmetic only: the number is secret.
fn hex_digit(value: u8) -> u8 {
    // Above 9 the subtraction borrows, and 39 lie between '9' and 'a'.
    let above = 9_u8.wrapping_sub(value) >> 7;
    b'0'.wrapping_add(value).wrapping_add(above.wrapping_mul(39))
}

impl fmt::Debug for DeviceKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("DeviceKey(***)")
    }
}

impl ZeroizeOnDrop for DeviceKey {}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::approval::{self, ApprovalState, Begin, MAX_REQUEST, Number, Outcome, enrollment};
    use mfakit_testing::keys::Es256Key;
    use std::format;
    use std::string::{String, ToString};

    const NOW: UnixTime = UnixTime::from_seconds(1_800_000_000);
    const ID: [u8; 16] = [0xd1; 16];

    fn enrolling(user_id: &str, audience: &str, id: [u8; 16]) -> enrollment::EnrollmentState {
        let begin = enrollment::Begin { user_id, audience, lifetime: None, id, now: NOW };
        enrollment::begin(begin).expect("begun")
    }

    fn text_of(state: &enrollment::EnrollmentState) -> String {
        state.request().expect("it fits").to_string()
    }

    fn key_for(user: &str, audience: &str, id: [u8; 16]) -> DeviceKey {
        let text = text_of(&enrolling(user, audience, id));
        let mut buffer = [0; MAX_REQUEST];
        let request = EnrollmentRequest::read(text.as_bytes(), &mut buffer).expect("a request");
        DeviceKey::new(&request, &[9; 32]).expect("a key")
    }

    fn key_text(key: &DeviceKey) -> String {
        let mut text = String::new();
        key.write_text(&mut text).expect("room");
        text
    }

    fn begun(device: DeviceRecord, context: &str) -> (ApprovalState, String, String) {
        let devices = [device];
        let begun = approval::begin(Begin {
            user_id: device.user_id(),
            audience: device.audience(),
            action: "Sign in",
            context,
            devices: &devices,
            previous: None,
            lifetime: None,
            id: [0x4e; 16],
            number: Number::new(&[0x6f; 8]),
            now: NOW,
        })
        .expect("begun");
        let number = begun.number().expose().map(char::from).iter().collect();
        let request = begun.request().expect("it fits").to_string();
        let state = ApprovalState::parse(&begun.state().to_string()).expect("what was written");
        (state, request, number)
    }

    fn finish(answer: &SignedAnswer, state: &ApprovalState) -> Result<Outcome, Error> {
        approval::finish(answer.to_string().as_bytes(), state, NOW).map(|v| v.outcome())
    }

    #[test]
    fn a_key_in_the_program_and_one_in_hardware_answer_alike() {
        let state = enrolling("alice", "example.com", ID);
        let text = text_of(&state);
        let mut buffer = [0; MAX_REQUEST];
        let request = EnrollmentRequest::read(text.as_bytes(), &mut buffer).expect("a request");
        assert_eq!((request.audience(), request.user_id()), ("example.com", "alice"));
        assert_eq!((request.device_id(), request.expires_at()), (&ID, state.expires_at()));
        let key = DeviceKey::new(&request, &[9; 32]).expect("a key");
        let public = key.record().public_key().to_vec();
        let hardware = request.device(&public, Some("Phone")).expect("a record");
        assert_eq!(key.record(), &request.device(&public, None).expect("a record"));

        let answer = request.sign(&key, Some("Phone"), Some(NOW)).expect("signed");
        let to_sign = request.to_sign(&hardware, Some(NOW)).expect("bytes");
        let again = ToSign::from_bytes(to_sign.as_bytes()).expect("the same");
        // RFC 6979: one key and one message have one signature.
        let (r, s) = Es256Key::new(&[9; 32]).sign(again.as_bytes());
        let assembled = again.answer(&[r, s].concat()).expect("an answer");
        assert_eq!(answer.as_bytes(), assembled.as_bytes());
        assert_eq!(format!("{answer:?}"), format!("SignedAnswer({answer})"));
        let record = enrollment::finish(answer.to_string().as_bytes(), &state, NOW);
        let record = record.and_then(|verified| verified.commit(1)).expect("a record");
        assert_eq!(record, hardware);

        let (state, text, number) = begun(record, "Berlin");
        let mut buffer = [0; MAX_REQUEST];
        let request = ApprovalRequest::read(text.as_bytes(), &mut buffer).expect("a request");
        assert_eq!((request.audience(), request.user_id()), ("example.com", "alice"));
        assert_eq!((request.action(), request.context()), ("Sign in", "Berlin"));
        assert_eq!((request.id(), request.expires_at()), (state.id(), state.expires_at()));
        let wrong = if number == "00" { "01" } else { "00" };
        for (decision, expected) in [
            (Decision::Approve { number: &number }, Outcome::Approved),
            (Decision::Approve { number: wrong }, Outcome::NumberMismatch),
            (Decision::Deny, Outcome::Denied),
        ] {
            let answer = request.sign(&key, decision, Some(NOW)).expect("signed");
            assert_eq!(finish(&answer, &state), Ok(expected));
            let to_sign = request.to_sign(&hardware, decision, None).expect("bytes");
            // As hardware gives it: in DER.
            let signature = Es256Key::new(&[9; 32]).sign_der(to_sign.as_bytes());
            let assembled = to_sign.answer(&signature).expect("an answer");
            assert_eq!(answer.as_bytes(), assembled.as_bytes());
        }
    }

    #[test]
    fn a_device_signs_for_its_audience_and_its_user_in_time() {
        let key = key_for("alice", "example.com", ID);
        let refused = |user, audience, now: Option<u64>| {
            let other = key_for(user, audience, [0xd2; 16]);
            let (_, text, number) = begun(*other.record(), "");
            let mut buffer = [0; MAX_REQUEST];
            let request = ApprovalRequest::read(text.as_bytes(), &mut buffer).expect("one");
            let now = now.map(UnixTime::from_seconds);
            let signed = request.sign(&key, Decision::Approve { number: &number }, now);
            assert_eq!(request.sign(&key, Decision::Deny, now).err(), signed.err());
            signed.err()
        };
        assert_eq!(refused("alice", "example.com", None), None);
        let audience = Some(Error::ApprovalAudienceMismatch);
        assert_eq!(refused("alice", "example.org", None), audience);
        assert_eq!(refused("bob", "example.com", None), Some(Error::ApprovalRequestMismatch));
        // 120 seconds, and 5 more for a clock that is off.
        for (after, expected) in [(0, None), (125, None), (126, Some(Error::ApprovalExpired))] {
            let now = Some(NOW.seconds() + after);
            assert_eq!(refused("alice", "example.com", now), expected, "{after}");
        }

        let enrol = |user, audience, id, now: Option<u64>| {
            let text = text_of(&enrolling(user, audience, id));
            let mut buffer = [0; MAX_REQUEST];
            let request = EnrollmentRequest::read(text.as_bytes(), &mut buffer).expect("one");
            request.sign(&key, None, now.map(UnixTime::from_seconds)).err()
        };
        assert_eq!(enrol("alice", "example.com", ID, None), None);
        assert_eq!(enrol("alice", "example.org", ID, None), audience);
        let other = Some(Error::ApprovalRequestMismatch);
        assert_eq!(enrol("bob", "example.com", ID, None), other);
        assert_eq!(enrol("alice", "example.com", [0xd2; 16], None), other);
        let late = Some(NOW.seconds() + 606);
        assert_eq!(enrol("alice", "example.com", ID, late), Some(Error::ApprovalExpired));
    }

    #[test]
    fn what_the_program_passes_is_checked() {
        let key = key_for("alice", "example.com", ID);
        let (_, text, _) = begun(*key.record(), "");
        let mut buffer = [0; MAX_REQUEST];
        let request = ApprovalRequest::read(text.as_bytes(), &mut buffer).expect("a request");
        for number in ["", "4", "042", "4a", "４２"] {
            let signed = request.sign(&key, Decision::Approve { number }, None);
            assert_eq!(signed.err(), Some(Error::ArgumentValueInvalid), "{number}");
        }
        let to_sign = request.to_sign(key.record(), Decision::Deny, None).expect("bytes");
        for signature in [&[][..], &[1; 63], &[1; 65], &[0x30; 64][..63], &[0x30, 1, 0]] {
            assert_eq!(to_sign.answer(signature).err(), Some(Error::SignatureMalformed));
        }
        let signed = to_sign.as_bytes();
        let longer = [signed, &[0]].concat();
        let other = [&[0x83], &signed[1..]].concat();
        for bytes in [&[][..], &signed[..signed.len() - 1], &longer, &other, &[0xff; 40]] {
            assert_eq!(ToSign::from_bytes(bytes).err(), Some(Error::ArgumentValueInvalid));
        }
        let mut changed = signed.to_vec();
        // Another context than Signature1.
        changed[2] = b'C';
        assert_eq!(ToSign::from_bytes(&changed).err(), Some(Error::ArgumentValueInvalid));

        let text = text_of(&enrolling("alice", "example.com", ID));
        let mut buffer = [0; MAX_REQUEST];
        let request = EnrollmentRequest::read(text.as_bytes(), &mut buffer).expect("a request");
        let public = key.record().public_key();
        let long = "x".repeat(256);
        for name in ["", "a\nb", &long] {
            let refused = Some(Error::ArgumentValueInvalid);
            assert_eq!(request.sign(&key, Some(name), None).err(), refused);
            assert_eq!(request.device(public, Some(name)).err(), refused);
        }
        let mut off_curve = public.to_vec();
        *off_curve.last_mut().expect("y") ^= 1;
        assert_eq!(request.device(&off_curve, None).err(), Some(Error::CosePointInvalid));
        assert_eq!(request.device(&[], None).err(), Some(Error::CoseKeyMalformed));
        for scalar in [[0; 32], [0xff; 32]] {
            let refused = DeviceKey::new(&request, &scalar).err();
            assert_eq!(refused, Some(Error::EntropyUnavailable));
        }
    }

    #[test]
    fn hostile_requests_are_malformed() {
        let key = key_for("alice", "example.com", ID);
        let (_, approving, _) = begun(*key.record(), "");
        let enrolling = text_of(&enrolling("alice", "example.com", ID));
        let read = |text: &[u8]| {
            let mut buffer = [0; MAX_REQUEST];
            let approval = ApprovalRequest::read(text, &mut buffer).map(|_| ()).err();
            let enrollment = EnrollmentRequest::read(text, &mut buffer).map(|_| ()).err();
            (approval, enrollment)
        };
        const MALFORMED: Option<Error> = Some(Error::ApprovalMalformed);
        assert_eq!(read(approving.as_bytes()), (None, MALFORMED));
        assert_eq!(read(enrolling.as_bytes()), (MALFORMED, None));
        for text in [&approving, &enrolling] {
            for end in 0..text.len() {
                assert_eq!(read(&text.as_bytes()[..end]), (MALFORMED, MALFORMED));
            }
            assert_eq!(read(format!("{text}AA").as_bytes()), (MALFORMED, MALFORMED));
        }
        let huge = "A".repeat(1 << 20);
        for text in ["", "{}", "oA", huge.as_str()] {
            assert_eq!(read(text.as_bytes()), (MALFORMED, MALFORMED));
        }
        let small = ApprovalRequest::read(approving.as_bytes(), &mut [0; 64]).err();
        assert_eq!(small, MALFORMED);

        // What would fool the eye is no request, whoever wrote it.
        let message = |audience: &str, user: &str, action: &str, context: &str| {
            let mut bytes = [0; 4096];
            let mut writer = Writer::new(&mut bytes);
            writer.map(7).int(key::LABEL).text(label::REQUEST);
            writer.int(key::AUDIENCE).text(audience).int(key::REQUEST_ID).bytes(&ID);
            writer.int(key::USER).text(user).int(key::EXPIRY).uint(NOW.seconds());
            writer.int(key::ACTION).text(action).int(key::CONTEXT).text(context);
            let len = writer.finish().expect("it fits");
            ApprovalRequest::parse(&bytes[..len]).is_some()
        };
        let long = "x".repeat(256);
        let longer = "x".repeat(1025);
        assert!(message("example.com", "alice\n", "Sign in", "a\nb"));
        for (audience, user, action, context) in [
            ("", "alice", "Sign in", ""),
            ("a\nb", "alice", "Sign in", ""),
            (long.as_str(), "alice", "Sign in", ""),
            ("example.com", "", "Sign in", ""),
            ("example.com", &long, "Sign in", ""),
            ("example.com", "alice", "", ""),
            ("example.com", "alice", "Sign\u{202e}in", ""),
            ("example.com", "alice", &long, ""),
            ("example.com", "alice", "Sign in", "a\rb"),
            ("example.com", "alice", "Sign in", &longer),
        ] {
            assert!(!message(audience, user, action, context), "{action} {context}");
        }
    }

    #[test]
    fn the_longest_of_everything_fits() {
        let name = "é".repeat(127) + "x";
        let context = "é".repeat(512);
        let state = enrolling(&name, &name, ID);
        let parsed = enrollment::EnrollmentState::parse(&state.to_string());
        assert_eq!(parsed, Ok(state));
        let text = text_of(&state);
        let mut buffer = [0; MAX_REQUEST];
        let request = EnrollmentRequest::read(text.as_bytes(), &mut buffer).expect("a request");
        let key = DeviceKey::new(&request, &[9; 32]).expect("a key");
        assert!(DeviceKey::parse(&key_text(&key)).is_ok());
        let answer = request.sign(&key, Some(&name), None).expect("signed").to_string();
        let record = enrollment::finish(answer.as_bytes(), &state, NOW).expect("authentic");
        let record = record.commit(1).expect("a record");
        assert_eq!(DeviceRecord::parse(&record.to_string()), Ok(record));
        let devices = [record];
        let begun = approval::begin(Begin {
            user_id: &name,
            audience: &name,
            action: &name,
            context: &context,
            devices: &devices,
            previous: None,
            lifetime: None,
            id: [0x4e; 16],
            number: Number::new(&[0x6f; 8]),
            now: NOW,
        })
        .expect("begun");
        let text = begun.request().expect("it fits").to_string();
        assert!(text.len() < 2800, "{}", text.len());
        let mut buffer = [0; MAX_REQUEST];
        let request = ApprovalRequest::read(text.as_bytes(), &mut buffer).expect("a request");
        let answer = request.sign(&key, Decision::Deny, None).expect("signed");
        assert_eq!(finish(&answer, begun.state()), Ok(Outcome::Denied));
    }

    /// Every field of its greatest length: the bounds of the buffers and of the stored texts hold.
    #[test]
    #[cfg(feature = "es512")]
    fn the_longest_key_fits() {
        use mfakit_testing::keys::{Es512Key, Key};
        let secret = Key::Es512(Es512Key::new(&[1; 65])).under(crate::encoding::cose::ESP512);
        let name = "x".repeat(255);
        let devices = [1, 2, 3, 4].map(|id| {
            let state = enrolling(&name, &name, [id; 16]);
            let text = text_of(&state);
            let mut buffer = [0; MAX_REQUEST];
            let request = EnrollmentRequest::read(text.as_bytes(), &mut buffer).expect("one");
            let record = request.device(&secret.cose(), Some(&name)).expect("a record");
            let to_sign = request.to_sign(&record, None).expect("it fits");
            let signature = secret.sign(to_sign.as_bytes());
            let answer = to_sign.answer(&signature).expect("it fits").to_string();
            let record = enrollment::finish(answer.as_bytes(), &state, NOW).expect("authentic");
            record.commit(1).expect("a record")
        });
        assert_eq!(DeviceRecord::parse(&devices[0].to_string()), Ok(devices[0]));
        let begun = approval::begin(Begin {
            user_id: &name,
            audience: &name,
            action: &name,
            context: "",
            devices: &devices,
            previous: None,
            lifetime: None,
            id: [0x4e; 16],
            number: Number::new(&[0x6f; 8]),
            now: NOW,
        });
        let text = begun.expect("begun").state().to_string();
        assert_eq!(ApprovalState::parse(&text).map(|state| state.to_string()), Ok(text));
    }

    #[test]
    fn a_key_s_text_is_read_back_and_nothing_else_shows_it() {
        let key = key_for("alice", "example.com", ID);
        let text = key_text(&key);
        let secret = "09".repeat(32);
        assert_eq!(
            text,
            format!("$mfakit-ak$v=1,a=-7$0dHR0dHR0dHR0dHR0dHR0Q$ZXhhbXBsZS5jb20$YWxpY2U${secret}")
        );
        assert_eq!(format!("{key:?}"), "DeviceKey(***)");
        let again = DeviceKey::parse(&text).expect("what was written");
        assert_eq!(again.record(), key.record());
        assert_eq!(key_text(&again), text);
        for end in 0..text.len() {
            assert_eq!(DeviceKey::parse(&text[..end]).err(), Some(Error::RecordCorrupt));
        }
        let with = |secret: &str| format!("{}{secret}", &text[..text.len() - 64]);
        for other in [
            with(&"0".repeat(64)),
            with(&"f".repeat(64)),
            with(&secret.replace("09", "0A")),
            with(&secret.replace("09", "0g")),
            with(&secret.replace("09", "0/")),
            with(&secret.replace("09", "0:")),
            with(&secret.replace("09", "0`")),
            format!("{text}$"),
            format!("{text}0"),
            text.replace("a=-7", "a=-8"),
            text.replace("v=1", "v=0x1"),
        ] {
            assert_eq!(DeviceKey::parse(&other).err(), Some(Error::RecordCorrupt), "{other}");
        }
        let later = text.replace("v=1", "v=2");
        assert_eq!(DeviceKey::parse(&later).err(), Some(Error::RecordVersionUnknown));
        let every = (0..16).map(|n| format!("0{n:x}{n:x}0")).collect::<String>();
        let every = with(&every);
        assert_eq!(key_text(&DeviceKey::parse(&every).expect("a key")), every);
    }
}
