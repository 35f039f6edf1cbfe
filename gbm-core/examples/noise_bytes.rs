//! The noise of one stream as raw bytes without end, for batteries of tests: `noise_bytes SEED PATH | dieharder -a -g 200`.

use std::io::{ErrorKind, Write};

use gbm_core::noise::{Domain, NoiseStream, Seed, StreamId};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut arguments = std::env::args().skip(1);
    let (Some(seed), Some(path), None) = (arguments.next(), arguments.next(), arguments.next()) else {
        return Err("usage: noise_bytes SEED PATH".into());
    };
    let seed = Seed::from(seed.parse::<u64>()?);
    let mut noise = NoiseStream::new(seed, StreamId::new(Domain::Diffusion, 0, path.parse()?)?);
    let mut bytes = vec![0; 1 << 16];
    let mut out = std::io::stdout().lock();
    loop {
        for word in bytes.as_chunks_mut::<8>().0 {
            *word = noise.next_word().to_le_bytes();
        }
        match out.write_all(&bytes) {
            // Whoever reads has read enough.
            Err(error) if error.kind() == ErrorKind::BrokenPipe => return Ok(()),
            result => result?,
        }
    }
}
