//! The Node.js addon: the border of mfakit as one exported function, in a form that waits and in one that does not, and
//! a function for TOTP codes.
//!
//! The TypeScript layer in `bindings/ts` is the binding that people use; this converts, calls, converts.
//! Invariant: a failure is the error's number as decimal text. Nothing is thrown on purpose, and a panic, which would be
//! a defect, becomes a JavaScript error instead of the end of the host's process.

use mfakit::Zeroizing;
use mfakit::border::HotTotp;
use napi::bindgen_prelude::AsyncTask;
use napi::{Env, Error, Result, Task};
use napi_derive::napi;
use std::panic::{AssertUnwindSafe, catch_unwind};

/// Runs one operation of the border and gives its JSON, or the number of the error.
#[napi(catch_unwind)]
pub fn call(op: String, client: &[u8], host: String) -> String {
    // It may hold a secret; JavaScript's own copy cannot be wiped.
    answer(&op, client, &Zeroizing::new(host))
}

/// Verifies a TOTP code without JSON (`mfakit::border::totp_verify`).
#[napi(catch_unwind)]
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
    let (secret, code) = (Zeroizing::new(secret), Zeroizing::new(code));
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

/// As [`call`], by a promise: the work is done on a thread of libuv's pool.
#[napi(catch_unwind)]
pub fn call_async(op: String, client: &[u8], host: String) -> AsyncTask<Waiting> {
    // A copy: JavaScript may change its bytes meanwhile.
    let client = Zeroizing::new(client.to_vec());
    AsyncTask::new(Waiting { op, client, host: Zeroizing::new(host) })
}

/// An operation that waits for a thread.
pub struct Waiting {
    op: String,
    client: Zeroizing<Vec<u8>>,
    host: Zeroizing<String>,
}

impl Task for Waiting {
    type Output = String;
    type JsValue = String;

    fn compute(&mut self) -> Result<String> {
        // The caller is a C function, and a panic that reaches it aborts the process.
        catch_unwind(AssertUnwindSafe(|| answer(&self.op, &self.client, &self.host)))
            .map_err(|_| Error::from_reason("panic"))
    }

    fn resolve(&mut self, _: Env, answer: String) -> Result<String> {
        Ok(answer)
    }
}

fn answer(op: &str, client: &[u8], host: &str) -> String {
    mfakit::border::call(op, client, host).unwrap_or_else(|error| error.number().to_string())
}

/// Runs one line of a conformance vector.
#[cfg(feature = "conformance")]
#[napi(js_name = "_conformance", catch_unwind)]
pub fn conformance(json: String) -> String {
    mfakit::conformance::run(&json)
}
