/// The most bytes of text that are read.
pub const MAX_TEXT_BYTES: usize = 256 << 10;
/// The most commands that a scenario makes.
pub const MAX_COMMANDS: usize = 1000;
/// The most parameters.
pub const MAX_PARAMETERS: usize = 64;
/// The longest name: of a scenario, a parameter or a step.
pub const MAX_NAME_CHARS: usize = 32;
/// The longest title.
pub const MAX_TITLE_CHARS: usize = 100;
/// The longest description, of a scenario or a parameter.
pub const MAX_DESCRIPTION_CHARS: usize = 500;
/// How many ticks ahead of a simulation a copy of it may run: a second or two of work.
pub const MAX_LOOK_AHEAD_TICKS: u64 = 100_000_000;
/// The most points of a dry run.
pub const MAX_POINTS: usize = 10_000;
