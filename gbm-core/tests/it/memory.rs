//! How much memory a market takes: an allocator that counts, thread by thread.

#![allow(unsafe_code, reason = "an allocator is unsafe code; this one hands everything on to the system's")]

use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;

use gbm_core::model::Preset;
use gbm_core::prelude::*;

use crate::zoo::{self, Animal, market};

thread_local! {
    /// Bytes that this thread holds, and the most it has held.
    static HELD: Cell<(isize, isize)> = const { Cell::new((0, 0)) };
}

struct Counting;

fn note(bytes: isize) {
    let (held, most) = HELD.get();
    HELD.set((held + bytes, most.max(held + bytes)));
}

// SAFETY: every call goes to the system's allocator as it came.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        note(layout.size().cast_signed());
        // SAFETY: as for this function.
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        note(-layout.size().cast_signed());
        // SAFETY: as for this function.
        unsafe { System.dealloc(pointer, layout) }
    }
}

#[global_allocator]
static COUNTING: Counting = Counting;

/// The most bytes that some work has held beyond what was held before it.
fn most_held(work: impl FnOnce()) -> isize {
    let (before, _) = HELD.get();
    HELD.set((before, before));
    work();
    HELD.get().1 - before
}

fn ticks(simulation: &mut Simulation<Model>, count: u64) -> f64 {
    let mut quotes = [Quote::default()];
    let mut sum = 0.0;
    for _ in 0..count {
        simulation.step_into(&mut quotes).unwrap();
        sum += quotes[0].price;
    }
    sum
}

#[test]
fn the_allocator_counts() {
    let held = most_held(|| drop(std::hint::black_box(vec![0_u8; 3 << 20])));
    assert!((3 << 20..4 << 20).contains(&held), "{held}");
}

#[test]
fn a_long_simulation_of_btc_takes_less_than_a_mebibyte() {
    let count = if std::env::var_os("ALGO_TRADING_LONG").is_some() { 100_000_000 } else { 1_000_000 };
    let market = market(&Preset::Btc.model(), 1);
    let held = most_held(|| {
        let sum = ticks(&mut Simulation::new(market), count);
        assert!(sum.is_finite());
    });
    println!("{count} ticks of btc: at most {held} bytes");
    assert!(held < 1 << 20, "{held}");
}

#[test]
fn no_model_takes_more_as_it_goes_on() {
    for Animal { name, model, .. } in zoo::all() {
        let mut simulation = Simulation::new(market(&model, 1));
        // Steered, so that both tracks are computed.
        simulation.intervene(&crate::support::at(10, r#"{"kind":"volatility_scale","factor":2}"#)).unwrap();
        ticks(&mut simulation, 1000);
        let held = most_held(|| assert!(ticks(&mut simulation, 50_000) > 0.0));
        assert!(held < 1 << 16, "{name}: {held}");
        let stream = zoo::paths(1, 100_000);
        let held = most_held(|| {
            let sum: f64 = stream.stream(&model, Price::new(1.0).unwrap()).unwrap().sum();
            assert!(sum.is_finite());
        });
        assert!(held < 1 << 16, "{name}: {held} for a stream");
    }
}
