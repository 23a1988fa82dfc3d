//! Imports. A changed URI may be accepted as what an independent reader finds in it: nothing signs it.

use crate::judge::{Judge, as_read};
use crate::surface::{Run, Surface, Whose};
use crate::vectors::Inputs;
use mfakit_core::otp::otpauth::Otpauth;
use mfakit_fuzz::{migration as exports, otpauth as uris};
use serde_json::{Value, json};
use std::fmt::Debug;

/// All that is said, in one text.
fn said(fields: &impl Debug) -> Value {
    json!(format!("{fields:?}"))
}

fn surface(inputs: &Inputs, text: bool, run: Run, judge: Judge) -> Vec<Surface> {
    let bytes = inputs.text("uri").as_bytes().to_vec();
    let (op, case) = (String::new(), String::new());
    vec![Surface { op, name: "uri", case, whose: Whose::Client, text, bytes, run, judge }]
}

pub(crate) fn otpauth(inputs: &Inputs) -> Vec<Surface> {
    let run = |uri: &[u8]| Otpauth::parse(uri).map(|read| said(&uris::read(&read)));
    let judge = as_read(|uri| {
        uris::reference(uri).map(|read| said(&read)).map_err(|faults| format!("{faults:?}"))
    });
    surface(inputs, false, Box::new(run), judge)
}

pub(crate) fn migration(inputs: &Inputs) -> Vec<Surface> {
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    let run = move |uri: &[u8]| {
        let entries = mfakit::parse_otpauth_migration(&text(uri))?;
        Ok(said(&entries.iter().map(exports::read).collect::<Vec<_>>()))
    };
    let judge = as_read(move |uri| {
        let read = exports::reference(&text(uri));
        read.map(|read| said(&read)).map_err(|faults| format!("{faults:?}"))
    });
    surface(inputs, true, Box::new(run), judge)
}
