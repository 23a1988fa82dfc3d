//! `guess_odds`, `Throttle::guarding` and the budgets against the formula, by logarithms.

use crate::input::{Input, Output};
use mfakit_core::Error;
use mfakit_core::throttle::{GuessBudget, Throttle, guess_odds};

/// 1 − (1 − p)ⁿ, without cancellation where it is small.
fn reference(digits: u64, window: u64, attempts: u64) -> f64 {
    let p = (window as f64 / 10_f64.powi(digits as i32)).min(1.0);
    if attempts == 0 { 0.0 } else { -(attempts as f64 * (-p).ln_1p()).exp_m1() }
}

/// Whether core takes the arguments; panics on disagreement.
pub fn check(data: &[u8]) -> bool {
    let mut input = Input::new(data);
    let (digits, window) = (u64::from(input.u8()), u64::from(input.u16()));
    let (attempts, strict) = (input.u64(), input.u8() & 1 == 1);
    let (max_failures, free_failures) = (u64::from(input.u8()), u64::from(input.u8()));
    let odds = guess_odds(digits, window, attempts);
    assert_eq!(odds, mfakit::guess_odds(digits, window, attempts));
    let good = (1..=10).contains(&digits) && (1..=1000).contains(&window);
    let Ok(odds) = odds else {
        assert!(!good && odds == Err(Error::ArgumentValueInvalid));
        return false;
    };
    assert!(good);
    let expected = reference(digits, window, attempts);
    assert!((odds - expected).abs() <= expected * 1e-9, "{odds}, the formula gives {expected}");
    assert!((0.0..=1.0).contains(&odds));
    if let Some(more) = attempts.checked_add(1) {
        assert!(
            guess_odds(digits, window, more).is_ok_and(|more| more >= odds * (1.0 - 1e-9)),
            "more tries, less odds"
        );
    }

    let (budget, limit) =
        if strict { (GuessBudget::Strict, 1e-4) } else { (GuessBudget::Usual, 1e-3) };
    let Ok(throttle) = Throttle::new(max_failures, free_failures, 30, 3600) else { return true };
    let tries = reference(digits, window, max_failures);
    // The formula's own rounding decides nothing: no case lies that close to a budget but the one that makes it.
    let guarded = throttle.guarding(digits, window, budget);
    if (tries - limit).abs() > limit * 1e-9 {
        let expected = if tries < limit { Ok(throttle) } else { Err(Error::GuessBudgetExceeded) };
        assert_eq!(guarded, expected);
    }
    let options = mfakit::ThrottleOptions {
        max_failures,
        free_failures,
        digits,
        window,
        budget,
        ..Default::default()
    };
    assert_eq!(mfakit::Throttle::new(options).map(|_| ()), guarded.map(|_| ()));
    true
}

/// What six to eight digits come to, and both ends of everything.
#[must_use]
pub fn seeds() -> Vec<Vec<u8>> {
    let mut all = Vec::new();
    for digits in [0, 1, 4, 5, 6, 7, 8, 10, 11] {
        for window in [0_u16, 1, 2, 3, 10, 11, 21, 999, 1000, 1001] {
            for (attempts, max) in
                [(0_u64, 1_u8), (1, 5), (100, 100), (1 << 40, 101), (u64::MAX, 0)]
            {
                for strict in [0, 1] {
                    let seed = Output::default().number([digits]).number(window.to_be_bytes());
                    all.push(seed.number(attempts.to_be_bytes()).number([strict, max, 0]).finish());
                }
            }
        }
    }
    all
}
