//! Reading the columns of a row, by their place.

use sqlx::{ColumnIndex, Decode, Row, Type};

use super::codes;
use crate::StoreError;

/// A row that a statement answered.
pub(crate) trait Columns: Send + Sync {
    fn number(&self, index: usize) -> Result<i64, StoreError>;
    fn number_or_none(&self, index: usize) -> Result<Option<i64>, StoreError>;
    fn text(&self, index: usize) -> Result<&str, StoreError>;
    fn text_or_none(&self, index: usize) -> Result<Option<&str>, StoreError>;
    fn bytes(&self, index: usize) -> Result<&[u8], StoreError>;
    fn bytes_or_none(&self, index: usize) -> Result<Option<&[u8]>, StoreError>;
    fn flag(&self, index: usize) -> Result<bool, StoreError>;

    /// Versions and attempts.
    fn small_number(&self, index: usize) -> Result<u32, StoreError> {
        codes::small(self.number(index)?)
    }

    /// Text that the caller keeps.
    fn owned_or_none(&self, index: usize) -> Result<Option<String>, StoreError> {
        Ok(self.text_or_none(index)?.map(str::to_owned))
    }
}

impl<R> Columns for R
where
    R: Row,
    usize: ColumnIndex<R>,
    for<'r> i64: Decode<'r, R::Database> + Type<R::Database>,
    for<'r> bool: Decode<'r, R::Database> + Type<R::Database>,
    for<'r> &'r str: Decode<'r, R::Database> + Type<R::Database>,
    for<'r> &'r [u8]: Decode<'r, R::Database> + Type<R::Database>,
{
    fn number(&self, index: usize) -> Result<i64, StoreError> {
        Ok(self.try_get(index)?)
    }

    fn number_or_none(&self, index: usize) -> Result<Option<i64>, StoreError> {
        Ok(self.try_get(index)?)
    }

    fn text(&self, index: usize) -> Result<&str, StoreError> {
        Ok(self.try_get(index)?)
    }

    fn text_or_none(&self, index: usize) -> Result<Option<&str>, StoreError> {
        Ok(self.try_get(index)?)
    }

    fn bytes(&self, index: usize) -> Result<&[u8], StoreError> {
        Ok(self.try_get(index)?)
    }

    fn bytes_or_none(&self, index: usize) -> Result<Option<&[u8]>, StoreError> {
        Ok(self.try_get(index)?)
    }

    fn flag(&self, index: usize) -> Result<bool, StoreError> {
        Ok(self.try_get(index)?)
    }
}
