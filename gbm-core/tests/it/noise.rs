//! The noise against `rand_chacha`, and through `rand_distr`.

use gbm_core::math::inverse_normal;
use gbm_core::noise::{Domain, NoiseStream, Seed, StreamError, StreamId, word_index};
use rand_chacha::ChaCha8Rng;
use rand_core::{Rng, SeedableRng};

use crate::support::Dice;

fn reference(key: [u8; 32], stream: u64, word: u128) -> ChaCha8Rng {
    let mut reference = ChaCha8Rng::from_seed(key);
    reference.set_stream(stream);
    // Its positions count words of 32 bits.
    reference.set_word_pos(2 * word);
    reference
}

fn random_key(dice: &mut Dice) -> [u8; 32] {
    let mut key = [0; 32];
    key.as_chunks_mut::<8>().0.iter_mut().for_each(|chunk| *chunk = dice.word().to_le_bytes());
    key
}

fn random_stream(dice: &mut Dice) -> StreamId {
    let domain = if dice.below(2) == 0 { Domain::Diffusion } else { Domain::Jumps };
    StreamId::new(domain, dice.word() as u16, dice.word() >> 24).unwrap()
}

#[test]
fn words_equal_rand_chacha_at_random_keys_streams_and_positions() {
    let mut dice = Dice(7);
    for _ in 0..2000 {
        let (key, stream) = (random_key(&mut dice), random_stream(&mut dice));
        let shift = dice.below(64);
        let start = dice.word() >> shift;
        let mut noise = NoiseStream::new(Seed::from_key(key), stream);
        let mut reference = reference(key, stream.get(), u128::from(start));
        for word in start..start.saturating_add(20) {
            assert_eq!(noise.word(word), reference.next_u64(), "stream {:#x}, word {word:#x}", stream.get());
        }
    }
}

#[test]
fn blocks_carry_across_2_to_the_32_and_reach_the_last_counter() {
    let mut dice = Dice(8);
    let (key, stream) = (random_key(&mut dice), random_stream(&mut dice));
    let noise = NoiseStream::new(Seed::from_key(key), stream);
    for counter in [0, 1, u64::from(u32::MAX), 1 << 32, (1 << 32) + 1, u64::MAX] {
        let mut reference = reference(key, stream.get(), u128::from(counter) * 8);
        let expected: Vec<u64> = (0..8).map(|_| reference.next_u64()).collect();
        assert_eq!(noise.block(counter).to_vec(), expected, "block {counter:#x}");
    }
}

#[test]
fn after_the_last_word_comes_the_first() {
    let mut noise = NoiseStream::new(Seed::from(42), StreamId::live(Domain::Diffusion, 0));
    for back in [1, 5, 15, 16, 64, 65, 100] {
        let first = u64::MAX - back;
        let expected: Vec<u64> = (0..1000)
            .map(|offset| noise.block(first.wrapping_add(offset) / 8)[(first.wrapping_add(offset) % 8) as usize])
            .collect();
        noise.seek(first);
        let one_by_one: Vec<u64> = (0..1000).map(|_| noise.next_word()).collect();
        let (mut words, mut normals) = (vec![0; 1000], vec![0.0; 1000]);
        noise.fill_words(first, &mut words);
        noise.fill_normals(first, &mut normals);
        assert!(one_by_one == expected && words == expected, "{back} before the end");
        assert!(expected.iter().map(|&word| inverse_normal(word)).eq(normals), "{back} before the end");
    }
}

#[test]
fn order_of_reading_does_not_matter() {
    let stream = StreamId::live(Domain::Diffusion, 3);
    let mut noise = NoiseStream::new(Seed::from(42), stream);
    let forward: Vec<u64> = (0..1000).map(|index| noise.word(index)).collect();
    let backward: Vec<u64> = (0..1000).rev().map(|index| noise.word(index)).collect();
    assert!(forward.iter().eq(backward.iter().rev()));
    noise.seek(500);
    assert_eq!((noise.next_word(), noise.position()), (forward[500], 501));
    assert_eq!(noise.normal(17), inverse_normal(forward[17]));
    assert_eq!(word_index(1_000_000_000_000, 16, 3), 16_000_000_000_003);
}

#[test]
fn streams_keep_their_parts_apart() {
    let streams = [
        StreamId::new(Domain::Diffusion, 0, 0),
        StreamId::new(Domain::Diffusion, 0, 1),
        StreamId::new(Domain::Diffusion, 1, 0),
        StreamId::new(Domain::Jumps, 0, 0),
        StreamId::new(Domain::Diffusion, u16::MAX, (1 << 40) - 1),
    ];
    let mut words: Vec<u64> =
        streams.iter().map(|stream| NoiseStream::new(Seed::from(42), stream.unwrap()).word(0)).collect();
    words.sort_unstable();
    words.dedup();
    assert_eq!(words.len(), streams.len());
    assert_eq!(StreamId::new(Domain::Jumps, 1, 1 << 40), Err(StreamError::Path(1 << 40)));
    assert_eq!(StreamId::live(Domain::Jumps, 9), StreamId::new(Domain::Jumps, 9, 0).unwrap());
}

#[test]
fn nothing_secret_is_shown_by_debug() {
    let noise = NoiseStream::new(Seed::from(123_456_789), StreamId::live(Domain::Diffusion, 0));
    let shown = format!("{:?} {noise:?}", Seed::from(123_456_789));
    assert!(!shown.contains("123456789") && !shown.contains("key") && !shown.contains("words"), "{shown}");
}

#[cfg(feature = "rand")]
mod rand_traits {
    use rand_distr::{Distribution, Gamma, StandardNormal};

    use super::*;
    use gbm_core::stats::Moments;

    #[test]
    fn rand_distr_samples_from_a_stream() {
        let mut noise = NoiseStream::new(Seed::from(42), StreamId::live(Domain::Diffusion, 0));
        let normals: Moments = (0..200_000).map(|_| Distribution::<f64>::sample(&StandardNormal, &mut noise)).collect();
        assert!(normals.mean().abs() < 0.012 && (normals.variance().unwrap() - 1.0).abs() < 0.02);
        let gamma = Gamma::new(3.0, 2.0).unwrap();
        let gammas: Moments = (0..200_000).map(|_| gamma.sample(&mut noise)).collect();
        assert!((gammas.mean() - 6.0).abs() < 0.05);
    }

    #[test]
    fn words_and_bytes_come_in_the_same_order() {
        let stream = StreamId::live(Domain::Diffusion, 0);
        let (mut words, mut bytes) = (NoiseStream::new(Seed::from(1), stream), NoiseStream::new(Seed::from(1), stream));
        let mut filled = [0; 20];
        bytes.fill_bytes(&mut filled);
        let expected: Vec<u8> = (0..3).flat_map(|_| words.next_u64().to_le_bytes()).take(20).collect();
        assert_eq!(filled.to_vec(), expected);
        assert_eq!(bytes.next_u32(), words.next_u64() as u32);
    }
}
