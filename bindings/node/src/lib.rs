//! The Node.js addon: the border of mfakit as one exported function.
//!
//! The TypeScript layer in `bindings/ts` is the binding that people use; this converts, calls, converts.
//! Invariant: a failure is the error's number as decimal text. Nothing is thrown on purpose, and a panic, which would be
//! a defect, becomes a JavaScript error instead of the end of the host's process.

use napi_derive::napi;

/// Runs one operation of the border and gives its JSON, or the number of the error.
#[napi(catch_unwind)]
pub fn call(op: String, client: &[u8], host: String) -> String {
    // It may hold a secret; JavaScript's own copy cannot be wiped.
    let host = mfakit::Zeroizing::new(host);
    mfakit::border::call(&op, client, &host).unwrap_or_else(|error| error.number().to_string())
}

/// Runs one line of a conformance vector.
#[cfg(feature = "conformance")]
#[napi(js_name = "_conformance", catch_unwind)]
pub fn conformance(json: String) -> String {
    mfakit::conformance::run(&json)
}
