//! The stages of a fill, written once over a vector's primitives and compiled for each instruction set.
//!
//! A group is 8 words of each of `GROUP` lanes, `[word][lane]`: a block of the generator and a block of the sum. Lanes are
//! paths, or the blocks of one path; nothing else differs between filling many paths and filling one.
//!
//! Each stage is a loop of its own over a group on the stack: independent vectors overlap in the processor, and none waits
//! for the stage before.

/// Defines the stages in a module that has the primitives of one instruction set.
macro_rules! stages {
    ($(#[$target:meta])*) => {
        use core::hint::black_box;

        use crate::kernel::chacha::{DOUBLE_ROUNDS, SIGMA};
        use crate::kernel::{Output, Source, may_saturate};
        use crate::math::SATURATION;
        use crate::math::coefficients::{EXP2, EXP2_HIGH, LN_2};
        use crate::math::exp2::{ROUND, ROUND_26};
        use crate::math::inverse_normal::{INDEX_SHIFT, OFFSET_SHIFT, row_at};
        use crate::process::{BLOCK, LinearStep, LogSum};

        crate::kernel::basket_stages::basket_stages! { $(#[$target])* }

        /// Vectors that go through an exponential side by side: as many as the registers hold.
        const LOCKSTEP: usize = if GROUP == 1 { 1 } else if WIDTH == 8 { 8 } else { 4 };
        /// Vectors in one row of a group.
        const VECTORS: usize = GROUP / WIDTH;
        /// Values in a group.
        pub(in crate::kernel) const VALUES: usize = BLOCK * GROUP;
        type Group<T> = crate::kernel::group::Group<T, GROUP>;

        /// The vector `q` of a row.
        $(#[$target])*
        #[inline]
        fn part<T>(row: &[T; GROUP], q: usize) -> &[T; WIDTH] {
            &row.as_chunks().0[q]
        }

        $(#[$target])*
        #[inline]
        fn part_mut<T>(row: &mut [T; GROUP], q: usize) -> &mut [T; WIDTH] {
            &mut row.as_chunks_mut().0[q]
        }

        /// One 64-bit number for each lane, as two halves in the order in which `pair` joins them.
        struct Halves {
            low: [u32; GROUP],
            high: [u32; GROUP],
        }

        #[inline]
        #[allow(clippy::cast_possible_truncation, reason = "the two halves of a word")]
        fn halves(lane: impl Fn(u64) -> u64) -> Halves {
            let mut halves = Halves { low: [0; GROUP], high: [0; GROUP] };
            for (element, &place) in ORDER.iter().enumerate() {
                let word = lane(place);
                (halves.low[element], halves.high[element]) = (word as u32, (word >> 32) as u32);
            }
            halves
        }

        $(#[$target])*
        #[inline]
        fn quarter(s: &mut [D; 16], a: usize, b: usize, c: usize, d: usize) {
            s[a] = add_32(s[a], s[b]);
            s[d] = rotate_16(xor_32(s[d], s[a]));
            s[c] = add_32(s[c], s[d]);
            s[b] = rotate_12(xor_32(s[b], s[c]));
            s[a] = add_32(s[a], s[b]);
            s[d] = rotate_8(xor_32(s[d], s[a]));
            s[c] = add_32(s[c], s[d]);
            s[b] = rotate_7(xor_32(s[b], s[c]));
        }

        /// One block of each lane, as [`crate::kernel::chacha::block`].
        $(#[$target])*
        #[inline]
        fn blocks(key: &[u32; 8], stream: &Halves, counter: &Halves, words: &mut Group<u64>) {
            let mut start = [splat_32(0); 16];
            for (row, &constant) in start.iter_mut().zip(SIGMA.iter().chain(key)) {
                *row = splat_32(constant);
            }
            start[12] = load_32(&counter.low);
            start[13] = load_32(&counter.high);
            start[14] = load_32(&stream.low);
            start[15] = load_32(&stream.high);
            let mut s = start;
            for _ in 0..DOUBLE_ROUNDS {
                quarter(&mut s, 0, 4, 8, 12);
                quarter(&mut s, 1, 5, 9, 13);
                quarter(&mut s, 2, 6, 10, 14);
                quarter(&mut s, 3, 7, 11, 15);
                quarter(&mut s, 0, 5, 10, 15);
                quarter(&mut s, 1, 6, 11, 12);
                quarter(&mut s, 2, 7, 8, 13);
                quarter(&mut s, 3, 4, 9, 14);
            }
            for (i, row) in words.iter_mut().enumerate() {
                pair(add_32(s[2 * i], start[2 * i]), add_32(s[2 * i + 1], start[2 * i + 1]), row);
            }
        }

        /// The blocks of one stream, one after another.
        $(#[$target])*
        #[inline]
        fn blocks_of(source: Source<'_>, first: u64, words: &mut Group<u64>) {
            blocks(source.key, &halves(|_| source.stream), &halves(|lane| first.wrapping_add(lane)), words);
        }

        /// The standard normals of words, as [`crate::math::inverse_normal`]: offsets into table and segment of the whole
        /// group first, then the look-ups, so that none waits for an address.
        $(#[$target])*
        #[inline]
        fn invert(words: &Group<u64>, normals: &mut Group<f64>) {
            let mut offsets = Group::<u64>::default();
            let below_half = splat(0.5 - f64::EPSILON / 4.0);
            let below_index = splat_64((1 << INDEX_SHIFT) - 1);
            for j in 0..BLOCK {
                for q in 0..VECTORS {
                    let word = load_64(part(&words[j], q));
                    // Bits 11 to 62 become the fraction of a number in [½, 1), which is moved to (0, ½) exactly.
                    let folded = shift_right::<11>(xor(word, sign_mask(word)));
                    let u = sub(float(or(folded, splat_64(0.5_f64.to_bits()))), below_half);
                    store_64(shift_right::<OFFSET_SHIFT>(bits(u)), part_mut(&mut offsets[j], q));
                    let right = float(add_64(or(bits(u), below_index), splat_64(1)));
                    store(sub(right, u), part_mut(&mut normals[j], q));
                }
            }
            for j in 0..BLOCK {
                for q in 0..VECTORS {
                    let c = transpose_rows(part(&offsets[j], q).each_ref().map(row_at));
                    let t = load(part(&normals[j], q));
                    let mut y = c[5];
                    y = add(c[4], mul(t, y));
                    y = add(c[3], mul(t, y));
                    y = add(c[2], mul(t, y));
                    y = add(c[1], mul(t, y));
                    y = add(c[0], mul(t, y));
                    let below = and_not(load_64(part(&words[j], q)), splat_64(1 << 63));
                    store(float(xor(bits(y), below)), part_mut(&mut normals[j], q));
                }
            }
        }

        /// Sums the normals of each lane's block: P after each of its steps.
        $(#[$target])*
        #[inline]
        fn partials(step: LinearStep, sums: &mut Group<f64>) {
            let (drift, diffusion) = (splat(step.drift), splat(step.diffusion));
            for q in 0..VECTORS {
                let mut partial = splat(0.0);
                for row in sums.iter_mut() {
                    let place = part_mut(row, q);
                    partial = add(partial, add(drift, mul(diffusion, load(place))));
                    store(partial, place);
                }
            }
        }

        /// Turns normals into the totals of paths with a single step.
        $(#[$target])*
        #[inline]
        fn single_steps(step: LinearStep, sums: &mut Group<f64>) {
            for row in sums.iter_mut() {
                for q in 0..VECTORS {
                    let place = part_mut(row, q);
                    let increment = add(splat(step.drift), mul(splat(step.diffusion), load(place)));
                    store(add(splat(0.0), increment), place);
                }
            }
        }

        /// C + P: adds what each lane carries.
        $(#[$target])*
        #[inline]
        fn totals(carries: &[f64; GROUP], sums: &mut Group<f64>) {
            for row in sums.iter_mut() {
                for q in 0..VECTORS {
                    let place = part_mut(row, q);
                    store(add(load(part(carries, q)), load(place)), place);
                }
            }
        }

        /// What each lane carries where lanes are the blocks of one path. `sum` moves on by `len` values.
        $(#[$target])*
        #[inline]
        fn carry(sum: &mut LogSum, partials: &Group<f64>, len: usize) -> [f64; GROUP] {
            let mut carries = [0.0; GROUP];
            let mut running = sum.carry;
            for (carry, last) in carries.iter_mut().zip(&partials[BLOCK - 1]) {
                *carry = running;
                running += last;
            }
            let (lane, within) = (len / BLOCK, len % BLOCK);
            let partial = if within == 0 { 0.0 } else { partials[within - 1][lane] };
            *sum = LogSum { carry: carries.get(lane).copied().unwrap_or(running), partial };
            carries
        }

        /// As [`crate::math::exp2`] in range. The vectors go in lockstep, since every operation waits for its vector's last one,
        /// and the processor doesn't look far enough ahead to find the next vector's by itself.
        $(#[$target])*
        #[inline]
        fn exp2(x: [F; LOCKSTEP]) -> [F; LOCKSTEP] {
            let (mut shifted, mut f, mut h) = (x, x, [splat(EXP2[10]); LOCKSTEP]);
            for i in 0..LOCKSTEP {
                shifted[i] = add(sub(x[i], splat(0.25)), splat(ROUND));
                f[i] = sub(x[i], sub(shifted[i], splat(ROUND)));
            }
            // A loop that stays one: unrolled, the compiler would put one vector behind the other.
            for &coefficient in black_box(&EXP2[..10]).iter().rev() {
                for i in 0..LOCKSTEP {
                    h[i] = add(splat(coefficient), mul(f[i], h[i]));
                }
            }
            let high = splat(EXP2_HIGH);
            for i in 0..LOCKSTEP {
                let coarse = sub(add(f[i], splat(ROUND_26)), splat(ROUND_26));
                let fine = sub(f[i], coarse);
                let p = add(add(splat(1.0), mul(coarse, high)), add(mul(fine, high), mul(f[i], h[i])));
                h[i] = float(add_64(bits(p), shift_left::<52>(bits(shifted[i]))));
            }
            h
        }

        /// Saturates log-prices. A pass of its own, since hardly any model gets there.
        $(#[$target])*
        #[cold]
        fn saturate(values: &mut Group<f64>) {
            for row in values.iter_mut() {
                for q in 0..VECTORS {
                    let place = part_mut(row, q);
                    store(min(max(load(place), splat(-SATURATION)), splat(SATURATION)), place);
                }
            }
        }

        /// Turns log-prices in log₂ units into what is asked for.
        $(#[$target])*
        #[inline]
        fn finish_group(output: Output, may_saturate: bool, values: &mut Group<f64>) {
            if matches!(output, Output::Log2) {
                return;
            }
            if may_saturate {
                saturate(values);
            }
            for run in values.as_flattened_mut().as_chunks_mut::<{ LOCKSTEP * WIDTH }>().0 {
                let (places, _) = run.as_chunks_mut::<WIDTH>();
                let mut x = [splat(0.0); LOCKSTEP];
                for i in 0..LOCKSTEP {
                    x[i] = load(&places[i]);
                }
                match output {
                    Output::Price { spot } => {
                        x = exp2(x);
                        for x in &mut x {
                            *x = mul(splat(spot), *x);
                        }
                    }
                    Output::LogPrice { ln_spot } => {
                        for x in &mut x {
                            *x = add(splat(ln_spot), mul(splat(LN_2), *x));
                        }
                    }
                    Output::Log2 => {}
                }
                for i in 0..LOCKSTEP {
                    store(x[i], &mut places[i]);
                }
            }
        }

        /// Writes each lane's eight values behind one another, to `out[lane·stride..]`.
        $(#[$target])*
        #[inline]
        fn write(group: &[[f64; GROUP]; BLOCK], stride: usize, out: &mut [f64]) {
            for q in 0..VECTORS {
                for j in (0..BLOCK).step_by(WIDTH) {
                    let mut square = [splat(0.0); WIDTH];
                    for (row, vector) in group[j..].iter().zip(&mut square) {
                        *vector = load(part(row, q));
                    }
                    for (lane, vector) in (q * WIDTH..).zip(transpose(square)) {
                        if let Some(place) = out[lane * stride + j..].first_chunk_mut() {
                            store(vector, place);
                        }
                    }
                }
            }
        }

        /// Writes the first `len` of each of the first lanes' values, as many lanes as `out` has rows.
        $(#[$target])*
        fn write_some(group: &Group<f64>, stride: usize, len: usize, out: &mut [f64]) {
            for (lane, out) in (0..GROUP).zip(out.chunks_mut(stride)) {
                for (value, row) in out[..len].iter_mut().zip(group.iter()) {
                    *value = row[lane];
                }
            }
        }

        /// Writes a group whose lanes follow one another, as far as `out` goes.
        $(#[$target])*
        #[inline]
        fn write_line(group: &[[f64; GROUP]; BLOCK], out: &mut [f64]) {
            if out.len() == VALUES {
                return write(group, BLOCK, out);
            }
            let mut line = [0.0; VALUES];
            write(group, BLOCK, &mut line);
            let len = out.len();
            out.copy_from_slice(&line[..len]);
        }

        /// Words of a stream from a block's first on.
        $(#[$target])*
        pub(in crate::kernel) fn words(source: Source<'_>, first_block: u64, out: &mut [u64]) {
            let mut noise = Group::<u64>::default();
            for (first, out) in (first_block..).step_by(GROUP).zip(out.chunks_mut(VALUES)) {
                blocks_of(source, first, &mut noise);
                write_line(bytemuck::must_cast_ref(&*noise), bytemuck::must_cast_slice_mut(out));
            }
        }

        /// The normals of given words, as far as the shorter slice goes.
        $(#[$target])*
        pub(in crate::kernel) fn inverse_normals(words: &[u64], out: &mut [f64]) {
            let (mut noise, mut group) = (Group::default(), Group::default());
            for (words, out) in words.chunks(VALUES).zip(out.chunks_mut(VALUES)) {
                let len = words.len().min(out.len());
                noise.as_flattened_mut()[..len].copy_from_slice(&words[..len]);
                invert(&noise, &mut group);
                out[..len].copy_from_slice(&group.as_flattened()[..len]);
            }
        }

        /// Turns log-prices in log₂ units into what is asked for, in place.
        $(#[$target])*
        pub(in crate::kernel) fn finish(output: Output, values: &mut [f64]) {
            let mut group = Group::default();
            for values in values.chunks_mut(VALUES) {
                let len = values.len();
                group.as_flattened_mut()[..len].copy_from_slice(values);
                finish_group(output, true, &mut group);
                values.copy_from_slice(&group.as_flattened()[..len]);
            }
        }

        /// One path from a block's first step on, where `sum` stands.
        $(#[$target])*
        pub(in crate::kernel) fn line(
            source: Source<'_>,
            first_block: u64,
            step: LinearStep,
            sum: &mut LogSum,
            output: Output,
            out: &mut [f64],
        ) {
            let (mut noise, mut group) = (Group::default(), Group::default());
            let (mut next, mut left) = (first_block, out.len());
            if left > 0 {
                blocks_of(source, next, &mut noise);
            }
            for out in out.chunks_mut(VALUES) {
                invert(&noise, &mut group);
                partials(step, &mut group);
                let may_saturate = may_saturate(step, sum.carry, VALUES);
                let carries = carry(sum, &group, out.len());
                (next, left) = (next.wrapping_add(GROUP as u64), left - out.len());
                if left > 0 {
                    // The next group's words, for which nothing waits, while the carries wait for one another.
                    blocks_of(source, next, &mut noise);
                }
                totals(&carries, &mut group);
                finish_group(output, may_saturate, &mut group);
                write_line(&group, out);
            }
        }

        /// Paths of a single step each, which take one word after another from a block's first on.
        $(#[$target])*
        pub(in crate::kernel) fn singles(
            source: Source<'_>,
            first_block: u64,
            step: LinearStep,
            output: Output,
            out: &mut [f64],
        ) {
            let (mut noise, mut group) = (Group::default(), Group::default());
            let may_saturate = may_saturate(step, 0.0, 1);
            for (first, out) in (first_block..).step_by(GROUP).zip(out.chunks_mut(VALUES)) {
                blocks_of(source, first, &mut noise);
                invert(&noise, &mut group);
                single_steps(step, &mut group);
                finish_group(output, may_saturate, &mut group);
                write_line(&group, out);
            }
        }

        /// Paths on neighbouring streams, `steps` values each, all from step 0 on. Lanes beyond the last path are computed
        /// and dropped.
        $(#[$target])*
        pub(in crate::kernel) fn rows(
            source: Source<'_>,
            steps: usize,
            step: LinearStep,
            output: Output,
            out: &mut [f64],
        ) {
            let (mut noise, mut group) = (Group::default(), Group::default());
            let may_saturate = may_saturate(step, 0.0, steps);
            for (first, out) in (source.stream..).step_by(GROUP).zip(out.chunks_mut(GROUP * steps)) {
                let is_whole = out.len() == GROUP * steps;
                let streams = halves(|lane| first.wrapping_add(lane));
                let mut carries = [0.0; GROUP];
                for (block, column) in (0..).zip((0..steps).step_by(BLOCK)) {
                    blocks(source.key, &streams, &halves(|_| block), &mut noise);
                    invert(&noise, &mut group);
                    partials(step, &mut group);
                    totals(&carries, &mut group);
                    carries = group[BLOCK - 1];
                    finish_group(output, may_saturate, &mut group);
                    let (len, out) = (BLOCK.min(steps - column), &mut out[column..]);
                    if is_whole && len == BLOCK {
                        write(&group, steps, out);
                    } else {
                        write_some(&group, steps, len, out);
                    }
                }
            }
        }
    };
}
pub(super) use stages;
