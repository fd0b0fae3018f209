//! Places in tables that the build script writes.

/// The place of an entry in a table of `COUNT` entries. One beyond the table does not compile.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Number<const COUNT: usize>(u16);

impl<const COUNT: usize> Number<COUNT> {
    /// For constants: there, a place beyond the table is an error of the compiler.
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
