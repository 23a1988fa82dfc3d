//! What stays in this process where only text crosses.
//!
//! Invariant: a number is given once, so that one whose value is gone means no other value. The table is bounded: what came first
//! makes room.

use std::collections::VecDeque;
use std::sync::{Mutex, MutexGuard, PoisonError};

pub(super) struct Table<T> {
    most: usize,
    next: u64,
    /// By their numbers, which rise.
    values: VecDeque<(u64, T)>,
}

/// All threads of a process share a table, and no number of one means something else to another.
pub(super) fn locked<T>(table: &Mutex<Table<T>>) -> MutexGuard<'_, Table<T>> {
    // Each step leaves the table whole.
    table.lock().unwrap_or_else(PoisonError::into_inner)
}

impl<T: Clone> Table<T> {
    pub(super) const fn new(most: usize) -> Self {
        Self { most, next: 1, values: VecDeque::new() }
    }

    pub(super) fn insert(&mut self, value: T) -> u64 {
        if self.values.len() >= self.most {
            self.values.pop_front();
        }
        let number = self.next;
        self.next = number.wrapping_add(1);
        self.values.push_back((number, value));
        number
    }

    pub(super) fn remove(&mut self, number: u64) {
        if let Some(here) = self.place(number) {
            self.values.remove(here);
        }
    }

    pub(super) fn get(&self, number: u64) -> Option<T> {
        let (_, value) = self.values.get(self.place(number)?)?;
        Some(value.clone())
    }

    fn place(&self, number: u64) -> Option<usize> {
        self.values.binary_search_by_key(&number, |(number, _)| *number).ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_is_bounded_and_the_first_makes_room() {
        let mut table = Table::new(3);
        let numbers = ["a", "b", "c"].map(|value| table.insert(value));
        assert_eq!(numbers.map(|number| table.get(number)), [Some("a"), Some("b"), Some("c")]);
        let last = table.insert("d");
        assert!(!numbers.contains(&last));
        assert_eq!(numbers.map(|number| table.get(number)), [None, Some("b"), Some("c")]);
        assert_eq!((table.get(last), table.values.len()), (Some("d"), 3));
    }

    #[test]
    fn a_number_is_given_once() {
        let mut table = Table::new(3);
        let first = table.insert("a");
        table.remove(first);
        table.remove(first);
        let second = table.insert("b");
        assert_ne!(first, second);
        assert_eq!(
            [first, second, 0, u64::MAX].map(|n| table.get(n)),
            [None, Some("b"), None, None]
        );
    }
}
