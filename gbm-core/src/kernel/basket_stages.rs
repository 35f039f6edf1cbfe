//! The stages of a basket's fill, beside those of [`super::stages`]: a group for each asset, mixed by the correlation's
//! factor before they are summed.

/// Defines the stages in a module that has those of one asset.
macro_rules! basket_stages {
    ($(#[$target:meta])*) => {
        use crate::kernel::basket::{Basket, Lanes};

        /// Replaces independent normals by correlated ones, as [`crate::correlation::Correlation::mix`]: zᵢ ← Σ_{k ≤ i} Lᵢₖ·zₖ,
        /// k ascending, the last asset first.
        $(#[$target])*
        #[inline]
        fn mix(factor: &[f64], groups: &mut [Group<f64>]) {
            /// Rows summed at once, so that no addition waits for the one before.
            const ROWS: usize = 4;
            let mut end = factor.len();
            for i in (0..groups.len()).rev() {
                let weights = &factor[end - i - 1..end];
                end -= i + 1;
                for first in (0..BLOCK).step_by(ROWS) {
                    let mut sums = [[splat(0.0); VECTORS]; ROWS];
                    for (k, (&weight, group)) in weights.iter().zip(&*groups).enumerate() {
                        let weight = splat(weight);
                        for (sums, row) in sums.iter_mut().zip(&group[first..]) {
                            for (q, sum) in sums.iter_mut().enumerate() {
                                let product = mul(weight, load(part(row, q)));
                                *sum = if k == 0 { product } else { add(*sum, product) };
                            }
                        }
                    }
                    for (sums, row) in sums.iter().zip(&mut groups[i][first..]) {
                        for (q, &sum) in sums.iter().enumerate() {
                            store(sum, part_mut(row, q));
                        }
                    }
                }
            }
        }

        /// Writes groups with the assets of each lane and step behind one another: lane l's from `out[l·stride..]`.
        $(#[$target])*
        #[inline]
        fn write_assets(groups: &[Group<f64>], stride: usize, out: &mut [f64]) {
            let assets = groups.len();
            let (squares, rest) = groups.as_chunks::<WIDTH>();
            for (s, square) in squares.iter().enumerate() {
                for j in 0..BLOCK {
                    for q in 0..VECTORS {
                        let mut vectors = [splat(0.0); WIDTH];
                        for (vector, group) in vectors.iter_mut().zip(square) {
                            *vector = load(part(&group[j], q));
                        }
                        for (lane, vector) in (q * WIDTH..).zip(transpose(vectors)) {
                            if let Some(place) = out[lane * stride + j * assets + s * WIDTH..].first_chunk_mut() {
                                store(vector, place);
                            }
                        }
                    }
                }
            }
            for (i, group) in (squares.len() * WIDTH..).zip(rest) {
                for (j, row) in group.iter().enumerate() {
                    for (lane, &value) in row.iter().enumerate() {
                        out[lane * stride + j * assets + i] = value;
                    }
                }
            }
        }

        /// As [`write_assets`], where `place` says at which row of `assets` values a lane's step stands, if at all.
        $(#[$target])*
        fn write_some_assets(
            groups: &[Group<f64>],
            place: impl Fn(usize, usize) -> Option<usize>,
            out: &mut [f64],
        ) {
            for lane in 0..GROUP {
                for j in 0..BLOCK {
                    let row = place(lane, j).and_then(|row| out.chunks_exact_mut(groups.len()).nth(row));
                    for (value, group) in row.into_iter().flatten().zip(groups) {
                        *value = group[j][lane];
                    }
                }
            }
        }

        /// Fills a basket's paths: see [`Lanes`].
        $(#[$target])*
        pub(in crate::kernel) fn basket(basket: &Basket<'_>, lanes: Lanes, out: &mut [f64]) {
            let assets = basket.assets.len();
            let mut noise = Group::default();
            let mut groups = vec![Group::default(); assets];
            let stream = |asset: usize, lane: u64| basket.stream(asset).wrapping_add(lane);
            match lanes {
                Lanes::Paths { steps } => {
                    let mut carries = vec![[0.0; GROUP]; assets];
                    for (first, out) in (0_u64..).step_by(GROUP).zip(out.chunks_mut(GROUP * steps * assets)) {
                        carries.fill([0.0; GROUP]);
                        let is_whole = out.len() == GROUP * steps * assets;
                        for (block, column) in (0..).zip((0..steps).step_by(BLOCK)) {
                            for (i, group) in groups.iter_mut().enumerate() {
                                let streams = halves(|lane| stream(i, first.wrapping_add(lane)));
                                blocks(basket.key, &streams, &halves(|_| block), &mut noise);
                                invert(&noise, group);
                            }
                            mix(basket.factor, &mut groups);
                            for ((group, asset), carries) in groups.iter_mut().zip(basket.assets).zip(&mut carries) {
                                partials(asset.step, group);
                                totals(carries, group);
                                *carries = group[BLOCK - 1];
                                finish_group(asset.output, true, group);
                            }
                            let len = BLOCK.min(steps - column);
                            if is_whole && len == BLOCK {
                                write_assets(&groups, steps * assets, &mut out[column * assets..]);
                            } else {
                                write_some_assets(&groups, |lane, j| (j < len).then_some(lane * steps + column + j), out);
                            }
                        }
                    }
                }
                Lanes::Blocks { first_block, is_path } => {
                    let mut sums = vec![LogSum::default(); assets];
                    let chunks = out.chunks_mut(VALUES * assets);
                    for (first, out) in (first_block..).step_by(GROUP).zip(chunks) {
                        for (i, group) in groups.iter_mut().enumerate() {
                            let counters = halves(|lane| first.wrapping_add(lane));
                            blocks(basket.key, &halves(|_| stream(i, 0)), &counters, &mut noise);
                            invert(&noise, group);
                        }
                        mix(basket.factor, &mut groups);
                        for ((group, asset), sum) in groups.iter_mut().zip(basket.assets).zip(&mut sums) {
                            if is_path {
                                partials(asset.step, group);
                                let carries = carry(sum, group, out.len() / assets);
                                totals(&carries, group);
                            } else {
                                single_steps(asset.step, group);
                            }
                            finish_group(asset.output, true, group);
                        }
                        if out.len() == VALUES * assets {
                            write_assets(&groups, BLOCK * assets, out);
                        } else {
                            write_some_assets(&groups, |lane, j| Some(lane * BLOCK + j), out);
                        }
                    }
                }
            }
        }
    };
}
pub(super) use basket_stages;
