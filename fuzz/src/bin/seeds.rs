//! Writes the corpora that libFuzzer starts from: `seeds VECTORS CORPUS` writes `CORPUS/TARGET/NUMBER`, from the oracles' own
//! seeds and from every conformance vector.

use mfakit_fuzz::{TARGETS, vectors};
use std::path::Path;
use std::process::ExitCode;

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [vectors, corpus] = &arguments[..] else {
        eprintln!("seeds VECTORS CORPUS");
        return ExitCode::from(2);
    };
    match write(Path::new(vectors), Path::new(corpus)) {
        Ok(count) => {
            println!("{count} seeds");
            ExitCode::SUCCESS
        }
        Err(error) => {
            eprintln!("seeds: {error}");
            ExitCode::FAILURE
        }
    }
}

fn write(vectors: &Path, corpus: &Path) -> Result<usize, String> {
    let from_vectors = vectors::read(vectors)?;
    let mut count = 0;
    for target in TARGETS {
        let folder = corpus.join(target.name);
        std::fs::create_dir_all(&folder).map_err(|e| format!("{}: {e}", folder.display()))?;
        let mut seeds = (target.seeds)();
        seeds.extend(from_vectors.get(target.name).into_iter().flatten().cloned());
        for (number, seed) in seeds.iter().enumerate() {
            let path = folder.join(format!("seed-{number:04}"));
            std::fs::write(&path, seed).map_err(|e| format!("{}: {e}", path.display()))?;
            count += 1;
        }
    }
    Ok(count)
}
