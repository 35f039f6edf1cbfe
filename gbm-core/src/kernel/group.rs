//! What the stages work on.

use core::ops::{Deref, DerefMut};

use crate::process::BLOCK;

/// A block of each lane's words or values, `[step][lane]`, aligned so that no vector straddles two cache lines.
#[derive(Clone, Copy, Debug)]
#[repr(C, align(64))]
pub(super) struct Group<T, const LANES: usize>([[T; LANES]; BLOCK]);

impl<T: Copy + Default, const LANES: usize> Default for Group<T, LANES> {
    fn default() -> Self {
        Self([[T::default(); LANES]; BLOCK])
    }
}

impl<T, const LANES: usize> Deref for Group<T, LANES> {
    type Target = [[T; LANES]; BLOCK];

    fn deref(&self) -> &Self::Target {
        &self.0
    }
}

impl<T, const LANES: usize> DerefMut for Group<T, LANES> {
    fn deref_mut(&mut self) -> &mut Self::Target {
        &mut self.0
    }
}
