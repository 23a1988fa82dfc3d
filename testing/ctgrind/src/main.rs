//! Constant time, shown by valgrind's memcheck: the secret is marked as undefined memory, and memcheck reports every branch
//! and every address that depends on it. `run` beside this crate runs each case in a process of its own.
//!
//! ```text
//! ctgrind list            what there is to run, one a line: the first word is the kind, the second the name
//! ctgrind case NAME       must run without a report
//! ctgrind flow NAME       the same without declassification: must be reported, or the secret never got that far
//! ctgrind control NAME    leaks on purpose: must be reported
//! ctgrind machine         what of the processor the program sees
//! ```
//!
//! What memcheck cannot see: the time of an instruction that depends on its operands, such as a division. Core has none on
//! secret values (`otp/code.rs` subtracts under a mask).

mod cases;
mod controls;
mod secrets;
mod valgrind;

use mfakit_core::ct;
use std::process::ExitCode;

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let run = match arguments[..] {
        ["list"] => {
            list();
            return ExitCode::SUCCESS;
        }
        ["machine"] => {
            machine();
            return ExitCode::SUCCESS;
        }
        ["case", name] => {
            ct::set_declassify_hook(valgrind::make_public);
            case_named(name)
        }
        ["flow", name] => case_named(name),
        ["control", name] => controls::CONTROLS.iter().find(|c| c.name == name).map(|c| c.run),
        _ => None,
    };
    let Some(run) = run else {
        eprintln!("ctgrind list | machine | case NAME | flow NAME | control NAME");
        return ExitCode::from(2);
    };
    // Without valgrind nothing would be reported, and everything would pass.
    if !valgrind::is_watching() {
        eprintln!("this shows something under valgrind only");
        return ExitCode::from(2);
    }
    run();
    ExitCode::SUCCESS
}

fn case_named(name: &str) -> Option<fn()> {
    cases::CASES.iter().find(|case| case.name == name).map(|case| case.run)
}

fn list() {
    for case in cases::CASES {
        println!("case {}", case.name);
        if case.declassifies {
            println!("flow {}", case.name);
        }
    }
    for control in controls::CONTROLS {
        println!("control {}", control.name);
    }
}

fn machine() {
    let seen = |feature, here| println!("{feature} {}", if here { "seen" } else { "masked" });
    seen("SHA-NI", std::arch::is_x86_feature_detected!("sha"));
    seen("AVX2", std::arch::is_x86_feature_detected!("avx2"));
}
