//! Counts of what passed and failed.

/// So many failures are shown, then only counted.
const SHOWN: u64 = 20;

/// What a part of the run came to.
#[derive(Default)]
pub(crate) struct Tally {
    pub(crate) passed: u64,
    pub(crate) failed: u64,
    /// Of a control, whose failures are what it is for.
    pub(crate) quiet: bool,
}

impl Tally {
    /// For a control: its failures are counted and not shown.
    pub(crate) fn quiet() -> Self {
        Self { quiet: true, ..Self::default() }
    }

    /// One case: whether it passed, and what to say if not.
    pub(crate) fn case(&mut self, passed: bool, complaint: impl FnOnce() -> String) {
        if passed {
            self.passed += 1;
            return;
        }
        self.failed += 1;
        if !self.quiet && self.failed <= SHOWN {
            println!("FAILED {}", complaint());
        }
    }

    /// A control has to fail: as one case of this tally.
    pub(crate) fn control(&mut self, name: &str, control: &Self) {
        let (noticed, of) = (control.failed, control.passed + control.failed);
        println!("control: {name}: noticed {noticed} times in {of} cases");
        self.case(noticed > 0, || format!("control {name} was not noticed"));
    }

    /// Adds another part's counts.
    pub(crate) fn add(&mut self, other: &Self) {
        self.passed += other.passed;
        self.failed += other.failed;
    }
}
