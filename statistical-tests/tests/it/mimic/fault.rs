/// A mistake that a simulator could make.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Fault {
    /// None: the contract as it stands.
    None,
    /// The log-drift is μ instead of μ − σ²/2.
    MissingIto,
    /// σ is half a per cent too large.
    SigmaHalfPercent,
    /// Δt is counted in days where years are meant.
    DaysForYears,
    /// Path 17 runs on path 16's stream.
    ReusedStream,
    /// The second asset is mixed with the third's normal instead of the first's.
    SwappedSlot,
    /// Step j of the steered path reads word j + 1, its reference word j.
    OffByOneTick,
    /// Only 32 bits of a word become a normal.
    Normals32Bit,
    /// No normal lies beyond ±4.5.
    TruncatedTails,
    /// The diffusion is σΔt instead of σ√Δt.
    ForgottenSqrtDt,
    /// The correlation's sign is lost.
    FlippedCorrelation,
    /// A normal is the sum of twelve uniforms minus 6.
    TwelveUniforms,
    /// Each normal remembers 0.3 % of the one before.
    Autocorrelated,
    /// The price is multiplied by 1 + μΔt + σ√Δt·Z instead of the exponential.
    EulerStep,
    /// The running sum loses the last step of each block of eight.
    LostStep,
    /// Odd paths are the mirror images of even ones, counted as independent.
    AntitheticPairs,
}
