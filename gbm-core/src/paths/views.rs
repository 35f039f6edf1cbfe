//! Filled paths as other libraries hold them, without a copy of the numbers.

#[cfg(feature = "arrow")]
use std::sync::Arc;

#[cfg(feature = "arrow")]
use arrow_array::{ArrayRef, FixedSizeListArray, Float64Array, RecordBatch, UInt64Array};
#[cfg(feature = "arrow")]
use arrow_schema::{DataType, Field, Schema};

use super::{PathError, Paths};
use crate::process::Process;
use crate::units::Price;

impl Paths {
    /// `paths` paths as an array of shape `[paths][steps]`; to fill one that is there already, hand its slice to
    /// [`Paths::fill_paths`].
    ///
    /// # Errors
    /// As [`Paths::fill_paths`].
    ///
    /// ```
    /// use gbm_core::prelude::*;
    /// let paths = Paths::new(Seed::from(42), 250, Years::new(1.0 / 250.0)?);
    /// let prices = paths.array(&Gbm::new(0.1, 0.2)?, Price::new(100.0)?, 10)?;
    /// assert_eq!(prices.dim(), (10, 250));
    /// assert!(paths.array(&Gbm::new(0.1, 0.2)?, Price::new(100.0)?, 0).is_err());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[cfg(feature = "ndarray")]
    pub fn array<P: Process>(&self, model: &P, spot: Price, paths: usize) -> Result<ndarray::Array2<f64>, PathError> {
        let prices = self.prices(model, spot, paths)?;
        let shape = (paths, prices.len() / paths);
        ndarray::Array2::from_shape_vec(shape, prices).map_err(|_| PathError::Shape { given: paths, row: shape.1 })
    }

    /// `paths` paths as an Arrow batch with a row a path: column `path`, its number (`UInt64`), and column `prices`, a
    /// `FixedSizeList` of `steps` `Float64`.
    ///
    /// # Errors
    /// As [`Paths::fill_paths`]; [`PathError::Steps`] also for more than 2³¹ − 1 steps, the longest list that Arrow has.
    ///
    /// ```
    /// use gbm_core::prelude::*;
    /// let paths = Paths::new(Seed::from(42), 250, Years::new(1.0 / 250.0)?);
    /// let batch = paths.record_batch(&Gbm::new(0.1, 0.2)?, Price::new(100.0)?, 10)?;
    /// assert_eq!((batch.num_rows(), batch.num_columns()), (10, 2));
    /// assert!(paths.record_batch(&Gbm::new(0.1, 0.2)?, Price::new(100.0)?, 0).is_err());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[cfg(feature = "arrow")]
    pub fn record_batch<P: Process>(&self, model: &P, spot: Price, paths: usize) -> Result<RecordBatch, PathError> {
        let steps = i32::try_from(self.steps).map_err(|_| PathError::Steps(self.steps))?;
        let prices = self.prices(model, spot, paths)?;
        let item = Arc::new(Field::new_list_field(DataType::Float64, false));
        let numbers: UInt64Array = (self.first_path..).take(paths).collect();
        let shape = |_| PathError::Shape { given: paths, row: 1 };
        let lists = FixedSizeListArray::try_new(Arc::clone(&item), steps, Arc::new(Float64Array::from(prices)), None);
        let columns: Vec<ArrayRef> = vec![Arc::new(numbers), Arc::new(lists.map_err(shape)?)];
        let schema = Schema::new(vec![
            Field::new("path", DataType::UInt64, false),
            Field::new("prices", DataType::FixedSizeList(item, steps), false),
        ]);
        RecordBatch::try_new(Arc::new(schema), columns).map_err(shape)
    }

    /// The prices of so many paths in a vector of their own.
    fn prices<P: Process>(&self, model: &P, spot: Price, paths: usize) -> Result<Vec<f64>, PathError> {
        self.check_steps()?;
        let values = usize::try_from(self.steps).ok().and_then(|steps| steps.checked_mul(paths));
        let values = values.filter(|&values| values <= isize::MAX as usize / size_of::<f64>());
        let mut prices = Vec::new();
        let values = values.ok_or(PathError::Memory { paths, steps: self.steps })?;
        prices.try_reserve_exact(values).map_err(|_| PathError::Memory { paths, steps: self.steps })?;
        prices.resize(values, 0.0);
        self.fill_paths(model, spot, &mut prices)?;
        Ok(prices)
    }
}
