//! Rows as columns, a third of their size as objects; how they are quoted as runs of what is the same.

use std::collections::VecDeque;

use gbm_core::quoting::Quoting;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::Row;

#[derive(Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Columns {
    price: Vec<f64>,
    reference: Vec<f64>,
    lots: Vec<u64>,
    quoting: Vec<(usize, Quoting)>,
}

pub(super) fn serialize<S: Serializer>(rows: &VecDeque<Row>, serializer: S) -> Result<S::Ok, S::Error> {
    let mut columns = Columns::default();
    for row in rows {
        columns.price.push(row.price);
        columns.reference.push(row.reference);
        columns.lots.push(row.lots);
        match columns.quoting.last_mut() {
            Some((count, quoting)) if *quoting == row.quoting => *count += 1,
            _ => columns.quoting.push((1, row.quoting)),
        }
    }
    columns.serialize(serializer)
}

pub(super) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<VecDeque<Row>, D::Error> {
    let Columns { price, reference, lots, quoting } = Columns::deserialize(deserializer)?;
    let rows = price.len();
    let quoted = quoting.iter().fold(0_usize, |sum, (count, _)| sum.saturating_add(*count));
    if [reference.len(), lots.len(), quoted] != [rows; 3] || rows > super::RESUME_TICKS {
        return Err(serde::de::Error::custom("the columns of ticks don't fit"));
    }
    let quoting = quoting.into_iter().flat_map(|(count, quoting)| std::iter::repeat_n(quoting, count));
    let rows = price.into_iter().zip(reference).zip(lots).zip(quoting);
    Ok(rows.map(|(((price, reference), lots), quoting)| Row { price, reference, lots, quoting }).collect())
}
