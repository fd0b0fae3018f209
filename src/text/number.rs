//! Indexes into tables that the build script writes.

/// The index of an entry in a table of `COUNT` entries. An index beyond the table does not compile.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Number<const COUNT: usize>(u16);

impl<const COUNT: usize> Number<COUNT> {
    /// For constants: there, an index beyond the table is a compiler error.
    pub(crate) const fn new(number: u16) -> Number<COUNT> {
        assert!((number as usize) < COUNT);
        Number(number)
    }

    /// The entry of one of the tables.
    #[expect(clippy::indexing_slicing, reason = "`new` has compared the number with the length of the table")]
    pub(crate) fn of<T>(self, table: &'static [T; COUNT]) -> &'static T {
        &table[usize::from(self.0)]
    }
}
