//! The WebAssembly module: the border of mfakit as one exported function, and one for TOTP codes.
//!
//! The TypeScript layer in `bindings/ts` is the binding that people use; this converts, calls, converts.
//! Invariant: a failure is the error's number as decimal text. Free functions alone are exported: there is no object that
//! a trap could leave borrowed for ever.

use mfakit::border::HotTotp;
use wasm_bindgen::prelude::wasm_bindgen;

/// Runs one operation of the border and gives its JSON, or the number of the error.
#[wasm_bindgen]
#[must_use]
pub fn call(op: &str, client: &[u8], host: String) -> String {
    // It may hold a secret; JavaScript's own copy cannot be wiped.
    let host = mfakit::Zeroizing::new(host);
    mfakit::border::call(op, client, &host).unwrap_or_else(|error| error.number().to_string())
}

/// Verifies a TOTP code without JSON (`mfakit::border::totp_verify`).
#[wasm_bindgen(js_name = totpVerify)]
#[must_use]
#[allow(clippy::too_many_arguments, reason = "an object would have to be read member by member")]
pub fn totp_verify(
    secret: String,
    form: u32,
    code: String,
    last_step: f64,
    now: f64,
    past: f64,
    future: f64,
    drift: i32,
) -> f64 {
    // JavaScript's own copies cannot be wiped.
    let (secret, code) = (mfakit::Zeroizing::new(secret), mfakit::Zeroizing::new(code));
    let (secret, code) = (&secret, &code);
    mfakit::border::totp_verify(&HotTotp {
        secret,
        form,
        code,
        last_step,
        now,
        past,
        future,
        drift,
    })
}

/// Runs one line of a conformance vector.
#[cfg(feature = "conformance")]
#[wasm_bindgen(js_name = _conformance)]
#[must_use]
pub fn conformance(json: &str) -> String {
    mfakit::conformance::run(json)
}
