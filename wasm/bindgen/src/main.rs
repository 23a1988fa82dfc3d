//! Writes the JavaScript half of `mfakit-wasm`: the step between `cargo build` and `wasm-opt`.
//!
//! `mfakit-wasm-bindgen IN.wasm OUTDIR` turns `mfakit_wasm.wasm` into `mfakit_wasm.js`,
//! `mfakit_wasm.d.ts` and `mfakit_wasm_bg.wasm`. It is wasm-bindgen's own library behind a
//! `main`, so that Cargo.lock pins it and nothing is installed outside the repository.
//!
//! Invariant: the same input gives the same output, byte for byte.

use std::path::PathBuf;
use std::process::ExitCode;

use wasm_bindgen_cli_support::Bindgen;

fn main() -> ExitCode {
    let arguments: Vec<PathBuf> = std::env::args_os().skip(1).map(PathBuf::from).collect();
    let [input, output] = arguments.as_slice() else {
        eprintln!("usage: mfakit-wasm-bindgen IN.wasm OUTDIR");
        return ExitCode::from(2);
    };
    let written = Bindgen::new()
        .input_path(input)
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
