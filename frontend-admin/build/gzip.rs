//! Compression that takes its time: what is made here once is sent to every visitor.

/// The bytes compressed, or nothing if that is no shorter.
pub(crate) fn compressed(bytes: &[u8]) -> Option<Vec<u8>> {
    let mut gzip = Vec::new();
    zopfli::compress(zopfli::Options::default(), zopfli::Format::Gzip, bytes, &mut gzip).ok()?;
    (gzip.len() < bytes.len()).then_some(gzip)
}
