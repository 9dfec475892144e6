//! Tables of pods, which a rehearsal lets grow with little room to spare.
//!
//! They are most of a rehearsal's memory. An upgrade that moves every pod once makes a little more
//! than one new pod of each, so room for these is reserved at first, and an eighth at a time after
//! that where a list left to itself would double.

/// An empty table for the pods of a cluster of `n_pods` and those that replace them.
pub(crate) fn reserved<T>(n_pods: usize) -> Vec<T> {
    Vec::with_capacity(n_pods * 2 + n_pods / 4)
}

/// Appends to a table.
pub(crate) fn push<T>(table: &mut Vec<T>, item: T) {
    if table.len() == table.capacity() {
        table.reserve_exact(table.len() / 8 + 16);
    }
    table.push(item);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_table_never_has_more_than_an_eighth_to_spare_once_it_grew() {
        let mut table = reserved(100);
        for item in 0..1_000 {
            push(&mut table, item);
        }
        assert!(table.capacity() <= 1_000 + 1_000 / 8 + 16);
        assert_eq!(table.iter().sum::<u32>(), 999 * 500);
    }
}
