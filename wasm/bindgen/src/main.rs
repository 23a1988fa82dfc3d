//! Writes the JavaScript half of `mfakit-wasm`: the step between `cargo build` and `wasm-opt`.
//!
//! `mfakit-wasm-bindgen IN.wasm OUTDIR` turns `mfakit_wasm.wasm` into `mfakit_wasm.js`,
//! `mfakit_wasm.d.ts` and `mfakit_wasm_bg.wasm`. It is wasm-bindgen's own library behind a
//! `main`, so that Cargo.lock pins it and nothing is installed outside the repository.
//!
//! On the way it cuts what a panic would say. The module is built to abort, and this target has nowhere to write a message: the code
//! that composes one runs, says nothing to nobody, and traps. What is left of it is the trap, which wasm-opt then puts where the
//! panic was, and everything that only served the message is gone: a tenth of the module.
//!
//! Invariant: the same input gives the same output, byte for byte; what is cut is named here and never returns, or nothing is written.

use std::path::PathBuf;
use std::process::ExitCode;

use walrus::ir::Instr;
use walrus::{FunctionBuilder, FunctionId, FunctionKind, Module};
use wasm_bindgen_cli_support::Bindgen;

/// The functions of the standard library that panic, as both of Rust's manglings write them. [`LIBRARY`] is where they stand.
const PANICS: [&str; 16] = [
    "11panic_const",
    "12handle_error",
    "13assert_failed",
    "13expect_failed",
    "13unwrap_failed",
    "14panic_nounwind",
    "15panic_with_hook",
    "16slice_error_fail",
    "16slice_index_fail",
    "17capacity_overflow",
    "17len_mismatch_fail",
    "18handle_alloc_error",
    "18panic_bounds_check",
    "19assert_failed_inner",
    "9panic_fmt",
    "9panicking5panic",
];
const LIBRARY: [&str; 3] = ["4core", "5alloc", "3std"];
/// Without these the list is out of date: they are in every module.
const ALWAYS: [&str; 2] = ["9panic_fmt", "18panic_bounds_check"];

fn main() -> ExitCode {
    let arguments: Vec<PathBuf> = std::env::args_os().skip(1).map(PathBuf::from).collect();
    let [input, output] = arguments.as_slice() else {
        eprintln!("usage: mfakit-wasm-bindgen IN.wasm OUTDIR");
        return ExitCode::from(2);
    };
    let module =
        match std::fs::read(input).map_err(|e| e.to_string()).and_then(|m| without_messages(&m)) {
            Ok(module) => module,
            Err(error) => {
                eprintln!("mfakit-wasm-bindgen: {}: {error}", input.display());
                return ExitCode::FAILURE;
            }
        };
    let written = Bindgen::new()
        .input_bytes("mfakit_wasm", module)
        // One ES module for browsers, workers, Node, Bun and Deno; each entry of the npm
        // package initialises it with the module or the URL its platform can load.
        .web(true)
        .and_then(|bindgen| {
            bindgen
                // Browsers may call `init()` bare: it then loads the .wasm beside the module.
                .omit_default_module_path(false)
                .typescript(true)
                // Names of functions and of build tools: bytes to download, of use to no caller.
                .remove_name_section(true)
                .remove_producers_section(true)
                .generate(output)
        });
    match written {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("mfakit-wasm-bindgen: {}: {error:?}", input.display());
            ExitCode::FAILURE
        }
    }
}

/// The module with a trap for the body of every function that only panics.
fn without_messages(module: &[u8]) -> Result<Vec<u8>, String> {
    let mut module = Module::from_buffer(module).map_err(|e| format!("{e:?}"))?;
    let named = |name: &str, parts: &[&str]| parts.iter().any(|part| name.contains(part));
    let panics: Vec<(FunctionId, String)> = module
        .funcs
        .iter()
        .filter_map(|function| Some((function.id(), function.name.clone()?)))
        .filter(|(_, name)| named(name, &PANICS) && named(name, &LIBRARY))
        .collect();
    if let Some(missing) = ALWAYS.iter().find(|part| !panics.iter().any(|(_, n)| n.contains(*part)))
    {
        return Err(format!("no function is called {missing}: the list of panics is out of date"));
    }
    for (id, name) in panics {
        cut(&mut module, id).ok_or_else(|| format!("{name} may return: it is no panic"))?;
    }
    Ok(module.emit_wasm())
}

/// Gives a function a trap for a body, if it never returns.
fn cut(module: &mut Module, id: FunctionId) -> Option<()> {
    let FunctionKind::Local(body) = &module.funcs.get(id).kind else { return None };
    let last = body.block(body.entry_block()).instrs.last();
    if !matches!(last, Some((Instr::Unreachable(_), _))) {
        return None;
    }
    let arguments = body.args.clone();
    let signature = module.types.get(body.ty());
    let (parameters, results) = (signature.params().to_vec(), signature.results().to_vec());
    let mut builder = FunctionBuilder::new(&mut module.types, &parameters, &results);
    builder.func_body().unreachable();
    let trap = builder.local_func(arguments);
    module.funcs.get_mut(id).kind = FunctionKind::Local(trap);
    Some(())
}
