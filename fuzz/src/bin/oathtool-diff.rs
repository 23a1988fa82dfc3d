//! One-time passwords of core against `oathtool`, which shares no code with it: `oathtool-diff [N]` compares N pseudo-random
//! cases (500), half HOTP and half TOTP, the same in every run.
//!
//! HOTP with SHA-1 (oathtool has no other) and counters of every size up to 2^64 − 1; TOTP with all hashes, periods and T0,
//! and times whose steps pass 2^32. Secrets go to oathtool by standard input: arguments can be read by every process. A case
//! passes if the codes are equal and core accepts oathtool's code at that very counter or step. The last line is
//! `N passed, N failed`.

use mfakit_core::otp::hotp::Hotp;
use mfakit_core::otp::totp::{Totp, Window};
use mfakit_core::otp::{Digits, HashAlgorithm};
use mfakit_core::{Error, OtpSecret, Period, UnixTime};
use mfakit_fuzz::mutate::Random;
use std::io::Write;
use std::process::{Command, ExitCode, Stdio};

fn main() -> ExitCode {
    let count = match std::env::args().nth(1).map(|n| n.parse::<usize>()) {
        None => 500,
        Some(Ok(count)) if count > 0 => count,
        Some(_) => {
            eprintln!("oathtool-diff [N]");
            return ExitCode::from(2);
        }
    };
    let mut random = Random::new(4226);
    let mut failed = 0;
    for number in 0..count {
        let result = if number % 2 == 0 { hotp(&mut random) } else { totp(&mut random) };
        if let Err(complaint) = result {
            failed += 1;
            println!("FAIL {complaint}");
        }
    }
    println!("{} passed, {failed} failed", count - failed);
    if failed == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

fn hotp(random: &mut Random) -> Result<(), String> {
    let (bytes, digits) = (secret(random), digits(random));
    let counter = of_any_size(random, 64);
    let case = format!("HOTP {} digits {}, counter {counter}", digits.get(), hex(&bytes));
    let arguments =
        ["--hotp".to_owned(), format!("--digits={}", digits.get()), format!("--counter={counter}")];
    let theirs = oathtool(&arguments, &bytes).map_err(|e| format!("{case}: {e}"))?;

    let hotp = OtpSecret::new(&bytes)
        .and_then(|secret| Hotp::new(&secret, HashAlgorithm::Sha1, digits))
        .map_err(|e| format!("{case}: {e:?}"))?;
    expect(&case, hotp.code_at(counter).expose(), &theirs)?;
    let matched = hotp.verify(theirs.as_bytes(), counter, 0).map(|v| v.matched_counter());
    match matched {
        Ok(at) if at == counter => Ok(()),
        // No next counter could be stored.
        Err(Error::OtpCounterExhausted) if counter == u64::MAX => Ok(()),
        // Two neighbours may share a code; then it is spent.
        Err(Error::OtpReplayed) if hotp.code_at(counter - 1).expose() == theirs => Ok(()),
        other => Err(format!("{case}: verified as {other:?}")),
    }
}

fn totp(random: &mut Random) -> Result<(), String> {
    let (bytes, digits) = (secret(random), digits(random));
    let hash = [HashAlgorithm::Sha1, HashAlgorithm::Sha256, HashAlgorithm::Sha512][random.below(3)];
    let seconds = [1, 2, 15, 30, 45, 60, 3600][random.below(7)];
    // 2^50 s is 36 million years: below what oathtool's calendar can write, with steps beyond 2^32 at every period.
    let t0 = if random.below(2) == 0 { 0 } else { of_any_size(random, 49) };
    let now = t0 + of_any_size(random, 49);
    let case = format!(
        "TOTP {} {} digits {}, period {seconds}, T0 {t0}, time {now}",
        hash.as_str(),
        digits.get(),
        hex(&bytes)
    );
    let arguments = [
        format!("--totp={}", hash.as_str()),
        format!("--digits={}", digits.get()),
        format!("--time-step-size={seconds}s"),
        format!("--start-time=@{t0}"),
        format!("--now=@{now}"),
    ];
    let theirs = oathtool(&arguments, &bytes).map_err(|e| format!("{case}: {e}"))?;

    let config = |error: Error| format!("{case}: {error:?}");
    let secret = OtpSecret::new(&bytes).map_err(config)?;
    let period = Period::from_seconds(seconds).map_err(config)?;
    let totp = Totp::new(&secret, hash, digits, period).map_err(config)?;
    let totp = totp.with_t0(UnixTime::from_seconds(t0));
    let time = UnixTime::from_seconds(now);
    expect(&case, totp.code_at(time).map_err(config)?.expose(), &theirs)?;
    let window = Window::new(0, 0).map_err(config)?;
    let step = totp.verify(theirs.as_bytes(), None, time, window).map(|v| v.step().get());
    if step == Ok((now - t0) / seconds) {
        Ok(())
    } else {
        Err(format!("{case}: verified as {step:?}"))
    }
}

fn expect(case: &str, ours: &str, theirs: &str) -> Result<(), String> {
    if ours == theirs { Ok(()) } else { Err(format!("{case}: ours {ours}, oathtool {theirs}")) }
}

/// 16 to 128 bytes: shorter and longer than the block of every hash.
fn secret(random: &mut Random) -> Vec<u8> {
    let len = [16, 20, 32, 64, 65, 128][random.below(6)];
    (0..len).map(|_| random.next().to_be_bytes()[0]).collect()
}

fn digits(random: &mut Random) -> Digits {
    Digits::new([6, 7, 8][random.below(3)]).expect("6 to 8")
}

/// A number of up to `bits` bits, every length as likely as the next; now and then one next to a power of two.
fn of_any_size(random: &mut Random, bits: usize) -> u64 {
    let len = random.below(bits + 1);
    let below = u64::MAX.checked_shr(64 - len as u32).unwrap_or(0);
    match random.below(4) {
        0 => below,
        1 => below / 2 + 1,
        _ => random.next() & below,
    }
}

fn hex(bytes: &[u8]) -> String {
    data_encoding::HEXLOWER.encode(bytes)
}

/// What oathtool prints for a key that it reads from standard input.
fn oathtool(arguments: &[String], key: &[u8]) -> Result<String, String> {
    let failed = |error: std::io::Error| format!("oathtool: {error}");
    let mut child = Command::new("oathtool")
        .args(arguments)
        .arg("-")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .map_err(failed)?;
    let mut input = child.stdin.take().ok_or("oathtool: no standard input")?;
    writeln!(input, "{}", hex(key)).map_err(failed)?;
    drop(input);
    let output = child.wait_with_output().map_err(failed)?;
    if !output.status.success() {
        return Err(format!("oathtool: {}", output.status));
    }
    String::from_utf8(output.stdout).map(|code| code.trim().to_owned()).map_err(|e| e.to_string())
}
