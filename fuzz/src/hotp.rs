//! HOTP against totp-rs for the codes and against RFC 4226 §7 written over lists for the verdicts.
//!
//! totp-rs counts steps of one second here, so that its time is our counter.

use crate::input::{Input, Output};
use mfakit_core::otp::hotp::{Hotp, HotpVerified, MAX_LOOK_AHEAD, MAX_RESYNC};
use mfakit_core::otp::{Digits, HashAlgorithm};
use mfakit_core::{Error, OtpSecret};

/// A key and how codes are made of it, in both implementations.
pub struct Authenticator {
    /// Ours.
    pub secret: OtpSecret,
    /// Which hash.
    pub algorithm: HashAlgorithm,
    /// How many digits.
    pub digits: Digits,
    theirs: totp_rs::Totp,
}

impl Authenticator {
    /// Takes hash, digits and secret from the input; `None` if it holds no secret.
    pub fn read(input: &mut Input<'_>) -> Option<Self> {
        let (algorithm, their_algorithm) = match input.u8() % 3 {
            0 => (HashAlgorithm::Sha1, totp_rs::Algorithm::SHA1),
            1 => (HashAlgorithm::Sha256, totp_rs::Algorithm::SHA256),
            _ => (HashAlgorithm::Sha512, totp_rs::Algorithm::SHA512),
        };
        let number = 6 + input.u8() % 4;
        let (digits, number, algorithm, their_algorithm) = match number {
            // Steam's symbols go with SHA-1 alone.
            9 => (Digits::STEAM, 5, HashAlgorithm::Sha1, totp_rs::Algorithm::Steam),
            _ => {
                let digits = Digits::new(u64::from(number)).expect("6 to 8");
                (digits, number, algorithm, their_algorithm)
            }
        };
        let bytes = input.bytes();
        let secret = match OtpSecret::danger_legacy(bytes) {
            Ok(secret) => secret,
            Err(Error::SecretTooShort) if bytes.is_empty() => return None,
            Err(Error::SecretTooLong) if bytes.len() > 128 => return None,
            Err(error) => panic!("{error:?} for {} bytes", bytes.len()),
        };
        let theirs = totp_rs::Builder::new()
            .with_algorithm(their_algorithm)
            .with_digits(number)
            .with_step_duration(1)
            .with_secret(bytes.to_vec())
            .build_noncompliant();
        Some(Self { secret, algorithm, digits, theirs })
    }

    /// The code at a counter, by totp-rs.
    #[must_use]
    pub fn code(&self, counter: u64) -> String {
        self.theirs.generate(counter).to_string()
    }

    /// What a person types: the code of a counter near `counter`, or any text; and the digits in it, if it is a code.
    pub fn typed(&self, input: &mut Input<'_>, counter: u64) -> (Vec<u8>, Result<String, Error>) {
        let choice = input.u8();
        let text = match choice {
            0 => input.bytes().to_vec(),
            _ => {
                let offset = i64::from(choice.cast_signed());
                let mut code = self.code(counter.saturating_add_signed(offset)).into_bytes();
                if choice.is_multiple_of(3) {
                    code.insert(3, b' ');
                }
                code
            }
        };
        let kept = text.iter().filter(|byte| !matches!(byte, b' ' | b'-'));
        let (digits, symbols): (Vec<u8>, &[u8]) = match self.digits {
            Digits::STEAM => {
                (kept.map(u8::to_ascii_uppercase).collect(), b"23456789BCDFGHJKMNPQRTVWXY")
            }
            _ => (kept.copied().collect(), b"0123456789"),
        };
        let width = usize::from(self.digits.get());
        let valid = text.len() <= 64
            && digits.len() == width
            && digits.iter().all(|digit| symbols.contains(digit));
        let digits = String::from_utf8(digits).ok().filter(|_| valid);
        (text, digits.ok_or(Error::OtpMalformed))
    }
}

/// Whether core accepts a code; panics on disagreement.
pub fn check(data: &[u8]) -> bool {
    let mut input = Input::new(data);
    let Some(authenticator) = Authenticator::read(&mut input) else { return false };
    let hotp = Hotp::new(&authenticator.secret, authenticator.algorithm, authenticator.digits);
    if authenticator.digits == Digits::STEAM {
        assert_eq!(hotp.err(), Some(Error::DigitsInvalid));
        return false;
    }
    let hotp = hotp.expect("HMAC takes any key");
    let counter = input.u64();
    let look_ahead = u64::from(input.u16() % 1100);
    assert_eq!(hotp.code_at(counter).expose(), authenticator.code(counter));

    let (first, first_digits) = authenticator.typed(&mut input, counter);
    let (second, second_digits) = authenticator.typed(&mut input, counter);

    assert_eq!(hotp.check_code(&first), first_digits.clone().map(|_| ()));
    let verified = hotp.verify(&first, counter, look_ahead);
    let expected = if look_ahead > MAX_LOOK_AHEAD {
        Err(Error::WindowTooLarge)
    } else {
        first_digits.clone().and_then(|digits| {
            decide(&authenticator, counter, look_ahead, 1, &digits, |at| {
                authenticator.code(at) == digits
            })
        })
    };
    compare(&verified, counter, expected);

    // A thousand codes cost more than everything above: only where the input asks for it.
    let resynced = if look_ahead > MAX_RESYNC || input.u8() == 1 {
        let resynced = hotp.resync(&first, &second, counter, look_ahead);
        let expected = if look_ahead > MAX_RESYNC {
            Err(Error::WindowTooLarge)
        } else {
            first_digits.and_then(|first| Ok((first, second_digits?))).and_then(
                |(first, second)| {
                    decide(&authenticator, counter, look_ahead, 2, &first, |at| {
                        at < u64::MAX
                            && authenticator.code(at) == first
                            && authenticator.code(at + 1) == second
                    })
                },
            )
        };
        compare(&resynced, counter, expected);
        resynced.is_ok()
    } else {
        false
    };
    verified.is_ok() || resynced
}

/// The matching counter and the next one: RFC 4226 §7.2 and §7.4, the lowest match wins, the previous code is refused.
fn decide(
    authenticator: &Authenticator,
    counter: u64,
    look_ahead: u64,
    used: u64,
    typed: &str,
    matches: impl Fn(u64) -> bool,
) -> Result<(u64, u64), Error> {
    if counter > 0 && authenticator.code(counter - 1) == typed {
        return Err(Error::OtpReplayed);
    }
    let last = counter.saturating_add(look_ahead);
    let matched = (counter..=last).find(|at| matches(*at)).ok_or(Error::OtpRejected)?;
    let next = matched.checked_add(used).ok_or(Error::OtpCounterExhausted)?;
    Ok((matched, next))
}

fn compare(ours: &Result<HotpVerified, Error>, counter: u64, expected: Result<(u64, u64), Error>) {
    let seen = ours.as_ref().map(|v| (v.matched_counter(), v.next_counter())).map_err(|e| *e);
    assert_eq!(seen, expected);
    if let Ok(verified) = ours {
        let transition = verified.transition();
        assert_eq!((transition.prev, transition.next), (Some(counter), verified.next_counter()));
        assert!(transition.next > counter, "the counter moves on");
    }
}

/// Codes at both ends of the counter, at the window's edges, and of the counter before.
#[must_use]
pub fn seeds() -> Vec<Vec<u8>> {
    let mut seeds = Vec::new();
    let counters = [0, 1, 1 << 32, u64::MAX - 1, u64::MAX];
    for (hash, counter) in [0_u8, 1, 2].into_iter().flat_map(|h| counters.map(|c| (h, c))) {
        for (look_ahead, offset) in [(3_u16, 1_u8), (3, 3), (3, 4), (3, 0xff), (100, 100)] {
            let seed = Output::default()
                .number([hash, hash])
                .bytes(b"12345678901234567890")
                .number(counter.to_be_bytes())
                .number(look_ahead.to_be_bytes())
                .number([offset, offset.wrapping_add(1), 1]);
            seeds.push(seed.finish());
        }
    }
    // The code of the counter itself, which no offset but 0 gives, as text: RFC 4226 Appendix D, counters 0 and 1.
    let literal = Output::default()
        .number([0, 0])
        .bytes(b"12345678901234567890")
        .number(0_u64.to_be_bytes())
        .number(0_u16.to_be_bytes())
        .number([0])
        .bytes(b"755 224")
        .number([0])
        .bytes(b"287-082")
        .number([1]);
    seeds.push(literal.finish());
    seeds
}
