//! The noise: words, uniforms and normals, on several seeds, streams and positions.

use gbm_core::math::uniform;
use gbm_core::noise::Seed;
use statistical_tests::{Outcome, counts, moments, uniformity};

use crate::batteries::{addressed, bytes, coupling, cross, lag_one, largest_difference, serial_tests, substreams};
use crate::engine::Engine;
use crate::mimic::Mimic;
use crate::source::{Source, Stream};
use crate::suite::{level, pass, seed};

const N: usize = 10_000_000;

/// Everything there is to ask of a sequence of normals.
fn whole_battery(what: &str, mut normals: Vec<f64>) {
    pass(what, serial_tests(&normals));
    pass(what, moments::moments(normals.iter().copied(), level()));
    pass(what, [3.0, -3.0, 4.0, -4.0, 4.5, -4.5, 5.0, -5.0].map(|t| counts::tail(&normals, t, level())));
    normals.sort_unstable_by(f64::total_cmp);
    pass(what, [counts::ties(&normals, level()), uniformity::anderson_darling(&normals, level())]);
    uniformity::sort_into_probabilities(&mut normals);
    pass(what, [uniformity::kolmogorov_smirnov(&normals, level())]);
    pass(what, [uniformity::chi_square(normals, 1000, level())]);
}

fn words_and_uniforms(what: &str, engine: &Engine, stream: Stream) {
    pass(what, [bytes(engine, N / 10)]);
    let mut words = vec![0; N];
    engine.words(stream, 0, &mut words);
    pass(what, [uniforms(&words)]);
}

fn uniforms(words: &[u64]) -> Outcome {
    uniformity::chi_square(words.iter().map(|&word| uniform(word)), 1000, level())
}

#[test]
fn ten_million_normals_of_a_live_stream() {
    // Another seed than the paths have, whose increments are tested too.
    let (engine, stream) = (Engine(Seed::from(seed().wrapping_add(1))), Stream { asset: 0, path: 0 });
    words_and_uniforms("live stream", &engine, stream);
    let mut normals = vec![0.0; N];
    engine.normals(stream, 0, &mut normals);
    whole_battery("live stream", normals);
}

#[test]
fn ten_million_normals_of_the_last_stream_far_out() {
    let (engine, stream) = (Engine(Seed::from_key([0xa5; 32])), Stream { asset: u16::MAX, path: (1 << 40) - 1 });
    words_and_uniforms("256-bit seed", &engine, stream);
    let mut normals = vec![0.0; N];
    engine.normals(stream, 1_000_000_000_000, &mut normals);
    whole_battery("256-bit seed, last stream, step 10^12", normals);
}

/// The transpose of the other two: few words of many streams.
#[test]
fn ten_million_normals_of_a_hundred_thousand_streams() {
    let engine = Engine(Seed::from(0));
    let mut normals = vec![0.0; N];
    for (chunk, path) in normals.chunks_mut(100).zip(0..) {
        engine.normals(Stream { asset: 7, path }, 0, chunk);
    }
    whole_battery("seed 0, 10^5 streams", normals);
}

#[test]
fn streams_share_nothing() {
    let n = 100_000;
    let engine = Engine(Seed::from(seed()));
    pass("64 paths", [substreams(&engine, n)]);
    let assets = |k, first, column: &mut [f64]| engine.normals(Stream { asset: u16::from(k), path: 0 }, first, column);
    pass("64 assets", [cross(n, assets)]);
    let seeds = |k, first, column: &mut [f64]| {
        Engine(Seed::from(u64::from(k))).normals(Stream { asset: 0, path: 0 }, first, column);
    };
    pass("64 seeds", [cross(n, seeds)]);
}

/// The words are ChaCha8's, and the normals within 2·10⁻¹⁴ (relative) of another library's Φ⁻¹, in both tails.
#[test]
fn words_and_normals_agree_with_a_second_implementation() {
    let (engine, mimic) = (Engine(Seed::from(seed())), Mimic::of_the_laws());
    for stream in [Stream { asset: 0, path: 0 }, Stream { asset: 513, path: (1 << 40) - 7 }] {
        for first in [0, 3, (1 << 48) - 5] {
            let (mut ours, mut theirs) = (vec![0; 1000], vec![0; 1000]);
            engine.words(stream, first, &mut ours);
            mimic.words(stream, first, &mut theirs);
            assert_eq!(ours, theirs);
        }
        let (mut ours, mut theirs) = (vec![0.0; 100_000], vec![0.0; 100_000]);
        engine.normals(stream, 0, &mut ours);
        mimic.normals(stream, 0, &mut theirs);
        let error = ours.iter().zip(&theirs).map(|(x, y)| (x / y - 1.0).abs());
        let error = crate::batteries::largest(error);
        println!("largest relative difference of normals: {error:e}");
        assert!(error < 2e-14, "{error:e}");
    }
    assert_eq!(largest_difference(&[1.0, f64::NAN, 3.0], &[1.0; 3]).to_bits() << 1 >> 53, 0x7ff, "NaN isn't lost");
}

/// Step j moves the price by word j's normal; an intervention doesn't move the noise.
#[test]
fn a_step_reads_its_own_word() {
    let engine = Engine(Seed::from(seed()));
    pass(
        "steering",
        [addressed(&engine, &Mimic::of_the_laws(), 100_000), coupling(&engine, 100_000), lag_one(&engine, 100_000)],
    );
}
