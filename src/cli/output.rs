use std::io::{BufWriter, ErrorKind, IsTerminal, StdoutLock, Write};
use std::path::Path;
use std::time::Duration;

use clap::ValueEnum;
use gbm_core::engine::Quote;
use gbm_core::prelude::*;
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use jiff::Timestamp;
use serde::Serialize;
use tempfile::NamedTempFile;

use super::error::{CliError, Result, in_file};

/// Progress is shown once in as many ticks.
const PROGRESS_TICKS: u64 = 1 << 16;

/// What to print.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(super) enum Format {
    /// tick,timestamp,instrument,price,reference
    #[default]
    Csv,
    /// {"tick", "t" (Unix milliseconds), "instrument", "price", "reference"}
    Jsonl,
    /// Only the digest of all ticks, at the end
    Digest,
}

/// A progress bar on standard error; nothing where that is no terminal.
pub(super) struct Progress(ProgressBar);

impl Progress {
    /// A bar over so many ticks, or none, where ticks run over the same terminal.
    pub(super) fn new(ticks: u64, hidden: bool) -> Self {
        Self::of(ticks, "ticks", hidden)
    }

    /// The same over so many of anything.
    pub(super) fn of(ticks: u64, unit: &str, hidden: bool) -> Self {
        let target = if hidden { ProgressDrawTarget::hidden() } else { ProgressDrawTarget::stderr() };
        let bar = ProgressBar::with_draw_target(Some(ticks), target);
        let template = format!("{{bar:40}} {{human_pos}}/{{human_len}} {unit}  {{eta}}");
        if let Ok(style) = ProgressStyle::with_template(&template) {
            bar.set_style(style);
        }
        bar.enable_steady_tick(Duration::from_millis(200));
        Self(bar)
    }

    pub(super) fn tick(&self, tick: u64) {
        if tick.is_multiple_of(PROGRESS_TICKS) {
            self.0.inc(PROGRESS_TICKS);
        }
    }

    /// So many are done.
    pub(super) fn reach(&self, ticks: u64) {
        self.0.set_position(ticks);
    }

    pub(super) fn finish(&self) {
        self.0.finish_and_clear();
    }
}

#[derive(Serialize)]
struct TickLine<'a> {
    tick: u64,
    t: i64,
    instrument: &'a str,
    price: f64,
    reference: f64,
}

/// Ticks on standard output, and a progress bar where standard error is a terminal that they don't run over.
pub(super) struct TickWriter {
    format: Format,
    grid: TimeGrid,
    names: Vec<String>,
    out: BufWriter<StdoutLock<'static>>,
    progress: Progress,
    keeps_going: bool,
    muted: bool,
}

impl TickWriter {
    /// A writer for the ticks after `from`, up to `to`. A run that also writes files keeps going when its reader has seen
    /// enough.
    pub(super) fn new(format: Format, market: &Market<Model>, from: u64, to: u64, keeps_going: bool) -> Result<Self> {
        let stdout = std::io::stdout();
        let progress = Progress::new(to - from, format != Format::Digest && stdout.is_terminal());
        let out = BufWriter::with_capacity(1 << 16, stdout.lock());
        let names = market.instruments().iter().map(|instrument| instrument.name.clone()).collect();
        let mut writer = Self { format, grid: market.grid(), names, out, progress, keeps_going, muted: false };
        if format == Format::Csv {
            let written = writer.out.write_all(b"tick,timestamp,instrument,price,reference\n");
            writer.written(written)?;
        }
        Ok(writer)
    }

    /// Writes a tick.
    pub(super) fn tick(&mut self, tick: u64, quotes: &[Quote]) -> Result<()> {
        self.progress.tick(tick);
        if self.format == Format::Digest || self.muted {
            return Ok(());
        }
        let t = self.grid.time_ms(tick)?;
        for (place, &Quote { price, reference, is_halted }) in quotes.iter().enumerate() {
            if is_halted {
                continue;
            }
            let name = self.names.get(place).map_or("", String::as_str);
            let written = match self.format {
                Format::Csv => write_csv(&mut self.out, tick, t, name, price, reference),
                Format::Jsonl => write_json(&mut self.out, &TickLine { tick, t, instrument: name, price, reference }),
                Format::Digest => Ok(()),
            };
            self.written(written)?;
        }
        Ok(())
    }

    fn written(&mut self, result: std::io::Result<()>) -> Result<()> {
        match result {
            Err(error) if self.keeps_going && error.kind() == ErrorKind::BrokenPipe => self.muted = true,
            other => other.map_err(CliError::Output)?,
        }
        Ok(())
    }

    /// Writes the digest if that was asked for, and everything that is still buffered.
    pub(super) fn finish(mut self, digest: impl std::fmt::Display) -> Result<()> {
        self.progress.finish();
        if self.format == Format::Digest {
            let written = writeln!(self.out, "{digest}");
            self.written(written)?;
        }
        let flushed = self.out.flush();
        self.written(flushed)
    }
}

fn write_csv(out: &mut impl Write, tick: u64, t: i64, name: &str, price: f64, reference: f64) -> std::io::Result<()> {
    match time_text(t) {
        Some(time) => writeln!(out, "{tick},{time},{name},{price},{reference}"),
        None => writeln!(out, "{tick},{t},{name},{price},{reference}"),
    }
}

fn write_json(out: &mut impl Write, line: &TickLine<'_>) -> std::io::Result<()> {
    serde_json::to_writer(&mut *out, line)?;
    out.write_all(b"\n")
}

/// A time as RFC 3339, up to the year 9999.
pub(super) fn time_text(time_ms: i64) -> Option<Timestamp> {
    Timestamp::from_millisecond(time_ms).ok()
}

/// Tells what is allowed and may surprise.
#[allow(clippy::print_stderr, reason = "standard output belongs to results")]
pub(super) fn tell_note(note: Option<impl std::fmt::Display>) {
    if let Some(note) = note {
        eprintln!("note: {note}");
    }
}

/// Writes lines to standard output.
pub(super) fn print(text: &str) -> Result<()> {
    let mut out = std::io::stdout().lock();
    out.write_all(text.as_bytes()).and_then(|()| out.flush()).map_err(CliError::Output)
}

/// A file beside a path's place, to become it; the errors are of the path itself.
pub(super) fn beside(path: &Path) -> Result<NamedTempFile> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    if path.is_dir() || path.file_name().is_none() {
        return in_file(path, Err(std::io::Error::from(std::io::ErrorKind::IsADirectory)));
    }
    in_file(path, std::fs::metadata(folder).and_then(|_| NamedTempFile::new_in(folder)))
}

/// A file on its way: one beside its place, which is renamed when it is whole, and removed otherwise.
pub(super) struct WholeFile<'a> {
    path: &'a Path,
    file: NamedTempFile,
}

impl<'a> WholeFile<'a> {
    pub(super) fn create(path: &'a Path) -> Result<Self> {
        Ok(Self { path, file: beside(path)? })
    }

    pub(super) fn keep(mut self, text: &str) -> Result<()> {
        let written = self.file.write_all(text.as_bytes()).and_then(|()| self.file.as_file().sync_data());
        in_file(self.path, written)?;
        in_file(self.path, self.file.persist(self.path).map(drop).map_err(|error| error.error))
    }
}
